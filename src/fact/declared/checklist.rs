//! Steps that a project adds to the walk before a release.
//!
//! ```yaml
//! checklist:
//!   process-days: 90
//!   steps:
//!     - id: docs-built
//!       ask: Are the docs of this version built?
//!       after: release-notes
//!       when: {release: "*.0"}
//!     - id: verified
//!       requirement: R11
//! ```
//!
//! A step is asked of a person or bound to a requirement or one of its checks; no command is ever run.

use serde::Deserialize;

/// What a project says about its checklist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct DeclaredChecklist {
    /// Days for which answers about the process hold.
    pub process_days: Option<u32>,
    /// Further steps.
    pub steps: Vec<DeclaredStep>,
}

/// A further step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredStep {
    /// Its name: lower-case letters, digits and dashes.
    pub id: String,
    /// The question, where a person is asked.
    #[serde(default)]
    pub ask: Option<String>,
    /// Id or slug of the requirement that must pass, where the facts decide.
    #[serde(default)]
    pub requirement: Option<String>,
    /// Id of one check of it, where only that one must pass.
    #[serde(default)]
    pub check: Option<String>,
    /// Why it is asked.
    #[serde(default)]
    pub why: Option<String>,
    /// Days for which an answer holds, where the step is about the process; without it the answer is about the commit.
    #[serde(default)]
    pub days: Option<u32>,
    /// Whether the release does not wait for it.
    #[serde(default)]
    pub optional: bool,
    /// Id of the step that it stands before.
    #[serde(default)]
    pub before: Option<String>,
    /// Id of the step that it stands after.
    #[serde(default)]
    pub after: Option<String>,
    /// When it is asked at all.
    #[serde(default)]
    pub when: When,
}

/// Conditions of a step, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct When {
    /// A pattern that the version must fit, as `*.0`.
    pub release: Option<String>,
    /// A pattern that the branch must fit.
    pub branch: Option<String>,
    /// A registry that must be published to, as the report names it.
    pub publishes: Option<String>,
}

impl DeclaredChecklist {
    /// The first mistake in it, in words; none where it is sound.
    pub fn mistake(&self) -> Option<String> {
        if self.process_days == Some(0) {
            return Some("`process-days` must be at least 1".to_owned());
        }
        let mut seen = Vec::new();
        for step in &self.steps {
            if let Some(words) = step.mistake() {
                return Some(format!("the step `{}` of the checklist {words}", step.id));
            }
            if seen.contains(&&step.id) {
                return Some(format!("the checklist has two steps `{}`", step.id));
            }
            seen.push(&step.id);
        }
        None
    }
}

impl DeclaredStep {
    fn mistake(&self) -> Option<&'static str> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let blank = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
        if self.id.is_empty() || !self.id.chars().all(plain) {
            Some("needs an `id` of lower-case letters, digits and dashes")
        } else if self.ask.is_some() == self.requirement.is_some() {
            Some("needs either `ask` (a question) or `requirement`")
        } else if blank(&self.ask) {
            Some("asks nothing")
        } else if self.check.is_some() && self.requirement.is_none() {
            Some("names a `check` without its `requirement`")
        } else if self.days.is_some() && self.ask.is_none() {
            Some("has `days`, which count for answers of a person only")
        } else if self.days == Some(0) {
            Some("needs at least one of `days`")
        } else if self.before.is_some() && self.after.is_some() {
            Some("stands either `before` or `after` another step")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fact::declared::Declared;

    fn read(steps: &str) -> Result<Declared, String> {
        Declared::parse(&format!("checklist:\n  steps:\n{steps}")).map_err(|problem| problem.message)
    }

    #[test]
    fn steps_are_read_with_order_and_conditions() {
        let declared = read(
            "    - {id: docs, ask: Built?, after: release-notes, when: {release: '*.0', publishes: pypi}}\n    \
             - {id: verified, requirement: R11, check: verify-step, optional: true}\n",
        );
        let steps = declared.unwrap().checklist.steps;
        assert_eq!((steps.len(), steps[0].when.release.as_deref()), (2, Some("*.0")));
    }

    #[test]
    fn mistakes_are_named_with_the_step() {
        for (step, words) in [
            ("{id: A B, ask: x}", "lower-case"),
            ("{id: a}", "either `ask`"),
            ("{id: a, ask: x, requirement: R11}", "either `ask`"),
            ("{id: a, ask: ' '}", "asks nothing"),
            ("{id: a, ask: x, check: y}", "without its"),
            ("{id: a, requirement: R11, days: 3}", "answers of a person"),
            ("{id: a, ask: x, days: 0}", "at least one"),
            ("{id: a, ask: x, before: b, after: c}", "either `before`"),
            ("{id: a, ask: x, run: make}", "unknown field"),
            ("{id: a, ask: x}\n    - {id: a, ask: y}", "two steps `a`"),
        ] {
            let error = read(&format!("    - {step}\n")).unwrap_err();
            assert!(error.contains(words), "{step}: {error}");
        }
        assert!(Declared::parse("checklist: {process-days: 0}\n").is_err());
    }
}
