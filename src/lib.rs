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
//! | [`report`] | text and JSON of a fleet | `fleet` and below |
//! | [`config`] | the user's configuration | `text` |
//! | [`command`] | one file for each subcommand | everything |
//!
//! `tests/tables.rs` keeps this table true.

pub mod fact;
pub mod fleet;
pub mod requirement;
pub mod source;
pub mod text;
