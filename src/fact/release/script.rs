//! The commands of a step's script, in the shell and with the options that the runner starts it with.

use super::Scope;
use crate::fact::files::FileSet;
use crate::fact::workflow::shell::{self, Command};

/// The commands of a step that stands in a file; none where it runs no script.
pub fn commands(files: &FileSet, scope: &Scope<'_>, file: &str) -> Vec<Command> {
    let Some(run) = &scope.step.run else { return Vec::new() };
    let source = files.text(file).map_or("", |text| text);
    let windows = scope.job.runs_on_windows();
    shell::run_commands(run, scope.step.shell_name(scope.workflow, scope.job), windows, source)
}
