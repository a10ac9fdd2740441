//! What a project declares about itself in `.github/shipworthy.yml`.

use serde::Deserialize;

mod checklist;

pub use checklist::{DeclaredChecklist, DeclaredStep, When};

use super::files::{FileSet, Problem};
use crate::text::typed;

/// Where a project declares waivers and what files cannot tell.
pub const PATH: &str = ".github/shipworthy.yml";

/// JSON Schema of the declaration.
pub const SCHEMA: &str = include_str!("../../assets/project.schema.json");

/// The project's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Declared {
    /// Requirements that the project sets aside, each with a reason.
    pub waivers: Vec<DeclaredWaiver>,
    /// That releases are made from another repository or service.
    pub publishes_from: Option<Elsewhere>,
    /// Branches that releases are made from, as patterns; the default branch is always one.
    pub release_branches: Vec<String>,
    /// Folders of the packages in this repository, from the root.
    pub packages: Vec<String>,
    /// Names of the packages on their index, where the files do not tell.
    pub projects: Vec<String>,
    /// Where the release process is documented, when that is not in this repository.
    pub release_docs: Option<Elsewhere>,
    /// Further steps of the walk before a release.
    pub checklist: DeclaredChecklist,
}

/// A requirement that is set aside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredWaiver {
    /// Id or slug of the requirement.
    pub requirement: String,
    /// Id of one check, where only that one is set aside.
    #[serde(default)]
    pub check: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, as `YYYY-MM-DD`.
    #[serde(default)]
    pub until: Option<String>,
}

/// Another place: a repository (`owner/name`) or a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Elsewhere {
    /// `owner/name`, when it is a repository.
    pub repository: Option<String>,
    /// An address or the name of a service.
    pub url: Option<String>,
    /// A remark for readers of the report.
    pub note: Option<String>,
}

impl Elsewhere {
    /// The place in words.
    pub fn place(&self) -> &str {
        self.repository.as_deref().or(self.url.as_deref()).unwrap_or("another place")
    }
}

impl Declared {
    /// Reads the declaration; a mistake in it is a problem, and nothing of it counts.
    pub fn read(files: &FileSet, problems: &mut Vec<Problem>) -> Self {
        let Some(text) = files.text(PATH) else { return Self::default() };
        Self::parse(text).unwrap_or_else(|problem| {
            problems.push(*problem);
            Self::default()
        })
    }

    /// Reads a declaration from its text.
    ///
    /// # Errors
    /// What is wrong with it, with its line.
    pub fn parse(text: &str) -> Result<Self, Box<Problem>> {
        let declared: Self = typed::from_yaml(text).map_err(|error| {
            let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            Problem::hiding(PATH, error.place, &format!("{}{hint}", error.message))
        })?;
        let dated = |waiver: &&DeclaredWaiver| waiver.until.as_ref().is_some_and(|until| !is_date(until));
        if let Some(waiver) = declared.waivers.iter().find(dated) {
            let until = waiver.until.as_deref().unwrap_or_default();
            let words = format!("the waiver of {} ends on `{until}`; write the day as YYYY-MM-DD", waiver.requirement);
            return Err(Box::new(Problem::hiding(PATH, None, &words)));
        }
        if let Some(mistake) = declared.checklist.mistake() {
            return Err(Box::new(Problem::hiding(PATH, None, &mistake)));
        }
        let incomplete = declared.waivers.iter().find(|w| w.reason.trim().is_empty() || w.owner.trim().is_empty());
        match incomplete {
            Some(waiver) => Err(Box::new(Problem::hiding(
                PATH,
                None,
                &format!("the waiver of {} needs a reason and an owner", waiver.requirement),
            ))),
            None => Ok(declared),
        }
    }
}

/// Whether a text is a day as `YYYY-MM-DD`: only such texts can be compared as they stand.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_declaration_is_read() {
        let declared = Declared::parse(
            "waivers:\n  - requirement: R11\n    reason: no time yet\n    owner: ada\n    until: 2027-01-31\n\
             publishes-from: {repository: o/release}\nrelease-branches: [main, 'maintenance/*']\npackages: [python]\n",
        )
        .unwrap();
        assert_eq!(declared.waivers[0].until.as_deref(), Some("2027-01-31"));
        assert_eq!(declared.publishes_from.unwrap().place(), "o/release");
    }

    #[test]
    fn mistakes_are_named_and_nothing_counts() {
        let problem = Declared::parse("waiver:\n  - x\n").unwrap_err();
        assert!(problem.message.contains("waivers"), "{problem:?}");
        assert_eq!(problem.place.map(|p| p.line), Some(1));
        for until in ["31.12.2026", "2026-13-01", "soon", "2026-1-1"] {
            let text = format!("waivers: [{{requirement: R11, reason: r, owner: a, until: '{until}'}}]\n");
            assert!(Declared::parse(&text).unwrap_err().message.contains("YYYY-MM-DD"), "{until}");
        }
        let blank = Declared::parse("waivers: [{requirement: R11, reason: ' ', owner: a}]\n").unwrap_err();
        assert!(blank.message.contains("reason"), "{blank:?}");
    }
}
