//! Opening runs: read strictly, replay everything, and name the first step that came out differently.

use serde_json::Value;

use crate::protocol::json;
use crate::session::branch::{BranchId, Place};
use crate::session::run::Session;
use crate::session::run_file::fault::{Difference, RunFileError, RunFileFault};
use crate::session::run_file::form::{BranchForm, FORMAT, HeadForm, PlaceForm, RunForm, VERSION};
use crate::world::command::Command;

/// The largest file that is read.
pub const BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most steps that a file may hold, all branches together.
pub const STEPS_MAX: usize = 100_000;
/// The most branches that a file may hold.
pub const BRANCHES_MAX: usize = 256;

/// Opens a run file and replays it.
///
/// # Errors
/// [`RunFileError`] for the first fault, with its line and column; where a part could be replayed, it can be taken from the error.
pub fn load(bytes: &[u8]) -> Result<Session, RunFileError> {
    if bytes.len() > BYTES_MAX {
        return Err(RunFileError::new(RunFileFault::TooLarge { size: bytes.len(), max: BYTES_MAX }, (1, 1)));
    }
    let text = json::text(bytes.to_vec())?;
    json::check_object(&text)?;
    check_head(&text)?;
    let form: RunForm = json::read_checked(&text)?;
    Replay { text: &text, steps_seen: 0 }.run(form)
}

fn check_head(text: &str) -> Result<(), RunFileError> {
    let head: HeadForm = json::read_checked(text)?;
    let shown = |value: Option<Value>| {
        value.map_or("not named".to_owned(), |value| value.to_string().chars().take(40).collect())
    };
    if head.format.as_ref().and_then(Value::as_str) != Some(FORMAT) {
        return Err(RunFileError::new(RunFileFault::OtherFormat(shown(head.format)), locate(text, "format", 0)));
    }
    if head.version.as_ref().and_then(Value::as_u64) != Some(u64::from(VERSION)) {
        return Err(RunFileError::new(RunFileFault::OtherVersion(shown(head.version)), locate(text, "version", 0)));
    }
    Ok(())
}

/// A replay under way: remembers how many steps of the file it has met, to say where one stands.
struct Replay<'a> {
    text: &'a str,
    steps_seen: usize,
}

impl Replay<'_> {
    fn run(mut self, form: RunForm) -> Result<Session, RunFileError> {
        self.check_limits(&form)?;
        let mut session = Session::new(form.setup);
        session.rename(form.title);
        session.write_notes(form.notes);
        for (index, branch) in form.branches.iter().enumerate() {
            if let Err(fault) = self.branch(&mut session, index, branch) {
                let at = self.place_of_step();
                session.forget_jumps();
                return Err(RunFileError::new(fault, at).with_readable(session));
            }
        }
        let broken = |what: &str, key, session| Err(self.broken(what, key).with_readable(session));
        for bookmark in form.bookmarks {
            let Some(place) = place(&session, &bookmark.place) else {
                return broken("this bookmark's place does not exist", "bookmarks", session);
            };
            session.go(place);
            session.toggle_bookmark(bookmark.name);
        }
        let Some(there) = place(&session, &form.place) else {
            return broken("the present place does not exist", "place", session);
        };
        session.go(there);
        session.forget_jumps();
        let found = session.fingerprint();
        if found.as_str() != form.fingerprint {
            let fault = RunFileFault::OtherFingerprint { expected: short(&form.fingerprint), found: found.to_string() };
            return Err(RunFileError::new(fault, locate(self.text, "fingerprint", 0)).with_readable(session));
        }
        Ok(session)
    }

    fn check_limits(&self, form: &RunForm) -> Result<(), RunFileError> {
        let steps: usize = form.branches.iter().map(|branch| branch.steps.len()).sum();
        if steps > STEPS_MAX {
            return Err(
                self.broken(&format!("a run file holds at most {STEPS_MAX} steps, and this one {steps}"), "branches")
            );
        }
        match form.branches.len() {
            0 => Err(self.broken("a run has at least one branch", "branches")),
            1..=BRANCHES_MAX => Ok(()),
            many => Err(self
                .broken(&format!("a run file holds at most {BRANCHES_MAX} branches, and this one {many}"), "branches")),
        }
    }

    fn broken(&self, what: &str, key: &str) -> RunFileError {
        RunFileError::new(RunFileFault::Broken(what.to_owned()), locate(self.text, key, 0))
    }

    /// Replays one branch from the place where it parts. The session stays before the first step that differs.
    fn branch(&mut self, session: &mut Session, index: usize, form: &BranchForm) -> Result<(), RunFileFault> {
        let broken = |what: String| Err(RunFileFault::Broken(what));
        let name = BranchId::new(index).name();
        if form.name != name {
            return broken(format!("branch {name} is due here, not {}", short(&form.name)));
        }
        let mut steps = form.steps.iter();
        match &form.parent {
            None if index == 0 => {
                let Some(first) = steps.next().filter(|step| step.command == Command::Start) else {
                    return broken("a run begins with the command start".to_owned());
                };
                self.compare(session, &name, 0, &first.digest)?;
            }
            None => return broken(format!("branch {name} does not say where it parts from another")),
            Some(_) if index == 0 => return broken("the first branch parts from no other".to_owned()),
            Some(parent) => {
                let Some(place) = place(session, parent)
                    .filter(|place| place.step < session.branches()[place.branch.index()].steps().len())
                else {
                    return broken(format!("branch {name} parts at a place that is not in the past of any other"));
                };
                if form.steps.is_empty() {
                    return broken(format!("branch {name} has no step of its own"));
                }
                session.go(place);
            }
        }
        for step in steps {
            let before = session.here();
            session.dispatch(step.command.clone());
            if session.here().branch.index() != index {
                session.go(before);
                return broken(format!("branch {name} repeats another branch"));
            }
            let at = session.here().step - 1;
            if let Err(fault) = self.compare(session, &name, at, &step.digest) {
                session.go(before);
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Compares the step just taken with the mark in the file.
    fn compare(&mut self, session: &Session, branch: &str, step: usize, expected: &str) -> Result<(), RunFileFault> {
        let taken = session.last_step();
        let found = taken.digest();
        if found.as_str() != expected {
            return Err(RunFileFault::Differs(Box::new(Difference {
                branch: branch.to_owned(),
                step,
                message: taken.message_number(),
                expected: short(expected),
                found: found.to_string(),
            })));
        }
        self.steps_seen += 1;
        Ok(())
    }

    /// Where the step under comparison stands in the file.
    fn place_of_step(&self) -> (usize, usize) {
        locate(self.text, "digest", self.steps_seen)
    }
}

/// A place that exists in this session.
fn place(session: &Session, form: &PlaceForm) -> Option<Place> {
    let branch = session.branches().iter().find(|branch| branch.name() == form.branch)?;
    (1..=branch.steps().len()).contains(&form.step).then_some(Place { branch: branch.id(), step: form.step })
}

/// Line and column of the `nth` member with this name; the start of the file where it is spelled in an unusual way.
fn locate(text: &str, key: &str, nth: usize) -> (usize, usize) {
    let quoted = format!("\"{key}\"");
    let is_member = |at: &usize| text[at + quoted.len()..].trim_start().starts_with(':');
    let offset = text.match_indices(&quoted).map(|(at, _)| at).filter(is_member).nth(nth).unwrap_or(0);
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
