//! Paint: the few colours of the terminal. Each goes with a sign or a word, since colour is never the only sign.

use std::fmt::{self, Display};

use clap::builder::styling::{AnsiColor, Effects, Style, Styles};

/// What is right.
pub(crate) const OK: Style = AnsiColor::Green.on_default();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What stands back.
pub(crate) const QUIET: Style = Style::new().effects(Effects::DIMMED);
/// What stands out.
pub(crate) const STRONG: Style = Style::new().effects(Effects::BOLD);

/// The colours of `--help`.
pub(crate) const HELP: Styles = Styles::styled()
    .header(Style::new().effects(Effects::BOLD))
    .usage(Style::new().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().effects(Effects::BOLD))
    .invalid(AnsiColor::Yellow.on_default());

/// A value in a colour. A pipe gets the value alone: the terminal's writer drops the codes.
pub(crate) struct Painted<T> {
    style: Style,
    value: T,
}

/// `value` in the colour of `style`.
pub(crate) fn painted<T: Display>(style: Style, value: T) -> Painted<T> {
    Painted { style, value }
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, value } = self;
        write!(out, "{style}{value}{style:#}")
    }
}

/// `text` filled up with spaces to `width` characters.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}

/// `text` without characters that would move the cursor, colour the screen or turn the reading direction: a token may hold any.
pub(crate) fn plain(text: &str) -> String {
    let is_harmful =
        |c: char| c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    text.chars().map(|c| if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The same for a text of several lines, which stay.
pub(crate) fn plain_lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{plain, plain_lines};

    #[test]
    fn what_a_token_says_cannot_command_the_terminal() {
        assert_eq!(plain("a\u{1b}[2J\u{202e}b\n"), "a\u{fffd}[2J\u{fffd}b\u{fffd}");
        assert_eq!(plain("prix 0,99 €"), "prix 0,99 €");
        assert_eq!(plain_lines("a\u{1b}[2J\nb\r\u{7}"), "a\u{fffd}[2J\nb\u{fffd}\u{fffd}");
    }
}
