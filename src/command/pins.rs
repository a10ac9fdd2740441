//! `pins`: what the references of `uses:` point to, as a file that `--pins` reads.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::choices::Choices;
use super::gather::{self, Watch};
use super::{CommandError, DONE, NOT_READY, Surroundings, asks};
use crate::cli::{Check, Everywhere};
use crate::fact::artifact::Pins;
use crate::fact::workflow::uses::{PinKind, pin_kind};
use crate::fact::{Fact, Facts};
use crate::source::question::{Question, follow_ups};

/// Resolves the references of the targets, and prints them: `owner/name@ref: {sha: …, version: …}`.
///
/// # Errors
/// As for `check`.
pub fn run(
    targets: &[OsString],
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let arguments = Check { targets: targets.to_vec(), only: vec!["R08"], ..Check::default() };
    let choices = Choices::of(everywhere, &arguments, surroundings)?;
    let asks = asks::read(&arguments.targets, &choices, surroundings)?;
    let (fleet, _) = gather::gather(asks, &choices.survey(), choices.rules.clone(), Watch::default())?;
    let mut known = BTreeMap::new();
    let mut open = Vec::new();
    for repo in fleet.repos.values() {
        if let Fact::Unknown(why) = &repo.facts.files {
            surroundings.say(&format!("{}: {}", repo.target.id.target, why.detail));
            open.push(repo.target.id.target.to_string());
        }
        let (resolved, unresolved) = resolved(&repo.facts);
        known.extend(resolved);
        open.extend(unresolved);
    }
    open.sort();
    open.dedup();
    surroundings.output.write_all(written(&known).as_bytes())?;
    if open.is_empty() {
        return Ok(DONE);
    }
    surroundings.say(&format!("not resolved: {}", open.join(", ")));
    Ok(NOT_READY)
}

/// A commit, and the most exact version it is known by.
type Resolved = (String, Option<String>);

/// The references by name of one repository: those that are resolved, and those that are not.
fn resolved(facts: &Facts) -> (BTreeMap<String, Resolved>, Vec<String>) {
    let none = Pins::new();
    let pins = facts.pins.value().unwrap_or(&none);
    let (mut known, mut open) = (BTreeMap::new(), Vec::new());
    for question in follow_ups(facts) {
        let Question::Pin(question) = question else { continue };
        let name = format!("{}@{}", question.repository, question.reference);
        let pin = pins.get(&question.key());
        match pin.and_then(|pin| Some((pin.commit.clone()?, pin.tags.first().cloned()))) {
            Some(resolved) => drop(known.insert(name, resolved)),
            None if pin_kind(&question.reference) == PinKind::Full => {}
            None => open.push(name),
        }
    }
    (known, open)
}

/// The file: one line for each reference, in order.
fn written(known: &BTreeMap<String, Resolved>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let line = |(name, (sha, version)): (&String, &Resolved)| {
        let version = version.as_ref().map(|version| format!(", version: {}", quoted(version))).unwrap_or_default();
        format!("{}: {{sha: {}{version}}}\n", quoted(name), quoted(sha))
    };
    if known.is_empty() { "{}\n".to_owned() } else { known.iter().map(line).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Observation;
    use crate::fact::artifact::Pin;
    use crate::fact::files::FileSet;
    use jiff::Timestamp;

    #[test]
    fn references_are_written_with_their_commit_and_version() {
        let text = "on: push\njobs:\n  a:\n    steps:\n      - uses: o/a@v1\n      - uses: o/b@main\n";
        let files =
            FileSet { texts: [(".github/workflows/a.yml".to_owned(), text.into())].into(), ..FileSet::default() };
        let mut facts = Facts::default();
        facts.record(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
        let pin = Pin { commit: Some("a".repeat(40)), tags: vec!["v1.2.0".into(), "v1".into()], ..Pin::default() };
        let pins = Pins::from([("o/a@v1".to_owned(), pin)]);
        facts.record(Observation::Pins(Fact::local(pins, Timestamp::UNIX_EPOCH)));
        let (known, open) = resolved(&facts);
        assert_eq!(open, ["o/b@main"]);
        assert_eq!(written(&known), format!("\"o/a@v1\": {{sha: \"{}\", version: \"v1.2.0\"}}\n", "a".repeat(40)));
        assert_eq!(written(&BTreeMap::new()), "{}\n");
    }
}
