//! Credentials that a script writes down with the shell's variables: into the environment of later steps, and into the
//! configuration of a registry's tools.

use std::cell::LazyCell;

use super::{Evidence, Proof, Registry};
use crate::fact::release::Scope;
use crate::fact::release::credential::{Source, names_index_token, source_of_word};
use crate::fact::workflow::expand::Placed;

/// What a script writes down for a registry by lines that name what they write.
pub fn proofs(scope: &Scope<'_>, placed: &Placed<'_>, registry: Registry) -> Vec<Proof> {
    let Some(run) = &placed.step.run else { return Vec::new() };
    let environment = run.value.contains("GITHUB_ENV");
    let key = key(registry).filter(|(file, _)| run.value.contains(file)).map(|(_, key)| key);
    if !environment && key.is_none() {
        return Vec::new();
    }
    let document = LazyCell::new(|| whole(&run.value, scope));
    let mut proofs: Vec<Proof> = whole_file(&run.value, scope, placed, registry).into_iter().collect();
    for line in run.value.lines().filter(|line| !super::is_for_another(registry, line)) {
        let for_steps = environment.then(|| variable(line, registry)).flatten();
        let in_file = key.and_then(|key| Some((key, value_of(line, key)?)));
        for (name, value) in for_steps.into_iter().chain(in_file) {
            // What stands between the lines of a document is in none of them.
            let source = if value.starts_with("<<") { Some(*document) } else { source_of(value, scope) };
            proofs.extend(source.map(|source| Proof {
                source,
                words: words(source, name),
                evidence: vec![Evidence::at(placed.file, run.used_at(), "a script writes down a credential")],
            }));
        }
    }
    proofs
}

/// The configuration of a registry's tools, put down from something whose text is not in the script: a variable, the
/// output of a command, another file.
fn whole_file(script: &str, scope: &Scope<'_>, placed: &Placed<'_>, registry: Registry) -> Option<Proof> {
    let (file, key) = key(registry)?;
    let lines = || script.lines().filter(|line| !super::is_for_another(registry, line));
    let mut wanted: Option<&str> = None;
    let mut sources = Vec::new();
    for line in lines() {
        if let Some(end) = wanted {
            // A line of a document that is nothing but a variable may be any line.
            let text = line.trim();
            wanted = (text != end).then_some(end);
            let bare = text.starts_with('$') && !text.contains(char::is_whitespace) || text.starts_with("${{");
            sources.extend(bare.then(|| source_of(text, scope).unwrap_or(Source::Unseen)));
            let literal =
                value_of(line, key).is_some_and(|value| value.starts_with("pypi-") || value.starts_with("npm_"));
            sources.extend(literal.then_some(Source::Stored));
            continue;
        }
        let written = line.split_once(file).map(|(before, _)| before);
        let Some(before) = written else { continue };
        if let Some((_, rest)) = line.split_once("<<").filter(|_| line.contains('>') || line.contains("tee ")) {
            let end = rest.trim_start_matches(['-', '\'', '"', ' ', '\\']);
            wanted = end.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().filter(|end| !end.is_empty());
            continue;
        }
        let mut words = line.split_whitespace();
        let copies = words.next().is_some_and(|program| matches!(program, "cp" | "mv" | "install" | "ln"));
        let fetched = ["curl ", "wget ", "base64 ", "$(cat ", "`cat "].iter().any(|program| line.contains(program));
        let redirected = before.contains('>') || before.contains("tee ");
        let keyed = value_of(line, key).is_some();
        let filled = redirected && !keyed && variables(before).next().is_some();
        if copies || fetched && (redirected || before.contains("-o")) {
            sources.push(Source::Unseen);
        } else if filled {
            sources.extend(source_of(before.rsplit_once('>').map_or(before, |(text, _)| text), scope));
        } else if redirected && value_of(line, key).is_some_and(|value| value.starts_with("pypi-")) {
            sources.push(Source::Stored);
        }
    }
    let source = sources.into_iter().max()?;
    let evidence = vec![Evidence::at(placed.file, scope.step.work_span(), "a script writes down a configuration")];
    Some(Proof { source, words: words(source, file), evidence })
}

fn words(source: Source, name: &str) -> String {
    match source {
        Source::Stored => format!("publishes with a stored credential, which a script writes down as `{name}`"),
        Source::Unseen | Source::Minted => {
            format!("publishes with `{name}`, which a script writes down from out of sight")
        }
    }
}

/// The configuration of a registry's tools, and what holds a credential in it.
const fn key(registry: Registry) -> Option<(&'static str, &'static str)> {
    match registry {
        Registry::Pypi => Some((".pypirc", "password")),
        Registry::Crates => Some((".cargo/credentials", "token")),
        Registry::Npm => Some(("npmrc", "_authToken")),
        Registry::Gem => Some((".gem/credentials", "rubygems_api_key")),
        _ => None,
    }
}

/// A variable of the registry that a line sets, and its value.
fn variable(line: &str, registry: Registry) -> Option<(&str, &str)> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let mut ours = words.filter(|word| names_index_token(word) == Some(registry));
    ours.find_map(|name| Some((name, value_of(line, name)?)))
}

/// What a line gives a key that stands in it as a word of its own: behind `=`, `:` or `<<`.
fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '$' || c == '{';
    line.match_indices(key).find_map(|(at, _)| {
        let before = line.get(..at)?.chars().next_back();
        let rest = line.get(at + key.len()..)?.trim_start();
        let value = rest.strip_prefix(['=', ':']).or_else(|| rest.starts_with("<<").then_some(rest))?;
        (!before.is_some_and(is_part)).then(|| value.trim_start())
    })
}

/// Where a value comes from that may be followed by the rest of a command. Plain text is taken for no credential.
fn source_of(value: &str, scope: &Scope<'_>) -> Option<Source> {
    let value = value.split(">>").next().unwrap_or(value);
    if value.contains("NODE_AUTH_TOKEN") {
        return None;
    }
    let by_command = (value.contains("$(") || value.contains('`')).then_some(Source::Unseen);
    let expression = value.split_once("${{").map(|(_, rest)| rest.split("}}").next().unwrap_or(rest));
    let by_expression = expression.and_then(|inner| source_of_word(&format!("${{{{{inner}}}}}"), scope));
    variables(value)
        .filter_map(|name| source_of_word(&format!("${name}"), scope))
        .chain(by_command)
        .chain(by_expression)
        .max()
}

/// Where the variables of a script come from, all together; at least one of them fills the document.
fn whole(script: &str, scope: &Scope<'_>) -> Source {
    let known = variables(script).filter(|name| scope.env(name).is_some());
    let sources = known.filter_map(|name| source_of_word(&format!("${name}"), scope));
    sources.max().unwrap_or(Source::Unseen).max(Source::Unseen)
}

/// Names of the shell's variables in a text, without those of places.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let names = text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix("env:").or_else(|| rest.strip_prefix('{')).unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty())
    });
    let place = |name: &&str| {
        matches!(*name, "HOME" | "PWD" | "GITHUB_ENV" | "GITHUB_OUTPUT" | "GITHUB_WORKSPACE" | "RUNNER_TEMP")
    };
    names.filter(move |name| !place(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_key_is_told_from_options_and_longer_names() {
        assert_eq!(value_of("password = $T", "password"), Some("$T"));
        assert_eq!(value_of("echo \"password: $T\" > x", "password"), Some("$T\" > x"));
        assert_eq!(value_of("echo \"TWINE_PASSWORD<<END\"", "TWINE_PASSWORD"), Some("<<END\""));
        for other in ["--password=$T", "DB_password=$T", "$password = 1", "password-stdin", "password"] {
            assert_eq!(value_of(other, "password"), None, "{other}");
        }
    }

    #[test]
    fn variables_are_told_from_places() {
        let all: Vec<&str> =
            variables("echo \"A=$T\" >> $GITHUB_ENV; ${U}x $env:V $env:GITHUB_ENV ${{ w }} $HOME").collect();
        assert_eq!(all, ["T", "U", "V"]);
    }

    #[test]
    fn variables_of_the_registry_are_found_in_a_line() {
        let line = "echo \"TWINE_PASSWORD=$T\" >> $GITHUB_ENV";
        assert_eq!(variable(line, Registry::Pypi), Some(("TWINE_PASSWORD", "$T\" >> $GITHUB_ENV")));
        assert_eq!(variable(line, Registry::Npm), None);
    }
}
