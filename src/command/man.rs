//! `man`: the manual page, made from the definitions of the command line.

use std::io::Write;

use clap::CommandFactory;

use super::{CommandError, DONE, keys};
use crate::cli::Cli;
use crate::report::VERSION;
use crate::text::typed;

/// Prints the page of the program, or of one of its commands.
///
/// # Errors
/// A command that does not exist; an output that cannot be written.
pub fn run(command: Option<&str>, output: &mut dyn Write) -> Result<u8, CommandError> {
    let mut program = Cli::command();
    program.build();
    let page = match command {
        None => program,
        Some(name) => found(&program, name)?,
    };
    clap_mangen::Man::new(page).source(format!("shipworthy {VERSION}")).render(output)?;
    if command.is_none_or(|name| name == "keys") {
        keys::section(output)?;
    }
    Ok(DONE)
}

fn found(program: &clap::Command, name: &str) -> Result<clap::Command, CommandError> {
    if let Some(command) = program.find_subcommand(name) {
        return Ok(command.clone());
    }
    let names = || program.get_subcommands().map(clap::Command::get_name);
    let hint = typed::nearest(name, names()).map_or_else(
        || format!("the commands are {}", names().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(CommandError::usage(format!("there is no command `{name}`"), hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(command: Option<&str>) -> String {
        let mut page = Vec::new();
        run(command, &mut page).unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn the_page_names_commands_options_and_exit_codes() {
        let page = page(None);
        for word in [".TH", "explain", "\\-\\-offline", "nothing was judged at all"] {
            assert!(page.contains(word), "{word} is not in {page}");
        }
    }

    #[test]
    fn each_command_has_its_page() {
        assert!(page(Some("check")).contains("\\-\\-fail\\-on"));
        let CommandError::Usage { hint, .. } = run(Some("chek"), &mut Vec::new()).unwrap_err() else { panic!() };
        assert_eq!(hint.as_deref(), Some("did you mean `check`?"));
    }
}
