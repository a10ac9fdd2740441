//! The local actions that workflows and other local actions name, and their files.
//!
//! They are looked for in the letters of the texts, before anything is parsed: a name too many (in a comment, say)
//! only costs a look, and a file that cannot be parsed still shows what it uses.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::WORKFLOWS;
use super::reader::{Reader, is_yaml};

/// How far actions that use actions are followed; GitHub itself allows ten levels, and four of reusable workflows.
const ROUNDS: usize = 4;
/// The most actions that are read.
const MOST_ACTIONS: usize = 500;

/// Reads every local action that is named, and those that these name.
pub fn read(reader: &mut Reader<'_>) {
    let mut seen = BTreeSet::new();
    let mut texts = starting(reader);
    for _ in 0..ROUNDS {
        let named: BTreeSet<String> = texts.iter().flat_map(|text| local_uses(text)).filter_map(plain_path).collect();
        let fresh: Vec<String> = named.difference(&seen).cloned().collect();
        let left = MOST_ACTIONS.saturating_sub(seen.len());
        let files: Vec<String> = fresh.iter().take(left).filter_map(|path| load(reader, path)).collect();
        if fresh.len() > left {
            return reader.note(".", "uses more than 500 local actions: the others were not read");
        }
        seen.extend(fresh);
        texts = files.iter().filter_map(|file| reader.files.text(file)).map(Arc::clone).collect();
    }
}

/// The workflows and actions among the texts.
fn starting(reader: &Reader<'_>) -> Vec<Arc<str>> {
    let matters = |path: &str| {
        let folder = path.rsplit_once('/').map(|(folder, _)| folder);
        folder == Some(WORKFLOWS) || is_action_file(path)
    };
    reader.files.texts.iter().filter(|(path, _)| matters(path)).map(|(_, text)| Arc::clone(text)).collect()
}

fn is_action_file(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("action.yml" | "action.yaml"))
}

/// Reads the file of an action folder, or the file itself where a file is named. Gives the path of what is new.
fn load(reader: &mut Reader<'_>, path: &str) -> Option<String> {
    let files = ["action.yml", "action.yaml"].map(|name| match path {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    });
    let own = is_yaml(path).then(|| path.to_owned());
    for file in own.into_iter().chain(files) {
        if reader.files.texts.contains_key(&file) {
            return None;
        }
        if reader.named(&file) {
            return Some(file);
        }
    }
    None
}

/// The paths of the local actions that a text names.
pub fn named(text: &str) -> BTreeSet<String> {
    local_uses(text).filter_map(plain_path).collect()
}

/// What each `uses: ./…` or `uses: $/…` of a text names, without the prefix.
fn local_uses(text: &str) -> impl Iterator<Item = &str> {
    text.split("uses").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let value = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?.trim_start();
        let value = without_properties(value);
        let (value, end): (&str, &[char]) = match value.chars().next()? {
            '"' => (value.strip_prefix('"')?, &['"']),
            '\'' => (value.strip_prefix('\'')?, &['\'']),
            _ => (value, &[' ', '\t', '\r', '\n', ',', '}', ']']),
        };
        let path = value.trim_start().strip_prefix("./").or_else(|| value.trim_start().strip_prefix("$/"))?;
        path.split(end).next()
    })
}

/// A value without the anchor and the tag before it.
fn without_properties(mut value: &str) -> &str {
    while value.starts_with(['&', '!']) {
        let Some((_, rest)) = value.split_once([' ', '\t', '\n']) else { return "" };
        value = rest.trim_start();
    }
    value
}

/// The path from the root without `.`, `..` and doubled slashes; none when it leaves the root.
pub fn plain_path(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.trim().split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_actions_are_found_in_every_spelling() {
        let text = "jobs:\n- uses: ./a\n- uses: './b c' # x\n- {uses: \"./d\", with: {}}\n- \"uses\" : $/e/\n\
                    - uses:\n    ./f\n- uses: &x ./g\n- uses: o/r@v1\n# uses: ./h\n- {uses: ./i}\nfocuses: x\nuses";
        assert_eq!(local_uses(text).collect::<Vec<_>>(), ["a", "b c", "d", "e/", "f", "g", "h", "i"]);
    }

    #[test]
    fn paths_lose_what_says_nothing_and_never_leave_the_root() {
        assert_eq!(plain_path("a//b/./c/").as_deref(), Some("a/b/c"));
        assert_eq!(plain_path("").as_deref(), Some(""));
        assert_eq!(plain_path("a/../b").as_deref(), Some("b"));
        assert_eq!(plain_path("../b"), None);
        assert_eq!(plain_path("a/../../b"), None);
    }
}
