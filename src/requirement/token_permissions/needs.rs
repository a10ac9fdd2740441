//! Which permissions of the workflow's token a job needs, by the actions and commands it is made of.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::trusted_publishing::has_stored;
use crate::fact::Facts;
use crate::fact::release::{Publish, Registry};
use crate::fact::workflow::{Access, Job, Reference, Step, Text, Uses};
use crate::text::clean;

use Access::{Read, Write};

/// What a job needs.
#[derive(Clone, Debug, Default)]
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

/// Deepest chain of called workflows and local actions that is followed.
const MAX_DEPTH: usize = 4;

/// The publish steps of each job.
pub struct Publishing<'a> {
    facts: &'a Facts,
    by_job: HashMap<(usize, usize), Vec<&'a Publish>>,
    /// What workflows need that are called, once it is known: many jobs may call the same.
    called: RefCell<HashMap<usize, Needs>>,
}

/// What is looked at for one job, each workflow and local action once: it needs the same wherever it stands.
struct Walk<'a> {
    facts: &'a Facts,
    depth: usize,
    workflows: BTreeSet<usize>,
    actions: BTreeSet<&'a str>,
    needs: Needs,
}

impl<'a> Publishing<'a> {
    /// Sorts the publish steps by job.
    pub fn of(facts: &'a Facts) -> Self {
        let mut by_job: HashMap<_, Vec<_>> = HashMap::new();
        for publish in facts.publishes.iter() {
            by_job.entry((publish.workflow, publish.job)).or_default().push(publish);
        }
        Self { facts, by_job, called: RefCell::default() }
    }
}

/// The scopes that a job needs.
pub fn of_job(publishing: &Publishing<'_>, at: (usize, usize)) -> Needs {
    let facts = publishing.facts;
    let called = facts.workflows.called_by(at);
    let known = called.and_then(|called| publishing.called.borrow().get(&called).cloned());
    let mut needs = known.unwrap_or_else(|| {
        let mut walk = Walk::new(facts);
        walk.add_job(at);
        walk.needs
    });
    if let Some(called) = called {
        publishing.called.borrow_mut().entry(called).or_insert_with(|| needs.clone());
    }
    for publish in publishing.by_job.get(&at).into_iter().flatten() {
        let by_identity = matches!(publish.registry, Registry::Npm)
            || matches!(publish.registry, Registry::Pypi | Registry::Crates) && !has_stored(facts, publish);
        if by_identity {
            needs.add(&[("id-token", Write)]);
        }
    }
    needs
}

impl<'a> Walk<'a> {
    fn new(facts: &'a Facts) -> Self {
        let (workflows, actions) = (BTreeSet::new(), BTreeSet::new());
        Self { facts, depth: 0, workflows, actions, needs: Needs::default() }
    }

    fn add_job(&mut self, at: (usize, usize)) {
        let Some((workflow, job)) = self.facts.workflows.job(at) else { return };
        if let Some(call) = job.call() {
            return match self.facts.workflows.called(job).filter(|_| self.depth < MAX_DEPTH) {
                Some(called) => self.add_called(called),
                None => self.needs.add_unknown(&call.uses.text),
            };
        }
        let keeps = |step: &Step| {
            let checks_out = step.uses.as_ref().is_some_and(|uses| uses.is_action("actions/checkout"));
            checks_out && step.with.get("persist-credentials").is_none_or(|text| text.trimmed() != "false")
        };
        let scripts = job.steps().iter().any(|step| step.run.is_some());
        self.needs.loose |= scripts && job.steps().iter().any(keeps);
        self.add_steps(job.steps());
        let around = workflow.env.iter().chain(job.env.iter()).any(|(_, value)| names_token(&value.value));
        if around && scripts {
            self.needs.unknown.push("a script that is handed the token".to_owned());
        }
        self.needs.tidy();
    }

    /// What the jobs of a called workflow are granted by their own blocks, or need.
    fn add_called(&mut self, called: usize) {
        let Some(workflow) = self.facts.workflows.workflows.get(called) else { return };
        if !self.workflows.insert(called) {
            return;
        }
        self.depth += 1;
        for (at, job) in workflow.jobs.iter().enumerate() {
            match job.effective_permissions(workflow) {
                Some(permissions) => {
                    let scopes: Vec<(String, Access)> =
                        permissions.writes().map(|scope| (scope.name.clone(), Write)).collect();
                    self.needs.scopes.extend(scopes);
                }
                None => self.add_job((called, at)),
            }
        }
        self.depth -= 1;
    }

    fn add_steps(&mut self, steps: &'a [Step]) {
        for step in steps {
            if let Some(uses) = &step.uses {
                self.add_action(step, uses);
            }
            if let Some(script) = &step.run {
                add_script(step, script, &mut self.needs);
            }
        }
    }

    fn add_action(&mut self, step: &Step, uses: &'a Uses) {
        let is_on = |name: &str| step.with.get(name).is_some_and(|text| text.trimmed() == "true");
        let by_identity = step.with.get("password").is_none_or(|text| text.trimmed().is_empty());
        match uses.action().as_deref() {
            Some("pypa/gh-action-pypi-publish") if by_identity => self.needs.add(&[("id-token", Write)]),
            Some("hynek/build-and-inspect-python-package") if is_on("attest-build-provenance-github") => {
                self.needs.add(&[("attestations", Write), ("id-token", Write)]);
            }
            Some("pypa/gh-action-pypi-publish" | "hynek/build-and-inspect-python-package") => {}
            Some(action) => match ACTIONS.iter().find(|row| row.0 == action) {
                Some((_, scopes)) => self.needs.add(scopes),
                None => self.needs.add_unknown(&uses.text),
            },
            None => self.add_local_action(uses),
        }
    }

    fn add_local_action(&mut self, uses: &'a Uses) {
        let steps = self.facts.workflows.action(uses).and_then(|action| action.steps.as_deref());
        match (&uses.reference, steps) {
            (Reference::Local(path), Some(steps)) if self.depth < MAX_DEPTH => {
                if self.actions.insert(path) {
                    self.depth += 1;
                    self.add_steps(steps);
                    self.depth -= 1;
                }
            }
            _ => self.needs.add_unknown(&uses.text),
        }
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
