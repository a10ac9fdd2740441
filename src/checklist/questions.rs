//! Questions that only a person can answer, whatever the project.

use super::tree::is_index;
use super::{Phase, Step, Subject};
use crate::fact::Facts;
use crate::fact::interest::{self, Document};

/// The questions that fit this repository.
pub fn steps(facts: &Facts, subject: &Subject, days: u32) -> Vec<Step> {
    let mut all = Vec::new();
    let page = facts.pages.keys().find(|path| interest::document(path) == Some(Document::ReleasePage));
    if let Some(page) = page {
        let title = format!(
            "Does {} still describe how a release is made, and has everyone who releases read it?",
            crate::text::clean::line(page)
        );
        all.push(
            Step::ask("docs-read", Phase::Process, &title, "A page that no one follows protects nobody.").lasting(days),
        );
    }
    let publishes = facts.publishes.iter().any(|step| step.kind.decides());
    if publishes {
        all.push(Step::ask(
            "approver",
            Phase::Process,
            "Has another release manager agreed to approve the publish job?",
            "SPEC 8 asks that no one can release alone. That another person is ready to look at this run is in no setting.",
        ));
    }
    let index = facts.publishes.iter().find(|step| step.kind.decides() && is_index(step.registry.word()));
    if let Some(step) = index {
        let registry = step.registry.word();
        all.push(
            Step::ask(
                "tokens-revoked",
                Phase::Artifacts,
                &format!("Are all upload tokens for {registry} revoked that are no longer needed?"),
                "A token that was made before trusted publishing still uploads, past every review. Only the index lists them.",
            )
            .lasting(days),
        );
        all.push(
            Step::ask(
                "owners-known",
                Phase::Artifacts,
                &format!("Is each owner of the project on {registry} still meant to be one?"),
                "Whoever owns the project on the index can change who may publish. Only the owners see the whole list.",
            )
            .lasting(days),
        );
    }
    let version =
        subject.release.as_deref().map_or("this release".to_owned(), |release| crate::text::clean::short(release, 40));
    all.push(Step::ask(
        "release-notes",
        Phase::Project,
        &format!("Are the release notes for {version} written, and do they name every change that breaks something?"),
        "Those who update go by them.",
    ));
    all
}
