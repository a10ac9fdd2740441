//! Where facts come from: all I/O that reads.

pub mod replay;
