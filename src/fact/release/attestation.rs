//! Steps that attest and steps that verify attestations, and how they stand to a publish step.

use std::collections::{BTreeSet, HashMap};

use super::{Publish, Scope, script};
use crate::fact::files::FileSet;
use crate::fact::workflow::expand::{self, Placed};
use crate::fact::workflow::gate::{self, Mishap};
use crate::fact::workflow::reach::{Goal, InnerCondition, Routes};
use crate::fact::workflow::shell::Command;
use crate::fact::workflow::{Pairs, Step, Text, Uses, Workflow, WorkflowSet};
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
    /// Whether a command before it logged `gh` in or put a token into its environment.
    pub logged_in: bool,
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
    /// In a job that the publish job waits for, but does not care for: it publishes whatever becomes of it.
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
            let mut look = Look { files, at: (at, job_at), logged_in: false, found: &mut found };
            for (order, placed) in expand::steps(set, workflow, job).iter().enumerate() {
                look.step(order, placed, &Scope { workflow, job, step: &placed.step });
            }
        }
    }
    super::routes::add_to_landmarks(set, &mut found);
    found.attests.values_mut().for_each(Vec::shrink_to_fit);
    found.verifies.values_mut().for_each(Vec::shrink_to_fit);
    found
}

/// A look at the steps of one job, in the order in which they run.
struct Look<'a> {
    files: &'a FileSet,
    at: (usize, usize),
    /// Whether an earlier command gave `gh` a token.
    logged_in: bool,
    found: &'a mut Landmarks,
}

impl Look<'_> {
    fn step(&mut self, order: usize, placed: &Placed<'_>, scope: &Scope<'_>) {
        let site = |span: Span| Site {
            workflow: self.at.0,
            job: self.at.1,
            number: Some(placed.number),
            order,
            file: placed.file.to_owned(),
            span,
            step: Some(placed.step.clone().into_owned()),
            inner: placed.inner.clone(),
            ignores_failure: placed.ignores_failure,
            routes: Routes::default(),
        };
        if let Some((by, condition)) = attested_by(&placed.step) {
            let mut site = site(placed.step.work_span());
            site.inner.extend(condition.map(|condition| InnerCondition {
                file: placed.file.to_owned(),
                condition,
                inputs: Pairs::default(),
            }));
            self.found.attests.entry(self.at).or_default().push(Attest { site, by });
        }
        let names = ["verif", "gh auth", "GH_TOKEN", "GITHUB_TOKEN"];
        let run = placed.step.run.as_ref().filter(|run| names.iter().any(|name| run.value.contains(name)));
        let Some(run) = run else { return };
        let mut logged_in = self.logged_in;
        for command in script::commands(self.files, scope, placed.file) {
            let words = super::commands::program_words(&command);
            logged_in |= logs_in(&words);
            self.logged_in |= words.starts_with(&["gh", "auth", "login"]);
            if let Some(by_gh) = verifies(&words) {
                let verify = Verify { site: site(command.span), command, by_gh, logged_in };
                self.found.verifies.entry(self.at).or_default().push(verify);
            }
        }
        let passed_on = ["GH_TOKEN=", "GITHUB_TOKEN="].iter().any(|name| run.value.contains(name));
        self.logged_in |= passed_on && run.value.contains("GITHUB_ENV");
    }
}

/// Whether a command logs `gh` in or exports a token for it.
fn logs_in(words: &[&str]) -> bool {
    let exports = matches!(words.first(), Some(&("export" | "declare" | "typeset")));
    let token = |word: &&str| {
        let name = word.split('=').next().unwrap_or_default();
        matches!(name, "GH_TOKEN" | "GITHUB_TOKEN")
    };
    words.starts_with(&["gh", "auth", "login"]) || exports && words.iter().any(token)
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

/// What a step attests by, and an input that decides whether it does: only provenance counts, not SBOMs or other
/// predicates.
fn attested_by(step: &Step) -> Option<(AttestedBy, Option<Text>)> {
    let input = |name: &str| step.with.get(name).filter(|text| !text.trimmed().is_empty());
    match step.uses.as_ref()?.action()?.as_str() {
        "actions/attest-build-provenance" => Some((AttestedBy::Action, None)),
        "actions/attest" => {
            // With a type of its own it takes the statement from the workflow, and makes none itself.
            let other = ["predicate", "predicate-path", "predicate-type", "sbom-path"];
            let other = other.iter().any(|name| input(name).is_some());
            (!other).then_some((AttestedBy::Action, None))
        }
        "hynek/build-and-inspect-python-package" => {
            let asked = input("attest-build-provenance-github")?;
            match asked.trimmed() {
                "true" => Some((AttestedBy::Builder, None)),
                _ if asked.has_expression() => Some((AttestedBy::Builder, Some(asked.clone()))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a command verifies attestations: by `gh`, or by one of the accepted alternatives.
fn verifies(words: &[&str]) -> Option<bool> {
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

/// Most jobs that are followed back from one job.
const MAX_ANCESTORS: usize = 200;
/// Deepest chain of calls that is followed into called workflows.
const MAX_CALLS: usize = 4;

/// The jobs that a job waits for, with those of the workflows they call: in its own workflow, and in the one that
/// calls it.
pub fn ancestors(set: &WorkflowSet, job: (usize, usize), caller: Option<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    let mut todo: Vec<(usize, usize)> = std::iter::once(job).chain(caller).collect();
    while let Some(at) = todo.pop() {
        let Some((workflow, job)) = set.job(at).filter(|_| found.len() <= MAX_ANCESTORS) else { continue };
        for need in &job.needs {
            let Some(index) = workflow.job_index.get(&need.value.to_lowercase()) else { continue };
            if found.insert((at.0, *index)) {
                todo.push((at.0, *index));
                inside(set, (at.0, *index), MAX_CALLS, &mut found);
            }
        }
    }
    found
}

/// Adds the jobs of the workflow that a job calls, and of those that these call.
fn inside(set: &WorkflowSet, job: (usize, usize), depth: usize, found: &mut BTreeSet<(usize, usize)>) {
    let Some(called) = set.called_by(job).filter(|_| depth > 0) else { return };
    let jobs = set.workflows.get(called).map_or(0, |workflow| workflow.jobs.len());
    for at in 0..jobs.min(MAX_ANCESTORS) {
        if found.insert((called, at)) {
            inside(set, (called, at), depth - 1, found);
        }
    }
}

/// Whether the publish job stays away when something goes wrong with a job it waits for, in its own workflow, in the
/// one that calls it, or in a workflow that either calls.
pub fn holds_back(
    set: &WorkflowSet,
    publish: &Publish,
    caller: Option<(usize, usize)>,
    job: (usize, usize),
    mishap: Mishap,
) -> bool {
    if mishap == Mishap::Fails && set.job(job).is_none_or(|(_, job)| job.ignores_failure()) {
        return false;
    }
    std::iter::once((publish.workflow, publish.job)).chain(caller).any(|target| {
        let Some((workflow, waiting)) = set.job(target) else { return false };
        if target.0 == job.0 {
            return workflow.jobs.get(job.1).is_some_and(|job| gate::job_stays_away(workflow, waiting, job, mishap));
        }
        // A called workflow fails with any of its jobs, and succeeds when they are skipped.
        let calls = |at: usize| leads_to(set, (target.0, at), job.0);
        let calling = workflow.jobs.iter().enumerate().filter(|(at, job)| !job.ignores_failure() && calls(*at));
        let mut calling = calling.map(|(_, job)| job);
        mishap == Mishap::Fails && calling.any(|job| gate::job_stays_away(workflow, waiting, job, mishap))
    })
}

/// Whether a job calls a workflow, directly or through others; each is looked into once.
fn leads_to(set: &WorkflowSet, job: (usize, usize), workflow: usize) -> bool {
    let mut reached = BTreeSet::new();
    let mut level: Vec<usize> = set.called_by(job).into_iter().collect();
    for _ in 0..MAX_CALLS {
        level.retain(|called| reached.insert(*called));
        let jobs = level.iter().filter_map(|called| set.workflows.get(*called)).flat_map(|called| &called.jobs);
        level = jobs.filter_map(|job| set.called(job)).collect();
    }
    reached.contains(&workflow)
}

/// How a step stands to a publish step, by the jobs that this one waits for.
pub fn relation(
    set: &WorkflowSet,
    publish: &Publish,
    caller: Option<(usize, usize)>,
    ancestors: &BTreeSet<(usize, usize)>,
    site: &Site,
) -> Relation {
    let at = (site.workflow, site.job);
    if at == (publish.workflow, publish.job) {
        return if is_over_before(set, publish, site) { Relation::Before } else { Relation::After };
    }
    match ancestors.contains(&at) {
        true if holds_back(set, publish, caller, at, Mishap::Fails) => Relation::Ancestor,
        true => Relation::LooseAncestor,
        false => Relation::Elsewhere,
    }
}

/// Whether a step of the publish job is over before the publish step begins.
fn is_over_before(set: &WorkflowSet, publish: &Publish, site: &Site) -> bool {
    let Some(job) = publish.job(set) else { return false };
    // Nothing is known of waits inside a local action.
    let loose = site.step.as_ref().is_some_and(|step| step.background) && !site_is_own(set, site);
    let step = |number: Option<usize>| job.step(number?);
    if site.number == publish.step {
        let beside = |site: &Step, publish: &Step| site.group.is_some() && site.group == publish.group;
        let together = site.file == publish.file
            && site.step.as_ref().zip(publish.acting.as_ref()).is_some_and(|(site, publish)| beside(site, publish));
        // In one script the place tells.
        let begins = |order: usize, span: Span| (order, span.start);
        let earlier = begins(site.order, site.span) < begins(publish.order, publish.file_span);
        return earlier && !together && !loose;
    }
    match (step(site.number), step(publish.step)) {
        (Some(site), Some(publish)) => site.is_awaited_before(publish, job.steps()) && !loose,
        _ => false,
    }
}

/// Whether a site is a step of the job itself, not of a local action.
fn site_is_own(set: &WorkflowSet, site: &Site) -> bool {
    set.workflows.get(site.workflow).is_some_and(|workflow| workflow.path == site.file)
}
