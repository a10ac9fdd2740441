//! How to make the default token of a repository read only.

use super::super::settings_page::{SettingsPage, needs_guide};
use super::super::{Check, Guide};
use crate::fact::Facts;

/// The guide, where the default writes or cannot be seen and some job has nothing else to go by.
pub fn of(facts: &Facts, checks: &[Check]) -> Option<Guide> {
    let default = checks.iter().find(|check| check.id == "default-token")?;
    if !needs_guide(default.verdict) {
        return None;
    }
    let page = SettingsPage::of(facts);
    let approves = facts.default_token.value().is_some_and(|token| token.can_approve_pull_requests);
    let mut steps = vec![
        "under Settings, Actions, General, find \u{201c}Workflow permissions\u{201d}".to_owned(),
        "choose \u{201c}Read repository contents and packages permissions\u{201d}, and save".to_owned(),
        "jobs without a `permissions` block lose the right to write then: give those that need it a block first"
            .to_owned(),
    ];
    if approves {
        let step = "unless a workflow opens pull requests, take the right to create and approve them away too";
        steps.push(step.to_owned());
    }
    let command = page.command("-X PUT -f default_workflow_permissions=read", "actions/permissions/workflow");
    Some(Guide { url: page.url("settings/actions"), steps, command })
}

#[cfg(test)]
mod tests {
    use crate::fact::settings::DefaultToken;
    use crate::fact::{Fact, Observation};
    use crate::requirement::trial::Trial;
    use jiff::Timestamp;

    const BARE: &str = "on: push\njobs:\n  p:\n    steps:\n      - run: twine upload dist/*\n";

    fn knowing(write: bool, approve: bool) -> Trial {
        let token = DefaultToken { write, can_approve_pull_requests: approve };
        let answer = Observation::DefaultToken(Fact::api(token, "GET x", 200, Timestamp::UNIX_EPOCH));
        Trial::workflow(BARE).knowing(answer)
    }

    #[test]
    fn a_default_that_writes_or_is_not_seen_has_a_guide() {
        for (trial, steps) in [(Trial::workflow(BARE), 3), (knowing(true, false), 3), (knowing(true, true), 4)] {
            let guide = trial.finding("R05").guide.unwrap();
            assert_eq!(guide.steps.len(), steps);
            let command =
                "gh api -X PUT -f default_workflow_permissions=read repos/OWNER/REPO/actions/permissions/workflow";
            assert_eq!(guide.command, command);
        }
    }

    #[test]
    fn a_default_that_reads_or_does_not_matter_has_none() {
        assert_eq!(knowing(false, true).finding("R05").guide, None);
        let explicit = BARE.replace("jobs:", "permissions: {}\njobs:");
        assert_eq!(Trial::workflow(&explicit).finding("R05").guide, None);
    }
}
