//! Which pages, and which parts of a page, tell of releases already made instead of how the next one is made.

use super::part::{PROCESS, speaks_of_releasing};
use super::steps::{begins_with_verb, opens_instruction};
use crate::fact::prose::words::{Vocabulary, among, words};
use crate::fact::prose::{Block, Kind, Page};

/// Words of headings that say what kind of changes stand below.
static KINDS: Vocabulary = Vocabulary::new(
    "added additions changed changes change deprecated deprecations deprecation removed removals fixed fixes fix bug \
    bugs bugfixes bugfix security features feature enhancements enhancement improvements improvement improved maintenance \
    documentation docs highlights breaking backwards backward incompatible compatibility performance new other \
    miscellaneous misc internal internals infrastructure api ui contributors acknowledgements acknowledgments thanks \
    authors dependencies dependency general minor major summary and notable build tests testing ci",
);

/// Words beside a version in a heading: its date and how it stands.
static BESIDE: Vocabulary = Vocabulary::new(
    "january february march april may june july august september october november december jan feb mar apr jun jul \
    aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday the of on at released release \
    date unreleased yanked final stable current latest alpha beta rc candidate dev development prerelease pre-release \
    hotfix patch lts notes note changelog changes tbd tba",
);

/// Words before a number that is none of the project's versions: parts of a text, and what a project runs on.
const OTHER_NUMBERS: &str = "step steps part section chapter phase appendix item table figure level stage day week \
    sprint milestone branch python cpython pypy node ubuntu debian macos windows cuda";

/// The shortest log of releases that is taken for one without further signs.
const LOG: usize = 2;

/// The runs of blocks of a release page that may tell how a release is made: all but the accounts of past ones. None
/// where the whole page is such an account.
pub fn without_notes(page: &Page) -> Vec<&[Block]> {
    let headings: Vec<&Block> = page.blocks.iter().filter(|block| block.level().is_some()).collect();
    let guides = headings.first().is_some_and(|first| speaks_of_releasing(&words(&first.text), true));
    if !guides && (is_titled_notes(page, &headings) || is_log(page, &headings)) {
        return Vec::new();
    }
    let versions = headings.iter().filter(|block| is_version(&block.text)).count();
    if versions < LOG { vec![&page.blocks] } else { outside_versions(page) }
}

/// Whether the title says that a page holds release notes. Notes have no boxes to tick.
fn is_titled_notes(page: &Page, headings: &[&Block]) -> bool {
    let [title, below @ ..] = headings else { return false };
    let alone = below.iter().all(|heading| heading.level() > title.level());
    let before_version = below.first().is_some_and(|next| is_version(&next.text));
    let ticked = page.blocks.iter().any(|block| matches!(block.kind, Kind::Item { task: true, .. }));
    !ticked && (alone || before_version) && names_notes(&words(&title.text))
}

/// Whether most headings of the highest level, below a title, are versions.
fn is_log(page: &Page, headings: &[&Block]) -> bool {
    let below = match headings {
        [title, below @ ..]
            if !is_version(&title.text) && below.iter().all(|heading| heading.level() > title.level()) =>
        {
            below
        }
        all => all,
    };
    let highest = below.iter().filter_map(|block| block.level()).min();
    let (mut versions, mut others) = (0, 0);
    for heading in below.iter().filter(|block| block.level() == highest) {
        if is_version(&heading.text) {
            versions += 1;
        } else if !is_kind_of_change(&heading.text) {
            others += 1;
        }
    }
    let kinds = below.iter().any(|heading| is_kind_of_change(&heading.text));
    // Versions may also stand in bold or by themselves, where a page has no headings for them.
    let marked = page.blocks.iter().filter(|block| block.kind == Kind::Paragraph && is_version(&block.text)).count();
    (versions >= LOG && versions >= others)
        || (versions == 1 && others == 0 && kinds)
        || (versions + others == 0 && marked >= LOG)
}

/// What stands outside the sections that have a version for a heading.
fn outside_versions(page: &Page) -> Vec<&[Block]> {
    let mut runs = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(block) = page.blocks.get(at) {
        if block.level().is_some() && is_version(&block.text) {
            runs.extend(page.blocks.get(start..at).filter(|run| !run.is_empty()));
            start = at + 1 + page.section(at).len();
            at = start;
        } else {
            at += 1;
        }
    }
    runs.extend(page.blocks.get(start..).filter(|run| !run.is_empty()));
    runs
}

/// Whether a title says that release notes follow.
fn names_notes(words: &[String]) -> bool {
    let of_process = |word: &String| word != "new" && among(PROCESS, word);
    let pairs = || words.iter().map(String::as_str).zip(words.iter().skip(1).map(String::as_str));
    let instructs = begins_with_verb(&words.join(" ")) && pairs().next() != Some(("change", "log"));
    if words.len() > 8 || words.iter().any(of_process) || instructs {
        return false;
    }
    pairs().any(|(a, b)| {
        (among("release releases version versions patch update", a) && among("notes note history log logs", b))
            || (a == "change" && among("log logs", b))
            || (among("what's whats what’s", a) && b == "new")
    }) || words.iter().any(|word| among("changelog changelogs whatsnew relnotes", word))
        || (words.len() <= 3 && words.iter().any(|word| among("changes history news", word)))
}

fn is_kind_of_change(text: &str) -> bool {
    let words = words(text);
    !words.is_empty() && words.iter().all(|word| KINDS.has(word))
}

/// Whether a heading is a version of the project: `1.2.0 (2024-05-01)`, `Release v1.2`, `Name 1.6.0`, `Unreleased`.
fn is_version(text: &str) -> bool {
    let words: Vec<String> = words(text).iter().flat_map(|word| apart(word)).collect();
    if words.len() > 12 {
        return false;
    }
    if words.first().is_some_and(|first| first == "unreleased" || is_date(first)) {
        return words.iter().all(|word| stands_beside(word));
    }
    let Some(at) = words.iter().position(|word| is_number(word)) else { return is_whole_version(&words) };
    let (before, after) = (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
    if names_notes(before) || names_notes(after) {
        return true;
    }
    let named = before.iter().any(|word| among("release version v", word));
    let plain = after.iter().all(|word| stands_beside(word));
    // "1.2 Tag the commit" numbers a step; "1.2.0 Steady hands" and "Version 1.2 Steady hands" name a release.
    let long = words.get(at).is_some_and(|word| word.starts_with('v') || word.matches('.').count() > 1);
    is_name(before) && (plain || ((named || long) && !begins_with_verb(&after.join(" "))))
}

/// `Version 3`, `Release 12 (2024-05-01)`, `v3`.
fn is_whole_version(words: &[String]) -> bool {
    let is_whole = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let after = match words {
        [first, number, after @ ..] if among("version release", first) && is_whole(number) => after,
        [first, after @ ..] if first.strip_prefix('v').is_some_and(is_whole) => after,
        _ => return false,
    };
    after.iter().all(|word| stands_beside(word))
}

/// Whether what stands before a version can be the name of the project, or of what it releases.
fn is_name(words: &[String]) -> bool {
    let other = |word: &String| {
        among(OTHER_NUMBERS, word) || opens_instruction(word) || (word.len() > 5 && word.ends_with("ing"))
    };
    words.len() <= 3 && !words.iter().any(other)
}

/// A word and the version joined to it: `name-1.6.0`, `name/v1.6.0`.
fn apart(word: &str) -> Vec<String> {
    match word.rsplit_once(['-', '/']) {
        Some((name, number)) if is_number(number) && !is_number(name) => vec![name.to_owned(), number.to_owned()],
        _ => vec![word.to_owned()],
    }
}

/// Whether a word is a version with at least two numbers; `1.2.x` is a series of them, not one.
fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('v').unwrap_or(word);
    let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let (numbers, rest) = word.split_at_checked(end).unwrap_or((word, ""));
    let numbers = numbers.trim_end_matches('.');
    numbers.split('.').count() > 1 && numbers.split('.').all(|number| !number.is_empty()) && !rest.starts_with('x')
}

/// `2024-05-01`.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let numbers = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    matches!(parts.as_slice(), [year, month, ..] if year.len() == 4 && month.len() == 2) && numbers
}

fn stands_beside(word: &str) -> bool {
    BESIDE.has(word) || word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> Vec<Vec<String>> {
        let page = Page::read("RELEASE.md", text);
        let texts = |run: &&[Block]| run.iter().map(|block| block.text.clone()).collect();
        without_notes(&page).iter().map(texts).collect()
    }

    #[test]
    fn versions_are_known_in_all_forms_of_headings() {
        for heading in [
            "1.2.0",
            "v1.6.0",
            "1.6 (2024)",
            "1.6 (October 18th, 2024)",
            "1.2 - unreleased",
            "Release 1.6.0",
            "Release v1.2: steady hands",
            "Version 0.17.2 (2026-01-10)",
            "Version 0.17.0 (2025-10-14) [YANKED]",
            "Version 3.0.0rc1",
            "Version 3",
            "Release 12 (2024-05-01)",
            "Bottleneck 1.6.0",
            "My Package 2.0.0.dev1 (unreleased)",
            "pkg-1.6.0",
            "[1.2.3] - 2024-05-01",
            "2024.1.0",
            "2024-05-01",
            "1.2.0 Steady hands",
            "Changes in 1.2",
            "What's new in 1.2",
            "Release notes for Pkg 1.2.0",
            "Pkg 1.26.0 Release Notes",
            "Unreleased",
        ] {
            assert!(is_version(heading), "{heading}");
        }
        for heading in [
            "Releasing 1.2.x",
            "Releasing 1.2.0",
            "Releasing",
            "1.2.x",
            "Tag 2.4.0",
            "Update 2.4.0 milestones",
            "Once 2.4.0 is out",
            "1. Tag",
            "1.2 Tag the commit",
            "2.1. Update the version",
            "1.1 Branches",
            "Step 1.2",
            "Python 3.12",
            "After 2.4.0 is out",
            "Versions",
            "",
        ] {
            assert!(!is_version(heading), "{heading}");
        }
    }

    #[test]
    fn a_title_of_notes_is_enough() {
        for title in ["Release Notes", "Changelog", "What's new", "Pkg release notes", "Release history", "Change log"]
        {
            assert_eq!(left(&format!("# {title}\n\n- Add x\n- Fix y\n\n## Bugs\n\n- Bump z\n")).len(), 0, "{title}");
        }
        for title in ["Release notes and process", "Update the changelog", "Releasing", "Release"] {
            assert_eq!(left(&format!("# {title}\n\n- Add x\n- Fix y\n")).len(), 1, "{title}");
        }
        let steps = "# Release notes\n\n1. Write them\n\n# Tag\n\n1. Tag it\n";
        assert_eq!(left(steps).len(), 1, "the first of several steps is no title");
        let boxes = "# Release notes\n\n- [ ] write them\n- [ ] tag\n";
        assert_eq!(left(boxes).len(), 1, "notes have no boxes to tick");
    }

    #[test]
    fn a_log_is_known_by_the_headings_of_its_highest_level() {
        for log in [
            "# Release 2.1.0\n\n- Add x\n\n## Bug Fixes\n\n# Release 2.0.0\n\n- Fix y\n",
            "Version 0.2 (2026-01-10)\n===\n\nAdded\n---\n\n- Add x\n\nFixed\n---\n\nVersion 0.1\n===\n\nA New Way\n---\n\nTo Write\n---\n",
            "# Releases\n\n## 1.2.0\n\n### Added\n\n### Fixed\n\n## 1.1.0\n\n### Added\n\n## Older\n",
            "# 1.2.0 (2024-05-01)\n\n## Features\n\n- Add x\n\n## 1.1.1 (2024-04-01)\n\n### Bug Fixes\n\n- Fix y\n",
            "# Release 1.0.0\n\n## Added\n\n- Add x\n\n## Breaking Changes\n\n- Remove y\n",
            "# Releases\n\n**1.2.0**\n\n- Add x\n\n**1.1.0** (2024)\n\n- Fix y\n",
        ] {
            assert_eq!(left(log).len(), 0, "{log}");
        }
    }

    #[test]
    fn a_guide_with_versions_stays_a_guide() {
        for guide in [
            "# Releasing\n\n## Update 2.4.0 milestones\n\n## Tag 2.4.0\n\n## Release 2.4.0\n",
            "# Releases\n\n## Releasing 1.2.x\n\n1. Tag\n\n## Releasing 1.3.x\n\n1. Tag\n",
            "# Releases\n\n## Process\n\n1. Tag\n\n| version | date |\n|--|--|\n| 1.2.0 | 2024 |\n| 1.1.0 | 2023 |\n",
            "# Release\n\n## 1.1 Branches\n\nx\n\n## 1.2 Tags\n\ny\n\n## 1.3 Announcements\n",
            "# Release 2.4.0\n\n## Prepare\n\n## Tag\n\n## Publish\n",
        ] {
            assert_eq!(left(guide).len(), 1, "{guide}");
        }
        let both = "# Releases\n\n## Process\n\n1. Tag\n\n## Past releases\n\n### 1.2.0\n\n- Add x\n\n### 1.1.0\n\n- Add y\n\n## People\n\nAda\n";
        assert_eq!(
            left(both),
            [vec!["Releases", "Process", "Tag", "Past releases"], vec!["People", "Ada"]],
            "the account without the log"
        );
        let titled = "# How to release\n\n1. Tag\n\n## 1.2.0\n\n- Add x\n\n## 1.1.0\n\n- Add y\n";
        assert_eq!(left(titled), [["How to release", "Tag"]]);
    }
}
