//! Any bytes as a YAML file of a repository: read, judged, and never a crash.

#![no_main]

#[path = "../src/cases.rs"]
mod cases;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cases::read(bytes));
