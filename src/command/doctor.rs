//! `doctor`: says what a token can see, requirement by requirement, and what a bug report needs.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;

use jiff::Timestamp;

use super::{CommandError, DONE, Environment, Surroundings, choices, network};
use crate::cli::Everywhere;
use crate::fact::Quota;
use crate::report::VERSION;
use crate::requirement::{self, Meta};
use crate::source::cache::{Amount, Store};
use crate::source::github::Client;
use crate::source::github::sight::{self, RepoSight, Seen, Sight, Who};
use crate::source::network::Network;
use crate::source::{checkout, git};
use crate::state;
use crate::target::{self, Aim};
use crate::text::clean;

/// A small project that indexes know, or know not.
const PROBE: &str = "sampleproject";

/// Everything that is found out, before it is written.
#[derive(Debug, Default)]
struct Diagnosis {
    /// Name and value, in the order in which they are printed.
    surroundings: Vec<(&'static str, String)>,
    /// The same about the forge.
    forge: Vec<(&'static str, String)>,
    /// What is said about the target.
    target: String,
    /// What can be seen of it; none where nothing was asked.
    repo: Option<RepoSight>,
    /// The page that opens the form for a token, and what it is for.
    form: String,
    /// The same about folders and files.
    places: Vec<(&'static str, String)>,
}

/// Finds out and prints.
///
/// # Errors
/// A target, a configuration or an option that is not understood; an output that cannot be written.
pub fn run(
    target: Option<&OsStr>,
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let (network, token_error) = network::places(everywhere)?;
    let (_, config) = choices::configuration(everywhere)?;
    let wanted = wanted(target, &network)?;
    let mut diagnosis = Diagnosis {
        surroundings: surroundings_found(surroundings.environment, |name| std::env::var(name).ok()),
        places: places(config, everywhere.no_cache),
        ..Diagnosis::default()
    };
    ask(&network, wanted, &mut diagnosis)?;
    if let Some(error) = token_error
        && let Some((_, token)) = diagnosis.forge.iter_mut().find(|(name, _)| *name == "token")
    {
        *token = format!("none that can be used: {error}; {}", network::hint(&error));
    }
    write(&diagnosis, surroundings.output)?;
    Ok(DONE)
}

/// The repository to look at, or why there is none.
fn wanted(target: Option<&OsStr>, network: &Network) -> Result<Result<String, String>, CommandError> {
    let typed = target.unwrap_or(OsStr::new("."));
    let shown = target::shown(typed);
    Ok(match target::parse(typed, target::look)? {
        Aim::Repository { name, .. } => Ok(name),
        Aim::Owner(_) | Aim::Group(_) => Err(format!("{shown} is no single repository")),
        Aim::Folder(folder) => {
            let root = checkout::root(&folder).unwrap_or(folder);
            let git = git::observe(&root).value().cloned().flatten();
            match git.and_then(|git| git.remote) {
                // A token is shown nothing but the repositories of its own host.
                Some(remote) if remote.host == network.forge.web_host() => {
                    Ok(format!("{}/{}", remote.owner, remote.name))
                }
                Some(remote) => {
                    Err(format!("the remote of {shown} is at {}, not at {}", remote.host, network.forge.web_host()))
                }
                None => Err(format!("{shown} has no remote; name owner/repo to look at one")),
            }
        }
    })
}

/// Asks the forge, as far as that is allowed and possible.
fn ask(network: &Network, wanted: Result<String, String>, diagnosis: &mut Diagnosis) -> Result<(), CommandError> {
    let internal = |error: &dyn std::fmt::Display| CommandError::Internal(error.to_string());
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| internal(&error))?;
    let client = runtime.block_on(async { network.forge(None) }).map_err(|error| internal(&error))?;
    let owner = wanted.as_ref().ok().and_then(|name| name.split('/').next()).map(str::to_owned);
    diagnosis.form = sight::form(client.api(), owner.as_deref());
    if client.is_offline() {
        diagnosis.forge = forge_found(&client, None);
        diagnosis.forge.push(("index", network.index.shown().to_owned()));
        diagnosis.target = wanted.map_or_else(|why| why, |name| format!("{name} was not asked for: offline"));
        return Ok(());
    }
    let (who, reached) = runtime.block_on(async { tokio::join!(sight::who(&client), index_found(network)) });
    diagnosis.forge = forge_found(&client, Some(&who));
    diagnosis.forge.push(("index", reached));
    match wanted {
        Err(why) => diagnosis.target = why,
        Ok(name) => match runtime.block_on(sight::look(&client, &name)) {
            Ok(repo) => {
                let kind = if repo.private { "private" } else { "public" };
                let role = if repo.admin {
                    "the token's owner administers it"
                } else {
                    "the token's owner does not administer it"
                };
                diagnosis.target = format!("{}, {kind}; {role}", repo.full_name);
                diagnosis.repo = Some(repo);
            }
            Err(why) => diagnosis.target = format!("{name} cannot be seen: {why}"),
        },
    }
    Ok(())
}

/// The package index, and whether it answers as one.
async fn index_found(network: &Network) -> String {
    let shown = network.index.shown();
    let index = match network.index(None) {
        Ok(index) => index,
        Err(error) => return format!("{shown}, which cannot be asked: {error}"),
    };
    match index.files(PROBE).await {
        Ok(answer) if matches!(answer.status, 200 | 404) => format!("{shown}, which answers"),
        Ok(answer) => format!("{shown}, which does not answer as an index: {}", answer.words()),
        Err(no) => format!("{shown}, which does not answer: {no}"),
    }
}

/// Version, terminal, locale and colours.
fn surroundings_found(
    environment: Environment,
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(|value| clean::short(&value, 80));
    let named = |names: &[&'static str]| names.iter().find_map(|name| Some(format!("{name}={}", set(name)?)));
    let streams = [("output", environment.output_terminal), ("errors", environment.error_terminal)];
    let streams =
        streams.map(|(name, terminal)| format!("{name} {}", if terminal { "a terminal" } else { "no terminal" }));
    let width = environment.width.map(|width| format!(", {width} columns")).unwrap_or_default();
    let colors = match (environment.plain, environment.output_terminal) {
        (true, _) => "no: NO_COLOR is set, or TERM is dumb",
        (false, true) => "yes",
        (false, false) => "no: the output is no terminal",
    };
    let encoding = if environment.utf8 { "UTF-8" } else { "not UTF-8, so ASCII is printed" };
    let locale = named(&["LC_ALL", "LC_CTYPE", "LANG"]).unwrap_or_else(|| "no variable is set".to_owned());
    vec![
        ("version", VERSION.to_owned()),
        ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        (
            "terminal",
            format!(
                "{}; {}{width}",
                named(&["TERM"]).unwrap_or_else(|| "TERM is not set".to_owned()),
                streams.join(", ")
            ),
        ),
        ("locale", format!("{encoding} ({locale})")),
        ("colours", colors.to_owned()),
    ]
}

/// The API, the token and what is left.
fn forge_found(client: &Client, who: Option<&Who>) -> Vec<(&'static str, String)> {
    let token = client.token().map_or_else(
        || "none; GH_TOKEN, --token-file and `gh auth token` were looked at".to_owned(),
        |token| format!("{}, from {}", token.kind().words(), token.source()),
    );
    let mut found = vec![("API", client.api().shown().to_owned()), ("token", token)];
    let Some(who) = who else {
        found.push(("asked", "nothing: offline".to_owned()));
        return found;
    };
    if let Some(login) = &who.login {
        found.push(("login", login.clone()));
    }
    if let Some(scopes) = &who.scopes {
        found.push(("scopes", if scopes.is_empty() { "none".to_owned() } else { scopes.clone() }));
    }
    for (name, quota) in [("quota", who.rest), ("GraphQL", who.graphql)] {
        if let Some(quota) = quota {
            found.push((name, left(&quota)));
        }
    }
    if let Some(trouble) = &who.trouble {
        found.push(("trouble", trouble.to_string()));
    }
    found
}

fn left(quota: &Quota) -> String {
    let at: Timestamp = quota.resets_at;
    format!("{} of {} left until {} UTC", quota.left, quota.limit, at.strftime("%H:%M"))
}

/// Where the program keeps what.
fn places(config: Option<PathBuf>, no_cache: bool) -> Vec<(&'static str, String)> {
    let shown = |path: Option<PathBuf>| match path {
        Some(path) => {
            let absent = if path.exists() { "" } else { " (not there yet)" };
            format!("{}{absent}", clean::line(&path.to_string_lossy()))
        }
        None => "none: there is no home folder".to_owned(),
    };
    let cache = state::cache_folder();
    let Amount { files, bytes } = cache.as_deref().map(Store::amount).unwrap_or_default();
    let unused = if no_cache { ", not used in this run" } else { "" };
    let kept = format!(" ({files} answers, {} KiB{unused})", bytes.div_ceil(1024));
    vec![
        ("configuration", shown(config)),
        ("cache", format!("{}{kept}", shown(cache))),
        ("state", shown(state::state_folder())),
        ("log", shown(state::log_file())),
    ]
}

fn write(diagnosis: &Diagnosis, output: &mut dyn Write) -> io::Result<()> {
    rows("Surroundings", &diagnosis.surroundings, output)?;
    rows("\nForge", &diagnosis.forge, output)?;
    writeln!(output, "\nRepository\n  {}", diagnosis.target)?;
    writeln!(output, "\nWhat can be seen")?;
    let mut all: Vec<&Meta> = requirement::ALL.iter().map(|known| known.meta()).collect();
    all.sort_by_key(|meta| meta.id);
    for meta in all {
        let (word, words) = sight_of(meta, diagnosis.repo.as_ref());
        let line = format!("  {}  {:20}  {word:8}  {}", meta.id, meta.slug, words.join("; "));
        writeln!(output, "{}", line.trim_end())?;
    }
    advice(diagnosis, output)?;
    rows("\nPlaces", &diagnosis.places, output)
}

fn rows(title: &str, rows: &[(&'static str, String)], output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{title}")?;
    for (name, value) in rows {
        writeln!(output, "  {name:13}  {value}")?;
    }
    Ok(())
}

/// What to do about what cannot be seen.
fn advice(diagnosis: &Diagnosis, output: &mut dyn Write) -> io::Result<()> {
    let missing = diagnosis.repo.as_ref().map(RepoSight::missing);
    match missing.as_deref() {
        Some([]) => return Ok(()),
        Some(missing) => {
            writeln!(output, "\nMissing: {}", missing.join(", "))?;
            if diagnosis.repo.as_ref().is_some_and(|repo| !repo.admin) && missing.contains(&"administration:read") {
                writeln!(output, "  administration:read shows something only to an administrator of the repository")?;
            }
        }
        None => {}
    }
    writeln!(output, "\nA token that sees everything and changes nothing is made here:\n  {}", diagnosis.form)
}

/// A word for what a requirement can see, and what it cannot.
fn sight_of(meta: &Meta, repo: Option<&RepoSight>) -> (&'static str, Vec<String>) {
    let Some(repo) = repo else {
        let mut needs: Vec<&str> = Vec::new();
        for look in sight::LOOKS.iter().filter(|look| meta.needs.contains(&look.topic)) {
            if !needs.contains(&look.permission) {
                needs.push(look.permission);
            }
        }
        return ("unasked", vec![format!("needs {}", needs.join(", "))]);
    };
    let sights: Vec<&Sight> = repo.sights.iter().filter(|sight| meta.needs.contains(&sight.look.topic)).collect();
    let hidden: Vec<String> = sights.iter().filter_map(|sight| hidden(sight)).collect();
    let is_refused = |sight: &&Sight| matches!(sight.seen, Seen::No(_));
    let word = match sights.iter().copied().filter(is_refused).count() {
        _ if hidden.is_empty() => "all",
        0 => "unclear",
        refused if refused == sights.len() => "none",
        _ => "part",
    };
    (word, hidden)
}

/// What is said about something that cannot be seen.
fn hidden(sight: &Sight) -> Option<String> {
    match &sight.seen {
        Seen::Yes => None,
        Seen::No(why) => Some(format!("{} needs {} ({why})", sight.look.what, sight.permission)),
        Seen::Unclear(why) => Some(format!("{}: {why}", sight.look.what)),
    }
}

#[cfg(test)]
mod tests;
