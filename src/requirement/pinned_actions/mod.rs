//! R08 pinned-actions: actions in release workflows are pinned to full commit SHAs.

mod fix;

use std::collections::BTreeSet;

use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::artifact::{Pin, Pins};
use crate::fact::workflow::set::action_folder;
use crate::fact::workflow::uses::{PinKind, version_in};
use crate::fact::workflow::{ActionFile, Job, Reference, Text, Uses, Workflow, WorkflowSet};
use crate::fact::{Facts, Observed, Reason, Topic, Unknown};
use crate::text::clean;

/// R08.
#[derive(Debug)]
pub struct PinnedActions;

/// What R08 is.
pub static META: Meta = Meta {
    id: "R08",
    slug: "pinned-actions",
    title: "Actions in release workflows are pinned to full commit SHAs",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#pin-github-actions-release-workflows-to-their-full-release-commit-shas",
    checks: &[
        ("release-workflows", Role::Decisive),
        ("pin-is-release", Role::Supporting),
        ("version-comments", Role::Advice),
        ("container-images", Role::Advice),
        ("other-workflows", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Pins],
};

impl Requirement for PinnedActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let scope = Scope::of(&facts.workflows, publishing::release_workflows(facts, &publishes));
        let mut tally = Tally::default();
        let uses = scope.uses(&facts.workflows);
        for used in &uses {
            judge(facts, used, &mut tally);
        }
        tally.cloud(facts);
        let mut release = tally.check("release-workflows", Role::Decisive, "the release workflows use no action");
        summarise(&mut release, &uses);
        let fix = fix::offer(facts, &uses).filter(|_| release.verdict == Verdict::Fail);
        let checks = vec![
            release,
            pin_is_release(facts, &uses),
            version_comments(&uses),
            container_images(facts, &scope),
            other_workflows(facts, &scope),
        ];
        Finding::of(&META, checks).with_fix(fix)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let Ok(publishes) = publishing::decisive(case, &META) else { return Proposal::default() };
        let release = publishing::release_workflows(case.facts, &publishes);
        fix::propose(case.facts, &Scope::of(&case.facts.workflows, release))
    }
}

/// The files whose `uses:` decide: publish workflows, those that call them to publish, the workflows that these call,
/// and the local actions all of them use.
struct Scope {
    workflows: BTreeSet<usize>,
    actions: BTreeSet<String>,
}

/// One `uses:` with the file it stands in and the comment behind it.
struct Used<'a> {
    path: &'a str,
    uses: &'a Uses,
    comment: Option<&'a Text>,
}

impl Scope {
    fn of(set: &WorkflowSet, publish: Vec<usize>) -> Self {
        let mut scope = Self { workflows: BTreeSet::new(), actions: BTreeSet::new() };
        let mut todo = publish;
        while let Some(at) = todo.pop() {
            let Some(workflow) = set.workflows.get(at).filter(|_| scope.workflows.insert(at)) else { continue };
            todo.extend(workflow.jobs.iter().filter_map(|job| set.called(job)));
            for uses in workflow.jobs.iter().flat_map(Job::steps).filter_map(|step| step.uses.as_ref()) {
                scope.add_action(set, uses);
            }
        }
        scope
    }

    fn add_action(&mut self, set: &WorkflowSet, uses: &Uses) {
        let mut todo = vec![uses];
        while let Some(uses) = todo.pop() {
            let Some((folder, action)) = local_action(set, uses) else { continue };
            if self.actions.insert(folder) {
                todo.extend(action.steps.iter().flatten().filter_map(|step| step.uses.as_ref()));
            }
        }
    }

    fn uses<'a>(&self, set: &'a WorkflowSet) -> Vec<Used<'a>> {
        let workflows = self.workflows.iter().filter_map(|at| set.workflows.get(*at));
        let mut all: Vec<Used<'a>> = workflows.flat_map(uses_of).collect();
        for action in self.actions.iter().filter_map(|folder| set.actions.get(folder)) {
            let steps = action.steps.iter().flatten().filter_map(|step| step.uses.as_ref());
            all.extend(steps.map(|uses| Used {
                path: &action.path,
                uses,
                comment: action.comment_after(uses.text.span),
            }));
        }
        all
    }
}

fn local_action<'a>(set: &'a WorkflowSet, uses: &Uses) -> Option<(String, &'a ActionFile)> {
    let Reference::Local(path) = &uses.reference else { return None };
    set.actions.get(path.as_str()).map(|action| (path.clone(), action))
}

fn uses_of(workflow: &Workflow) -> Vec<Used<'_>> {
    let of_job = |job| {
        let job: &Job = job;
        let call = job.call().map(|call| &call.uses);
        call.into_iter().chain(job.steps().iter().filter_map(|step| step.uses.as_ref())).collect::<Vec<_>>()
    };
    let all = workflow.jobs.iter().flat_map(of_job);
    all.map(|uses| Used { path: &workflow.path, uses, comment: workflow.comment_after(uses.text.span) }).collect()
}

/// The reusable workflows of this project refuse to run from a SHA: they check the tag they were called by.
fn is_slsa_generator(uses: &Uses) -> bool {
    uses.repository().as_deref() == Some("slsa-framework/slsa-github-generator")
        && uses.action().is_some_and(|action| action.contains("/.github/workflows/"))
}

fn judge(facts: &Facts, used: &Used<'_>, tally: &mut Tally) {
    let shown = clean::short(used.uses.text.trimmed(), 100);
    let mut evidence = vec![Evidence::at(used.path, used.uses.text.span, note(used))];
    let alias =
        used.uses.text.alias.as_deref().map(|alias| Evidence::at(used.path, *alias, "used here through an alias"));
    evidence.extend(alias);
    match (&used.uses.reference, used.uses.pin()) {
        (Reference::Malformed(why), _) => {
            tally.add(Verdict::Fail, format!("`uses: {shown}` cannot run: {why}"), evidence);
        }
        (Reference::Local(path), _) => local(facts, used, path, tally),
        (Reference::Docker(image), _) if is_digest(image) => tally.add(Verdict::Pass, "pinned by digest", None),
        (Reference::Docker(_), _) => tally.add(Verdict::Fail, format!("`{shown}` is not pinned to a digest"), evidence),
        (Reference::Remote { .. }, Some(PinKind::Full)) => tally.add(Verdict::Pass, "pinned", None),
        (Reference::Remote { git_ref, .. }, _) if is_slsa_generator(used.uses) && is_version(git_ref) => {
            tally.add(
                Verdict::Warn,
                format!("`{shown}` cannot be pinned to a SHA: it checks the tag it is called by"),
                evidence,
            );
        }
        (Reference::Remote { .. }, _) => {
            tally.add(Verdict::Fail, format!("`{shown}` is not pinned to a full commit SHA"), evidence);
        }
    }
}

/// Whether a reference is called like the tag of a release, and not like a branch.
fn is_version(git_ref: &str) -> bool {
    git_ref.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn note(used: &Used<'_>) -> &'static str {
    match (&used.uses.reference, used.uses.pin()) {
        (Reference::Malformed(_), _) => "GitHub refuses this",
        (Reference::Docker(_), _) => "a tag can be moved; name the digest",
        (_, Some(PinKind::Partial)) => "not a full SHA: 40 hexadecimal digits are needed",
        _ => "a tag or branch can be moved to other code",
    }
}

/// A local action passes by itself; one that is not among the files was made by a step, and nobody can tell.
fn local(facts: &Facts, used: &Used<'_>, path: &str, tally: &mut Tally) {
    let set = &facts.workflows;
    let known = set.actions.contains_key(path) || set.at(path).is_some();
    let hidden = facts.problems.iter().any(|problem| problem.hides && action_folder(&problem.path) == Some(path));
    if known && !hidden {
        return tally.add(Verdict::Pass, "a local action", None);
    }
    let (reason, what) = if hidden {
        (Reason::NotParsed, "cannot be read")
    } else {
        (Reason::RunTime, "is not among the files of this repository")
    };
    let why = format!("the local action `{}` {what}", clean::short(path, 80));
    tally.add_unknown(
        Unknown::new(reason, why),
        vec![Evidence::at(used.path, used.uses.text.span, "its own actions cannot be seen")],
    );
}

/// Whether an image is named by a digest of full length.
fn is_digest(image: &str) -> bool {
    image
        .rsplit_once("@sha256:")
        .is_some_and(|(_, digest)| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Counts, so that the summary says how far there is to go.
fn summarise(check: &mut Check, uses: &[Used<'_>]) {
    let remote = uses.iter().filter(|used| !matches!(used.uses.reference, Reference::Local(_))).count();
    let loose = uses.iter().filter(|used| is_loose(used.uses)).count();
    match check.verdict {
        Verdict::Fail => {
            let are = if loose == 1 { "is" } else { "are" };
            check.summary =
                format!("{loose} of {remote} `uses:` in release workflows {are} not pinned to a commit SHA");
        }
        Verdict::Pass => {
            check.summary = match remote {
                1 => "the one `uses:` in release workflows is pinned to a commit SHA".to_owned(),
                _ => format!("all {remote} `uses:` in release workflows are pinned to a commit SHA"),
            };
        }
        _ => {}
    }
}

fn is_loose(uses: &Uses) -> bool {
    match &uses.reference {
        Reference::Malformed(_) => true,
        Reference::Local(_) => false,
        Reference::Docker(image) => !is_digest(image),
        Reference::Remote { .. } => uses.pin() != Some(PinKind::Full),
    }
}

/// Whether each pinned commit is a release of the action, and the one its comment names.
fn pin_is_release(facts: &Facts, uses: &[Used<'_>]) -> Check {
    const ID: &str = "pin-is-release";
    let Some(pins) = facts.pins.observed() else {
        return Check::missing(ID, Role::Supporting, &facts.pins, Topic::Pins);
    };
    let mut tally = Tally::default();
    for used in uses.iter().filter(|used| used.uses.pin() == Some(PinKind::Full)) {
        let key = format!(
            "{}@{}",
            used.uses.repository().unwrap_or_default(),
            used.uses.git_ref().unwrap_or_default().to_lowercase()
        );
        match pins.value.get(&key) {
            Some(pin) => resolved(used, pin, &key, tally_evidence(pins, used, pin), &mut tally),
            None => tally.add_unknown(Unknown::new(Reason::Failed, format!("{key} was not resolved")), None),
        }
    }
    tally.check(ID, Role::Supporting, "no pinned action to look at")
}

fn tally_evidence(pins: &Observed<Pins>, used: &Used<'_>, pin: &Pin) -> Vec<Evidence> {
    let tags = if pin.tags.is_empty() { "no tag".to_owned() } else { pin.tags.join(", ") };
    vec![Evidence::at(used.path, used.uses.text.span, "pinned here"), Evidence::answer(pins, "tags", tags)]
}

fn resolved(used: &Used<'_>, pin: &Pin, key: &str, evidence: Vec<Evidence>, tally: &mut Tally) {
    let wanted = used.comment.and_then(|comment| version_in(&comment.value));
    let matches = |version: &str| pin.tags.iter().any(|tag| same_version(tag, version));
    let key = clean::short(key, 90);
    match (&pin.commit, &wanted) {
        (None, _) => tally.add(Verdict::Fail, format!("{key} is no commit of that repository"), evidence),
        _ if pin.reachable == Some(false) => {
            tally.add(
                Verdict::Fail,
                format!("{key} is reachable from no branch or tag: it may come from a fork"),
                evidence,
            );
        }
        _ if pin.tag_object => {
            tally.add(Verdict::Warn, format!("{key} is a tag object; pin the commit it names"), evidence);
        }
        (Some(commit), _) if used.uses.git_ref().is_some_and(|pinned| !pinned.eq_ignore_ascii_case(commit)) => {
            let why = "is a branch or tag that is called like a commit, and can be moved";
            tally.add(Verdict::Fail, format!("{key} {why}"), evidence);
        }
        (_, Some(version)) if !matches(version) && !pin.tags.is_empty() => {
            tally.add(
                Verdict::Fail,
                format!("{key} is {}, not {version} as its comment says", pin.tags.join(", ")),
                evidence,
            );
        }
        (_, Some(version)) if !matches(version) => {
            tally.add(Verdict::Fail, format!("{key} carries no tag, but its comment says {version}"), evidence);
        }
        _ if pin.tags.is_empty() => tally.add(Verdict::Warn, format!("{key} is not the commit of a release"), evidence),
        _ => tally.add(Verdict::Pass, "pinned commits are the releases their comments name", None),
    }
}

/// `v4` in a comment is true for a commit tagged `v4.2.1`.
fn same_version(tag: &str, version: &str) -> bool {
    let tag = tag.rsplit('/').next().unwrap_or(tag).trim_start_matches(['v', 'V']);
    let version = version.trim_start_matches(['v', 'V']);
    tag == version || tag.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'))
}

fn is_full_version(version: &str) -> bool {
    version.trim_start_matches(['v', 'V']).split('.').count() >= 2
}

fn version_comments(uses: &[Used<'_>]) -> Check {
    const ID: &str = "version-comments";
    let pinned: Vec<&Used<'_>> = uses.iter().filter(|used| used.uses.pin() == Some(PinKind::Full)).collect();
    let vague = pinned.iter().filter(|used| {
        !used.comment.and_then(|comment| version_in(&comment.value)).is_some_and(|version| is_full_version(&version))
    });
    let vague: Vec<&&Used<'_>> = vague.collect();
    if pinned.is_empty() {
        return Check::advice(ID, Verdict::NotApplicable, "nothing is pinned yet");
    }
    if vague.is_empty() {
        return Check::advice(ID, Verdict::Pass, "every pin names its version in a comment");
    }
    let evidence = vague
        .iter()
        .take(20)
        .map(|used| Evidence::at(used.path, used.uses.text.span, "name the full version behind it, as `# v1.2.3`"));
    Check::advice(ID, Verdict::Warn, format!("{} of {} pins do not name their full version", vague.len(), pinned.len()))
        .with_all(evidence)
}

fn container_images(facts: &Facts, scope: &Scope) -> Check {
    const ID: &str = "container-images";
    let workflows = scope.workflows.iter().filter_map(|at| facts.workflows.workflows.get(*at));
    let images = workflows
        .flat_map(|workflow| workflow.jobs.iter().flat_map(|job| &job.images).map(|image| (&workflow.path, image)));
    let images: Vec<_> = images.collect();
    let loose: Vec<_> = images.iter().filter(|(_, image)| !is_digest(image.trimmed())).collect();
    if images.is_empty() {
        return Check::advice(ID, Verdict::NotApplicable, "no job runs in a container");
    }
    if loose.is_empty() {
        return Check::advice(ID, Verdict::Pass, "container images are pinned by digest");
    }
    let evidence = loose.iter().take(10).map(|(path, image)| Evidence::at(path, image.used_at(), "a tag can be moved"));
    Check::advice(ID, Verdict::Warn, format!("{} container images are not pinned by digest", loose.len()))
        .with_all(evidence)
}

fn other_workflows(facts: &Facts, scope: &Scope) -> Check {
    const ID: &str = "other-workflows";
    let others = facts.workflows.workflows.iter().enumerate().filter(|(at, _)| !scope.workflows.contains(at));
    let uses: Vec<Used<'_>> = others.flat_map(|(_, workflow)| uses_of(workflow)).collect();
    let loose: Vec<&Used<'_>> = uses.iter().filter(|used| is_loose(used.uses)).collect();
    if loose.is_empty() {
        return Check::advice(ID, Verdict::Pass, "actions in other workflows are pinned too");
    }
    let evidence = loose.iter().take(10).map(|used| Evidence::at(used.path, used.uses.text.span, note(used)));
    Check::advice(
        ID,
        Verdict::Warn,
        format!("{} of {} `uses:` in other workflows are not pinned", loose.len(), uses.len()),
    )
    .with_all(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_accepted_comment_forms() {
        for (comment, version) in [
            ("v1.2.3", "v1.2.3"),
            ("1.2.3", "1.2.3"),
            ("tag=v1.2.3", "v1.2.3"),
            ("ratchet:o/r@v1.2.3", "v1.2.3"),
            ("pin@v1", "v1"),
            ("v4.2.1 zizmor: ignore[x]", "v4.2.1"),
        ] {
            assert_eq!(version_in(comment).as_deref(), Some(version), "{comment}");
        }
        assert_eq!(version_in("keep me"), None);
        assert!(is_full_version("v1.2") && !is_full_version("v1"));
    }

    #[test]
    fn a_version_matches_its_own_tags_only() {
        assert!(same_version("v4.2.1", "v4") && same_version("v4.2.1", "4.2.1") && same_version("release/v1", "v1"));
        assert!(!same_version("v42.0", "v4") && !same_version("v4.2.1", "v4.2.10"));
    }

    #[test]
    fn only_full_digests_pin_images() {
        assert!(is_digest(&format!("alpine@sha256:{}", "a".repeat(64))));
        assert!(!is_digest("alpine@sha256:abc") && !is_digest("alpine:3.20"));
    }
}
