//! `keys`, which `help keys` prints too: the keys of the dashboard, from its table of actions.

use std::io::{self, Write};

use super::{CommandError, DONE};
use crate::app::action;

/// Prints the table.
///
/// # Errors
/// An output that cannot be written.
pub fn run(output: &mut dyn Write) -> Result<u8, CommandError> {
    output.write_all(action::text().as_bytes())?;
    Ok(DONE)
}

/// Writes the table as a section of the man page.
///
/// # Errors
/// An output that cannot be written.
pub fn section(output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, ".SH KEYS\n.nf")?;
    for line in action::text().lines() {
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
        run(&mut table).unwrap();
        section(&mut page).unwrap();
        let (table, page) = (String::from_utf8(table).unwrap(), String::from_utf8(page).unwrap());
        for entry in action::ACTIONS {
            assert!(table.contains(entry.name) && table.contains(entry.help), "{}", entry.name);
            assert!(page.contains(&entry.name.replace('-', "\\-")), "{}", entry.name);
        }
    }
}
