//! The report for people.

use std::io::{self, Write};

use super::{Report, Style};

/// Writes the report: a heading for each repository, then a line for each requirement.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for repo in report.fleet.repos.values() {
        let readiness = style.readiness(repo.readiness(&report.fleet.rules));
        writeln!(out, "{}  {readiness}", style.text(&repo.target.id.target))?;
        for finding in &repo.findings {
            let (glyph, verdict) = (style.glyph(finding.verdict), finding.verdict.word());
            writeln!(out, "  {glyph} {} {verdict:14} {}", finding.meta.id, style.text(&finding.summary))?;
        }
    }
    Ok(())
}
