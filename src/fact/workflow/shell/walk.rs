//! Walks the tree of a POSIX script and yields its simple commands, each with the circumstances it runs under.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::compound::{last_words, last_words_of};
use super::outcome::{self, Known, Outcome};
use super::record::deciding;
use super::settings::Settings;
use super::tree::{Case, For, Function, If, Join, List, Node, Pipeline, Statement, Token, While};
use super::{Command, Conditional, LoopOver, Options, Word};

/// What a failure leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    /// `set -e`, where it is on, ends the script here as failed.
    pub(super) live: bool,
    /// A failed status becomes that of the script.
    pub(super) status: bool,
    /// An `exit 1` here fails the script.
    pub(super) exit: bool,
    /// A `return 1` here fails the script.
    pub(super) returns: bool,
    /// A variable set here is seen by the rest of the script.
    pub(super) keeps: bool,
}

impl Fate {
    pub(super) const NONE: Self = Self { live: false, status: false, exit: false, returns: false, keeps: false };

    /// Whether something that ends so surely fails the script.
    fn leads_to(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Exits => self.exit,
            Outcome::Returns => self.returns,
            Outcome::Records => self.keeps,
            Outcome::Leaves | Outcome::True | Outcome::False | Outcome::Unknown => false,
        }
    }
}

/// Whether the rest of a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// It does.
    GoesOn,
    /// The loop or function is left.
    LeavesBody,
    /// The shell is left.
    LeavesShell,
}

/// The circumstances of a part of the script.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) conditional: Conditional,
    pub(super) fate: Fate,
    pub(super) around: Option<Arc<LoopOver>>,
    /// Number of the pipe that this part reads from.
    pub(super) input: Option<usize>,
    /// Calls and handed-over scripts around it.
    pub(super) calls: usize,
    /// Whether the commands inside words were yielded before, by the shell that made these words.
    pub(super) words_done: bool,
}

impl Context {
    pub(super) fn with(&self, fate: Fate) -> Self {
        Self { fate, ..self.clone() }
    }

    fn under_test(&self) -> Self {
        Self { conditional: Conditional::Test, ..self.clone() }
    }
}

/// A function of the script.
pub(super) struct Defined {
    pub(super) function: Rc<Function>,
    pub(super) walked: bool,
}

pub(super) struct Walker<'s> {
    pub(super) script: &'s str,
    pub(super) commands: Vec<Command>,
    pub(super) settings: Settings,
    pub(super) functions: Vec<Defined>,
    pub(super) by_name: HashMap<String, usize>,
    known: Known,
    /// What writes into each pipe, until a reader has taken it.
    pipes: Vec<Vec<Word>>,
}

/// The simple commands of a script.
pub(super) fn walk(script: &str, list: &List, options: Options) -> Vec<Command> {
    let settings = Settings::new(options);
    let mut walker = Walker {
        script,
        commands: Vec::new(),
        settings,
        functions: Vec::new(),
        by_name: HashMap::new(),
        known: Known { deciding: deciding(list), ..Known::default() },
        pipes: Vec::new(),
    };
    let fate = Fate { live: true, status: true, exit: true, returns: true, keeps: true };
    let context =
        Context { conditional: Conditional::Always, fate, around: None, input: None, calls: 0, words_done: false };
    walker.list(list, &context);
    walker.settings = settings;
    walker.uncalled(&context.under_test().with(Fate { status: false, ..fate }));
    walker.commands
}

impl Walker<'_> {
    /// Functions nobody was seen to call may still be called: by name, or by another program.
    fn uncalled(&mut self, context: &Context) {
        let mut next = 0;
        while let Some(defined) = self.functions.get_mut(next) {
            next += 1;
            if !std::mem::replace(&mut defined.walked, true) {
                let function = Rc::clone(&defined.function);
                self.node(&function.body, context);
            }
        }
    }

    /// Whether a failure here fails the script.
    pub(super) fn counts(&self, fate: Fate) -> bool {
        fate.status || fate.live && self.settings.errexit
    }

    /// The fate of a shell of its own that runs here.
    pub(super) fn in_subshell(&self, fate: Fate) -> Fate {
        let counts = self.counts(fate);
        Fate { live: fate.live, status: counts, exit: counts, returns: counts, keeps: false }
    }

    /// Walks something in a shell of its own: settings do not outlive it.
    pub(super) fn subshell<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let settings = self.settings;
        let value = walk(self);
        self.settings = settings;
        value
    }

    pub(super) fn list(&mut self, list: &List, context: &Context) -> Flow {
        let mut statements = list.iter().peekable();
        while let Some(statement) = statements.next() {
            let status = match statements.peek() {
                Some(next) => context.fate.leads_to(self.known.seen_to(next)),
                None => context.fate.status,
            };
            let flow = self.statement(statement, &context.with(Fate { status, ..context.fate }), false);
            if flow != Flow::GoesOn {
                return flow;
            }
        }
        Flow::GoesOn
    }

    /// Walks a statement; `if_true` tells whether its success fails the script (`if ! cmd; then exit 1; fi`).
    fn statement(&mut self, statement: &Statement, context: &Context, if_true: bool) -> Flow {
        if statement.background {
            let context = context.with(Fate::NONE);
            self.subshell(|walker| walker.members(statement, &context, false));
            return Flow::GoesOn;
        }
        let flow = self.members(statement, context, if_true);
        if statement.rest.is_empty() { flow } else { Flow::GoesOn }
    }

    fn members(&mut self, statement: &Statement, context: &Context, if_true: bool) -> Flow {
        let fates = self.fates(statement, context.fate, if_true);
        let mut context = context.clone();
        let mut flow = Flow::GoesOn;
        let mut value = None;
        let mut tested = false;
        let first = std::iter::once((None, &statement.first));
        let rest = statement.rest.iter().map(|(join, pipeline)| (Some(*join), pipeline));
        for ((join, pipeline), fate) in first.chain(rest).zip(fates) {
            match (join, value) {
                (Some(Join::And), Some(false)) | (Some(Join::Or), Some(true)) => continue,
                (Some(Join::And), _) if !tested && context.conditional == Conditional::Always => {
                    context.conditional = Conditional::AfterSuccess;
                }
                (Some(Join::And), _) if !tested => {}
                (Some(_), _) => context.conditional = Conditional::Test,
                (None, _) => {}
            }
            context.fate = fate;
            flow = self.pipeline(pipeline, &context);
            value = match (join, value, outcome::constant(pipeline)) {
                // It may have been passed over, and the value before it is the opposite of its own.
                (Some(Join::And), None, Some(true)) | (Some(Join::Or), None, Some(false)) => None,
                (_, _, value) => value,
            };
            tested = outcome::is_test(pipeline);
        }
        flow
    }

    /// What the failure of each member of a statement leads to. Only the last one can end the script by `set -e`;
    /// for the others, what runs after `||` decides, and else whether the statement's status is that of the script.
    fn fates(&self, statement: &Statement, fate: Fate, if_true: bool) -> Vec<Fate> {
        let mut fates = Vec::with_capacity(statement.rest.len() + 1);
        // What it leads to that the statement is true or false behind the member at hand.
        let (mut when_true, mut when_false) = (if_true, fate.status);
        // What it leads to that the member at hand runs.
        let mut joins = statement.rest.iter().rev().map(|(join, _)| *join);
        let pipelines = statement.rest.iter().rev().map(|(_, pipeline)| pipeline);
        let mut is_last = true;
        for pipeline in pipelines.chain(std::iter::once(&statement.first)) {
            let live = is_last && fate.live && !pipeline.negated;
            let status = if pipeline.negated { when_true } else { when_false };
            fates.push(Fate { live, status, ..fate });
            let Some(join) = joins.next() else { break };
            let fails = when_false || is_last && self.counts(fate);
            let runs = match outcome::of_member(pipeline, join == Join::Or, &self.known) {
                Outcome::True => when_true,
                Outcome::False => fails,
                // A longer command may also leave the shell.
                Outcome::Unknown => when_true && fails && matches!(pipeline.stages.as_slice(), [Node::Simple(_)]),
                outcome => fate.leads_to(outcome),
            };
            match join {
                Join::And => when_true = runs,
                Join::Or => when_false = runs,
            }
            is_last = false;
        }
        fates.reverse();
        fates
    }

    fn pipeline(&mut self, pipeline: &Pipeline, context: &Context) -> Flow {
        if let [node] = pipeline.stages.as_slice() {
            return self.node(node, context);
        }
        let fate = self.in_subshell(context.fate);
        let mut input = context.input;
        let mut stages = pipeline.stages.iter().peekable();
        while let Some(node) = stages.next() {
            let noticed = stages.peek().is_none() || self.settings.pipefail;
            let stage = Context { input, ..context.with(if noticed { fate } else { Fate::NONE }) };
            self.subshell(|walker| walker.node(node, &stage));
            input = Some(self.pipes.len());
            self.pipes.push(plain(last_words(node)));
        }
        Flow::GoesOn
    }

    pub(super) fn node(&mut self, node: &Node, context: &Context) -> Flow {
        match node {
            Node::Simple(simple) => self.simple(simple, context),
            Node::Group(list) => self.list(list, context),
            Node::Subshell(list) => {
                let context = context.with(self.in_subshell(context.fate));
                self.subshell(|walker| walker.list(list, &context));
                Flow::GoesOn
            }
            Node::If(condition) => self.if_command(condition, context),
            Node::While(looped) => self.while_loop(looped, context),
            Node::For(looped) => self.for_loop(looped, context),
            Node::Case(case) => self.case(case, context),
            Node::Function(function) => {
                self.define(function);
                Flow::GoesOn
            }
        }
    }

    fn if_command(&mut self, condition: &If, context: &Context) -> Flow {
        let inside = context.under_test();
        let otherwise = condition.otherwise.as_ref();
        let mut tests = context.clone();
        let mut flow = Flow::LeavesShell;
        let mut arms = condition.arms.iter().peekable();
        while let Some((test, body)) = arms.next() {
            let last = arms.peek().is_none();
            let if_false = otherwise.is_some_and(|list| last && self.fails(list, true, context.fate));
            let if_true = self.fails(body, false, context.fate);
            self.condition(test, &tests, if_true, if_false);
            tests.conditional = Conditional::Test;
            let value = outcome::constant_list(test);
            if value != Some(false) {
                flow = weaker(flow, self.list(body, &inside));
            }
            if value == Some(true) {
                return flow;
            }
        }
        weaker(flow, otherwise.map_or(Flow::GoesOn, |list| self.list(list, &inside)))
    }

    /// Whether a list that runs here surely fails the script.
    fn fails(&self, list: &List, failed: bool, fate: Fate) -> bool {
        match outcome::of_list(list, failed, &self.known) {
            Outcome::False => self.counts(fate),
            outcome => fate.leads_to(outcome),
        }
    }

    /// Walks a condition: `set -e` does not see its failures, only what hangs on its value does.
    fn condition(&mut self, test: &List, context: &Context, if_true: bool, if_false: bool) {
        let context = context.with(Fate { live: false, status: false, ..context.fate });
        if let Some((last, before)) = test.split_last() {
            for statement in before {
                self.statement(statement, &context, false);
            }
            self.statement(last, &context.with(Fate { status: if_false, ..context.fate }), if_true);
        }
    }

    fn while_loop(&mut self, looped: &While, context: &Context) -> Flow {
        for token in &looped.redirects {
            self.lists(&token.runs, &context.with(Fate::NONE));
        }
        self.condition(&looped.condition, context, false, false);
        if outcome::constant_list(&looped.condition) == Some(looped.until) {
            return Flow::GoesOn;
        }
        let fate = Fate { status: false, ..context.fate };
        let mut body = Context { input: None, ..context.with(fate) };
        match outcome::read_variable(&looped.condition).filter(|_| !looped.until) {
            Some(variable) => {
                let words = self.read_from(looped, context);
                body.around = Some(self.over(variable, words));
            }
            None => body.conditional = Conditional::Test,
        }
        self.list(&looped.body, &body);
        Flow::GoesOn
    }

    fn for_loop(&mut self, looped: &For, context: &Context) -> Flow {
        let words = looped.words.as_deref().unwrap_or_default();
        for token in words {
            self.lists(&token.runs, &context.with(Fate::NONE));
        }
        // The status of the loop is that of its last round alone.
        let mut body = context.with(Fate { status: false, ..context.fate });
        if looped.words.is_some() {
            body.around = Some(self.over(looped.variable.clone(), plain(words)));
        }
        self.list(&looped.body, &body);
        Flow::GoesOn
    }

    pub(super) fn over(&self, variable: String, words: Vec<Word>) -> Arc<LoopOver> {
        Arc::new(LoopOver { variable, words, guards_empty: self.settings.guards_empty() })
    }

    /// The command that writes what this part reads. The first that asks takes it: it reads all there is.
    pub(super) fn piped(&mut self, context: &Context) -> Vec<Word> {
        context.input.and_then(|pipe| self.pipes.get_mut(pipe)).map(std::mem::take).unwrap_or_default()
    }

    /// Where a loop that reads lines has them from: the file it is given, or the command before it in a pipe.
    fn read_from(&mut self, looped: &While, context: &Context) -> Vec<Word> {
        match looped.redirects.last() {
            Some(file) => file.runs.last().map_or_else(|| vec![file.word.clone()], |list| plain(last_words_of(list))),
            None => self.piped(context),
        }
    }

    fn case(&mut self, case: &Case, context: &Context) -> Flow {
        for token in &case.subject {
            self.lists(&token.runs, &context.with(Fate::NONE));
        }
        let inside = context.under_test();
        for body in &case.bodies {
            self.list(body, &inside);
        }
        Flow::GoesOn
    }

    fn define(&mut self, function: &Rc<Function>) {
        let outcome = outcome::of_call(&function.body, &self.known);
        self.known.calls.insert(function.name.clone(), outcome);
        self.by_name.insert(function.name.clone(), self.functions.len());
        self.functions.push(Defined { function: Rc::clone(function), walked: false });
    }

    /// Walks the lists of substitutions, each in a shell of its own.
    pub(super) fn lists(&mut self, lists: &[List], context: &Context) {
        for list in lists {
            self.subshell(|walker| walker.list(list, context));
        }
    }
}

/// The flow behind a branch, when it is not known which way is taken.
fn weaker(one: Flow, other: Flow) -> Flow {
    match (one, other) {
        (Flow::GoesOn, _) | (_, Flow::GoesOn) => Flow::GoesOn,
        (Flow::LeavesBody, _) | (_, Flow::LeavesBody) => Flow::LeavesBody,
        _ => Flow::LeavesShell,
    }
}

/// The words of tokens.
pub(super) fn plain(tokens: &[Token]) -> Vec<Word> {
    tokens.iter().map(|token| token.word.clone()).collect()
}
