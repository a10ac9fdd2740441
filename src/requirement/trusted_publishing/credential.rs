//! Whether a publish step is handed a stored credential, uploader by uploader.

use super::super::publishing::{self, Tally};
use super::{Evidence, Verdict};
use crate::fact::release::{Publish, PublishKind, Registry, Scope, credentials, names_index_token};
use crate::fact::workflow::{Job, Pairs, Step, Text};
use crate::fact::{Facts, Reason, Unknown};

/// What is said about one publish step.
type Said = (Verdict, String, Vec<Evidence>);

/// Judges one publish step.
pub fn judge(facts: &Facts, publish: &Publish, tally: &mut Tally) {
    let name = publishing::name(facts, publish);
    let (Some(workflow), Some(job)) = (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) else {
        return;
    };
    let Some(step) = publish.acting.as_ref() else { return called(facts, publish, job, &name, tally) };
    let scope = Scope { workflow, job, step };
    let view = View { facts, publish, scope, name };
    match view.said() {
        Ok((verdict, summary, evidence)) => tally.add(verdict, summary, evidence),
        Err((why, evidence)) => tally.add_unknown(why, evidence),
    }
}

/// Whether a stored credential is in use.
pub fn has_stored(facts: &Facts, publish: &Publish) -> bool {
    let mut tally = Tally::default();
    judge(facts, publish, &mut tally);
    tally.check("no-long-lived-token", super::Role::Decisive, "").verdict == Verdict::Fail
}

/// A workflow of another repository shows only the secrets it is passed.
fn called(facts: &Facts, publish: &Publish, job: &Job, name: &str, tally: &mut Tally) {
    let evidence = publishing::evidence(facts, publish, "publishes in another repository's workflow");
    let passed = job.call().and_then(|call| call.secrets.iter().find(|(key, value)| is_index_secret(key, value)));
    if let Some((key, _)) = passed {
        tally.add(Verdict::Fail, format!("{name} passes the stored token `{}`", key.value), evidence);
    } else {
        let why = format!("how {name} proves who it is stands in another repository");
        tally.add_unknown(Unknown::new(Reason::Offline, why).needing("contents:read"), evidence);
    }
}

fn is_index_secret(key: &Text, value: &Text) -> bool {
    !value.trimmed().is_empty()
        && (names_index_token(&key.value).is_some() || value.value.contains("secrets.") && mentions_index(&value.value))
}

fn mentions_index(value: &str) -> bool {
    value.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| names_index_token(word).is_some())
}

struct View<'a> {
    facts: &'a Facts,
    publish: &'a Publish,
    scope: Scope<'a>,
    name: String,
}

impl View<'_> {
    fn said(&self) -> Result<Said, (Unknown, Vec<Evidence>)> {
        let found_by = self.publish.found_by.as_str();
        if self.publish.kind == PublishKind::Opaque {
            return self.opaque();
        }
        match self.publish.registry {
            Registry::Pypi if found_by.contains("gh-action-pypi-publish") => Ok(self.upload_action()),
            Registry::Pypi if found_by.starts_with("poetry") || found_by.starts_with("flit") => {
                self.without_own_support()
            }
            Registry::Crates => Ok(self.crates()),
            _ => Ok(self.by_variables()),
        }
    }

    fn step(&self) -> &Step {
        self.scope.step
    }

    fn here(&self, note: &str) -> Vec<Evidence> {
        publishing::evidence(self.facts, self.publish, note)
    }

    fn at(&self, text: &Text, note: &str) -> Vec<Evidence> {
        // A variable of the job or the workflow stands in the workflow file, whatever file the step is in.
        let in_step = self.step().env.iter().chain(self.step().with.iter()).any(|(_, value)| value == text);
        let path = if in_step { &self.publish.file } else { &self.scope.workflow.path };
        vec![Evidence::at(path, text.used_at(), note)]
    }

    fn pass(&self, words: &str) -> Said {
        (Verdict::Pass, format!("{} {words}", self.name), self.here("no stored token"))
    }

    /// `pypa/gh-action-pypi-publish`: a password, or a user other than `__token__`, means a stored token.
    fn upload_action(&self) -> Said {
        let with = &self.step().with;
        let given = |name: &str| with.get(name).filter(|text| !text.trimmed().is_empty());
        if let Some(user) = given("user").filter(|user| user.trimmed() != "__token__") {
            let summary = format!(
                "{} names the user `{}`: the upload then never uses an identity token",
                self.name,
                user.trimmed()
            );
            return (Verdict::Fail, summary, self.at(user, "only `__token__`, or no user, allows trusted publishing"));
        }
        match given("password") {
            Some(password) if may_be_empty(&password.value) => {
                let summary = format!("{} passes a password that may be empty", self.name);
                (Verdict::Warn, summary, self.at(password, "with a value this is a stored token"))
            }
            Some(password) => {
                let summary = format!("{} uploads with a stored password or token", self.name);
                (Verdict::Fail, summary, self.at(password, "remove it: trusted publishing needs none"))
            }
            None => self.pass("uploads without a stored token"),
        }
    }

    /// Uploaders that take credentials by variables and options.
    fn by_variables(&self) -> Said {
        let option = self.credential_option();
        if let Some(option) = option {
            let summary = format!("{} passes a credential on the command line (`{option}`)", self.name);
            return (Verdict::Fail, summary, self.here("a stored token"));
        }
        match self.stored() {
            Some((name, value)) => {
                let summary = format!("{} publishes with the stored credential `{}`", self.name, name.value);
                (Verdict::Fail, summary, self.at(&value, "a long-lived token"))
            }
            None if self.never_trusted() => {
                let summary = format!("{} turns trusted publishing off", self.name);
                (Verdict::Fail, summary, self.here("`--trusted-publishing never`"))
            }
            None => self.pass("publishes without a stored token"),
        }
    }

    fn never_trusted(&self) -> bool {
        let words = self.publish.command.as_ref().map(|command| command.args()).unwrap_or_default();
        words.windows(2).any(|pair| pair == ["--trusted-publishing", "never"])
            || words.contains(&"--trusted-publishing=never")
    }

    /// An option of the command that carries a credential.
    fn credential_option(&self) -> Option<String> {
        let names = ["-p", "--password", "-u", "--username", "-t", "--token"];
        let command = self.publish.command.as_ref()?;
        let program = self.publish.found_by.split_whitespace().next().unwrap_or_default();
        // `npm publish -p` and the like mean other things; only the Python uploaders take these.
        let takes =
            matches!(program, "twine" | "uv" | "hatch" | "pdm" | "maturin" | "rye" | "poetry" | "flit" | "cargo");
        let carries = |word: &str| {
            let name = word.split('=').next().unwrap_or(word);
            names.contains(&name) && !(program == "cargo" && name == "-p")
        };
        let words = command.args();
        let at = words.iter().position(|word| takes && carries(word))?;
        let value = words.get(at + 1).copied().unwrap_or_default();
        let only_name = matches!(words.get(at), Some(&"-u" | &"--username")) && value == "__token__";
        let minted = value.contains("steps.") || value.contains("needs.");
        (!only_name && !minted).then(|| (*words.get(at).unwrap_or(&"")).to_owned())
    }

    /// A stored credential in a variable or input around the step, for the registry of this publish step.
    fn stored(&self) -> Option<(Text, Text)> {
        let own = self.publish.command.iter().flat_map(|command| &command.assignments);
        let by_assignment = own
            .filter(|(name, value)| self.is_ours(name) && !value.is_empty() && !value.contains("steps."))
            .map(|(name, value)| {
                let text = |value: &str| Text {
                    value: value.to_owned(),
                    span: self.publish.file_span,
                    alias: None,
                    style: crate::text::yaml::Style::Plain,
                };
                (text(name), text(value))
            });
        let around =
            credentials(&self.scope).into_iter().filter(|credential| credential.registry == self.publish.registry);
        by_assignment.chain(around.map(|credential| (credential.name, credential.value))).next()
    }

    fn is_ours(&self, name: &str) -> bool {
        names_index_token(name) == Some(self.publish.registry)
    }

    /// Poetry and Flit know no trusted publishing of their own; a step before may mint a token for them.
    fn without_own_support(&self) -> Result<Said, (Unknown, Vec<Evidence>)> {
        let (verdict, summary, evidence) = self.by_variables();
        if verdict == Verdict::Fail {
            return Ok((verdict, summary, evidence));
        }
        let why = format!(
            "{}: {} knows no trusted publishing; where its token comes from cannot be seen",
            self.name, self.publish.found_by
        );
        Err((Unknown::new(Reason::RunTime, why), self.here("uploads with a token made elsewhere")))
    }

    /// Cargo takes the token that `rust-lang/crates-io-auth-action` mints.
    fn crates(&self) -> Said {
        let (verdict, summary, evidence) = self.by_variables();
        if verdict == Verdict::Fail || self.publish.command.is_none() {
            return (verdict, summary, evidence);
        }
        let minted = self.scope.env("CARGO_REGISTRY_TOKEN").is_some_and(|text| text.value.contains("steps."))
            || self
                .publish
                .command
                .iter()
                .flat_map(|command| &command.assignments)
                .any(|(name, value)| name == "CARGO_REGISTRY_TOKEN" && value.contains("steps."));
        let authenticates = self
            .scope
            .job
            .steps()
            .iter()
            .filter_map(|step| step.uses.as_ref())
            .any(|uses| uses.is_action("rust-lang/crates-io-auth-action"));
        let native = self.publish.found_by.starts_with("release-plz");
        if minted && authenticates || native {
            return self.pass("publishes with a token minted in the run");
        }
        let summary =
            format!("{} names no token of `rust-lang/crates-io-auth-action`: cargo needs one to publish", self.name);
        (Verdict::Warn, summary, self.here("where the token comes from is not to be seen"))
    }

    /// What a script is handed is judged; what it does with it is not to be seen.
    fn opaque(&self) -> Result<Said, (Unknown, Vec<Evidence>)> {
        if let Some(credential) = credentials(&self.scope).first() {
            let summary = format!(
                "{} hands the stored credential `{}` to {}",
                self.name, credential.name.value, self.publish.found_by
            );
            return Ok((Verdict::Fail, summary, self.at(&credential.value, "a long-lived token")));
        }
        let why = format!("whether {} in {} uses a stored token cannot be seen", self.publish.found_by, self.name);
        Err((Unknown::new(Reason::RunTime, why), self.here("publishes out of sight")))
    }
}

/// Whether an expression has a way to come out empty.
fn may_be_empty(value: &str) -> bool {
    let text: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    text.contains("||''") || text.contains("&&secrets.") || text.contains("||\"\"")
}

/// Every place in the workflows that refers to a secret named like a token of an index.
pub fn leftovers(facts: &Facts) -> Vec<Evidence> {
    let mut found = Vec::new();
    for workflow in &facts.workflows.workflows {
        let mut look = |pairs: &Pairs| {
            for (_, value) in
                pairs.iter().filter(|(_, value)| value.value.contains("secrets") && mentions_index(&value.value))
            {
                found.push(Evidence::at(&workflow.path, value.used_at(), "refers to a token of an index"));
            }
        };
        look(&workflow.env);
        for job in &workflow.jobs {
            look(&job.env);
            job.call().into_iter().for_each(|call| look(&call.secrets));
            for step in job.steps() {
                look(&step.env);
                look(&step.with);
            }
        }
    }
    found
}
