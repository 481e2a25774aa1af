//! The place of a store: a file, or one that is gone when the program ends.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// How the command line spells a store that nobody keeps.
pub const TEMPORARY: &str = ":memory:";

/// Where runs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// In this file, which is made if it is not there.
    File(PathBuf),
    /// In memory, and beyond that in a nameless file of the system's; gone when the store is closed.
    Temporary,
}

impl StorePlace {
    /// Reads a command-line word: `:memory:` is temporary, anything else a path.
    #[must_use]
    pub fn named(word: impl Into<OsString>) -> Self {
        let word = word.into();
        if word == TEMPORARY { Self::Temporary } else { Self::File(PathBuf::from(word)) }
    }
}

impl From<OsString> for StorePlace {
    fn from(word: OsString) -> Self {
        Self::named(word)
    }
}

impl fmt::Display for StorePlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Temporary => out.write_str(TEMPORARY),
        }
    }
}
