//! `fix`: the fixes of one folder, printed, written, and how to undo them.

use std::io;
use std::path::Path;

use super::choices::Choices;
use super::gather::{self, Ending, Watch};
use super::local::{self, Local};
use super::{CommandError, DONE, INTERNAL, INTERRUPTED, NOT_READY, Surroundings};
use crate::cli::{Check, Everywhere, Fix};
use crate::patch::{self, Written};
use crate::plan::{Plan, Wish};
use crate::source;
use crate::source::checkout;
use crate::state;
use crate::survey::Ask;

mod page;

use page::Page;

/// Works out the fixes of a folder, prints them, writes them unless that is not wanted, and answers the exit code.
///
/// # Errors
/// Targets, configurations and files of pins that are not understood; an output that cannot be written.
pub fn run(arguments: &Fix, everywhere: &Everywhere, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    let local = local::find(arguments.target.as_deref(), &choices)?;
    if !checkout::is_marked(&local.root) {
        let shown = checkout::shown(&local.root);
        surroundings.say(&format!(
            "refused, since no repository is here: {shown} holds neither .git nor .github, and nothing is written there"
        ));
        surroundings.hint("name the folder of the repository");
        return Ok(NOT_READY);
    }
    let ask = Ask::Folder { target: local.target.clone(), root: local.root.clone() };
    let (mut fleet, ending) = gather::gather(vec![ask], &choices.survey(), choices.rules.clone(), Watch::default())?;
    match ending {
        Ending::Complete => {}
        Ending::Interrupted => return Ok(INTERRUPTED),
        Ending::Broken => {
            surroundings.say("internal error: the survey stopped before its end; nothing was written");
            return Ok(INTERNAL);
        }
    }
    if let Some(pins) = &choices.pins {
        gather::hand_over(&mut fleet, pins, surroundings.now);
    }
    let Some(repo) = fleet.repos.values().next() else { return Ok(INTERNAL) };
    let wish = Wish { only: arguments.only.clone(), review: arguments.review, ..Wish::default() };
    let mut plan = Plan::new(repo, &fleet.rules, wish);
    leave_alone(&mut plan, &local.root);
    let page = Page { plan: &plan, repo, only: &arguments.only, style: choices.style };
    if arguments.dry_run {
        show_patch(&page, &local, surroundings)
    } else {
        apply(&page, &local, everywhere.read_only, surroundings)
    }
}

/// Takes out of a plan what the disk says cannot be written. Other fixes may take the place of those refused, so it is
/// looked at again until nothing new is found.
fn leave_alone(plan: &mut Plan, root: &Path) {
    loop {
        let found = patch::look(root, plan.files());
        if found.is_empty() {
            return;
        }
        plan.block(found);
    }
}

/// Prints the patch, and everything else on the error stream.
fn show_patch(page: &Page<'_>, local: &Local, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let mut remarks = Vec::new();
    page.choices(&mut remarks)?;
    page.effects(&mut remarks)?;
    page.refusals(&mut remarks)?;
    surroundings.say_block(&String::from_utf8_lossy(&remarks));
    if surroundings.environment.output_terminal {
        // A terminal must not see what a file may hold; a pipe needs every byte of it.
        page.diff(surroundings.output)?;
    } else {
        surroundings.output.write_all(page.plan.patch().as_bytes())?;
    }
    warn_of_changes(page.plan, &local.root, surroundings);
    Ok(if page.is_refused() { NOT_READY } else { DONE })
}

/// Prints everything and writes.
fn apply(
    page: &Page<'_>,
    local: &Local,
    read_only: bool,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    page.choices(surroundings.output)?;
    page.diff(surroundings.output)?;
    page.effects(surroundings.output)?;
    page.refusals(surroundings.output)?;
    surroundings.output.flush()?;
    warn_of_changes(page.plan, &local.root, surroundings);
    let refused = page.is_refused();
    if page.plan.is_empty() {
        return Ok(if refused || page.holds_back() { NOT_READY } else { DONE });
    }
    if read_only {
        surroundings.say("nothing was written: --read-only");
        return Ok(NOT_READY);
    }
    let Some(state) = state::state_folder() else {
        surroundings.say("nothing was written: there is no folder for the undo journal");
        surroundings.hint("set XDG_STATE_HOME to a folder that can be written");
        return Ok(NOT_READY);
    };
    match patch::write(&local.root, &state, &page.plan.title(), page.plan.files(), surroundings.now) {
        Ok(written) => {
            let failed = written.failed.is_some();
            tell(&written, page, surroundings)?;
            Ok(if failed || refused || page.holds_back() { NOT_READY } else { DONE })
        }
        Err(error) => {
            surroundings.say(&error.to_string());
            surroundings.hint(&error.hint());
            Ok(NOT_READY)
        }
    }
}

/// Says what was written, what was not, and how to undo it.
fn tell(written: &Written, page: &Page<'_>, surroundings: &mut Surroundings<'_>) -> io::Result<()> {
    if written.leftovers > 0 {
        surroundings.say(&format!("removed {} left by a run that was ended in the middle", files(written.leftovers)));
    }
    if !written.already.is_empty() {
        surroundings.say(&format!("{} held the new text already", files(written.already.len())));
    }
    if !written.files.is_empty() {
        writeln!(surroundings.output, "Wrote {}. Nothing was committed.", files(written.files.len()))?;
        writeln!(surroundings.output, "Undo with: shipworthy undo{}", page.target_argument())?;
    }
    surroundings.output.flush()?;
    if let Some(failure) = &written.failed {
        surroundings.say(&failure.to_string());
        surroundings.hint(failure.reason.hint());
        if !written.untried.is_empty() {
            surroundings.say(&format!("not tried after that: {}", written.untried.join(", ")));
        }
    }
    Ok(())
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Names files that differ from the last commit: a fix would be mixed with what is not committed.
fn warn_of_changes(plan: &Plan, root: &Path, surroundings: &mut Surroundings<'_>) {
    let existing = plan.files().iter().filter_map(|file| Some((file.path.as_str(), file.old.as_deref()?)));
    let changed = source::git::uncommitted(root, existing);
    if !changed.is_empty() {
        surroundings.say(&format!("not committed yet, and changed by this fix as well: {}", changed.join(", ")));
    }
}
