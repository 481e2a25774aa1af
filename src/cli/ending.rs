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
    /// The worse of two, so that one bad file among many is not forgotten.
    pub(crate) fn worse(self, other: Self) -> Self {
        if other as u8 > self as u8 { other } else { self }
    }

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

#[cfg(test)]
mod tests {
    use super::Ending;

    #[test]
    fn the_worst_of_many_endings_is_the_ending() {
        let endings = [Ending::Fine, Ending::BadInput, Ending::Refused];
        assert_eq!(endings.into_iter().fold(Ending::Fine, Ending::worse), Ending::BadInput);
        assert_eq!(Ending::Fine.worse(Ending::of(true)), Ending::Fine);
        assert_eq!(Ending::of(false).worse(Ending::Fine), Ending::Refused);
    }
}
