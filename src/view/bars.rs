//! The first line and the last two: where this is, what happened, and which keys work.

use unicode_width::UnicodeWidthStr;

use super::Pen;
use crate::app::action::Action;
use crate::app::age::{Age, ago, moment, total};
use crate::app::content::said;
use crate::app::footer::GAP;
use crate::app::matrix::Count;
use crate::app::{Mode, Model, Place};
use crate::checklist::State;
use crate::fleet::{Readiness, Repo};
use crate::requirement::Verdict;

/// Draws the first line: what this is at the left, how it stands at the right.
pub fn header(model: &Model, pen: &mut Pen<'_>) {
    let area = model.layout().header;
    let (title, corner) = match model.place {
        Place::Fleet => fleet(model, area.width >= 100),
        Place::Repo => repo(model, area.width >= 100),
        Place::Evidence => evidence(model),
        Place::Log => ("shipworthy  log".to_owned(), log(model)),
        Place::Fix => {
            let title = model.preview.as_ref().map(|preview| match preview.report() {
                Some(_) => preview.title(),
                None => format!("{} > {}", model.name_of(&preview.repo), preview.title()),
            });
            (title.unwrap_or_default(), "not written".to_owned())
        }
        Place::Checklist => checklist(model),
    };
    let (title, corner) = (model.look().text(&title).into_owned(), model.look().text(&corner).into_owned());
    // The corner takes what the title leaves, and at least half.
    let left = area.width.saturating_sub(u16::try_from(title.width()).unwrap_or(u16::MAX).saturating_add(3));
    let wide = u16::try_from(corner.width()).unwrap_or(u16::MAX).min(left.max(area.width / 2 + 8));
    let room = area.width.saturating_sub(wide + 3);
    let strong = pen.look.strong();
    pen.write((area.x + 1, area.y), &title, room, strong);
    let style = match (model.place, model.finding()) {
        (Place::Evidence, Some(finding)) => pen.look.verdict(finding.verdict),
        _ => pen.look.dim(),
    };
    pen.write_before((area.x + area.width - 1, area.y), &corner, wide, style);
}

fn fleet(model: &Model, wide: bool) -> (String, String) {
    let repos = &model.fleet.repos;
    let (mut ready, mut not_ready, mut undecided) = (0_usize, 0_usize, 0_usize);
    let (mut answered, mut all, mut open) = (0, 0, false);
    for repo in repos.values() {
        if repo.finished {
            match repo.readiness(&model.fleet.rules) {
                Readiness::Ready => ready += 1,
                Readiness::NotReady => not_ready += 1,
                Readiness::Undecided => undecided += 1,
            }
        } else {
            open = true;
        }
        (answered, all) = (answered + repo.answered, all + total(repo));
    }
    let named = if repos.len() == 1 { "1 repository".to_owned() } else { format!("{} repositories", repos.len()) };
    let marked = model.matrix.marks.len();
    let marked = (marked > 0).then(|| format!("{marked} marked"));
    let quota = model.fleet.quota.map(|quota| format!("quota {}/{}", quota.left, quota.limit));
    let answers = if open { format!("fetching {answered}/{all}") } else { model.how_answered(wide) };
    let standing = format!("{ready} ready  {not_ready} not ready  {undecided} undecided");
    let titles = if wide {
        vec![format!("shipworthy  {named}  {standing}")]
    } else {
        vec![format!("shipworthy  {named}"), named]
    };
    let left = |title: &str| usize::from(model.size.0).saturating_sub(title.width() + 4);
    let parts = [marked, (!wide && !open).then_some(standing), quota, Some(answers)];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    // Whether the answers came is what a reader has to know, so the rest gives way.
    while parts.len() > 1 && titles.iter().all(|title| parts.join("  ").width() > left(title)) {
        parts.remove(parts.len() - 2);
    }
    let corner = parts.join("  ");
    let title = titles.iter().find(|title| corner.width() <= left(title)).or(titles.first());
    (title.cloned().unwrap_or_default(), corner)
}

/// Whose release is walked through, and how far it is.
fn checklist(model: &Model) -> (String, String) {
    let Some(open) = &model.checklist else { return Default::default() };
    let release = open.release().map(|version| format!("  {version}")).unwrap_or_default();
    let name = if model.size.0 >= 100 { "Release checklist" } else { "Checklist" };
    let all = open.walk.steps.len() + 1;
    let mut parts = vec![format!("step {} of {all}", (open.row + 1).min(all))];
    let failing = open.walk.count(State::Failed) + open.walk.count(State::Refused);
    parts.extend((failing > 0).then(|| format!("blocked: {failing}")));
    let void = open.walk.voided().len();
    parts.extend((void > 0).then(|| format!("void: {void}")));
    if let Some(at) = open.saved {
        parts.push(format!("saved {}", moment(at, model.options.now)));
    }
    (format!("{name}  {}{release}", model.name_of(&open.repo)), parts.join("   "))
}

/// What a repository is called, and what of it was judged.
fn named(repo: &Repo) -> String {
    let branch = repo.branch().or_else(|| repo.facts.default_branch()).unwrap_or_default();
    let commit: String = repo.commit().unwrap_or_default().chars().take(7).collect();
    let at = if commit.is_empty() { branch.to_owned() } else { format!("{branch} @ {commit}") };
    format!("{}  {at}", repo.name()).trim_end().to_owned()
}

fn repo(model: &Model, wide: bool) -> (String, String) {
    let Some(repo) = model.chosen() else { return ("no repository".to_owned(), String::new()) };
    let corner = |words: String| {
        if model.size.0 < 80 { words } else { format!("{words}  {}", when(model, repo)) }
    };
    let title = named(repo);
    let room = usize::from(model.size.0).saturating_sub(title.width().min(40) + 4);
    let full = corner(counted(model, repo, wide));
    let fits = full.width() <= room;
    (title, if fits { full } else { corner(counted(model, repo, false)) })
}

/// How many requirements of a repository have each verdict: those that decide, and behind a plus those beside them, as
/// the fleet counts them. Marks stand for all words but the first two where there is little room.
fn counted(model: &Model, repo: &Repo, wide: bool) -> String {
    let shown = [Verdict::Pass, Verdict::Fail, Verdict::Warn, Verdict::Unknown, Verdict::Manual, Verdict::Waived];
    let counts = shown.into_iter().map(|verdict| {
        let count = Count::of(repo, &model.fleet.rules, verdict);
        match verdict {
            Verdict::Fail => count.before("fail"),
            Verdict::Pass => count.before("pass"),
            _ if wide => count.before(said(verdict)),
            _ => count.behind(model.look().glyph(verdict)),
        }
    });
    counts.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("  ")
}

/// How far the answers are, or when the last one came.
fn when(model: &Model, repo: &Repo) -> String {
    let age = Age::of(&repo.facts);
    match (repo.finished, age.stale, age.newest) {
        (false, _, _) => format!("{} of {}", repo.answered, total(repo)),
        (_, Some(at), _) => format!("stale {}", ago(at, model.options.now)),
        (_, _, Some(at)) => format!("updated {}", moment(at, model.options.now)),
        _ => "never answered".to_owned(),
    }
}

fn evidence(model: &Model) -> (String, String) {
    let (Some(repo), Some(meta)) = (model.chosen(), model.meta()) else { return Default::default() };
    let title = format!("{} > {} {}", repo.name(), meta.id, meta.slug);
    let Some(finding) = model.finding() else { return (title, said(Verdict::Pending).to_owned()) };
    let count = crate::app::content::evidence::pieces(finding).len();
    let piece = if count > 0 { format!("   evidence {} of {count}", model.piece + 1) } else { String::new() };
    let glyph = model.look().glyph(finding.verdict);
    (title, format!("{glyph} {}{piece}", said(finding.verdict)))
}

fn log(model: &Model) -> String {
    use crate::fact::LogLevel::{Error, Warn};
    let count = |level| model.log.iter().filter(|line| line.level == level).count();
    let many = |count: usize, word| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    [many(model.log.len(), "line"), many(count(Warn), "warning"), many(count(Error), "error")].join("  ")
}

/// Draws the line that says what happened, else what is to know here. Answers where the cursor of a text field is.
pub fn status(model: &Model, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let area = model.layout().status;
    let (x, room) = (area.x + 1, area.width.saturating_sub(2));
    match &model.mode {
        Mode::Filter { field, .. } => return Some(typed(model, "/", field, (x, area.y, room), pen)),
        Mode::Help(help) if help.typing => return Some(typed(model, "/", &help.filter, (x, area.y, room), pen)),
        Mode::Command(line) => return Some(typed(model, ":", &line.field, (x, area.y, room), pen)),
        Mode::Release(field) => return Some(typed(model, "version to be released: ", field, (x, area.y, room), pen)),
        Mode::Destination(field) => return Some(typed(model, "write to: ", field, (x, area.y, room), pen)),
        _ => {}
    }
    if let Some(toast) = &model.toast {
        let style = if toast.failed { pen.look.verdict(Verdict::Fail) } else { pen.look.strong() };
        let words = model.look().text(&toast.words).into_owned();
        pen.write((x, area.y), &words, room, style);
        return None;
    }
    let words = remark(model).unwrap_or_default();
    let words = model.look().text(&words).into_owned();
    pen.write((x, area.y), &words, room, pen.look.dim());
    None
}

/// A text field at the place of the status, and what there is to say about its text.
fn typed(
    model: &Model,
    sign: &str,
    field: &crate::app::field::Field,
    (x, y, room): (u16, u16, u16),
    pen: &mut Pen<'_>,
) -> (u16, u16) {
    let (accent, plain) = (pen.look.title(true), pen.look.plain());
    let x = pen.write((x, y), sign, room, accent);
    let room = room.saturating_sub(u16::try_from(sign.len()).unwrap_or_default());
    // A text longer than the line shows its end, where the cursor is.
    let (text, column) = field.window(usize::from(room.saturating_sub(1)).max(1));
    let after = pen.write((x, y), &model.look().text(&text), room, plain);
    let hint = match &model.mode {
        Mode::Filter { .. } if model.place == Place::Fleet => match model.wrong_filter() {
            Some(mistake) if model.matrix.filter.mistake().is_none() => {
                format!("0 of {}; {mistake}", model.fleet.repos.len())
            }
            Some(mistake) => mistake,
            None if field.text().is_empty() => {
                "letters of a name, R08:fail, is:unknown, is:stale, not:R08:fail".to_owned()
            }
            None => format!("{} of {}", model.matrix.order.len(), model.fleet.repos.len()),
        },
        Mode::Release(_) => crate::checklist::version::mistake(field.text().trim())
            .unwrap_or_else(|| "as on the index and without the letter of the tag; empty for none yet".to_owned()),
        Mode::Destination(_) if field.text().is_empty() => "a folder or a file; empty for the state folder".to_owned(),
        Mode::Command(line) => line.mistake.clone().unwrap_or_default(),
        _ => String::new(),
    };
    let style = match &model.mode {
        Mode::Command(_) => pen.look.verdict(Verdict::Fail),
        _ => pen.look.dim(),
    };
    let end = x + room;
    if after + 3 < end {
        pen.write((after + 3, y), &model.look().text(&hint), end - after - 3, style);
    }
    (x + u16::try_from(column).unwrap_or_default(), y)
}

/// What is to know on this screen.
fn remark(model: &Model) -> Option<String> {
    let repo = model.chosen()?;
    match model.place {
        Place::Fleet => {
            let why = model.finding()?.unknown()?;
            let id = model.meta()?.id;
            let target = repo.name();
            Some(format!(
                "{target} {id}: {}; shown as {}, not as a failure",
                why.detail,
                model.look().glyph(Verdict::Unknown)
            ))
        }
        Place::Repo | Place::Evidence => Some(found_by(repo, usize::from(model.size.0.saturating_sub(2)))),
        Place::Fix => Some(written_by(model)),
        Place::Log => model.log_line().map(|line| line.text.clone()),
        Place::Checklist => model.standing(),
    }
}

/// What applying would do.
fn written_by(model: &Model) -> String {
    let files = model.preview.as_ref().map_or(0, |preview| preview.files().len());
    let keys = &model.options.keymap;
    let (apply, undo) = (keys.short(Action::Apply), keys.short(Action::Undo));
    let report = model.preview.as_ref().is_some_and(|preview| preview.report().is_some());
    match files {
        _ if model.preview.as_ref().is_some_and(|preview| preview.signoff_texts().is_some()) => format!(
            "{} writes it and its .json into the state folder, {} asks for another place.",
            keys.short(Action::Report),
            keys.short(Action::Open)
        ),
        _ if report => {
            format!("{} writes it into the state folder, never into a repository.", keys.short(Action::Report))
        }
        0 => "Nothing would be written.".to_owned(),
        _ if model.options.read_only => "Nothing is written: --read-only.".to_owned(),
        _ if !model.can_write() => {
            let copy = keys.short(Action::Copy);
            format!("No folder of it is here, so nothing can be written: {copy} copies the patch.")
        }
        1 => format!("{apply} writes 1 file; {undo} puts it back. Never commits, never pushes."),
        many => format!("{apply} writes {many} files; {undo} puts them back. Never commits, never pushes."),
    }
}

/// What every verdict of a repository rests on, and where to say otherwise as far as there is room for that.
fn found_by(repo: &Repo, room: usize) -> String {
    let decides = repo.facts.publishes.iter().find(|publish| publish.kind.decides());
    let found = match decides.or(repo.facts.publishes.first()) {
        Some(publish) => {
            let file = crate::app::content::short_path(&publish.file);
            format!("Published by {} in {file}.", publish.called())
        }
        None if repo.finished => "No step that publishes was found.".to_owned(),
        None => return String::new(),
    };
    let whole = format!("{found} Not so? Say it in .github/shipworthy.yml");
    if whole.width() <= room { whole } else { found }
}

/// Draws the line of keys.
pub fn footer(model: &Model, pen: &mut Pen<'_>) {
    let area = model.layout().footer;
    let end = area.x + area.width;
    let mut x = area.x + 1;
    let gap = u16::try_from(GAP).unwrap_or(2);
    for hint in model.hints(usize::from(area.width.saturating_sub(1))) {
        let accent = pen.look.accent();
        let key = model.look().text(&hint.key).into_owned();
        x = pen.write((x, area.y), &key, end.saturating_sub(x), accent);
        x = pen.write((x + 1, area.y), &hint.word, end.saturating_sub(x + 1), pen.look.plain()) + gap;
    }
}
