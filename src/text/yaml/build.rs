//! Builds the document from the events of the parser, within its budgets.

use std::collections::HashSet;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::super::{Place, Span, clean, span};
use super::{Doc, Kind, MAX_DEPTH, MAX_EXPANDED, Node, NodeId, Parsed, Style, YamlError};

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

/// Takes events in and joins them to nodes.
pub(super) struct Builder<'t> {
    text: &'t Arc<str>,
    nodes: Vec<Node>,
    /// Node and expanded size by anchor number; a number without an entry is an anchor still open.
    anchors: Vec<Option<(NodeId, u64)>>,
    comments: Vec<Span>,
    aliased: Vec<NodeId>,
    frames: Vec<Frame>,
    root: Option<NodeId>,
    documents: usize,
}

impl<'t> Builder<'t> {
    /// Nothing read yet.
    pub fn new(text: &'t Arc<str>) -> Self {
        Self {
            text,
            nodes: Vec::new(),
            anchors: Vec::new(),
            comments: Vec::new(),
            aliased: Vec::new(),
            frames: Vec::new(),
            root: None,
            documents: 0,
        }
    }

    /// Reads to the end.
    pub fn run(mut self) -> Result<Parsed, YamlError> {
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
                let Self { nodes, comments, aliased, .. } = self;
                Ok(Parsed::Doc(Doc { text: Arc::clone(self.text), nodes, root, comments, aliased }))
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
                self.aliased.push(target);
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
                let name = clean::short(&value, 40);
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
