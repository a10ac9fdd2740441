//! The steps of a repository, in the order of a release.

use super::{DAYS, Kind, Phase, Proof, Step, Subject, own, questions, tree};
use crate::fact::tree::Tree;
use crate::fact::{Fact, Facts};
use crate::fleet::{Repo, Rules};
use crate::report::Places;
use crate::report::link::Pages;
use crate::report::open::{self, Spot};
use crate::requirement::{Finding, Level, Verdict};
use crate::text::clean;

/// How many proofs of one step are kept.
const MOST: usize = 4;

/// The requirements of each phase, in order.
const REQUIREMENTS: [(Phase, &[&str]); 3] = [
    (Phase::Process, &["R01", "R03", "R04"]),
    (Phase::Pipeline, &["R02", "R05", "R06", "R07", "R08", "R09"]),
    (Phase::Artifacts, &["R10", "R11", "R12"]),
];

/// What a walk is about: a repository, a version to be released, or the tag of a release that is out.
pub fn subject(repo: &Repo, rules: &Rules, release: Option<&str>, after: Option<&str>) -> Subject {
    let facts = &repo.facts;
    let text = |text: &str| clean::line(text).into_owned();
    let forge = facts.progress.value().map(|progress| (progress.branch.clone(), progress.head.clone()));
    let has_clone = facts.git.value().is_some_and(Option::is_some);
    let (branch, head) = if has_clone { (None, None) } else { forge.unzip() };
    let tagged = after.and_then(|tag| tag_commit(facts, tag));
    let commit = match after {
        Some(_) => tagged,
        None => repo.commit().map(str::to_owned).or(head),
    };
    Subject {
        target: text(&repo.target.id.target),
        name: text(&repo.name()),
        repository: repo.repository().map(|name| text(&name)),
        release: release.or(after).map(text),
        after: after.map(text),
        branch: repo.branch().map(str::to_owned).or(branch).map(|name| text(&name)),
        commit: commit.map(|id| text(&id)),
        profile: rules.profile.word(),
        facts_of: facts.newest_answer(),
    }
}

/// The commit of a tag, as the clone or the forge says.
fn tag_commit(facts: &Facts, tag: &str) -> Option<String> {
    let local = facts.git.value().and_then(Option::as_ref).and_then(|git| git.tags().ok());
    let local = local.and_then(|tags| tags.iter().find(|one| one.name == tag)).map(|one| one.commit.clone());
    let forge = || facts.tags.value()?.iter().find(|one| one.name == tag).map(|one| one.commit.clone());
    local.or_else(forge)
}

/// Every step of a repository. `tree` is what was seen of its working tree, where it has one.
pub fn of(repo: &Repo, tree: Option<&Fact<Tree>>, subject: &Subject) -> Vec<Step> {
    let facts = &repo.facts;
    let days = facts.declared.checklist.process_days.unwrap_or(DAYS);
    let mut all = tree::steps(facts, tree, subject);
    let pages = Pages::of(repo);
    let mut places = Places::new(facts);
    for (phase, ids) in REQUIREMENTS {
        let findings = ids.iter().filter_map(|id| repo.findings.iter().find(|finding| finding.meta.id == *id));
        all.extend(findings.map(|finding| requirement(finding, phase, repo, &pages, &mut places)));
    }
    all.extend(questions::steps(facts, subject, days));
    all.extend(own::of_pages(facts, subject.after.is_some()));
    all.extend(after(facts, subject));
    let declared = own::declared(repo, subject);
    all.sort_by_key(|step| step.phase);
    own::insert(&mut all, declared);
    if repo.finished {
        // Nothing more will come, so nothing is awaited.
        for step in &mut all {
            if let Kind::Auto { verdict: verdict @ Verdict::Pending } = &mut step.kind {
                *verdict = Verdict::Unknown;
            }
        }
    }
    all
}

fn requirement(finding: &Finding, phase: Phase, repo: &Repo, pages: &Pages, places: &mut Places<'_>) -> Step {
    let meta = finding.meta;
    let mut proof = Vec::new();
    for check in open::reasons(finding) {
        for spot in open::spots(check, finding, &repo.facts, places) {
            if proof.len() < MOST {
                proof.push(proved(&spot, pages));
            }
        }
    }
    let title = format!("{} {}: {}", meta.id, meta.slug, meta.title);
    let step = Step::auto(meta.id, phase, &title, finding.verdict, clean::line(&finding.summary)).with(proof);
    Step { needed: meta.level == Level::Required, waiver: finding.waiver.clone(), ..step }
}

fn proved(spot: &Spot, pages: &Pages) -> Proof {
    let url = match spot {
        Spot::File { path, lines, .. } if path != ".git" => pages.file(path, *lines),
        _ => None,
    };
    Proof { text: clean::short(&open::in_words(spot), 200), url }
}

/// Steps that can only be seen when the release is out.
fn after(facts: &Facts, subject: &Subject) -> Vec<Step> {
    let out = |id: &str, title: &str| Step::auto(id, Phase::After, title, Verdict::Unknown, "");
    let mut all = vec![
        Step { ..released(facts, subject, out("after-released", "The release is out")) },
        attested(facts, subject, out("after-attested", "Every file of the release has an attestation")),
    ];
    let on_index = facts.publishes.iter().any(|step| step.kind.decides() && tree::is_index(step.registry.word()));
    if on_index {
        all.push(proven(facts, subject, out("after-provenance", "Every file on the index has its provenance")));
    }
    if subject.after.is_none() {
        for step in &mut all {
            step.kind = Kind::Later;
            "seen with `shipworthy checklist --after TAG` when the release is out".clone_into(&mut step.why);
            step.proof.clear();
        }
    }
    all
}

fn decided(step: Step, verdict: Verdict, why: String) -> Step {
    Step { kind: Kind::Auto { verdict }, why, ..step }
}

fn not_seen<T>(step: Step, fact: &Fact<T>) -> Step {
    let why = match fact {
        Fact::Unknown(why) => clean::line(&why.detail).into_owned(),
        _ => "it has not been asked".to_owned(),
    };
    decided(step, Verdict::Unknown, why)
}

fn released(facts: &Facts, subject: &Subject, step: Step) -> Step {
    let Some(latest) = facts.release.value() else { return not_seen(step, &facts.release) };
    let wanted = subject.after.as_deref().unwrap_or_default();
    match latest {
        Some(latest) if latest.tag == wanted => {
            let why = format!("{} has {} files", clean::short(&latest.tag, 80), latest.assets.len());
            decided(step, Verdict::Pass, why)
        }
        Some(latest) => {
            let why = format!("the latest release is {}, so this one cannot be told", clean::short(&latest.tag, 80));
            decided(step, Verdict::Unknown, why)
        }
        None => decided(step, Verdict::Unknown, "there is no release page; only tags".to_owned()),
    }
}

fn attested(facts: &Facts, subject: &Subject, step: Step) -> Step {
    let latest = facts.release.value().and_then(Option::as_ref);
    if latest.is_none_or(|latest| subject.after.as_deref() != Some(&latest.tag)) {
        let why = "the files of this release were not seen".to_owned();
        return decided(step, Verdict::Unknown, why);
    }
    let Some(all) = facts.attestations.value() else { return not_seen(step, &facts.attestations) };
    let Some(latest) = latest else { return step };
    let bare: Vec<String> = latest
        .assets
        .iter()
        .filter(|asset| !all.iter().any(|one| one.file == asset.name && !one.statements.is_empty()))
        .map(|asset| clean::short(&asset.name, 80))
        .collect();
    match (latest.assets.len(), bare.len()) {
        (0, _) => decided(step, Verdict::Unknown, "the release page has no files".to_owned()),
        (count, 0) => decided(step, Verdict::Pass, format!("{count} of {count} files have one")),
        _ => decided(step, Verdict::Fail, format!("without one: {}", bare.join(", "))),
    }
}

fn proven(facts: &Facts, subject: &Subject, step: Step) -> Step {
    let Some(all) = facts.provenance.value() else { return not_seen(step, &facts.provenance) };
    let wanted = tree::normal(subject.after.as_deref().unwrap_or_default());
    let new: Vec<_> = all.iter().filter(|one| tree::normal(&one.version) == wanted && !one.files.is_empty()).collect();
    let Some(first) = new.first() else {
        let why = "the index does not show this version as its newest, or shows no file of it".to_owned();
        return decided(step, Verdict::Unknown, why);
    };
    let bare: Vec<String> = new
        .iter()
        .flat_map(|one| &one.files)
        .filter(|file| file.publisher.is_none())
        .map(|file| clean::short(&file.file, 80))
        .collect();
    if bare.is_empty() {
        let why = format!("every file of {} {}", clean::short(&first.package, 80), clean::short(&first.version, 40));
        return decided(step, Verdict::Pass, why);
    }
    decided(step, Verdict::Fail, format!("without one: {}", bare.join(", ")))
}
