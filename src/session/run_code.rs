//! Run codes: a built-in scenario with its seed in a word that can be read out loud, such as `R1-42-declined-K3QF`.

use std::fmt;

use crate::session::builtin::{Builtin, SUITE};
use crate::session::run::Session;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::play::{Outcome, play};
use crate::session::step::Fingerprint;

/// The engine of this program: one more whenever the same set-up, seed and commands give other bytes than before.
pub const ENGINE: u32 = 1;

/// No letter that looks like a digit, and no U: Crockford's base 32.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits a checksum has: twenty bits.
const CHECKSUM_DIGITS: usize = 4;

/// What a run code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCode {
    /// Which engine made it.
    pub engine: u32,
    /// The seed of the run.
    pub seed: u64,
    /// The built-in scenario.
    pub name: String,
    /// What the run's fingerprint begins with.
    pub checksum: Checksum,
}

/// The first twenty bits of a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(u32);

/// Why a word is no run code, or leads to no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunCodeError {
    /// It does not look like one.
    #[error("not a run code; one looks like R1-42-declined-K3QF: {0}")]
    Form(String),
    /// It names a scenario that this program does not have.
    #[error("this program has no built-in scenario of this name: {name}{}", other_engine(*engine))]
    Unknown {
        /// The name.
        name: String,
        /// The engine that made the code.
        engine: u32,
    },
}

/// How a run that was made again differs from the one that the code was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the run code says {expected} and this run is {found}{}", other_engine(*engine))]
pub struct Mismatch {
    /// What the code says.
    pub expected: Checksum,
    /// What this run has.
    pub found: Checksum,
    /// The engine that made the code.
    pub engine: u32,
}

fn other_engine(engine: u32) -> String {
    if engine == ENGINE {
        return String::new();
    }
    format!(
        ". The code was made by engine {engine}, and this is engine {ENGINE}: the same commands may give other bytes"
    )
}

impl RunCode {
    /// The code of a built-in scenario that was played whole with this seed and came to this fingerprint.
    #[must_use]
    pub fn new(name: &str, seed: u64, fingerprint: &Fingerprint) -> Self {
        Self { engine: ENGINE, seed, name: name.to_owned(), checksum: Checksum::of(fingerprint) }
    }

    /// The code of a run, if it is a built-in scenario as it is written, seed aside: nothing was done otherwise, and nothing more.
    #[must_use]
    pub fn of(session: &Session) -> Option<Self> {
        let name = SUITE.iter().find(|builtin| builtin.card().title == session.title())?.name;
        let mut whole = session.clone();
        whole.to_end();
        let code = Self::new(name, session.setup().seed, &whole.fingerprint());
        let again = play(&code.scenario().ok()?).session;
        (again.setup() == session.setup() && again.fingerprint() == whole.fingerprint()).then_some(code)
    }

    /// Reads a code, in capitals or not.
    ///
    /// # Errors
    /// [`RunCodeError::Form`].
    pub fn parse(word: &str) -> Result<Self, RunCodeError> {
        Self::read(word.trim()).ok_or_else(|| RunCodeError::Form(word.chars().take(80).collect()))
    }

    fn read(word: &str) -> Option<Self> {
        let (engine, rest) = word.strip_prefix(['R', 'r'])?.split_once('-')?;
        let (seed, rest) = rest.split_once('-')?;
        let (name, checksum) = rest.rsplit_once('-')?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(engine) || !is_number(seed) || name.is_empty() {
            return None;
        }
        let (engine, seed) = (engine.parse().ok()?, seed.parse().ok()?);
        Some(Self { engine, seed, name: name.to_ascii_lowercase(), checksum: Checksum::parse(checksum)? })
    }

    /// The scenario that it names, with its seed.
    ///
    /// # Errors
    /// [`RunCodeError::Unknown`].
    pub fn scenario(&self) -> Result<Scenario, RunCodeError> {
        let unknown = || RunCodeError::Unknown { name: self.name.clone(), engine: self.engine };
        let mut scenario = Builtin::find(&self.name).and_then(|builtin| builtin.scenario().ok()).ok_or_else(unknown)?;
        scenario.setup.seed = self.seed;
        Ok(scenario)
    }

    /// Plays what it names, and holds the checksum against what came of it.
    ///
    /// # Errors
    /// [`RunCodeError::Unknown`]. A run that came out otherwise is given back all the same, with how it differs.
    pub fn play(&self) -> Result<(Outcome, Option<Mismatch>), RunCodeError> {
        let outcome = play(&self.scenario()?);
        let mismatch = self.mismatch(&outcome.session);
        Ok((outcome, mismatch))
    }

    /// How this run differs from the one that the code was given for.
    #[must_use]
    pub fn mismatch(&self, session: &Session) -> Option<Mismatch> {
        let (expected, found) = (self.checksum, Checksum::of(&session.fingerprint()));
        (expected != found).then_some(Mismatch { expected, found, engine: self.engine })
    }
}

impl Mismatch {
    /// Whether another engine made the code, so that other bytes are no surprise.
    #[must_use]
    pub fn is_other_engine(self) -> bool {
        self.engine != ENGINE
    }
}

impl Checksum {
    fn of(fingerprint: &Fingerprint) -> Self {
        let digits = fingerprint.as_str().get(..5).unwrap_or_default();
        Self(u32::from_str_radix(digits, 16).unwrap_or_default())
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() != CHECKSUM_DIGITS {
            return None;
        }
        let value = |letter: u8| DIGITS.iter().position(|digit| *digit == letter.to_ascii_uppercase());
        let sum = text.bytes().try_fold(0, |sum, letter| Some(sum * 32 + value(letter)?))?;
        u32::try_from(sum).ok().map(Self)
    }
}

impl fmt::Display for RunCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, seed, name, checksum } = self;
        write!(f, "R{engine}-{seed}-{name}-{checksum}")
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..CHECKSUM_DIGITS).rev() {
            let digit = usize::try_from(self.0 >> (5 * place) & 31).unwrap_or_default();
            write!(f, "{}", DIGITS.get(digit).copied().map_or('?', char::from))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_whoever_typed_it() {
        let code = RunCode { engine: 1, seed: 42, name: "notice-lost-once".into(), checksum: Checksum(0xF_FFFF) };
        assert_eq!(code.to_string(), "R1-42-notice-lost-once-ZZZZ");
        for typed in ["R1-42-notice-lost-once-ZZZZ", " r1-42-Notice-Lost-Once-zzzz\n"] {
            assert_eq!(RunCode::parse(typed), Ok(code.clone()));
        }
        for sum in [0, 1, 31, 32, 0x12345, 0xF_FFFF] {
            assert_eq!(Checksum::parse(&Checksum(sum).to_string()), Some(Checksum(sum)));
        }
    }

    #[test]
    fn what_is_no_code_is_told_so() {
        for word in [
            "",
            "plain-hosted",
            "R1-42-declined",
            "R1-42-declined-K3Q",
            "R1-42-declined-K3QFF",
            "R1-42-declined-K3QU",
            "R-42-declined-K3QF",
            "R1--declined-K3QF",
            "R1-42--K3QF",
            "R1-x-declined-K3QF",
            "R1-+4-declined-K3QF",
            "R1-99999999999999999999-declined-K3QF",
            "R1-42-declined-K3Qé",
        ] {
            assert!(matches!(RunCode::parse(word), Err(RunCodeError::Form(_))), "{word}");
        }
    }
}
