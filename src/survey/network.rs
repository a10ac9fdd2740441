//! One thread with an event loop of its own: everything that is asked over the network is asked from here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::LocalSet;

use super::{Needs, wave};
use crate::fact::artifact::Pin;
use crate::fact::{LogLevel, LogLine, Observation, Observed, Reason, SurveyEvent, Target, Topic, Unknown};
use crate::source::github::document::Document;
use crate::source::github::graphql::{self, Dialect, Refused, Reply};
use crate::source::github::refusal::Route;
use crate::source::github::sight;
use crate::source::github::{Answer, Api, Client, NoAnswer, Request};
use crate::source::network::Network;
use crate::source::pypi::Index;

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
    pub local: Option<Vec<Observation>>,
    /// What is needed of it.
    pub needs: Needs,
}

/// Repositories that are to be asked about together.
#[derive(Debug)]
pub struct Job {
    /// Which.
    pub subjects: Vec<Wanted>,
    /// Who takes the answers.
    pub events: UnboundedSender<SurveyEvent>,
}

/// The way to the thread that asks. It starts with the first job, so that whoever asks nothing starts nothing, and ends
/// when nobody can send it a job any more and the last one is done.
#[derive(Debug)]
pub struct Door {
    network: Network,
    kept_first: bool,
    thread: OnceLock<UnboundedSender<Job>>,
}

impl Door {
    /// A door behind which nothing runs yet.
    pub fn new(network: Network, kept_first: bool) -> Self {
        Self { network, kept_first, thread: OnceLock::new() }
    }

    /// The forge that is asked.
    pub fn forge(&self) -> &Api {
        &self.network.forge
    }

    /// Whether the network must not be used.
    pub const fn is_offline(&self) -> bool {
        self.network.offline
    }

    /// Hands a job over.
    pub fn send(&self, job: Job) {
        let thread = self.thread.get_or_init(|| start(self.network.clone(), self.kept_first));
        thread.send(job).ok();
    }
}

fn start(network: Network, kept_first: bool) -> UnboundedSender<Job> {
    let (jobs, mut waiting) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => LocalSet::new().block_on(&runtime, serve(network, kept_first, waiting)),
            Err(error) => {
                while let Some(job) = waiting.blocking_recv() {
                    refuse(&job, &format!("no event loop: {error}"));
                }
            }
        }
    });
    jobs
}

async fn serve(network: Network, kept_first: bool, mut waiting: UnboundedReceiver<Job>) {
    let (told, mut heard) = mpsc::unbounded_channel::<SurveyEvent>();
    let listeners: Rc<Listeners> = Rc::default();
    let telling = Rc::clone(&listeners);
    // What the clients say of requests and quota goes to everybody who listens at the moment.
    tokio::task::spawn_local(async move {
        while let Some(event) = heard.recv().await {
            telling.tell(&event);
        }
    });
    let link = match Link::new(&network, kept_first, &told) {
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
        listeners.add(&job.events);
        let (link, listeners) = (Rc::clone(&link), Rc::clone(&listeners));
        tasks.spawn_local(async move {
            let events = job.events.clone();
            wave::run(link, job).await;
            // What was said last is passed on first.
            tokio::task::yield_now().await;
            listeners.remove(&events);
        });
        while tasks.try_join_next().is_some() {}
    }
    while let Some(ended) = tasks.join_next().await {
        if ended.is_err() {
            // A task that failed leaves its repositories open, and whoever waits for them says so.
            break;
        }
    }
}

/// Who listens at the moment, and in how many jobs: a channel is held no longer than something may come for it.
#[derive(Default)]
struct Listeners {
    all: RefCell<Vec<(UnboundedSender<SurveyEvent>, usize)>>,
}

impl Listeners {
    fn add(&self, events: &UnboundedSender<SurveyEvent>) {
        let mut all = self.all.borrow_mut();
        match all.iter_mut().find(|(known, _)| known.same_channel(events)) {
            Some((_, jobs)) => *jobs += 1,
            None => all.push((events.clone(), 1)),
        }
    }

    fn remove(&self, events: &UnboundedSender<SurveyEvent>) {
        let mut all = self.all.borrow_mut();
        if let Some((_, jobs)) = all.iter_mut().find(|(known, _)| known.same_channel(events)) {
            *jobs -= 1;
        }
        all.retain(|(_, jobs)| *jobs > 0);
    }

    fn tell(&self, event: &SurveyEvent) {
        for (listener, _) in self.all.borrow().iter() {
            listener.send(event.clone()).ok();
        }
    }
}

/// Answers a job with the reason why nothing can be asked.
fn refuse(job: &Job, why: &str) {
    for wanted in &job.subjects {
        let open =
            wanted.needs.told().filter(|topic| wanted.local.is_none() || !matches!(topic, Topic::Files | Topic::Git));
        for topic in open {
            let unknown = Unknown::new(Reason::Failed, format!("{}: {why}", topic.words()));
            let observation = Box::new(Observation::unknown(topic, unknown));
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
    pub index: Option<Index>,
    /// Kept answers of the forge, to be shown first.
    pub kept: Option<(Client, Index)>,
    dialect: RefCell<Dialect>,
    /// What references point to, by their key, and who said so when.
    pub pins: RefCell<BTreeMap<String, (Pin, Observed<()>)>>,
    login: tokio::sync::OnceCell<Option<String>>,
    /// One after the other, so that no reference is asked for twice.
    pub turn: tokio::sync::Mutex<()>,
}

impl Link {
    fn new(network: &Network, kept_first: bool, told: &UnboundedSender<SurveyEvent>) -> Result<Self, String> {
        let words = |error: crate::source::github::ClientError| error.to_string();
        let forge = network.forge(Some(told.clone())).map_err(words)?;
        let index = network.index(Some(told.clone())).map_err(words)?;
        let has_kept = kept_first && !network.offline && network.cache.is_some();
        // The token is the same, since answers are kept for each apart.
        let kept = Network { offline: true, token: forge.token().cloned(), programs: None, ..network.clone() };
        let kept = has_kept.then(|| Ok((kept.forge(None)?, kept.index(None)?))).transpose().map_err(words)?;
        Ok(Self::with(forge, Some(index), kept))
    }

    /// These clients, and nothing learnt yet.
    pub fn with(forge: Client, index: Option<Index>, kept: Option<(Client, Index)>) -> Self {
        let (dialect, pins, turn) = (RefCell::default(), RefCell::default(), tokio::sync::Mutex::default());
        Self { forge, index, kept, dialect, pins, login: tokio::sync::OnceCell::new(), turn }
    }

    /// The same with the kept answers alone.
    pub fn kept(&self) -> Option<Self> {
        let (forge, index) = self.kept.clone()?;
        Some(Self::with(forge, Some(index), None))
    }

    /// Asks the forge by GraphQL.
    ///
    /// # Errors
    /// Why there is nothing to read.
    pub async fn query(&self, document: &Document) -> Result<Reply, Refused> {
        let mut dialect = self.dialect.borrow().clone();
        let reply = graphql::ask(&self.forge, document, &mut dialect).await;
        *self.dialect.borrow_mut() = dialect;
        reply
    }

    /// What the forge said to a query not longer ago than that. Nothing is asked.
    pub fn recall(&self, document: &Document, longest: SignedDuration) -> Option<Reply> {
        let text = self.dialect.borrow().spoken(&document.text);
        let answer = self.forge.recall(&Request::graphql(&text, &document.variables))?;
        is_younger(answer.fetched_at, longest).then(|| Reply::read(Ok(answer)).ok()).flatten()
    }

    /// The login of the token's owner, asked for once.
    pub async fn login(&self) -> Option<&str> {
        self.login.get_or_init(|| sight::login(&self.forge)).await.as_deref()
    }

    /// Asks the forge by REST.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn route(&self, full_name: &str, route: Route<'_>) -> Result<Answer, NoAnswer> {
        self.forge.fetch(&route.request(full_name)).await
    }

    /// The same for a detail, which gives way to more telling questions where the quota is short.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn detail(&self, full_name: &str, route: Route<'_>) -> Result<Answer, NoAnswer> {
        self.forge.fetch(&route.request(full_name).yielding()).await
    }

    /// Asks the forge for something that is no part of a repository.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn value(&self, segments: &[&str]) -> Result<Value, NoAnswer> {
        self.forge.fetch(&Request::get(segments)).await?.json()
    }
}

/// Whether a time lies in the past, and not longer ago than that.
pub fn is_younger(time: Timestamp, longest: SignedDuration) -> bool {
    let age = Timestamp::now().duration_since(time);
    age >= SignedDuration::ZERO && age <= longest
}

/// A line of the log.
pub fn line(level: LogLevel, text: &str) -> SurveyEvent {
    let text = crate::text::clean::line(text).into_owned();
    SurveyEvent::Logged(LogLine { at: Timestamp::now(), level, text })
}
