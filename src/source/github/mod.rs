//! Asking GitHub: one client that asks politely and says honestly what was not answered.
//!
//! | part | what it does |
//! |---|---|
//! | [`request`] | what is asked: method, path below the API's root, body |
//! | [`answer`] | what came back, and why nothing did |
//! | [`client`] | asks: one function does a request |
//! | [`origin`] | the one scheme, host and port that anything is sent to |
//! | [`token`] | where the token comes from, and that nobody sees it |
//! | [`budget`] | what the forge still allows |
//! | [`sight`] | what a token can see |
//! | [`reply`] | from status, headers and body to an answer |
//! | [`engine`] | octocrab on reqwest |
//! | [`document`] | the GraphQL documents |
//! | [`graphql`] | partial data with its errors |
//! | [`refusal`] | the routes of REST, and what each status means on them |
//! | [`files`] | the texts that matter, in rounds |
//! | [`repository`], [`protection`], [`ruleset`], [`actions`], [`environments`], [`releases`], [`attestations`], [`runs`], [`pins`], [`checks`], [`progress`], [`pulls`] | one topic each: from answers to facts |

pub mod answer;
pub mod budget;
pub mod client;
pub mod origin;
pub mod request;
pub mod sight;
pub mod token;

mod engine;
mod reply;

pub mod actions;
pub mod attestations;
pub mod checks;
pub mod document;
pub mod environments;
pub mod files;
pub mod graphql;
pub mod pins;
pub mod progress;
pub mod protection;
pub mod pulls;
pub mod refusal;
pub mod releases;
pub mod repository;
pub mod ruleset;
pub mod runs;
pub mod shape;

pub use answer::{Answer, NoAnswer, Pages, Why};
pub use budget::Plan;
pub use client::{Client, ClientError, Promise, Settings};
pub use engine::Limits;
pub use origin::{Api, ApiError};
pub use request::{Request, Resource};
pub use token::{Token, TokenError, TokenKind, TokenSource};
