//! The fix of R11: a loop that verifies each file between attesting and publishing.

use super::super::amend::{Draft, refusal};
use super::super::attest_provenance::fix::{before, place};
use super::super::{Fix, Proposal, Refusal, Safety, attesting, publishing};
use super::META;
use crate::fact::Facts;
use crate::fact::release::Publish;
use crate::fact::release::attestation::AttestedBy;
use crate::fact::workflow::Access;

/// What is offered.
pub const TITLE: &str = "verify each attested file between attesting and publishing";

/// One fix for each publish step that attests and does not verify.
pub fn propose(facts: &Facts, publishes: &[&Publish]) -> Proposal {
    let mut proposal = Proposal::default();
    for publish in publishes {
        match of_publish(facts, publish) {
            Ok(fix) => proposal.fixes.extend(fix),
            Err(refused) => proposal.refusals.push(refused),
        }
    }
    proposal
}

fn of_publish(facts: &Facts, publish: &Publish) -> Result<Option<Fix>, Refusal> {
    let callers = attesting::callers(facts, publish);
    let refuse = |why: &str| Err(refusal(&META, &publish.file, why, snippet("FOLDER", "")));
    if callers.iter().any(|caller| !attesting::verifies(facts, publish, *caller).found.is_empty()) {
        return match super::alone(facts, publish) {
            Some(why) => refuse(&format!("{why}: change that step by hand")),
            None => Ok(None),
        };
    }
    let attests: Vec<_> = callers.iter().flat_map(|caller| attesting::attests(facts, publish, *caller).found).collect();
    if attests.is_empty() {
        return refuse("nothing is attested yet: R10 comes first");
    }
    if attests.iter().any(|attest| attest.by == AttestedBy::Generator) {
        return refuse("a workflow of another repository signs the attestation: name it with --signer-workflow");
    }
    let name = publishing::name(facts, publish);
    let mut draft = Draft::new(&META, Safety::Review, format!("{TITLE} ({name})"));
    let placed = place(facts, publish).and_then(|place| {
        let other_shell = place.job.runs_on_windows() || place.job.shell.is_some() || place.workflow.shell.is_some();
        let shell = if other_shell { "shell: bash\n" } else { "" };
        before(facts, &place, "Verify the attestations", &lines(&place.folder, shell), &mut draft)
    });
    if publishing::granted(facts, (publish.workflow, publish.job), "attestations") < Access::Read {
        draft.note("in a private repository, this takes `attestations: read` for the job too");
    }
    match placed {
        Ok(()) => Ok(draft.finish()),
        Err(why) => refuse(&why),
    }
}

/// What the step does, after its name.
fn lines(folder: &str, shell: &str) -> String {
    format!(
        "{shell}env:\n  GH_TOKEN: ${{{{ github.token }}}}\nrun: |\n  for file in {folder}/*; do\n    \
         gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"\n  done\n"
    )
}

fn snippet(folder: &str, shell: &str) -> String {
    let lines: String = lines(folder, shell).lines().map(|line| format!("  {line}\n")).collect();
    format!("- name: Verify the attestations\n{lines}")
}

#[cfg(test)]
mod tests;
