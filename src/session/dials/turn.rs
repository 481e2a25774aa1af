//! Turns: `NAME=VALUE`, as the command line writes them.

use crate::session::dials::dial::Dial;
use crate::session::dials::fault::{DialError, head};
use crate::session::dials::list::find;
use crate::world::setup::Setup;

/// One dial turned to one position; known to be right.
#[derive(Clone, Debug)]
pub struct Turn {
    dial: &'static Dial,
    to: String,
}

impl Turn {
    /// Reads `NAME=VALUE`.
    ///
    /// # Errors
    /// [`DialError`] that names the dial, what it takes, and the nearest known word.
    pub fn parse(text: &str) -> Result<Self, DialError> {
        let (name, to) = text.split_once('=').ok_or_else(|| DialError::NoValue { found: head(text) })?;
        let dial = find(name.trim())?;
        // Whether a dial takes a text does not depend on where the others stand.
        dial.turn(&mut Setup::default(), to)?;
        Ok(Self { dial, to: to.trim().to_owned() })
    }

    /// Turns it in this set-up. Later turns of the same dial win.
    pub fn apply(&self, setup: &mut Setup) {
        // It was tried when it was read, so it cannot be refused.
        let _ = self.dial.turn(setup, &self.to);
    }

    /// Which dial.
    #[must_use]
    pub fn dial(&self) -> &'static Dial {
        self.dial
    }

    /// To what.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }
}

#[cfg(test)]
mod tests {
    use super::Turn;

    fn refusal(text: &str) -> String {
        Turn::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_word_is_named_with_the_nearest_right_one() {
        assert!(refusal("revison=before").contains("did you mean revision?"));
        let told = refusal("revision=befor");
        assert!(told.contains("as-built-2015") && told.contains("did you mean before?") && told.contains("befor"));
        assert!(refusal("checks-off=user,stor").contains("did you mean store?"));
        assert!(refusal("polling.interval=soon").contains("1500ms"));
        assert!(refusal("revision").contains("NAME=VALUE"));
        assert!(refusal("").contains("NAME=VALUE"));
    }

    #[test]
    fn a_long_wrong_word_is_not_repeated_whole() {
        assert!(refusal(&format!("{}=1", "x".repeat(10_000))).len() < 300);
    }
}
