//! Whether a publish step is handed a stored credential, uploader by uploader.

use super::super::publishing::{self, Tally};
use super::{Evidence, Verdict, script, unseen};
use crate::fact::release::credential::{
    Source, credentials, is_always_empty, names_index_token, secret_names, source, source_of_word,
};
use crate::fact::release::{Publish, PublishKind, Registry, Scope, split_user};
use crate::fact::workflow::{Job, Pairs, Step, Text};
use crate::fact::{Facts, Reason, Unknown};

/// What is said about one publish step; unknown where it cannot be told.
type Said = Result<(Verdict, String, Vec<Evidence>), (Unknown, Vec<Evidence>)>;

/// Something by which an uploader proves itself.
pub struct Proof {
    /// Where it comes from.
    pub source: Source,
    /// What it is, in words that follow "publishes".
    pub words: String,
    /// Where it is seen.
    pub evidence: Vec<Evidence>,
}

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
    let names_one = || secret_names(&value.value).any(|secret| names_index_token(&secret).is_some());
    !value.trimmed().is_empty() && (names_index_token(&key.value).is_some() || names_one())
}

struct View<'a> {
    facts: &'a Facts,
    publish: &'a Publish,
    scope: Scope<'a>,
    name: String,
}

impl View<'_> {
    fn said(&self) -> Said {
        let found_by = self.publish.found_by.as_str();
        if self.publish.kind == PublishKind::Opaque {
            return self.opaque();
        }
        match self.publish.registry {
            Registry::Pypi if found_by.contains("gh-action-pypi-publish") => self.upload_action(),
            Registry::Pypi if found_by.starts_with("poetry") || found_by.starts_with("flit") => {
                self.without_own_support()
            }
            Registry::Crates => self.crates(),
            _ => self.by_proofs().unwrap_or_else(|| self.pass("publishes without a stored token")),
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
        let step = self.step();
        let in_step = step.env.iter().chain(step.with.iter()).any(|(_, value)| value == text)
            || step.run.as_ref().is_some_and(|run| run.used_at() == text.used_at());
        let path = if in_step { &self.publish.file } else { &self.scope.workflow.path };
        vec![Evidence::at(path, text.used_at(), note)]
    }

    #[expect(clippy::unnecessary_wraps, reason = "every way to say something has the same type")]
    fn pass(&self, words: &str) -> Said {
        Ok((Verdict::Pass, format!("{} {words}", self.name), self.here("no stored token")))
    }

    fn unseen(&self, why: &str, evidence: Vec<Evidence>) -> Said {
        Err((Unknown::new(Reason::RunTime, format!("{}: {why}", self.name)), evidence))
    }

    /// `pypa/gh-action-pypi-publish`: a password, or a user other than `__token__`, means a stored token.
    fn upload_action(&self) -> Said {
        if let Some(hidden) = unseen::proofs(self.facts, self.publish, &self.scope).into_iter().next() {
            return self.unseen(&format!("it {}", hidden.words), hidden.evidence);
        }
        let with = &self.step().with;
        let given = |name: &str| with.get(name).filter(|text| !text.trimmed().is_empty());
        if let Some(user) = given("user").filter(|user| user.trimmed() != "__token__") {
            let user_shown = user.trimmed();
            let summary =
                format!("{} names the user `{user_shown}`: the upload then never uses an identity token", self.name);
            let evidence = self.at(user, "only `__token__`, or no user, allows trusted publishing");
            return Ok((Verdict::Fail, summary, evidence));
        }
        let Some(password) = given("password").filter(|text| !is_always_empty(&text.value)) else {
            return self.pass("uploads without a stored token");
        };
        let fetched = matches!(source(&password.value, &self.scope), Some(Source::Unseen | Source::Minted));
        if may_be_empty(&password.value) {
            let summary = format!("{} passes a password that may be empty", self.name);
            return Ok((Verdict::Warn, summary, self.at(password, "with a value this is a stored token")));
        }
        if fetched {
            let why = "where the password comes from that a step hands over cannot be seen";
            return self.unseen(why, self.at(password, "made or fetched by another step"));
        }
        let summary = format!("{} uploads with a stored password or token", self.name);
        Ok((Verdict::Fail, summary, self.at(password, "remove it: trusted publishing needs none")))
    }

    /// What the worst proof says; none where there is none, or only minted ones.
    fn by_proofs(&self) -> Option<Said> {
        let worst = self.proofs().into_iter().max_by_key(|proof| proof.source)?;
        match worst.source {
            Source::Stored => Some(Ok((Verdict::Fail, format!("{} {}", self.name, worst.words), worst.evidence))),
            Source::Unseen => Some(self.unseen(&format!("it {}", worst.words), worst.evidence)),
            Source::Minted => None,
        }
    }

    /// Everything an uploader is given to prove itself: options, variables, and what scripts write before.
    fn proofs(&self) -> Vec<Proof> {
        let mut proofs = self.options();
        proofs.extend(self.users());
        proofs.extend(self.addresses());
        proofs.extend(unseen::proofs(self.facts, self.publish, &self.scope));
        proofs.extend(self.variables());
        proofs.extend(script::proofs(self.facts, self.publish));
        proofs
    }

    /// The words of the uploader.
    fn words(&self) -> Vec<String> {
        unseen::words(self.facts, self.publish, &self.scope)
    }

    /// A variable as the uploader sees it.
    fn variable(&self, name: &str) -> Option<String> {
        match &self.publish.command {
            Some(command) => self.scope.env_of(command, name),
            None => self.scope.env(name).map(|text| text.value.clone()),
        }
    }

    /// Options of the command that carry a credential, or turn trusted publishing off.
    fn options(&self) -> Vec<Proof> {
        let told = self.words();
        let words: Vec<&str> = told.iter().map(String::as_str).collect();
        let row = Uploader::of(&self.publish.found_by);
        let mut proofs = Vec::new();
        for (option, value) in row.secrets.iter().flat_map(|name| values(&words, name)) {
            let source = source_of_word(&value, &self.scope);
            let words = format!("passes a credential on the command line (`{option}`)");
            proofs.extend(source.map(|source| Proof { source, words, evidence: self.here("a credential") }));
        }
        for (option, user) in row.users.iter().flat_map(|name| values(&words, name)) {
            proofs.extend(Self::user(row, &format!("`{option}`"), &user, self.here("a user name")));
        }
        let never = values(&words, "--trusted-publishing").any(|(_, value)| value == "never");
        let variable = self.variable("UV_TRUSTED_PUBLISHING");
        if row.program == "uv" && (never || variable.is_some_and(|value| value.trim() == "never")) {
            let words = "turns trusted publishing off".to_owned();
            proofs.push(Proof { source: Source::Stored, words, evidence: self.here("trusted publishing: never") });
        }
        if values(&words, "--config-file").next().is_some() {
            let words = "reads its credentials from a file that cannot be seen".to_owned();
            proofs.push(Proof { source: Source::Unseen, words, evidence: self.here("a configuration file") });
        }
        proofs
    }

    /// Credentials in the address of the index.
    fn addresses(&self) -> Vec<Proof> {
        let row = Uploader::of(&self.publish.found_by);
        let told = self.words();
        let words: Vec<&str> = told.iter().map(String::as_str).collect();
        let options = ADDRESS_OPTIONS.iter().flat_map(|name| values(&words, name));
        let mut given: Vec<(String, Vec<Evidence>)> =
            options.map(|(_, url)| (url, self.here("the address of the index"))).collect();
        let variables = ADDRESS_VARIABLES.iter().filter(|(program, _)| *program == row.program);
        given.extend(variables.filter_map(|(_, name)| {
            let evidence = self.scope.env(name).map(|text| self.at(text, "the address of the index"));
            Some((self.variable(name)?, evidence.unwrap_or_else(|| self.here("the address of the index"))))
        }));
        given.into_iter().filter_map(|(url, evidence)| self.signs_in(row, &url, evidence)).collect()
    }

    /// What signs in by an address: the password in it, or a user. A whole address that is a secret may hold both.
    fn signs_in(&self, row: &Uploader, url: &str, evidence: Vec<Evidence>) -> Option<Proof> {
        let words = "names its index by an address that carries a credential".to_owned();
        let (_, user) = split_user(url);
        match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, "")) => Self::user(row, "the address of the index", user, evidence),
            Some((_, password)) => {
                source_of_word(password, &self.scope).map(|source| Proof { source, words, evidence })
            }
            None => {
                let variable = url.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
                let text = variable.and_then(|name| self.scope.env(name)).map_or(url, |text| text.value.as_str());
                if text != url && split_user(text).1.is_some() {
                    return self.signs_in(row, text, evidence);
                }
                let hidden = secret_names(text).next().is_some();
                let words = "names its index by a secret, whose address may carry a credential".to_owned();
                hidden.then_some(Proof { source: Source::Unseen, words, evidence })
            }
        }
    }

    /// User names in variables.
    fn users(&self) -> Vec<Proof> {
        let row = Uploader::of(&self.publish.found_by);
        let user = Some(row.variable).filter(|name| !name.is_empty()).and_then(|name| self.variable(name));
        let evidence = self.scope.env(row.variable).map_or_else(|| self.here("a user"), |text| self.at(text, "a user"));
        user.and_then(|user| Self::user(row, &format!("`{}`", row.variable), &user, evidence)).into_iter().collect()
    }

    /// A user name is a proof of its own kind: with any other than `__token__`, and for `uv` with any at all, the
    /// uploader never asks for an identity token.
    fn user(row: &Uploader, place: &str, user: &str, evidence: Vec<Evidence>) -> Option<Proof> {
        let harmless = user.trim() == "__token__" && row.program != "uv";
        let words = format!("names a user by {place}, so that it never asks for an identity token");
        (!harmless).then_some(Proof { source: Source::Stored, words, evidence })
    }

    /// Credentials in variables and inputs around the step, for the registry of this publish step.
    fn variables(&self) -> Vec<Proof> {
        let assigned = self.publish.command.iter().flat_map(|command| &command.assignments);
        let ours = assigned.filter(|(name, _)| names_index_token(name) == Some(self.publish.registry));
        let mut proofs: Vec<Proof> = Vec::new();
        for (name, value) in ours {
            let source = source_of_word(value, &self.scope);
            let evidence = self.here("a credential for this command");
            proofs.extend(source.map(|source| Proof { source, words: credential_words(source, name), evidence }));
        }
        let around = credentials(&self.scope);
        proofs.extend(around.into_iter().filter(|held| held.registry == self.publish.registry).map(|held| Proof {
            source: held.source,
            words: credential_words(held.source, &held.name.value),
            evidence: self.at(&held.value, "a credential"),
        }));
        proofs
    }

    /// Poetry and Flit know no trusted publishing of their own; a step before may mint a token for them.
    fn without_own_support(&self) -> Said {
        self.by_proofs().unwrap_or_else(|| {
            let why = format!(
                "{} knows no trusted publishing; where its token comes from cannot be seen",
                self.publish.found_by
            );
            self.unseen(&why, self.here("uploads with a token made elsewhere"))
        })
    }

    /// Cargo takes the token that `rust-lang/crates-io-auth-action` mints.
    fn crates(&self) -> Said {
        if let Some(said) = self.by_proofs() {
            return said;
        }
        let minted = self.proofs().iter().any(|proof| proof.source == Source::Minted);
        let native = self.publish.found_by.contains("release-plz");
        if minted || native {
            return self.pass("publishes with a token minted in the run");
        }
        let summary =
            format!("{} names no token of `rust-lang/crates-io-auth-action`: cargo needs one to publish", self.name);
        Ok((Verdict::Warn, summary, self.here("where the token comes from is not to be seen")))
    }

    /// What a script is handed is judged; what it does with it is not to be seen. A script that is handed a token minted
    /// in the run, and nothing else by which it could prove itself, has no stored one to use.
    fn opaque(&self) -> Said {
        let script = self.publish.called();
        let held = &self.publish.held;
        if let Some(stored) = held.iter().find(|held| held.source == Source::Stored) {
            let summary = format!("{} hands the stored credential `{}` to {script}", self.name, stored.name.value);
            return Ok((Verdict::Fail, summary, self.at(&stored.value, "a long-lived token")));
        }
        let written = script::proofs(self.facts, self.publish).into_iter().max_by_key(|proof| proof.source);
        if let Some(stored) = written.as_ref().filter(|proof| proof.source == Source::Stored) {
            return Ok((Verdict::Fail, format!("{} {}", self.name, stored.words), stored.evidence.clone()));
        }
        let sources = held.iter().map(|held| held.source).chain(written.map(|proof| proof.source));
        if sources.max() == Some(Source::Minted) && !self.holds_more() {
            return self.pass(&format!("hands {script} a token minted in the run, and no other"));
        }
        let why = format!("whether {script} uses a stored token cannot be seen");
        self.unseen(&why, self.here("publishes out of sight"))
    }

    /// Whether a script is handed anything secret beside a minted token: a secret, what a step fetched under the name of
    /// one, or what a script before it put into the environment.
    fn holds_more(&self) -> bool {
        let secret = |text: &str| secret_names(text).any(|name| !name.eq_ignore_ascii_case("GITHUB_TOKEN"));
        let step = self.step();
        let values: Vec<_> = self.scope.all_env().chain(step.with.iter()).collect();
        let fetched = |name: &str, value: &str| {
            let (name, own) = (name.to_ascii_uppercase(), ["GH_TOKEN", "GITHUB_TOKEN"]);
            let named = ["TOKEN", "PASSWORD", "KEY", "SECRET", "AUTH"].iter().any(|word| name.contains(word));
            named && !own.contains(&name.as_str()) && source(value, &self.scope) == Some(Source::Unseen)
        };
        let earlier = self.scope.job.steps().iter().take_while(|earlier| Some(earlier.number) != self.publish.step);
        let mut scripts = earlier.filter_map(|earlier| earlier.run.as_ref());
        values.iter().any(|(name, value)| secret(&value.value) || fetched(&name.value, &value.value))
            || step.run.as_ref().is_some_and(|run| secret(&run.value))
            || scripts.any(|run| run.value.contains("GITHUB_ENV") && secret(&run.value))
    }
}

fn credential_words(source: Source, name: &str) -> String {
    match source {
        Source::Stored => format!("publishes with the stored credential `{name}`"),
        Source::Unseen => format!("publishes with `{name}`, which another step makes or fetches out of sight"),
        Source::Minted => format!("publishes with `{name}`, minted in the run"),
    }
}

/// Options that take the address of an index, or a name that may be one.
const ADDRESS_OPTIONS: &[&str] = &["--repository-url", "--publish-url", "-r", "--repository", "--repo", "--registry"];

/// Variables that hold it, by program.
const ADDRESS_VARIABLES: &[(&str, &str)] = &[
    ("twine", "TWINE_REPOSITORY_URL"),
    ("uv", "UV_PUBLISH_URL"),
    ("hatch", "HATCH_INDEX_REPO"),
    ("pdm", "PDM_PUBLISH_REPO"),
    ("flit", "FLIT_INDEX_URL"),
    ("maturin", "MATURIN_REPOSITORY_URL"),
    ("rye", "RYE_REPOSITORY_URL"),
];

/// How a program is told a user and a secret.
struct Uploader {
    program: &'static str,
    secrets: &'static [&'static str],
    users: &'static [&'static str],
    variable: &'static str,
}

const UPLOADERS: &[Uploader] = &[
    Uploader {
        program: "twine",
        secrets: &["-p", "--password"],
        users: &["-u", "--username"],
        variable: "TWINE_USERNAME",
    },
    Uploader {
        program: "uv",
        secrets: &["-t", "--token", "-p", "--password"],
        users: &["-u", "--username"],
        variable: "UV_PUBLISH_USERNAME",
    },
    Uploader { program: "hatch", secrets: &["-a", "--auth"], users: &["-u", "--user"], variable: "HATCH_INDEX_USER" },
    Uploader {
        program: "pdm",
        secrets: &["-P", "--password"],
        users: &["-u", "--username"],
        variable: "PDM_PUBLISH_USERNAME",
    },
    Uploader {
        program: "maturin",
        secrets: &["-p", "--password"],
        users: &["-u", "--username"],
        variable: "MATURIN_USERNAME",
    },
    Uploader { program: "rye", secrets: &["--token"], users: &["-u", "--username"], variable: "RYE_USERNAME" },
    Uploader { program: "poetry", secrets: &["-p", "--password"], users: &["-u", "--username"], variable: "" },
    Uploader { program: "flit", secrets: &[], users: &[], variable: "FLIT_USERNAME" },
    Uploader { program: "cargo", secrets: &["--token"], users: &[], variable: "" },
    Uploader { program: "nuget", secrets: &["-ApiKey", "-k", "--api-key"], users: &[], variable: "" },
    Uploader { program: "dotnet", secrets: &["-k", "--api-key"], users: &[], variable: "" },
];

impl Uploader {
    const UNKNOWN: &Self = &Self { program: "", secrets: &[], users: &[], variable: "" };

    /// The uploader whose words tell how a publish step was found.
    fn of(found_by: &str) -> &'static Self {
        let program = found_by.split_whitespace().next().unwrap_or_default();
        let program = if program == "pyo3/maturin-action" { "maturin" } else { program };
        UPLOADERS.iter().find(|row| row.program == program).unwrap_or(Self::UNKNOWN)
    }
}

/// The values of an option with its name: the next word, behind `=`, or for one letter right behind it.
fn values<'a>(words: &'a [&'a str], name: &'a str) -> impl Iterator<Item = (&'a str, String)> {
    let short = name.len() == 2;
    words.iter().enumerate().filter_map(move |(at, word)| {
        let rest = word.strip_prefix(name)?;
        let value = match rest.strip_prefix('=') {
            Some(value) => value.to_owned(),
            None if rest.is_empty() => (*words.get(at + 1)?).to_owned(),
            None if short => rest.to_owned(),
            None => return None,
        };
        Some((name, value))
    })
}

/// Whether an expression has a way to come out empty.
fn may_be_empty(value: &str) -> bool {
    let text: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    text.contains("||''") || text.contains("&&secrets.") || text.contains("||\"\"")
}

/// Every place in the workflows and local actions that refers to a secret named like a token of an index.
pub fn leftovers(facts: &Facts) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut look = |path: &str, value: &Text| {
        if secret_names(&value.value).any(|secret| names_index_token(&secret).is_some()) {
            found.push(Evidence::at(path, value.used_at(), "refers to a token of an index"));
        }
    };
    let values = |pairs: &Pairs| pairs.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
    for workflow in &facts.workflows.workflows {
        let mut texts = values(&workflow.env);
        for job in &workflow.jobs {
            texts.extend(values(&job.env));
            texts.extend(job.call().into_iter().flat_map(|call| values(&call.secrets)));
            for step in job.steps() {
                texts.extend(values(&step.env).into_iter().chain(values(&step.with)).chain(step.run.clone()));
            }
        }
        for text in &texts {
            look(&workflow.path, text);
        }
    }
    found
}
