//! `keys`, which `help keys` prints too: the keys of the dashboard, as the configuration leaves them.

use std::io::{self, Write};

use super::{CommandError, DONE, choices};
use crate::app::action;
use crate::app::keymap::Keymap;
use crate::cli::Everywhere;

/// Prints the table with the keys of the configuration that counts.
///
/// # Errors
/// A configuration that is not understood; an output that cannot be written.
pub fn run(everywhere: &Everywhere, output: &mut dyn Write) -> Result<u8, CommandError> {
    let (config, _) = choices::configuration(everywhere)?;
    output.write_all(action::text(&Keymap::of(&config)?).as_bytes())?;
    Ok(DONE)
}

/// Writes the table with the usual keys as a section of the man page.
///
/// # Errors
/// An output that cannot be written.
pub fn section(output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, ".SH KEYS\n.nf")?;
    for line in action::text(&Keymap::default()).lines() {
        // A line that begins with a dot or a quote would be a request.
        writeln!(output, "\\&{}", line.replace('\\', "\\e").replace('-', "\\-"))?;
    }
    writeln!(output, ".fi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_in_the_table_and_on_the_man_page() {
        let (mut table, mut page) = (Vec::new(), Vec::new());
        table.extend_from_slice(action::text(&Keymap::default()).as_bytes());
        section(&mut page).unwrap();
        let (table, page) = (String::from_utf8(table).unwrap(), String::from_utf8(page).unwrap());
        for entry in action::ACTIONS {
            assert!(table.contains(entry.name) && table.contains(entry.help), "{}", entry.name);
            assert!(page.contains(&entry.name.replace('-', "\\-")), "{}", entry.name);
        }
    }
}
