//! Which patterns a list of allowed actions needs for the actions that are used, and what its patterns reach.
//!
//! A pattern is compared with the whole `uses:` value. `*` stops at a `/` and `**` does not, as in the patterns of
//! workflow filters. GitHub's own examples are not clear about the first, so a match that depends on it is doubtful.

use regex_lite::Regex;

use crate::fact::settings::SelectedActions;
use crate::fact::workflow::{Job, Reference, Step, Uses, WorkflowSet};
use crate::text::Span;

/// An action of another owner that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    /// `owner/repo[/path]@reference`, as used first.
    pub action: String,
    /// The pattern that allows it and its later versions.
    pub pattern: String,
    /// The file it is used in first.
    pub path: String,
    /// Where in that file.
    pub span: Span,
}

/// What a list says about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It may run.
    Allowed,
    /// That depends on what cannot be seen: whether its creator is verified, or how far `*` reaches.
    Doubtful,
    /// It may not run.
    Stopped,
}

impl Need {
    /// The action without its reference.
    fn name(&self) -> &str {
        self.action.split('@').next().unwrap_or_default()
    }

    /// What a list says about this action.
    pub fn reach(&self, list: &SelectedActions) -> Reach {
        let (blocks, allows): (Vec<&String>, Vec<&String>) = list.patterns.iter().partition(|one| is_block(one));
        let any = |patterns: &[&String], far: bool| patterns.iter().any(|one| matches(one, &self.action, far));
        if any(&blocks, true) {
            Reach::Stopped
        } else if (list.github_owned && is_by_github(&self.action)) || any(&allows, false) {
            Reach::Allowed
        } else if list.verified || any(&allows, true) {
            Reach::Doubtful
        } else {
            Reach::Stopped
        }
    }
}

/// The actions of other owners that workflows and local actions use, each with the place of its first use. Those of
/// the same owner may always run.
pub(super) fn needs(set: &WorkflowSet, owner: Option<&str>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (path, uses) in all_uses(set) {
        let Some(need) = need(path, uses, owner) else { continue };
        if needs.iter().all(|known| !known.action.eq_ignore_ascii_case(&need.action)) {
            needs.push(need);
        }
    }
    needs.sort_by_key(|need| need.action.to_lowercase());
    needs
}

/// The patterns of a list without those that are too wide, with what it lacks for the actions that are used.
pub(super) fn merged(list: &SelectedActions, needs: &[Need]) -> Vec<String> {
    let narrow = |one: &&String| !allows_everything(one) && !allows_any_owner(one);
    let mut patterns: Vec<String> = list.patterns.iter().filter(narrow).cloned().collect();
    let kept = SelectedActions { github_owned: true, verified: false, patterns: patterns.clone() };
    // The wider form of a pattern (`@**`) sorts first and makes the other one needless.
    let mut lacking: Vec<&Need> = needs.iter().filter(|need| need.reach(&kept) != Reach::Allowed).collect();
    lacking.sort_by_key(|need| (need.name().to_lowercase(), !need.pattern.ends_with("@**")));
    lacking.dedup_by_key(|need| need.name().to_lowercase());
    patterns.extend(lacking.into_iter().map(|need| need.pattern.clone()));
    patterns
}

/// Whether a step runs a container image by `uses: docker://…`.
pub(super) fn uses_images(set: &WorkflowSet) -> bool {
    all_uses(set).any(|(_, uses)| matches!(uses.reference, Reference::Docker(_)))
}

/// Whether a pattern forbids instead of allowing.
pub(super) fn is_block(pattern: &str) -> bool {
    pattern.trim_start().starts_with('!')
}

/// Whether a pattern allows the actions of everybody.
pub(super) fn allows_everything(pattern: &str) -> bool {
    let name = pattern.trim().split('@').next().unwrap_or_default();
    name.contains('*') && name.chars().all(|c| matches!(c, '*' | '/'))
}

/// Whether a pattern names an action, but not whose.
pub(super) fn allows_any_owner(pattern: &str) -> bool {
    let owner = pattern.trim().split(['/', '@']).next().unwrap_or_default();
    owner.contains('*') && owner.chars().all(|c| c == '*') && !allows_everything(pattern)
}

fn need(path: &str, uses: &Uses, own: Option<&str>) -> Option<Need> {
    let Reference::Remote { owner, repo, path: inner, git_ref } = &uses.reference else { return None };
    // What GitHub could not resolve has no place in a list that a person pastes.
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/'));
    if own.is_some_and(|own| own.eq_ignore_ascii_case(owner)) || ![owner, repo, inner].into_iter().all(|t| plain(t)) {
        return None;
    }
    let name = if inner.is_empty() { format!("{owner}/{repo}") } else { format!("{owner}/{repo}/{inner}") };
    let wild = if git_ref.contains('/') { "**" } else { "*" };
    Some(Need {
        action: format!("{name}@{git_ref}"),
        pattern: format!("{name}@{wild}"),
        path: path.to_owned(),
        span: uses.text.used_at(),
    })
}

/// Every `uses:` with the file it stands in.
fn all_uses(set: &WorkflowSet) -> impl Iterator<Item = (&str, &Uses)> {
    let workflows = set
        .workflows
        .iter()
        .flat_map(|workflow| workflow.jobs.iter().flat_map(of_job).map(|uses| (workflow.path.as_str(), uses)));
    let actions = set.actions.values().flat_map(|action| {
        of_steps(action.steps.as_deref().unwrap_or_default()).map(|uses| (action.path.as_str(), uses))
    });
    workflows.chain(actions)
}

fn of_job(job: &Job) -> impl Iterator<Item = &Uses> {
    job.call().map(|call| &call.uses).into_iter().chain(of_steps(job.steps()))
}

fn of_steps(steps: &[Step]) -> impl Iterator<Item = &Uses> {
    steps.iter().filter_map(|step| step.uses.as_ref())
}

fn is_by_github(action: &str) -> bool {
    action
        .split('/')
        .next()
        .is_some_and(|owner| owner.eq_ignore_ascii_case("actions") || owner.eq_ignore_ascii_case("github"))
}

/// Whether a pattern matches a `uses:` value; `far` lets `*` reach past a `/`.
fn matches(pattern: &str, action: &str, far: bool) -> bool {
    let pattern = pattern.trim().trim_start_matches('!');
    let one = if far { ".*" } else { "[^/]*" };
    let body = pattern.split("**").map(|part| part.split('*').map(regex_lite::escape).collect::<Vec<_>>().join(one));
    let body = body.collect::<Vec<_>>().join(".*");
    Regex::new(&format!("(?is)^(?:{body})$")).is_ok_and(|regex| regex.is_match(action))
}
