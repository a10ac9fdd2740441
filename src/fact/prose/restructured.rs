//! `reStructuredText` and plain text into blocks.
//!
//! Plain text is read with the same eyes, and with those of Markdown's simplest marks (`#` headings, fences, code by
//! indentation), because people write both in a `RELEASE.txt`.

use super::lines::{Line, item, task};
use super::{Kind, Link, Page, words};
use crate::text::Span;

/// Directives whose body is code.
const CODE: &str = "code code-block sourcecode parsed-literal prompt literalinclude command-output program-output";

/// Directives without prose.
const SILENT: &str = "toctree contents include image figure raw math highlight only-html csv-table meta index \
    automodule autofunction autoclass currentmodule module bibliography sectnum role default-role";

/// Reads a text; `plain` for one that does not say which language it is in.
pub fn read(text: &str, plain: bool) -> Page {
    let mut reader = Reader {
        lines: Line::all(text),
        at: 0,
        plain,
        page: Page::default(),
        open: None,
        lists: Vec::new(),
        styles: Vec::new(),
        literal: None,
    };
    while let Some(line) = reader.line(0) {
        reader.take(line);
    }
    reader.finish();
    reader.page
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    /// The line that is read next.
    at: usize,
    plain: bool,
    page: Page,
    /// The block that lines are added to.
    open: Option<(Kind, String, Span)>,
    /// Indentation of the marker and of the words, for each list around this place.
    lists: Vec<(usize, usize)>,
    /// Underlines of headings in the order they appeared, which is that of their levels.
    styles: Vec<(char, bool)>,
    /// After a `::`: lines indented deeper than the second number are code; if the first of them is not, but deeper
    /// than the first number (the marker of the item), people mean code all the same.
    literal: Option<(usize, usize)>,
}

impl<'t> Reader<'t> {
    fn line(&self, ahead: usize) -> Option<Line<'t>> {
        self.lines.get(self.at + ahead).copied()
    }

    fn take(&mut self, line: Line<'t>) {
        if line.is_blank() {
            self.finish();
            self.at += 1;
        } else if !self.code(line) && !self.heading(line) && !self.directive(line) {
            self.prose(line);
            self.at += 1;
        }
    }

    /// Code by a fence, by `::` before it, or (in plain text) by its indentation.
    fn code(&mut self, line: Line<'t>) -> bool {
        if self.plain && line.text.starts_with("```") {
            self.finish();
            let language = line.text.trim_start_matches('`').trim().to_lowercase();
            let body = self.lines.get(self.at + 1..).unwrap_or_default();
            let length = body.iter().position(|line| line.text.starts_with("```")).unwrap_or(body.len());
            self.push_code(language, self.at + 1, length);
            self.at = (self.at + length + 2).min(self.lines.len());
            return true;
        }
        let deep = self.lists.last().map_or(0, |(_, words)| *words) + 4;
        let by_indent = self.plain && self.open.is_none() && line.indent >= deep && item(line.text).is_none();
        let literal = self.literal.take_if(|_| self.open.is_none());
        let literal = literal.filter(|(marker, _)| line.indent > *marker);
        let floor = match literal {
            Some((marker, words)) => 1 + if line.indent > words { words } else { marker },
            None if by_indent => line.indent,
            None => return false,
        };
        let length = self.indented(self.at, floor);
        self.push_code(String::new(), self.at, length);
        self.at += length;
        true
    }

    /// How many lines from `first` on are indented at least so far; blank ones between them count.
    fn indented(&self, first: usize, floor: usize) -> usize {
        let lines = self.lines.get(first..).unwrap_or_default();
        let end = lines.iter().position(|line| !line.is_blank() && line.indent < floor).unwrap_or(lines.len());
        let inside = lines.get(..end).unwrap_or_default();
        inside.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1)
    }

    fn push_code(&mut self, language: String, first: usize, length: usize) {
        let body = self.lines.get(first..first + length).unwrap_or_default();
        let text: Vec<&str> = body.iter().map(|line| line.text).collect();
        if let (Some(start), Some(end)) = (body.first(), body.last()) {
            let span = start.span().join(end.span());
            self.page.hidden.push(span);
            self.page.push(Kind::Code(language), &text.join("\n"), span);
        }
    }

    /// A heading: a line with an underline, perhaps with an overline, or (in plain text) with `#` before it.
    fn heading(&mut self, line: Line<'t>) -> bool {
        if self.plain && self.open.is_none() && line.text.starts_with('#') {
            let words = line.text.trim_start_matches('#');
            if words.starts_with(' ') {
                let level = line.text.len() - words.len();
                self.push_heading(level, words, line, 1);
                return true;
            }
        }
        if self.open.is_some() {
            return false;
        }
        let adornment = |ahead: usize| self.line(ahead).and_then(|line| rule(line.text));
        let (mark, words, over) = match (rule(line.text), adornment(1), adornment(2)) {
            (Some(above), None, Some(below)) if above == below => (above, self.line(1), true),
            (None, Some(below), _) if line.indent == 0 => (below, Some(line), false),
            (Some(_), ..) => {
                // A rule between two parts of a page.
                self.at += 1;
                return true;
            }
            _ => return false,
        };
        let Some(words) = words.filter(|words| !words.is_blank()) else {
            self.at += 1;
            return true;
        };
        let style = (mark, over);
        let level = self.styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        self.push_heading(level + 1, words.text, words, if over { 3 } else { 2 });
        true
    }

    fn push_heading(&mut self, level: usize, words: &str, line: Line<'t>, lines: usize) {
        let text = self.inline(words.trim(), line.span());
        self.page.push(Kind::Heading(level), &text, line.span());
        self.lists.clear();
        self.at += lines;
    }

    /// What begins with `..`: directives, targets, substitutions and comments.
    fn directive(&mut self, line: Line<'t>) -> bool {
        let Some(rest) = line.text.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
            return false;
        };
        self.finish();
        let rest = rest.trim();
        let body = self.at + 1;
        let length = self.indented(body, line.indent + 1);
        self.at = body;
        if let Some(target) = rest.strip_prefix('_') {
            if let Some((name, address)) = target.rsplit_once(": ") {
                let (text, target) = (name.trim_matches('`').to_owned(), address.trim().to_owned());
                self.page.links.push(Link { text, target, span: line.span() });
            }
            return true;
        }
        if rest.starts_with('[') || rest.starts_with("__") {
            return true;
        }
        let named = rest.split_once("::").filter(|(name, _)| !name.is_empty() && !name.starts_with("::"));
        let Some((name, argument)) = named.filter(|(name, _)| name.starts_with('|') || !name.contains(' ')) else {
            // An empty comment followed by a blank line ends at once.
            let length = if rest.is_empty() && self.line(0).is_none_or(|next| next.is_blank()) { 0 } else { length };
            let last = self.lines.get(self.at + length - usize::from(length > 0)).copied().filter(|_| length > 0);
            self.page.hidden.push(line.span().join(last.unwrap_or(line).span()));
            self.at += length;
            return true;
        };
        self.named_directive(name, argument.trim(), length, line);
        true
    }

    fn named_directive(&mut self, name: &str, argument: &str, length: usize, line: Line<'t>) {
        let options = self.lines.get(self.at..self.at + length).unwrap_or_default();
        let options = options.iter().take_while(|line| line.text.starts_with(':')).count();
        if words::among(CODE, name) {
            self.push_code(argument.to_lowercase(), self.at + options, length - options);
            self.at += length;
        } else if name.starts_with('|') || words::among(SILENT, name) {
            self.at += length;
        } else {
            // A note, a tab, an admonition: its body is prose like any other.
            self.at += options;
            let text = self.inline(argument, line.span());
            self.page.push(Kind::Paragraph, &text, line.span());
        }
    }

    fn prose(&mut self, line: Line<'t>) {
        if let Some((ordered, words)) = item(line.text).filter(|_| self.may_begin_item(line)) {
            self.finish();
            self.lists.retain(|(marker, _)| *marker < line.indent);
            self.lists.push((line.indent, line.indent + line.text.len() - words.len()));
            let (is_task, words) = task(words).map_or((false, words), |words| (true, words));
            let kind = Kind::Item { ordered, task: is_task, depth: self.lists.len() };
            self.open = Some((kind, words.to_owned(), line.span()));
            return;
        }
        if let Some((_, text, span)) = &mut self.open {
            text.push(' ');
            text.push_str(line.text);
            *span = span.join(line.span());
        } else {
            self.lists.retain(|(marker, _)| *marker < line.indent);
            self.open = Some((Kind::Paragraph, line.text.to_owned(), line.span()));
        }
    }

    /// An item begins after a blank line or after another item; `2. ` inside a sentence begins none.
    fn may_begin_item(&self, line: Line<'t>) -> bool {
        match &self.open {
            None | Some((Kind::Item { .. }, ..)) => true,
            Some(_) => self.plain || self.lists.last().is_some_and(|(marker, _)| *marker == line.indent),
        }
    }

    fn finish(&mut self) {
        let Some((kind, text, span)) = self.open.take() else { return };
        if text.ends_with("::") {
            let indent = self.indent_at(span);
            self.literal = Some(self.lists.last().copied().unwrap_or((indent, indent)));
        }
        let text = text.strip_suffix("::").map_or(text.clone(), |text| format!("{text}:"));
        let text = self.inline(&text, span);
        self.page.push(kind, &text, span);
    }

    fn indent_at(&self, span: Span) -> usize {
        let number = self.lines.partition_point(|line| line.start < span.start);
        self.lines.get(number).map_or(0, |line| line.indent)
    }

    /// The words a reader sees: roles and addresses go, links are kept aside.
    fn inline(&mut self, raw: &str, span: Span) -> String {
        let mut seen = String::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('`') {
            seen.push_str(before);
            let marks = if after.starts_with('`') { "``" } else { "`" };
            let inside = after.strip_prefix('`').unwrap_or(after);
            let Some((inside, after)) = inside.split_once(marks) else {
                seen.push_str(inside);
                return seen;
            };
            rest = after;
            if marks == "``" {
                seen.push_str(&format!("`{inside}`"));
                continue;
            }
            let is_role = role(&seen).map(|role| seen.len() - role.len());
            seen.truncate(is_role.unwrap_or(seen.len()));
            let (label, target) = match inside.split_once('<') {
                Some((label, target)) => (label.trim(), Some(target.trim_end_matches('>'))),
                None => (inside, None),
            };
            if let Some(target) = target {
                self.page.links.push(Link { text: label.to_owned(), target: target.to_owned(), span });
            }
            let is_link = rest.starts_with('_') || is_role.is_some();
            rest = rest.trim_start_matches('_');
            seen.push_str(&if is_link || target.is_some() { label.to_owned() } else { format!("`{label}`") });
        }
        seen.push_str(rest);
        seen
    }
}

/// The `:role:` at the end of a text.
fn role(text: &str) -> Option<&str> {
    let name = text.strip_suffix(':')?;
    let start = name.rfind(':')?;
    let is_name = name.get(start + 1..)?.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    is_name.then(|| text.get(start..)).flatten()
}

/// The mark of a line that consists of nothing but one punctuation mark.
fn rule(text: &str) -> Option<char> {
    let mark = text.chars().next().filter(char::is_ascii_punctuation)?;
    (text.len() >= 3 && text.chars().all(|c| c == mark)).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, plain: bool) -> Vec<(Kind, String)> {
        read(text, plain).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    fn item(ordered: bool, depth: usize) -> Kind {
        Kind::Item { ordered, task: false, depth }
    }

    #[test]
    fn headings_take_their_level_from_the_order_of_their_marks() {
        let text = "=====\nTitle\n=====\n\nPart\n----\n\nSmall\n~~~~~\n\nText\n\n----\n\nPart two\n--------\n";
        assert_eq!(
            shape(text, false),
            [
                (Kind::Heading(1), "Title".to_owned()),
                (Kind::Heading(2), "Part".to_owned()),
                (Kind::Heading(3), "Small".to_owned()),
                (Kind::Paragraph, "Text".to_owned()),
                (Kind::Heading(2), "Part two".to_owned()),
            ]
        );
    }

    #[test]
    fn items_go_on_over_indented_lines_and_code_stays_apart() {
        let text =
            "#. Tag the\n   commit::\n\n     git tag\n\n     git push\n\n   - nested\n\n#. Then\n\n   2. is no item\n";
        assert_eq!(
            shape(text, false),
            [
                (item(true, 1), "Tag the commit:".to_owned()),
                (Kind::Code(String::new()), "git tag\n\ngit push".to_owned()),
                (item(false, 2), "nested".to_owned()),
                (item(true, 1), "Then".to_owned()),
                (item(true, 2), "is no item".to_owned()),
            ]
        );
        assert_eq!(
            shape("Since version\n2. we do it.\n", false),
            [(Kind::Paragraph, "Since version 2. we do it.".to_owned())]
        );
    }

    #[test]
    fn directives_are_code_prose_or_nothing() {
        let text = ".. code-block:: bash\n   :caption: x\n\n   twine upload\n\n.. note::\n   Ask the owner.\n\n.. toctree::\n\n   a\n   b\n\nEnd\n";
        assert_eq!(
            shape(text, false),
            [
                (Kind::Code("bash".to_owned()), "twine upload".to_owned()),
                (Kind::Paragraph, "Ask the owner.".to_owned()),
                (Kind::Paragraph, "End".to_owned()),
            ]
        );
    }

    #[test]
    fn comments_are_hidden_and_targets_are_not() {
        let text = ".. the maintainers\n   1. tag\n\n..\n\nSeen\n\n.. _wiki: https://e.org/w\n.. |SPEC 8| image:: i.svg\n   :target: t\n";
        let page = read(text, false);
        assert_eq!(page.blocks.len(), 1, "{page:?}");
        assert!(page.hides(Span::new(5, 6)));
        let badge = text.find("i.svg").unwrap();
        assert!(!page.hides(Span::new(badge, badge + 1)));
        assert_eq!(page.links.first().map(|link| link.target.as_str()), Some("https://e.org/w"));
        assert!(text.get(page.blocks[0].span.start..).unwrap().starts_with("Seen"));
    }

    #[test]
    fn roles_and_addresses_leave_their_words() {
        let text = "See :doc:`the guide </dev/x>` or `wiki <https://e.org>`_ or `this`_ with ``git`` at 12:30.\n";
        let page = read(text, false);
        assert_eq!(page.blocks[0].text, "See the guide or wiki or this with `git` at 12:30.");
        let targets: Vec<_> = page.links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(targets, ["/dev/x", "https://e.org"]);
        assert_eq!(read("odd ` tick\n", false).blocks[0].text, "odd  tick");
    }

    #[test]
    fn plain_text_knows_the_simplest_marks_of_markdown() {
        let text = "How to\n======\n\n## Process\n\n- [ ] tick\n\n      export V=1\n\n```sh\ngit push\n```\nEnd\n";
        assert_eq!(
            shape(text, true),
            [
                (Kind::Heading(1), "How to".to_owned()),
                (Kind::Heading(2), "Process".to_owned()),
                (Kind::Item { ordered: false, task: true, depth: 1 }, "tick".to_owned()),
                (Kind::Code(String::new()), "export V=1".to_owned()),
                (Kind::Code("sh".to_owned()), "git push".to_owned()),
                (Kind::Paragraph, "End".to_owned()),
            ]
        );
    }

    #[test]
    fn every_line_is_read_once_whatever_it_holds() {
        for text in [
            "..",
            "..\n   x",
            "===",
            "===\n===",
            "a\n===\n===",
            "```",
            "::\n",
            "::\n\n x",
            ".. x::",
            ".. |x",
            "---\n\n---",
        ] {
            for plain in [false, true] {
                assert!(read(text, plain).blocks.len() <= 3, "{text:?}");
            }
        }
    }
}
