//! Answers GraphQL documents out of plain values: enough of the language for the documents of this program.
//!
//! A field that an object does not hold is answered as a server without it does, with `undefinedField`; so a document
//! that asks for what GitHub has not is found out, as long as the objects are those of GitHub's schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One thing in a selection.
#[derive(Clone, Debug)]
enum Selection {
    Field { alias: String, name: String, arguments: Vec<(String, Value)>, inner: Vec<Selection> },
    Spread(String),
    Inline(String, Vec<Selection>),
}

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    query: Vec<Selection>,
    fragments: BTreeMap<String, (String, Vec<Selection>)>,
}

/// What a field with arguments leads to. `Err` is an error of GraphQL: type and message.
pub type Found = Result<Value, (&'static str, String)>;

/// Answers fields that depend on arguments, or on more than their object; none for all others.
pub trait World {
    /// The field `name` of `parent`.
    fn field(&self, parent: &Value, name: &str, arguments: &BTreeMap<String, Value>) -> Option<Found>;
}

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    variables: &'a Value,
}

/// Reads a document; what is not understood panics, since it is ours.
pub fn read(text: &str, variables: &Value) -> Document {
    let mut reader = Reader { tokens: tokens(text), at: 0, variables };
    let mut document = Document { query: Vec::new(), fragments: BTreeMap::new() };
    while let Some(token) = reader.peek() {
        match token {
            "query" => {
                reader.next();
                reader.next();
                if reader.peek() == Some("(") {
                    while reader.next() != ")" {}
                }
                document.query = reader.selections();
            }
            "fragment" => {
                reader.next();
                let name = reader.next();
                assert_eq!(reader.next(), "on");
                let kind = reader.next();
                let inner = reader.selections();
                document.fragments.insert(name, (kind, inner));
            }
            other => panic!("a document cannot hold `{other}` here"),
        }
    }
    document
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() || c == ',' => {}
            '.' => {
                chars.next();
                chars.next();
                tokens.push("...".to_owned());
            }
            '"' => {
                let mut word = String::from("\"");
                for c in chars.by_ref() {
                    word.push(c);
                    if c == '"' {
                        break;
                    }
                }
                tokens.push(word);
            }
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(next);
                }
                tokens.push(word);
            }
            c => tokens.push(c.to_string()),
        }
    }
    tokens
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> String {
        let token = self.tokens[self.at].clone();
        self.at += 1;
        token
    }

    fn selections(&mut self) -> Vec<Selection> {
        assert_eq!(self.next(), "{");
        let mut all = Vec::new();
        while self.peek() != Some("}") {
            all.push(self.selection());
        }
        self.next();
        all
    }

    fn selection(&mut self) -> Selection {
        let first = self.next();
        if first == "..." {
            let name = self.next();
            return if name == "on" {
                let kind = self.next();
                Selection::Inline(kind, self.selections())
            } else {
                Selection::Spread(name)
            };
        }
        let name = if self.peek() == Some(":") {
            self.next();
            self.next()
        } else {
            first.clone()
        };
        let mut arguments = Vec::new();
        if self.peek() == Some("(") {
            self.next();
            while self.peek() != Some(")") {
                let key = self.next();
                assert_eq!(self.next(), ":");
                let value = self.value();
                arguments.push((key, value));
            }
            self.next();
        }
        let inner = if self.peek() == Some("{") { self.selections() } else { Vec::new() };
        Selection::Field { alias: first, name, arguments, inner }
    }

    fn value(&mut self) -> Value {
        let token = self.next();
        if let Some(name) = token.strip_prefix('$') {
            return self.variables.get(name).unwrap_or_else(|| panic!("no variable {name}")).clone();
        }
        if token == "{" {
            let mut map = Map::new();
            while self.peek() != Some("}") {
                let key = self.next();
                self.next();
                let value = self.value();
                map.insert(key, value);
            }
            self.next();
            return Value::Object(map);
        }
        token.parse::<i64>().map_or_else(|_| json!(token.trim_matches('"')), |number| json!(number))
    }
}

/// Points of a document by GitHub's formula: requests that its connections need if every list is as long as it is asked
/// for, divided by a hundred, at least one.
pub fn points(document: &Document) -> usize {
    let hundredths = connections(document, &document.query, 1);
    ((hundredths + 50) / 100).max(1)
}

fn connections(document: &Document, selections: &[Selection], times: usize) -> usize {
    let one = |selection: &Selection| match selection {
        Selection::Spread(name) => connections(document, &document.fragments[name].1, times),
        Selection::Inline(_, inner) => connections(document, inner, times),
        Selection::Field { arguments, inner, .. } => match size(arguments) {
            Some(size) => times + connections(document, inner, times * size),
            None => connections(document, inner, times),
        },
    };
    selections.iter().map(one).sum()
}

/// How many nodes are asked for.
fn size(arguments: &[(String, Value)]) -> Option<usize> {
    let first = arguments.iter().find(|(name, _)| name == "first")?;
    first.1.as_u64().map(|first| usize::try_from(first).unwrap())
}

/// No more nodes than were asked for.
fn cut(mut value: Value, arguments: &[(String, Value)]) -> Value {
    if let (Some(size), Some(nodes)) = (size(arguments), value.get_mut("nodes").and_then(Value::as_array_mut)) {
        nodes.truncate(size);
    }
    value
}

/// Answers a document: `{data, errors}`.
pub fn answer(document: &Document, root: &Value, world: &dyn World) -> Value {
    let mut run = Run { document, world, errors: Vec::new() };
    let data = run.object(root, &document.query, &mut Vec::new());
    if let Some(error) = run.errors.iter().find(|error| error["extensions"]["code"] == "undefinedField") {
        return json!({"errors": [error]});
    }
    if run.errors.is_empty() { json!({"data": data}) } else { json!({"data": data, "errors": run.errors}) }
}

struct Run<'a> {
    document: &'a Document,
    world: &'a dyn World,
    errors: Vec<Value>,
}

impl Run<'_> {
    fn object(&mut self, object: &Value, selections: &[Selection], path: &mut Vec<Value>) -> Value {
        let mut result = Map::new();
        self.fill(object, selections, path, &mut result);
        Value::Object(result)
    }

    fn fill(
        &mut self,
        object: &Value,
        selections: &[Selection],
        path: &mut Vec<Value>,
        result: &mut Map<String, Value>,
    ) {
        for selection in selections {
            match selection {
                Selection::Spread(name) => {
                    let (kind, inner) = self.document.fragments[name].clone();
                    if is_a(object, &kind) {
                        self.fill(object, &inner, path, result);
                    }
                }
                Selection::Inline(kind, inner) if is_a(object, kind) => {
                    self.fill(object, inner, path, result);
                }
                Selection::Inline(..) => {}
                Selection::Field { alias, name, arguments, inner } => {
                    path.push(json!(alias));
                    let value = cut(self.field(object, name, arguments, path), arguments);
                    let value = self.select(&value, inner, path);
                    path.pop();
                    merge(result, alias, value);
                }
            }
        }
    }

    fn field(&mut self, object: &Value, name: &str, arguments: &[(String, Value)], path: &[Value]) -> Value {
        let arguments: BTreeMap<String, Value> = arguments.iter().cloned().collect();
        match self.world.field(object, name, &arguments) {
            Some(Ok(value)) => value,
            Some(Err((kind, message))) => {
                self.errors.push(json!({"type": kind, "path": path, "message": message}));
                Value::Null
            }
            None => object.get(name).cloned().unwrap_or_else(|| {
                let kind = object.get("__typename").cloned().unwrap_or_default();
                self.errors.push(json!({
                    "path": path, "message": format!("Field '{name}' doesn't exist on type {kind}"),
                    "extensions": {"code": "undefinedField", "typeName": kind, "fieldName": name}
                }));
                Value::Null
            }),
        }
    }

    fn select(&mut self, value: &Value, inner: &[Selection], path: &mut Vec<Value>) -> Value {
        match value {
            Value::Array(all) => {
                let mut list = Vec::new();
                for (index, one) in all.iter().enumerate() {
                    path.push(json!(index));
                    list.push(self.select(one, inner, path));
                    path.pop();
                }
                Value::Array(list)
            }
            Value::Object(_) if !inner.is_empty() => self.object(value, inner, path),
            value => value.clone(),
        }
    }
}

/// Fields that are asked for twice are one; objects are put together.
fn merge(result: &mut Map<String, Value>, alias: &str, value: Value) {
    match (result.get_mut(alias), value) {
        (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
        (_, value) => drop(result.insert(alias.to_owned(), value)),
    }
}

/// Whether an object is of a type, or of one that has its fields.
fn is_a(object: &Value, kind: &str) -> bool {
    let own = object.get("__typename").and_then(Value::as_str).unwrap_or_default();
    let interface = matches!(
        (kind, own),
        ("RuleSource", "Repository" | "Organization" | "Enterprise")
            | ("GitSignature", "GpgSignature" | "SshSignature")
    );
    own == kind || interface
}
