//! `completions`: what a shell needs to complete the command line.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CommandError, DONE};
use crate::cli::Cli;

/// Prints the completions of a shell.
///
/// # Errors
/// An output that cannot be written.
pub fn run(shell: Shell, output: &mut dyn Write) -> Result<u8, CommandError> {
    // The generator panics when its output fails, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "shipworthy", &mut script);
    output.write_all(&script)?;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_knows_the_commands_and_the_words() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            assert_eq!(run(*shell, &mut script).unwrap(), DONE);
            let script = String::from_utf8(script).unwrap();
            for word in ["explain", "completions", "waivers-from"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}
