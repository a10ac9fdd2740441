//! Commits of actions from a file, for a machine that must not or cannot ask: `--pins FILE`.
//!
//! The file is a YAML map, one line for each reference of an action:
//!
//! ```yaml
//! actions/checkout@v4: {sha: 11bd71901bbe5b1630ceea73d27597364c9af683, version: v4.2.2}
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::file;
use crate::fact::Fact;
use crate::fact::artifact::{Pin, Pins};
use crate::text::clean;
use crate::text::decode::{self, MAX_BYTES};

/// Why a file of pins does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}{place} {message}")]
pub struct PinsError {
    path: String,
    place: String,
    message: String,
}

/// One reference, as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The commit.
    sha: String,
    /// The release it is.
    #[serde(default)]
    version: Option<String>,
}

/// Reads a file of pins.
///
/// # Errors
/// A file that cannot be read, or a line in it that is no reference with its commit.
pub fn read(path: &Path) -> Result<Pins, PinsError> {
    let shown = clean::line(&path.to_string_lossy()).into_owned();
    let refuse = |place: String, message: String| PinsError { path: shown.clone(), place, message };
    let bytes = file::read(path, MAX_BYTES).map_err(|error| refuse(String::new(), error.to_string()))?;
    let text = decode::decode(bytes).map_err(|error| {
        let place = error.place.map(|place| format!(":{}", place.line)).unwrap_or_default();
        refuse(place, error.message)
    })?;
    parse(&text).map_err(|(place, message)| refuse(place, message))
}

/// Reads the text of a file of pins; a mistake comes with its place, as `:3`.
fn parse(text: &str) -> Result<Pins, (String, String)> {
    let rows: Option<BTreeMap<String, Row>> = serde_yaml::from_str(text).map_err(|error| {
        let place = error.location().map(|at| format!(":{}", at.line())).unwrap_or_default();
        (place, format!("is no map of pins: {}", clean::short(&error.to_string(), 200)))
    })?;
    let mut pins = Pins::new();
    for (name, row) in rows.unwrap_or_default() {
        let (key, pin) = pin(&name, row).map_err(|what| {
            let name = clean::short(&name, 80);
            (String::new(), format!("names `{name}`, {what}"))
        })?;
        if pins.get(&key).is_some_and(|other| other.commit != pin.commit) {
            return Err((String::new(), format!("names two commits for `{}`", clean::short(&key, 80))));
        }
        pins.insert(key, pin);
    }
    Ok(pins)
}

/// One row, under the key by which facts know it: a path inside the repository of the action does not count.
fn pin(name: &str, row: Row) -> Result<(String, Pin), &'static str> {
    let key = name.split_once('@').and_then(|(action, git_ref)| {
        let mut parts = action.split('/');
        let (owner, repo) = (parts.next()?, parts.next()?);
        let whole = [owner, repo, git_ref].iter().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
        whole.then(|| format!("{owner}/{repo}@{git_ref}").to_lowercase())
    });
    let key = key.ok_or("which is not written as owner/name@ref")?;
    if row.sha.len() != 40 || !row.sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("whose sha is not 40 hexadecimal digits");
    }
    let tags: Vec<String> = row.version.into_iter().filter(|version| !version.trim().is_empty()).collect();
    if tags.iter().any(|tag| tag.contains(|c: char| c.is_whitespace() || clean::is_unwanted(c) || c == '#')) {
        return Err("whose version is not the name of a tag");
    }
    Ok((key, Pin { commit: Some(row.sha.to_ascii_lowercase()), tag_object: false, tags, reachable: None }))
}

/// Puts the pins of a file over those that were observed: what a person hands over counts.
pub fn merge(observed: &Fact<Pins>, file: &Pins, at: jiff::Timestamp) -> Fact<Pins> {
    match observed {
        Fact::Known(known) => {
            let mut known = known.clone();
            known.value.extend(file.clone());
            Fact::Known(known)
        }
        Fact::Pending | Fact::Unknown(_) => Fact::local(file.clone(), at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Reason, Unknown};

    const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    fn refused(text: &str) -> String {
        let (place, message) = parse(text).unwrap_err();
        format!("{place} {message}")
    }

    #[test]
    fn a_map_of_references_is_read_under_the_keys_of_the_facts() {
        let text = format!(
            "actions/Checkout@v4: {{sha: {SHA}, version: v4.2.2}}\ngithub/codeql-action/init@v3: {{sha: {SHA}}}\n"
        );
        let pins = parse(&text).unwrap();
        assert_eq!(pins["actions/checkout@v4"].commit.as_deref(), Some(SHA));
        assert_eq!(pins["actions/checkout@v4"].tags, ["v4.2.2"]);
        assert!(pins["github/codeql-action@v3"].tags.is_empty());
        assert!(parse("").unwrap().is_empty() && parse("# none\n").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(refused("a/b@v1: {sha: 123}\n").contains("`a/b@v1`, whose sha is not 40"));
        assert!(refused(&format!("a@v1: {{sha: {SHA}}}\n")).contains("owner/name@ref"));
        assert!(refused(&format!("a/b@v1: {{sha: {SHA}, version: 'v1\tx'}}\n")).contains("name of a tag"));
        assert!(refused("x: 1\ny: [\n").starts_with(':'), "{}", refused("x: 1\ny: [\n"));
        let twice = format!("a/b@v1: {{sha: {SHA}}}\nA/b@v1: {{sha: {}}}\n", "0".repeat(40));
        assert!(refused(&twice).contains("two commits"));
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().contains("is not a regular file"));
        assert!(read(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_file_counts_over_what_was_observed() {
        let pins = |sha: &str| parse(&format!("a/b@v1: {{sha: {sha}}}\n")).unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let offline = Fact::Unknown(Unknown::new(Reason::Offline, "offline"));
        assert_eq!(merge(&offline, &pins(SHA), now).value(), Some(&pins(SHA)));
        let mut other = pins(&"0".repeat(40));
        other.insert("c/d@v1".to_owned(), Pin::default());
        let merged = merge(&Fact::api(other, "POST /graphql", 200, now), &pins(SHA), now);
        assert_eq!((merged.value().unwrap().len(), &merged.value().unwrap()["a/b@v1"]), (2, &pins(SHA)["a/b@v1"]));
    }
}
