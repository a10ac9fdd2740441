//! The fix of R09: a github-actions block in `.github/dependabot.yml`, or what a block there lacks.

use super::super::amend::{Draft, Written, refusal};
use super::super::{Case, FileFix, Fix, Proposal, Safety};
use super::{META, active, blocks, uncovered, wanted_directories};
use crate::fact::Facts;
use crate::fact::dependabot::{self, Dependabot, Update};
use crate::text::Span;
use crate::text::splice::Edit;
use crate::text::yaml::edit::{EditError, ItemSlot, Slot};
use crate::text::yaml::{View, write};

/// How often updates are looked for, where the file has no habit yet; SPEC 8's own example does so.
const INTERVAL: &str = "monthly";
const GROUP: &str = "patterns:\n  - \"*\"\n";

/// What the finding offers under its title.
pub fn propose(case: &Case<'_>, title: &str) -> Proposal {
    let facts = case.facts;
    match &facts.dependabot {
        None => Proposal { fixes: vec![created(facts, title)], refusals: Vec::new() },
        Some(file) => changed(facts, file, title),
    }
}

fn created(facts: &Facts, title: &str) -> Fix {
    let text = format!("version: 2\nupdates:\n{}", listed(&block(facts, INTERVAL)));
    let path = dependabot::PATHS.first().copied().unwrap_or_default().to_owned();
    let (requirement, title, notes) = (META.id, title.to_owned(), Vec::new());
    Fix { requirement, safety: Safety::Safe, title, files: vec![FileFix::Create { path, text }], notes }
}

/// The lines of an update block.
fn block(facts: &Facts, interval: &str) -> String {
    let folders = wanted_directories(None, &uncovered(facts, None));
    let directories = match folders.as_slice() {
        [_] | [] => "directory: /\n".to_owned(),
        several => format!("directories:\n{}", items(several)),
    };
    let interval = write::scalar(interval);
    format!(
        "package-ecosystem: github-actions\n{directories}schedule:\n  interval: {interval}\ncooldown:\n  default-days: 7\n\
         groups:\n  actions:\n{}",
        indented(GROUP, "    ")
    )
}

fn items(values: &[String]) -> String {
    values.iter().map(|value| format!("  - {}\n", write::quoted(value))).collect()
}

fn indented(lines: &str, by: &str) -> String {
    lines.lines().map(|line| format!("{by}{line}\n")).collect()
}

/// A block as an item of a list.
fn listed(block: &str) -> String {
    block.lines().enumerate().map(|(at, line)| format!("{}{line}\n", if at == 0 { "  - " } else { "    " })).collect()
}

fn changed(facts: &Facts, file: &Dependabot, title: &str) -> Proposal {
    let mut draft = Draft::new(&META, Safety::Safe, title);
    let edits = if active(file).next().is_some() { completed(facts, file) } else { added(facts, file) };
    match edits {
        Ok(edits) => {
            draft.edit(file.path, edits);
            Proposal { fixes: draft.finish().into_iter().collect(), refusals: Vec::new() }
        }
        Err(why) => {
            let snippet = listed(&block(facts, INTERVAL));
            Proposal { fixes: Vec::new(), refusals: vec![refusal(&META, file.path, why, snippet)] }
        }
    }
}

fn words(error: EditError) -> String {
    format!("the mapping or list to change {error}")
}

/// A block added to a file that has none for actions.
fn added(facts: &Facts, file: &Dependabot) -> Result<Vec<Edit>, String> {
    let text = facts.text(file.path).ok_or("was not read")?;
    let Ok(written) = Written::read(facts, file.path) else {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let all = format!("{end}version: 2\nupdates:\n{}", listed(&block(facts, INTERVAL)));
        let lines = if text.contains("\r\n") { all.replace('\n', "\r\n") } else { all };
        return Ok(vec![Edit { span: Span::new(text.len(), text.len()), text: lines }]);
    };
    let (doc, root) = (&written.doc, written.doc.root());
    let block = block(facts, &interval(root));
    let version = (file.version.is_none()).then(|| {
        let first = root.entries().next().and_then(|(key, _)| key.as_str()).ok_or(EditError::Unexpected)?;
        doc.insert_entry(root, Slot::Before(first), "version: 2\n")
    });
    let mut edits: Vec<Edit> = version.transpose().map_err(words)?.into_iter().collect();
    let item = || block.lines().enumerate().map(|(at, line)| format!("{}{line}\n", if at == 0 { "- " } else { "  " }));
    let list = match root.get("updates") {
        None => vec![doc.insert_entry(root, Slot::Last, &format!("updates:\n{}", listed(&block))).map_err(words)?],
        Some(updates) if updates.items().next().is_some() => {
            vec![doc.insert_item(updates, ItemSlot::Last, &block).map_err(words)?]
        }
        Some(_) => doc.set_block(root, "updates", &item().collect::<String>()).map_err(words)?,
    };
    edits.extend(list);
    Ok(edits)
}

/// The interval that the file uses already.
fn interval(root: View<'_>) -> String {
    let mut blocks = root.get("updates").into_iter().flat_map(View::items);
    let found = blocks.find_map(|block| block.get("schedule")?.get("interval")?.as_str());
    let known = ["daily", "weekly", "monthly", "quarterly", "semiannually", "yearly"];
    found.filter(|found| known.contains(found)).unwrap_or(INTERVAL).to_owned()
}

/// Groups and directories added to blocks that lack them.
fn completed(facts: &Facts, file: &Dependabot) -> Result<Vec<Edit>, String> {
    let written = Written::read(facts, file.path)?;
    let missing = uncovered(facts, Some(file));
    let mut edits = Vec::new();
    for (at, update) in active(file).enumerate() {
        let block = block_of(&written, update).ok_or("the block is not where it was read")?;
        if at == 0 && !missing.is_empty() {
            edits.extend(directories(&written, block, file, &missing).map_err(words)?);
        }
        if !blocks::is_grouped(update, file) {
            if update.shared_group.is_some() {
                return Err("its block belongs to a `multi-ecosystem-group` that the file does not define".to_owned());
            }
            edits.extend(groups(&written, block).map_err(words)?);
        }
    }
    Ok(edits)
}

fn block_of<'a>(written: &'a Written, update: &Update) -> Option<View<'a>> {
    let mut blocks = written.doc.root().get("updates")?.items();
    blocks.find(|block| block.get("package-ecosystem").is_some_and(|value| value.used_at() == update.ecosystem.span))
}

fn groups(written: &Written, block: View<'_>) -> Result<Vec<Edit>, EditError> {
    let doc = &written.doc;
    let name = |groups: View<'_>| if groups.get("actions").is_some() { "all-actions" } else { "actions" };
    match block.get("groups") {
        None => {
            let body = format!("groups:\n  actions:\n{}", indented(GROUP, "    "));
            doc.insert_entry(block, Slot::Last, &body).map(|edit| vec![edit])
        }
        Some(groups) if groups.entries().next().is_some() => {
            let body = format!("{}:\n{}", name(groups), indented(GROUP, "  "));
            doc.insert_entry(groups, Slot::Last, &body).map(|edit| vec![edit])
        }
        Some(groups) => doc.set_block(block, "groups", &format!("{}:\n{}", name(groups), indented(GROUP, "  "))),
    }
}

fn directories(
    written: &Written,
    block: View<'_>,
    file: &Dependabot,
    missing: &[String],
) -> Result<Vec<Edit>, EditError> {
    let doc = &written.doc;
    match block.get("directories") {
        None => {
            let all = wanted_directories(Some(file), missing);
            let body = format!("directories:\n{}", items(&all));
            doc.replace_entry(block, "directory", &body).map(|edit| vec![edit])
        }
        Some(list) if list.is_flow() => {
            missing.iter().map(|folder| doc.append_flow(list, &write::quoted(folder))).collect()
        }
        Some(list) => {
            let insert =
                |folder: &String| doc.insert_item(list, ItemSlot::Last, &format!("{}\n", write::quoted(folder)));
            missing.iter().map(insert).collect()
        }
    }
}

#[cfg(test)]
mod tests;
