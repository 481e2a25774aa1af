//! The keeper: keeps a run that only goes forward in the store, step by step, as a server lives it.

use std::sync::Arc;

use crate::io::saved::Saved;
use crate::io::store::archive::Archive;
use crate::io::store::handle::Store;
use crate::io::store::load::{self, LoadError, Progress};
use crate::io::store::row::RunId;
use crate::session::branch::BranchId;
use crate::session::line::Line;
use crate::session::recorded::Recorded;
use crate::session::step::Step;

/// One line and the run in which it is kept. A line that begins again is kept as a new run; the old one stays.
#[derive(Clone, Debug)]
pub struct LineKeeper {
    store: Store,
    title: String,
    run: Option<RunId>,
    archive: Archive,
    /// The index of the step that is due.
    due: usize,
}

impl LineKeeper {
    /// Keeps a line from its first step on, under this title.
    #[must_use]
    pub fn begin(store: &Store, title: impl Into<String>) -> Self {
        Self { store: store.clone(), title: title.into(), run: None, archive: Archive::new(store), due: 0 }
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
        Ok((Self { store: store.clone(), title, run, archive, due: done }, line))
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

    /// Keeps the step that `line` has just taken, and those before it that were taken unseen. The first of a line opens a run.
    pub fn keep(&mut self, line: &dyn Recorded, step: &Arc<Step>) -> Saved {
        if step.index < self.due {
            (self.run, self.due) = (None, 0);
        }
        let run = *self.run.get_or_insert_with(|| self.store.create(&self.title, line.setup()));
        self.archive.is_in(run);
        let unseen = if step.index > self.due { line.kept() } else { Vec::new() };
        for earlier in unseen.iter().filter(|earlier| (self.due..step.index).contains(&earlier.index)) {
            drop(self.store.append(run, BranchId::FIRST, earlier));
        }
        self.due = step.index + 1;
        self.store.append(run, BranchId::FIRST, step).into()
    }
}
