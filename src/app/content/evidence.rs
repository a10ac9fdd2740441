//! The evidence of a finding: a place in a file with what stands around it, and answers of a server.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Content, short_path};
use crate::app::age::moment;
use crate::app::page::{Page, Tone, Words, plain};
use crate::app::{Model, matrix::weight};
use crate::fleet::Repo;
use crate::requirement::{Check, Evidence, Finding, Role, Verdict};
use crate::text::{Lines, Region, Span, clean};

/// The longest line of a file that is shown, in characters.
const LONGEST: usize = 300;

/// How many places that were searched are named.
const MOST_PLACES: usize = 40;

/// One piece of evidence and the check it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The check.
    pub check: &'a Check,
    /// The evidence.
    pub evidence: &'a Evidence,
}

/// The evidence of a finding; that of the checks which made the verdict comes first.
pub fn pieces(finding: &Finding) -> Vec<Piece<'_>> {
    let mut checks: Vec<&Check> = finding.checks.iter().collect();
    checks.sort_by_key(|check| {
        let made_it = check.verdict == finding.verdict && check.role != Role::Advice;
        (!made_it, check.role == Role::Advice, weight(check.verdict))
    });
    let all = checks.into_iter().flat_map(|check| check.evidence.iter().map(move |evidence| Piece { check, evidence }));
    // Several checks may quote one answer; a list of files can be long and has no such doubles.
    let mut answers: Vec<&Evidence> = Vec::new();
    all.filter(|piece| {
        let known = is_api(piece.evidence) && answers.contains(&piece.evidence);
        answers.extend(Some(piece.evidence).filter(|evidence| is_api(evidence) && !known));
        !known
    })
    .collect()
}

/// Whether there is evidence of a file (or of nothing in files), and of a server.
pub fn kinds(finding: &Finding) -> (bool, bool) {
    let all = || finding.checks.iter().flat_map(|check| &check.evidence);
    (all().any(|evidence| !is_api(evidence)), all().any(is_api))
}

const fn is_api(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Api { .. })
}

/// A place in a line of words: `deploy.yml:31`.
pub fn place(repo: &Repo, path: &str, span: Option<Span>) -> String {
    let name = short_path(path);
    let line = span.zip(repo.facts.text(path)).map(|(span, text)| crate::text::span::place(text, span.start).line);
    line.map_or(name.to_owned(), |line| format!("{name}:{line}"))
}

/// One line for a piece of evidence: where, and what is to be seen there.
pub fn line(repo: &Repo, evidence: &Evidence) -> (String, String) {
    match evidence {
        Evidence::File { path, span, note } => {
            let seen = span.zip(repo.facts.text(path)).map(|(span, text)| span.slice(text));
            let seen = seen.and_then(|seen| seen.lines().next()).map(str::trim).filter(|seen| !seen.is_empty());
            let words = match seen {
                Some(seen) if !note.contains(seen) && !note.is_empty() => format!("{seen}  ({note})"),
                Some(seen) if note.is_empty() => seen.to_owned(),
                _ => note.clone(),
            };
            (place(repo, path, *span), clean::short(&words, LONGEST))
        }
        Evidence::Api { endpoint, status, field, value, .. } => {
            let status = if *status == 0 { "no answer".to_owned() } else { status.to_string() };
            (format!("{endpoint} {status}"), format!("{field} = {}", clean::short(value, LONGEST)))
        }
        Evidence::Absence { looked_in } => {
            let more = if looked_in.len() > 3 { format!(" and {} more", looked_in.len() - 3) } else { String::new() };
            let named: Vec<&str> = looked_in.iter().take(3).map(String::as_str).collect();
            ("not found in".to_owned(), format!("{}{more}", named.join(", ")))
        }
        Evidence::Person { who, at, note } => (format!("{who}, {at}"), note.clone()),
    }
}

/// The pane of the file that the piece of evidence shown stands in. Where that piece is an answer of a server, it is
/// the first piece of its check that is none, else the first of all.
pub fn file(model: &Model, mut page: Page, height: usize) -> Content {
    let content = Content { title: "Evidence: file".to_owned(), ..Content::default() };
    let (Some(repo), Some(finding)) = (model.chosen(), model.finding()) else { return content };
    let all = pieces(finding);
    let shown = all.get(model.piece).copied();
    let fitting = |piece: &&Piece<'_>| !is_api(piece.evidence);
    let of_check = |piece: &&Piece<'_>| shown.is_some_and(|shown| shown.check.id == piece.check.id);
    let piece = shown.filter(|piece| !is_api(piece.evidence)).or_else(|| {
        let first = all.iter().filter(fitting).find(of_check).or_else(|| all.iter().find(fitting));
        first.copied()
    });
    let Some(piece) = piece else {
        nothing(finding, &mut page);
        return Content { rows: page.rows, ..content };
    };
    let (title, corner) = match piece.evidence {
        Evidence::File { path, span, note } => seen_in_file(repo, piece.check, (path, *span, note), &mut page, height),
        Evidence::Absence { looked_in } => {
            not_found(piece.check, looked_in, &mut page);
            ("Evidence: not found".to_owned(), format!("{} looked at", looked_in.len()))
        }
        Evidence::Person { who, at, note } => {
            page.sentence(0, Tone::Plain, note);
            page.sentence(0, Tone::Dim, &format!("said by {who} on {at}"));
            ("Evidence: a person".to_owned(), String::new())
        }
        Evidence::Api { .. } => (content.title, String::new()),
    };
    Content { title, corner, rows: page.rows, cursor: None }
}

fn nothing(finding: &Finding, page: &mut Page) {
    page.sentence(0, Tone::Plain, &finding.summary);
    page.blank();
    page.sentence(0, Tone::Dim, "No file and no answer is quoted for this.");
}

fn not_found(check: &Check, looked_in: &[String], page: &mut Page) {
    verdict_line(check, page);
    page.blank();
    page.heading("Looked in, and not found");
    for place in looked_in.iter().take(MOST_PLACES) {
        page.sentence(2, Tone::Plain, place);
    }
    let more = looked_in.len().saturating_sub(MOST_PLACES);
    if more > 0 {
        page.sentence(2, Tone::Dim, &format!("and {more} more"));
    }
}

/// What the check says.
fn verdict_line(check: &Check, page: &mut Page) {
    let label = vec![page.mark(check.verdict), plain(1)];
    page.item(label, 2, Tone::Plain, &check.summary);
}

/// A file around a span, with a mark below what is meant; answers the titles of the pane.
fn seen_in_file(
    repo: &Repo,
    check: &Check,
    (path, span, note): (&str, Option<Span>, &str),
    page: &mut Page,
    height: usize,
) -> (String, String) {
    let title = "Evidence: file".to_owned();
    let at = repo.branch().or_else(|| repo.facts.default_branch()).unwrap_or_default();
    let commit: String = repo.commit().unwrap_or_default().chars().take(7).collect();
    let at = if commit.is_empty() { at.to_owned() } else { format!("{at} @ {commit}") };
    let place = vec![page.words(Tone::Accent, path), plain(3), page.words(Tone::Dim, &at)];
    page.row(place);
    verdict_line(check, page);
    page.blank();
    let Some((span, text)) = span.zip(repo.facts.text(path)) else {
        page.sentence(2, Tone::Plain, note);
        return (title, String::new());
    };
    let lines = Lines::new(text);
    let region = lines.region(span);
    // Behind the last line feed stands no line.
    let count = lines.count() - usize::from(text.ends_with('\n') && lines.count() > 1);
    let room = height.saturating_sub(page.rows.len() + 1).max(1);
    let last = if region.end.column == 1 { region.end.line.saturating_sub(1) } else { region.end.line };
    let last = last.max(region.start.line);
    // A mark takes a line of its own; what stands before helps to see where it is, so it gets a third of the rest.
    let before = room.saturating_sub(last - region.start.line + 1) / 3;
    let end = (count + 1).saturating_sub(room);
    let first = region.start.line.saturating_sub(before).min(end.max(1)).max(1);
    let until = (first + room - 1).min(count).max(region.start.line);
    let digits = until.to_string().len().max(3);
    for number in first..=until {
        let meant = (region.start.line..=last).contains(&number);
        let text = shown(lines.line(number), number);
        code(&text, number, digits, meant.then_some(check.verdict), page);
        if number == last {
            caret(&text, number, digits, &region, check.verdict, note, page);
        }
    }
    (title, format!("lines {first}-{until}"))
}

/// A line of a file as it is shown: without byte-order mark, tabs as blanks, cut where it is endless.
fn shown(line: &str, number: usize) -> String {
    let line = if number == 1 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
    clean::line(&line.chars().take(LONGEST).collect::<String>()).into_owned()
}

fn code(text: &str, number: usize, digits: usize, meant: Option<Verdict>, page: &mut Page) {
    let number = page.words(Tone::Dim, &format!("{number:>digits$} | "));
    let words = page.words(if meant.is_some() { Tone::Strong } else { Tone::Plain }, text);
    page.row(vec![number, words]);
}

/// The mark under what is meant, with the note behind it, or below where there is no room.
fn caret(text: &str, number: usize, digits: usize, region: &Region, verdict: Verdict, note: &str, page: &mut Page) {
    let columns = |count: usize| -> usize { text.chars().take(count).map(|c| c.width().unwrap_or_default()).sum() };
    let from = if number == region.start.line {
        region.start.column.saturating_sub(1)
    } else {
        text.len() - text.trim_start().len()
    };
    let to = if number == region.end.line { region.end.column.saturating_sub(1) } else { text.chars().count() };
    let (from, to) = (columns(from), columns(to.max(from + 1)).max(columns(from) + 1));
    let room = page.width().saturating_sub(digits + 3);
    let (from, to) = (from.min(room.saturating_sub(1)), to.min(room));
    let gutter = page.words(Tone::Dim, &format!("{:digits$} | ", ""));
    let mark =
        Words { tone: Tone::Verdict(verdict), text: format!("{}{}", " ".repeat(from), "^".repeat((to - from).max(1))) };
    let note = page.style().text(note).into_owned();
    if to + 1 + note.width() <= room {
        let note = Words { tone: Tone::Verdict(verdict), text: format!(" {note}") };
        page.row(vec![gutter, mark, note]);
    } else {
        page.row(vec![gutter.clone(), mark]);
        let hang = digits + 3;
        page.item(vec![gutter], hang, Tone::Verdict(verdict), &note);
    }
}

/// One answer of a server.
struct Answer<'a> {
    check: &'a Check,
    endpoint: &'a str,
    status: u16,
    field: &'a str,
    value: &'a str,
    fetched_at: Option<jiff::Timestamp>,
    stale: bool,
}

impl<'a> Answer<'a> {
    fn of(piece: Piece<'a>) -> Option<Self> {
        let Evidence::Api { endpoint, status, field, value, fetched_at, stale } = piece.evidence else { return None };
        let (fetched_at, stale) = (*fetched_at, *stale);
        Some(Self { check: piece.check, endpoint, status: *status, field, value, fetched_at, stale })
    }

    /// What was asked, and how that was answered.
    fn head(&self, model: &Model, page: &mut Page) {
        let when = self.fetched_at.map(|at| moment(at, model.options.now)).unwrap_or_default();
        let status = if self.status == 0 { "no answer".to_owned() } else { self.status.to_string() };
        let tone = if self.fetched_at.is_none() { Tone::Verdict(Verdict::Unknown) } else { Tone::Plain };
        let head = vec![page.words(Tone::Accent, self.endpoint), plain(2), page.words(tone, &status), plain(2)];
        page.item(head, 4, Tone::Dim, &if self.stale { format!("{when} stale") } else { when });
    }

    fn line(&self, cursor: bool, wide: usize, page: &mut Page) {
        // A long name pushes its value to the next line rather than losing its beginning.
        let long = self.field.width() > wide.max(3);
        let name = if long { self.field.to_owned() } else { page.style().column(self.field, wide.max(3)) };
        let label = vec![
            page.words(Tone::Strong, if cursor { "> " } else { "  " }),
            page.mark(self.check.verdict),
            plain(1),
            page.words(Tone::Plain, &name),
            plain(2),
        ];
        page.item(label, 6, Tone::Plain, &clean::short(self.value, LONGEST));
    }
}

/// The pane of what servers answered.
pub fn api(model: &Model, mut page: Page) -> Content {
    let content = Content { title: "Evidence: API value".to_owned(), ..Content::default() };
    let Some(finding) = model.finding() else { return content };
    let all = pieces(finding);
    let answers: Vec<(usize, Answer<'_>)> =
        all.iter().enumerate().filter_map(|(at, piece)| Some((at, Answer::of(*piece)?))).collect();
    let mut endpoints: Vec<&str> = Vec::new();
    for (_, answer) in &answers {
        if !endpoints.contains(&answer.endpoint) {
            endpoints.push(answer.endpoint);
        }
    }
    let wide = answers.iter().map(|(_, answer)| answer.field.width()).max().unwrap_or_default().min(page.width() / 2);
    let mut shown = None;
    for endpoint in &endpoints {
        let mut of_endpoint = answers.iter().filter(|(_, answer)| answer.endpoint == *endpoint).peekable();
        if !page.rows.is_empty() {
            page.blank();
        }
        if let Some((_, first)) = of_endpoint.peek() {
            first.head(model, &mut page);
        }
        for (at, answer) in of_endpoint {
            if *at == model.piece {
                shown = Some(page.rows.len());
            }
            answer.line(*at == model.piece, wide, &mut page);
        }
    }
    if answers.is_empty() {
        page.sentence(0, Tone::Dim, "No answer of a server is quoted for this.");
    }
    let corner = if answers.is_empty() { String::new() } else { format!("{} asked", endpoints.len()) };
    Content { corner, rows: page.rows, cursor: shown, ..content }
}
