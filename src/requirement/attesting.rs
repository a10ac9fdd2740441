//! What attesting and verifying have in common: which step stands where, and whether it runs for the same events.

use super::{Verdict, publishing};
use crate::fact::Facts;
use crate::fact::release::attestation::{self, Attest, Relation, Site, Verify};
use crate::fact::release::{Publish, PublishKind};
use crate::fact::workflow::Access;
use crate::fact::workflow::expression::Truth;

/// A step that attests, and how it stands to a publish step.
pub struct Seen<'a> {
    /// The step.
    pub attest: &'a Attest,
    /// How it stands to the publish step.
    pub relation: Relation,
}

/// The jobs that call the workflow of a publish step, or none where it runs by itself.
pub fn callers(facts: &Facts, publish: &Publish) -> Vec<Option<(usize, usize)>> {
    let callers = facts.workflows.callers(publish.workflow);
    let own = publish.workflow(&facts.workflows).is_none_or(|workflow| !publishing::is_only_called(workflow));
    let called = callers.iter().take(20).map(|caller| Some(*caller));
    own.then_some(None).into_iter().chain(called).chain((callers.is_empty() && !own).then_some(None)).collect()
}

/// Steps that attest and have to do with a publish step: in its own workflow, or in jobs it waits for.
pub fn attests<'a>(facts: &'a Facts, publish: &Publish, caller: Option<(usize, usize)>) -> Vec<Seen<'a>> {
    let all = &facts.landmarks.attests;
    if all.is_empty() {
        return Vec::new();
    }
    let found =
        near(facts, publish, caller, |at| all.get(&at).map(Vec::as_slice).unwrap_or_default(), |attest| &attest.site);
    found.into_iter().map(|(attest, relation)| Seen { attest, relation }).collect()
}

/// Commands that verify and have to do with a publish step.
pub fn verifies<'a>(
    facts: &'a Facts,
    publish: &Publish,
    caller: Option<(usize, usize)>,
) -> Vec<(&'a Verify, Relation)> {
    let all = &facts.landmarks.verifies;
    if all.is_empty() {
        return Vec::new();
    }
    near(facts, publish, caller, |at| all.get(&at).map(Vec::as_slice).unwrap_or_default(), |verify| &verify.site)
}

fn near<'a, T>(
    facts: &'a Facts,
    publish: &Publish,
    caller: Option<(usize, usize)>,
    of_job: impl Fn((usize, usize)) -> &'a [T],
    site: impl Fn(&T) -> &Site,
) -> Vec<(&'a T, Relation)> {
    let set = &facts.workflows;
    let ancestors = attestation::ancestors(set, publish, caller);
    let own = (publish.workflow, publish.job);
    let mut jobs: Vec<(usize, usize)> = std::iter::once(own).chain(ancestors.keys().copied()).collect();
    jobs.sort_unstable();
    jobs.dedup();
    let mut found: Vec<(&T, Relation)> = jobs
        .into_iter()
        .flat_map(&of_job)
        .map(|thing| (thing, attestation::relation(set, publish, &ancestors, site(thing))))
        .collect();
    if found.is_empty() {
        let others = publish.workflow(set).map_or(0, |workflow| workflow.jobs.len());
        let elsewhere = (0..others.min(1_000)).flat_map(|job| of_job((publish.workflow, job)));
        found.extend(elsewhere.take(1).map(|thing| (thing, Relation::Elsewhere)));
    }
    found
}

/// What is wrong when a step does not run for every event that publishes; none where it does.
pub fn coverage(publish: &Publish, site: &Site) -> Option<(Verdict, String)> {
    if site.workflow != publish.workflow {
        return None;
    }
    let (publishing, attesting) = (&publish.routes.routes, &site.routes.routes);
    let mut worst = None;
    // Both lists follow the same chains, triggers and events of the same workflow.
    for (route, other) in publishing.iter().zip(attesting).filter(|(route, _)| route.reach != Truth::No) {
        let words = &route.event.words;
        match (&route.reach, &other.reach) {
            (_, Truth::No) => {
                return Some((Verdict::Fail, format!("on {words} the step does not run, but publishing does")));
            }
            (a, b) if a == b => {}
            (_, Truth::RunTime(why)) => {
                worst = Some((Verdict::Unknown, format!("whether the step runs on {words} is decided by {why}")));
            }
            (Truth::Yes, Truth::Can) if worst.is_none() => {
                worst = Some((Verdict::Warn, format!("on {words} publishing can go on without the step")));
            }
            _ => {}
        }
    }
    worst
}

/// The folder a publish step uploads from, where its inputs or words say so.
pub fn uploaded_folder(publish: &Publish) -> Option<String> {
    let step = publish.acting.as_ref()?;
    if publish.found_by.contains("gh-action-pypi-publish") {
        let input = ["packages-dir", "packages_dir"].iter().find_map(|name| step.with.get(name));
        let folder = input.map_or("dist", |text| text.trimmed());
        return (!folder.contains("${{")).then(|| normal(folder));
    }
    let command = publish.command.as_ref()?;
    let words = command.args();
    let verb = words.iter().position(|word| matches!(*word, "upload" | "publish"))?;
    let files: Vec<&str> = words.iter().skip(verb + 1).filter(|word| !word.starts_with('-')).copied().collect();
    match (publish.found_by.as_str(), files.as_slice()) {
        ("uv publish", []) => Some("dist".to_owned()),
        ("twine upload" | "uv publish", [.., last]) if !last.contains('$') => Some(static_folder(last)),
        _ => None,
    }
}

/// Whether a pattern of attested files reaches into the uploaded folder.
pub fn covers(pattern: &str, folder: &str) -> bool {
    let attested = static_folder(pattern);
    let inside = |outer: &str, inner: &str| {
        outer.is_empty() || outer == "." || inner == outer || inner.starts_with(&format!("{outer}/"))
    };
    inside(&attested, folder) || inside(folder, &attested) && !folder.is_empty()
}

/// The part of a path before its first pattern, as a folder; a plain path is taken for the folder or file it names.
fn static_folder(pattern: &str) -> String {
    let pattern = normal(pattern);
    match pattern.find(['*', '?', '[', '{', '$']) {
        Some(at) => {
            let head = pattern.get(..at).unwrap_or_default();
            normal(head.rsplit_once('/').map_or("", |(folder, _)| folder))
        }
        None if [".whl", ".tar.gz"].iter().any(|end| pattern.ends_with(end)) => {
            normal(pattern.rsplit_once('/').map_or("", |(folder, _)| folder))
        }
        None => pattern,
    }
}

fn normal(path: &str) -> String {
    let path = path.trim().trim_start_matches("./").trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}

/// Whether no attestation can come about for a script: neither its job nor any it waits for may store one.
pub fn provably_absent(facts: &Facts, publish: &Publish) -> bool {
    let set = &facts.workflows;
    let explicit = |at: (usize, usize)| {
        let known = set.job(at).is_some_and(|(workflow, job)| publishing::effective(workflow, job).is_some());
        known && matches!(publishing::granted(facts, at, "attestations"), Access::None | Access::Read)
    };
    publish.kind == PublishKind::Opaque
        && callers(facts, publish).into_iter().all(|caller| {
            let mut jobs: Vec<(usize, usize)> = attestation::ancestors(set, publish, caller).into_keys().collect();
            jobs.push((publish.workflow, publish.job));
            jobs.into_iter().all(explicit)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attested_patterns_are_compared_with_the_uploaded_folder() {
        for (pattern, folder) in [
            ("dist/*", "dist"),
            ("./dist/pkg-*.whl", "dist"),
            ("dist/", "dist"),
            ("dist", "dist"),
            ("**/*.whl", "dist"),
            ("dist/**", "dist/sub"),
            ("dist/a-1.0.tar.gz", "dist"),
            ("built-packages/*", "built-packages"),
        ] {
            assert!(covers(pattern, folder), "{pattern} {folder}");
        }
        for (pattern, folder) in [("build/*", "dist"), ("wheels/x-*.whl", "dist"), ("distribution/*", "dist")] {
            assert!(!covers(pattern, folder), "{pattern} {folder}");
        }
    }
}
