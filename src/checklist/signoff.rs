//! The sign-off: how a walk stands, written down for others to read and for `check --require-signoff` to look at.
//!
//! It holds no time of its own, so the same facts and answers give the same bytes. What is open is listed as open.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Answer, Kind, Outcome, State, Step, Subject, Walk};
use crate::report::VERSION;

mod markdown;

pub use markdown::{boxes, markdown};

use markdown::TITLE;

/// The format and its version.
const NAME: &str = "shipworthy.signoff/1";

/// JSON Schema of the sign-off.
pub const SCHEMA: &str = include_str!("../../assets/signoff.schema.json");

/// The name of its files, without an ending: another one for each repository and version. Two hyphens part what stands
/// in it, since no owner's name has them; a folder without a name on a forge is told apart by its whole path.
pub fn file_name(subject: &Subject, folder: Option<&str>) -> String {
    let plain = |text: &str| -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '!');
        text.chars().map(|c| if fits(c) { c } else { '-' }).take(60).collect()
    };
    let name = match (&subject.repository, folder) {
        (Some(full), _) => full.split('/').map(plain).collect::<Vec<_>>().join("--"),
        (None, Some(folder)) => {
            let own = plain(subject.called().rsplit('/').find(|part| !part.is_empty()).unwrap_or_default());
            let hash: String =
                Sha256::digest(folder.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            format!("{}-{hash}", own.trim_matches(['-', '.'])).trim_start_matches('-').to_owned()
        }
        (None, None) => plain(subject.called()).trim_matches(['-', '.']).to_owned(),
    };
    let release = subject.release.as_deref().or(subject.commit.as_deref()).unwrap_or("unversioned");
    format!("release-signoff-{name}--{}", plain(release).trim_matches('.'))
}

/// Whether a text begins as a sign-off does, so that a newer one may take its place.
pub fn is_one(text: &str) -> bool {
    let json = format!("{{\n  \"schema\": \"{NAME}\"");
    [format!("# {TITLE}"), format!("**{TITLE}"), json].iter().any(|start| text.starts_with(start.as_str()))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    repository: Option<&'a str>,
    target: &'a str,
    release: Option<&'a str>,
    after: Option<&'a str>,
    branch: Option<&'a str>,
    commit: Option<&'a str>,
    profile: &'static str,
    facts_of: Option<String>,
    outcome: &'static str,
    valid_until: Option<String>,
    counts: Counts,
    steps: Vec<Told<'a>>,
    void: Vec<Void<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    settled: usize,
    failing: usize,
    refused: usize,
    open: usize,
    later: usize,
}

#[derive(Serialize)]
struct Told<'a> {
    id: &'a str,
    phase: &'static str,
    title: &'a str,
    how: &'static str,
    needed: bool,
    result: &'static str,
    why: &'a str,
    evidence: Vec<Evidence<'a>>,
    place: Option<Place<'a>>,
    answer: Option<Given<'a>>,
    waiver: Option<Waived<'a>>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    text: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct Given<'a> {
    said: &'static str,
    who: &'a str,
    at: String,
    commit: Option<&'a str>,
    note: &'a str,
    valid_until: Option<String>,
}

#[derive(Serialize)]
struct Waived<'a> {
    reason: &'a str,
    owner: &'a str,
    until: Option<&'a str>,
}

#[derive(Serialize)]
struct Void<'a> {
    step: &'a str,
    said: &'static str,
    who: &'a str,
    at: String,
    commit: Option<&'a str>,
    reason: &'a str,
}

/// The sign-off as one JSON document.
pub fn json(walk: &Walk) -> String {
    let subject = &walk.subject;
    let document = Document {
        schema: NAME,
        tool: Tool { name: "shipworthy", version: VERSION },
        repository: subject.repository.as_deref(),
        target: &subject.target,
        release: subject.release.as_deref(),
        after: subject.after.as_deref(),
        branch: subject.branch.as_deref(),
        commit: subject.commit.as_deref(),
        profile: subject.profile,
        facts_of: subject.facts_of.map(time),
        outcome: walk.outcome().word(),
        valid_until: walk.ends().map(time),
        counts: counts(walk),
        steps: walk.steps.iter().map(|step| told(step, walk)).collect(),
        void: walk.voided().iter().map(|(answer, reason)| void(answer, reason)).collect(),
    };
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    crate::report::runner::harmless_json(&text).into_owned() + "\n"
}

fn counts(walk: &Walk) -> Counts {
    let needed = walk.steps.iter().filter(|step| step.needed).count();
    let (failing, refused) = (walk.count(State::Failed), walk.count(State::Refused));
    let (open, later) = (walk.count(State::Open), walk.count(State::Later));
    Counts { settled: needed - failing - refused - open - later, failing, refused, open, later }
}

fn told<'a>(step: &'a Step, walk: &'a Walk) -> Told<'a> {
    let answer = walk.answer_to(step).filter(|_| counts_for(walk.state(step)));
    Told {
        id: &step.id,
        phase: step.phase.word(),
        title: &step.title,
        how: if matches!(step.kind, Kind::Ask) || answer.is_some() { "person" } else { "auto" },
        needed: step.needed,
        result: walk.state(step).word(),
        why: &step.why,
        evidence: step.proof.iter().map(|one| Evidence { text: &one.text, url: one.url.as_deref() }).collect(),
        place: step.place.as_ref().map(|(path, line)| Place { path, line: *line }),
        answer: answer.map(|answer| Given {
            said: answer.said.word(),
            who: &answer.who,
            at: time(answer.at),
            commit: answer.commit.as_deref(),
            note: &answer.note,
            valid_until: answer.ends(step.lasting).map(time),
        }),
        waiver: step.waiver.as_ref().map(|waiver| Waived {
            reason: &waiver.reason,
            owner: &waiver.owner,
            until: waiver.until.as_deref(),
        }),
    }
}

/// Whether an answer is what makes a step stand so.
const fn counts_for(state: State) -> bool {
    matches!(state, State::Attested | State::Skipped | State::Refused)
}

fn void<'a>(answer: &'a Answer, reason: &'a str) -> Void<'a> {
    Void {
        step: &answer.step,
        said: answer.said.word(),
        who: &answer.who,
        at: time(answer.at),
        commit: answer.commit.as_deref(),
        reason,
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What is looked at of a sign-off.
#[derive(Deserialize)]
struct Read {
    schema: String,
    repository: Option<String>,
    commit: Option<String>,
    outcome: String,
    valid_until: Option<Timestamp>,
}

/// Whether a text is a sign-off that holds for this commit of this repository.
///
/// # Errors
/// Why it is not, in words.
pub fn verify(text: &str, repository: Option<&str>, commit: Option<&str>, now: Timestamp) -> Result<(), String> {
    let read: Read = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("it cannot be read: {}", crate::text::clean::line(&error.to_string())))?;
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    if read.schema != NAME {
        return Err(format!("it is not of the form {NAME}"));
    }
    if let (Some(wanted), Some(found)) = (repository, &read.repository)
        && !same(wanted, found)
    {
        return Err(format!("it is about {}", crate::text::clean::short(found, 80)));
    }
    match (commit, &read.commit) {
        (Some(wanted), Some(found)) if wanted == found => {}
        (Some(_), Some(found)) => {
            return Err(format!("it is about the commit {}", crate::text::clean::short(found, 40)));
        }
        (None, _) => return Err("the commit that is judged is not known".to_owned()),
        (_, None) => return Err("it names no commit".to_owned()),
    }
    if read.outcome != Outcome::SignedOff.word() {
        return Err(format!("it is {}", crate::text::clean::short(&read.outcome, 40)));
    }
    match read.valid_until {
        Some(end) if end < now => Err(format!("an answer that it rests on ended on {}", time(end))),
        _ => Ok(()),
    }
}
