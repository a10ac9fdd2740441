//! `history`: what earlier surveys said about repositories. Nothing is asked or judged.

use std::ffi::OsString;
use std::io::{self, Write};

use serde::Serialize;

use super::choices::Choices;
use super::{CommandError, DONE, Surroundings, UNDECIDED, asks, remember};
use crate::cli::{Check, Everywhere};
use crate::fact::Observation;
use crate::history::{History, Record};
use crate::kept;
use crate::report::Style;
use crate::requirement;
use crate::source::git;
use crate::survey::Ask;
use crate::text::clean;

/// How many records are printed.
const MOST: usize = 20;

/// One history as JSON.
#[derive(Serialize)]
struct Told<'a> {
    name: String,
    records: Vec<ToldRecord<'a>>,
    changes: Vec<ToldChange>,
}

#[derive(Serialize)]
struct ToldRecord<'a> {
    first: String,
    last: String,
    commit: Option<&'a str>,
    readiness: &'static str,
    failing: usize,
    undecided: usize,
}

#[derive(Serialize)]
struct ToldChange {
    id: &'static str,
    at: String,
    before: Option<&'static str>,
    after: &'static str,
}

/// Prints the histories of the targets. With nothing to print, the code is that of "nothing known".
///
/// # Errors
/// Targets and configurations that are not understood; an output that cannot be written.
pub fn run(
    targets: &[OsString],
    json: bool,
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    let mut all = Vec::new();
    for ask in asks::read(targets, &choices, surroundings)? {
        let known = key(&ask).map(|key| remember::recall(&key, surroundings));
        match known.filter(|history| !history.records.is_empty()) {
            Some(history) => all.push(history),
            None => surroundings.say(&format!("{}: no survey is remembered", ask.target().id.target)),
        }
    }
    if json {
        let told: Vec<Told<'_>> = all.iter().map(told).collect();
        let text = serde_json::to_string_pretty(&told).map_err(io::Error::from)?;
        writeln!(surroundings.output, "{text}")?;
    } else {
        for history in &all {
            print(history, &choices.style, surroundings.output)?;
        }
    }
    Ok(if all.is_empty() { UNDECIDED } else { DONE })
}

/// What the target of a question is kept under, without asking it.
fn key(ask: &Ask) -> Option<String> {
    let target = ask.target();
    let name = match ask {
        Ask::Folder { root, .. } => match Observation::Git(git::observe(root)) {
            Observation::Git(fact) => fact.value().cloned().flatten().and_then(|git| Some(git.remote?.full_name())),
            _ => None,
        },
        _ => None,
    };
    kept::key(target.repository.as_deref().or(name.as_deref()), target.path.as_deref())
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn told(history: &History) -> Told<'_> {
    let record = |record: &'_ Record| {
        let trend = record.trend();
        (trend.readiness.word(), trend.failing, trend.undecided)
    };
    let records = history.records.iter().map(|one| {
        let (readiness, failing, undecided) = record(one);
        let (first, last) = (one.first.to_string(), one.last.to_string());
        ToldRecord { first, last, commit: one.commit.as_deref(), readiness, failing, undecided }
    });
    let changes = ids().into_iter().filter_map(|id| {
        let change = history.last_change(id)?;
        let before = change.before.map(requirement::Verdict::word);
        Some(ToldChange { id, at: change.at.to_string(), before, after: change.after.word() })
    });
    Told { name: clean::line(&history.name).into_owned(), records: records.collect(), changes: changes.collect() }
}

fn ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = requirement::ALL.iter().map(|known| known.meta().id).collect();
    ids.sort_unstable();
    ids
}

fn print(history: &History, style: &Style, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{}", style.strong(&style.text(&history.name)))?;
    let surplus = history.records.len().saturating_sub(MOST);
    if surplus > 0 {
        writeln!(output, "  {surplus} older ones are left out; --format json lists them")?;
    }
    for record in history.records.iter().skip(surplus) {
        let trend = record.trend();
        let commit = record.commit.as_deref().map_or("no commit", |id| id.get(..9).unwrap_or(id));
        let until = if record.first == record.last { String::new() } else { format!(" to {}", day(record.last)) };
        let counts = format!("{} fail, {} undecided, {} fine", trend.failing, trend.undecided, trend.fine);
        let readiness = style.readiness(trend.readiness);
        writeln!(output, "  {}{until}  {}  {readiness}  {counts}", day(record.first), style.text(commit))?;
    }
    for id in ids() {
        let Some(change) = history.last_change(id) else { continue };
        let glyph = style.verdict(style.glyph(change.after), change.after);
        let words = match change.before {
            Some(before) => format!("{} since {}, {} before", change.after.word(), day(change.at), before.word()),
            None => format!("{} since {} or longer", change.after.word(), day(change.at)),
        };
        writeln!(output, "  {glyph} {id}  {words}")?;
    }
    writeln!(output)
}
