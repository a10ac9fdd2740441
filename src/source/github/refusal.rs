//! What an answer other than 200 means: one table for all routes, since a 404 is not "no".
//!
//! | answer | meaning |
//! |---|---|
//! | 403 that asks for single sign-on | the token is not authorised for the organisation |
//! | 403 "Upgrade to …" | known: the owner's plan does not offer it |
//! | 403 otherwise | the token lacks a permission, which is named |
//! | 404 "Branch not protected" on a branch's protection | known: there is no classic protection |
//! | 404 on the latest release of a repository that can be read | known: there is none |
//! | 404 on settings | missing, or hidden from this token: the permission is named |
//! | 404 otherwise | missing, or hidden from this token |
//! | 422 on the checks of a commit | known: the forge has no such commit |
//! | 409 on the list of allowed actions | known: the rule is not `selected` |
//! | 451 | blocked for legal reasons |
//! | anything else | the request failed |
//!
//! Limits, time-outs, 401 and 5xx are no answers at all; the client tells why.

use super::answer::{Answer, NoAnswer, Pages};
use super::request::Request;
use crate::fact::settings::PlanLimit;
use crate::fact::{Reason, Unknown};

/// One thing that is asked by REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// The repository itself.
    Repository,
    /// Active rules of a branch.
    Rules(&'a str),
    /// A branch with its `protected` mark.
    Branch(&'a str),
    /// Classic protection of a branch.
    Protection(&'a str),
    /// Which actions may run.
    Actions,
    /// The list behind `selected`.
    SelectedActions,
    /// The default token of workflows.
    DefaultToken,
    /// Environments.
    Environments,
    /// The branches that may deploy to an environment.
    BranchPolicies(&'a str),
    /// The apps that protect an environment.
    CustomRules(&'a str),
    /// A tag object, by its SHA.
    TagObject(&'a str),
    /// A reference of git, as `tags/v1`.
    GitRef(&'a str),
    /// A commit, by SHA or name.
    Commit(&'a str),
    /// The latest release.
    LatestRelease,
    /// The tree of a commit with all that is below it.
    Tree(&'a str),
    /// A blob, by its SHA.
    Blob(&'a str),
    /// The runs of a workflow, by its file name.
    Runs(&'a str),
    /// Who approved a run.
    Approvals(u64),
    /// The checks of a commit, by its SHA: the newest run of each.
    CheckRuns(&'a str),
    /// The statuses of a commit, by its SHA: the newest of each context.
    Statuses(&'a str),
    /// What a branch has beyond a tag: first the tag, then the branch.
    Compare(&'a str, &'a str),
    /// The open pull requests.
    Pulls,
}

impl Route<'_> {
    /// The request, below a repository.
    pub fn request(&self, full_name: &str) -> Request {
        let ask = |segments: &[&str]| Request::repo(full_name, segments);
        match *self {
            Self::Repository => ask(&[]),
            Self::Rules(branch) => ask(&["rules", "branches", branch]).with("per_page", "100"),
            Self::Branch(branch) => ask(&["branches", branch]),
            Self::Protection(branch) => ask(&["branches", branch, "protection"]),
            Self::Actions => ask(&["actions", "permissions"]),
            Self::SelectedActions => ask(&["actions", "permissions", "selected-actions"]),
            Self::DefaultToken => ask(&["actions", "permissions", "workflow"]),
            Self::Environments => ask(&["environments"]).with("per_page", "100"),
            Self::BranchPolicies(name) => {
                ask(&["environments", name, "deployment-branch-policies"]).with("per_page", "100")
            }
            Self::CustomRules(name) => ask(&["environments", name, "deployment_protection_rules"]),
            Self::TagObject(sha) => ask(&["git", "tags", sha]),
            Self::GitRef(name) => {
                let parts: Vec<&str> = ["git", "ref"].into_iter().chain(name.split('/')).collect();
                ask(&parts)
            }
            Self::Commit(reference) => ask(&["commits", reference]),
            Self::LatestRelease => ask(&["releases", "latest"]),
            Self::Tree(commit) => ask(&["git", "trees", commit]).with("recursive", "1"),
            Self::Blob(sha) => ask(&["git", "blobs", sha]),
            Self::Runs(file) => ask(&["actions", "workflows", file, "runs"]).with("per_page", "1"),
            Self::Approvals(run) => ask(&["actions", "runs", &run.to_string(), "approvals"]),
            Self::CheckRuns(sha) => {
                ask(&["commits", sha, "check-runs"]).with("filter", "latest").with("per_page", "100")
            }
            Self::Statuses(sha) => ask(&["commits", sha, "status"]).with("per_page", "100"),
            // The first page brings the changed files with their differences, later ones only commits.
            Self::Compare(tag, branch) => {
                ask(&["compare", &format!("{tag}...{branch}")]).with("per_page", "1").with("page", "2")
            }
            Self::Pulls => ask(&["pulls"]).with("state", "open").with("per_page", "100"),
        }
    }

    /// The permission of a fine-grained token that shows it.
    pub const fn needs(&self) -> &'static str {
        match self {
            Self::Protection(_) | Self::Actions | Self::SelectedActions | Self::DefaultToken => ADMINISTRATION,
            Self::Environments
            | Self::BranchPolicies(_)
            | Self::CustomRules(_)
            | Self::Runs(_)
            | Self::Approvals(_) => "actions:read",
            Self::Repository | Self::Rules(_) => "metadata:read",
            Self::CheckRuns(_) => "checks:read",
            Self::Statuses(_) => "statuses:read",
            Self::Pulls => "pull-requests:read",
            _ => "contents:read",
        }
    }
}

/// The permission behind most settings.
pub const ADMINISTRATION: &str = "administration:read";

/// What an answer means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// The value is in the body.
    Seen,
    /// It is known that there is none.
    Absent,
    /// It is known that the owner's plan does not offer it.
    Plan(PlanLimit),
    /// It cannot be told.
    Refused(Unknown),
}

/// What an answer to a route means.
pub fn meaning(route: &Route<'_>, answer: &Answer) -> Meaning {
    let message = answer.message();
    match (answer.status, route) {
        (200, _) => Meaning::Seen,
        (403, _) if message.starts_with("Upgrade to") => {
            Meaning::Plan(PlanLimit { endpoint: answer.endpoint.clone(), status: answer.status, message })
        }
        (404, Route::Protection(_)) if message.eq_ignore_ascii_case("Branch not protected") => Meaning::Absent,
        (404, Route::LatestRelease) | (409, Route::SelectedActions) | (422, Route::CheckRuns(_)) => Meaning::Absent,
        _ => Meaning::Refused(refused(answer, Some(route.needs()))),
    }
}

/// Why an answer tells nothing; `needs` is the permission that would show it.
pub fn refused(answer: &Answer, needs: Option<&str>) -> Unknown {
    let named = answer.accepted_permissions.as_deref().and_then(permission);
    let needed = named.or_else(|| needs.map(str::to_owned));
    let hides = needs == Some(ADMINISTRATION);
    let why = match answer.status {
        403 if answer.needs_sso => {
            let mut why = answer.unknown(Reason::Auth);
            why.detail.push_str("; authorise the token for the organisation's single sign-on");
            return why;
        }
        403 => answer.unknown(Reason::Permission),
        404 if hides => answer.unknown(Reason::Permission),
        404 | 451 => answer.unknown(Reason::NotFound),
        _ => return answer.unknown(Reason::Failed),
    };
    Unknown { needs: needed.filter(|_| answer.status != 451), ..why }
}

/// The first permission of `administration=read, contents=read`, as the report writes it.
fn permission(header: &str) -> Option<String> {
    let first = header.split([',', ';']).next()?.trim();
    let (name, level) = first.split_once('=')?;
    Some(format!("{}:{}", name.trim(), level.trim()))
}

/// The fact of a whole list could not be read to its end.
pub fn goes_on(answer: &Answer) -> Unknown {
    let detail = format!("{} lists more than was read, so nothing can be said of the rest", answer.endpoint);
    Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status)
}

/// The body of an answer that must be a 200, or why not.
///
/// # Errors
/// What the status means, or what is wrong with the body.
pub fn read<T: serde::de::DeserializeOwned>(
    route: &Route<'_>,
    answer: Result<Answer, NoAnswer>,
) -> Result<(T, Answer), Unknown> {
    let answer = answer?;
    match meaning(route, &answer) {
        Meaning::Seen => Ok((answer.json()?, answer)),
        Meaning::Refused(why) => Err(why),
        Meaning::Absent | Meaning::Plan(_) => Err(refused(&answer, Some(route.needs()))),
    }
}

/// The bodies of all pages of a list, with the answer that speaks for them: the first, as old as the oldest.
///
/// # Errors
/// As [`read`] for any page; a list that goes on.
pub fn read_all<T: serde::de::DeserializeOwned>(
    route: &Route<'_>,
    pages: Result<Pages, NoAnswer>,
) -> Result<(Vec<T>, Answer), Unknown> {
    let pages = pages?;
    let at = pages.answers.iter().map(|answer| answer.fetched_at).min();
    let stale = pages.answers.iter().any(|answer| answer.stale);
    let mut bodies = Vec::new();
    let mut first = None;
    for answer in pages.answers {
        let (body, answer) = read(route, Ok(answer))?;
        bodies.push(body);
        first = first.or(Some(answer));
    }
    let Some(first) = first else { return Err(Unknown::new(Reason::Failed, "no page of a list came")) };
    if !pages.complete {
        return Err(goes_on(&first));
    }
    let fetched_at = at.unwrap_or(first.fetched_at);
    Ok((bodies, Answer { fetched_at, stale, ..first }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::Timestamp;

    /// An answer as a test needs it.
    pub fn answer(endpoint: &str, status: u16, body: &str) -> Answer {
        Answer {
            endpoint: endpoint.to_owned(),
            status,
            body: body.to_owned().into(),
            next: None,
            fetched_at: Timestamp::UNIX_EPOCH,
            stale: false,
            kept_because: None,
            moved_to: None,
            accepted_permissions: None,
            scopes: None,
            needs_sso: false,
        }
    }

    /// A list of these pages, read to its end.
    pub fn pages(answers: Vec<Answer>) -> Pages {
        Pages { answers, complete: true }
    }

    fn said(status: u16, message: &str) -> Answer {
        answer("GET /x", status, &serde_json::json!({"message": message}).to_string())
    }

    fn why(route: Route<'_>, answer: &Answer) -> Unknown {
        match meaning(&route, answer) {
            Meaning::Refused(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_404_is_a_no_only_where_the_forge_says_so() {
        let none = meaning(&Route::Protection("main"), &said(404, "Branch not protected"));
        assert_eq!(none, Meaning::Absent);
        let hidden = why(Route::Protection("main"), &said(404, "Not Found"));
        assert_eq!((hidden.reason, hidden.needs.as_deref()), (Reason::Permission, Some("administration:read")));
        assert!(hidden.detail.contains("GET /x") && hidden.detail.contains("404"), "{}", hidden.detail);
        let missing = why(Route::Environments, &said(404, "Not Found"));
        assert_eq!((missing.reason, missing.needs.as_deref()), (Reason::NotFound, Some("actions:read")));
        assert_eq!(meaning(&Route::LatestRelease, &said(404, "Not Found")), Meaning::Absent);
    }

    #[test]
    fn a_plan_without_the_feature_is_known() {
        let words = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
        let Meaning::Plan(limit) = meaning(&Route::Protection("main"), &said(403, words)) else { panic!() };
        assert_eq!((limit.status, limit.message.as_str()), (403, words));
    }

    #[test]
    fn a_409_says_that_the_rule_is_not_a_list() {
        assert_eq!(meaning(&Route::SelectedActions, &said(409, "Conflict")), Meaning::Absent);
        assert_eq!(why(Route::Actions, &said(409, "Conflict")).reason, Reason::Failed);
    }

    #[test]
    fn a_commit_that_the_forge_lacks_is_known_and_one_that_is_hidden_is_not() {
        assert_eq!(meaning(&Route::CheckRuns("ab"), &said(422, "No commit found for SHA: ab")), Meaning::Absent);
        for (route, needs) in [
            (Route::CheckRuns("ab"), "checks:read"),
            (Route::Statuses("ab"), "statuses:read"),
            (Route::Compare("v1", "main"), "contents:read"),
            (Route::Pulls, "pull-requests:read"),
        ] {
            assert_eq!(why(route, &said(404, "Not Found")).reason, Reason::NotFound);
            let refusal = why(route, &said(403, "Resource not accessible by personal access token"));
            assert_eq!((refusal.reason, refusal.needs.as_deref()), (Reason::Permission, Some(needs)));
        }
    }

    #[test]
    fn a_list_counts_only_as_a_whole() {
        let page = |status, at| Answer { fetched_at: at, ..answer("GET /repos/o/r/pulls", status, "[1]") };
        let (early, late) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        let whole = pages(vec![page(200, late), page(200, early)]);
        let (bodies, seen) = read_all::<Vec<u8>>(&Route::Pulls, Ok(whole.clone())).unwrap();
        assert_eq!((bodies, seen.fetched_at), (vec![vec![1], vec![1]], early));
        let cut = Pages { complete: false, ..whole };
        assert!(read_all::<Vec<u8>>(&Route::Pulls, Ok(cut)).unwrap_err().detail.contains("more than was read"));
        let torn = pages(vec![page(200, late), page(403, late)]);
        assert_eq!(read_all::<Vec<u8>>(&Route::Pulls, Ok(torn)).unwrap_err().reason, Reason::Permission);
        assert!(read_all::<Vec<u8>>(&Route::Pulls, Ok(pages(Vec::new()))).is_err());
    }

    #[test]
    fn the_permission_is_the_one_that_the_server_names() {
        let mut refusal = said(403, "Resource not accessible by personal access token");
        assert_eq!(why(Route::DefaultToken, &refusal).needs.as_deref(), Some("administration:read"));
        refusal.accepted_permissions = Some("organization_administration=read; administration=write".into());
        assert_eq!(why(Route::DefaultToken, &refusal).needs.as_deref(), Some("organization_administration:read"));
        refusal.needs_sso = true;
        assert_eq!(why(Route::DefaultToken, &refusal).reason, Reason::Auth);
        assert_eq!(why(Route::Repository, &said(451, "Repository access blocked")).reason, Reason::NotFound);
        assert_eq!(why(Route::Repository, &said(422, "No")).reason, Reason::Failed);
    }

    #[test]
    fn names_are_parts_of_a_path_and_never_more() {
        let path = |route: Route<'_>| route.request("o/r").path;
        assert_eq!(path(Route::Branch("rel/1")), "/repos/o/r/branches/rel%2F1");
        assert_eq!(path(Route::CustomRules("a/b")), "/repos/o/r/environments/a%2Fb/deployment_protection_rules");
        assert_eq!(path(Route::GitRef("tags/v1")), "/repos/o/r/git/ref/tags/v1");
        assert_eq!(path(Route::Approvals(7)), "/repos/o/r/actions/runs/7/approvals");
    }
}
