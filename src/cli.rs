//! The command line: definitions only. What a command does is in [`crate::command`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::fleet::FailOn;
use crate::report::{Color, Destination, Format, VERSION};
use crate::requirement::{self, Profile};
use crate::text::typed;

/// What a target may be, for help texts.
const TARGETS: &str = "What to judge: a folder, owner/repo, owner/repo@branch, owner/*, a repository URL, @group of the configuration, or - to read \
                       one target a line from standard input. Without a target: the configured fleet, else the \
                       current folder";

/// The exit codes, for help texts and the man page.
const EXIT_CODES: &str = "\
Exit codes:
  0  every repository is ready
  1  a repository is not ready
  2  the command line, the configuration or a target was not understood
  3  none is not ready, but one cannot be decided; or nothing was judged at all
  4  an internal error
  130  interrupted by ctrl-c; what is known so far is printed, marked partial";

/// The exit codes of the checklist, for help texts and the man page.
const CHECKLIST_CODES: &str = "\
Exit codes:
  0  signed off: every step that the release waits for is settled
  1  stopped by an answer, or blocked by what the facts prove
  2  the command line, the answers, the configuration or a target was not understood
  3  paused with open steps
  4  an internal error";

/// What can be fixed, for help texts.
const FIXABLE: &str =
    "A folder, or a repository of the configured fleet that has a clone; the current folder without it";

/// The exit codes of `fix`, for help texts and the man page.
const FIX_EXIT_CODES: &str = "\
Exit codes:
  0  every fix that is offered was made, or none is needed
  1  something was refused, failed, or waits for --unsafe; the output says what
  2  the command line, the configuration or the target was not understood
  4  an internal error";

/// The exit codes of `undo`, for help texts and the man page.
const UNDO_EXIT_CODES: &str = "\
Exit codes:
  0  the files are as they were
  1  refused, because a file changed since or cannot be written
  2  the command line, the configuration or the target was not understood
  3  there is nothing to undo
  4  an internal error";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "shipworthy",
    version = version(),
    about = "Is this repository safe to ship? Judges release workflows, settings and artifacts against SPEC 8.",
    after_long_help = EXIT_CODES,
    max_term_width = 100
)]
pub struct Cli {
    #[arg(value_name = "TARGET", help = TARGETS)]
    #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
    pub targets: Vec<OsString>,
    /// Options that count everywhere.
    #[command(flatten)]
    pub everywhere: Everywhere,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that count everywhere.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
pub struct Everywhere {
    /// Ask nothing over the network
    #[arg(long, global = true, env = "SHIPWORTHY_OFFLINE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub offline: bool,
    /// The reading of SPEC 8; with pep-740, attestations made by the package index satisfy R10
    #[arg(long, global = true, env = "SHIPWORTHY_PROFILE", hide_env_values = true, value_parser = profile())]
    pub profile: Option<Profile>,
    /// The root of the API of GitHub Enterprise Server: `https://HOST/api/v3`
    #[arg(long, global = true, value_name = "URL", env = "GITHUB_API_URL", hide_env_values = true)]
    pub api_url: Option<String>,
    /// The root of the package index
    #[arg(long, global = true, value_name = "URL", env = "SHIPWORTHY_INDEX_URL", hide_env_values = true)]
    pub index_url: Option<String>,
    /// Read the token from a file; otherwise it comes from `GH_TOKEN`, `GITHUB_TOKEN` (for other hosts than github.com
    /// `GH_ENTERPRISE_TOKEN`, `GITHUB_ENTERPRISE_TOKEN`) or `gh auth token`
    #[arg(long, global = true, value_name = "FILE", env = "SHIPWORTHY_TOKEN_FILE", hide_env_values = true)]
    pub token_file: Option<PathBuf>,
    /// Keep no answers on disk, and use none
    #[arg(long, global = true, env = "SHIPWORTHY_NO_CACHE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub no_cache: bool,
    /// Answer from recordings in a folder instead of asking
    #[arg(long, global = true, value_name = "DIR")]
    pub replay: Option<PathBuf>,
    /// Take the commits of actions from a file, a YAML map of `owner/name@ref: {sha: …, version: …}`
    #[arg(long, global = true, value_name = "FILE")]
    pub pins: Option<PathBuf>,
    /// Write nothing into any repository
    #[arg(long, global = true, env = "SHIPWORTHY_READ_ONLY", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub read_only: bool,
    /// Write what was answered into a folder, for a bug report: `--replay` answers from it
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// With owner/*: forks and archived repositories, too
    #[arg(long, global = true)]
    pub forks_and_archived: bool,
    /// Let no waiver count
    #[arg(long, global = true)]
    pub no_waivers: bool,
    /// Take waivers from .github/shipworthy.yml at this revision, such as the base of a pull request
    #[arg(long, global = true, value_name = "REF", conflicts_with = "no_waivers")]
    pub waivers_from: Option<String>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE", env = "SHIPWORTHY_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Print ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_parser = color())]
    pub color: Option<Color>,
    /// Print every check, those that pass too
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge repositories and print a report
    #[command(after_long_help = EXIT_CODES)]
    Check(Check),
    /// Fix what can be fixed in the files of a folder: print the changes, write them, and say how to undo them
    #[command(after_long_help = FIX_EXIT_CODES)]
    Fix(Fix),
    /// Put back what the last fix wrote; refused when a file changed since
    #[command(after_long_help = UNDO_EXIT_CODES)]
    Undo {
        #[arg(value_name = "TARGET", help = FIXABLE)]
        #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
        target: Option<OsString>,
    },
    /// Open the dashboard on a bundled fleet of recorded answers: no network, nothing of yours is touched
    Demo {
        /// Show all answers at once, instead of one after another
        #[arg(long)]
        instant: bool,
    },
    /// Walk through a release before its button is pressed: what the facts decide, and questions for a person
    #[command(after_long_help = CHECKLIST_CODES)]
    Checklist(Checklist),
    /// Say what earlier surveys said: when each requirement last changed, and how the repository stood
    History {
        #[arg(value_name = "TARGET", help = TARGETS)]
        #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
        targets: Vec<OsString>,
        /// The form of the history
        #[arg(long, value_parser = ["text", "json"], default_value = "text")]
        format: String,
    },
    /// Make something of a report: a badge, or the schema of a document
    Report {
        /// What to make
        #[command(subcommand)]
        what: Made,
    },
    /// Say what a requirement asks, why, and how it is judged
    Explain {
        /// Id or name of the requirement, such as R05 or token-permissions; all of them without it
        #[arg(value_name = "REQUIREMENT")]
        requirement: Option<String>,
    },
    /// Print what the references of `uses:` point to, as a file that `--pins` reads
    Pins {
        #[arg(value_name = "TARGET", help = TARGETS)]
        #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
        targets: Vec<OsString>,
    },
    /// Print the keys of the dashboard
    Keys,
    /// Write a commented configuration to its place; an existing one is left alone
    Init,
    /// Show the configuration
    Config {
        /// What to show
        #[command(subcommand)]
        what: Config,
    },
    /// Say what a token can see, requirement by requirement, and what a bug report needs
    Doctor {
        /// A folder or owner/repo to look at; the current folder without it
        #[arg(value_name = "TARGET")]
        target: Option<OsString>,
    },
    /// Look after the answers that are kept on disk
    Cache {
        /// What to do
        #[command(subcommand)]
        what: Cache,
    },
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page, or that of a command
    Man {
        /// The command
        command: Option<String>,
    },
}

/// Arguments of `check`.
#[derive(Args, Clone, Debug, Default)]
pub struct Check {
    #[arg(value_name = "TARGET", help = TARGETS)]
    #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
    pub targets: Vec<OsString>,
    /// The form of the report
    #[arg(long, value_parser = format(), default_value = "text")]
    pub format: Format,
    /// Judge and count only these requirements, by id or name, whatever their level
    #[arg(long, value_name = "R05,R08", value_delimiter = ',', value_parser = only)]
    pub only: Vec<&'static str>,
    /// What counts as not ready, too: warn (warnings and failing recommended requirements) or unknown (whatever cannot
    /// be decided); with fail, what cannot be decided ends with 0
    #[arg(long, env = "SHIPWORTHY_FAIL_ON", hide_env_values = true, value_parser = fail_on())]
    pub fail_on: Option<FailOn>,
    /// Print one line for each repository
    #[arg(long)]
    pub summary: bool,
    /// Write the report to this file too; its ending tells the format (.json, .md, .sarif, .xml, .txt), or FORMAT= in front
    /// of it. May be given several times
    #[arg(long = "output", value_name = "FILE", value_parser = Destination::parse)]
    pub outputs: Vec<Destination>,
    /// Compare with this earlier JSON report, and say what got better, worse or newly unknown
    #[arg(long, value_name = "REPORT.json")]
    pub baseline: Option<PathBuf>,
    /// End by what got worse since the baseline alone: what failed before is let pass
    #[arg(long, requires = "baseline")]
    pub fail_on_worse: bool,
    /// Count a repository as not ready without a sign-off of this commit: one that `checklist` kept here, or the JSON
    /// of one in FILE
    #[arg(long, value_name = "FILE", require_equals = true)]
    pub require_signoff: Option<Option<PathBuf>>,
    /// Keep nothing of this run in the history
    #[arg(long)]
    pub no_history: bool,
    /// Print only the lines of requirements that fail
    #[arg(short, long, conflicts_with_all = ["verbose", "summary"])]
    pub quiet: bool,
}

/// Arguments of `checklist`.
#[derive(Args, Clone, Debug, Default)]
pub struct Checklist {
    #[arg(value_name = "TARGET", help = TARGETS)]
    #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
    pub targets: Vec<OsString>,
    /// The version that is to be released
    #[arg(long, value_name = "VERSION", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub release: Option<String>,
    /// Close the steps that can only be seen when the release of this tag is out
    #[arg(long, value_name = "TAG", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub after: Option<String>,
    /// Answer from this YAML file instead of asking
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Ask nothing: only show how it stands
    #[arg(long, conflicts_with = "answers")]
    pub no_questions: bool,
    /// Take the answer to this step back; may be given several times
    #[arg(long, value_name = "STEP")]
    pub retract: Vec<String>,
    /// Who answers; without it, the owner of the token, else the user of this session
    #[arg(long = "as", value_name = "NAME", env = "SHIPWORTHY_AS", hide_env_values = true)]
    pub name: Option<String>,
    /// The form in which the walk is printed; comment ticks the boxes of the project's own page
    #[arg(long, value_parser = ["text", "markdown", "json", "comment"], default_value = "text")]
    pub format: String,
    /// Write the sign-off to this file too; its ending tells the form (.md, .json), or FORM= in front of it
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<String>,
}

/// What `cache` does.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Cache {
    /// Print the folder
    Path,
    /// Remove every kept answer
    Clear,
}

/// Arguments of `fix`.
#[derive(Args, Clone, Debug, Default)]
pub struct Fix {
    #[arg(value_name = "TARGET", help = FIXABLE)]
    #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
    pub target: Option<OsString>,
    /// Fix only these requirements, by id or name, those that are waived too
    #[arg(long, value_name = "R05,R08", value_delimiter = ',', value_parser = only)]
    pub only: Vec<&'static str>,
    /// Write nothing: print a patch for `git apply`, and remarks on standard error
    #[arg(long)]
    pub dry_run: bool,
    /// Make those fixes too that a person should read first
    #[arg(long = "unsafe")]
    pub review: bool,
}

/// What `report` makes.
#[derive(Clone, Debug, Subcommand)]
pub enum Made {
    /// Draw a badge of the state of repositories; the worst of them decides
    Badge {
        #[arg(value_name = "TARGET", help = TARGETS)]
        #[expect(missing_docs, reason = "clap would print a doc comment twice; the help text says it")]
        targets: Vec<OsString>,
        /// The form of the badge
        #[arg(long, value_parser = ["svg", "markdown"], default_value = "svg")]
        format: String,
        /// Where the drawing will be, for the Markdown that shows it
        #[arg(long, value_name = "ADDRESS", default_value = "shipworthy.svg")]
        image: String,
        /// Write to this file instead of the standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print the JSON Schema of a document
    Schema {
        /// Which: the report, the sign-off of a checklist, or what a project declares in .github/shipworthy.yml
        #[arg(value_parser = ["report", "signoff", "project"], default_value = "report")]
        of: String,
    },
}

/// What `config` shows.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Config {
    /// Print the documented default configuration
    Default,
    /// Print where the configuration file is looked for
    Path,
    /// Print the JSON Schema of the configuration
    Schema,
}

/// The version, with the commit it was built from where that is known.
const fn version() -> &'static str {
    match option_env!("SHIPWORTHY_VERSION") {
        Some(version) => version,
        None => VERSION,
    }
}

/// A parser of words that stand for values, with the words in help and completions.
fn words<T>(values: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let parser = PossibleValuesParser::new(values.iter().map(|value| word(*value)));
    parser
        .try_map(move |typed: String| values.iter().copied().find(|value| word(*value) == typed).ok_or("unknown word"))
}

fn profile() -> impl TypedValueParser<Value = Profile> {
    words(Profile::ALL, Profile::word)
}

fn color() -> impl TypedValueParser<Value = Color> {
    words(Color::ALL, Color::word)
}

fn format() -> impl TypedValueParser<Value = Format> {
    words(Format::ALL, Format::word)
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    words(FailOn::ALL, FailOn::word)
}

/// Reads one name of `--only` and answers the id.
fn only(name: &str) -> Result<&'static str, String> {
    let found = requirement::find(name.trim()).map(|found| found.meta().id);
    found.ok_or_else(|| format!("there is no such requirement; {}", nearest_requirement(name)))
}

/// What to write instead of a requirement that does not exist.
pub fn nearest_requirement(name: &str) -> String {
    let names = requirement::ALL.iter().flat_map(|known| [known.meta().id, known.meta().slug]);
    match typed::nearest(name.trim(), names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`shipworthy explain` lists them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_and_targets_come_in_any_order() {
        let cli =
            Cli::try_parse_from(["shipworthy", "--offline", "check", "a", "--only", "r05, pinned-actions", "b", "-v"]);
        let cli = cli.unwrap();
        assert!(cli.everywhere.offline && cli.everywhere.verbose);
        let Some(Command::Check(check)) = cli.command else { panic!("not check") };
        assert_eq!(check.only, ["R05", "R08"]);
        assert_eq!(check.targets, ["a", "b"]);
    }

    #[test]
    fn targets_without_a_subcommand_are_kept() {
        let cli = Cli::try_parse_from(["shipworthy", "o/r", "check"]).unwrap();
        assert_eq!((cli.targets.len(), cli.command.is_none()), (2, true));
    }

    #[test]
    fn names_of_requirements_are_suggested() {
        let error = Cli::try_parse_from(["shipworthy", "check", "--only", "R05,pined-actions"]).unwrap_err();
        assert!(error.to_string().contains("did you mean `pinned-actions`?"), "{error}");
        assert_eq!(error.exit_code(), 2);
        assert!(Cli::try_parse_from(["shipworthy", "check", "--only", ""]).is_err());
        assert!(Cli::try_parse_from(["shipworthy", "check", "--only", "R05,"]).is_err());
        assert!(nearest_requirement("something").contains("explain"));
    }

    #[test]
    fn contradictions_are_refused() {
        for arguments in [
            &["shipworthy", "check", "-q", "-v"][..],
            &["shipworthy", "check", "-q", "--summary"],
            &["shipworthy", "check", "--no-waivers", "--waivers-from", "main"],
            &["shipworthy", "check", "--fail-on", "never"],
            &["shipworthy", "check", "--format", "xml"],
            &["shipworthy", "check", "--nonsense"],
        ] {
            assert_eq!(Cli::try_parse_from(arguments).unwrap_err().exit_code(), 2, "{arguments:?}");
        }
    }
}
