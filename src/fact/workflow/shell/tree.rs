//! A POSIX script as a tree: lists of statements, pipelines, compound commands and words. Every span is a range of
//! bytes of the script's value.

use std::rc::Rc;

use super::Word;
use crate::text::Span;

/// Statements one after the other.
pub(super) type List = Vec<Statement>;

/// Pipelines joined by `&&` and `||`.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) first: Pipeline,
    pub(super) rest: Vec<(Join, Pipeline)>,
    /// Whether it ends with `&`.
    pub(super) background: bool,
    /// Whether an `exit`, `return`, `break` or `continue` stands anywhere in it.
    pub(super) may_leave: bool,
}

/// What joins two pipelines of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    /// Whether an odd number of `!` stands before it.
    pub(super) negated: bool,
    pub(super) stages: Vec<Node>,
}

/// One command, simple or compound.
#[derive(Debug)]
pub(super) enum Node {
    Simple(Simple),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    If(If),
    /// `while` and `until`.
    While(While),
    For(For),
    Case(Case),
    Function(Rc<Function>),
}

/// Assignments, words and the files of redirections.
#[derive(Debug, Default)]
pub(super) struct Simple {
    pub(super) assignments: Vec<(String, Token)>,
    pub(super) words: Vec<Token>,
    pub(super) redirects: Vec<Token>,
    pub(super) span: Span,
}

#[derive(Debug, Default)]
pub(super) struct If {
    /// Conditions with their bodies: `if`, then each `elif`.
    pub(super) arms: Vec<(List, List)>,
    pub(super) otherwise: Option<List>,
}

#[derive(Debug)]
pub(super) struct While {
    pub(super) until: bool,
    pub(super) condition: List,
    pub(super) body: List,
    pub(super) redirects: Vec<Token>,
}

#[derive(Debug, Default)]
pub(super) struct For {
    pub(super) variable: String,
    /// The words after `in`; none for the form that counts (`for ((…))`).
    pub(super) words: Option<Vec<Token>>,
    pub(super) body: List,
}

#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) subject: Vec<Token>,
    pub(super) bodies: Vec<List>,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) body: Node,
}

/// A word as it stands in the script.
#[derive(Debug, Default)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) span: Span,
    /// Whether any of it is quoted or escaped, so that it cannot be a keyword.
    pub(super) quoted: bool,
    /// Commands that run to make the word: `$(…)`, backticks, `<(…)`.
    pub(super) runs: Vec<List>,
}
