//! Credentials of package indexes that a step is handed, and where they come from.

use std::collections::HashSet;

use super::{Registry, Scope};
use crate::fact::workflow::{Text, expression};

/// Where a credential comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Minted in the run, for this run alone, by an action of the registry.
    Minted,
    /// Made or fetched by a step; from where is not to be seen.
    Unseen,
    /// A secret of the repository or text in the file: it lives until somebody revokes it.
    Stored,
}

/// A credential of a package index in the environment or the inputs of a step.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The variable or input that holds it.
    pub name: Text,
    /// Its value.
    pub value: Text,
    /// The index it is for.
    pub registry: Registry,
    /// Whether the step itself holds it, not the job or the workflow around it.
    pub of_step: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Actions that trade the identity token of a run for a short-lived one of a registry.
const MINTERS: &[(&str, Registry)] = &[
    ("rust-lang/crates-io-auth-action", Registry::Crates),
    ("rubygems/configure-rubygems-credentials", Registry::Gem),
    ("nuget/login", Registry::Nuget),
];

/// Inputs of publishing actions that take a token, whatever the secret is called.
const TOKEN_INPUTS: &[(&str, &str, Registry)] = &[
    ("js-devtools/npm-publish", "token", Registry::Npm),
    ("katyo/publish-crates", "registry-token", Registry::Crates),
    ("jrubics/poetry-publish", "pypi_token", Registry::Pypi),
    ("etils-actions/pypi-auto-publish", "pypi-token", Registry::Pypi),
    ("ansys/actions/release-pypi-public", "twine-token", Registry::Pypi),
    ("dawidd6/action-publish-gem", "api_key", Registry::Gem),
];

/// The registry whose credential a variable, input or secret of this name is.
pub fn names_index_token(name: &str) -> Option<Registry> {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let secret = ["TOKEN", "PASSWORD", "KEY", "AUTH", "SECRET"].iter().any(|word| name.contains(word));
    let harmless = ["TEST", "TESTPYPI", "PYPITEST", "CACHE"];
    let registry = match name.as_str() {
        "TWINE_PASSWORD"
        | "UV_PUBLISH_TOKEN"
        | "UV_PUBLISH_PASSWORD"
        | "FLIT_PASSWORD"
        | "HATCH_INDEX_AUTH"
        | "PDM_PUBLISH_PASSWORD"
        | "MATURIN_PYPI_TOKEN"
        | "MATURIN_PASSWORD"
        | "RYE_TOKEN" => Registry::Pypi,
        "CARGO_REGISTRY_TOKEN" | "CRATES_IO_TOKEN" => Registry::Crates,
        "NODE_AUTH_TOKEN" => Registry::Npm,
        _ if !secret => return None,
        other if other.split('_').any(|part| harmless.contains(&part)) => return None,
        other if other.contains("PYPI") || other.contains("TWINE") => Registry::Pypi,
        other if other.contains("CRATES") || other.contains("CARGO_REGISTR") => Registry::Crates,
        other if other.contains("NPM") => Registry::Npm,
        other if other.contains("RUBYGEMS") || other.starts_with("GEM_") => Registry::Gem,
        other if other.contains("NUGET") => Registry::Nuget,
        _ => return None,
    };
    Some(registry)
}

/// Every credential of an index around a step: variables of the step, job and workflow, and inputs of its action.
/// A value that is empty is none, and so is the workflow's own token; an inner variable hides an outer one.
pub fn credentials(scope: &Scope<'_>) -> Vec<Credential> {
    let inputs = scope.step.with.iter().filter_map(|(name, value)| held(scope, name, value, true));
    let levels = [(&scope.step.env, true), (&scope.job.env, false), (&scope.workflow.env, false)];
    let mut seen: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for (name, value, of_step) in levels.iter().flat_map(|(env, own)| env.iter().map(|(n, v)| (n, v, *own))) {
        if !seen.contains(&name.value.as_str()) {
            seen.push(&name.value);
            all.extend(held(scope, name, value, of_step));
        }
    }
    all.extend(inputs);
    all
}

/// The same, and those that the script of the step names itself, as arguments or as variables it sets; and whether
/// these are all.
pub fn handed(scope: &Scope<'_>) -> (Vec<Credential>, bool) {
    let mut all = credentials(scope);
    let (written, whole) = in_script(scope);
    all.extend(written);
    (all, whole)
}

/// Most credentials that are taken from one script.
const MAX_WRITTEN: usize = 64;

/// Credentials of an index that the script of a step names itself (`./ship ${{ secrets.PYPI_TOKEN }}`), each once, and
/// whether these are all.
fn in_script(scope: &Scope<'_>) -> (Vec<Credential>, bool) {
    let Some(run) = &scope.step.run else { return (Vec::new(), true) };
    let (mut all, mut known) = (Vec::new(), HashSet::new());
    let mut rest = run.value.as_str();
    while let Some((before, (inner, after))) =
        rest.split_once("${{").and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        rest = after;
        let assigned = assigned(before);
        if !known.insert((assigned, inner)) {
            continue;
        }
        if all.len() >= MAX_WRITTEN {
            return (all, false);
        }
        all.extend(written(assigned, inner, run, scope));
    }
    (all, true)
}

/// The variable or option that a text before an expression gives it to; empty where there is none.
fn assigned(before: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let assigned = before.trim_end_matches(['"', '\'']).strip_suffix('=').unwrap_or_default();
    assigned.rsplit(|c| !is_part(c)).next().unwrap_or_default().trim_start_matches('-')
}

/// The credential that an expression of a script is, by its secret or input, else by the variable or option before it.
fn written(assigned: &str, inner: &str, run: &Text, scope: &Scope<'_>) -> Option<Credential> {
    let input = inner.trim().strip_prefix("inputs.");
    let mut named = secret_names(inner).chain(input.map(str::to_owned)).chain([assigned.to_owned()]);
    let (name, registry) = named.find_map(|name| names_index_token(&name).map(|at| (name, at)))?;
    let value = format!("${{{{{inner}}}}}");
    // What an input holds only its caller can tell.
    let source = if input.is_some() { Source::Unseen } else { source(&value, scope)? };
    let place = run.used_at();
    Some(Credential {
        name: Text::within(name, place),
        value: Text::within(value, place),
        registry,
        of_step: true,
        source,
    })
}

fn held(scope: &Scope<'_>, name: &Text, value: &Text, of_step: bool) -> Option<Credential> {
    let by_input = || {
        let action = scope.step.uses.as_ref()?.action()?;
        let row = TOKEN_INPUTS.iter().find(|row| row.0 == action && row.1.eq_ignore_ascii_case(&name.value));
        row.filter(|_| of_step).map(|row| row.2)
    };
    let by_secret = || secret_names(&value.value).find_map(|secret| names_index_token(&secret));
    let registry = names_index_token(&name.value).or_else(by_secret).or_else(by_input)?;
    let source = source(&value.value, scope)?;
    Some(Credential { name: name.clone(), value: value.clone(), registry, of_step, source })
}

/// Where a value comes from; none where it is empty or the workflow's own token.
pub fn source(value: &str, scope: &Scope<'_>) -> Option<Source> {
    let value = value.trim();
    if is_always_empty(value) {
        return None;
    }
    if !value.contains("${{") {
        return Some(Source::Stored);
    }
    let mut secrets = secret_names(value).peekable();
    let own = value.contains("github.token") || secrets.peek().is_some();
    if secrets.any(|secret| !secret.eq_ignore_ascii_case("GITHUB_TOKEN")) {
        return Some(Source::Stored);
    }
    let minted = is_minted(value, scope);
    let made = value.contains("steps.") || value.contains("steps[") || value.contains("needs.");
    match (own, minted, made) {
        (_, true, _) => Some(Source::Minted),
        (_, _, true) => Some(Source::Unseen),
        (true, ..) => None,
        _ => through_variable(value, scope),
    }
}

/// Whether a value comes to nothing in every run.
pub fn is_always_empty(value: &str) -> bool {
    let empty = |texts: &Vec<String>| !texts.is_empty() && texts.iter().all(|text| text.trim().is_empty());
    value.trim().is_empty()
        || value.contains("${{") && expression::possible(value).strings().as_ref().is_some_and(empty)
}

/// A value that is nothing but a variable is what that variable holds.
fn through_variable(value: &str, scope: &Scope<'_>) -> Option<Source> {
    let inner = value.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let variable = inner.and_then(|inner| inner.strip_prefix("env.")).and_then(|name| scope.env(name));
    match variable.filter(|text| !text.value.contains("env.")) {
        Some(text) => source(&text.value, scope),
        None => Some(Source::Stored),
    }
}

/// Where a word of a script comes from: the shell's own variables are looked up around the step.
pub fn source_of_word(word: &str, scope: &Scope<'_>) -> Option<Source> {
    let name = word.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| word.strip_prefix('$'));
    let name = name.map(|name| name.strip_prefix("env:").unwrap_or(name));
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name.filter(is_name) {
        Some(name) => scope.env(name).map_or(Some(Source::Unseen), |text| source(&text.value, scope)),
        None if word.contains("${{") => source(word, scope),
        None if word.contains(['$', '`', '%']) => Some(Source::Unseen),
        None => source(word, scope),
    }
}

/// Whether a value is made of outputs of steps that mint, and of nothing else that steps or jobs make.
fn is_minted(value: &str, scope: &Scope<'_>) -> bool {
    let mut outputs = value.split("steps.").skip(1).peekable();
    let mints_one = |rest: &str| {
        let id: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect();
        let own = |own: &Text| own.value.eq_ignore_ascii_case(&id);
        let step = scope.job.steps().iter().find(|step| step.id.as_ref().is_some_and(own));
        let action = step.and_then(|step| step.uses.as_ref()?.action());
        action.is_some_and(|action| mints(&action).is_some())
    };
    outputs.peek().is_some() && outputs.all(mints_one) && !value.contains("needs.") && !value.contains("steps[")
}

/// The registry that an action mints tokens of.
pub fn mints(action: &str) -> Option<Registry> {
    MINTERS.iter().find(|(name, _)| *name == action).map(|(_, registry)| *registry)
}

/// Names of the secrets that a value refers to.
pub fn secret_names(value: &str) -> impl Iterator<Item = String> {
    value.split("secrets").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let rest = rest.strip_prefix('.').or_else(|| rest.strip_prefix('[')?.trim_start().strip_prefix('\''))?;
        let name: String =
            rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect();
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fact::files::FileSet;
    use crate::fact::workflow::WorkflowSet;

    /// The credentials of the last step of a job with these lines.
    fn handed(step: &str) -> Vec<(String, Registry, Source)> {
        let text = format!(
            "on: push\nenv: {{OUTER: '${{{{ secrets.X }}}}', TWINE_PASSWORD: '${{{{ secrets.X }}}}'}}\njobs:\n  a:\n    steps:\n      - {{id: auth, uses: rust-lang/crates-io-auth-action@v1}}\n      - {{id: vault, run: x}}\n      - {step}\n"
        );
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut Vec::new());
        let (workflow, job) = set.job((0, 0)).unwrap();
        let scope = Scope { workflow, job, step: job.steps().last().unwrap() };
        let mut all: Vec<_> =
            credentials(&scope).into_iter().map(|held| (held.name.value, held.registry, held.source)).collect();
        all.retain(|(name, ..)| name != "TWINE_PASSWORD");
        all
    }

    fn source_of(value: &str) -> Option<Source> {
        handed(&format!("{{run: x, env: {{NPM_TOKEN: \"{value}\"}}}}")).first().map(|(_, _, source)| *source)
    }

    #[test]
    fn names_of_index_tokens_are_known() {
        assert_eq!(names_index_token("PYPI_API_TOKEN"), Some(Registry::Pypi));
        assert_eq!(names_index_token("pypi-token"), Some(Registry::Pypi));
        assert_eq!(names_index_token("TWINE_PASSWORD"), Some(Registry::Pypi));
        assert_eq!(names_index_token("LATEST_PYPI_TOKEN"), Some(Registry::Pypi));
        assert_eq!(names_index_token("NPM_TOKEN"), Some(Registry::Npm));
        assert_eq!(names_index_token("CARGO_REGISTRY_TOKEN"), Some(Registry::Crates));
        for other in
            ["TEST_PYPI_TOKEN", "TESTPYPI_TOKEN", "GITHUB_TOKEN", "TWINE_USERNAME", "PYPI_URL", "NPM_CACHE_KEY"]
        {
            assert_eq!(names_index_token(other), None, "{other}");
        }
    }

    #[test]
    fn where_a_value_comes_from() {
        for stored in [
            "abc",
            "pypi-steps.x",
            "${{ secrets.X }}",
            "${{ secrets['X'] }}",
            "${{ secrets[ 'X' ] || '' }}",
            "${{ steps.auth.outputs.token || secrets.X }}",
            "${{ secrets.GITHUB_TOKEN || secrets.X }}",
            "${{ env.OUTER }}",
            "${{ env.NOWHERE }}",
            "${{ inputs.token }}",
            "${{ vars.TOKEN }}",
        ] {
            assert_eq!(source_of(stored), Some(Source::Stored), "{stored}");
        }
        for none in [
            "",
            " ",
            "${{ secrets.GITHUB_TOKEN }}",
            "${{ github.token }}",
            "${{ '' }}",
            "${{ null }}",
            "${{ false && 'x' || '' }}",
        ] {
            assert_eq!(source_of(none), None, "{none}");
        }
        assert_eq!(source_of("${{ steps.auth.outputs.token }}"), Some(Source::Minted));
        assert_eq!(source_of("${{ steps.auth.outputs.token || steps.vault.outputs.x }}"), Some(Source::Unseen));
        assert_eq!(source_of("${{ steps.vault.outputs.token }}"), Some(Source::Unseen));
        assert_eq!(source_of("${{ steps.nobody.outputs.token || github.token }}"), Some(Source::Unseen));
        assert_eq!(source_of("${{ needs.vault.outputs.token }}"), Some(Source::Unseen));
    }

    #[test]
    fn inner_variables_hide_outer_ones_and_inputs_of_known_actions_count() {
        let text = "{run: x, env: {TWINE_PASSWORD: ''}}";
        assert!(handed(text).is_empty());
        let by_input = handed("{uses: JS-DevTools/npm-publish@v3, with: {token: '${{ secrets.ANY }}'}}");
        assert_eq!(by_input, [("token".to_owned(), Registry::Npm, Source::Stored)]);
        assert!(handed("{uses: actions/checkout@v4, with: {token: '${{ secrets.ANY }}'}}").is_empty());
    }

    #[test]
    fn secrets_are_found_in_expressions() {
        let names: Vec<String> = secret_names("${{ secrets.A_B || secrets['c-d'] || secrets [ 'e' ] }}").collect();
        assert_eq!(names, ["A_B", "c-d", "e"]);
    }
}
