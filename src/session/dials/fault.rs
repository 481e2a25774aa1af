//! Faults in words about dials: no such dial, no such position, no such value.

use crate::session::scenario::fault::nearest;

/// Why a dial could not be turned. By the fault of whoever wrote the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// It is not `NAME=VALUE`.
    #[error("a dial is turned by NAME=VALUE, such as revision=before; found \"{found}\"")]
    NoValue {
        /// What stood there.
        found: String,
    },
    /// There is no dial of this name.
    #[error("there is no dial \"{found}\"{}; `paystage dials` lists them", did_you_mean(*nearest))]
    NoSuchDial {
        /// What stood there.
        found: String,
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// The dial has no such position.
    #[error("{dial} is one of {}, or default{}; found \"{found}\"", known.join(", "), did_you_mean(*nearest))]
    NoSuchPosition {
        /// The dial's name.
        dial: &'static str,
        /// The names of its positions.
        known: Vec<&'static str>,
        /// The known name that looks most like what stood there.
        nearest: Option<&'static str>,
        /// What stood there.
        found: String,
    },
    /// The dial takes values, and this is none.
    #[error("{dial} is {form}, or default; found \"{found}\"")]
    NoSuchValue {
        /// The dial's name.
        dial: &'static str,
        /// What its values look like.
        form: &'static str,
        /// What stood there.
        found: String,
    },
}

fn did_you_mean(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean {word}?"))
}

impl DialError {
    pub(crate) fn no_such_dial(found: &str, known: &[&'static str]) -> Self {
        Self::NoSuchDial { found: head(found), nearest: nearest(found, known) }
    }

    pub(crate) fn no_such_position(dial: &'static str, found: &str, known: Vec<&'static str>) -> Self {
        Self::NoSuchPosition { dial, nearest: nearest(found, &known), known, found: head(found) }
    }
}

/// As much of a wrong word as a message repeats.
pub(crate) fn head(text: &str) -> String {
    text.chars().take(64).collect()
}
