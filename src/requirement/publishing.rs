//! What several requirements ask about the publish steps of a repository.

use std::collections::BTreeSet;

use super::{Case, Check, Evidence, Finding, Meta, Role, Verdict};
use crate::fact::files::Problem;
use crate::fact::release::Publish;
use crate::fact::workflow::expression::Truth;
use crate::fact::workflow::set::{action_folder, is_workflow};
use crate::fact::workflow::{Access, Workflow};
use crate::fact::{Fact, Facts, Reason, Topic, Unknown};

/// The publish steps that verdicts rest on, or the finding that says why there are none.
pub fn decisive<'a>(case: &Case<'a>, meta: &'static Meta) -> Result<Vec<&'a Publish>, Box<Finding>> {
    let facts = case.facts;
    let all = |verdict: &dyn Fn(&'static str, Role) -> Check| {
        let checks = meta.checks.iter().map(|(id, role)| verdict(id, *role));
        Err(Box::new(Finding::of(meta, checks.collect())))
    };
    if !matches!(facts.files, Fact::Known(_)) {
        return Err(Box::new(Finding::of(meta, Check::all_missing(meta, &facts.files, Topic::Files))));
    }
    let publishes: Vec<&Publish> = facts.publishes.iter().filter(|publish| publish.kind.decides()).collect();
    if !publishes.is_empty() {
        return Ok(publishes);
    }
    if let Some(why) = unreadable(facts) {
        return all(&|id, role| Check::unknown(id, role, &why));
    }
    if let Some(elsewhere) = &facts.declared.publishes_from {
        let words = format!("releases are made from {}, as the project declares", elsewhere.place());
        return all(&|id, role| Check::new(id, role, Verdict::NotApplicable, &words));
    }
    let question =
        "nothing here publishes a release: how do you release? Answer in .github/shipworthy.yml (publishes-from)";
    let asked = meta.checks.first().map_or("", |(id, _)| id);
    all(&|id, role| {
        if id == asked {
            return Check::new(id, role, Verdict::Manual, question).with_all(looked(facts));
        }
        Check::new(id, role, Verdict::NotApplicable, "no step that publishes was found")
    })
}

/// Where publish steps were looked for: the workflows, and those that only rehearse or build nightly.
fn looked(facts: &Facts) -> Vec<Evidence> {
    let others = facts.publishes.iter().filter_map(|publish| {
        let note = format!(
            "{} to {} ({}) does not count as a release",
            publish.called(),
            publish.registry.word(),
            publish.kind.word()
        );
        Some(Evidence::at(&publish.workflow(&facts.workflows)?.path, publish.span, note))
    });
    let mut evidence: Vec<Evidence> = others.take(5).collect();
    let workflows = &facts.workflows.workflows;
    let mut places: Vec<String> = workflows.iter().take(20).map(|workflow| workflow.path.clone()).collect();
    if places.is_empty() {
        places.push(".github/workflows/ (no workflow)".to_owned());
    }
    evidence.push(Evidence::absence(places));
    evidence
}

/// Why verdicts about workflows cannot be green: the first workflow or action whose meaning is hidden.
pub fn unreadable(facts: &Facts) -> Option<Unknown> {
    if let Some(hidden) = facts.problems.iter().find(|problem| hides_workflow(problem)) {
        let line = hidden.place.map(|place| format!(":{}", place.line)).unwrap_or_default();
        return Some(Unknown::new(Reason::NotParsed, format!("{}{line} {}", hidden.path, hidden.message)));
    }
    let mut listed = facts.files.value().into_iter().flat_map(|files| &files.listed);
    let unread = listed.find(|path| is_workflow(path) || action_folder(path).is_some())?;
    Some(Unknown::new(Reason::NotParsed, format!("{unread} exists, and was not read")))
}

/// Whether a problem hides a workflow, a local action, or a folder that holds them.
fn hides_workflow(problem: &Problem) -> bool {
    let folder = matches!(problem.path.as_str(), "." | ".github" | ".github/workflows");
    problem.hides && (folder || is_workflow(&problem.path) || action_folder(&problem.path).is_some())
}

/// Collects what is said about each of several things into one check.
#[derive(Debug, Default)]
pub struct Tally {
    said: Vec<(Verdict, String, Option<Unknown>)>,
    evidence: Vec<(Verdict, Evidence)>,
}

impl Tally {
    /// Adds what is said about one thing, with its evidence.
    pub fn add(&mut self, verdict: Verdict, summary: impl Into<String>, evidence: impl IntoIterator<Item = Evidence>) {
        self.said.push((verdict, summary.into(), None));
        self.evidence.extend(evidence.into_iter().map(|evidence| (verdict, evidence)));
    }

    /// Adds something that cannot be told.
    pub fn add_unknown(&mut self, why: Unknown, evidence: impl IntoIterator<Item = Evidence>) {
        self.said.push((Verdict::Unknown, why.detail.clone(), Some(why)));
        self.evidence.extend(evidence.into_iter().map(|evidence| (Verdict::Unknown, evidence)));
    }

    /// An unreadable sibling turns pass into unknown, and leaves a fail alone.
    pub fn cloud(&mut self, facts: &Facts) {
        if let Some(why) = unreadable(facts) {
            self.add_unknown(why, None);
        }
    }

    /// The worst of what was said, as a check: what is confirmed to be wrong comes before what cannot be told. `nothing` is said where nothing was.
    pub fn check(self, id: &'static str, role: Role, nothing: &str) -> Check {
        // What a supporting check cannot tell changes nothing, so it must not hide what is known.
        let told = |verdict: &Verdict| !matches!(verdict, Verdict::Unknown | Verdict::Manual);
        let known = Verdict::fold(self.said.iter().map(|(verdict, ..)| *verdict).filter(told));
        let open = matches!(known, Verdict::Pass | Verdict::NotApplicable) || role != Role::Supporting;
        let verdict = if open { Verdict::fold(self.said.iter().map(|(verdict, ..)| *verdict)) } else { known };
        let mut worst: Vec<&(Verdict, String, Option<Unknown>)> =
            self.said.iter().filter(|said| said.0 == verdict).collect();
        worst.dedup_by(|a, b| a.1 == b.1);
        let summary = match worst.as_slice() {
            [] => nothing.to_owned(),
            [(_, only, _)] => only.clone(),
            [(_, first, _), rest @ ..] => format!("{first} (and {} more)", rest.len()),
        };
        let unknown = worst.iter().find_map(|(_, _, unknown)| unknown.clone());
        let mut check = Check::new(id, role, verdict, summary);
        check.unknown = unknown.filter(|_| verdict == Verdict::Unknown);
        // What made the verdict comes first; the rest follows in the order it was seen.
        let (mut first, rest): (Vec<_>, Vec<_>) = self.evidence.into_iter().partition(|(said, _)| *said == verdict);
        first.extend(rest);
        check.evidence = first.into_iter().map(|(_, evidence)| evidence).collect();
        check
    }
}

/// Evidence for a publish step: the line that publishes, and the local action it stands in.
pub fn evidence(facts: &Facts, publish: &Publish, note: &str) -> Vec<Evidence> {
    let Some(workflow) = publish.workflow(&facts.workflows) else { return Vec::new() };
    if publish.file == workflow.path {
        return vec![Evidence::at(&publish.file, publish.file_span, note)];
    }
    vec![
        Evidence::at(&workflow.path, publish.span, "uses the local action that publishes"),
        Evidence::at(&publish.file, publish.file_span, note),
    ]
}

/// `workflow.yml job`, to name a publish step in a summary.
pub fn name(facts: &Facts, publish: &Publish) -> String {
    match (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) {
        (Some(workflow), Some(job)) => format!("{} job `{}`", workflow.file_name(), job.id.value),
        _ => publish.called(),
    }
}

/// Deepest chain of calls that is followed.
const MAX_CALLS: usize = 4;

/// What a job is granted for a scope. A called workflow gets at most what its callers grant: the least of all counts.
/// Without any permissions block an identity token and attestations are never granted. Each workflow is looked at once:
/// jobs may call each other in very many ways.
pub fn granted(facts: &Facts, at: (usize, usize), scope: &str) -> Access {
    let set = &facts.workflows;
    let mut least = None;
    let (mut level, mut seen) = (vec![at], BTreeSet::new());
    for depth in 0..=MAX_CALLS {
        let mut above = Vec::new();
        for at in level {
            let Some((workflow, job)) = set.job(at) else { return Access::None };
            let callers = set.callers(at.0);
            let own = match job.effective_permissions(workflow) {
                Some(permissions) => Some(permissions.access(scope)),
                None if callers.is_empty() || depth == MAX_CALLS => Some(Access::None),
                // Its callers tell.
                None => None,
            };
            least = least.into_iter().chain(own).min();
            if seen.insert(at.0) {
                above.extend(callers);
            }
        }
        level = above;
    }
    least.unwrap_or(Access::None)
}

/// Whether the workflow of a publish step is only ever called.
pub fn is_only_called(workflow: &Workflow) -> bool {
    !workflow.triggers.is_empty() && workflow.triggers.iter().all(|trigger| trigger.event == "workflow_call")
}

/// The distinct workflows of publish steps, by index, in order.
pub fn workflows_of(publishes: &[&Publish]) -> Vec<usize> {
    let mut indexes: Vec<usize> = publishes.iter().map(|publish| publish.workflow).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

/// The same with the workflows that call them to publish: those run as part of the release, and build what is
/// published, perhaps. A call that never reaches the publish step does not count.
pub fn release_workflows(facts: &Facts, publishes: &[&Publish]) -> Vec<usize> {
    let set = &facts.workflows;
    let mut all: BTreeSet<usize> = BTreeSet::new();
    let mut todo = workflows_of(publishes);
    while let Some(at) = todo.pop() {
        // What is only called counts with all its callers, whether they are started by anything or not.
        if all.insert(at) && set.workflows.get(at).is_some_and(is_only_called) {
            todo.extend(set.callers(at).iter().map(|caller| caller.0));
        }
    }
    let routes = publishes.iter().flat_map(|publish| &publish.routes.routes);
    let reaching = routes.filter(|route| route.reach != Truth::No);
    all.extend(reaching.flat_map(|route| route.calls.iter().map(|call| call.0)));
    all.into_iter().collect()
}
