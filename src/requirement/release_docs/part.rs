//! Which parts of a repository's documents are about making a release, by their names and headings.

use std::ops::Range;

use super::notes;
use crate::fact::Facts;
use crate::fact::interest::{self, Document};
use crate::fact::prose::words::{among, name_words, words};
use crate::fact::prose::{Block, Link, Page};
use crate::text::Span;

/// Words for making a release as a process, in headings and in names of links.
pub const PROCESS: &str = "process processes procedure procedures checklist checklists steps instructions workflow flow \
    guide walkthrough runbook howto how make making create creating cut cutting do doing perform performing prepare \
    preparing publish publishing issue issuing tag tagging draft drafting ship shipping trigger triggering new";

/// Words that make a heading with "release" speak of something else than making one.
const OTHER: &str = "note notes history candidate candidates schedule cadence calendar cycle policy policies changelog \
    latest current upcoming archive highlights install installation installing download downloads backport backports \
    backporting fix fixes bug bugs mode profile support supported deprecation deprecations \
    documentation docs site website blog page pages test testing unreleased number numbers numbering label labels \
    criteria milestone milestones drafter compromise compromised incident incidents";

/// Parts of the address of a page that explains a process.
const EXPLAINS: &str = "wiki guide guides handbook docs documentation process procedure release releases releasing \
    maintainer maintainers runbook playbook contributing developer development dev";

/// Places that a release touches but that do not explain how it is made.
const TOUCHED: &[&str] = &[
    // The SPEC asks for a documented process; it is not the documentation of one.
    "/specs/spec-",
    "/releases",
    "/actions",
    "/milestone",
    "/issues",
    "/pull",
    "/compare",
    "/tags",
    "semver.org",
    "keepachangelog",
    "calver.org",
    "conventionalcommits",
    ".org/project/",
    "npmjs.com/package",
    "crates.io/crates",
    "shields.io",
];

/// Most sections of one document that are read; a text with more of them is no document.
const MAX_SECTIONS: usize = 32;

/// A document with what its name says.
#[derive(Debug)]
pub struct Source<'a> {
    /// Path from the root.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What its name says.
    pub document: Document,
    /// What it holds.
    pub page: &'a Page,
}

/// A part of a document that is about releases: a whole page, or the section below a heading.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The document.
    pub source: &'a Source<'a>,
    /// The heading of the section; for a whole page its first one.
    pub heading: Option<&'a Block>,
    /// Whether this is a section of a document about other things.
    pub is_section: bool,
    /// What stands in it.
    pub blocks: &'a [Block],
}

impl<'a> Source<'a> {
    /// Every document among the texts, in order of path.
    pub fn all(facts: &'a Facts) -> Vec<Self> {
        let source = |(path, page): (&'a String, &'a Page)| {
            Some(Self { path, text: facts.text(path)?, document: interest::document(path)?, page })
        };
        facts.pages.iter().filter_map(source).collect()
    }

    /// The parts of this document that are about making a release.
    pub fn parts(&'a self) -> Vec<Part<'a>> {
        match self.document {
            Document::ReleasePage | Document::ReleaseTemplate => {
                let heading = |blocks: &'a [Block]| blocks.iter().find(|block| block.level().is_some());
                let part = |blocks| Part { source: self, heading: heading(blocks), is_section: false, blocks };
                notes::without_notes(self.page).into_iter().take(MAX_SECTIONS).map(part).collect()
            }
            Document::ContributorPage | Document::Readme => self.sections(),
            Document::DocsIndex => Vec::new(),
        }
    }

    fn sections(&'a self) -> Vec<Part<'a>> {
        let mut found = Vec::new();
        let mut title = true;
        let mut covered = 0;
        for (start, heading, fold) in self.headings() {
            // Titles hold the name of the project, which may itself speak of releases.
            let strict = self.document == Document::Readme || std::mem::take(&mut title);
            if start >= covered && found.len() < MAX_SECTIONS && speaks_of_releasing(&words(&heading.text), strict) {
                let blocks = match fold {
                    Some(fold) => self.page.blocks.get(fold).unwrap_or_default(),
                    None => self.page.section(start - 1),
                };
                covered = start + blocks.len();
                found.push(Part { source: self, heading: Some(heading), is_section: true, blocks });
            }
        }
        found
    }

    /// Each heading with the number of the first block below it, in order. The words of a part that unfolds are a
    /// heading too; what is below them is known.
    fn headings(&'a self) -> Vec<(usize, &'a Block, Option<Range<usize>>)> {
        let blocks = self.page.blocks.iter().enumerate().filter(|(_, block)| block.level().is_some());
        let folds = self.page.folds.iter();
        let folds = folds.map(|fold| (fold.blocks.start, &fold.summary, Some(fold.blocks.clone())));
        let mut all: Vec<_> = folds.chain(blocks.map(|(number, heading)| (number + 1, heading, None))).collect();
        all.sort_by_key(|(_, heading, _)| heading.span.start);
        all
    }

    /// Links to pages outside this repository that are named as an account of the release process.
    pub fn links_to_process(&'a self) -> impl Iterator<Item = &'a Link> {
        let named = |link: &&Link| {
            is_elsewhere(&link.target)
                && (speaks_of_releasing(&words(&link.text), true)
                    || speaks_of_releasing(&name_words(last_segment(&link.target)), true))
        };
        self.page.links.iter().filter(named)
    }
}

impl<'a> Part<'a> {
    /// Where the part stands: its heading, else its first block.
    pub fn place(&self) -> Span {
        self.heading.or(self.blocks.first()).map(|block| block.span).unwrap_or_default()
    }

    /// Links in this part to a page that could explain the process: outside this repository, or in a file of it that
    /// was not read as a document.
    pub fn links_away(self) -> impl Iterator<Item = &'a Link> {
        let area = self.blocks.first().zip(self.blocks.last()).map(|(first, last)| first.span.join(last.span));
        let inside =
            move |link: &&Link| area.is_some_and(|area| area.start <= link.span.start && link.span.end <= area.end);
        let explains = |link: &&Link| {
            let local = !link.target.contains("://") && !link.target.starts_with('#');
            (is_elsewhere(&link.target) && name_words(&link.target).iter().any(|word| among(EXPLAINS, word)))
                || (local && interest::document(&link.target).is_none() && is_document(&link.target))
        };
        self.source.page.links.iter().filter(inside).filter(explains)
    }
}

/// Whether a heading or the name of a link speaks of making a release. A strict reading asks for a word of process;
/// otherwise "Releases" alone will do, and what stands below decides.
pub fn speaks_of_releasing(words: &[String], strict: bool) -> bool {
    let has = |list: &str| words.iter().any(|word| among(list, word));
    let version =
        |word: &String| word.contains('.') && word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    let of_branches =
        words.iter().zip(words.iter().skip(1)).any(|(a, b)| a == "release" && among("branch branches", b));
    if words.is_empty() || words.len() > 10 || has(OTHER) || of_branches || words.iter().any(version) {
        return false;
    }
    let to_index =
        has("pypi npm crates.io rubygems hackage conda-forge cran nuget") && has("publish publishing upload uploading");
    let new_version = has("version versions") && has("new") && has(PROCESS) && words.len() > 2;
    has("releasing releaseprocess howtorelease")
        || to_index
        || new_version
        || (has("release releases") && (!strict || has(PROCESS)))
        || (!strict && has("publishing publish"))
}

/// Whether an address leads out of the repository, to a page that is not just touched by a release.
fn is_elsewhere(target: &str) -> bool {
    target.contains("://") && !TOUCHED.iter().any(|part| target.contains(part))
}

fn last_segment(target: &str) -> &str {
    let path = target.split(['#', '?']).next().unwrap_or(target).trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".html").or(name.strip_suffix(".md")).unwrap_or(name)
}

fn is_document(target: &str) -> bool {
    let path = target.split(['#', '?']).next().unwrap_or(target);
    path.rsplit_once('.').is_some_and(|(_, extension)| among("md markdown mdx rst txt adoc html", extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(heading: &str, strict: bool) -> bool {
        speaks_of_releasing(&words(heading), strict)
    }

    #[test]
    fn headings_about_making_a_release_are_known() {
        for heading in [
            "Releasing",
            "Release process for `pkg`",
            "How to make a release of ``pkg``",
            "Making a new release",
            "Release flow",
            "Release checklist",
            "Publishing a new version",
            "Publish to PyPI",
            "5. Cutting a release",
            "Releasing (maintainers only)",
            "Git branch and release workflow",
        ] {
            assert!(speaks(heading, true), "{heading}");
            assert!(speaks(heading, false), "{heading}");
        }
        for heading in ["Releases", "Release", "`awkward` releases", "Publishing", "Release managers"] {
            assert!(!speaks(heading, true), "{heading}");
            assert!(speaks(heading, false), "{heading}");
        }
    }

    #[test]
    fn headings_about_something_else_are_not() {
        for heading in [
            "Release notes",
            "Latest release",
            "Release 1.2.0",
            "Backporting bug fixes for the next patch release",
            "Testing a release",
            "Contributing to python-semantic-release",
            "Release schedule",
            "Publishing documentation",
            "Installing a release",
            "Versioning",
            "",
            "Release branches",
            "Creating a release branch",
            "A compromised release",
            "Adding a release note to your pull request",
        ] {
            assert!(!speaks(heading, true), "{heading}");
            assert!(!speaks(heading, false), "{heading}");
        }
        assert!(!speaks("Python Semantic Release", true));
    }

    #[test]
    fn only_the_outermost_section_counts_and_titles_are_read_strictly() {
        let text = "# Contributing to Auto Release\n\n## Releases\n\nx\n\n### Patch releases\n\ny\n\n## Tests\n";
        let page = Page::read("CONTRIBUTING.md", text);
        let source = Source { path: "CONTRIBUTING.md", text, document: Document::ContributorPage, page: &page };
        let parts = source.parts();
        assert_eq!(parts.iter().map(|part| part.heading.unwrap().text.as_str()).collect::<Vec<_>>(), ["Releases"]);
        assert_eq!(parts[0].blocks.len(), 3);
    }

    #[test]
    fn what_unfolds_is_a_section_up_to_its_end() {
        let text = "# Contributing\n\n## Tasks\n\n<details><summary>Making a release (click)</summary>\n\n- Tag\n\n</details>\n\n\
                    Text\n\n<details><summary>Adding a test</summary>\n\n- Write it\n\n</details>\n\n## Releasing\n\n\
                    <details><summary>Release steps</summary>\n\n- Push\n\n</details>\n";
        let page = Page::read("CONTRIBUTING.md", text);
        let source = Source { path: "CONTRIBUTING.md", text, document: Document::ContributorPage, page: &page };
        let found: Vec<(String, Vec<&str>)> = source
            .parts()
            .iter()
            .map(|part| {
                let blocks = part.blocks.iter().map(|block| block.text.as_str()).collect();
                (part.heading.unwrap().text.clone(), blocks)
            })
            .collect();
        let expected = [("Making a release (click)".to_owned(), vec!["Tag"]), ("Releasing".to_owned(), vec!["Push"])];
        assert_eq!(found, expected);
    }
}
