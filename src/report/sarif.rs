//! The report as SARIF 2.1.0, for code scanning: a run for each repository, a rule for each requirement.
//!
//! What fails or warns is a result at each of its places. What cannot be told is a result of the kind `open`, what only
//! a person can tell one of the kind `review`, both without a level, since nothing is proved. What passes is left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::link::{Pages, encoded};
use super::{Places, Report, VERSION, open, runner};
use crate::fleet::{Fleet, Repo};
use crate::requirement::{self, Check, Evidence, Finding, Level, Meta, Verdict, explain};
use crate::text::{Region, clean};

/// Where the schema of the format is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Name and version of the way fingerprints are made.
const FINGERPRINT: &str = "shipworthy/v1";

/// Most places of one check that are results; its last one says how many more there are.
const MAX_SPOTS: usize = 100;
/// Most characters of a line that a fingerprint is made of.
const MAX_LINE: usize = 1_000;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    automation_details: Automation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    version_control_provenance: Vec<Provenance>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    help_uri: &'static str,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 3],
}

#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provenance {
    repository_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text<'static>,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Text<'a>,
    locations: Vec<Location>,
    partial_fingerprints: HashMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'a>>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'static>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Lines>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: Cow<'a, str>,
}

/// Writes the report.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let runs = report.fleet.repos.values().map(|repo| run(repo, report)).collect();
    let log = Log { schema: SCHEMA, version: "2.1.0", runs };
    let json = serde_json::to_string_pretty(&log).map_err(io::Error::from)?;
    writeln!(out, "{}", runner::harmless_json(&json))
}

fn run<'a>(repo: &'a Repo, report: &Report<'a>) -> Run<'a> {
    let name = repo.repository().unwrap_or_else(|| repo.target.id.target.to_string());
    let forge = Pages::of(repo);
    let provenance = forge.home().map(|repository_uri| Provenance {
        repository_uri,
        revision_id: repo.commit().map(|id| clean::line(id).into_owned()),
        branch: repo.branch().map(|name| clean::line(name).into_owned()),
    });
    let notifications = repo.problems().map(|problem| {
        let region = problem.place.map(|at| Region { start: at, end: at });
        Notification {
            level: if problem.hides { "error" } else { "warning" },
            message: Text { text: clean::line(&problem.message).into_owned().into() },
            locations: [location(&problem.path, region, None)],
        }
    });
    Run {
        tool: Tool { driver: Driver { name: "shipworthy", semantic_version: VERSION, rules: rules() } },
        automation_details: Automation { id: format!("shipworthy/{}/", clean::line(&name)) },
        version_control_provenance: provenance.into_iter().collect(),
        invocations: [Invocation {
            execution_successful: !report.partial,
            tool_execution_notifications: notifications.collect(),
        }],
        column_kind: "unicodeCodePoints",
        results: results(repo, report.fleet),
    }
}

/// The metas of all requirements, in the order of their ids.
fn metas() -> Vec<&'static Meta> {
    let mut all: Vec<&Meta> = requirement::ALL.iter().map(|known| known.meta()).collect();
    all.sort_by_key(|meta| meta.id);
    all
}

fn rules() -> Vec<Rule> {
    let rule = |meta: &'static Meta| Rule {
        id: meta.id,
        name: meta.slug,
        short_description: Text { text: meta.title.into() },
        full_description: Text { text: explain::ask(meta.id).into() },
        help_uri: meta.spec,
        help: Help { text: explain::body(meta.id), markdown: explain::body(meta.id) },
        default_configuration: Configuration { level: level(meta.level) },
        properties: Properties { tags: ["security", "supply-chain", meta.level.word()] },
    };
    metas().into_iter().map(rule).collect()
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Required => "error",
        Level::Recommended => "warning",
        Level::Informational => "note",
    }
}

/// Kind and level of a finding's results; none for what needs no result.
const fn weight(finding: &Finding, check: &Check) -> Option<(&'static str, &'static str)> {
    match (finding.verdict, check.verdict) {
        (Verdict::Manual, _) => Some(("review", "none")),
        (Verdict::Fail | Verdict::Waived, Verdict::Fail) => Some(("fail", level(finding.meta.level))),
        (Verdict::Unknown | Verdict::Pending, _) => Some(("open", "none")),
        (Verdict::Fail, verdict) if open::is_undecided(verdict) => Some(("open", "none")),
        (Verdict::Fail | Verdict::Waived | Verdict::Warn, _) => Some(("fail", "note")),
        (Verdict::Pass | Verdict::NotApplicable, _) => None,
    }
}

fn results<'a>(repo: &'a Repo, fleet: &Fleet) -> Vec<Outcome<'a>> {
    let mut places = Places::new(&repo.facts);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let index: HashMap<&str, usize> = metas().iter().enumerate().map(|(at, meta)| (meta.id, at)).collect();
    let mut all = Vec::new();
    for finding in open::in_order(repo, fleet) {
        for check in open::reasons(finding) {
            let Some((kind, level)) = weight(finding, check) else { continue };
            let (spots, more) = spots(check, repo, &mut places);
            let said = message(finding, check);
            let last = spots.len().saturating_sub(1);
            for (at, spot) in spots.into_iter().enumerate() {
                let rest =
                    if at == last && more > 0 { format!(" {more} more places are not shown.") } else { String::new() };
                let base = [finding.meta.id, check.id, &spot.path, &spot.text].join("\n");
                let number = seen.entry(base.clone()).and_modify(|count| *count += 1).or_insert(0);
                let print = digest(&format!("{base}\n{number}"));
                all.push(Outcome {
                    rule_id: finding.meta.id,
                    rule_index: index.get(finding.meta.id).copied().unwrap_or_default(),
                    kind,
                    level,
                    message: Text { text: format!("{said}{rest}").into() },
                    locations: vec![location(&spot.path, spot.region, spot.note)],
                    partial_fingerprints: HashMap::from([(FINGERPRINT, print)]),
                    suppressions: suppressions(finding),
                });
            }
        }
    }
    all
}

/// What is wrong and what to do, as one text.
fn message(finding: &Finding, check: &Check) -> String {
    let undecided =
        if open::is_undecided(finding.verdict) { format!(" ({})", open::word(finding.verdict)) } else { String::new() };
    let todo = open::steps(finding).join(" ");
    let settled = open::settled(finding);
    clean::line(&format!("{}{undecided} [{}] What to do: {todo} Settled when: {settled}", check.summary, check.id))
        .into_owned()
}

/// A place of a result, with what its fingerprint is made of: the text there, not the number of the line.
struct Spot {
    path: String,
    region: Option<Region>,
    note: Option<String>,
    text: String,
}

/// The places of a check in files. Code scanning shows nothing without a file, so what a setting lacks is shown at the
/// step that publishes. There are no more than code scanning would show; the number of the others comes beside them.
fn spots(check: &Check, repo: &Repo, places: &mut Places<'_>) -> (Vec<Spot>, usize) {
    let mut all = Vec::new();
    let mut more = 0;
    for evidence in &check.evidence {
        if let Evidence::File { path, span, note } = evidence {
            if all.len() >= MAX_SPOTS {
                more += 1;
                continue;
            }
            let region = span.and_then(|span| places.region(path, span));
            let text = region.and_then(|region| line(path, region, repo)).unwrap_or_default();
            all.push(Spot { path: path.clone(), region, note: Some(note.clone()), text });
        }
    }
    if all.is_empty() {
        all.push(stand_in(repo, places));
    }
    (all, more)
}

/// The first line of a region, without blanks at its ends; of a very long one its beginning.
fn line(path: &str, region: Region, repo: &Repo) -> Option<String> {
    let text = repo.facts.text(path)?;
    Some(text.lines().nth(region.start.line.checked_sub(1)?)?.trim().chars().take(MAX_LINE).collect())
}

fn stand_in(repo: &Repo, places: &mut Places<'_>) -> Spot {
    let set = &repo.facts.workflows;
    let step = repo.facts.publishes.iter().find(|step| step.kind.decides());
    let published = step.and_then(|step| Some((step.workflow(set)?.path.clone(), Some(step.span))));
    let first = || set.workflows.first().map(|workflow| (workflow.path.clone(), None));
    let (path, span) = published.or_else(first).unwrap_or_else(|| (".github/workflows".to_owned(), None));
    let region = span.and_then(|span| places.region(&path, span));
    Spot { path, region, note: None, text: String::new() }
}

fn location(path: &str, region: Option<Region>, note: Option<String>) -> Location {
    let lines = region.map(|region| Lines {
        start_line: region.start.line,
        start_column: region.start.column,
        end_line: region.end.line,
        end_column: region.end.column,
    });
    let message = note.filter(|note| !note.is_empty());
    Location {
        physical_location: Physical {
            artifact_location: Artifact { uri: encoded(&clean::line(path)), uri_base_id: "%SRCROOT%" },
            region: lines,
        },
        message: message.map(|note| Text { text: clean::line(&note).into_owned().into() }),
    }
}

fn suppressions(finding: &Finding) -> Vec<Suppression<'_>> {
    let waiver = finding.waiver.as_ref().filter(|_| finding.verdict == Verdict::Waived);
    let suppression = waiver.map(|waiver| Suppression {
        kind: "external",
        status: "accepted",
        justification: clean::line(&format!("{} ({})", waiver.reason, waiver.owner)).into_owned().into(),
    });
    suppression.into_iter().collect()
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
