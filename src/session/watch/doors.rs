//! Doors: the laws about what is open, watched alone. What a run costs least that only wants to know how it ends.

use crate::session::watch::access::Access;
use crate::session::watch::breach::Book;
use crate::world::World;
use crate::world::event::Event;

/// Whether whatever is open was paid for, belongs to this app, and was not paid back.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    book: Book,
    access: Access,
}

impl Doors {
    /// Takes in what happened next, with the world that it led to.
    pub fn read(&mut self, events: &[Event], world: &World) {
        for event in events {
            self.access.take(event, None, world, &mut self.book);
        }
    }

    /// Whether something stands open now that nobody has a right to.
    #[must_use]
    pub fn is_breached(&self) -> bool {
        self.book.breaches().iter().any(|breach| breach.mended.is_none())
    }
}
