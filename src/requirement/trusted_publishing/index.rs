//! What the package index shows of the newest release: who published it, and what the publisher is bound to.

use super::super::publishing::Tally;
use super::{Check, Evidence, Role, Verdict};
use crate::fact::artifact::{PackageProvenance, Publisher};
use crate::fact::release::{Publish, Registry};
use crate::fact::{Facts, Observed, Topic};

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
    let foreign = with.iter().find(|publisher| !is_ours(facts, judged, publisher));
    if let Some(other) = foreign {
        let words = format!("{release} was published by another identity: {} {}", other.repository, other.workflow);
        return tally.add(Verdict::Fail, words, evidence(shown));
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

/// Whether a publisher is this repository and one of its publish workflows. Names are compared without regard to case.
fn is_ours(facts: &Facts, judged: &[&Publish], publisher: &Publisher) -> bool {
    let forge = facts.repository.value().map(|repository| repository.full_name.to_lowercase());
    let clone = || Some(facts.git.value()?.as_ref()?.remote.as_ref()?.full_name().to_lowercase());
    let own = forge.or_else(clone);
    let same_repository = own.is_none_or(|own| own == publisher.repository.to_lowercase());
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
    let named = judged.iter().find_map(|publish| {
        let environment = publish.job(&facts.workflows)?.environment.as_ref()?;
        (publish.registry == Registry::Pypi).then(|| environment.name.trimmed().to_owned())
    });
    let Some(named) = named else {
        return Check::supporting(ID, Verdict::NotApplicable, "no publish job to an index names an environment");
    };
    let Some(observed) = facts.provenance.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.provenance, Topic::Provenance);
    };
    let mut publishers =
        observed.value.iter().flat_map(|package| &package.files).filter_map(|file| file.publisher.as_ref()).peekable();
    if publishers.peek().is_none() {
        return Check::supporting(ID, Verdict::NotApplicable, "the index shows no publisher");
    }
    let loose = publishers.find(|publisher| publisher.environment.as_deref().is_none_or(str::is_empty));
    let evidence = Evidence::answer(observed, "publisher.environment", loose.map_or(named.as_str(), |_| "none"));
    match loose {
        Some(_) => Check::supporting(
            ID,
            Verdict::Warn,
            format!("bind the publisher on the index to environment `{named}`: without it the gate can be passed by"),
        ),
        None => Check::supporting(
            ID,
            Verdict::Pass,
            format!("the publisher on the index is bound to environment `{named}`"),
        ),
    }
    .with(evidence)
}
