//! Values of expressions under uncertainty, and how GitHub compares them.

use github_actions_expressions::op::BinOp;

use super::Numbered;

/// Most values that are told apart where an expression may come to any of them.
const MAX_OPTIONS: usize = 256;
/// Most pairs of values that are compared.
const MAX_PAIRS: usize = 64 * 1024;

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
    /// A string around a number that is not known.
    Numbered(Numbered),
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

    /// What holds when one of several values will be there, chosen by whoever starts the event.
    pub fn of_one(truths: impl Iterator<Item = Self>) -> Self {
        let truths: Vec<Self> = truths.collect();
        if !truths.is_empty() && truths.iter().all(|truth| *truth == Self::Yes) {
            return Self::Yes;
        }
        match truths.into_iter().fold(Self::No, Self::or) {
            Self::Yes => Self::Can,
            other => other,
        }
    }

    #[must_use]
    pub(super) fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }

    pub(super) fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }

    pub(super) fn value(self) -> Value {
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

    /// One of several values, each named once; those that are themselves one of several are counted in.
    #[must_use]
    pub(super) fn one_of(values: Vec<Self>) -> Self {
        let mut options = Vec::new();
        for value in values {
            let inner = match value {
                Self::Any(inner) if !inner.is_empty() => inner,
                other => vec![other],
            };
            for option in inner {
                if !options.contains(&option) {
                    options.push(option);
                }
            }
            if options.len() > MAX_OPTIONS {
                return Self::RunTime("one of too many values".to_owned());
            }
        }
        Self::Any(options)
    }

    /// Whether the value counts as true.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Null => Truth::No,
            Self::Bool(known) => Truth::of(*known),
            Self::Number(number) => Truth::of(*number != 0.0 && !number.is_nan()),
            Self::Str(text) => Truth::of(!text.is_empty()),
            Self::Prefix(start) if start.is_empty() => Truth::Can,
            Self::Prefix(_) | Self::Numbered(_) | Self::List(_) => Truth::Yes,
            Self::Choice => Truth::Can,
            Self::RunTime(why) => Truth::RunTime(why.clone()),
            Self::Any(values) => Truth::of_one(values.iter().map(Self::truth)),
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
            Self::Prefix(_) | Self::Numbered(_) | Self::List(_) | Self::Choice | Self::RunTime(_) => None,
        }
    }
}

/// The falsy side of an open value, as `a && b` yields it.
pub(super) fn falsy(value: &Value) -> Value {
    match value {
        Value::Any(values) => values.iter().find(|v| v.truth() == Truth::No).cloned().unwrap_or(Value::Bool(false)),
        Value::Choice | Value::Prefix(_) => Value::str(""),
        _ => Value::Bool(false),
    }
}

/// The truthy side of an open value, as `a || b` yields it.
pub(super) fn truthy(value: Value) -> Value {
    match value {
        Value::Any(values) => {
            Value::Any(values.into_iter().filter(|value| value.truth() != Truth::No).map(truthy).collect())
        }
        other => other,
    }
}

/// Applies a test to every pair of values that two sides may be.
pub(super) fn lift(left: &Value, right: &Value, test: fn(&Value, &Value) -> Truth) -> Truth {
    match (left, right) {
        (Value::RunTime(why), _) | (_, Value::RunTime(why)) => Truth::RunTime(why.clone()),
        (Value::Any(some), Value::Any(others)) if some.len().saturating_mul(others.len()) > MAX_PAIRS => {
            Truth::RunTime("a comparison of too many values".to_owned())
        }
        (Value::Any(values), other) => Truth::of_one(values.iter().map(|value| lift(value, other, test))),
        (other, Value::Any(values)) => Truth::of_one(values.iter().map(|value| lift(other, value, test))),
        (Value::Choice, _) | (_, Value::Choice) => Truth::Can,
        (left, right) => test(left, right),
    }
}

pub(super) fn can(possible: bool) -> Truth {
    if possible { Truth::Can } else { Truth::No }
}

/// GitHub's loose equality: strings without regard to case, otherwise numbers.
pub(super) fn equal(left: &Value, right: &Value) -> Truth {
    lift(left, right, |left, right| match (left, right) {
        (Value::Prefix(start), Value::Str(text)) | (Value::Str(text), Value::Prefix(start)) => {
            can(begins_with(text, start))
        }
        (Value::Prefix(a), Value::Prefix(b)) => can(begins_with(a, b) || begins_with(b, a)),
        (Value::Prefix(start), Value::Numbered(known)) | (Value::Numbered(known), Value::Prefix(start)) => {
            can(known.begins(start) != Truth::No)
        }
        (Value::Prefix(start), _) | (_, Value::Prefix(start)) => can(start.is_empty()),
        (Value::Numbered(known), Value::Str(text)) | (Value::Str(text), Value::Numbered(known)) => known.equals(text),
        // Two numbers may be the same one.
        (Value::Numbered(a), Value::Numbered(b)) => can(a == b),
        (Value::Str(a), Value::Str(b)) => Truth::of(a.to_lowercase() == b.to_lowercase()),
        (Value::Null, Value::Null) => Truth::Yes,
        (Value::Bool(a), Value::Bool(b)) => Truth::of(a == b),
        (Value::Numbered(_) | Value::List(_), _) | (_, Value::Numbered(_) | Value::List(_)) => Truth::No,
        (a, b) => Truth::of((number(a) - number(b)).abs() < f64::EPSILON),
    })
}

pub(super) fn order(op: &BinOp, left: &Value, right: &Value) -> Value {
    let open = |value: &Value| matches!(value, Value::Any(_) | Value::Choice | Value::Prefix(_) | Value::Numbered(_));
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

/// A single known value as a string.
pub(super) fn as_str(value: &Value) -> Option<String> {
    value.strings().filter(|all| all.len() == 1).and_then(|mut all| all.pop())
}

pub(super) fn lower(text: &str) -> String {
    text.to_lowercase()
}

pub(super) fn begins_with(text: &str, start: &str) -> bool {
    lower(text).starts_with(&lower(start))
}
