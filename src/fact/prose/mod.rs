//! Documents as people read them: headings, list items, paragraphs, code and links, each with its place.
//!
//! [`Page::read`] knows Markdown, `reStructuredText`, `AsciiDoc`, plain text, notebooks and issue forms. Comments are left
//! out, and code is kept apart from prose, so that a judgement cannot rest on what no reader sees.

mod asciidoc;
mod lines;
mod markdown;
mod restructured;
mod structured;
pub mod words;

use std::ops::Range;

use crate::text::Span;

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading with its level; 1 is the highest.
    Heading(usize),
    /// An item of a list, without the items below it.
    Item {
        /// Whether the list is numbered.
        ordered: bool,
        /// Whether it has a box to tick.
        task: bool,
        /// How many lists it lies in; 1 for a list of its own.
        depth: usize,
    },
    /// A paragraph, or the settings at the head of a file.
    Paragraph,
    /// A cell of a table.
    Cell,
    /// Code, with its language in lower case; empty where none is named.
    Code(String),
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// What a reader sees, with inline code in backticks; code as it stands.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its words.
    pub text: String,
    /// Where it leads; for an image, where it lies.
    pub target: String,
    /// Whether it is an image, whose words stand in its place where it cannot be shown.
    pub image: bool,
    /// Where it stands.
    pub span: Span,
}

/// A part of a page that unfolds below words of its own (`<details>` in Markdown).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The words that are always seen, as a heading below those around it.
    pub summary: Block,
    /// The blocks that unfold, by their numbers.
    pub blocks: Range<usize>,
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its blocks in order.
    pub blocks: Vec<Block>,
    /// Its links in order.
    pub links: Vec<Link>,
    /// Comments and code: what is no prose, in order.
    pub hidden: Vec<Span>,
    /// What is quoted from elsewhere, in order and apart from each other.
    pub quoted: Vec<Span>,
    /// The parts that unfold, in order.
    pub folds: Vec<Fold>,
    /// Whether spans are places in the file (in a notebook they are not).
    pub placed: bool,
}

impl Page {
    /// Reads a document; the extension of the path tells the language.
    pub fn read(path: &str, text: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default();
        let mut parts = name.rsplit('.');
        let extension = parts.find(|part| !words::among("inc in template j2 jinja", part)).unwrap_or_default();
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut page = match extension {
            "md" | "markdown" | "mdx" | "qmd" => markdown::read(body),
            "adoc" | "asciidoc" => asciidoc::read(body),
            "ipynb" => structured::notebook(body),
            "yml" | "yaml" => structured::form(body),
            "rst" => restructured::read(body, false),
            _ => restructured::read(body, true),
        };
        page.bare_links();
        page.shift(text.len() - body.len());
        page.placed = extension != "ipynb";
        page
    }

    /// The blocks below a heading (given by its number among the blocks), up to the next heading of its level.
    pub fn section(&self, heading: usize) -> &[Block] {
        let Some(Block { kind: Kind::Heading(level), .. }) = self.blocks.get(heading) else { return &[] };
        let below = self.blocks.get(heading + 1..).unwrap_or_default();
        let ends = |block: &Block| matches!(block.kind, Kind::Heading(next) if next <= *level);
        below.get(..below.iter().position(ends).unwrap_or(below.len())).unwrap_or_default()
    }

    /// Whether a place is part of a comment or of code.
    pub fn hides(&self, place: Span) -> bool {
        self.hidden.iter().any(|hidden| hidden.start < place.end && place.start < hidden.end)
    }

    /// Whether a place is part of a quotation.
    pub fn quotes(&self, place: Span) -> bool {
        let next = self.quoted.partition_point(|quoted| quoted.start < place.end);
        next.checked_sub(1).and_then(|last| self.quoted.get(last)).is_some_and(|quoted| place.start < quoted.end)
    }

    /// Adds the addresses that stand in prose without being marked as links.
    fn bare_links(&mut self) {
        for block in self.blocks.iter().filter(|block| block.is_prose()) {
            let addresses = block.text.split(|c: char| c.is_whitespace() || "<>()[]\"'`".contains(c));
            for address in addresses.filter(|word| word.starts_with("http://") || word.starts_with("https://")) {
                let target = address.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_owned();
                self.links.push(Link { text: String::new(), target, image: false, span: block.span });
            }
        }
    }

    /// Moves every place, by the length of a byte-order mark.
    fn shift(&mut self, by: usize) {
        let spans = self.blocks.iter_mut().map(|block| &mut block.span);
        let spans = spans.chain(self.links.iter_mut().map(|link| &mut link.span)).chain(&mut self.hidden);
        let spans = spans.chain(&mut self.quoted).chain(self.folds.iter_mut().map(|fold| &mut fold.summary.span));
        for span in spans {
            *span = Span::new(span.start + by, span.end + by);
        }
    }

    fn push(&mut self, kind: Kind, text: &str, span: Span) {
        let text = text.trim_matches('\n').trim_end();
        if !text.trim().is_empty() {
            self.blocks.push(Block { kind, text: text.to_owned(), span });
        }
    }
}

impl Block {
    /// The level of a heading.
    pub fn level(&self) -> Option<usize> {
        match self.kind {
            Kind::Heading(level) => Some(level),
            _ => None,
        }
    }

    /// Whether this is prose: anything but code.
    pub fn is_prose(&self) -> bool {
        !matches!(self.kind, Kind::Code(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_language() {
        let first = |path: &str, text: &str| Page::read(path, text).blocks.first().map(|block| block.kind.clone());
        assert_eq!(first("a.md", "A\n===\n"), Some(Kind::Heading(1)));
        assert_eq!(first("a.rst.inc", "# A\n"), Some(Kind::Paragraph));
        assert_eq!(first("RELEASING", "# A\n"), Some(Kind::Heading(1)));
        assert_eq!(first("a.ADOC", "== A\n"), Some(Kind::Heading(2)));
    }

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        let page = Page::read("a.md", "# A\n\n## B\n\nx\n\n### C\n\ny\n\n## D\n");
        let texts: Vec<_> = page.section(1).iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["x", "C", "y"]);
        assert_eq!(page.section(0).len(), 5);
        assert_eq!((page.section(5).len(), page.section(2).len(), page.section(99).len()), (0, 0, 0));
    }

    #[test]
    fn bare_addresses_are_links_and_a_byte_order_mark_moves_places() {
        let text = "\u{feff}# A\n\nSee https://e.org/wiki.\n";
        let page = Page::read("a.md", text);
        assert_eq!(page.links.iter().map(|link| link.target.as_str()).collect::<Vec<_>>(), ["https://e.org/wiki"]);
        assert_eq!(page.blocks[0].span.slice(text), "# A");
    }
}
