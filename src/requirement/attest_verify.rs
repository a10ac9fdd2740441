//! R11 attest-verify: attestations are verified before anything is published.

mod fix;
mod words;

use super::attested::may_be_package;
use super::attesting::{self, Caller};
use super::coverage::coverage;
use super::publishing::{self, Tally};
use super::rebuilt::rebuilt;
use super::uploaded::{Uploaded, command_folder, covers, joined, uploaded};
use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::release::attestation::{AttestedBy, Relation, Site, Verify};
use crate::fact::release::{Publish, PublishKind, Scope};
use crate::fact::workflow::shell::{Conditional, Word};
use crate::fact::{Facts, Reason, Topic, Unknown};
use words::{asks_for_provenance, is_option, subjects};

/// R11.
#[derive(Debug)]
pub struct AttestVerify;

/// What R11 is.
pub static META: Meta = Meta {
    id: "R11",
    slug: "attest-verify",
    title: "Attestations are verified before anything is published",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-slsa-through-use-of-github-attestations",
    checks: &[("verify-step", Role::Decisive)],
    needs: &[Topic::Files],
};

impl Requirement for AttestVerify {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let mut tally = Tally::default();
        for publish in &publishes {
            for caller in attesting::callers(facts, publish) {
                judge(facts, publish, caller, &mut tally);
            }
        }
        tally.cloud(facts);
        let check: Check = tally.check("verify-step", Role::Decisive, "nothing to verify");
        let attested = !case.earlier.iter().any(|finding| finding.meta.id == "R10" && finding.verdict == Verdict::Fail);
        let fix = (check.verdict == Verdict::Fail && attested).then(|| FixOffer::review(fix::TITLE));
        Finding::of(&META, vec![check]).with_fix(fix)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let publishes = publishing::decisive(case, &META).unwrap_or_default();
        self.assess(case).fix.map(|_| fix::propose(case.facts, &publishes)).unwrap_or_default()
    }
}

/// What is wrong with how one publish step verifies; none where nothing is.
fn alone(facts: &Facts, publish: &Publish) -> Option<String> {
    let mut tally = Tally::default();
    for caller in attesting::callers(facts, publish) {
        judge(facts, publish, caller, &mut tally);
    }
    let check = tally.check("verify-step", Role::Decisive, "");
    (check.verdict != Verdict::Pass).then_some(check.summary)
}

fn judge(facts: &Facts, publish: &Publish, caller: Caller, tally: &mut Tally) {
    let name = publishing::name(facts, publish);
    let attests = attesting::attests(facts, publish, caller);
    let verifies = attesting::verifies(facts, publish, caller);
    let opaque = publish.kind == PublishKind::Opaque;
    if opaque && verifies.found.is_empty() && !(attests.found.is_empty() && attesting::provably_absent(facts, publish))
    {
        let why = format!("whether {} in {name} verifies what it publishes cannot be seen", publish.called());
        return tally.add_unknown(Unknown::new(Reason::RunTime, why), publishing::evidence(facts, publish, "a script"));
    }
    if attests.found.is_empty() {
        let summary = format!("{name} has no attestation to verify: R10 comes first");
        return tally.add(Verdict::Fail, summary, publishing::evidence(facts, publish, "publishes unverified"));
    }
    if verifies.found.is_empty() {
        let summary = format!("{name} does not verify its attestations before it publishes");
        return tally.add(Verdict::Fail, summary, publishing::evidence(facts, publish, "publishes unverified"));
    }
    let made: Vec<&Site> = attests.found.iter().map(|attest| &attest.site).collect();
    let elsewhere = attests.found.iter().any(|attest| attest.by == AttestedBy::Generator);
    let views = verifies.found.iter().map(|verify| {
        let relation = verifies.relation(facts, publish, caller, &verify.site);
        View { facts, publish, caller, verify, relation, made: &made, elsewhere }
    });
    let Some(((verdict, why), verify)) = best(views) else { return };
    let evidence = vec![Evidence::at(&verify.site.file, verify.site.span, why.clone())];
    match verdict {
        Verdict::Pass => tally.add(verdict, format!("{name} verifies its attestations before it publishes"), evidence),
        Verdict::Unknown => tally.add_unknown(Unknown::new(Reason::RunTime, format!("{name}: {why}")), evidence),
        _ => tally.add(verdict, format!("{name}: {why}"), evidence),
    }
}

/// The verification that is worth most. Several that count by themselves may share the files among them.
fn best<'a>(views: impl Iterator<Item = View<'a>>) -> Option<((Verdict, String), &'a Verify)> {
    let mut counting: Vec<View<'_>> = Vec::new();
    let mut wrong: Vec<((Verdict, String), &Verify)> = Vec::new();
    for view in views {
        match view.wrong() {
            Some(said) => wrong.push((said, view.verify)),
            None => counting.push(view),
        }
        // Two are several; more make no difference.
        if counting.len() > 1 {
            break;
        }
    }
    let several = counting.len() > 1;
    let good = || (Verdict::Pass, "verifies before publishing".to_owned());
    let said = counting.into_iter().map(|view| (view.files(several).unwrap_or_else(good), view.verify));
    said.chain(wrong).min_by_key(|((verdict, _), _)| attesting::severity(*verdict))
}

/// One verify command before one publish step.
struct View<'a> {
    facts: &'a Facts,
    publish: &'a Publish,
    caller: Caller,
    verify: &'a Verify,
    relation: Relation,
    made: &'a [&'a Site],
    elsewhere: bool,
}

impl View<'_> {
    /// Why the command does not count, whatever files it verifies.
    fn wrong(&self) -> Option<(Verdict, String)> {
        self.gate().or_else(|| self.order()).or_else(|| self.command()).or_else(|| self.rebuilt())
    }

    /// Whether a failure of it keeps the publish step from running.
    fn gate(&self) -> Option<(Verdict, String)> {
        let fail = |why: &str| Some((Verdict::Fail, why.to_owned()));
        let site = &self.verify.site;
        match self.relation {
            Relation::After => {
                return Some((Verdict::Warn, "verification comes only after publishing, or beside it".to_owned()));
            }
            Relation::Elsewhere => {
                return Some((Verdict::Warn, "publishing does not wait for the job that verifies".to_owned()));
            }
            Relation::LooseAncestor => return fail("publishing goes on whatever becomes of the job that verifies"),
            Relation::Before | Relation::Ancestor => {}
        }
        if site.ignores_failure {
            return fail("`continue-on-error` lets publishing go on when verification failed");
        }
        if self.verify.command.failure_ignored {
            return fail("the script goes on when verification failed");
        }
        if self.relation == Relation::Before && attesting::goes_on(self.facts, self.publish, site) {
            return fail("the publish step runs even when an earlier step failed");
        }
        if self.verify.command.conditional == Conditional::Test {
            return Some((Verdict::Unknown, "whether it verifies is decided by a test in its script".to_owned()));
        }
        if site.step.as_ref().and_then(|step| step.run.as_ref()).is_some_and(|run| traps(&run.value)) {
            return Some((Verdict::Unknown, "how its script ends is decided by a `trap`".to_owned()));
        }
        coverage(self.facts, self.publish, self.caller, site, self.relation)
    }

    /// Whether the attestation was there before it is verified.
    fn order(&self) -> Option<(Verdict, String)> {
        let in_time = attesting::any_before(self.facts, self.made, &self.verify.site);
        (!in_time).then(|| (Verdict::Warn, "verification does not come after the attestation is made".to_owned()))
    }

    /// Whether what was verified is built again before it is published.
    fn rebuilt(&self) -> Option<(Verdict, String)> {
        let by = rebuilt(self.facts, self.publish, &self.verify.site)?;
        Some((Verdict::Unknown, format!("what was verified is built again ({by}) before it is published")))
    }

    /// Whether the command itself can work.
    fn command(&self) -> Option<(Verdict, String)> {
        if !self.verify.by_gh {
            return None;
        }
        let command = &self.verify.command;
        let words = command.args();
        let has = |names: &[&str]| words.iter().any(|word| names.iter().any(|name| is_option(word, name)));
        let fail = |why: &str| Some((Verdict::Fail, why.to_owned()));
        let (repo, owner) = (has(&["--repo", "-R"]), has(&["--owner", "-o"]));
        if !repo && !owner {
            return fail("`gh attestation verify` needs `--repo` or `--owner`");
        }
        if repo && owner {
            return fail("`gh attestation verify` takes `--repo` or `--owner`, not both");
        }
        if !self.has_token() {
            return fail("`gh` has no token: set GH_TOKEN for the step");
        }
        let signer = ["--signer-repo", "--signer-workflow", "--cert-identity", "--cert-identity-regex"];
        if self.elsewhere && !has(&signer) {
            return fail(
                "the attestation is signed by a workflow of another repository: name it with --signer-workflow",
            );
        }
        if !asks_for_provenance(&words) {
            return fail("statements of another kind than provenance are verified");
        }
        let files = subjects(command);
        if files.iter().any(|file| file.value.starts_with("oci://")) {
            return fail("a container image is verified, not the packages");
        }
        match files.as_slice() {
            // `xargs` and the like put the file behind the words.
            [] if command.loop_over.as_ref().is_none_or(|around| !around.variable.is_empty()) => {
                fail("`gh attestation verify` names no file")
            }
            [_, _, ..] => fail("`gh attestation verify` takes one file at a time"),
            _ => None,
        }
    }

    /// Whether what is verified is what is uploaded.
    fn files(&self, several: bool) -> Option<(Verdict, String)> {
        if !self.verify.by_gh {
            return None;
        }
        let warn = |why: String| Some((Verdict::Warn, why));
        let command = &self.verify.command;
        let files = subjects(command);
        let file = files.first();
        if file.is_some_and(|file| file.glob) {
            let why = if several {
                "each pattern must match exactly one file; verify in a loop"
            } else {
                "a pattern works only as long as it matches one file; verify in a loop"
            };
            return warn(why.to_owned());
        }
        let looped = command.loop_over.as_ref().filter(|around| {
            let name = around.variable.as_str();
            name.is_empty()
                || file.is_some_and(|file| {
                    file.value.contains(&format!("${name}")) || file.value.contains(&format!("${{{name}"))
                })
        });
        if looped.is_some_and(|around| around.words.is_empty() && !around.variable.is_empty()) {
            return Some((Verdict::Fail, "the loop around the verification runs over nothing".to_owned()));
        }
        let named = match looped {
            Some(around) if around.variable.is_empty() => &[],
            Some(around) => around.words.as_slice(),
            None => file.map_or(&[] as &[Word], |file| std::slice::from_ref(*file)),
        };
        let other =
            |word: &Word| !word.value.contains(['(', '`']) && !may_be_package(&word.value, self.publish.registry);
        if !named.is_empty() && named.iter().all(other) {
            return warn("other files than packages are verified".to_owned());
        }
        let uploaded = uploaded(self.facts, self.publish).filter(|_| self.relation == Relation::Before)?;
        let place = self.place()?;
        match (looped, file) {
            (Some(around), _) => {
                let misses = |word: &Word| !word.expands && !covers(&joined(&place, &word.value), &uploaded.folder());
                let apart = !around.words.is_empty() && !around.variable.is_empty() && around.words.iter().all(misses);
                if apart {
                    warn(format!("files of another folder than `{}` are verified", uploaded.folder()))
                } else {
                    None
                }
            }
            (None, Some(file)) => Self::single(file, &place, &uploaded, several).and_then(warn),
            (None, None) => None,
        }
    }

    /// The folder that the command runs in; none where that cannot be told.
    fn place(&self) -> Option<String> {
        let site = &self.verify.site;
        let (workflow, job) = self.facts.workflows.job((site.workflow, site.job))?;
        let scope = Scope { workflow, job, step: site.step.as_ref()? };
        command_folder(self.facts, &scope, &site.file, site.span)
    }

    /// What is wrong with one verification of one file. The arguments of a function may be any file in turn.
    fn single(file: &Word, place: &str, uploaded: &Uploaded, several: bool) -> Option<String> {
        let argument = ["$1", "$@", "$*", "${1"].iter().any(|name| file.value.contains(name));
        match uploaded {
            _ if argument || several => None,
            Uploaded::Folder(folder) => {
                Some(format!("one file is verified, but all of `{folder}` is uploaded; verify in a loop"))
            }
            Uploaded::File(name) if file.expands || joined(place, &file.value) == *name => None,
            Uploaded::File(name) => Some(format!("another file is verified than `{name}`, which is uploaded")),
        }
    }

    fn has_token(&self) -> bool {
        let set = &self.facts.workflows;
        let site = &self.verify.site;
        let (Some((workflow, job)), Some(step)) = (set.job((site.workflow, site.job)), site.step.as_ref()) else {
            return false;
        };
        let scope = Scope { workflow, job, step };
        self.verify.logged_in
            || ["GH_TOKEN", "GITHUB_TOKEN"].iter().any(|name| scope.env_of(&self.verify.command, name).is_some())
    }
}

/// Whether a script ends well by a `trap` of its own, whatever failed in it.
fn traps(script: &str) -> bool {
    script.lines().any(|line| line.trim_start().starts_with("trap ") && line.contains("exit 0"))
}
