//! What attesting and verifying have in common: which step stands where, and whether a failure of it counts.

use std::collections::{BTreeSet, HashMap};

use super::{Verdict, attested, publishing};
use crate::fact::Facts;
use crate::fact::release::attestation::{self, Attest, Relation, Site, Verify};
use crate::fact::release::{Publish, PublishKind};
use crate::fact::workflow::{Access, gate};

/// A job that calls the workflow of a publish step; none where that runs by itself.
pub type Caller = Option<(usize, usize)>;

/// The jobs that call the workflow of a publish step, or none where it runs by itself.
pub fn callers(facts: &Facts, publish: &Publish) -> Vec<Caller> {
    let callers = facts.workflows.callers(publish.workflow);
    let own = publish.workflow(&facts.workflows).is_none_or(|workflow| !publishing::is_only_called(workflow));
    let called = callers.iter().take(20).map(|caller| Some(*caller));
    own.then_some(None).into_iter().chain(called).chain((callers.is_empty() && !own).then_some(None)).collect()
}

/// Steps that have to do with a publish step: of its own job, and of the jobs it waits for.
pub struct Near<'a, T> {
    /// The steps.
    pub found: Vec<&'a T>,
    /// Those that have to do with something else than what is published, and what that is.
    pub beside: Vec<(&'a T, &'static str)>,
    /// The jobs that the publish job waits for.
    ancestors: BTreeSet<(usize, usize)>,
    /// Whether there are none such, and this is one of another job.
    elsewhere: bool,
}

impl<T> Near<'_, T> {
    /// How one of the steps stands to the publish step.
    pub fn relation(&self, facts: &Facts, publish: &Publish, caller: Caller, site: &Site) -> Relation {
        if self.elsewhere {
            return Relation::Elsewhere;
        }
        attestation::relation(&facts.workflows, publish, caller, &self.ancestors, site)
    }
}

/// Steps that attest, in the publish job or in jobs it waits for. What comes after a script, or stands in a job that it
/// does not wait for, says nothing of it: it may attest for itself. What is attested for another registry is set aside.
pub fn attests<'a>(facts: &'a Facts, publish: &Publish, caller: Caller) -> Near<'a, Attest> {
    let beside = |attest: &Attest| attested::beside(facts, publish.registry, attest);
    near(facts, publish, caller, &facts.landmarks.attests, |attest| &attest.site, beside)
}

/// Commands that verify.
pub fn verifies<'a>(facts: &'a Facts, publish: &Publish, caller: Caller) -> Near<'a, Verify> {
    near(facts, publish, caller, &facts.landmarks.verifies, |verify| &verify.site, |_| None)
}

/// Most steps that are compared with one publish step, those of its own job first.
const MAX_SITES: usize = 50;

fn near<'a, T>(
    facts: &'a Facts,
    publish: &Publish,
    caller: Caller,
    all: &'a HashMap<(usize, usize), Vec<T>>,
    site: impl Fn(&T) -> &Site,
    beside: impl Fn(&T) -> Option<&'static str>,
) -> Near<'a, T> {
    if all.is_empty() {
        return Near { found: Vec::new(), beside: Vec::new(), ancestors: BTreeSet::new(), elsewhere: false };
    }
    let set = &facts.workflows;
    let own = (publish.workflow, publish.job);
    let ancestors = attestation::ancestors(set, own, caller);
    let others = ancestors.iter().copied().filter(|job| *job != own);
    let of_job = |job: (usize, usize)| all.get(&job).map(Vec::as_slice).unwrap_or_default();
    let near: Vec<&T> = std::iter::once(own).chain(others).flat_map(of_job).take(MAX_SITES).collect();
    let set_aside: Vec<_> = near.iter().filter_map(|thing| Some((*thing, beside(thing)?))).collect();
    let mut found: Vec<&T> = near.into_iter().filter(|thing| beside(thing).is_none()).collect();
    if publish.kind == PublishKind::Opaque {
        let here = |thing: &&T| (site(thing).workflow, site(thing).job) == own;
        let after =
            |thing: &&T| attestation::relation(set, publish, caller, &ancestors, site(thing)) == Relation::After;
        found.retain(|thing| !here(thing) || !after(thing));
        return Near { found, beside: set_aside, ancestors, elsewhere: false };
    }
    let elsewhere = found.is_empty();
    if elsewhere {
        let jobs = publish.workflow(set).map_or(0, |workflow| workflow.jobs.len());
        let all = (0..jobs.min(1_000)).flat_map(|job| of_job((publish.workflow, job)));
        found.extend(all.filter(|thing| beside(thing).is_none()).take(1));
    }
    Near { found, beside: set_aside, ancestors, elsewhere }
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

/// Whether one of several steps is surely over when another one begins: earlier in its job, or in a job that the other
/// waits for.
pub fn any_before(facts: &Facts, several: &[&Site], other: &Site) -> bool {
    let set = &facts.workflows;
    let job = (other.workflow, other.job);
    let begins = |site: &Site| (site.order, site.span.start);
    let here = |site: &&&Site| (site.workflow, site.job) == job;
    if several.iter().filter(here).any(|site| begins(site) < begins(other)) {
        return true;
    }
    let callers = set.callers(other.workflow).iter().take(20).map(|caller| Some(*caller));
    callers.chain([None]).any(|caller| {
        let ancestors = attestation::ancestors(set, job, caller);
        several.iter().any(|site| ancestors.contains(&(site.workflow, site.job)))
    })
}

/// Whether no attestation can come about in sight or out of it: neither the publish job nor any it waits for may ask
/// for an identity token and store one. An identity token is granted only by name, so a job without any permissions
/// has none, unless what calls its workflow is not to be seen.
pub fn provably_absent(facts: &Facts, publish: &Publish) -> bool {
    let set = &facts.workflows;
    let lacks = |at, scope| matches!(publishing::granted(facts, at, scope), Access::None | Access::Read);
    let cannot = |at: (usize, usize)| {
        set.job(at).is_some_and(|(workflow, job)| {
            let named = job.effective_permissions(workflow).is_some();
            let alone = publishing::is_only_called(workflow) && set.callers(at.0).is_empty();
            (named && lacks(at, "attestations")) || ((named || !alone) && lacks(at, "id-token"))
        })
    };
    let own = (publish.workflow, publish.job);
    callers(facts, publish).into_iter().all(|caller| {
        let jobs = attestation::ancestors(set, own, caller);
        jobs.into_iter().chain([own]).all(cannot)
    })
}

/// How bad a verdict is where the best of several steps counts: what cannot be told is worse than a warning, since a
/// warning is known to hold, and better than a fail.
pub const fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Warn => 1,
        Verdict::Unknown => 2,
        _ => 3,
    }
}
