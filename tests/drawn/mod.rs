//! Drives the model with keys and draws it into a buffer that reads as text and as a map of styles.

pub mod palette;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use shipworthy::app::key::Key;
use shipworthy::app::{Effect, Message, Model, Options};
use shipworthy::fact::{LogLevel, LogLine, Observation, Quota, SurveyEvent, Target};
use shipworthy::fleet::Rules;
use shipworthy::source::replay::{self, Recording};
use shipworthy::view;

/// When the pictures were taken.
pub fn now() -> Timestamp {
    "2026-11-20T14:33:00Z".parse().unwrap()
}

/// What the demo is started with.
pub fn options(recordings: &[Recording]) -> Options {
    let targets: Vec<Target> = recordings.iter().enumerate().map(|(at, one)| one.target(at)).collect();
    let rules = Rules { today: "2026-11-20".to_owned(), ..Rules::default() };
    let paths = vec![("config".to_owned(), "~/.config/shipworthy/config.yaml".to_owned())];
    let roots = targets.iter().filter(|target| target.path.is_some() || &*target.id.target == "demo/graphnet");
    let roots = roots.map(|target| (target.id.clone(), "/home/ada/src/graphnet".into())).collect();
    Options { rules, targets, roots, paths, mouse: true, now: now(), ..Options::default() }
}

/// The demo with every answer, judged once for all tests.
pub fn demo(columns: u16, rows: u16) -> Model {
    static DEMO: std::sync::LazyLock<Model> = std::sync::LazyLock::new(judged);
    let mut model = DEMO.clone();
    model.update(Message::Resized { columns, rows });
    model
}

fn judged() -> Model {
    let recordings = replay::bundled().unwrap();
    let mut model = Model::new(options(&recordings));
    for (at, recording) in recordings.iter().enumerate() {
        answer(&mut model, at, recording, usize::MAX);
    }
    model
}

/// The first answers about one repository, in the order of its recording.
pub fn answer(model: &mut Model, at: usize, recording: &Recording, most: usize) {
    let target = recording.target(at);
    let repo = target.id.clone();
    let mut say = |event| {
        model.update(Message::Survey { round: 0, event });
    };
    say(SurveyEvent::Started(target));
    let all = recording.observations_in_order();
    let whole = most >= all.len();
    for observation in all.into_iter().take(most) {
        say(SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(observation) });
    }
    if whole {
        say(SurveyEvent::Finished { repo });
    }
    model.update(Message::Quiet);
}

/// Presses keys, written as the configuration writes them.
pub fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let keys = keys.split_whitespace().map(|key| Key::parse(key).expect(key));
    keys.flat_map(|key| model.update(Message::Key(key))).collect()
}

/// Types a text.
pub fn type_in(model: &mut Model, text: &str) {
    for c in text.chars() {
        model.update(Message::Key(Key::char(c)));
    }
}

/// A screen as text, and the styles of its cells.
pub struct Drawn {
    pub buffer: Buffer,
}

impl Drawn {
    /// Draws a model at its size.
    pub fn of(model: &Model) -> Self {
        Self::at(model, model.size)
    }

    /// Draws a model at another size than it knows of.
    pub fn at(model: &Model, (columns, rows): (u16, u16)) -> Self {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::render(model, &mut buffer);
        Self { buffer }
    }

    /// The lines of the screen.
    pub fn lines(&self) -> Vec<String> {
        let area = self.buffer.area;
        (0..area.height).map(|y| self.line(y)).collect()
    }

    fn line(&self, y: u16) -> String {
        let mut line = String::new();
        let mut x = 0;
        while x < self.buffer.area.width {
            let symbol = self.buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol)).unwrap().max(1);
        }
        line
    }
}

/// Letters of the styles, in the order in which they were met.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

impl fmt::Display for Drawn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines() {
            writeln!(out, "{line}|")?;
        }
        let mut letters: BTreeMap<String, char> = BTreeMap::new();
        let mut map = Vec::new();
        for y in 0..self.buffer.area.height {
            let mut line = String::new();
            for x in 0..self.buffer.area.width {
                let name = style_name(self.buffer[(x, y)].style());
                if name.is_empty() {
                    line.push('.');
                    continue;
                }
                let next = LETTERS.chars().nth(letters.len()).unwrap();
                line.push(*letters.entry(name).or_insert(next));
            }
            map.push(line.trim_end_matches('.').to_owned());
        }
        writeln!(out, "--- styles")?;
        let mut named: Vec<(&String, &char)> = letters.iter().collect();
        named.sort_by_key(|(_, letter)| **letter);
        for (name, letter) in named {
            writeln!(out, "{letter} {name}")?;
        }
        map.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

fn style_name(style: Style) -> String {
    let mut words = Vec::new();
    if let Some(color) = style.fg.filter(|color| *color != Color::Reset) {
        words.push(format!("{color}").to_lowercase());
    }
    if let Some(color) = style.bg.filter(|color| *color != Color::Reset) {
        words.push(format!("on {color}").to_lowercase());
    }
    for (flag, word) in [(Modifier::BOLD, "bold"), (Modifier::DIM, "dim"), (Modifier::REVERSED, "reversed")] {
        if style.add_modifier.contains(flag) {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}

/// A few lines of a log, and what is left of the forge's patience.
pub fn some_log(model: &mut Model) {
    let line = |seconds: i64, level, text: &str| LogLine {
        at: Timestamp::from_second(now().as_second() - 60 + seconds).unwrap(),
        level,
        text: text.to_owned(),
    };
    for event in [
        SurveyEvent::Logged(line(0, LogLevel::Info, "token from the environment, scopes: repo, read:org")),
        SurveyEvent::Logged(line(1, LogLevel::Info, "GET /repos/demo/arrays 200 84 ms, quota 4835")),
        SurveyEvent::Logged(line(
            2,
            LogLevel::Warn,
            "GET /repos/demo/graphnet/actions/permissions 403, needs administration:read",
        )),
        SurveyEvent::Logged(line(
            3,
            LogLevel::Error,
            "GET /repos/demo/graphnet/tags no answer within 15 s, tried three times",
        )),
        SurveyEvent::Quota(Quota { left: 4812, limit: 5000, resets_at: now() }),
    ] {
        model.update(Message::Survey { round: 0, event });
    }
    model.update(Message::Quiet);
}

/// The answers of a recording, for those who change them.
pub fn observations(recording: &Recording) -> Vec<Observation> {
    recording.observations_in_order()
}
