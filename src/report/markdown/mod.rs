//! The report as Markdown, for a comment on a pull request or the summary of a job.
//!
//! Every requirement that is open is told with its reason, its place, what to do and how to see it settled. Text from
//! outside goes through [`escape`]; links lead to the forge and to the SPEC only.

use std::io::{self, Write};

use super::link::Pages;
use super::open::{self, Spot};
use super::{Comparison, Look, Places, Report, Style, VERSION, runner};
use crate::fact::files::Problem;
use crate::fleet::{Fleet, Readiness, Repo};
use crate::requirement::{Check, Finding, Verdict};
use crate::text::clean;

pub mod escape;

use escape::{cell, code, fenced, prose};

/// How many places of one check are named.
const MOST: usize = 8;

/// The longest value of a setting that is shown, in characters.
const VALUE: usize = 160;

/// Writes the report.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, look: &Look<'_>, out: &mut dyn Write) -> io::Result<()> {
    let fleet = report.fleet;
    let mut page = vec![format!("# {}", title(fleet)), stamp(report)];
    if report.partial {
        page.push("**This report is partial: not every answer had come when it was made.**".to_owned());
    }
    page.extend(look.comparison.map(comparison));
    if fleet.repos.len() > 1 {
        page.push(overview(fleet));
    }
    page.extend(fleet.repos.values().flat_map(|repo| repository(repo, fleet)));
    for part in page {
        let lines: Vec<_> = part.lines().map(runner::harmless).collect();
        writeln!(out, "{}\n", lines.join("\n"))?;
    }
    Ok(())
}

/// The answer in one line.
fn title(fleet: &Fleet) -> String {
    let count = |readiness| fleet.repos.values().filter(|repo| repo.readiness(&fleet.rules) == readiness).count();
    let mut repos = fleet.repos.values();
    match (repos.next(), repos.next()) {
        (None, _) => "Safe to ship? Nothing was judged".to_owned(),
        (Some(only), None) => format!("Safe to ship? {}", readiness(only.readiness(&fleet.rules))),
        _ => format!(
            "Safe to ship? {} ready, {} not ready, {} undecided",
            count(Readiness::Ready),
            count(Readiness::NotReady),
            count(Readiness::Undecided)
        ),
    }
}

fn readiness(readiness: Readiness) -> String {
    let (verdict, words) = match readiness {
        Readiness::Ready => (Verdict::Pass, "Ready"),
        Readiness::NotReady => (Verdict::Fail, "Not ready"),
        Readiness::Undecided => (Verdict::Unknown, "Undecided"),
    };
    format!("{} {words}", Style::default().glyph(verdict))
}

fn stamp(report: &Report<'_>) -> String {
    let at = report.at.strftime("%Y-%m-%d %H:%M UTC");
    format!("SPEC 8, profile `{}`, judged {at} by shipworthy {VERSION}", report.fleet.rules.profile.word())
}

/// A row for each repository.
fn overview(fleet: &Fleet) -> String {
    let mut lines = vec![
        "| repository | state | fail | unknown | manual | warn |".to_owned(),
        "|---|---|--:|--:|--:|--:|".to_owned(),
    ];
    for repo in fleet.repos.values() {
        let count = |verdict| repo.findings.iter().filter(|finding| finding.verdict == verdict).count();
        lines.push(format!(
            "| {} | {} | {} | {} | {} | {} |",
            escape::cell_code(&repo.name()),
            readiness(repo.readiness(&fleet.rules)),
            count(Verdict::Fail),
            count(Verdict::Unknown) + count(Verdict::Pending),
            count(Verdict::Manual),
            count(Verdict::Warn)
        ));
    }
    lines.join("\n")
}

/// Everything about one repository, a part of the page each.
fn repository(repo: &Repo, fleet: &Fleet) -> Vec<String> {
    let pages = Pages::of(repo);
    let mut places = Places::new(&repo.facts);
    let mut parts = vec![heading(repo, fleet, &pages), table(repo, fleet)];
    for finding in open::in_order(repo, fleet) {
        if open::is_open(finding.verdict) {
            parts.push(details(finding, repo, &pages, &mut places));
        }
    }
    parts.extend(waived(repo));
    parts.extend(problems(&repo.problems().collect::<Vec<_>>(), &pages));
    parts
}

fn heading(repo: &Repo, fleet: &Fleet, pages: &Pages) -> String {
    let mut words = vec![format!("## {}: {}", code(&repo.name()), readiness(repo.readiness(&fleet.rules)))];
    let mut about = Vec::new();
    about.extend(repo.repository().map(|name| linked(&name, pages.home())));
    about.extend(repo.branch().map(|branch| format!("branch {}", code(branch))));
    about.extend(
        repo.commit()
            .map(|commit| format!("commit {}", linked(&commit.chars().take(9).collect::<String>(), pages.commit()))),
    );
    if !about.is_empty() {
        words.push(about.join(", "));
    }
    words.join("\n\n")
}

/// A name as code, as a link where there is a page.
fn linked(name: &str, page: Option<String>) -> String {
    page.map_or_else(|| code(name), |page| format!("[{}]({page})", code(name)))
}

/// A row for each requirement, the most important first.
fn table(repo: &Repo, fleet: &Fleet) -> String {
    let mut lines = vec!["| requirement | verdict | why |".to_owned(), "|---|---|---|".to_owned()];
    for finding in open::in_order(repo, fleet) {
        let meta = finding.meta;
        let glyph = Style::default().glyph(finding.verdict);
        let level = match open::weight(finding) {
            "required" => String::new(),
            other => format!(" ({other})"),
        };
        let name = format!("{} {}{level}", meta.id, meta.slug);
        let verdict = open::word(finding.verdict);
        lines.push(format!("| {name} | {glyph} {verdict} | {} |", cell(&finding.summary)));
    }
    lines.join("\n")
}

/// One open requirement: its reason, its place, what to do and how to see it settled.
fn details(finding: &Finding, repo: &Repo, pages: &Pages, places: &mut Places<'_>) -> String {
    let meta = finding.meta;
    let glyph = Style::default().glyph(finding.verdict);
    let verdict = open::word(finding.verdict);
    let mut lines = vec![
        format!("### {glyph} {} {}: {verdict}", meta.id, meta.slug),
        String::new(),
        format!("{} ([SPEC 8]({}), {})", prose(meta.title), meta.spec, open::weight(finding)),
        String::new(),
    ];
    for check in open::reasons(finding) {
        lines.push(format!("- **Reason:** {}", reason(check)));
        let spots = open::spots(check, finding, &repo.facts, places);
        lines.extend(spots.iter().take(MOST).map(|spot| format!("  - **Place:** {}", place(spot, pages))));
        if let more @ 1.. = spots.len().saturating_sub(MOST) {
            lines.push(format!("  - and {more} more places, which `--format json` lists"));
        }
    }
    for step in open::steps(finding) {
        lines.push(format!("- **Do:** {}", prose(&step)));
    }
    lines.extend(address(finding, pages));
    lines.push(format!("- **Settled when:** {}", prose(&open::settled(finding))));
    lines.extend(command(finding));
    lines.join("\n")
}

fn reason(check: &Check) -> String {
    let detail = check.unknown.as_ref().filter(|_| check.verdict == Verdict::Unknown);
    let detail = detail.map(|why| {
        let words = if why.detail == check.summary { String::new() } else { format!(": {}", prose(&why.detail)) };
        format!(" ({}{words})", why.reason.word())
    });
    let glyph = Style::default().glyph(check.verdict);
    format!("{glyph} `{}`: {}{}", check.id, prose(&check.summary), detail.unwrap_or_default())
}

/// A place in words.
pub fn place(spot: &Spot, pages: &Pages) -> String {
    let noted = |place: String, note: &str| if note.is_empty() { place } else { format!("{place}: {}", prose(note)) };
    match spot {
        Spot::File { path, lines, note } => {
            let name = match lines {
                Some((first, last)) if last > first => format!("{path}:{first}-{last}"),
                Some((first, _)) => format!("{path}:{first}"),
                None => path.clone(),
            };
            // The folder of git is on no page of the forge.
            let page = pages.file(path, *lines).filter(|_| path != ".git");
            noted(linked(&name, page), note)
        }
        Spot::Answer { endpoint, status: 0, field, .. } => {
            format!("{}, field {}, which was not answered", code(endpoint), code(field))
        }
        Spot::Answer { endpoint, status, field, value } => {
            format!(
                "{} answered {status}, field {}: {}",
                code(endpoint),
                code(field),
                prose(&clean::short(value, VALUE))
            )
        }
        Spot::Searched(places) => {
            let more = places.len().saturating_sub(MOST);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named: Vec<String> = places.iter().take(MOST).map(|place| code(place)).collect();
            format!("looked in {}{more}", named.join(", "))
        }
        Spot::Said(words) => format!("said by {}", prose(words)),
    }
}

/// Where a setting is changed.
fn address(finding: &Finding, pages: &Pages) -> Option<String> {
    let url = finding.guide.as_ref().map(|guide| guide.url.as_str()).filter(|url| !url.is_empty())?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    let ours = pages.home().is_some_and(|home| url.starts_with(&format!("{home}/")));
    let ours = (ours || url.starts_with("https://docs.")) && url.bytes().all(plain);
    Some(format!("- **See:** {}", linked(url, ours.then(|| url.to_owned()))))
}

/// The command of a guide, to be copied; one of several lines is a block of its own.
fn command(finding: &Finding) -> Option<String> {
    let command = finding.guide.as_ref().map(|guide| guide.command.as_str()).filter(|text| !text.is_empty())?;
    Some(format!("\n{}", fenced("sh", command)))
}

/// What the project set aside.
fn waived(repo: &Repo) -> Option<String> {
    let rows = repo.findings.iter().filter_map(|finding| {
        let waiver = finding.waiver.as_ref()?;
        let until = waiver.until.as_deref().map_or("without an end".to_owned(), |day| format!("until {}", cell(day)));
        let (reason, owner) = (cell(&waiver.reason), cell(&waiver.owner));
        Some(format!("| {} {} | {reason} | {owner} | {until} |", finding.meta.id, finding.meta.slug))
    });
    let rows: Vec<String> = rows.collect();
    let head = "### Set aside by the project\n\n| requirement | reason | by | until |\n|---|---|---|---|";
    (!rows.is_empty()).then(|| format!("{head}\n{}", rows.join("\n")))
}

fn problems(problems: &[&Problem], pages: &Pages) -> Option<String> {
    let lines = problems.iter().take(MOST).map(|problem| {
        let lines = problem.place.map(|at| (at.line, at.line));
        let spot = Spot::File { path: problem.path.clone(), lines, note: problem.message.clone() };
        format!("- {}", place(&spot, pages))
    });
    let lines: Vec<String> = lines.collect();
    let more = problems.len().saturating_sub(MOST);
    let more = if more > 0 { format!("\n- and {more} more, which `--format json` lists") } else { String::new() };
    (!lines.is_empty()).then(|| format!("### Files with problems\n\n{}{more}", lines.join("\n")))
}

/// What changed since the baseline.
fn comparison(comparison: &Comparison) -> String {
    let mut lines = vec![format!("## {}", prose(&comparison.headline())), String::new()];
    for change in &comparison.changes {
        let summary = if change.summary.is_empty() { String::new() } else { format!(": {}", prose(&change.summary)) };
        lines.push(format!(
            "- **{}** {} {} {}: {} → {}{summary}",
            change.kind.words(),
            code(&change.target),
            change.id,
            change.slug,
            change.before,
            change.after
        ));
    }
    lines.extend(comparison.remarks.iter().map(|remark| format!("- {}", prose(remark))));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
