//! Scenes: drawings as lists of marks, which an SVG writes and the window's painter paints.

use crate::export::ink::Ink;

/// A drawing. Coordinates are in points, from the upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// More of that: the count.
    pub description: String,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// In the order of drawing.
    pub groups: Vec<Group>,
}

/// Marks that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What a pointer over it tells; empty for nothing.
    pub caption: String,
    /// Whether it stands out.
    pub is_marked: bool,
    /// In the order of drawing.
    pub marks: Vec<Mark>,
}

/// One mark.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A filled rectangle.
    Fill {
        /// Where.
        area: Area,
        /// In which colour.
        ink: Ink,
    },
    /// A rectangle with round corners, tinted and rimmed with one colour: the head of a lane.
    Plate {
        /// Where.
        area: Area,
        /// In which colour.
        ink: Ink,
    },
    /// A line with corners.
    Line {
        /// Its points, at least two.
        points: Vec<(f32, f32)>,
        /// Its width.
        width: f32,
        /// In which colour.
        ink: Ink,
        /// Whether it is dashed.
        is_dashed: bool,
    },
    /// The head of an arrow.
    Head {
        /// Where it points to.
        tip: (f32, f32),
        /// Whether it points to the left.
        is_leftward: bool,
        /// In which colour.
        ink: Ink,
    },
    /// A line of text.
    Words {
        /// The middle of the text's height, and its left end or its middle.
        at: (f32, f32),
        /// Whether `at` is its middle.
        is_centred: bool,
        /// The size of its letters.
        size: f32,
        /// Its parts, one after another.
        spans: Vec<Span>,
        /// What the text covers of the lines below it: a rim in this colour.
        over: Option<Ink>,
    },
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub x: f32,
    /// Its upper edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// A part of a line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// In which colour.
    pub ink: Ink,
    /// Whether it is strong.
    pub is_strong: bool,
}

impl Span {
    /// Plain text.
    #[must_use]
    pub fn plain(text: impl Into<String>, ink: Ink) -> Self {
        Self { text: text.into(), ink, is_strong: false }
    }

    /// Strong text.
    #[must_use]
    pub fn strong(text: impl Into<String>, ink: Ink) -> Self {
        Self { text: text.into(), ink, is_strong: true }
    }
}

/// About how wide a text is in Inter, in points. For layout only: whoever draws has the real letters.
#[must_use]
pub fn about_width(text: &str, size: f32) -> f32 {
    let shares = text.chars().map(|letter| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' | '·' => 0.27,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' | '→' => 0.9,
        'A'..='Z' | '0'..='9' | '_' | '+' | '=' | '<' | '>' | '×' | '&' | '#' => 0.66,
        letter if letter.is_ascii() => 0.57,
        _ => 0.8,
    });
    shares.sum::<f32>() * size
}

/// The text, cut with `…` where it would be wider than `room`.
#[must_use]
pub fn fitted(text: &str, size: f32, room: f32) -> String {
    if about_width(text, size) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    for letter in text.chars() {
        cut.push(letter);
        if about_width(&cut, size) > room - size {
            cut.pop();
            break;
        }
    }
    cut + "…"
}

#[cfg(test)]
mod tests {
    use super::{about_width, fitted};

    #[test]
    fn a_text_that_fits_stays_and_a_long_one_is_cut() {
        assert_eq!(fitted("GET /status", 12.0, 200.0), "GET /status");
        let cut = fitted(&"wide ".repeat(40), 12.0, 100.0);
        assert!(cut.ends_with('…') && about_width(&cut, 12.0) <= 104.0, "{cut}");
        assert_eq!(fitted("wide", 12.0, 0.0), "…");
    }
}
