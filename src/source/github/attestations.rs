//! Attestations of released files: which are listed for a digest. Whether they hold is not verified here.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::actions::Asked;
use super::refusal::refused;
use super::request::Request;
use super::shape::Word;
use crate::fact::artifact::{ArtifactAttestation, Statement};
use crate::fact::{Fact, Observation, Reason, Unknown};

/// Most digests of one request.
pub const MAX_DIGESTS: usize = 1024;

/// The permission that shows attestations of a private repository.
const NEEDS: &str = "attestations:read";

/// One request for all digests of an owner: a read that is spelled POST.
pub fn request(owner: &str, by_organisation: bool, digests: &[String]) -> Request {
    let kind = if by_organisation { "orgs" } else { "users" };
    Request::post(&[kind, owner, "attestations", "bulk-list"], &json!({"subject_digests": digests}))
        .with("per_page", "100")
}

/// What is listed for each digest.
pub type Listed = BTreeMap<String, Vec<Statement>>;

#[derive(Deserialize)]
struct Body {
    attestations_subject_digests: BTreeMap<String, Option<Vec<Entry>>>,
    #[serde(default)]
    page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
struct PageInfo {
    #[serde(default)]
    has_next: bool,
    #[serde(default)]
    next: Option<Word>,
}

#[derive(Deserialize)]
struct Entry {
    bundle: Option<Bundle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

/// What a page lists, and the cursor of the next one.
///
/// # Errors
/// Why it cannot be told; an attestation that cannot be read is no attestation that is absent.
pub fn read(asked: Asked) -> Result<(Listed, Option<String>), Unknown> {
    let answer = asked?;
    if !answer.is_ok() {
        return Err(refused(&answer, Some(NEEDS)));
    }
    let body: Body = answer.json()?;
    let unreadable = || {
        let detail = format!("{} lists an attestation that cannot be read", answer.endpoint);
        Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status)
    };
    let mut listed = Listed::new();
    for (digest, entries) in body.attestations_subject_digests {
        let mut statements = Vec::new();
        for entry in entries.unwrap_or_default() {
            let bundle = entry.bundle.ok_or_else(unreadable)?;
            statements.push(statement(&bundle.dsse_envelope.payload, &digest).ok_or_else(unreadable)?);
        }
        listed.insert(digest, statements);
    }
    let next = body.page_info.filter(|page| page.has_next).and_then(|page| page.next).map(String::from);
    Ok((listed, next))
}

/// What an attestation says of itself.
fn statement(payload: &str, digest: &str) -> Option<Statement> {
    let bytes = STANDARD.decode(payload.trim()).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let word = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        crate::text::clean::line(text).into_owned()
    };
    let subjects = value.get("subject")?.as_array()?;
    let hex = |subject: &Value| word(subject.pointer("/digest/sha256"));
    let wanted = digest.trim_start_matches("sha256:");
    let subject = subjects.iter().map(hex).find(|hex| hex.eq_ignore_ascii_case(wanted));
    let subject = subject.or_else(|| subjects.first().map(hex)).unwrap_or_default();
    let workflow = value.pointer("/predicate/buildDefinition/externalParameters/workflow");
    let part = |name: &str| word(workflow.and_then(|workflow| workflow.get(name)));
    let repository = part("repository");
    Some(Statement {
        predicate: word(value.get("predicateType")),
        subject: format!("sha256:{subject}"),
        repository: full_name(&repository).to_owned(),
        workflow: part("path"),
    })
}

/// `owner/name` of `https://host/owner/name`.
fn full_name(address: &str) -> &str {
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(address, |(_, path)| path);
    path.trim_end_matches('/')
}

/// The attestations of one repository's released files, out of what was listed for its owner.
pub fn of_files(files: &[(String, String)], listed: &Listed) -> Vec<ArtifactAttestation> {
    let one = |(file, digest): &(String, String)| ArtifactAttestation {
        file: file.clone(),
        digest: digest.clone(),
        statements: listed.get(digest).cloned().unwrap_or_default(),
    };
    files.iter().map(one).collect()
}

/// What cannot be told, as the answer.
pub fn unknown(why: Unknown) -> Observation {
    Observation::Attestations(Fact::Unknown(why))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::refusal::tests::answer;
    use super::*;

    /// A payload as an attestation carries it.
    pub fn payload(digest: &str, repository: &str) -> String {
        STANDARD.encode(
            json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "a.whl", "digest": {"sha256": digest}}],
                "predicateType": "https://slsa.dev/provenance/v1",
                "predicate": {"buildDefinition": {"externalParameters": {"workflow": {
                    "ref": "refs/tags/v1", "repository": repository, "path": ".github/workflows/release.yml"}}}}
            })
            .to_string(),
        )
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, body: &Value) -> Asked {
        Ok(answer("POST /orgs/o/attestations/bulk-list", status, &body.to_string()))
    }

    #[test]
    fn what_is_listed_says_where_it_comes_from() {
        let body = json!({
            "attestations_subject_digests": {
                "sha256:aa": [{"bundle": {"mediaType": "x", "dsseEnvelope": {"payload": payload("aa", "https://github.com/o/r")}}, "repository_id": 1}],
                "sha256:bb": null
            },
            "page_info": {"has_next": true, "next": "cursor"}
        });
        let (listed, next) = read(said(200, &body)).unwrap();
        let statement = &listed["sha256:aa"][0];
        assert_eq!((statement.repository.as_str(), statement.subject.as_str()), ("o/r", "sha256:aa"));
        assert_eq!(statement.workflow, ".github/workflows/release.yml");
        assert!(listed["sha256:bb"].is_empty());
        assert_eq!(next.as_deref(), Some("cursor"));
        let files = of_files(&[("c".into(), "sha256:cc".into()), ("a".into(), "sha256:aa".into())], &listed);
        assert_eq!((files[0].statements.len(), files[1].statements.len()), (0, 1));
    }

    #[test]
    fn what_cannot_be_read_is_not_absent() {
        let entry = |entry: Value| json!({"attestations_subject_digests": {"sha256:aa": [entry]}});
        for body in [
            json!({}),
            json!({"attestations_subject_digests": null}),
            entry(Value::Null),
            entry(json!({"bundle": null})),
            entry(json!({"bundle": {"dsseEnvelope": {"payload": "%"}}})),
            entry(json!({"bundle": {"dsseEnvelope": {"payload": "e30="}}})),
        ] {
            assert_eq!(read(said(200, &body)).unwrap_err().reason, Reason::Failed, "{body}");
        }
        assert_eq!(read(said(403, &json!({}))).unwrap_err().needs.as_deref(), Some(NEEDS));
    }
}
