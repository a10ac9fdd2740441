//! What a check rests on, as excerpts, answers and places that were searched.

use std::io;

use super::Page;
use crate::report::Places;
use crate::report::excerpt::Excerpt;
use crate::requirement::{Check, Evidence};
use crate::text::clean;

/// How many pieces of evidence are shown for one check.
const MOST: usize = 3;

/// How many searched places are named.
const MOST_PLACES: usize = 6;

/// The longest value of a setting that is shown, in characters.
const VALUE: usize = 160;

/// Columns in front of evidence.
const INDENT: usize = 6;

/// Writes the evidence of a check.
pub fn write(check: &Check, places: &mut Places<'_>, page: &mut Page<'_>) -> io::Result<()> {
    for seen in check.evidence.iter().take(MOST) {
        piece(seen, check, places, page)?;
    }
    match check.evidence.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => page.line(&format!("{}and {more} more; --format json lists them all", " ".repeat(INDENT))),
    }
}

fn piece(seen: &Evidence, check: &Check, places: &mut Places<'_>, page: &mut Page<'_>) -> io::Result<()> {
    match seen {
        Evidence::File { path, span: Some(span), note } => {
            let Some(region) = places.region(path, *span) else { return whole_file(path, note, page) };
            let Some(lines) = places.lines(path) else { return whole_file(path, note, page) };
            let excerpt = Excerpt { path, lines, region, note, verdict: check.verdict };
            for line in excerpt.render(&page.style) {
                page.line(&format!("{}{line}", " ".repeat(INDENT)))?;
            }
            Ok(())
        }
        Evidence::File { path, span: None, note } => whole_file(path, note, page),
        Evidence::Api { endpoint, status, value, fetched_at: None, .. } if tells(check, value) => {
            page.item(INDENT, "asked", &format!("{endpoint} {}", answered(*status)))
        }
        Evidence::Api { endpoint, status, field, value, fetched_at, stale } => {
            let value = clean::short(value, VALUE);
            let at = fetched_at.map(|at| at.strftime(", fetched %Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
            let old = if *stale { ", old: it could not be asked again" } else { "" };
            let words = format!("{endpoint} {}{at}{old}: {field} = {value}", answered(*status));
            page.item(INDENT, "asked", &words)
        }
        Evidence::Absence { looked_in } => {
            let more = looked_in.len().saturating_sub(MOST_PLACES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named: Vec<&str> = looked_in.iter().take(MOST_PLACES).map(String::as_str).collect();
            page.item(INDENT, "looked in", &format!("{}{more}", named.join(", ")))
        }
        Evidence::Person { who, at, note } => page.item(INDENT, "said by", &format!("{who} on {at}: {note}")),
    }
}

/// The status of an answer, where there was one.
fn answered(status: u16) -> String {
    if status == 0 { "gave no answer".to_owned() } else { format!("answered {status}") }
}

/// Whether a check says already what a refusal was explained with.
fn tells(check: &Check, value: &str) -> bool {
    check.unknown.as_ref().is_some_and(|why| why.detail == value)
}

fn whole_file(path: &str, note: &str, page: &mut Page<'_>) -> io::Result<()> {
    page.item(INDENT, page.label(&format!("{path}:")), note)
}
