//! The report as annotations of GitHub Actions: commands that a runner shows at the lines of a pull request.
//!
//! A runner shows only the first few of each level, so the most important come first, one for each place.

use std::io::{self, Write};

use super::open::{self, Spot};
use super::{Places, Report, runner};
use crate::fleet::{Fleet, Repo};
use crate::requirement::{Finding, Verdict};
use crate::text::clean;

/// How many places of one check are annotated.
const MOST: usize = 10;

/// One annotation, before it is escaped.
struct Annotation {
    level: &'static str,
    path: Option<String>,
    lines: Option<(usize, usize)>,
    title: String,
    message: String,
}

/// Writes the report.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let fleet = report.fleet;
    for repo in fleet.repos.values() {
        for annotation in annotations(repo, fleet) {
            writeln!(out, "{}", annotation.command())?;
        }
    }
    for repo in fleet.repos.values() {
        let readiness = repo.readiness(&fleet.rules).word();
        let line = format!("shipworthy: {} is {readiness}", clean::line(&repo.target.id.target));
        writeln!(out, "{}", runner::harmless(&line))?;
    }
    if report.partial {
        writeln!(out, "shipworthy: this report is partial, not every answer had come when it was made")?;
    }
    Ok(())
}

impl Annotation {
    /// The command a runner reads.
    fn command(&self) -> String {
        let mut properties = Vec::new();
        if let Some(path) = &self.path {
            properties.push(format!("file={}", property(path)));
            properties.extend(self.lines.map(|(first, last)| format!("line={first},endLine={last}")));
        }
        properties.push(format!("title={}", property(&self.title)));
        format!("::{} {}::{}", self.level, properties.join(","), data(&self.message))
    }
}

/// A text as the data of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn annotations(repo: &Repo, fleet: &Fleet) -> Vec<Annotation> {
    let mut all = Vec::new();
    let mut places = Places::new(&repo.facts);
    let home = Home::of(repo, fleet);
    for problem in repo.problems() {
        let level = if problem.hides { "error" } else { "warning" };
        let title = "shipworthy: a file with a problem";
        let lines = problem.place.map(|at| (at.line, at.line));
        all.push(home.annotation(level, Some((&problem.path, lines)), title, &problem.message));
    }
    for finding in open::in_order(repo, fleet) {
        if let Some(level) = level(finding, fleet) {
            all.extend(of_finding(finding, level, repo, &home, &mut places));
        }
    }
    all
}

/// The level of a finding's annotations; none for what needs none. What is undecided is never less than a warning.
fn level(finding: &Finding, fleet: &Fleet) -> Option<&'static str> {
    match finding.verdict {
        Verdict::Fail if fleet.is_open(finding) => Some("error"),
        Verdict::Fail | Verdict::Unknown | Verdict::Manual | Verdict::Pending => Some("warning"),
        Verdict::Warn | Verdict::Waived => Some("notice"),
        Verdict::Pass | Verdict::NotApplicable => None,
    }
}

fn of_finding(
    finding: &Finding,
    level: &'static str,
    repo: &Repo,
    home: &Home,
    places: &mut Places<'_>,
) -> Vec<Annotation> {
    let meta = finding.meta;
    let title = format!("{} {}: {}", meta.id, meta.slug, open::word(finding.verdict));
    if let Some(waiver) = finding.waiver.as_ref().filter(|_| finding.verdict == Verdict::Waived) {
        let words = format!("set aside: {} ({})", waiver.reason, waiver.owner);
        return vec![home.annotation(level, None, &title, &words)];
    }
    let remedy = format!("Do: {} Settled when: {}", open::steps(finding).join(" "), open::settled(finding));
    let mut all = Vec::new();
    for check in open::reasons(finding) {
        let level = if check.verdict == Verdict::Warn { "notice" } else { level };
        let spots = open::spots(check, finding, &repo.facts, places);
        let in_files = spots.iter().filter(|spot| matches!(spot, Spot::File { .. })).count();
        for spot in spots.iter().take(in_files.clamp(1, MOST)) {
            let (place, seen) = match spot {
                Spot::File { path, lines, note } => (Some((path.as_str(), *lines)), note.clone()),
                other => (None, open::in_words(other)),
            };
            let words = format!("{} ({seen})\n{remedy}", check.summary);
            all.push(home.annotation(level, place, &title, &words));
        }
    }
    all
}

/// How the paths of a repository are to be written for a runner, which counts from its workspace.
struct Home {
    /// What stands in front of paths; none where the files are not below the current folder.
    prefix: Option<String>,
    /// What tells repositories apart where there are several.
    name: String,
}

impl Home {
    fn of(repo: &Repo, fleet: &Fleet) -> Self {
        let typed = repo.target.id.target.as_ref();
        let several = fleet.repos.len() > 1;
        let relative = typed.trim_start_matches("./").trim_end_matches('/');
        let below =
            repo.target.path.as_deref().is_some_and(|path| path == relative || path.ends_with(&format!("/{relative}")));
        let inside = !relative.starts_with('/') && !relative.split('/').any(|part| part == "..");
        let prefix = match relative {
            "" | "." => Some(String::new()),
            folder if below && inside => Some(format!("{folder}/")),
            _ if !several && repo.target.path.is_none() => Some(String::new()),
            _ => None,
        };
        let name = if several { format!("{typed}: ") } else { String::new() };
        Self { prefix, name }
    }

    fn annotation(
        &self,
        level: &'static str,
        place: Option<(&str, Option<(usize, usize)>)>,
        title: &str,
        message: &str,
    ) -> Annotation {
        let file = place.zip(self.prefix.as_ref()).map(|((path, lines), prefix)| (format!("{prefix}{path}"), lines));
        let (path, lines) = file.map_or((None, None), |(path, lines)| (Some(clean::line(&path).into_owned()), lines));
        let elsewhere = place
            .filter(|_| path.is_none())
            .map(|(path, lines)| lines.map_or(format!("{path}: "), |(line, _)| format!("{path}:{line}: ")));
        let message = format!("{}{}{message}", self.name, elsewhere.unwrap_or_default());
        Annotation {
            level,
            path,
            lines,
            title: clean::line(title).into_owned(),
            message: clean::block(&message).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
