//! Scripts and unknown actions that publish out of sight, told by the credentials and rights they are handed.

use super::credential::{Credential, credentials, names_index_token, secret_names};
use super::unread::{self, Sort, Work};
use super::{Aim, PublishKind, Registry, Scope, actions, index};
use crate::fact::workflow::shell::Command;
use crate::fact::workflow::uses::Reference;
use crate::fact::workflow::{Access, Call, Job, Text, Workflow, expression};

/// What a script, an unknown action or a called workflow gives away.
#[derive(Clone, Debug)]
pub struct Clue {
    /// The registry its credential is for.
    pub registry: Registry,
    /// What for, as far as its environment tells.
    pub aim: Aim,
    /// What is called.
    pub called: String,
    /// Whether it is handed a credential of an index. Otherwise its name and its rights are all there is.
    pub credential: bool,
    /// Whether its name says that it does something else, such as building, or says nothing while the credential is
    /// only around it: then any other use of that credential explains it.
    pub faint: bool,
}

/// What a command that is no known publisher gives away.
pub fn by_command(command: &Command, scope: &Scope<'_>, held: &[Credential]) -> Option<Clue> {
    by_work(unread::work(command, scope, held)?, scope, held)
}

/// What a script in a language that is not read gives away.
pub fn by_language(scope: &Scope<'_>, held: &[Credential]) -> Option<Clue> {
    by_work(unread::language(scope)?, scope, held)
}

fn by_work(work: Work, scope: &Scope<'_>, all: &[Credential]) -> Option<Clue> {
    let Work { called, sort } = work;
    let speaks = speaks_of_publishing(&called);
    let proves = mints_tokens(scope.workflow, scope.job) || has_publish_environment(scope.job) && holds_secret(scope);
    let trusted = sort == Sort::Script && proves && speaks && !prepares(scope.job);
    let (elsewhere, held): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|held| is_for_another_index(held, scope));
    let own = held.iter().chain(&elsewhere).any(|credential| credential.of_step);
    let other = says_other(&called);
    let counts_around = speaks || !other && sort != Sort::Program;
    let registry = |all: &[Credential]| {
        let own = all.iter().find(|credential| credential.of_step);
        let around = all.first().filter(|_| counts_around);
        one_registry(own.or(around).map(|credential| credential.registry), all)
    };
    let faint = other || !own && !speaks;
    let beside = || clue(registry(&elsewhere), false, PublishKind::OtherIndex.into(), called.clone());
    let found = clue(registry(&held), trusted, aim(scope), called.clone()).or_else(beside);
    found.map(|clue| Clue { faint, ..clue })
}

/// Whether a credential is for an index that a variable beside it names, and that is not where releases go.
fn is_for_another_index(credential: &Credential, scope: &Scope<'_>) -> bool {
    const ENDS: &[&str] =
        &["_REGISTRY", "_REGISTRY_URL", "_REPOSITORY", "_REPOSITORY_URL", "_INDEX_URL", "_PUBLISH_URL"];
    let names = |name: &Text| {
        let name = name.value.to_ascii_uppercase();
        ENDS.iter().any(|end| name.ends_with(end)) && index_of_variable(&name) == Some(credential.registry)
    };
    let Some((_, address)) = scope.all_env().find(|(name, _)| names(name)) else { return false };
    let values = expression::possible(&address.value).strings().unwrap_or_default();
    let elsewhere = |value: &String| {
        // Where packages are read from says nothing of where they are sent.
        let is_address = value.contains("://") && !value.contains("/simple") || value.contains("test");
        is_address && index::by_registry(credential.registry, value) != PublishKind::Production
    };
    !values.is_empty() && values.iter().all(elsewhere)
}

/// The registry that the name of a variable in capitals speaks of.
fn index_of_variable(name: &str) -> Option<Registry> {
    let words: &[(&str, Registry)] = &[
        ("NPM", Registry::Npm),
        ("PYPI", Registry::Pypi),
        ("TWINE", Registry::Pypi),
        ("UV_PUBLISH", Registry::Pypi),
        ("CARGO", Registry::Crates),
        ("CRATES", Registry::Crates),
        ("GEM", Registry::Gem),
        ("NUGET", Registry::Nuget),
    ];
    words.iter().find(|(word, _)| name.contains(word)).map(|(_, registry)| *registry)
}

/// The registry of a credential, unless there are credentials of several.
fn one_registry(registry: Option<Registry>, credentials: &[Credential]) -> Option<Registry> {
    let several = credentials.iter().any(|credential| Some(credential.registry) != registry);
    registry.map(|registry| if several { Registry::Other } else { registry })
}

/// What an action that is not in the table gives away, or one whose code lies in an image or in the repository.
pub fn by_action(scope: &Scope<'_>) -> Option<Clue> {
    let reference = &scope.step.uses.as_ref()?.reference;
    let called = match reference {
        Reference::Local(path) => format!("./{path}"),
        Reference::Docker(image) => format!("docker://{image}"),
        _ => scope.step.uses.as_ref()?.action()?,
    };
    let scripted = called == "actions/github-script";
    if scripted && !starts_programs(scope) || !scripted && actions::is_known(&called) {
        return None;
    }
    if !matches!(reference, Reference::Remote { .. }) || scripted {
        return by_work(Work { called, sort: Sort::Code }, scope, &credentials(scope));
    }
    let speaks = called.rsplit('/').next().is_some_and(speaks_of_publishing);
    let credentials = credentials(scope);
    let own = credentials.iter().find(|credential| credential.of_step);
    let trusted =
        speaks && mints_tokens(scope.workflow, scope.job) && has_publish_environment(scope.job) && !prepares(scope.job);
    // Actions that set tools up or fetch secrets are handed tokens too (`actions/setup-node`), but they publish nothing.
    let sets_up = called.starts_with("actions/") || has_part(&called, SETS_UP);
    let registry = own.filter(|_| !sets_up).map(|credential| credential.registry);
    clue(one_registry(registry, &credentials), trusted, aim(scope), called)
}

/// Words of actions that set something up for later steps.
const SETS_UP: &[&str] = &["setup", "secret", "secrets", "vault", "keyvault", "secretsmanager", "secretmanager", "sm"];

/// Whether the script of `actions/github-script` starts programs or loads code of the project.
fn starts_programs(scope: &Scope<'_>) -> bool {
    let script = scope.step.with.get("script").map(Text::trimmed).unwrap_or_default();
    ["exec", "spawn", "require(", "import("].iter().any(|word| script.contains(word))
}

/// What a call of a workflow of another repository gives away.
pub fn by_call(workflow: &Workflow, job: &Job, call: &Call) -> Option<Clue> {
    let called = call.uses.action()?;
    let file = called.rsplit('/').next().unwrap_or_default();
    let tokens = call.secrets.iter().filter(|(_, value)| !value.trimmed().is_empty());
    let names = tokens.flat_map(|(name, value)| std::iter::once(name.value.clone()).chain(secret_names(&value.value)));
    let registries: Vec<Registry> = names.filter_map(|name| names_index_token(&name)).collect();
    let registry = registries.first().copied();
    // It may sign in by an identity token, or by whatever secret there is.
    let proves = mints_tokens(workflow, job) || call.secrets.get("inherit").is_some();
    let speaks = speaks_of_publishing(file) && !file.contains("slsa");
    let kind = if index::is_test_environment(file) { PublishKind::Test } else { PublishKind::Opaque };
    let on = switch(call, &registries).map(|text| Aim::read(text, PublishKind::Opaque, unless_off));
    let aim = on.unwrap_or(Some(PublishKind::Opaque.into()))?.as_kind(kind);
    clue(registry, speaks && proves, aim, called)
}

/// What a switch says that publishes unless it is turned off. An empty one leaves it to the called workflow.
fn unless_off(value: &str) -> Option<PublishKind> {
    let off = matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "never" | "0");
    (!off).then_some(PublishKind::Opaque)
}

/// The input of a called workflow that says whether it publishes to the registry whose token it is handed: one that names
/// that registry, else the only one that speaks of publishing at all.
fn switch<'c>(call: &'c Call, registries: &[Registry]) -> Option<&'c Text> {
    let inputs = call.with.iter().filter_map(|(name, value)| Some((switches(&name.value)?, value)));
    let (plain, named): (Vec<_>, Vec<_>) = inputs.partition(|(registry, _)| *registry == Registry::Other);
    let one = registries.first().filter(|first| registries.iter().all(|other| other == *first));
    let fits = |input: &(Registry, &Text)| registries.is_empty() || Some(&input.0) == one;
    let fitting: Vec<&Text> = named.into_iter().filter(fits).map(|(_, value)| value).collect();
    match (fitting.as_slice(), plain.as_slice(), one) {
        ([value], [], _) | ([value], _, Some(_)) | ([], [(_, value)], _) => Some(value),
        _ => None,
    }
}

/// Whether the name of an input says that it turns publishing on, and the registry it names.
fn switches(name: &str) -> Option<Registry> {
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let verb = matches!(parts.next()?, "upload" | "publish" | "release" | "deploy");
    let mut registry = Registry::Other;
    for part in parts {
        match part {
            "to" | "package" | "packages" | "wheels" | "dist" | "dists" | "python" | "index" | "registry" => {}
            "pypi" => registry = Registry::Pypi,
            "npm" => registry = Registry::Npm,
            "crate" | "crates" => registry = Registry::Crates,
            "gem" | "gems" | "rubygems" => registry = Registry::Gem,
            "nuget" => registry = Registry::Nuget,
            _ => return None,
        }
    }
    verb.then_some(registry)
}

fn clue(registry: Option<Registry>, trusted: bool, aim: Aim, called: String) -> Option<Clue> {
    let credential = registry.is_some();
    (credential || trusted).then(|| Clue {
        registry: registry.unwrap_or(Registry::Other),
        aim,
        called,
        credential,
        faint: false,
    })
}

/// Whether a job's name says that it only prepares a release.
fn prepares(job: &Job) -> bool {
    has_part(&job.id.value, &["prepare", "prep", "preview", "draft", "plan"])
}

/// Whether a name says outright that something is uploaded, rather than released or deployed in some way.
pub fn names_upload(name: &str) -> bool {
    has_part(name, &["publish", "publishing", "upload", "pypi"])
}

/// Whether a name says that something is built, tested, documented or prepared.
pub fn says_other(name: &str) -> bool {
    !speaks_of_publishing(name) && has_part(name, OTHER_WORK)
}

/// Words for work that comes before a release.
#[rustfmt::skip]
const OTHER_WORK: &[&str] = &[
    "analyze", "audit", "bench", "benchmark", "benchmarks", "bootstrap", "build", "builds", "bump", "bundle", "cache",
    "changelog", "check", "checks", "clean", "codegen", "compile", "config", "configure", "coverage", "deps",
    "dependencies", "dist", "doc", "docs", "doctest", "e2e", "fmt", "format", "gen", "generate", "init", "install",
    "integration", "lint", "linter", "mypy", "notes", "prepare", "pytest", "sdist", "setup", "smoke", "test", "tests",
    "typecheck", "types", "unit", "validate", "verify", "version", "wheel", "wheels",
];

/// Whether one of the words that a name is made of is among these.
fn has_part(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| words.contains(&part))
}

/// Whether a step may prove itself to an index by an identity token.
pub fn may_prove(scope: &Scope<'_>) -> bool {
    mints_tokens(scope.workflow, scope.job)
}

/// What a script is for, by the environment it runs in.
fn aim(scope: &Scope<'_>) -> Aim {
    let reading =
        |name: &str| Some(if index::is_test_environment(name) { PublishKind::Test } else { PublishKind::Opaque });
    let environment = scope.job.environment.as_ref().map(|environment| &environment.name);
    let aim = environment.and_then(|name| Aim::read(name, PublishKind::Opaque, reading));
    aim.unwrap_or(PublishKind::Opaque.into())
}

/// Whether the job may ask for an identity token by its own or the workflow's permissions.
fn mints_tokens(workflow: &Workflow, job: &Job) -> bool {
    job.effective_permissions(workflow).is_some_and(|permissions| permissions.access("id-token") == Access::Write)
}

/// Whether the environment of a job, or one of those it may be, speaks of publishing.
fn has_publish_environment(job: &Job) -> bool {
    let speaks = |name: &str| {
        let name = name.to_ascii_lowercase();
        let real = ["pypi", "publish", "release", "npm", "crates", "deploy"].iter().any(|word| name.contains(word));
        real && !["test", "docs", "pages", "preview", "staging"].iter().any(|word| name.contains(word))
    };
    job.environment.as_ref().is_some_and(|environment| {
        let names = expression::possible(&environment.name.value).strings();
        names.map_or_else(|| speaks(&environment.name.value), |names| names.iter().any(|name| speaks(name)))
    })
}

/// Whether the step sees any secret but the workflow's own token. Without one, and without an identity token, a script
/// cannot prove itself to a registry, whatever its environment is called.
fn holds_secret(scope: &Scope<'_>) -> bool {
    let values = scope.all_env().chain(scope.step.with.iter()).map(|(_, value)| value);
    values.flat_map(|value| secret_names(&value.value)).any(|secret| secret != "GITHUB_TOKEN")
}

/// Whether a name speaks of publishing, and not of notes, checks or documentation.
fn speaks_of_publishing(name: &str) -> bool {
    let speaks = ["publish", "release", "deploy", "upload", "publishing", "releaser", "pypi"];
    let other = [
        "notes",
        "docs",
        "doc",
        "page",
        "pages",
        "site",
        "web",
        "website",
        "check",
        "prepare",
        "prep",
        "pre",
        "preview",
        "staging",
        "changelog",
        "coverage",
        "codecov",
        "test",
        "dry",
        "lint",
        "version",
        "detect",
        "draft",
        "artifact",
        "artifacts",
        "populate",
        "download",
        "storybook",
        "netlify",
        "gh",
    ];
    has_part(name, &speaks) && !has_part(name, &other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_speak_of_publishing_are_told_from_look_alikes() {
        for yes in ["release", "scripts/publish", "ci-publish", "finalize-release", "deploy", "pypi_upload.py"] {
            assert!(speaks_of_publishing(yes), "{yes}");
        }
        for no in
            ["release-notes", "deploy-docs", "prepare_release", "build", "upload-artifact", "check-release", "released"]
        {
            assert!(!speaks_of_publishing(no), "{no}");
        }
    }

    #[test]
    fn inputs_that_turn_publishing_on_are_told_from_look_alikes() {
        for (name, registry) in [
            ("upload_to_pypi", Registry::Pypi),
            ("publish-npm", Registry::Npm),
            ("publish", Registry::Other),
            ("deploy", Registry::Other),
            ("release_packages", Registry::Other),
        ] {
            assert_eq!(switches(name), Some(registry), "{name}");
        }
        for other in [
            "upload_to_anaconda",
            "upload_to_test_pypi",
            "upload_artifacts",
            "publish_docs",
            "release_notes",
            "pypi_publish",
            "test",
        ] {
            assert_eq!(switches(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_plain_no_turns_it_off() {
        for no in ["false", "False", "no", "never", "0"] {
            assert_eq!(unless_off(no), None, "{no}");
        }
        for open in ["", "true", "refs/tags/v", "auto"] {
            assert!(unless_off(open).is_some(), "{open}");
        }
    }
}
