//! The fix of R01: a draft of `RELEASING.md` from what the workflows show, or a section on who may release for the
//! page that is there. What only people know is marked as a gap.

use super::super::amend::{Draft, refusal};
use super::super::{FileFix, Fix, Proposal, Safety};
use super::{GAP, META, Told};
use crate::fact::Facts;
use crate::fact::prose::{Block, Page};
use crate::fact::release::{Publish, Registry};
use crate::fact::workflow::Workflow;
use crate::fact::workflow::event::Nature;
use crate::fact::workflow::expression::Truth;
use crate::text::splice::Edit;
use crate::text::{Span, clean};

const TEMPLATE: &str = include_str!("../../../assets/templates/RELEASING.md");
const HEADING: &str = "Who may release";

/// Where the draft goes.
pub const PATH: &str = "RELEASING.md";

/// A page where there is none.
pub fn drafted(facts: &Facts, title: &str) -> Proposal {
    let text = draft(facts);
    let files = vec![FileFix::Create { path: PATH.to_owned(), text }];
    let notes = vec![format!("R01 stays at warn until a person filled the lines marked \"{GAP}\"")];
    let (requirement, title) = (META.id, title.to_owned());
    Proposal { fixes: vec![Fix { requirement, safety: Safety::Review, title, files, notes }], refusals: Vec::new() }
}

fn draft(facts: &Facts) -> String {
    let publish = facts.publishes.iter().find(|publish| publish.kind.decides());
    let name = facts.full_name();
    let project = name.as_deref().map_or("this project", |name| name.rsplit('/').next().unwrap_or(name));
    let branch = facts.default_branch().map_or_else(|| "the release branch".to_owned(), code);
    let repository = name.as_deref().filter(|name| is_plain(name)).unwrap_or("OWNER/REPOSITORY");
    let (environment, approve) = gate(facts, publish);
    let values = [
        ("{project}", plain(project)),
        ("{environment}", environment),
        ("{index}", index(publish).to_owned()),
        ("{branch}", branch),
        ("{start}", start(facts, publish)),
        ("{approve}", approve),
        ("{repository}", repository.to_owned()),
    ];
    values.iter().fold(TEMPLATE.to_owned(), |text, (mark, value)| text.replace(mark, value))
}

fn index(publish: Option<&Publish>) -> &'static str {
    match publish.map(|publish| publish.registry) {
        Some(Registry::Pypi) => "PyPI",
        Some(Registry::Crates) => "the crate registry",
        Some(Registry::Npm) => "npm",
        Some(Registry::GithubRelease) => "the release page",
        _ => "the package index",
    }
}

/// Who must approve, and the step in which they do.
fn gate(facts: &Facts, publish: Option<&Publish>) -> (String, String) {
    let job = publish.and_then(|publish| publish.job(&facts.workflows));
    let environment = job.and_then(|job| job.environment.as_ref());
    match environment.filter(|environment| !environment.name.has_expression()) {
        Some(environment) => {
            let name = code(environment.name.trimmed());
            (
                format!("Publishing waits in the environment {name} for a required reviewer. {GAP} the reviewers."),
                format!("Ask another release manager to approve the deployment to {name}."),
            )
        }
        None => (
            format!("{GAP} who must approve a release, and where they do."),
            format!("Wait until the run is done. {GAP} who approves it."),
        ),
    }
}

/// The step that starts the publishing, as the workflow has it.
fn start(facts: &Facts, publish: Option<&Publish>) -> String {
    let Some((publish, workflow)) = publish.and_then(|publish| Some((publish, publish.workflow(&facts.workflows)?)))
    else {
        return format!("Build and upload the release. {GAP} the commands.");
    };
    let reached = |name: &str| {
        publish.routes.routes.iter().any(|route| {
            route.event.name == name && route.event.nature != Nature::Unintended && route.reach != Truth::No
        })
    };
    let file = code(workflow.file_name());
    if reached("workflow_dispatch") {
        return format!("Start the workflow {file} by hand, in the Actions tab.");
    }
    if reached("push") {
        let pattern = tags(workflow).map(|tags| format!(" (tags that match {tags} do)")).unwrap_or_default();
        return format!(
            "Tag the merged commit with a signed tag and push it: `git tag -s VERSION`, `git push origin VERSION`. \
             It starts the workflow {file}{pattern}."
        );
    }
    if reached("release") {
        return format!("Publish a release on GitHub, with a new tag. It starts the workflow {file}.");
    }
    format!("Start the workflow {file}. {GAP} how.")
}

/// The patterns of the tags that start a workflow.
fn tags(workflow: &Workflow) -> Option<String> {
    let tags = workflow.trigger("push")?.tags.as_ref()?;
    Some(tags.iter().take(3).map(|tag| code(tag.trimmed())).collect::<Vec<_>>().join(", "))
}

/// A name as code, in which nothing is markup.
fn code(name: &str) -> String {
    format!("`{}`", clean::short(name, 60).replace('`', "'"))
}

/// A name in a sentence, without what could be markup.
fn plain(name: &str) -> String {
    clean::short(name, 60).chars().filter(|c| c.is_alphanumeric() || " ._-".contains(*c)).collect()
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/'))
}

/// A section on who may release, for a page that says how.
pub fn extended(facts: &Facts, best: &Told<'_>, title: &str) -> Proposal {
    let path = best.path();
    let publish = facts.publishes.iter().find(|publish| publish.kind.decides());
    let lines = format!(
        "- {GAP} the release managers, by name, and who appoints them.\n\
         - Release managers need write access to this repository.\n- {}\n",
        gate(facts, publish).0
    );
    let source = best.part.source;
    let Some(body) = section(path, source.page, best, &lines) else {
        let why = "is not a text to which a section can be added";
        let snippet = format!("## {HEADING}\n\n{lines}");
        return Proposal { fixes: Vec::new(), refusals: vec![refusal(&META, path, why, snippet)] };
    };
    let mut draft = Draft::new(&META, Safety::Review, title);
    draft.edit(path, [appended(source.text, end(best), &body)]);
    draft.note(format!("R01 stays at warn until a person filled the lines marked \"{GAP}\""));
    Proposal { fixes: draft.finish().into_iter().collect(), refusals: Vec::new() }
}

/// Where the account ends: with its section, or with the page.
fn end(best: &Told<'_>) -> usize {
    let text = best.part.source.text;
    let last = best.part.blocks.last().filter(|_| best.part.is_section).map(|block| block.span.end);
    let at = last.unwrap_or(text.len()).min(text.len());
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length + 1)
}

/// The section in the markup of its page; none where that is no text.
fn section(path: &str, page: &Page, best: &Told<'_>, lines: &str) -> Option<String> {
    let extension = path.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    let level = best.part.heading.filter(|_| best.part.is_section).and_then(Block::level);
    let level = level.map_or(2, |level| (level + 1).min(6));
    match extension.as_str() {
        "md" | "markdown" | "qmd" => Some(format!("{} {HEADING}\n\n{lines}", "#".repeat(level))),
        "adoc" | "asciidoc" => {
            let items = lines.replace("- ", "* ");
            Some(format!("{} {HEADING}\n\n{items}", "=".repeat(level)))
        }
        "rst" if best.part.is_section => Some(format!("**{HEADING}**\n\n{lines}")),
        "rst" => {
            let mark = underline(best.part.source.text, page);
            Some(format!("{HEADING}\n{}\n\n{lines}", mark.to_string().repeat(HEADING.len())))
        }
        _ => None,
    }
}

/// The mark below the headings of the second level, else one that is not in use.
fn underline(text: &str, page: &Page) -> char {
    let below = |end: usize| {
        let line = text.get(end..)?.lines().map(str::trim).find(|line| !line.is_empty())?;
        line.chars().next().filter(char::is_ascii_punctuation)
    };
    let of = |level: usize| {
        let heading = page.blocks.iter().find(|block| block.level() == Some(level))?;
        heading
            .span
            .slice(text)
            .trim_end()
            .chars()
            .last()
            .filter(char::is_ascii_punctuation)
            .or_else(|| below(heading.span.end))
    };
    let free = || ['-', '~', '^', '='].into_iter().find(|mark| Some(*mark) != of(1));
    of(2).or_else(free).unwrap_or('-')
}

/// Lines put where a line begins, apart from what stands around them.
fn appended(text: &str, at: usize, body: &str) -> Edit {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = body.replace('\n', end);
    let unended = !text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    let rest = text.get(at..).is_some_and(|rest| !rest.trim().is_empty());
    let new = match (unended, rest) {
        (true, _) => format!("{end}{end}{}", body.trim_end()),
        (false, true) => {
            let gap = text.get(at..).is_some_and(|rest| rest.starts_with(['\n', '\r']));
            format!("{end}{body}{}", if gap { "" } else { end })
        }
        (false, false) => format!("{end}{body}"),
    };
    Edit { span: Span::new(at, at), text: new }
}

#[cfg(test)]
mod tests;
