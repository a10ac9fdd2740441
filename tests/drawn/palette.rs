//! The colours in which pictures of the dashboard are drawn, one set for dark and one for light backgrounds.

use ratatui::style::Color;

/// Red, green and blue.
pub type Rgb = (u8, u8, u8);

/// A terminal's colours.
pub struct Palette {
    /// Of the text where nothing else is asked for.
    pub foreground: Rgb,
    /// Of everything behind.
    pub background: Rgb,
    /// The sixteen, in the order of their numbers.
    pub sixteen: [Rgb; 16],
}

/// For dark backgrounds.
pub const DARK: Palette = Palette {
    foreground: (220, 223, 228),
    background: (24, 26, 31),
    sixteen: [
        (40, 44, 52),
        (224, 108, 117),
        (152, 195, 121),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 182, 194),
        (160, 166, 178),
        (110, 117, 130),
        (255, 123, 134),
        (166, 218, 132),
        (240, 205, 130),
        (122, 190, 250),
        (222, 150, 240),
        (112, 208, 220),
        (245, 247, 250),
    ],
};

/// For light backgrounds.
pub const LIGHT: Palette = Palette {
    foreground: (36, 41, 47),
    background: (255, 255, 255),
    sixteen: [
        (36, 41, 47),
        (190, 20, 35),
        (17, 99, 41),
        (138, 90, 0),
        (9, 90, 200),
        (130, 50, 170),
        (15, 105, 125),
        (110, 119, 129),
        (87, 96, 106),
        (164, 14, 38),
        (26, 127, 55),
        (120, 80, 0),
        (33, 100, 220),
        (150, 70, 190),
        (20, 120, 140),
        (140, 149, 159),
    ],
};

impl Palette {
    /// What a colour looks like, where it is one of the sixteen.
    pub fn rgb(&self, color: Option<Color>) -> Option<Rgb> {
        const NAMED: [Color; 16] = [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::Gray,
            Color::DarkGray,
            Color::LightRed,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightMagenta,
            Color::LightCyan,
            Color::White,
        ];
        let color = color.filter(|color| *color != Color::Reset)?;
        let at = NAMED.iter().position(|named| *named == color)?;
        self.sixteen.get(at).copied()
    }
}
