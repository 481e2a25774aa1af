//! Scribes: steps as a store keeps them, written into one place again and again.

use serde::ser::Error as _;

use crate::session::step::{Step, StepDigest};

/// Writes one step after another, and marks them as [`Step::quick_digest`] does.
///
/// A store that keeps thousands of steps a second needs no new room for each of them.
#[derive(Debug, Default)]
pub struct Scribe {
    command: Vec<u8>,
    packed: Vec<u8>,
}

/// What is kept of a step.
#[derive(Debug)]
pub struct Written<'a> {
    /// What was asked, as JSON.
    pub command: &'a str,
    /// The step's mark in the store.
    pub digest: StepDigest,
}

impl Scribe {
    /// Writes a step.
    ///
    /// # Errors
    /// It cannot be written: only a map whose keys are no text could do that, and a step holds none.
    pub fn write(&mut self, step: &Step) -> Result<Written<'_>, serde_json::Error> {
        self.command.clear();
        self.packed.clear();
        serde_json::to_writer(&mut self.command, &step.command)?;
        step.write_packed(&mut self.packed).map_err(serde_json::Error::custom)?;
        let command = str::from_utf8(&self.command).map_err(serde_json::Error::custom)?;
        Ok(Written { command, digest: StepDigest::quick_of(&self.packed) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::builtin::SUITE;
    use crate::session::scenario::play::play;

    #[test]
    fn every_step_of_every_built_in_run_is_written_with_its_command_and_its_mark() {
        let mut scribe = Scribe::default();
        for builtin in SUITE {
            for step in play(&builtin.scenario().unwrap()).session.past() {
                let written = scribe.write(step).unwrap();
                assert_eq!(written.digest, step.quick_digest());
                assert_eq!(written.command, serde_json::to_string(&step.command).unwrap());
                let packed: serde_json::Value = rmp_serde::from_slice(&scribe.packed).unwrap();
                assert_eq!(packed, serde_json::from_str::<serde_json::Value>(&step.canonical_json()).unwrap());
            }
        }
    }

    #[test]
    fn a_step_that_was_spoilt_has_another_mark() {
        let session = play(&SUITE.first().unwrap().scenario().unwrap()).session;
        let mut step = Step::clone(session.past().last().unwrap());
        let mark = Scribe::default().write(&step).unwrap().digest;
        step.index += 1;
        assert_ne!(Scribe::default().write(&step).unwrap().digest, mark);
    }
}
