//! Arrivals: how many messages of each kind have arrived, also those whose steps are no longer remembered.

use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::kind::Kind;

/// A count for each kind, in the order of [`Kind::ALL`].
#[derive(Clone, Debug)]
pub(crate) struct Arrivals([usize; Kind::ALL.len()]);

impl Arrivals {
    /// Nothing has arrived.
    pub(crate) const NONE: Self = Self([0; Kind::ALL.len()]);

    /// Counts what arrived in `step`.
    pub(crate) fn count_in(&mut self, step: &Step) {
        for event in &step.events {
            if let Event::Delivered { message } = event
                && let Some(count) = self.0.get_mut(message.body.kind() as usize)
            {
                *count += 1;
            }
        }
    }

    /// How many of this kind have arrived.
    pub(crate) fn of(&self, kind: Kind) -> usize {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }
}
