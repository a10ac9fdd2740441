//! The report for people: what stands where, why, and what to do about it.

use std::io::{self, Write};

use super::{Amount, Comparison, Look, Report, Style, summary};
use crate::fact::files::Problem;
use crate::fact::release::{Publish, PublishKind};
use crate::fleet::{Repo, Rules};
use crate::requirement::{Finding, Level, Verdict};

mod detail;
mod evidence;
mod page;

pub use detail::settled_by;
pub(super) use detail::{action, matters};
pub use page::{Page, wrapped};

/// How many publish steps, and how many problems, are listed for one repository.
const MOST_LISTED: usize = 20;

/// Writes the report.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, style: &Style, amount: Amount, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, *style);
    match amount {
        Amount::Quiet => return failing_lines(report, &mut page),
        Amount::Summary => summary::table(report.fleet, &mut page)?,
        Amount::Usual | Amount::Verbose => {
            for repo in report.fleet.repos.values() {
                repository(repo, &report.fleet.rules, amount == Amount::Verbose, &mut page)?;
            }
        }
    }
    summary::closing(report, amount, &mut page)
}

/// Writes the report, and below it what changed since an earlier one.
///
/// # Errors
/// Whatever the output refuses.
pub fn write_look(report: &Report<'_>, look: &Look<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(report, &look.style, look.amount, out)?;
    look.comparison.map_or(Ok(()), |comparison| compared(comparison, &mut Page::new(out, look.style)))
}

fn compared(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    let heading = page.style.strong(&page.style.text(&comparison.headline()));
    page.line(&heading)?;
    for change in &comparison.changes {
        let arrow = if page.style.ascii { "->" } else { "→" };
        let label = format!("{}: {} {} {},", change.kind.words(), change.target, change.id, change.slug);
        page.item(2, page.label(&label), &format!("{} {arrow} {}: {}", change.before, change.after, change.summary))?;
    }
    for remark in &comparison.remarks {
        page.item(2, "note:", remark)?;
    }
    Ok(())
}

/// A line for each requirement that fails, with its repository in front.
fn failing_lines(report: &Report<'_>, page: &mut Page<'_>) -> io::Result<()> {
    for repo in report.fleet.repos.values() {
        for finding in repo.findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
            let target = page.style.text(&repo.target.id.target).into_owned();
            let glyph = page.style.verdict(page.style.glyph(Verdict::Fail), Verdict::Fail);
            let summary = page.style.text(&finding.summary).into_owned();
            page.line(&format!("{target}: {glyph} {} {}  {summary}", finding.meta.id, finding.meta.slug))?;
        }
    }
    Ok(())
}

fn repository(repo: &Repo, rules: &Rules, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    heading(repo, rules, page)?;
    page.blank()?;
    if let Some(why) = repo.unseen().filter(|_| !verbose) {
        detail::unseen(repo, why, page)?;
        return problems(&repo.problems().collect::<Vec<_>>(), page);
    }
    for finding in &repo.findings {
        requirement_line(finding, page)?;
    }
    page.blank()?;
    detail::findings(repo, verbose, page)?;
    problems(&repo.problems().collect::<Vec<_>>(), page)
}

/// What it is, where it stands, and what it publishes.
fn heading(repo: &Repo, rules: &Rules, page: &mut Page<'_>) -> io::Result<()> {
    let style = page.style;
    let target = repo.target.id.target.as_ref();
    let mut words = vec![style.strong(&style.text(target))];
    words.extend(repo.repository().filter(|name| name != target).map(|name| format!("({})", style.text(&name))));
    words.extend(revision(repo).map(|revision| style.text(&revision).into_owned()));
    words.push(style.readiness(repo.readiness(rules)));
    page.line(&words.join("  "))?;
    for level in [Level::Required, Level::Recommended, Level::Informational] {
        let counts = summary::counts(repo, level);
        if !counts.is_empty() {
            page.item(2, page.label(&format!("{}:", level.word())), &counts)?;
        }
    }
    publishes(repo, page)
}

/// `branch@commit`, as far as it is known.
fn revision(repo: &Repo) -> Option<String> {
    let short = repo.commit().map(|id| id.chars().take(9).collect::<String>());
    match (repo.branch(), short) {
        (Some(branch), Some(commit)) => Some(format!("{branch}@{commit}")),
        (Some(branch), None) => Some(branch.to_owned()),
        (None, commit) => commit,
    }
}

fn publishes(repo: &Repo, page: &mut Page<'_>) -> io::Result<()> {
    let steps = &repo.facts.publishes;
    if repo.facts.files.value().is_some() && steps.is_empty() {
        page.item(2, "publishes:", "no step that publishes was found")?;
    }
    for step in steps.iter().take(MOST_LISTED) {
        page.item(2, "publishes:", &publish(step, repo))?;
    }
    and_more(steps.len(), page)
}

/// One publish step in words.
fn publish(step: &Publish, repo: &Repo) -> String {
    let set = &repo.facts.workflows;
    let workflow = step.workflow(set).map_or(step.file.as_str(), |workflow| workflow.path.as_str());
    let job = step.job(set).map(|job| format!(" job {}", job.id.value)).unwrap_or_default();
    let number = step.step.map(|number| format!(" step {number}")).unwrap_or_default();
    let kind = match step.kind {
        PublishKind::Production => String::new(),
        PublishKind::GithubRelease => " (does not decide)".to_owned(),
        other if other.decides() => format!(" ({})", other.word()),
        other => format!(" ({}, does not decide)", other.word()),
    };
    format!("{}{kind} by {workflow}{job}{number}: {}", step.registry.word(), step.called())
}

fn and_more(all: usize, page: &mut Page<'_>) -> io::Result<()> {
    match all.saturating_sub(MOST_LISTED) {
        0 => Ok(()),
        more => page.line(&format!("    and {more} more")),
    }
}

fn requirement_line(finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
    let level = match finding.meta.level {
        Level::Required => String::new(),
        other => format!("({}) ", other.word()),
    };
    let mark = page.mark(finding.verdict, &format!(" {:14}", finding.verdict.word()));
    let label = mark.then(&format!(" {} {:20}", finding.meta.id, finding.meta.slug));
    page.row(2, &label, &format!("{level}{}", finding.summary))
}

fn problems(problems: &[&Problem], page: &mut Page<'_>) -> io::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let heading = page.style.strong("  Files with problems");
    page.line(&heading)?;
    for problem in problems.iter().take(MOST_LISTED) {
        let place = problem.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        page.item(4, page.label(&format!("{}{place}:", problem.path)), &problem.message)?;
    }
    and_more(problems.len(), page)?;
    page.blank()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Fleet;
    use crate::report::sample;
    use crate::text::clean;

    const UNICODE: Style = Style { ascii: false, color: false, width: Some(100) };
    const ASCII: Style = Style { ascii: true, color: false, width: None };

    fn text(fleet: &Fleet, style: Style, amount: Amount) -> String {
        let mut out = Vec::new();
        let report = Report { fleet, at: sample::now(), partial: false };
        write(&report, &style, amount, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn snapshot(name: &str, text: &str) {
        insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, text);
        });
    }

    #[test]
    fn every_verdict_is_explained() {
        let fleet = sample::every_verdict();
        snapshot("text", &text(&fleet, UNICODE, Amount::Usual));
        snapshot("text_ascii", &text(&fleet, ASCII, Amount::Usual));
        snapshot("text_verbose", &text(&fleet, UNICODE, Amount::Verbose));
        snapshot("text_quiet", &text(&fleet, UNICODE, Amount::Quiet));
    }

    #[test]
    fn several_repositories_are_shown_at_a_glance() {
        let fleet = sample::several();
        snapshot("summary", &text(&fleet, UNICODE, Amount::Summary));
        snapshot("summary_ascii", &text(&fleet, ASCII, Amount::Summary));
        let usual = text(&fleet, UNICODE, Amount::Usual);
        assert!(usual.contains("What first"), "{usual}");
        assert_eq!(usual.matches("o/remote was not looked at").count(), 1, "one line for all thirteen");
    }

    #[test]
    fn ascii_means_ascii() {
        for fleet in [sample::every_verdict(), sample::several(), sample::hostile()] {
            for amount in [Amount::Usual, Amount::Verbose, Amount::Quiet, Amount::Summary] {
                let text = text(&fleet, ASCII, amount);
                assert!(text.is_ascii(), "{text}");
            }
        }
    }

    #[test]
    fn nothing_from_outside_reaches_the_terminal_raw() {
        let fleet = sample::hostile();
        for amount in [Amount::Usual, Amount::Verbose, Amount::Quiet, Amount::Summary] {
            let text = text(&fleet, Style { width: None, ..UNICODE }, amount);
            let bad = text.chars().find(|c| *c != '\n' && clean::is_unwanted(*c));
            assert_eq!(bad, None, "{text:?}");
            assert!(!text.lines().any(|line| line.starts_with("::")), "{text}");
        }
        snapshot("text_hostile", &text(&fleet, UNICODE, Amount::Usual));
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let fleet = sample::every_verdict();
        let colored = text(&fleet, Style { color: true, ..UNICODE }, Amount::Verbose);
        assert!(colored.contains("\u{1b}["));
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&plain), trimmed(&text(&fleet, UNICODE, Amount::Verbose)));
    }

    #[test]
    fn an_interrupted_report_says_so() {
        let fleet = sample::several();
        let mut out = Vec::new();
        let report = Report { fleet: &fleet, at: sample::now(), partial: true };
        write(&report, &UNICODE, Amount::Usual, &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().trim_end().ends_with("when it was made."));
    }

    #[test]
    fn an_output_that_fails_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let fleet = sample::every_verdict();
        let report = Report { fleet: &fleet, at: sample::now(), partial: false };
        for amount in [Amount::Usual, Amount::Quiet, Amount::Summary] {
            assert!(write(&report, &UNICODE, amount, &mut Full).is_err() || amount == Amount::Summary);
        }
        assert!(crate::report::write_json(&report, &mut Full).is_err());
    }
}
