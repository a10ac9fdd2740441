//! A comparison with an earlier report: what got better, what got worse, and what cannot be told any more.

use serde::{Deserialize, Serialize};

use crate::fleet::{FailOn, Fleet, Readiness, Repo, Rules};
use crate::report::open;
use crate::requirement::{Finding, Level, Verdict};
use crate::text::clean;

/// An earlier report, as far as it is compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Baseline {
    schema: String,
    generated_at: String,
    profile: String,
    repositories: Vec<Judged>,
}

#[derive(Clone, Debug, Deserialize)]
struct Judged {
    target: String,
    repository: Option<String>,
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, Deserialize)]
struct Requirement {
    id: String,
    verdict: String,
}

impl Baseline {
    /// Reads a JSON report.
    ///
    /// # Errors
    /// What keeps the text from being one, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let read: Self = serde_json::from_str(text).map_err(|error| clean::line(&error.to_string()).into_owned())?;
        if read.schema != "shipworthy.report/1" {
            return Err(format!("its schema is `{}`, not `shipworthy.report/1`", clean::short(&read.schema, 40)));
        }
        let known = |one: &&Requirement| verdict(&one.verdict).is_none();
        match read.repositories.iter().flat_map(|repo| &repo.requirements).find(known) {
            Some(one) => {
                Err(format!("it holds the verdict `{}`, which does not exist", clean::short(&one.verdict, 40)))
            }
            None => Ok(read),
        }
    }

    /// The earlier judgement of a repository: that of the same name, else of the same target.
    fn of(&self, repo: &Repo) -> Option<&Judged> {
        let name = repo.repository().map(|name| clean::line(&name).to_lowercase());
        let same_name = |old: &&Judged| name.is_some() && old.repository.as_ref().map(|old| old.to_lowercase()) == name;
        let same_target = |old: &&Judged| old.target == repo.target.id.target.as_ref();
        self.repositories.iter().find(same_name).or_else(|| self.repositories.iter().find(same_target))
    }
}

/// The verdict of a word.
fn verdict(word: &str) -> Option<Verdict> {
    use Verdict::{Fail, Manual, NotApplicable, Pass, Unknown, Waived, Warn};
    [Pass, Warn, Fail, Unknown, Manual, NotApplicable, Waived].into_iter().find(|verdict| verdict.word() == word)
}

/// How a requirement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It fails or warns, and did not before.
    Worse,
    /// It could be told before and cannot be told now.
    NewlyUnknown,
    /// It was not judged before.
    New,
    /// The project set it aside since.
    SetAside,
    /// It stands better than before, or is settled.
    Better,
}

impl Kind {
    /// The kind in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::NewlyUnknown => "newly unknown",
            Self::New => "new",
            Self::SetAside => "set aside",
            Self::Better => "better",
        }
    }

    /// What happened between two verdicts; none where nothing did.
    fn between(before: Verdict, after: Verdict) -> Option<Self> {
        if before == after {
            return None;
        }
        let undecided = (open::is_undecided(before), open::is_undecided(after));
        match (before, after) {
            // Between "unknown" and "needs a person" nothing was settled.
            _ if undecided == (true, true) => None,
            (_, Verdict::Waived) => Some(Self::SetAside),
            (_, Verdict::Fail) => Some(Self::Worse),
            _ if undecided.1 => Some(Self::NewlyUnknown),
            (Verdict::Fail, _) => Some(Self::Better),
            _ if undecided.0 => Some(Self::Better),
            (_, Verdict::Warn) => Some(Self::Worse),
            (Verdict::Warn, _) => Some(Self::Better),
            // Pass, not applicable and no longer waived are equally well.
            _ => None,
        }
    }
}

/// One requirement of one repository that is judged otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// How it changed.
    pub kind: Kind,
    /// The repository, as it was typed; clean.
    pub target: String,
    /// Id of the requirement.
    pub id: &'static str,
    /// Its slug.
    pub slug: &'static str,
    /// The earlier verdict; `none` where there was none.
    pub before: &'static str,
    /// The verdict now.
    pub after: &'static str,
    /// Why, in one line; clean.
    pub summary: String,
    #[serde(skip)]
    gate: Readiness,
}

/// What changed since an earlier report.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// When the earlier report was made, as it says.
    pub since: String,
    /// The changes, those for the worse first.
    pub changes: Vec<Change>,
    /// What else a reader should know.
    pub remarks: Vec<String>,
}

impl Comparison {
    /// Compares a fleet with an earlier report. `fail_on` says what counts for the gate besides what fails.
    pub fn of(baseline: &Baseline, fleet: &Fleet, fail_on: Option<FailOn>) -> Self {
        let mut changes = Vec::new();
        let mut remarks = Vec::new();
        for repo in fleet.repos.values() {
            let old = baseline.of(repo);
            if old.is_none() {
                let words =
                    format!("`{}` is not in the baseline, so all that it lacks counts as new", repo.target.id.target);
                remarks.push(words);
            }
            changes
                .extend(repo.findings.iter().filter_map(|finding| change(finding, repo, old, &fleet.rules, fail_on)));
        }
        changes.sort_by_key(|change| change.kind);
        let known = |old: &&Judged| {
            !fleet.repos.values().any(|repo| baseline.of(repo).is_some_and(|one| std::ptr::eq(one, *old)))
        };
        for gone in baseline.repositories.iter().filter(known) {
            remarks.push(format!("`{}` was in the baseline and was not judged now", clean::short(&gone.target, 80)));
        }
        if baseline.profile != fleet.rules.profile.word() {
            remarks.push(format!("the baseline was judged by the profile `{}`", clean::short(&baseline.profile, 40)));
        }
        Self { since: clean::short(&baseline.generated_at, 40), changes, remarks }
    }

    /// How many changes are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// The comparison in a line.
    pub fn headline(&self) -> String {
        let kinds = [Kind::Worse, Kind::NewlyUnknown, Kind::New, Kind::SetAside, Kind::Better];
        let counts = kinds.iter().map(|kind| (self.count(*kind), kind.words())).filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, words)| format!("{count} {words}")).collect();
        let counts = if counts.is_empty() { "nothing changed".to_owned() } else { counts.join(", ") };
        format!("Since the baseline of {}: {counts}", self.since)
    }

    /// How a run ends that looks only at what got worse: what was so before is let pass, whatever it is; what was
    /// never judged before, or cannot be told any more, is not.
    pub fn outcome(&self) -> Readiness {
        self.changes.iter().map(|change| change.gate).max().unwrap_or(Readiness::Ready)
    }
}

fn change(
    finding: &Finding,
    repo: &Repo,
    old: Option<&Judged>,
    rules: &Rules,
    fail_on: Option<FailOn>,
) -> Option<Change> {
    let old = old.and_then(|old| old.requirements.iter().find(|one| one.id == finding.meta.id));
    let before = old.and_then(|one| verdict(&one.verdict));
    let kind = match before {
        Some(before) => Kind::between(before, finding.verdict)?,
        None => Some(Kind::New).filter(|_| open::is_open(finding.verdict))?,
    };
    Some(Change {
        kind,
        target: clean::line(&repo.target.id.target).into_owned(),
        id: finding.meta.id,
        slug: finding.meta.slug,
        before: before.map_or("none", Verdict::word),
        after: open::word(finding.verdict),
        summary: clean::line(&finding.summary).into_owned(),
        gate: gate(kind, finding, rules, fail_on),
    })
}

/// What a change means for the gate: only what would end a check badly by itself does so here.
fn gate(kind: Kind, finding: &Finding, rules: &Rules, fail_on: Option<FailOn>) -> Readiness {
    let named = !rules.only.is_empty();
    let counts = named || finding.meta.level == Level::Required;
    let strict = fail_on == Some(FailOn::Warn) && (named || finding.meta.level != Level::Informational);
    match (kind, finding.verdict) {
        (Kind::Better | Kind::SetAside, _) => Readiness::Ready,
        (_, Verdict::Fail) if counts || strict => Readiness::NotReady,
        (_, Verdict::Warn) if strict => Readiness::NotReady,
        (_, verdict) if open::is_undecided(verdict) && counts => match fail_on {
            Some(FailOn::Unknown) => Readiness::NotReady,
            Some(FailOn::Fail) => Readiness::Ready,
            _ => Readiness::Undecided,
        },
        _ => Readiness::Ready,
    }
}

#[cfg(test)]
mod tests;
