//! Scribes: steps as the text that is marked, written into one place again and again.

use std::ops::Range;

use serde::Serialize;

use crate::session::step::{Step, StepDigest};

/// Writes one step after another, and marks them as [`Step::digest`] does.
///
/// A store that keeps thousands of steps a second needs no new room for each of them, and their command only once.
#[derive(Debug, Default)]
pub struct Scribe {
    text: Vec<u8>,
}

/// What is kept of a step.
#[derive(Debug)]
pub struct Written<'a> {
    /// What was asked, as JSON.
    pub command: &'a str,
    /// The step's mark.
    pub digest: StepDigest,
}

impl Scribe {
    /// Writes a step.
    ///
    /// # Errors
    /// It cannot be written as JSON: only a map whose keys are no text could do that, and a step holds none.
    pub fn write(&mut self, step: &Step) -> Result<Written<'_>, serde_json::Error> {
        let Step { index, at, command, events } = step;
        self.text.clear();
        self.push(b"{\"index\":", index)?;
        self.push(b",\"at\":", at)?;
        let command = self.push(b",\"command\":", command)?;
        self.push(b",\"events\":", events)?;
        self.text.push(b'}');
        let digest = StepDigest::of(&self.text);
        let command = self.text.get(command).unwrap_or_default();
        Ok(Written { command: str::from_utf8(command).map_err(serde::ser::Error::custom)?, digest })
    }

    /// Writes `value` behind `head`, and tells where it stands.
    fn push(&mut self, head: &[u8], value: &impl Serialize) -> Result<Range<usize>, serde_json::Error> {
        self.text.extend_from_slice(head);
        let start = self.text.len();
        serde_json::to_writer(&mut self.text, value)?;
        Ok(start..self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::builtin::SUITE;
    use crate::session::scenario::play::play;

    #[test]
    fn every_step_of_every_built_in_run_is_written_as_its_canonical_json() {
        let mut scribe = Scribe::default();
        for builtin in SUITE {
            for step in play(&builtin.scenario().unwrap()).session.past() {
                let written = scribe.write(step).unwrap();
                assert_eq!(written.digest, step.digest());
                assert_eq!(written.command, serde_json::to_string(&step.command).unwrap());
                assert_eq!(str::from_utf8(&scribe.text).unwrap(), step.canonical_json());
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
