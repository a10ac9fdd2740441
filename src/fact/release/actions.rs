//! The actions that publish: one table.

use super::commands::Words;
use super::index::{self, by_address, by_name};
use super::{Aim, PublishKind, Registry, Scope};
use crate::fact::workflow::{Step, Text};

/// What an action publishes.
enum Look {
    /// Always this.
    Always(PublishKind),
    /// It depends on the inputs a step gives it; none where it publishes nothing this way.
    Asks(fn(&Scope<'_>) -> Option<Aim>),
}

struct Row(&'static str, Registry, Look);

/// Actions by `owner/repo[/path]` in lower case.
const ACTIONS: &[Row] = &[
    Row("pypa/gh-action-pypi-publish", Registry::Pypi, Look::Asks(|scope| Some(pypi_publish(scope)))),
    Row("pyo3/maturin-action", Registry::Pypi, Look::Asks(maturin)),
    Row("jrubics/poetry-publish", Registry::Pypi, Look::Asks(|scope| Some(poetry_publish(scope)))),
    Row("etils-actions/pypi-auto-publish", Registry::Pypi, Look::Always(PublishKind::Production)),
    Row("ansys/actions/release-pypi-public", Registry::Pypi, Look::Always(PublishKind::Production)),
    Row("ansys/actions/release-pypi-test", Registry::Pypi, Look::Always(PublishKind::Test)),
    Row("ansys/actions/release-pypi-private", Registry::Pypi, Look::Always(PublishKind::OtherIndex)),
    Row("ansys/actions/release-github", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("katyo/publish-crates", Registry::Crates, Look::Asks(unless_dry_run)),
    Row("release-plz/action", Registry::Crates, Look::Asks(release_plz)),
    Row("marcoieni/release-plz-action", Registry::Crates, Look::Asks(release_plz)),
    Row("changesets/action", Registry::Npm, Look::Asks(changesets)),
    Row("changesets/action/publish", Registry::Npm, Look::Always(PublishKind::Production)),
    Row("js-devtools/npm-publish", Registry::Npm, Look::Asks(npm_publish)),
    Row("rubygems/release-gem", Registry::Gem, Look::Always(PublishKind::Production)),
    Row("dawidd6/action-publish-gem", Registry::Gem, Look::Always(PublishKind::Production)),
    Row("cadwallion/publish-rubygems-action", Registry::Gem, Look::Always(PublishKind::Production)),
    Row("softprops/action-gh-release", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("ncipollo/release-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("svenstaro/upload-release-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("goreleaser/goreleaser-action", Registry::GithubRelease, Look::Asks(goreleaser)),
    Row("jreleaser/release-action", Registry::GithubRelease, Look::Asks(jreleaser)),
    Row("googleapis/release-please-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row(
        "google-github-actions/release-please-action",
        Registry::GithubRelease,
        Look::Always(PublishKind::GithubRelease),
    ),
    Row("release-drafter/release-drafter", Registry::GithubRelease, Look::Asks(release_drafter)),
    Row("actions/upload-release-asset", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("actions/create-release", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("python-semantic-release/python-semantic-release", Registry::GithubRelease, Look::Asks(semantic_release)),
    Row("python-semantic-release/publish-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row(
        "python-semantic-release/upload-to-gh-release",
        Registry::GithubRelease,
        Look::Always(PublishKind::GithubRelease),
    ),
    Row("relekang/python-semantic-release", Registry::GithubRelease, Look::Asks(semantic_release)),
    Row("cycjimmy/semantic-release-action", Registry::Npm, Look::Asks(unless_dry_run)),
    Row("taiki-e/upload-rust-binary-action", Registry::GithubRelease, Look::Asks(unless_dry_run_release)),
    Row("taiki-e/create-gh-release-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("marvinpinto/action-automatic-releases", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("elgohr/github-release-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("crazy-max/ghaction-github-release", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("shogo82148/actions-upload-release-asset", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("yyx990803/release-tag", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("csexton/release-asset-action", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("abutler/upload-release-assets", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("alexellis/upload-assets", Registry::GithubRelease, Look::Always(PublishKind::GithubRelease)),
    Row("actions/github-script", Registry::GithubRelease, Look::Asks(github_script)),
    Row("scientific-python/upload-nightly-action", Registry::Conda, Look::Always(PublishKind::Nightly)),
    Row("docker/build-push-action", Registry::Container, Look::Asks(container_push)),
];

/// What a step's action publishes, with the action's name.
pub fn recognise(scope: &Scope<'_>) -> Option<(Registry, Aim, String)> {
    let action = scope.step.uses.as_ref()?.action()?;
    let Row(name, registry, look) = ACTIONS.iter().find(|row| row.0 == action)?;
    let aim = match look {
        Look::Always(kind) => Some((*kind).into()),
        Look::Asks(look) => look(scope),
    };
    aim.map(|aim| (*registry, aim, (*name).to_owned()))
}

/// Whether an action is in the table, whatever it does here.
pub fn is_known(action: &str) -> bool {
    ACTIONS.iter().any(|row| row.0 == action)
}

/// An input that is not empty.
fn given<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Text> {
    scope.step.with.get(name).filter(|text| !text.trimmed().is_empty())
}

fn input<'a>(step: &'a Step, name: &str) -> &'a str {
    step.with.get(name).map(Text::trimmed).unwrap_or_default()
}

fn is_true(step: &Step, name: &str) -> bool {
    !is_off(input(step, name))
}

fn is_off(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0" | "no")
}

fn unless_dry_run(scope: &Scope<'_>) -> Option<Aim> {
    let real = |value: &str| is_off(value).then_some(PublishKind::Production);
    let asked = ["dry-run", "dry_run"].into_iter().filter_map(|name| given(scope, name));
    asked.map(|text| Aim::read(text, PublishKind::Production, real)).try_fold(Aim::from(PublishKind::Production), both)
}

/// Two aims that must both be so, the second of which may be none.
fn both(first: Aim, second: Option<Aim>) -> Option<Aim> {
    second.map(|second| first.and(second))
}

fn unless_dry_run_release(scope: &Scope<'_>) -> Option<Aim> {
    unless_dry_run(scope).map(|aim| aim.as_kind(PublishKind::GithubRelease))
}

/// It may be told only to compute and build the next version.
fn semantic_release(scope: &Scope<'_>) -> Option<Aim> {
    let page = PublishKind::GithubRelease;
    let on = |value: &str| (!value.eq_ignore_ascii_case("false")).then_some(PublishKind::GithubRelease);
    let off = |value: &str| is_off(value).then_some(PublishKind::GithubRelease);
    let switches = ["vcs_release", "push"].into_iter().filter_map(|name| given(scope, name));
    let aims = switches.map(|text| Aim::read(text, page, on));
    let idle = given(scope, "no_operation_mode").map(|text| Aim::read(text, page, off));
    aims.chain(idle).try_fold(Aim::from(page), both)
}

/// `repository-url` and its old alias name another index.
fn pypi_publish(scope: &Scope<'_>) -> Aim {
    let url = ["repository-url", "repository_url"].into_iter().find_map(|name| given(scope, name));
    url.map_or(PublishKind::Production.into(), by_address)
}

fn poetry_publish(scope: &Scope<'_>) -> Aim {
    let url = given(scope, "repository_url").map(by_address);
    url.or_else(|| given(scope, "repository_name").map(by_name)).unwrap_or(PublishKind::Production.into())
}

fn maturin(scope: &Scope<'_>) -> Option<Aim> {
    let publishes = |command: &str| matches!(command, "publish" | "upload").then_some(PublishKind::Production);
    let aim = Aim::read(given(scope, "command")?, PublishKind::Production, publishes)?;
    let args = scope.step.with.get("args");
    let rest: Vec<&str> = args.map_or("", Text::trimmed).split_whitespace().collect();
    let words = Words { rest: &rest, span: args.map_or(scope.step.span, Text::used_at) };
    let env = |name: &str| scope.env(name).cloned();
    Some(aim.and(super::commands::python_index(&words, env, "MATURIN_REPOSITORY", "MATURIN_REPOSITORY_URL")))
}

/// Opening the release pull request is its other command.
fn release_plz(scope: &Scope<'_>) -> Option<Aim> {
    let releases = |command: &str| (command != "release-pr").then_some(PublishKind::Production);
    let command = given(scope, "command").map(|text| Aim::read(text, PublishKind::Production, releases));
    command.into_iter().chain([unless_dry_run(scope)]).try_fold(Aim::from(PublishKind::Production), both)
}

/// Without `publish:` it only opens the release pull request.
fn changesets(scope: &Scope<'_>) -> Option<Aim> {
    let publishes = |script: &str| (!script.is_empty()).then_some(PublishKind::Production);
    Aim::read(given(scope, "publish")?, PublishKind::Production, publishes)
}

fn npm_publish(scope: &Scope<'_>) -> Option<Aim> {
    unless_dry_run(scope).map(|aim| aim.and(index::npm(given(scope, "registry"))))
}

fn goreleaser(scope: &Scope<'_>) -> Option<Aim> {
    let reading = |args: &str| super::commands::goreleaser(&args.split_whitespace().collect::<Vec<_>>());
    match given(scope, "args") {
        Some(args) => Aim::read(args, PublishKind::GithubRelease, reading),
        None => reading("").map(Aim::from),
    }
}

fn jreleaser(scope: &Scope<'_>) -> Option<Aim> {
    let page = PublishKind::GithubRelease;
    let reading = |arguments: &str| {
        let mut words = arguments.split_whitespace();
        let releases = arguments.is_empty() || words.any(|word| matches!(word, "full-release" | "release"));
        (releases && !arguments.contains("--dry-run")).then_some(PublishKind::GithubRelease)
    };
    given(scope, "arguments").map_or(Some(page.into()), |arguments| Aim::read(arguments, page, reading))
}

/// It only drafts, unless told to publish.
fn release_drafter(scope: &Scope<'_>) -> Option<Aim> {
    is_true(scope.step, "publish").then_some(PublishKind::GithubRelease.into())
}

fn github_script(scope: &Scope<'_>) -> Option<Aim> {
    let script = input(scope.step, "script");
    let calls = [".createRelease(", ".uploadReleaseAsset("].iter().any(|call| script.contains(call));
    // The same by its path: `github.request("POST /repos/{owner}/{repo}/releases")`.
    let mut requests = script.split("POST /repos/").skip(1);
    let posts = requests.any(|rest| rest.lines().next().is_some_and(|line| line.contains("/releases")));
    (calls || posts).then_some(PublishKind::GithubRelease.into())
}

/// Images are shown and not judged: SPEC 8 is about packages and release files.
fn container_push(scope: &Scope<'_>) -> Option<Aim> {
    is_true(scope.step, "push").then_some(PublishKind::OtherIndex.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fact::files::FileSet;
    use crate::fact::workflow::WorkflowSet;

    /// What a step with these inputs publishes, and how many questions that leaves to the run.
    fn published(action: &str, inputs: &str) -> Option<(&'static str, usize)> {
        let text =
            format!("on: push\njobs:\n  a:\n    steps:\n      - uses: {action}@v1\n        with: {{{inputs}}}\n");
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let files = FileSet { texts, ..FileSet::default() };
        let set = WorkflowSet::read(&files, &mut Vec::new());
        let (workflow, job) = set.job((0, 0)).unwrap();
        let (_, aim, _) = recognise(&Scope { workflow, job, step: &job.steps()[0] })?;
        Some((aim.kind.word(), aim.asks.len()))
    }

    #[test]
    fn an_input_that_only_the_run_knows_does_not_hold_back() {
        for (action, input, off) in [
            ("katyo/publish-crates", "dry-run", "true"),
            ("JS-DevTools/npm-publish", "dry-run", "true"),
            ("cycjimmy/semantic-release-action", "dry_run", "true"),
            ("PyO3/maturin-action", "command", "build"),
            ("python-semantic-release/python-semantic-release", "no_operation_mode", "true"),
            ("jreleaser/release-action", "arguments", "config"),
        ] {
            assert_eq!(published(action, &format!("{input}: {off}")), None, "{action}");
            for open in ["${{ inputs.x }}", "${{ vars.X || 'true' }}"] {
                let seen = published(action, &format!("{input}: \"{open}\""));
                assert!(seen.is_some_and(|(_, asks)| asks == 1), "{action} {open}: {seen:?}");
            }
        }
        assert!(published("release-drafter/release-drafter", "publish: \"${{ inputs.x }}\"").is_some());
    }
}
