//! The client against a forge that misbehaves.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod fakegh;

use std::path::Path;
use std::time::{Duration, Instant};

use fakegh::{FakeGh, Fault, Reply};
use serde_json::json;
use shipworthy::fact::{Reason, SurveyEvent, Unknown};
use shipworthy::source::cache::{Kept, Key, Store};
use shipworthy::source::github::{
    Answer, Api, Client, Limits, NoAnswer, Request, Resource, Settings, Token, TokenSource, Why,
};
use shipworthy::source::pypi::Index;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Looks like a token of github.com, and is easily found again.
const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ456789";
const ROUTE: &str = "GET /repos/o/r";

/// A client with its runtime and what it told.
struct Asker {
    runtime: Runtime,
    client: Client,
    events: UnboundedReceiver<SurveyEvent>,
}

impl Asker {
    fn new(settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (sender, events) = unbounded_channel();
        let client = runtime.block_on(async { Client::new(Settings { events: Some(sender), ..settings }).unwrap() });
        Self { runtime, client, events }
    }

    fn ask(&self, request: &Request) -> Result<Answer, NoAnswer> {
        self.runtime.block_on(self.client.fetch(request))
    }

    fn get(&self) -> Result<Answer, NoAnswer> {
        self.ask(&Request::repo("o/r", &[]))
    }

    fn why(&self) -> Why {
        self.get().unwrap_err().why
    }

    /// Everything that was told so far, as text.
    fn told(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.events.try_recv().ok()).map(|event| format!("{event:?}")).collect()
    }
}

fn limits() -> Limits {
    Limits { connect: Duration::from_secs(2), ..Limits::default() }
}

fn settings(url: &str) -> Settings {
    let token = Token::new(SECRET, TokenSource::Gh).unwrap();
    Settings { token: Some(token), limits: limits(), ..Settings::new(Api::parse(url).unwrap()) }
}

fn keeping(url: &str, folder: &Path) -> Settings {
    Settings { store: Some(Store::open(folder, 10 << 20).unwrap()), ..settings(url) }
}

fn forge() -> FakeGh {
    let forge = FakeGh::start();
    forge.json(ROUTE, &json!({"full_name": "o/r", "default_branch": "main"}));
    forge
}

#[derive(serde::Deserialize)]
struct Repo {
    full_name: String,
}

#[test]
fn a_request_carries_what_github_asks_for() {
    let forge = forge();
    let mut asker = Asker::new(settings(&format!("{}/api/v3", forge.url())));
    let answer = asker.ask(&Request::repo("o/r", &[]).with("per_page", "100")).unwrap();
    assert_eq!(answer.json::<Repo>().unwrap().full_name, "o/r");
    assert_eq!((answer.status, answer.endpoint.as_str(), answer.stale), (200, ROUTE, false));
    let sent = &forge.journal()[0];
    assert_eq!((sent.path.as_str(), sent.query.as_str()), ("/api/v3/repos/o/r", "per_page=100"));
    assert_eq!(sent.header("authorization"), Some(format!("Bearer {SECRET}").as_str()));
    assert_eq!(sent.header("x-github-api-version"), Some("2022-11-28"));
    assert_eq!(sent.header("accept"), Some("application/vnd.github+json"));
    assert!(sent.header("user-agent").unwrap().starts_with("shipworthy/"));
    let told = asker.told();
    assert!(told[0].contains("GET /repos/o/r 200 in ") && told[0].contains(", 4999 left"), "{told:?}");
    assert!(told[1].starts_with("Quota(Quota { left: 4999, limit: 5000"), "{told:?}");
}

#[test]
fn a_query_goes_to_the_place_of_graphql_with_its_length() {
    let forge = forge();
    forge.on("POST /graphql", |asked| Reply::json(&json!({"data": {"asked": asked.json()["query"]}})));
    for root in ["", "/api/v3"] {
        let asker = Asker::new(settings(&format!("{}{root}", forge.url())));
        let answer = asker.ask(&Request::graphql("{ viewer { login } }", &json!({}))).unwrap();
        assert_eq!(answer.json::<serde_json::Value>().unwrap()["data"]["asked"], "{ viewer { login } }");
    }
    let paths: Vec<String> = forge.journal().iter().map(|asked| asked.path.clone()).collect();
    assert_eq!(paths, ["/graphql", "/api/graphql"]);
}

#[test]
fn refusals_and_absences_are_answers() {
    let forge = forge();
    let asker = Asker::new(settings(&forge.url()));
    forge.reply(ROUTE, Reply::forbidden("administration=read"));
    let answer = asker.get().unwrap();
    assert_eq!((answer.status, answer.accepted_permissions.as_deref()), (403, Some("administration=read")));
    let unknown = answer.unknown(Reason::Permission);
    assert_eq!(
        unknown.detail,
        "GET /repos/o/r was answered with 403: Resource not accessible by personal access token"
    );
    for status in [404, 409, 410, 422, 451] {
        forge.reply(ROUTE, Reply::status(status, &json!({"message": "x"})));
        assert_eq!(asker.get().unwrap().status, status);
    }
    assert_eq!(forge.journal().len(), 6, "none of them is asked again");
}

/// What a fault must come out as.
fn expected(fault: &Fault) -> &'static str {
    match fault {
        Fault::ResetBeforeHeaders | Fault::ResetAfterHeaders | Fault::Truncated => "the answer was cut off",
        Fault::Status(_) => "the server failed: status 50",
        Fault::Unauthorized => "the token was refused: Bad credentials",
        Fault::Limited(_) | Fault::Secondary(_) | Fault::TooMany(_) => "the forge's limit is reached (core)",
        Fault::Redirect(..) => "redirected to http://127.0.0.1:9/x, which is not followed",
        Fault::NotModified => "the answer makes no sense: 304 for what is not kept",
        Fault::Html => "the answer cannot be read: it is a page of HTML",
        Fault::InvalidUtf8 => "the answer cannot be read: it is not UTF-8",
        Fault::ShortLength => "the answer cannot be read: it is no JSON",
        Fault::Deep(100_000) => "the answer cannot be read: it is nested more than 128 levels deep",
        Fault::Deep(_) | Fault::Nulls | Fault::Numbers => "the answer cannot be read: invalid type",
        Fault::Empty => "the answer cannot be read: it is empty",
        Fault::Huge(_) | Fault::GzipBomb(_) => "the answer is larger than 10 MiB",
        Fault::EndlessNext => "the answer makes no sense",
        Fault::NextElsewhere(_) => "redirected to http://127.0.0.1:9/x for the next page",
        Fault::Delay(_) | Fault::Drip(_) => "no answer within",
        Fault::DateOff(_) => "",
    }
}

#[test]
fn every_fault_becomes_a_reason_that_names_the_route() {
    let forge = forge();
    let patient = Limits::default().total;
    let deadly = Fault::deadly().into_iter().map(|fault| (fault, patient));
    let slow = Fault::slow(Duration::from_millis(900)).into_iter().map(|fault| (fault, Duration::from_millis(300)));
    for (fault, total) in deadly.chain(slow) {
        forge.fault(ROUTE, fault.clone());
        let (before, begun) = (forge.count(ROUTE), Instant::now());
        let limits = Limits { total, ..limits() };
        let asker = Asker::new(Settings { limits, ..settings(&forge.url()) });
        let outcome = asker.get().and_then(|answer| answer.json::<Repo>().map(drop));
        let Err(no) = outcome else { panic!("{fault:?} came out as an answer") };
        let unknown = Unknown::from(no.clone());
        let start = format!("GET /repos/o/r: {}", expected(&fault));
        assert!(unknown.detail.starts_with(&start), "{fault:?}: {}", unknown.detail);
        assert!(unknown.origin.is_some() && !format!("{no:?} {unknown:?}").contains(SECRET));
        assert!(forge.count(ROUTE) - before <= 3, "{fault:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{fault:?} took {:?}", begun.elapsed());
    }
    forge.heal();
    assert!(Asker::new(settings(&forge.url())).get().is_ok());
}

#[test]
fn a_fault_on_one_route_does_not_touch_another() {
    let forge = forge();
    forge.json("GET /repos/o/other", &json!({"full_name": "o/other"}));
    for fault in Fault::deadly().into_iter().filter(|fault| !expected(fault).contains("limit is reached")) {
        forge.fault(ROUTE, fault.clone());
        let asker = Asker::new(settings(&forge.url()));
        asker.get().ok();
        let other = asker.ask(&Request::repo("o/other", &[])).unwrap_or_else(|no| panic!("{fault:?}: {no}"));
        assert_eq!(other.json::<Repo>().unwrap().full_name, "o/other", "{fault:?}");
    }
}

#[test]
fn only_what_may_pass_is_asked_again_and_never_more_than_twice() {
    let forge = forge();
    let tries = |fault: Fault, request: &Request| {
        forge.fault(&request.endpoint(), fault);
        let before = forge.count(&request.endpoint());
        Asker::new(settings(&forge.url())).ask(request).unwrap_err();
        forge.count(&request.endpoint()) - before
    };
    let get = Request::repo("o/r", &[]);
    assert_eq!(tries(Fault::Status(502), &get), 3);
    assert_eq!(tries(Fault::ResetBeforeHeaders, &get), 3);
    assert_eq!(tries(Fault::Html, &get), 1);
    assert_eq!(tries(Fault::Unauthorized, &get), 1);
    assert_eq!(tries(Fault::Limited(3600), &get), 1);
    assert_eq!(tries(Fault::Huge(20 << 20), &get), 1);
    let query = Request::graphql("{x}", &json!({}));
    assert_eq!(tries(Fault::Status(502), &query), 3);
    assert_eq!(tries(Fault::Status(502), &query.clone().dividing(true)), 1);
    assert_eq!(tries(Fault::Status(503), &query.dividing(true)), 3);
}

#[test]
fn a_failure_that_passes_leaves_no_trace_but_in_the_log() {
    let forge = forge();
    let tries = std::sync::atomic::AtomicUsize::new(0);
    forge.on(ROUTE, move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 | 1 => Reply::status(503, &json!({"message": "busy"})),
        _ => Reply::json(&json!({"full_name": "o/r"})),
    });
    let mut asker = Asker::new(settings(&forge.url()));
    assert!(asker.get().unwrap().is_ok());
    let told = asker.told().join("\n");
    assert_eq!(told.matches("the server failed: status 503, busy; asked again in ").count(), 2, "{told}");
}

#[test]
fn a_short_pause_is_waited_out_and_a_long_one_ends_asking() {
    let forge = forge();
    let tries = std::sync::atomic::AtomicUsize::new(0);
    forge.on(ROUTE, move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::status(429, &json!({"message": "slow down"})).with("retry-after", "1"),
        _ => Reply::json(&json!({"full_name": "o/r"})),
    });
    assert!(Asker::new(settings(&forge.url())).get().is_ok());
    forge.fault(ROUTE, Fault::Secondary(60));
    let asker = Asker::new(settings(&forge.url()));
    let begun = Instant::now();
    let Why::Limited { until, .. } = asker.why() else { panic!("not limited") };
    assert!((55..=61).contains(&until.duration_since(jiff::Timestamp::now()).as_secs()));
    let before = forge.journal().len();
    // A secondary limit is meant for everything.
    let query = asker.ask(&Request::graphql("{x}", &json!({}))).unwrap_err();
    assert!(matches!(query.why, Why::Limited { resource: "graphql", .. }));
    assert!(matches!(asker.why(), Why::Limited { .. }));
    assert_eq!(forge.journal().len(), before);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn at_the_limit_of_graphql_rest_goes_on() {
    let forge = forge();
    forge.json("POST /graphql", &json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}));
    let asker = Asker::new(settings(&forge.url()));
    let query = Request::graphql("{x}", &json!({}));
    forge.reply(
        "POST /graphql",
        Reply::json(&json!({"errors": [{"type": "RATE_LIMITED"}]})).with("x-ratelimit-remaining", "0"),
    );
    assert_eq!(asker.ask(&query).unwrap_err().reason(), Reason::RateLimit);
    assert_eq!(asker.ask(&query).unwrap_err().reason(), Reason::RateLimit);
    assert_eq!(forge.count("POST /graphql"), 1);
    assert!(asker.get().is_ok());
}

#[test]
fn a_fleet_never_sends_more_than_what_is_left_but_for_the_reserve() {
    let forge = forge();
    forge.set_left(80);
    let mut asker = Asker::new(settings(&forge.url()));
    let outcomes = asker.runtime.block_on(async {
        let tasks: Vec<_> = (0..200)
            .map(|number| {
                let client = asker.client.clone();
                let local =
                    async move { client.fetch(&Request::repo("o/r", &[]).with("n", &number.to_string())).await };
                Box::pin(local)
            })
            .collect();
        all(tasks).await
    });
    let answered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((22..=31).contains(&answered), "{answered} of the 80 that are left, 50 kept back");
    assert_eq!(forge.journal().len(), answered);
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|no| no.reason() == Reason::RateLimit));
    let plan = asker.client.plan(Resource::Core, 100);
    assert!(!plan.fits() && plan.usable == Some(0) && plan.resets_at.is_some(), "{plan:?}");
    assert!(asker.told().iter().any(|line| line.starts_with("Quota(")));
}

/// Runs futures side by side on one thread.
async fn all<F: Future + Unpin>(mut tasks: Vec<F>) -> Vec<F::Output> {
    let mut outcomes: Vec<Option<F::Output>> = tasks.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (task, outcome) in tasks.iter_mut().zip(&mut outcomes) {
            if outcome.is_none()
                && let std::task::Poll::Ready(ready) = std::pin::Pin::new(task).poll(context)
            {
                *outcome = Some(ready);
            }
        }
        if outcomes.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}

#[test]
fn at_most_eight_are_in_flight() {
    let forge = forge();
    forge.set_latency(Duration::from_millis(20));
    let asker = Asker::new(settings(&forge.url()));
    let outcomes = asker.runtime.block_on(async {
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let client = asker.client.clone();
                Box::pin(async move { client.fetch(&Request::repo("o/r", &[]).with("n", &number.to_string())).await })
            })
            .collect();
        all(tasks).await
    });
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((forge.most_in_flight(), forge.journal().len()), (8, 40));
    assert!(forge.connections() <= 8, "{}", forge.connections());
}

#[test]
fn a_renamed_repository_is_followed_on_its_origin_and_said() {
    let forge = forge();
    forge.json("GET /repositories/7", &json!({"full_name": "new/name"}));
    for status in [301, 302, 307, 308] {
        forge.reply(
            ROUTE,
            Reply::status(status, &json!({})).with("location", &format!("{}/repositories/7", forge.url())),
        );
        let answer = Asker::new(settings(&forge.url())).get().unwrap();
        assert_eq!(answer.moved_to.as_deref(), Some("/repositories/7"));
        assert_eq!((answer.endpoint.as_str(), answer.json::<Repo>().unwrap().full_name.as_str()), (ROUTE, "new/name"));
    }
    forge.reply(ROUTE, Reply::status(301, &json!({})).with("location", "/repos/o/r"));
    let before = forge.journal().len();
    assert_eq!(Asker::new(settings(&forge.url())).why(), Why::Nonsense("too many redirections".into()));
    assert_eq!(forge.journal().len() - before, 4);
}

#[test]
fn the_token_goes_nowhere_else() {
    let (forge, stranger) = (forge(), FakeGh::start());
    let folder = tempfile::tempdir().unwrap();
    stranger.json("GET /repos/o/r", &json!({"full_name": "evil/r"}));
    let elsewhere = format!("{}/repos/o/r", stranger.url());
    let faults = [301, 302, 303, 307, 308].map(|status| Fault::Redirect(status, elsewhere.clone()));
    let look_alikes = ["http://localhost.evil.test/x", "//evil.test/x", "https://127.0.0.1:1/x", "file:///etc/passwd"];
    let look_alikes = look_alikes.map(|place| Fault::Redirect(302, place.to_owned()));
    let mut shown = Vec::new();
    for fault in faults.into_iter().chain(look_alikes).chain([Fault::NextElsewhere(elsewhere), Fault::Unauthorized]) {
        forge.fault(ROUTE, fault.clone());
        let mut asker = Asker::new(keeping(&forge.url(), folder.path()));
        let no = asker.runtime.block_on(asker.client.fetch_all_pages(&Request::repo("o/r", &[]))).unwrap_err();
        let told = asker.told().join("\n");
        shown.push(format!("{no} {no:?} {:?} {told}", asker.client));
    }
    forge.heal();
    let mut asker = Asker::new(keeping(&forge.url(), folder.path()));
    shown.push(format!("{:?} {}", asker.get().unwrap(), asker.told().join("\n")));
    assert!(stranger.journal().is_empty(), "{:?}", stranger.journal());
    assert!(shown.iter().all(|text| !text.contains("0123456789abc")), "{shown:?}");
    let mut kept = 0;
    for entry in walk(folder.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        kept += 1;
        assert!(!String::from_utf8_lossy(&bytes).contains("0123456789abc"), "{}", entry.display());
    }
    assert!(kept >= 1);
    for asked in forge.journal() {
        assert_eq!(asked.text().matches(SECRET).count(), 1, "in one header, once");
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn lists_are_read_to_their_end_or_said_to_go_on() {
    let forge = forge();
    let base = forge.url();
    forge.on("GET /list", move |asked| {
        let page = asked.query.split('&').find_map(|pair| pair.strip_prefix("page=")).unwrap_or("1").to_owned();
        let reply = Reply::json(&json!([page]));
        if page == "3" {
            reply
        } else {
            reply.with("link", &format!("<{base}/list?page={}>; rel=\"next\"", page.parse::<u8>().unwrap() + 1))
        }
    });
    let asker = Asker::new(settings(&forge.url()));
    let pages = |request: &Request| asker.runtime.block_on(asker.client.fetch_all_pages(request));
    let list = Request::get(&["list"]);
    let whole = pages(&list).unwrap();
    assert_eq!((whole.answers.len(), whole.complete), (3, true));
    let part = pages(&list.clone().at_most_pages(2)).unwrap();
    assert_eq!((part.answers.len(), part.complete), (2, false));
    forge.fault("GET /list", Fault::EndlessNext);
    let endless = pages(&list).unwrap();
    assert_eq!((endless.answers.len(), endless.complete), (10, false));
    forge.fault("GET /list", Fault::NextElsewhere(format!("{}/list", forge.url())));
    assert!(matches!(pages(&list).unwrap_err().why, Why::Nonsense(_)), "a list that is its own next page");
    forge.heal();
    forge.reply("GET /none", Reply::not_found());
    let none = pages(&Request::get(&["none"])).unwrap();
    assert_eq!((none.answers[0].status, none.complete), (404, false));
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    let first = Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    let again = Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    assert_eq!((again.status, again.body.clone(), again.stale), (200, first.body, false));
    assert!(again.fetched_at >= first.fetched_at && again.kept_because.is_none());
    assert_eq!(forge.journal()[1].status, 304);
    forge.json(ROUTE, &json!({"full_name": "o/r2"}));
    let changed = Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    assert_eq!(changed.json::<Repo>().unwrap().full_name, "o/r2");
    let other = Token::new("ghp_another", TokenSource::Gh).unwrap();
    let asker = Asker::new(Settings { token: Some(other), ..keeping(&forge.url(), folder.path()) });
    asker.get().unwrap();
    assert_eq!(forge.journal().last().unwrap().header("if-none-match"), None, "another token has nothing kept");
}

#[test]
fn a_refusal_is_never_kept() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    forge.reply(ROUTE, Reply::not_found().with("etag", "\"404\""));
    assert_eq!(Asker::new(keeping(&forge.url(), folder.path())).get().unwrap().status, 404);
    assert_eq!(Asker::new(keeping(&forge.url(), folder.path())).get().unwrap().status, 404);
    assert!(forge.journal().iter().all(|asked| asked.header("if-none-match").is_none()));
    for fault in [Fault::Truncated, Fault::Html, Fault::InvalidUtf8, Fault::Empty] {
        forge.json(ROUTE, &json!({"full_name": "o/r"}));
        forge.fault(ROUTE, fault);
        Asker::new(keeping(&forge.url(), folder.path())).get().unwrap_err();
    }
    assert_eq!(Store::amount(folder.path()).files, 0);
}

#[test]
fn without_a_network_the_last_answers_stand_in_with_their_age() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    forge.json("POST /graphql", &json!({"data": {"viewer": {"login": "me"}}}));
    let query = Request::graphql("{ viewer { login } }", &json!({}));
    let url = forge.url();
    let asker = Asker::new(keeping(&url, folder.path()));
    let first = asker.get().unwrap();
    asker.ask(&query).unwrap();
    let offline = || Settings { offline: true, ..keeping(&url, folder.path()) };
    let kept = Asker::new(offline()).get().unwrap();
    assert_eq!((kept.fetched_at, kept.body, kept.stale), (first.fetched_at, first.body, false));
    assert_eq!(kept.kept_because.unwrap().why, Why::Offline);
    assert!(Asker::new(offline()).ask(&query).unwrap().is_ok());
    let absent = Asker::new(offline()).ask(&Request::repo("o/absent", &[])).unwrap_err();
    assert_eq!(absent.reason(), Reason::Offline);
    let before = forge.journal().len();
    forge.fault(ROUTE, Fault::Limited(3600));
    let limited = Asker::new(keeping(&url, folder.path())).get().unwrap();
    assert!(matches!(limited.kept_because.unwrap().why, Why::Limited { .. }));
    forge.fault(ROUTE, Fault::Status(500));
    assert!(matches!(Asker::new(keeping(&url, folder.path())).why(), Why::Server(_)), "a failure is no absence");
    assert!(forge.journal().len() > before);
    drop(forge);
    let gone = Asker::new(keeping(&url, folder.path())).get().unwrap();
    assert!(matches!(gone.kept_because.unwrap().why, Why::Unreachable { .. }));
}

#[test]
fn an_answer_that_is_old_or_from_the_future_is_stale() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    let url = forge.url();
    let settings = keeping(&url, folder.path());
    let (store, api) = (settings.store.clone().unwrap(), settings.api.clone());
    let fingerprint = settings.token.as_ref().unwrap().fingerprint(&api);
    let request = Request::repo("o/r", &[]);
    let address = api.address(&request).unwrap();
    let key = Key { method: "GET", address: address.as_str(), accept: request.accept, body: b"", fingerprint };
    for (hours, stale) in [(0, false), (2, true), (9000, true), (-9000, true)] {
        let fetched_at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        let kept = Kept { fetched_at, body: "{}".into(), ..Default::default() };
        store.put(&key, &kept).unwrap();
        let answer = Asker::new(Settings { offline: true, ..keeping(&url, folder.path()) }).get().unwrap();
        assert_eq!((answer.stale, answer.fetched_at), (stale, fetched_at), "{hours}");
    }
    for years in [1, -1] {
        forge.fault(ROUTE, Fault::DateOff(years));
        let answer = Asker::new(keeping(&url, folder.path())).get().unwrap();
        assert!(!answer.stale && answer.fetched_at <= jiff::Timestamp::now());
    }
}

#[test]
fn a_redirected_answer_is_confirmed_where_it_was_found() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    forge.json("GET /repositories/7", &json!({"full_name": "new/name"}));
    forge.reply(ROUTE, Reply::status(301, &json!({})).with("location", "/repositories/7"));
    Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    let again = Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    assert_eq!((again.moved_to.as_deref(), again.status), (Some("/repositories/7"), 200));
    let statuses: Vec<u16> = forge.journal().iter().map(|asked| asked.status).collect();
    assert_eq!(statuses, [301, 200, 301, 304]);
}

#[test]
fn a_damaged_cache_changes_nothing() {
    let (forge, folder) = (forge(), tempfile::tempdir().unwrap());
    Asker::new(keeping(&forge.url(), folder.path())).get().unwrap();
    let file = walk(folder.path()).into_iter().max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let asker = Asker::new(keeping(&forge.url(), folder.path()));
    let without = Asker::new(settings(&forge.url())).get().unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&file, bytes).unwrap();
        let answer = asker.get().unwrap();
        assert_eq!((answer.body, answer.status), (without.body.clone(), 200), "byte {at}");
        assert!(!answer.stale);
    }
}

#[test]
fn one_that_hangs_is_asked_once_more() {
    let forge = forge();
    forge.fault(ROUTE, Fault::Delay(Duration::from_millis(700)));
    let limits = Limits { total: Duration::from_millis(200), ..limits() };
    let asker = Asker::new(Settings { limits, ..settings(&forge.url()) });
    let begun = Instant::now();
    assert!(matches!(asker.why(), Why::TimedOut(_)));
    assert!((1..=2).contains(&(forge.count(ROUTE) - 1)), "{}", forge.count(ROUTE));
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[test]
fn an_index_is_asked_without_a_token_and_its_pages_of_errors_are_answers() {
    let forge = forge();
    let simple = json!({"meta": {"api-version": "1.4"}, "name": "a-b", "files": []});
    forge.json("GET /simple/a-b/", &simple);
    forge.on("GET /integrity/a-b/1.0/a_b-1.0.tar.gz/provenance", |_| Reply {
        status: 404,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: b"<html>".to_vec(),
    });
    let settings = Settings { token: None, is_forge: false, ..settings(&forge.url()) };
    let asker = Asker::new(settings);
    let index = Index::new(asker.client.clone());
    let files = asker.runtime.block_on(index.files("A_B")).unwrap();
    assert_eq!(files.json::<serde_json::Value>().unwrap(), simple);
    let none = asker.runtime.block_on(index.provenance("a.b", "1.0", "a_b-1.0.tar.gz")).unwrap();
    assert_eq!(none.status, 404);
    for request in forge.journal() {
        assert_eq!((request.header("authorization"), request.header("x-github-api-version")), (None, None));
        assert!(request.header("user-agent").unwrap().starts_with("shipworthy/"));
        assert!(request.header("accept").unwrap().starts_with("application/vnd.pypi."));
    }
    forge.fault("GET /simple/a-b/", Fault::Html);
    let no = asker.runtime.block_on(index.files("a-b")).unwrap_err();
    assert!(matches!(no.why, Why::NotJson(_)), "{no}");
}

#[test]
fn an_unreachable_host_is_said_at_once() {
    let url = {
        let forge = FakeGh::start();
        forge.url()
    };
    std::thread::sleep(Duration::from_millis(20));
    let begun = Instant::now();
    let no = Asker::new(settings(&url)).get().unwrap_err();
    assert_eq!(no.reason(), Reason::Offline);
    assert!(matches!(&no.why, Why::Unreachable { words, .. } if words.contains("refused")), "{no}");
    assert!(begun.elapsed() < Duration::from_millis(900), "no storm of retries");
}
