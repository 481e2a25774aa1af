//! The keeper: keeps a run that only goes forward in the store, step by step, as a server lives it.

use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::io::saved::{Keep, Saved};
use crate::io::store::archive::Archive;
use crate::io::store::change::Change;
use crate::io::store::handle::Store;
use crate::io::store::load::{self, LoadError, LoadFault, Progress};
use crate::io::store::row::RunId;
use crate::io::store::ticket::{Punch, Ticket};
use crate::io::store::writer::Order;
use crate::session::branch::BranchId;
use crate::session::line::Line;
use crate::session::recorded::Recorded;
use crate::session::step::Step;
use crate::world::setup::Setup;

/// How many steps are gathered before they are handed over in any case.
const GATHERED_MAX: usize = 256;

/// One line and the run in which it is kept. A line that begins again is kept as a new run; the old one stays.
///
/// Steps are gathered until they are [handed over](Keep::hand_over), or until this goes: what follows from one request costs the
/// disk one order, not one for each step.
pub struct LineKeeper {
    store: Store,
    title: String,
    run: Option<RunId>,
    archive: Archive,
    /// The index of the step that is due.
    due: usize,
    /// How many runs the store holds, this one included; `None`: as many as there are.
    runs_max: Option<usize>,
    /// Whether only the start is kept, and may be told once more by whoever takes the line up again.
    is_start_kept: bool,
    gathered: Gathered,
}

/// Steps that go to the disk together.
#[derive(Default)]
struct Gathered {
    changes: Vec<Change>,
    /// Whether one of them changed something.
    is_urgent: bool,
    /// What was promised for them, and what keeps it.
    promise: Option<(Punch, Saved)>,
}

impl LineKeeper {
    /// Keeps a line from its first step on, under this title.
    #[must_use]
    pub fn begin(store: &Store, title: impl Into<String>) -> Self {
        let archive = Archive::new(store);
        let (store, title, gathered) = (store.clone(), title.into(), Gathered::default());
        Self { store, title, run: None, archive, due: 0, runs_max: None, is_start_kept: false, gathered }
    }

    /// The same in a store that holds so many runs, the latest ones. A run in which nobody did anything yet is not worth keeping
    /// there: it opens at the first [deed](Step::is_deed), and then the oldest one goes.
    #[must_use]
    pub fn among_latest(mut self, runs_max: usize) -> Self {
        self.runs_max = Some(runs_max);
        self
    }

    /// Loads a run as a line, and goes on keeping it there.
    ///
    /// # Errors
    /// [`LoadError`] for the first fault; the store is left as it is.
    pub fn resume(store: &Store, run: RunId, progress: &mut dyn FnMut(Progress)) -> Result<(Self, Line), LoadError> {
        let mut line = Line::blank(load::setup(store, run)?);
        let done = load::replay_line(store, run, progress, |command| line.dispatch(command))?;
        let title = load::title(store, run)?;
        let run = (done > 0).then_some(run);
        let line = if run.is_some() { line } else { Line::new(line.setup().clone()) };
        let archive = Archive::new(store);
        if let Some(run) = run {
            archive.is_in(run);
        }
        let (store, gathered) = (store.clone(), Gathered::default());
        Ok((Self { store, title, run, archive, due: done, runs_max: None, is_start_kept: done == 1, gathered }, line))
    }

    /// Loads a run as [`resume`](Self::resume) does. Where that meets a fault, the part before it is kept as a new run under the same
    /// title and goes on; the old one stays as it is. Gives the fault, too.
    ///
    /// # Errors
    /// [`LoadError`] where nothing can be read: the set-up, or the start of the app; and where the file itself is damaged.
    pub fn resume_before_fault(store: &Store, run: RunId) -> Result<(Self, Line, Option<LoadError>), LoadError> {
        let mut good = 0;
        let error = match Self::resume(store, run, &mut |now: Progress| good = now.done) {
            Ok((keeper, line)) => return Ok((keeper, line, None)),
            // A file that is damaged itself is left as it is.
            Err(error) if good == 0 || matches!(error.fault, LoadFault::Store(_)) => return Err(error),
            Err(error) => error,
        };
        let mut line = Line::blank(load::setup(store, run)?);
        load::each_before(store, run, good, |command| drop(line.dispatch(command)))?;
        let title = load::title(store, run)?;
        let (new, ticket) = store.copy(&title, line.setup(), run, good);
        // Nothing goes on before all that it goes on from is on disk.
        ticket.wait().map_err(|cause| LoadError::of(run, cause.into()))?;
        let mut keeper = Self::begin(store, title);
        keeper.archive.is_in(new);
        (keeper.run, keeper.due, keeper.is_start_kept) = (Some(new), good, good == 1);
        Ok((keeper, line, Some(error)))
    }

    /// Which run it is in the store, once a step was kept.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        self.run
    }

    /// Where its old steps are to be had.
    #[must_use]
    pub fn archive(&self) -> Archive {
        self.archive.clone()
    }

    fn open(&mut self, setup: &Setup) -> RunId {
        let run = self.store.create(&self.title, setup);
        self.gathered.changes.extend(self.runs_max.map(|limit| Change::Latest { run, limit }));
        self.archive.is_in(run);
        *self.run.insert(run)
    }

    fn gather(&mut self, run: RunId, step: &Arc<Step>) -> Saved {
        let gathered = &mut self.gathered;
        gathered.is_urgent |= !step.is_read();
        gathered.changes.push(Change::Step { run, branch: BranchId::FIRST, step: Arc::clone(step) });
        let is_good = !gathered.is_urgent && self.store.is_quiet();
        let saved = if is_good { Saved::already() } else { gathered.promised() };
        if gathered.changes.len() >= GATHERED_MAX {
            self.hand_over();
        }
        saved
    }
}

impl Gathered {
    /// One promise for all of them.
    fn promised(&mut self) -> Saved {
        let promise = || {
            let (punch, ticket) = Ticket::new();
            (punch, ticket.into())
        };
        self.promise.get_or_insert_with(promise).1.clone()
    }
}

impl Keep for LineKeeper {
    /// Keeps the step that `line` has just taken, and those before it that were taken unseen. The first of a line opens a run,
    /// or the first deed, [where](LineKeeper::among_latest) a start alone is not worth one.
    fn keep(&mut self, line: &dyn Recorded, step: &Arc<Step>) -> Saved {
        if mem::take(&mut self.is_start_kept) && step.index == 0 {
            return Saved::already();
        }
        if step.index < self.due {
            self.hand_over();
            (self.run, self.due) = (None, 0);
        }
        // Longer than this no line can be asked for the steps that were held back.
        let is_idle = !step.is_deed() && step.index < GATHERED_MAX;
        if is_idle && self.run.is_none() && self.runs_max.is_some() {
            return Saved::already();
        }
        let run = self.run.unwrap_or_else(|| self.open(line.setup()));
        let unseen = if step.index > self.due { line.kept() } else { Vec::new() };
        let due = self.due;
        for earlier in unseen.iter().filter(|earlier| (due..step.index).contains(&earlier.index)) {
            drop(self.gather(run, earlier));
        }
        self.due = step.index + 1;
        self.gather(run, step)
    }

    fn hand_over(&mut self) {
        let Gathered { changes, is_urgent, promise } = mem::take(&mut self.gathered);
        if !changes.is_empty() {
            self.store.hand(Order { changes, is_urgent, punch: promise.map(|(punch, _)| punch) });
        }
    }
}

impl Drop for LineKeeper {
    fn drop(&mut self) {
        self.hand_over();
    }
}

impl fmt::Debug for LineKeeper {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("LineKeeper").field("title", &self.title).field("run", &self.run).finish_non_exhaustive()
    }
}
