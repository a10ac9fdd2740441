//! What the blocks of `.github/dependabot.yml` do for actions.

use globset::{GlobBuilder, GlobMatcher};

use crate::fact::dependabot::{Dependabot, Group, Ignore, Update};
use crate::text::Span;

/// The ecosystem that updates actions.
pub const ECOSYSTEM: &str = "github-actions";

/// Where workflows lie.
const WORKFLOWS: &str = ".github/workflows";

/// Why a block keeps no workflow up to date, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// Why.
    pub why: String,
    /// Where.
    pub span: Span,
}

/// Why a block does nothing for the workflows; none when it does.
pub fn idle(update: &Update) -> Option<Idle> {
    let at = update.directories.first().map_or(update.ecosystem.span, |directory| directory.span);
    off(update).or_else(|| {
        let why = if update.directories.is_empty() {
            "it names no directory"
        } else {
            "its directories leave out the workflows; `/` covers them"
        };
        (!covers(update, WORKFLOWS)).then(|| Idle { why: why.to_owned(), span: at })
    })
}

/// Why a block updates nothing at all; none when it does.
pub fn off(update: &Update) -> Option<Idle> {
    if let Some(limit) = update.limit.as_ref().filter(|limit| limit.value.parse() == Ok(0)) {
        return Some(Idle { why: "`open-pull-requests-limit: 0` switches it off".to_owned(), span: limit.span });
    }
    let ignore = update.ignores.iter().find(|ignore| ignores_all(ignore))?;
    Some(Idle { why: "it ignores every action".to_owned(), span: ignore.span })
}

/// Whether a rule leaves no update: it ignores all names, and no versions or kinds of updates are spared.
fn ignores_all(ignore: &Ignore) -> bool {
    let kinds = ["major", "minor", "patch"];
    let every_kind = kinds.iter().all(|kind| ignore.update_types.iter().any(|ignored| ignored.ends_with(kind)));
    ignore.name == "*" && !ignore.versions && (ignore.update_types.is_empty() || every_kind)
}

/// Whether a block looks into a folder (from the root, without slashes at its ends; the root is empty). `/` stands for
/// the root's own action and for the workflows, and for nothing else.
pub fn covers(update: &Update, folder: &str) -> bool {
    update.directories.iter().any(|directory| {
        let directory = plain(&directory.value);
        match directory {
            "" => folder.is_empty() || folder == WORKFLOWS,
            _ if directory == folder => true,
            _ => glob(directory).is_some_and(|glob| glob.is_match(folder)),
        }
    })
}

/// A folder without `/` and `./` at its ends.
pub fn plain(folder: &str) -> &str {
    let folder = folder.trim();
    let folder = folder.strip_prefix('.').filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(folder);
    folder.trim_matches('/')
}

fn glob(pattern: &str) -> Option<GlobMatcher> {
    let glob = pattern.contains('*').then(|| GlobBuilder::new(pattern).literal_separator(true).build());
    glob.and_then(Result::ok).map(|glob| glob.compile_matcher())
}

/// Whether the updates of a block come together: by a group of its own, or by one it shares with other ecosystems.
pub fn is_grouped(update: &Update, file: &Dependabot) -> bool {
    let shared = |name: &str| file.shared_groups.iter().any(|group| group == name);
    update.groups.iter().any(gathers) || update.shared_group.as_ref().is_some_and(|group| shared(&group.value))
}

/// Whether a group gathers any version update at all.
fn gathers(group: &Group) -> bool {
    let of_versions = group.applies_to.as_deref().is_none_or(|kind| kind == "version-updates");
    let of_names = group.patterns.as_ref().is_none_or(|patterns| !patterns.is_empty());
    let spares = !group.excludes.iter().any(|excluded| matches!(excluded.as_str(), "*" | "**"));
    group.has_rules && of_versions && of_names && spares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::dependabot;
    use crate::fact::files::FileSet;

    fn file(text: &str) -> Dependabot {
        let texts = [(dependabot::PATHS[0].to_owned(), text.into())].into();
        dependabot::read(&FileSet { texts, ..FileSet::default() }).unwrap().unwrap()
    }

    fn block(keys: &str) -> Update {
        file(&format!("updates:\n- {{package-ecosystem: github-actions, {keys}}}\n")).updates.remove(0)
    }

    #[test]
    fn the_workflows_are_covered_by_the_root_or_by_name() {
        for directory in ["/", "''", ".", "./", "/.github/workflows", ".github/workflows/", "/.github/*", "**/*"] {
            assert_eq!(idle(&block(&format!("directory: \"{}\"", directory.trim_matches('\'')))), None, "{directory}");
        }
        for directory in ["/sub", "/.github", "/*", "/.github/actions/*", "/.github/workflows/x"] {
            assert!(idle(&block(&format!("directory: {directory}"))).is_some(), "{directory}");
        }
        assert!(idle(&block("x: y")).unwrap().why.contains("directory"));
        assert_eq!(idle(&block("directories: [/x, /]")), None);
    }

    #[test]
    fn the_root_covers_no_action_folder_but_patterns_do() {
        assert!(!covers(&block("directory: /"), ".github/actions/build"));
        assert!(covers(&block("directory: /"), ""));
        assert!(covers(&block("directories: [/, '/.github/actions/*']"), ".github/actions/build"));
        assert!(!covers(&block("directories: ['/.github/actions/*']"), ".github/actions/a/b"));
        assert!(covers(&block("directories: ['/.github/actions/**']"), ".github/actions/a/b"));
        assert!(covers(&block("directory: ./actions/x/"), "actions/x"));
    }

    #[test]
    fn limits_and_rules_that_leave_nothing_switch_a_block_off() {
        for keys in [
            "directory: /, open-pull-requests-limit: 0",
            "directory: /, ignore: [{dependency-name: '*'}]",
            "directory: /, ignore: [{dependency-name: '*', update-types: [version-update:semver-major, version-update:semver-minor, version-update:semver-patch]}]",
        ] {
            assert!(idle(&block(keys)).is_some(), "{keys}");
        }
        for keys in [
            "directory: /, open-pull-requests-limit: 10",
            "directory: /, ignore: [{dependency-name: 'actions/*'}]",
            "directory: /, ignore: [{dependency-name: '*', update-types: [version-update:semver-patch]}]",
            "directory: /, ignore: [{dependency-name: '*', versions: ['>= 9']}]",
        ] {
            assert_eq!(idle(&block(keys)), None, "{keys}");
        }
    }

    #[test]
    fn a_group_must_gather_something() {
        let grouped = |groups: &str| {
            let file = file(&format!(
                "multi-ecosystem-groups: {{all: {{schedule: {{interval: daily}}}}}}\n\
                 updates:\n- {{package-ecosystem: github-actions, directory: /, {groups}}}\n"
            ));
            is_grouped(&file.updates[0], &file)
        };
        for groups in [
            "groups: {a: {patterns: ['*']}}",
            "groups: {a: {update-types: [minor, patch]}}",
            "groups: {a: {patterns: ['actions/*'], exclude-patterns: ['x/*']}}",
            "multi-ecosystem-group: all",
        ] {
            assert!(grouped(groups), "{groups}");
        }
        for groups in [
            "x: y",
            "groups: {}",
            "groups: {a: {}}",
            "groups: {a: {patterns: []}}",
            "groups: {a: {patterns: ['*'], exclude-patterns: ['*']}}",
            "groups: {a: {patterns: ['*'], applies-to: security-updates}}",
            "multi-ecosystem-group: other",
        ] {
            assert!(!grouped(groups), "{groups}");
        }
    }
}
