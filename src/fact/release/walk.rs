//! Looks at every step of every workflow, inside local actions too, for those that publish.

use std::cell::Cell;

use super::opaque::Clue;
use super::{Aim, Ask, Publish, PublishKind, Registry, Scope, actions, commands, named, opaque, routes, script};
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
    let mut found = Vec::new();
    for (at, workflow) in set.workflows.iter().enumerate() {
        let before = found.len();
        for (job_at, job) in workflow.jobs.iter().enumerate().filter(|(_, job)| !never(job.condition.as_ref())) {
            let unread = Cell::new(None);
            let walk = Walk { set, files, scripts: &scripts, workflow, job, at: (at, job_at), unread: &unread };
            found.extend(walk.job());
            problems.extend(unread.take().map(|message| Problem::hiding(&workflow.path, None, message)));
            if found.len() - before >= MAX_PUBLISHES {
                found.truncate(before + MAX_PUBLISHES);
                let message = "has more than a thousand publish steps; the rest of it was not judged";
                problems.push(Problem::hiding(&workflow.path, None, message));
                break;
            }
        }
    }
    routes::settle(set, &mut found);
    drop_guesses(&mut found);
    promote_releases(&mut found);
    routes::add(set, &mut found);
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
    workflow: &'a Workflow,
    job: &'a Job,
    at: (usize, usize),
    /// Why some of the job was not judged.
    unread: &'a Cell<Option<&'static str>>,
}

/// What was recognised: registry, what for, how, the command, and the place in the file.
type Recognised = (Registry, Aim, String, Option<Command>, Span);

impl Walk<'_> {
    /// Publish steps of the job in the order they run. Scripts and unknown actions count where nothing better is found,
    /// and where they are handed a credential of a registry that nothing else here publishes to.
    fn job(&self) -> Vec<Publish> {
        if let Some(call) = self.job.call() {
            let clue = opaque::by_call(self.workflow, self.job, call);
            return clue.map(|clue| self.call(clue, call.uses.text.used_at())).into_iter().collect();
        }
        let mut seen: Vec<Publish> = Vec::new();
        let mut hidden = Vec::new();
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
            let before = seen.len();
            self.step(order, placed, &mut seen, &mut hidden);
            let scope = Scope { workflow: self.workflow, job: self.job, step: &placed.step };
            for publish in seen.iter_mut().skip(before) {
                named::by_setup(self.files, &ran, &scope, publish);
            }
            ran.push(placed);
        }
        let known: Vec<Registry> =
            seen.iter().filter(|publish| publish.kind.decides()).map(|publish| publish.registry).collect();
        let more = |guess: &Publish| known.is_empty() || guess.credential && !known.contains(&guess.registry);
        seen.extend(hidden.into_iter().filter(more));
        seen.sort_by_key(|publish| (publish.order, publish.file_span.start));
        seen
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
            credential: clue.credential,
            asks: clue.aim.asks,
            inner: Vec::new(),
            routes: Routes::default(),
        }
    }

    fn step(&self, order: usize, placed: &Placed<'_>, seen: &mut Vec<Publish>, hidden: &mut Vec<Publish>) {
        let step: &Step = &placed.step;
        let scope = Scope { workflow: self.workflow, job: self.job, step };
        let publish = |recognised: Recognised| self.publish(recognised, order, placed);
        let by_action = actions::recognise(&scope).map(|(r, k, f)| (r, k, f, None, step.work_span()));
        seen.extend(by_action.map(publish));
        let guess = |clue: Clue, command: Option<Command>, span: Span| Publish {
            credential: clue.credential,
            ..publish((clue.registry, clue.aim, clue.called, command, span))
        };
        hidden.extend(opaque::by_action(&scope).map(|clue| guess(clue, None, step.work_span())));
        for command in script::commands(self.files, &scope, placed.file) {
            let span = command.span;
            if command.is_unread() {
                self.unread.set(Some("has a script that nests too deep; it was not read to its end"));
            } else if let Some((r, k, f)) =
                commands::recognise(&command, &scope).or_else(|| self.by_script(&command, &scope))
            {
                let k = named::by_table(self.files, &command, &scope, &f, k);
                seen.push(publish((r, k, f, Some(command), span)));
            } else if let Some(clue) = opaque::by_command(&command, &scope) {
                hidden.push(guess(clue, Some(command), span));
            }
        }
    }

    fn publish(
        &self,
        (registry, aim, found_by, command, span): Recognised,
        order: usize,
        placed: &Placed<'_>,
    ) -> Publish {
        Publish {
            workflow: self.at.0,
            job: self.at.1,
            step: Some(placed.number),
            order,
            span: placed.outer.unwrap_or(span),
            file: placed.file.to_owned(),
            file_span: span,
            acting: Some(placed.step.clone().into_owned()),
            command,
            registry,
            kind: aim.kind,
            found_by: crate::text::clean::short(&found_by, 80),
            credential: false,
            asks: aim.asks.into_iter().filter(|ask| is_seen_outside(ask, placed)).collect(),
            inner: placed.inner.clone(),
            routes: Routes::default(),
        }
    }

    /// A script of `package.json` that publishes, looked up by the name a package manager is asked for.
    fn by_script(&self, command: &Command, scope: &Scope<'_>) -> Option<(Registry, Aim, String)> {
        let words = commands::program_words(command);
        let (program, rest) = words.split_first()?;
        if !matches!(*program, "npm" | "pnpm" | "yarn" | "bun") {
            return None;
        }
        let name = rest.iter().find(|word| self.scripts.iter().any(|(known, _)| known == **word))?;
        let (_, script) = self.scripts.iter().find(|(known, _)| known == name)?;
        let span = Span::default();
        let text = Text { value: script.clone(), span, alias: None, style: crate::text::yaml::Style::Plain };
        let inner = shell::commands(&text, shell::Shell::Posix, "");
        let (registry, aim, by) = inner.iter().find_map(|command| commands::recognise(command, scope))?;
        Some((registry, aim, format!("{program} run {name}: {by}")))
    }
}

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
