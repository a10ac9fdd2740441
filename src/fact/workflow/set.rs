//! The workflows and local actions of one repository, joined: who calls whom, which actions a step runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::lower::Reader;
use super::{Job, Pairs, Reference, Step, Text, Uses, Workflow};
use crate::fact::files::{FileSet, Problem};
use crate::text::Span;
use crate::text::yaml::{self, Parsed};

/// Folder that GitHub reads workflows from; its sub folders do not count.
pub const FOLDER: &str = ".github/workflows/";

/// A local action.
#[derive(Clone, Debug)]
pub struct ActionFile {
    /// Path of its `action.yml`.
    pub path: String,
    /// Steps of a composite action; none for other kinds.
    pub steps: Option<Vec<Step>>,
    /// Its inputs with their defaults.
    pub inputs: Pairs,
    /// Comments that end a line on which a `uses:` stands, by and in order of the start of the `uses:` value.
    pub comments: Vec<(usize, Text)>,
}

impl ActionFile {
    /// The comment that ends the line of a `uses:` value.
    pub fn comment_after(&self, uses: Span) -> Option<&Text> {
        comment_at(&self.comments, uses)
    }
}

/// The comment that belongs to a `uses:` value, in a list ordered by where the values start.
pub fn comment_at(comments: &[(usize, Text)], uses: Span) -> Option<&Text> {
    let at = comments.binary_search_by_key(&uses.start, |(start, _)| *start).ok()?;
    comments.get(at).map(|(_, comment)| comment)
}

/// Workflows and local actions.
#[derive(Clone, Debug, Default)]
pub struct WorkflowSet {
    /// Workflows in order of path.
    pub workflows: Vec<Workflow>,
    /// Local actions by folder (empty for one at the root).
    pub actions: BTreeMap<String, ActionFile>,
    by_path: HashMap<String, usize>,
    /// Jobs that call a workflow of this repository, by the index of what they call.
    callers: HashMap<usize, Vec<(usize, usize)>>,
}

impl WorkflowSet {
    /// Reads every workflow and action among the texts; what cannot be parsed becomes a problem.
    pub fn read(files: &FileSet, problems: &mut Vec<Problem>) -> Self {
        let mut set = Self::default();
        for (path, text) in &files.texts {
            if is_workflow(path) {
                set.workflows.extend(read_workflow(path, text, problems));
            } else if let Some(folder) = action_folder(path) {
                set.actions.insert(folder.to_owned(), read_action(path, text, problems));
            }
        }
        set.workflows.shrink_to_fit();
        set.by_path = set.workflows.iter().enumerate().map(|(at, workflow)| (workflow.path.clone(), at)).collect();
        for (caller, workflow) in set.workflows.iter().enumerate() {
            for (job_index, job) in workflow.jobs.iter().enumerate() {
                let called = job.call().and_then(|call| local(&call.uses)).and_then(|path| set.by_path.get(path));
                if let Some(called) = called {
                    set.callers.entry(*called).or_default().push((caller, job_index));
                }
            }
        }
        set
    }

    /// Index of the workflow at a path.
    pub fn at(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Jobs (workflow, job) of this repository that call a workflow.
    pub fn callers(&self, workflow: usize) -> &[(usize, usize)] {
        self.callers.get(&workflow).map(Vec::as_slice).unwrap_or_default()
    }

    /// The local action a `uses:` names.
    pub fn action(&self, uses: &Uses) -> Option<&ActionFile> {
        self.actions.get(local(uses)?.trim_end_matches('/'))
    }

    /// Index of the workflow of this repository that a job calls.
    pub fn called(&self, job: &Job) -> Option<usize> {
        self.at(local(&job.call()?.uses)?)
    }

    /// Index of the workflow of this repository that the job at a pair of indexes calls.
    pub fn called_by(&self, at: (usize, usize)) -> Option<usize> {
        self.called(self.job(at)?.1)
    }

    /// The workflow and job of a pair of indexes.
    pub fn job(&self, at: (usize, usize)) -> Option<(&Workflow, &Job)> {
        let workflow = self.workflows.get(at.0)?;
        Some((workflow, workflow.jobs.get(at.1)?))
    }
}

/// The path of a local reference.
fn local(uses: &Uses) -> Option<&str> {
    match &uses.reference {
        Reference::Local(path) => Some(path),
        _ => None,
    }
}

/// Whether GitHub reads a workflow at this path.
pub fn is_workflow(path: &str) -> bool {
    path.strip_prefix(FOLDER).is_some_and(|name| !name.contains('/') && is_yaml(name))
}

fn is_yaml(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}

/// The folder of an `action.yml` or `action.yaml`.
pub fn action_folder(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    matches!(name, "action.yml" | "action.yaml").then_some(folder)
}

fn parse(path: &str, text: &Arc<str>, problems: &mut Vec<Problem>) -> Option<Parsed> {
    yaml::parse(text).map_err(|error| problems.push(Problem::hiding(path, Some(error.place), &error.message))).ok()
}

fn read_workflow(path: &str, text: &Arc<str>, problems: &mut Vec<Problem>) -> Option<Workflow> {
    match parse(path, text, problems)? {
        Parsed::Doc(doc) => Reader::new(path, problems).workflow(doc.root()),
        Parsed::Empty => {
            problems.push(Problem::note(path, None, "is empty; GitHub ignores it"));
            None
        }
    }
}

fn read_action(path: &str, text: &Arc<str>, problems: &mut Vec<Problem>) -> ActionFile {
    match parse(path, text, problems) {
        Some(Parsed::Doc(doc)) => Reader::new(path, problems).action(doc.root()),
        _ => ActionFile { path: path.to_owned(), steps: None, inputs: Pairs::default(), comments: Vec::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::workflow::{Access, Grant};

    pub(crate) fn read(files: &[(&str, &str)]) -> (WorkflowSet, Vec<Problem>) {
        let texts = files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect();
        let mut problems = Vec::new();
        let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut problems);
        (set, problems)
    }

    fn one(text: &str) -> Workflow {
        let (mut set, problems) = read(&[(".github/workflows/a.yml", text)]);
        assert!(problems.is_empty(), "{problems:?}");
        set.workflows.remove(0)
    }

    #[test]
    fn triggers_are_read_in_all_three_forms() {
        let events = |text: &str| {
            let workflow = one(&format!("{text}\njobs: {{a: {{steps: []}}}}\n"));
            workflow.triggers.iter().map(|t| t.event.clone()).collect::<Vec<_>>()
        };
        assert_eq!(events("on: push"), ["push"]);
        assert_eq!(events("on: [push, release]"), ["push", "release"]);
        assert_eq!(events("'on':\n  push:\n  release: {types: [published]}"), ["push", "release"]);
        assert_eq!(events("True: push"), ["push"]);
        let push =
            one("on:\n  push:\n    tags: v*\n    branches-ignore: ['**']\njobs: {a: {steps: []}}\n").triggers.remove(0);
        assert_eq!(push.tags.unwrap()[0].value, "v*");
        assert_eq!(push.branches_ignore.unwrap().len(), 1);
        assert!(push.branches.is_none());
    }

    #[test]
    fn permissions_are_read_in_every_form() {
        let grant = |text: &str| {
            one(&format!("on: push\npermissions: {text}\njobs: {{a: {{steps: []}}}}\n")).permissions.unwrap()
        };
        assert_eq!(grant("read-all").grant, Grant::ReadAll);
        assert_eq!(grant("write-all").grant, Grant::WriteAll);
        assert_eq!(grant("{}").grant, Grant::Scopes(Vec::new()));
        assert_eq!(grant("{contents: write}").access("contents"), Access::Write);
        assert_eq!(grant("{contents: write}").access("packages"), Access::None);
        assert_eq!(grant("{contents: '${{ x }}'}").access("contents"), Access::Unclear);
        assert!(matches!(grant("everything").grant, Grant::Unclear(_)));
        assert!(matches!(grant("[read]").grant, Grant::Unclear(_)));
    }

    #[test]
    fn steps_in_parallel_groups_are_found_and_numbered() {
        let workflow = one(
            "on: push\njobs:\n  a:\n    steps:\n      - run: one\n      - parallel:\n          - run: two\n          - uses: x/y@v1\n      - run: four\n",
        );
        let steps = workflow.jobs[0].steps();
        assert_eq!(
            steps.iter().map(|s| (s.number, s.group)).collect::<Vec<_>>(),
            [(1, None), (2, Some(1)), (3, Some(1)), (4, None)]
        );
        assert!(!steps[1].stands_before(&steps[2]) && steps[1].stands_before(&steps[3]));
    }

    #[test]
    fn a_background_step_counts_only_once_it_is_awaited() {
        let workflow = one(
            "on: push\njobs:\n  a:\n    steps:\n      - {id: v, run: verify, background: true}\n      - run: publish\n      - wait: v\n      - run: late\n",
        );
        let steps = workflow.jobs[0].steps();
        assert!(!steps[0].is_awaited_before(&steps[1], steps));
        assert!(steps[0].is_awaited_before(&steps[3], steps));
    }

    #[test]
    fn what_waits_under_a_condition_may_not_wait() {
        for wait in ["{wait: v, if: false}", "{wait-all: true, continue-on-error: true}", "{wait: w}"] {
            let text = format!(
                "on: push\njobs:\n  a:\n    steps:\n      - {{id: v, run: verify, background: true}}\n      - {wait}\n      - run: late\n"
            );
            let workflow = one(&text);
            let steps = workflow.jobs[0].steps();
            assert!(!steps[0].is_awaited_before(&steps[2], steps), "{wait}");
        }
    }

    #[test]
    fn what_is_said_of_a_group_holds_for_its_steps() {
        let workflow = one(
            "on: push\njobs:\n  a:\n    steps:\n      - if: ${{ a }}\n        continue-on-error: true\n        parallel: [{run: one}, {run: two, if: b, continue-on-error: false}]\n",
        );
        let steps = workflow.jobs[0].steps();
        let condition = |step: &Step| step.condition.as_ref().map(|text| text.value.clone());
        assert_eq!(condition(&steps[0]).as_deref(), Some("${{ a }}"));
        assert_eq!(condition(&steps[1]).as_deref(), Some("( a ) && (b)"));
        assert!(steps.iter().all(Step::ignores_failure));
    }

    #[test]
    fn an_environment_without_a_name_is_none() {
        for environment in ["", "~", "''", "' '", "{url: x}", "{name: }", "{name: ''}"] {
            let workflow = one(&format!("on: push\njobs:\n  a:\n    environment: {environment}\n    steps: []\n"));
            assert_eq!(workflow.jobs[0].environment, None, "{environment}");
        }
    }

    #[test]
    fn aliased_steps_keep_both_places() {
        let text =
            "on: push\njobs:\n  a:\n    steps:\n      - &s\n        uses: x/y@v1 # one\n  b:\n    steps:\n      - *s\n";
        let workflow = one(text);
        let uses = workflow.jobs[1].steps()[0].uses.clone().unwrap();
        assert_eq!(uses.text.span.slice(text), "x/y@v1");
        assert_eq!(uses.text.alias.as_deref().map(|s| s.slice(text)), Some("*s"));
        assert_eq!(workflow.comment_after(uses.text.span).map(|c| c.value.as_str()), Some("one"));
    }

    #[test]
    fn what_github_refuses_is_named() {
        let named = |text: &str| {
            let (_, problems) = read(&[(".github/workflows/a.yml", text)]);
            problems.iter().map(|p| (p.place.map_or(0, |p| p.line), p.hides, p.message.clone())).collect::<Vec<_>>()
        };
        assert!(named("hello\n")[0].1);
        assert!(named("- a\n")[0].1);
        assert!(!named("")[0].1, "an empty file hides nothing");
        assert_eq!(named("on: push\nx: &b {k: v}\njobs:\n  a:\n    <<: *b\n    steps: []\n")[0].0, 5);
        assert!(named("on: push\njobs:\n  a: 1\n")[0].2.contains("not a mapping"));
        assert!(named("on: push\npermissions:\njobs: {a: {steps: []}}\n")[0].2.contains("without a value"));
        assert!(named("on: push\n")[0].2.contains("no jobs"));
        let many = format!("on: push\njobs: {{a: {{steps: [{}]}}}}\n", "{},".repeat(60_001));
        assert!(named(&many).iter().any(|(_, hides, message)| *hides && message.contains("60,000")));
    }

    #[test]
    fn calls_and_local_actions_are_joined() {
        let (set, problems) = read(&[
            (
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  call:\n    uses: $/.github/workflows/release.yml\n    secrets: inherit\n",
            ),
            (
                ".github/workflows/release.yml",
                "on: workflow_call\njobs:\n  a:\n    steps:\n      - uses: ./.github/actions/up/\n",
            ),
            (
                ".github/actions/up/action.yml",
                "inputs: {d: {default: x}}\nruns:\n  using: composite\n  steps:\n    - run: hi\n",
            ),
            (".github/workflows/sub/no.yml", "on: push\n"),
        ]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(set.workflows.len(), 2);
        assert_eq!(set.callers(1), [(0, 0)]);
        assert_eq!(set.called(&set.workflows[0].jobs[0]), Some(1));
        let uses = set.workflows[1].jobs[0].steps()[0].uses.as_ref().unwrap();
        let action = set.action(uses).unwrap();
        assert_eq!(action.steps.as_ref().unwrap().len(), 1);
        assert_eq!(action.inputs.get("D").unwrap().value, "x");
        assert_ne!(set.workflows[1].jobs[0].span, Span::default());
    }

    #[test]
    fn matrices_environments_and_images_are_read() {
        let workflow = one(
            "on: push\njobs:\n  a:\n    runs-on: {labels: [x]}\n    container: {image: 'alpine:3'}\n    services: {db: {image: pg}}\n    environment: {name: pypi, url: u}\n    strategy: {matrix: {env: [a, b], include: [{env: c, os: y}]}}\n    steps: []\n",
        );
        let job = &workflow.jobs[0];
        assert_eq!(job.environment.as_ref().unwrap().name.value, "pypi");
        assert_eq!(job.images.iter().map(|i| i.value.as_str()).collect::<Vec<_>>(), ["alpine:3", "pg"]);
        let values = |name: &str| job.matrix.iter().find(|(n, _)| n == name).map(|(_, v)| v.len());
        assert_eq!((values("env"), values("os"), values("dim")), (Some(3), Some(2), None));
        assert_eq!(job.runs_on.len(), 1);
    }
}
