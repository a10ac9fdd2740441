//! The fix of R07: an environment named on each publish job that has none.

use super::super::amend::{Draft, Written, refusal};
use super::super::{Proposal, Safety};
use super::META;
use crate::fact::Facts;
use crate::fact::release::{Publish, Registry};
use crate::text::clean;

/// What is offered.
pub const TITLE: &str = "name an environment on the publish job";

/// One fix for each publish job without an environment.
pub fn propose(facts: &Facts, publishes: &[&Publish]) -> Proposal {
    let mut proposal = Proposal::default();
    let mut jobs: Vec<(usize, usize)> = Vec::new();
    for publish in publishes {
        let at = (publish.workflow, publish.job);
        let bare = publish.job(&facts.workflows).is_some_and(|job| job.environment.is_none() && job.call().is_none());
        if bare && !jobs.contains(&at) {
            jobs.push(at);
            of_job(facts, publish, &mut proposal);
        }
    }
    proposal
}

fn of_job(facts: &Facts, publish: &Publish, proposal: &mut Proposal) {
    let (Some(workflow), Some(job)) = (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) else {
        return;
    };
    let path = &workflow.path;
    let name = suggested(facts, publish);
    let line = format!("environment: {name}\n");
    let id = clean::short(&job.id.value, 60);
    let mut draft = Draft::new(&META, Safety::Review, format!("{TITLE} (`{id}` in {path})"));
    draft.note(format!(
        "before this is merged, make the environment `{name}` in the settings, with another maintainer as required \
         reviewer: a job that names one that is missing gets it without protection"
    ));
    if publish.registry == Registry::Pypi {
        draft.note(format!("enter `{name}` as the environment of the trusted publisher on the index too"));
    }
    let edit = Written::read(facts, path).and_then(|file| {
        let edit = file.job(job).and_then(|mapping| file.insert_into_job(mapping, "environment", &line));
        edit.map_err(|error| format!("job `{id}` {error}"))
    });
    match edit {
        Ok(edit) => {
            draft.edit(path, [edit]);
            proposal.fixes.extend(draft.finish());
        }
        Err(why) => proposal.refusals.push(refusal(&META, path, why, line)),
    }
}

/// An environment that is there and reviewed already, else one called like where it leads to.
pub fn suggested(facts: &Facts, publish: &Publish) -> String {
    let usual = match publish.registry {
        Registry::Pypi => "pypi",
        Registry::Npm => "npm",
        Registry::Crates => "crates-io",
        _ => "release",
    };
    let likely = [usual, "release", "publish", "production", "deploy"];
    let known = facts.environments.value().map(Vec::as_slice).unwrap_or_default();
    let reviewed = known.iter().filter(|environment| !environment.reviewers.is_empty());
    let found = reviewed.map(|environment| environment.name.as_str());
    found.filter(|name| likely.contains(name)).min_by_key(|name| *name != usual).unwrap_or(usual).to_owned()
}

#[cfg(test)]
mod tests;
