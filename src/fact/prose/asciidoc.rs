//! `AsciiDoc` into blocks.

use super::lines::{Line, task};
use super::{Kind, Link, Page};
use crate::text::Span;

/// Reads an `AsciiDoc` text.
pub fn read(text: &str) -> Page {
    let mut page = Page::default();
    let mut open: Option<(Kind, String, Span)> = None;
    let mut fence: Option<(&str, String, Vec<&str>, Span)> = None;
    let mut language = String::new();
    for line in Line::all(text) {
        if let Some((mark, language, mut body, span)) = fence.take() {
            let span = span.join(line.span());
            if line.text == mark {
                page.hidden.push(span);
                if mark != "////" {
                    page.push(Kind::Code(language), &body.join("\n"), span);
                }
            } else {
                body.push(line.text);
                fence = Some((mark, language, body, span));
            }
            continue;
        }
        let begins = block(&line);
        let ends_open = line.is_blank() || begins.is_some() || is_mark(line.text);
        if let Some((kind, words, span)) = open.take_if(|_| ends_open) {
            push(&mut page, kind, &words, span);
        }
        if is_fence(line.text) {
            fence = Some((line.text, std::mem::take(&mut language), Vec::new(), line.span()));
        } else if line.text.starts_with("//") {
            page.hidden.push(line.span());
        } else if let Some(attributes) = line.text.strip_prefix("[source,") {
            language = attributes.split([',', ']']).next().unwrap_or_default().trim().to_lowercase();
        } else if let Some((kind, words)) = begins {
            open = Some((kind, words.to_owned(), line.span()));
        } else if !line.is_blank() && !is_mark(line.text) {
            let (_, words, span) = open.get_or_insert_with(|| (Kind::Paragraph, String::new(), line.span()));
            words.push_str(if words.is_empty() { "" } else { " " });
            words.push_str(line.text);
            *span = span.join(line.span());
        }
    }
    if let Some((kind, words, span)) = open {
        push(&mut page, kind, &words, span);
    }
    page
}

/// A heading or an item, with its words.
fn block<'t>(line: &Line<'t>) -> Option<(Kind, &'t str)> {
    let (marks, words) = line.text.split_once(' ')?;
    let words = words.trim();
    let item = |ordered: bool, depth: usize| {
        let (task, words) = task(words).map_or((false, words), |words| (true, words));
        Some((Kind::Item { ordered, task, depth }, words))
    };
    if marks.strip_suffix('.').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())) {
        return item(true, 1);
    }
    let mark = marks.chars().next().filter(|mark| marks.chars().all(|c| c == *mark))?;
    match (mark, marks.len()) {
        ('=' | '#', level @ ..=6) => Some((Kind::Heading(level), words)),
        ('.', depth @ ..=5) => item(true, depth),
        ('*', depth @ ..=5) | ('-', depth @ 1) => item(false, depth),
        _ => None,
    }
}

fn is_fence(text: &str) -> bool {
    matches!(text, "----" | "...." | "////" | "```" | "++++")
}

/// Lines that only shape what follows: attributes, anchors, titles of blocks, rules.
fn is_mark(text: &str) -> bool {
    let attribute = text.starts_with(':') && text.get(1..).is_some_and(|rest| rest.contains(':'));
    let brackets = text.starts_with('[') && text.ends_with(']');
    is_fence(text) || attribute || brackets || matches!(text, "====" | "****" | "____" | "--" | "'''" | "+" | "|===")
}

/// Takes `address[words]` apart; what a reader sees stays.
fn push(page: &mut Page, kind: Kind, words: &str, span: Span) {
    let mut seen = String::new();
    let mut rest = words;
    while let Some((before, address)) = rest.find("http").and_then(|at| rest.split_at_checked(at)) {
        seen.push_str(before.strip_suffix("link:").unwrap_or(before));
        let end = address.find([' ', '[']).unwrap_or(address.len());
        let (target, after) = address.split_at_checked(end).unwrap_or((address, ""));
        let label = after.strip_prefix('[').and_then(|after| after.split_once(']'));
        let (label, after) = label.unwrap_or((target, after));
        page.links.push(Link { text: label.to_owned(), target: target.to_owned(), image: false, span });
        seen.push_str(label);
        rest = after;
    }
    seen.push_str(rest);
    page.push(kind, &seen, span);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lists_code_and_links_are_told_apart() {
        let text = "= Releasing\n:toc:\n\n== Steps\n\n. Tag\nthe commit\n.. nested\n* [ ] tick\n10. tenth\n\n// maintainers\n[source,sh]\n----\ngit push\n----\n\
                    See https://e.org/w[the wiki] now.\n";
        let page = read(text);
        let shape: Vec<_> = page.blocks.iter().map(|block| (block.kind.clone(), block.text.as_str())).collect();
        assert_eq!(
            shape,
            [
                (Kind::Heading(1), "Releasing"),
                (Kind::Heading(2), "Steps"),
                (Kind::Item { ordered: true, task: false, depth: 1 }, "Tag the commit"),
                (Kind::Item { ordered: true, task: false, depth: 2 }, "nested"),
                (Kind::Item { ordered: false, task: true, depth: 1 }, "tick"),
                (Kind::Item { ordered: true, task: false, depth: 1 }, "tenth"),
                (Kind::Code("sh".to_owned()), "git push"),
                (Kind::Paragraph, "See the wiki now."),
            ]
        );
        assert_eq!(
            page.links.first().map(|link| (link.text.as_str(), link.target.as_str())),
            Some(("the wiki", "https://e.org/w"))
        );
        assert_eq!(page.hidden.len(), 2, "a comment and a block of code");
    }
}
