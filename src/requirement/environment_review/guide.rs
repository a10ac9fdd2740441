//! How to make the environments of the publish jobs wait for another maintainer.

use super::super::settings_page::SettingsPage;
use super::super::{Check, Guide, Verdict};
use super::fix;
use crate::fact::Facts;
use crate::fact::release::Publish;
use crate::fact::settings::{Environment, Reviewer};
use crate::text::clean;

/// The guide, where somebody has something to do or to look up in the settings.
pub fn of(facts: &Facts, publishes: &[&Publish], names: &[String], checks: &[Check]) -> Option<Guide> {
    let to_do =
        |check: &Check| matches!(check.verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown | Verdict::Manual);
    let open = checks.iter().any(|check| {
        let of_settings = matches!(check.id, "required-reviewers" | "self-review") && to_do(check);
        of_settings || check.id == "environment-named" && check.verdict == Verdict::Fail
    });
    if !open {
        return None;
    }
    let mut wanted: Vec<String> = names.to_vec();
    let bare = publishes.iter().filter(|publish| {
        publish.job(&facts.workflows).is_some_and(|job| job.environment.is_none() && job.call().is_none())
    });
    for name in bare.map(|publish| fix::suggested(facts, publish)) {
        if !wanted.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            wanted.push(name);
        }
    }
    Some(guide(facts, &wanted)).filter(|_| !wanted.is_empty())
}

fn guide(facts: &Facts, names: &[String]) -> Guide {
    let page = SettingsPage::of(facts);
    let known = facts.environments.value().map(Vec::as_slice).unwrap_or_default();
    let find = |name: &str| known.iter().find(|environment| environment.name.eq_ignore_ascii_case(name));
    let mut steps = Vec::new();
    for name in names {
        let shown = clean::short(name, 60);
        let there = find(name).is_some();
        let verb = if there || facts.environments.value().is_none() { "open" } else { "make" };
        steps.push(format!("under Settings, Environments, {verb} `{shown}`"));
    }
    steps.push("tick \u{201c}Required reviewers\u{201d} and add the other release managers or their team".to_owned());
    steps.push("tick \u{201c}Prevent self-review\u{201d}, and save the protection rules".to_owned());
    steps.push(
        "or run the command: put the number of a person (`gh api users/LOGIN --jq .id`) or a team \
         (`gh api orgs/ORG/teams/TEAM --jq .id`) in the place of 0; it replaces today's list of reviewers"
            .to_owned(),
    );
    let present: Vec<String> = names.iter().filter_map(|name| find(name)).flat_map(reviewers).collect();
    if !present.is_empty() {
        steps.push(format!("reviewers today, to be listed again: {}", present.join(", ")));
    }
    if names.iter().filter_map(|name| find(name)).any(|environment| environment.branch_policy.is_some()) {
        steps.push("look afterwards whether the branches and tags that may deploy are still the same".to_owned());
    }
    let commands: Vec<String> = names.iter().map(|name| command(&page, name, find(name))).collect();
    Guide { url: page.url("settings/environments"), steps, command: commands.join("\n") }
}

fn reviewers(environment: &Environment) -> Vec<String> {
    let name = |reviewer: &Reviewer| match reviewer {
        Reviewer::User(login) => clean::short(login, 60),
        Reviewer::Team(slug) => format!("team {}", clean::short(slug, 60)),
    };
    environment.reviewers.iter().map(name).collect()
}

fn command(page: &SettingsPage, name: &str, known: Option<&Environment>) -> String {
    let body = serde_json::json!({
        "wait_timer": known.map_or(0, |environment| environment.wait_minutes),
        "prevent_self_review": true,
        "reviewers": [{"type": "User", "id": 0}],
    });
    page.command_with("-X PUT", &format!("environments/{}", encoded(name)), &body)
}

/// A name as a part of an address: nothing in it means anything to a server or a shell.
fn encoded(name: &str) -> String {
    // A name of dots would lead to another page.
    if name.chars().all(|c| c == '.') {
        return "ENVIRONMENT".to_owned();
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Observation};
    use crate::requirement::trial::Trial;
    use jiff::Timestamp;

    fn workflow(environment: &str) -> String {
        format!("on: workflow_dispatch\njobs:\n  p:\n{environment}    steps:\n      - run: twine upload dist/*\n")
    }

    fn guide_for(environment: &str) -> Guide {
        Trial::workflow(&workflow(environment)).finding("R07").guide.unwrap()
    }

    #[test]
    fn a_job_without_an_environment_is_told_to_make_one() {
        let guide = guide_for("");
        assert!(guide.steps[0].ends_with("open `pypi`"), "{guide:?}");
        assert!(guide.command.starts_with("gh api -X PUT repos/OWNER/REPO/environments/pypi --input - <<'JSON'\n{"));
    }

    #[test]
    fn hostile_names_reach_no_shell() {
        let guide = guide_for("    environment: \"a'; reboot #$(x)\\n\\u202E\"\n");
        let line = guide.command.lines().next().unwrap();
        assert_eq!(
            line,
            "gh api -X PUT repos/OWNER/REPO/environments/a%27%3B%20reboot%20%23%24%28x%29%0A%E2%80%AE --input - <<'JSON'"
        );
        assert!(guide_for("    environment: ..\n").command.contains("environments/ENVIRONMENT --input"));
        assert!(!guide.steps.join("").contains(['\n', '\u{202e}']));
    }

    #[test]
    fn what_is_there_is_kept_in_sight() {
        let pypi = Environment {
            name: "pypi".to_owned(),
            reviewers: vec![Reviewer::User("ada".to_owned()), Reviewer::Team("core".to_owned())],
            wait_minutes: 7,
            branch_policy: Some("protected branches".to_owned()),
            ..Environment::default()
        };
        let answer =
            |all: Vec<Environment>| Observation::Environments(Fact::api(all, "GET x", 200, Timestamp::UNIX_EPOCH));
        let trial = Trial::workflow(&workflow("    environment: pypi\n"));
        let known = trial.knowing(answer(vec![pypi.clone()]));
        let guide = known.finding("R07").guide.unwrap();
        assert!(guide.command.contains("\"wait_timer\": 7"), "{}", guide.command);
        assert!(guide.steps.iter().any(|step| step.contains("listed again: ada, team core")), "{guide:?}");
        assert!(guide.steps.iter().any(|step| step.contains("branches and tags")), "{guide:?}");
        let good = Environment { prevent_self_review: true, ..pypi };
        assert_eq!(known.knowing(answer(vec![good])).finding("R07").guide, None);
        let none = Trial::workflow(&workflow("    environment: new\n")).knowing(answer(Vec::new()));
        assert!(none.finding("R07").guide.unwrap().steps[0].ends_with("make `new`"));
    }
}
