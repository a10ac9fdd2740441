//! Any text as a workflow: every fix of it, and an edit at random, held against what was promised.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shipworthy_fuzz::cases::fix(bytes));
