//! A YAML document that keeps its positions and comments.
//!
//! [`Doc`] holds the nodes of one document in an arena, each with the span it was written at; [`View`] is a cursor
//! that follows aliases and remembers where the alias stood. Depth, size and alias expansion have budgets, so that
//! a hostile file costs a named error and nothing more.

use std::collections::HashSet;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::{Place, Span, span};

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
    Builder::new(text).run()
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

/// A collection that is still open while events arrive.
struct Frame {
    node: NodeId,
    /// The key that waits for its value, in a mapping.
    key: Option<NodeId>,
    /// Which anchor the collection defines once it closes; 0 for none.
    anchor: usize,
    /// Scalar keys seen so far, kept once a mapping is too large to be searched.
    keys: HashSet<Box<str>>,
    expanded: u64,
}

struct Builder<'t> {
    text: &'t Arc<str>,
    nodes: Vec<Node>,
    /// Node and expanded size by anchor number; a number without an entry is an anchor still open.
    anchors: Vec<Option<(NodeId, u64)>>,
    comments: Vec<Span>,
    frames: Vec<Frame>,
    root: Option<NodeId>,
    documents: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t Arc<str>) -> Self {
        Self {
            text,
            nodes: Vec::new(),
            anchors: Vec::new(),
            comments: Vec::new(),
            frames: Vec::new(),
            root: None,
            documents: 0,
        }
    }

    fn run(mut self) -> Result<Parsed, YamlError> {
        for event in Parser::new_from_str(self.text) {
            let (event, at) = event.map_err(|error| YamlError {
                message: format!("is not valid YAML: {}", error.kind()),
                place: Place { line: error.marker().line().max(1), column: error.marker().col() + 1 },
            })?;
            let span = at.byte_range().map_or_else(Span::default, |range| Span::new(range.start, range.end));
            self.take(event, span)?;
        }
        match self.root {
            Some(root) if !self.is_nothing(root) => {
                Ok(Parsed::Doc(Doc { text: Arc::clone(self.text), nodes: self.nodes, root, comments: self.comments }))
            }
            _ => Ok(Parsed::Empty),
        }
    }

    fn is_nothing(&self, id: NodeId) -> bool {
        self.nodes.get(id.0 as usize).is_some_and(
            |node| matches!(&node.kind, Kind::Scalar { value, style: Style::Plain } if matches!(&**value, "" | "~")),
        )
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        match event {
            Event::Comment(..) => self.comments.push(span),
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.error(span.start, "holds more than one YAML document; GitHub reads only one"));
                }
            }
            Event::Scalar(value, style, anchor, _) => {
                let (style, span) = self.scalar(style, span);
                let kind = Kind::Scalar { value: value.into(), style };
                let id = self.push(kind, span, anchor);
                self.define(anchor, id, 1);
                self.attach(id, 1)?;
            }
            Event::Alias(anchor) => {
                let Some((target, size)) = self.anchors.get(anchor).copied().flatten() else {
                    return Err(self.error(span.start, "has an alias inside the very value it names"));
                };
                let id = self.push(Kind::Alias(target), span, 0);
                self.attach(id, size)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                let kind = Kind::Sequence { items: Vec::new(), flow: style == StructureStyle::Flow };
                self.open(kind, span, anchor)?;
            }
            Event::MappingStart(style, anchor, _) => {
                let kind = Kind::Mapping { entries: Vec::new(), flow: style == StructureStyle::Flow };
                self.open(kind, span, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            _ => {}
        }
        Ok(())
    }

    fn scalar(&self, style: ScalarStyle, span: Span) -> (Style, Span) {
        let style = match style {
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
            ScalarStyle::Plain => Style::Plain,
        };
        // A block scalar's end runs into the indentation of the next line: the blanks are not part of it.
        let kept = span.slice(self.text).trim_end().len();
        let span = if style == Style::Block { Span::new(span.start, span.start + kept) } else { span };
        (style, span)
    }

    fn push(&mut self, kind: Kind, span: Span, anchor: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span, anchored: anchor != 0 });
        if anchor != 0 && self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, None);
        }
        id
    }

    fn define(&mut self, anchor: usize, id: NodeId, size: u64) {
        if let Some(slot) = self.anchors.get_mut(anchor).filter(|_| anchor != 0) {
            *slot = Some((id, size));
        }
    }

    fn open(&mut self, kind: Kind, span: Span, anchor: usize) -> Result<(), YamlError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(self.error(span.start, &format!("is nested deeper than {MAX_DEPTH} levels")));
        }
        let node = self.push(kind, span, anchor);
        self.frames.push(Frame { node, key: None, anchor, keys: HashSet::new(), expanded: 1 });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), YamlError> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let span = self.collection_span(frame.node, end);
        if let Some(node) = self.nodes.get_mut(frame.node.0 as usize) {
            node.span = span;
        }
        self.define(frame.anchor, frame.node, frame.expanded);
        self.attach(frame.node, frame.expanded)
    }

    /// From the first to the last character of a collection; a block collection ends with its last child.
    fn collection_span(&self, id: NodeId, end: Span) -> Span {
        let Some(node) = self.nodes.get(id.0 as usize) else { return end };
        let child = |id: &NodeId| self.nodes.get(id.0 as usize).map(|node| node.span);
        let (first, last, flow) = match &node.kind {
            Kind::Sequence { items, flow } => (None, items.last().and_then(child), *flow),
            Kind::Mapping { entries, flow } => {
                let last = entries.last().and_then(|(key, value)| Some(child(key)?.join(child(value)?)));
                (entries.first().and_then(|(key, _)| child(key)), last, *flow)
            }
            _ => (None, None, true),
        };
        if flow {
            return Span::new(node.span.start, end.end);
        }
        let start = first.map_or(node.span.start, |span| span.start);
        Span::new(start, last.map_or(node.span.end, |span| span.end))
    }

    fn attach(&mut self, id: NodeId, size: u64) -> Result<(), YamlError> {
        let at = self.nodes.get(id.0 as usize).map_or(0, |node| node.span.start);
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        frame.expanded = frame.expanded.saturating_add(size);
        if frame.expanded > MAX_EXPANDED {
            return Err(self.error(at, "has aliases that expand beyond a million values"));
        }
        let parent = frame.node;
        let key = frame.key.take();
        match (self.nodes.get_mut(parent.0 as usize).map(|node| &mut node.kind), key) {
            (Some(Kind::Sequence { items, .. }), _) => items.push(id),
            (Some(Kind::Mapping { entries, .. }), Some(key)) => entries.push((key, id)),
            (Some(Kind::Mapping { .. }), None) => return self.key(id, at),
            _ => {}
        }
        Ok(())
    }

    /// Takes a key, unless the mapping has it already.
    fn key(&mut self, id: NodeId, at: usize) -> Result<(), YamlError> {
        let Some(mut frame) = self.frames.pop() else { return Ok(()) };
        frame.key = Some(id);
        let twice = self.scalar_value(id).filter(|value| self.has_key(&mut frame, value)).map(str::to_owned);
        self.frames.push(frame);
        match twice {
            Some(value) => {
                let name = super::clean::short(&value, 40);
                Err(self.error(at, &format!("has the key `{name}` twice in one mapping")))
            }
            None => Ok(()),
        }
    }

    /// Whether a mapping has a key already; small mappings are searched, large ones remember their keys.
    fn has_key(&self, frame: &mut Frame, value: &str) -> bool {
        const SMALL: usize = 16;
        let entries = match self.nodes.get(frame.node.0 as usize).map(|node| &node.kind) {
            Some(Kind::Mapping { entries, .. }) => entries.as_slice(),
            _ => &[],
        };
        let known = || entries.iter().filter_map(|(key, _)| self.scalar_value(*key));
        if entries.len() < SMALL {
            return known().any(|key| key == value);
        }
        if frame.keys.is_empty() {
            frame.keys.extend(known().map(Box::from));
        }
        !frame.keys.insert(value.into())
    }

    fn scalar_value(&self, id: NodeId) -> Option<&str> {
        match &self.nodes.get(id.0 as usize)?.kind {
            Kind::Scalar { value, .. } => Some(value),
            Kind::Alias(target) => match &self.nodes.get(target.0 as usize)?.kind {
                Kind::Scalar { value, .. } => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    fn error(&self, at: usize, message: &str) -> YamlError {
        YamlError { message: message.to_owned(), place: span::place(self.text, at) }
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
