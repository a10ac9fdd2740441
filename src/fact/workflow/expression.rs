//! Decides conditions under uncertainty.
//!
//! A condition is evaluated for one situation (an event with what is known of it). What whoever starts the event
//! may choose (the name of a branch, an input) is [`Value::Choice`]; what exists only while the workflow runs (the
//! output of a step, a variable of the repository) is [`Value::RunTime`]. The two differ: a choice makes a step
//! reachable, a run-time value leaves it undecided.

mod function;
mod numbered;
mod value;

use github_actions_expressions::literal::Literal;
use github_actions_expressions::op::{BinExpr, BinOp, UnOp};
use github_actions_expressions::{Expr, SpannedExpr};

pub use numbered::Numbered;
pub use value::{Truth, Value};

use function::function;
use value::{equal, falsy, order, truthy};

/// Most values that a string made of expressions is followed to; beyond it they are not a known few.
const MAX_VALUES: usize = 64;
/// Most bytes of the strings that an expression makes; beyond it they are not followed.
const MAX_TEXT: usize = 64 * 1024;
/// Longest expression that is read, in bytes. GitHub itself refuses one of more than 21,000 characters.
const MAX_LENGTH: usize = 21_000;
/// Most signs of operators in an expression that is read: what the parser builds of them is as deep as they are many.
const MAX_SIGNS: usize = 1_000;

/// What a situation knows.
pub trait Situation {
    /// The value of a context, as `["github", "ref"]` in lower case.
    fn lookup(&self, path: &[String]) -> Value;

    /// What `success()` says. The ordinary way through: nothing failed and nobody cancelled.
    fn success(&self) -> Truth {
        Truth::Yes
    }

    /// What `failure()` says. Whether something fails is a matter of the run.
    fn failure(&self) -> Truth {
        Truth::Can
    }

    /// What `cancelled()` says: so is whether somebody cancels it.
    fn cancelled(&self) -> Truth {
        Truth::Can
    }
}

/// What a condition says whatever happens: [`Truth::RunTime`] where anything has to be known for it.
pub fn regardless(text: &str) -> Truth {
    struct Nothing;
    impl Situation for Nothing {
        fn lookup(&self, path: &[String]) -> Value {
            Value::RunTime(path.join("."))
        }
    }
    condition(text, &Nothing)
}

/// What a string may come to, whatever happens.
pub fn possible(text: &str) -> Value {
    struct Anything;
    impl Situation for Anything {
        fn lookup(&self, _: &[String]) -> Value {
            Value::Choice
        }

        fn success(&self) -> Truth {
            Truth::Can
        }
    }
    interpolate(text, &Anything)
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

/// Whether a condition calls `success()`, `always()`, `failure()` or `cancelled()`. Any of them replaces the implied
/// `success()`, so such a condition decides by itself what happens after a failure.
pub fn names_status(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["success", "always", "failure", "cancelled"].iter().any(|name| {
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
        if results.len().saturating_mul(parts.len()) > MAX_VALUES {
            return Value::Choice;
        }
        if !append(&mut results, head, &parts) {
            return too_long();
        }
        rest = after;
    }
    if append(&mut results, rest, &[String::new()]) { Value::any_str(results) } else { too_long() }
}

/// Goes on with every text by `head` and each of the parts; false, and nothing done, where that makes too much text.
fn append(texts: &mut Vec<String>, head: &str, parts: &[String]) -> bool {
    let total = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let before = total(texts).saturating_add(head.len().saturating_mul(texts.len()));
    let after = before.saturating_mul(parts.len()).saturating_add(total(parts).saturating_mul(texts.len()));
    if after > MAX_TEXT {
        return false;
    }
    if let [part] = parts {
        for text in texts {
            text.extend([head, part.as_str()]);
        }
    } else {
        *texts = texts.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{head}{part}"))).collect();
    }
    true
}

/// What stands for a string too long to follow.
fn too_long() -> Value {
    Value::RunTime("a text that is too long to follow".to_owned())
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
    let sign = |byte: &u8| matches!(byte, b'|' | b'&' | b'=' | b'<' | b'>');
    if text.len() > MAX_LENGTH || text.bytes().filter(sign).count() > MAX_SIGNS {
        return Value::RunTime("an expression that is too long to follow".to_owned());
    }
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
        Expr::BinExpr(binary) => chain(binary, situation),
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

/// A chain such as `a || b || c`, from its first operand on: not by recursion, as it may be long.
fn chain(last: &BinExpr<'_>, situation: &dyn Situation) -> Value {
    let mut links = vec![last];
    let mut first = &last.lhs;
    while let Expr::BinExpr(link) = &***first {
        links.push(link);
        first = &link.lhs;
    }
    links.into_iter().rev().fold(of(first, situation), |left, link| operation(left, link, situation))
}

fn operation(left: Value, binary: &BinExpr<'_>, situation: &dyn Situation) -> Value {
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
                (BinOp::Or, Truth::Yes) if second == Value::Bool(true) => second,
                // It comes to something true, but to which value is undecided.
                (BinOp::Or, Truth::Yes | Truth::Can) => Value::one_of(vec![Value::RunTime(why), second]),
                _ => Value::RunTime(why),
            }
        }
        // `a || b` yields `a` only where that is true.
        _ if op == BinOp::Or => Value::one_of(vec![truthy(first), second]),
        _ => Value::one_of(vec![first, second]),
    }
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
        assert_eq!(value("${{ vars.X || 'a' }}"), None, "it may be what the variable says");
        assert_eq!(value("${{ vars.X == '1' && 'a' || 'b' }}"), None);
        assert_eq!(value("${{ format('{0}!', github.event_name) }}"), Some(vec!["push!".to_owned()]));
    }

    #[test]
    fn what_a_string_may_come_to_is_known_where_its_parts_are_written() {
        let strings = |text: &str| possible(text).strings();
        let list = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
        assert_eq!(strings("a"), list(&["a"]));
        assert_eq!(strings("${{ inputs.x == '1' && 'a' || 'b' }}"), list(&["a", "b"]));
        assert_eq!(strings("x-${{ vars.X && 'a' || 'b' }}"), list(&["x-a", "x-b"]));
        assert_eq!(strings("${{ false && 'a' || 'b' }}"), list(&["b"]));
        assert_eq!(strings("${{ inputs.x || 'b' }}"), None);
        assert_eq!(strings("${{ hashFiles('x') || 'b' }}"), None);
    }

    #[test]
    fn status_functions_are_told_from_names() {
        assert!(names_status("always() && x") && names_status("! cancelled ()") && names_status("SUCCESS() || x"));
        assert!(!names_status("needs.x.outputs.failure == 'true' && steps.success.outcome == 'success'"));
    }

    #[test]
    fn a_long_chain_is_undecided_and_ends() {
        for operator in ["||", "&&", "==", "<"] {
            let long = format!("{}x", format!("inputs.a {operator} ").repeat(10_000));
            assert!(matches!(on("refs/heads/", &long), Truth::RunTime(_)), "{operator}");
        }
        let known = format!("{}false", "github.ref == 'refs/heads/x' || ".repeat(240));
        assert_eq!(on("refs/heads/", &known), Truth::Can, "one that is long but not too long is decided");
        let open = format!("{}github.ref", "github.event.head_commit.message && ".repeat(400));
        assert_eq!(on("refs/heads/", &open), Truth::Can);
    }

    #[test]
    fn strings_that_grow_are_undecided_and_end() {
        let mut text = "'0123456789'".to_owned();
        for _ in 0..12 {
            text = format!("format('{}', {text})", "{0}".repeat(40));
        }
        assert!(matches!(interpolate(&format!("${{{{ {text} }}}}"), &Push("refs/heads/")), Value::RunTime(_)));
        assert!(matches!(interpolate(&format!("a ${{{{ {text} }}}}"), &Push("refs/heads/")), Value::RunTime(_)));
        let long = format!("{}${{{{ github.event_name }}}}", "x".repeat(MAX_TEXT));
        assert!(matches!(interpolate(&long, &Push("refs/heads/")), Value::RunTime(_)));
        let many = "x".repeat(MAX_TEXT / 2) + "${{ matrix.os }}";
        assert!(matches!(interpolate(&many, &Push("refs/heads/")), Value::RunTime(_)));
    }

    #[test]
    fn deep_nesting_is_undecided_and_ends() {
        let deep = format!("{}true{}", "(".repeat(3000), ")".repeat(3000));
        assert!(matches!(on("refs/heads/", &deep), Truth::RunTime(_)));
    }
}
