//! Texts with positions: spans, YAML that keeps its places, typed reading with good errors, and cleaning.
//!
//! Nothing here performs I/O or knows what a release is.

pub mod clean;
pub mod decode;
pub mod diff;
pub mod span;
pub mod splice;
pub mod typed;
pub mod yaml;

pub use span::{Lines, Place, Region, Span};
