//! Steps that attest and steps that verify attestations, and how they stand to a publish step.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Publish;
use crate::fact::files::FileSet;
use crate::fact::workflow::expand::{self, Placed};
use crate::fact::workflow::expression;
use crate::fact::workflow::reach::{Goal, InnerCondition, Routes};
use crate::fact::workflow::shell::{Command, run_commands};
use crate::fact::workflow::{Job, Step, Text, Uses, Workflow, WorkflowSet};
use crate::text::Span;

/// Where a step stands.
#[derive(Clone, Debug)]
pub struct Site {
    /// Index of the workflow.
    pub workflow: usize,
    /// Index of the job.
    pub job: usize,
    /// Number of the job's own step; none for a job that calls a workflow of another repository.
    pub number: Option<usize>,
    /// Position among the steps of the job as they run, local actions expanded.
    pub order: usize,
    /// The file it is written in.
    pub file: String,
    /// Where in that file.
    pub span: Span,
    /// The step itself, with the inputs of a local action filled in.
    pub step: Option<Step>,
    /// Conditions inside local actions.
    pub inner: Vec<InnerCondition>,
    /// Whether its failure is ignored.
    pub ignores_failure: bool,
    /// Under which events it runs.
    pub routes: Routes,
}

impl Site {
    /// The step as a goal for [`crate::fact::workflow::reach`].
    pub fn goal(&self) -> Goal<'_> {
        Goal { workflow: self.workflow, job: self.job, step: self.number, inner: &self.inner }
    }
}

/// What makes an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestedBy {
    /// An attest action of GitHub.
    Action,
    /// An action that attests what it builds.
    Builder,
    /// A reusable workflow of another repository, which signs with its own identity.
    Generator,
}

/// A step that attests.
#[derive(Clone, Debug)]
pub struct Attest {
    /// Where.
    pub site: Site,
    /// By what.
    pub by: AttestedBy,
}

/// A command that verifies.
#[derive(Clone, Debug)]
pub struct Verify {
    /// Where.
    pub site: Site,
    /// The command.
    pub command: Command,
    /// Whether it is `gh attestation verify`; otherwise one of the accepted alternatives.
    pub by_gh: bool,
}

/// Everything in a repository that attests or verifies, by job.
#[derive(Clone, Debug, Default)]
pub struct Landmarks {
    /// Steps that attest.
    pub attests: HashMap<(usize, usize), Vec<Attest>>,
    /// Commands that verify.
    pub verifies: HashMap<(usize, usize), Vec<Verify>>,
}

/// How a step stands to a publish step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Earlier in the same job, over before the publish step begins.
    Before,
    /// In a job that the publish job waits for, so that a failure there keeps it from running.
    Ancestor,
    /// In a job that the publish job waits for, but runs whatever becomes of it.
    LooseAncestor,
    /// Later in the same job, or at the same time.
    After,
    /// Somewhere else in the same workflow.
    Elsewhere,
}

/// Finds every step that attests or verifies.
pub fn find(set: &WorkflowSet, files: &FileSet) -> Landmarks {
    let mut found = Landmarks::default();
    for (at, workflow) in set.workflows.iter().enumerate() {
        for (job_at, job) in workflow.jobs.iter().enumerate() {
            if let Some(call) = job.call().filter(|call| is_generator(&call.uses)) {
                let site = call_site((at, job_at), workflow, call.uses.text.used_at());
                found.attests.entry((at, job_at)).or_default().push(Attest { site, by: AttestedBy::Generator });
            }
            for (order, placed) in expand::steps(set, workflow, job).iter().enumerate() {
                look(files, workflow, job, (at, job_at), order, placed, &mut found);
            }
        }
    }
    super::routes::add_to_landmarks(set, &mut found);
    found
}

fn look(
    files: &FileSet,
    workflow: &Workflow,
    job: &Job,
    at: (usize, usize),
    order: usize,
    placed: &Placed<'_>,
    found: &mut Landmarks,
) {
    let site = |span: Span| Site {
        workflow: at.0,
        job: at.1,
        number: Some(placed.number),
        order,
        file: placed.file.to_owned(),
        span,
        step: Some(placed.step.clone().into_owned()),
        inner: placed.inner.clone(),
        ignores_failure: placed.ignores_failure,
        routes: Routes::default(),
    };
    if let Some(by) = attested_by(&placed.step) {
        let attest = Attest { site: site(placed.step.work_span()), by };
        found.attests.entry(at).or_default().push(attest);
    }
    let run = placed.step.run.as_ref().filter(|run| run.value.contains("verif"));
    let Some(run) = run else { return };
    let source = files.text(placed.file).map_or("", |text| text);
    for command in run_commands(run, placed.step.shell_name(workflow, job), job.runs_on_windows(), source) {
        if let Some(by_gh) = verifies(&command) {
            let verify = Verify { site: site(command.span), command, by_gh };
            found.verifies.entry(at).or_default().push(verify);
        }
    }
}

fn call_site(at: (usize, usize), workflow: &Workflow, span: Span) -> Site {
    Site {
        workflow: at.0,
        job: at.1,
        number: None,
        order: 0,
        file: workflow.path.clone(),
        span,
        step: None,
        inner: Vec::new(),
        ignores_failure: false,
        routes: Routes::default(),
    }
}

/// The SLSA generators are reusable workflows.
fn is_generator(uses: &Uses) -> bool {
    uses.repository().as_deref() == Some("slsa-framework/slsa-github-generator")
}

/// What a step attests by: only provenance counts, not SBOMs or other predicates.
fn attested_by(step: &Step) -> Option<AttestedBy> {
    let input = |name: &str| step.with.get(name).map(Text::trimmed).filter(|text| !text.is_empty());
    match step.uses.as_ref()?.action()?.as_str() {
        "actions/attest-build-provenance" => Some(AttestedBy::Action),
        "actions/attest" => {
            let other = ["predicate", "predicate-path", "sbom-path"].iter().any(|name| input(name).is_some());
            let provenance = input("predicate-type").is_none_or(|kind| kind.contains("slsa.dev/provenance"));
            (!other && provenance).then_some(AttestedBy::Action)
        }
        "hynek/build-and-inspect-python-package" => {
            (input("attest-build-provenance-github") == Some("true")).then_some(AttestedBy::Builder)
        }
        _ => None,
    }
}

/// Whether a command verifies attestations: by `gh`, or by one of the accepted alternatives.
fn verifies(command: &Command) -> Option<bool> {
    let words = super::commands::program_words(command);
    if words.iter().any(|word| matches!(*word, "--help" | "-h")) {
        return None;
    }
    let rest: Vec<&str> = words.iter().skip(1).filter(|word| !word.starts_with('-')).copied().collect();
    match (words.first().copied()?, rest.first().copied(), rest.get(1).copied()) {
        ("gh", Some("attestation" | "at"), Some("verify")) => Some(true),
        ("slsa-verifier", Some("verify-artifact" | "verify-npm-package"), _)
        | ("cosign", Some("verify-blob-attestation"), _)
        | ("pypi-attestations", Some("verify"), _) => Some(false),
        _ => None,
    }
}

/// Jobs (workflow, job) that a publish job waits for, and whether a failure there holds it back.
pub type Ancestors = BTreeMap<(usize, usize), bool>;

/// The jobs that a publish job waits for, with the workflows those jobs call, in its own workflow and in the one that
/// calls it. Marks whether a failure there holds the publish job back.
pub fn ancestors(set: &WorkflowSet, publish: &Publish, caller: Option<(usize, usize)>) -> Ancestors {
    let mut found = Ancestors::new();
    waited_for(set, (publish.workflow, publish.job), true, &mut found);
    if let Some(caller) = caller {
        waited_for(set, caller, true, &mut found);
    }
    found
}

/// Most jobs that are followed back from one publish job.
const MAX_ANCESTORS: usize = 200;

fn waited_for(set: &WorkflowSet, from: (usize, usize), gates: bool, found: &mut Ancestors) {
    let mut todo = vec![(from, gates)];
    let mut seen: HashSet<((usize, usize), bool)> = HashSet::new();
    while let Some((at, gates)) = todo.pop() {
        if seen.len() > MAX_ANCESTORS || !seen.insert((at, gates)) {
            continue;
        }
        let Some((workflow, job)) = set.job(at) else { continue };
        let gates = gates && holds_back(job);
        for need in &job.needs {
            let Some(index) = workflow.job_index.get(&need.value.to_lowercase()) else { continue };
            let needed = (at.0, *index);
            let counts = gates && workflow.jobs.get(*index).is_none_or(|job| job.continue_on_error.is_none());
            let known = found.entry(needed).or_insert(counts);
            *known |= counts;
            todo.push((needed, counts));
            if let Some(called) = set.called_by(needed) {
                let inside = set.workflows.get(called).map_or(0, |workflow| workflow.jobs.len());
                for job in 0..inside.min(MAX_ANCESTORS) {
                    *found.entry((called, job)).or_insert(counts) |= counts;
                }
            }
        }
    }
}

/// Whether a job stays away when a job it waits for failed.
fn holds_back(job: &Job) -> bool {
    job.condition.as_ref().is_none_or(|text| {
        !expression::ignores_needs(&text.value) || text.value.contains(".result") || text.value.contains("success()")
    })
}

/// How a step stands to a publish step.
pub fn relation(set: &WorkflowSet, publish: &Publish, ancestors: &Ancestors, site: &Site) -> Relation {
    let at = (site.workflow, site.job);
    if at != (publish.workflow, publish.job) {
        return match ancestors.get(&at) {
            Some(true) => Relation::Ancestor,
            Some(false) => Relation::LooseAncestor,
            None => Relation::Elsewhere,
        };
    }
    let job = publish.job(set);
    let steps = job.map(Job::steps).unwrap_or_default();
    let step = |number: Option<usize>| job?.step(number?);
    let before = match (step(site.number), step(publish.step)) {
        _ if site.number == publish.step => site.order < publish.order,
        (Some(site), Some(publish)) => site.is_awaited_before(publish, steps),
        _ => false,
    };
    if before { Relation::Before } else { Relation::After }
}
