//! Archives: the old steps of a line, lived again from what the store keeps, for whoever pages back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::io::store::handle::Store;
use crate::io::store::load::{self, LoadError};
use crate::io::store::row::RunId;
use crate::session::line::Line;
use crate::session::step::Step;

/// Where the old steps of one line are to be had, whichever run it is kept as now.
#[derive(Clone, Debug)]
pub struct Archive {
    store: Store,
    /// The number of the run; 0 until a step was kept.
    run: Arc<AtomicI64>,
}

impl Archive {
    /// The archive of a line that is not kept yet.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        Self { store: store.clone(), run: Arc::default() }
    }

    /// The line is kept as this run from now on.
    pub(crate) fn is_in(&self, run: RunId) {
        self.run.store(run.number(), Ordering::Release);
    }

    /// Up to `limit` steps from index `from` on. What followed from a command is not kept but lived again, from the first one
    /// on, and held against its mark: this takes as long as the run is, and belongs on a thread of its own.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn steps(&self, from: usize, limit: usize) -> Result<Vec<Arc<Step>>, LoadError> {
        let run = RunId::new(self.run.load(Ordering::Acquire));
        let mut line = Line::blank(load::setup(&self.store, run)?);
        let mut found = Vec::new();
        load::replay_line(&self.store, run, &mut |_| {}, |command| {
            let step = line.dispatch(command);
            if step.index >= from && found.len() < limit {
                found.push(Arc::clone(&step));
            }
            step
        })?;
        Ok(found)
    }
}
