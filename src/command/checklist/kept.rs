//! The answers of the command line between runs, and whether `check` finds a sign-off.

use std::path::Path;

use crate::checklist::{Answers, Walk};
use crate::command::{CommandError, Surroundings, input};
use crate::fleet::{Identity, Repo};
use crate::kept::answers;
use crate::{state, text::clean};

/// Where the answers about one release of one repository are kept; nowhere without a home folder.
#[derive(Clone, Debug)]
pub struct Kept {
    place: Option<answers::Kept>,
}

impl Kept {
    /// The place for a release of a repository.
    pub fn of(repo: &Repo, release: Option<&str>) -> Self {
        let place = state::state_folder().map(|folder| answers::Kept::below(&folder, &Identity::of(repo), release));
        Self { place }
    }

    /// The answers that were kept.
    ///
    /// # Errors
    /// A kept file that cannot be read: it is left as it is, since answers may be saved from it by hand.
    pub fn read(&self) -> Result<Answers, CommandError> {
        let Some(place) = &self.place else { return Ok(Answers::default()) };
        place.read().map_err(|error| CommandError::usage(clean::line(&error.to_string()), answers::HINT))
    }

    /// Keeps the answers of a walk, and its sign-off where it is one.
    pub fn write(&self, walk: &Walk, surroundings: &mut Surroundings<'_>) {
        let Some(place) = &self.place else {
            surroundings.say("the answers are not kept: there is no home folder");
            return;
        };
        if let Err(error) = place.write(&walk.keeping()) {
            surroundings.say(&format!("the answers are not kept: {error}"));
        }
    }
}

/// Whether a repository has a sign-off that holds for the commit that was judged: in a file, or kept here.
///
/// # Errors
/// Why it has none, in words.
pub fn verify(repo: &Repo, file: Option<&Path>, now: jiff::Timestamp) -> Result<(), String> {
    let text = match file {
        Some(file) => Some(input::text(file)?),
        None => state::state_folder().and_then(|folder| answers::signoff(&folder, &Identity::of(repo))),
    };
    let text = text.ok_or("there is none; `shipworthy checklist` makes one")?;
    let forge = || repo.facts.progress.value().map(|progress| progress.head.as_str());
    crate::checklist::signoff::verify(&text, repo.repository().as_deref(), repo.commit().or_else(forge), now)
}
