//! Asking GitHub: one client that asks politely and says honestly what was not answered.
//!
//! | part | what it does |
//! |---|---|
//! | [`request`] | what is asked: method, path below the API's root, body |
//! | [`answer`] | what came back, and why nothing did |
//! | [`client`] | asks: one function does a request |

pub mod answer;
pub mod budget;
pub mod client;
pub mod origin;
pub mod request;
pub mod token;

pub use answer::{Answer, NoAnswer, Pages, Why};
pub use client::{Client, ClientError, Settings};
pub use request::{Request, Resource};
