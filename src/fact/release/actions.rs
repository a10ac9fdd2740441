//! The actions that publish: one table.

use super::index::{by_name, by_url};
use super::{PublishKind, Registry, Scope};
use crate::fact::workflow::Step;

/// What an action publishes.
enum Look {
    /// Always this.
    Always(PublishKind),
    /// It depends on the inputs a step gives it; none where it publishes nothing this way.
    Asks(fn(&Scope<'_>) -> Option<PublishKind>),
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
pub fn recognise(scope: &Scope<'_>) -> Option<(Registry, PublishKind, String)> {
    let action = scope.step.uses.as_ref()?.action()?;
    let Row(name, registry, look) = ACTIONS.iter().find(|row| row.0 == action)?;
    let kind = match look {
        Look::Always(kind) => Some(*kind),
        Look::Asks(look) => look(scope),
    };
    kind.map(|kind| (*registry, kind, (*name).to_owned()))
}

/// Whether an action is in the table, whatever it does here.
pub fn is_known(action: &str) -> bool {
    ACTIONS.iter().any(|row| row.0 == action)
}

fn input<'a>(step: &'a Step, name: &str) -> &'a str {
    step.with.get(name).map(crate::fact::workflow::Text::trimmed).unwrap_or_default()
}

fn is_true(step: &Step, name: &str) -> bool {
    !matches!(input(step, name).to_ascii_lowercase().as_str(), "" | "false" | "0" | "no")
}

fn unless_dry_run(scope: &Scope<'_>) -> Option<PublishKind> {
    let dry = ["dry-run", "dry_run"].iter().any(|name| is_true(scope.step, name));
    (!dry).then_some(PublishKind::Production)
}

fn unless_dry_run_release(scope: &Scope<'_>) -> Option<PublishKind> {
    unless_dry_run(scope).map(|_| PublishKind::GithubRelease)
}

/// It may be told only to compute and build the next version.
fn semantic_release(scope: &Scope<'_>) -> Option<PublishKind> {
    let off = |name: &str| input(scope.step, name).eq_ignore_ascii_case("false");
    let held_back = off("vcs_release") || off("push") || is_true(scope.step, "no_operation_mode");
    (!held_back).then_some(PublishKind::GithubRelease)
}

/// `repository-url` and its old alias name another index.
fn pypi_publish(scope: &Scope<'_>) -> PublishKind {
    let url = ["repository-url", "repository_url"]
        .into_iter()
        .map(|name| input(scope.step, name))
        .find(|url| !url.is_empty());
    by_url(url.unwrap_or_default())
}

fn poetry_publish(scope: &Scope<'_>) -> PublishKind {
    let name = input(scope.step, "repository_name");
    let url = input(scope.step, "repository_url");
    if url.is_empty() { by_name(name) } else { by_url(url) }
}

fn maturin(scope: &Scope<'_>) -> Option<PublishKind> {
    let command = input(scope.step, "command");
    if !matches!(command, "publish" | "upload") {
        return None;
    }
    let words: Vec<&str> = input(scope.step, "args").split_whitespace().collect();
    let env = |name: &str| scope.env(name).map(|text| text.value.clone());
    Some(super::commands::python_index(&words, env, "MATURIN_REPOSITORY", "MATURIN_REPOSITORY_URL"))
}

/// Opening the release pull request is its other command.
fn release_plz(scope: &Scope<'_>) -> Option<PublishKind> {
    (input(scope.step, "command") != "release-pr").then(|| unless_dry_run(scope)).flatten()
}

/// Without `publish:` it only opens the release pull request.
fn changesets(scope: &Scope<'_>) -> Option<PublishKind> {
    (!input(scope.step, "publish").is_empty()).then_some(PublishKind::Production)
}

fn npm_publish(scope: &Scope<'_>) -> Option<PublishKind> {
    unless_dry_run(scope).map(|kind| npm_registry(input(scope.step, "registry"), kind))
}

/// What an npm registry's address means.
pub fn npm_registry(url: &str, kind: PublishKind) -> PublishKind {
    let default = url.is_empty() || url.contains("npmjs.") || url.contains('$');
    if default { kind } else { PublishKind::OtherIndex }
}

fn goreleaser(scope: &Scope<'_>) -> Option<PublishKind> {
    super::commands::goreleaser(&input(scope.step, "args").split_whitespace().collect::<Vec<_>>())
}

fn jreleaser(scope: &Scope<'_>) -> Option<PublishKind> {
    let arguments = input(scope.step, "arguments");
    let releases =
        arguments.is_empty() || arguments.split_whitespace().any(|word| matches!(word, "full-release" | "release"));
    (releases && !arguments.contains("--dry-run")).then_some(PublishKind::GithubRelease)
}

/// It only drafts, unless told to publish.
fn release_drafter(scope: &Scope<'_>) -> Option<PublishKind> {
    is_true(scope.step, "publish").then_some(PublishKind::GithubRelease)
}

fn github_script(scope: &Scope<'_>) -> Option<PublishKind> {
    let script = input(scope.step, "script");
    let calls = [".createRelease(", ".uploadReleaseAsset("].iter().any(|call| script.contains(call));
    // The same by its path: `github.request("POST /repos/{owner}/{repo}/releases")`.
    let mut requests = script.split("POST /repos/").skip(1);
    let posts = requests.any(|rest| rest.lines().next().is_some_and(|line| line.contains("/releases")));
    (calls || posts).then_some(PublishKind::GithubRelease)
}

/// Images are shown and not judged: SPEC 8 is about packages and release files.
fn container_push(scope: &Scope<'_>) -> Option<PublishKind> {
    is_true(scope.step, "push").then_some(PublishKind::OtherIndex)
}
