//! What was released: tags, releases, attestations, package provenance, runs and the commits behind pins.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Fact;

/// A release tag with the signatures on it and on its commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ReleaseTag {
    /// Name of the tag.
    pub name: String,
    /// The commit it points to.
    pub commit: String,
    /// The SHA of the tag object; none where the tag is not annotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The signature of the tag object; none where the tag is not annotated, or where there is an object and nobody
    /// asked for its signature.
    pub tag_signature: Option<Signature>,
    /// The signature of the commit.
    pub commit_signature: Option<Signature>,
}

/// What the forge says about a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Signature {
    /// Whether it was verified.
    pub verified: bool,
    /// The forge's reason: `valid`, `unsigned`, `unknown_key`, `bad_email` and so on.
    pub reason: String,
    /// Whether the forge signed it itself, as it does for merges on the web.
    pub by_forge: bool,
}

/// The latest release and its files (GET /repos/{owner}/{repo}/releases/latest).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// The branch or commit it was made from.
    pub target: String,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Its files.
    pub assets: Vec<Asset>,
}

/// A file of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Asset {
    /// File name.
    pub name: String,
    /// `sha256:…`, where the forge knows it.
    pub digest: Option<String>,
}

/// Whether one released file has an attestation (its signature is not checked here).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ArtifactAttestation {
    /// File name.
    pub file: String,
    /// `sha256:…`.
    pub digest: String,
    /// The attestations listed for this digest; empty where there are none.
    pub statements: Vec<Statement>,
}

/// One attestation, as it describes itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Statement {
    /// Predicate type, as `https://slsa.dev/provenance/v1`.
    pub predicate: String,
    /// Digest named as its subject.
    pub subject: String,
    /// Repository whose workflow made it.
    pub repository: String,
    /// Path of that workflow.
    pub workflow: String,
}

/// What a package index says about the newest version of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PackageProvenance {
    /// Registry, as the report names it (`pypi`).
    pub registry: String,
    /// Normalised name of the package.
    pub package: String,
    /// The newest version.
    pub version: String,
    /// Its files.
    pub files: Vec<FileProvenance>,
}

/// One file of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FileProvenance {
    /// File name.
    pub file: String,
    /// Who published it, as its provenance says; none where it has no provenance.
    pub publisher: Option<Publisher>,
}

/// The identity a package index recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Publisher {
    /// Kind, as `GitHub`.
    pub kind: String,
    /// `owner/name`.
    pub repository: String,
    /// File name of the workflow.
    pub workflow: String,
    /// Environment the publisher is bound to; none where it is not bound to one.
    pub environment: Option<String>,
}

/// The last run of a publish workflow (GET /repos/{owner}/{repo}/actions/workflows/{file}/runs).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PublishRun {
    /// Path of the workflow.
    pub workflow: String,
    /// Number of the run.
    pub id: u64,
    /// The event that started it.
    pub event: String,
    /// Who started it.
    pub actor: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Who approved it, when that could be asked.
    pub approvals: Fact<Vec<Approval>>,
}

/// One approval of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Approval {
    /// Who.
    pub user: String,
    /// `approved` or `rejected`.
    pub state: String,
    /// For which environments.
    pub environments: Vec<String>,
}

/// What references of `uses:` point to, by `owner/repo@ref` in lower case.
pub type Pins = BTreeMap<String, Pin>;

/// One resolved reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Pin {
    /// The commit, 40 hexadecimal digits; none where the reference does not exist in that repository.
    pub commit: Option<String>,
    /// Whether the reference is the SHA of a tag object, not of a commit.
    pub tag_object: bool,
    /// Tags on that commit.
    pub tags: Vec<String>,
    /// Whether the commit is reachable from a branch or tag of that repository; none where that is not known.
    pub reachable: Option<bool>,
}
