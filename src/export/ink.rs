//! Inks: what a drawn mark means, and the colour that the theme gives it in each face.

use std::sync::LazyLock;

use serde::Deserialize;

/// What a mark means. The theme says how that looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The ground of the drawing.
    Ground,
    /// What is read first.
    Text,
    /// What is read second.
    Muted,
    /// Hairlines.
    Hair,
    /// Behind what stands out.
    Selection,
    /// Worth a look.
    Warn,
    /// Failed, refused, lost.
    Bad,
    /// A party, by its lane.
    Party(usize),
}

/// Which of the theme's faces a drawing has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// Both: whoever looks at it has chosen one.
    #[default]
    Both,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Face {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Both, Self::Light, Self::Dark];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Both => "Both: whoever looks at it has chosen one; pixels are light then",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// The colours of one face, as far as drawings need them.
#[derive(Debug, Deserialize)]
struct Colors {
    panel: String,
    text: String,
    muted: String,
    line: String,
    selection: String,
    warn: String,
    bad: String,
    party: [String; 6],
}

/// The theme, as far as drawings need it.
#[derive(Debug, Deserialize)]
struct Theme {
    dark: Colors,
    light: Colors,
}

/// Read once. The file is part of the program; a test reads it too.
static THEME: LazyLock<Option<Theme>> = LazyLock::new(|| ron::from_str(include_str!("../../assets/theme.ron")).ok());

impl Ink {
    /// All inks.
    pub const ALL: [Self; 13] = [
        Self::Ground,
        Self::Text,
        Self::Muted,
        Self::Hair,
        Self::Selection,
        Self::Warn,
        Self::Bad,
        Self::Party(0),
        Self::Party(1),
        Self::Party(2),
        Self::Party(3),
        Self::Party(4),
        Self::Party(5),
    ];

    /// The colour as `#rrggbb`.
    #[must_use]
    pub fn hex(self, is_dark: bool) -> &'static str {
        let Some(theme) = THEME.as_ref() else { return "#000000" };
        let colors = if is_dark { &theme.dark } else { &theme.light };
        match self {
            Self::Ground => &colors.panel,
            Self::Text => &colors.text,
            Self::Muted => &colors.muted,
            Self::Hair => &colors.line,
            Self::Selection => &colors.selection,
            Self::Warn => &colors.warn,
            Self::Bad => &colors.bad,
            Self::Party(lane) => colors.party.get(lane).map_or("#000000", String::as_str),
        }
    }

    /// A word for style sheets: `muted`, `party-3`.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Hair => "hair",
            Self::Selection => "selection",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Party(0) => "party-0",
            Self::Party(1) => "party-1",
            Self::Party(2) => "party-2",
            Self::Party(3) => "party-3",
            Self::Party(4) => "party-4",
            Self::Party(_) => "party-5",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ink;

    #[test]
    fn every_ink_has_a_colour_in_both_faces() {
        for ink in Ink::ALL {
            for hex in [ink.hex(false), ink.hex(true)] {
                assert!(hex.len() == 7 && hex.starts_with('#'), "{ink:?} {hex}");
            }
            assert_ne!(ink.hex(false), ink.hex(true), "{ink:?}");
        }
    }
}
