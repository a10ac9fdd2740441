//! Many repositories at a glance: a line for each, what to put right first, and the numbers.

use std::cmp::Reverse;
use std::io;

use unicode_width::UnicodeWidthStr;

use super::text::{Page, action};
use super::{Amount, Report, Style};
use crate::fleet::{Fleet, Priority, Readiness, Repo};
use crate::requirement::{Level, Verdict};

/// The widest name of a repository that is shown whole, in columns.
const NAME: usize = 44;

/// How many things to do first are named.
const FIRST: usize = 5;

/// How many repositories are named for each of them.
const NAMED: usize = 3;

/// Verdicts in the order they are counted.
const COUNTED: [Verdict; 7] = [
    Verdict::Fail,
    Verdict::Unknown,
    Verdict::Manual,
    Verdict::Warn,
    Verdict::Waived,
    Verdict::NotApplicable,
    Verdict::Pass,
];

/// How often each verdict occurs at a level, in words; empty where the level does not occur.
pub fn counts(repo: &Repo, level: Level) -> String {
    let counted = COUNTED.iter().map(|verdict| (repo.count(level, *verdict), verdict.word()));
    let words: Vec<String> = counted.filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    words.join(", ")
}

/// A line for each repository, the worst first.
pub fn table(fleet: &Fleet, page: &mut Page<'_>) -> io::Result<()> {
    let mut repos: Vec<&Repo> = fleet.repos.values().map(Box::as_ref).collect();
    let of = |repo: &Repo, verdict| repo.findings.iter().filter(|finding| finding.verdict == verdict).count();
    repos.sort_by_key(|repo| {
        Reverse((repo.readiness(&fleet.rules), of(repo, Verdict::Fail), of(repo, Verdict::Unknown)))
    });
    let widest = repos.iter().map(|repo| page.style.text(&repo.target.id.target).width()).max().unwrap_or_default();
    for repo in repos {
        let counts = [Verdict::Fail, Verdict::Unknown, Verdict::Manual, Verdict::Warn, Verdict::Pass];
        let counts = counts.map(|verdict| format!("{:2} {}", of(repo, verdict), verdict.word())).join(" ");
        let name = page.style.column(&repo.target.id.target, widest.min(NAME));
        let line =
            format!("{}  {name}  {counts}  {}", readiness(repo, fleet, &page.style), open(repo, fleet, &page.style));
        page.line(&line)?;
    }
    Ok(())
}

/// The readiness, filled to the width of the longest.
fn readiness(repo: &Repo, fleet: &Fleet, style: &Style) -> String {
    let readiness = repo.readiness(&fleet.rules);
    let blanks = match readiness {
        Readiness::Ready => "    ",
        Readiness::NotReady | Readiness::Undecided => "",
    };
    format!("{}{blanks}", style.readiness(readiness))
}

/// The requirements that keep a repository from being ready, by verdict.
fn open(repo: &Repo, fleet: &Fleet, style: &Style) -> String {
    let ids = |verdict: Verdict| {
        let findings = repo.findings.iter().filter(|finding| finding.verdict == verdict && fleet.is_open(finding));
        let ids: Vec<&str> = findings.map(|finding| finding.meta.id).collect();
        (!ids.is_empty()).then(|| style.verdict(&format!("{}: {}", verdict.word(), ids.join(" ")), verdict))
    };
    let groups = [Verdict::Fail, Verdict::Unknown, Verdict::Manual].into_iter().filter_map(ids);
    groups.collect::<Vec<_>>().join("  ")
}

/// What stands at the end: whether the report is whole, what to do first, and the numbers.
pub fn closing(report: &Report<'_>, amount: Amount, page: &mut Page<'_>) -> io::Result<()> {
    let fleet = report.fleet;
    if fleet.repos.len() > 1 {
        if amount == Amount::Summary {
            page.blank()?;
        }
        what_first(&fleet.priorities(), page)?;
        let count = |readiness| fleet.repos.values().filter(|repo| repo.readiness(&fleet.rules) == readiness).count();
        page.line(&format!(
            "{} repositories: {} ready, {} not ready, {} undecided",
            fleet.repos.len(),
            count(Readiness::Ready),
            count(Readiness::NotReady),
            count(Readiness::Undecided)
        ))?;
    }
    if report.partial {
        page.line("This report is partial: not every answer had come when it was made.")?;
    }
    Ok(())
}

/// The requirements whose fixing makes most repositories ready.
fn what_first(priorities: &[Priority<'_>], page: &mut Page<'_>) -> io::Result<()> {
    if priorities.is_empty() {
        return Ok(());
    }
    let heading = page.style.strong("What first");
    page.line(&heading)?;
    for (number, one) in priorities.iter().take(FIRST).enumerate() {
        let label = page.label(&format!("{}. {} {}:", number + 1, one.meta.id, one.meta.slug));
        page.item(2, label, &weight(one))?;
        page.item(5, "do:", &action(one.example))?;
    }
    page.blank()
}

/// How many repositories it keeps from being ready, and in which of them nothing else does.
fn weight(one: &Priority<'_>) -> String {
    let repositories = |n: usize| if n == 1 { "1 repository".to_owned() } else { format!("{n} repositories") };
    let open = one.blocks.len().saturating_sub(one.fails);
    let blocks = match (one.fails, open) {
        (0, open) => format!("undecided in {}", repositories(open)),
        (fails, 0) => format!("fails in {}", repositories(fails)),
        (fails, open) => format!("fails in {}, undecided in {open}", repositories(fails)),
    };
    if one.frees.is_empty() {
        return blocks;
    }
    let names: Vec<&str> = one.frees.iter().take(NAMED).map(|repo| &*repo.target.id.target).collect();
    let more = one.frees.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{blocks}; the only obstacle in {}: {}{more}", one.frees.len(), names.join(", "))
}
