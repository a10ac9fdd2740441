//! How the network is used, by options and environment variables.

use super::CommandError;
use crate::cli::Everywhere;
use crate::source::github::origin::GITHUB_API;
use crate::source::github::{Api, ApiError, Limits, TokenError, token};
use crate::source::network::Network;
use crate::source::pypi;
use crate::state;

/// Puts together where is asked, as whom, and where answers are kept. `gh` is not asked yet: that takes a moment.
///
/// # Errors
/// An address that is none; a token that cannot be used, unless nothing is asked anyway.
pub fn of(everywhere: &Everywhere) -> Result<Network, CommandError> {
    match places(everywhere)? {
        (_, Some(error)) if !everywhere.offline && everywhere.replay.is_none() => Err(error.into()),
        (network, _) => Ok(network),
    }
}

/// The same; a token that cannot be used is told beside, and nobody is asked for another.
///
/// # Errors
/// An address that is none.
pub fn places(everywhere: &Everywhere) -> Result<(Network, Option<TokenError>), CommandError> {
    let typed = |option: &Option<String>| option.clone().filter(|typed| !typed.trim().is_empty());
    let forge = typed(&everywhere.api_url).unwrap_or_else(|| GITHUB_API.to_owned());
    let forge = Api::parse(forge.trim()).map_err(|error| refuse("--api-url", &error))?;
    let index = match typed(&everywhere.index_url) {
        Some(typed) => pypi::parse(typed.trim()),
        None => pypi::usual(),
    };
    let index = index.map_err(|error| refuse("--index-url", &error))?;
    let file = everywhere.token_file.as_deref().filter(|file| !file.as_os_str().is_empty());
    let (token, error) = match token::handed_over(&forge, file, |name| std::env::var(name).ok()) {
        Ok(token) => (token, None),
        Err(error) => (None, Some(error)),
    };
    let network = Network {
        token,
        forge,
        index,
        programs: std::env::var_os("PATH").filter(|_| error.is_none()),
        offline: everywhere.offline,
        cache: state::cache_folder().filter(|_| !everywhere.no_cache),
        limits: Limits::default(),
    };
    Ok((network, error))
}

fn refuse(option: &str, error: &ApiError) -> CommandError {
    let variable = if option == "--api-url" { " (or GITHUB_API_URL)" } else { " (or SHIPWORTHY_INDEX_URL)" };
    CommandError::usage(format!("{option}{variable}: {error}"), error.hint)
}

/// What to do about a token that cannot be used.
pub const fn hint(error: &TokenError) -> &'static str {
    match error {
        TokenError::Unreadable { .. } => "--token-file (or SHIPWORTHY_TOKEN_FILE) takes a file that you may read",
        TokenError::NotAToken { .. } => "it must hold the token and nothing else",
    }
}

impl From<TokenError> for CommandError {
    fn from(error: TokenError) -> Self {
        Self::usage(error.to_string(), hint(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    fn network(arguments: &[&str]) -> Result<Network, CommandError> {
        of(&Cli::try_parse_from(["shipworthy"].iter().chain(arguments)).unwrap().everywhere)
    }

    #[test]
    fn options_name_the_places() {
        let arguments = ["--api-url", "https://ghes.test/api/v3", "--index-url", "https://index.test/simple/"];
        let network = network(&arguments).unwrap();
        assert_eq!((network.forge.shown(), network.index.shown()), ("https://ghes.test/api/v3", "https://index.test"));
    }

    #[test]
    fn an_address_that_is_none_is_refused_by_the_option_that_named_it() {
        for (arguments, message) in [
            (["--api-url", "http://ghes.test/api/v3"], "--api-url (or GITHUB_API_URL): `http://ghes.test/api/v3`"),
            (["--index-url", "index.test"], "--index-url (or SHIPWORTHY_INDEX_URL): `index.test` is no address"),
            (["--token-file", "/none/such"], "the token file /none/such cannot be read"),
        ] {
            let CommandError::Usage { message: said, hint: Some(_) } = network(&arguments).unwrap_err() else {
                panic!("{arguments:?}")
            };
            assert!(said.starts_with(message), "{said}");
        }
    }

    #[test]
    fn without_a_network_no_token_is_needed() {
        let offline = network(&["--offline", "--token-file", "/none/such"]).unwrap();
        assert!(offline.token.is_none() && offline.programs.is_none());
        assert!(network(&["--replay", "recorded", "--token-file", "/none/such"]).is_ok());
    }

    #[test]
    fn what_is_not_to_be_kept_has_no_place() {
        assert_eq!(network(&["--no-cache"]).unwrap().cache, None);
        assert_eq!(network(&[]).unwrap().cache, state::cache_folder());
        assert!(network(&["--offline"]).unwrap().offline);
    }
}
