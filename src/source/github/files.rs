//! The files of a repository out of answers: listings tell which texts matter, and texts come in two or more rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::document::{FIRST_FOLDERS, FIRST_TEXTS, WORKFLOWS};
use super::graphql::Part;
use super::shape::Word;
use crate::fact::Unknown;
use crate::fact::files::{FileSet, Problem};
use crate::fact::interest;
use crate::fact::workflow::set::{action_folder, is_workflow};
use crate::source::checkout::{named_actions, plain_path};
use crate::text::decode::{self, MAX_BYTES};

mod rest;
mod whole;

/// The mode of a link in a tree.
const LINK: u32 = 0o120_000;
/// How many folders deep documents are looked for.
const DEEPEST: usize = 5;
/// How many texts are asked for beside those of the first round.
const MOST_TEXTS: usize = 400;
/// How many folders are listed beside those of the first round.
const MOST_FOLDERS: usize = 40;
/// Folders that hold other people's files.
const SKIPPED: [&str; 7] = [".git", "node_modules", "target", "vendor", "third_party", ".venv", "venv"];

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
}

/// The files of one repository, as far as they were told.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: BTreeMap<String, Kind>,
    listed: BTreeSet<String>,
    texts: BTreeMap<String, Arc<str>>,
    problems: Vec<Problem>,
    asked: BTreeSet<String>,
    /// Links by what they lead to.
    links: BTreeMap<String, Vec<String>>,
    /// Texts that came cut: path, and SHA of the blob.
    cut: Vec<(String, String)>,
    folders: usize,
    /// Whether a request for a part of it failed.
    failed: bool,
}

/// What is still missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Paths of texts.
    pub texts: Vec<String>,
    /// Folders to list together with their texts.
    pub folders: Vec<String>,
}

impl Wanted {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.folders.is_empty()
    }
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    mode: u32,
    #[serde(default)]
    object: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    oid: Word,
    byte_size: u64,
    is_binary: Option<bool>,
    is_truncated: bool,
    text: Option<String>,
}

impl Tree {
    /// The files of the first round.
    ///
    /// # Errors
    /// Why nothing can be told of the root. What is wrong with a part is a problem of that part.
    pub fn first(part: &Part<'_>) -> Result<Self, Unknown> {
        let mut tree = Self::default();
        for (index, (folder, _)) in FIRST_FOLDERS.iter().enumerate() {
            let found: Result<Value, Unknown> = part.field(&format!("d{index}"));
            match found {
                Ok(listing) => tree.take_folder(folder, &listing, false),
                Err(why) if folder.is_empty() => return Err(why),
                Err(why) => tree.miss(folder, &why.detail),
            }
        }
        match part.field::<Value>("w") {
            Ok(listing) => tree.take_folder(WORKFLOWS, &listing, true),
            Err(why) => tree.miss(WORKFLOWS, &why.detail),
        }
        for (index, path) in FIRST_TEXTS.iter().enumerate() {
            tree.asked.insert((*path).to_owned());
            match part.field::<Value>(&format!("t{index}")) {
                Ok(blob) => tree.take_text(path, &blob),
                Err(why) => tree.miss(path, &why.detail),
            }
        }
        if tree.entries.get(WORKFLOWS) == Some(&Kind::Link) {
            tree.hide(WORKFLOWS, "is a link to a folder and was not followed; make it a folder");
        }
        Ok(tree)
    }

    /// Takes in what was missing; `reply` is none where it could not be asked, with the reason in words.
    pub fn take(&mut self, wanted: &Wanted, reply: Result<&Part<'_>, &str>) {
        for (index, path) in wanted.texts.iter().enumerate() {
            match reply.map(|part| part.field::<Value>(&format!("t{index}"))) {
                Ok(Ok(blob)) => self.take_text(path, &blob),
                Ok(Err(why)) => self.miss(path, &why.detail),
                Err(why) => self.miss(path, why),
            }
        }
        for (index, folder) in wanted.folders.iter().enumerate() {
            match reply.map(|part| part.field::<Value>(&format!("d{index}"))) {
                Ok(Ok(listing)) => self.take_folder(folder, &listing, true),
                Ok(Err(why)) => self.miss(folder, &why.detail),
                Err(why) => self.miss(folder, why),
            }
        }
    }

    /// Takes in a folder with what is listed below it; null is a folder that does not exist.
    fn take_folder(&mut self, folder: &str, listing: &Value, with_texts: bool) {
        let Some(entries) = listing.get("entries") else {
            if folder.is_empty() {
                self.listed.insert(String::new());
            }
            return;
        };
        let entries = match Vec::<Entry>::deserialize(entries) {
            Ok(entries) => entries,
            Err(error) => return self.hide(place(folder), &format!("cannot be listed ({error})")),
        };
        self.listed.insert(folder.to_owned());
        for entry in entries {
            let path = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
            let kind = match (entry.kind.as_str(), entry.mode) {
                ("tree", _) => Kind::Folder,
                (_, LINK) => Kind::Link,
                ("blob", _) => Kind::File,
                _ => continue,
            };
            self.entries.insert(path.clone(), kind);
            if kind == Kind::Folder {
                self.take_folder(&path, &entry.object, false);
            } else if with_texts && wants(&path) && self.asked.insert(path.clone()) {
                self.take_text(&path, &entry.object);
            }
        }
    }

    /// Takes in a text, under its own path and under those of links that lead to it. Null is a file that is not there.
    fn take_text(&mut self, path: &str, blob: &Value) {
        let waiting = self.links.remove(path).unwrap_or_default();
        if blob.is_null() || blob.as_object().is_some_and(serde_json::Map::is_empty) {
            for link in waiting {
                self.hide(&link, "is a link that leads to no file of the repository");
            }
            return;
        }
        let blob = match Blob::deserialize(blob) {
            Ok(blob) => blob,
            Err(error) => return self.hide(path, &format!("cannot be read ({error})")),
        };
        if self.entries.get(path) == Some(&Kind::Link) {
            return self.follow(path, blob.text.as_deref().unwrap_or_default());
        }
        if blob.is_truncated && blob.byte_size <= MAX_BYTES {
            self.cut.push((path.to_owned(), blob.oid.0));
            return;
        }
        let bytes = match (blob.is_binary, blob.text) {
            (_, _) if blob.byte_size > MAX_BYTES => return self.hide(path, "is larger than 2 MiB and was not read"),
            (Some(true), _) | (_, None) => return self.hide(path, "holds no text"),
            (_, Some(text)) => text.into_bytes(),
        };
        self.keep(path, bytes, &waiting);
    }

    fn keep(&mut self, path: &str, bytes: Vec<u8>, also: &[String]) {
        match decode::decode(bytes) {
            Ok(text) => {
                let text: Arc<str> = Arc::from(text);
                for path in also.iter().map(String::as_str).chain(wants(path).then_some(path)) {
                    self.texts.insert(path.to_owned(), Arc::clone(&text));
                }
            }
            Err(error) => self.problems.push(Problem::hiding(path, error.place, &error.message)),
        }
    }

    /// Remembers what a link leads to, so that its text is asked for.
    fn follow(&mut self, link: &str, target: &str) {
        let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
        let inside = (!target.starts_with('/')).then(|| plain_path(&format!("{folder}/{}", target.trim_end())));
        match inside.flatten().filter(|path| !path.is_empty() && path != link) {
            Some(path) => match self.texts.get(&path).cloned() {
                Some(text) => drop(self.texts.insert(link.to_owned(), text)),
                None => self.links.entry(path).or_default().push(link.to_owned()),
            },
            None => self.hide(link, "is a link that leads out of the repository"),
        }
    }

    /// What is still missing of what matters. What is answered here is not wanted again.
    pub fn wanted(&mut self) -> Wanted {
        let mut texts: BTreeSet<String> = self
            .entries
            .iter()
            .filter(|(path, kind)| **kind != Kind::Folder && wants(path))
            .map(|(path, _)| path.clone())
            .collect();
        texts.extend(self.actions());
        texts.extend(self.links.keys().cloned());
        let room = MOST_TEXTS.saturating_sub(self.asked.len().saturating_sub(FIRST_TEXTS.len()));
        let texts: Vec<String> = texts.into_iter().filter(|path| !self.asked.contains(path)).take(room).collect();
        let worth = |path: &&String| {
            let name = path.rsplit('/').next().unwrap_or_default();
            !SKIPPED.contains(&name)
                && *path != WORKFLOWS
                && path.split('/').count() <= DEEPEST
                && interest::wants_folder(path)
                && !self.listed.contains(*path)
        };
        let folders = self.entries.iter().filter(|(_, kind)| **kind == Kind::Folder).map(|(path, _)| path);
        let room = MOST_FOLDERS.saturating_sub(self.folders);
        let folders: Vec<String> = folders.filter(worth).take(room).cloned().collect();
        self.asked.extend(texts.iter().cloned());
        self.listed.extend(folders.iter().cloned());
        self.folders += folders.len();
        Wanted { texts, folders }
    }

    /// Files of local actions that the texts name, and that are not known to be absent.
    fn actions(&self) -> BTreeSet<String> {
        let deciding = self.texts.iter().filter(|(path, _)| is_workflow(path) || action_folder(path).is_some());
        let named: BTreeSet<String> = deciding.flat_map(|(_, text)| named_actions(text)).collect();
        let files = named.into_iter().flat_map(|path| {
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            let own = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending)).then(|| path.clone());
            own.into_iter().chain([below("action.yml"), below("action.yaml")]).collect::<Vec<_>>()
        });
        files.filter(|path| self.may_exist(path)).collect()
    }

    /// Whether a path exists or lies where nothing was listed.
    fn may_exist(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.entries.contains_key(path) || (!self.listed.contains(folder) && self.above_exists(folder))
    }

    /// Whether no listed folder above shows that this one is absent.
    fn above_exists(&self, folder: &str) -> bool {
        let mut below = folder;
        while let Some((above, _)) = below.rsplit_once('/').or_else(|| (!below.is_empty()).then_some(("", below))) {
            if self.listed.contains(above) {
                return self.entries.get(below) == Some(&Kind::Folder);
            }
            below = above;
        }
        true
    }

    /// Texts that came cut and are asked for as blobs: path and SHA.
    pub fn take_cut(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.cut)
    }

    /// Says that a file or folder could not be read.
    pub fn hide(&mut self, path: &str, message: &str) {
        self.problems.push(Problem::hiding(path, None, message));
    }

    /// The set. What is wanted and was never asked for is said.
    pub fn finish(mut self) -> FileSet {
        for link in std::mem::take(&mut self.links).into_values().flatten() {
            self.hide(&link, "is a link that was not followed to its end");
        }
        for folder in self.wanted().folders {
            self.hide(&folder, "was not listed: there are too many folders");
        }
        self.problems.sort_by(|a, b| (&a.path, a.place, &a.message).cmp(&(&b.path, b.place, &b.message)));
        self.problems.dedup();
        FileSet { texts: self.texts, problems: self.problems, ..FileSet::default() }
    }
}

/// Whether the text of a path matters.
fn wants(path: &str) -> bool {
    interest::wants_text(path) || action_folder(path).is_some()
}

fn place(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::json;

    fn blob(text: &str) -> Value {
        json!({"oid": "ab", "byteSize": text.len(), "isBinary": false, "isTruncated": false, "text": text})
    }

    fn entry(name: &str, mode: u32, object: Value) -> Value {
        let kind = if mode == 0o040_000 { "tree" } else { "blob" };
        json!({"name": name, "type": kind, "mode": mode, "object": object})
    }

    /// A repository whose root lists these entries, with these fields beside.
    fn first(root: Vec<Value>, more: Value) -> Value {
        let mut body = more;
        let map = body.as_object_mut().unwrap();
        map.insert("d0".into(), json!({"entries": root}));
        for index in 1..FIRST_FOLDERS.len() {
            map.entry(format!("d{index}")).or_insert(Value::Null);
        }
        map.entry("w").or_insert(Value::Null);
        for index in 0..FIRST_TEXTS.len() {
            map.entry(format!("t{index}")).or_insert(Value::Null);
        }
        body
    }

    fn tree(body: Value) -> Tree {
        Tree::first(&reply(&json!({"data": {"r0": body}})).part("r0")).unwrap()
    }

    #[test]
    fn workflows_come_at_once_and_other_texts_by_their_names() {
        let workflow =
            "on: push\njobs:\n  a:\n    steps:\n      - uses: ./tools/act\n      - uses: ./.github/actions/x\n";
        let mut tree = tree(first(
            vec![
                entry("docs", 0o040_000, json!({"entries": [entry("releasing.md", 0o100_644, Value::Null)]})),
                entry("tools", 0o040_000, json!({"entries": [entry("act", 0o040_000, Value::Null)]})),
                entry("maintainers", 0o040_000, json!({"entries": [entry("guide", 0o040_000, Value::Null)]})),
                entry("README.md", 0o100_644, Value::Null),
                entry("src", 0o040_000, json!({"entries": [entry("README.md", 0o100_644, Value::Null)]})),
            ],
            json!({
                "w": {"entries": [entry("ci.yml", 0o100_644, blob(workflow)), entry("x.txt", 0o100_644, blob(""))]},
                "d1": {"entries": [entry("actions", 0o040_000, json!({"entries": []}))]},
                "t3": blob("# Readme")
            }),
        ));
        let wanted = tree.wanted();
        assert_eq!(wanted.texts, ["docs/releasing.md", "tools/act/action.yaml", "tools/act/action.yml"]);
        assert_eq!(wanted.folders, ["maintainers/guide"]);
        assert!(tree.wanted().is_empty());
        let answer = reply(&json!({"data": {"r0": {
            "t0": blob("# Releasing"), "t1": null, "t2": blob("runs: {using: composite, steps: []}"),
            "d0": {"entries": [entry("release.md", 0o100_644, blob("# How")), entry("x.png", 0o100_644, json!({}))]}
        }}}));
        tree.take(&wanted, Ok(&answer.part("r0")));
        assert!(tree.wanted().is_empty());
        let files = tree.finish();
        let paths: Vec<&str> = files.texts.keys().map(String::as_str).collect();
        let all = [
            ".github/workflows/ci.yml",
            "README.md",
            "docs/releasing.md",
            "maintainers/guide/release.md",
            "tools/act/action.yml",
        ];
        assert_eq!(paths, all);
        assert!(files.problems.is_empty(), "{:?}", files.problems);
    }

    #[test]
    fn links_are_followed_inside_and_only_there() {
        let mut tree = tree(first(
            vec![
                entry("README.md", LINK, Value::Null),
                entry("RELEASING.md", LINK, Value::Null),
                entry("docs", 0o040_000, json!({"entries": []})),
            ],
            json!({"t3": blob("docs/intro.txt"), "t5": blob("../other/RELEASING.md")}),
        ));
        let wanted = tree.wanted();
        assert_eq!(wanted.texts, ["docs/intro.txt"]);
        let answer = reply(&json!({"data": {"r0": {"t0": blob("hello")}}}));
        tree.take(&wanted, Ok(&answer.part("r0")));
        let files = tree.finish();
        assert_eq!(files.text("README.md").map(|text| &**text), Some("hello"));
        assert_eq!(files.text("docs/intro.txt"), None);
        assert!(files.hidden("RELEASING.md").is_some());
    }

    #[test]
    fn what_could_not_be_read_hides_only_itself() {
        let mut body = first(
            vec![],
            json!({"t7": {"oid": "a", "byteSize": 3, "isBinary": true, "isTruncated": false, "text": null}, "t0": {"oid": 3}}),
        );
        body["w"] = Value::Null;
        let reply = reply(&json!({"data": {"r0": body}, "errors": [{"path": ["r0", "w"], "message": "went away"}]}));
        let files = Tree::first(&reply.part("r0")).unwrap().finish();
        assert!(files.hidden(".github/workflows/a.yml").unwrap().message.contains("went away"));
        assert!(files.hidden("pyproject.toml").is_some() && files.hidden(".github/dependabot.yml").is_some());
        assert!(files.hidden("README.md").is_none());
        let refused = super::super::graphql::tests::reply(&json!({"data": {"r0": {"d0": 3}}}));
        let tree = Tree::first(&refused.part("r0")).map(Tree::finish);
        assert!(tree.unwrap().texts.is_empty());
        let nothing = super::super::graphql::tests::reply(&json!({"data": {"r0": {}}}));
        assert!(Tree::first(&nothing.part("r0")).is_err());
    }

    #[test]
    fn a_cut_text_is_asked_for_as_a_blob() {
        let mut cut = blob("# Read");
        cut["isTruncated"] = json!(true);
        let mut tree = tree(first(vec![entry("README.md", 0o100_644, Value::Null)], json!({"t3": cut})));
        assert_eq!(tree.take_cut(), [("README.md".to_owned(), "ab".to_owned())]);
        let body = r#"{"content": "IyBSZWFkbWU=\n", "encoding": "base64", "size": 8, "sha": "ab"}"#;
        tree.take_blob("README.md", Ok(answer("GET /x", 200, body)));
        tree.take_blob("a.yml", Ok(answer("GET /x", 404, "{}")));
        let files = tree.finish();
        assert_eq!(files.text("README.md").map(|text| &**text), Some("# Readme"));
        assert!(files.hidden("a.yml").is_some());
    }

    #[test]
    fn a_whole_tree_by_rest_names_the_blobs_that_matter() {
        let body = r#"{"sha": "x", "truncated": false, "tree": [
            {"path": "README.md", "mode": "100644", "type": "blob", "sha": "aa"},
            {"path": "src", "mode": "040000", "type": "tree", "sha": "bb"},
            {"path": "src/lib.rs", "mode": "100644", "type": "blob", "sha": "cc"},
            {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "sha": "dd"}]}"#;
        let (_, blobs) = Tree::by_rest(Ok(answer("GET /x", 200, body))).unwrap();
        assert_eq!(
            blobs,
            [(".github/workflows/ci.yml".into(), "dd".into()), ("README.md".to_owned(), "aa".to_owned())]
        );
        let (tree, _) = Tree::by_rest(Ok(answer("GET /x", 200, r#"{"tree": [], "truncated": true}"#))).unwrap();
        assert!(tree.finish().hidden("RELEASING.md").is_some());
        assert!(Tree::by_rest(Ok(answer("GET /x", 409, "{}"))).is_err());
    }
}
