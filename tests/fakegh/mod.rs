//! A forge on the loopback interface: answers by route, journals every request, and misbehaves on demand.
//!
//! ```ignore
//! let forge = FakeGh::start();
//! forge.json("GET /repos/o/r", &json!({"full_name": "o/r"}));
//! forge.on("POST /graphql", |asked| Reply::json(&answer_to(&asked.body)));
//! forge.fault("GET /repos/o/r", Fault::Status(502));
//! // …ask `forge.url()`…
//! assert_eq!(forge.count("GET /repos/o/r"), 3);
//! ```
//!
//! Routes are written as `GET /repos/o/r`, without the query and without the `/api/v3` of a GHES base. A route that
//! nobody set up is answered with GitHub's 404. Every 200 carries an `ETag`, and `If-None-Match` is answered with 304.

pub mod fault;
mod wire;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use fault::Fault;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET` or `POST`.
    pub method: String,
    /// Path as sent, percent-encoded, without the query.
    pub path: String,
    /// Query without `?`.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// When it had arrived.
    pub at: Instant,
    /// The status it was answered with; 0 where no status line was sent.
    pub status: u16,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Route as tests write it: `GET /repos/o/r`.
    pub fn route(&self) -> String {
        let path =
            self.path.strip_prefix("/api/v3").or(self.path.strip_prefix("/api").filter(|rest| *rest == "/graphql"));
        format!("{} {}", self.method, path.unwrap_or(&self.path))
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Everything that was received, for searching.
    pub fn text(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!("{} {}?{}\n{headers}\n{}", self.method, self.path, self.query, String::from_utf8_lossy(&self.body))
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers beside those that every answer has.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A 200 with JSON.
    pub fn json(value: &Value) -> Self {
        Self::status(200, value)
    }

    /// Another status with JSON.
    pub fn status(status: u16, value: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: value.to_string().into_bytes() }
    }

    /// GitHub's words for something that is not there, or that the token cannot see.
    pub fn not_found() -> Self {
        Self::status(404, &json!({"message": "Not Found", "status": "404"}))
    }

    /// GitHub's words for a fine-grained token without a permission, such as `administration=read`.
    pub fn forbidden(permission: &str) -> Self {
        let words = json!({"message": "Resource not accessible by personal access token", "status": "403"});
        Self::status(403, &words).with("x-accepted-github-permissions", permission)
    }

    /// The same with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answers = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

struct State {
    address: SocketAddr,
    answers: Mutex<BTreeMap<String, Answers>>,
    faults: Mutex<BTreeMap<String, Fault>>,
    journal: Mutex<Vec<Asked>>,
    /// Requests that are left; `x-ratelimit-remaining` counts down from here.
    left: AtomicI64,
    latency: Mutex<Duration>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    connections: AtomicUsize,
    stopped: AtomicBool,
}

/// The running forge. It stops when it is dropped.
pub struct FakeGh {
    state: Arc<State>,
}

impl FakeGh {
    /// Starts on a free port of 127.0.0.1, with the quota of a user.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(State {
            address: listener.local_addr().unwrap(),
            answers: Mutex::default(),
            faults: Mutex::default(),
            journal: Mutex::default(),
            left: AtomicI64::new(5000),
            latency: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.stopped.load(Ordering::SeqCst) {
                    return;
                }
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || wire::serve(&stream, &serving));
            }
        });
        Self { state }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.state.address)
    }

    /// The port alone.
    pub fn port(&self) -> u16 {
        self.state.address.port()
    }

    /// Answers a route by looking at the request.
    pub fn on(&self, route: &str, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        self.state.answers.lock().unwrap().insert(route.to_owned(), Arc::new(answer));
    }

    /// Answers a route with one and the same reply.
    pub fn reply(&self, route: &str, reply: Reply) {
        self.on(route, move |_| reply.clone());
    }

    /// Answers a route with 200 and JSON.
    pub fn json(&self, route: &str, value: &Value) {
        self.reply(route, Reply::json(value));
    }

    /// Every route that was set up.
    pub fn routes(&self) -> Vec<String> {
        self.state.answers.lock().unwrap().keys().cloned().collect()
    }

    /// What a route, with or without a query, answers to the owner of a token when nothing goes wrong: without the
    /// network, and not in the journal.
    pub fn answer(&self, route: &str, token: Option<&str>, body: &Value) -> Reply {
        let (method, target) = route.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut asked = wire::no_request();
        (asked.method, asked.path, asked.query) = (method.to_owned(), path.to_owned(), query.to_owned());
        asked.headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        asked.body = body.to_string().into_bytes();
        self.state.answer(&asked)
    }

    /// Lets a route misbehave, on every request until [`heal`](Self::heal).
    pub fn fault(&self, route: &str, fault: Fault) {
        self.state.faults.lock().unwrap().insert(route.to_owned(), fault);
    }

    /// Lets every route behave again.
    pub fn heal(&self) {
        self.state.faults.lock().unwrap().clear();
    }

    /// Sets how many requests are left; at 0 every further one is refused as GitHub refuses it.
    pub fn set_left(&self, requests: i64) {
        self.state.left.store(requests, Ordering::SeqCst);
    }

    /// Sets how long every answer takes.
    pub fn set_latency(&self, latency: Duration) {
        *self.state.latency.lock().unwrap() = latency;
    }

    /// Every request so far, in the order of their arrival.
    pub fn journal(&self) -> Vec<Asked> {
        self.state.journal.lock().unwrap().clone()
    }

    /// How often a route was asked.
    pub fn count(&self, route: &str) -> usize {
        self.state.journal.lock().unwrap().iter().filter(|asked| asked.route() == route).count()
    }

    /// Most requests that were open at one time.
    pub fn most_in_flight(&self) -> usize {
        self.state.most_in_flight.load(Ordering::SeqCst)
    }

    /// Connections that were made.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for FakeGh {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // One more connection wakes the listener, so that it sees that it is to end.
        TcpStream::connect(self.state.address).ok();
    }
}

impl State {
    /// What the route answers when nothing goes wrong.
    fn answer(&self, asked: &Asked) -> Reply {
        let found = self.answers.lock().unwrap().get(&asked.route()).cloned();
        let reply = found.map_or_else(Reply::not_found, |answer| answer(asked));
        if reply.status != 200 || asked.method != "GET" {
            return reply;
        }
        let etag = format!("\"{:x}\"", fault::hash(&reply.body));
        if asked.header("if-none-match") == Some(&etag) {
            return Reply { status: 304, headers: Vec::new(), body: Vec::new() }.with("etag", &etag);
        }
        reply.with("etag", &etag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn ask(forge: &FakeGh, request: &str) -> String {
        let mut stream = TcpStream::connect(forge.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn routes_are_answered_and_journaled() {
        let forge = FakeGh::start();
        forge.json("GET /repos/o/r", &json!({"a": 1}));
        forge.on("POST /graphql", |asked| Reply::json(&json!({"you_asked": asked.json()})));
        forge.reply("GET /secret", Reply::forbidden("administration=read"));
        let first = ask(&forge, "GET /api/v3/repos/o/r?x=1 HTTP/1.1\r\nA: b\r\nConnection: close\r\n\r\n");
        assert!(first.starts_with("HTTP/1.1 200") && first.ends_with(r#"{"a":1}"#), "{first}");
        let etag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
        let again = format!("GET /repos/o/r HTTP/1.1\r\nIf-None-Match: {etag}\r\nConnection: close\r\n\r\n");
        assert!(ask(&forge, &again).starts_with("HTTP/1.1 304"));
        let query = "POST /api/graphql HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        assert!(ask(&forge, query).ends_with(r#"{"you_asked":{}}"#));
        assert!(ask(&forge, "GET /secret HTTP/1.1\r\nConnection: close\r\n\r\n").contains("not accessible"));
        assert!(ask(&forge, "GET /none HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 404"));
        let journal = forge.journal();
        assert_eq!((journal.len(), forge.count("GET /repos/o/r"), forge.connections()), (5, 2, 5));
        assert_eq!((journal[0].header("a"), journal[0].query.as_str(), journal[1].status), (Some("b"), "x=1", 304));
        assert!(journal[0].text().contains("GET /api/v3/repos/o/r?x=1") && journal[0].at <= journal[1].at);
        assert!(forge.most_in_flight() >= 1 && forge.port() > 0);
        assert_eq!(forge.routes(), ["GET /repos/o/r", "GET /secret", "POST /graphql"]);
        assert_eq!(forge.answer("POST /graphql?x", Some("t"), &json!(7)).body, br#"{"you_asked":7}"#);
        assert_eq!((forge.answer("GET /none", None, &Value::Null).status, forge.journal().len()), (404, 5));
    }

    #[test]
    fn a_spent_quota_and_every_fault_show() {
        let forge = FakeGh::start();
        forge.json("GET /x", &json!({"some": ["value", 1]}));
        forge.set_latency(Duration::from_millis(1));
        let get = "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n";
        let usual = ask(&forge, get);
        for fault in Fault::quick() {
            forge.fault("GET /x", fault.clone());
            assert_ne!(ask(&forge, get), usual, "{fault:?}");
        }
        for fault in Fault::slow(Duration::from_millis(1)) {
            forge.fault("GET /x", fault);
            assert!(ask(&forge, get).ends_with(r#"{"some":["value",1]}"#));
        }
        forge.heal();
        forge.set_left(0);
        assert!(ask(&forge, get).contains("x-ratelimit-remaining: 0"));
        assert!(ask(&forge, get).starts_with("HTTP/1.1 403"));
    }
}
