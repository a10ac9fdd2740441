//! One thread with an event loop of its own: everything that is asked over the network is asked from here.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::LocalSet;

use super::{Network, wave};
use crate::fact::artifact::Pin;
use crate::fact::{Facts, LogLevel, LogLine, Observation, Reason, SurveyEvent, Target, Topic, Unknown};
use crate::source::github::document::Document;
use crate::source::github::graphql::{self, Dialect, Refused, Reply};
use crate::source::github::refusal::Route;
use crate::source::github::{Answer, Client, NoAnswer, Settings};

/// One repository that is to be asked about.
#[derive(Debug)]
pub struct Wanted {
    /// Its key and how it is shown.
    pub target: Target,
    /// `owner/name`.
    pub name: String,
    /// The branch whose files are judged.
    pub branch: Option<String>,
    /// What its folder tells, where it has one: files and the state of the clone.
    pub local: Option<Box<Facts>>,
}

/// Repositories that are to be asked about together.
#[derive(Debug)]
pub struct Job {
    /// Which.
    pub subjects: Vec<Wanted>,
    /// What is needed of each.
    pub topics: Arc<BTreeSet<Topic>>,
    /// Who takes the answers.
    pub events: UnboundedSender<SurveyEvent>,
}

/// Starts the thread. It ends when nobody can send it a job any more and the last one is done.
pub fn start(network: Network, offline: bool) -> UnboundedSender<Job> {
    let (jobs, waiting) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => LocalSet::new().block_on(&runtime, serve(network, offline, waiting)),
            Err(error) => {
                let mut waiting = waiting;
                while let Some(job) = waiting.blocking_recv() {
                    refuse(&job, &format!("no event loop: {error}"));
                }
            }
        }
    });
    jobs
}

async fn serve(network: Network, offline: bool, mut waiting: UnboundedReceiver<Job>) {
    let (told, mut heard) = mpsc::unbounded_channel::<SurveyEvent>();
    let lines: Rc<RefCell<Vec<UnboundedSender<SurveyEvent>>>> = Rc::default();
    let listeners = Rc::clone(&lines);
    // What the clients say of requests and quota goes to everybody who listens at the moment.
    tokio::task::spawn_local(async move {
        while let Some(event) = heard.recv().await {
            listeners.borrow_mut().retain(|listener| listener.send(event.clone()).is_ok());
        }
    });
    let link = match Link::new(network, offline, told) {
        Ok(link) => Rc::new(link),
        Err(why) => {
            while let Some(job) = waiting.recv().await {
                refuse(&job, &why);
            }
            return;
        }
    };
    let mut tasks = tokio::task::JoinSet::new();
    while let Some(job) = waiting.recv().await {
        lines.borrow_mut().push(job.events.clone());
        tasks.spawn_local(wave::run(Rc::clone(&link), job));
        while tasks.try_join_next().is_some() {}
        lines.borrow_mut().retain(|listener| !listener.is_closed());
    }
    while let Some(ended) = tasks.join_next().await {
        if ended.is_err() {
            // A task that failed leaves its repositories open, and whoever waits for them says so.
            break;
        }
    }
}

/// Answers a job with the reason why nothing can be asked.
fn refuse(job: &Job, why: &str) {
    for wanted in &job.subjects {
        let open = job.topics.iter().filter(|topic| {
            wanted.local.is_none() || !matches!(topic, Topic::Files | Topic::Git)
        });
        for topic in open {
            let unknown = Unknown::new(Reason::Failed, format!("{}: {why}", topic.words()));
            let observation = Box::new(Observation::unknown(*topic, unknown));
            job.events.send(SurveyEvent::Answered { repo: wanted.target.id.clone(), observation }).ok();
        }
        job.events.send(SurveyEvent::Finished { repo: wanted.target.id.clone() }).ok();
    }
}

/// The clients, and what was learnt that counts for every repository.
pub struct Link {
    /// The forge.
    pub forge: Client,
    /// The package index.
    pub index: Option<Client>,
    /// Kept answers of the forge, to be shown first.
    pub kept: Option<Client>,
    dialect: RefCell<Dialect>,
    /// What references point to, by their key.
    pub pins: RefCell<BTreeMap<String, Pin>>,
    /// One after the other, so that no reference is asked for twice.
    pub turn: tokio::sync::Mutex<()>,
}

impl Link {
    fn new(network: Network, offline: bool, told: UnboundedSender<SurveyEvent>) -> Result<Self, String> {
        let Network { forge, index, kept_first } = network;
        let open = |settings: Settings| {
            let settings = Settings { offline: settings.offline || offline, events: Some(told.clone()), ..settings };
            Client::new(settings).map_err(|error| error.to_string())
        };
        let kept = (kept_first && !offline).then(|| Settings { offline: true, events: None, ..forge.clone() });
        let kept = kept.map(Client::new).transpose().map_err(|error| error.to_string())?;
        Ok(Self::with(open(forge)?, index.map(open).transpose()?, kept))
    }

    /// These clients, and nothing learnt yet.
    pub fn with(forge: Client, index: Option<Client>, kept: Option<Client>) -> Self {
        let (dialect, pins, turn) = (RefCell::default(), RefCell::default(), tokio::sync::Mutex::default());
        Self { forge, index, kept, dialect, pins, turn }
    }

    /// The same with the kept answers alone.
    pub fn kept(&self) -> Option<Self> {
        Some(Self::with(self.kept.clone()?, None, None))
    }

    /// Asks the forge by GraphQL.
    ///
    /// # Errors
    /// Why there is nothing to read.
    pub async fn query(&self, document: &Document) -> Result<Reply, Refused> {
        let mut dialect = self.dialect.borrow().clone();
        let reply = graphql::ask(&self.forge, &document.text, &document.variables, &mut dialect).await;
        *self.dialect.borrow_mut() = dialect;
        reply
    }

    /// Asks the forge by REST.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn route(&self, full_name: &str, route: Route<'_>) -> Result<Answer, NoAnswer> {
        self.forge.fetch(&route.request(full_name)).await
    }

    /// Asks the forge for something that is no part of a repository.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn value(&self, segments: &[&str]) -> Result<Value, NoAnswer> {
        self.forge.fetch(&crate::source::github::Request::get(segments)).await?.json()
    }
}

/// A line of the log.
pub fn line(level: LogLevel, text: String) -> SurveyEvent {
    let text = crate::text::clean::line(&text).into_owned();
    SurveyEvent::Logged(LogLine { at: Timestamp::now(), level, text })
}
