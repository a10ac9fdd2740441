//! The JSON report. The order of the fields here is the order of the keys; the schema is `assets/report.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::{Comparison, Look, Places, Report, VERSION, runner};
use crate::fact::Unknown as Why;
use crate::fact::files::Problem as FileProblem;
use crate::fact::release::Publish as PublishStep;
use crate::fleet::{Readiness, Repo, Rules};
use crate::requirement::{Check as JudgedCheck, Evidence as Seen, Finding, Verdict};
use crate::text::clean;

/// A text from outside, cleaned.
type Clean<'a> = Cow<'a, str>;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    generated_at: String,
    tool: Tool,
    profile: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    partial: bool,
    repositories: Vec<Judged<'a>>,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a Comparison>,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct Judged<'a> {
    target: Clean<'a>,
    repository: Option<String>,
    path: Option<Clean<'a>>,
    branch: Option<Clean<'a>>,
    commit: Option<Clean<'a>>,
    readiness: &'static str,
    publishes: Vec<Publish<'a>>,
    requirements: Vec<Requirement<'a>>,
    problems: Vec<Problem<'a>>,
}

#[derive(Debug, Serialize)]
struct Publish<'a> {
    workflow: Clean<'a>,
    job: Clean<'a>,
    step: Option<usize>,
    line: Option<usize>,
    registry: &'static str,
    kind: &'static str,
    found_by: Clean<'a>,
}

#[derive(Debug, Serialize)]
struct Requirement<'a> {
    id: &'static str,
    slug: &'static str,
    level: &'static str,
    verdict: &'static str,
    summary: Clean<'a>,
    checks: Vec<Check<'a>>,
    fix: Option<Fix<'a>>,
    guide: Option<Guide<'a>>,
    waiver: Option<Waiver<'a>>,
}

#[derive(Debug, Serialize)]
struct Check<'a> {
    id: &'static str,
    role: &'static str,
    verdict: &'static str,
    summary: Clean<'a>,
    unknown: Option<Unknown<'a>>,
    evidence: Vec<Evidence<'a>>,
}

#[derive(Debug, Serialize)]
struct Unknown<'a> {
    reason: &'static str,
    needs: Option<Clean<'a>>,
    detail: Clean<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Evidence<'a> {
    File {
        path: Clean<'a>,
        line: Option<usize>,
        column: Option<usize>,
        end_line: Option<usize>,
        end_column: Option<usize>,
        note: Clean<'a>,
    },
    Api {
        endpoint: Clean<'a>,
        status: u16,
        field: Clean<'a>,
        value: Clean<'a>,
        fetched_at: Option<String>,
        #[serde(skip_serializing_if = "is_false")]
        stale: bool,
    },
    Absence {
        looked_in: Vec<Clean<'a>>,
    },
    Person {
        who: Clean<'a>,
        at: Clean<'a>,
        note: Clean<'a>,
    },
}

#[derive(Debug, Serialize)]
struct Fix<'a> {
    safety: &'static str,
    title: Clean<'a>,
}

#[derive(Debug, Serialize)]
struct Guide<'a> {
    url: Clean<'a>,
    steps: Vec<Clean<'a>>,
    command: Clean<'a>,
}

#[derive(Debug, Serialize)]
struct Waiver<'a> {
    reason: Clean<'a>,
    owner: Clean<'a>,
    until: Option<Clean<'a>>,
}

#[derive(Debug, Serialize)]
struct Problem<'a> {
    path: Clean<'a>,
    line: Option<usize>,
    column: Option<usize>,
    message: Clean<'a>,
}

#[derive(Debug, Serialize)]
struct Summary {
    repositories: usize,
    ready: usize,
    not_ready: usize,
    undecided: usize,
}

// serde hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature `skip_serializing_if` asks for")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Writes the document.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, look: &Look<'_>, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string_pretty(&Document::of(report, look.comparison)).map_err(io::Error::from)?;
    writeln!(out, "{}", runner::harmless_json(&json))
}

impl<'a> Document<'a> {
    /// The document of a report.
    pub fn of(report: &Report<'a>, comparison: Option<&'a Comparison>) -> Self {
        let Report { fleet, at, partial } = *report;
        let count = |readiness| fleet.repos.values().filter(|repo| repo.readiness(&fleet.rules) == readiness).count();
        Self {
            schema: "shipworthy.report/1",
            generated_at: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            tool: Tool { name: "shipworthy", version: VERSION },
            profile: fleet.rules.profile.word(),
            partial,
            repositories: fleet.repos.values().map(|repo| repository(repo, &fleet.rules)).collect(),
            summary: Summary {
                repositories: fleet.repos.len(),
                ready: count(Readiness::Ready),
                not_ready: count(Readiness::NotReady),
                undecided: count(Readiness::Undecided),
            },
            comparison,
        }
    }
}

fn repository<'a>(repo: &'a Repo, rules: &Rules) -> Judged<'a> {
    let mut places = Places::new(&repo.facts);
    Judged {
        target: clean::line(&repo.target.id.target),
        repository: repo.repository().map(|name| clean::line(&name).into_owned()),
        path: repo.target.path.as_deref().map(clean::line),
        branch: repo.branch().map(clean::line),
        commit: repo.commit().map(clean::line),
        readiness: repo.readiness(rules).word(),
        publishes: repo.facts.publishes.iter().map(|step| publish(step, repo, &mut places)).collect(),
        requirements: repo.findings.iter().map(|finding| requirement(finding, &mut places)).collect(),
        problems: repo.problems().map(problem).collect(),
    }
}

fn publish<'a>(step: &'a PublishStep, repo: &'a Repo, places: &mut Places<'_>) -> Publish<'a> {
    let set = &repo.facts.workflows;
    let workflow = step.workflow(set).map_or(step.file.as_str(), |workflow| workflow.path.as_str());
    Publish {
        workflow: clean::line(workflow),
        job: step.job(set).map(|job| clean::line(&job.id.value)).unwrap_or_default(),
        step: step.step,
        line: places.region(workflow, step.span).map(|region| region.start.line),
        registry: step.registry.word(),
        kind: step.kind.word(),
        found_by: clean::line(&step.found_by),
    }
}

fn requirement<'a>(finding: &'a Finding, places: &mut Places<'_>) -> Requirement<'a> {
    Requirement {
        id: finding.meta.id,
        slug: finding.meta.slug,
        level: finding.meta.level.word(),
        verdict: word(finding.verdict),
        summary: clean::line(&finding.summary),
        checks: finding.checks.iter().map(|judged| check(judged, places)).collect(),
        fix: finding.fix.as_ref().map(|fix| Fix { safety: fix.safety.word(), title: clean::line(&fix.title) }),
        guide: finding.guide.as_ref().map(|guide| Guide {
            url: clean::line(&guide.url),
            steps: guide.steps.iter().map(|step| clean::line(step)).collect(),
            // A command may be a script of several lines; JSON writes their ends as `\n`.
            command: clean::block(&guide.command),
        }),
        waiver: finding.waiver.as_ref().map(|waiver| Waiver {
            reason: clean::line(&waiver.reason),
            owner: clean::line(&waiver.owner),
            until: waiver.until.as_deref().map(clean::line),
        }),
    }
}

/// The word of a verdict. A report is made when nothing more will come, so what is still awaited is unknown.
const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pending => Verdict::Unknown.word(),
        known => known.word(),
    }
}

fn check<'a>(judged: &'a JudgedCheck, places: &mut Places<'_>) -> Check<'a> {
    Check {
        id: judged.id,
        role: judged.role.word(),
        verdict: word(judged.verdict),
        summary: clean::line(&judged.summary),
        unknown: judged.unknown.as_ref().map(unknown),
        evidence: judged.evidence.iter().map(|seen| evidence(seen, places)).collect(),
    }
}

fn unknown(why: &Why) -> Unknown<'_> {
    Unknown {
        reason: why.reason.word(),
        needs: why.needs.as_deref().map(clean::line),
        detail: clean::line(&why.detail),
    }
}

fn evidence<'a>(seen: &'a Seen, places: &mut Places<'_>) -> Evidence<'a> {
    match seen {
        Seen::File { path, span, note } => {
            let region = span.and_then(|span| places.region(path, span));
            Evidence::File {
                path: clean::line(path),
                line: region.map(|region| region.start.line),
                column: region.map(|region| region.start.column),
                end_line: region.map(|region| region.end.line),
                end_column: region.map(|region| region.end.column),
                note: clean::line(note),
            }
        }
        Seen::Api { endpoint, status, field, value, fetched_at, stale } => Evidence::Api {
            endpoint: clean::line(endpoint),
            status: *status,
            field: clean::line(field),
            value: clean::line(value),
            fetched_at: fetched_at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            stale: *stale,
        },
        Seen::Absence { looked_in } => {
            Evidence::Absence { looked_in: looked_in.iter().map(|place| clean::line(place)).collect() }
        }
        Seen::Person { who, at, note } => {
            Evidence::Person { who: clean::line(who), at: clean::line(at), note: clean::line(note) }
        }
    }
}

fn problem(problem: &FileProblem) -> Problem<'_> {
    Problem {
        path: clean::line(&problem.path),
        line: problem.place.map(|place| place.line),
        column: problem.place.map(|place| place.column),
        message: clean::line(&problem.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Fleet;
    use crate::report::{SCHEMA, sample, write_json};
    use crate::requirement::token_permissions;
    use crate::text::Span;

    fn json(fleet: &Fleet, partial: bool) -> String {
        let mut out = Vec::new();
        write_json(&Report { fleet, at: sample::now(), partial }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_document_is_as_documented() {
        let text = json(&sample::every_verdict(), false).replace(VERSION, "[version]");
        insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!("json", text);
        });
    }

    #[test]
    fn every_document_fits_its_schema() {
        let validator = jsonschema::draft202012::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
        for fleet in [sample::every_verdict(), sample::several(), sample::hostile(), Fleet::default()] {
            for partial in [false, true] {
                let document = serde_json::from_str(&json(&fleet, partial)).unwrap();
                validator.validate(&document).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
                assert_eq!(document.get("partial").is_some(), partial);
            }
        }
        let strange = serde_json::json!({"schema": "shipworthy.report/1", "more": 1});
        assert!(!validator.is_valid(&strange), "the schema refuses what is not a report");
    }

    #[test]
    fn no_unwanted_character_is_written() {
        let text = json(&sample::hostile(), false);
        let bad = text.chars().find(|c| *c != '\n' && clean::is_unwanted(*c));
        assert_eq!(bad, None, "{text:?}");
    }

    #[test]
    fn many_places_in_one_long_line_cost_little() {
        let mut fleet = sample::every_verdict();
        let repo = fleet.repos.values_mut().next().unwrap();
        let text: std::sync::Arc<str> = "é ".repeat(600_000).into();
        let files = crate::fact::files::FileSet {
            texts: std::collections::BTreeMap::from([("long.yml".to_owned(), text)]),
            ..crate::fact::files::FileSet::default()
        };
        repo.facts.record(crate::fact::Observation::Files(crate::fact::Fact::local(files, sample::now())));
        let places = (0..20_000).map(|n| Seen::at("long.yml", Span::new(n * 90, n * 90 + 2), "x"));
        let check = JudgedCheck::decisive("workflow-permissions", Verdict::Fail, "x").with_all(places);
        repo.findings = vec![sample::finding(&token_permissions::META, vec![check])];
        let begin = std::time::Instant::now();
        let document: serde_json::Value = serde_json::from_str(&json(&fleet, false)).unwrap();
        let last = &document["repositories"][0]["requirements"][0]["checks"][0]["evidence"][19_999];
        assert_eq!(last["column"], 19_999 * 60 + 1);
        assert!(begin.elapsed().as_secs() < 10, "took {:?}", begin.elapsed());
    }
}
