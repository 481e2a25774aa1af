//! Faults in run files: what is wrong, where, what to do, and what can be opened all the same.

use std::fmt;

use crate::protocol::json::JsonError;
use crate::session::replay::{Difference, ReplayFault};
use crate::session::run::Session;
use crate::session::run_file::form::VERSION;

/// Why a run file could not be opened as it was saved.
#[derive(Debug)]
pub struct RunFileError {
    /// What is wrong.
    pub fault: RunFileFault,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    readable: Option<Box<Session>>,
}

/// What is wrong with a run file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunFileFault {
    /// Larger than any run that is read.
    #[error("the file is larger than {max} bytes: {size}")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        max: usize,
    },
    /// Not JSON, or not as a run file must be.
    #[error("{0}")]
    Unreadable(String),
    /// JSON, but not a run.
    #[error("this is not a run file: its format is {0}")]
    OtherFormat(String),
    /// A run file that another version of this program wrote.
    #[error("this run file has another version, and versions up to {VERSION} are read: {0}")]
    OtherVersion(String),
    /// The branches do not hang together.
    #[error("{0}")]
    Broken(String),
    /// Replayed, one step came out differently.
    #[error(transparent)]
    Differs(Box<Difference>),
    /// All steps agree, and the fingerprint does not.
    #[error("every step agrees, but the fingerprint of the whole does not: expected {expected}, found {found}")]
    OtherFingerprint {
        /// As saved.
        expected: String,
        /// As replayed.
        found: String,
    },
}

impl RunFileError {
    pub(crate) fn new(fault: RunFileFault, (line, column): (usize, usize)) -> Self {
        Self { fault, line, column, readable: None }
    }

    pub(crate) fn with_readable(self, session: Session) -> Self {
        Self { readable: Some(Box::new(session)), ..self }
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match &self.fault {
            RunFileFault::TooLarge { .. } => "Save a shorter run, or cut it where it matters",
            RunFileFault::Unreadable(_) => "Open another copy, or undo the edit at this place",
            RunFileFault::OtherFormat(_) => "Choose a *.paystage.json file; scenarios end in .toml",
            RunFileFault::OtherVersion(_) => "Open it with the version of Paystage that wrote it",
            RunFileFault::Broken(_) => "Undo the edit at this place; branches are named A, B, C in order",
            RunFileFault::Differs(_) => {
                "Open the part before this step; the file was edited or made by another Paystage"
            }
            RunFileFault::OtherFingerprint { .. } => "Open the run as replayed and save it again",
        }
    }

    /// The run up to the fault, where there is one: everything before the first difference.
    #[must_use]
    pub fn readable(&self) -> Option<&Session> {
        self.readable.as_deref()
    }

    /// Takes the readable part out.
    #[must_use]
    pub fn into_readable(self) -> Option<Session> {
        self.readable.map(|session| *session)
    }
}

impl fmt::Display for RunFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}. {}", self.line, self.column, self.fault, self.fix())
    }
}

impl std::error::Error for RunFileError {}

impl From<JsonError> for RunFileError {
    fn from(error: JsonError) -> Self {
        Self::new(RunFileFault::Unreadable(error.fault.to_string()), (error.line, error.column))
    }
}

impl From<ReplayFault> for RunFileFault {
    fn from(fault: ReplayFault) -> Self {
        match fault {
            ReplayFault::Broken(what) => Self::Broken(what),
            ReplayFault::Differs(difference) => Self::Differs(difference),
        }
    }
}
