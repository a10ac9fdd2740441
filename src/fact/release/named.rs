//! Indexes that other files and steps name: `[[tool.uv.index]]` of a project, and the registry that `actions/setup-node`
//! configures for npm.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::commands::{last_option, program_words};
use super::index::{self, by_address};
use super::{Aim, Publish, PublishKind, Registry, Scope};
use crate::fact::files::FileSet;
use crate::fact::workflow::Text;
use crate::fact::workflow::expand::Placed;
use crate::fact::workflow::shell::Command;

/// The indexes that files name, by path: each is read once, however many steps ask for it.
#[derive(Debug, Default)]
pub struct Tables(RefCell<BTreeMap<String, BTreeMap<String, String>>>);

/// What `uv publish --index NAME` is for, by the address that the project's table gives that name; otherwise what it was
/// taken for.
pub fn by_table(files: &FileSet, tables: &Tables, command: &Command, scope: &Scope<'_>, by: &str, aim: Aim) -> Aim {
    if by != "uv publish" {
        return aim;
    }
    let words = program_words(command);
    let addressed =
        last_option(&words, &["--publish-url"]).is_some() || scope.env_of(command, "UV_PUBLISH_URL").is_some();
    let named = last_option(&words, &["--index"]).or_else(|| scope.env_of(command, "UV_PUBLISH_INDEX"));
    let address = named.filter(|_| !addressed).and_then(|name| address(files, tables, scope, name.trim()));
    address.map_or(aim, |url| by_address(&Text::within(url, command.span)))
}

/// The address to publish to of an index that a project names.
fn address(files: &FileSet, tables: &Tables, scope: &Scope<'_>, name: &str) -> Option<String> {
    let folder = scope.step.directory(scope.workflow, scope.job).unwrap_or_default().trim_matches(['.', '/']);
    let own = format!("{folder}/pyproject.toml");
    let path = if !folder.is_empty() && files.exists(&own) { own } else { "pyproject.toml".to_owned() };
    let mut known = tables.0.borrow_mut();
    let table = known.entry(path).or_insert_with_key(|path| indexes(files, path).unwrap_or_default());
    table.get(name).cloned()
}

/// The indexes that a file names, with the addresses to publish to; of several with one name the first.
fn indexes(files: &FileSet, path: &str) -> Option<BTreeMap<String, String>> {
    let table: toml::Table = files.text(path)?.trim_start_matches('\u{feff}').parse().ok()?;
    let mut found = BTreeMap::new();
    for index in table.get("tool")?.get("uv")?.get("index")?.as_array()? {
        let text = |key: &str| index.get(key).and_then(toml::Value::as_str);
        if let (Some(name), Some(address)) = (text("name"), text("publish-url")) {
            found.entry(name.to_owned()).or_insert_with(|| address.to_owned());
        }
    }
    Some(found)
}

/// What a package manager publishes to by its configuration, where its words name no registry: a variable, else what
/// `actions/setup-node` wrote down before. The project's own settings come first, and leave it as it is.
pub fn by_setup(files: &FileSet, steps: &[&Placed<'_>], scope: &Scope<'_>, publish: &mut Publish) {
    let Some(command) = publish.command.as_ref().filter(|_| is_open(publish)) else { return };
    let chosen = last_option(&program_words(command), &["--registry"]).is_some();
    if chosen || files.exists(".npmrc") || has_own_registry(files) {
        return;
    }
    let variable =
        ["NPM_CONFIG_REGISTRY", "npm_config_registry"].into_iter().find_map(|name| scope.text_of(command, name));
    let configured = || {
        let setup =
            |placed: &&&Placed<'_>| placed.step.uses.as_ref().is_some_and(|uses| uses.is_action("actions/setup-node"));
        let step = &steps.iter().rev().find(setup)?.step;
        let given = |name: &str| step.with.get(name).filter(|text| !text.trimmed().is_empty());
        let address = given("registry-url")?;
        // For GitHub Packages, and where a scope is given, only the packages of that scope go there.
        let scoped = given("scope").is_some() || index::names_own_index(address.trimmed());
        (!scoped || is_scoped(files, given("scope"))).then(|| address.clone())
    };
    // A host that nobody knows may be a mirror of the real registry.
    let own = |address: &Text| address.has_expression() || index::names_own_index(address.trimmed());
    let Some(address) = variable.or_else(configured).filter(own) else { return };
    let aim = index::npm(Some(&address));
    publish.kind = aim.kind;
    publish.asks.extend(aim.asks);
}

fn is_open(publish: &Publish) -> bool {
    let manager = ["npm publish", "pnpm publish"].contains(&publish.found_by.as_str());
    publish.registry == Registry::Npm && publish.kind == PublishKind::Production && manager
}

fn package(files: &FileSet) -> Option<serde_json::Value> {
    serde_json::from_str(files.text("package.json")?).ok()
}

/// Whether the package at the root says where it is published.
fn has_own_registry(files: &FileSet) -> bool {
    package(files).is_some_and(|json| json.get("publishConfig").is_some_and(|config| config.get("registry").is_some()))
}

/// Whether the package at the root belongs to a scope, and to the one that is given.
fn is_scoped(files: &FileSet, scope: Option<&Text>) -> bool {
    let json = package(files);
    let name = json.as_ref().and_then(|json| json.get("name")?.as_str()).unwrap_or_default();
    let own = name.strip_prefix('@').and_then(|name| name.split('/').next());
    let given = scope.map(|scope| scope.trimmed().trim_start_matches('@'));
    own.is_some_and(|own| given.is_none_or(|given| given.eq_ignore_ascii_case(own)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::walk;
    use super::*;
    use crate::fact::workflow::WorkflowSet;

    /// The kinds of the publish steps of a job.
    fn kinds(steps: &str, more: &[(&str, &str)]) -> Vec<&'static str> {
        let text = format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}");
        let own = [(".github/workflows/a.yml", text.as_str())];
        let texts = own.iter().chain(more).map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect();
        let files = FileSet { texts, ..FileSet::default() };
        let mut problems = Vec::new();
        let set = WorkflowSet::read(&files, &mut problems);
        walk::find(&set, &files, &mut problems).iter().map(|publish| publish.kind.word()).collect()
    }

    #[test]
    fn a_name_is_looked_up_in_the_table_of_the_project() {
        let domain = format!("{}.org", Registry::Pypi.word());
        let table = |url: &str| format!("[[tool.uv.index]]\nname = \"internal\"\npublish-url = \"{url}\"\n");
        for (url, kind) in [
            (format!("https://test.{domain}/legacy/"), "test"),
            (format!("https://upload.{domain}/legacy/"), "production"),
            ("https://pkgs.example/".to_owned(), "other-index"),
        ] {
            let files = [("pyproject.toml", &*table(&url))];
            assert_eq!(kinds("      - run: uv publish --index internal\n", &files), [kind], "{url}");
            let by_variable = "      - run: uv publish\n        env: {UV_PUBLISH_INDEX: internal}\n";
            assert_eq!(kinds(by_variable, &files), [kind], "{url}");
        }
        let other = [("pyproject.toml", &*table("https://pkgs.example/"))];
        assert_eq!(kinds("      - run: uv publish --index main\n", &other), ["production"]);
        assert_eq!(kinds("      - run: uv publish\n", &other), ["production"]);
    }

    #[test]
    fn npm_goes_where_it_was_set_up_to() {
        let steps = |url: &str| {
            format!(
                "      - uses: actions/setup-node@v4\n        with: {{registry-url: '{url}'}}\n      - run: npm publish\n"
            )
        };
        let packages = "https://npm.pkg.github.example";
        let scoped = [("package.json", r#"{"name": "@o/r"}"#)];
        let kind = |url: &str, more: &[(&str, &str)]| kinds(&steps(url), more);
        assert_eq!(kind(packages, &scoped), ["other-index"]);
        assert_eq!(kind(packages, &[("package.json", r#"{"name": "r"}"#)]), ["production"]);
        assert_eq!(kind("https://registry.npmjs.example", &scoped), ["production"]);
        let own =
            [("package.json", r#"{"name": "@o/r", "publishConfig": {"registry": "https://registry.npmjs.example"}}"#)];
        assert_eq!(kind(packages, &own), ["production"]);
        let variable =
            "      - run: npm publish\n        env: {NPM_CONFIG_REGISTRY: 'https://npm.pkg.github.example'}\n";
        assert_eq!(kinds(variable, &[]), ["other-index"]);
    }

    #[test]
    fn a_rehearsal_that_an_expression_asks_for_is_a_release_otherwise() {
        let run = |words: &str, env: &str| {
            let script = serde_json::json!(format!("npm publish {words}"));
            kinds(&format!("      - run: {script}\n        env: {{{env}}}\n"), &[])
        };
        assert_eq!(run("${{ github.ref == 'refs/heads/main' && '--dry-run' }}", ""), ["production"]);
        assert_eq!(run("$DRY", "DRY: \"${{ vars.DRY && '--dry-run' || '' }}\""), ["production"]);
        assert!(run("${{ true && '--dry-run' }}", "").is_empty());
        assert!(run("${{ github.event_name == 'push' && '--dry-run' || '' }}", "").is_empty());
        assert!(run("$DRY", "DRY: --dry-run").is_empty());
    }
}
