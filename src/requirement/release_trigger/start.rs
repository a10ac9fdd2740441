//! A workflow to start with, for a repository that publishes by hand: complete for its kind of package, and in order
//! by every requirement.

use serde_json::Value;

use super::super::amend::refusal;
use super::super::{FileFix, Fix, FixOffer, Proposal, Safety, bundled};
use super::META;
use crate::fact::Facts;
use crate::fact::files::FileSet;

/// A kind of package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Python,
    Crate,
    Npm,
}

/// What a kind of package takes.
struct Row {
    kind: Kind,
    words: &'static str,
    template: &'static str,
    environment: &'static str,
    actions: &'static [&'static str],
}

const ROWS: &[Row] = &[
    Row {
        kind: Kind::Python,
        words: "a Python package",
        template: include_str!("../../../assets/templates/release-python.yml"),
        environment: "pypi",
        actions: &[
            "actions/checkout",
            "actions/setup-python",
            "actions/upload-artifact",
            "actions/download-artifact",
            "actions/attest",
            "pypa/gh-action-pypi-publish",
        ],
    },
    Row {
        kind: Kind::Crate,
        words: "a Rust crate",
        template: include_str!("../../../assets/templates/release-crate.yml"),
        environment: "crates-io",
        actions: &["actions/checkout", "actions/attest", "rust-lang/crates-io-auth-action"],
    },
    Row {
        kind: Kind::Npm,
        words: "an npm package",
        template: include_str!("../../../assets/templates/release-npm.yml"),
        environment: "npm",
        actions: &[
            "actions/checkout",
            "actions/setup-node",
            "actions/upload-artifact",
            "actions/download-artifact",
            "actions/attest",
        ],
    },
];

/// Names that the workflow may take, the usual one first.
const PATHS: &[&str] =
    &[".github/workflows/release.yml", ".github/workflows/publish.yml", ".github/workflows/publish-package.yml"];

/// Whether a package is there that a workflow could publish.
pub fn offer(facts: &Facts) -> Option<FixOffer> {
    row(facts).map(|row| FixOffer::review(title(row)))
}

fn title(row: &Row) -> String {
    format!("start with a release workflow for {}: pinned, reviewed, attested and without a stored token", row.words)
}

/// The workflow, or which commit is not known that it needs.
pub fn propose(facts: &Facts) -> Proposal {
    let Some((row, files)) = row(facts).zip(facts.files.value()) else { return Proposal::default() };
    match made(facts, files, row) {
        Ok(fix) => Proposal { fixes: vec![fix], refusals: Vec::new() },
        Err(why) => {
            let refusals = vec![refusal(&META, PATHS.first().copied().unwrap_or_default(), why, "")];
            Proposal { fixes: Vec::new(), refusals }
        }
    }
}

fn made(facts: &Facts, files: &FileSet, row: &Row) -> Result<Fix, String> {
    let free = PATHS.iter().find(|path| !files.exists(path) && files.hidden(path).is_none());
    let path = (*free.ok_or("every name for a release workflow is taken")?).to_owned();
    let mut text = row.template.replace("{environment}", row.environment);
    for action in row.actions {
        let pinned = bundled::pinned(facts, action).ok_or_else(|| {
            format!("no commit of {action}@v1 is known: name it with `--pins FILE`, or allow the network")
        })?;
        text = text.replace(&format!("{{{action}}}"), &pinned);
    }
    let compiled = row.kind == Kind::Python && is_compiled(files);
    text = text.replace("{options}", if compiled { " --sdist" } else { "" });
    let locked = files.exists("package-lock.json") || files.exists("npm-shrinkwrap.json");
    text = text.replace("{install}", if locked { "ci" } else { "install" });
    let mut notes = vec![
        format!(
            "first, make the environment `{}` in the settings, with another maintainer as required reviewer",
            row.environment
        ),
        format!("then add the trusted publisher on the index: {}", publisher(facts, &path, row)),
        "tags that begin with `v` start it: protect them with a tag ruleset".to_owned(),
    ];
    if compiled {
        notes.push("only the source archive is built: wheels of a compiled package need a job of their own".to_owned());
    }
    if row.kind == Kind::Npm && !locked {
        notes.push("there is no lock file, so what is installed to build is not fixed".to_owned());
    }
    let (requirement, title) = (META.id, title(row));
    Ok(Fix { requirement, safety: Safety::Review, title, files: vec![FileFix::Create { path, text }], notes })
}

fn publisher(facts: &Facts, path: &str, row: &Row) -> String {
    let name = facts.full_name().unwrap_or_else(|| "OWNER/REPOSITORY".to_owned());
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = crate::text::clean::short(&name, 100);
    format!("repository {name}, workflow {file}, environment {}", row.environment)
}

fn row(facts: &Facts) -> Option<&'static Row> {
    let kind = kind(facts.files.value()?)?;
    ROWS.iter().find(|row| row.kind == kind)
}

/// The kind of package at the root. A Python package with parts in Rust or for the browser is one of Python.
fn kind(files: &FileSet) -> Option<Kind> {
    if is_python(files) {
        Some(Kind::Python)
    } else if is_crate(files) {
        Some(Kind::Crate)
    } else {
        is_npm(files).then_some(Kind::Npm)
    }
}

fn table(files: &FileSet, path: &str) -> Option<toml::Table> {
    files.text(path)?.parse().ok()
}

fn is_python(files: &FileSet) -> bool {
    let project = table(files, "pyproject.toml").is_some_and(|table| {
        let private = |value: &toml::Value| value.as_str().is_some_and(|text| text.starts_with("Private ::"));
        let project = table.get("project");
        let classifiers = project.and_then(|project| project.get("classifiers")).and_then(toml::Value::as_array);
        (project.is_some() || table.contains_key("build-system"))
            && !classifiers.is_some_and(|all| all.iter().any(private))
    });
    project || files.exists("setup.py") || files.text("setup.cfg").is_some_and(|text| text.contains("[metadata]"))
}

/// Whether a build makes wheels for one platform, which an index takes only from a build of its own.
fn is_compiled(files: &FileSet) -> bool {
    let backend = table(files, "pyproject.toml").and_then(|table| {
        let backend = table.get("build-system")?.get("build-backend")?.as_str()?.to_owned();
        Some(backend)
    });
    let compiled = ["maturin", "mesonpy", "scikit_build_core"];
    backend.is_some_and(|backend| compiled.iter().any(|known| backend.starts_with(known)))
        || files.text("setup.py").is_some_and(|text| text.contains("ext_modules"))
}

fn is_crate(files: &FileSet) -> bool {
    table(files, "Cargo.toml").is_some_and(|table| {
        let package = table.get("package");
        package.is_some_and(|package| package.get("publish").and_then(toml::Value::as_bool) != Some(false))
    })
}

fn is_npm(files: &FileSet) -> bool {
    let package: Option<Value> = files.text("package.json").and_then(|text| serde_json::from_str(text).ok());
    package.is_some_and(|package| {
        let named = package.get("name").is_some_and(Value::is_string);
        named && package.get("version").is_some() && package.get("private") != Some(&Value::Bool(true))
    })
}

#[cfg(test)]
mod tests;
