//! What Renovate's configuration does for actions.

use globset::GlobBuilder;

use crate::fact::renovate::{Renovate, Rule};

/// A workflow as patterns of paths see it; its name is nobody's, so that the name of a single workflow is not taken
/// for all of them.
const WORKFLOW: &str = ".github/workflows/any workflow.yml";

/// Presets that put updates of actions into groups.
const GROUPING: &[&str] = &[
    "config:recommended",
    "config:best-practices",
    "config:base",
    "config:js-app",
    "config:js-lib",
    "group:all",
    "group:allNonMajor",
    "group:allDigest",
    "group:recommended",
    "group:monorepos",
];

/// Presets that pin actions to digests.
const PINNING: &[&str] = &["helpers:pinGitHubActionDigests", "config:best-practices", ":pinDigests"];

/// Why Renovate leaves actions alone; none when it updates them.
pub fn idle(renovate: &Renovate) -> Option<&'static str> {
    let managers = renovate.managers.as_ref();
    if managers.is_some_and(|managers| !managers.iter().any(|manager| manager == "github-actions")) {
        return Some("`enabledManagers` leaves out github-actions");
    }
    if renovate.ignored.iter().any(|pattern| covers_workflows(pattern)) {
        return Some("`ignorePaths` leaves out the workflows");
    }
    if !renovate.included.is_empty() && !renovate.included.iter().any(|pattern| covers_workflows(pattern)) {
        return Some("`includePaths` leaves out the workflows");
    }
    // Later rules win. Switching off needs a rule for all actions; switching some on again is enough to count.
    let mut enabled = true;
    for rule in &renovate.rules {
        match rule.enabled {
            Some(false) if reaches(rule) == Reach::All => enabled = false,
            Some(true) if reaches(rule) != Reach::None => enabled = true,
            _ => {}
        }
    }
    (!enabled).then_some("updates of actions are switched off")
}

/// Whether updates of actions come in groups.
pub fn is_grouped(renovate: &Renovate) -> bool {
    let preset = |name: &String| GROUPING.iter().any(|known| is_preset(name, known));
    let rule = |rule: &Rule| {
        let grouped = rule.group.is_some() || rule.extends.iter().any(preset);
        grouped && reaches(rule) != Reach::None
    };
    renovate.extends.iter().any(preset) || renovate.rules.iter().any(rule)
}

/// Whether actions are pinned to digests.
pub fn pins(renovate: &Renovate) -> bool {
    let preset = |name: &String| PINNING.iter().any(|known| is_preset(name, known));
    let rule =
        |rule: &Rule| (rule.pins == Some(true) || rule.extends.iter().any(preset)) && reaches(rule) != Reach::None;
    renovate.extends.iter().any(preset) || renovate.rules.iter().any(rule)
}

/// How old a version of an action must be.
pub fn minimum_age(renovate: &Renovate) -> Option<&str> {
    let ages = renovate.rules.iter().filter(|rule| reaches(rule) == Reach::All);
    ages.filter_map(|rule| rule.minimum_age.as_deref()).next_back()
}

/// A preset of another repository, whose settings are not to be seen here.
pub fn foreign_preset(renovate: &Renovate) -> Option<&str> {
    let own = |name: &&str| name.starts_with(':') || !(name.contains('>') || name.contains('/'));
    renovate.extends.iter().map(String::as_str).find(|name| !own(name))
}

/// How many actions a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Every action.
    All,
    /// Some of them, or some of their updates.
    Some,
    /// None.
    None,
}

fn reaches(rule: &Rule) -> Reach {
    let mut reach = Reach::All;
    for (selector, values) in &rule.selectors {
        reach = match (reach, selected(selector, values)) {
            (_, Reach::None) => return Reach::None,
            (Reach::All, other) => other,
            (narrow, _) => narrow,
        };
    }
    reach
}

/// How many actions one selector leaves.
fn selected(selector: &str, values: &[String]) -> Reach {
    let (leaves, so_many) = match selector {
        "matchManagers" => (names(values, "github-actions"), Reach::All),
        "matchDepTypes" => (names(values, "action"), Reach::All),
        "matchCategories" => (names(values, "ci"), Reach::All),
        "matchFileNames" | "matchPaths" => {
            let all = values.iter().any(|pattern| covers_workflows(pattern));
            let some = || values.iter().any(|pattern| pattern.contains(".github"));
            (all || some(), if all { Reach::All } else { Reach::Some })
        }
        "matchDatasources" => (values.iter().any(|source| source.starts_with("github-")), Reach::Some),
        "matchPackageNames" | "matchDepNames" | "matchPackagePatterns" | "matchPackagePrefixes" => {
            let everything = |value: &String| matches!(value.as_str(), "*" | "**" | ".*" | "/.*/" | "*/*");
            let own = |name: &String| name.trim_start_matches(['/', '^']).starts_with("actions/");
            let all = values.iter().any(everything);
            (all || values.iter().any(own), if all { Reach::All } else { Reach::Some })
        }
        _ => (true, Reach::Some),
    };
    if leaves { so_many } else { Reach::None }
}

/// Whether a list names something, or is one of exceptions (`!npm`) that does not.
fn names(values: &[String], name: &str) -> bool {
    let excepted = |value: &String| value.strip_prefix('!').is_some_and(|value| value != name);
    values.iter().any(|value| value == name) || (!values.is_empty() && values.iter().all(excepted))
}

fn covers_workflows(pattern: &str) -> bool {
    let folder = pattern.trim_end_matches('/');
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().map(|glob| glob.compile_matcher());
    // A path without a pattern stands for all below it.
    (!folder.is_empty() && WORKFLOW.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
        || glob.is_ok_and(|glob| glob.is_match(WORKFLOW))
}

/// Whether a preset is the named one, with or without arguments.
fn is_preset(name: &str, known: &str) -> bool {
    name == known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with(['(', 'T']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::files::FileSet;
    use crate::fact::renovate;

    fn config(text: &str) -> Renovate {
        let texts = [("renovate.json5".to_owned(), text.into())].into();
        renovate::read(&FileSet { texts, ..FileSet::default() }).unwrap().unwrap()
    }

    #[test]
    fn every_way_to_switch_actions_off_is_seen() {
        for text in [
            "{enabled: false}",
            "{enabledManagers: ['npm']}",
            "{enabledManagers: []}",
            "{'github-actions': {enabled: false}}",
            "{packageRules: [{matchManagers: ['github-actions'], enabled: false}]}",
            "{packageRules: [{matchDepTypes: ['action'], enabled: false}]}",
            "{packageRules: [{matchPackageNames: ['*'], enabled: false}]}",
            "{packageRules: [{matchManagers: ['!npm'], enabled: false}]}",
            "{ignorePaths: ['.github/**']}",
            "{ignorePaths: ['.github/']}",
            "{includePaths: ['src/**']}",
        ] {
            assert!(idle(&config(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn what_leaves_some_updates_of_actions_leaves_them_on() {
        for text in [
            "{}",
            "{enabledManagers: ['npm', 'github-actions']}",
            "{packageRules: [{matchManagers: ['npm'], enabled: false}]}",
            "{packageRules: [{matchManagers: ['!github-actions'], enabled: false}]}",
            "{packageRules: [{matchManagers: ['github-actions'], matchUpdateTypes: ['major'], enabled: false}]}",
            "{packageRules: [{matchPackageNames: ['react'], enabled: false}]}",
            "{packageRules: [{matchPackageNames: ['*'], enabled: false}, {matchManagers: ['github-actions'], enabled: true}]}",
            "{packageRules: [{matchManagers: ['github-actions'], matchFileNames: ['.github/workflows/release.yml'], enabled: false}]}",
            "{ignorePaths: ['tests/**', '.github/workflows/release.yml']}",
            "{includePaths: ['.github/**']}",
        ] {
            assert_eq!(idle(&config(text)), None, "{text}");
        }
    }

    #[test]
    fn groups_must_reach_actions() {
        for text in [
            "{extends: ['config:recommended']}",
            "{extends: ['group:allNonMajor']}",
            "{groupName: 'all'}",
            "{'github-actions': {groupName: 'ci'}}",
            "{packageRules: [{matchManagers: ['github-actions'], groupName: 'ci'}]}",
            "{packageRules: [{matchDepTypes: ['action'], matchUpdateTypes: ['minor'], groupName: 'ci'}]}",
        ] {
            assert!(is_grouped(&config(text)), "{text}");
        }
        for text in [
            "{}",
            "{extends: [':dependencyDashboard', 'group:linters']}",
            "{packageRules: [{matchManagers: ['npm'], groupName: 'js'}]}",
            "{packageRules: [{matchPackageNames: ['react'], groupName: 'React'}]}",
            "{packageRules: [{matchDatasources: ['npm'], groupName: 'React'}]}",
        ] {
            assert!(!is_grouped(&config(text)), "{text}");
        }
    }

    #[test]
    fn digests_ages_and_foreign_presets_are_noted() {
        assert!(pins(&config("{extends: ['helpers:pinGitHubActionDigestsToSemver']}")));
        assert!(pins(&config("{packageRules: [{matchDepTypes: ['action'], pinDigests: true}]}")));
        assert!(!pins(&config("{extends: ['config:recommended']}")));
        assert_eq!(minimum_age(&config("{minimumReleaseAge: '3 days'}")), Some("3 days"));
        let other = "{packageRules: [{matchDatasources: ['npm'], minimumReleaseAge: '3 days'}]}";
        assert_eq!(minimum_age(&config(other)), None);
        assert_eq!(foreign_preset(&config("{extends: [':semanticCommits', 'github>o/r']}")), Some("github>o/r"));
    }
}
