//! What references of `uses:` point to: commits behind tags and branches, and tags behind commits.
//!
//! The newest hundred tags of an action come with the question, so a commit is named by its tags and a tag by its full
//! version. A commit counts as reachable when a tag or the default branch leads to it; one that neither leads to may
//! still be on another branch, so that is not known and never "no".

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::document::{Document, PinsOf};
use super::graphql::{Part, Reply};
use super::shape::{Connection, Word};
use crate::fact::artifact::{Pin, Pins};
use crate::source::question::PinQuestion as Question;

/// Questions about one action's repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    repository: String,
    names: Vec<String>,
    commits: Vec<String>,
    questions: Vec<Question>,
}

/// Most references of one document.
const BATCH: usize = 50;

/// The questions by repository, in batches that fit one document each. No question is asked twice.
pub fn batches(questions: &BTreeSet<Question>) -> Vec<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    for question in questions {
        if groups.last().is_none_or(|group| group.repository != question.repository) {
            let (names, commits, questions) = (Vec::new(), Vec::new(), Vec::new());
            groups.push(Group { repository: question.repository.clone(), names, commits, questions });
        }
        let Some(group) = groups.last_mut() else { continue };
        for name in question.names() {
            if !group.names.contains(&name) {
                group.names.push(name);
            }
        }
        let commit = question.reference.to_lowercase();
        if question.is_commit() && !group.commits.contains(&commit) {
            group.commits.push(commit);
        }
        group.questions.push(question.clone());
    }
    let mut batches: Vec<Vec<Group>> = Vec::new();
    let mut size = BATCH;
    for group in groups {
        let weight = group.questions.len();
        if size + weight > BATCH || batches.is_empty() {
            batches.push(Vec::new());
            size = 0;
        }
        size += weight;
        if let Some(batch) = batches.last_mut() {
            batch.push(group);
        }
    }
    batches
}

/// The keys of the answers to a batch.
pub fn keys(batch: &[Group]) -> impl Iterator<Item = String> {
    batch.iter().flat_map(|group| &group.questions).map(Question::key)
}

/// The document for a batch.
pub fn document(batch: &[Group]) -> Document {
    let wanted: Vec<PinsOf<'_>> = batch
        .iter()
        .map(|group| {
            let (owner, name) = group.repository.split_once('/').unwrap_or((&group.repository, ""));
            PinsOf { owner, name, names: &group.names, commits: &group.commits }
        })
        .collect();
    super::document::pins(&wanted)
}

#[derive(Deserialize)]
struct TagRef {
    name: Word,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    oid: Word,
    #[serde(default)]
    target: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    oid: Word,
}

impl Target {
    /// The commit, behind a tag object where there is one.
    fn commit(&self) -> &str {
        self.target.as_ref().map_or(&self.oid, |inner| &inner.oid)
    }
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "__typename")]
    kind: Word,
    #[serde(default)]
    target: Option<Inner>,
}

/// What a reply tells about the questions of a batch. A question that it does not settle has no answer.
pub fn read(reply: &Reply, batch: &[Group]) -> Pins {
    let mut pins = Pins::new();
    for (index, group) in batch.iter().enumerate() {
        let part = reply.part(&format!("r{index}"));
        let Ok(tags) = part.field::<Connection<TagRef>>("tags") else { continue };
        let action = Action { part, tags: by_commit(&tags), whole: tags.is_complete(), group };
        for question in &group.questions {
            if let Some(pin) = action.answer(question) {
                pins.insert(question.key(), pin);
            }
        }
    }
    pins
}

/// Tags by the commit they lead to, the most exact first.
fn by_commit(tags: &Connection<TagRef>) -> BTreeMap<String, Vec<String>> {
    let mut by_commit: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for tag in &tags.nodes {
        if let Some(target) = &tag.target {
            by_commit.entry(target.commit().to_lowercase()).or_default().push(tag.name.0.clone());
        }
    }
    for names in by_commit.values_mut() {
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }
    by_commit
}

/// A reference that was not asked for, or not told.
struct Unasked;

/// One action's repository in a reply.
struct Action<'a> {
    part: Part<'a>,
    tags: BTreeMap<String, Vec<String>>,
    whole: bool,
    group: &'a Group,
}

impl Action<'_> {
    fn answer(&self, question: &Question) -> Option<Pin> {
        if question.is_commit() { self.commit(question) } else { self.named(&question.reference) }
    }

    /// A reference under `t` (tags) or `b` (branches); an error where that is not known, and none for "absent".
    fn reference(&self, kind: &str, name: &str) -> Result<Option<TagRef>, Unasked> {
        let number = self.group.names.iter().position(|known| known == name).ok_or(Unasked)?;
        self.part.field(&format!("{kind}{number}")).map_err(|_| Unasked)
    }

    fn named(&self, name: &str) -> Option<Pin> {
        let found = self.reference("t", name).ok()?.or(self.reference("b", name).ok()?);
        let commit = found.and_then(|found| found.target).map(|target| target.commit().to_lowercase());
        let tags = commit.as_ref().and_then(|commit| self.tags.get(commit)).cloned().unwrap_or_default();
        let reachable = commit.is_some().then_some(true);
        Some(Pin { commit, tag_object: false, tags, reachable })
    }

    fn commit(&self, question: &Question) -> Option<Pin> {
        let wanted = question.reference.to_lowercase();
        let number = self.group.commits.iter().position(|known| *known == wanted)?;
        let object: Option<Object> = self.part.field(&format!("o{number}")).ok()?;
        let Some(object) = object else { return Some(Pin::default()) };
        let tag_object = &*object.kind == "Tag";
        let commit = object.target.filter(|_| tag_object).map_or(wanted, |inner| inner.oid.to_lowercase());
        let mut tags = self.tags.get(&commit).cloned().unwrap_or_default();
        let mut asked_all = true;
        for name in question.names() {
            match self.reference("t", &name) {
                Ok(Some(found)) => {
                    let same = found.target.is_some_and(|target| target.commit().eq_ignore_ascii_case(&commit));
                    if same && !tags.contains(&name) {
                        tags.push(name);
                    }
                }
                Ok(None) => {}
                Err(Unasked) => asked_all = false,
            }
        }
        // Without its tag among the newest, whether a commit has one is told only by asking for that very tag.
        if tags.is_empty() && !self.whole && (question.version.is_none() || !asked_all) {
            return None;
        }
        let reachable = (!tags.is_empty() || self.is_on_default_branch(number)).then_some(true);
        Some(Pin { commit: Some(commit), tag_object, tags, reachable })
    }

    fn is_on_default_branch(&self, number: usize) -> bool {
        let status = self.part.child("defaultBranchRef").child(&format!("c{number}"));
        let status = status.value().get("status").and_then(Value::as_str);
        matches!(status, Some("BEHIND" | "IDENTICAL"))
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
mod tests {
    use super::super::graphql::tests::reply;
    use super::*;
    use serde_json::json;

    const SHA: &str = "ec964d3d4496eba592913bcbacbb07b7df1db1af";
    const TAG: &str = "1111111111111111111111111111111111111111";

    fn question(reference: &str, version: Option<&str>) -> Question {
        let version = version.map(str::to_owned);
        Question { repository: "actions/checkout".into(), reference: reference.into(), version }
    }

    fn resolved(question: Question, repository: Value) -> Option<Pin> {
        let batches = batches(&BTreeSet::from([question.clone()]));
        read(&reply(&json!({"data": {"r0": repository}})), &batches[0]).remove(&question.key())
    }

    fn tags(total: u32) -> Value {
        json!({"totalCount": total, "nodes": [
            {"name": "v5", "target": {"__typename": "Commit", "oid": SHA}},
            {"name": "v5.0.1", "target": {"__typename": "Tag", "oid": TAG, "target": {"__typename": "Commit", "oid": SHA}}}
        ]})
    }

    #[test]
    fn a_tag_leads_to_its_commit_and_full_version() {
        let pin = resolved(
            question("v5", None),
            json!({"tags": tags(2), "t0": {"name": "v5", "target": {"__typename": "Commit", "oid": SHA}}, "b0": null}),
        );
        let pin = pin.unwrap();
        assert_eq!((pin.commit.as_deref(), pin.tags), (Some(SHA), vec!["v5.0.1".to_owned(), "v5".to_owned()]));
        let branch = json!({"tags": tags(2), "t0": null, "b0": {"name": "main", "target": {"__typename": "Commit", "oid": TAG}}});
        assert_eq!(resolved(question("main", None), branch).unwrap().commit.as_deref(), Some(TAG));
        let nothing = json!({"tags": tags(2), "t0": null, "b0": null});
        assert_eq!(resolved(question("v9", None), nothing), Some(Pin::default()));
    }

    #[test]
    fn a_commit_is_named_by_its_tags() {
        let object = json!({"__typename": "Commit", "oid": SHA});
        let pin = resolved(question(SHA, None), json!({"tags": tags(2), "o0": object, "defaultBranchRef": null}));
        let pin = pin.unwrap();
        assert_eq!((pin.commit.as_deref(), pin.reachable, pin.tag_object), (Some(SHA), Some(true), false));
        let object = json!({"__typename": "Tag", "oid": TAG, "target": {"oid": SHA}});
        let pin = resolved(question(TAG, None), json!({"tags": tags(2), "o0": object})).unwrap();
        assert!(pin.tag_object && pin.commit.as_deref() == Some(SHA));
        assert_eq!(resolved(question(TAG, None), json!({"tags": tags(2), "o0": null})), Some(Pin::default()));
    }

    #[test]
    fn what_was_not_seen_is_not_denied() {
        let other = "2222222222222222222222222222222222222222";
        let object = json!({"__typename": "Commit", "oid": other});
        let on_main = |status: &str| json!({"tags": tags(2), "o0": object, "defaultBranchRef": {"name": "main", "c0": {"status": status}}});
        assert_eq!(resolved(question(other, None), on_main("BEHIND")).unwrap().reachable, Some(true));
        assert_eq!(resolved(question(other, None), on_main("DIVERGED")).unwrap().reachable, None);
        let long = json!({"tags": tags(200), "o0": object});
        assert_eq!(resolved(question(other, None), long), None);
        let asked = json!({"tags": tags(200), "o0": object, "t0": null, "t1": {"name": "3.1", "target": {"__typename": "Commit", "oid": other}}});
        assert_eq!(resolved(question(other, Some("v3.1")), asked).unwrap().tags, ["3.1"]);
        assert_eq!(resolved(question(other, None), Value::Null), None);
        assert_eq!(resolved(question(other, None), json!({"tags": null, "o0": null})), None);
    }

    #[test]
    fn questions_are_grouped_and_asked_once() {
        let mut all = BTreeSet::new();
        for number in 0..120 {
            all.insert(Question {
                repository: format!("o/r{:03}", number / 2),
                reference: format!("v{}", number % 2),
                version: None,
            });
        }
        let batches = batches(&all);
        assert_eq!(batches.len(), 3);
        assert_eq!(batches.iter().flatten().map(|group| group.questions.len()).sum::<usize>(), 120);
        assert!(document(&batches[0]).text.contains("r24: repository("));
    }
}
