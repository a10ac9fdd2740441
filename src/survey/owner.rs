//! The repositories of an owner that publish something: what `owner/*` stands for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::fact::files::FileSet;
use crate::fact::meaning::Meaning;
use crate::fact::{Reason, Unknown};
use crate::source::github::document;
use crate::source::github::graphql::{self, Dialect, Part};
use crate::source::github::shape::Word;
use crate::source::github::{Client, Resource};
use crate::source::network::Network;

/// Most pages of repositories, fifty each.
const MAX_PAGES: usize = 40;

/// What was found at an owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Repositories that publish something, in order of name.
    pub publish: Vec<String>,
    /// How many were left out because they publish nothing.
    pub silent: usize,
    /// How many were left out because they are forks or archived.
    pub aside: usize,
    /// Points and requests that are left, where the forge said so.
    pub left: (Option<u32>, Option<u32>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    name_with_owner: Word,
    is_archived: bool,
    is_fork: bool,
    workflows: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Lists the repositories of an owner that publish something; forks and archived ones only when they are asked for.
/// Waits for the answer, so it is called before anything is shown.
///
/// # Errors
/// Why they cannot be listed.
pub fn list_owner(network: &Network, owner: &str, with_aside: bool) -> Result<Listing, Unknown> {
    let failed = |error: String| Unknown::new(Reason::Failed, format!("the network cannot be used: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.to_string()))?;
    runtime.block_on(async {
        let client = network.forge(None).map_err(|error| failed(error.to_string()))?;
        if client.token().is_none() {
            let why = Unknown::new(Reason::Auth, format!("{owner}/* needs a token: set GH_TOKEN or use --token-file"));
            return Err(why.needing("metadata:read"));
        }
        list(&client, owner, with_aside).await
    })
}

async fn list(client: &Client, owner: &str, with_aside: bool) -> Result<Listing, Unknown> {
    let (mut listing, mut after, mut dialect) = (Listing::default(), None, Dialect::default());
    for _ in 0..MAX_PAGES {
        let document = document::repositories(owner, after.as_deref());
        let reply = graphql::ask(client, &document, &mut dialect).await;
        let reply = reply.map_err(graphql::Refused::why)?;
        let part = reply.part("owner").present("the owner").map_err(|why| Unknown {
            detail: format!("there is no owner {owner}, or the token cannot see it ({})", why.detail),
            ..why
        })?;
        let page = part.child("repositories").present("the repositories")?;
        take(&page, with_aside, &mut listing)?;
        let info: PageInfo = page.field("pageInfo")?;
        after = info.end_cursor.filter(|_| info.has_next_page);
        if after.is_none() {
            listing.publish.sort();
            let left = |resource| client.quota(resource).map(|quota| quota.left);
            listing.left = (left(Resource::Graphql), left(Resource::Core));
            return Ok(listing);
        }
    }
    Err(Unknown::new(Reason::Failed, format!("{owner} has more repositories than are listed; name those you mean")))
}

fn take(page: &Part<'_>, with_aside: bool, listing: &mut Listing) -> Result<(), Unknown> {
    for repository in page.field::<Vec<Repository>>("nodes")? {
        if (repository.is_archived || repository.is_fork) && !with_aside {
            listing.aside += 1;
        } else if publishes(&repository.workflows) {
            listing.publish.push(repository.name_with_owner.0);
        } else {
            listing.silent += 1;
        }
    }
    Ok(())
}

/// Whether a workflow of a listing publishes something. What cannot be read counts: it may.
fn publishes(workflows: &Value) -> bool {
    let Some(entries) = workflows.get("entries").and_then(Value::as_array) else { return false };
    let mut texts = BTreeMap::new();
    for entry in entries {
        let name = entry.get("name").and_then(Value::as_str).unwrap_or_default();
        let text = entry.pointer("/object/text").and_then(Value::as_str);
        let is_workflow = [".yml", ".yaml"].iter().any(|ending| name.ends_with(ending));
        match text {
            Some(text) if is_workflow => drop(texts.insert(format!("{}/{name}", document::WORKFLOWS), text.into())),
            None if is_workflow => return true,
            _ => {}
        }
    }
    let meaning = Meaning::of(&FileSet { texts, ..FileSet::default() });
    !meaning.publishes.is_empty() || meaning.problems.iter().any(|problem| problem.hides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_publishes_is_listed() {
        let workflows = |text: Value| json!({"entries": [{"name": "ci.yml", "object": {"text": text}}]});
        let step =
            |run: &str| json!(format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {run}\n"));
        assert!(publishes(&workflows(step("twine upload dist/*"))));
        assert!(!publishes(&workflows(step("cargo test"))));
        assert!(publishes(&workflows(Value::Null)) && publishes(&workflows(json!("a: ["))));
        assert!(!publishes(&Value::Null) && !publishes(&json!({})));
        let other = json!({"entries": [{"name": "notes.md", "object": {"text": "twine upload"}}]});
        assert!(!publishes(&other));
    }
}
