//! R03 signed-commits: release commits are signed and verified.
//!
//! Two ways lead there: the release branch requires signatures, or the last releases were signed. The SPEC strongly
//! recommends it and warns of forcing it on every contributor, so nothing here is worse than a warning.

use serde_json::json;

use super::release_branches::{Held, Words, releasing};
use super::settings_page::{SettingsPage, needs_guide};
use super::{Case, Check, Evidence, Finding, Guide, Level, Meta, Requirement, Role, Verdict};
use crate::fact::artifact::{ReleaseTag, Signature};
use crate::fact::{Fact, Facts, Observed, Reason, Topic, Unknown};

/// R03.
#[derive(Debug)]
pub struct SignedCommits;

/// What R03 is.
pub static META: Meta = Meta {
    id: "R03",
    slug: "signed-commits",
    title: "Release commits are signed and verified",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[(REQUIRED, Role::Decisive), (COMMITS, Role::Decisive), (TAGS, Role::Advice)],
    needs: &[Topic::Tags, Topic::Protection, Topic::Git],
};

const REQUIRED: &str = "signatures-required";
const COMMITS: &str = "release-commits-verified";
const TAGS: &str = "release-tag-signed";

/// How many of the last releases count.
const LAST: usize = 5;

impl Requirement for SignedCommits {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let (required, commits) = alternatives(required(facts), commits(facts));
        let finding = Finding::of(&META, vec![required, commits, tag_signed(facts)]);
        let guide = needs_guide(finding.verdict).then(|| guide(facts));
        finding.with_guide(guide)
    }
}

/// Sets aside the way that was not taken, once the other one leads there or there is nothing to sign.
fn alternatives(mut required: Check, mut commits: Check) -> (Check, Check) {
    let aside = |check: &mut Check, why: &str| {
        let roles = (check.id, check.role);
        *check = Check::new(roles.0, roles.1, Verdict::NotApplicable, why);
    };
    match (required.verdict, commits.verdict) {
        (Verdict::Pass, Verdict::Warn | Verdict::Unknown | Verdict::Pending) => {
            aside(&mut commits, "the release branch requires signed commits, which suffices");
        }
        (Verdict::Warn | Verdict::Unknown | Verdict::Pending, Verdict::Pass) => {
            aside(&mut required, "the last release commits are all verified, which suffices");
        }
        (Verdict::Warn | Verdict::Unknown, Verdict::NotApplicable) => {
            aside(&mut required, "nothing was released yet, so there is no release commit to sign");
        }
        _ => {}
    }
    (required, commits)
}

/// Whether the branches that releases are made from require signatures.
fn required(facts: &Facts) -> Check {
    let Fact::Known(observed) = &facts.protection else {
        return Check::missing(REQUIRED, Role::Decisive, &facts.protection, Topic::Protection);
    };
    let states = releasing(facts, &observed.value);
    if states.is_empty() {
        let why = Unknown::new(Reason::Failed, "no branch is known to make releases from").needing("metadata:read");
        return Check::unknown(REQUIRED, Role::Decisive, &why);
    }
    let held = states.into_iter().map(|state| {
        Held::by(
            state,
            Words { yes: "{} requires signed commits", no: "no rule of {} requires signed commits" },
            |rule| rule.kind == "required_signatures",
            |classic| classic.required_signatures,
        )
    });
    Held::check(held.collect(), (REQUIRED, Role::Decisive))
}

/// Whether the commits of the last releases, or the tags on them, were verified.
fn commits(facts: &Facts) -> Check {
    let observed = match last_tags(facts, COMMITS, Role::Decisive) {
        Ok(observed) => observed,
        Err(check) => return *check,
    };
    let tags = || observed.value.iter().take(LAST);
    let evidence = tags().map(|tag| signature_evidence(observed, tag));
    let unverified: Vec<String> = tags().filter(|tag| !is_verified(tag)).map(unverified_words).collect();
    let check = if unverified.is_empty() {
        let by_forge =
            tags().filter(|tag| is_web_flow(tag)).map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ");
        let label = if by_forge.is_empty() { by_forge } else { format!(" ({by_forge} signed by GitHub: web-flow)") };
        let words = format!("the {} verified{label}", releases_are(tags().count()));
        Check::decisive(COMMITS, Verdict::Pass, words)
    } else {
        let words = format!(
            "{} of the {} not verified: {}",
            unverified.len(),
            releases_are(tags().count()),
            unverified.join(", ")
        );
        Check::decisive(COMMITS, Verdict::Warn, words)
    };
    check.with_all(evidence)
}

/// Whether the last release tags are signed themselves.
fn tag_signed(facts: &Facts) -> Check {
    let observed = match last_tags(facts, TAGS, Role::Advice) {
        Ok(observed) => observed,
        Err(check) => return *check,
    };
    // What nobody asked for says nothing: the commits of older tags speak for them.
    let is_seen = |tag: &&ReleaseTag| tag.object.is_none() || tag.tag_signature.is_some();
    let tags = || observed.value.iter().take(LAST).filter(is_seen);
    if tags().next().is_none() {
        let why = Unknown::new(Reason::Failed, "the signature of the last release tag was not told");
        return Check::unknown(TAGS, Role::Advice, &why.needing("contents:read"));
    }
    let verified = |tag: &&ReleaseTag| tag.tag_signature.as_ref().is_some_and(|signature| signature.verified);
    let words = |tag: &ReleaseTag| match &tag.tag_signature {
        None => format!("{} (not annotated)", tag.name),
        Some(signature) => format!("{} ({})", tag.name, reason(Some(signature))),
    };
    let open: Vec<String> = tags().filter(|tag| !verified(tag)).map(words).collect();
    let evidence = tags().map(|tag| {
        let value = tag.tag_signature.as_ref().map_or("not annotated", |signature| reason(Some(signature)));
        Evidence::answer(observed, &format!("tag {}: verification.reason", tag.name), value)
    });
    let check = if open.is_empty() {
        Check::advice(TAGS, Verdict::Pass, "the last release tags are signed and verified")
    } else {
        Check::advice(TAGS, Verdict::Warn, format!("release tags without a verified signature: {}", open.join(", ")))
    };
    check.with_all(evidence)
}

/// The release tags, or the check to give where there are none to look at.
fn last_tags<'a>(facts: &'a Facts, id: &'static str, role: Role) -> Result<&'a Observed<Vec<ReleaseTag>>, Box<Check>> {
    match &facts.tags {
        Fact::Known(observed) if observed.value.is_empty() => {
            let words = "nothing was released yet: there is no release tag";
            let evidence = Evidence::answer(observed, "tags", "none");
            Err(Box::new(Check::new(id, role, Verdict::NotApplicable, words).with(evidence)))
        }
        Fact::Known(observed) => Ok(observed),
        Fact::Unknown(why) => Err(Box::new(Check::unknown(id, role, &with_clone(facts, why)))),
        Fact::Pending => Err(Box::new(Check::missing(id, role, &facts.tags, Topic::Tags))),
    }
}

/// Adds what a clone tells when the forge was not asked: that a signature is there, never that it is good. A clone
/// without tags tells nothing, since a shallow clone has none.
fn with_clone(facts: &Facts, why: &Unknown) -> Unknown {
    let mut why = why.clone();
    // Nothing was asked: offline, or about a folder without a remote.
    let unasked = why.reason == Reason::Offline || (why.reason == Reason::NotFound && why.origin.is_none());
    let clone = facts.git.value().and_then(Option::as_ref).filter(|_| unasked);
    let Some(clone) = clone else { return why };
    let words = match clone.tags() {
        Err(unlisted) => format!("the tags of the clone could not be listed: {}", unlisted.detail),
        Ok([]) => "the clone has no tags, which proves nothing: a shallow clone has none".to_owned(),
        Ok(tags) => {
            let last = tags.get(..LAST).unwrap_or(tags);
            format!(
                "{} of the last {} tags in the clone carry a signature of their own, but only the forge says whether \
                 it is good",
                last.iter().filter(|tag| tag.signed).count(),
                last.len()
            )
        }
    };
    why.detail = if why.detail.is_empty() { words } else { format!("{}; {words}", why.detail) };
    why
}

fn releases_are(count: usize) -> String {
    if count == 1 { "last release is".to_owned() } else { format!("last {count} releases are") }
}

fn is_verified(tag: &ReleaseTag) -> bool {
    [&tag.tag_signature, &tag.commit_signature].into_iter().flatten().any(|signature| signature.verified)
}

/// Whether only the forge's own signature vouches for a release.
fn is_web_flow(tag: &ReleaseTag) -> bool {
    let by_person = |signature: &Signature| signature.verified && !signature.by_forge;
    is_verified(tag) && ![&tag.tag_signature, &tag.commit_signature].into_iter().flatten().any(by_person)
}

/// Names a release that is not verified: a signature that failed says more than one that is absent.
fn unverified_words(tag: &ReleaseTag) -> String {
    let signatures = [&tag.commit_signature, &tag.tag_signature].into_iter().flatten();
    let reasons = signatures.map(|signature| reason(Some(signature)));
    let failed = reasons.into_iter().find(|reason| *reason != "unsigned").unwrap_or("unsigned");
    format!("{} ({failed})", tag.name)
}

/// The forge's reason; a signature without one is unsigned where it is absent, and unnamed where it is there.
fn reason(signature: Option<&Signature>) -> &str {
    match signature {
        None => "unsigned",
        Some(signature) if signature.reason.is_empty() => {
            if signature.verified {
                "valid"
            } else {
                "no reason given"
            }
        }
        Some(signature) => &signature.reason,
    }
}

fn signature_evidence(observed: &Observed<Vec<ReleaseTag>>, tag: &ReleaseTag) -> Evidence {
    let by_tag = tag.tag_signature.as_ref().filter(|signature| signature.verified);
    let (what, signature) = match by_tag {
        Some(signature) => ("tag", Some(signature)),
        None => ("commit of tag", tag.commit_signature.as_ref()),
    };
    let label = if signature.is_some_and(|signature| signature.by_forge) { " (web-flow)" } else { "" };
    let value = format!("{}{label}", reason(signature));
    Evidence::answer(observed, &format!("{what} {}: verification.reason", tag.name), value)
}

fn guide(facts: &Facts) -> Guide {
    let page = SettingsPage::of(facts);
    let body = json!({
        "name": "Signed commits",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [{"type": "required_signatures"}]
    });
    Guide {
        url: page.url("settings/rules"),
        steps: vec![
            "Each release manager: add a signing key to the account (https://github.com/settings/keys)".into(),
            "Sign by default: git config --global commit.gpgsign true, and tag.gpgsign true".into(),
            "Make the next release from a signed commit and tag: git tag -s VERSION".into(),
            "Only if every contributor can sign: require it by a ruleset, as the command does".into(),
        ],
        command: page.command_with("-X POST", "rulesets", &body),
    }
}

#[cfg(test)]
mod tests;
