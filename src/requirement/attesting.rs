//! What attesting and verifying have in common: which step stands where, and whether a failure of it counts.

use std::collections::BTreeSet;

use super::publishing;
use crate::fact::Facts;
use crate::fact::release::attestation::{self, Attest, Relation, Site, Verify};
use crate::fact::release::{Publish, PublishKind};
use crate::fact::workflow::{Access, gate};

/// A step that attests, and how it stands to a publish step.
pub struct Seen<'a> {
    /// The step.
    pub attest: &'a Attest,
    /// How it stands to the publish step.
    pub relation: Relation,
}

/// A job that calls the workflow of a publish step; none where that runs by itself.
pub type Caller = Option<(usize, usize)>;

/// The jobs that call the workflow of a publish step, or none where it runs by itself.
pub fn callers(facts: &Facts, publish: &Publish) -> Vec<Caller> {
    let callers = facts.workflows.callers(publish.workflow);
    let own = publish.workflow(&facts.workflows).is_none_or(|workflow| !publishing::is_only_called(workflow));
    let called = callers.iter().take(20).map(|caller| Some(*caller));
    own.then_some(None).into_iter().chain(called).chain((callers.is_empty() && !own).then_some(None)).collect()
}

/// Steps that attest and have to do with a publish step: in its own workflow, or in jobs it waits for. What comes after
/// a script, or stands in a job that it does not wait for, says nothing of it: it may attest for itself.
pub fn attests<'a>(facts: &'a Facts, publish: &Publish, caller: Caller) -> Vec<Seen<'a>> {
    let all = &facts.landmarks.attests;
    if all.is_empty() {
        return Vec::new();
    }
    let found =
        near(facts, publish, caller, |at| all.get(&at).map(Vec::as_slice).unwrap_or_default(), |attest| &attest.site);
    found.into_iter().map(|(attest, relation)| Seen { attest, relation }).collect()
}

/// Commands that verify and have to do with a publish step.
pub fn verifies<'a>(facts: &'a Facts, publish: &Publish, caller: Caller) -> Vec<(&'a Verify, Relation)> {
    let all = &facts.landmarks.verifies;
    if all.is_empty() {
        return Vec::new();
    }
    near(facts, publish, caller, |at| all.get(&at).map(Vec::as_slice).unwrap_or_default(), |verify| &verify.site)
}

/// Most steps that are compared with one publish step.
const MAX_SITES: usize = 500;

fn near<'a, T>(
    facts: &'a Facts,
    publish: &Publish,
    caller: Caller,
    of_job: impl Fn((usize, usize)) -> &'a [T],
    site: impl Fn(&T) -> &Site,
) -> Vec<(&'a T, Relation)> {
    let set = &facts.workflows;
    let own = (publish.workflow, publish.job);
    let ancestors = attestation::ancestors(set, own, caller);
    let jobs: BTreeSet<(usize, usize)> = std::iter::once(own).chain(ancestors.iter().copied()).collect();
    let mut found: Vec<(&T, Relation)> = jobs
        .into_iter()
        .flat_map(&of_job)
        .take(MAX_SITES)
        .map(|thing| (thing, attestation::relation(set, publish, caller, &ancestors, site(thing))))
        .collect();
    if publish.kind == PublishKind::Opaque {
        found.retain(|(_, relation)| *relation != Relation::After);
        return found;
    }
    if found.is_empty() {
        let others = publish.workflow(set).map_or(0, |workflow| workflow.jobs.len());
        let elsewhere = (0..others.min(1_000)).flat_map(|job| of_job((publish.workflow, job)));
        found.extend(elsewhere.take(1).map(|thing| (thing, Relation::Elsewhere)));
    }
    found
}

/// Whether the publish step runs even when a step before it in the same job failed.
pub fn goes_on(facts: &Facts, publish: &Publish, site: &Site) -> bool {
    let Some(job) = publish.job(&facts.workflows) else { return true };
    let goes_on = |condition: Option<&str>, failed: Option<&str>| !gate::step_stays_away(condition, failed);
    if site.number == publish.step {
        return publish.inner.iter().any(|inner| goes_on(Some(&inner.condition.value), None));
    }
    let step = |number: Option<usize>| job.step(number?);
    let condition = step(publish.step).and_then(|step| step.condition.as_ref()).map(|text| text.value.as_str());
    let failed = step(site.number).and_then(|step| step.id.as_ref()).map(|text| text.value.as_str());
    goes_on(condition, failed)
}

/// Whether a step is surely over when another one begins: earlier in its job, or in a job that the other waits for.
pub fn comes_before(facts: &Facts, first: &Site, second: &Site) -> bool {
    let set = &facts.workflows;
    let (first_job, second_job) = ((first.workflow, first.job), (second.workflow, second.job));
    if first_job == second_job {
        return (first.order, first.span.start) < (second.order, second.span.start);
    }
    let callers = set.callers(second.workflow).iter().take(20).map(|caller| Some(*caller));
    callers.chain([None]).any(|caller| attestation::ancestors(set, second_job, caller).contains(&first_job))
}

/// Whether no attestation can come about in sight or out of it: neither the publish job nor any it waits for may store
/// one.
pub fn provably_absent(facts: &Facts, publish: &Publish) -> bool {
    let set = &facts.workflows;
    let explicit = |at: (usize, usize)| {
        let known = set.job(at).is_some_and(|(workflow, job)| publishing::effective(workflow, job).is_some());
        known && matches!(publishing::granted(facts, at, "attestations"), Access::None | Access::Read)
    };
    let own = (publish.workflow, publish.job);
    callers(facts, publish).into_iter().all(|caller| {
        let jobs = attestation::ancestors(set, own, caller);
        jobs.into_iter().chain([own]).all(explicit)
    })
}
