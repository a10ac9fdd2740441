//! Draws the pictures of the README from real output: `cargo run --example picture` writes assets/screens/*.svg.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufReader};
use std::path::Path;

use anstyle_svg::{Term, WIN10_CONSOLE};
use shipworthy::command::{self, Environment, Surroundings};

/// Name of each picture, the command it shows, and how many of its lines.
const PICTURES: &[(&str, &[&str], usize)] = &[
    ("report", &["check", "--replay", "assets/demo", "demo/graphnet", "--color", "always"], 62),
    ("summary", &["check", "--replay", "assets/demo", "--summary", "--color", "always"], 60),
];

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::set_current_dir(root)?;
    let folder = root.join("assets/screens");
    fs::create_dir_all(&folder)?;
    for (name, arguments, lines) in PICTURES {
        let shown = format!("$ shipworthy {}\n\n{}", typed(arguments), first_lines(&printed(arguments), *lines));
        fs::write(folder.join(format!("{name}.svg")), Term::new().palette(WIN10_CONSOLE).render_svg(&shown))?;
    }
    Ok(())
}

/// The command as a reader would type it, without what only makes the picture.
fn typed(arguments: &[&str]) -> String {
    arguments.iter().copied().filter(|word| !matches!(*word, "--color" | "always")).collect::<Vec<_>>().join(" ")
}

/// What the command prints, colours included.
fn printed(arguments: &[&str]) -> String {
    let mut output = Vec::new();
    let mut surroundings = Surroundings {
        input: &mut BufReader::new(io::empty()),
        output: &mut output,
        errors: &mut io::sink(),
        environment: Environment {
            width: Some(120),
            ..Environment::of(|name| (name == "LANG").then(|| "C.UTF-8".to_owned()))
        },
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let program = std::iter::once("shipworthy").chain(arguments.iter().copied());
    command::run(program.map(OsString::from), &mut surroundings);
    String::from_utf8_lossy(&output).into_owned()
}

fn first_lines(text: &str, most: usize) -> String {
    let mut lines: Vec<&str> = text.lines().take(most).collect();
    if text.lines().count() > most {
        lines.push("  …");
    }
    lines.join("\n")
}
