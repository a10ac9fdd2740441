//! What a token can see: one table of looks, asked all at once.
//!
//! A refusal is told from an absence by route and words, as everywhere: a 404 about the settings of a repository that
//! can be seen means that its settings cannot.

use jiff::Timestamp;
use serde::Deserialize;

use super::answer::{Answer, NoAnswer};
use super::client::Client;
use super::origin::Api;
use super::request::Request;
use crate::fact::{Quota, Topic};
use crate::text::clean;

/// What is looked at.
#[derive(Debug)]
pub struct Look {
    /// The question it serves.
    pub topic: Topic,
    /// What would be seen, in words.
    pub what: &'static str,
    /// The permission of a fine-grained token that shows it.
    pub permission: &'static str,
    /// Path below the repository; `{branch}` is its default branch.
    path: &'static [&'static str],
    /// What a 404 means where the repository itself can be seen.
    absent: Absent,
}

/// What a 404 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    /// There is nothing to see, and that can be seen.
    Nothing,
    /// The right is missing.
    NoRight,
    /// The right is missing, unless the message says that the branch is not protected.
    NoRightUnlessSaid,
    /// It cannot be told.
    Unclear,
}

/// Digest that no file has.
const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Every look.
pub const LOOKS: &[Look] = &[
    Look {
        topic: Topic::Files,
        what: "the files",
        permission: "contents:read",
        path: &["contents", ""],
        absent: Absent::Nothing,
    },
    Look {
        topic: Topic::Repository,
        what: "the repository's own data",
        permission: "metadata:read",
        path: &[],
        absent: Absent::NoRight,
    },
    Look {
        topic: Topic::Protection,
        what: "the rules of its branches",
        permission: "metadata:read",
        path: &["rules", "branches", "{branch}"],
        absent: Absent::Unclear,
    },
    Look {
        topic: Topic::Protection,
        what: "the details of classic branch protection",
        permission: "administration:read",
        path: &["branches", "{branch}", "protection"],
        absent: Absent::NoRightUnlessSaid,
    },
    Look {
        topic: Topic::ActionsPolicy,
        what: "which actions may run",
        permission: "administration:read",
        path: &["actions", "permissions"],
        absent: Absent::NoRight,
    },
    Look {
        topic: Topic::DefaultToken,
        what: "the default token permission",
        permission: "administration:read",
        path: &["actions", "permissions", "workflow"],
        absent: Absent::NoRight,
    },
    Look {
        topic: Topic::Environments,
        what: "the environments and their reviewers",
        permission: "actions:read",
        path: &["environments"],
        absent: Absent::Unclear,
    },
    Look {
        topic: Topic::Runs,
        what: "the runs and who approved them",
        permission: "actions:read",
        path: &["actions", "runs"],
        absent: Absent::Unclear,
    },
    Look {
        topic: Topic::Tags,
        what: "the tags",
        permission: "contents:read",
        path: &["tags"],
        absent: Absent::Unclear,
    },
    Look {
        topic: Topic::Release,
        what: "the releases",
        permission: "contents:read",
        path: &["releases"],
        absent: Absent::Unclear,
    },
    Look {
        topic: Topic::Attestations,
        what: "the attestations",
        permission: "attestations:read",
        path: &["attestations", NO_DIGEST],
        absent: Absent::Nothing,
    },
];

/// Whether something can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It can.
    Yes,
    /// It cannot, and what is said about it.
    No(String),
    /// That cannot be told, and why.
    Unclear(String),
}

/// What became of a look.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What was looked at.
    pub look: &'static Look,
    /// Whether it can be seen.
    pub seen: Seen,
    /// The permission it takes: as the server named it, else as documented.
    pub permission: String,
}

/// What a token can see of a repository.
#[derive(Clone, Debug)]
pub struct RepoSight {
    /// `owner/name` as the forge spells it now.
    pub full_name: String,
    /// Whether it is private or internal.
    pub private: bool,
    /// Whether the token's owner administers it.
    pub admin: bool,
    /// One for each look, in their order.
    pub sights: Vec<Sight>,
}

/// Who asks, and what is left.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The login; none for a token that has none, and without a token.
    pub login: Option<String>,
    /// The scopes of a classic token.
    pub scopes: Option<String>,
    /// What is left of REST.
    pub rest: Option<Quota>,
    /// What is left of GraphQL.
    pub graphql: Option<Quota>,
    /// Why nothing could be learnt.
    pub trouble: Option<NoAnswer>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Limits {
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    core: Option<Rate>,
    graphql: Option<Rate>,
}

#[derive(Deserialize)]
struct Rate {
    limit: u32,
    remaining: u32,
    reset: i64,
}

#[derive(Deserialize)]
struct Repo {
    full_name: String,
    default_branch: Option<String>,
    #[serde(default)]
    private: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    admin: bool,
}

impl Rate {
    fn quota(&self) -> Option<Quota> {
        let resets_at = Timestamp::from_second(self.reset).ok()?;
        Some(Quota { left: self.remaining, limit: self.limit, resets_at })
    }
}

/// Asks who asks, and what is left (`GET /rate_limit`, which is free, and `GET /user`).
pub async fn who(client: &Client) -> Who {
    let mut who = Who::default();
    match client.fetch(&Request::get(&["rate_limit"])).await {
        Ok(answer) => {
            if let Ok(Limits { resources }) = answer.json::<Limits>() {
                who.rest = resources.core.and_then(|rate| rate.quota());
                who.graphql = resources.graphql.and_then(|rate| rate.quota());
            }
            who.scopes = answer.scopes;
        }
        Err(no) => who.trouble = Some(no),
    }
    if client.token().is_none() || who.trouble.is_some() {
        return who;
    }
    match client.fetch(&Request::get(&["user"])).await {
        Ok(answer) => {
            who.login = answer.json::<User>().ok().map(|user| clean::short(&user.login, 100));
            who.scopes = answer.scopes.or(who.scopes);
        }
        Err(no) => who.trouble = Some(no),
    }
    who
}

/// The login of the token's owner (`GET /user`); none without a token, and where the token is no person's.
pub async fn login(client: &Client) -> Option<String> {
    client.token()?;
    let answer = client.fetch(&Request::get(&["user"])).await.ok()?;
    let login = clean::short(&answer.json::<User>().ok()?.login, 100);
    Some(login).filter(|login| answer.is_ok() && !login.is_empty())
}

/// Looks at a repository in every way.
///
/// # Errors
/// A repository that cannot be seen at all, in words.
pub async fn look(client: &Client, full_name: &str) -> Result<RepoSight, String> {
    let answer = client.fetch(&Request::repo(full_name, &[])).await.map_err(|no| no.to_string())?;
    if !answer.is_ok() {
        return Err(format!("{}; it does not exist, or the token cannot see it", answer.words()));
    }
    let repo: Repo = answer.json().map_err(|no| no.to_string())?;
    let branch = repo.default_branch.unwrap_or_default();
    let mut tasks = tokio::task::JoinSet::new();
    for (place, one) in LOOKS.iter().enumerate() {
        let request = Request::repo(full_name, &one.segments(&branch)).with("per_page", "1");
        let client = client.clone();
        tasks.spawn(async move { (place, client.fetch(&request).await) });
    }
    let mut outcomes = tasks.join_all().await;
    outcomes.sort_by_key(|(place, _)| *place);
    let sights = outcomes.into_iter().zip(LOOKS).map(|((_, outcome), look)| look.judge(outcome)).collect();
    let admin = repo.permissions.is_some_and(|permissions| permissions.admin);
    Ok(RepoSight { full_name: clean::short(&repo.full_name, 200), private: repo.private, admin, sights })
}

impl Look {
    fn segments<'a>(&'a self, branch: &'a str) -> Vec<&'a str> {
        self.path.iter().map(|segment| if *segment == "{branch}" { branch } else { segment }).collect()
    }

    /// What an answer says about the right to see.
    fn judge(&'static self, outcome: Result<Answer, NoAnswer>) -> Sight {
        let sight = |seen, permission: Option<String>| {
            let permission = permission.unwrap_or_else(|| self.permission.to_owned());
            Sight { look: self, seen, permission }
        };
        let answer = match outcome {
            Ok(answer) => answer,
            Err(no) => return sight(Seen::Unclear(no.to_string()), None),
        };
        let message = answer.message();
        let no = || Seen::No(answer.words());
        let seen = match (answer.status, self.absent) {
            (200 | 204 | 409, _) | (404, Absent::Nothing) => Seen::Yes,
            (404, Absent::NoRightUnlessSaid) if message == "Branch not protected" => Seen::Yes,
            // The plan offers no such setting, which is an answer.
            (403, _) if message.starts_with("Upgrade to") => Seen::Yes,
            (403, _) if answer.needs_sso => Seen::No("the token is not authorised for single sign-on".to_owned()),
            (403, _) | (404, Absent::NoRight | Absent::NoRightUnlessSaid) => no(),
            _ => Seen::Unclear(answer.words()),
        };
        let named = answer.accepted_permissions.as_deref().filter(|_| answer.status == 403);
        sight(seen, named.map(permission_named))
    }
}

/// A permission as it is shown, from a header such as `administration=read` or `a=read; b=write`: the first that would
/// have sufficed.
fn permission_named(header: &str) -> String {
    header.split([';', ',']).next().unwrap_or(header).trim().replace('=', ":")
}

impl RepoSight {
    /// Permissions that would show what cannot be seen, each once.
    pub fn missing(&self) -> Vec<&str> {
        let mut missing: Vec<&str> = Vec::new();
        for sight in &self.sights {
            if matches!(sight.seen, Seen::No(_)) && !missing.contains(&sight.permission.as_str()) {
                missing.push(&sight.permission);
            }
        }
        missing
    }
}

/// Every permission that a fine-grained token needs to see all there is, each once.
pub fn permissions() -> Vec<&'static str> {
    let mut all: Vec<&str> = Vec::new();
    for look in LOOKS {
        if !all.contains(&look.permission) {
            all.push(look.permission);
        }
    }
    all
}

/// The page that opens GitHub's form for a fine-grained token which sees everything about the repositories of an
/// owner, and can change nothing. Which repositories, and whether to make it, is up to the person.
pub fn form(api: &Api, owner: Option<&str>) -> String {
    let mut page = format!("https://{}/settings/personal-access-tokens/new?name=shipworthy", api.web_host());
    page.push_str("&description=Reads+what+shipworthy+judges&expires_in=90");
    if let Some(owner) = owner {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        page.push_str(&format!("&target_name={}", owner.chars().filter(|c| plain(*c)).collect::<String>()));
    }
    // Metadata comes with every token of this kind.
    for permission in permissions().into_iter().filter(|one| *one != "metadata:read") {
        page.push_str(&format!("&{}", permission.replace(':', "=")));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(what: &str, status: u16, message: &str) -> Seen {
        let body = serde_json::json!({"message": message}).to_string().into();
        let look = LOOKS.iter().find(|look| look.what == what).unwrap();
        look.judge(Ok(Answer { status, body, ..Answer::default() })).seen
    }

    #[test]
    fn absences_are_told_from_refusals() {
        let classic = "the details of classic branch protection";
        assert_eq!(sight(classic, 404, "Branch not protected"), Seen::Yes);
        assert!(matches!(sight(classic, 404, "Not Found"), Seen::No(_)));
        assert_eq!(sight(classic, 403, "Upgrade to GitHub Pro or make this repository public"), Seen::Yes);
        assert!(matches!(sight("which actions may run", 404, "Not Found"), Seen::No(_)));
        assert!(matches!(sight("which actions may run", 403, "Must have admin rights"), Seen::No(_)));
        assert!(matches!(sight("the environments and their reviewers", 404, "Not Found"), Seen::Unclear(_)));
        assert_eq!(sight("the attestations", 404, "Not Found"), Seen::Yes);
        assert_eq!(sight("the files", 409, "Git Repository is empty."), Seen::Yes);
    }

    #[test]
    fn the_server_names_the_permission_best() {
        let look = &LOOKS[4];
        let answer =
            Answer { status: 403, accepted_permissions: Some("actions=read; x=write".into()), ..Answer::default() };
        assert_eq!(look.judge(Ok(answer)).permission, "actions:read");
        assert_eq!(look.judge(Ok(Answer { status: 404, ..Answer::default() })).permission, "administration:read");
    }

    #[test]
    fn the_form_is_for_a_token_that_only_reads() {
        let api = Api::parse("https://ghes.test/api/v3").unwrap();
        let page = form(&api, Some("o&administration=write"));
        assert!(page.starts_with("https://ghes.test/settings/personal-access-tokens/new?name=shipworthy&"), "{page}");
        assert!(page.contains("&target_name=oadministrationwrite&contents=read&administration=read&"), "{page}");
        assert!(!page.contains("=write") && page.ends_with("&actions=read&attestations=read"), "{page}");
    }

    #[test]
    fn every_topic_of_the_forge_is_looked_at_with_its_permission() {
        for topic in Topic::ALL {
            let looks: Vec<&Look> = LOOKS.iter().filter(|look| look.topic == *topic).collect();
            match topic {
                // The clone tells of git; other repositories, all public, of pins; the index of provenance and versions.
                // How far a release has come is not looked at.
                Topic::Git
                | Topic::Pins
                | Topic::Provenance
                | Topic::Versions
                | Topic::Checks
                | Topic::Progress
                | Topic::PullRequests => assert!(looks.is_empty()),
                _ => assert!(looks.iter().any(|look| Some(look.permission) == topic.needs()), "{topic:?}"),
            }
        }
    }
}
