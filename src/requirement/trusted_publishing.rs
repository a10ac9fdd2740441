//! R12 trusted-publishing: publishing uses short-lived identity tokens, never stored ones.

use super::environment_review;
use super::publishing::{self, Tally};
use super::{Case, Check, Evidence, Finding, Guide, Level, Meta, Proposal, Requirement, Role, Verdict};
use crate::fact::release::{Publish, PublishKind, Registry};
use crate::fact::workflow::Access;
use crate::fact::workflow::expression::Truth;
use crate::fact::{Facts, Reason, Topic, Unknown};
use crate::text::clean;

mod credential;
mod fix;
mod index;
mod script;
mod unseen;

pub(super) use credential::has_stored;

/// R12.
#[derive(Debug)]
pub struct TrustedPublishing;

/// What R12 is.
pub static META: Meta = Meta {
    id: "R12",
    slug: "trusted-publishing",
    title: "Publishing uses short-lived identity tokens, never stored ones",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-oidc-through-the-use-of-pypi-trusted-publishers",
    checks: &[
        ("no-long-lived-token", Role::Decisive),
        ("id-token", Role::Decisive),
        ("index-provenance", Role::Supporting),
        ("publisher-environment", Role::Supporting),
        ("print-hash", Role::Advice),
        ("leftover-secrets", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Provenance],
};

impl Requirement for TrustedPublishing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let publishes = match publishing::decisive(case, &META) {
            Ok(publishes) => publishes,
            Err(finding) => return *finding,
        };
        let judged: Vec<&Publish> = publishes.into_iter().filter(|publish| is_judged(publish)).collect();
        if judged.is_empty() {
            return only_pages(facts);
        }
        let (mut secrets, mut tokens) = (Tally::default(), Tally::default());
        for publish in &judged {
            credential::judge(facts, publish, &mut secrets);
            identity(facts, publish, &mut tokens);
        }
        secrets.cloud(facts);
        tokens.cloud(facts);
        let secrets = secrets.check("no-long-lived-token", Role::Decisive, "nothing is uploaded to a registry");
        let tokens = tokens.check("id-token", Role::Decisive, "no identity token is needed");
        let fix = fix::offer(&secrets, &tokens);
        let checks = vec![
            secrets,
            tokens,
            index::provenance(facts, &judged),
            index::publisher_environment(facts, &judged),
            print_hash(facts, &judged),
            leftover_secrets(facts),
        ];
        let guide = guide(facts, &judged, &checks);
        Finding::of(&META, checks).with_fix(fix).with_guide(guide)
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let publishes = publishing::decisive(case, &META).unwrap_or_default();
        self.assess(case).fix.map(|offered| fix::propose(case, &publishes, &offered)).unwrap_or_default()
    }
}

/// Release pages and conda channels know no trusted publishing.
fn is_judged(publish: &Publish) -> bool {
    !matches!(publish.registry, Registry::GithubRelease | Registry::Conda | Registry::Container)
}

fn only_pages(facts: &Facts) -> Finding {
    let skipped = |(id, role): &(&'static str, Role)| match *id {
        "leftover-secrets" => leftover_secrets(facts),
        id => Check::new(id, *role, Verdict::NotApplicable, "nothing is published to a package registry"),
    };
    Finding::of(&META, META.checks.iter().map(skipped).collect())
}

/// Whether a publish job may ask for the identity token that trusted publishing rests on.
fn identity(facts: &Facts, publish: &Publish, tally: &mut Tally) {
    let (Some(workflow), Some(job)) = (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) else {
        return;
    };
    let name = publishing::name(facts, publish);
    let at = (publish.workflow, publish.job);
    let span = job.effective_permissions(workflow).map_or(job.id.span, |permissions| permissions.span);
    let here = |note: &str| vec![Evidence::at(&workflow.path, span, note)];
    let by_hand_token = has_stored(facts, publish);
    let access = publishing::granted(facts, at, "id-token");
    if access == Access::Write && from_pull_request(publish) {
        let summary = format!("{name} hands an identity token to pull_request_target, which PyPI refuses");
        return tally.add(Verdict::Fail, summary, here("a pull request of anybody gets this far"));
    }
    match access {
        Access::Write if is_granted_to_job(facts, at) => {
            placed(facts, publish, &name, here("grants the identity token"), tally);
        }
        Access::Write => {
            let summary =
                format!("{name} gets `id-token: write` from the whole workflow; grant it to the publish job alone");
            tally.add(Verdict::Warn, summary, here("every job may ask for an identity token"));
        }
        Access::Unclear => {
            let why = format!("whether {name} may ask for an identity token cannot be read");
            tally.add_unknown(Unknown::new(Reason::NotParsed, why), here("not understood"));
        }
        Access::None | Access::Read if publish.kind == PublishKind::Opaque && !by_hand_token => {
            let why = format!(
                "how {} in {name} proves who it is cannot be seen: it has no `id-token: write`",
                publish.called()
            );
            tally.add_unknown(Unknown::new(Reason::RunTime, why), here("no identity token"));
        }
        Access::None | Access::Read if by_hand_token => {
            tally.add(Verdict::NotApplicable, "a stored token is used instead", None);
        }
        Access::None | Access::Read => {
            let summary = format!("{name} has no `id-token: write`, so trusted publishing cannot work");
            tally.add(Verdict::Fail, summary, here("add `id-token: write` to this job"));
        }
    }
}

fn from_pull_request(publish: &Publish) -> bool {
    let routes = &publish.routes.routes;
    let open = |truth: &Truth| matches!(truth, Truth::Yes | Truth::Can);
    routes.iter().any(|route| route.event.name == "pull_request_target" && open(&route.reach))
}

/// Whether the permissions that count for a job are its own, or those of the single jobs that call its workflow.
fn is_granted_to_job(facts: &Facts, at: (usize, usize)) -> bool {
    let set = &facts.workflows;
    let Some((workflow, job)) = set.job(at) else { return false };
    let of_job = |caller: &(usize, usize)| set.job(*caller).is_some_and(|(_, job)| job.permissions.is_some());
    let callers = set.callers(at.0);
    job.permissions.is_some() || workflow.permissions.is_none() && !callers.is_empty() && callers.iter().all(of_job)
}

/// Trusted publishing binds to the workflow that starts, not to one that is called.
fn placed(facts: &Facts, publish: &Publish, name: &str, evidence: Vec<Evidence>, tally: &mut Tally) {
    let remote = publish.job(&facts.workflows).is_some_and(|job| job.call().is_some());
    let called = !facts.workflows.callers(publish.workflow).is_empty();
    match publish.registry {
        Registry::Pypi if remote => {
            tally.add(
                Verdict::Fail,
                format!("{name} publishes in a workflow of another repository, which PyPI never matches"),
                evidence,
            );
        }
        Registry::Pypi if called => {
            tally.add(
                Verdict::Warn,
                format!("{name} is called by another workflow: PyPI matches that only by accident"),
                evidence,
            );
        }
        _ => tally.add(Verdict::Pass, "the publish job asks for an identity token", evidence),
    }
}

/// What to enter on the index.
fn guide(facts: &Facts, judged: &[&Publish], checks: &[Check]) -> Option<Guide> {
    let open = |check: &Check| match check.role {
        Role::Decisive => !matches!(check.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Pending),
        Role::Supporting => matches!(check.verdict, Verdict::Fail | Verdict::Warn),
        Role::Advice => false,
    };
    let known = |publish: &&&Publish| matches!(publish.registry, Registry::Pypi | Registry::Crates | Registry::Npm);
    let mut ours = judged.iter().filter(known);
    let publish = ours.clone().find(|publish| publish.registry == Registry::Pypi).or_else(|| ours.next())?;
    if !checks.iter().any(open) {
        return None;
    }
    // The hosts of indexes are built from their names.
    let slug = publish.registry.word();
    let (url, page) = match publish.registry {
        Registry::Crates => ("https://github.com/rust-lang/crates-io-auth-action#readme".to_owned(), "Settings"),
        Registry::Npm => (format!("https://docs.{slug}js.com/trusted-publishers"), "Settings"),
        _ => (format!("https://docs.{slug}.org/trusted-publishers/adding-a-publisher/"), "Publishing"),
    };
    Some(Guide {
        url,
        steps: vec![
            format!("on the index, open the project's {page} page and add a GitHub publisher"),
            publisher(facts, publish),
            "publish once that way, then revoke the old token on the index and delete the secret".to_owned(),
        ],
        command: String::new(),
    })
}

/// The values of the form on the index, in words.
fn publisher(facts: &Facts, publish: &Publish) -> String {
    let called = facts.workflows.callers(publish.workflow).first().filter(|_| publish.registry == Registry::Npm);
    let workflow = called.map_or(publish.workflow, |caller| caller.0);
    let file = facts.workflows.workflows.get(workflow).map_or("", |workflow| workflow.file_name());
    let environment = publish.job(&facts.workflows).and_then(|job| job.environment.as_ref());
    let suggested = || environment_review::fix::suggested(facts, publish);
    let environment = environment.map_or_else(suggested, |environment| environment.name.trimmed().to_owned());
    let name = facts.full_name().unwrap_or_else(|| "OWNER/REPOSITORY".to_owned());
    let (owner, repository) = name.rsplit_once('/').unwrap_or(("OWNER", &name));
    format!(
        "owner {}, repository {}, workflow {}, environment {}",
        clean::short(owner, 60),
        clean::short(repository, 100),
        clean::short(file, 100),
        clean::short(&environment, 40)
    )
}

/// Printing the hashes lets people compare what was uploaded (the SPEC's example does).
fn print_hash(facts: &Facts, judged: &[&Publish]) -> Check {
    const ID: &str = "print-hash";
    let mut uploads = judged.iter().filter(|publish| publish.found_by.contains("gh-action-pypi-publish")).peekable();
    if uploads.peek().is_none() {
        return Check::advice(ID, Verdict::NotApplicable, "the upload action is not used");
    }
    let prints = |publish: &&&Publish| {
        let step = publish.acting.as_ref();
        let input = step.and_then(|step| step.with.get("print-hash").or_else(|| step.with.get("print_hash")));
        input.is_some_and(|text| text.trimmed().eq_ignore_ascii_case("true"))
    };
    let silent: Vec<_> = uploads.filter(|publish| !prints(publish)).collect();
    match silent.first() {
        None => Check::advice(ID, Verdict::Pass, "hashes of the uploaded files are printed"),
        Some(publish) => {
            Check::advice(ID, Verdict::Warn, "`print-hash: true` would print the hashes of the uploaded files")
                .with_all(publishing::evidence(facts, publish, "add `print-hash: true`"))
        }
    }
}

/// Secrets that look like tokens of an index and are still referred to anywhere.
fn leftover_secrets(facts: &Facts) -> Check {
    const ID: &str = "leftover-secrets";
    let found = credential::leftovers(facts);
    if found.is_empty() {
        return Check::advice(ID, Verdict::Pass, "no workflow refers to a token of an index");
    }
    let summary =
        format!("{} place(s) refer to a token of an index: revoke tokens that are no longer used", found.len());
    Check::advice(ID, Verdict::Warn, summary).with_all(found.into_iter().take(10))
}
