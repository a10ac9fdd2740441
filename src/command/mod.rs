//! The subcommands, one file each: each takes parsed arguments, calls the core and answers an exit code.
//!
//! What several of them share is beside them: [`surroundings`] (streams, terminal and clock), [`choices`] (options,
//! environment and configuration put together), [`network`] (how the network is used), [`asks`] (from targets to
//! questions), [`local`] (the one folder that is written to), [`gather`] (from questions to a judged fleet) and
//! [`record`] (the answers, for a bug report).

use std::ffi::OsString;
use std::io;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::config::ConfigError;
use crate::source::pins::PinsError;
use crate::target::TargetError;
use crate::text::clean;

pub mod cache;
pub mod check;
pub mod checklist;
pub mod completions;
pub mod config;
pub mod dashboard;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod fix;
pub mod history;
pub mod init;
pub mod keys;
pub mod man;
pub mod pins;
pub mod report;
pub mod undo;

pub mod asks;
pub mod choices;
pub mod gather;
pub mod input;
pub mod local;
pub mod network;
pub mod output;
pub mod record;
pub mod remember;
pub mod surroundings;

pub use surroundings::{Environment, Surroundings};

/// Exit code of a command that did what it was asked, and of a check that found everything ready.
pub const DONE: u8 = 0;
/// Exit code of a check that found a repository not ready.
pub const NOT_READY: u8 = 1;
/// Exit code for a command line, configuration or target that was not understood.
pub const USAGE: u8 = 2;
/// Exit code of a check that could not decide, or judged nothing.
pub const UNDECIDED: u8 = 3;
/// Exit code of an internal error, or of an output that could not be written.
pub const INTERNAL: u8 = 4;
/// Exit code of a check that was interrupted (128 and the number of the signal).
pub const INTERRUPTED: u8 = 130;
/// Exit code when the reader of the output went away (128 and the number of the signal).
pub const PIPE: u8 = 141;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The person can put it right.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The output was not written in full.
    #[error("the output could not be written: {0}")]
    Output(#[from] io::Error),
    /// Something that should not happen.
    #[error("internal error: {0}")]
    Internal(String),
}

impl CommandError {
    /// An error that the person can put right.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Usage { .. } => USAGE,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => PIPE,
            Self::Output(_) | Self::Internal(_) => INTERNAL,
        }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::Usage { message: error.to_string(), hint: error.hint }
    }
}

impl From<PinsError> for CommandError {
    fn from(error: PinsError) -> Self {
        Self::usage(
            error.to_string(),
            "--pins takes a YAML map of `owner/name@ref: {sha: 40 hexadecimal digits, version: v1.2.3}`",
        )
    }
}

impl From<TargetError> for CommandError {
    fn from(error: TargetError) -> Self {
        Self::usage(error.to_string(), error.hint)
    }
}

/// Reads the command line, runs what it asks for, and answers the exit code. Errors are said on the error stream.
pub fn run(arguments: impl IntoIterator<Item = OsString>, surroundings: &mut Surroundings<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let outcome = match Cli::try_parse_from(&arguments) {
        // The help of this one command is what it prints.
        _ if arguments.get(1..).is_some_and(|typed| *typed == ["help", "keys"]) => help_of_keys(surroundings),
        Ok(cli) => dispatch(&cli, surroundings),
        Err(answer) => refuse_or_help(answer, &arguments, surroundings),
    };
    let outcome = outcome.and_then(|code| surroundings.output.flush().map(|()| code).map_err(CommandError::from));
    outcome.unwrap_or_else(|error| {
        if error.code() != PIPE {
            surroundings.say(&error.to_string());
        }
        if let CommandError::Usage { hint: Some(hint), .. } = &error {
            surroundings.hint(hint);
        }
        error.code()
    })
}

fn help_of_keys(surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let cli = Cli::try_parse_from(["shipworthy", "keys"]).map_err(|error| CommandError::Internal(error.to_string()))?;
    keys::run(&cli.everywhere, surroundings.output)
}

fn dispatch(cli: &Cli, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let everywhere = &cli.everywhere;
    let Some(command) = &cli.command else { return dashboard::run(&cli.targets, everywhere, surroundings) };
    if let Some(target) = cli.targets.first() {
        let message = format!("the target `{}` stands before the command", clean::line(&target.to_string_lossy()));
        return Err(CommandError::usage(message, "write the command first: `shipworthy check TARGET`"));
    }
    match command {
        Command::Check(arguments) => check::run(arguments, everywhere, surroundings),
        Command::Fix(arguments) => fix::run(arguments, everywhere, surroundings),
        Command::Undo { target } => undo::run(target.as_deref(), everywhere, surroundings),
        Command::Demo { instant } => demo::run(*instant, everywhere, surroundings),
        Command::Checklist(arguments) => checklist::run(arguments, everywhere, surroundings),
        Command::History { targets, format } => history::run(targets, format == "json", everywhere, surroundings),
        Command::Report { what } => report::run(what, everywhere, surroundings),
        Command::Explain { requirement } => explain::run(requirement.as_deref(), surroundings.output),
        Command::Pins { targets } => pins::run(targets, everywhere, surroundings),
        Command::Init => init::run(everywhere, surroundings.output),
        Command::Config { what } => config::run(*what, everywhere, surroundings.output),
        Command::Doctor { target } => doctor::run(target.as_deref(), everywhere, surroundings),
        Command::Cache { what } => cache::run(*what, surroundings.output),
        Command::Completions { shell } => completions::run(*shell, surroundings.output),
        Command::Keys => keys::run(everywhere, surroundings.output),
        Command::Man { command } => man::run(command.as_deref(), surroundings.output),
    }
}

/// Prints help or the version, or says what is wrong with the command line.
fn refuse_or_help(
    answer: clap::Error,
    arguments: &[OsString],
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    if answer.use_stderr() {
        // The words quote what was typed, line ends and all, so they are made again from clean arguments.
        let clean_arguments = arguments.iter().map(|typed| clean::line(&typed.to_string_lossy()).into_owned());
        let answer = Cli::try_parse_from(clean_arguments).err().unwrap_or(answer);
        surroundings.say_block(&clean::block(&answer.render().to_string()));
        return Ok(USAGE);
    }
    let words = answer.render();
    if surroundings.environment.wants_color() {
        write!(surroundings.output, "{}", words.ansi())?;
    } else {
        write!(surroundings.output, "{words}")?;
    }
    Ok(DONE)
}
