//! The user's configuration: what may stand in it, and reading it with errors that name the place.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fleet::FailOn;
use crate::report::Color;
use crate::requirement::Profile;
use crate::text::{Lines, clean, decode, typed, yaml};

/// The documented default configuration.
pub const DEFAULT: &str = include_str!("../assets/config.yaml");

/// JSON Schema of the configuration.
pub const SCHEMA: &str = include_str!("../assets/config.schema.json");

/// What the configuration says. Every field is described in `assets/config.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// The repositories to judge when none is named.
    pub fleet: Vec<Entry>,
    /// Repositories by the name of a group, which `@name` stands for.
    pub groups: BTreeMap<String, Vec<Entry>>,
    /// Folders in which clones of repositories are looked for.
    pub clones: Vec<String>,
    /// The reading of the SPEC.
    pub profile: Profile,
    /// What ends a check as not ready; none for readiness alone.
    pub fail_on: Option<FailOn>,
    /// When the report has colours.
    pub color: Color,
    /// Whether reports keep to ASCII; none to go by the locale.
    pub ascii: Option<bool>,
    /// The colours of the dashboard.
    pub theme: Theme,
    /// The glyphs of the dashboard; none to go by `ascii`.
    pub glyphs: Option<Glyphs>,
    /// Whether the dashboard listens to the mouse; none for yes.
    pub mouse: Option<bool>,
    /// Minutes after which the dashboard asks about everything again; none for only when a key asks.
    pub refresh: Option<NonZeroU16>,
    /// The keys of the dashboard, where they are others than those of the table.
    pub keys: Keys,
}

/// The colours of the dashboard: the sixteen of the terminal, on its own background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// No colours: bold, dim and reversed only.
    Mono,
}

impl Theme {
    /// Every theme.
    pub const ALL: &[Self] = &[Self::Dark, Self::Light, Self::Mono];

    /// The word of the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// The marks and lines of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Glyphs {
    /// Check marks and box lines.
    Unicode,
    /// Those of every terminal.
    Ascii,
}

impl Glyphs {
    /// Every set.
    pub const ALL: &[Self] = &[Self::Unicode, Self::Ascii];

    /// The word of the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unicode => "unicode",
            Self::Ascii => "ascii",
        }
    }
}

/// The `keys` of a configuration as they were written. What they mean is told by [`crate::app::keymap`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The file they stand in, for errors.
    pub file: String,
    /// One for each action.
    pub lines: Vec<KeyLine>,
}

/// The keys of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Name of the action.
    pub action: String,
    /// The line it stands on, from 1; 0 where that is not known.
    pub line: usize,
    /// Its keys, each with its line.
    pub keys: Vec<(usize, String)>,
}

/// One key or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key as text, or a list of keys")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Option::<BTreeMap<String, Option<OneOrMany>>>::deserialize(deserializer)?;
        let lines = written.unwrap_or_default().into_iter().map(|(action, keys)| {
            let keys = match keys {
                None => Vec::new(),
                Some(OneOrMany::One(key)) => vec![key],
                Some(OneOrMany::Many(keys)) => keys,
            };
            KeyLine { action, line: 0, keys: keys.into_iter().map(|key| (0, key)).collect() }
        });
        Ok(Self { file: String::new(), lines: lines.collect() })
    }
}

impl Keys {
    /// Finds the lines on which actions and keys stand.
    fn locate(&mut self, text: &str, file: &Path) {
        self.file = place(file, None);
        let Ok(yaml::Parsed::Doc(doc)) = yaml::parse(&text.into()) else { return };
        let Some(section) = doc.root().get("keys") else { return };
        let lines = Lines::new(text);
        let line = |view: yaml::View<'_>| lines.place(view.span().start).line;
        for known in &mut self.lines {
            let Some((name, keys)) = section.entry(&known.action) else { continue };
            known.line = line(name);
            for (at, (key_line, _)) in known.keys.iter_mut().enumerate() {
                *key_line = keys.one_or_many().get(at).map_or(known.line, |key| line(*key));
            }
        }
        self.lines.sort_by_key(|known| known.line);
    }
}

/// One repository of the configured fleet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a target as text, or `target:` with `clone:`")]
pub enum Entry {
    /// A target as on the command line.
    Target(String),
    /// A repository together with the folder of a clone.
    Cloned(Cloned),
}

/// A repository together with the folder of a clone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloned {
    /// The repository.
    pub target: String,
    /// The folder of the clone.
    #[serde(default)]
    pub clone: Option<String>,
}

impl Entry {
    /// The target, as on the command line.
    pub fn target(&self) -> &str {
        match self {
            Self::Target(target) => target,
            Self::Cloned(cloned) => &cloned.target,
        }
    }

    /// The folder of the clone.
    pub fn clone_folder(&self) -> Option<&str> {
        match self {
            Self::Target(_) => None,
            Self::Cloned(cloned) => cloned.clone.as_deref(),
        }
    }
}

/// Why a configuration does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// The file, with line and column where they are known.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Config {
    /// Reads a configuration from its text; `file` is named in errors.
    ///
    /// # Errors
    /// Whatever is no configuration, with its place.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = typed::from_yaml(text).map_err(|error| ConfigError {
            place: place(file, error.place.map(|at| (at.line, at.column))),
            message: error.message,
            hint: error.hint.or_else(|| Some("`shipworthy config default` prints a valid one".to_owned())),
        })?;
        if !config.keys.lines.is_empty() {
            config.keys.locate(text, file);
        }
        Ok(config)
    }

    /// Reads the file a person named; a file that is missing is an error.
    ///
    /// # Errors
    /// A file that cannot be read, or is no configuration.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let refuse = |message: String| ConfigError { place: place(file, None), message, hint: None };
        let size = file.metadata().map_err(|error| refuse(format!("cannot be read: {error}")))?;
        if !size.is_file() || size.len() > decode::MAX_BYTES {
            return Err(refuse("is no file of a sensible size".to_owned()));
        }
        let bytes = std::fs::read(file).map_err(|error| refuse(format!("cannot be read: {error}")))?;
        match decode::decode(bytes) {
            Ok(text) => Self::parse(&text, file),
            Err(error) => {
                let place = place(file, error.place.map(|at| (at.line, at.column)));
                Err(ConfigError { place, message: error.message, hint: None })
            }
        }
    }

    /// Reads the file at its usual place; a file that is missing there is the default configuration.
    ///
    /// # Errors
    /// A file that cannot be read, or is no configuration.
    pub fn read_usual(file: Option<&PathBuf>) -> Result<Self, ConfigError> {
        match file {
            Some(file) if file.symlink_metadata().is_ok() => Self::read(file),
            _ => Ok(Self::default()),
        }
    }
}

fn place(file: &Path, at: Option<(usize, usize)>) -> String {
    let file = clean::line(&file.to_string_lossy()).into_owned();
    at.map_or(file.clone(), |(line, column)| format!("{file}:{line}:{column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("c.yaml"))
    }

    fn json(yaml: &str) -> serde_json::Value {
        serde_yaml::from_str(yaml).unwrap()
    }

    fn validator() -> jsonschema::Validator {
        jsonschema::draft202012::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
    }

    #[test]
    fn the_documented_default_is_the_default_and_valid() {
        assert_eq!(parse(DEFAULT).unwrap(), Config::default());
        let fits = validator().validate(&json(DEFAULT)).map_err(|error| error.to_string());
        fits.unwrap();
    }

    #[test]
    fn every_field_is_documented_and_in_the_schema() {
        let refusal = parse("nothing-like-it: 1").unwrap_err();
        let known: Vec<&str> =
            refusal.hint.as_deref().unwrap().trim_start_matches("known here: ").split(", ").collect();
        assert_eq!(known.len(), 12, "{known:?}");
        let (default, schema) = (json(DEFAULT), json(SCHEMA));
        let documented: Vec<&String> = default.as_object().unwrap().keys().collect();
        let described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        for name in &known {
            assert!(documented.iter().any(|other| other == name), "{name} is not in assets/config.yaml");
            assert!(described.iter().any(|other| other == name), "{name} is not in the schema");
        }
        assert_eq!((documented.len(), described.len()), (known.len(), known.len()));
    }

    #[test]
    fn a_full_configuration_is_read_and_fits_the_schema() {
        let text = "fleet:\n  - .\n  - o/r\n  - {target: o/s, clone: ~/src/s}\nprofile: pep-740\nfail-on: warn\n\
                    color: never\nascii: true\ntheme: light\nglyphs: ascii\nmouse: false\nrefresh: 30\nkeys:\n  fix: [x, f5]\n  undo: u\n  \
                    mark:\ngroups: {core: [o/r, {target: o/s}]}\nclones: [~/src]\n";
        let config = parse(text).unwrap();
        assert_eq!(config.fleet.iter().map(Entry::target).collect::<Vec<_>>(), [".", "o/r", "o/s"]);
        assert_eq!(config.fleet[2].clone_folder(), Some("~/src/s"));
        assert_eq!((config.profile, config.fail_on), (Profile::Pep740, Some(FailOn::Warn)));
        assert_eq!((config.color, config.ascii), (Color::Never, Some(true)));
        assert_eq!(config.refresh.map(NonZeroU16::get), Some(30));
        assert_eq!((config.theme, config.glyphs, config.mouse), (Theme::Light, Some(Glyphs::Ascii), Some(false)));
        assert_eq!(config.keys.lines.iter().map(|keys| keys.line).collect::<Vec<_>>(), [14, 15, 16]);
        assert_eq!((config.groups["core"].len(), config.clones.len()), (2, 1));
        assert!(validator().is_valid(&json(text)));
    }

    #[test]
    fn words_are_those_of_the_command_line() {
        for profile in Profile::ALL {
            assert_eq!(parse(&format!("profile: {}", profile.word())).unwrap().profile, *profile);
        }
        for fail_on in FailOn::ALL {
            assert_eq!(parse(&format!("fail-on: {}", fail_on.word())).unwrap().fail_on, Some(*fail_on));
        }
        for color in Color::ALL {
            assert_eq!(parse(&format!("color: {}", color.word())).unwrap().color, *color);
        }
        for theme in Theme::ALL {
            assert_eq!(parse(&format!("theme: {}", theme.word())).unwrap().theme, *theme);
        }
        for glyphs in Glyphs::ALL {
            assert_eq!(parse(&format!("glyphs: {}", glyphs.word())).unwrap().glyphs, Some(*glyphs));
        }
    }

    #[test]
    fn mistakes_name_file_line_column_and_what_was_meant() {
        let error = parse("fleet: []\nprofle: spec-8\n").unwrap_err();
        assert!(error.place.starts_with("c.yaml:2:"), "{error}");
        assert_eq!(error.hint.as_deref(), Some("did you mean `profile`?"));
        let value = parse("color: nevr\n").unwrap_err();
        assert_eq!(value.hint.as_deref(), Some("did you mean `never`?"));
        for text in [
            "- a\n",
            "fleet: 7\n",
            "fleet: [{clone: x}]\n",
            "fleet: [{target: a, clon: x}]\n",
            "a: [\n",
            "ascii: maybe\n",
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.place.starts_with("c.yaml:"), "{text:?}: {error}");
            assert!(!error.to_string().contains(clean::is_unwanted));
        }
    }

    #[test]
    fn only_a_file_that_was_named_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.yaml");
        assert_eq!(Config::read_usual(Some(&file)), Ok(Config::default()));
        assert_eq!(Config::read_usual(None), Ok(Config::default()));
        assert!(Config::read(&file).unwrap_err().message.contains("cannot be read"));
        assert!(Config::read(folder.path()).is_err(), "a folder is no file");
        std::fs::write(&file, b"color: never\n\xff").unwrap();
        assert!(Config::read_usual(Some(&file)).unwrap_err().place.ends_with("config.yaml:2:1"));
    }
}
