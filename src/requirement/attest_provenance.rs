//! R10 attest-provenance: released files carry a provenance attestation.

pub(super) mod fix;

use super::attested;
use super::attesting::{self, Caller, Near};
use super::coverage::coverage;
use super::index_attestation::{self, Made};
use super::publishing::{self, Tally};
use super::rebuilt::rebuilt;
use super::{Case, Check, Evidence, Finding, Level, Meta, Profile, Proposal, Requirement, Role, Verdict};
use crate::fact::release::attestation::{Attest, AttestedBy, Relation};
use crate::fact::release::{Publish, PublishKind, Registry};
use crate::fact::workflow::Access;
use crate::fact::{Facts, Reason, Topic, Unknown};

/// R10.
#[derive(Debug)]
pub struct AttestProvenance;

/// What R10 is.
pub static META: Meta = Meta {
    id: "R10",
    slug: "attest-provenance",
    title: "Released files carry a provenance attestation",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-slsa-through-use-of-github-attestations",
    checks: &[
        ("attest-step", Role::Decisive),
        ("attest-permissions", Role::Decisive),
        ("released-artifacts", Role::Supporting),
    ],
    needs: &[Topic::Files, Topic::Attestations, Topic::Release],
};

impl Requirement for AttestProvenance {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let (mut steps, mut permissions) = (Tally::default(), Tally::default());
        for publish in &publishes {
            for caller in attesting::callers(facts, publish) {
                judge(case, publish, caller, &mut steps, &mut permissions);
            }
        }
        steps.cloud(facts);
        private(facts, &mut steps);
        let steps = steps.check("attest-step", Role::Decisive, "nothing to attest");
        let permissions =
            permissions.check("attest-permissions", Role::Decisive, "no attest step, so no permission to look at");
        let fix = fix::offer(&steps, &permissions);
        Finding::of(&META, vec![steps, permissions, released_artifacts(facts)]).with_fix(fix)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let publishes = publishing::decisive(case, &META).unwrap_or_default();
        self.assess(case).fix.map(|_| fix::propose(case, &publishes)).unwrap_or_default()
    }
}

/// A step that attests, and how it stands to a publish step.
struct Seen<'a> {
    attest: &'a Attest,
    relation: Relation,
}

/// GitHub attests for private repositories only on some plans, and the plan is not among the facts.
fn private(facts: &Facts, steps: &mut Tally) {
    if facts.repository.value().is_some_and(|repository| repository.private) {
        let why = "whether the owner's plan offers attestations for private repositories cannot be seen";
        steps.add_unknown(Unknown::new(Reason::Permission, why).needing("organization_administration:read"), None);
    }
}

fn judge(case: &Case<'_>, publish: &Publish, caller: Caller, steps: &mut Tally, permissions: &mut Tally) {
    let facts = case.facts;
    let near = attesting::attests(facts, publish, caller);
    let mut best: Option<((Verdict, String), Seen<'_>)> = None;
    for attest in &near.found {
        let seen = Seen { attest, relation: near.relation(facts, publish, caller, &attest.site) };
        let said = verdict(facts, publish, caller, &seen);
        if best.as_ref().is_none_or(|(known, _)| attesting::severity(said.0) < attesting::severity(known.0)) {
            let good = said.0 == Verdict::Pass;
            best = Some((said, seen));
            if good {
                break;
            }
        }
    }
    let Some(((verdict, summary), seen)) = best else { return none(case, publish, &near, steps) };
    let site = &seen.attest.site;
    let mut evidence = vec![Evidence::at(&site.file, site.span, "attests")];
    if verdict != Verdict::Pass {
        evidence.extend(publishing::evidence(facts, publish, "publishes"));
    }
    match verdict {
        Verdict::Unknown => steps.add_unknown(Unknown::new(Reason::RunTime, summary), evidence),
        _ => steps.add(verdict, summary, evidence),
    }
    rights(facts, &seen, permissions);
}

/// What one attest step is worth for one publish step.
fn verdict(facts: &Facts, publish: &Publish, caller: Caller, seen: &Seen<'_>) -> (Verdict, String) {
    let name = publishing::name(facts, publish);
    match seen.relation {
        Relation::After => return (Verdict::Warn, format!("{name} attests only after it has published")),
        Relation::Elsewhere => {
            return (Verdict::Warn, format!("{name} does not wait for the job that attests"));
        }
        Relation::Before | Relation::Ancestor | Relation::LooseAncestor => {}
    }
    if let Some(problem) = coverage(facts, publish, caller, &seen.attest.site, seen.relation) {
        return problem;
    }
    if seen.attest.by == AttestedBy::Action
        && let Some(problem) = attested::problem(facts, publish, &seen.attest.site, seen.relation)
    {
        return problem;
    }
    let beside = seen.relation == Relation::Before && attesting::goes_on(facts, publish, &seen.attest.site);
    if seen.attest.site.ignores_failure || seen.relation == Relation::LooseAncestor || beside {
        return (Verdict::Warn, format!("{name} publishes even when attesting failed"));
    }
    if let Some(by) = rebuilt(facts, publish, &seen.attest.site) {
        let words = format!("{name} builds again ({by}) what was attested: whether it is the same cannot be seen");
        return (Verdict::Unknown, words);
    }
    (Verdict::Pass, format!("{name} attests before it publishes"))
}

/// The job that attests needs an identity token and the right to store attestations.
fn rights(facts: &Facts, seen: &Seen<'_>, tally: &mut Tally) {
    let site = &seen.attest.site;
    let at = (site.workflow, site.job);
    let Some((workflow, job)) = facts.workflows.job(at) else { return };
    let span = job.effective_permissions(workflow).map_or(job.id.span, |permissions| permissions.span);
    let needed: &[&str] =
        if seen.attest.by == AttestedBy::Generator { &["id-token"] } else { &["id-token", "attestations"] };
    for scope in needed {
        let evidence = |note: &str| vec![Evidence::at(&workflow.path, span, note)];
        match publishing::granted(facts, at, scope) {
            Access::Write => {
                tally.add(Verdict::Pass, "the job that attests has the permissions for it", evidence("grants it"));
            }
            Access::Unclear => {
                let why = format!("whether job `{}` may write {scope} cannot be read", job.id.value);
                tally.add_unknown(Unknown::new(Reason::NotParsed, why), evidence("not understood"));
            }
            Access::None | Access::Read => {
                let summary =
                    format!("job `{}` attests without `{scope}: write`, so attesting fails when it runs", job.id.value);
                tally.add(Verdict::Fail, summary, evidence("add the permission here"));
            }
        }
    }
}

/// No step of ours attests: what the index makes by itself counts in part, and a script may do what it likes.
fn none(case: &Case<'_>, publish: &Publish, near: &Near<'_, Attest>, steps: &mut Tally) {
    let facts = case.facts;
    let name = publishing::name(facts, publish);
    let mut evidence = publishing::evidence(facts, publish, "publishes without an attestation of GitHub");
    let beside =
        near.beside.iter().take(3).map(|(attest, what)| Evidence::at(&attest.site.file, attest.site.span, *what));
    evidence.extend(beside);
    // What goreleaser does beside uploading stands in a configuration of its own.
    if publish.kind == PublishKind::Opaque || publish.found_by.starts_with("goreleaser") {
        return out_of_sight(case, publish, &name, evidence, steps);
    }
    match index_attestation::made(facts, publish) {
        Made::Yes(by) if case.profile == Profile::Pep740 => {
            steps.add(Verdict::Pass, format!("{name}: {by} attests by itself"), evidence);
        }
        Made::Yes(by) => {
            steps.add(
                Verdict::Warn,
                format!("{name}: only {by} attests; SPEC 8 asks for an attestation of GitHub too"),
                evidence,
            );
        }
        Made::Unsure(why) if case.profile == Profile::Pep740 => {
            steps.add_unknown(Unknown::new(Reason::NotParsed, format!("{name}: {why}")), evidence);
        }
        Made::Unsure(_) => {
            steps.add(
                Verdict::Warn,
                format!("{name}: at most the package index attests; SPEC 8 asks for an attestation of GitHub too"),
                evidence,
            );
        }
        Made::No(why) => steps.add(Verdict::Fail, format!("{name} publishes without an attestation: {why}"), evidence),
    }
}

/// A script may attest, if its job has the right to. Without it no attestation of GitHub can come about, and one of the
/// index only where that makes any.
fn out_of_sight(case: &Case<'_>, publish: &Publish, name: &str, evidence: Vec<Evidence>, steps: &mut Tally) {
    let facts = case.facts;
    let by = publish.called();
    if !attesting::provably_absent(facts, publish) {
        let why = format!("whether {by} in {name} attests what it publishes cannot be seen");
        return steps.add_unknown(Unknown::new(Reason::RunTime, why), evidence);
    }
    let at = (publish.workflow, publish.job);
    if publishing::granted(facts, at, "id-token") != Access::Write {
        let words = format!("{name} may not attest (`id-token: write` is missing), so no attestation is made");
        return steps.add(Verdict::Fail, words, evidence);
    }
    let barred = format!("{name} may not attest (`attestations: write` is missing)");
    if !index_attestation::may_make(publish.registry) {
        let words = format!("{barred}, and {} makes no attestations of its own", place(publish.registry));
        return steps.add(Verdict::Fail, words, evidence);
    }
    if case.profile == Profile::Pep740 {
        let why = format!("whether the index attests what {by} in {name} publishes cannot be seen");
        return steps.add_unknown(Unknown::new(Reason::RunTime, why), evidence);
    }
    steps.add(
        Verdict::Warn,
        format!("{barred}: GitHub makes no attestation, and at most the index makes one"),
        evidence,
    );
}

const fn place(registry: Registry) -> &'static str {
    match registry {
        Registry::Crates => "crates.io",
        Registry::GithubRelease => "the release page",
        _ => "the registry",
    }
}

/// Whether the files of the latest release have attestations of this repository.
fn released_artifacts(facts: &Facts) -> Check {
    const ID: &str = "released-artifacts";
    let Some(attestations) = facts.attestations.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.attestations, Topic::Attestations);
    };
    if attestations.value.is_empty() {
        return Check::supporting(ID, Verdict::NotApplicable, "the latest release has no file whose digest is known");
    }
    let own = facts.full_name();
    let mut tally = Tally::default();
    for file in &attestations.value {
        let mut provenance = file.statements.iter().filter(|statement| {
            !file.digest.is_empty()
                && statement.subject == file.digest
                && statement.predicate.contains("slsa.dev/provenance")
        });
        let matching = match &own {
            Some(own) => provenance.find(|statement| statement.repository.eq_ignore_ascii_case(own)),
            None if provenance.next().is_some() => {
                let why = "whose attestations these are cannot be told: the name of this repository is not known";
                tally.add_unknown(Unknown::new(Reason::NotFound, why), None);
                continue;
            }
            None => None,
        };
        let evidence = |value: String| vec![Evidence::answer(attestations, &file.file, value)];
        match (matching, file.statements.first()) {
            (Some(statement), _) => tally.add(
                Verdict::Pass,
                "every released file has an attestation (present; its signature is not checked here)",
                evidence(format!("{} by {}", statement.predicate, statement.workflow)),
            ),
            (None, Some(other)) => tally.add(
                Verdict::Warn,
                format!(
                    "no attestation of {} is provenance of this file and this repository ({}, by {})",
                    file.file, other.predicate, other.repository
                ),
                evidence(other.subject.clone()),
            ),
            (None, None) => {
                tally.add(
                    Verdict::Warn,
                    format!("{} was released without an attestation", file.file),
                    evidence("none".to_owned()),
                );
            }
        }
    }
    tally.check(ID, Role::Supporting, "nothing was released")
}

#[cfg(test)]
mod tests;
