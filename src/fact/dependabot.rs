//! `.github/dependabot.yml` as its file says, each part with the place it was written at.

use super::files::{FileSet, Problem};
use crate::text::yaml::{self, Parsed, View};
use crate::text::{Span, span};

/// Where GitHub looks for the file, in its order.
pub const PATHS: &[&str] = &[".github/dependabot.yml", ".github/dependabot.yaml"];

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependabot {
    /// Its path.
    pub path: &'static str,
    /// The `version:`, which must be 2.
    pub version: Option<Marked>,
    /// Its update blocks, in order.
    pub updates: Vec<Update>,
    /// Names under `multi-ecosystem-groups:`.
    pub shared_groups: Vec<String>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The value.
    pub value: String,
    /// Where it is written.
    pub span: Span,
}

/// One block under `updates:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The `package-ecosystem:`.
    pub ecosystem: Marked,
    /// `directory:` or `directories:`.
    pub directories: Vec<Marked>,
    /// Whether it has a `schedule:`.
    pub scheduled: bool,
    /// The `open-pull-requests-limit:`.
    pub limit: Option<Marked>,
    /// Its `ignore:` rules.
    pub ignores: Vec<Ignore>,
    /// Its `groups:`.
    pub groups: Vec<Group>,
    /// The group of several ecosystems it belongs to.
    pub shared_group: Option<Marked>,
    /// The `cooldown:`.
    pub cooldown: Option<Cooldown>,
}

/// One rule under `ignore:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The `dependency-name:`, a pattern.
    pub name: String,
    /// Its `update-types:`; empty where it speaks of all.
    pub update_types: Vec<String>,
    /// Whether it names `versions:`.
    pub versions: bool,
    /// The whole rule.
    pub span: Span,
}

/// One group under `groups:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: Marked,
    /// Its `patterns:`; none where there is no such key.
    pub patterns: Option<Vec<String>>,
    /// Its `exclude-patterns:`.
    pub excludes: Vec<String>,
    /// What it `applies-to:`; none stands for version updates.
    pub applies_to: Option<String>,
    /// Whether it holds any rule at all.
    pub has_rules: bool,
}

/// How long a new version is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cooldown {
    /// The longest of its periods, in days.
    pub days: u64,
    /// The whole value.
    pub span: Span,
}

/// The file that is read, if there is one: its path and its text.
fn present(files: &FileSet) -> Option<(&'static str, &std::sync::Arc<str>)> {
    PATHS.iter().find_map(|path| Some((*path, files.text(path)?)))
}

/// Reads the file; none where there is none.
///
/// # Errors
/// What GitHub would refuse, with its place: a text that is no YAML, or not of the form of this file.
pub fn read(files: &FileSet) -> Option<Result<Dependabot, Box<Problem>>> {
    let (path, text) = present(files)?;
    let parsed = yaml::parse(text).map_err(|error| Box::new(Problem::hiding(path, Some(error.place), &error.message)));
    Some(parsed.and_then(|parsed| match parsed {
        Parsed::Empty => Ok(Dependabot { path, ..Dependabot::default() }),
        Parsed::Doc(doc) => Dependabot::lower(path, doc.root()),
    }))
}

impl Dependabot {
    fn lower(path: &'static str, root: View<'_>) -> Result<Self, Box<Problem>> {
        let refuse = |view: View<'_>, message: &str| {
            let place = span::place(view.doc().text(), written(view).start);
            Box::new(Problem::hiding(path, Some(place), message))
        };
        if !root.is_mapping() {
            return Err(refuse(root, "is not a mapping with `version` and `updates`"));
        }
        let updates = root.get("updates").filter(|updates| !updates.is_null());
        if let Some(updates) = updates.filter(|updates| !updates.is_sequence()) {
            return Err(refuse(updates, "has an `updates` that is not a list"));
        }
        let blocks: Vec<View<'_>> = updates.map(|updates| updates.items().collect()).unwrap_or_default();
        if let Some(block) = blocks.iter().find(|block| !block.is_mapping()) {
            return Err(refuse(*block, "has an entry under `updates` that is not a mapping"));
        }
        let shared = root.get("multi-ecosystem-groups");
        Ok(Self {
            path,
            version: root.get("version").and_then(marked),
            updates: blocks.into_iter().filter_map(Update::lower).collect(),
            shared_groups: shared.map(|groups| keys(groups).map(str::to_owned).collect()).unwrap_or_default(),
        })
    }

    /// The blocks of one ecosystem.
    pub fn of<'a>(&'a self, ecosystem: &'a str) -> impl Iterator<Item = &'a Update> {
        self.updates.iter().filter(move |update| update.ecosystem.value == ecosystem)
    }
}

impl Update {
    /// A block without an ecosystem updates nothing.
    fn lower(view: View<'_>) -> Option<Self> {
        let many = view.get("directories").map(View::one_or_many).unwrap_or_default();
        let directories = view.get("directory").into_iter().chain(many).filter_map(marked);
        Some(Self {
            ecosystem: view.get("package-ecosystem").and_then(marked)?,
            directories: directories.collect(),
            scheduled: view.get("schedule").is_some_and(|schedule| !schedule.is_null()),
            limit: view.get("open-pull-requests-limit").and_then(marked),
            ignores: view.get("ignore").into_iter().flat_map(View::items).filter_map(Ignore::lower).collect(),
            groups: view.get("groups").into_iter().flat_map(View::entries).filter_map(Group::lower).collect(),
            shared_group: view.get("multi-ecosystem-group").and_then(marked),
            cooldown: view.get("cooldown").filter(|cooldown| cooldown.is_mapping()).map(Cooldown::lower),
        })
    }
}

impl Ignore {
    fn lower(view: View<'_>) -> Option<Self> {
        Some(Self {
            name: view.get("dependency-name")?.as_str()?.trim().to_owned(),
            update_types: strings(view.get("update-types")),
            versions: view.get("versions").is_some_and(|versions| !versions.is_null()),
            span: written(view),
        })
    }
}

impl Group {
    fn lower((name, rules): (View<'_>, View<'_>)) -> Option<Self> {
        Some(Self {
            name: marked(name)?,
            patterns: rules.get("patterns").map(|patterns| strings(Some(patterns))),
            excludes: strings(rules.get("exclude-patterns")),
            applies_to: rules.get("applies-to").and_then(View::as_str).map(str::to_owned),
            has_rules: rules.entries().next().is_some(),
        })
    }
}

impl Cooldown {
    fn lower(view: View<'_>) -> Self {
        let days = view.entries().filter(|(key, _)| key.as_str().is_some_and(|key| key.ends_with("-days")));
        let days = days.filter_map(|(_, value)| value.as_str()?.trim().parse().ok());
        Self { days: days.max().unwrap_or_default(), span: written(view) }
    }
}

/// Where a person finds a value: at the alias, if there is one.
fn written(view: View<'_>) -> Span {
    view.alias().unwrap_or(view.span())
}

fn marked(view: View<'_>) -> Option<Marked> {
    let value = view.as_str().filter(|_| !view.is_null())?;
    Some(Marked { value: value.trim().to_owned(), span: written(view) })
}

fn strings(view: Option<View<'_>>) -> Vec<String> {
    let values = view.map(View::one_or_many).unwrap_or_default();
    values.into_iter().filter_map(View::as_str).map(|value| value.trim().to_owned()).collect()
}

fn keys(view: View<'_>) -> impl Iterator<Item = &str> {
    view.entries().filter_map(|(key, _)| key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(path: &str, text: &str) -> FileSet {
        FileSet { texts: [(path.to_owned(), text.into())].into(), ..FileSet::default() }
    }

    fn read_text(text: &str) -> Result<Dependabot, Box<Problem>> {
        read(&files(".github/dependabot.yml", text)).unwrap()
    }

    #[test]
    fn every_part_is_read_with_its_place() {
        let text = "version: 2\nmulti-ecosystem-groups:\n  all: {schedule: {interval: weekly}}\nupdates:\n\
             - package-ecosystem: 'github-actions'\n  directories: [/, /.github/actions/*]\n  schedule: {interval: daily}\n\
             \x20 open-pull-requests-limit: 0\n  multi-ecosystem-group: all\n  cooldown: {default-days: 3, semver-major-days: 9}\n\
             \x20 ignore:\n  - dependency-name: '*'\n    update-types: ['version-update:semver-patch']\n\
             \x20 groups:\n    a: {patterns: ['*'], exclude-patterns: [x], applies-to: security-updates}\n    b:\n";
        let read = read_text(text).unwrap();
        let update = read.of("github-actions").next().unwrap();
        assert_eq!(update.ecosystem.span.slice(text), "'github-actions'");
        assert_eq!(
            update.directories.iter().map(|d| d.value.as_str()).collect::<Vec<_>>(),
            ["/", "/.github/actions/*"]
        );
        assert_eq!(update.limit.as_ref().unwrap().value, "0");
        assert_eq!((update.scheduled, update.cooldown.as_ref().unwrap().days), (true, 9));
        assert_eq!(update.ignores[0].update_types, ["version-update:semver-patch"]);
        assert_eq!(update.groups[0].applies_to.as_deref(), Some("security-updates"));
        assert_eq!((update.groups[0].has_rules, update.groups[1].has_rules), (true, false));
        assert_eq!(
            (read.shared_groups.as_slice(), read.version.unwrap().value.as_str()),
            (&["all".to_owned()][..], "2")
        );
    }

    #[test]
    fn what_is_not_of_the_form_is_a_problem_with_its_line() {
        for (text, line) in [
            ("- a\n", 1),
            ("version: 2\nupdates: {a: b}\n", 2),
            ("version: 2\nupdates:\n  - text\n", 3),
            ("version: 2\nupdates:\n  - package-ecosystem: \"x\n", 3),
            ("version: 2\nversion: 2\n", 2),
        ] {
            let problem = read_text(text).unwrap_err();
            assert!(problem.hides, "{text}");
            let at = problem.place.unwrap().line;
            assert!(at.abs_diff(line) <= 1, "{text}: line {at}");
        }
    }

    #[test]
    fn nothing_and_comments_update_nothing() {
        for text in
            ["", "# - package-ecosystem: github-actions\n", "version: 2\nupdates:\n", "version: 2\nupdates: []\n"]
        {
            assert_eq!(read_text(text).unwrap().updates, []);
        }
        assert!(read(&FileSet::default()).is_none());
        assert!(read(&files("dependabot.yml", "version: 2\n")).is_none());
        assert_eq!(read(&files(".github/dependabot.yaml", "")).unwrap().unwrap().path, ".github/dependabot.yaml");
    }

    #[test]
    fn aliases_show_where_they_are_used() {
        let text = "version: 2\nupdates:\n- package-ecosystem: &e github-actions\n  directory: /\n- package-ecosystem: *e\n  directory: /x\n";
        let read = read_text(text).unwrap();
        assert_eq!(read.of("github-actions").count(), 2);
        assert_eq!(read.updates[1].ecosystem.span.slice(text), "*e");
    }
}
