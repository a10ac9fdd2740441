//! Steps that the project keeps itself: the boxes of its release page or template, and those it declares.

use std::collections::HashMap;

use globset::Glob;
use sha2::{Digest, Sha256};

use super::{Kind, Phase, Proof, Step, Subject};
use crate::fact::Facts;
use crate::fact::declared::{DeclaredStep, PATH, When};
use crate::fact::interest::{self, Document};
use crate::fact::prose::{Kind as Block, Page};
use crate::fleet::Repo;
use crate::requirement::{self, Finding, Verdict};
use crate::text::{Lines, clean};

/// How many boxes of one project are asked.
const MOST: usize = 200;

/// The longest question, in characters.
const LONGEST: usize = 300;

/// The boxes of the release templates; where those have none, of the release pages. `out` says that the release is out.
pub fn of_pages(facts: &Facts, out: bool) -> Vec<Step> {
    for kind in [Document::ReleaseTemplate, Document::ReleasePage] {
        let pages = facts.pages.iter().filter(|(path, _)| interest::document(path) == Some(kind));
        let steps: Vec<Step> = pages.flat_map(|(path, page)| boxes(path, page, facts, out)).take(MOST).collect();
        if !steps.is_empty() {
            return steps;
        }
    }
    Vec::new()
}

fn boxes(path: &str, page: &Page, facts: &Facts, out: bool) -> Vec<Step> {
    let lines = facts.text(path).filter(|_| page.placed).map(|text| Lines::new(text));
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut heading = String::new();
    let mut steps = Vec::new();
    for block in &page.blocks {
        match block.kind {
            Block::Heading(_) => heading = clean::line(&block.text).into_owned(),
            Block::Item { task: true, .. } => {
                let title = clean::short(&block.text, LONGEST);
                let number = seen.entry(title.clone()).and_modify(|count| *count += 1).or_insert(1);
                let id = format!("{}#{}{}", clean::line(path), digest(&title), repeated(*number));
                let phase = if is_afterwards(&heading) { Phase::After } else { Phase::Project };
                let why = if heading.is_empty() { String::new() } else { format!("under “{heading}”") };
                let line = lines.as_ref().map(|lines| lines.place(block.span.start).line);
                let mut step = Step::ask(&id, phase, &title, &why);
                step.place = line.map(|line| (clean::line(path).into_owned(), line));
                // What comes after the release cannot be waited for before it.
                step.needed = phase == Phase::Project || out;
                steps.push(step);
            }
            _ => {}
        }
    }
    steps
}

fn repeated(number: usize) -> String {
    if number > 1 { format!("-{number}") } else { String::new() }
}

/// Whether a heading speaks of what comes when the release is out.
fn is_afterwards(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    ["after ", "post-", "post release", "afterwards", "announce"].iter().any(|start| lower.starts_with(start))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// A declared step with the step that it stands beside.
pub struct Placed {
    step: Step,
    before: Option<String>,
    after: Option<String>,
}

/// The steps that the project declares and whose conditions hold, or cannot be told.
pub fn declared(repo: &Repo, subject: &Subject) -> Vec<Placed> {
    let steps = repo.facts.declared.checklist.steps.iter().filter(|step| holds(&step.when, &repo.facts, subject));
    let steps = steps.map(|step| Placed {
        step: Step { needed: !step.optional, ..made(step, repo) },
        before: step.before.clone(),
        after: step.after.clone(),
    });
    steps.collect()
}

/// Whether the conditions of a step may hold.
fn holds(when: &When, facts: &Facts, subject: &Subject) -> bool {
    let fits = |pattern: &Option<String>, value: Option<&str>| match (pattern, value) {
        (Some(pattern), Some(value)) => Glob::new(pattern).map_or(true, |glob| glob.compile_matcher().is_match(value)),
        _ => true,
    };
    let published = |registry: &String| facts.publishes.iter().any(|step| step.registry.word() == registry);
    fits(&when.release, subject.release.as_deref())
        && fits(&when.branch, subject.branch.as_deref())
        && when.publishes.as_ref().is_none_or(published)
}

fn made(step: &DeclaredStep, repo: &Repo) -> Step {
    let id = format!("own:{}", step.id);
    let why = step.why.as_deref().map(|why| clean::short(why, LONGEST)).unwrap_or_default();
    let proof = [Proof::text(PATH)];
    let Some(name) = &step.requirement else {
        let title = clean::short(step.ask.as_deref().unwrap_or_default(), LONGEST);
        let asked = Step::ask(&id, Phase::Project, &title, &why).with(proof);
        return match step.days {
            Some(own) => asked.lasting(own),
            None => asked,
        };
    };
    let (title, verdict, found) = bound(name, step.check.as_deref(), repo);
    let why = if why.is_empty() { found } else { format!("{found} ({why})") };
    Step::auto(&id, Phase::Project, &title, verdict, why).with(proof)
}

/// What the facts say about a requirement, or about one of its checks.
fn bound(name: &str, check: Option<&str>, repo: &Repo) -> (String, Verdict, String) {
    let shown = clean::short(name, 40);
    let nothing =
        |what: &str| (format!("{shown} holds"), Verdict::Unknown, format!("{PATH} names {what}, which does not exist"));
    let Some(meta) = requirement::find(name).map(requirement::Requirement::meta) else { return nothing(&shown) };
    let judged: Option<&Finding> = repo.findings.iter().find(|finding| finding.meta.id == meta.id);
    let title = format!("{} {} passes", meta.id, meta.slug);
    let Some(finding) = judged else { return (title, Verdict::Unknown, "it was not judged".to_owned()) };
    match check {
        None => (title, settled(finding.verdict), clean::line(&finding.summary).into_owned()),
        Some(id) => match finding.check(id) {
            Some(check) => {
                let title = format!("{} {}: {} passes", meta.id, meta.slug, check.id);
                (title, settled(check.verdict), check.summary.clone())
            }
            None => nothing(&format!("the check {}", clean::short(id, 40))),
        },
    }
}

const fn settled(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Pending => Verdict::Unknown,
        known => known,
    }
}

/// Puts declared steps where they belong: beside the step they name, else at the end of the project's own.
pub fn insert(all: &mut Vec<Step>, declared: Vec<Placed>) {
    for Placed { mut step, before, after } in declared {
        let named = before.as_deref().or(after.as_deref());
        let place = named.and_then(|id| all.iter().position(|one| one.id == id || one.id == format!("own:{id}")));
        let end = all.iter().position(|one| one.phase > Phase::Project).unwrap_or(all.len());
        if let (Some(id), None) = (named, place) {
            let note = format!("{PATH} puts it beside {}, which does not exist", clean::short(id, 40));
            step.why = if step.why.is_empty() { note } else { format!("{}; {note}", step.why) };
        }
        let at = match place {
            Some(place) => place + usize::from(after.is_some()),
            None => end,
        };
        if let Some(beside) = place.and_then(|place| all.get(place)) {
            step.phase = beside.phase;
            // A question beside steps of a release that is not out yet is asked all the same.
            if beside.kind == Kind::Later && step.kind == Kind::Ask {
                step.needed = false;
            }
        }
        all.insert(at.min(all.len()), step);
    }
}
