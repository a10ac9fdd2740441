//! What lies above a screen: help, completions, what can be copied, the form of a waiver.

use unicode_width::UnicodeWidthStr;

use super::{Pen, legend};
use crate::app::action::Group;
use crate::app::command::{CommandLine, WORDS};
use crate::app::copy::Menu;
use crate::app::help::{Help, HelpLine};
use crate::app::layout::Area;
use crate::app::page::{Page, Row, Tone, Words};
use crate::app::waiver::{Form, LABELS};
use crate::app::{Mode, Model};
use crate::report::VERSION;

/// How many completions are shown at once.
const MOST: usize = 10;

/// Draws what lies above; answers where the cursor of a text field is.
pub fn draw(model: &Model, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    match &model.mode {
        Mode::Help(help) => {
            draw_help(model, help, pen);
            None
        }
        Mode::Command(line) => {
            completions(model, line, pen);
            None
        }
        Mode::Copy(menu) => {
            copy(model, menu, pen);
            None
        }
        Mode::Waive(form) => Some(waive(model, form, pen)),
        Mode::Browse | Mode::Filter { .. } | Mode::Release(_) | Mode::Answer(_) | Mode::Destination(_) => None,
    }
}

/// A rectangle in the middle of the body.
fn middle(model: &Model, width: u16, height: u16) -> Area {
    let (columns, rows) = model.size;
    let body = rows.saturating_sub(3);
    let (width, height) = (width.min(columns), height.min(body));
    Area { x: (columns - width) / 2, y: 1 + (body - height) / 2, width, height }
}

/// One line of the help as it is drawn.
enum Line {
    Heading(&'static str),
    Keys(HelpLine),
    Words(Row),
    Blank,
}

fn draw_help(model: &Model, help: &Help, pen: &mut Pen<'_>) {
    let (columns, rows) = model.size;
    let wide = columns >= 100;
    let across = if wide { columns - 4 } else { columns };
    let (keys, about) = help_parts(model, help, across - 2);
    let longest = keys.iter().map(Vec::len).max().unwrap_or_default();
    let below = u16::try_from(about.len() + 1).unwrap_or_default();
    let needed = u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(below + 2);
    let area = if wide { middle(model, across, needed.min(rows - 5)) } else { middle(model, columns, rows - 3) };
    pen.clear(area);
    let filter = model.look().text(help.filter.text()).into_owned();
    let corner = if help.filter.text().is_empty() { "? or esc closes".to_owned() } else { format!("filter: {filter}") };
    pen.frame(area, &format!("Help: {}", model.place.word()), &corner, true);
    let inner = area.inner();
    let above = Area { height: inner.height.saturating_sub(below), ..inner };
    help_keys(model, help, &keys, above, pen);
    for (y, row) in (above.y + above.height + 1..inner.y + inner.height).zip(&about) {
        pen.row((inner.x + 1, y), row, inner.width.saturating_sub(2));
    }
}

/// The keys in columns, and what stands below them whatever is scrolled. Where there is one column only, that is what
/// the marks mean alone, and the rest follows the keys.
fn help_parts(model: &Model, help: &Help, width: u16) -> (Vec<Vec<Line>>, Vec<Row>) {
    let mut columns = help_columns(model, help, width);
    let room = usize::from(width.saturating_sub(2));
    let mut below = legend::marks(model, room);
    let about = about(model, room);
    match columns.as_mut_slice() {
        [only] => {
            only.push(Line::Blank);
            only.extend(about.into_iter().map(Line::Words));
        }
        _ => below.extend(about),
    }
    (columns, below)
}

/// What counts mean, version and paths.
fn about(model: &Model, room: usize) -> Vec<Row> {
    let mut page = Page::new(room, model.look());
    page.sentence(0, Tone::Dim, legend::COUNTS);
    page.sentence(0, Tone::Dim, "Grey keys do nothing on this screen; press one, and it says why.");
    page.sentence(0, Tone::Dim, &format!("shipworthy {VERSION}   times are UTC   shift and drag selects text"));
    let paths: Vec<String> = model.options.paths.iter().map(|(what, path)| format!("{what} {path}")).collect();
    if !paths.is_empty() {
        page.sentence(0, Tone::Dim, &paths.join("   "));
    }
    page.rows
}

/// The lines of the help in three columns, two, or one, as there is room.
fn help_columns(model: &Model, help: &Help, width: u16) -> Vec<Vec<Line>> {
    let count = match width {
        110.. => 3,
        76.. => 2,
        _ => 1,
    };
    let mut columns: Vec<Vec<Line>> = (0..count).map(|_| Vec::new()).collect();
    for group in Group::ALL {
        let lines = model.help_lines(help, *group);
        // Each group goes where most room is left, so that the help is as short as can be.
        let Some(column) = columns.iter_mut().min_by_key(|column| column.len()).filter(|_| !lines.is_empty()) else {
            continue;
        };
        if !column.is_empty() {
            column.push(Line::Blank);
        }
        column.push(Line::Heading(group.word()));
        column.extend(lines.into_iter().map(Line::Keys));
    }
    if columns.iter().all(Vec::is_empty)
        && let Some(first) = columns.first_mut()
    {
        first.push(Line::Words(vec![Words { tone: Tone::Dim, text: "no key fits; esc shows all".to_owned() }]));
    }
    columns
}

fn help_keys(model: &Model, help: &Help, columns: &[Vec<Line>], area: Area, pen: &mut Pen<'_>) {
    let longest = columns.iter().map(Vec::len).max().unwrap_or_default();
    let width = area.width / u16::try_from(columns.len()).unwrap_or(1).max(1);
    let height = usize::from(area.height);
    let top = help.top.min(longest.saturating_sub(height));
    for (slot, column) in (0_u16..).zip(columns) {
        for (y, line) in (area.y..).zip(column.iter().skip(top).take(height)) {
            let end = area.x + (slot + 1) * width;
            help_line(model, line, (area.x + slot * width + 1, y), end, pen);
        }
    }
    let frame = Area { x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2 };
    pen.scrollbar(frame, longest, top);
}

fn help_line(model: &Model, line: &Line, (x, y): (u16, u16), end: u16, pen: &mut Pen<'_>) {
    match line {
        Line::Blank => {}
        Line::Words(row) => pen.row((x, y), row, end.saturating_sub(x)),
        Line::Heading(words) => {
            pen.write((x, y), words, end.saturating_sub(x), pen.look.strong());
        }
        Line::Keys(HelpLine { keys, help, here }) => {
            let (keys_style, help_style) =
                if *here { (pen.look.accent(), pen.look.plain()) } else { (pen.look.dim(), pen.look.dim()) };
            let keys = model.look().text(keys).into_owned();
            pen.write((x + 2, y), &keys, 9, keys_style);
            pen.write((x + 12, y), help, end.saturating_sub(x + 12), help_style);
        }
    }
}

/// What a command could become, above the line it is typed in. While an argument is typed, what the word takes stands
/// in the frame, also where nothing known begins so.
fn completions(model: &Model, line: &CommandLine, pen: &mut Pen<'_>) {
    let all = line.completions(model);
    let word = line.word();
    if all.is_empty() && word.is_none() {
        return;
    }
    let title = word.map_or_else(|| "Commands".to_owned(), |(name, takes, _)| format!("{name} {takes}"));
    let mut rows: Vec<(String, String)> =
        all.iter().map(|words| (model.look().text(words).into_owned(), explained(words))).collect();
    if let Some((_, _, help)) = word.filter(|_| all.is_empty()) {
        rows.push((help.to_owned(), String::new()));
    }
    let shown = rows.len().min(MOST).min(usize::from(model.size.1.saturating_sub(6)));
    let top = line.taken().map_or(0, |at| (at + 1).saturating_sub(shown));
    let height = u16::try_from(shown + 2).unwrap_or(3);
    let status = model.layout().status.y;
    let needed = rows.iter().map(|(words, help)| words.width().max(15) + help.width() + 5).max().unwrap_or_default();
    let width = u16::try_from(needed).unwrap_or(u16::MAX).max(74).min(model.size.0);
    let area = Area { x: 0, y: status.saturating_sub(height), width, height };
    pen.clear(area);
    let corner = if all.is_empty() { String::new() } else { all.len().to_string() };
    pen.frame(area, &title, &corner, true);
    let inner = area.inner();
    for (y, (at, (words, help))) in (inner.y..).zip(rows.iter().enumerate().skip(top).take(shown)) {
        let chosen = line.taken() == Some(at);
        let style = if chosen { pen.look.chosen() } else { pen.look.plain() };
        pen.write((inner.x, y), if chosen { ">" } else { " " }, 1, pen.look.title(true));
        let after = pen.write((inner.x + 1, y), words, inner.width - 2, style);
        let from = after.max(inner.x + 16) + 1;
        pen.write((from, y), help, (inner.x + inner.width).saturating_sub(from), pen.look.dim());
    }
    pen.scrollbar(area, rows.len(), top);
}

/// What a command does.
fn explained(words: &str) -> String {
    let taking = WORDS.iter().find(|(name, _, _)| *name == words);
    let taking = taking.map(|(_, takes, help)| format!("{takes}  {help}"));
    taking.or_else(|| crate::app::action::named(words).map(|entry| entry.help.to_owned())).unwrap_or_default()
}

fn copy(model: &Model, menu: &Menu, pen: &mut Pen<'_>) {
    let height = u16::try_from(menu.choices.len() + 2).unwrap_or(u16::MAX);
    let area = middle(model, 76, height);
    pen.clear(area);
    pen.frame(area, "Copy", "enter copies", true);
    let inner = area.inner();
    for (y, (at, choice)) in (inner.y..inner.y + inner.height).zip(menu.choices.iter().enumerate()) {
        let chosen = at == menu.row;
        let name = if chosen { pen.look.chosen() } else { pen.look.strong() };
        pen.write((inner.x, y), if chosen { ">" } else { " " }, 1, pen.look.title(true));
        pen.write((inner.x + 2, y), &format!("{} {:9}", at + 1, choice.what), 11, name);
        let text = model.look().text(&choice.text).into_owned();
        pen.write((inner.x + 15, y), &text, inner.width.saturating_sub(16), pen.look.dim());
    }
}

/// The form of a waiver; answers where the cursor is.
fn waive(model: &Model, form: &Form, pen: &mut Pen<'_>) -> (u16, u16) {
    let area = middle(model, 76, 10);
    pen.clear(area);
    pen.frame(area, &format!("Set aside {}", form.requirement), "nothing is written before a preview", true);
    let inner = area.inner();
    let mut cursor = (inner.x + 11, inner.y + 1);
    for (slot, ((label, ask), field)) in (0_u16..).zip(LABELS.iter().zip(&form.fields)) {
        let y = inner.y + 1 + slot * 2;
        let open = usize::from(slot) == form.row;
        let style = if open { pen.look.title(true) } else { pen.look.strong() };
        pen.write((inner.x, y), if open { ">" } else { " " }, 1, style);
        pen.write((inner.x + 2, y), label, 8, style);
        let room = inner.width.saturating_sub(12);
        let text = model.look().text(field.text()).into_owned();
        let (words, look) =
            if text.is_empty() { ((*ask).to_owned(), pen.look.dim()) } else { (text, pen.look.plain()) };
        // The end of a long text is what is being typed.
        let over = words.width().saturating_sub(usize::from(room));
        let words: String = if open { words.chars().skip(over).collect() } else { words };
        pen.write((inner.x + 11, y), &words, room, look);
        if open {
            let at = u16::try_from(field.cursor().saturating_sub(over)).unwrap_or_default().min(room);
            cursor = (inner.x + 11 + at, y);
        }
    }
    let y = inner.y + inner.height - 1;
    match &form.mistake {
        Some(mistake) => {
            let style = pen.look.verdict(crate::requirement::Verdict::Fail);
            let words = model.look().text(mistake).into_owned();
            pen.write((inner.x + 2, y), &words, inner.width.saturating_sub(3), style);
        }
        None => {
            pen.write(
                (inner.x + 2, y),
                "A waiver is shown as waived with its reason, never as a pass.",
                inner.width.saturating_sub(3),
                pen.look.dim(),
            );
        }
    }
    cursor
}
