//! Loading: a kept run lived again from its commands, each step held against its mark.

use std::fmt;
use std::sync::Arc;

use crate::io::store::error::StoreError;
use crate::io::store::handle::Store;
use crate::io::store::row::{self, RunId, StoredRun, StoredStep};
use crate::session::branch::{BranchId, Descent, Place};
use crate::session::replay::{Difference, Marks, Replay, ReplayFault, compare};
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// How many steps are fetched at once, so that others get their turn at the file.
const PAGE: usize = 1_000;

/// How far a replay has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps replayed.
    pub done: usize,
    /// Steps to replay, all branches together.
    pub of: usize,
}

/// Why a run could not be loaded as it was kept. The store has not changed a byte of it.
#[derive(Debug)]
pub struct LoadError {
    /// Which run.
    pub run: RunId,
    /// What is wrong.
    pub fault: LoadFault,
    readable: Option<Box<Session>>,
}

/// What is wrong with a kept run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadFault {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its set-up is none that this program knows.
    #[error("its set-up cannot be read: {0}")]
    Setup(String),
    /// The set-up of a branch whose dials were turned is none that this program knows.
    #[error("branch {branch}: its set-up cannot be read: {cause}")]
    BranchSetup {
        /// The branch.
        branch: BranchId,
        /// What the reader met.
        cause: String,
    },
    /// A command is none that this program knows.
    #[error("branch {branch}, step {step}: the command cannot be read: {cause}")]
    Command {
        /// The branch.
        branch: BranchId,
        /// The step's index in its line.
        step: usize,
        /// What the reader met.
        cause: String,
    },
    /// A step is not there, and later ones are.
    #[error("branch {branch}, step {step}: it is missing")]
    Missing {
        /// The branch.
        branch: BranchId,
        /// The index that is missing.
        step: usize,
    },
    /// The branches, bookmarks or places do not hang together.
    #[error("{0}")]
    Broken(String),
    /// One step came out differently.
    #[error(transparent)]
    Differs(Box<Difference>),
}

/// Loads a run with all its branches, at the place where it was left.
///
/// # Errors
/// [`LoadError`] for the first fault; the part before it can be taken out of the error and kept as a run of its own.
pub fn load(store: &Store, run: RunId, progress: &mut dyn FnMut(Progress)) -> Result<Session, LoadError> {
    let (stored, setup) = begin(store, run)?;
    let mut replay = Replay::new(setup, Marks::Either);
    let mut replayed = Ok(());
    for (index, line) in stored.branches.iter().enumerate() {
        replayed = replay_branch(store, run, (BranchId::new(index), line), &mut replay, &mut |done| {
            progress(Progress { done, of: stored.steps });
        });
        if replayed.is_err() {
            break;
        }
    }
    let mut session = replay.into_session();
    session.rename(stored.title);
    session.write_notes(stored.notes);
    let placed = replayed.and_then(|()| set_places(&mut session, stored.bookmarks, stored.here));
    session.forget_jumps();
    match placed {
        Ok(()) => Ok(session),
        Err(fault) => Err(LoadError { run, fault, readable: Some(Box::new(session)) }),
    }
}

/// Replays the one branch of a run that only goes forward. `redo` does each command, the start of the app included, and gives
/// back the step that came of it. Returns how many steps agreed: all of them.
///
/// # Errors
/// [`LoadError`] for the first fault. What `redo` has built until then agrees but for its last step, where the fault is a
/// [difference](LoadFault::Differs).
pub fn replay_line(
    store: &Store,
    run: RunId,
    progress: &mut dyn FnMut(Progress),
    mut redo: impl FnMut(Command) -> Arc<Step>,
) -> Result<usize, LoadError> {
    let (stored, _) = begin(store, run)?;
    let of = stored.steps;
    let (mut done, mut marks) = (0, Marks::Either);
    let replayed = each_step(store, run, BranchId::FIRST, 0, &mut |step, command| {
        marks = compare(&redo(command), BranchId::FIRST, &step.digest, marks).map_err(LoadFault::Differs)?;
        done += 1;
        progress(Progress { done, of });
        Ok(())
    });
    replayed.map(|()| done).map_err(|fault| LoadError { run, fault, readable: None })
}

/// Does the first `count` commands of a run that only goes forward, the start of the app included, whatever comes of them.
///
/// # Errors
/// [`LoadError`] where one of them cannot be read.
pub(crate) fn each_before(
    store: &Store,
    run: RunId,
    count: usize,
    mut redo: impl FnMut(Command),
) -> Result<(), LoadError> {
    let mut due = 0;
    let page = |due: usize| {
        let steps = store.steps(run, BranchId::FIRST, due, PAGE.min(count - due))?;
        steps.iter().map(|step| read_command(step, BranchId::FIRST)).collect::<Result<Vec<_>, LoadFault>>()
    };
    while due < count {
        let commands = page(due).map_err(|fault| LoadError { run, fault, readable: None })?;
        if commands.is_empty() {
            let fault = LoadFault::Missing { branch: BranchId::FIRST, step: due };
            return Err(LoadError { run, fault, readable: None });
        }
        due += commands.len();
        commands.into_iter().for_each(&mut redo);
    }
    Ok(())
}

fn read_command(step: &StoredStep, branch: BranchId) -> Result<Command, LoadFault> {
    let read = serde_json::from_str(&step.command);
    read.map_err(|error| LoadFault::Command { branch, step: step.index, cause: error.to_string() })
}

/// What was fixed about a run before its first command.
///
/// # Errors
/// [`LoadError`].
pub fn setup(store: &Store, run: RunId) -> Result<Setup, LoadError> {
    begin(store, run).map(|(_, setup)| setup)
}

/// What people call a run.
pub(crate) fn title(store: &Store, run: RunId) -> Result<String, LoadError> {
    begin(store, run).map(|(stored, _)| stored.title)
}

/// Whether any step of a run is kept.
pub(crate) fn has_begun(store: &Store, run: RunId) -> Result<bool, LoadError> {
    begin(store, run).map(|(stored, _)| stored.steps > 0)
}

fn begin(store: &Store, run: RunId) -> Result<(StoredRun, Setup), LoadError> {
    let found = store.ask(move |connection| row::run_of(connection, run));
    let fault = |fault| LoadError { run, fault, readable: None };
    let stored = match found {
        Ok(Some(stored)) => stored,
        Ok(None) => return Err(fault(StoreError::NoSuchRun { place: store.place().clone(), run }.into())),
        Err(error) => return Err(fault(error.into())),
    };
    match serde_json::from_str(&stored.setup) {
        Ok(setup) => Ok((stored, setup)),
        Err(error) => Err(fault(LoadFault::Setup(error.to_string()))),
    }
}

fn replay_branch(
    store: &Store,
    run: RunId,
    (branch, (descent, setup)): (BranchId, &(Descent, Option<String>)),
    replay: &mut Replay,
    progress: &mut dyn FnMut(usize),
) -> Result<(), LoadFault> {
    let setup = setup.as_deref().map(serde_json::from_str).transpose();
    replay.open_line(*descent, setup.map_err(|error| LoadFault::BranchSetup { branch, cause: error.to_string() })?)?;
    each_step(store, run, branch, descent.shared_count(), &mut |step, command| {
        replay.step(&command, &step.digest)?;
        progress(replay.agreed());
        Ok(())
    })
}

/// Fetches the steps of a branch page by page, and sees that none is missing.
fn each_step(
    store: &Store,
    run: RunId,
    branch: BranchId,
    from: usize,
    act: &mut dyn FnMut(&StoredStep, Command) -> Result<(), LoadFault>,
) -> Result<(), LoadFault> {
    let mut due = from;
    loop {
        let page = store.steps(run, branch, due, PAGE)?;
        for step in &page {
            if step.index != due {
                return Err(LoadFault::Missing { branch, step: due });
            }
            let command = read_command(step, branch)?;
            act(step, command)?;
            due += 1;
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

fn set_places(session: &mut Session, bookmarks: Vec<(String, Place)>, here: Option<Place>) -> Result<(), LoadFault> {
    let go = |session: &mut Session, place: Place| {
        let line = session.branches().get(place.branch.index());
        if !line.is_some_and(|line| (1..=line.steps().len()).contains(&place.step)) {
            return Err(LoadFault::Broken(format!("it names a place that does not exist: {place}")));
        }
        session.go(place);
        Ok(())
    };
    let tip = session.here();
    for (name, place) in bookmarks {
        go(session, place)?;
        session.toggle_bookmark(name);
    }
    go(session, here.unwrap_or(tip))
}

impl LoadError {
    /// A fault behind which nothing can be read.
    pub(crate) fn of(run: RunId, fault: LoadFault) -> Self {
        Self { run, fault, readable: None }
    }

    /// Whether nothing can be read before the fault.
    #[must_use]
    pub fn is_at_start(&self) -> bool {
        let first = |branch: &BranchId, step: usize| *branch == BranchId::FIRST && step == 0;
        match &self.fault {
            LoadFault::Setup(_) => true,
            LoadFault::Command { branch, step, .. } | LoadFault::Missing { branch, step } => first(branch, *step),
            LoadFault::Differs(difference) => difference.branch == BranchId::FIRST.name() && difference.step == 0,
            LoadFault::Store(_) | LoadFault::BranchSetup { .. } | LoadFault::Broken(_) => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match &self.fault {
            LoadFault::Store(_) => "Nothing else in the store is touched by this",
            _ if self.is_at_start() => {
                "Open it with the Paystage that wrote it; nothing of it can be read, and it stays as it is"
            }
            LoadFault::Setup(_) | LoadFault::BranchSetup { .. } | LoadFault::Command { .. } => {
                "Open it with the Paystage that wrote it, or go on from the part before; the run stays as it is"
            }
            LoadFault::Missing { .. } | LoadFault::Broken(_) => {
                "The store was changed by something else; go on from the part before, the run stays as it is"
            }
            LoadFault::Differs(_) => {
                "Another Paystage made this run, or the store was changed; go on from the part before, the run stays as it is"
            }
        }
    }

    /// The run up to the fault, where there is one.
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

impl From<ReplayFault> for LoadFault {
    fn from(fault: ReplayFault) -> Self {
        match fault {
            ReplayFault::Broken(what) => Self::Broken(what),
            ReplayFault::Differs(difference) => Self::Differs(difference),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "run {}: {}. {}", self.run, self.fault, self.fix())
    }
}

impl std::error::Error for LoadError {}
