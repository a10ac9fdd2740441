//! What the scripts of a job write down for the tools of a registry before a publish step runs.

use std::sync::Arc;

use super::credential::Proof;
use super::{Evidence, Registry};
use crate::fact::Facts;
use crate::fact::release::credential::{Source, names_index_token, secret_names, source_of_word};
use crate::fact::release::{Publish, PublishKind, Scope, by_registry, names_own_index, program_words, script};
use crate::fact::workflow::expand::{self, Placed};
use crate::fact::workflow::expression::{self, Truth};
use crate::fact::workflow::shell::Command;
use crate::fact::workflow::{Job, Text};

mod exported;
mod written;

/// Most steps before one that publishes that are looked at.
const MAX_BEFORE: usize = 1_000;

/// Credentials in the scripts of a job, up to the step that publishes.
pub fn proofs(facts: &Facts, publish: &Publish) -> Vec<Proof> {
    let (Some(workflow), Some(job)) = (publish.workflow(&facts.workflows), publish.job(&facts.workflows)) else {
        return Vec::new();
    };
    if publish.order > MAX_BEFORE {
        // Any of them may hand over a credential.
        let words = "runs after more steps than are looked at".to_owned();
        return vec![Proof { source: Source::Unseen, words, evidence: Vec::new() }];
    }
    let mut proofs = Vec::new();
    let steps = expand::first_steps(&facts.workflows, workflow, job, publish.order.saturating_add(1));
    for (order, placed) in steps.iter().enumerate() {
        if order > publish.order {
            break;
        }
        if order != publish.order && never_runs(job, placed) {
            continue;
        }
        let scope = Scope { workflow, job, step: &placed.step };
        proofs.extend(exported::proofs(&scope, placed, publish.registry));
        proofs.extend(written::proofs(&scope, placed, publish.registry));
        proofs.extend(in_lines(placed, publish, order == publish.order));
        proofs.extend(in_commands(facts, &scope, placed, publish, order == publish.order));
    }
    proofs
}

/// Whether a step hands nothing over, because a condition of it can never hold.
fn never_runs(job: &Job, placed: &Placed<'_>) -> bool {
    let never = |text: &Text| expression::regardless(&text.value) == Truth::No;
    let own = job.step(placed.number).and_then(|step| step.condition.as_ref());
    own.is_some_and(never) || placed.inner.iter().any(|inner| never(&inner.condition))
}

/// Files and settings of the tools of a registry that hold a credential, in lower case.
fn marks(registry: Registry) -> &'static [&'static str] {
    match registry {
        Registry::Pypi => &["pypirc", "pypi-token", "http-basic", "github_env"],
        Registry::Npm => &["_authtoken", "npmrc", "github_env"],
        Registry::Crates => &["cargo login", "credentials.toml", "github_env"],
        Registry::Gem => &["rubygems_api_key", "gem/credentials", "github_env"],
        _ => &["github_env"],
    }
}

/// Secrets that the text of a script names. GitHub fills them in before any shell reads it, in documents too.
fn in_lines(placed: &Placed<'_>, publish: &Publish, own: bool) -> Vec<Proof> {
    let registry = publish.registry;
    let Some(run) = placed.step.run.as_ref().filter(|run| run.value.contains("secrets")) else { return Vec::new() };
    // A password is one of an index in its configuration alone; a script that publishes out of sight may do so by any.
    let configures = ["pypirc", "[pypi]", "distutils"].iter().any(|mark| run.value.contains(mark));
    let passwords = registry == Registry::Pypi && (configures || own && publish.kind == PublishKind::Opaque);
    let mut proofs = Vec::new();
    for line in run.value.lines().filter(|line| !is_for_another(registry, line)) {
        let lower = line.to_lowercase();
        let marked = marks(registry).iter().any(|mark| lower.contains(mark)) || passwords && lower.contains("password");
        let words = || line.split(|c: char| !c.is_alphanumeric() && c != '_');
        let for_us = || words().any(|word| names_index_token(word) == Some(registry));
        // What is put into the environment may be anything; only a variable of this registry counts.
        let counts = marked && (!lower.contains("github_env") || for_us());
        let named = |secret: &String| names_index_token(secret) == Some(registry);
        let stored = |secret: &String| named(secret) || counts && !secret.eq_ignore_ascii_case("GITHUB_TOKEN");
        proofs.extend(secret_names(line).filter(stored).map(|secret| Proof {
            source: Source::Stored,
            words: format!("publishes with the stored credential `{secret}`, which a script writes down"),
            evidence: vec![Evidence::at(placed.file, run.used_at(), "a script handles a stored token")],
        }));
    }
    proofs
}

/// Whether a line sets something up for a registry that it names, and that is not the one releases go to:
/// `//npm.example/:_authToken=…`, `poetry config pypi-token.testpypi …`.
fn is_for_another(registry: Registry, line: &str) -> bool {
    let settings: &[&str] = match registry {
        Registry::Pypi => &["pypi-token.", "http-basic."],
        Registry::Npm => &["//"],
        _ => &[],
    };
    let names = settings.iter().flat_map(|setting| line.split(setting).skip(1)).filter_map(|rest| {
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        // A host stands before the token; an address alone is none.
        if registry == Registry::Npm { name.split_once(":_authToken").map(|(host, _)| host) } else { Some(name) }
    });
    // An npm registry by a host that nobody knows may well be a mirror of the real one.
    let another = |name: &str| match registry {
        Registry::Npm => names_own_index(name),
        _ => by_registry(registry, name) != PublishKind::Production,
    };
    let mut names = names.peekable();
    names.peek().is_some() && names.all(another)
}

/// Exports in the script that publishes, and logins in any script before it.
fn in_commands(facts: &Facts, scope: &Scope<'_>, placed: &Placed<'_>, publish: &Publish, own: bool) -> Vec<Proof> {
    let Some(files) = facts.files.value() else { return Vec::new() };
    let hints =
        ["login", "config", "_authToken", "export", "declare", "keyring", "=", "source", ".", "eval", "adduser"];
    if !placed.step.run.as_ref().is_some_and(|run| hints.iter().any(|hint| run.value.contains(hint))) {
        return Vec::new();
    }
    let mut proofs = Vec::new();
    let commands = if own { Arc::clone(&publish.script) } else { script::commands(files, scope, placed.file).into() };
    for command in commands.iter() {
        // What comes after the publish command comes too late for it.
        if own && command.span.start >= publish.file_span.start {
            break;
        }
        let mut given = login(command, publish.registry);
        given.extend(own.then(|| exports(command, publish.registry)).into_iter().flatten());
        given.extend(own.then(|| taken_over(command)).flatten());
        proofs.extend(given.into_iter().filter_map(|(what, word)| {
            let source = source_of_word(&word, scope)?;
            let words = match source {
                Source::Stored => format!("publishes with a stored credential, which a script hands over by {what}"),
                _ => format!("publishes with a credential that a script hands over by {what}, from out of sight"),
            };
            let evidence = vec![Evidence::at(placed.file, command.span, "hands over a credential")];
            Some(Proof { source, words, evidence })
        }));
    }
    proofs
}

/// Variables of the registry that a command sets for the commands after it.
fn exports(command: &Command, registry: Registry) -> Vec<(String, String)> {
    let ours = |name: &str| names_index_token(name) == Some(registry);
    let words = command.args();
    let exporting = matches!(words.first(), Some(&("export" | "declare" | "typeset")));
    let exported = words.iter().skip(1).filter(|_| exporting).filter_map(|word| word.split_once('='));
    let alone = command.assignments.iter().filter(|_| words.is_empty());
    let alone = alone.map(|(name, value)| (name.as_str(), value.as_str()));
    exported
        .chain(alone)
        .filter(|(name, _)| ours(name))
        .map(|(name, value)| (format!("`{name}`"), value.to_owned()))
        .collect()
}

/// What a command takes over into the shell from where nothing is to be seen: `source file`, `eval "$X"`. What sets up an
/// environment for a language or an agent sets no tokens.
fn taken_over(command: &Command) -> Option<(String, String)> {
    let words = command.args();
    let (program, rest) = words.split_first()?;
    let first = rest.first()?;
    let harmless = match *program {
        "source" | "." => {
            let name = first.rsplit(['/', '\\']).next().unwrap_or_default();
            SETUPS.contains(&name)
                || name.to_ascii_lowercase().starts_with("activate")
                || first.ends_with(".cargo/env")
                || ["/etc/", "/opt/", "/usr/"].iter().any(|system| first.starts_with(system))
        }
        "eval" => {
            let text = rest.join(" ");
            SHELL_HOOKS.iter().any(|hook| text.contains(hook))
        }
        _ => return None,
    };
    let what = crate::text::clean::short(&format!("{program} {first}"), 40);
    (!harmless).then(|| (format!("`{what}`"), "$(out of sight)".to_owned()))
}

/// Scripts that set up a shell or a tool.
const SETUPS: &[&str] = &[
    ".bashrc",
    ".profile",
    ".bash_profile",
    ".zshrc",
    "nvm.sh",
    "conda.sh",
    "mamba.sh",
    "emsdk_env.sh",
    "setvars.sh",
    "sdkman-init.sh",
];

/// Programs whose output sets up a shell.
const SHELL_HOOKS: &[&str] = &[
    "ssh-agent",
    "conda",
    "mamba",
    "opam",
    "pyenv",
    "rbenv",
    "nodenv",
    "brew shellenv",
    "fnm env",
    "mise activate",
    "env activate",
    "pixi shell-hook",
];

/// Credentials that a command writes into the configuration of a tool of the registry.
fn login(command: &Command, registry: Registry) -> Vec<(String, String)> {
    let words = program_words(command);
    if words.iter().any(|word| is_for_another(registry, word)) {
        return Vec::new();
    }
    let last = || words.last().map(|word| (*word).to_owned());
    let by = |what: &str, value: Option<String>| value.map(|value| (format!("`{what}`"), value)).into_iter().collect();
    match (registry, words.as_slice()) {
        (Registry::Crates, ["cargo", "login", _, ..]) => by("cargo login", last()),
        (Registry::Pypi, ["poetry", "config", rest @ ..]) => {
            let setting = rest.iter().find(|word| word.starts_with("pypi-token") || word.starts_with("http-basic"));
            by("poetry config", setting.and_then(|_| last()))
        }
        (Registry::Pypi, ["keyring", "set", ..]) => by("keyring", Some("$(the value typed in)".to_owned())),
        (Registry::Pypi, ["hatch", "config", "set", key, value, ..]) if key.starts_with("publish.") => {
            let secret = ["auth", "password", "token"].iter().any(|end| key.ends_with(end));
            by("hatch config", secret.then(|| (*value).to_owned()))
        }
        (Registry::Pypi, ["pdm", "config", rest @ ..]) => {
            let setting = rest.iter().find(|word| word.starts_with("repository.pypi.") && word.ends_with("password"));
            by("pdm config", setting.and_then(|_| last()))
        }
        (Registry::Pypi, ["uv", "auth", "login", rest @ ..]) => {
            let option = |pair: &[&str]| matches!(pair, ["--token" | "-t" | "--password", _]);
            let token = rest.windows(2).find(|pair| option(pair)).and_then(|pair| pair.get(1));
            by(
                "uv auth login",
                Some(token.map_or_else(|| "$(the value typed in)".to_owned(), |word| (*word).to_owned())),
            )
        }
        (Registry::Npm, ["npm" | "pnpm" | "yarn", "login" | "adduser", ..]) => {
            by("npm login", Some("$(the value typed in)".to_owned()))
        }
        (Registry::Npm, words) => {
            let tokens = words.iter().filter_map(|word| word.split_once("_authToken"));
            let value = |rest: &str| rest.strip_prefix('=').map(|value| value.trim_matches('"').to_owned());
            let found = tokens
                .filter_map(|(_, rest)| value(rest).or_else(last))
                .map(|value| ("`_authToken`".to_owned(), value));
            // `.npmrc` may name the variable that holds the token; that one is looked at by itself.
            found.filter(|(_, value)| !value.contains("NODE_AUTH_TOKEN")).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::requirement::Verdict;
    use crate::requirement::trial::Trial;

    /// What is said about stored tokens in a job with these steps.
    fn judged(steps: &str) -> Verdict {
        let head = "on: push\njobs:\n  p:\n    permissions: {id-token: write}\n    steps:\n";
        Trial::workflow(&format!("{head}{steps}")).verdict("R12:no-long-lived-token")
    }

    #[test]
    fn secrets_of_other_things_are_no_tokens_of_the_index() {
        for step in [
            "run: docker login -u me --password ${{ secrets.GHCR }} ghcr.example",
            "run: ./migrate --db-password ${{ secrets.DB }}",
            "run: twine upload -r testpypi --password ${{ secrets.REHEARSAL }} dist/*",
            "run: poetry config pypi-token.testpypi ${{ secrets.REHEARSAL }}",
            "run: poetry config http-basic.internal me ${{ secrets.OWN }}",
            "{if: false, run: 'echo TWINE_PASSWORD=${{ secrets.T }} >> $GITHUB_ENV'}",
            "{if: '${{ 1 == 2 }}', run: 'echo TWINE_PASSWORD=${{ secrets.T }} >> $GITHUB_ENV'}",
        ] {
            assert_eq!(judged(&format!("      - {step}\n      - run: twine upload dist/*\n")), Verdict::Pass, "{step}");
        }
        for step in [
            "run: poetry config pypi-token.pypi ${{ secrets.T }}",
            "run: 'echo \"password = ${{ secrets.T }}\" >> ~/.pypirc'",
            "run: 'echo TWINE_PASSWORD=${{ secrets.T }} >> $GITHUB_ENV'",
            "{if: '${{ inputs.x }}', run: 'echo TWINE_PASSWORD=${{ secrets.T }} >> $GITHUB_ENV'}",
        ] {
            assert_eq!(judged(&format!("      - {step}\n      - run: twine upload dist/*\n")), Verdict::Fail, "{step}");
        }
        let npm = |host: &str| {
            format!(
                "      - run: 'echo \"//{host}/:_authToken=${{{{ secrets.X }}}}\" > .npmrc'\n      - run: npm publish\n"
            )
        };
        assert_eq!(judged(&npm("npm.pkg.github.example")), Verdict::Pass);
        assert_eq!(judged(&npm("registry.npmjs.example")), Verdict::Fail);
    }

    #[test]
    fn a_password_that_is_always_empty_is_none() {
        let upload = |password: &str| {
            judged(&format!(
                "      - uses: pypa/gh-action-pypi-publish@v1\n        with: {{password: \"{password}\"}}\n"
            ))
        };
        for empty in ["", "${{ '' }}", "${{ null }}", "${{ false && secrets.T || '' }}"] {
            assert_eq!(upload(empty), Verdict::Pass, "{empty}");
        }
        assert_eq!(upload("${{ secrets.T }}"), Verdict::Fail);
        assert_eq!(upload("${{ inputs.x && secrets.T || '' }}"), Verdict::Warn);
    }

    #[test]
    fn what_runs_after_very_many_steps_is_unknown() {
        let many = |steps: usize| {
            let head = "on: push\njobs:\n  p:\n    permissions: {id-token: write}\n    steps:\n";
            format!("{head}{}      - run: uv publish\n", "      - run: make\n".repeat(steps))
        };
        let verdict = |steps: usize| Trial::workflow(&many(steps)).verdict("R12:no-long-lived-token");
        assert_eq!(verdict(super::MAX_BEFORE), Verdict::Pass);
        assert_eq!(verdict(super::MAX_BEFORE + 1), Verdict::Unknown);
    }
}
