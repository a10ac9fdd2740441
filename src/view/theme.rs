//! Three themes on the sixteen colours of the terminal and its own background. Nothing depends on a colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::app::page::Tone;
use crate::config::Theme;
use crate::requirement::Verdict;

/// How everything looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    theme: Theme,
}

impl Look {
    /// The look of a theme.
    pub const fn of(theme: Theme) -> Self {
        Self { theme }
    }

    /// One colour for each theme that has some.
    fn color(self, dark: Color, light: Color) -> Style {
        match self.theme {
            Theme::Dark => Style::new().fg(dark),
            Theme::Light => Style::new().fg(light),
            Theme::Mono => Style::new(),
        }
    }

    /// Text as it is.
    pub const fn plain(self) -> Style {
        Style::new()
    }

    /// What matters.
    pub const fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is in the background. Where there are colours it is grey, since terminals draw dim text as they like.
    pub fn dim(self) -> Style {
        match self.theme {
            Theme::Mono => Style::new().add_modifier(Modifier::DIM),
            _ => self.color(Color::Gray, Color::DarkGray),
        }
    }

    /// Something that can be pressed or gone to.
    pub fn accent(self) -> Style {
        self.color(Color::LightCyan, Color::Blue)
    }

    /// The frame of a pane, and of the one that has the focus.
    pub fn frame(self, focus: bool) -> Style {
        if focus { self.accent() } else { self.dim() }
    }

    /// The title of a pane.
    pub fn title(self, focus: bool) -> Style {
        if focus { self.accent().add_modifier(Modifier::BOLD) } else { self.strong() }
    }

    /// What is under the cursor.
    pub const fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD)
    }

    /// A verdict.
    pub fn verdict(self, verdict: Verdict) -> Style {
        let bold = Modifier::BOLD;
        match verdict {
            Verdict::Pass => self.color(Color::LightGreen, Color::Green),
            Verdict::Fail => self.color(Color::LightRed, Color::Red).add_modifier(bold),
            // Yellow cannot be read on most light backgrounds, so that a light theme does without it.
            Verdict::Warn => self.color(Color::LightYellow, Color::Reset),
            Verdict::Manual => self.color(Color::LightYellow, Color::Reset).add_modifier(bold),
            Verdict::Unknown => self.color(Color::LightMagenta, Color::Magenta),
            Verdict::Waived => self.color(Color::LightBlue, Color::Blue),
            Verdict::NotApplicable | Verdict::Pending => self.dim(),
        }
    }

    /// Words of a tone.
    pub fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.plain(),
            Tone::Strong => self.strong(),
            Tone::Dim => self.dim(),
            Tone::Accent => self.accent(),
            Tone::Verdict(verdict) => self.verdict(verdict),
            Tone::Added => self.color(Color::LightGreen, Color::Green),
            Tone::Removed => self.color(Color::LightRed, Color::Red),
        }
    }
}
