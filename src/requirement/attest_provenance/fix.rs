//! The fix of R10: a step that attests the files before they are published, with the permissions it takes.

use super::super::amend::{Draft, Written, refusal};
use super::super::publishing::{self, Tally};
use super::super::uploaded::uploaded;
use super::super::{
    Case, Check, Fix, FixOffer, Proposal, Refusal, Role, Safety, Verdict, attesting, bundled, granting,
};
use super::{META, judge};
use crate::fact::Facts;
use crate::fact::release::{Publish, PublishKind};
use crate::fact::workflow::{Job, Step, Workflow};
use crate::text::yaml::Style;
use crate::text::yaml::edit::ItemSlot;

const TITLE: &str = "attest the built files before they are published, and grant what that takes";
const RIGHTS: [&str; 2] = ["id-token", "attestations"];

/// Whether there is something to do.
pub fn offer(steps: &Check, permissions: &Check) -> Option<FixOffer> {
    let open = matches!(steps.verdict, Verdict::Fail | Verdict::Warn) || permissions.verdict == Verdict::Fail;
    open.then(|| FixOffer::review(TITLE))
}

/// One fix for each publish step whose files are not attested.
pub fn propose(case: &Case<'_>, publishes: &[&Publish]) -> Proposal {
    let mut proposal = Proposal::default();
    for publish in publishes {
        match of_publish(case, publish) {
            Ok(fix) => proposal.fixes.extend(fix),
            Err(refused) => proposal.refusals.push(refused),
        }
    }
    proposal
}

fn of_publish(case: &Case<'_>, publish: &Publish) -> Result<Option<Fix>, Refusal> {
    let facts = case.facts;
    let (mut steps, mut rights) = (Tally::default(), Tally::default());
    for caller in attesting::callers(facts, publish) {
        judge(case, publish, caller, &mut steps, &mut rights);
    }
    let steps = steps.check("attest-step", Role::Decisive, "");
    let rights = rights.check("attest-permissions", Role::Decisive, "");
    let name = publishing::name(facts, publish);
    let mut draft = Draft::new(&META, Safety::Review, format!("{TITLE} ({name})"));
    match steps.verdict {
        Verdict::Pass if rights.verdict == Verdict::Fail => {
            let job = attesting::callers(facts, publish).into_iter().find_map(|caller| {
                let near = attesting::attests(facts, publish, caller);
                near.found.first().map(|attest| (attest.site.workflow, attest.site.job))
            });
            granted(facts, job.unwrap_or((publish.workflow, publish.job)), &mut draft)?;
        }
        Verdict::Fail | Verdict::Warn => {
            let found = attesting::callers(facts, publish)
                .into_iter()
                .any(|caller| !attesting::attests(facts, publish, caller).found.is_empty());
            if found {
                return Err(refusal(&META, &publish.file, format!("{}: change that step by hand", steps.summary), ""));
            }
            inserted(facts, publish, &mut draft)?;
            granted(facts, (publish.workflow, publish.job), &mut draft)?;
        }
        _ => {}
    }
    Ok(draft.finish())
}

fn granted(facts: &Facts, job: (usize, usize), draft: &mut Draft) -> Result<(), Refusal> {
    granting::grant(facts, job, &RIGHTS, draft).map_err(|(path, why)| {
        refusal(&META, &path, why, "permissions:\n  contents: read\n  id-token: write\n  attestations: write\n")
    })
}

/// A publish step as it stands in its workflow, and the folder that it uploads.
pub struct Place<'a> {
    /// The workflow.
    pub workflow: &'a Workflow,
    /// The job.
    pub job: &'a Job,
    /// The step.
    pub step: &'a Step,
    /// What it uploads, from the root of the checkout.
    pub folder: String,
}

/// Where a step before a publish step goes, and which files it is for.
///
/// # Errors
/// Why no step can be put there.
pub fn place<'a>(facts: &'a Facts, publish: &Publish) -> Result<Place<'a>, String> {
    let set = &facts.workflows;
    let (Some(workflow), Some(job)) = (publish.workflow(set), publish.job(set)) else {
        return Err("its workflow is not among the files".to_owned());
    };
    let Some(step) = publish.step.and_then(|number| job.step(number)) else {
        return Err("a workflow of another repository publishes".to_owned());
    };
    if publish.file != workflow.path {
        return Err(format!(
            "the local action {} publishes: which files those are is not to be seen here",
            publish.file
        ));
    }
    if publish.kind == PublishKind::Opaque {
        return Err(format!("which files {} publishes is not to be seen", publish.called()));
    }
    let folder = uploaded(facts, publish).map(|uploaded| uploaded.folder()).filter(|folder| is_plain(folder));
    let folder = folder.ok_or_else(|| format!("which folder {} uploads is not to be seen", publish.called()))?;
    if publish.command.is_some() && step.directory(workflow, job).is_some() {
        return Err("its script runs in a folder of its own".to_owned());
    }
    Ok(Place { workflow, job, step, folder })
}

/// Whether a path means the same in YAML, in a shell and as a pattern.
fn is_plain(folder: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part != ".." && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    !folder.starts_with('-') && folder.split('/').all(part)
}

/// Puts a step right before a publish step. The condition of that one is its own, so that both run or none.
///
/// # Errors
/// Why the list of steps cannot take one.
pub fn before(facts: &Facts, place: &Place<'_>, name: &str, body: &str, draft: &mut Draft) -> Result<(), String> {
    let path = &place.workflow.path;
    let file = Written::read(facts, path)?;
    let (steps, at) = file.step(place.job, place.step).map_err(|error| format!("the list of steps {error}"))?;
    let condition = place.step.condition.as_ref().filter(|text| {
        let lone = text.alias.is_none() && place.step.group.is_none();
        lone && text.style != Style::Block && !text.span.slice(file.doc.text()).contains('\n')
    });
    let condition = condition.map(|text| format!("if: {}\n", text.span.slice(file.doc.text()))).unwrap_or_default();
    let body = format!("name: {name}\n{condition}{body}");
    let edit = file.doc.insert_item(steps, ItemSlot::Before(at), &body);
    draft.edit(path, [edit.map_err(|error| format!("the list of steps {error}"))?]);
    Ok(())
}

fn inserted(facts: &Facts, publish: &Publish, draft: &mut Draft) -> Result<(), Refusal> {
    let pinned = bundled::pinned(facts, "actions/attest").unwrap_or_else(|| "actions/attest".to_owned());
    let body = |folder: &str| format!("uses: {pinned}\nwith:\n  subject-path: {folder}/*\n");
    let placed = place(facts, publish).and_then(|place| {
        let edits = before(facts, &place, "Attest the built files", &body(&place.folder), draft);
        edits.map(|()| draft.note(format!("the files of `{}/` are attested: they must be there before", place.folder)))
    });
    let lines: String = body("FOLDER").lines().map(|line| format!("  {line}\n")).collect();
    placed.map_err(|why| refusal(&META, &publish.file, why, format!("- {}", lines.trim_start())))
}

#[cfg(test)]
mod tests;
