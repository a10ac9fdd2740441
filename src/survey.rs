//! Asks sources about many repositories and yields what they answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::fact::files::{FileSet, Problem};
use crate::fact::{Fact, Observation, Reason, RepoId, SurveyEvent, Target, Topic, Unknown};
use crate::text::decode;

/// What to look at and how.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A folder of this machine.
    Folder {
        /// Its key and how it is shown.
        target: Target,
        /// The root of the repository.
        root: PathBuf,
    },
    /// Answers that were recorded earlier.
    Recorded {
        /// Its key and how it is shown.
        target: Target,
        /// The answers.
        observations: Vec<Observation>,
    },
    /// A repository about which nothing can be asked.
    Unreachable {
        /// Its key and how it is shown.
        target: Target,
        /// Why not.
        why: Unknown,
    },
}

impl Ask {
    /// Its key and how it is shown.
    pub const fn target(&self) -> &Target {
        match self {
            Self::Folder { target, .. } | Self::Recorded { target, .. } | Self::Unreachable { target, .. } => target,
        }
    }
}

/// How to ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the network must not be used.
    pub offline: bool,
}

/// Starts work in the background and yields events, in order for each repository.
pub fn start(asks: Vec<Ask>, options: &Options) -> UnboundedReceiver<SurveyEvent> {
    let (events, receiver) = mpsc::unbounded_channel();
    let _ = options;
    std::thread::spawn(move || {
        for ask in &asks {
            if survey(ask, &events).is_none() {
                return;
            }
        }
    });
    receiver
}

/// Answers every topic of one repository; none when nobody listens any more.
fn survey(ask: &Ask, events: &UnboundedSender<SurveyEvent>) -> Option<()> {
    let target = ask.target();
    events.send(SurveyEvent::Started(target.clone())).ok()?;
    let known = match ask {
        Ask::Folder { root, .. } => vec![Observation::Files(Fact::local(files(root), Timestamp::now()))],
        Ask::Recorded { observations, .. } => observations.clone(),
        Ask::Unreachable { why, .. } => {
            Topic::ALL.iter().map(|topic| Observation::unknown(*topic, why.clone())).collect()
        }
    };
    let offline = |topic: Topic| Unknown::new(Reason::Offline, format!("{} cannot be seen offline", topic.words()));
    let missing = Topic::ALL.iter().filter(|topic| !known.iter().any(|one| one.topic() == **topic));
    let rest: Vec<_> = missing.map(|topic| Observation::unknown(*topic, offline(*topic))).collect();
    for observation in known.into_iter().chain(rest) {
        let repo = target.id.clone();
        events.send(SurveyEvent::Answered { repo, observation: Box::new(observation) }).ok()?;
    }
    events.send(SurveyEvent::Finished { repo: target.id.clone() }).ok()
}

fn files(root: &Path) -> FileSet {
    let mut set = FileSet::default();
    let workflows = std::fs::read_dir(root.join(".github/workflows")).into_iter().flatten().flatten();
    let names = workflows.filter_map(|entry| entry.file_name().into_string().ok());
    let yaml = names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "yml" || end == "yaml"));
    let paths = yaml.map(|name| format!(".github/workflows/{name}"));
    for path in paths.chain(["README.md".to_owned(), ".github/shipworthy.yml".to_owned()]) {
        let file = root.join(&path);
        if !file.is_file() {
            continue;
        }
        let text = std::fs::read(&file).map_err(|error| error.to_string());
        match text.and_then(|bytes| decode::decode(bytes).map_err(|error| error.message)) {
            Ok(text) => {
                set.texts.insert(path, Arc::from(text));
            }
            Err(message) => set.problems.push(Problem::hiding(&path, None, &message)),
        }
    }
    set
}

/// The text of a file at a revision of a clone; none where the revision has no such file.
///
/// # Errors
/// A revision that is not there, or no clone at all, in words.
pub fn text_at(root: &Path, revision: &str, path: &str) -> Result<Option<String>, String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).stdin(Stdio::null()).output();
        output.map_err(|error| format!("git cannot be run: {error}"))
    };
    let commit = format!("{revision}^{{commit}}");
    let found = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
    if !found.status.success() {
        return Err("there is no such revision".to_owned());
    }
    let id = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    let blob = git(&["cat-file", "blob", &format!("{id}:{path}")])?;
    Ok(blob.status.success().then(|| String::from_utf8_lossy(&blob.stdout).into_owned()))
}

/// Recorded answers of a folder, one JSON file (a list of observations) for each repository.
///
/// # Errors
/// A folder or file that cannot be read, in words.
pub fn recorded(folder: &Path) -> Result<BTreeMap<String, Vec<Observation>>, String> {
    let words = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(words)? {
        let path = entry.map_err(words)?.path();
        if path.extension().is_some_and(|end| end == "json") {
            let text = std::fs::read_to_string(&path).map_err(words)?;
            let answers = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().replace("__", "/");
            all.insert(name, answers);
        }
    }
    Ok(all)
}

/// The bundled fleet of recorded answers.
pub fn demo() -> Vec<Ask> {
    let file = |text: &str| FileSet {
        texts: BTreeMap::from([(".github/workflows/release.yml".to_owned(), Arc::from(text))]),
        ..FileSet::default()
    };
    let texts = [("demo/image-tools", "on: workflow_dispatch\n"), ("demo/graphnet", "on: push\n")];
    let asks = texts.iter().enumerate().map(|(index, (name, text))| Ask::Recorded {
        target: Target {
            id: RepoId { index, target: Arc::from(*name) },
            repository: Some((*name).to_owned()),
            path: None,
        },
        observations: vec![Observation::Files(Fact::local(file(text), Timestamp::now()))],
    });
    asks.collect()
}
