//! What `fix` prints: the fixes, the changes as a diff, their effect, and what cannot be fixed.

use std::io::{self, Write};

use crate::fleet::Repo;
use crate::plan::{Choice, FileChange, Plan};
use crate::report::Style;
use crate::requirement::{Finding, Safety, Verdict};
use crate::text::clean;
use crate::text::diff::Mark;

/// A plan, ready to be printed.
pub struct Page<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The repository.
    pub repo: &'a Repo,
    /// The requirements that were asked for; empty for all.
    pub only: &'a [&'static str],
    /// How it looks.
    pub style: Style,
}

impl Page<'_> {
    /// Whether anything that should have been fixed could not be, or cannot be told for a file that was not read.
    pub fn is_refused(&self) -> bool {
        let named = |id: &str| self.only.is_empty() || self.only.contains(&id);
        let open = |finding: &Finding| named(finding.meta.id) && finding.verdict == Verdict::Unknown;
        !self.plan.refusals().is_empty()
            || self.plan.choices().iter().any(|choice| choice.refused.is_some())
            || (self.repo.unread().next().is_some() && self.repo.findings.iter().any(open))
    }

    /// What follows `shipworthy undo` on the command line.
    pub fn target_argument(&self) -> String {
        let target = &*self.repo.target.id.target;
        if target == "." {
            String::new()
        } else if target.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~@+:".contains(c)) {
            format!(" {target}")
        } else {
            format!(" '{}'", target.replace('\'', "'\\''"))
        }
    }

    /// A line for each fix: made, left for a person, or refused.
    pub fn choices(&self, out: &mut dyn Write) -> io::Result<()> {
        let choices = self.plan.choices();
        if choices.is_empty() && self.plan.refusals().is_empty() {
            return writeln!(out, "{}", self.nothing());
        }
        for choice in choices {
            let mark = match (&choice.refused, choice.taken) {
                (Some(_), _) => self.style.verdict(self.style.glyph(Verdict::Fail), Verdict::Fail),
                (None, true) => self.style.verdict(self.style.glyph(Verdict::Pass), Verdict::Pass),
                (None, false) => self.style.verdict(self.style.glyph(Verdict::Manual), Verdict::Manual),
            };
            let title = self.style.text(&choice.title);
            writeln!(out, "{mark} {} {title} ({})", choice.requirement, choice.safety.word())?;
            if let Some(why) = &choice.refused {
                writeln!(out, "    refused: {}", self.style.text(why))?;
            }
            for note in choice.notes.iter().filter(|_| choice.refused.is_none()) {
                writeln!(out, "    {}", self.style.text(note))?;
            }
        }
        let mut ids: Vec<&str> =
            choices.iter().filter(|one| Self::is_held_back(one)).map(|one| one.requirement).collect();
        ids.dedup();
        if !ids.is_empty() {
            let (target, ids) = (self.target_argument(), ids.join(","));
            writeln!(out, "What is marked `review` is not made unasked. This shows it; without --dry-run it is made:")?;
            writeln!(out, "  shipworthy fix{target} --dry-run --unsafe --only {ids}")?;
        }
        Ok(())
    }

    /// Whether a fix was offered that is not made, since a person has to read it first.
    pub fn holds_back(&self) -> bool {
        self.plan.choices().iter().any(Self::is_held_back)
    }

    fn is_held_back(choice: &Choice) -> bool {
        choice.safety == Safety::Review && !choice.taken && choice.refused.is_none()
    }

    fn nothing(&self) -> String {
        let open = |verdict| self.repo.findings.iter().filter(|finding| finding.verdict == verdict).count();
        let named = |id: &str| self.only.is_empty() || self.only.contains(&id);
        if self.repo.facts.files.value().is_none() {
            return "Nothing can be fixed: the files are not known.".to_owned();
        }
        let settled = self.repo.findings.iter().filter(|finding| named(finding.meta.id));
        if settled.clone().all(|finding| finding.verdict == Verdict::Pass) {
            return "Nothing to fix.".to_owned();
        }
        let failing = open(Verdict::Fail) + open(Verdict::Warn);
        match failing {
            0 => "Nothing to fix in the files.".to_owned(),
            _ => "Nothing that can be fixed in the files; `shipworthy check -v` says what else to do.".to_owned(),
        }
    }

    /// The changes, fit for people.
    pub fn diff(&self, out: &mut dyn Write) -> io::Result<()> {
        for file in self.plan.files() {
            self.file(file, out)?;
        }
        Ok(())
    }

    fn file(&self, file: &FileChange, out: &mut dyn Write) -> io::Result<()> {
        let path = self.style.text(&file.path).into_owned();
        let (added, removed) = file.counts();
        let what = if file.old.is_none() { "new file, " } else { "" };
        writeln!(out, "\n{}", self.style.strong(&format!("{path} ({what}+{added} -{removed})")))?;
        for hunk in &file.hunks {
            writeln!(out, "{}", self.style.verdict(&hunk.header, Verdict::Manual))?;
            for line in &hunk.lines {
                let text = line.text.strip_suffix('\r').unwrap_or(&line.text);
                let text = format!("{}{}", line.mark.sign(), self.style.text(&clean::block(text)));
                let text = match line.mark {
                    Mark::Same => text,
                    Mark::Removed => self.style.verdict(&text, Verdict::Fail),
                    Mark::Added => self.style.verdict(&text, Verdict::Pass),
                };
                writeln!(out, "{text}")?;
                if !line.ended {
                    writeln!(out, "\\ No newline at end of file")?;
                }
            }
        }
        Ok(())
    }

    /// What becomes of the verdicts.
    pub fn effects(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.effects().is_empty() {
            return Ok(());
        }
        writeln!(out, "\nEffect, by judging the changed files:")?;
        for effect in self.plan.effects() {
            let (before, after) = (effect.before.word(), effect.after.word());
            let worse = if effect.is_worse() { "  (worse)" } else { "" };
            let after = self.style.verdict(after, effect.after);
            writeln!(out, "  {} {:<20} {before} -> {after}{worse}", effect.requirement, effect.slug)?;
        }
        Ok(())
    }

    /// What cannot be fixed, with what to paste instead.
    pub fn refusals(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.refusals().is_empty() && self.repo.unread().next().is_none() {
            return Ok(());
        }
        writeln!(out, "\nNot fixed:")?;
        for problem in self.repo.unread() {
            let line = problem.place.map_or_else(String::new, |place| format!(":{}", place.line));
            let words = format!("{}{line}: {}", problem.path, problem.message);
            writeln!(out, "  {}", self.style.text(&words))?;
        }
        for refusal in self.plan.refusals() {
            let path = if refusal.path.is_empty() { String::new() } else { format!("{}: ", refusal.path) };
            let line = format!("{path}{}", refusal.reason);
            writeln!(out, "  {} {}", refusal.requirement, self.style.text(&line))?;
            for line in clean::block(&refusal.snippet).lines() {
                writeln!(out, "      {}", self.style.text(line))?;
            }
        }
        Ok(())
    }
}
