//! The watch: the laws of the money, held against every step of a run.
//!
//! A law is broken by one event, and stays broken until another mends it. Watching changes nothing: what would come is asked
//! of a copy of the world.

pub mod law;
pub mod breach;
mod elsewhere;
mod hope;
mod access;
mod charges;
mod effects;
mod secrets;
pub mod doors;

use std::sync::Arc;

use crate::session::step::Step;
use crate::session::watch::access::Access;
use crate::session::watch::breach::{Book, Breach, Cause};
use crate::session::watch::charges::Charges;
use crate::session::watch::effects::Effects;
use crate::session::watch::elsewhere::Elsewhere;
use crate::session::watch::hope::Hope;
use crate::session::watch::secrets::Discretion;
use crate::world::World;
use crate::world::event::Event;
use crate::world::setup::Setup;

/// What has been seen of a line of steps, and which laws it broke.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    book: Book,
    elsewhere: Elsewhere,
    hope: Hope,
    access: Access,
    charges: Charges,
    effects: Effects,
    discretion: Discretion,
}

impl Watch {
    /// Nothing has been seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Watches a whole line from its beginning, on a world of its own.
    #[must_use]
    pub fn over(setup: &Setup, line: &[Arc<Step>]) -> Self {
        let (mut watch, mut world) = (Self::new(), World::new(setup.clone()));
        for step in line {
            world.handle(&step.command);
            watch.read(step, &world);
        }
        watch
    }

    /// Takes in the next step, with the world that it led to.
    pub fn read(&mut self, step: &Step, world: &World) {
        let Self { book, elsewhere, hope, access, charges, effects, discretion } = self;
        book.turn_to(step.index, step.at);
        hope.begin(&step.command);
        charges.begin(&step.command);
        let mut cause = None;
        for event in &step.events {
            if let Event::Delivered { message } = event {
                cause = Some(Cause::of(message));
            }
            elsewhere.take(event);
            access.take(event, cause, world, book);
            charges.take(event, cause, world, elsewhere, book);
            effects.take(event, cause, world, book);
            discretion.take(event, world, book);
            hope.take(event, cause, world);
        }
        hope.end(world, elsewhere, book);
    }

    /// Every breach so far, mended ones included, in the order in which they happened.
    #[must_use]
    pub fn breaches(&self) -> &[Breach] {
        self.book.breaches()
    }

    /// The breaches that nothing has mended.
    pub fn red(&self) -> impl Iterator<Item = &Breach> {
        self.breaches().iter().filter(|breach| breach.mended.is_none())
    }
}
