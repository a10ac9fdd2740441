//! Documents as blocks.
pub mod words;
