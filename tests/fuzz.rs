//! The functions of the fuzz targets on inputs made from the seeds in a fixed order. `SHIPWORTHY_FUZZ_SECONDS` makes
//! it go on for longer, with other inputs.

#[path = "../fuzz/src/cases.rs"]
mod cases;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Inputs of one run of the test suite, for each target.
const INPUTS: u64 = 300;

/// What is put into texts: what means something to YAML, to a workflow, or to a reader of characters.
const PIECES: [&str; 30] = [
    ":",
    ": ",
    "- ",
    "\n",
    "\r\n",
    "  ",
    "\t",
    "#",
    " # v1",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "|\n",
    ">-\n",
    "---\n",
    "? ",
    "<<: *a\n",
    "\u{feff}",
    "é",
    "~",
    "permissions:",
    "id-token: write\n",
    "uses: a/b@v1\n",
    "${{",
    "!!str ",
];

/// A generator of numbers that gives the same ones every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

/// A seed with a few changes.
fn input(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seeds.get(numbers.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(12)).min(bytes.len());
        match numbers.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let piece = PIECES.get(numbers.below(PIECES.len())).copied().unwrap_or_default();
                bytes.splice(at..at, piece.bytes());
            }
            2 => {
                let copied: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            _ => {
                let byte = u8::try_from(numbers.below(256)).unwrap_or_default();
                bytes.splice(at..end.min(at + 1), [byte]);
            }
        }
    }
    bytes
}

/// Hands inputs to a target until there were enough.
fn run(target: fn(&[u8]), start: u64) {
    let seeds = seeds();
    assert!(seeds.len() >= 4, "the seeds are missing");
    let longer = std::env::var("SHIPWORTHY_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end = longer.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut numbers = Numbers(start);
    let mut done = 0u64;
    while done < INPUTS || end.is_some_and(|end| Instant::now() < end) {
        let mut bytes: Vec<u8> = (0..4).map(|_| u8::try_from(numbers.below(256)).unwrap_or_default()).collect();
        bytes.extend(input(&seeds, &mut numbers));
        // The input is known by its number, so a failure can be looked at again.
        let outcome = std::panic::catch_unwind(|| target(&bytes));
        assert!(outcome.is_ok(), "input {done}: {:?}", String::from_utf8_lossy(&bytes));
        done += 1;
    }
    say(&format!("{done} inputs"));
}

/// Says something where it is kept with the output of the test.
fn say(words: &str) {
    use std::io::Write;
    let mut out = std::io::stdout();
    let said = writeln!(out, "{words}");
    assert!(said.is_ok());
}

#[test]
fn reading_holds_on_changed_seeds() {
    run(|bytes| cases::read(bytes.get(4..).unwrap_or_default()), 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn fixing_holds_on_changed_seeds() {
    run(cases::fix, 0x2545_f491_4f6c_dd1d);
}
