//! A YAML document that keeps its positions and comments.
//!
//! [`Doc`] holds the nodes of one document in an arena, each with the span it was written at; [`View`] is a cursor
//! that follows aliases and remembers where the alias stood. Depth, size and alias expansion have budgets, so that
//! a hostile file costs a named error and nothing more. [`edit`] works out changes that keep every other byte.

mod build;
pub mod edit;
pub mod write;

use std::sync::Arc;

use super::{Place, Span};

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;
/// Most nodes a document may have once its aliases are followed.
pub const MAX_EXPANDED: u64 = 1_000_000;

/// Why a text is not a YAML document we read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A literal (`|`) or folded (`>`) block.
    Block,
}

/// Index of a node in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NodeId(u32);

#[derive(Clone, Debug)]
struct Node {
    kind: Kind,
    span: Span,
    anchored: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Scalar { value: Box<str>, style: Style },
    Sequence { items: Vec<NodeId>, flow: bool },
    Mapping { entries: Vec<(NodeId, NodeId)>, flow: bool },
    Alias(NodeId),
}

/// One YAML document with its text, its comments and the place of every node.
#[derive(Clone, Debug)]
pub struct Doc {
    text: Arc<str>,
    nodes: Vec<Node>,
    root: NodeId,
    comments: Vec<Span>,
    /// What aliases stand for.
    aliased: Vec<NodeId>,
}

/// What a text held.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// A document.
    Doc(Doc),
    /// Nothing but blanks and comments.
    Empty,
}

/// Reads a text that should hold one YAML document.
///
/// # Errors
/// Invalid YAML, a second document, a duplicate key, an alias to nothing or to itself, and documents beyond the
/// budgets of this module, each with its place.
pub fn parse(text: &Arc<str>) -> Result<Parsed, YamlError> {
    build::Builder::new(text).run()
}

impl Doc {
    /// The text the document was read from.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The whole document.
    pub fn root(&self) -> View<'_> {
        View::new(self, self.root, None)
    }

    /// Comments in order of appearance, each with its `#`.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The comment that ends the line on which byte `at` stands, if it begins at or after `at`.
    pub fn comment_on_line(&self, at: usize) -> Option<Span> {
        let first = self.comments.partition_point(|comment| comment.start < at);
        let comment = *self.comments.get(first)?;
        let between = self.text.get(at..comment.start)?;
        (!between.contains('\n')).then_some(comment)
    }

    /// The scalar that was written at a place.
    pub fn scalar_at(&self, place: Span) -> Option<View<'_>> {
        // Nodes come in the order of their beginnings.
        let first = self.nodes.partition_point(|node| node.span.start < place.start);
        let mut here = self.nodes.iter().skip(first).take_while(|node| node.span.start == place.start);
        let node = here.find(|node| node.span == place && matches!(node.kind, Kind::Scalar { .. }))?;
        Some(View { doc: self, node, alias: None })
    }

    /// Whether a place lies in a value that aliases repeat elsewhere.
    pub fn is_repeated(&self, place: Span) -> bool {
        self.repeated().any(|span| span.start <= place.start && place.end <= span.end)
    }

    /// Whether a place holds a value that aliases repeat elsewhere.
    pub fn holds_repeated(&self, place: Span) -> bool {
        self.repeated().any(|span| place.start <= span.start && span.end <= place.end)
    }

    fn repeated(&self) -> impl Iterator<Item = Span> {
        self.aliased.iter().filter_map(|id| Some(self.node(*id)?.span))
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }
}

/// A cursor on one node. Aliases are followed; [`View::alias`] tells where the alias stood.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    doc: &'a Doc,
    node: &'a Node,
    alias: Option<Span>,
}

impl<'a> View<'a> {
    fn new(doc: &'a Doc, id: NodeId, alias: Option<Span>) -> Self {
        const MISSING: &Node =
            &Node { kind: Kind::Sequence { items: Vec::new(), flow: false }, span: Span::new(0, 0), anchored: false };
        let node = doc.node(id).unwrap_or(MISSING);
        match node.kind {
            // An alias names an earlier, finished node, so this ends.
            Kind::Alias(target) => Self::new(doc, target, alias.or(Some(node.span))),
            _ => Self { doc, node, alias },
        }
    }

    /// Where the value was written (for an alias: at its anchor).
    pub fn span(self) -> Span {
        self.node.span
    }

    /// Where the alias stands through which this value was reached, if it was.
    pub fn alias(self) -> Option<Span> {
        self.alias
    }

    /// Whether other places may refer to this very node by an anchor.
    pub fn is_anchored(self) -> bool {
        self.node.anchored
    }

    /// The document this node belongs to.
    pub fn doc(self) -> &'a Doc {
        self.doc
    }

    /// The value of a scalar.
    pub fn as_str(self) -> Option<&'a str> {
        match &self.node.kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// How a scalar was written.
    pub fn style(self) -> Option<Style> {
        match self.node.kind {
            Kind::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }

    /// Whether this is a scalar that YAML reads as nothing.
    pub fn is_null(self) -> bool {
        self.plain().is_some_and(|value| matches!(value, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The truth value of a plain scalar.
    pub fn as_bool(self) -> Option<bool> {
        match self.plain()? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    fn plain(self) -> Option<&'a str> {
        (self.style()? == Style::Plain).then_some(self.as_str()?)
    }

    /// Whether this is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.node.kind, Kind::Mapping { .. })
    }

    /// Whether this is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.node.kind, Kind::Sequence { .. })
    }

    /// Whether this is a mapping or sequence in braces or brackets.
    pub fn is_flow(self) -> bool {
        matches!(self.node.kind, Kind::Mapping { flow: true, .. } | Kind::Sequence { flow: true, .. })
    }

    /// Where the value is to be seen: at the alias, if there is one, else where it was written.
    pub fn used_at(self) -> Span {
        self.alias.unwrap_or(self.node.span)
    }

    /// The entries of a mapping, in order; nothing for other kinds.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let entries = match &self.node.kind {
            Kind::Mapping { entries, .. } => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(move |(key, value)| (self.child(*key), self.child(*value)))
    }

    /// The items of a sequence, in order; nothing for other kinds.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let items = match &self.node.kind {
            Kind::Sequence { items, .. } => items.as_slice(),
            _ => &[],
        };
        items.iter().map(move |item| self.child(*item))
    }

    /// The items of a sequence, or the node itself when it is a lone scalar: GitHub accepts both in many places.
    pub fn one_or_many(self) -> Vec<Self> {
        match self.node.kind {
            Kind::Sequence { .. } => self.items().collect(),
            Kind::Scalar { .. } if self.is_null() => Vec::new(),
            _ => vec![self],
        }
    }

    /// The value under a key of a mapping.
    pub fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Key and value under a key of a mapping.
    pub fn entry(self, key: &str) -> Option<(Self, Self)> {
        self.entries().find(|(name, _)| name.as_str() == Some(key))
    }

    fn child(self, id: NodeId) -> Self {
        Self::new(self.doc, id, self.alias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(text: &str) -> Doc {
        match parse(&Arc::from(text)).unwrap() {
            Parsed::Doc(doc) => doc,
            Parsed::Empty => panic!("empty"),
        }
    }

    fn refused(text: &str) -> (String, usize) {
        let error = parse(&Arc::from(text)).unwrap_err();
        (error.message, error.place.line)
    }

    #[test]
    fn spans_are_exact_for_every_style() {
        let text = "a: plain # c\nb: 'single'\nc: \"dou\\tble\"\nd: |\n  x\n  y\n\ne: [1, {f: 2}]\n";
        let doc = doc(text);
        let at = |key: &str| doc.root().get(key).unwrap().span().slice(text);
        assert_eq!((at("a"), at("b"), at("c")), ("plain", "'single'", "\"dou\\tble\""));
        assert_eq!(at("e"), "[1, {f: 2}]");
        assert!(at("d").ends_with("  y"), "{:?}", at("d"));
        assert_eq!(doc.root().get("d").unwrap().as_str(), Some("x\ny\n"));
        assert_eq!(doc.comments().iter().map(|c| c.slice(text)).collect::<Vec<_>>(), ["# c"]);
        assert_eq!(doc.comment_on_line(3).map(|c| c.slice(text)), Some("# c"));
        assert_eq!(doc.comment_on_line(20), None);
    }

    #[test]
    fn an_alias_is_followed_and_both_places_are_kept() {
        let text = "a: &x {k: v}\nb: *x\n";
        let doc = doc(text);
        let b = doc.root().get("b").unwrap();
        assert_eq!(b.alias().map(|s| s.slice(text)), Some("*x"));
        let k = b.get("k").unwrap();
        assert_eq!((k.as_str(), k.span().slice(text)), (Some("v"), "v"));
        assert_eq!(k.alias().map(|s| s.slice(text)), Some("*x"));
        assert!(doc.root().get("a").unwrap().is_anchored());
    }

    #[test]
    fn the_last_definition_of_an_anchor_counts() {
        let doc = doc("a: &x 1\nb: *x\nc: &x 2\nd: *x\n");
        let value = |key: &str| doc.root().get(key).unwrap().as_str().unwrap().to_owned();
        assert_eq!((value("b"), value("d")), ("1".to_owned(), "2".to_owned()));
    }

    #[test]
    fn nothing_but_comments_is_empty() {
        for text in ["", "\n\n", "# a\n# b\n", "---\n", "\u{feff}"] {
            assert!(matches!(parse(&Arc::from(text)), Ok(Parsed::Empty)), "{text:?}");
        }
    }

    #[test]
    fn ambiguous_documents_are_refused_with_their_line() {
        assert_eq!(refused("a: 1\nb: 2\na: 3\n"), ("has the key `a` twice in one mapping".to_owned(), 3));
        assert_eq!(refused("a: 1\n---\nb: 1\n").1, 2);
        assert_eq!(refused("a: 1\nb: *nope\n").1, 2);
        assert!(refused("a: &x\n  b: *x\n").0.contains("alias inside"));
        assert_eq!(refused("on:\n\tpush:\n").1, 2);
        let many: String = (0..40).map(|i| format!("k{i}: 1\n")).collect();
        assert_eq!(refused(&format!("{many}k7: 2\n")).1, 41);
    }

    #[test]
    fn depth_and_alias_bombs_end_in_a_named_error() {
        let deep = format!("x: {}{}\n", "[".repeat(100), "]".repeat(100));
        assert!(refused(&deep).0.contains("nested"), "{:?}", refused(&deep));
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..12 {
            bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(",")));
        }
        assert!(refused(&bomb).0.contains("expand"), "{:?}", refused(&bomb));
    }

    #[test]
    fn truth_and_nothing_are_read_from_plain_scalars_only() {
        let doc = doc("a: true\nb: 'true'\nc: ~\nd: ''\ne:\n");
        let at = |key: &str| doc.root().get(key).unwrap();
        assert_eq!((at("a").as_bool(), at("b").as_bool()), (Some(true), None));
        assert!(at("c").is_null() && at("e").is_null() && !at("d").is_null());
        assert_eq!(at("a").one_or_many().len(), 1);
        assert!(at("e").one_or_many().is_empty());
    }
}
