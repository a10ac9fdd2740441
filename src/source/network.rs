//! How the network is used: which places, as whom, and where answers are kept.

use std::ffi::OsString;
use std::path::PathBuf;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::cache::Store;
use super::github::origin::GITHUB_API;
use super::github::{Api, ApiError, Client, ClientError, Limits, Settings, Token, token};
use super::pypi::{self, Index};
use crate::fact::{LogLevel, LogLine, SurveyEvent};
use crate::text::clean;

/// How the network is used.
#[derive(Clone, Debug)]
pub struct Network {
    /// The root of the forge's API.
    pub forge: Api,
    /// The root of the package index.
    pub index: Api,
    /// The token that was handed over in a file or a variable.
    pub token: Option<Token>,
    /// The `PATH` in which `gh` is looked for, should no token have been handed over.
    pub programs: Option<OsString>,
    /// Whether the network must not be used.
    pub offline: bool,
    /// The folder for kept answers; nothing is kept without it.
    pub cache: Option<PathBuf>,
    /// Bounds of a request.
    pub limits: Limits,
}

impl Network {
    /// The usual places, without a token; nothing is kept.
    ///
    /// # Errors
    /// None: the addresses are sound, which a test holds.
    pub fn usual() -> Result<Self, ApiError> {
        Ok(Self {
            forge: Api::parse(GITHUB_API)?,
            index: pypi::usual()?,
            token: None,
            programs: None,
            offline: false,
            cache: None,
            limits: Limits::default(),
        })
    }

    /// A client for the forge. Asking `gh` for a token may take a moment, so this is called away from the screen;
    /// call it inside a tokio runtime, unless the network must not be used.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn forge(&self, events: Option<UnboundedSender<SurveyEvent>>) -> Result<Client, ClientError> {
        let asked = || self.programs.as_deref().and_then(|path| token::from_programs(&self.forge, path));
        let token = self.token.clone().or_else(asked);
        let store = self.store(events.as_ref());
        Client::new(Settings { token, store, events, ..self.settings(self.forge.clone(), true) })
    }

    /// A client for the package index, which never has a token. The same about runtimes.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn index(&self, events: Option<UnboundedSender<SurveyEvent>>) -> Result<Index, ClientError> {
        let store = self.store(events.as_ref());
        let settings = Settings { store, events, ..self.settings(self.index.clone(), false) };
        Client::new(settings).map(Index::new)
    }

    fn settings(&self, api: Api, is_forge: bool) -> Settings {
        Settings { is_forge, offline: self.offline, limits: self.limits, ..Settings::new(api) }
    }

    /// The store. Without one everything works, only slower, so a folder that cannot be used is but a line in the log.
    fn store(&self, events: Option<&UnboundedSender<SurveyEvent>>) -> Option<Store> {
        let folder = self.cache.as_ref()?;
        match Store::open(folder, self.limits.body) {
            Ok(store) => Some(store),
            Err(error) => {
                let folder = clean::line(&folder.to_string_lossy()).into_owned();
                let text = format!("answers are not kept: {folder}: {error}");
                let line = LogLine { at: Timestamp::now(), level: LogLevel::Warn, text };
                events.map(|events| events.send(SurveyEvent::Logged(line)));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_needs_neither_a_runtime_nor_a_folder_that_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
        let network = Network { offline: true, cache: Some(file), ..Network::usual().unwrap() };
        let client = network.forge(Some(sender)).unwrap();
        assert!(client.is_offline() && client.token().is_none());
        let Ok(SurveyEvent::Logged(line)) = events.try_recv() else { panic!("nothing was said") };
        assert!(line.text.starts_with("answers are not kept: "), "{}", line.text);
        assert!(network.index(None).unwrap().client().token().is_none());
    }
}
