//! Opening runs: read strictly, replay everything, and name the first step that came out differently.

use serde_json::Value;

use crate::protocol::json;
use crate::session::branch::{BranchId, Descent, Place};
use crate::session::replay::{Marks, Replay};
use crate::session::run::Session;
use crate::session::run_file::fault::{RunFileError, RunFileFault};
use crate::session::run_file::form::{BranchForm, FORMAT, HeadForm, ONE_SETUP, PlaceForm, RunForm, VERSION};

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
    Opening { text: &text }.run(form)
}

fn check_head(text: &str) -> Result<(), RunFileError> {
    let head: HeadForm = json::read_checked(text)?;
    let shown = |value: Option<Value>| {
        value.map_or("not named".to_owned(), |value| value.to_string().chars().take(40).collect())
    };
    if head.format.as_ref().and_then(Value::as_str) != Some(FORMAT) {
        return Err(RunFileError::new(RunFileFault::OtherFormat(shown(head.format)), locate(text, "format", 0)));
    }
    let version = head.version.as_ref().and_then(Value::as_u64);
    if !version.is_some_and(|version| (u64::from(ONE_SETUP)..=u64::from(VERSION)).contains(&version)) {
        return Err(RunFileError::new(RunFileFault::OtherVersion(shown(head.version)), locate(text, "version", 0)));
    }
    Ok(())
}

/// A file under replay.
struct Opening<'a> {
    text: &'a str,
}

impl Opening<'_> {
    fn run(&self, form: RunForm) -> Result<Session, RunFileError> {
        self.check_limits(&form)?;
        let mut replay = Replay::new(form.setup, Marks::Sha256);
        let replayed =
            form.branches.iter().enumerate().try_for_each(|(index, branch)| replay_branch(&mut replay, index, branch));
        let at = locate(self.text, "digest", replay.agreed());
        let mut session = replay.into_session();
        session.rename(form.title);
        session.write_notes(form.notes);
        if let Err(fault) = replayed {
            return Err(RunFileError::new(fault, at).with_readable(session));
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
        let is_turned = |branch: &BranchForm| branch.turned.is_some() || branch.setup.is_some();
        if form.version == ONE_SETUP && form.branches.iter().any(is_turned) {
            return Err(self.broken("in version 1 no branch has a set-up of its own", "version"));
        }
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
}

/// Replays one branch from the place where it parts.
fn replay_branch(replay: &mut Replay, index: usize, form: &BranchForm) -> Result<(), RunFileFault> {
    let name = BranchId::new(index).name();
    let broken = |what: String| Err(RunFileFault::Broken(what));
    if form.name != name {
        return broken(format!("branch {name} is due here, not {}", short(&form.name)));
    }
    let at = |form| place(replay.session(), form);
    let descent = match (&form.parent, &form.turned) {
        (None, None) => Descent::First,
        (Some(_), None) if index == 0 => return broken("the first branch parts from no other".to_owned()),
        (Some(parent), None) => match at(parent) {
            Some(place) => Descent::Parted(place),
            None => return broken(format!("branch {name} parts at a place that is not in the past of any other")),
        },
        (None, Some(turned)) => match at(turned) {
            Some(place) => Descent::Turned(place),
            None => return broken(format!("the dials of branch {name} were turned at a place that does not exist")),
        },
        (Some(_), Some(_)) => {
            return broken(format!(
                "branch {name} either parts from another or has turned dials, and this one says both"
            ));
        }
    };
    replay.open_line(descent, form.setup.as_deref().cloned())?;
    match form.steps.first() {
        None if index == 0 => return broken("a run begins with the command start".to_owned()),
        None => return broken(format!("branch {name} has no step of its own")),
        Some(_) => {}
    }
    for step in &form.steps {
        replay.step(&step.command, &step.digest)?;
    }
    Ok(())
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
