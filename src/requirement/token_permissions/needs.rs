//! Which permissions of the workflow's token a job needs, by the actions and commands it is made of.

use std::collections::{BTreeMap, HashMap};

use super::super::trusted_publishing::has_stored;
use crate::fact::Facts;
use crate::fact::release::{Publish, Registry};
use crate::fact::workflow::{Access, Job, Reference, Step, Text, Uses};
use crate::text::clean;

use Access::{Read, Write};

/// What a job needs.
#[derive(Debug, Default)]
pub struct Needs {
    /// Scopes by name.
    pub scopes: BTreeMap<String, Access>,
    /// Actions and commands whose needs are not known.
    pub unknown: Vec<String>,
    /// Whether a script may use the credentials that a checkout leaves behind.
    pub loose: bool,
}

/// A scope of a permission and how much of it.
type Scope = (&'static str, Access);

/// Actions and the scopes they need with the workflow's own token; reading the contents goes without saying.
const ACTIONS: &[(&str, &[Scope])] = &[
    ("actions/attest", &[("attestations", Write), ("id-token", Write)]),
    ("actions/attest-build-provenance", &[("attestations", Write), ("id-token", Write)]),
    ("actions/attest-sbom", &[("attestations", Write), ("id-token", Write)]),
    ("actions/cache", &[]),
    ("actions/cache/restore", &[]),
    ("actions/cache/save", &[]),
    ("actions/checkout", &[]),
    ("actions/configure-pages", &[("pages", Read)]),
    ("actions/create-release", &[("contents", Write)]),
    ("actions/deploy-pages", &[("id-token", Write), ("pages", Write)]),
    ("actions/download-artifact", &[]),
    ("actions/labeler", &[("pull-requests", Write)]),
    ("actions/setup-dotnet", &[]),
    ("actions/setup-go", &[]),
    ("actions/setup-java", &[]),
    ("actions/setup-node", &[]),
    ("actions/setup-python", &[]),
    ("actions/stale", &[("issues", Write), ("pull-requests", Write)]),
    ("actions/upload-artifact", &[]),
    ("actions/upload-artifact/merge", &[]),
    ("actions/upload-pages-artifact", &[]),
    ("actions/upload-release-asset", &[("contents", Write)]),
    ("astral-sh/setup-uv", &[]),
    ("codecov/codecov-action", &[]),
    ("docker/setup-buildx-action", &[]),
    ("docker/setup-qemu-action", &[]),
    ("dtolnay/rust-toolchain", &[]),
    ("github/codeql-action/analyze", &[("actions", Read), ("security-events", Write)]),
    ("github/codeql-action/init", &[("actions", Read)]),
    ("github/codeql-action/upload-sarif", &[("security-events", Write)]),
    ("googleapis/release-please-action", &[("contents", Write), ("issues", Write), ("pull-requests", Write)]),
    ("goreleaser/goreleaser-action", &[("contents", Write)]),
    ("hynek/setup-cached-uv", &[]),
    ("jamesives/github-pages-deploy-action", &[("contents", Write)]),
    ("ncipollo/release-action", &[("contents", Write)]),
    ("ossf/scorecard-action", &[("actions", Read), ("id-token", Write), ("security-events", Write)]),
    ("peaceiris/actions-gh-pages", &[("contents", Write)]),
    ("peter-evans/create-pull-request", &[("contents", Write), ("pull-requests", Write)]),
    ("pre-commit/action", &[]),
    ("pypa/cibuildwheel", &[]),
    ("pypa/gh-action-pip-audit", &[]),
    ("python-semantic-release/publish-action", &[("contents", Write)]),
    ("python-semantic-release/python-semantic-release", &[("contents", Write)]),
    ("release-drafter/release-drafter", &[("contents", Write), ("pull-requests", Write)]),
    ("rust-lang/crates-io-auth-action", &[("id-token", Write)]),
    ("sigstore/gh-action-sigstore-python", &[("contents", Write), ("id-token", Write)]),
    ("softprops/action-gh-release", &[("contents", Write)]),
    ("svenstaro/upload-release-action", &[("contents", Write)]),
    ("swatinem/rust-cache", &[]),
];

/// Words of scripts that use the token, and what they need it for.
const COMMANDS: &[(&str, &[Scope])] = &[
    ("gh attestation", &[]),
    ("gh issue", &[("issues", Write)]),
    ("gh pr", &[("contents", Write), ("pull-requests", Write)]),
    ("gh release download", &[]),
    ("gh release view", &[]),
    ("gh release", &[("contents", Write)]),
    ("gh run", &[("actions", Write)]),
    ("gh workflow", &[("actions", Write)]),
    ("git push", &[("contents", Write)]),
];

/// The publish steps of each job.
pub struct Publishing<'a> {
    facts: &'a Facts,
    by_job: HashMap<(usize, usize), Vec<&'a Publish>>,
}

impl<'a> Publishing<'a> {
    /// Sorts the publish steps by job.
    pub fn of(facts: &'a Facts) -> Self {
        let mut by_job: HashMap<_, Vec<_>> = HashMap::new();
        for publish in &facts.publishes {
            by_job.entry((publish.workflow, publish.job)).or_default().push(publish);
        }
        Self { facts, by_job }
    }
}

/// The scopes that a job needs.
pub fn of_job(publishing: &Publishing<'_>, at: (usize, usize)) -> Needs {
    let mut needs = Needs::default();
    let facts = publishing.facts;
    add_job(facts, at, 0, &mut needs);
    for publish in publishing.by_job.get(&at).into_iter().flatten() {
        let by_identity = matches!(publish.registry, Registry::Npm)
            || matches!(publish.registry, Registry::Pypi | Registry::Crates) && !has_stored(facts, publish);
        if by_identity {
            needs.add(&[("id-token", Write)]);
        }
    }
    needs
}

fn add_job(facts: &Facts, at: (usize, usize), depth: usize, needs: &mut Needs) {
    let Some((workflow, job)) = facts.workflows.job(at) else { return };
    if let Some(call) = job.call() {
        return match facts.workflows.called(job).filter(|_| depth < 4) {
            Some(called) => add_called(facts, called, depth, needs),
            None => needs.add_unknown(&call.uses.text),
        };
    }
    let keeps = |step: &Step| {
        let checks_out = step.uses.as_ref().is_some_and(|uses| uses.is_action("actions/checkout"));
        checks_out && step.with.get("persist-credentials").is_none_or(|text| text.trimmed() != "false")
    };
    let scripts = job.steps().iter().any(|step| step.run.is_some());
    needs.loose |= scripts && job.steps().iter().any(keeps);
    add_steps(facts, job.steps(), depth, needs);
    let around = workflow.env.iter().chain(job.env.iter()).any(|(_, value)| names_token(&value.value));
    if around && scripts {
        needs.unknown.push("a script that is handed the token".to_owned());
    }
    needs.tidy();
}

/// What the jobs of a called workflow are granted by their own blocks, or need.
fn add_called(facts: &Facts, called: usize, depth: usize, needs: &mut Needs) {
    let Some(workflow) = facts.workflows.workflows.get(called) else { return };
    for (at, job) in workflow.jobs.iter().enumerate() {
        match job.effective_permissions(workflow) {
            Some(permissions) => {
                let scopes: Vec<(String, Access)> =
                    permissions.writes().map(|scope| (scope.name.clone(), Write)).collect();
                needs.scopes.extend(scopes);
            }
            None => add_job(facts, (called, at), depth + 1, needs),
        }
    }
}

fn add_steps(facts: &Facts, steps: &[Step], depth: usize, needs: &mut Needs) {
    for step in steps {
        if let Some(uses) = &step.uses {
            add_action(facts, step, uses, depth, needs);
        }
        if let Some(script) = &step.run {
            add_script(step, script, needs);
        }
    }
}

fn add_action(facts: &Facts, step: &Step, uses: &Uses, depth: usize, needs: &mut Needs) {
    let is_on = |name: &str| step.with.get(name).is_some_and(|text| text.trimmed() == "true");
    let by_identity = step.with.get("password").is_none_or(|text| text.trimmed().is_empty());
    match uses.action().as_deref() {
        Some("pypa/gh-action-pypi-publish") if by_identity => needs.add(&[("id-token", Write)]),
        Some("hynek/build-and-inspect-python-package") if is_on("attest-build-provenance-github") => {
            needs.add(&[("attestations", Write), ("id-token", Write)]);
        }
        Some("pypa/gh-action-pypi-publish" | "hynek/build-and-inspect-python-package") => {}
        Some(action) => match ACTIONS.iter().find(|row| row.0 == action) {
            Some((_, scopes)) => needs.add(scopes),
            None => needs.add_unknown(&uses.text),
        },
        None => match (&uses.reference, facts.workflows.action(uses).and_then(|action| action.steps.as_deref())) {
            (Reference::Local(_), Some(steps)) if depth < 4 => add_steps(facts, steps, depth + 1, needs),
            _ => needs.add_unknown(&uses.text),
        },
    }
}

fn add_script(step: &Step, script: &Text, needs: &mut Needs) {
    let words = script.value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut known = false;
    for (_, scopes) in COMMANDS.iter().filter(|row| words.contains(row.0)) {
        known = true;
        needs.add(scopes);
    }
    // `gh release view` is part of `gh release`, which needs more: the longer words only keep it from being unknown.
    let handed = step.env.iter().any(|(_, value)| names_token(&value.value)) || names_token(&script.value);
    if words.contains("gh api") || handed && !known {
        needs.unknown.push("a script that is handed the token".to_owned());
    }
}

/// Whether a value is the workflow's own token.
fn names_token(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.contains("github.token") || value.contains("secrets.github_token")
}

impl Needs {
    fn add(&mut self, scopes: &[Scope]) {
        for (name, access) in scopes {
            let held = self.scopes.entry((*name).to_owned()).or_insert(*access);
            *held = (*held).max(*access);
        }
    }

    fn add_unknown(&mut self, text: &Text) {
        self.unknown.push(clean::short(text.trimmed(), 60));
    }

    fn tidy(&mut self) {
        self.unknown.sort();
        self.unknown.dedup();
    }

    /// Whether it is sure that nothing else is needed.
    pub fn is_proved(&self) -> bool {
        self.unknown.is_empty() && !self.loose
    }

    /// Why it is not sure, in words.
    pub fn doubt(&self) -> String {
        if self.unknown.is_empty() {
            return "its scripts may use the token that the checkout leaves behind".to_owned();
        }
        format!("what {} needs is not known", self.unknown.join(", "))
    }
}

/// Whether a job has nothing to do, and so needs nothing.
pub fn runs_nothing(job: &Job) -> bool {
    job.call().is_none() && job.steps().is_empty()
}
