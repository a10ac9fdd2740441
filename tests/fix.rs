//! Fixes as they are made: the commands, what happens when the system fails or the program is killed in the middle,
//! and every fix of many repositories, held against what it said.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what serves only tests fails as tests do"
)]

#[path = "fix/place.rs"]
mod place;

#[path = "fix/command.rs"]
mod command;
#[path = "fix/corpus.rs"]
mod corpus;
#[path = "fix/fault.rs"]
mod fault;
#[path = "fix/hook.rs"]
mod hook;
