//! What is open about a repository, in order of importance, with its reason, its place, what to do and how to see it
//! settled. The formats for reviews and continuous integration tell all of it, each in its own form.

use super::Places;
use super::text::matters;
use crate::fact::{Fact, Facts, Reason, Topic, Unknown};
use crate::fleet::{Fleet, Repo};
use crate::requirement::{Check, Evidence, Finding, Level, Role, Verdict, explain};
use crate::text::clean;

/// Verdicts in the order of their importance.
const ORDER: [Verdict; 8] = [
    Verdict::Fail,
    Verdict::Pending,
    Verdict::Unknown,
    Verdict::Manual,
    Verdict::Warn,
    Verdict::Waived,
    Verdict::Pass,
    Verdict::NotApplicable,
];

/// The findings of a repository: first what keeps it from being ready, then the rest; failing before undecided.
pub fn in_order<'a>(repo: &'a Repo, fleet: &Fleet) -> Vec<&'a Finding> {
    let mut all: Vec<&Finding> = repo.findings.iter().collect();
    let rank = |verdict| ORDER.iter().position(|known| *known == verdict);
    all.sort_by_key(|finding| (!fleet.is_open(finding), rank(finding.verdict), finding.meta.level, finding.meta.id));
    all
}

/// Whether a finding asks for something: it fails, cannot be told, or has something to improve.
pub const fn is_open(verdict: Verdict) -> bool {
    is_undecided(verdict) || matches!(verdict, Verdict::Fail | Verdict::Warn)
}

/// Whether a verdict is none yet.
pub const fn is_undecided(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unknown | Verdict::Manual | Verdict::Pending)
}

/// The verdict as reports write it: what is still awaited when a report is made is unknown.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pending => Verdict::Unknown.word(),
        known => known.word(),
    }
}

/// The checks that explain a finding; where none stands out, those that decide.
pub fn reasons(finding: &Finding) -> Vec<&Check> {
    let loud: Vec<&Check> = finding.checks.iter().filter(|check| matters(check)).collect();
    if !loud.is_empty() {
        return loud;
    }
    finding.checks.iter().filter(|check| check.role == Role::Decisive).collect()
}

/// Where something is to be seen or to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A place in a file.
    File {
        /// Path from the root, with `/`.
        path: String,
        /// First and last line, where they are known.
        lines: Option<(usize, usize)>,
        /// What is to be seen there.
        note: String,
    },
    /// A field of an answer.
    Answer {
        /// Method and path.
        endpoint: String,
        /// Status; 0 where nothing was asked.
        status: u16,
        /// The field.
        field: String,
        /// Its value.
        value: String,
    },
    /// Places that were searched without success.
    Searched(Vec<String>),
    /// What a person said.
    Said(String),
}

/// The places of a check; of what was never asked, the request that would tell.
pub fn spots(check: &Check, finding: &Finding, facts: &Facts, places: &mut Places<'_>) -> Vec<Spot> {
    let seen: Vec<Spot> = check.evidence.iter().map(|evidence| spot(evidence, places)).collect();
    if !seen.is_empty() || !is_open(check.verdict) {
        return seen;
    }
    let topics = finding.meta.needs.iter().filter(|_| is_undecided(check.verdict));
    let asked: Vec<Spot> = topics.filter_map(|topic| unasked(*topic, facts)).collect();
    if asked.is_empty() { vec![Spot::Searched(searched(finding, facts))] } else { asked }
}

fn spot(evidence: &Evidence, places: &mut Places<'_>) -> Spot {
    match evidence {
        Evidence::File { path, span, note } => {
            let region = span.and_then(|span| places.region(path, span));
            let lines = region.map(|region| {
                // An end at the first column belongs to the line before it.
                let last = if region.end.column > 1 { region.end.line } else { region.end.line.saturating_sub(1) };
                (region.start.line, last.max(region.start.line))
            });
            Spot::File { path: path.clone(), lines, note: note.clone() }
        }
        Evidence::Api { endpoint, status, field, value, .. } => {
            Spot::Answer { endpoint: endpoint.clone(), status: *status, field: field.clone(), value: value.clone() }
        }
        Evidence::Absence { looked_in } => Spot::Searched(looked_in.clone()),
        Evidence::Person { who, at, note } => Spot::Said(format!("{who} on {at}: {note}")),
    }
}

/// The request that would answer a topic that is not known.
fn unasked(topic: Topic, facts: &Facts) -> Option<Spot> {
    let (endpoint, field) = request(topic)?;
    is_missing(topic, facts).then(|| Spot::Answer {
        endpoint: endpoint.to_owned(),
        status: 0,
        field: field.to_owned(),
        value: String::new(),
    })
}

fn is_missing(topic: Topic, facts: &Facts) -> bool {
    fn no<T>(fact: &Fact<T>) -> bool {
        fact.value().is_none()
    }
    match topic {
        Topic::Repository => no(&facts.repository),
        Topic::Protection => no(&facts.protection),
        Topic::ActionsPolicy => no(&facts.actions_policy),
        Topic::DefaultToken => no(&facts.default_token),
        Topic::Environments => no(&facts.environments),
        Topic::Tags => no(&facts.tags),
        Topic::Release => no(&facts.release),
        Topic::Attestations => no(&facts.attestations),
        Topic::Provenance => no(&facts.provenance),
        Topic::Runs => no(&facts.runs),
        Topic::Pins => no(&facts.pins),
        _ => false,
    }
}

/// The request behind a topic, and the field that decides.
const fn request(topic: Topic) -> Option<(&'static str, &'static str)> {
    Some(match topic {
        Topic::Repository => ("GET /repos/{owner}/{repo}", "default_branch"),
        Topic::Protection => ("GET /repos/{owner}/{repo}/rules/branches/{branch}", "type"),
        Topic::ActionsPolicy => ("GET /repos/{owner}/{repo}/actions/permissions", "allowed_actions"),
        Topic::DefaultToken => {
            ("GET /repos/{owner}/{repo}/actions/permissions/workflow", "default_workflow_permissions")
        }
        Topic::Environments => ("GET /repos/{owner}/{repo}/environments", "protection_rules"),
        Topic::Tags => ("GET /repos/{owner}/{repo}/commits/{tag}", "commit.verification"),
        Topic::Release => ("GET /repos/{owner}/{repo}/releases/latest", "assets"),
        Topic::Attestations => ("GET /repos/{owner}/{repo}/attestations/{digest}", "attestations"),
        Topic::Provenance => ("GET /integrity/{project}/{version}/{file}/provenance", "attestation_bundles"),
        Topic::Runs => ("GET /repos/{owner}/{repo}/actions/workflows/{file}/runs", "event"),
        Topic::Pins => ("GET /repos/{owner}/{repo}/git/ref/tags/{tag}", "object.sha"),
        _ => return None,
    })
}

/// The files that a finding without evidence was judged by.
fn searched(finding: &Finding, facts: &Facts) -> Vec<String> {
    let workflows = facts.workflows.workflows.iter().map(|workflow| workflow.path.clone());
    let all: Vec<String> = if finding.meta.needs.contains(&Topic::Files) { workflows.collect() } else { Vec::new() };
    if all.is_empty() { vec![".github/workflows/".to_owned()] } else { all }
}

/// A place in one line.
pub fn in_words(spot: &Spot) -> String {
    match spot {
        Spot::File { path, lines: Some((line, _)), note } => format!("{path}:{line} {note}"),
        Spot::File { path, lines: None, note } => format!("{path} {note}"),
        Spot::Answer { endpoint, status: 0, field, .. } => format!("{endpoint}, field {field}, which was not answered"),
        Spot::Answer { endpoint, status, field, value } => {
            format!("{endpoint} answered {status}, field {field}: {}", clean::short(value, 160))
        }
        Spot::Searched(places) => {
            format!("looked in {}", places.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
        }
        Spot::Said(words) => format!("said by {words}"),
    }
}

/// What to do about a finding, in order.
pub fn steps(finding: &Finding) -> Vec<String> {
    let mut all: Vec<String> = finding.unknown().map(way).into_iter().collect();
    if let Some(fix) = &finding.fix {
        all.push(format!("`shipworthy fix --only {}` offers: {} ({})", finding.meta.id, fix.title, fix.safety.word()));
    }
    all.extend(finding.guide.iter().flat_map(|guide| guide.steps.iter().cloned()));
    if all.is_empty() {
        all.push(explain::section(finding.meta.id, "What to do").into_iter().next().unwrap_or_default());
    }
    all
}

/// What to do about something that is not known.
fn way(why: &Unknown) -> String {
    let own = why.settle().map(|way| format!("What settles it: {way}"));
    let way = match why.reason {
        _ if own.is_some() => own.as_deref().unwrap_or_default(),
        Reason::Offline => "Judge it where the network may be asked, without `--offline`",
        Reason::Auth => "Use a token that the server accepts",
        Reason::Permission => "Use a token that may see it",
        Reason::NotFound => "Look whether the name is right, or use a token that can see it",
        Reason::RateLimit => "Judge it again when the limit is reset",
        Reason::Unsupported => "Look it up by hand; this server cannot tell",
        Reason::Failed => "Judge it again",
        Reason::NotParsed => "Put the file right that could not be read; it is listed with the problems",
        Reason::RunTime => "Write the value into the workflow, or look at one of its runs",
    };
    why.needs.as_ref().map_or_else(|| way.to_owned(), |needs| format!("{way} (it needs `{needs}`)"))
}

/// How to see a finding settled.
pub fn settled(finding: &Finding) -> String {
    let again = format!("`shipworthy check --only {}`", finding.meta.id);
    match finding.verdict {
        Verdict::Unknown | Verdict::Pending => format!("{again} no longer says unknown"),
        Verdict::Manual => format!("a person answers it in `shipworthy checklist`, or {again} finds it"),
        _ => format!("{again} shows pass"),
    }
}

/// How much an open finding weighs: it keeps a repository from being ready, or it is only shown.
pub fn weight(finding: &Finding) -> &'static str {
    match finding.meta.level {
        Level::Required => "required",
        Level::Recommended => "recommended",
        Level::Informational => "informational",
    }
}
