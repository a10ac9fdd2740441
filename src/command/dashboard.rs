//! The dashboard: what the program opens without a subcommand, and what it prints where there is no terminal for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use tokio::sync::mpsc::UnboundedReceiver;

use super::choices::Choices;
use super::{CommandError, INTERNAL, Surroundings, asks, check};
use crate::app::session::Session;
use crate::app::{self, Model, Scope};
use crate::cli::{Check, Cli, Everywhere};
use crate::fact::{RepoId, SurveyEvent};
use crate::source::checkout;
use crate::state;
use crate::state::temporary::Temporary;
use crate::survey::{self, Ask, Reach, Survey};
use crate::terminal::{self, TerminalError};
use crate::text::{clean, decode};

/// The host of the forge where none is asked.
const FORGE: &str = "github.com";

/// Opens the dashboard on the targets, the configured fleet or the current folder; without a terminal, prints what
/// `check` prints and says so.
///
/// # Errors
/// Targets and configurations that are not understood; a target that was probably meant as a command is named. An
/// output that cannot be written, and a terminal that cannot be used.
pub fn run(
    targets: &[OsString],
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let arguments = Check { targets: targets.to_vec(), ..Check::default() };
    let choices = Choices::of(everywhere, &arguments, surroundings)?;
    let asks = asks::read(targets, &choices, surroundings).map_err(|error| suggest_command(error, targets))?;
    if let Some(why) = surroundings.environment.why_no_dashboard() {
        surroundings.say(&format!("{why}; this is what `shipworthy check` prints"));
        return check::conclude(asks, &choices, surroundings);
    }
    let roots = asks.iter().filter_map(root).collect();
    let options = survey::Options { kept_first: true, ..choices.survey() };
    let survey = Survey::new(asks.clone(), &options);
    let start = move |asks, scope| survey.about(asks, reach(scope));
    open(Opening { asks, roots, start, keeping: Keeping::usual() }, &choices, surroundings)
}

const fn reach(scope: Scope) -> Reach {
    match scope {
        Scope::Local => Reach::Local,
        Scope::Release => Reach::Release,
        Scope::Everything => Reach::Everything,
    }
}

fn suggest_command(error: CommandError, targets: &[OsString]) -> CommandError {
    let cli = Cli::command();
    let commands = || cli.get_subcommands().map(clap::Command::get_name);
    let meant = targets.first().and_then(|typed| asks::meant_command(typed, commands()));
    match (error, meant) {
        (CommandError::Usage { message, .. }, Some(command)) => {
            CommandError::usage(message, format!("did you mean the command `shipworthy {command}`?"))
        }
        (error, _) => error,
    }
}

/// What a dashboard is opened on.
pub struct Opening<S> {
    /// What is asked.
    pub asks: Vec<Ask>,
    /// The folders of those that have one.
    pub roots: BTreeMap<RepoId, PathBuf>,
    /// How asking is begun.
    pub start: S,
    /// What is kept.
    pub keeping: Keeping,
}

/// Where things are kept; none where they are not.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// The last screen, filter and sorting.
    pub session: Option<PathBuf>,
    /// The log.
    pub log: Option<PathBuf>,
    /// The folder of the journal for undo, of reports and of answers.
    pub state: Option<PathBuf>,
    /// Whether what surveys say is added to the histories there.
    pub remembers: bool,
    /// The folder of what is not kept.
    pub temporary: Option<Temporary>,
}

impl Keeping {
    /// The usual places.
    fn usual() -> Self {
        Self {
            session: state::session_file(),
            log: state::log_file(),
            state: state::state_folder(),
            remembers: true,
            temporary: None,
        }
    }
}

/// Opens the dashboard and answers the exit code.
///
/// # Errors
/// Waivers that cannot be read from the revision named; a terminal that cannot be used.
pub fn open<S>(opening: Opening<S>, choices: &Choices, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError>
where
    S: Fn(Vec<Ask>, Scope) -> UnboundedReceiver<SurveyEvent> + 'static,
{
    let Opening { asks, roots, start, keeping } = opening;
    let waivers = check::waivers(&asks, choices, surroundings)?;
    let paths = paths(choices, &keeping);
    let Keeping { session, log, state, remembers, temporary } = keeping;
    if let Some(file) = log {
        // A folder that cannot be written costs the log and nothing else.
        terminal::log::start(&file).ok();
        terminal::log::note(&format!("shipworthy {} begins: {} targets", crate::report::VERSION, asks.len()));
    }
    let network = choices.network.as_ref();
    let mut model = Model::new(app::Options {
        rules: choices.rules.clone(),
        ascii: choices.dashboard.ascii,
        mouse: choices.dashboard.mouse,
        theme: choices.dashboard.theme,
        keymap: choices.dashboard.keymap.clone(),
        targets: asks.iter().map(|ask| ask.target().clone()).collect(),
        roots,
        offline: choices.offline,
        read_only: choices.dashboard.read_only,
        who: name(),
        paths,
        session: session.as_deref().map(last_session).unwrap_or_default(),
        now: surroundings.now,
    });
    for (repo, declared) in waivers {
        model.fleet.set_waivers(&repo, declared);
    }
    let forge = network.map_or_else(|| FORGE.to_owned(), |network| network.forge.web_host());
    let start = Box::new(start);
    let refresh = choices.dashboard.refresh.filter(|_| !choices.offline);
    let run =
        terminal::Run { model, asks, start, refresh, session, state, remembers, forge, temporary, internal: INTERNAL };
    terminal::run(run).map_err(|error| match error {
        TerminalError::Unusable(_) => {
            CommandError::usage(error.to_string(), "`shipworthy check` prints the same without a terminal")
        }
        TerminalError::Failed(error) => CommandError::Internal(format!("the terminal failed: {error}")),
    })
}

/// Who sits at the terminal, as the session of the system says.
pub fn name() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    variable("USER").or_else(|| variable("LOGNAME")).map(|name| clean::short(&name, 80))
}

/// The folder of a repository that has one; nothing is written where none is.
fn root(ask: &Ask) -> Option<(RepoId, PathBuf)> {
    match ask {
        Ask::Folder { target, root } if checkout::is_marked(root) => Some((target.id.clone(), root.clone())),
        _ => None,
    }
}

/// Files that help names.
fn paths(choices: &Choices, keeping: &Keeping) -> Vec<(String, String)> {
    let named = [("configuration", choices.config_file.clone()), ("log", keeping.log.clone())];
    let shown = |path: PathBuf| clean::line(&path.to_string_lossy()).into_owned();
    named.into_iter().filter_map(|(what, path)| Some((what.to_owned(), shown(path?)))).collect()
}

/// What was kept from the last time. What cannot be read counts for nothing: it is only a convenience.
fn last_session(file: &Path) -> Session {
    let size = file.metadata().map(|meta| meta.len()).unwrap_or_default();
    let text = if size <= decode::MAX_BYTES { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
    serde_json::from_slice(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_cannot_be_read_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("session.json");
        assert_eq!(last_session(&file), Session::default());
        for text in ["", "{", "[]", "{\"filter\": 3}"] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(last_session(&file), Session::default(), "{text}");
        }
        std::fs::write(&file, "{\"filter\": \"R08:fail\", \"of-a-later-version\": 1}").unwrap();
        assert_eq!(last_session(&file).filter, "R08:fail");
    }
}
