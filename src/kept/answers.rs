//! Answers and sign-offs that are kept between runs: one file for each release, one for what is about the process, and
//! the last sign-off of each repository.

use std::io;
use std::path::{Path, PathBuf};

use super::key_of;
use crate::checklist::{Answers, Keeping};
use crate::fleet::Identity;
use crate::state::memory::Memory;

/// The kinds of kept files.
const ANSWERS: &str = "checklist";
const SIGNOFF: &str = "signoff";

/// What to do about kept answers that cannot be read.
pub const HINT: &str = "put the file right, or move it away to begin anew";

/// Kept answers that cannot be read: they are left as they are, since answers may be saved from them by hand.
#[derive(Debug, thiserror::Error)]
#[error("the answers kept in {} cannot be read: {why}", .file.display())]
pub struct Unreadable {
    /// Which file.
    pub file: PathBuf,
    /// Why.
    pub why: String,
}

/// Where the answers about one release of one repository are kept.
#[derive(Clone, Debug)]
pub struct Kept {
    answers: Memory,
    signoffs: Memory,
    repository: String,
    release: String,
}

impl Kept {
    /// The place for a release of a repository, below a state folder.
    pub fn below(folder: &Path, identity: &Identity, release: Option<&str>) -> Self {
        let repository = key_of(identity).unwrap_or_else(|| identity.target.clone());
        let release = format!("{repository}\nrelease\n{}", release.unwrap_or_default());
        let (answers, signoffs) = (Memory::below(folder, ANSWERS), Memory::below(folder, SIGNOFF));
        Self { answers, signoffs, repository, release }
    }

    fn process(&self) -> String {
        format!("{}\nprocess", self.repository)
    }

    /// The answers that were kept.
    ///
    /// # Errors
    /// A kept file that cannot be read.
    pub fn read(&self) -> Result<Answers, Unreadable> {
        let mut all = Answers::default();
        for about in [self.process(), self.release.clone()] {
            let read = self.answers.read(&about).map_err(|error| error.to_string());
            let read = read.and_then(|text| text.as_deref().map(Answers::parse).transpose());
            let answers = read.map_err(|why| Unreadable { file: self.answers.file(&about), why })?;
            for answer in answers.into_iter().flat_map(|answers| answers.all) {
                all.put(answer);
            }
        }
        Ok(all)
    }

    /// Keeps the answers of a walk, and its sign-off where it is one.
    ///
    /// # Errors
    /// Whatever the system refuses.
    pub fn write(&self, keeping: &Keeping) -> io::Result<()> {
        for (about, answers) in [(self.process(), &keeping.process), (self.release.clone(), &keeping.release)] {
            // Nothing is written where nothing was answered and nothing was there.
            if !answers.all.is_empty() || self.answers.file(&about).exists() {
                self.answers.write(&about, &answers.text())?;
            }
        }
        keeping.signoff.as_ref().map_or(Ok(()), |text| self.signoffs.write(&self.repository, text))
    }
}

/// The last sign-off of a repository, where one is kept and can be read.
pub fn signoff(folder: &Path, identity: &Identity) -> Option<String> {
    Memory::below(folder, SIGNOFF).read(&key_of(identity)?).ok()?
}
