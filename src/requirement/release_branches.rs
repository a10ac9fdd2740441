//! The branches that releases are made from, and what may be said about one rule on one of them.
//!
//! Three answers tell about a branch: the active rules of rulesets, the `protected` mark, and the details of classic
//! protection, which only administrators see. Each may be missing.

use super::{Check, Evidence, Verdict};
use crate::fact::settings::{BranchRule, BranchState, ClassicProtection};
use crate::fact::{Fact, Facts, Observed, Unknown};

/// What is known about classic protection.
#[derive(Clone, Copy, Debug)]
pub enum Classic<'a> {
    /// It protects the branch.
    Is(&'a Observed<Option<ClassicProtection>>, &'a ClassicProtection),
    /// There is none.
    Absent,
    /// It cannot be seen.
    Unseen(&'a Unknown),
    /// The answer is awaited.
    Awaited,
}

/// Classic protection of a branch. A branch without the `protected` mark has none, even where the details are hidden.
pub fn classic(state: &BranchState) -> Classic<'_> {
    match &state.classic {
        Fact::Known(observed) => observed.value.as_ref().map_or(Classic::Absent, |rule| Classic::Is(observed, rule)),
        _ if state.plan_limit.is_some() || state.protected.value() == Some(&false) => Classic::Absent,
        Fact::Unknown(why) => Classic::Unseen(why),
        Fact::Pending => Classic::Awaited,
    }
}

/// The branches releases are made from: those marked so or named by the project, else the default branch.
pub fn releasing<'a>(facts: &Facts, states: &'a [BranchState]) -> Vec<&'a BranchState> {
    let named = |state: &BranchState| facts.declared.release_branches.contains(&state.branch);
    let release: Vec<_> = states.iter().filter(|state| state.release || named(state)).collect();
    let default = || states.iter().filter(|state| state.default).collect::<Vec<_>>();
    [release, default()].into_iter().find(|found| !found.is_empty()).unwrap_or_else(|| states.iter().collect())
}

/// Branches that the project names as release branches, but nothing was asked about. Patterns are left to the
/// source, which knows the branches there are.
pub fn not_asked<'a>(facts: &'a Facts, states: &[BranchState]) -> Vec<&'a str> {
    let is_name = |pattern: &str| !pattern.contains(['*', '?', '[', '+', '!']);
    let names = facts.declared.release_branches.iter().map(String::as_str);
    names.filter(|name| is_name(name) && states.iter().all(|state| state.branch != *name)).collect()
}

/// What may hold on a branch, in words; `{}` stands for the branch.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// That it holds.
    pub yes: &'static str,
    /// That it does not.
    pub no: &'static str,
}

impl Words {
    fn yes(self, branch: &str, by: &str) -> String {
        format!("{} ({by})", self.yes.replace("{}", branch))
    }

    fn no(self, branch: &str) -> String {
        self.no.replace("{}", branch)
    }
}

/// Whether something holds on a branch, and what that rests on.
#[derive(Clone, Debug)]
pub enum Held {
    /// It does.
    Yes(String, Vec<Evidence>),
    /// It does not.
    No(String, Vec<Evidence>),
    /// It cannot be seen.
    Unseen(Unknown),
    /// An answer is awaited.
    Awaited,
    /// There is nothing it could be said about.
    Moot(String),
}

impl Held {
    /// Whether a rule of a ruleset or a mark of classic protection holds on a branch: either suffices, and "no"
    /// needs to have seen both.
    pub fn by(
        state: &BranchState,
        words: Words,
        in_rule: impl Fn(&BranchRule) -> bool,
        in_classic: impl Fn(&ClassicProtection) -> bool,
    ) -> Self {
        let branch = &state.branch;
        if let Some((observed, rule)) =
            state.rules.observed().and_then(|seen| Some((seen, seen.value.iter().find(|rule| in_rule(rule))?)))
        {
            let evidence = Evidence::answer(observed, "type", rule.kind.clone());
            return Self::Yes(words.yes(branch, &ruleset_words(rule)), vec![evidence]);
        }
        match (classic(state), &state.rules) {
            (Classic::Is(observed, rule), _) if in_classic(rule) => {
                let evidence = Evidence::answer(observed, "protection", "present");
                Self::Yes(words.yes(branch, "classic protection"), vec![evidence])
            }
            _ if state.plan_limit.is_some() => Self::No(words.no(branch), Vec::new()),
            (_, Fact::Pending) | (Classic::Awaited, _) => Self::Awaited,
            (_, Fact::Unknown(why)) | (Classic::Unseen(why), _) => Self::Unseen(why.clone()),
            (_, Fact::Known(observed)) => {
                let kinds = kinds(&observed.value);
                Self::No(words.no(branch), vec![Evidence::answer(observed, "type", kinds)])
            }
        }
    }

    /// The verdict this stands for; a rule that does not hold is a warning, never a failure.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Yes(..) => Verdict::Pass,
            Self::No(..) => Verdict::Warn,
            Self::Unseen(_) => Verdict::Unknown,
            Self::Awaited => Verdict::Pending,
            Self::Moot(_) => Verdict::NotApplicable,
        }
    }

    /// One check of what holds on several branches. A weakness that was seen is not hidden by a branch that could
    /// not be seen.
    pub fn check(held: Vec<Self>, (id, role): (&'static str, super::Role)) -> Check {
        const ORDER: [Verdict; 4] = [Verdict::Pending, Verdict::Warn, Verdict::Unknown, Verdict::Pass];
        let found = |verdict: &Verdict| held.iter().any(|one| one.verdict() == *verdict);
        let verdict = ORDER.into_iter().find(found).unwrap_or(Verdict::NotApplicable);
        let mut words = Vec::new();
        let mut proof = Vec::new();
        for one in held.into_iter().filter(|one| one.verdict() == verdict) {
            match one {
                Self::Unseen(why) => return Check::unknown(id, role, &why),
                Self::Awaited => return Check::new(id, role, verdict, "waiting for the rules on the release branch"),
                Self::Yes(text, evidence) | Self::No(text, evidence) => {
                    words.push(text);
                    proof.extend(evidence);
                }
                Self::Moot(text) => words.push(text),
            }
        }
        Check::new(id, role, verdict, words.join("; ")).with_all(proof)
    }
}

/// A ruleset in words, with where it is kept when that is not the repository.
pub fn ruleset_words(rule: &BranchRule) -> String {
    let name =
        if rule.ruleset.is_empty() { "a ruleset".to_owned() } else { format!("the ruleset \"{}\"", rule.ruleset) };
    match &rule.inherited_from {
        Some(owner) => format!("{name} (inherited from {owner})"),
        None => name,
    }
}

/// The types of rules, for evidence.
pub fn kinds(rules: &[BranchRule]) -> String {
    if rules.is_empty() {
        return "none".to_owned();
    }
    rules.iter().map(|rule| rule.kind.as_str()).collect::<Vec<_>>().join(", ")
}
