//! Decides conditions under uncertainty.
//!
//! A condition is evaluated for one situation (an event with what is known of it). What whoever starts the event
//! may choose (the name of a branch, an input) is [`Value::Choice`]; what exists only while the workflow runs (the
//! output of a step, a variable of the repository) is [`Value::RunTime`]. The two differ: a choice makes a step
//! reachable, a run-time value leaves it undecided.

use github_actions_expressions::call::{Call, Function};
use github_actions_expressions::literal::Literal;
use github_actions_expressions::op::{BinExpr, BinOp, UnOp};
use github_actions_expressions::{Expr, SpannedExpr};

/// What an expression evaluates to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Str(String),
    /// A string that begins like this; the rest is chosen by whoever starts the event.
    Prefix(String),
    /// One of these.
    Any(Vec<Value>),
    /// A list, from `fromJSON`.
    List(Vec<Value>),
    /// Whatever whoever starts the event chooses.
    Choice,
    /// Known only while the workflow runs, and why.
    RunTime(String),
}

/// Whether a condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Always.
    Yes,
    /// Never.
    No,
    /// It can be made to hold by whoever starts the event.
    Can,
    /// Known only while the workflow runs, and why.
    RunTime(String),
}

impl Truth {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::RunTime(why), _) | (_, Self::RunTime(why)) => Self::RunTime(why),
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Can,
        }
    }

    /// One of them must hold.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Can, _) | (_, Self::Can) => Self::Can,
            (Self::RunTime(why), _) | (_, Self::RunTime(why)) => Self::RunTime(why),
            _ => Self::No,
        }
    }

    #[must_use]
    fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }

    fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }

    fn value(self) -> Value {
        match self {
            Self::Yes => Value::Bool(true),
            Self::No => Value::Bool(false),
            Self::Can => Value::Any(vec![Value::Bool(true), Value::Bool(false)]),
            Self::RunTime(why) => Value::RunTime(why),
        }
    }
}

impl Value {
    /// One string.
    pub fn str(text: impl Into<String>) -> Self {
        Self::Str(text.into())
    }

    /// One of several strings; a single one is itself.
    pub fn any_str<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        let mut values: Vec<Self> = texts.into_iter().map(Self::str).collect();
        if values.len() == 1 { values.swap_remove(0) } else { Self::Any(values) }
    }

    /// Whether the value counts as true.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Null => Truth::No,
            Self::Bool(known) => Truth::of(*known),
            Self::Number(number) => Truth::of(*number != 0.0 && !number.is_nan()),
            Self::Str(text) => Truth::of(!text.is_empty()),
            Self::Prefix(start) if start.is_empty() => Truth::Can,
            Self::Prefix(_) | Self::List(_) => Truth::Yes,
            Self::Choice => Truth::Can,
            Self::RunTime(why) => Truth::RunTime(why.clone()),
            Self::Any(values) => one_of_many(values.iter().map(Self::truth)),
        }
    }

    /// The value as text, as variables and outputs hold it: `true`, not a truth value.
    #[must_use]
    pub fn into_text(self) -> Self {
        match self {
            Self::Null => Self::str(""),
            Self::Bool(known) => Self::str(known.to_string()),
            Self::Number(number) => Self::str(number.to_string()),
            Self::Any(values) => Self::Any(values.into_iter().map(Self::into_text).collect()),
            other => other,
        }
    }

    /// Every string this may be; none where that is not a known few.
    pub fn strings(&self) -> Option<Vec<String>> {
        match self {
            Self::Null => Some(vec![String::new()]),
            Self::Str(text) => Some(vec![text.clone()]),
            Self::Bool(known) => Some(vec![known.to_string()]),
            Self::Number(number) => Some(vec![number.to_string()]),
            Self::Any(values) => {
                let each: Option<Vec<Vec<String>>> = values.iter().map(Self::strings).collect();
                each.map(|each| each.into_iter().flatten().collect())
            }
            Self::Prefix(_) | Self::List(_) | Self::Choice | Self::RunTime(_) => None,
        }
    }
}

/// What a situation knows.
pub trait Situation {
    /// The value of a context, as `["github", "ref"]` in lower case.
    fn lookup(&self, path: &[String]) -> Value;
}

/// Whether an `if:` holds. `text` is its value as YAML gives it, surrounding blanks included.
pub fn condition(text: &str, situation: &dyn Situation) -> Truth {
    match body(text) {
        Body::Expression(inner) => evaluate(inner, situation).truth(),
        // Text around `${{ }}` makes a string, and a string that is not empty is true, whatever the expression says.
        Body::AlwaysTrue => Truth::Yes,
    }
}

/// Whether a condition is one that GitHub always takes as true because of text around its expression.
pub fn is_always_true_by_accident(text: &str) -> bool {
    matches!(body(text), Body::AlwaysTrue)
}

/// Whether a condition lets a job run although a job it waits for did not: it calls `always()`, `failure()` or
/// `cancelled()`, which replace the implied `success()`.
pub fn ignores_needs(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["always", "failure", "cancelled"].iter().any(|name| {
        let mut after = text.match_indices(name).filter_map(|(at, _)| text.get(at + name.len()..));
        after.any(|rest| rest.trim_start().starts_with('('))
    })
}

/// The value of a string that may hold `${{ }}` expressions.
pub fn interpolate(text: &str, situation: &dyn Situation) -> Value {
    if !text.contains("${{") {
        return Value::str(text);
    }
    if let Body::Expression(inner) = body(text.trim()) {
        return evaluate(inner, situation);
    }
    let mut results = vec![String::new()];
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once("${{") {
        let Some((inner, after)) = tail.split_once("}}") else { break };
        let value = evaluate(inner, situation);
        let Some(parts) = value.strings() else {
            return match value {
                Value::RunTime(why) => Value::RunTime(why),
                _ => Value::Choice,
            };
        };
        results = results
            .iter()
            .flat_map(|start| parts.iter().map(move |part| format!("{start}{head}{part}")))
            .take(64)
            .collect();
        rest = after;
    }
    Value::any_str(results.into_iter().map(|start| start + rest))
}

enum Body<'t> {
    Expression(&'t str),
    AlwaysTrue,
}

/// What stands between the fences of a condition, or the whole of it when it has none.
fn body(text: &str) -> Body<'_> {
    if !text.contains("${{") {
        return Body::Expression(text);
    }
    let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
    match inner {
        Some(inner) if !inner.contains("${{") => Body::Expression(inner),
        _ => Body::AlwaysTrue,
    }
}

fn evaluate(text: &str, situation: &dyn Situation) -> Value {
    match Expr::parse(text.trim()) {
        Ok(parsed) => of(&parsed, situation),
        Err(_) => Value::RunTime("the expression cannot be parsed".to_owned()),
    }
}

fn of(expression: &SpannedExpr<'_>, situation: &dyn Situation) -> Value {
    match &**expression {
        Expr::Literal(literal) => constant(literal),
        Expr::Identifier(name) => situation.lookup(&[name.as_str().to_lowercase()]),
        Expr::Context(context) => match path(&context.parts) {
            Some(path) => situation.lookup(&path),
            None => Value::RunTime(format!("`{}` is computed", expression.origin.raw)),
        },
        Expr::Call(call) => function(call, expression.origin.raw, situation),
        Expr::BinExpr(binary) => operation(binary, situation),
        Expr::UnExpr { op: UnOp::Not, expr } => of(expr, situation).truth().negate().value(),
        Expr::Star | Expr::Index(_) => Value::RunTime(format!("`{}` is computed", expression.origin.raw)),
    }
}

fn constant(literal: &Literal<'_>) -> Value {
    match literal {
        Literal::Number(number) => Value::Number(*number),
        Literal::String(text) => Value::str(text.clone()),
        Literal::Boolean(known) => Value::Bool(*known),
        Literal::Null => Value::Null,
    }
}

/// The parts of a context as names; none where an index is computed or the head is a call.
fn path(parts: &[SpannedExpr<'_>]) -> Option<Vec<String>> {
    parts
        .iter()
        .map(|part| match &**part {
            Expr::Identifier(name) => Some(name.as_str().to_lowercase()),
            Expr::Index(inner) => match &***inner {
                Expr::Literal(Literal::String(text)) => Some(text.to_lowercase()),
                Expr::Literal(Literal::Number(number)) => Some(number.to_string()),
                _ => None,
            },
            Expr::Star => Some("*".to_owned()),
            _ => None,
        })
        .collect()
}

fn operation(binary: &BinExpr<'_>, situation: &dyn Situation) -> Value {
    let left = of(&binary.lhs, situation);
    match binary.op {
        BinOp::And => match left.truth() {
            Truth::Yes => of(&binary.rhs, situation),
            Truth::No => left,
            truth => either(truth, of(&binary.rhs, situation), falsy(&left), BinOp::And),
        },
        BinOp::Or => match left.truth() {
            Truth::Yes => left,
            Truth::No => of(&binary.rhs, situation),
            truth => {
                let right = of(&binary.rhs, situation);
                either(truth, left, right, BinOp::Or)
            }
        },
        BinOp::Eq => equal(&left, &of(&binary.rhs, situation)).value(),
        BinOp::Neq => equal(&left, &of(&binary.rhs, situation)).negate().value(),
        BinOp::Gt | BinOp::Ge | BinOp::Lt | BinOp::Le => order(&binary.op, &left, &of(&binary.rhs, situation)),
    }
}

/// What `a && b` or `a || b` may be when the truth of `a` is open.
fn either(truth: Truth, first: Value, second: Value, op: BinOp) -> Value {
    match truth {
        // Undecided stays undecided, unless the other side settles it.
        Truth::RunTime(why) => {
            let other = if op == BinOp::And { &first } else { &second };
            match (op, other.truth()) {
                (BinOp::And, Truth::No) => Value::Bool(false),
                (BinOp::Or, Truth::Yes | Truth::Can) => second,
                _ => Value::RunTime(why),
            }
        }
        _ => Value::Any(vec![first, second]),
    }
}

/// The falsy side of an open value, as `a && b` yields it.
fn falsy(value: &Value) -> Value {
    match value {
        Value::Any(values) => values.iter().find(|v| v.truth() == Truth::No).cloned().unwrap_or(Value::Bool(false)),
        Value::Choice | Value::Prefix(_) => Value::str(""),
        _ => Value::Bool(false),
    }
}

/// Applies a test to every pair of values that two sides may be.
fn lift(left: &Value, right: &Value, test: fn(&Value, &Value) -> Truth) -> Truth {
    match (left, right) {
        (Value::RunTime(why), _) | (_, Value::RunTime(why)) => Truth::RunTime(why.clone()),
        (Value::Any(values), other) => one_of_many(values.iter().map(|value| lift(value, other, test))),
        (other, Value::Any(values)) => one_of_many(values.iter().map(|value| lift(other, value, test))),
        (Value::Choice, _) | (_, Value::Choice) => Truth::Can,
        (left, right) => test(left, right),
    }
}

/// What holds when one of several values will be there, chosen by whoever starts the event.
fn one_of_many(truths: impl Iterator<Item = Truth>) -> Truth {
    let truths: Vec<Truth> = truths.collect();
    if !truths.is_empty() && truths.iter().all(|truth| *truth == Truth::Yes) {
        return Truth::Yes;
    }
    match truths.into_iter().fold(Truth::No, Truth::or) {
        Truth::Yes => Truth::Can,
        other => other,
    }
}

fn can(possible: bool) -> Truth {
    if possible { Truth::Can } else { Truth::No }
}

/// GitHub's loose equality: strings without regard to case, otherwise numbers.
fn equal(left: &Value, right: &Value) -> Truth {
    lift(left, right, |left, right| match (left, right) {
        (Value::Prefix(start), Value::Str(text)) | (Value::Str(text), Value::Prefix(start)) => {
            can(begins_with(text, start))
        }
        (Value::Prefix(a), Value::Prefix(b)) => can(begins_with(a, b) || begins_with(b, a)),
        (Value::Prefix(start), _) | (_, Value::Prefix(start)) => can(start.is_empty()),
        (Value::Str(a), Value::Str(b)) => Truth::of(a.to_lowercase() == b.to_lowercase()),
        (Value::Null, Value::Null) => Truth::Yes,
        (Value::Bool(a), Value::Bool(b)) => Truth::of(a == b),
        (Value::List(_), _) | (_, Value::List(_)) => Truth::No,
        (a, b) => Truth::of((number(a) - number(b)).abs() < f64::EPSILON),
    })
}

fn order(op: &BinOp, left: &Value, right: &Value) -> Value {
    let open = |value: &Value| matches!(value, Value::Any(_) | Value::Choice | Value::Prefix(_));
    match (left, right) {
        (Value::RunTime(why), _) | (_, Value::RunTime(why)) => Value::RunTime(why.clone()),
        (a, b) if open(a) || open(b) => Truth::Can.value(),
        (Value::Str(a), Value::Str(b)) => Value::Bool(compare(op, &a.to_lowercase(), &b.to_lowercase())),
        (a, b) => Value::Bool(compare(op, &number(a), &number(b))),
    }
}

fn compare<T: PartialOrd>(op: &BinOp, a: &T, b: &T) -> bool {
    match op {
        BinOp::Gt => a > b,
        BinOp::Ge => a >= b,
        BinOp::Lt => a < b,
        BinOp::Le => a <= b,
        BinOp::And | BinOp::Or | BinOp::Eq | BinOp::Neq => false,
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(known) => f64::from(u8::from(*known)),
        Value::Number(number) => *number,
        Value::Str(text) if text.trim().is_empty() => 0.0,
        Value::Str(text) => text.trim().parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

fn function(call: &Call<'_>, raw: &str, situation: &dyn Situation) -> Value {
    let argument = |at: usize| call.args.get(at).map_or(Value::Null, |argument| of(argument, situation));
    match call.func {
        Function::Success | Function::Always => Value::Bool(true),
        // The ordinary way through: nothing failed and nobody cancelled. Failure is a matter of the run.
        Function::Cancelled => Value::Bool(false),
        Function::Failure => Truth::Can.value(),
        Function::Contains => contains(&argument(0), &argument(1)).value(),
        Function::StartsWith => begins(&argument(0), &argument(1)).value(),
        Function::EndsWith => ends(&argument(0), &argument(1)).value(),
        Function::FromJSON => from_json(argument(0), raw),
        Function::ToJSON => argument(0),
        Function::Format => format_values(call, situation, raw),
        Function::Case => case(call, situation),
        Function::Join | Function::HashFiles => Value::RunTime(format!("`{raw}` is computed")),
    }
}

/// `case(test, value, …, default)`.
fn case(call: &Call<'_>, situation: &dyn Situation) -> Value {
    let mut options = Vec::new();
    for pair in call.args.chunks(2) {
        match pair {
            [test, value] => match of(test, situation).truth() {
                Truth::Yes => {
                    options.push(of(value, situation));
                    return one_of(options);
                }
                Truth::No => {}
                Truth::Can => options.push(of(value, situation)),
                Truth::RunTime(why) => return Value::RunTime(why),
            },
            [default] => options.push(of(default, situation)),
            _ => {}
        }
    }
    one_of(options)
}

fn one_of(mut options: Vec<Value>) -> Value {
    if options.len() == 1 { options.swap_remove(0) } else { Value::Any(options) }
}

fn format_values(call: &Call<'_>, situation: &dyn Situation, raw: &str) -> Value {
    let values: Vec<Value> = call.args.iter().map(|argument| of(argument, situation)).collect();
    let texts: Option<Vec<String>> = values
        .iter()
        .map(|value| value.strings().filter(|strings| strings.len() == 1).and_then(|mut strings| strings.pop()))
        .collect();
    match texts.as_deref() {
        Some([template, rest @ ..]) => {
            let mut text = template.clone();
            for (at, part) in rest.iter().enumerate() {
                text = text.replace(&format!("{{{at}}}"), part);
            }
            Value::Str(text)
        }
        _ if values.iter().any(|value| matches!(value, Value::RunTime(_))) => {
            Value::RunTime(format!("`{raw}` is computed"))
        }
        _ => Value::Choice,
    }
}

fn from_json(value: Value, raw: &str) -> Value {
    match value {
        Value::Str(text) => serde_json::from_str(&text).map_or_else(
            |_| Value::RunTime(format!("`{raw}` is no JSON")),
            |json| json_value(&json).unwrap_or_else(|| Value::RunTime(format!("`{raw}` is computed"))),
        ),
        Value::Any(values) => Value::Any(values.into_iter().map(|value| from_json(value, raw)).collect()),
        Value::Prefix(_) => Value::Choice,
        other => other,
    }
}

fn json_value(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Bool(known) => Some(Value::Bool(*known)),
        serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
        serde_json::Value::String(text) => Some(Value::str(text.clone())),
        serde_json::Value::Array(items) => items.iter().map(json_value).collect::<Option<_>>().map(Value::List),
        serde_json::Value::Object(_) => None,
    }
}

fn contains(holder: &Value, part: &Value) -> Truth {
    if let Value::List(items) = holder {
        return items.iter().map(|item| equal(item, part)).fold(Truth::No, Truth::or);
    }
    lift(holder, part, |holder, part| match (holder, as_str(part)) {
        (Value::Prefix(start), Some(part)) if lower(start).contains(&lower(&part)) => Truth::Yes,
        // A branch may be named `refs/tags/x`, but whoever can push that can push a tag: it closes branches as well
        // as `startsWith` does.
        (Value::Prefix(start), Some(part)) if begins_with(start, "refs/") && begins_with(&part, "refs/") => {
            can(begins_with(&part, start))
        }
        (Value::Prefix(_), _) | (_, None) => Truth::Can,
        (holder, Some(part)) => {
            as_str(holder).map_or(Truth::Can, |text| Truth::of(lower(&text).contains(&lower(&part))))
        }
    })
}

fn begins(text: &Value, start: &Value) -> Truth {
    lift(text, start, |text, start| match (text, as_str(start)) {
        (Value::Prefix(known), Some(start)) if begins_with(known, &start) => Truth::Yes,
        (Value::Prefix(known), Some(start)) => can(begins_with(&start, known)),
        (_, None) => Truth::Can,
        (text, Some(start)) => as_str(text).map_or(Truth::Can, |text| Truth::of(begins_with(&text, &start))),
    })
}

fn ends(text: &Value, end: &Value) -> Truth {
    lift(text, end, |text, end| match (as_str(text), as_str(end)) {
        (Some(text), Some(end)) => Truth::of(lower(&text).ends_with(&lower(&end))),
        _ => Truth::Can,
    })
}

/// A single known value as a string.
fn as_str(value: &Value) -> Option<String> {
    value.strings().filter(|all| all.len() == 1).and_then(|mut all| all.pop())
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

fn begins_with(text: &str, start: &str) -> bool {
    lower(text).starts_with(&lower(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A push of a tag or to a branch, with an output of an earlier job.
    struct Push(&'static str);

    impl Situation for Push {
        fn lookup(&self, path: &[String]) -> Value {
            match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["github", "event_name"] => Value::str("push"),
                ["github", "ref"] => Value::Prefix(self.0.to_owned()),
                ["github", "ref_type"] => Value::str(if self.0.contains("tags") { "tag" } else { "branch" }),
                ["github", "event", "action"] | ["inputs", _] => Value::Null,
                ["github", "event", "head_commit", "message"] => Value::Choice,
                ["matrix", "os"] => Value::any_str(["a", "b"]),
                other => Value::RunTime(other.join(".")),
            }
        }
    }

    fn on(reference: &'static str, text: &str) -> Truth {
        condition(text, &Push(reference))
    }

    #[test]
    fn guards_on_tags_close_branches() {
        for guard in [
            "startsWith(github.ref, 'refs/tags/')",
            "${{ startsWith(github.ref, 'refs/tags/v') }}",
            "github.ref_type == 'tag'",
            "github.event_name == 'push' && contains(github.ref, 'refs/tags/')",
            "!startsWith(github.ref, 'refs/heads/')",
            "github.event_name == 'release' || startsWith(github['ref'], 'refs/tags')",
            "github.ref_type != 'branch' && needs.x.outputs.y",
            "always() && github.REF_TYPE == 'TAG'",
            "contains(fromJSON('[\"tag\"]'), github.ref_type)",
            "case(github.ref_type == 'tag', true, false)",
        ] {
            assert_eq!(on("refs/heads/", guard), Truth::No, "{guard}");
            assert_ne!(on("refs/tags/", guard), Truth::No, "{guard}");
        }
    }

    #[test]
    fn a_choice_is_reachable_and_a_run_time_value_is_undecided() {
        assert_eq!(on("refs/heads/", "github.ref == 'refs/heads/main'"), Truth::Can);
        assert_eq!(on("refs/heads/", "contains(github.event.head_commit.message, 'release')"), Truth::Can);
        assert!(matches!(on("refs/heads/", "needs.x.outputs.y == 'true'"), Truth::RunTime(_)));
        assert_eq!(on("refs/heads/", "needs.x.outputs.y || true"), Truth::Yes);
        assert_eq!(on("refs/heads/", "needs.x.outputs.y && false"), Truth::No);
        assert_eq!(on("refs/heads/", "matrix.os == 'a'"), Truth::Can);
        assert_eq!(on("refs/heads/", "matrix.os == 'c'"), Truth::No);
        assert!(matches!(on("refs/heads/", "vars.X == 'a' || github.ref_type == 'tag'"), Truth::RunTime(_)));
        assert!(matches!(on("refs/heads/", "((("), Truth::RunTime(_)));
    }

    #[test]
    fn text_around_an_expression_makes_it_true() {
        assert_eq!(on("refs/heads/", "${{ github.ref_type == 'tag' }} && true"), Truth::Yes);
        assert_eq!(on("refs/heads/", "${{ github.ref_type == 'tag' }}\n"), Truth::Yes);
        assert!(is_always_true_by_accident("${{ false }}\n") && !is_always_true_by_accident("${{ false }}"));
        assert_eq!(on("refs/heads/", "github.ref_type == 'tag'\n"), Truth::No, "without fences a line end is a blank");
        assert_eq!(on("refs/heads/", "${{ a }} == ${{ b }}"), Truth::Yes);
    }

    #[test]
    fn values_are_loose_as_github_has_them() {
        assert_eq!(on("refs/heads/", "0 == ''"), Truth::Yes);
        assert_eq!(on("refs/heads/", "null == false"), Truth::Yes);
        assert_eq!(on("refs/heads/", "inputs.publish"), Truth::No);
        assert_eq!(on("refs/heads/", "inputs.publish == true"), Truth::No);
        assert_eq!(on("refs/heads/", "'Push' == github.event_name"), Truth::Yes);
        assert_eq!(on("refs/heads/", "2 > 1 && 'b' >= 'a'"), Truth::Yes);
        assert_eq!(on("refs/heads/", "false"), Truth::No);
        assert_eq!(on("refs/heads/", ""), on("refs/heads/", "((("));
    }

    #[test]
    fn strings_with_expressions_have_known_values_where_they_can() {
        let value = |text: &str| interpolate(text, &Push("refs/heads/")).strings();
        assert_eq!(value("plain"), Some(vec!["plain".to_owned()]));
        assert_eq!(value("${{ github.event_name == 'push' && 'pypi' || 'test' }}"), Some(vec!["pypi".to_owned()]));
        assert_eq!(value("x-${{ matrix.os }}-y"), Some(vec!["x-a-y".to_owned(), "x-b-y".to_owned()]));
        assert_eq!(value("${{ vars.X }}"), None);
        assert_eq!(value("${{ format('{0}!', github.event_name) }}"), Some(vec!["push!".to_owned()]));
    }

    #[test]
    fn status_functions_are_told_from_names() {
        assert!(ignores_needs("always() && x") && ignores_needs("! cancelled ()"));
        assert!(!ignores_needs("success() && needs.x.outputs.failure == 'true'"));
    }

    #[test]
    fn deep_nesting_is_undecided_and_ends() {
        let deep = format!("{}true{}", "(".repeat(3000), ")".repeat(3000));
        assert!(matches!(on("refs/heads/", &deep), Truth::RunTime(_)));
    }
}
