//! The files of the demo in folders of their own, so that fixes can be tried on them: they go when the demo goes.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use jiff::Timestamp;

use crate::fact::{Fact, Observation, RepoId};
use crate::source::checkout;
use crate::state::temporary::Temporary;
use crate::survey::Ask;

/// Copies of the recorded files.
pub struct Copies {
    /// Where the copy of each repository is.
    pub roots: BTreeMap<RepoId, PathBuf>,
    temporary: Temporary,
}

/// What hangs up when everything is written.
pub type Written = mpsc::Receiver<()>;

impl Copies {
    /// Begins to copy the recorded files of these questions, on a thread: a disk may take longer than a first picture.
    /// A file that could not be copied is missing for those who want to fix it.
    ///
    /// # Errors
    /// A system without a folder for temporary files.
    pub fn begin(asks: &[Ask]) -> io::Result<(Self, Written)> {
        let temporary = Temporary::begin("shipworthy-demo-")?;
        let (mut roots, mut files) = (BTreeMap::new(), Vec::new());
        for ask in asks {
            let Some(recorded) = recorded(ask) else { continue };
            let id = &ask.target().id;
            let root = PathBuf::from(name(id));
            let plain = recorded.filter(|(path, _)| is_plain(Path::new(path)));
            files.extend(plain.map(|(path, text)| (root.join(path), Arc::clone(text))));
            roots.insert(id.clone(), temporary.folder().join(root));
        }
        let (writes, written) = mpsc::channel();
        let place = temporary.clone();
        thread::spawn(move || {
            for (file, text) in files {
                place.write(&file, &text).ok();
            }
            drop(writes);
        });
        Ok((Self { roots, temporary }, written))
    }

    /// The folder of all copies.
    pub fn temporary(&self) -> &Temporary {
        &self.temporary
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        self.temporary.remove();
    }
}

/// The same question, with the files as they are in the copy by now.
pub fn as_they_are(ask: Ask, roots: &BTreeMap<RepoId, PathBuf>) -> Ask {
    match (roots.get(&ask.target().id), ask) {
        (Some(root), Ask::Recorded { target, mut observations }) => {
            let files = observations.iter_mut().find(|one| matches!(one, Observation::Files(Fact::Known(_))));
            if let Some(files) = files {
                let mut read = checkout::read(root);
                read.prepare();
                *files = Observation::Files(Fact::local(read, Timestamp::now()));
            }
            Ask::Recorded { target, observations }
        }
        (_, ask) => ask,
    }
}

/// The recorded files, where they are known.
fn recorded(ask: &Ask) -> Option<impl Iterator<Item = (&String, &Arc<str>)>> {
    let Ask::Recorded { observations, .. } = ask else { return None };
    observations.iter().find_map(|one| match one {
        Observation::Files(Fact::Known(observed)) => Some(observed.value.texts.iter()),
        _ => None,
    })
}

/// The name of a folder: the last part of the target.
fn name(id: &RepoId) -> String {
    let last = id.target.split('/').next_back().unwrap_or_default();
    let plain: String = last.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    format!("{}-{plain}", id.index + 1)
}

/// Whether a path leads down and nowhere else.
fn is_plain(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::command::asks;
    use crate::fact::SurveyEvent;
    use crate::fleet::{Fleet, Rules};
    use crate::requirement::Verdict;
    use crate::source::replay;
    use crate::survey::{self, Options};

    fn verdicts(asks: Vec<Ask>) -> Vec<(RepoId, Vec<(&'static str, Verdict)>)> {
        let mut events = survey::start(asks, &Options::default());
        let mut fleet = Fleet::new(Rules::default());
        std::iter::from_fn(|| events.blocking_recv()).for_each(|event: SurveyEvent| fleet.absorb(event));
        let of = |repo: crate::fleet::Repo| repo.findings.iter().map(|one| (one.meta.id, one.verdict)).collect();
        fleet.repos.into_iter().map(|(id, repo)| (id, of(*repo))).collect()
    }

    #[test]
    fn copies_are_judged_as_the_recordings_until_they_change_and_go_with_the_demo() {
        let asks = asks::recorded(&replay::bundled().unwrap());
        let (copies, written) = Copies::begin(&asks).unwrap();
        assert!(written.recv().is_err(), "it hangs up when everything is written");
        let again = |asks: &[Ask]| asks.iter().cloned().map(|ask| as_they_are(ask, &copies.roots)).collect::<Vec<_>>();
        assert_eq!(copies.roots.len(), asks.len());
        assert_eq!(verdicts(again(&asks)), verdicts(asks.clone()));
        let graphnet = asks.iter().find(|ask| &*ask.target().id.target == "demo/graphnet").unwrap();
        let root = &copies.roots[&graphnet.target().id];
        fs::remove_file(root.join(".github/workflows/deploy.yml")).unwrap();
        assert_ne!(verdicts(again(&asks)), verdicts(asks));
        let folder = copies.temporary.folder().to_owned();
        drop(copies);
        assert!(!folder.exists());
    }

    #[test]
    fn only_paths_that_lead_down_are_written() {
        assert!(is_plain(Path::new(".github/workflows/a.yml")));
        for path in ["/etc/x", "../x", "a/../../x"] {
            assert!(!is_plain(Path::new(path)), "{path}");
        }
        let id = |target: &str| RepoId { index: 0, target: target.into() };
        assert_eq!(name(&id("~/src/mylib (checkout)")), "1-mylib");
        assert_eq!(name(&id("../..")), "1-");
    }
}
