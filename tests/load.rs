//! A thousand repositories, asked by the program itself: how long, over how many connections, with how much memory and
//! how many descriptors. It is a measurement, so it runs only by name:
//! `cargo test --release --test load -- --ignored --nocapture`.

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
mod world;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(["check", "--format", "json"]).args(&names).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("GH_TOKEN", ADMIN);
    command.env("GITHUB_API_URL", fleet.forge.url()).env("SHIPWORTHY_INDEX_URL", fleet.index.url());
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
