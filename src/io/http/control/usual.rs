//! The usual set-up: what a run begins with that test code begins, in all that it does not say.

use std::sync::{Arc, Mutex, PoisonError};

use crate::world::setup::Setup;

/// The usual set-up of a server. Shared: the dials of a window are turned while it serves.
#[derive(Clone, Debug, Default)]
pub struct Usual(Arc<Mutex<Arc<Setup>>>);

impl Usual {
    /// This set-up, until another is given.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(setup))))
    }

    /// As it stands now.
    #[must_use]
    pub fn setup(&self) -> Arc<Setup> {
        // A set-up is put there whole, so that none can be half changed.
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on it is this one.
    pub fn turn(&self, setup: Setup) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(setup);
    }
}
