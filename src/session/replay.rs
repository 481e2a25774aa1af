//! Replay: recorded commands done again, and each step held against the mark that it left.

use crate::session::branch::{BranchId, Descent, Place};
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// A run that is being lived again, line by line, in the order in which its branches were opened.
///
/// Stops at the first fault: what was replayed until then is the readable part.
pub struct Replay {
    session: Session,
    /// The line whose steps come in, once one was opened.
    line: Option<usize>,
    /// Whether the first step of the open line is due: the start of the app, which has been made with the line.
    is_start_due: bool,
    /// How many recorded steps have agreed.
    agreed: usize,
    /// Which marks any line of this record can have.
    usual: Marks,
    /// Which the next step of the open line can have.
    marks: Marks,
}

/// Which marks the steps of a record can have. The marks themselves do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// A run file's: SHA-256.
    Sha256,
    /// XXH3: a store's, behind a step that has it.
    Xxh3,
    /// Either: a store's. Stores had the marks of run files once, and those stay good.
    Either,
}

/// Why a recorded run cannot be lived again as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayFault {
    /// The branches do not hang together.
    #[error("{0}")]
    Broken(String),
    /// One step came out differently.
    #[error(transparent)]
    Differs(Box<Difference>),
}

/// The first place at which a replay differs from what was saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("branch {branch}, step {step}{}: the replay differs: expected digest {expected}, found {found}", message_words(*message))]
pub struct Difference {
    /// The branch.
    pub branch: String,
    /// The step's index in its line.
    pub step: usize,
    /// The message that the step delivers, as replayed.
    pub message: Option<u32>,
    /// The mark as saved.
    pub expected: String,
    /// The mark as replayed, of the same kind; each of both kinds where the record does not tell.
    pub found: String,
}

fn message_words(message: Option<u32>) -> String {
    message.map_or(String::new(), |number| format!(", message {number}"))
}

/// Holds a step that was just replayed against the recorded mark, and tells which marks the next step of its line can have.
///
/// # Errors
/// [`Difference`] where the marks are not equal.
pub fn compare(step: &Step, branch: BranchId, expected: &str, marks: Marks) -> Result<Marks, Box<Difference>> {
    if marks != Marks::Sha256 && step.quick_digest().as_str() == expected {
        return Ok(Marks::Xxh3);
    }
    if marks != Marks::Xxh3 && step.digest().as_str() == expected {
        return Ok(marks);
    }
    let found = match marks {
        Marks::Sha256 => step.digest().to_string(),
        Marks::Xxh3 => step.quick_digest().to_string(),
        Marks::Either => format!("{}, or {} by SHA-256 as older stores have it", step.quick_digest(), step.digest()),
    };
    Err(Box::new(Difference {
        branch: branch.name(),
        step: step.index,
        message: step.message_number(),
        expected: short(expected),
        found,
    }))
}

impl Replay {
    /// A run with this set-up, before its first recorded step was compared. Its record can have these `marks`.
    #[must_use]
    pub fn new(setup: Setup, marks: Marks) -> Self {
        Self { session: Session::new(setup), line: None, is_start_due: true, agreed: 0, usual: marks, marks }
    }

    /// Goes to where the next branch parts from another; the first branch parts from none. A branch whose dials were turned begins
    /// with its own `setup`; any other has that of its parent.
    ///
    /// # Errors
    /// [`ReplayFault::Broken`] for a place that does not exist, and for a set-up that is missing, or there already.
    pub fn open_line(&mut self, descent: Descent, setup: Option<Setup>) -> Result<(), ReplayFault> {
        let index = self.line.map_or(0, |line| line + 1);
        let name = BranchId::new(index).name();
        if (descent == Descent::First) != (index == 0) {
            return broken(match index {
                0 => "the first branch parts from no other".to_owned(),
                _ => format!("branch {name} does not say where it parts from another"),
            });
        }
        match (descent, setup) {
            (Descent::First, None) => {}
            (Descent::Parted(place), None) if self.has(place, 1) => drop(self.session.go(place)),
            (Descent::Parted(_), None) => {
                return broken(format!("branch {name} parts at a place that is not in the past of any other"));
            }
            (Descent::Turned(place), Some(setup)) if self.has(place, 0) => {
                if let Some(line) = self.session.line_with(&setup) {
                    return broken(format!("branch {name} has the set-up of branch {line}, so they would be one"));
                }
                self.session.begin_line(setup, place);
                self.is_start_due = true;
            }
            (Descent::Turned(_), Some(_)) => {
                return broken(format!("the dials of branch {name} were turned at a place that does not exist"));
            }
            (Descent::Turned(_), None) => {
                return broken(format!("the dials of branch {name} were turned, and its set-up is missing"));
            }
            (Descent::First | Descent::Parted(_), Some(_)) => {
                return broken(format!("branch {name} has a set-up of its own, though its dials were not turned"));
            }
        }
        self.line = Some(index);
        self.marks = self.usual;
        Ok(())
    }

    /// Whether this place exists, with so many steps behind it at least.
    fn has(&self, place: Place, ahead: usize) -> bool {
        let line = self.session.branches().get(place.branch.index());
        line.is_some_and(|line| place.step > 0 && place.step + ahead <= line.steps().len())
    }

    /// Does the next recorded command of the open line, and compares. After a fault the session stays before that step.
    ///
    /// # Errors
    /// [`ReplayFault`].
    pub fn step(&mut self, command: &Command, digest: &str) -> Result<(), ReplayFault> {
        let index = self.line.unwrap_or_default();
        if std::mem::take(&mut self.is_start_due) {
            // A line begins with the start of the app by itself.
            if *command != Command::Start {
                return broken("a run begins with the command start".to_owned());
            }
            return self.agree(digest);
        }
        let before = self.session.here();
        self.session.dispatch(command.clone());
        let compared = if self.session.here().branch.index() == index {
            self.agree(digest)
        } else {
            broken(format!("branch {} repeats another branch", BranchId::new(index).name()))
        };
        if compared.is_err() {
            self.session.go(before);
        }
        compared
    }

    fn agree(&mut self, digest: &str) -> Result<(), ReplayFault> {
        let (step, branch) = (self.session.last_step(), self.session.here().branch);
        self.marks = compare(step, branch, digest, self.marks).map_err(ReplayFault::Differs)?;
        self.agreed += 1;
        Ok(())
    }

    /// How many recorded steps have agreed, all lines together.
    #[must_use]
    pub fn agreed(&self) -> usize {
        self.agreed
    }

    /// The run as far as it was lived again.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The run as far as it was lived again; its undo list is empty, as after opening a file.
    #[must_use]
    pub fn into_session(mut self) -> Session {
        self.session.forget_jumps();
        self.session
    }
}

fn broken(what: String) -> Result<(), ReplayFault> {
    Err(ReplayFault::Broken(what))
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_held_against_the_kind_that_its_record_has() {
        let session = Session::new(Setup::default());
        let step = session.last_step();
        let (slow, quick) = (step.digest(), step.quick_digest());
        let held =
            |mark: &str, marks| compare(step, BranchId::FIRST, mark, marks).map_err(|difference| difference.found);
        assert_eq!(held(slow.as_str(), Marks::Sha256), Ok(Marks::Sha256));
        assert_eq!(
            held(slow.as_str(), Marks::Either),
            Ok(Marks::Either),
            "an old store's line may go on with new marks"
        );
        assert_eq!(held(quick.as_str(), Marks::Either), Ok(Marks::Xxh3), "a new mark is never followed by an old one");
        assert_eq!(held(quick.as_str(), Marks::Xxh3), Ok(Marks::Xxh3));
        assert_eq!(held(quick.as_str(), Marks::Sha256), Err(slow.to_string()), "no run file has it");
        assert_eq!(held("0", Marks::Xxh3), Err(quick.to_string()));
        for mark in ["", "0", &slow.as_str()[..15], &format!("{quick}0")] {
            let both = format!("{quick}, or {slow} by SHA-256 as older stores have it");
            assert_eq!(held(mark, Marks::Either), Err(both), "{mark}");
        }
    }
}
