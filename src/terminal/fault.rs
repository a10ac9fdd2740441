//! Faults on demand, for tests of the way out. Builds for users hold none of it.

/// Panics where an environment variable names this place: `loop`, `task`, `thread` or `draw`.
#[cfg(debug_assertions)]
pub fn strike(place: &str) {
    let wanted = std::env::var("SHIPWORTHY_FAULT").unwrap_or_default();
    if wanted != place {
        return;
    }
    let words = format!("a fault on demand in the {place}");
    #[expect(clippy::panic, reason = "that is what it is for")]
    let fail = move || panic!("{words}");
    match place {
        "task" => drop(tokio::spawn(async move { fail() })),
        "thread" => drop(std::thread::spawn(fail)),
        _ => fail(),
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
pub const fn strike(_place: &str) {}
