//! What was released: the last tags with their signatures, and the latest release with its files.

use jiff::Timestamp;
use serde::Deserialize;

use super::actions::Asked;
use super::graphql::Part;
use super::refusal::{Meaning, Route, meaning};
use super::shape::{Connection, Word};
use crate::fact::artifact::{Asset, Release, ReleaseTag, Signature};
use crate::fact::{Fact, Observation, Reason, Unknown};

#[derive(Deserialize)]
struct TagRef {
    name: Word,
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "__typename")]
    kind: Word,
    oid: Word,
    #[serde(default)]
    signature: Option<NodeSignature>,
    #[serde(default, rename = "target")]
    peeled: Option<Box<Target>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeSignature {
    is_valid: bool,
    state: Word,
    #[serde(default)]
    was_signed_by_git_hub: Option<bool>,
}

impl From<NodeSignature> for Signature {
    fn from(signature: NodeSignature) -> Self {
        Self {
            verified: signature.is_valid,
            reason: signature.state.to_lowercase(),
            by_forge: signature.was_signed_by_git_hub.unwrap_or_default(),
        }
    }
}

/// The last tags, newest first. The signature of an annotated tag is not among them: it is asked by the SHA of its
/// object.
///
/// # Errors
/// Why they cannot be told.
pub fn tags(part: &Part<'_>) -> Result<Vec<ReleaseTag>, Unknown> {
    let list: Option<Connection<TagRef>> = part.field("tags")?;
    let list = list.ok_or_else(|| part.missing("tags"))?;
    Ok(list.nodes.into_iter().filter_map(from_ref).collect())
}

/// A tag that leads to a commit; others (to a tree, say) are no releases.
fn from_ref(tag: TagRef) -> Option<ReleaseTag> {
    let TagRef { name, target } = tag;
    let object = (&*target.kind == "Tag").then(|| target.oid.0.clone());
    let commit = if object.is_some() { *target.peeled? } else { target };
    (&*commit.kind == "Commit").then(|| ReleaseTag {
        name: name.0,
        commit: commit.oid.0,
        object,
        tag_signature: None,
        commit_signature: commit.signature.map(Signature::from),
    })
}

#[derive(Deserialize)]
struct TagObject {
    object: TagTarget,
    verification: Verification,
}

#[derive(Deserialize)]
struct TagTarget {
    #[serde(rename = "type")]
    kind: Word,
    sha: Word,
}

#[derive(Deserialize)]
struct Verification {
    verified: bool,
    reason: Word,
}

impl From<Verification> for Signature {
    fn from(seen: Verification) -> Self {
        Self { verified: seen.verified, reason: seen.reason.0, by_forge: false }
    }
}

/// The signature of a tag object (GET …/git/tags/{sha}).
///
/// # Errors
/// Why it cannot be told.
pub fn tag_signature(asked: Asked) -> Result<Signature, Unknown> {
    super::refusal::read::<TagObject>(&Route::TagObject(""), asked).map(|(tag, _)| tag.verification.into())
}

/// The commit a tag object leads to, with its own signature.
///
/// # Errors
/// Why it cannot be told.
pub fn peeled(asked: Asked) -> Result<(String, Signature), Unknown> {
    let (tag, answer) = super::refusal::read::<TagObject>(&Route::TagObject(""), asked)?;
    if &*tag.object.kind != "commit" {
        return Err(Unknown::new(Reason::Failed, format!("{} leads to no commit", answer.endpoint)));
    }
    Ok((tag.object.sha.0, tag.verification.into()))
}

#[derive(Deserialize)]
struct RestCommit {
    sha: Word,
    commit: CommitBody,
    #[serde(default)]
    committer: Option<Committer>,
}

/// The account behind a commit: null where there is none, and an object without members where it cannot be told.
#[derive(Deserialize)]
struct Committer {
    #[serde(default)]
    login: Option<Word>,
}

#[derive(Deserialize)]
struct CommitBody {
    verification: Verification,
}

/// A commit with its signature (GET …/commits/{ref}).
///
/// # Errors
/// Why it cannot be told.
pub fn commit(asked: Asked) -> Result<(String, Signature), Unknown> {
    let (commit, _) = super::refusal::read::<RestCommit>(&Route::Commit(""), asked)?;
    let login = commit.committer.and_then(|account| account.login);
    let by_forge = login.is_some_and(|login| &*login == "web-flow");
    Ok((commit.sha.0, Signature { by_forge, ..commit.commit.verification.into() }))
}

#[derive(Deserialize)]
struct GitRef {
    object: TagTarget,
}

/// What a reference points to: its SHA, and whether that is a tag object (GET …/git/ref/{ref}).
///
/// # Errors
/// Why it cannot be told.
pub fn git_ref(asked: Asked) -> Result<(String, bool), Unknown> {
    let (reference, _) = super::refusal::read::<GitRef>(&Route::GitRef(""), asked)?;
    Ok((reference.object.sha.0, &*reference.object.kind == "tag"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    tag_name: Word,
    published_at: Option<Timestamp>,
    #[serde(default)]
    tag_commit: Option<Commit>,
    release_assets: Connection<NodeAsset>,
}

#[derive(Deserialize)]
struct Commit {
    oid: Word,
}

#[derive(Deserialize)]
struct NodeAsset {
    name: Word,
    #[serde(default)]
    digest: Option<Word>,
}

impl From<NodeAsset> for Asset {
    fn from(asset: NodeAsset) -> Self {
        Self { name: asset.name.0, digest: asset.digest.map(String::from).filter(|digest| is_digest(digest)) }
    }
}

/// Whether a text is `sha256:` with 64 hexadecimal digits.
fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:");
    hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The latest release in a reply of GraphQL.
pub fn release(part: &Part<'_>) -> Observation {
    let read = part.field::<Option<Node>>("latestRelease").and_then(|node| {
        let Some(node) = node else { return Ok(None) };
        if !node.release_assets.is_complete() {
            return Err(Unknown::new(Reason::Failed, "the latest release has more files than are read at once"));
        }
        Ok(Some(Release {
            tag: node.tag_name.0,
            target: node.tag_commit.map(|commit| commit.oid.0).unwrap_or_default(),
            published_at: node.published_at,
            assets: node.release_assets.nodes.into_iter().map(Asset::from).collect(),
        }))
    });
    Observation::Release(read.map_or_else(Fact::Unknown, |release| part.reply().fact(release)))
}

#[derive(Deserialize)]
struct RestRelease {
    tag_name: Word,
    target_commitish: Word,
    #[serde(default)]
    published_at: Option<Timestamp>,
    assets: Vec<NodeAsset>,
}

/// The latest release as REST tells it (GET …/releases/latest).
pub fn release_by_rest(asked: Asked) -> Observation {
    let answer = match asked {
        Ok(answer) => answer,
        Err(no) => return Observation::Release(Fact::Unknown(no.into())),
    };
    Observation::Release(match meaning(&Route::LatestRelease, &answer) {
        Meaning::Absent => answer.fact(None),
        Meaning::Refused(why) => Fact::Unknown(why),
        Meaning::Plan(_) => Fact::Unknown(answer.unknown(Reason::Unsupported)),
        Meaning::Seen => answer.json::<RestRelease>().map_or_else(
            |no| Fact::Unknown(no.into()),
            |seen| {
                answer.fact(Some(Release {
                    tag: seen.tag_name.0,
                    target: seen.target_commitish.0,
                    published_at: seen.published_at,
                    assets: seen.assets.into_iter().map(Asset::from).collect(),
                }))
            },
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::{Value, json};

    fn part(field: &str, value: &Value) -> super::super::graphql::Reply {
        reply(&json!({"data": {"r0": {field: value}}}))
    }

    #[test]
    fn tags_are_peeled_and_their_signatures_read() {
        let valid = json!({"isValid": true, "state": "VALID", "wasSignedByGitHub": true});
        let list = json!({"totalCount": 3, "nodes": [
            {"name": "v2", "target": {"__typename": "Tag", "oid": "aa", "target":
                {"__typename": "Commit", "oid": "bb", "signature": valid}}},
            {"name": "v1", "target": {"__typename": "Commit", "oid": "cc", "signature": null}},
            {"name": "odd", "target": {"__typename": "Tag", "oid": "dd", "target": {"__typename": "Tree", "oid": "ee"}}}
        ]});
        let seen = tags(&part("tags", &list).part("r0")).unwrap();
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].commit.as_str(), seen[0].object.as_deref()), ("bb", Some("aa")));
        assert!(seen[0].commit_signature.as_ref().unwrap().by_forge);
        assert_eq!((seen[1].commit_signature.as_ref(), seen[1].object.as_deref()), (None, None));
        for wrong in
            [Value::Null, json!(3), json!({"nodes": [null]}), json!({"nodes": [{"name": "v1", "target": null}]})]
        {
            assert!(tags(&part("tags", &wrong).part("r0")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn objects_of_tags_and_commits_tell_their_signature() {
        let body = r#"{"tag": "v0.0.1", "sha": "940b", "object": {"type": "commit", "sha": "c3d0"},
            "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null}}"#;
        let said = |status, body: &str| Ok(answer("GET /repos/o/r/git/tags/940b", status, body));
        assert_eq!(tag_signature(said(200, body)).unwrap().reason, "unsigned");
        assert_eq!(peeled(said(200, body)).unwrap().0, "c3d0");
        assert_eq!(tag_signature(said(404, "{}")).unwrap_err().reason, Reason::NotFound);
        assert!(tag_signature(said(200, r#"{"verification": {"verified": null}}"#)).is_err());
        let body = r#"{"sha": "ab", "commit": {"verification": {"verified": true, "reason": "valid"}},
            "committer": {"login": "web-flow"}}"#;
        let (sha, signature) = commit(said(200, body)).unwrap();
        assert_eq!((sha.as_str(), signature.verified, signature.by_forge), ("ab", true, true));
        for nobody in ["{}", "null", r#"{"login": "ada"}"#] {
            let body = body.replace(r#"{"login": "web-flow"}"#, nobody);
            let (_, signature) = commit(said(200, &body)).unwrap();
            assert_eq!((signature.verified, signature.by_forge), (true, false), "{nobody}");
        }
        assert!(commit(said(200, &body.replace(r#""web-flow""#, "7"))).is_err());
        let body = r#"{"ref": "refs/tags/v1", "object": {"type": "tag", "sha": "aa"}}"#;
        assert_eq!(git_ref(said(200, body)).unwrap(), ("aa".to_owned(), true));
    }

    #[test]
    fn a_release_is_read_absent_or_not_known() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let node = json!({"tagName": "v1", "publishedAt": "2026-01-02T03:04:05Z", "tagCommit": {"oid": "ab"},
            "releaseAssets": {"totalCount": 2, "nodes": [{"name": "a.whl", "digest": digest}, {"name": "b", "digest": null}]}});
        let read = |value: &Value| match release(&part("latestRelease", value).part("r0")) {
            Observation::Release(fact) => fact,
            _ => panic!(),
        };
        let fact = read(&node);
        let seen = fact.value().unwrap().as_ref().unwrap();
        assert_eq!((seen.assets[0].digest.as_deref(), seen.assets[1].digest.as_deref()), (Some(&*digest), None));
        assert_eq!(read(&Value::Null).value(), Some(&None));
        assert!(read(&json!({"tagName": 1})).value().is_none());
        let by_rest = |status, body: &str| match release_by_rest(Ok(answer("GET /x", status, body))) {
            Observation::Release(fact) => fact,
            _ => panic!(),
        };
        assert_eq!(by_rest(404, r#"{"message": "Not Found"}"#).value(), Some(&None));
        let body = r#"{"tag_name": "v1.0.0", "target_commitish": "master", "published_at": "2013-02-27T19:35:32Z", "assets": []}"#;
        assert_eq!(by_rest(200, body).value().unwrap().as_ref().unwrap().target, "master");
        assert!(by_rest(200, "{}").value().is_none() && by_rest(403, "{}").value().is_none());
    }
}
