//! Credentials that actions put into the environment of later steps.

use super::{Evidence, Proof, Registry};
use crate::fact::release::Scope;
use crate::fact::release::credential::{Source, names_index_token, secret_names, source};
use crate::fact::workflow::expand::Placed;
use crate::fact::workflow::{Text, Uses};

/// An action that fetches secrets and exports them.
struct Vault {
    action: &'static str,
    /// The input that lists them with their names; empty where the step's variables do.
    list: &'static str,
    /// The input that says whether they are exported, and whether they are without it; empty where they always are.
    switch: (&'static str, bool),
}

const fn vault(action: &'static str, list: &'static str, switch: (&'static str, bool)) -> Vault {
    Vault { action, list, switch }
}

/// Such actions, in lower case.
const VAULTS: &[Vault] = &[
    vault("hashicorp/vault-action", "secrets", ("exportEnv", true)),
    vault("aws-actions/aws-secretsmanager-get-secrets", "secret-ids", ("", true)),
    vault("1password/load-secrets-action", "", ("export-env", false)),
    vault("google-github-actions/get-secretmanager-secrets", "secrets", ("export_to_environment", false)),
    vault("azure/get-keyvault-secrets", "secrets", ("", true)),
    vault("bitwarden/sm-action", "secrets", ("set_env", true)),
    vault("dopplerhq/secrets-fetch-action", "*", ("inject-env-vars", false)),
    vault("infisical/secrets-action", "*", ("", true)),
    vault("onaips/secrets-to-env-action", "*", ("", true)),
];

/// What the action of a step exports for a registry.
pub fn proofs(scope: &Scope<'_>, placed: &Placed<'_>, registry: Registry) -> Vec<Proof> {
    let Some(action) = scope.step.uses.as_ref().and_then(Uses::action) else { return Vec::new() };
    let found = match action.as_str() {
        "actions/github-script" => by_script(scope, registry),
        "actions/setup-node" if registry == Registry::Npm => of_node(scope),
        _ => VAULTS.iter().find(|row| row.action == action).and_then(|row| by_vault(row, scope, registry)),
    };
    let proof = |(source, name): (Source, String)| Proof {
        source,
        words: match source {
            Source::Stored => format!("publishes with the stored credential `{name}`, which {action} exports"),
            _ => format!("publishes with what {action} exports (`{name}`), from out of sight"),
        },
        evidence: vec![Evidence::at(placed.file, scope.step.work_span(), "exports a credential")],
    };
    found.map(proof).into_iter().collect()
}

/// A program that calls `core.exportVariable`. Where it does not write the name down, it may be any.
fn by_script(scope: &Scope<'_>, registry: Registry) -> Option<(Source, String)> {
    let text = &scope.step.with.get("script")?.value;
    let mut calls = text.split("exportVariable").skip(1);
    let name = calls.find_map(|rest| {
        let rest = rest.trim_start().strip_prefix('(').map_or(rest, str::trim_start);
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
        let written = quote.and_then(|quote| rest.get(1..)?.split(quote).next()).filter(|name| !name.contains("${"));
        match written {
            Some(name) => (names_index_token(name) == Some(registry)).then(|| name.to_owned()),
            None => Some("exportVariable".to_owned()),
        }
    })?;
    let around = scope.step.env.iter().map(|(_, value)| value.value.as_str()).chain([text.as_str()]);
    let secret = |text: &str| secret_names(text).any(|secret| !secret.eq_ignore_ascii_case("GITHUB_TOKEN"));
    let written = name != "exportVariable";
    let stored = written && around.into_iter().any(secret);
    Some((if stored { Source::Stored } else { Source::Unseen }, name))
}

/// `actions/setup-node` writes a configuration that names `NODE_AUTH_TOKEN`, and exports that variable as it finds it.
fn of_node(scope: &Scope<'_>) -> Option<(Source, String)> {
    let given = |name: &str| scope.step.with.get(name).filter(|text| !text.trimmed().is_empty());
    let address = given("registry-url")?;
    if super::names_own_index(address.trimmed()) {
        return None;
    }
    let name = "NODE_AUTH_TOKEN";
    // Those of job and workflow reach the publish step by themselves.
    let own = scope.step.env.get(name).and_then(|text| source(&text.value, scope));
    own.map(|source| (source, name.to_owned()))
}

/// A vault names what it exports, or may export anything.
fn by_vault(row: &Vault, scope: &Scope<'_>, registry: Registry) -> Option<(Source, String)> {
    let (switch, on) = row.switch;
    let said = scope.step.with.get(switch).map(Text::trimmed).filter(|word| !word.is_empty());
    let exports = match said.map(str::to_ascii_lowercase).as_deref() {
        None => on,
        Some(word) => !matches!(word, "false" | "no" | "0"),
    };
    if !exports {
        return None;
    }
    let listed: String = match row.list {
        "" => scope.step.env.iter().map(|(name, _)| format!("{} ", name.value)).collect(),
        "*" => "*".to_owned(),
        list => scope.step.with.get(list).map(|text| text.value.clone())?,
    };
    let mut words = listed.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.find(|word| names_index_token(word) == Some(registry)).map(str::to_owned);
    let whole = scope.step.with.get("parse-json-secrets").is_some_and(|text| text.trimmed() != "false");
    let any = (listed.contains('*') || listed.contains("${{") || whole).then(|| "any variable".to_owned());
    named.or(any).map(|name| (Source::Unseen, name))
}

#[cfg(test)]
mod tests {
    use crate::requirement::Verdict::{self, Fail, Pass, Unknown};
    use crate::requirement::trial::Trial;

    fn judged(before: &str, publish: &str) -> Verdict {
        let text = format!(
            "on: push\njobs:\n  p:\n    permissions: {{id-token: write}}\n    steps:\n      - {before}\n      - run: {publish}\n"
        );
        Trial::workflow(&text).verdict("R12:no-long-lived-token")
    }

    #[test]
    fn what_actions_export_is_followed() {
        let vault = "hashicorp/vault-action@v3, with: {secrets";
        for (before, expected) in [
            (
                "{uses: actions/github-script@v7, with: {script: \"core.exportVariable('TWINE_PASSWORD', process.env.T)\"}, env: {T: '${{ secrets.T }}'}}"
                    .to_owned(),
                Fail,
            ),
            ("{uses: actions/github-script@v7, with: {script: \"core.exportVariable('TWINE_PASSWORD', await x())\"}}".to_owned(), Unknown),
            ("{uses: actions/github-script@v7, with: {script: 'core.exportVariable(name, value)'}}".to_owned(), Unknown),
            ("{uses: actions/github-script@v7, with: {script: \"core.exportVariable('VERSION', x)\"}}".to_owned(), Pass),
            (format!("{{uses: {vault}: 'a/b token | TWINE_PASSWORD'}}}}"), Unknown),
            (format!("{{uses: {vault}: 'a/b *'}}}}"), Unknown),
            (format!("{{uses: {vault}: 'a/b token | TWINE_PASSWORD', exportEnv: false}}}}"), Pass),
            (format!("{{uses: {vault}: 'a/b url | SITE'}}}}"), Pass),
            ("{uses: aws-actions/aws-secretsmanager-get-secrets@v2, with: {secret-ids: 'PYPI_TOKEN, prod/x'}}".to_owned(), Unknown),
            ("{uses: 1password/load-secrets-action@v2, env: {TWINE_PASSWORD: 'op://a/b'}}".to_owned(), Pass),
        ] {
            assert_eq!(judged(&before, "twine upload dist/*"), expected, "{before}");
        }
    }

    #[test]
    fn setting_node_up_hands_its_token_on() {
        let node = |more: &str| {
            format!(
                "{{uses: actions/setup-node@v4, with: {{{more}}}, env: {{NODE_AUTH_TOKEN: '${{{{ secrets.T }}}}'}}}}"
            )
        };
        assert_eq!(judged(&node("registry-url: 'https://registry.npmjs.example'"), "npm publish"), Fail);
        assert_eq!(judged(&node("node-version: 22"), "npm publish"), Pass);
    }
}
