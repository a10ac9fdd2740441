//! What can be copied from where the cursor is: a value, a link, a command, a row as Markdown.

use super::action::Action;
use super::key::{Code, Key};
use super::message::Effect;
use super::preview::Preview;
use super::{Mode, Model, Place};
use crate::fleet::Repo;
use crate::requirement::{Evidence, Finding, Verdict, explain};
use crate::text::clean;

/// One thing that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is.
    pub what: &'static str,
    /// The text.
    pub text: String,
}

/// The things that can be copied.
#[derive(Clone, Debug, Default)]
pub struct Menu {
    /// All of them.
    pub choices: Vec<Choice>,
    /// The one under the cursor.
    pub row: usize,
}

impl Menu {
    /// What can be copied now; none where there is nothing.
    pub fn of(model: &Model) -> Option<Self> {
        let mut choices = Vec::new();
        let mut add = |what, text: Option<String>| {
            choices.extend(text.filter(|text| !text.is_empty()).map(|text| Choice { what, text }));
        };
        match model.place {
            Place::Log => add("line", model.log_line().map(|line| format!("{} {}", line.at, line.text))),
            Place::Fix => {
                add("patch", model.preview.as_ref().map(Preview::patch));
                add("report", model.preview.as_ref().and_then(Preview::report).map(str::to_owned));
                let whole = model.preview.as_ref().and_then(|preview| preview.files().first());
                add("file", whole.map(|file| file.new.to_string()));
            }
            _ => {
                let command = model.finding().and_then(|finding| finding.guide.as_ref());
                let spoken = matches!(model.place, Place::Repo | Place::Evidence);
                add("value", model.piece().filter(|_| spoken).map(|piece| value(piece.evidence, model)));
                add("link", model.link());
                add("file link", model.file_link().filter(|_| spoken));
                add("command", command.map(|guide| clean::block(&guide.command).into_owned()).filter(|_| spoken));
                add("snippet", model.finding().filter(|_| spoken).and_then(snippet));
                add("row", model.chosen().map(|repo| rows(model, repo)));
            }
        }
        (!choices.is_empty()).then_some(Self { choices, row: 0 })
    }
}

/// The text to paste that the page of a requirement holds, where that page is shown.
fn snippet(finding: &Finding) -> Option<String> {
    let told = explain::section(finding.meta.id, "What to do");
    told.iter().filter(|_| super::content::todo::by_page(finding)).find_map(|words| explain::snippet(words))
}

/// A piece of evidence as a text.
fn value(evidence: &Evidence, model: &Model) -> String {
    match evidence {
        Evidence::File { path, span, note } => {
            let text = model.chosen().and_then(|repo| repo.facts.text(path));
            let line = span.zip(text).map(|(span, text)| span.slice(text).trim().to_owned());
            clean::block(&line.unwrap_or_else(|| format!("{path}: {note}"))).into_owned()
        }
        Evidence::Api { field, value, .. } => format!("{field}: {value}"),
        Evidence::Absence { looked_in } => looked_in.join("\n"),
        Evidence::Person { who, at, note } => format!("{who} on {at}: {note}"),
    }
}

/// The marked repositories, or the one under the cursor, as a table in Markdown; elsewhere the requirement.
fn rows(model: &Model, repo: &Repo) -> String {
    if model.place != Place::Fleet {
        return model.finding().map(|finding| finding_row(repo, finding)).unwrap_or_default();
    }
    let ids: Vec<&str> = model.columns().iter().map(|meta| meta.id).collect();
    let mut table = format!("| Repository | {} |\n|---|{}\n", ids.join(" | "), "---|".repeat(ids.len()));
    let marked = model.acted_on();
    for repo in marked.iter().filter_map(|id| model.fleet.repos.get(id)) {
        let verdicts: Vec<&str> = repo.findings.iter().map(|finding| finding.verdict.word()).collect();
        table.push_str(&format!("| {} | {} |\n", cell(&repo.name()), verdicts.join(" | ")));
    }
    table
}

fn finding_row(repo: &Repo, finding: &Finding) -> String {
    let Finding { meta, verdict, summary, .. } = finding;
    let name = cell(&repo.name());
    let said = if *verdict == Verdict::Pending { "awaited" } else { verdict.word() };
    format!("| {name} | {} [{}]({}) | {said} | {} |\n", meta.id, meta.slug, meta.spec, cell(summary))
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    clean::line(text).replace('|', "\\|")
}

impl Model {
    pub(super) fn choose_copy(&mut self, key: Key, action: Option<Action>, mut menu: Menu) -> Vec<Effect> {
        let last = menu.choices.len().saturating_sub(1);
        if let Code::Char(c @ '1'..='9') = key.code {
            let at = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(1) - 1;
            if at <= last {
                return copied(&menu, at);
            }
            self.say(format!("there is no {c}; 1 to {} can be copied", last + 1));
        }
        match action {
            Some(Action::Back | Action::Quit) => return Vec::new(),
            Some(Action::Open | Action::Copy) => return copied(&menu, menu.row),
            Some(Action::Down) => menu.row = if menu.row == last { 0 } else { menu.row + 1 },
            Some(Action::Up) => menu.row = menu.row.checked_sub(1).unwrap_or(last),
            _ => {}
        }
        self.mode = Mode::Copy(menu);
        Vec::new()
    }
}

fn copied(menu: &Menu, row: usize) -> Vec<Effect> {
    let choice = menu.choices.get(row).cloned();
    choice.map(|Choice { what, text }| Effect::Copy { what, text }).into_iter().collect()
}
