//! R11 attest-verify: attestations are verified before anything is published.

use super::attesting;
use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, FixOffer, Level, Meta, Requirement, Role, Verdict};
use crate::fact::release::attestation::{AttestedBy, Relation, Site, Verify};
use crate::fact::release::{Publish, PublishKind, Scope};
use crate::fact::workflow::expression;
use crate::fact::workflow::shell::{Command, Conditional};
use crate::fact::{Facts, Reason, Topic, Unknown};

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
        let fix = (check.verdict == Verdict::Fail && attested)
            .then(|| FixOffer::review("verify each attested file between attesting and publishing"));
        Finding::of(&META, vec![check]).with_fix(fix)
    }
}

fn judge(facts: &Facts, publish: &Publish, caller: Option<(usize, usize)>, tally: &mut Tally) {
    let name = publishing::name(facts, publish);
    let attests = attesting::attests(facts, publish, caller);
    let verifies = attesting::verifies(facts, publish, caller);
    let opaque = publish.kind == PublishKind::Opaque;
    if opaque && verifies.is_empty() && !(attests.is_empty() && attesting::provably_absent(facts, publish)) {
        let why = format!("whether {} in {name} verifies what it publishes cannot be seen", publish.found_by);
        return tally.add_unknown(Unknown::new(Reason::RunTime, why), publishing::evidence(facts, publish, "a script"));
    }
    if attests.is_empty() {
        let summary = format!("{name} has no attestation to verify: R10 comes first");
        return tally.add(Verdict::Fail, summary, publishing::evidence(facts, publish, "publishes unverified"));
    }
    if verifies.is_empty() {
        let summary = format!("{name} does not verify its attestations before it publishes");
        return tally.add(Verdict::Fail, summary, publishing::evidence(facts, publish, "publishes unverified"));
    }
    let made: Vec<&Site> = attests.iter().map(|seen| &seen.attest.site).collect();
    let elsewhere = attests.iter().any(|seen| seen.attest.by == AttestedBy::Generator);
    let several = verifies.len() > 1;
    let judged = verifies.iter().map(|(verify, relation)| {
        let view = View { facts, publish, verify, relation: *relation, made: &made, elsewhere, several };
        (view.verdict(), *verify)
    });
    let Some(((verdict, why), verify)) = judged.min_by_key(|((verdict, _), _)| severity(*verdict)) else { return };
    let evidence = vec![Evidence::at(&verify.site.file, verify.site.span, why.clone())];
    match verdict {
        Verdict::Pass => tally.add(verdict, format!("{name} verifies its attestations before it publishes"), evidence),
        Verdict::Unknown => tally.add_unknown(Unknown::new(Reason::RunTime, format!("{name}: {why}")), evidence),
        _ => tally.add(verdict, format!("{name}: {why}"), evidence),
    }
}

const fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Warn => 1,
        Verdict::Unknown => 2,
        _ => 3,
    }
}

/// One verify command before one publish step.
struct View<'a> {
    facts: &'a Facts,
    publish: &'a Publish,
    verify: &'a Verify,
    relation: Relation,
    made: &'a [&'a Site],
    elsewhere: bool,
    several: bool,
}

impl View<'_> {
    /// What the command is worth: the first thing that is wrong with it decides.
    fn verdict(&self) -> (Verdict, String) {
        let wrong = self.gate().or_else(|| self.order()).or_else(|| self.command());
        wrong.unwrap_or_else(|| (Verdict::Pass, "verifies before publishing".to_owned()))
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
        let goes_on = self.publish.acting.as_ref().and_then(|step| step.condition.as_ref());
        let goes_on = goes_on.filter(|condition| expression::ignores_needs(&condition.value));
        if self.relation == Relation::Before && goes_on.is_some_and(|condition| runs_after_failure(&condition.value)) {
            return fail("the publish step runs even when an earlier step failed");
        }
        if self.verify.command.conditional == Conditional::Test {
            return Some((Verdict::Unknown, "whether it verifies is decided by a test in its script".to_owned()));
        }
        attesting::coverage(self.publish, site)
    }

    /// Whether the attestation was there before it is verified.
    fn order(&self) -> Option<(Verdict, String)> {
        let site = &self.verify.site;
        let early = |made: &&&Site| (made.workflow, made.job) == (site.workflow, site.job) && made.order > site.order;
        let all_late = !self.made.is_empty() && self.made.iter().all(|made| early(&made));
        all_late.then(|| (Verdict::Warn, "verification comes before the attestation is made".to_owned()))
    }

    /// Whether the command itself can work.
    fn command(&self) -> Option<(Verdict, String)> {
        if !self.verify.by_gh {
            return None;
        }
        let command = &self.verify.command;
        let words = command.args();
        let has = |names: &[&str]| {
            words.iter().any(|word| names.iter().any(|name| word == name || word.starts_with(&format!("{name}="))))
        };
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
        let files = subjects(command);
        match files.as_slice() {
            [] => fail("`gh attestation verify` names no file"),
            [_, _, ..] => fail("`gh attestation verify` takes one file at a time"),
            [file] if file.glob && !self.several => Some((
                Verdict::Warn,
                "a pattern works only as long as it matches one file; verify in a loop".to_owned(),
            )),
            [file] if file.glob => {
                Some((Verdict::Warn, "each pattern must match exactly one file; verify in a loop".to_owned()))
            }
            _ => None,
        }
    }

    fn has_token(&self) -> bool {
        let set = &self.facts.workflows;
        let site = &self.verify.site;
        let (Some((workflow, job)), Some(step)) = (set.job((site.workflow, site.job)), site.step.as_ref()) else {
            return false;
        };
        let scope = Scope { workflow, job, step };
        let logged_in = step
            .run
            .as_ref()
            .is_some_and(|run| run.value.contains("gh auth login") || run.value.contains("export GH_TOKEN"));
        logged_in || ["GH_TOKEN", "GITHUB_TOKEN"].iter().any(|name| scope.env_of(&self.verify.command, name).is_some())
    }
}

/// Whether a condition lets a step run although an earlier one failed.
fn runs_after_failure(condition: &str) -> bool {
    let text = condition.to_ascii_lowercase().replace(' ', "");
    let skips = text.contains("success()") || text.contains("!failure()");
    !skips && (text.contains("always()") || text.contains("failure()") || text.contains("!cancelled()"))
}

/// The files that `gh attestation verify` is given.
fn subjects(command: &Command) -> Vec<&crate::fact::workflow::shell::Word> {
    const WITH_VALUE: &[&str] = &[
        "--repo",
        "-R",
        "--owner",
        "-o",
        "--bundle",
        "-b",
        "--signer-repo",
        "--signer-workflow",
        "--signer-digest",
        "--source-digest",
        "--source-ref",
        "--cert-identity",
        "--cert-identity-regex",
        "--cert-oidc-issuer",
        "--custom-trusted-root",
        "--digest-alg",
        "-d",
        "--format",
        "--hostname",
        "--jq",
        "-q",
        "--limit",
        "-L",
        "--predicate-type",
        "--template",
        "-t",
        "-i",
    ];
    let verb = command.words.iter().position(|word| word.value == "verify").map_or(0, |at| at + 1);
    let mut files = Vec::new();
    let mut words = command.words.iter().skip(verb);
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.value.as_str()) {
            words.next();
        } else if !word.value.starts_with('-') {
            files.push(word);
        }
    }
    files
}
