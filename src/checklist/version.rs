//! Which version is probably released next: a guess that a person confirms.

use super::tree::normal;
use crate::fact::Facts;
use crate::text::clean;

/// How many characters a version may have.
const MOST: usize = 60;

/// Why a text is no version, in words; an empty one is none yet.
pub fn mistake(version: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '!');
    if let Some(wrong) = version.chars().find(|c| !fits(*c)) {
        let wrong =
            if wrong == ' ' { "a blank".to_owned() } else { format!("`{}`", clean::short(&wrong.to_string(), 4)) };
        return Some(format!("{wrong} is in no version: letters, digits and . + - _ ! are"));
    }
    let long = version.len() > MOST;
    let named = version.is_empty() || version.contains(|c: char| c.is_ascii_alphanumeric());
    match (long, named) {
        (true, _) => Some(format!("a version has at most {MOST} characters")),
        (false, false) => Some("a version has a letter or a digit".to_owned()),
        (false, true) => None,
    }
}

/// The version that the metadata name and that no tag has yet, else the one after the newest tag; none where nothing
/// tells.
pub fn guess(facts: &Facts) -> Option<String> {
    let tags = tags(facts);
    let stated = stated(facts).filter(|version| !tags.iter().any(|tag| normal(tag) == normal(version)));
    stated.or_else(|| after(tags.first()?))
}

/// The names of the tags, newest first.
fn tags(facts: &Facts) -> Vec<&str> {
    let local = facts.git.value().and_then(Option::as_ref).and_then(|git| git.tags().ok());
    let local: Vec<&str> = local.into_iter().flatten().map(|tag| tag.name.as_str()).collect();
    if !local.is_empty() {
        return local;
    }
    facts.tags.value().into_iter().flatten().map(|tag| tag.name.as_str()).collect()
}

/// What the metadata of the project name as its version.
fn stated(facts: &Facts) -> Option<String> {
    let table: toml::Table = facts.text("pyproject.toml")?.trim_start_matches('\u{feff}').parse().ok()?;
    let project = table.get("project").and_then(|project| project.get("version"));
    let poetry = || table.get("tool")?.get("poetry")?.get("version");
    let version = project.or_else(poetry)?.as_str()?.trim();
    is_release(version).then(|| version.to_owned())
}

/// Whether a version is one to be released: numbers and dots, without the mark of work in progress.
fn is_release(version: &str) -> bool {
    let numbers = version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers && version.len() <= 40
}

/// The version after that of a tag: its last number and one.
fn after(tag: &str) -> Option<String> {
    let at = tag.find(|c: char| c.is_ascii_digit())?;
    let version = tag.get(at..).filter(|version| is_release(version))?;
    let (head, last) = version.rsplit_once('.').unwrap_or(("", version));
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    Some(if head.is_empty() { next.to_string() } else { format!("{head}.{next}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::artifact::ReleaseTag;
    use crate::fact::files::FileSet;
    use crate::fact::{Fact, Observation};

    fn facts(tags: &[&str], metadata: &str) -> Facts {
        let mut facts = Facts::default();
        let texts = [("pyproject.toml".to_owned(), metadata.into())].into();
        let at = jiff::Timestamp::UNIX_EPOCH;
        facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, at)));
        let tag = |name: &&str| ReleaseTag { name: (*name).to_owned(), ..ReleaseTag::default() };
        facts.record(Observation::Tags(Fact::local(tags.iter().map(tag).collect(), at)));
        facts
    }

    #[test]
    fn a_version_holds_what_versions_hold() {
        for fine in ["", "1.0", "v2026.11.0rc1", "1!2.0+local-1_x", &"9".repeat(60)] {
            assert_eq!(mistake(fine), None, "{fine}");
        }
        for wrong in ["../../x y", "1 0", "a/b", "1.0\n", "\u{1b}[2J", "1\\0", "漢", "..", &"9".repeat(61)] {
            let words = mistake(wrong).expect(wrong);
            assert!(!words.contains(clean::is_unwanted), "{words}");
        }
        assert_eq!(mistake("../x").as_deref(), Some("`/` is in no version: letters, digits and . + - _ ! are"));
    }

    #[test]
    fn metadata_go_before_tags_unless_they_name_what_is_out() {
        let guessed = |tags: &[&str], metadata: &str| guess(&facts(tags, metadata));
        assert_eq!(guessed(&["v1.4.0"], "[project]\nversion = '2.0'\n").as_deref(), Some("2.0"));
        assert_eq!(guessed(&["v1.4.0"], "[project]\nversion = '1.4.0'\n").as_deref(), Some("1.4.1"));
        assert_eq!(guessed(&["v1.4.0"], "[project]\nversion = '1.5.dev0'\n").as_deref(), Some("1.4.1"));
        assert_eq!(guessed(&["release-7"], "").as_deref(), Some("8"));
        assert_eq!(guessed(&["v2.0rc1"], ""), None);
        assert_eq!(guessed(&["nightly"], "not toml"), None);
        assert_eq!(guessed(&[], "[tool.poetry]\nversion = '0.1'\n").as_deref(), Some("0.1"));
    }
}
