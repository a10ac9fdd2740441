//! Any text as a workflow: every fix of it, and an edit at random, held against what was promised.

#![no_main]

#[path = "../src/cases.rs"]
mod cases;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cases::fix(bytes));
