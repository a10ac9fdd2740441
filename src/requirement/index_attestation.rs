//! Attestations that a package index makes by itself (PEP 740 on PyPI, provenance on npm).

use super::publishing;
use crate::fact::Facts;
use crate::fact::release::credential::{Source, credentials};
use crate::fact::release::{Publish, Registry, Scope};
use crate::fact::workflow::shell::Command;
use crate::fact::workflow::uses::{PinKind, version_in};
use crate::fact::workflow::{Access, Step, Text};

/// Whether the index makes an attestation of its own for a publish step.
pub enum Made {
    /// Yes, and who makes it.
    Yes(&'static str),
    /// It depends on something the files do not tell.
    Unsure(String),
    /// No, and why not.
    No(&'static str),
}

/// The first version of the upload action that attests unless told not to.
const FIRST_VERSION: (u64, u64) = (1, 11);

/// Whether a registry makes attestations of its own. Of one that is not told, nobody knows.
pub const fn may_make(registry: Registry) -> bool {
    matches!(registry, Registry::Pypi | Registry::Npm | Registry::Other)
}

/// What the index does for a publish step.
pub fn made(facts: &Facts, publish: &Publish) -> Made {
    let (Some(workflow), Some(job), Some(step)) =
        (publish.workflow(&facts.workflows), publish.job(&facts.workflows), publish.acting.as_ref())
    else {
        return Made::Unsure("a called workflow publishes".to_owned());
    };
    let scope = Scope { workflow, job, step };
    let trusted = publishing::granted(facts, (publish.workflow, publish.job), "id-token") == Access::Write;
    match publish.registry {
        Registry::Pypi if publish.found_by.contains("gh-action-pypi-publish") => {
            pypi_action(facts, publish, step, trusted)
        }
        Registry::Pypi => Made::No("this uploader sends none by itself"),
        Registry::Npm => npm(publish, &scope, trusted),
        _ => Made::No("nothing before it attests, and the registry makes none"),
    }
}

fn pypi_action(facts: &Facts, publish: &Publish, step: &Step, trusted: bool) -> Made {
    let input = |name: &str| step.with.get(name).map(Text::trimmed).filter(|text| !text.is_empty());
    let asked = input("attestations");
    if asked.is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        return Made::No("`attestations: false` turns them off");
    }
    let user = input("user").is_some_and(|user| user != "__token__");
    if input("password").is_some() || user || !trusted {
        return Made::No("the index attests only what comes by trusted publishing");
    }
    if asked.is_some_and(|value| value.contains("${{")) {
        return Made::Unsure("whether the upload action attests is decided when it runs".to_owned());
    }
    let asked = asked.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    match pinned_version(facts, publish.workflow, &publish.file, step) {
        Some(version) if version >= FIRST_VERSION || asked => Made::Yes("PyPI"),
        Some(_) => Made::No("this version of the upload action attests only when told to"),
        None => Made::Unsure("which version of the upload action the pin names is not said".to_owned()),
    }
}

/// Major and minor version of the action of a step in a file, by its reference or the comment behind it. A moving major
/// tag or release branch counts as current.
pub fn pinned_version(facts: &Facts, workflow: usize, file: &str, step: &Step) -> Option<(u64, u64)> {
    let uses = step.uses.as_ref()?;
    let named = match uses.pin()? {
        PinKind::Name => uses.git_ref()?.rsplit('/').next()?.to_owned(),
        PinKind::Full | PinKind::Partial => {
            let set = &facts.workflows;
            let in_workflow = set.workflows.get(workflow).filter(|workflow| workflow.path == file);
            let comment = match in_workflow {
                Some(workflow) => workflow.comment_after(uses.text.span),
                None => set.actions.values().find(|action| action.path == file)?.comment_after(uses.text.span),
            };
            version_in(&comment?.value)?
        }
    };
    let mut parts = named.trim_start_matches(['v', 'V']).split('.').map(|part| part.parse::<u64>().ok());
    let major = parts.next()??;
    Some((major, parts.next().flatten().unwrap_or(u64::MAX)))
}

fn npm(publish: &Publish, scope: &Scope<'_>, trusted: bool) -> Made {
    let variable = scope.env("NPM_CONFIG_PROVENANCE");
    let told = by_option(publish);
    if told.is_none() && variable.is_some_and(Text::has_expression) {
        return Made::Unsure("whether npm attests is decided when it runs".to_owned());
    }
    let told = told.or_else(|| variable.map(|text| text.trimmed().eq_ignore_ascii_case("true")));
    let token = credentials(scope).iter().any(|held| held.registry == Registry::Npm && held.source != Source::Minted);
    match (trusted, told) {
        (_, Some(false)) => Made::No("`provenance` is turned off"),
        (true, Some(true)) => Made::Yes("npm"),
        (true, None) if !token => Made::Yes("npm"),
        (true, None) => Made::No("with a token npm attests only when told to (`--provenance`)"),
        (false, _) => Made::No("npm attests only with an identity token"),
    }
}

/// Whether the last option for it tells npm to attest, or not to.
fn by_option(publish: &Publish) -> Option<bool> {
    let words = publish.command.as_ref().map(Command::args).unwrap_or_default();
    words.iter().enumerate().rev().find_map(|(at, word)| match *word {
        "--no-provenance" => Some(false),
        "--provenance" => Some(words.get(at + 1) != Some(&"false")),
        word => Some(word.strip_prefix("--provenance=")? != "false"),
    })
}
