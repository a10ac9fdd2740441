//! Measurements of what a whole fleet costs: how long, over how many requests and connections, with how much memory and
//! how many descriptors; and how quickly keys are answered while a forge fails. They are no part of the tests and run by
//! name: `cargo test --release --test load -- --ignored --nocapture --test-threads 1`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests fail this way"
)]
#![cfg(target_os = "linux")]

mod fakegh;
#[expect(dead_code, reason = "other tests use the rest")]
mod pty;
#[expect(dead_code, reason = "other tests use the rest")]
mod world;

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fakegh::{Asked, Fault};
use tempfile::TempDir;
use world::{ADMIN, Fleet, Repo};

/// How many repositories there are.
const COUNT: usize = 1000;
/// How long every answer takes.
const LATENCY: Duration = Duration::from_millis(30);

/// The highest resident size of a process so far, in KiB.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// How many descriptors a process has open.
fn descriptors(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

/// A check of these repositories, with a home of its own.
fn check(fleet: &Fleet, names: &[String], home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(["check", "--format", "json"]).args(names).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("GH_TOKEN", ADMIN);
    command.env("GITHUB_API_URL", fleet.forge.url()).env("SHIPWORTHY_INDEX_URL", fleet.index.url());
    command
}

#[test]
#[ignore = "a measurement of a minute, run by name"]
fn a_thousand_repositories_are_asked_within_bounds() {
    let names: Vec<String> = (0..COUNT).map(|number| format!("acme/r{number}")).collect();
    let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
    fleet.forge.set_left(50_000);
    fleet.index.set_left(50_000);
    fleet.forge.set_latency(LATENCY);
    fleet.index.set_latency(LATENCY);
    let home = TempDir::new().unwrap();
    let mut command = check(&fleet, &names, &home);
    let report = fs::File::create(home.path().join("report.json")).unwrap();
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(report).stderr(Stdio::null()).spawn().unwrap();
    let (mut memory, mut open) = (0, 0);
    let status = loop {
        memory = most_memory(child.id()).unwrap_or_default().max(memory);
        open = descriptors(child.id()).unwrap_or_default().max(open);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let took = begun.elapsed();
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(home.path().join("report.json")).unwrap()).unwrap();
    let requests = fleet.forge.journal().len() + fleet.index.journal().len();
    let connections = fleet.forge.connections() + fleet.index.connections();
    println!(
        "{COUNT} repositories: {took:?}, {requests} requests, {connections} connections, {open} descriptors, {} MiB, {status}",
        memory / 1024
    );
    assert_eq!(report["repositories"].as_array().map(Vec::len), Some(COUNT));
    assert!(connections <= 32, "{connections} connections");
    assert!(open < 256, "{open} descriptors");
    assert!(memory < 150 << 10, "{memory} KiB");
    assert!(took < Duration::from_mins(1), "{took:?}");
}

/// How many answers had to be there before the last question could be asked, on a forge that takes so long for each.
fn depth(journal: &[Asked], latency: Duration) -> usize {
    let mut arrivals: Vec<Instant> = journal.iter().map(|asked| asked.at).collect();
    arrivals.sort();
    let (mut rounds, mut round_ends) = (0, None);
    for at in arrivals {
        if round_ends.is_none_or(|end| at >= end) {
            rounds += 1;
            round_ends = Some(at + latency);
        }
    }
    rounds
}

#[test]
#[ignore = "a measurement, run by name"]
fn a_check_is_as_quick_as_its_round_trips() {
    let latency = Duration::from_millis(100);
    for (count, bound) in [(1, 800), (10, 1600), (100, 13_000)] {
        let names: Vec<String> = (0..count).map(|number| format!("acme/r{number}")).collect();
        let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
        fleet.forge.set_latency(latency);
        fleet.index.set_latency(latency);
        let home = TempDir::new().unwrap();
        let mut command = check(&fleet, &names, &home);
        let begun = Instant::now();
        command.output().unwrap();
        let took = begun.elapsed();
        let (journal, points) = (fleet.forge.journal(), fleet.points.load(Ordering::SeqCst));
        let rounds = depth(&journal, latency);
        println!("{count} repositories: {} requests, {points} points, {rounds} rounds, {took:?}", journal.len());
        assert!(took < Duration::from_millis(bound), "{took:?}");
        assert!(count > 1 || rounds <= 3, "{rounds} rounds");
    }
}

#[test]
#[ignore = "a measurement, run by name"]
fn keys_are_answered_while_the_forge_fails() {
    let names: Vec<String> = (0..20).map(|number| format!("acme/r{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let slow = [Fault::Delay(Duration::from_millis(400)), Fault::Drip(Duration::from_millis(5))];
    for fault in Fault::deadly().into_iter().chain(slow) {
        let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
        for name in &names {
            for route in ["actions/permissions", "environments", "actions/workflows/release.yml/runs"] {
                fleet.forge.fault(&format!("GET /repos/{name}/{route}"), fault.clone());
            }
        }
        let start = pty::start().variable("GITHUB_API_URL", &fleet.forge.url()).variable("GH_TOKEN", ADMIN);
        let mut screen = start.variable("SHIPWORTHY_INDEX_URL", &fleet.index.url()).run(&names);
        screen.wait_for_cursor_on(names[0]);
        let mut times = Vec::new();
        for (key, name) in [("j", names[1]), ("k", names[0])].into_iter().cycle().take(200) {
            let begun = Instant::now();
            screen.send(key.as_bytes());
            screen.wait_for_cursor_on(name);
            times.push(begun.elapsed());
        }
        times.sort();
        let at = |percent: usize| times[times.len() * percent / 100];
        println!("{fault:?}: p50 {:?}, p99 {:?}, {} requests", at(50), at(99), fleet.forge.journal().len());
        assert!(at(99) < Duration::from_millis(16), "{fault:?}: {:?}", at(99));
        screen.send(b"q");
        assert_eq!(screen.end(), 0);
    }
}
