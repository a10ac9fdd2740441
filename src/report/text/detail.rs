//! The details of findings: the checks that made the verdict, what they rest on, and what to do.

use std::io;

use super::{Page, evidence};
use crate::fact::{Reason, Unknown};
use crate::fleet::Repo;
use crate::report::Places;
use crate::requirement::{Check, Finding, Role, Verdict};

/// Writes the details of what does not pass, worst first; of everything, when that is asked for.
pub fn findings(repo: &Repo, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    let mut places = Places::new(&repo.facts);
    let mut open: Vec<&Finding> = repo.findings.iter().filter(|one| verbose || rank(one.verdict).is_some()).collect();
    open.sort_by_key(|finding| (rank(finding.verdict).unwrap_or(u8::MAX), finding.meta.level, finding.meta.id));
    let mut done: Vec<&str> = Vec::new();
    for finding in &open {
        if done.contains(&finding.meta.id) {
            continue;
        }
        let alike: Vec<&Finding> = open.iter().copied().filter(|other| is_alike(finding, other)).collect();
        if alike.len() > 1 && !verbose {
            done.extend(alike.iter().map(|finding| finding.meta.id));
            together(&alike, &mut places, page)?;
        } else {
            one(finding, verbose, &mut places, page)?;
        }
        page.blank()?;
    }
    Ok(())
}

/// The one thing to say about a repository of which nothing could be seen.
pub fn unseen(repo: &Repo, why: &Unknown, page: &mut Page<'_>) -> io::Result<()> {
    let mut needs = repo.findings.iter().filter_map(Finding::unknown).map(|one| &one.needs);
    let is_one = needs.all(|needs| *needs == why.needs);
    let settle = settled_by(&Unknown { needs: why.needs.clone().filter(|_| is_one), ..why.clone() });
    page.item(2, page.mark(Verdict::Unknown, " nothing could be seen:"), &why.detail)?;
    page.item(4, "why:", why.reason.word())?;
    page.item(4, "settled by:", &settle)?;
    page.item(4, "more:", "shipworthy doctor")?;
    page.blank()
}

/// The order of details; none for verdicts that need no words.
const fn rank(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Fail => Some(0),
        Verdict::Unknown | Verdict::Pending => Some(1),
        Verdict::Manual => Some(2),
        Verdict::Warn => Some(3),
        Verdict::Waived => Some(4),
        Verdict::Pass | Verdict::NotApplicable => None,
    }
}

/// What all open checks of a finding say, where they say the same and there is nothing to do about it here.
fn sole_reason(finding: &Finding) -> Option<&Check> {
    let undecided = matches!(finding.verdict, Verdict::Unknown | Verdict::Manual);
    if !undecided || finding.fix.is_some() || finding.guide.is_some() || finding.waiver.is_some() {
        return None;
    }
    let mut open = finding.checks.iter().filter(|check| matters(check));
    let first = open.next()?;
    open.all(|check| says_the_same(check, first)).then_some(first)
}

fn says_the_same(one: &Check, other: &Check) -> bool {
    let words = |check: &Check| (check.verdict, check.summary.clone(), check.unknown.clone());
    words(one) == words(other) && one.evidence == other.evidence
}

/// Whether one explanation does for two findings.
fn is_alike(one: &Finding, other: &Finding) -> bool {
    sole_reason(one).zip(sole_reason(other)).is_some_and(|(one, other)| says_the_same(one, other))
}

/// Several findings that are undecided for one reason.
fn together(alike: &[&Finding], places: &mut Places<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let Some(check) = alike.first().and_then(|finding| sole_reason(finding)) else { return Ok(()) };
    let names: Vec<String> = alike.iter().map(|one| format!("{} {}", one.meta.id, one.meta.slug)).collect();
    page.item(2, page.mark(check.verdict, ""), &format!("{}:", names.join(", ")))?;
    page.item(4, page.mark(check.verdict, ""), &check.summary)?;
    unknown(check, page)?;
    evidence::write(check, places, page)?;
    page.item(4, "more:", "shipworthy explain")
}

fn one(finding: &Finding, verbose: bool, places: &mut Places<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let meta = finding.meta;
    page.item(2, page.mark(finding.verdict, &format!(" {} {}:", meta.id, meta.slug)), meta.title)?;
    if let Some(waiver) = &finding.waiver {
        let until = waiver.until.as_deref().map_or("without an end".to_owned(), |day| format!("until {day}"));
        page.item(4, "waived:", &format!("{} ({}, {until})", waiver.reason, waiver.owner))?;
    }
    let proof = verbose || finding.verdict != Verdict::Waived;
    for check in &finding.checks {
        if verbose || matters(check) {
            checked(check, page)?;
            if proof {
                evidence::write(check, places, page)?;
            }
        }
    }
    if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
        remedy(finding, verbose, page)?;
        page.item(4, "more:", &format!("shipworthy explain {}", meta.id))?;
    }
    Ok(())
}

/// Whether a check helps to understand a verdict: it does not pass, and it counts or speaks up.
pub fn matters(check: &Check) -> bool {
    let loud = matches!(check.verdict, Verdict::Fail | Verdict::Warn | Verdict::Waived);
    loud || (check.role == Role::Decisive && rank(check.verdict).is_some())
}

fn checked(check: &Check, page: &mut Page<'_>) -> io::Result<()> {
    let role = match check.role {
        Role::Decisive => String::new(),
        other => format!(" ({})", other.word()),
    };
    page.item(4, page.mark(check.verdict, "").then(&format!(" {}{role}:", check.id)), &check.summary)?;
    unknown(check, page)
}

/// Why a check is unknown, and what would settle it.
fn unknown(check: &Check, page: &mut Page<'_>) -> io::Result<()> {
    let Some(why) = check.unknown.as_ref().filter(|_| check.verdict == Verdict::Unknown) else { return Ok(()) };
    let detail = if why.detail == check.summary { String::new() } else { format!(": {}", why.detail) };
    page.item(6, "why:", &format!("{}{detail}", why.reason.word()))?;
    page.item(6, "settled by:", &settled_by(why))
}

/// What would settle what is unknown.
pub fn settled_by(why: &Unknown) -> String {
    let way = match why.reason {
        _ if why.settle.is_some() => why.settle().unwrap_or_default(),
        Reason::Offline if why.origin.is_some() => "a connection to the server that was asked",
        Reason::Offline => "an answer from the network, which was not asked",
        Reason::Auth => "a token that the server accepts",
        Reason::Permission => "a token that may see it",
        Reason::NotFound => "the right name, or a token that can see it",
        Reason::RateLimit => "another run when the limit is reset",
        Reason::Unsupported => "a look by a person; this server cannot tell",
        Reason::Failed => "another run",
        Reason::NotParsed => "a file that can be read; see the files with problems",
        Reason::RunTime => "a value that stands in the workflow, or a look at one of its runs",
    };
    match &why.needs {
        Some(permission) => format!("{way} (needs {permission})"),
        None => way.to_owned(),
    }
}

fn remedy(finding: &Finding, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    if let Some(fix) = &finding.fix {
        page.item(4, "fix:", &format!("{} ({})", fix.title, fix.safety.word()))?;
    }
    let Some(guide) = &finding.guide else { return Ok(()) };
    for (number, step) in guide.steps.iter().enumerate() {
        let label = if number == 0 { "do:  " } else { "     " };
        page.item(4, page.label(&format!("{label}{}.", number + 1)), step)?;
    }
    if !guide.url.is_empty() {
        page.item(4, "see:", &guide.url)?;
    }
    let lines: Vec<&str> = guide.command.lines().collect();
    match lines.as_slice() {
        [] => Ok(()),
        [line] => {
            // A command is to be copied, so it is never broken into lines.
            let line = page.style.text(line).into_owned();
            page.line(&format!("    run: {line}"))
        }
        lines if verbose || finding.verdict == Verdict::Fail => script(lines, page),
        lines => page.item(4, "run:", &format!("a script of {} lines, which --verbose prints", lines.len())),
    }
}

/// A script of several lines stands at the margin, since blanks in front would change what it means.
fn script(lines: &[&str], page: &mut Page<'_>) -> io::Result<()> {
    page.line("    run:")?;
    for line in lines {
        let line = page.style.text(line).into_owned();
        page.line(&line)?;
    }
    Ok(())
}

/// The one thing to do first about a finding, in a line.
pub fn action(finding: &Finding) -> String {
    let fix = finding.fix.as_ref().map(|fix| format!("{} ({})", fix.title, fix.safety.word()));
    let step = || {
        let guide = finding.guide.as_ref()?;
        let step = guide.steps.first().or(Some(&guide.url)).filter(|words| !words.is_empty())?;
        Some(step.clone())
    };
    let settle = || finding.unknown().map(|why| format!("settle it by {}", settled_by(why)));
    fix.or_else(step).or_else(settle).unwrap_or_else(|| format!("read `shipworthy explain {}`", finding.meta.id))
}
