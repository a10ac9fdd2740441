//! What a run was asked to do: options first, then environment variables, then the configuration, then the defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::{CommandError, Environment, Surroundings};
use crate::app::keymap::Keymap;
use crate::cli::{Check, Everywhere};
use crate::config::{Config, ConfigError, Entry, Glyphs, Theme};
use crate::fact::Topic;
use crate::fact::artifact::Pins;
use crate::fleet::{FailOn, Rules, WaiverSource};
use crate::report::{Amount, Color, Destination, Format, Style};
use crate::requirement;
use crate::source::network::Network;
use crate::source::pins;
use crate::state;
use crate::survey::Options;

/// What a run was asked to do.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// How repositories are judged.
    pub rules: Rules,
    /// What counts as not ready beyond readiness.
    pub fail_on: Option<FailOn>,
    /// Whether the network must not be used.
    pub offline: bool,
    /// How it is used otherwise; none in choices that were made by hand.
    pub network: Option<Network>,
    /// Where answers are recorded.
    pub record: Option<PathBuf>,
    /// Whether `owner/*` stands for forks and archived repositories, too.
    pub forks_and_archived: bool,
    /// Where recorded answers are.
    pub replay: Option<PathBuf>,
    /// Commits of actions that were handed over in a file.
    pub pins: Option<Pins>,
    /// The revision whose waivers count.
    pub waivers_from: Option<String>,
    /// The form of the report.
    pub format: Format,
    /// Files it is written to besides.
    pub outputs: Vec<Destination>,
    /// The earlier report it is compared with.
    pub baseline: Option<PathBuf>,
    /// Whether only what got worse since then ends the run badly.
    pub fail_on_worse: bool,
    /// Whether a sign-off is needed, and in which file it is; without a file, the one that is kept here.
    pub require_signoff: Option<Option<PathBuf>>,
    /// Whether nothing of the run is kept in the history.
    pub no_history: bool,
    /// How much of it is printed.
    pub amount: Amount,
    /// How it looks.
    pub style: Style,
    /// How the dashboard looks and listens.
    pub dashboard: Dashboard,
    /// The file of the configuration, whether it is there or not.
    pub config_file: Option<PathBuf>,
    /// The configured fleet.
    pub fleet: Vec<Entry>,
    /// Groups of repositories by name.
    pub groups: BTreeMap<String, Vec<Entry>>,
    /// Folders in which clones are looked for.
    pub clones: Vec<String>,
    /// The folder from which folders of the configured fleet are counted.
    pub fleet_base: PathBuf,
}

/// How the dashboard looks and listens.
#[derive(Clone, Debug, Default)]
pub struct Dashboard {
    /// Whether it keeps to ASCII characters.
    pub ascii: bool,
    /// Its colours.
    pub theme: Theme,
    /// Whether it listens to the mouse.
    pub mouse: bool,
    /// How long after a survey it asks again by itself; none for never.
    pub refresh: Option<Duration>,
    /// Whether nothing may be written.
    pub read_only: bool,
    /// Its keys.
    pub keymap: Keymap,
}

impl Dashboard {
    fn of(everywhere: &Everywhere, config: &Config, style: Style) -> Result<Self, ConfigError> {
        let glyphs = config.glyphs.map(|glyphs| glyphs == Glyphs::Ascii);
        Ok(Self {
            ascii: everywhere.ascii || glyphs.unwrap_or(style.ascii),
            theme: if style.color { config.theme } else { Theme::Mono },
            mouse: config.mouse.unwrap_or(true),
            refresh: config.refresh.map(|minutes| Duration::from_secs(60 * u64::from(minutes.get()))),
            read_only: everywhere.read_only,
            keymap: Keymap::of(config)?,
        })
    }
}

impl Choices {
    /// Puts together what was asked for.
    ///
    /// # Errors
    /// A configuration or a file of pins that does not count; addresses and tokens that cannot be used.
    pub fn of(everywhere: &Everywhere, check: &Check, surroundings: &Surroundings<'_>) -> Result<Self, CommandError> {
        let (config, file) = configuration(everywhere)?;
        let waivers = match (everywhere.no_waivers, &everywhere.waivers_from) {
            (true, _) => WaiverSource::Ignore,
            (false, Some(_)) => WaiverSource::Elsewhere,
            (false, None) => WaiverSource::Files,
        };
        let rules = Rules {
            profile: everywhere.profile.unwrap_or(config.profile),
            only: check.only.clone(),
            waivers,
            today: surroundings.today(),
        };
        let style = style(everywhere, &config, surroundings.environment);
        Ok(Self {
            dashboard: Dashboard::of(everywhere, &config, style)?,
            rules,
            fail_on: check.fail_on.or(config.fail_on),
            offline: everywhere.offline,
            network: Some(super::network::of(everywhere)?),
            record: everywhere.record.clone(),
            forks_and_archived: everywhere.forks_and_archived,
            replay: everywhere.replay.clone(),
            pins: everywhere.pins.as_deref().map(pins::read).transpose()?,
            waivers_from: everywhere.waivers_from.clone(),
            format: check.format,
            outputs: check.outputs.clone(),
            baseline: check.baseline.clone(),
            fail_on_worse: check.fail_on_worse,
            require_signoff: check.require_signoff.clone(),
            no_history: check.no_history || everywhere.replay.is_some(),
            amount: amount(everywhere, check),
            style,
            fleet: config.fleet,
            config_file: file.clone(),
            groups: config.groups,
            clones: config.clones,
            fleet_base: file.as_deref().and_then(std::path::Path::parent).unwrap_or("".as_ref()).to_owned(),
        })
    }
}

impl Choices {
    /// How a survey asks: only what the requirements that are judged look at.
    pub fn survey(&self) -> Options {
        Options { topics: Some(topics(&self.rules.only)), network: self.network.clone(), kept_first: false }
    }
}

/// Requirements that look at earlier findings, and whose.
const LOOKS_AT: &[(&str, &[&str])] = &[("R02", &["R07"]), ("R13", &["R02", "R05", "R07", "R08", "R12"])];

/// The topics that some requirements need, or all of them where none is named. What only a release asks for is not
/// among them.
fn topics(only: &[&'static str]) -> BTreeSet<Topic> {
    let every: Vec<&'static str> = requirement::ALL.iter().map(|known| known.meta().id).collect();
    let only = if only.is_empty() { &every } else { only };
    let earlier = |id: &&str| LOOKS_AT.iter().find(|(own, _)| own == id).map_or(&[][..], |(_, ids)| *ids);
    let mut ids: BTreeSet<&str> = only.iter().copied().collect();
    for _ in 0..2 {
        ids.extend(ids.clone().iter().flat_map(earlier));
    }
    let needs = ids.iter().filter_map(|id| requirement::find(id)).flat_map(|found| found.meta().needs);
    let always = [Topic::Files, Topic::Git, Topic::Repository];
    needs.copied().chain(always).collect()
}

/// The configuration that counts, and its file.
///
/// # Errors
/// A configuration that cannot be read or understood.
pub fn configuration(everywhere: &Everywhere) -> Result<(Config, Option<PathBuf>), CommandError> {
    if let Some(file) = &everywhere.config {
        return Ok((Config::read(file)?, Some(file.clone())));
    }
    let file = state::config_file();
    Ok((Config::read_usual(file.as_ref())?, file))
}

const fn amount(everywhere: &Everywhere, check: &Check) -> Amount {
    if check.quiet {
        Amount::Quiet
    } else if check.summary {
        Amount::Summary
    } else if everywhere.verbose {
        Amount::Verbose
    } else {
        Amount::Usual
    }
}

/// How the report looks. The locale only says what a terminal can show, so the configuration wins over it.
fn style(everywhere: &Everywhere, config: &Config, environment: Environment) -> Style {
    let color = match (everywhere.color, config.color) {
        (Some(Color::Always), _) => true,
        (Some(Color::Never), _) | (None, Color::Never) => false,
        (None, Color::Always) => !environment.plain,
        (Some(Color::Auto), _) | (None, Color::Auto) => environment.wants_color(),
    };
    let ascii = everywhere.ascii || config.ascii.unwrap_or(!environment.utf8);
    Style { ascii, color, width: environment.width }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    fn everywhere(arguments: &[&str]) -> Everywhere {
        Cli::try_parse_from(["shipworthy"].iter().chain(arguments)).unwrap().everywhere
    }

    fn colored(arguments: &[&str], color: Color, environment: Environment) -> bool {
        style(&everywhere(arguments), &Config { color, ..Config::default() }, environment).color
    }

    #[test]
    fn only_what_is_needed_is_asked() {
        assert!(topics(&[]).contains(&Topic::Runs) && !topics(&[]).contains(&Topic::Checks));
        let pins = topics(&["R08"]);
        assert!(pins.contains(&Topic::Pins) && !pins.contains(&Topic::Protection) && !pins.contains(&Topic::Runs));
        assert!(topics(&["R13"]).contains(&Topic::Environments));
        assert!(topics(&["R09"]).is_superset(&BTreeSet::from([Topic::Files, Topic::Git])));
    }

    #[test]
    fn options_win_over_the_environment_and_that_over_the_configuration() {
        let pipe = Environment::default();
        let terminal = Environment { output_terminal: true, ..pipe };
        let plain = Environment { plain: true, ..terminal };
        assert!(colored(&[], Color::Auto, terminal) && !colored(&[], Color::Auto, pipe));
        assert!(!colored(&[], Color::Auto, plain) && !colored(&[], Color::Always, plain));
        assert!(colored(&[], Color::Always, pipe) && !colored(&[], Color::Never, terminal));
        assert!(colored(&["--color", "always"], Color::Never, plain));
        assert!(!colored(&["--color", "never"], Color::Always, terminal));
        assert!(colored(&["--color", "auto"], Color::Never, terminal));
    }

    #[test]
    fn the_dashboard_follows_the_configuration_as_far_as_the_terminal_can() {
        let dashboard = |arguments: &[&str], text, color| {
            let config = Config::parse(text, "c.yaml".as_ref()).unwrap();
            let style = Style { ascii: false, color, width: None };
            Dashboard::of(&everywhere(arguments), &config, style)
        };
        let plain = dashboard(&[], "{}", true).unwrap();
        assert_eq!((plain.ascii, plain.theme, plain.mouse), (false, Theme::Dark, true));
        assert_eq!(plain.refresh, None);
        let chosen = dashboard(&[], "theme: light\nglyphs: ascii\nmouse: false\nrefresh: 2", true).unwrap();
        assert_eq!(chosen.refresh, Some(Duration::from_mins(2)));
        assert_eq!((chosen.ascii, chosen.theme, chosen.mouse), (true, Theme::Light, false));
        assert_eq!(dashboard(&[], "theme: light", false).unwrap().theme, Theme::Mono);
        assert!(dashboard(&["--ascii"], "glyphs: unicode", true).unwrap().ascii);
        assert!(dashboard(&[], "keys:\n  mark: nonsense", true).is_err());
    }

    #[test]
    fn ascii_goes_by_option_configuration_and_locale() {
        let ascii = |arguments: &[&str], configured, utf8| {
            let config = Config { ascii: configured, ..Config::default() };
            style(&everywhere(arguments), &config, Environment { utf8, ..Environment::default() }).ascii
        };
        assert!(ascii(&[], None, false) && !ascii(&[], None, true));
        assert!(ascii(&["--ascii"], Some(false), true));
        assert!(ascii(&[], Some(true), true) && !ascii(&[], Some(false), false));
    }
}
