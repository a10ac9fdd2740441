//! The repository itself: its name now, its default branch, who sees it, and whether the token administers it.

use serde::Deserialize;

use super::answer::Answer;
use super::graphql::Part;
use super::shape::Word;
use crate::fact::settings::Repository;
use crate::fact::{Fact, Unknown};

/// The repository as far as later questions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `owner/name` as the forge spells it now.
    pub full_name: String,
    /// The default branch; none in an empty repository.
    pub default_branch: Option<String>,
    /// The commit at its tip.
    pub commit: Option<String>,
    /// Whether the token belongs to an administrator.
    pub is_admin: bool,
    /// Whether the owner is an organisation.
    pub by_organisation: bool,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(rename = "__typename")]
    kind: Word,
}

#[derive(Deserialize)]
struct BranchRef {
    name: Word,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    oid: Word,
}

/// The repository in a reply of GraphQL, asked by `asked` (`owner/name`).
///
/// # Errors
/// Why it cannot be told.
pub fn from_part(part: &Part<'_>, asked: &str) -> Result<(Fact<Repository>, Head), Unknown> {
    let full_name = part.field::<Word>("nameWithOwner")?.0;
    let branch: Option<BranchRef> = part.field("defaultBranchRef")?;
    let head = Head {
        full_name: full_name.clone(),
        default_branch: branch.as_ref().map(|branch| branch.name.0.clone()),
        commit: branch.and_then(|branch| branch.target).map(|target| target.oid.0),
        is_admin: part.field("viewerCanAdminister")?,
        by_organisation: &*part.field::<Owner>("owner")?.kind == "Organization",
    };
    let repository = Repository {
        default_branch: head.default_branch.clone().unwrap_or_default(),
        private: part.field("isPrivate")?,
        archived: part.field("isArchived")?,
        fork: part.field("isFork")?,
        viewer_is_admin: head.is_admin,
        renamed_from: renamed(asked, &full_name),
        full_name,
    };
    Ok((part.reply().fact(repository), head))
}

/// The name that was asked for, when the repository has another one now.
fn renamed(asked: &str, now: &str) -> Option<String> {
    (!asked.eq_ignore_ascii_case(now)).then(|| asked.to_owned())
}

#[derive(Deserialize)]
struct Rest {
    full_name: Word,
    default_branch: Word,
    private: bool,
    archived: bool,
    fork: bool,
    owner: RestOwner,
    #[serde(default)]
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct RestOwner {
    #[serde(rename = "type")]
    kind: Word,
}

#[derive(Deserialize)]
struct Permissions {
    admin: bool,
}

/// The repository as REST tells it (GET /repos/{owner}/{repo}).
///
/// # Errors
/// A body of another shape.
pub fn from_answer(answer: &Answer, asked: &str) -> Result<(Fact<Repository>, Head), Unknown> {
    let rest: Rest = answer.json()?;
    let head = Head {
        full_name: rest.full_name.0.clone(),
        default_branch: Some(rest.default_branch.0.clone()).filter(|name| !name.is_empty()),
        commit: None,
        is_admin: rest.permissions.is_some_and(|permissions| permissions.admin),
        by_organisation: &*rest.owner.kind == "Organization",
    };
    let repository = Repository {
        default_branch: rest.default_branch.0,
        private: rest.private,
        archived: rest.archived,
        fork: rest.fork,
        viewer_is_admin: head.is_admin,
        renamed_from: renamed(asked, &rest.full_name),
        full_name: rest.full_name.0,
    };
    Ok((answer.fact(repository), head))
}

#[cfg(test)]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use crate::fact::Reason;
    use serde_json::json;

    #[test]
    fn a_repository_that_has_another_name_now_says_so() {
        let reply = reply(&json!({"data": {"r0": {
            "nameWithOwner": "octocat/Hello-World", "isArchived": false, "isFork": false, "isPrivate": false,
            "viewerCanAdminister": true, "owner": {"__typename": "Organization", "login": "octocat"},
            "defaultBranchRef": {"name": "main", "target": {"oid": "c0ffee"}}
        }}}));
        let (fact, head) = from_part(&reply.part("r0"), "octocat/old").unwrap();
        assert_eq!(fact.value().unwrap().renamed_from.as_deref(), Some("octocat/old"));
        assert!(head.is_admin && head.by_organisation);
        assert_eq!(head.commit.as_deref(), Some("c0ffee"));
        let (fact, _) = from_part(&reply.part("r0"), "octocat/hello-world").unwrap();
        assert_eq!(fact.value().unwrap().renamed_from, None);
    }

    #[test]
    fn a_field_of_another_type_is_no_repository() {
        let body = json!({"full_name": "o/r", "default_branch": "main", "private": 0, "archived": false,
                          "fork": false, "owner": {"type": "User"}});
        let why = from_answer(&answer("GET /repos/o/r", 200, &body.to_string()), "o/r").unwrap_err();
        assert_eq!(why.reason, Reason::Failed);
        assert!(why.detail.contains("GET /repos/o/r"), "{}", why.detail);
    }
}
