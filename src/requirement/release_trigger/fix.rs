//! The fix of R02: a condition on the publish job that lets only an act of the release team through.

use super::super::amend::{Draft, Written, refusal};
use super::super::{Fix, Proposal, Safety};
use super::META;
use crate::fact::Facts;
use crate::fact::release::Publish;
use crate::fact::workflow::event::Nature;
use crate::fact::workflow::expression::Truth;
use crate::fact::workflow::{Job, Trigger, Workflow};
use crate::text::clean;
use crate::text::splice::Edit;
use crate::text::yaml::edit::{EditError, ItemSlot, Slot};
use crate::text::yaml::{Style, View, write};

/// What is offered.
pub const TITLE: &str = "start the publish job by hand (`workflow_dispatch`) or only for release tags";

const BY_HAND: &str = "github.event_name == 'workflow_dispatch'";
const BY_TAG: &str = "github.event_name == 'push' && startsWith(github.ref, 'refs/tags/')";

/// One fix for each publish job that an unintended event reaches.
pub fn propose(facts: &Facts, publishes: &[&Publish]) -> Proposal {
    let mut proposal = Proposal::default();
    let mut jobs: Vec<(usize, usize)> = Vec::new();
    for publish in publishes {
        let at = (publish.workflow, publish.job);
        if is_open(publish) && !jobs.contains(&at) {
            jobs.push(at);
            let guard = format!("if: {}\n", guard(publish, publishes));
            match of_job(facts, publish, publishes) {
                Ok(fix) => proposal.fixes.extend(fix),
                Err(why) => proposal.refusals.push(refusal(&META, &publish.file, why, guard)),
            }
        }
    }
    proposal
}

/// Whether an event that nobody meant may reach a publish step.
fn is_open(publish: &Publish) -> bool {
    let reached = |route: &crate::fact::workflow::reach::Route| {
        route.event.nature == Nature::Unintended && matches!(route.reach, Truth::Yes | Truth::Can)
    };
    // What another repository decides may be in order, and builds for pull requests as well.
    publish.acting.is_some() && publish.routes.routes.iter().any(reached)
}

/// The events by which a release team starts what reaches a job, each as a condition, most deliberate first.
fn intended(publish: &Publish, publishes: &[&Publish]) -> Vec<&'static str> {
    let same = |other: &&&Publish| (other.workflow, other.job) == (publish.workflow, publish.job);
    let routes = || publishes.iter().filter(same).flat_map(|other| &other.routes.routes);
    let reached = |name: &str| {
        routes().any(|route| {
            route.event.name == name && route.event.nature != Nature::Unintended && route.reach != Truth::No
        })
    };
    let all = [
        ("workflow_dispatch", BY_HAND),
        ("release", "github.event_name == 'release'"),
        ("repository_dispatch", "github.event_name == 'repository_dispatch'"),
        ("push", BY_TAG),
    ];
    all.into_iter().filter(|(name, _)| reached(name)).map(|(_, condition)| condition).collect()
}

fn guard(publish: &Publish, publishes: &[&Publish]) -> String {
    match intended(publish, publishes).as_slice() {
        [] => BY_HAND.to_owned(),
        [one] => (*one).to_owned(),
        several => {
            let alone = |one: &&str| if one.contains("&&") { format!("({one})") } else { (*one).to_owned() };
            several.iter().map(alone).collect::<Vec<_>>().join(" || ")
        }
    }
}

fn of_job(facts: &Facts, publish: &Publish, publishes: &[&Publish]) -> Result<Option<Fix>, String> {
    let (Some(workflow), Some(job)) = (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) else {
        return Err("its workflow is not among the files".to_owned());
    };
    let path = &workflow.path;
    let file = Written::read(facts, path)?;
    let id = clean::short(&job.id.value, 60);
    let mut draft = Draft::new(&META, Safety::Review, format!("{TITLE} (`{id}` in {path})"));
    if intended(publish, publishes).is_empty() {
        if !facts.workflows.callers(publish.workflow).is_empty() {
            return Err("other workflows call it, and what starts those is for a person to decide".to_owned());
        }
        draft.edit(path, by_hand(&file, workflow).map_err(|error| format!("its `on:` {error}"))?);
        draft.note("start a release in the Actions tab, or with `gh workflow run`");
    }
    let condition = guard(publish, publishes);
    draft
        .edit(path, [guarded(&file, job, &condition).map_err(|error| format!("the condition of job `{id}` {error}"))?]);
    draft.note(format!("job `{id}` runs only if {condition}; what waits for it is skipped otherwise"));
    Ok(draft.finish())
}

/// The condition of a job with another part that must hold.
fn guarded(file: &Written, job: &Job, condition: &str) -> Result<Edit, EditError> {
    let mapping = file.job(job)?;
    let Some(own) = mapping.get("if").filter(|own| !own.is_null()) else {
        return file.insert_into_job(mapping, "if", &format!("if: {condition}\n"));
    };
    let value = own.as_str().ok_or(EditError::Unexpected)?.trim();
    let inner = value.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(value).trim();
    if own.style() == Some(Style::Block) {
        return Err(EditError::BlockScalar);
    }
    // Text around an expression makes a condition that always holds.
    if inner.contains("${{") || inner.is_empty() {
        return Err(EditError::Unexpected);
    }
    let condition = if condition.contains("||") { format!("({condition})") } else { condition.to_owned() };
    file.doc.replace(own, &format!("({inner}) && {condition}"))
}

/// `workflow_dispatch` beside the events of a workflow.
fn by_hand(file: &Written, workflow: &Workflow) -> Result<Vec<Edit>, EditError> {
    const EVENT: &str = "workflow_dispatch";
    if workflow.trigger(EVENT).is_some() {
        return Ok(Vec::new());
    }
    let (doc, root) = (&file.doc, file.doc.root());
    let entry = root.entries().find(|(key, _)| workflow.on_span.start == key.span().start);
    let (key, on) = entry.ok_or(EditError::Unexpected)?;
    let name = key.as_str().ok_or(EditError::Unexpected)?;
    if on.is_sequence() {
        let edit = if on.is_flow() {
            doc.append_flow(on, EVENT)
        } else {
            doc.insert_item(on, ItemSlot::Last, &format!("{EVENT}\n"))
        };
        return edit.map(|edit| vec![edit]);
    }
    if on.is_mapping() {
        return doc.insert_entry(on, Slot::Last, &format!("{EVENT}:\n")).map(|edit| vec![edit]);
    }
    let first = one_event(on, &workflow.triggers)?;
    doc.set_block(root, name, &format!("{}:\n{EVENT}:\n", write::scalar(first)))
}

/// The event of an `on:` that names one alone.
fn one_event<'a>(on: View<'a>, triggers: &[Trigger]) -> Result<&'a str, EditError> {
    let name = on.as_str().map(str::trim).ok_or(EditError::Unexpected)?;
    if triggers.len() == 1 && !name.is_empty() { Ok(name) } else { Err(EditError::Unexpected) }
}

#[cfg(test)]
mod tests;
