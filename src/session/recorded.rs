//! Recorded runs: what a driver needs of a run, whichever way it keeps its past.

use std::sync::Arc;

use crate::session::line::Line;
use crate::session::run::Session;
use crate::session::step::{Fingerprint, Step};
use crate::world::World;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// A run that can be asked and read. The window's session is one, a server's line another.
pub trait Recorded {
    /// What was fixed before the first command.
    fn setup(&self) -> &Setup;
    /// The world at the present place.
    fn world(&self) -> &World;
    /// How many steps led here.
    fn count(&self) -> usize;
    /// The steps that led here, oldest first: all of them, or the latest ones where the older had to go.
    fn kept(&self) -> Vec<Arc<Step>>;
    /// The mark of the run up to here; `None` where not all of its steps are kept.
    fn fingerprint(&self) -> Option<Fingerprint>;
    /// Does `command` and gives back the step that holds what followed.
    fn dispatch(&mut self, command: Command) -> Arc<Step>;
    /// Begins again with this set-up: the app has just been opened. What was there before is gone from memory.
    fn restart(&mut self, setup: Setup);
}

impl Recorded for Line {
    fn setup(&self) -> &Setup {
        self.setup()
    }

    fn world(&self) -> &World {
        self.world()
    }

    fn count(&self) -> usize {
        self.count()
    }

    fn kept(&self) -> Vec<Arc<Step>> {
        self.kept().cloned().collect()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint()
    }

    fn dispatch(&mut self, command: Command) -> Arc<Step> {
        self.dispatch(command)
    }

    fn restart(&mut self, setup: Setup) {
        *self = Self::new(setup);
    }
}

impl Recorded for Session {
    fn setup(&self) -> &Setup {
        self.setup()
    }

    fn world(&self) -> &World {
        self.world()
    }

    fn count(&self) -> usize {
        self.past().len()
    }

    fn kept(&self) -> Vec<Arc<Step>> {
        self.past().to_vec()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.fingerprint())
    }

    fn dispatch(&mut self, command: Command) -> Arc<Step> {
        self.dispatch(command);
        Arc::clone(self.last_step())
    }

    fn restart(&mut self, setup: Setup) {
        *self = Self::new(setup);
    }
}
