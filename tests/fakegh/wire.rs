//! HTTP/1.1 on a socket: reads requests, writes answers, and breaks them where a fault says so.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::fault::http_date;
use super::{Asked, Fault, Reply, State};

/// What is to become of the connection.
#[derive(PartialEq, Eq)]
enum Then {
    Keep,
    Close,
}

/// Serves one connection until it is closed.
pub fn serve(stream: &TcpStream, state: &State) {
    stream.set_nodelay(true).ok();
    while let Some((asked, length)) = peek_request(stream, state) {
        let open = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_in_flight.fetch_max(open, Ordering::SeqCst);
        let then = handle(stream, state, asked, length);
        state.in_flight.fetch_sub(1, Ordering::SeqCst);
        if then.is_none_or(|then| then == Then::Close) {
            return;
        }
    }
}

fn handle(stream: &TcpStream, state: &State, mut asked: Asked, length: usize) -> Option<Then> {
    let now = jiff::Timestamp::now().as_second();
    let fault = state.faults.lock().unwrap().get(&asked.route()).cloned();
    let reply = match &fault {
        Some(fault) => fault.replaces(&asked, state.answer(&asked), now),
        None => limited(state, state.answer(&asked), now),
    };
    let resets = matches!(fault, Some(Fault::ResetBeforeHeaders | Fault::ResetAfterHeaders));
    asked.status = if fault == Some(Fault::ResetBeforeHeaders) { 0 } else { reply.status };
    let wants_close = asked.header("connection") == Some("close");
    state.journal.lock().unwrap().push(asked);
    if fault == Some(Fault::ResetBeforeHeaders) {
        return Some(Then::Close);
    }
    if !resets {
        // What was only looked at is taken now. A connection that is closed over unread bytes is reset.
        (&mut &*stream).read_exact(&mut vec![0; length]).ok()?;
    }
    let latency = *state.latency.lock().unwrap();
    std::thread::sleep(if let Some(Fault::Delay(delay)) = fault { delay } else { latency });
    let broken = write(stream, &reply, fault.as_ref(), now)?;
    Some(if broken || wants_close { Then::Close } else { Then::Keep })
}

/// Counts the quota down, and refuses when nothing is left; a 304 is free.
fn limited(state: &State, reply: Reply, now: i64) -> Reply {
    let before =
        if reply.status == 304 { state.left.load(Ordering::SeqCst) } else { state.left.fetch_sub(1, Ordering::SeqCst) };
    if before <= 0 {
        return Fault::Limited(3600).replaces(&no_request(), reply, now);
    }
    let left = if reply.status == 304 { before } else { before - 1 };
    reply
        .with("x-ratelimit-limit", "5000")
        .with("x-ratelimit-remaining", &left.to_string())
        .with("x-ratelimit-reset", &(now + 3600).to_string())
}

/// A request that nobody made.
pub fn no_request() -> Asked {
    let (method, path, query) = (String::new(), String::new(), String::new());
    Asked { method, path, query, headers: Vec::new(), body: Vec::new(), at: Instant::now(), status: 0 }
}

/// Writes an answer; answers whether the connection is of no more use.
fn write(mut stream: &TcpStream, reply: &Reply, fault: Option<&Fault>, now: i64) -> Option<bool> {
    let half = reply.body.len() / 2;
    let (length, sent) = match fault {
        Some(Fault::Truncated | Fault::ResetAfterHeaders) => (reply.body.len(), half),
        Some(Fault::ShortLength) => (half, reply.body.len()),
        _ => (reply.body.len(), reply.body.len()),
    };
    let mut head = format!("HTTP/1.1 {} X\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !reply.headers.iter().any(|(name, _)| name == "date") {
        head.push_str(&format!("date: {}\r\n", http_date(now)));
    }
    if reply.status != 304 {
        head.push_str(&format!("content-length: {length}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let body = &reply.body[..sent];
    if let Some(Fault::Drip(pause)) = fault {
        for byte in body {
            stream.write_all(&[*byte]).ok()?;
            std::thread::sleep(*pause);
        }
    } else {
        stream.write_all(body).ok()?;
    }
    stream.flush().ok()?;
    Some(length != sent)
}

/// Looks at the next request without taking it from the socket, with the number of its bytes.
fn peek_request(stream: &TcpStream, state: &State) -> Option<(Asked, usize)> {
    let mut buffer = vec![0; 1 << 20];
    stream.set_read_timeout(Some(Duration::from_millis(200))).ok()?;
    loop {
        match stream.peek(&mut buffer) {
            Ok(0) => return None,
            Ok(seen) => {
                if let Some(found) = parse(&buffer[..seen]) {
                    return Some(found);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(_) if state.stopped.load(Ordering::SeqCst) => return None,
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => return None,
        }
    }
}

/// A whole request, if the bytes hold one.
fn parse(bytes: &[u8]) -> Option<(Asked, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut asked = Asked { method, path, query, headers, body: Vec::new(), at: Instant::now(), status: 0 };
    let length: usize = asked.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    let chunked = asked.header("transfer-encoding") == Some("chunked");
    assert!(!chunked, "the client is expected to tell the length of what it sends");
    asked.body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some((asked, end + 4 + length))
}
