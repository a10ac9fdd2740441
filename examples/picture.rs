//! Draws the pictures of the README: `cargo run --example picture` writes assets/screens/*.svg from real output and
//! from the screens of the dashboard on the demo.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufReader};
use std::path::Path;

use anstyle_svg::{Term, WIN10_CONSOLE};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use shipworthy::app::key::Key;
use shipworthy::app::{Effect, Message, Model, Options, Outcome};
use shipworthy::checklist::Answers;
use shipworthy::command::{self, Environment, Surroundings};
use shipworthy::config::Theme;
use shipworthy::fact::{SurveyEvent, Target};
use shipworthy::source::replay;
use shipworthy::view;

#[path = "../tests/drawn/palette.rs"]
mod palette;

use palette::{DARK, LIGHT, Palette, Rgb};

/// Name of each picture, the command it shows, and how many of its lines.
const PICTURES: &[(&str, &[&str], usize)] = &[
    ("report", &["check", "--replay", "assets/demo", "demo/graphnet", "--color", "always"], 62),
    ("summary", &["check", "--replay", "assets/demo", "--summary", "--color", "always"], 60),
];

/// Name of each picture of the dashboard, and the keys that lead to it.
const SCREENS: &[(&str, &str)] = &[
    ("fleet", "j j j l l l l l l l"),
    ("repository", "j j j l l l l l l l enter"),
    ("requirement", "j l l l l l l enter enter"),
    ("fix", "j j j l l l l l l l enter f"),
    ("checklist", "j j c enter y g r a c e enter"),
];

/// Columns and rows of the screens.
const SIZE: (u16, u16) = (120, 30);

/// Width and height of a cell, and the size of letters, in pixels.
const CELL: (u32, u32, u32) = (9, 19, 15);

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::set_current_dir(root)?;
    let folder = root.join("assets/screens");
    fs::create_dir_all(&folder)?;
    for (name, arguments, lines) in PICTURES {
        let shown = format!("$ shipworthy {}\n\n{}", typed(arguments), first_lines(&printed(arguments), *lines));
        fs::write(folder.join(format!("{name}.svg")), Term::new().palette(WIN10_CONSOLE).render_svg(&shown))?;
    }
    for (name, keys) in SCREENS {
        for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
            let drawn = svg(&screen(keys, theme)?, palette);
            fs::write(folder.join(format!("{name}-{}.svg", theme.word())), drawn)?;
        }
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

/// A screen of the dashboard on the demo.
fn screen(keys: &str, theme: Theme) -> io::Result<Buffer> {
    let recordings = replay::bundled().map_err(io::Error::other)?;
    let targets: Vec<Target> = recordings.iter().enumerate().map(|(at, one)| one.target(at)).collect();
    let roots = targets.iter().map(|target| (target.id.clone(), "~/src/graphnet".into())).collect();
    let now = "2026-11-20T14:33:00Z".parse().map_err(io::Error::other)?;
    let mut model =
        Model::new(Options { targets, roots, theme, now, who: Some("ada".to_owned()), ..Options::default() });
    model.update(Message::Resized { columns: SIZE.0, rows: SIZE.1 });
    for (at, recording) in recordings.iter().enumerate() {
        let repo = recording.target(at).id;
        let answers = recording.observations_in_order().into_iter().map(Box::new);
        let answers = answers.map(|observation| SurveyEvent::Answered { repo: repo.clone(), observation });
        for event in answers.chain([SurveyEvent::Finished { repo: repo.clone() }]) {
            model.update(Message::Survey { round: 0, event });
        }
    }
    model.update(Message::Quiet);
    for key in keys.split(' ').filter_map(Key::parse) {
        for effect in model.update(Message::Key(key)) {
            // Nothing was answered before.
            if let Effect::Recall { repo, release, .. } = effect {
                let answers = Ok(Answers::default());
                model.update(Message::Done(Outcome::Recalled { repo, release, answers }));
            }
        }
    }
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    view::render(&model, &mut buffer);
    Ok(buffer)
}

/// A buffer as a picture: a rectangle below what is reversed, and a text for each run of cells that look alike.
fn svg(buffer: &Buffer, palette: &Palette) -> String {
    let (width, height, size) = CELL;
    let (whole, tall) = (u32::from(SIZE.0) * width + 20, u32::from(SIZE.1) * height + 20);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{tall}\" viewBox=\"0 0 {whole} {tall}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"{size}\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(palette.background)
    );
    for (y, row) in (0_u32..).zip(buffer.content.chunks(usize::from(SIZE.0))) {
        let mut x = 0_u32;
        for run in row.chunk_by(|one, next| look(one, palette) == look(next, palette)) {
            let columns = u32::try_from(run.len()).unwrap_or_default();
            let text: String = run.iter().map(Cell::symbol).collect();
            out.push_str(&words(&text, (x, y), columns, look_of(run, palette)));
            x += columns;
        }
    }
    out.push_str("</svg>\n");
    out
}

/// How a cell looks: colour of the text, of what is behind it where that is painted, and whether it is bold.
type Look = (Rgb, Option<Rgb>, bool);

fn look(cell: &Cell, palette: &Palette) -> Look {
    let foreground = palette.rgb(Some(cell.fg)).unwrap_or(palette.foreground);
    let bold = cell.modifier.contains(Modifier::BOLD);
    let dim = cell.modifier.contains(Modifier::DIM);
    let foreground = if dim { mixed(foreground, palette.background) } else { foreground };
    if cell.modifier.contains(Modifier::REVERSED) {
        return (palette.background, Some(foreground), bold);
    }
    (foreground, None, bold)
}

fn look_of(run: &[Cell], palette: &Palette) -> Look {
    run.first().map_or((palette.foreground, None, false), |cell| look(cell, palette))
}

/// Three parts of one colour and one of the other, as terminals draw what is dim.
fn mixed(one: Rgb, other: Rgb) -> Rgb {
    let mix = |a: u8, b: u8| u8::try_from((u16::from(a) * 3 + u16::from(b)) / 4).unwrap_or(a);
    (mix(one.0, other.0), mix(one.1, other.1), mix(one.2, other.2))
}

fn words(text: &str, (x, y): (u32, u32), columns: u32, (color, behind, bold): Look) -> String {
    let (width, height, _) = CELL;
    let (left, top, wide) = (x * width + 10, y * height + 10, columns * width);
    let mut out = String::new();
    if let Some(behind) = behind {
        let fill = hex(behind);
        out.push_str(&format!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{height}\" fill=\"{fill}\"/>\n"
        ));
    }
    if text.trim().is_empty() {
        return out;
    }
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    out.push_str(&format!(
        "<text x=\"{left}\" y=\"{}\" textLength=\"{wide}\" fill=\"{}\"{weight} xml:space=\"preserve\">{text}</text>\n",
        top + height - 5,
        hex(color)
    ));
    out
}

fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
