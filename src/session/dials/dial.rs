//! One dial: its words, its positions, and how it is read from a set-up and turned in it.

use crate::protocol::dial::Position;
use crate::protocol::time::Time;
use crate::session::dials::fault::{DialError, head};
use crate::world::setup::Setup;

/// The word that puts any dial back to where it stands when nobody has turned it.
pub const DEFAULT: &str = "default";

/// One choice that a run makes before its first command.
#[derive(Clone, Copy, Debug)]
pub struct Dial {
    /// Its number in the design, 1 to 14; `None` for the characters of the simulated parties.
    pub number: Option<u8>,
    /// Its name in `[setup]` of a scenario and on the command line; a dot leads into a table.
    pub name: &'static str,
    /// Its name on the screen.
    pub label: &'static str,
    /// What it decides, in one sentence without a full stop.
    pub decides: &'static str,
    /// What it can be turned to.
    pub shape: Shape,
    pub(crate) hand: Hand,
}

/// What a dial can be turned to.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One of these positions.
    Choice(&'static [Position]),
    /// Any of these at once, parted by commas; `none` for none of them.
    Set(&'static [Position]),
    /// A value of this form; the positions are some that are worth trying.
    Value {
        /// What it looks like, in words.
        form: &'static str,
        /// Some worth trying.
        offers: &'static [Position],
        /// How a scenario writes it.
        written: Written,
    },
}

/// How a scenario writes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// In quotes.
    Text,
    /// As it is: a number.
    Bare,
    /// As milliseconds since 1970, from a moment in RFC 3339.
    Milliseconds,
}

/// How a dial takes hold of a set-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    /// The position or value in force, as the text that turns it there.
    pub(crate) read: fn(&Setup) -> String,
    /// Turns it; `None` where the text is no position of it, and nothing has changed then.
    pub(crate) turn: fn(&mut Setup, &str) -> Option<()>,
    /// Puts it back.
    pub(crate) reset: fn(&mut Setup),
    /// What it follows while nobody has turned it; `None` where it stands by itself.
    pub(crate) follows: Option<fn(&Setup) -> &'static str>,
}

impl Dial {
    /// Where it stands: the name of the position in force, or the value in force.
    #[must_use]
    pub fn in_force(&self, setup: &Setup) -> String {
        (self.hand.read)(setup)
    }

    /// The position in force in words; `None` for a value that is not among those offered.
    #[must_use]
    pub fn position(&self, setup: &Setup) -> Option<&'static Position> {
        let name = self.in_force(setup);
        self.positions().iter().find(|position| position.name == name)
    }

    /// What is in force, for the screen: the position's label, or the value.
    #[must_use]
    pub fn shown(&self, setup: &Setup) -> String {
        self.position(setup).map_or_else(|| self.in_force(setup), |position| position.label.to_owned())
    }

    /// Its positions; of a dial that takes values, those worth trying.
    #[must_use]
    pub fn positions(&self) -> &'static [Position] {
        match self.shape {
            Shape::Choice(positions) | Shape::Set(positions) => positions,
            Shape::Value { offers, .. } => offers,
        }
    }

    /// Whether somebody turned it away from its default. A position that was chosen although it is what the revision asks for
    /// counts as turned: it stays when the revision changes.
    #[must_use]
    pub fn is_turned(&self, setup: &Setup) -> bool {
        self.reset_in(setup) != *setup
    }

    /// What it follows at the moment: the revision, the app client, or nothing.
    #[must_use]
    pub fn followed(&self, setup: &Setup) -> Option<&'static str> {
        self.follows(setup).filter(|_| !self.is_turned(setup))
    }

    /// What it follows in such a set-up while nobody has turned it.
    #[must_use]
    pub fn follows(&self, setup: &Setup) -> Option<&'static str> {
        self.hand.follows.map(|follows| follows(setup))
    }

    /// Turns it to a position by its name, to a value, or to [`DEFAULT`].
    ///
    /// # Errors
    /// [`DialError`] where the text is none of them; the set-up is as it was.
    pub fn turn(&self, setup: &mut Setup, text: &str) -> Result<(), DialError> {
        let text = text.trim();
        if text == DEFAULT {
            (self.hand.reset)(setup);
            return Ok(());
        }
        (self.hand.turn)(setup, text).ok_or_else(|| self.refusal(text))
    }

    /// The same set-up with this dial at its default.
    #[must_use]
    pub fn reset_in(&self, setup: &Setup) -> Setup {
        let mut setup = setup.clone();
        (self.hand.reset)(&mut setup);
        setup
    }

    /// Its line under `[setup]` of a scenario, for a position or value that it takes.
    #[must_use]
    pub fn line(&self, text: &str) -> String {
        let Self { name, .. } = self;
        match self.shape {
            Shape::Choice(_) if matches!(text, "true" | "false") => format!("{name} = {text}"),
            Shape::Value { written: Written::Bare, .. } => format!("{name} = {text}"),
            Shape::Value { written: Written::Milliseconds, .. } => {
                format!("{name} = {}", Time::parse_rfc3339(text).unwrap_or_default().millis())
            }
            Shape::Choice(_) | Shape::Value { written: Written::Text, .. } => format!("{name} = \"{text}\""),
            Shape::Set(_) => {
                let quoted: Vec<String> = members(text).map(|word| format!("\"{word}\"")).collect();
                format!("{name} = [{}]", quoted.join(", "))
            }
        }
    }

    fn refusal(&self, text: &str) -> DialError {
        let names = || self.positions().iter().map(|position| position.name).collect();
        match self.shape {
            Shape::Choice(_) => DialError::no_such_position(self.name, text, names()),
            Shape::Set(_) => {
                let known: Vec<&'static str> = names();
                let wrong = members(text).find(|word| !known.contains(word)).unwrap_or(text);
                DialError::no_such_position(self.name, wrong, known)
            }
            Shape::Value { form, .. } => DialError::NoSuchValue { dial: self.name, form, found: head(text) },
        }
    }
}

/// The words of a set: `user,store`; none for `none`.
pub(crate) fn members(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "none")
}
