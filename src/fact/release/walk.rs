//! Looks at every step of every workflow, inside local actions too, for those that publish.

use std::cell::Cell;
use std::sync::Arc;

use super::credential::{self, Credential};
use super::opaque::Clue;
use super::{
    Aim, Ask, Publish, PublishKind, Registry, Scope, actions, commands, named, opaque, routes, script, unread,
};
use crate::fact::files::{FileSet, Problem};
use crate::fact::workflow::expand::{self, Placed};
use crate::fact::workflow::expression::{self, Truth};
use crate::fact::workflow::reach::Routes;
use crate::fact::workflow::shell::{self, Command};
use crate::fact::workflow::{Job, Step, Text, Workflow, WorkflowSet};
use crate::text::Span;

/// Most publish steps of one workflow that are judged.
const MAX_PUBLISHES: usize = 1_000;

/// Finds every publish step of a repository. A workflow with more of them than are judged is named as a problem.
pub fn find(set: &WorkflowSet, files: &FileSet, problems: &mut Vec<Problem>) -> Vec<Publish> {
    let scripts = package_scripts(files);
    let tables = named::Tables::default();
    let mut found = Vec::new();
    for (at, workflow) in set.workflows.iter().enumerate() {
        let mut ours = Seen::default();
        for (job_at, job) in workflow.jobs.iter().enumerate().filter(|(_, job)| !never(job.condition.as_ref())) {
            let unread = Cell::new(None);
            let walk = Walk {
                set,
                files,
                scripts: &scripts,
                tables: &tables,
                workflow,
                job,
                at: (at, job_at),
                unread: &unread,
            };
            walk.job(&mut ours);
            problems.extend(unread.take().map(|message| Problem::hiding(&workflow.path, None, message)));
            if ours.plain.len() + ours.guesses.len() >= MAX_PUBLISHES {
                let message = "has more than a thousand publish steps; the rest of it was not judged";
                problems.push(Problem::hiding(&workflow.path, None, message));
                break;
            }
        }
        found.extend(ours.settled(workflow));
    }
    routes::settle(set, &mut found);
    drop_guesses(&mut found);
    promote_releases(&mut found);
    routes::add(set, &mut found);
    found.shrink_to_fit();
    found
}

/// A script with nothing but a telling name is believed where nothing better is known. Beside a plain publish step it
/// counts only if it is handed a credential or says outright that it uploads.
fn drop_guesses(found: &mut Vec<Publish>) {
    if found.iter().any(|publish| publish.kind == PublishKind::Production) {
        found.retain(|publish| {
            publish.kind != PublishKind::Opaque || publish.credential || opaque::names_upload(&publish.found_by)
        });
    }
}

/// A step while it is looked at, shared by all that publishes in it: its script may be long.
struct Acting {
    step: Arc<Step>,
    script: Arc<[Command]>,
    held: Arc<[Credential]>,
}

/// What is seen of a workflow.
#[derive(Default)]
struct Seen {
    /// Steps that publish for all to see.
    plain: Vec<Publish>,
    /// Credentials that those use, with the job.
    used: Vec<(usize, Credential)>,
    /// Scripts and unknown actions that may.
    guesses: Vec<Guess>,
}

/// A script or an unknown action that may publish.
struct Guess {
    publish: Publish,
    /// Whether little speaks for it ([`Clue::faint`]).
    faint: bool,
}

impl Seen {
    /// All that publishes, job by job in the order in which it runs. Scripts and unknown actions count where nothing
    /// better is found in their job, and where they are handed a credential that no plain step uses.
    fn settled(self, workflow: &Workflow) -> Vec<Publish> {
        let Self { mut plain, used, guesses } = self;
        let decided: Vec<(usize, Registry)> = plain
            .iter()
            .filter(|publish| publish.kind.decides())
            .map(|publish| (publish.job, publish.registry))
            .collect();
        let counts = |guess: &Guess| {
            let Guess { publish, faint } = guess;
            let told = decided.contains(&(publish.job, publish.registry));
            if !faint && !decided.iter().any(|(job, _)| *job == publish.job) {
                return true;
            }
            let explained = || publish.held.iter().all(|held| is_used(held, publish.job, workflow, &used));
            let plainly_other = told && opaque::says_other(&publish.found_by);
            publish.credential && if *faint { !plainly_other && !explained() } else { !told || !explained() }
        };
        let more: Vec<Guess> = guesses.into_iter().filter(counts).collect();
        plain.extend(more.into_iter().map(|guess| guess.publish));
        plain.truncate(MAX_PUBLISHES);
        plain.sort_by_key(|publish| (publish.job, publish.order, publish.file_span.start));
        plain
    }

    /// Adds a step that publishes for all to see, with what it is handed. The upload action of the Python index takes
    /// its credentials as inputs alone, whatever variables are around it.
    fn add(&mut self, publish: Publish, held: &[Credential]) {
        let by_inputs = publish.found_by.contains("gh-action-pypi-publish");
        let inputs = publish.acting.as_ref().map(|step| &step.with);
        let given = |held: &Credential| inputs.is_some_and(|with| with.iter().any(|(_, value)| value == &held.value));
        for held in held.iter().filter(|held| held.registry == publish.registry && (!by_inputs || given(held))) {
            let known = |(job, by): &(usize, Credential)| *job == publish.job && by.value == held.value;
            if !self.used.iter().any(known) {
                self.used.push((publish.job, held.clone()));
            }
        }
        self.plain.push(publish);
    }
}

/// Whether a plain step uses a credential: the same text in the same job, or a variable of the whole workflow in any.
fn is_used(held: &Credential, job: usize, workflow: &Workflow, used: &[(usize, Credential)]) -> bool {
    let shared = workflow.env.iter().any(|(_, value)| value == &held.value);
    used.iter().any(|(at, by)| by.value.trimmed() == held.value.trimmed() && (shared || *at == job))
}

/// A release page is what decides where there is nothing else.
fn promote_releases(found: &mut [Publish]) {
    if found.iter().any(|publish| publish.kind.decides()) {
        return;
    }
    for publish in found.iter_mut().filter(|publish| publish.kind == PublishKind::GithubRelease) {
        publish.kind = PublishKind::Production;
    }
}

/// Scripts of the `package.json` at the root, by name.
fn package_scripts(files: &FileSet) -> Vec<(String, String)> {
    let json = files.text("package.json").and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let scripts = json.as_ref().and_then(|json| json.get("scripts")).and_then(serde_json::Value::as_object);
    let pairs = scripts.into_iter().flatten();
    pairs.filter_map(|(name, script)| Some((name.clone(), script.as_str()?.to_owned()))).collect()
}

/// Whether a condition can never hold, whatever the event.
fn never(condition: Option<&Text>) -> bool {
    condition.is_some_and(|text| expression::regardless(&text.value) == Truth::No)
}

/// Whether what a run says to a text can be told from the job. Inputs, variables and steps of a local action are its own.
fn is_seen_outside(ask: &Ask, placed: &Placed<'_>) -> bool {
    placed.outer.is_none() || !["inputs", "env", "steps"].iter().any(|context| ask.text.value.contains(context))
}

struct Walk<'a> {
    set: &'a WorkflowSet,
    files: &'a FileSet,
    scripts: &'a [(String, String)],
    tables: &'a named::Tables,
    workflow: &'a Workflow,
    job: &'a Job,
    at: (usize, usize),
    /// Why some of the job was not judged.
    unread: &'a Cell<Option<&'static str>>,
}

/// What was recognised: registry, what for, how, the command, and the place in the file.
type Recognised = (Registry, Aim, String, Option<Command>, Span);

impl Walk<'_> {
    /// Collects the publish steps of the job, and what may be some.
    fn job(&self, seen: &mut Seen) {
        if let Some(call) = self.job.call() {
            let clue = opaque::by_call(self.workflow, self.job, call);
            seen.plain.extend(clue.map(|clue| self.call(clue, call.uses.text.used_at())));
            return;
        }
        let mut ran: Vec<&Placed<'_>> = Vec::new();
        let steps = expand::steps(self.set, self.workflow, self.job);
        if expand::is_cut(self.set, &steps) {
            let message = "has a job with too many steps, or with local actions inside each other too deep; the rest of it was not judged";
            self.unread.set(Some(message));
        }
        for (order, placed) in steps.iter().enumerate() {
            if self.never_runs(placed) {
                continue;
            }
            let before = seen.plain.len();
            self.step(order, placed, seen);
            let scope = Scope { workflow: self.workflow, job: self.job, step: &placed.step };
            for publish in seen.plain.iter_mut().skip(before) {
                named::by_setup(self.files, &ran, &scope, publish);
            }
            ran.push(placed);
        }
    }

    /// Whether a condition of the step, or of one around it, can never hold.
    fn never_runs(&self, placed: &Placed<'_>) -> bool {
        let own = self.job.step(placed.number).and_then(|step| step.condition.as_ref());
        never(own) || placed.inner.iter().any(|inner| never(Some(&inner.condition)))
    }

    fn call(&self, clue: Clue, span: Span) -> Publish {
        Publish {
            workflow: self.at.0,
            job: self.at.1,
            step: None,
            order: 0,
            span,
            file: self.workflow.path.clone(),
            file_span: span,
            acting: None,
            command: None,
            registry: clue.registry,
            kind: clue.aim.kind,
            found_by: clue.called,
            script: Arc::from([]),
            held: Arc::from([]),
            credential: clue.credential,
            asks: clue.aim.asks,
            inner: Vec::new(),
            routes: Routes::default(),
        }
    }

    fn step(&self, order: usize, placed: &Placed<'_>, seen: &mut Seen) {
        let step: &Step = &placed.step;
        let scope = Scope { workflow: self.workflow, job: self.job, step };
        let (held, whole) = credential::handed(&scope);
        if !whole {
            self.unread.set(Some("has a script that names too many secrets; it was not read to its end"));
        }
        let script = script::commands(self.files, &scope, placed.file).into();
        let acting = Acting { step: Arc::new(step.clone()), script, held: held.into() };
        let held = &acting.held;
        let publish = |recognised: Recognised| self.publish(recognised, order, placed, &acting);
        let by_action = actions::recognise(&scope).map(|(r, k, f)| (r, k, f, None, step.work_span()));
        if let Some(recognised) = by_action {
            seen.add(publish(recognised), held);
        }
        let guess = |clue: Clue, command: Option<Command>, span: Span| {
            let (credential, faint) = (clue.credential, clue.faint);
            let recognised = (clue.registry, clue.aim, clue.called, command, span);
            Guess { publish: Publish { credential, ..publish(recognised) }, faint }
        };
        let unread = opaque::by_action(&scope).or_else(|| opaque::by_language(&scope, held));
        seen.guesses.extend(unread.map(|clue| guess(clue, None, step.work_span())));
        for command in acting.script.iter() {
            let span = command.span;
            if command.is_unread() {
                self.unread.set(Some("has a script that nests too deep; it was not read to its end"));
            } else if let Some((r, k, f)) = commands::recognise(command, &scope)
                .or_else(|| self.by_script(command, &scope, &mut Vec::new()))
                .or_else(|| unread::wrapped(command, &scope, held))
            {
                let k = named::by_table(self.files, self.tables, command, &scope, &f, k);
                seen.add(publish((r, k, f, Some(command.clone()), span)), held);
            } else if let Some(clue) =
                opaque::by_command(command, &scope, held).filter(|_| seen.guesses.len() <= MAX_PUBLISHES)
            {
                seen.guesses.push(guess(clue, Some(command.clone()), span));
            }
        }
    }

    fn publish(
        &self,
        (registry, aim, found_by, command, span): Recognised,
        order: usize,
        placed: &Placed<'_>,
        acting: &Acting,
    ) -> Publish {
        Publish {
            workflow: self.at.0,
            job: self.at.1,
            step: Some(placed.number),
            order,
            span: placed.outer.unwrap_or(span),
            file: placed.file.to_owned(),
            file_span: span,
            acting: Some(Arc::clone(&acting.step)),
            command,
            registry,
            kind: aim.kind,
            found_by: crate::text::clean::short(&found_by, 80),
            script: Arc::clone(&acting.script),
            held: Arc::clone(&acting.held),
            credential: false,
            asks: aim.asks.into_iter().filter(|ask| is_seen_outside(ask, placed)).collect(),
            inner: placed.inner.clone(),
            routes: Routes::default(),
        }
    }

    /// A script of `package.json` that publishes, looked up by the name a package manager is asked for. It may run
    /// others, and those before and after it that carry its name.
    fn by_script<'s>(
        &'s self,
        command: &Command,
        scope: &Scope<'_>,
        open: &mut Vec<&'s str>,
    ) -> Option<(Registry, Aim, String)> {
        let words = commands::program_words(command);
        let (program, rest) = words.split_first()?;
        if !SCRIPT_RUNNERS.contains(program) {
            return None;
        }
        let named = |name: &str| self.scripts.iter().find(|(known, _)| known == name);
        let asked = rest.iter().filter(|word| named(word).is_some());
        // Only the first word of a package manager is a script; the others are for that script.
        let most = if program.contains("run-") { usize::MAX } else { 1 };
        asked.take(most).find_map(|name| {
            let around = [format!("pre{name}"), (*name).to_owned(), format!("post{name}")];
            let scripts = around.iter().filter_map(|name| named(name));
            let (registry, aim, by) = scripts.into_iter().find_map(|(name, script)| {
                // Each is read once, however they run each other.
                let first = open.len() < MAX_SCRIPTS && !open.contains(&name.as_str());
                first.then(|| open.push(name))?;
                self.in_script(script, scope, open)
            })?;
            Some((registry, aim, format!("{program} run {name}: {by}")))
        })
    }

    /// What a script of `package.json` publishes.
    fn in_script<'s>(
        &'s self,
        script: &str,
        scope: &Scope<'_>,
        open: &mut Vec<&'s str>,
    ) -> Option<(Registry, Aim, String)> {
        let text = Text {
            value: script.to_owned(),
            span: Span::default(),
            alias: None,
            style: crate::text::yaml::Style::Plain,
        };
        let inner = shell::commands(&text, shell::Shell::Posix, "");
        inner.iter().find_map(|command| {
            let inmost = |(registry, aim, by): (Registry, Aim, String)| {
                let last = by.rsplit(": ").next().unwrap_or(&by).to_owned();
                (registry, aim, last)
            };
            commands::recognise(command, scope).or_else(|| self.by_script(command, scope, open).map(inmost))
        })
    }
}

/// Programs that run scripts of `package.json`.
const SCRIPT_RUNNERS: &[&str] = &["npm", "pnpm", "yarn", "bun", "npm-run-all", "npm-run-all2", "run-s", "run-p"];

/// How many scripts that run each other are read for one command.
const MAX_SCRIPTS: usize = 32;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// What is said of a workflow with these steps, and how many publish steps are seen, given a local action.
    fn judged(steps: &str, action: &str) -> (usize, Vec<String>) {
        let workflow = format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}");
        let texts = [(".github/workflows/a.yml", workflow.as_str()), (".github/actions/a/action.yml", action)];
        let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), Arc::from(text))).collect();
        let files = FileSet { texts, ..FileSet::default() };
        let mut problems = Vec::new();
        let set = WorkflowSet::read(&files, &mut problems);
        let found = find(&set, &files, &mut problems);
        (found.len(), problems.into_iter().map(|problem| problem.message).collect())
    }

    fn script(text: &str) -> (usize, Vec<String>) {
        judged(&format!("      - run: {}\n", serde_json::json!(text)), "runs: {using: docker}\n")
    }

    #[test]
    fn what_is_left_out_for_its_size_is_named() {
        let docker = "runs: {using: docker}\n";
        let (_, problems) = judged(&"      - run: a\n".repeat(10_001), docker);
        assert!(problems.len() == 1 && problems[0].contains("too many steps"), "{problems:?}");
        let itself = "runs: {using: composite, steps: [{uses: ./.github/actions/a}]}\n";
        let (_, problems) = judged("      - uses: ./.github/actions/a\n", itself);
        assert!(problems.len() == 1 && problems[0].contains("too deep"), "{problems:?}");
        let ifs = |count: usize| format!("{}twine upload x\n{}", "if a; then\n".repeat(count), "fi\n".repeat(count));
        let groups = format!("{}twine upload x{}; exit 0", "( ".repeat(70), " )".repeat(70));
        let evals = format!("{}twine upload x", "eval ".repeat(6));
        let substitutions = format!("echo {}twine upload x{}", "$( ".repeat(70), " )".repeat(70));
        for deep in [ifs(70), groups, evals, substitutions] {
            let (seen, problems) = script(&deep);
            assert!(seen == 1 || problems.len() == 1 && problems[0].contains("nests too deep"), "{deep}: {problems:?}");
        }
        for fine in [ifs(1), ifs(30), "eval eval twine upload x".to_owned()] {
            assert_eq!(script(&fine), (1, Vec::new()), "{fine}");
        }
    }

    #[test]
    fn a_local_action_is_read_however_its_kind_is_written() {
        let action = "runs: {using: Composite, steps: [{run: twine upload x, shell: bash}]}\n";
        assert_eq!(judged("      - uses: ./.github/actions/a\n", action), (1, Vec::new()));
    }

    #[test]
    fn what_runs_when_somebody_cancels_may_happen() {
        assert_eq!(judged("      - run: twine upload x\n        if: cancelled()\n", "runs: {using: docker}\n").0, 1);
        assert_eq!(judged("      - run: twine upload x\n        if: false\n", "runs: {using: docker}\n").0, 0);
    }

    #[test]
    fn a_step_that_names_no_action_is_a_problem() {
        for uses in ["", " {a: b}", " [a]"] {
            let (_, problems) = judged(&format!("      - uses:{uses}\n"), "runs: {using: docker}\n");
            assert!(problems.len() == 1 && problems[0].contains("`uses:`"), "{uses}: {problems:?}");
        }
    }
}
