//! shipworthy: is this repository safe to ship?
//!
//! Sources observe facts, requirements judge facts, front ends show judgements. Data flows one way:
//!
//! | module | what it is | may use |
//! |---|---|---|
//! | [`text`] | texts with positions: spans, YAML, typed reading, cleaning | nothing of ours |
//! | [`fact`] | what can be known about a repository; plain data | `text` |
//! | [`requirement`] | what SPEC 8 asks; pure judgement | `fact`, `text` |
//! | [`source`] | where facts come from; all reading I/O | `fact`, `text` |
//! | [`survey`] | asks sources for many repositories, yields events | `source`, `fact` |
//! | [`fleet`] | repositories with facts and findings; what front ends share | `requirement`, `fact` |
//! | [`plan`] | fixes worked out, verified and judged again in memory; pure | `fleet` and below |
//! | [`report`] | a fleet as text, JSON and the forms of reviews and continuous integration | `fleet` and below |
//! | [`history`] | what earlier surveys said; pure | `fleet` and below |
//! | [`checklist`] | the walk through a release and its sign-off; pure | `report` and below |
//! | [`state`] | the folders that belong to the program | nothing of ours |
//! | [`kept`] | what is kept about repositories between runs: answers, sign-offs, histories | `checklist`, `history`, `state` and below |
//! | [`patch`] | writes the files of a plan, each at once or not at all, and puts them back | `plan`, `state` and below |
//! | [`target`] | what a person may name as a target | `text` |
//! | [`config`] | the user's configuration | `report` and below |
//! | [`app`] | the dashboard without a terminal: model, messages, effects; pure | `checklist`, `config`, `history`, `plan`, `report` and below |
//! | [`view`] | draws the dashboard | `app` and below |
//! | [`cli`] | the definitions of the command line | `report` and below |
//! | [`terminal`] | the loop: keys, signals and survey events in, effects out, and the screen given back in every case | `view`, `app`, `kept`, `patch`, `survey`, `source`, `state` and below |
//! | [`command`] | one file for each subcommand | `terminal`, `cli`, `config`, `patch`, `survey`, `source`, `state`, `target` and below |
//!
//! `tests/tables.rs` keeps this table true; what a module may use, those that use it may use too.
//!
//! Judging the texts of a repository takes three steps:
//!
//! ```
//! use shipworthy::fact::files::FileSet;
//! use shipworthy::fact::{Fact, Facts, Observation};
//! use shipworthy::requirement::{self, Profile, Verdict};
//!
//! let workflow = "on: push\njobs:\n  publish:\n    steps:\n      - run: twine upload dist/*\n";
//! let texts = [(".github/workflows/release.yml".to_owned(), workflow.into())].into();
//! let files = FileSet { texts, ..FileSet::default() };
//!
//! let mut facts = Facts::default();
//! facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
//! let findings = requirement::assess_all(&facts, Profile::Spec8);
//!
//! let trigger = findings.iter().find(|finding| finding.meta.id == "R02").unwrap();
//! assert_eq!(trigger.verdict, Verdict::Fail);
//! assert!(trigger.summary.contains("a push to a branch publishes"));
//! ```

pub mod app;
pub mod checklist;
pub mod cli;
pub mod command;
pub mod config;
pub mod fact;
pub mod fleet;
pub mod history;
pub mod kept;
pub mod patch;
pub mod plan;
pub mod report;
pub mod requirement;
pub mod source;
pub mod state;
pub mod survey;
pub mod target;
pub mod terminal;
pub mod text;
pub mod view;
