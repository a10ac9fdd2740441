//! Answers and sign-offs that are kept between runs: one file for each release, one for what is about the process, and
//! the last sign-off of each repository.

use std::path::Path;

use crate::checklist::{Answers, Lasting, Outcome, Walk, signoff};
use crate::command::{CommandError, Surroundings, input, remember};
use crate::fleet::Repo;
use crate::state::memory::Memory;

/// Where the answers about one release of one repository are kept.
#[derive(Clone, Debug)]
pub struct Kept {
    memory: Option<Memory>,
    repository: String,
    release: String,
}

impl Kept {
    /// The place for a release of a repository.
    pub fn of(repo: &Repo, release: Option<&str>) -> Self {
        let key = remember::key_of(repo).unwrap_or_else(|| repo.target.id.target.to_string());
        let release = format!("{key}\nrelease\n{}", release.unwrap_or_default());
        Self { memory: Memory::of("checklist"), repository: key, release }
    }

    fn process(&self) -> String {
        format!("{}\nprocess", self.repository)
    }

    /// The answers that were kept.
    ///
    /// # Errors
    /// A kept file that cannot be read: it is left as it is, since answers may be saved from it by hand.
    pub fn read(&self) -> Result<Answers, CommandError> {
        let mut all = Answers::default();
        let Some(memory) = &self.memory else { return Ok(all) };
        for about in [self.process(), self.release.clone()] {
            let read = memory.read(&about).map_err(|error| error.to_string());
            let read = read.and_then(|text| text.as_deref().map(Answers::parse).transpose());
            let answers = read.map_err(|why| {
                let file = memory.file(&about);
                let message = format!("the answers kept in {} cannot be read: {why}", file.display());
                CommandError::usage(message, "put the file right, or move it away to begin anew")
            })?;
            for answer in answers.into_iter().flat_map(|answers| answers.all) {
                all.put(answer);
            }
        }
        Ok(all)
    }

    /// Keeps the answers of a walk, and its sign-off where it is one.
    pub fn write(&self, walk: &Walk, surroundings: &mut Surroundings<'_>) {
        let Some(memory) = &self.memory else {
            surroundings.say("the answers are not kept: there is no home folder");
            return;
        };
        let about_process = |id: &str| walk.step(id).is_some_and(|step| matches!(step.lasting, Lasting::Days(_)));
        let (process, release): (Vec<_>, Vec<_>) =
            walk.kept().all.into_iter().partition(|answer| about_process(&answer.step));
        let mut files = Vec::new();
        for (about, all) in [(self.process(), process), (self.release.clone(), release)] {
            // Nothing is written where nothing was answered and nothing was there.
            if !all.is_empty() || memory.file(&about).exists() {
                files.push((memory, about, Answers { all }.text()));
            }
        }
        let signoffs = Memory::of("signoff");
        if let Some(signoffs) = signoffs.as_ref().filter(|_| walk.outcome() == Outcome::SignedOff) {
            files.push((signoffs, self.repository.clone(), signoff::json(walk)));
        }
        for (memory, about, text) in files {
            if let Err(error) = memory.write(&about, &text) {
                surroundings.say(&format!("the answers are not kept: {error}"));
                return;
            }
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
        None => remember::key_of(repo).zip(Memory::of("signoff")).and_then(|(key, memory)| memory.read(&key).ok()?),
    };
    let text = text.ok_or("there is none; `shipworthy checklist` makes one")?;
    let forge = || repo.facts.progress.value().map(|progress| progress.head.as_str());
    signoff::verify(&text, repo.repository().as_deref(), repo.commit().or_else(forge), now)
}
