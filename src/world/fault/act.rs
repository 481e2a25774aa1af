//! Acts: what a fault does to the message that it hits.

use crate::protocol::time::Span;
use crate::world::fault::rewrite::{Removal, Replacement};

/// One way of spoiling a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It waits until it is released.
    Hold,
    /// It comes so much later.
    Delay(Span),
    /// It never comes.
    Drop,
    /// It comes twice.
    Duplicate,
    /// The next arrival overtakes it.
    Reorder,
    /// This byte of what it carries is another one, counted from 0 and around the end.
    Corrupt(u32),
    /// One field says something else. A signature over it stays as it was, unless it is made anew.
    Replace(Replacement),
    /// One field is gone, of a token or of the message itself.
    Remove(Removal),
    /// A question is answered like this and never arrives; an answer is exchanged for this one.
    Answer(Substitute),
    /// It comes when nobody waits for it any more.
    TimeOut,
}

/// What is answered instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Substitute {
    /// A status and a body, whatever they mean to whoever asked.
    Http {
        /// HTTP status, from 100 to 599.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// The words of a store: `refunded`, or `invalid` with a reason.
    Store {
        /// One of the five words, or a word that no store says.
        status: String,
        /// The reason's code.
        reason: Option<String>,
    },
}

impl Act {
    /// What the act is called in files.
    pub const WORDS: [&str; 9] =
        ["hold", "delay", "drop", "duplicate", "reorder", "corrupt", "replace", "answer", "time-out"];

    /// Its word in files.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Delay(_) => "delay",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Corrupt(_) => "corrupt",
            Self::Replace(_) => "replace",
            Self::Remove(_) => "remove",
            Self::Answer(_) => "answer",
            Self::TimeOut => "time-out",
        }
    }

    /// Whether it changes what is said, rather than when and how often it arrives.
    #[must_use]
    pub fn changes_words(&self) -> bool {
        matches!(self, Self::Corrupt(_) | Self::Replace(_) | Self::Remove(_) | Self::Answer(_))
    }
}
