//! Any bytes as a YAML file of a repository: read, judged, and never a crash.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shipworthy_fuzz::cases::read(bytes));
