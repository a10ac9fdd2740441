//! Answers of GraphQL: partial data with its errors, and what an error says about the field it stands at.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Answer, NoAnswer, Why};
use super::client::Client;
use super::document::Document;
use super::request::Request;
use crate::fact::{Fact, Reason, Unknown};
use crate::text::clean;

/// What came back for one document.
#[derive(Clone, Debug)]
pub struct Reply {
    answer: Answer,
    data: Value,
    faults: Vec<Fault>,
}

/// One error of an answer.
#[derive(Clone, Debug, Deserialize)]
struct Fault {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    path: Option<Vec<Value>>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    extensions: Value,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Option<Vec<Fault>>,
}

/// The fields that a server was found to lack: older servers of one's own know fewer.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    lacks: BTreeSet<String>,
}

/// Most fields that are dropped before a document is given up.
const MAX_DROPPED: usize = 12;

impl Dialect {
    /// The document without the fields that the server lacks.
    pub fn spoken(&self, document: &str) -> String {
        self.lacks.iter().fold(document.to_owned(), |text, field| without(&text, field))
    }
}

/// The document without a field, its arguments and what is below it. Documents have one field a line.
fn without(document: &str, field: &str) -> String {
    let mut kept = String::with_capacity(document.len());
    let mut depth = 0_usize;
    for line in document.lines() {
        let (opens, closes) = (line.matches('{').count(), line.matches('}').count());
        if depth > 0 {
            depth = (depth + opens).saturating_sub(closes);
            continue;
        }
        if names(line, field) {
            depth = opens.saturating_sub(closes);
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// Whether a line of a document asks for a field, under an alias or not.
fn names(line: &str, field: &str) -> bool {
    let line = line.trim_start();
    let word = |text: &str| text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next() == Some(field);
    let before = line.split(['(', '{']).next().unwrap_or_default();
    !line.starts_with("query") && !line.starts_with("fragment") && word(before.rsplit(':').next().unwrap_or_default())
}

/// Asks, and asks again without the fields that this server lacks. A server that gave up or found the query too large
/// is told apart, so that the one who asks can ask for less.
///
/// # Errors
/// Why there is nothing to read.
pub async fn ask(client: &Client, document: &Document, dialect: &mut Dialect) -> Result<Reply, Refused> {
    loop {
        let text = dialect.spoken(&document.text);
        let answer = client.fetch(&Request::graphql(&text, &document.variables).dividing(document.divides)).await;
        let reply = Reply::read(answer)?;
        let Some(field) = reply.lacking().filter(|_| dialect.lacks.len() < MAX_DROPPED) else { return reply.checked() };
        if !dialect.lacks.insert(field) {
            return reply.checked();
        }
    }
}

/// Why a document has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It asks for more than the server answers at once: half of it may do.
    TooMuch(Unknown),
    /// Asking for less would not help.
    Failed(Unknown),
}

impl Refused {
    /// The reason.
    pub fn why(self) -> Unknown {
        match self {
            Self::TooMuch(why) | Self::Failed(why) => why,
        }
    }
}

impl From<NoAnswer> for Refused {
    fn from(no: NoAnswer) -> Self {
        let large = matches!(no.status, 502 | 504) || matches!(no.why, Why::TooLarge(_) | Why::TimedOut(_));
        if large { Self::TooMuch(no.into()) } else { Self::Failed(no.into()) }
    }
}

impl Reply {
    /// Takes an answer for what GraphQL says in it.
    ///
    /// # Errors
    /// No answer, or a body that is none of GraphQL.
    pub fn read(answer: Result<Answer, NoAnswer>) -> Result<Self, Refused> {
        let answer = answer?;
        if !answer.is_ok() {
            let why = super::refusal::refused(&answer, None);
            return Err(if matches!(answer.status, 502 | 504) { Refused::TooMuch(why) } else { Refused::Failed(why) });
        }
        let body: Body = answer.json().map_err(|no| Refused::Failed(no.into()))?;
        let answer = Answer { body: bytes::Bytes::new(), ..answer };
        Ok(Self { answer, data: body.data, faults: body.errors.unwrap_or_default() })
    }

    /// The first field that this server does not know.
    fn lacking(&self) -> Option<String> {
        self.faults.iter().find_map(|fault| {
            let code = fault.extensions.get("code").and_then(Value::as_str);
            if code == Some("undefinedField") {
                return fault.extensions.get("fieldName").and_then(Value::as_str).map(str::to_owned);
            }
            let rest = fault.message.strip_prefix("Field '")?;
            let (field, rest) = rest.split_once('\'')?;
            rest.contains("doesn't exist").then(|| field.to_owned())
        })
    }

    /// Itself, unless it holds no data at all.
    fn checked(self) -> Result<Self, Refused> {
        let large = |fault: &Fault| {
            let words = fault.message.to_lowercase();
            words.contains("resource limit") || words.contains("timeout") || words.contains("something went wrong")
        };
        if let Some(fault) = self.faults.iter().find(|fault| large(fault)) {
            return Err(Refused::TooMuch(self.unknown(fault)));
        }
        if self.data.is_object() {
            return Ok(self);
        }
        let why =
            self.faults.first().map_or_else(|| self.failed("the answer holds no data"), |fault| self.unknown(fault));
        Err(Refused::Failed(why))
    }

    fn failed(&self, words: &str) -> Unknown {
        let detail = format!("{} was answered with {}: {words}", self.answer.endpoint, self.answer.status);
        Unknown::new(Reason::Failed, detail).from_request(self.answer.endpoint.clone(), self.answer.status)
    }

    fn unknown(&self, fault: &Fault) -> Unknown {
        let reason = match fault.kind.as_deref().unwrap_or_default() {
            "NOT_FOUND" => Reason::NotFound,
            "FORBIDDEN" | "INSUFFICIENT_SCOPES" => Reason::Permission,
            "RATE_LIMITED" => Reason::RateLimit,
            _ => Reason::Failed,
        };
        Unknown { reason, ..self.failed(&clean::short(&fault.message, 200)) }
    }

    /// A fact that this reply tells.
    pub fn fact<T>(&self, value: T) -> Fact<T> {
        self.answer.fact(value)
    }

    /// The part under an alias of the root.
    pub fn part<'a>(&'a self, alias: &str) -> Part<'a> {
        Part { reply: self, value: self.data.get(alias).unwrap_or(&Value::Null), path: vec![alias.to_owned()] }
    }
}

/// One object of a reply, with the way to it, so that its errors can be told from those of others.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    reply: &'a Reply,
    value: &'a Value,
    path: Vec<String>,
}

impl<'a> Part<'a> {
    /// The reply it belongs to.
    pub const fn reply(&self) -> &'a Reply {
        self.reply
    }

    /// Its value as it stands.
    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// Why it is missing: the error at it or above it, or at the nearest thing below.
    pub fn missing(&self, what: &str) -> Unknown {
        let at = |fault: &&Fault| fault.path.as_ref().is_some_and(|path| meets(path, &self.path));
        let fault = self.reply.faults.iter().find(at);
        fault.map_or_else(
            || self.reply.failed(&format!("it says nothing about {what}")),
            |fault| self.reply.unknown(fault),
        )
    }

    /// Itself, unless it is null.
    ///
    /// # Errors
    /// Why it is.
    pub fn present(self, what: &str) -> Result<Self, Unknown> {
        if self.value.is_object() { Ok(self) } else { Err(self.missing(what)) }
    }

    /// The object in a field; null where there is none.
    #[must_use]
    pub fn child(&self, field: &str) -> Self {
        let path = self.path.iter().cloned().chain([field.to_owned()]).collect();
        Part { reply: self.reply, value: self.value.get(field).unwrap_or(&Value::Null), path }
    }

    /// A field of this object.
    ///
    /// # Errors
    /// An error at the field or below it, a field this server lacks, or one of another type.
    pub fn field<T: DeserializeOwned>(&self, field: &str) -> Result<T, Unknown> {
        let child = self.child(field);
        let at = |fault: &&Fault| fault.path.as_ref().is_some_and(|path| meets(path, &child.path));
        if let Some(fault) = self.reply.faults.iter().find(at) {
            return Err(self.reply.unknown(fault));
        }
        let Some(value) = self.value.get(field) else {
            let why = self.reply.failed(&format!("this server does not tell `{field}`"));
            return Err(Unknown { reason: Reason::Unsupported, ..why });
        };
        T::deserialize(value).map_err(|error| {
            self.reply.failed(&format!("`{field}` cannot be read: {}", clean::short(&error.to_string(), 160)))
        })
    }
}

/// Whether one path leads to the other or below it.
fn meets(path: &[Value], wanted: &[String]) -> bool {
    path.iter().zip(wanted).all(|(step, name)| step.as_str().is_none_or(|step| step == name))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::json;

    /// A reply with this body.
    pub fn reply(body: &Value) -> Reply {
        Reply::read(Ok(answer("POST /graphql", 200, &body.to_string()))).unwrap()
    }

    #[test]
    fn an_error_belongs_to_the_field_it_stands_at() {
        let reply = reply(&json!({
            "data": {"r0": {"name": "a", "tags": null, "rules": 3}, "r1": null},
            "errors": [
                {"type": "FORBIDDEN", "path": ["r0", "tags"], "message": "Resource not accessible by integration"},
                {"type": "NOT_FOUND", "path": ["r1"], "message": "Could not resolve to a Repository"}
            ]
        }));
        let first = reply.part("r0").present("it").unwrap();
        assert_eq!(first.field::<String>("name").unwrap(), "a");
        let refused = first.field::<Option<Vec<u8>>>("tags").unwrap_err();
        assert_eq!(refused.reason, Reason::Permission);
        assert!(refused.detail.starts_with("POST /graphql was answered with 200: Resource"), "{}", refused.detail);
        assert_eq!(first.field::<Vec<u8>>("rules").unwrap_err().reason, Reason::Failed);
        assert_eq!(first.field::<Vec<u8>>("nothing").unwrap_err().reason, Reason::Unsupported);
        assert_eq!(reply.part("r1").present("it").unwrap_err().reason, Reason::NotFound);
    }

    #[test]
    fn a_field_that_a_server_lacks_goes_with_all_that_is_below_it() {
        let document = "query Q($a: String!) {\n  r0: repository(owner: $a) {\n    name\n    all: rulesets(first: 20) {\n      nodes {\n        name\n      }\n    }\n    digest\n  }\n}\n";
        let mut dialect = Dialect::default();
        dialect.lacks.insert("rulesets".to_owned());
        dialect.lacks.insert("digest".to_owned());
        let spoken = dialect.spoken(document);
        assert_eq!(spoken, "query Q($a: String!) {\n  r0: repository(owner: $a) {\n    name\n  }\n}\n");
        let said = reply(&json!({"errors": [
            {"message": "Field 'digest' doesn't exist on type 'ReleaseAsset'", "extensions": {"code": "undefinedField", "typeName": "ReleaseAsset", "fieldName": "digest"}}
        ]}));
        assert_eq!(said.lacking().as_deref(), Some("digest"));
    }

    #[test]
    fn too_much_at_once_is_told_from_a_refusal() {
        let limits = json!({"data": {"r0": null}, "errors": [{"message": "Resource limits for this query exceeded."}]});
        assert!(matches!(reply(&limits).checked(), Err(Refused::TooMuch(_))));
        let spent = json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
        let Err(Refused::Failed(why)) = reply(&spent).checked() else { panic!() };
        assert_eq!(why.reason, Reason::RateLimit);
        assert!(matches!(reply(&json!({"data": null})).checked(), Err(Refused::Failed(_))));
        assert!(matches!(Reply::read(Ok(answer("POST /graphql", 502, ""))), Err(Refused::TooMuch(_))));
        assert!(matches!(Reply::read(Ok(answer("POST /graphql", 200, "<html>"))), Err(Refused::Failed(_))));
    }
}
