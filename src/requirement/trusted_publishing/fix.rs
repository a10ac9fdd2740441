//! The fix of R12: the stored token goes, and the publish job may ask for an identity token instead.

use super::super::amend::{Draft, Written, refusal};
use super::super::{Case, Check, Fix, FixOffer, Proposal, Refusal, Safety, Verdict, bundled, granting, publishing};
use super::{META, credential, identity, is_judged, publisher};
use crate::fact::Facts;
use crate::fact::files::FileSet;
use crate::fact::release::credential::names_index_token;
use crate::fact::release::{Publish, PublishKind, Registry};
use crate::fact::workflow::{Access, Job, Pairs, Step, Workflow};
use crate::fact::{Fact, Observation};
use crate::text::splice::{self, Edit};
use crate::text::yaml::View;
use crate::text::yaml::edit::{EditError, ItemSlot};

const DROP: &str = "publish with an identity token: drop the stored token, add `id-token: write`";
const GRANT: &str = "publish with an identity token: add `id-token: write` to the publish job";
const MINT: &str = "rust-lang/crates-io-auth-action";

/// Variables that name a user to an uploader, which keeps it from asking for an identity token.
const USERS: &[&str] = &["TWINE_USERNAME", "UV_PUBLISH_USERNAME", "HATCH_INDEX_USER", "PDM_PUBLISH_USERNAME"];

/// Whether there is something to do.
pub fn offer(secrets: &Check, tokens: &Check) -> Option<FixOffer> {
    match (secrets.verdict, tokens.verdict) {
        (Verdict::Fail, _) => Some(FixOffer::review(DROP)),
        (_, Verdict::Fail) => Some(FixOffer::review(GRANT)),
        _ => None,
    }
}

/// One fix for each publish step that is handed a stored token, or may not ask for an identity token.
pub fn propose(case: &Case<'_>, publishes: &[&Publish], offered: &FixOffer) -> Proposal {
    let mut proposal = Proposal::default();
    for publish in publishes.iter().filter(|publish| is_judged(publish)) {
        match of_publish(case.facts, publish) {
            Ok(fix) => proposal.fixes.extend(fix),
            Err(refused) => proposal.refusals.push(refused),
        }
    }
    // What was offered comes first.
    proposal.fixes.sort_by_key(|fix| !fix.title.starts_with(&offered.title));
    proposal
}

fn of_publish(facts: &Facts, publish: &Publish) -> Result<Option<Fix>, Refusal> {
    let at = (publish.workflow, publish.job);
    let stored = credential::has_stored(facts, publish);
    let refuse = |path: &str, why: String| refusal(&META, path, why, "permissions:\n  id-token: write\n");
    if !stored {
        let mut tokens = publishing::Tally::default();
        identity(facts, publish, &mut tokens);
        let check = tokens.check("id-token", super::Role::Decisive, "");
        if check.verdict != Verdict::Fail {
            return Ok(None);
        }
        if publishing::granted(facts, at, "id-token") == Access::Write {
            return Err(refuse(&publish.file, check.summary));
        }
    }
    let title = if stored { DROP } else { GRANT };
    let name = publishing::name(facts, publish);
    let mut draft = Draft::new(&META, Safety::Review, format!("{title} ({name})"));
    notes(facts, publish, &mut draft);
    if stored {
        let edits = dropped(facts, publish, &mut draft).map_err(|why| refuse(&publish.file, why))?;
        draft.edit(&publish.file, edits);
    }
    granting::grant(facts, at, &["id-token"], &mut draft).map_err(|(path, why)| refuse(&path, why))?;
    Ok(draft.finish())
}

/// What to do on the index, first of all.
fn notes(facts: &Facts, publish: &Publish, draft: &mut Draft) {
    let form = publisher(facts, publish);
    match publish.registry {
        Registry::Pypi => draft.note(format!("first, on the index, add a GitHub publisher to the project: {form}")),
        Registry::Crates => draft.note(format!("first, on the registry, add a trusted publisher to the crate: {form}")),
        Registry::Npm => {
            draft.note(format!("first, on the registry, set the trusted publisher of the package: {form}"));
            draft.note("this takes npm 11.5.1 or later in the publish job");
        }
        _ => {}
    }
    if publish.found_by.starts_with("twine") {
        draft.note("this takes twine 6.1 or later");
    }
    draft.note("publish once that way, then revoke the old token and delete its secret");
}

/// The edits that take every stored credential away from a publish step.
fn dropped(facts: &Facts, publish: &Publish, draft: &mut Draft) -> Result<Vec<Edit>, String> {
    let set = &facts.workflows;
    let (Some(workflow), Some(job)) = (publish.workflow(set), publish.job(set)) else {
        return Err("its workflow is not among the files".to_owned());
    };
    let Some(step) = publish.step.and_then(|number| job.step(number)) else {
        return Err("a workflow of another repository is handed the token".to_owned());
    };
    if publish.kind == PublishKind::Opaque {
        return Err(format!("what {} does with the token is not to be seen", publish.called()));
    }
    if publish.file != workflow.path {
        return Err(format!("the local action {} publishes: change it by hand", publish.file));
    }
    if publish.found_by.starts_with("poetry") || publish.found_by.starts_with("flit") {
        return Err(format!(
            "{} knows no trusted publishing: upload with pypa/gh-action-pypi-publish",
            publish.found_by
        ));
    }
    let file = Written::read(facts, &workflow.path)?;
    let place = Place { publish, workflow, job, step, file: &file };
    let edits = match publish.registry {
        Registry::Pypi if publish.found_by.contains("gh-action-pypi-publish") => place.inputs(),
        Registry::Pypi | Registry::Npm => place.variables(),
        Registry::Crates => place.minted(facts),
        other => Err(format!("whether {} knows trusted publishing is not known here", other.word())),
    }?;
    if is_still_stored(&place, &edits) {
        return Err("the token is handed over in more places than its step shows: take it away by hand".to_owned());
    }
    if publish.registry == Registry::Crates {
        draft.note("the token of the registry is made anew for each run by the step that is added");
    }
    Ok(edits)
}

/// A publish step with what is around it.
struct Place<'a> {
    publish: &'a Publish,
    workflow: &'a Workflow,
    job: &'a Job,
    step: &'a Step,
    file: &'a Written,
}

fn words(error: EditError) -> String {
    format!("the mapping with the token {error}")
}

impl Place<'_> {
    /// Inputs of the upload action.
    fn inputs(&self) -> Result<Vec<Edit>, String> {
        let mapping = self.file.step_mapping(self.job, self.step).map_err(words)?;
        let given = |name: &&str| ["user", "password"].iter().any(|own| name.eq_ignore_ascii_case(own));
        let names: Vec<&str> = names(&self.step.with).filter(given).collect();
        self.without(mapping, "with", &names).map_err(words)
    }

    /// Variables of the step, and of its job.
    fn variables(&self) -> Result<Vec<Edit>, String> {
        let ours = |name: &&str| names_index_token(name) == Some(self.publish.registry) || USERS.contains(name);
        let of_step: Vec<&str> = names(&self.step.env).filter(ours).collect();
        let of_job: Vec<&str> = names(&self.job.env).filter(ours).collect();
        let step = self.file.step_mapping(self.job, self.step).map_err(words)?;
        let job = self.file.job(self.job).map_err(words)?;
        let mut edits = self.without(step, "env", &of_step).map_err(words)?;
        edits.extend(self.without(job, "env", &of_job).map_err(words)?);
        if edits.is_empty() { Err("the token is handed over on the command line".to_owned()) } else { Ok(edits) }
    }

    /// The token of cargo, minted by a step before.
    fn minted(&self, facts: &Facts) -> Result<Vec<Edit>, String> {
        const VARIABLE: &str = "CARGO_REGISTRY_TOKEN";
        let Some(pinned) = bundled::pinned(facts, MINT) else {
            let why = format!("no commit of {MINT}@v1 is known: name it with `--pins FILE`, or allow the network");
            return Err(why);
        };
        let step = self.file.step_mapping(self.job, self.step).map_err(words)?;
        let token = step.get("env").and_then(|env| env.get(VARIABLE));
        let token = token.ok_or_else(|| format!("the step has no variable {VARIABLE} to change"))?;
        let id = self.free_id();
        let (steps, at) = self.file.step(self.job, self.step).map_err(words)?;
        let body = format!("name: Ask the registry for a token\nid: {id}\nuses: {pinned}\n");
        let replaced = self.file.doc.replace(token, &format!("${{{{ steps.{id}.outputs.token }}}}")).map_err(words)?;
        let inserted = self.file.doc.insert_item(steps, ItemSlot::Before(at), &body).map_err(words)?;
        Ok(vec![inserted, replaced])
    }

    /// An id that no step of the job has.
    fn free_id(&self) -> &'static str {
        let taken =
            |id: &&str| self.job.steps().iter().any(|step| step.id.as_ref().is_some_and(|own| own.value == **id));
        ["auth", "registry-auth", "crates-io-auth"].into_iter().find(|id| !taken(id)).unwrap_or("crates-io-token")
    }

    /// Takes entries out of a mapping below a key, and the key where nothing is left below it.
    fn without(&self, around: View<'_>, key: &str, names: &[&str]) -> Result<Vec<Edit>, EditError> {
        let Some(mapping) = around.get(key).filter(|_| !names.is_empty()) else { return Ok(Vec::new()) };
        if mapping.is_flow() || mapping.alias().is_some() {
            return Err(if mapping.is_flow() { EditError::Flow } else { EditError::Shared });
        }
        if mapping.entries().count() == names.len() {
            return self.file.doc.delete_entry(around, key).map(|edit| vec![edit]);
        }
        names.iter().map(|name| self.file.doc.delete_entry(mapping, name)).collect()
    }
}

fn names(pairs: &Pairs) -> impl Iterator<Item = &str> {
    pairs.iter().map(|(name, _)| name.value.as_str())
}

/// Whether the publish step would still be handed a stored token after some edits.
fn is_still_stored(place: &Place<'_>, edits: &[Edit]) -> bool {
    let path = &place.workflow.path;
    let Ok(text) = splice::apply(place.file.doc.text(), edits) else { return true };
    let files = FileSet { texts: [(path.clone(), text.into())].into(), ..FileSet::default() };
    let mut facts = Facts::default();
    facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
    let job = &place.job.id.value;
    let same = |publish: &&Publish| {
        publish.job(&facts.workflows).is_some_and(|job_now| job_now.id.value == *job)
            && publish.found_by == place.publish.found_by
    };
    facts.publishes.iter().filter(same).any(|publish| credential::has_stored(&facts, publish))
}

#[cfg(test)]
mod tests;
