//! Endings: how a command ends, and the exit code that says so.

use std::process::ExitCode;

/// How a command ended that could do its work. Bad usage and bad input are errors instead, and exit with 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is as it should be: exit code 0.
    Fine,
    /// An expectation failed or a receipt was refused: exit code 1.
    Refused,
    /// Some of the input was bad, the rest was done: exit code 2.
    BadInput,
}

impl Ending {
    /// Fine when it holds, refused when it does not.
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Fine } else { Self::Refused }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Fine => Self::SUCCESS,
            Ending::Refused => Self::from(1),
            Ending::BadInput => Self::from(2),
        }
    }
}
