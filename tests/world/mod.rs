//! A small world for tests: repositories with files, settings and releases, answered by GraphQL and REST alike.

pub mod complete;
pub mod graphql;
mod release;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fakegh::{Asked, FakeGh, Reply};
use complete::{LINK, TIME, filled};
use graphql::{Found, World};

/// The token of an administrator, one of a plain reader, and one that may not even see environments.
pub const ADMIN: &str = "ghp_adminadminadminadminadminadminadmin01";
pub const PLAIN: &str = "ghp_plainplainplainplainplainplainplain02";
pub const NARROW: &str = "github_pat_narrow03";

const WORKFLOW: &str = include_str!("release.yml");

const RELEASING: &str = "# Releasing\n\nOnly members of the release team may approve the environment `pypi`.\n\n\
    1. Update the changelog.\n2. Set the version.\n3. Start the workflow and ask another maintainer to approve it.\n";

const DEPENDABOT: &str = "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule: \
    {interval: monthly}\n    groups: {actions: {patterns: ['*']}}\n";

/// Actions that the workflow uses: repository, tag, commit.
pub const ACTIONS: &[(&str, &str, &str)] = &[
    ("actions/checkout", "v4.2.2", "11bd71901bbe5b1630ceea73d27597364c9af683"),
    ("actions/attest-build-provenance", "v2.4.0", "e8998f949152b193b063cb0ec769d69d929409be"),
    ("pypa/gh-action-pypi-publish", "v1.12.4", "76f52bc884231f62b9a034ebfe128415bbaabdfc"),
];

const HEAD: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
const TAG_OBJECT: &str = "0b1ec70b1ec70b1ec70b1ec70b1ec70b1ec70b1e";

/// One repository.
#[derive(Clone, Debug)]
pub struct Repo {
    pub owner: String,
    pub name: String,
    pub private: bool,
    pub archived: bool,
    pub fork: bool,
    pub files: BTreeMap<String, String>,
    pub rules: Vec<Value>,
    pub classic: Value,
    pub environments: Vec<Value>,
    /// Apps that protect its environments.
    pub apps: Vec<&'static str>,
    pub permissions: Value,
    pub selected: Value,
    pub token: Value,
    pub released: bool,
    pub attested: bool,
    pub approvals: Value,
    pub head: String,
    pub rulesets: usize,
    pub bypass: Vec<Value>,
}

impl Repo {
    /// One that does everything right.
    pub fn good(full_name: &str) -> Self {
        let (owner, name) = full_name.split_once('/').unwrap();
        let project = format!("[project]\nname = \"{name}\"\n");
        let files = [
            (".github/workflows/release.yml", WORKFLOW),
            (".github/dependabot.yml", DEPENDABOT),
            ("RELEASING.md", RELEASING),
            ("README.md", "# Readme\n"),
            ("pyproject.toml", project.as_str()),
            ("src/lib.py", "pass\n"),
        ];
        let team = json!({"id": 3, "node_id": "z", "name": "Release", "slug": "release", "type": "organization"});
        let reviewers = json!([{"type": "Team", "reviewer": filled(team, complete::TEAM)}]);
        Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
            private: false,
            archived: false,
            fork: false,
            files: files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect(),
            rules: ["PULL_REQUEST", "NON_FAST_FORWARD", "DELETION", "REQUIRED_SIGNATURES"].map(rule).to_vec(),
            classic: Value::Null,
            environments: vec![environment(&json!([{"id": 2, "node_id": "y", "type": "required_reviewers",
                "prevent_self_review": true, "reviewers": reviewers}]))],
            apps: Vec::new(),
            permissions: json!({"enabled": true, "allowed_actions": "selected", "sha_pinning_required": true,
                "selected_actions_url": "https://api.github.com/x"}),
            selected: json!({"github_owned_allowed": true, "verified_allowed": false,
                "patterns_allowed": ["pypa/gh-action-pypi-publish@*"]}),
            token: json!({"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false}),
            released: true,
            attested: true,
            approvals: json!([{"state": "approved", "comment": "", "environments": [{"id": 1, "name": "pypi"}],
                "user": complete::user("grace", "User")}]),
            head: HEAD.to_owned(),
            rulesets: 1,
            bypass: Vec::new(),
        }
    }

    /// One that is not protected at all, and publishes with a stored token.
    pub fn bad(full_name: &str) -> Self {
        let mut repo = Self::good(full_name);
        let workflow = "on: push\npermissions: write-all\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      \
            - uses: actions/checkout@v4\n      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: {password: \
            '${{ secrets.TOKEN }}'}\n";
        repo.files.insert(".github/workflows/release.yml".into(), workflow.into());
        repo.files.remove("RELEASING.md");
        repo.rules.clear();
        repo.environments.clear();
        repo.permissions = json!({"enabled": true, "allowed_actions": "all"});
        repo.selected = Value::Null;
        repo.token["default_workflow_permissions"] = json!("write");
        repo.attested = false;
        repo
    }

    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    pub fn digest(&self) -> String {
        let byte = self.name.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        format!("sha256:{}", format!("{byte:02x}").repeat(32))
    }

    fn blob(&self, path: &str) -> Value {
        let text = self.files.get(path);
        text.map_or(Value::Null, |text| {
            json!({"__typename": "Blob", "oid": sha(text), "byteSize": text.len(), "isBinary": false,
                "isTruncated": false, "text": text})
        })
    }

    /// The blob or tree at a path, trees with everything below them.
    fn object(&self, path: &str) -> Value {
        if self.files.contains_key(path) {
            return self.blob(path);
        }
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut names: BTreeMap<&str, bool> = BTreeMap::new();
        for file in self.files.keys().filter_map(|file| file.strip_prefix(&prefix)) {
            match file.split_once('/') {
                Some((folder, _)) => drop(names.insert(folder, true)),
                None => drop(names.insert(file, false)),
            }
        }
        if names.is_empty() {
            return Value::Null;
        }
        let entry = |(name, is_folder): (&str, bool)| {
            let (kind, mode) = if is_folder { ("tree", 0o040_000) } else { ("blob", 0o100_644) };
            json!({"__typename": "TreeEntry", "name": name, "type": kind, "mode": mode, "object": self.object(&format!("{prefix}{name}"))})
        };
        json!({"__typename": "Tree", "oid": "ab", "entries": names.into_iter().map(entry).collect::<Vec<_>>()})
    }

    fn signature() -> Value {
        json!({"__typename": "GpgSignature", "isValid": true, "state": "VALID", "wasSignedByGitHub": false})
    }

    fn tag() -> Value {
        let commit = json!({"__typename": "Commit", "oid": HEAD, "signature": Self::signature()});
        json!({"__typename": "Ref", "name": "v1.0", "target": {"__typename": "Tag", "oid": TAG_OBJECT, "target": commit}})
    }

    fn branch(&self, name: &str, is_admin: bool) -> Value {
        json!({"__typename": "Ref", "name": name, "target": {"__typename": "Commit", "oid": self.head},
            "rules": connection(&self.rules),
            "branchProtectionRule": if is_admin { self.classic.clone() } else { Value::Null }})
    }

    fn release(&self) -> Value {
        if !self.released {
            return Value::Null;
        }
        json!({"__typename": "Release", "tagName": "v1.0", "publishedAt": "2026-01-02T03:04:05Z",
            "updatedAt": "2026-01-02T03:04:05Z",
            "tagCommit": {"__typename": "Commit", "oid": HEAD},
            "releaseAssets": connection(&[json!({"__typename": "ReleaseAsset", "name": "a.whl", "digest": self.digest()})])})
    }

    fn environment_node(environment: &Value) -> Value {
        let rules = environment["protection_rules"].as_array().cloned().unwrap_or_default();
        let rule = |rule: &Value| {
            let reviewers = rule["reviewers"].as_array().cloned().unwrap_or_default();
            let reviewer = |one: &Value| {
                let mut node = one["reviewer"].clone();
                node["__typename"] = one["type"].clone();
                node
            };
            json!({"type": rule["type"].as_str().unwrap().to_uppercase(), "timeout": rule["wait_timer"].as_u64().unwrap_or(0),
                "preventSelfReview": rule["prevent_self_review"],
                "reviewers": connection(&reviewers.iter().map(reviewer).collect::<Vec<_>>())})
        };
        json!({"__typename": "Environment", "name": environment["name"],
            "protectionRules": connection(&rules.iter().map(rule).collect::<Vec<_>>())})
    }

    fn ruleset(&self, index: usize, is_admin: bool) -> Value {
        json!({"__typename": "RepositoryRuleset", "databaseId": 7 + index, "name": "Protect",
            "enforcement": "ACTIVE", "target": "BRANCH",
            "source": {"__typename": "Organization", "login": self.owner},
            "conditions": {"refName": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
            "rules": connection(&self.rules),
            "bypassActors": if is_admin { connection(&self.bypass) } else { Value::Null }})
    }

    fn node(&self, is_admin: bool) -> Value {
        json!({
            "__typename": "Repository",
            "full": self.full_name(),
            "nameWithOwner": self.full_name(),
            "isArchived": self.archived, "isFork": self.fork, "isPrivate": self.private,
            "viewerCanAdminister": is_admin,
            "owner": {"__typename": "Organization", "login": self.owner},
            "defaultBranchRef": self.branch("main", is_admin),
            "latestRelease": self.release(),
            "rulesets": connection(&(0..self.rulesets).map(|index| self.ruleset(index, is_admin)).collect::<Vec<_>>()),
        })
    }
}

/// The environment that the workflow publishes from, with what protects it.
pub fn environment(rules: &Value) -> Value {
    let environment = json!({"id": 1, "node_id": "x", "name": "pypi", "can_admins_bypass": false,
        "deployment_branch_policy": null, "protection_rules": rules});
    filled(environment, complete::ENVIRONMENT)
}

fn rule(kind: &str) -> Value {
    let parameters = match kind {
        "PULL_REQUEST" => json!({"__typename": "PullRequestParameters", "requiredApprovingReviewCount": 1}),
        _ => Value::Null,
    };
    json!({"__typename": "RepositoryRule", "type": kind, "parameters": parameters, "repositoryRuleset": {
        "__typename": "RepositoryRuleset", "databaseId": 7, "name": "Protect", "enforcement": "ACTIVE",
        "source": {"__typename": "Organization", "login": "acme"}}})
}

fn connection(nodes: &[Value]) -> Value {
    json!({"totalCount": nodes.len(), "nodes": nodes})
}

fn sha(text: &str) -> String {
    let sum = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}").repeat(3)[..40].to_owned()
}

/// Everything there is.
#[derive(Debug, Default)]
pub struct Everything {
    repos: BTreeMap<String, Repo>,
    renamed: BTreeMap<String, String>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Viewer {
    Admin,
    Plain,
    Narrow,
    Nobody,
}

fn viewer(asked: &Asked) -> Viewer {
    match asked.header("authorization").unwrap_or_default().trim_start_matches("Bearer ") {
        ADMIN => Viewer::Admin,
        PLAIN => Viewer::Plain,
        NARROW => Viewer::Narrow,
        _ => Viewer::Nobody,
    }
}

/// The world as one viewer sees it.
struct Seen<'a> {
    all: &'a Everything,
    viewer: Viewer,
}

impl World for Seen<'_> {
    fn field(&self, parent: &Value, name: &str, arguments: &BTreeMap<String, Value>) -> Option<Found> {
        let text = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default();
        if name == "repository" {
            return Some(self.repository(&format!("{}/{}", text("owner"), text("name"))));
        }
        if name == "repositoryOwner" {
            return Some(Ok(json!({"__typename": "Organization", "login": text("login")})));
        }
        if name == "repositories" {
            let login = parent["login"].as_str()?.to_lowercase();
            let own = self.all.repos.values().filter(|repo| repo.owner.to_lowercase() == login);
            let nodes: Vec<Value> = own.map(|repo| repo.node(false)).collect();
            let mut list = connection(&nodes);
            list["pageInfo"] = json!({"hasNextPage": false, "endCursor": null});
            return Some(Ok(list));
        }
        let full = parent.get("full").and_then(Value::as_str)?;
        if let Some((_, tag, commit)) = ACTIONS.iter().find(|(action, ..)| *action == full) {
            return action(tag, commit, name, arguments);
        }
        let repo = self.all.repos.get(&full.to_lowercase())?;
        match name {
            "object" => {
                let (_, path) = text("expression").split_once(':')?;
                Some(Ok(repo.object(path)))
            }
            "ref" => {
                let branch = text("qualifiedName").strip_prefix("refs/heads/")?;
                let known = matches!(branch, "main" | "rel/1");
                Some(Ok(if known { repo.branch(branch, self.viewer == Viewer::Admin) } else { Value::Null }))
            }
            "refs" if text("refPrefix") == "refs/heads/" => {
                Some(Ok(connection(&[repo.branch("main", false), repo.branch("rel/1", false)])))
            }
            "refs" => Some(Ok(connection(&if repo.released { vec![Repo::tag()] } else { Vec::new() }))),
            "environments" if self.viewer == Viewer::Narrow => {
                Some(Err(("FORBIDDEN", "Resource not accessible by personal access token".to_owned())))
            }
            "environments" => {
                Some(Ok(connection(&repo.environments.iter().map(Repo::environment_node).collect::<Vec<_>>())))
            }
            _ => None,
        }
    }
}

impl Seen<'_> {
    fn repository(&self, name: &str) -> Found {
        let name = name.to_lowercase();
        let name = self.all.renamed.get(&name).unwrap_or(&name);
        if ACTIONS.iter().any(|(action, ..)| action == name) {
            return Ok(json!({"__typename": "Repository", "full": name, "nameWithOwner": name, "isArchived": false,
                "defaultBranchRef": {"__typename": "Ref", "full": name, "name": "main"}}));
        }
        match self.all.repos.get(name) {
            Some(repo) => Ok(repo.node(self.viewer == Viewer::Admin)),
            None => Err(("NOT_FOUND", format!("Could not resolve to a Repository with the name '{name}'."))),
        }
    }
}

/// A field of an action's repository.
fn action(tag: &str, commit: &str, name: &str, arguments: &BTreeMap<String, Value>) -> Option<Found> {
    let text = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default();
    let target = json!({"__typename": "Commit", "oid": commit});
    let named = json!({"__typename": "Ref", "name": tag, "target": target});
    let major = tag.split('.').next().unwrap();
    match name {
        "refs" => Some(Ok(connection(&[named]))),
        "ref"
            if [format!("refs/tags/{tag}"), format!("refs/tags/{major}"), "refs/heads/release/v1".into()]
                .iter()
                .any(|known| known == text("qualifiedName")) =>
        {
            Some(Ok(named))
        }
        "ref" => Some(Ok(Value::Null)),
        "object" => Some(Ok(if text("oid") == commit { target } else { Value::Null })),
        "compare" => Some(Ok(json!({"__typename": "Comparison", "status": "BEHIND"}))),
        _ => None,
    }
}

/// A forge and an index with these repositories.
pub struct Fleet {
    pub forge: FakeGh,
    pub index: FakeGh,
    /// Points that queries have cost.
    pub points: Arc<AtomicUsize>,
    all: Arc<Mutex<Everything>>,
}

impl Fleet {
    pub fn new(repos: Vec<Repo>) -> Self {
        let fleet =
            Self { forge: FakeGh::start(), index: FakeGh::start(), points: Arc::default(), all: Arc::default() };
        let answer = fleet.answer_of_graphql();
        fleet.forge.on("POST /graphql", answer);
        release::user(&fleet.forge);
        for repo in repos {
            fleet.add(repo);
        }
        fleet
    }

    /// How GraphQL is answered when nothing goes wrong.
    pub fn answer_of_graphql(&self) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
        let (all, points) = (Arc::clone(&self.all), Arc::clone(&self.points));
        move |asked| {
            let viewer = viewer(asked);
            if viewer == Viewer::Nobody {
                return Reply::status(401, &json!({"message": "Requires authentication"}));
            }
            let body = asked.json();
            let document = graphql::read(body["query"].as_str().unwrap(), &body["variables"]);
            points.fetch_add(graphql::points(&document), Ordering::SeqCst);
            let all = all.lock().unwrap();
            Reply::json(&graphql::answer(&document, &json!({"__typename": "Query"}), &Seen { all: &all, viewer }))
        }
    }

    /// Lets a repository be known by an old name, too.
    pub fn rename(&self, old: &str, new: &str) {
        self.all.lock().unwrap().renamed.insert(old.to_lowercase(), new.to_lowercase());
    }

    /// Changes a repository.
    pub fn change(&self, full_name: &str, change: impl Fn(&mut Repo)) {
        let mut repo = self.all.lock().unwrap().repos[&full_name.to_lowercase()].clone();
        change(&mut repo);
        self.add(repo);
    }

    fn add(&self, repo: Repo) {
        self.settings(&repo);
        self.content(&repo);
        self.package(&repo);
        release::routes(&self.forge, &repo);
        let owner = repo.owner.clone();
        self.all.lock().unwrap().repos.insert(repo.full_name().to_lowercase(), repo);
        let all = Arc::clone(&self.all);
        self.forge.on(&format!("POST /orgs/{owner}/attestations/bulk-list"), move |asked| {
            attestations(&all.lock().unwrap(), asked)
        });
    }

    fn settings(&self, repo: &Repo) {
        let base = format!("GET /repos/{}", repo.full_name());
        for (route, value) in [
            ("actions/permissions", repo.permissions.clone()),
            ("actions/permissions/selected-actions", repo.selected.clone()),
            ("actions/permissions/workflow", repo.token.clone()),
        ] {
            self.forge.on(&format!("{base}/{route}"), move |asked| match (viewer(asked), &value) {
                (Viewer::Admin, Value::Null) => Reply::status(409, &json!({"message": "Conflict"})),
                (Viewer::Admin, value) => Reply::json(value),
                _ => Reply::forbidden("administration=read"),
            });
        }
        let environments = json!({"total_count": repo.environments.len(), "environments": repo.environments});
        self.forge.on(&format!("{base}/environments"), move |asked| match viewer(asked) {
            Viewer::Narrow => Reply::forbidden("actions=read"),
            _ => Reply::json(&environments),
        });
        let custom = |(id, slug): (usize, &&str)| {
            let app = filled(json!({"id": 1, "slug": slug}), "integration_url node_id");
            json!({"id": id, "node_id": "x", "enabled": true, "app": app})
        };
        let custom: Vec<Value> = repo.apps.iter().enumerate().map(custom).collect();
        for environment in &repo.environments {
            let base = format!("{base}/environments/{}", environment["name"].as_str().unwrap());
            self.forge.json(
                &format!("{base}/deployment_protection_rules"),
                &json!({"total_count": custom.len(), "custom_deployment_protection_rules": custom}),
            );
            let patterns = match environment["deployment_branch_policy"]["custom_branch_policies"] {
                Value::Bool(true) => vec![
                    json!({"id": 1, "node_id": "x", "name": "rel/*", "type": "branch"}),
                    json!({"id": 2, "node_id": "y", "name": "v*", "type": "tag"}),
                ],
                _ => Vec::new(),
            };
            self.forge.json(
                &format!("{base}/deployment-branch-policies"),
                &json!({"total_count": patterns.len(), "branch_policies": patterns}),
            );
        }
        let rest = |rule: &Value| {
            let kind = rule["type"].as_str().unwrap().to_lowercase();
            let mut rest = json!({"type": kind, "ruleset_source_type": "Organization", "ruleset_source": "acme",
                "ruleset_id": 7});
            if kind == "pull_request" {
                rest["parameters"] = filled(
                    json!({"required_approving_review_count": 1}),
                    "dismiss_stale_reviews_on_push! require_code_owner_review! require_last_push_approval! \
                     required_review_thread_resolution!",
                );
            }
            rest
        };
        let rules: Vec<Value> = repo.rules.iter().map(rest).collect();
        self.forge.json(&format!("{base}/rules/branches/main"), &json!(rules));
        let protected = !repo.rules.is_empty() || !repo.classic.is_null();
        let branch = json!({"name": "main", "commit": complete::commit(json!({"sha": HEAD})), "protected": protected,
            "protection": {"enabled": !repo.classic.is_null()}, "_links": {"html": LINK, "self": LINK}});
        self.forge.json(&format!("{base}/branches/main"), &filled(branch, "protection_url"));
    }

    fn content(&self, repo: &Repo) {
        let base = format!("GET /repos/{}", repo.full_name());
        self.forge.json(
            &base,
            &complete::repository(json!({"full_name": repo.full_name(), "default_branch": "main",
                "private": repo.private, "archived": repo.archived, "fork": repo.fork,
                "subscribers_count": 0, "network_count": 0})),
        );
        let tree: Vec<Value> = repo
            .files
            .iter()
            .map(|(path, text)| json!({"path": path, "mode": "100644", "type": "blob", "sha": sha(text)}))
            .collect();
        self.forge.json(&format!("{base}/git/trees/main"), &json!({"sha": HEAD, "tree": tree, "truncated": false}));
        for text in repo.files.values() {
            let content = STANDARD.encode(text);
            let blob = json!({"content": content, "encoding": "base64", "size": text.len(), "sha": sha(text)});
            self.forge.json(&format!("{base}/git/blobs/{}", sha(text)), &filled(blob, "url node_id"));
        }
        let verification = json!({"verified": true, "reason": "valid", "signature": "x", "payload": "y",
            "verified_at": null});
        let tag = json!({"tag": "v1.0", "sha": TAG_OBJECT, "object": {"type": "commit", "sha": HEAD, "url": LINK},
            "verification": verification, "tagger": {"name": "Ada", "email": "ada@example.org", "date": TIME}});
        self.forge.json(&format!("{base}/git/tags/{TAG_OBJECT}"), &filled(tag, "node_id url message"));
        let reference = json!({"ref": "refs/tags/v1.0", "object": {"type": "tag", "sha": TAG_OBJECT, "url": LINK}});
        self.forge.json(&format!("{base}/git/ref/tags/v1.0"), &filled(reference, "node_id url"));
        self.forge.json(
            &format!("{base}/commits/{HEAD}"),
            &complete::commit(json!({"sha": HEAD, "commit": {"verification": verification},
                "committer": complete::user("ada", "User")})),
        );
        if repo.released {
            let asset = json!({"name": "a.whl", "digest": repo.digest(), "state": "uploaded"});
            let release = json!({"tag_name": "v1.0", "target_commitish": "main",
                "published_at": "2026-01-02T03:04:05Z", "author": complete::user("ada", "User"),
                "assets": [filled(asset, complete::ASSET)]});
            self.forge.json(&format!("{base}/releases/latest"), &filled(release, complete::RELEASE));
        }
        let source = complete::repository(json!({"full_name": repo.full_name()}));
        let run = json!({"id": 30_433_642, "event": "workflow_dispatch", "actor": complete::user("ada", "User"),
            "created_at": "2026-01-02T03:04:05Z", "path": ".github/workflows/release.yml", "repository": source,
            "head_repository": source});
        self.forge.json(
            &format!("{base}/actions/workflows/release.yml/runs"),
            &json!({"total_count": 1, "workflow_runs": [filled(run, complete::RUN)]}),
        );
        self.forge.json(&format!("{base}/actions/runs/30433642/approvals"), &repo.approvals);
    }

    fn package(&self, repo: &Repo) {
        let name = &repo.name;
        let file = format!("{name}-1.0.tar.gz");
        self.index.json(
            &format!("GET /simple/{name}/"),
            &json!({"meta": {"api-version": "1.4"}, "files": [{"filename": file, "upload-time": "2026-01-02T03:04:05Z",
                "yanked": false, "provenance": "https://index.test/x"}]}),
        );
        self.index.json(
            &format!("GET /integrity/{name}/1.0/{file}/provenance"),
            &json!({"version": 1, "attestation_bundles": [{"publisher": {"kind": "GitHub", "repository": repo.full_name(),
                "workflow": "release.yml", "environment": "pypi"}, "attestations": []}]}),
        );
    }
}

fn attestations(all: &Everything, asked: &Asked) -> Reply {
    let digests = asked.json()["subject_digests"].as_array().cloned().unwrap_or_default();
    let entry = |digest: &Value| {
        let digest = digest.as_str().unwrap();
        let repo = all.repos.values().find(|repo| repo.digest() == digest && repo.attested);
        let bundle = repo.map(|repo| {
            let statement = json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "a.whl", "digest": {"sha256": digest.trim_start_matches("sha256:")}}],
                "predicateType": "https://slsa.dev/provenance/v1",
                "predicate": {"buildDefinition": {"externalParameters": {"workflow": {
                    "repository": format!("https://github.com/{}", repo.full_name()), "path": ".github/workflows/release.yml"}}}}
            });
            json!([{"repository_id": 1, "bundle": {"mediaType": "x", "dsseEnvelope": {"payload": STANDARD.encode(statement.to_string())}}}])
        });
        (digest.to_owned(), bundle.unwrap_or(Value::Null))
    };
    let listed: serde_json::Map<String, Value> = digests.iter().map(entry).collect();
    Reply::json(&json!({"attestations_subject_digests": listed, "page_info": {"has_next": false}}))
}
