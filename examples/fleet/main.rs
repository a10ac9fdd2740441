//! Writes a fleet of invented repositories for tests and measurements: `cargo run --example fleet -- DIR N` writes N
//! clones below DIR, and a configuration that names them. The same N gives the same files each time.

use std::io;
use std::path::Path;
use std::process::ExitCode;

mod generate;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next().and_then(|count| count.parse().ok())) else {
        return fail("usage: fleet DIR N");
    };
    match write(Path::new(&folder), count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{folder}: {error}")),
    }
}

fn write(folder: &Path, count: usize) -> io::Result<()> {
    for index in 0..count {
        generate::write(&folder.join(generate::name(index)), index)?;
    }
    let names = (0..count).map(|index| format!("  - {}\n", generate::name(index)));
    std::fs::write(folder.join("config.yaml"), format!("fleet:\n{}", names.collect::<String>()))
}

#[expect(clippy::print_stderr, reason = "a program of its own, with nobody else to tell")]
fn fail(words: &str) -> ExitCode {
    eprintln!("{words}");
    ExitCode::FAILURE
}
