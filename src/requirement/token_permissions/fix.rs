//! The fix of R05: reading above the jobs, and each write in the job that uses it.

use std::collections::BTreeMap;

use super::super::amend::{Draft, Written, refusal};
use super::super::publishing;
use super::super::{Check, Fix, FixOffer, Proposal, Safety, Verdict};
use super::needs::{self, Needs, Publishing};
use super::{META, is_understood};
use crate::fact::Facts;
use crate::fact::workflow::{Access, Grant, Job, Permissions, Workflow};
use crate::text::clean;
use crate::text::splice::Edit;
use crate::text::yaml::View;
use crate::text::yaml::edit::{EditError, Slot};

const ADD: &str = "add `permissions: contents: read` above the jobs";
const MOVE: &str = "read by default above the jobs, and give each job the writes it uses";
const SNIPPET: &str = "permissions:\n  contents: read\n";

/// Scopes of a job or a workflow, by name.
type Scopes = BTreeMap<String, Access>;

/// Whether permissions can be narrowed, and how safe that is.
pub fn offer(facts: &Facts, judged: &[usize], checks: &[Check]) -> Option<FixOffer> {
    let publishing = Publishing::of(facts);
    let mut plans = open(checks).then(|| judged.iter().filter_map(|at| Plan::of(&publishing, facts, *at)))?;
    let offer = |plan: &Plan<'_>| FixOffer { safety: plan.safety(), title: plan.title().to_owned() };
    let first = plans.find(|plan| plan.refused.is_none())?;
    // A safe one is named, since a person may take it alone.
    let safe = |plan: &Plan<'_>| plan.refused.is_none() && plan.safety() == Safety::Safe;
    Some(if safe(&first) { offer(&first) } else { plans.find(safe).as_ref().map_or_else(|| offer(&first), offer) })
}

/// One fix for each workflow.
pub fn propose(facts: &Facts, judged: &[usize], checks: &[Check]) -> Proposal {
    let mut proposal = Proposal::default();
    let publishing = Publishing::of(facts);
    let judged = judged.iter().filter(|_| open(checks));
    for plan in judged.filter_map(|at| Plan::of(&publishing, facts, *at)) {
        let path = &plan.workflow.path;
        let made = plan.refused.clone().map_or_else(|| plan.make(facts), Err);
        match made {
            Ok(fix) => proposal.fixes.extend(fix),
            Err(why) => proposal.refusals.push(refusal(&META, path, why, SNIPPET)),
        }
    }
    proposal
}

/// Whether a decisive check leaves something to do.
fn open(checks: &[Check]) -> bool {
    checks.iter().take(2).any(|check| matches!(check.verdict, Verdict::Warn | Verdict::Fail))
}

/// What is to become of the permissions of one workflow.
struct Plan<'a> {
    workflow: &'a Workflow,
    /// Whether the block above the jobs must change.
    top: bool,
    /// Jobs without a block that need one, with what goes in it; and jobs with `write-all`.
    blocks: Vec<(&'a Job, Scopes)>,
    /// Jobs that lose something, in words.
    losses: Vec<String>,
    /// Whether it is proved that no job loses what it needs, or gains anything.
    proved: bool,
    /// Why nothing can be proposed.
    refused: Option<String>,
}

impl<'a> Plan<'a> {
    /// None where the workflow is in order.
    fn of(publishing: &Publishing<'a>, facts: &'a Facts, at: usize) -> Option<Self> {
        let workflow = facts.workflows.workflows.get(at)?;
        let mut plan = Self {
            workflow,
            top: changes(workflow),
            blocks: Vec::new(),
            losses: Vec::new(),
            proved: true,
            refused: None,
        };
        let own = |job: &&Job| job.permissions.as_ref().is_some_and(|own| own.grant == Grant::WriteAll);
        if !plan.top && !workflow.jobs.iter().any(|job| own(&job)) {
            return None;
        }
        if let Some(permissions) = workflow.permissions.as_ref().filter(|_| plan.top) {
            plan.refused = unclear(permissions);
        }
        for (number, job) in workflow.jobs.iter().enumerate().filter(|(_, job)| !needs::runs_nothing(job)) {
            if own(&job) {
                plan.narrow(job, &needs::of_job(publishing, (at, number)));
            } else if job.permissions.is_none() && plan.top {
                plan.move_to(job, &needs::of_job(publishing, (at, number)));
            }
        }
        Some(plan)
    }

    fn safety(&self) -> Safety {
        if self.proved { Safety::Safe } else { Safety::Review }
    }

    fn title(&self) -> &'static str {
        if self.workflow.permissions.is_none() && self.blocks.is_empty() { ADD } else { MOVE }
    }

    /// A job that has every right keeps what it is known to need.
    fn narrow(&mut self, job: &'a Job, needs: &Needs) {
        self.lose(job, "every right but those it is given by name", needs);
        self.blocks.push((job, with_contents(needs.scopes.clone())));
    }

    /// A job without a block of its own gets one, where reading the contents does not suffice.
    fn move_to(&mut self, job: &'a Job, needs: &Needs) {
        match self.workflow.permissions.as_ref().map(|permissions| &permissions.grant) {
            None => self.leave_default(job, needs),
            Some(Grant::ReadAll) => {
                let reads = needs.scopes.keys().filter(|name| *name != "id-token");
                let scopes: Scopes = reads.map(|name| (name.clone(), Access::Read)).collect();
                self.lose(job, "reading anything but what it is given by name", needs);
                self.give(job, scopes);
            }
            Some(Grant::Scopes(held)) => {
                let held = held.iter().filter(|scope| scope.access != Access::None);
                self.leave_scopes(job, &held.map(|scope| (scope.name.clone(), scope.access)).collect(), needs);
            }
            Some(Grant::WriteAll | Grant::Unclear(_)) => {
                self.lose(job, "every right but those it is given by name", needs);
                self.give(job, needs.scopes.clone());
            }
        }
    }

    /// What the default gave is not known, so a right that is named may be one that is gained.
    fn leave_default(&mut self, job: &'a Job, needs: &Needs) {
        self.lose(job, "the rights of the repository's default", needs);
        self.proved &= needs.scopes.is_empty();
        self.give(job, needs.scopes.clone());
    }

    fn leave_scopes(&mut self, job: &'a Job, held: &Scopes, needs: &Needs) {
        // What is not known to be needless stays, and so does reading.
        let kept = held.iter().filter(|(name, access)| {
            let needed = needs.scopes.get(*name).is_some_and(|needed| *needed == Access::Write);
            **access != Access::Write || needed || !needs.unknown.is_empty()
        });
        let kept: Scopes = kept.map(|(name, access)| (name.clone(), *access)).collect();
        let lost = held.iter().filter(|(name, _)| !kept.contains_key(*name)).map(|(name, _)| format!("{name}: write"));
        let lost: Vec<String> = lost.collect();
        if !lost.is_empty() {
            self.lose(job, &lost.join(", "), needs);
        }
        if kept.values().any(|access| *access == Access::Write) {
            self.blocks.push((job, kept));
        }
    }

    fn give(&mut self, job: &'a Job, scopes: Scopes) {
        if !scopes.is_empty() {
            self.blocks.push((job, with_contents(scopes)));
        }
    }

    fn lose(&mut self, job: &Job, what: &str, needs: &Needs) {
        let id = clean::short(&job.id.value, 60);
        let doubt =
            if needs.is_proved() { ", none of which it uses".to_owned() } else { format!(": {}", needs.doubt()) };
        self.losses.push(format!("job `{id}` loses {what}{doubt}"));
        self.proved &= needs.is_proved();
    }

    fn make(&self, facts: &Facts) -> Result<Option<Fix>, String> {
        let path = &self.workflow.path;
        let file = Written::read(facts, path)?;
        let mut draft = Draft::new(&META, self.safety(), format!("{} ({path})", self.title()));
        let words = |error: EditError| format!("the mapping to change {error}");
        if self.top {
            draft.edit(path, top(&file, self.workflow).map_err(words)?);
        }
        for (job, scopes) in &self.blocks {
            draft.edit(path, of_job(&file, job, scopes).map_err(words)?);
            let names: Vec<String> = scopes.iter().map(|(name, access)| format!("{name}: {}", word(*access))).collect();
            draft.note(format!("job `{}` is given {}", clean::short(&job.id.value, 60), names.join(", ")));
        }
        for loss in &self.losses {
            draft.note(loss);
        }
        Ok(draft.finish())
    }
}

/// Whether the block above the jobs is missing or wider than SPEC 8 asks for.
fn changes(workflow: &Workflow) -> bool {
    match workflow.permissions.as_ref().map(|permissions| (permissions, &permissions.grant)) {
        None => !publishing::is_only_called(workflow),
        Some((_, Grant::ReadAll | Grant::WriteAll)) => true,
        Some((permissions, Grant::Scopes(_))) => permissions.writes().next().is_some(),
        Some((_, Grant::Unclear(_))) => false,
    }
}

fn unclear(permissions: &Permissions) -> Option<String> {
    let Grant::Scopes(scopes) = &permissions.grant else { return None };
    let odd = scopes.iter().find(|scope| !is_understood(scope))?;
    Some(format!("its permissions name `{}`, which is not understood", clean::short(&odd.name, 40)))
}

fn with_contents(mut scopes: Scopes) -> Scopes {
    scopes.entry("contents".to_owned()).or_insert(Access::Read);
    scopes
}

const fn word(access: Access) -> &'static str {
    match access {
        Access::Write => "write",
        Access::None => "none",
        Access::Read | Access::Unclear => "read",
    }
}

/// Lines of a mapping of scopes.
fn lines(scopes: &Scopes) -> String {
    scopes.iter().map(|(name, access)| format!("{name}: {}\n", word(*access))).collect()
}

/// The block above the jobs: inserted, or narrowed.
fn top(file: &Written, workflow: &Workflow) -> Result<Vec<Edit>, EditError> {
    let (doc, root) = (&file.doc, file.doc.root());
    let Some(permissions) = &workflow.permissions else {
        let jobs = root.entries().find(|(key, _)| key.span().start == workflow.jobs_span.start);
        let name = jobs.and_then(|(key, _)| key.as_str()).ok_or(EditError::Unexpected)?;
        return Ok(vec![doc.insert_entry(root, Slot::Before(name), &format!("{SNIPPET}\n"))?]);
    };
    let value = root.get("permissions").ok_or(EditError::Unexpected)?;
    if !value.is_mapping() || value.is_flow() {
        return doc.set_block(root, "permissions", "contents: read\n");
    }
    let stays = |(name, value): (View<'_>, View<'_>)| {
        name.as_str() == Some("contents") || value.as_str().map(str::trim) != Some("write")
    };
    let mut nothing_stays = !value.entries().any(stays);
    let mut edits = Vec::new();
    for scope in permissions.writes() {
        if scope.name == "contents" {
            edits.push(doc.replace(value.get("contents").ok_or(EditError::Unexpected)?, "read")?);
        } else if std::mem::take(&mut nothing_stays) {
            edits.push(doc.replace_entry(value, &scope.name, "contents: read\n")?);
        } else {
            edits.push(doc.delete_entry(value, &scope.name)?);
        }
    }
    Ok(edits)
}

/// The block of a job: inserted, or in the place of `write-all`.
fn of_job(file: &Written, job: &Job, scopes: &Scopes) -> Result<Vec<Edit>, EditError> {
    let mapping = file.job(job)?;
    if job.permissions.is_some() {
        return file.doc.set_block(mapping, "permissions", &lines(scopes));
    }
    let body = format!("permissions:\n{}", lines(scopes).lines().map(|line| format!("  {line}\n")).collect::<String>());
    file.insert_into_job(mapping, "permissions", &body).map(|edit| vec![edit])
}

#[cfg(test)]
mod tests;
