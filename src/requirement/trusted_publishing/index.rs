//! What the package index shows of the newest release: who published it, and what the publisher is bound to.

use super::super::publishing::Tally;
use super::{Check, Evidence, Role, Verdict};
use crate::fact::artifact::{PackageProvenance, Publisher};
use crate::fact::release::{Publish, Registry};
use crate::fact::{Facts, Observed, Reason, Topic, Unknown};

/// Whether the newest files carry provenance of this repository and of one of its publish workflows.
pub fn provenance(facts: &Facts, judged: &[&Publish]) -> Check {
    const ID: &str = "index-provenance";
    if !judged.iter().any(|publish| publish.registry == Registry::Pypi) {
        return Check::supporting(ID, Verdict::NotApplicable, "no package index with provenance is used");
    }
    let Some(observed) = facts.provenance.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.provenance, Topic::Provenance);
    };
    let mut tally = Tally::default();
    for package in &observed.value {
        package_provenance(facts, judged, observed, package, &mut tally);
    }
    if facts.full_name().is_none() && observed.value.iter().any(|package| !package.files.is_empty()) {
        let why = "whose provenance the index shows cannot be told: the name of this repository is not known";
        tally.add_unknown(Unknown::new(Reason::NotFound, why), None);
    }
    tally.check(ID, Role::Supporting, "the index knows no file of this project")
}

fn package_provenance(
    facts: &Facts,
    judged: &[&Publish],
    observed: &Observed<Vec<PackageProvenance>>,
    package: &PackageProvenance,
    tally: &mut Tally,
) {
    let release = format!("{} {}", package.package, package.version);
    let with: Vec<&Publisher> = package.files.iter().filter_map(|file| file.publisher.as_ref()).collect();
    let evidence = |value: String| vec![Evidence::answer(observed, &format!("{}: publisher", package.package), value)];
    if package.files.is_empty() {
        return;
    }
    let Some(first) = with.first() else {
        return tally.add(
            Verdict::Warn,
            format!("{release} has no provenance on the index: an old release, or a stored token was used"),
            evidence("none".to_owned()),
        );
    };
    let shown = format!(
        "{} {} ({})",
        first.repository,
        first.workflow,
        first.environment.as_deref().unwrap_or("no environment")
    );
    let foreign = with.iter().find(|publisher| is_told(publisher) && !is_ours(facts, judged, publisher));
    if let Some(other) = foreign {
        let words = format!("{release} was published by another identity: {} {}", other.repository, other.workflow);
        return tally.add(Verdict::Fail, words, evidence(shown));
    }
    if !with.iter().all(|publisher| is_told(publisher)) {
        let why = format!("the index does not say in full who published {release}: its publisher lacks a name");
        return tally.add_unknown(Unknown::new(Reason::NotParsed, why), evidence(shown));
    }
    if with.len() < package.files.len() {
        let words = format!("{} of {} files of {release} have provenance", with.len(), package.files.len());
        return tally.add(Verdict::Warn, words, evidence(shown));
    }
    tally.add(
        Verdict::Pass,
        format!("proved by the release {release}: published by {} {}", first.repository, first.workflow),
        evidence(shown),
    );
}

/// Whether the index says who a publisher is. Those of other forges are named in other ways, and are never ours.
fn is_told(publisher: &Publisher) -> bool {
    let named = !publisher.repository.trim().is_empty() && !publisher.workflow.trim().is_empty();
    !is_of_forge(publisher) || named
}

fn is_of_forge(publisher: &Publisher) -> bool {
    publisher.kind.is_empty() || publisher.kind.eq_ignore_ascii_case("GitHub")
}

/// Whether a publisher is this repository and one of its publish workflows. Names are compared without regard to case;
/// where the name of this repository is not known, only the workflow is.
fn is_ours(facts: &Facts, judged: &[&Publish], publisher: &Publisher) -> bool {
    let own = facts.full_name();
    let same_repository =
        is_of_forge(publisher) && own.is_none_or(|own| own.eq_ignore_ascii_case(&publisher.repository));
    let workflow = publisher.workflow.rsplit('/').next().unwrap_or(&publisher.workflow);
    let set = &facts.workflows;
    let callers = |publish: &Publish| {
        set.callers(publish.workflow)
            .iter()
            .filter_map(|caller| set.workflows.get(caller.0))
            .any(|caller| caller.file_name() == workflow)
    };
    let same_workflow = judged
        .iter()
        .any(|publish| publish.workflow(set).is_some_and(|own| own.file_name() == workflow) || callers(publish));
    same_repository && same_workflow
}

/// Whether the publisher on the index is bound to the environment of the publish job: one that is not lets any run
/// of the workflow past the reviewers.
pub fn publisher_environment(facts: &Facts, judged: &[&Publish]) -> Check {
    const ID: &str = "publisher-environment";
    let named: Vec<String> = judged
        .iter()
        .filter(|publish| publish.registry == Registry::Pypi)
        .filter_map(|publish| Some(publish.job(&facts.workflows)?.environment.as_ref()?.name.trimmed().to_owned()))
        .collect();
    let Some(first) = named.first() else {
        return Check::supporting(ID, Verdict::NotApplicable, "no publish job to an index names an environment");
    };
    let Some(observed) = facts.provenance.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.provenance, Topic::Provenance);
    };
    let publishers: Vec<&Publisher> =
        observed.value.iter().flat_map(|package| &package.files).filter_map(|file| file.publisher.as_ref()).collect();
    if publishers.is_empty() {
        return Check::supporting(ID, Verdict::NotApplicable, "the index shows no publisher");
    }
    let bound = |publisher: &&&Publisher| publisher.environment.as_deref().is_some_and(|bound| !bound.is_empty());
    // An environment that is an expression may be any.
    let ours = |bound: &str| named.iter().any(|name| name.contains("${{") || name.eq_ignore_ascii_case(bound));
    let foreign = publishers.iter().filter_map(|publisher| publisher.environment.as_deref()).find(|bound| !ours(bound));
    let (verdict, shown, words) = if !publishers.iter().all(|publisher| bound(&publisher)) {
        let words =
            format!("bind the publisher on the index to environment `{first}`: without it the gate can be passed by");
        (Verdict::Warn, "none", words)
    } else if let Some(foreign) = foreign {
        let words = format!(
            "the publisher on the index is bound to environment `{foreign}`, but the publish job runs in `{first}`"
        );
        (Verdict::Warn, foreign, words)
    } else {
        (Verdict::Pass, first.as_str(), format!("the publisher on the index is bound to environment `{first}`"))
    };
    Check::supporting(ID, verdict, words).with(Evidence::answer(observed, "publisher.environment", shown))
}
