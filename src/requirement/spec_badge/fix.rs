//! The fix of R13: the badge of SPEC 8 behind the first badge that is there, in the same markup.

use super::super::amend::{Draft, refusal};
use super::super::{Proposal, Safety};
use super::META;
use crate::fact::Facts;
use crate::fact::prose::Page;
use crate::text::Span;
use crate::text::splice::Edit;

const WORDS: &str = "SPEC 8 — Securing the Release Process";
const IMAGE: &str = "https://img.shields.io/badge/SPEC-8-green?labelColor=%23004811&color=%235CA038";
const SPEC: &str = "https://scientific-python.org/specs/spec-0008/";

/// Puts the badge into a README.
pub fn propose(facts: &Facts, path: &str, title: &str) -> Proposal {
    let placed =
        facts.text(path).zip(facts.pages.get(path)).ok_or("was not read").and_then(|(text, page)| match markup(path) {
            Some(Markup::Markdown) => markdown(text, page),
            Some(Markup::Restructured) => restructured(text, page),
            None => Err("is neither Markdown nor reStructuredText"),
        });
    match placed {
        Ok(edits) => {
            let mut draft = Draft::new(&META, Safety::Safe, title);
            draft.edit(path, edits);
            Proposal { fixes: draft.finish().into_iter().collect(), refusals: Vec::new() }
        }
        Err(why) => Proposal { fixes: Vec::new(), refusals: vec![refusal(&META, path, why, in_markdown())] },
    }
}

enum Markup {
    Markdown,
    Restructured,
}

fn markup(path: &str) -> Option<Markup> {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "md" | "markdown" => Some(Markup::Markdown),
        "rst" => Some(Markup::Restructured),
        _ => None,
    }
}

fn in_markdown() -> String {
    format!("[![{WORDS}]({IMAGE})]({SPEC})")
}

fn in_html() -> String {
    format!("<a href=\"{SPEC}\"><img src=\"{IMAGE}\" alt=\"{WORDS}\"></a>")
}

/// A line of a text, without its line break.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
    /// One past its line break.
    end: usize,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |whole| {
        let line = Line { text: whole.trim_end_matches(['\n', '\r']), start, end: start + whole.len() };
        start = line.end;
        Line { text: line.text.trim_start_matches('\u{feff}'), ..line }
    })
}

/// An insertion of whole lines behind a line.
fn below(text: &str, line: Line<'_>, body: &str) -> Edit {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = body.replace('\n', end);
    let unended = !text.get(line.start..line.end).unwrap_or_default().ends_with('\n');
    let new = if unended { format!("{end}{body}") } else { format!("{body}{end}") };
    Edit { span: Span::new(line.end, line.end), text: new }
}

fn indent(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

/// Behind the first line that holds nothing but badges, else below the title.
fn markdown(text: &str, page: &Page) -> Result<Vec<Edit>, &'static str> {
    let seen = |line: &Line<'_>| !page.hides(Span::new(line.start, line.end.max(line.start + 1)));
    let badges = |line: &Line<'_>| {
        let text = line.text.trim();
        let linked = text.starts_with("[![") && text.ends_with(')');
        let html = (text.starts_with("<a ") && text.ends_with("</a>")
            || text.starts_with("<img ") && text.ends_with('>'))
            && text.contains("<img ");
        linked || (text.starts_with("![") && text.ends_with(')')) || html
    };
    let is_badge = |line: &Line<'_>| {
        let lower = line.text.to_lowercase();
        ["badge", "shields.io", ".svg"].iter().any(|mark| lower.contains(mark))
    };
    if let Some(line) = lines(text).find(|line| badges(line) && is_badge(line) && seen(line)) {
        let html = line.text.trim().starts_with('<');
        let badge = if html { in_html() } else { in_markdown() };
        return Ok(vec![below(text, line, &format!("{}{badge}", indent(line.text)))]);
    }
    let title =
        page.blocks.iter().find(|block| block.level().is_some()).ok_or("has no title to put the badge below")?;
    let last = lines(text).find(|line| line.start < title.span.end && title.span.end <= line.end);
    let line = last.ok_or("has no title to put the badge below")?;
    if title.span.slice(text).trim_start().starts_with('<') {
        return Err("has a title in HTML, and no badge to put this one behind");
    }
    // A title underlined on the next line ends there.
    let underline = lines(text).find(|next| next.start == line.end && is_underline(next.text));
    Ok(vec![below(text, underline.unwrap_or(line), &format!("\n{}", in_markdown()))])
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() > 1 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// Behind the first image and its options, or among the images by name, else below the title.
fn restructured(text: &str, page: &Page) -> Result<Vec<Edit>, &'static str> {
    let all: Vec<Line<'_>> = lines(text).collect();
    let is_image = |line: &Line<'_>| line.text.trim_start().starts_with(".. image::");
    if let Some(at) = all.iter().position(is_image) {
        let first = all.get(at).copied().ok_or("has no image")?;
        let indent = indent(first.text);
        let badge = format!("{indent}.. image:: {IMAGE}\n{indent}   :target: {SPEC}\n{indent}   :alt: {WORDS}");
        let last = options_end(&all, at);
        let gap = all.get(at + 1..).and_then(|rest| rest.iter().find(|line| line.start >= last.end));
        let apart =
            gap.is_none_or(|line| line.text.trim().is_empty()) && all.iter().filter(|line| is_image(line)).count() > 1;
        let body = if apart { format!("\n{badge}") } else { badge };
        return Ok(vec![below(text, last, &body)]);
    }
    if let Some(edits) = by_name(text, &all) {
        return Ok(edits);
    }
    let title =
        page.blocks.iter().find(|block| block.level().is_some()).ok_or("has no title to put the badge below")?;
    let at = all.iter().rposition(|line| line.start < title.span.end).ok_or("has no title")?;
    let ornament = |line: &&Line<'_>| {
        let text = line.text.trim_end();
        text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_punctuation() && Some(byte) == text.bytes().next())
    };
    let next = all.get(at + 1).filter(ornament);
    let line = next.or_else(|| all.get(at)).copied().ok_or("has no title")?;
    Ok(vec![below(text, line, &format!("\n.. image:: {IMAGE}\n   :target: {SPEC}\n   :alt: {WORDS}"))])
}

/// The last line of a directive: its options are indented deeper.
fn options_end<'a>(all: &[Line<'a>], at: usize) -> Line<'a> {
    let depth = all.get(at).map_or(0, |line| indent(line.text).len());
    let of_it = |line: &&Line<'a>| !line.text.trim().is_empty() && indent(line.text).len() > depth;
    let options = all.get(at + 1..).unwrap_or_default().iter().take_while(of_it);
    options.last().or_else(|| all.get(at)).copied().unwrap_or(Line { text: "", start: 0, end: 0 })
}

/// Badges that are defined by name in one place and shown by it in another.
fn by_name(text: &str, all: &[Line<'_>]) -> Option<Vec<Edit>> {
    let definition = |line: &Line<'_>| {
        let rest = line.text.strip_prefix(".. |")?;
        let (name, rest) = rest.split_once('|')?;
        rest.trim_start().starts_with("image::").then(|| name.to_owned())
    };
    let (at, name) = all.iter().enumerate().find_map(|(at, line)| Some((at, definition(line)?)))?;
    let shown = format!("|{name}|");
    let only_names = |line: &str| {
        let line = line.trim_end();
        line.starts_with(&shown)
            && line.split_whitespace().all(|word| word.starts_with('|') || word.ends_with('|') || word.ends_with("|_"))
    };
    let uses = all.iter().find(|line| only_names(line.text)).copied()?;
    let image = format!(".. |SPEC 8| image:: {IMAGE}\n   :target: {SPEC}\n   :alt: {WORDS}");
    Some(vec![below(text, uses, "|SPEC 8|"), below(text, options_end(all, at), &image)])
}

#[cfg(test)]
mod tests;
