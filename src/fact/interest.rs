//! Which files of a repository matter for a verdict, by name: the one list that every source goes by.
//!
//! Names only open the door: a page that is called like a release page still has to read like one. So the list is
//! generous with names and strict with places (release notes, user manuals, tests and foreign code stay outside).

use super::prose::words::{among, name_words};

/// What kind of document a path names, as far as the name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// A page about making releases.
    ReleasePage,
    /// An issue or pull request template for a release.
    ReleaseTemplate,
    /// A page for contributors or maintainers, which may have a section about releases.
    ContributorPage,
    /// The README of the project.
    Readme,
    /// The first page of the documentation.
    DocsIndex,
}

/// How many folders deep a document is looked for.
const MAX_FOLDERS: usize = 5;

/// Extensions of documents; a name in capitals may have none.
const DOCUMENTS: &str = "md markdown mdx rst txt adoc asciidoc qmd ipynb";

/// Folders that are never entered: other people's code, tests, builds, pictures, translations, and what tells users
/// about past releases instead of telling maintainers how to make one.
const CLOSED: &str = "node_modules vendor vendored _vendor third_party third-party thirdparty extern \
    external site-packages venv test tests __tests__ testdata fixtures example examples auto_examples dist \
    target _build generated releases release-notes release_notes releasenotes relnotes whatsnew whats-new \
    whats_new changelog changelogs changes upcoming_changes news newsfragments announce announcements blog posts \
    static _static _templates assets images img api reference gallery tutorial tutorials locale locales i18n \
    translations userguide configuration install installation \
    getting-started getting_started plugins";

/// Words for users in names of folders: what lies there tells how to use the project.
const USERS: &str = "user users usage using enduser endusers";

/// Languages that documentation is translated into; the English one is read.
const TRANSLATIONS: &str = "ar az bn ca cs da de el es fa fi fr he hi hu id it ja ko nl no pl pt pt-br ro ru \
    sk sr sv th tr uk ur uz vi zh zh-cn zh-hans zh-hant zh-tw";

/// Folders of the root that hold documentation.
const DOCS: &str = "docs doc documentation website site book guide guides wiki";

/// Words for contributors and maintainers in names of folders, in the root or in the documentation.
const DEVELOPER: &str = "contributing contribute contributor contributors developer developers development devel dev \
    hacking internals maintain maintaining maintainer maintainers maintenance community governance project team";

/// Words that are one for developers only inside the documentation; in the root they name code.
const INTERNAL: &str = "internal";

/// Words beside those in names of folders: `developers_guide`, `how_to_contribute`, `for-developers`, `devdocs`.
const GUIDE: &str = "guide guides guidelines manual manuals handbook docs doc documentation notes note info for the how \
    to our your";

/// Folders of the root that may hold a release page or a folder of release tools beside other things.
const TOOLS: &str = "scripts tools ci .ci etc misc packaging meta admin build-tools";

/// Folders whose own pages are about releases.
const RELEASE: &str = "release releasing release-process release_process release-tools publish";

/// Folders between the root of the documentation and its first page.
const DOCS_ROOTS: &str = "docs doc documentation source src en html content sphinx";

/// Words for making a release, in names of files.
const MAKING: &str = "release releases releasing publish publishing releaseprocess releaseguide howtorelease";

/// Words in names of files that tell of releases already made, or of something else than making one.
const PAST: &str = "note notes history changelog changelogs change changes news log logs announcement \
    announcements highlights drafter schedule calendar cycle test tests archive dev";

/// Words that make the name of a release page in the documentation clear.
const PROCESS: &str = "releasing process procedure procedures checklist walkthrough steps instructions \
    runbook howto how make making manage managing doing cutting releaseprocess howtorelease";

/// Names of pages in a folder for developers that often have a section about releases.
const DEVELOPER_PAGES: &str = "readme index process processes workflow workflows guidelines guide team \
    policies packaging deploy deploying deployment";

/// Files of settings and metadata that are read, in lower case.
const SETTINGS: &[&str] = &[
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
    ".github/shipworthy.yml",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "cargo.toml",
    "package.json",
];

/// Where Renovate looks for its configuration, in its order.
pub const RENOVATE: &[&str] = &[
    "renovate.json",
    "renovate.jsonc",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.jsonc",
    ".github/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.jsonc",
    ".renovaterc.json5",
];

/// Whether the text of this file is wanted (path from the root, with `/`).
pub fn wants_text(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    SETTINGS.contains(&lower.as_str())
        || RENOVATE.contains(&lower.as_str())
        || is_workflow(&lower)
        || is_action(&lower)
        || document(path).is_some()
}

/// Whether a folder is worth listing (path from the root, with `/`, without a final one).
pub fn wants_folder(path: &str) -> bool {
    let lower = path.trim_end_matches('/').to_ascii_lowercase();
    let folders: Vec<&str> = lower.split('/').collect();
    let [first, rest @ ..] = folders.as_slice() else { return false };
    if folders.len() > MAX_FOLDERS || is_closed(&folders) {
        return false;
    }
    if *first == ".github" || *first == "actions" || among(DOCS, first) || is_for(DEVELOPER, first) {
        return true;
    }
    if among(RELEASE, first) || is_template_folder(first) {
        return rest.is_empty();
    }
    among(TOOLS, first) && rest.iter().all(|folder| among(RELEASE, folder) || *folder == "actions")
}

/// What kind of document a file is, by its path from the root; none for what is not read as one.
pub fn document(path: &str) -> Option<Document> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folder.to_ascii_lowercase();
    let folders: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if !folder.is_empty() && !wants_folder(&folder) {
        return None;
    }
    let (stem, extension) = split_name(name);
    let mut words = name_words(stem);
    if folders.last().is_some_and(|last| is_template_folder(last)) {
        let readable = among(DOCUMENTS, &extension) || among("yml yaml", &extension);
        let place = matches!(folders.as_slice(), [_] | [".github" | "docs" | "doc", _]);
        return (place && readable && is_release_template(&words)).then_some(Document::ReleaseTemplate);
    }
    let shouted = extension.is_empty() && !stem.contains(|c: char| c.is_lowercase());
    if tells_of_release(&words, &extension) {
        words.push(extension);
    } else if !shouted && !among(DOCUMENTS, &extension) {
        return None;
    }
    of_words(&folders, &words)
}

fn of_words(folders: &[&str], words: &[String]) -> Option<Document> {
    let first = folders.first().copied().unwrap_or_default();
    let last = folders.last().copied().unwrap_or_default();
    let at_top = matches!(folders, [] | [".github"]);
    let in_docs = among(DOCS, first);
    let for_developers = folders.iter().any(|folder| is_for(DEVELOPER, folder))
        || (in_docs && folders.iter().any(|folder| is_for(INTERNAL, folder)));
    let among_tools = among(TOOLS, first) || among(RELEASE, first);
    let one_word = match words {
        [word] => word.as_str(),
        _ => "",
    };
    let is_index = matches!(one_word, "readme" | "index");
    if is_index && among(RELEASE, last) {
        return Some(Document::ReleasePage);
    }
    if names_release(words) && (at_top || for_developers || among_tools || (in_docs && fits_docs(folders, words))) {
        return Some(Document::ReleasePage);
    }
    if one_word == "readme" && (at_top || matches!(folders, [folder] if among(DOCS, folder))) {
        return Some(Document::Readme);
    }
    if is_index && in_docs && folders.iter().all(|folder| among(DOCS_ROOTS, folder)) {
        return Some(Document::DocsIndex);
    }
    let contributor = words.iter().any(|word| speaks_to_contributors(word));
    if contributor && (at_top || in_docs || for_developers) {
        return Some(Document::ContributorPage);
    }
    let process = words.iter().any(|word| among(DEVELOPER_PAGES, word));
    (process && is_for(DEVELOPER, last)).then_some(Document::ContributorPage)
}

/// Whether a page of the documentation with a release name is for maintainers: either its name speaks of the process,
/// or it lies where a manual for users would not (`docs/release.md`, not `docs/guides/publish.md`). The folders of a
/// website are such a manual: a tool tells there how its users release with it.
fn fits_docs(folders: &[&str], words: &[String]) -> bool {
    let is_root = |folder: &str| among(DOCS_ROOTS, folder) || among("website site book wiki", folder);
    let of_site = folders.first().is_some_and(|first| among("website site", first));
    if of_site && !folders.iter().all(|folder| is_root(folder) || among(RELEASE, folder)) {
        return false;
    }
    let plain =
        |word: &String| among(MAKING, word) || among("guide guidelines management package python pypi npm", word);
    words.iter().any(|word| word.starts_with("releas"))
        && (words.iter().any(|word| among(PROCESS, word))
            || words.iter().all(plain) && folders.iter().all(|folder| is_root(folder) || among(RELEASE, folder)))
}

/// Whether a name speaks of making releases; numbers and words for past releases speak against it.
fn names_release(words: &[String]) -> bool {
    let past = |word: &String| among(PAST, word) || word.contains(|c: char| c.is_ascii_digit());
    words.iter().any(|word| among(MAKING, word)) && !words.iter().any(past)
}

/// Whether the ending of a name says that the text is about releases, or how they are made: `README.release`,
/// `release.howto`. Beside other names the same endings belong to settings (`Makefile.release`).
fn tells_of_release(words: &[String], extension: &str) -> bool {
    let of_text = |word: &String| among("readme howto how to instructions guide checklist", word);
    (among(MAKING, extension) && !words.is_empty() && words.iter().all(of_text))
        || (among("howto checklist process procedure instructions steps guide", extension) && names_release(words))
}

/// Whether the name of a folder speaks to some people: each of its words names them or a guide, and one names them.
fn is_for(people: &str, folder: &str) -> bool {
    let names = |word: &&str| {
        let guide = ["guide", "docs", "notes", "manual"].iter().find_map(|end| word.strip_suffix(end));
        among(people, word) || guide.is_some_and(|who| among(people, who))
    };
    let words = || folder.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
    words().any(|word| names(&word)) && words().all(|word| names(&word) || among(GUIDE, word))
}

/// Whether the name of a template speaks of a release; a number in it only orders the templates.
fn is_release_template(words: &[String]) -> bool {
    let words: Vec<String> = words.iter().filter(|word| word.contains(char::is_alphabetic)).cloned().collect();
    names_release(&words) || (words.iter().any(|word| word == "rc") && words.iter().any(|word| word == "checklist"))
}

fn speaks_to_contributors(word: &str) -> bool {
    among("governance devel hacking devguide", word)
        || ["contribut", "maintain", "maintenance", "develop"].iter().any(|stem| word.starts_with(stem))
}

fn is_workflow(lower: &str) -> bool {
    let name = lower.strip_prefix(".github/workflows/");
    name.is_some_and(|name| !name.contains('/') && is_yaml(name))
}

fn is_action(lower: &str) -> bool {
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", lower));
    let folders: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    matches!(name, "action.yml" | "action.yaml") && folders.len() <= MAX_FOLDERS && !is_closed(&folders)
}

fn is_yaml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "yml" | "yaml"))
}

fn is_template_folder(folder: &str) -> bool {
    matches!(folder, "issue_template" | "pull_request_template")
}

fn is_closed(folders: &[&str]) -> bool {
    let github = folders.first() == Some(&".github");
    folders.iter().enumerate().any(|(depth, folder)| {
        let hidden = folder.starts_with('.') && !matches!(*folder, ".github" | ".ci");
        // Below `.github` names are the project's own: `.github/actions/test` is an action, not a test.
        hidden
            || (!github && (among(CLOSED, folder) || is_for(USERS, folder)))
            || (depth > 0 && among(TRANSLATIONS, folder))
    })
}

/// Stem and extension of a file name; `releasing.rst.inc` counts as what it becomes.
fn split_name(name: &str) -> (&str, String) {
    let name = ["inc", "in", "template", "j2", "jinja"]
        .iter()
        .find_map(|last| name.strip_suffix(last).and_then(|rest| rest.strip_suffix('.')))
        .unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension.to_ascii_lowercase()),
        _ => (name, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(kind: Document, paths: &str) {
        for path in paths.split_ascii_whitespace() {
            assert_eq!(document(path), Some(kind), "{path}");
            assert!(wants_text(path), "{path}");
            let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
            let above = folder.match_indices('/').map(|(at, _)| folder.get(..at).unwrap()).chain([folder]);
            for folder in above.filter(|folder| !folder.is_empty()) {
                assert!(wants_folder(folder), "{folder} of {path}");
            }
        }
    }

    #[test]
    fn release_pages_are_known_wherever_projects_keep_them() {
        kinds(
            Document::ReleasePage,
            "RELEASING.md RELEASE.rst RELEASE.txt RELEASING RELEASE-CHECKLIST.md HOW_TO_RELEASE.md release.md \
             ReleaseProcess.md releases.adoc PUBLISHING.md docs/releases.md docs/release-procedure.md \
             doc/HOWTO_RELEASE.rst doc/RELEASE_WALKTHROUGH.rst docs/html/development/release-process.rst \
             docs/development/release.rst doc/developer/release.rst docs/source/dev/core-dev/releasing.rst.inc \
             docs/doing-a-release.rst docs/contributing/publishing.md docs/guides/making-a-release.md \
             .github/release_checklist.md release/README.md scripts/release/README.md tools/release/index.rst \
             dev/release/README.md docs/how_to_release.ipynb docs/release_guide.qmd maintainers/release.md \
             docs/release/index.md misc/RELEASING.md docs/src/maintain/manage-releases.md website/docs/community/release-process.mdx \
             website/docs/releasing.md README.release release.howto HOWTO.releasing",
        );
    }

    #[test]
    fn folders_for_developers_are_known_by_their_words() {
        for folder in
            "developers_guide dev_guide contributor_guide contributor-guide contributing_guide maintainer_guide \
             maintainers-guide development_guide developer-docs developer_notes for_developers how_to_contribute \
             DeveloperGuide devdocs devguide internals"
                .split_ascii_whitespace()
        {
            kinds(Document::ReleasePage, &format!("docs/src/{folder}/release.rst {folder}/releasing.md"));
            kinds(Document::ContributorPage, &format!("doc/{folder}/index.rst"));
        }
        kinds(Document::ReleasePage, "docs/internal/release.md doc/source/internal-docs/release.md");
        for folder in "dev-server team_sports development-kit project_templates for_users how_to_use guide"
            .split_ascii_whitespace()
        {
            assert_eq!(document(&format!("docs/{folder}/release.rst")), None, "{folder}");
            assert!(!wants_folder(folder) || folder == "guide", "{folder}");
        }
        assert!(!wants_folder("internal"), "code");
        for folder in "user-guide users_guide for_users user-docs usage user userguide".split_ascii_whitespace() {
            assert!(!wants_folder(&format!("docs/{folder}")), "{folder}");
            assert_eq!(document(&format!("docs/{folder}/how-to-release.md")), None, "{folder}");
        }
    }

    #[test]
    fn templates_of_releases_are_known() {
        kinds(
            Document::ReleaseTemplate,
            ".github/ISSUE_TEMPLATE/release-checklist.md .github/PULL_REQUEST_TEMPLATE/release.md \
             .github/ISSUE_TEMPLATE/new_release.yml docs/ISSUE_TEMPLATE/release.md \
             .github/ISSUE_TEMPLATE/30-release.md .github/ISSUE_TEMPLATE/first_rc_checklist.md",
        );
        assert_eq!(document(".github/ISSUE_TEMPLATE/bug_report.md"), None);
        assert_eq!(document(".github/ISSUE_TEMPLATE/release-notes.md"), None);
    }

    #[test]
    fn pages_that_may_have_a_release_section_are_known() {
        kinds(
            Document::ContributorPage,
            "CONTRIBUTING.md CONTRIBUTING .github/CONTRIBUTING.md MAINTAINERS.md MAINTAINING.rst GOVERNANCE.md \
             DEVELOPMENT.md HACKING docs/contributing.rst docs/source/development/contributing/index.md \
             doc/source/dev/index.rst docs/maintenance.md docs/developers/maintainer.rst.template \
             docs/dev/process.md contributing/README.md",
        );
        kinds(Document::Readme, "README.md readme.rst README .github/README.md docs/README.md");
        kinds(Document::DocsIndex, "docs/index.md doc/source/index.rst docs/src/index.md docs/en/index.md");
    }

    #[test]
    fn notes_manuals_tests_and_foreign_code_are_left_alone() {
        let paths = "RELEASE_NOTES.md release-notes.md CHANGELOG.md HISTORY.md docs/release-notes.md docs/releases/1.2.md \
             doc/release/release_1.0.rst doc/release/release_dev.rst docs/release-2.0.md RELEASE-v1.md \
             docs/whatsnew/release.md tests/RELEASING.md vendor/lib/RELEASING.md node_modules/a/README.md \
             examples/release.md src/release.rs src/README.md release Releasing docs/guides/publish.md docs/publish.md docs/java-releases.md src/release/README.md src/dev/RELEASING.md docs/about/releases.md \
             docs/configuration/automatic-releases/index.rst docs/usage/release.md docs/ja/contributing.md \
             docs/a/b/c/d/e/releasing.md .git/RELEASING.md .hidden/RELEASING.md .github/release-drafter.md \
             .github/release.yml docs/release-schedule.md docs/blog/new-release.md Makefile releasing.py \
             website/docs/extra/releasing-binaries.md site/guide/release-process.md Makefile.release Dockerfile.release \
             app.release requirements.release howto.txt";
        for path in paths.split_ascii_whitespace() {
            assert_eq!(document(path), None, "{path}");
            assert!(!wants_text(path), "{path}");
        }
    }

    #[test]
    fn settings_and_metadata_are_read_in_all_their_places() {
        let paths = ".github/dependabot.yml .github/dependabot.yaml .github/shipworthy.yml pyproject.toml setup.cfg \
             setup.py Cargo.toml package.json renovate.json renovate.json5 .renovaterc .renovaterc.json \
             .github/renovate.json .github/renovate.json5 .github/workflows/ci.yml .github/workflows/release.yaml \
             action.yml .github/actions/build/action.yaml .github/actions/test/action.yml \
             .github/workflows/composite/x/action.yml actions/setup/action.yml";
        for path in paths.split_ascii_whitespace() {
            assert!(wants_text(path), "{path}");
        }
        for path in "dependabot.yml .gitlab/renovate.json sub/pyproject.toml .github/workflows/x/ci.yml \
             .github/workflows/readme.sh tests/fixtures/action.yml node_modules/x/action.yml src/lib.rs"
            .split_ascii_whitespace()
        {
            assert!(!wants_text(path), "{path}");
        }
    }

    #[test]
    fn only_folders_that_could_hold_something_are_entered() {
        let open = ".github .github/workflows .github/actions/build .github/ISSUE_TEMPLATE docs docs/source/dev \
             doc/html/development Documentation release scripts scripts/release tools/actions dev/release actions \
             ISSUE_TEMPLATE .github/actions/test contributing";
        for folder in open.split_ascii_whitespace() {
            assert!(wants_folder(folder), "{folder}");
        }
        let closed = "src tests node_modules docs/api docs/releases docs/_static docs/ja docs/a/b/c/d/e scripts/data \
             release/python .git .venv docs/tests packages docs/.vitepress";
        for folder in closed.split_ascii_whitespace() {
            assert!(!wants_folder(folder), "{folder}");
        }
        assert!(!wants_folder(""));
    }
}
