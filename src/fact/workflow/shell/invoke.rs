//! Simple commands on the walk: what they really run, and what their running changes.

use super::parse::{MAX_DEPTH, Origin, parse};
use super::settings::Settings;
use super::tree::{Simple, Token};
use super::walk::{Context, Fate, Flow, Walker, plain};
use super::wrapper::{self, Script};
use super::{Command, Conditional};
use crate::text::Span;
use std::rc::Rc;

/// How many calls and handed-over scripts inside each other are followed.
const MAX_CALLS: usize = 4;
/// How much longer than its value a word may be that is written in one piece: quotes stand around it.
const QUOTES: usize = 4;

/// A command about to run.
struct Invocation<'t> {
    words: &'t [Token],
    assignments: Vec<(String, String)>,
    span: Span,
}

impl Walker<'_> {
    /// Walks a simple command.
    pub(super) fn simple(&mut self, simple: &Simple, context: &Context) -> Flow {
        if !context.words_done {
            self.substitutions(simple, context);
        }
        if simple.words.is_empty() && simple.assignments.is_empty() {
            return Flow::GoesOn;
        }
        let assignments = simple.assignments.iter().map(|(name, token)| (name.clone(), token.word.value.clone()));
        let invocation = Invocation { words: &simple.words, assignments: assignments.collect(), span: simple.span };
        self.invoke(invocation, context)
    }

    /// Walks the commands inside the words. Only a command that is nothing but assignments has their status, that of
    /// the last one; and `set -e` is off in them.
    fn substitutions(&mut self, simple: &Simple, context: &Context) {
        let unnoticed = Context { input: None, ..context.with(Fate::NONE) };
        let counts = simple.words.is_empty() && self.counts(context.fate);
        let noticed = unnoticed.with(Fate { live: false, status: counts, exit: counts, returns: counts, keeps: false });
        let mut lists = simple.assignments.iter().flat_map(|(_, token)| &token.runs).peekable();
        while let Some(list) = lists.next() {
            let context = if lists.peek().is_none() { &noticed } else { &unnoticed };
            self.subshell(|walker| walker.list(list, context));
        }
        for token in simple.words.iter().chain(&simple.redirects) {
            self.lists(&token.runs, &unnoticed);
        }
    }

    fn invoke(&mut self, mut invocation: Invocation<'_>, context: &Context) -> Flow {
        let call = wrapper::call(invocation.words);
        invocation.words = call.words;
        invocation.assignments.extend(call.assignments);
        let mut context = context.clone();
        if call.each {
            let input = self.piped(&context);
            context.around = Some(self.over(String::new(), input));
        }
        let mut script = wrapper::script(call.words);
        if script.take_if(|_| context.calls >= MAX_CALLS).is_some() {
            self.commands.push(Command::unread(invocation.span));
        }
        let flow = match script {
            Some(script) => self.script(&script, invocation, &context),
            None => self.run(invocation, &context),
        };
        if call.replaces { Flow::LeavesShell } else { flow }
    }

    /// Walks a script that is an argument.
    fn script(&mut self, script: &Script<'_>, invocation: Invocation<'_>, context: &Context) -> Flow {
        if !invocation.assignments.is_empty() {
            self.emit(Invocation { words: &[], ..invocation }, context);
        }
        let calls = context.calls + 1;
        let values: Vec<&str> = script.words.iter().map(|token| token.word.value.as_str()).collect();
        let text = values.join(" ");
        let list = parse(&text, self.origin(script.words, &text), calls * MAX_DEPTH / (MAX_CALLS + 1));
        let words_done = context.words_done || script.words.iter().any(|token| !token.runs.is_empty());
        let Some(options) = script.options else {
            return self.list(&list, &Context { calls, words_done, ..context.clone() });
        };
        let counts = self.counts(context.fate);
        let fate = Fate { live: counts, status: counts, exit: counts, returns: counts, keeps: false };
        let context = Context { calls, words_done, ..context.with(fate) };
        self.subshell(|walker| {
            walker.settings = Settings::new(options);
            walker.list(&list, &context);
        });
        Flow::GoesOn
    }

    /// Where a script that is an argument was written: in one piece, if its text is found in the word.
    fn origin(&self, words: &[Token], text: &str) -> Origin {
        let span = words.iter().map(|token| token.span).reduce(Span::join).unwrap_or_default();
        let written = Some(span.slice(self.script)).filter(|written| written.len() <= text.len() + QUOTES);
        match written.and_then(|written| written.find(text)) {
            Some(at) => Origin::At(span.start + at),
            None => Origin::Within(span),
        }
    }

    fn run(&mut self, invocation: Invocation<'_>, context: &Context) -> Flow {
        let Invocation { words, span, .. } = invocation;
        self.emit(invocation, context);
        let Some(first) = words.first() else { return Flow::GoesOn };
        match first.word.value.as_str() {
            "exit" => return Flow::LeavesShell,
            "return" | "break" | "continue" => return Flow::LeavesBody,
            "set" | "shopt" => self.settings.follow(words, context.conditional == Conditional::Always),
            name => return self.function(name, context).unwrap_or_else(|| self.found(words, span, context)),
        }
        Flow::GoesOn
    }

    fn emit(&mut self, invocation: Invocation<'_>, context: &Context) {
        let noticed = match invocation.words.first().map(|token| token.word.value.as_str()) {
            Some("exit") => context.fate.exit,
            Some("return") => context.fate.returns,
            _ => self.counts(context.fate),
        };
        self.commands.push(Command {
            assignments: invocation.assignments,
            words: plain(invocation.words),
            span: invocation.span,
            conditional: context.conditional,
            failure_ignored: !noticed,
            loop_over: context.around.clone(),
        });
    }

    /// Walks the body of a function at its first call.
    fn function(&mut self, name: &str, context: &Context) -> Option<Flow> {
        let defined = self.by_name.get(name).and_then(|at| self.functions.get_mut(*at))?;
        if defined.walked || context.calls >= MAX_CALLS {
            return None;
        }
        defined.walked = true;
        let function = Rc::clone(&defined.function);
        let returns = self.counts(context.fate);
        let inside = Context { calls: context.calls + 1, ..context.with(Fate { returns, ..context.fate }) };
        let flow = self.node(&function.body, &inside);
        Some(if flow == Flow::LeavesShell { flow } else { Flow::GoesOn })
    }

    /// Walks the commands that `find` runs. What follows `-exec` up to `;` may fail without `find` failing.
    fn found(&mut self, words: &[Token], span: Span, context: &Context) -> Flow {
        let (search, commands) = wrapper::found(words);
        if commands.is_empty() {
            return Flow::GoesOn;
        }
        if context.calls >= MAX_CALLS {
            self.commands.push(Command::unread(span));
            return Flow::GoesOn;
        }
        let around = Some(self.over(String::new(), plain(search)));
        for found in commands {
            let fate = if found.counts { self.in_subshell(context.fate) } else { Fate::NONE };
            let inside = Context { around: around.clone(), calls: context.calls + 1, ..context.with(fate) };
            self.invoke(Invocation { words: found.words, assignments: Vec::new(), span }, &inside);
        }
        Flow::GoesOn
    }
}
