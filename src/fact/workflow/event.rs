//! The events a trigger lets in, each with what is known of its reference and activity.

use super::expression::{Numbered, Value};
use super::{Text, Trigger};
use crate::text::Span;

/// How an event comes about, as SPEC 8 asks: by an intentional act of the release team or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Somebody starts this very workflow by hand.
    ByHand,
    /// Somebody makes a release or a tag.
    Release,
    /// It happens for other reasons: a commit, a pull request, a schedule, another run.
    Unintended,
}

/// One kind of event that starts a workflow.
#[derive(Clone, Debug)]
pub struct Event {
    /// Name, as `push`.
    pub name: String,
    /// What happens, in words, as "a push to a branch".
    pub words: String,
    /// How it comes about.
    pub nature: Nature,
    /// `github.ref`.
    pub reference: Value,
    /// `github.ref_type`.
    pub ref_type: Value,
    /// `github.event.action`.
    pub action: Value,
    /// Whether it is a change of an existing release, which publishes again what was published.
    pub repeats_release: bool,
    /// Where the trigger is written.
    pub span: Span,
}

/// Activities of `release` that follow an existing release.
const REPEATS: &[&str] = &["edited", "deleted", "unpublished"];
/// Activities of `release` that come with a new one.
const NEW: &[&str] = &["published", "released", "created", "prereleased"];

/// Activities that only a pull request has that is not merged.
const BEFORE_MERGE: &[&str] = &["opened", "synchronize", "reopened", "ready_for_review", "converted_to_draft"];

const DISCUSSION: &[&str] = &[
    "created",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "category_changed",
    "answered",
    "unanswered",
];

const ISSUES: &[&str] = &[
    "opened",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "closed",
    "reopened",
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "milestoned",
    "demilestoned",
    "field_added",
    "field_removed",
    "typed",
    "untyped",
];

/// The events a trigger lets in; nothing for `workflow_call`, whose callers decide.
pub fn events(trigger: &Trigger) -> Vec<Event> {
    match trigger.event.as_str() {
        "workflow_call" => Vec::new(),
        "push" => push(trigger),
        "release" => release(trigger),
        "create" => vec![
            tag(trigger, "the creation of a tag", Value::Prefix("refs/tags/".into())),
            branch(trigger, "the creation of a branch", Value::Prefix("refs/heads/".into())),
        ],
        "workflow_dispatch" => vec![by_hand(trigger, "a start by hand")],
        "repository_dispatch" => vec![by_hand(trigger, "a dispatch through the API")],
        "deployment" => vec![by_hand(trigger, "a deployment")],
        other => vec![other_event(trigger, other)],
    }
}

fn base(trigger: &Trigger, words: &str, nature: Nature, reference: Value, ref_type: Value) -> Event {
    Event {
        name: trigger.event.clone(),
        words: words.to_owned(),
        nature,
        reference,
        ref_type,
        action: action(trigger),
        repeats_release: false,
        span: trigger.span,
    }
}

fn tag(trigger: &Trigger, words: &str, reference: Value) -> Event {
    base(trigger, words, Nature::Release, reference, Value::str("tag"))
}

fn branch(trigger: &Trigger, words: &str, reference: Value) -> Event {
    base(trigger, words, Nature::Unintended, reference, Value::str("branch"))
}

fn by_hand(trigger: &Trigger, words: &str) -> Event {
    let prefix = |start: &str| Value::Prefix(start.to_owned());
    let reference = Value::Any(vec![prefix("refs/heads/"), prefix("refs/tags/")]);
    base(trigger, words, Nature::ByHand, reference, Value::any_str(["branch", "tag"]))
}

fn texts(values: &[Text]) -> Value {
    Value::any_str(values.iter().map(|text| text.value.clone()))
}

/// A filter on tags alone keeps branches out, and the other way round.
fn push(trigger: &Trigger) -> Vec<Event> {
    let on_branches = trigger.branches.is_some() || trigger.branches_ignore.is_some();
    let on_tags = trigger.tags.is_some() || trigger.tags_ignore.is_some();
    let all_ignored = trigger.branches_ignore.iter().flatten().any(|pattern| pattern.value == "**");
    let mut events = Vec::new();
    if (on_branches || !on_tags) && !all_ignored {
        events.push(branch(trigger, "a push to a branch", references("refs/heads/", trigger.branches.as_deref())));
    }
    if on_tags || !on_branches {
        events.push(tag(trigger, "a push of a tag", references("refs/tags/", trigger.tags.as_deref())));
    }
    events
}

/// The references that a filter lets in: exact ones where the patterns are plain names.
fn references(folder: &str, patterns: Option<&[Text]>) -> Value {
    let patterns = patterns.unwrap_or_default();
    let special = |c: char| "*?[]+!".contains(c);
    let values = patterns.iter().filter(|pattern| !pattern.value.starts_with('!')).map(|pattern| {
        match pattern.value.split_once(special) {
            // `+` and `?` make the character before them optional or repeated, so that one is not certain.
            Some((start, _)) => {
                let mut certain = start.to_owned();
                certain.pop();
                let keep = if pattern.value.contains(['?', '+']) { certain } else { start.to_owned() };
                Value::Prefix(format!("{folder}{keep}"))
            }
            None => Value::Str(format!("{folder}{}", pattern.value)),
        }
    });
    let mut values: Vec<Value> = values.collect();
    match values.len() {
        0 => Value::Prefix(folder.to_owned()),
        1 => values.swap_remove(0),
        _ => Value::Any(values),
    }
}

fn release(trigger: &Trigger) -> Vec<Event> {
    let wanted = |activity: &&&str| {
        trigger.types.as_ref().is_none_or(|types| types.iter().any(|text| text.trimmed() == **activity))
    };
    let event = |activities: &[&str], words: &str, repeats| {
        let activities: Vec<&str> = activities.iter().filter(wanted).copied().collect();
        (!activities.is_empty()).then(|| {
            let mut event = tag(trigger, words, Value::Prefix("refs/tags/".into()));
            event.action = Value::any_str(activities);
            event.repeats_release = repeats;
            event
        })
    };
    let new = event(NEW, "the publication of a release", false);
    new.into_iter().chain(event(REPEATS, "a change of an existing release", true)).collect()
}

fn other_event(trigger: &Trigger, name: &str) -> Event {
    let words = match name {
        "pull_request" => "a pull request",
        "pull_request_target" => "a pull request with the rights of the repository (pull_request_target)",
        "schedule" => "a schedule",
        "workflow_run" => "the end of another workflow",
        "issue_comment" => "a comment",
        "merge_group" => "the merge queue",
        _ => "",
    };
    let words = if words.is_empty() { format!("the event `{name}`") } else { words.to_owned() };
    let reference = match name {
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => pull_request(trigger),
        "merge_group" => Value::Prefix("refs/heads/gh-readonly-queue/".to_owned()),
        "delete" | "status" | "check_run" | "check_suite" | "deployment_status" | "registry_package" => Value::Choice,
        _ => Value::Prefix("refs/heads/".to_owned()),
    };
    let ref_type = if matches!(reference, Value::Choice) { Value::Choice } else { Value::str("branch") };
    base(trigger, &words, Nature::Unintended, reference, ref_type)
}

/// A pull request runs for its merge branch, and once it is merged for the branch that it went to.
fn pull_request(trigger: &Trigger) -> Value {
    let merge = Value::Numbered(Numbered::new("refs/pull/", "/merge"));
    let types: Vec<&str> = match &trigger.types {
        Some(types) => types.iter().map(Text::trimmed).collect(),
        None => activities(&trigger.event).unwrap_or_default().to_vec(),
    };
    if types.iter().all(|activity| BEFORE_MERGE.contains(activity)) {
        return merge;
    }
    Value::Any(vec![merge, references("refs/heads/", trigger.branches.as_deref())])
}

/// `github.event.action`: the `types:` of the trigger, else every activity there is.
fn action(trigger: &Trigger) -> Value {
    match (activities(&trigger.event), &trigger.types) {
        (Some([]), _) => Value::Null,
        (_, Some(types)) => texts(types),
        (Some(known), None) => Value::any_str(known.iter().copied()),
        (None, None) => Value::Choice,
    }
}

/// The activities of an event without `types:`, as GitHub documents them; empty where it has none, and nothing for an
/// event whose activities are not known here or are made up by whoever sends it.
fn activities(event: &str) -> Option<&'static [&'static str]> {
    Some(match event {
        "push" | "create" | "delete" | "fork" | "gollum" | "image_version" | "page_build" | "public" | "schedule"
        | "status" | "workflow_call" | "workflow_dispatch" => &[],
        // They have no `types:`, but what is sent to them names the one activity they have.
        "deployment" | "deployment_status" => &["created"],
        "pull_request" | "pull_request_target" => &["opened", "synchronize", "reopened"],
        "pull_request_review" => &["submitted", "edited", "dismissed"],
        "branch_protection_rule" | "discussion_comment" | "issue_comment" | "label" | "pull_request_review_comment" => {
            &["created", "edited", "deleted"]
        }
        "check_run" => &["created", "rerequested", "completed", "requested_action"],
        "check_suite" => &["completed"],
        "discussion" => DISCUSSION,
        "issues" => ISSUES,
        "merge_group" => &["checks_requested"],
        "milestone" => &["created", "closed", "opened", "edited", "deleted"],
        "registry_package" => &["published", "updated"],
        "watch" => &["started"],
        "workflow_run" => &["completed", "requested", "in_progress"],
        _ => return None,
    })
}
