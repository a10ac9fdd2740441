//! Text from outside as Markdown that shows it and does nothing else: no HTML, link, image, mention, reference or cell
//! of a table can come from it.
//!
//! Sentences are escaped sign by sign. A word that a forge would make live after Markdown is done (a mention, an
//! address, a reference to an issue or a commit, a formula, an emoji) is shown as code, where it is left alone.

use crate::report::runner;
use crate::text::clean;

/// Signs that mean something to Markdown anywhere in a line.
const SIGNS: &str = "\\`*_{}[]<>#!|~&^=+";

/// A sentence. What stands between backticks in it is shown as code.
pub fn prose(text: &str) -> String {
    written(text, false)
}

/// The same for a cell of a table.
pub fn cell(text: &str) -> String {
    written(text, true)
}

/// A name or a value, as code.
pub fn code(text: &str) -> String {
    span(&clean::line(text), false)
}

/// A name or a value in a cell of a table, as code.
pub fn cell_code(text: &str) -> String {
    span(&clean::line(text), true)
}

/// Lines of code, fenced so that nothing in them ends the block.
pub fn fenced(language: &str, text: &str) -> String {
    let text = clean::block(text);
    let text: Vec<_> = text.lines().map(runner::harmless).collect();
    let fence = "`".repeat(longest_run(&text.join("\n")).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.join("\n"))
}

fn written(text: &str, cell: bool) -> String {
    let text = clean::line(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return words(&text, cell);
    }
    let shown = parts.iter().enumerate().map(|(number, part)| match number % 2 {
        1 if !part.trim().is_empty() => span(part, cell),
        1 => String::new(),
        _ => words(part, cell),
    });
    shown.collect()
}

/// Words one by one: plain ones escaped, live ones as code, neighbours together. Signs around a live word are no part
/// of it.
fn words(text: &str, cell: bool) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut live: Vec<&str> = Vec::new();
    let mut before = String::new();
    for word in text.split(' ') {
        if !is_live(word) {
            flush(&mut out, &mut before, &mut live, "", cell);
            out.push(word.chars().map(escaped).collect());
            continue;
        }
        let core = word.trim_start_matches('(').trim_end_matches(['.', ',', ';', ')']);
        let core = if is_live(core) { core } else { word };
        let (start, end) = word.split_once(core).unwrap_or(("", ""));
        if !start.is_empty() {
            flush(&mut out, &mut before, &mut live, "", cell);
            start.clone_into(&mut before);
        }
        live.push(core);
        if !end.is_empty() {
            flush(&mut out, &mut before, &mut live, end, cell);
        }
    }
    flush(&mut out, &mut before, &mut live, "", cell);
    out.join(" ")
}

/// Writes the live words that were gathered, with the signs around them.
fn flush(out: &mut Vec<String>, before: &mut String, live: &mut Vec<&str>, after: &str, cell: bool) {
    if !live.is_empty() {
        out.push(format!("{}{}{after}", std::mem::take(before), span(&std::mem::take(live).join(" "), cell)));
    }
}

fn escaped(c: char) -> String {
    if SIGNS.contains(c) { format!("\\{c}") } else { c.to_string() }
}

/// Whether a forge would make something of this word after Markdown is done.
fn is_live(word: &str) -> bool {
    let lower = word.to_lowercase();
    let address = ["://", "www.", "mailto:", "xmpp:", "gh-"].iter().any(|mark| lower.contains(mark));
    let reference = word.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let hex = word.split(|c: char| !c.is_ascii_alphanumeric()).any(is_commit);
    let parts: Vec<&str> = word.split(':').collect();
    let named = |part: &&str| part.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '+' | '-'));
    let emoji = parts.len() > 2 && parts.iter().skip(1).rev().skip(1).any(named);
    address || reference || hex || emoji || word.contains(['@', '$'])
}

/// Whether a word looks like the id of a commit.
fn is_commit(word: &str) -> bool {
    (7..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// A code span; a fence longer than any run of backticks inside cannot be ended from inside.
fn span(text: &str, cell: bool) -> String {
    let text = runner::harmless_inside(text.trim()).into_owned();
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let text = match (cell && text.contains('|'), text.contains('\\')) {
        (false, _) => text,
        (true, false) => text.replace('|', "\\|"),
        // Renderers differ about a backslash before a bar, so the bar gives way.
        (true, true) => text.replace('|', "¦"),
    };
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    fn events(markdown: &str) -> Vec<Event<'_>> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
        Parser::new_ext(markdown, options).collect()
    }

    /// What is shown of a sentence in a paragraph.
    fn shown(markdown: &str) -> String {
        let texts = events(markdown).into_iter().filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.into_string()),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn live_words_are_code_and_the_rest_is_readable() {
        assert_eq!(prose("ask @ada about job `publish`"), "ask `@ada` about job `publish`");
        assert_eq!(prose("see https://evil.test/x now"), "see `https://evil.test/x` now");
        assert_eq!(prose("(https://e.org/x), (a @b)."), "(`https://e.org/x`), (a `@b`).");
        assert_eq!(prose("a_b <img src=x>"), "a\\_b \\<img src\\=x\\>");
        assert_eq!(prose("o/r#12 4c1f9e2d :tada: $x$"), "`o/r#12 4c1f9e2d :tada: $x$`");
        assert_eq!(prose("one ` tick"), "one \\` tick");
        assert_eq!(prose("every push to main publishes"), "every push to main publishes");
        assert_eq!((code("a`b"), code("`a"), code(" ")), ("``a`b``".into(), "`` `a ``".into(), "(empty)".into()));
        assert_eq!((cell_code("a|b"), cell_code("a\\|b")), ("`a\\|b`".into(), "`a\\¦b`".into()));
        assert!(fenced("sh", "a\n```\nb").starts_with("````sh\n"));
    }

    proptest! {
        #[test]
        fn nothing_from_outside_is_more_than_text(text in any::<String>(), more in "[-`|\\\\<>!\\[\\]()a-b@#:/*_~. ]{0,40}") {
            for outside in [text, more] {
                for markdown in [format!("x {} y", prose(&outside)), format!("x {} y", code(&outside))] {
                    for event in events(&markdown) {
                        let plain = matches!(
                            event,
                            Event::Text(_) | Event::Code(_) | Event::Start(Tag::Paragraph) | Event::End(_)
                        );
                        prop_assert!(plain, "{markdown:?} {event:?}");
                    }
                }
                let table = format!("|a|b|\n|-|-|\n|{}|{}|\n", cell(&outside), cell_code(&outside));
                let cells = events(&table).into_iter().filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
                prop_assert_eq!(cells, 4, "{:?}", table);
            }
        }

        #[test]
        fn what_is_shown_is_what_was_said(words in "[a-z@#<>*_.:/ -]{1,30}") {
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeezed(&shown(&format!("x {} y", prose(&words)))), format!("x{}y", squeezed(&words)));
        }
    }
}
