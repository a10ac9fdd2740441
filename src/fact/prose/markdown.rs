//! Markdown into blocks.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{Block, Fold, Kind, Link, Page, words};
use crate::text::Span;

/// Fenced directives of `MyST` that hold code or data; all others hold prose.
const CODE_DIRECTIVES: &str = "code code-block code-cell literalinclude math image figure toctree include csv-table \
    list-table table eval-rst raw mermaid bibliography";

/// Reads a Markdown text.
pub fn read(text: &str) -> Page {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader {
        text,
        page: Page::default(),
        open: None,
        lists: Vec::new(),
        links: Vec::new(),
        folds: Vec::new(),
        level: 0,
    };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, Span::new(range.start, range.end));
    }
    while !reader.folds.is_empty() {
        reader.unfolded();
    }
    reader.page
}

struct Reader<'t> {
    text: &'t str,
    page: Page,
    /// The block that text goes to.
    open: Option<(Kind, String, Span)>,
    /// Whether each list around this place is numbered.
    lists: Vec<bool>,
    /// Links around this place: target, and where their words begin in the open block.
    links: Vec<(String, usize, Span)>,
    /// The numbers of the parts that unfold around this place; none for one without words of its own.
    folds: Vec<Option<usize>>,
    /// The level of the last heading.
    level: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.add(&text, span),
            Event::Code(code) => self.add(&format!("`{code}`"), span),
            Event::SoftBreak | Event::HardBreak => self.add(" ", span),
            Event::InlineHtml(html) if html.starts_with("<!--") => self.page.hidden.push(span),
            Event::InlineHtml(html) if html.starts_with("</details") => self.unfolded(),
            Event::TaskListMarker(_) => {
                if let Some((Kind::Item { task, .. }, ..)) = &mut self.open {
                    *task = true;
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Heading { level, .. } => {
                self.level = level as usize;
                self.begin(Kind::Heading(self.level), span);
            }
            Tag::Item => {
                let ordered = self.lists.last().copied().unwrap_or_default();
                self.begin(Kind::Item { ordered, task: false, depth: self.lists.len() }, span);
            }
            Tag::List(first) => {
                self.finish();
                self.lists.push(first.is_some());
            }
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(language) => language.trim().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.begin(code_or_prose(&language), span);
            }
            // The first paragraph of an item is the item itself.
            Tag::Paragraph if self.is_fresh_item() => {}
            Tag::Paragraph | Tag::MetadataBlock(_) => self.begin(Kind::Paragraph, span),
            Tag::TableCell => self.begin(Kind::Cell, span),
            Tag::HtmlBlock => {
                self.finish();
                self.html(span);
            }
            // A quotation within a quotation is part of it.
            Tag::BlockQuote(_) if !self.page.quotes(span) => self.page.quoted.push(span),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let at = self.open.as_ref().map_or(0, |(_, text, _)| text.len());
                self.links.push((dest_url.into_string(), at, span));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.finish();
                self.lists.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                if let Some((target, at, span)) = self.links.pop() {
                    let words = self.open.as_ref().and_then(|(_, text, _)| text.get(at..)).unwrap_or_default();
                    let image = tag == TagEnd::Image;
                    self.page.links.push(Link { text: words.to_owned(), target, image, span });
                }
            }
            TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::Paragraph
            | TagEnd::CodeBlock
            | TagEnd::TableCell
            | TagEnd::MetadataBlock(_) => self.finish(),
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind, span: Span) {
        self.finish();
        if matches!(kind, Kind::Code(_)) {
            self.page.hidden.push(span);
        }
        self.open = Some((kind, String::new(), span));
    }

    fn add(&mut self, words: &str, span: Span) {
        let (_, text, whole) = self.open.get_or_insert_with(|| (Kind::Paragraph, String::new(), span));
        text.push_str(words);
        // An item ends where its own words end, not where the lists below it do.
        if text.len() == words.len() && !matches!(words, "" | " ") {
            *whole = Span::new(whole.start, span.end);
        }
        *whole = Span::new(whole.start, whole.end.max(span.end));
    }

    fn finish(&mut self) {
        if let Some((kind, text, span)) = self.open.take() {
            self.page.push(kind, &text, span);
        }
    }

    /// Takes a block of HTML: its comments are hidden, and its `<details>` begin and end between them.
    fn html(&mut self, block: Span) {
        let mut at = block.start;
        for comment in comments(self.text, block).chain([Span::new(block.end, block.end)]) {
            self.fold_tags(Span::new(at, comment.start));
            at = comment.end;
            if comment.start < comment.end {
                self.page.hidden.push(comment);
            }
        }
    }

    fn fold_tags(&mut self, html: Span) {
        let mut summary: Option<Span> = None;
        for tag in tags(self.text, html) {
            match tag_name(tag.slice(self.text)).as_str() {
                "details" => self.folds.push(None),
                "/details" => self.unfolded(),
                "summary" => summary = Some(tag),
                "/summary" => {
                    if let Some(start) = summary.take() {
                        let words = Span::new(start.end, tag.start).slice(self.text);
                        self.fold(Span::new(start.start, tag.start), &without_tags(words));
                    }
                }
                _ => {}
            }
        }
    }

    /// Begins a part that unfolds below these words.
    fn fold(&mut self, span: Span, words: &str) {
        let Some(open @ None) = self.folds.last_mut() else { return };
        *open = Some(self.page.folds.len());
        let summary = Block { kind: Kind::Heading(self.level + 1), text: words.to_owned(), span };
        let start = self.page.blocks.len();
        self.page.folds.push(Fold { summary, blocks: start..start });
    }

    /// Ends the innermost part that unfolds.
    fn unfolded(&mut self) {
        self.finish();
        let fold = self.folds.pop().flatten().and_then(|number| self.page.folds.get_mut(number));
        if let Some(fold) = fold {
            fold.blocks.end = self.page.blocks.len();
        }
    }

    fn is_fresh_item(&self) -> bool {
        matches!(&self.open, Some((Kind::Item { .. }, text, _)) if text.trim().is_empty())
    }
}

/// The comments of a block of HTML; one that is never closed reaches to the end of the block.
fn comments(text: &str, block: Span) -> impl Iterator<Item = Span> {
    let mut at = block.start;
    std::iter::from_fn(move || {
        let start = at + text.get(at..block.end)?.find("<!--")?;
        let inside = text.get(start..block.end)?;
        at = inside.find("-->").map_or(block.end, |end| start + end + 3);
        Some(Span::new(start, at))
    })
}

/// The tags of a piece of HTML.
fn tags(text: &str, html: Span) -> impl Iterator<Item = Span> {
    let mut at = html.start;
    std::iter::from_fn(move || {
        let start = at + text.get(at..html.end)?.find('<')?;
        at = start + text.get(start..html.end)?.find('>')? + 1;
        Some(Span::new(start, at))
    })
}

/// The name of a tag in lower case, with the slash of one that closes.
fn tag_name(tag: &str) -> String {
    let name = tag.trim_start_matches('<');
    let end = name.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(name.len());
    name.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// The words between tags.
fn without_tags(html: &str) -> String {
    let words = html.split('<').enumerate().map(|(number, piece)| match piece.split_once('>') {
        Some((_, words)) if number > 0 => words,
        _ => piece,
    });
    words.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn code_or_prose(language: &str) -> Kind {
    let directive = language.strip_prefix('{').and_then(|rest| rest.split('}').next());
    match directive {
        Some(name) if !words::among(CODE_DIRECTIVES, name) && !name.starts_with('.') => Kind::Paragraph,
        Some(name) => Kind::Code(name.trim_start_matches('.').to_owned()),
        None => Kind::Code(language.split([' ', ',', '{']).next().unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(Kind, String)> {
        read(text).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    fn item(ordered: bool, task: bool, depth: usize) -> Kind {
        Kind::Item { ordered, task, depth }
    }

    #[test]
    fn headings_lists_and_code_are_told_apart() {
        let text = "# Releasing `x`\n\nSome *words*\nhere.\n\n1. Tag it\n   - nested\n\n     more\n2. Push\n\n- [ ] tick\n\n\
                    ```sh\ngit push\n```\n\n    indented\n";
        assert_eq!(
            shape(text),
            [
                (Kind::Heading(1), "Releasing `x`".to_owned()),
                (Kind::Paragraph, "Some words here.".to_owned()),
                (item(true, false, 1), "Tag it".to_owned()),
                (item(false, false, 2), "nested".to_owned()),
                (Kind::Paragraph, "more".to_owned()),
                (item(true, false, 1), "Push".to_owned()),
                (item(false, true, 1), "tick".to_owned()),
                (Kind::Code("sh".to_owned()), "git push".to_owned()),
                (Kind::Code(String::new()), "indented".to_owned()),
            ]
        );
    }

    #[test]
    fn comments_are_neither_read_nor_shown() {
        let text = "a <!-- maintainers --> b\n\n<!--\n# Releasing\n1. tag\n-->\n\nc\n";
        assert_eq!(shape(text), [(Kind::Paragraph, "a  b".to_owned()), (Kind::Paragraph, "c".to_owned())]);
        let page = read(text);
        let at = text.find("Releasing").unwrap();
        assert!(page.hides(Span::new(at, at + 3)) && !page.hides(Span::new(0, 1)));
        assert!(read("x\n\n<!-- open\n\n# A\n").hides(Span::new(13, 14)));
        let fenced = read("```\n<!--\n```\n\n[a](b)\n");
        assert_eq!((fenced.hides(Span::new(4, 5)), fenced.hides(Span::new(14, 15))), (true, false));
    }

    #[test]
    fn parts_that_unfold_keep_their_words_and_their_end() {
        let text = "## Tasks\n\n<details><summary>Making a <b>release</b>\n(click)</summary>\n\n- Tag\n\n<details>\n\n\
                    <summary>More</summary>\n\n- Push\n\n</details>\n</details>\n\nEnd\n\n\
                    <!-- <details><summary>Not seen</summary> -->\n\n<details>\n\nNo words\n\n</details>\n\n\
                    <details><summary>Open</summary>\n\nLast\n";
        let page = read(text);
        let folds: Vec<(&str, usize, Vec<&str>)> = page
            .folds
            .iter()
            .map(|fold| {
                let inside = page.blocks[fold.blocks.clone()].iter().map(|block| block.text.as_str()).collect();
                (fold.summary.text.as_str(), fold.summary.level().unwrap(), inside)
            })
            .collect();
        assert_eq!(
            folds,
            [
                ("Making a release (click)", 3, vec!["Tag", "Push"]),
                ("More", 3, vec!["Push"]),
                ("Open", 3, vec!["Last"])
            ]
        );
        assert!(page.folds[0].summary.span.slice(text).starts_with("<summary>Making"));
        assert!(read("<summary>x</summary>\n\n</details>\n\n</details>\n").folds.is_empty());
        assert!(read("<details><summary>x\n\ny\n").folds.is_empty(), "words that never end");
    }

    #[test]
    fn quotations_are_known() {
        let text = "> 1. quoted\n>\n> > deep\n>\n> again\n\n1. own\n";
        let page = read(text);
        let quoted: Vec<_> = page.blocks.iter().map(|block| (block.text.as_str(), page.quotes(block.span))).collect();
        assert_eq!(quoted, [("quoted", true), ("deep", true), ("again", true), ("own", false)]);
    }

    #[test]
    fn spans_are_those_of_the_file() {
        let text = "# T\n\n1. one\n   - deep\n2. two\n";
        let page = read(text);
        let found: Vec<&str> = page.blocks.iter().map(|block| block.span.slice(text).trim_end()).collect();
        assert_eq!(found, ["# T", "1. one", "- deep", "2. two"]);
    }

    #[test]
    fn links_keep_their_words_and_targets() {
        let page = read("See [the *guide*](https://e.org/a) and <https://e.org/b>.\n\n[![SPEC](i.svg)][s]\n\n[s]: t\n");
        let links: Vec<_> = page.links.iter().map(|link| (link.text.as_str(), link.target.as_str())).collect();
        assert_eq!(
            links,
            [
                ("the guide", "https://e.org/a"),
                ("https://e.org/b", "https://e.org/b"),
                ("SPEC", "i.svg"),
                ("SPEC", "t")
            ]
        );
    }

    #[test]
    fn front_matter_tables_and_admonitions_are_prose() {
        let text = "---\nabout: for maintainers\n---\n\n| role | who |\n|--|--|\n| owner | ada |\n\n```{note}\nAsk ada.\n```\n\
                    ```{code-block} sh\nls\n```\n";
        let prose: Vec<String> = read(text).blocks.into_iter().filter(Block::is_prose).map(|b| b.text).collect();
        assert_eq!(prose, ["about: for maintainers", "role", "who", "owner", "ada", "Ask ada."]);
    }
}
