//! Takes one fix after another: each is worked out on the text that the ones before it left, so that its places hold.
//!
//! Requirements come in the order of the registry, again and again until none has anything left to do; so a second
//! run finds nothing. Fixes of one requirement that share no file are made together, which keeps the cost linear.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Choice, Effect, FileChange, Key, Outcome, Plan, verify};
use crate::fact::files::FileSet;
use crate::fact::{Fact, Facts, Observation, Observed};
use crate::requirement::{self, Case, FileFix, Finding, Fix, Proposal, Refusal, Requirement, Safety};
use crate::text::{clean, splice};

/// How often all requirements are asked before fixes count as undoing each other.
const MOST_PASSES: usize = 5;
/// How often one requirement is asked in a row.
const MOST_ROUNDS: usize = 64;

/// What a plan comes to, from its facts and its decisions.
pub fn outcome(plan: &Plan) -> Outcome {
    let mut composer = Composer::new(plan);
    composer.run();
    composer.finish()
}

struct Composer<'a> {
    plan: &'a Plan,
    facts: Facts,
    /// In the order of the registry, of the facts as they are now.
    findings: Vec<Finding>,
    choices: Vec<Choice>,
    /// Where a choice is, by what it is known by; there may be one for each of ten thousand files.
    places: HashMap<Key, usize>,
    /// What the requirements themselves refuse, as last said.
    refusals: BTreeMap<&'static str, Vec<Refusal>>,
    /// Requirements of which a fix was made.
    fixed: BTreeSet<&'static str>,
}

impl<'a> Composer<'a> {
    fn new(plan: &'a Plan) -> Self {
        let facts = (*plan.facts).clone();
        let findings = judged(&facts, plan);
        let (choices, places, refusals, fixed) = (Vec::new(), HashMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { plan, facts, findings, choices, places, refusals, fixed }
    }

    fn run(&mut self) {
        if self.plan.facts.files.value().is_none() {
            return;
        }
        for _ in 0..MOST_PASSES {
            let mut moved = false;
            for requirement in &self.plan.requirements {
                moved |= self.exhaust(*requirement);
            }
            if !moved {
                return;
            }
        }
        self.give_up();
    }

    /// Makes what a requirement offers until it offers nothing more; says whether anything was made.
    fn exhaust(&mut self, requirement: &dyn Requirement) -> bool {
        let mut made: Vec<Fix> = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let Proposal { fixes, refusals } = self.proposal(requirement);
            self.refusals.insert(requirement.meta().id, refusals);
            let batch = self.batch(fixes);
            // What was just made and is offered again would be offered for ever; the passes notice that.
            let is_new = |fix: &Fix| !made.iter().any(|known| known.title == fix.title && known.files == fix.files);
            if !batch.iter().any(is_new) || !self.make(&batch) {
                break;
            }
            made.extend(batch);
        }
        !made.is_empty()
    }

    fn proposal(&self, requirement: &dyn Requirement) -> Proposal {
        let id = requirement.meta().id;
        let at = self.findings.iter().position(|finding| finding.meta.id == id).unwrap_or_default();
        let earlier = self.findings.get(..at).unwrap_or_default();
        requirement.propose(&Case { facts: &self.facts, earlier, profile: self.plan.profile })
    }

    /// The fixes to make now: taken, not refused before, and no two of one file.
    fn batch(&mut self, fixes: Vec<Fix>) -> Vec<Fix> {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut batch = Vec::new();
        for fix in fixes {
            let is_made = self.choice(&fix).is_some_and(|choice| choice.is_made());
            if !is_made || fix.files.iter().any(|file| taken.contains(file.path())) {
                continue;
            }
            taken.extend(fix.files.iter().map(|file| file.path().to_owned()));
            batch.push(fix);
        }
        batch
    }

    /// The choice that a fix is, noted when it is met for the first time.
    fn choice(&mut self, fix: &Fix) -> Option<&mut Choice> {
        let key = Key::of(fix);
        if let Some(at) = self.places.get(&key) {
            return self.choices.get_mut(*at);
        }
        let lines = |file: &FileFix| (file.path().to_owned(), self.lines(file));
        let choice = Choice {
            requirement: fix.requirement,
            safety: fix.safety,
            title: key.title.clone(),
            notes: fix.notes.iter().map(|note| clean::line(note).into_owned()).collect(),
            files: fix.files.iter().map(lines).collect(),
            taken: self.plan.takes(&key),
            refused: None,
        };
        self.places.insert(key, self.choices.len());
        self.choices.push(choice);
        self.choices.last_mut()
    }

    /// How many lines a fix writes or removes in a file.
    fn lines(&self, file: &FileFix) -> usize {
        let count = |text: &str| text.lines().count().max(1);
        match file {
            FileFix::Create { text, .. } => count(text),
            FileFix::Edit { path, edits } => {
                let old = self.facts.text(path).map_or("", |text| text);
                edits.iter().map(|edit| count(&edit.text).max(count(edit.span.slice(old)))).sum()
            }
        }
    }

    /// Makes fixes that share no file; says whether any was made. When together they would do harm, each is tried
    /// alone, so that one bad fix holds back no other.
    fn make(&mut self, batch: &[Fix]) -> bool {
        let Some(before) = self.facts.files.observed().cloned() else { return false };
        let mut files = before.value.clone();
        let mut made: Vec<&Fix> = Vec::new();
        for fix in batch {
            match self.applied(&files, fix) {
                Ok(texts) => {
                    files.texts.extend(texts);
                    made.push(fix);
                }
                Err(why) => self.refuse(fix, why),
            }
        }
        if made.is_empty() {
            return false;
        }
        let harm = self.read(&before, files, made.iter().any(|fix| fix.safety == Safety::Safe));
        let Some(harm) = harm else {
            self.fixed.extend(made.iter().map(|fix| fix.requirement));
            return true;
        };
        if let [only] = made.as_slice() {
            self.refuse(only, harm);
            return false;
        }
        let mut moved = false;
        for fix in made {
            moved |= self.make(std::slice::from_ref(fix));
        }
        moved
    }

    fn refuse(&mut self, fix: &Fix, why: String) {
        if let Some(choice) = self.choice(fix) {
            choice.refused = Some(why);
        }
    }

    /// The texts that a fix leaves, held against what it promised.
    fn applied(&self, files: &FileSet, fix: &Fix) -> Result<Vec<(String, Arc<str>)>, String> {
        let mut texts = Vec::new();
        for file in &fix.files {
            let path = file.path();
            let blocked = self.plan.wish.blocked.get(path);
            let text = blocked.map_or_else(|| changed(files, file), |why| Err(why.clone()));
            let text = text.map_err(|why| format!("{} {why}", clean::line(path)))?;
            texts.push((path.to_owned(), text));
        }
        if texts.iter().all(|(path, text)| files.text(path) == Some(text)) {
            return Err("nothing would change".to_owned());
        }
        Ok(texts)
    }

    /// Takes in changed files and judges them; puts the old ones back and says why when they do harm.
    fn read(&mut self, before: &Observed<FileSet>, files: FileSet, careful: bool) -> Option<String> {
        let hidden = hidden(&self.facts);
        let old = std::mem::take(&mut self.findings);
        let mut changed = before.clone();
        changed.value = files;
        self.facts.record(Observation::Files(Fact::Known(changed)));
        self.findings = judged(&self.facts, self.plan);
        let harm = if hidden < self::hidden(&self.facts) {
            Some("the changed file would no longer be understood".to_owned())
        } else {
            let worse = effects(&old, &self.findings).into_iter().find(|effect| careful && effect.is_worse());
            worse.map(|effect| format!("a verdict would get worse: {}", effect.line()))
        };
        if harm.is_some() {
            self.facts.record(Observation::Files(Fact::Known(before.clone())));
            self.findings = old;
        }
        harm
    }

    /// Fixes that undo each other are all refused: nobody could say which of the texts is the last one.
    fn give_up(&mut self) {
        let why = "fixes undo each other; take one of them alone with --only";
        for choice in self.choices.iter_mut().filter(|choice| choice.is_made()) {
            choice.refused = Some(why.to_owned());
        }
        self.facts = (*self.plan.facts).clone();
        self.findings = judged(&self.facts, self.plan);
        self.fixed.clear();
    }

    fn finish(self) -> Outcome {
        let before = judged(&self.plan.facts, self.plan);
        let mut effects = effects(&before, &self.findings);
        effects.retain(|effect| effect.before != effect.after || self.fixed.contains(effect.requirement));
        effects.sort_by_key(|effect| effect.requirement);
        Outcome {
            files: changes(&self.plan.facts, &self.facts),
            refusals: self.refusals.into_values().flatten().collect(),
            choices: self.choices,
            effects,
        }
    }
}

/// The text that a fix leaves of one file, or why it cannot, in words that follow the path.
fn changed(files: &FileSet, file: &FileFix) -> Result<Arc<str>, String> {
    let path = file.path();
    match file {
        FileFix::Edit { edits, .. } => {
            let old = files.text(path).ok_or("was not read")?;
            let new = splice::apply(old, edits).map_err(|error| format!("cannot be edited: {error}"))?;
            verify::edited(path, old, &new, edits).map_err(|why| format!("cannot be edited cleanly: {why}"))?;
            Ok(Arc::from(new))
        }
        FileFix::Create { .. } if files.exists(path) || files.hidden(path).is_some() => {
            Err("is there already".to_owned())
        }
        FileFix::Create { text, .. } => {
            verify::created(path, text).map_err(|why| format!("cannot be made: {why}"))?;
            Ok(Arc::from(text.as_str()))
        }
    }
}

/// Every finding, in the order of the registry.
fn judged(facts: &Facts, plan: &Plan) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::with_capacity(requirement::ALL.len());
    for requirement in requirement::ALL {
        let finding = requirement.assess(&Case { facts, earlier: &findings, profile: plan.profile });
        findings.push(finding);
    }
    findings
}

/// How many files hide what they say.
fn hidden(facts: &Facts) -> usize {
    facts.problems.iter().filter(|problem| problem.hides).count()
}

fn effects(before: &[Finding], after: &[Finding]) -> Vec<Effect> {
    let pairs = before.iter().zip(after);
    let effect = |(before, after): (&Finding, &Finding)| Effect {
        requirement: before.meta.id,
        slug: before.meta.slug,
        before: before.verdict,
        after: after.verdict,
    };
    pairs.map(effect).collect()
}

/// The files whose texts differ, in order of path.
fn changes(before: &Facts, after: &Facts) -> Vec<FileChange> {
    let texts = after.files.value().map(|files| &files.texts);
    let changed = texts.into_iter().flatten().filter_map(|(path, new)| {
        let old = before.text(path);
        (old != Some(new)).then(|| FileChange::new(path, old.cloned(), Arc::clone(new)))
    });
    changed.collect()
}
