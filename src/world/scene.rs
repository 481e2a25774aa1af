//! The scene: what every party may look at while it acts.

use std::sync::Arc;

use crate::protocol::rules::Rules;
use crate::protocol::time::{Span, Time};
use crate::world::catalog::Catalog;
use crate::world::party::Party;
use crate::world::setup::Setup;

/// The run's set-up, its catalogue and the true time. Parties read it; only the world moves it.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) setup: Setup,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) now: Time,
}

impl Scene {
    /// The rules of the run's revision.
    pub(crate) fn rules(&self) -> &'static Rules {
        self.setup.rules()
    }

    /// What this party's clock shows.
    pub(crate) fn clock_of(&self, party: Party) -> Time {
        let ahead = self.setup.skew.get(&party).copied().unwrap_or(Span::from_millis(0));
        self.now + ahead
    }
}
