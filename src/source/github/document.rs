//! The GraphQL documents: what is asked about repositories in one request. One field a line, so that one can be left out.
//!
//! A batch asks for a repository three times, under aliases of its own: `rN` for what every reader may see, `eN` for
//! environments and `aN` for what only administrators see. Environments and classic rules are lists that may not be
//! null, so an error in one of them takes away the object it hangs on; it must not take the repository with it.
//!
//! Names are variables. Files are no connections: they cost no points.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod fragments;

use fragments::{
    ACTION, ADMIN, BRANCH, CLASSIC, ENVIRONMENTS, PEELED, RELEASES, REPO, RULE, RULESETS, SIGNATURE, SOURCE, TEXT, TIP,
};

/// Texts that nearly every project has, asked for at once; others are asked for when their names were seen.
pub const FIRST_TEXTS: &[&str] = &[
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
    ".github/shipworthy.yml",
    "README.md",
    "README.rst",
    "RELEASING.md",
    "CONTRIBUTING.md",
    "pyproject.toml",
    "setup.cfg",
    "Cargo.toml",
    "package.json",
];

/// Folders that are listed to some depth in the first round, and how deep.
pub const FIRST_FOLDERS: &[(&str, usize)] = &[
    ("", 2),
    (".github", 3),
    ("docs", 4),
    ("doc", 4),
    ("documentation", 4),
    ("website", 3),
    ("site", 3),
    ("book", 3),
    ("guide", 3),
    ("guides", 3),
    ("wiki", 3),
];

/// The folder whose texts come with its names.
pub const WORKFLOWS: &str = ".github/workflows";

/// A document with its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// The variables.
    pub variables: Value,
    /// Whether it asks about several repositories, so that less can be asked for at once.
    pub divides: bool,
}

/// One repository in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Its owner.
    pub owner: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The branch whose files are read; none for the default branch.
    pub branch: Option<&'a str>,
    /// Whether its files are wanted.
    pub files: bool,
    /// Whether settings that only administrators see are wanted.
    pub settings: bool,
    /// Whether environments are wanted.
    pub environments: bool,
    /// Whether tags and the latest release are wanted.
    pub releases: bool,
    /// How long its lists can be.
    pub sizes: Sizes,
}

/// How many entries of lists are asked for. Lists of lists cost points by what they could hold, so a repository that
/// was seen before is asked for no more than it had; a list that has grown says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Rulesets.
    pub rulesets: usize,
    /// Environments.
    pub environments: usize,
}

impl Default for Sizes {
    /// Those of a repository that nothing is known of.
    fn default() -> Self {
        Self { rulesets: 20, environments: 30 }
    }
}

/// Everything about some repositories, one batch.
pub fn state(subjects: &[Subject<'_>]) -> Document {
    let mut writer = Writer::new("State");
    for (index, subject) in subjects.iter().enumerate() {
        let at = writer.repository(index, subject.owner, subject.name);
        writer.open(&format!("r{index}: {at}"));
        writer.line("...Repo");
        if subject.settings {
            writer.line(&format!("...Rulesets{}", subject.sizes.rulesets));
        }
        if subject.releases {
            writer.line("...Releases");
        }
        if let Some(branch) = subject.branch {
            let name = writer.variable("String!", json!(format!("refs/heads/{branch}")));
            writer.open(&format!("branch: ref(qualifiedName: {name})"));
            // What protects it is a setting.
            writer.block(if subject.settings { BRANCH } else { TIP });
            writer.close();
        }
        if subject.files {
            files(&mut writer, subject.branch);
        }
        writer.close();
        if subject.environments {
            writer.open(&format!("e{index}: {at}"));
            writer.block(&sized(ENVIRONMENTS, "environments(first: 30", subject.sizes.environments));
            writer.close();
        }
        if subject.settings {
            writer.open(&format!("a{index}: {at}"));
            writer.block(&sized(ADMIN, "rulesets(first: 20", subject.sizes.rulesets));
            if let Some(branch) = subject.branch {
                let name = writer.variable("String!", json!(format!("refs/heads/{branch}")));
                writer.open(&format!("branch: ref(qualifiedName: {name})"));
                writer.line("branchProtectionRule {");
                writer.line("...Classic");
                writer.line("}");
                writer.close();
            }
            writer.close();
        }
    }
    let rulesets = sized_rulesets(subjects);
    let mut fragments = vec![REPO];
    if !rulesets.is_empty() {
        fragments.extend([rulesets.as_str(), RULE, SOURCE, CLASSIC]);
    }
    if subjects.iter().any(|subject| subject.releases) {
        fragments.extend([RELEASES, SIGNATURE]);
    }
    if subjects.iter().any(|subject| subject.files) {
        fragments.push(TEXT);
    }
    let document = writer.finish(&fragments);
    Document { divides: subjects.len() > 1, ..document }
}

/// A part that asks for so many entries of a list.
fn sized(part: &str, list: &str, size: usize) -> String {
    let name = list.split_once("first").map_or(list, |(name, _)| name);
    part.replace(list, &format!("{name}first: {size}"))
}

/// The fragment of rulesets, once for each size.
fn sized_rulesets(subjects: &[Subject<'_>]) -> String {
    let wanted = subjects.iter().filter(|subject| subject.settings);
    let sizes: BTreeSet<usize> = wanted.map(|subject| subject.sizes.rulesets).collect();
    let fragment = |size: usize| {
        let name = format!("fragment Rulesets{size} ");
        sized(RULESETS, "rulesets(first: 20", size).replace("fragment Rulesets ", &name)
    };
    sizes.into_iter().map(fragment).collect()
}

/// The files of the first round.
fn files(writer: &mut Writer, branch: Option<&str>) {
    let revision = branch.map_or_else(|| "HEAD".to_owned(), |branch| format!("refs/heads/{branch}"));
    for (index, path) in FIRST_TEXTS.iter().enumerate() {
        writer.object(&format!("t{index}"), &revision, path, "...Text");
    }
    for (index, (folder, depth)) in FIRST_FOLDERS.iter().enumerate() {
        writer.object(&format!("d{index}"), &revision, folder, &tree(*depth, ""));
    }
    writer.object("w", &revision, WORKFLOWS, &tree(1, "object {\n...Text\n}"));
}

/// The names in a folder and in those below it, to a depth; `also` is asked of each entry of the last level.
fn tree(depth: usize, also: &str) -> String {
    let below = if depth > 1 { format!("object {{\n{}\n}}", tree(depth - 1, also)) } else { also.to_owned() };
    format!("... on Tree {{\nentries {{\nname\ntype\nmode\n{below}\n}}\n}}")
}

/// What is still missing of one repository's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing<'a> {
    /// Its owner.
    pub owner: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The commit whose files are read.
    pub revision: &'a str,
    /// Paths of texts.
    pub texts: &'a [String],
    /// Folders that are listed together with the texts in them.
    pub folders: &'a [String],
}

/// The second round of files, for several repositories.
pub fn texts(missing: &[Missing<'_>]) -> Document {
    let mut writer = Writer::new("Texts");
    for (index, one) in missing.iter().enumerate() {
        let at = writer.repository(index, one.owner, one.name);
        writer.open(&format!("r{index}: {at}"));
        for (number, path) in one.texts.iter().enumerate() {
            writer.object(&format!("t{number}"), one.revision, path, "...Text");
        }
        for (number, folder) in one.folders.iter().enumerate() {
            writer.object(&format!("d{number}"), one.revision, folder, &tree(1, "object {\n...Text\n}"));
        }
        writer.close();
    }
    Document { divides: missing.len() > 1, ..writer.finish(&[TEXT]) }
}

/// Some branches of one repository with what protects them.
pub fn branches(owner: &str, name: &str, branches: &[String]) -> Document {
    let mut writer = Writer::new("Branches");
    let at = writer.repository(0, owner, name);
    for (alias, inner) in [("r", BRANCH), ("a", "branchProtectionRule {\n...Classic\n}")] {
        writer.open(&format!("{alias}0: {at}"));
        for (index, branch) in branches.iter().enumerate() {
            let reference = writer.variable("String!", json!(format!("refs/heads/{branch}")));
            writer.open(&format!("b{index}: ref(qualifiedName: {reference})"));
            writer.block(inner);
            writer.close();
        }
        writer.close();
    }
    writer.finish(&[RULE, SOURCE, CLASSIC])
}

/// The names of the branches of one repository.
pub fn branch_names(owner: &str, name: &str) -> Document {
    let mut writer = Writer::new("BranchNames");
    let at = writer.repository(0, owner, name);
    writer.open(&format!("r0: {at}"));
    writer.block("branches: refs(refPrefix: \"refs/heads/\", first: 100) {\ntotalCount\nnodes {\nname\n}\n}");
    writer.close();
    writer.finish(&[])
}

/// What is asked about one action's repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinsOf<'a> {
    /// Its owner.
    pub owner: &'a str,
    /// Its name.
    pub name: &'a str,
    /// References by name: tags or branches.
    pub names: &'a [String],
    /// Commits by their SHA.
    pub commits: &'a [String],
}

/// What the references of `uses:` point to, for several actions.
pub fn pins(wanted: &[PinsOf<'_>]) -> Document {
    let mut writer = Writer::new("Pins");
    for (index, one) in wanted.iter().enumerate() {
        let at = writer.repository(index, one.owner, one.name);
        writer.open(&format!("r{index}: {at}"));
        writer.line("...Action");
        for (number, reference) in one.names.iter().enumerate() {
            for (alias, folder) in [("t", "tags"), ("b", "heads")] {
                let name = writer.variable("String!", json!(format!("refs/{folder}/{reference}")));
                writer.open(&format!("{alias}{number}: ref(qualifiedName: {name})"));
                writer.line("...Peeled");
                writer.close();
            }
        }
        for (number, commit) in one.commits.iter().enumerate() {
            let oid = writer.variable("GitObjectID!", json!(commit));
            writer.open(&format!("o{number}: object(oid: {oid})"));
            writer.block("__typename\noid\n... on Tag {\ntarget {\noid\n}\n}");
            writer.close();
        }
        if !one.commits.is_empty() {
            writer.open("defaultBranchRef");
            writer.line("name");
            for (number, commit) in one.commits.iter().enumerate() {
                let head = writer.variable("String!", json!(commit));
                writer.open(&format!("c{number}: compare(headRef: {head})"));
                writer.line("status");
                writer.close();
            }
            writer.close();
        }
        writer.close();
    }
    writer.finish(&[ACTION, PEELED])
}

/// A page of the repositories of an owner, with their workflows.
pub fn repositories(owner: &str, after: Option<&str>) -> Document {
    let mut writer = Writer::new("Repositories");
    let login = writer.variable("String!", json!(owner));
    let after = writer.variable("String", json!(after));
    writer.open(&format!("owner: repositoryOwner(login: {login})"));
    writer.open(&format!("repositories(first: 50, after: {after}, ownerAffiliations: OWNER)"));
    writer.block(&format!(
        "totalCount\npageInfo {{\nhasNextPage\nendCursor\n}}\nnodes {{\nnameWithOwner\nisArchived\nisFork\n\
         workflows: object(expression: \"HEAD:.github/workflows\") {{\n{}\n}}\n}}",
        tree(1, "object {\n...Text\n}")
    ));
    writer.close();
    writer.close();
    writer.finish(&[TEXT])
}

/// Writes a document: variables are numbered as they come.
struct Writer {
    name: &'static str,
    body: String,
    declared: Vec<String>,
    variables: Map<String, Value>,
}

impl Writer {
    fn new(name: &'static str) -> Self {
        Self { name, body: String::new(), declared: Vec::new(), variables: Map::new() }
    }

    /// Names a value, and answers how it is written.
    fn variable(&mut self, kind: &str, value: Value) -> String {
        let known = self
            .variables
            .iter()
            .find(|(name, known)| **known == value && self.declared.contains(&format!("${name}: {kind}")));
        if let Some((name, _)) = known {
            return format!("${name}");
        }
        let name = format!("v{}", self.variables.len());
        self.declared.push(format!("${name}: {kind}"));
        self.variables.insert(name.clone(), value);
        format!("${name}")
    }

    fn repository(&mut self, _index: usize, owner: &str, name: &str) -> String {
        let owner = self.variable("String!", json!(owner));
        let name = self.variable("String!", json!(name));
        format!("repository(owner: {owner}, name: {name})")
    }

    fn object(&mut self, alias: &str, revision: &str, path: &str, inner: &str) {
        let expression = self.variable("String!", json!(format!("{revision}:{path}")));
        self.open(&format!("{alias}: object(expression: {expression})"));
        self.block(inner);
        self.close();
    }

    fn open(&mut self, field: &str) {
        self.line(&format!("{field} {{"));
    }

    fn close(&mut self) {
        self.line("}");
    }

    fn line(&mut self, line: &str) {
        self.body.push_str(line);
        self.body.push('\n');
    }

    fn block(&mut self, lines: &str) {
        lines.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| self.line(line));
    }

    fn finish(self, fragments: &[&str]) -> Document {
        let declared = if self.declared.is_empty() { String::new() } else { format!("({})", self.declared.join(", ")) };
        let text = format!("query {}{declared} {{\n{}}}\n{}", self.name, self.body, fragments.concat());
        Document { text, variables: Value::Object(self.variables), divides: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &'static str) -> Subject<'static> {
        let sizes = Sizes::default();
        Subject {
            owner: "o",
            name,
            branch: None,
            files: true,
            settings: true,
            environments: true,
            releases: true,
            sizes,
        }
    }

    fn braces(text: &str) -> bool {
        text.matches('{').count() == text.matches('}').count()
    }

    #[test]
    fn names_are_variables_and_equal_ones_are_written_once() {
        let document = state(&[subject("a\"}"), subject("b")]);
        assert!(braces(&document.text) && !document.text.contains("a\"}"));
        assert!(document.text.contains("a1: repository(owner: $v0,"), "{}", document.text);
        let heads = document.variables.as_object().unwrap().values().filter(|v| **v == json!("HEAD:README.md"));
        assert_eq!(heads.count(), 1);
    }

    #[test]
    fn only_what_is_wanted_is_asked() {
        let plain = Subject { files: false, settings: false, environments: false, releases: false, ..subject("a") };
        let text = state(&[plain]).text;
        for field in ["object(", "rulesets", "environments", "latestRelease", "fragment Text", "a0:", "e0:"] {
            assert!(!text.contains(field), "{field}");
        }
    }

    #[test]
    fn fragments_that_are_defined_are_used_and_the_other_way_round() {
        let commits = [String::from("a")];
        let documents = [
            state(&[subject("a"), Subject { branch: Some("x"), ..subject("b") }]),
            state(&[subject("a"), Subject { sizes: Sizes { rulesets: 2, environments: 1 }, ..subject("b") }]),
            texts(&[Missing { owner: "o", name: "r", revision: "HEAD", texts: &commits, folders: &commits }]),
            branches("o", "r", &commits),
            branch_names("o", "r"),
            pins(&[PinsOf { owner: "o", name: "r", names: &commits, commits: &commits }]),
            repositories("o", None),
        ];
        for document in documents {
            let text = &document.text;
            assert!(braces(text), "{text}");
            for line in text.lines().filter_map(|line| line.strip_prefix("fragment ")) {
                let name = line.split(' ').next().unwrap();
                assert!(text.lines().any(|line| line == format!("...{name}")), "{name} is not used: {text}");
            }
            for line in text.lines().filter_map(|line| line.strip_prefix("...")).filter(|line| !line.starts_with(' ')) {
                assert!(text.contains(&format!("fragment {line} on ")), "{line} is not defined: {text}");
            }
            for name in document.variables.as_object().unwrap().keys() {
                assert!(text.matches(&format!("${name}")).count() >= 2, "{name}");
            }
        }
    }

    #[test]
    fn a_branch_has_files_and_rules_of_its_own() {
        let document = state(&[Subject { branch: Some("rel/1"), ..subject("a") }]);
        let values: Vec<&Value> = document.variables.as_object().unwrap().values().collect();
        assert!(values.contains(&&json!("refs/heads/rel/1:README.md")), "{values:?}");
        assert!(values.contains(&&json!("refs/heads/rel/1")));
        assert!(!values.contains(&&json!("HEAD:README.md")));
    }
}
