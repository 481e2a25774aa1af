//! Ends: what a run has come to once nothing happens any more, told from the world's own books.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::protocol::id::ProductId;
use crate::session::run::Session;
use crate::session::watch::doors::Doors;
use crate::world::World;
use crate::world::app_page::shelf::Stage;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::marketplace::ledger::Transaction;

/// What a run has come to. Worst first: where several hold, the first one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The provider has charged the buyer and not given it back, and the product is closed; or one click was charged twice.
    PaidNoProduct,
    /// A product is open that nobody has paid for, that belongs to another app, or whose money went back.
    ProductNotPaid,
    /// Somebody waits for ever: a click without an answer, an open payment window, a run that never rests.
    Stuck,
    /// A product that somebody clicked to buy, or had a receipt for, is closed, and no money was kept for it. Others may be open.
    Refused,
    /// Whoever paid has the product, and whoever has it paid.
    Fine,
}

/// What must be remembered of a run to tell its end: the clicks on Buy, and what opened each door.
#[derive(Clone, Debug, Default)]
pub struct Reckoning {
    taps: BTreeMap<ProductId, u32>,
    doors: Doors,
}

impl Reckoning {
    /// Of everything that was done in this run up to its present place.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let (mut reckoning, mut world) = (Self::default(), World::new(session.setup().clone()));
        for step in session.past() {
            world.handle(&step.command);
            reckoning.read(&step.command, &step.events, &world);
        }
        reckoning
    }

    /// Takes in what was done next, what came of it, and the world that it led to.
    pub fn read(&mut self, command: &Command, events: &[Event], world: &World) {
        if let Command::Buy { product } = command {
            *self.taps.entry(product.clone()).or_default() += 1;
        }
        self.doors.read(events, world);
    }

    /// What a run has come to that led to this world.
    #[must_use]
    pub fn end(&self, world: &World) -> End {
        if self.is_paid_in_vain(world) {
            End::PaidNoProduct
        } else if self.doors.is_breached() || is_open_for_nothing(world) {
            End::ProductNotPaid
        } else if self.is_waiting(world) {
            End::Stuck
        } else if self.is_closed(world) {
            End::Refused
        } else {
            End::Fine
        }
    }

    /// The products that somebody clicked to buy.
    pub fn wanted(&self) -> impl Iterator<Item = &ProductId> {
        self.taps.keys()
    }

    fn is_paid_in_vain(&self, world: &World) -> bool {
        let mut paid: BTreeMap<&ProductId, u32> = BTreeMap::new();
        for payment in held(world) {
            *paid.entry(&payment.product).or_default() += 1;
        }
        let taps = |product| self.taps.get(product).copied().unwrap_or_default();
        paid.into_iter().any(|(product, times)| !is_open(world, product) || times > taps(product).max(1))
    }

    fn is_waiting(&self, world: &World) -> bool {
        let is_unheard = |product: &ProductId| {
            world.app_page().shelf(product).is_none_or(|shelf| shelf.stage == Stage::Idle && !shelf.is_open)
        };
        !world.wire().is_empty()
            || world.buyer().window().is_some()
            || world.app_page().shelves().any(|shelf| shelf.stage.is_busy())
            || self.wanted().any(is_unheard)
    }

    fn is_closed(&self, world: &World) -> bool {
        let is_shelved = world.app_page().shelves().any(|shelf| !shelf.is_open);
        is_shelved || self.wanted().any(|product| !is_open(world, product))
    }
}

impl End {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [Self::PaidNoProduct, Self::ProductNotPaid, Self::Stuck, Self::Refused, Self::Fine];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PaidNoProduct => "paid-no-product",
            Self::ProductNotPaid => "product-not-paid",
            Self::Stuck => "stuck",
            Self::Refused => "refused",
            Self::Fine => "fine",
        }
    }

    /// Its words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::PaidNoProduct => "paid, no product",
            Self::ProductNotPaid => "product, not paid",
            Self::Stuck => "stuck",
            Self::Refused => "refused",
            Self::Fine => "fine",
        }
    }

    /// What it means, in one sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::PaidNoProduct => "The buyer was charged and did not get the money back, and the product is closed",
            Self::ProductNotPaid => "A product is open that was not paid for, or whose money went back",
            Self::Stuck => "Somebody waits for ever",
            Self::Refused => "Something that was wanted stays closed, and no money was kept for it",
            Self::Fine => "Whoever paid has the product, and whoever has it paid",
        }
    }

    /// Whether somebody lost something: money, a product, or the time until they give up waiting.
    #[must_use]
    pub fn is_bad(self) -> bool {
        self <= Self::Stuck
    }

    /// The end of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.name() == name)
    }
}

/// The payments for which the provider keeps the buyer's money.
pub(crate) fn held(world: &World) -> impl Iterator<Item = &Transaction> {
    let accounts = world.provider().accounts();
    let is_held = move |payment: &&Transaction| {
        accounts.get(&payment.id).is_some_and(|account| account.is_charged && !account.is_returned)
    };
    world.marketplace().transactions().iter().map(|payment| &**payment).filter(is_held)
}

/// Whether something that was bought in this run stands open after all the money for it went back.
fn is_open_for_nothing(world: &World) -> bool {
    let mut returned = world
        .marketplace()
        .transactions()
        .iter()
        .filter(|payment| world.provider().accounts().get(&payment.id).is_some_and(|account| account.is_returned));
    returned
        .any(|payment| is_open(world, &payment.product) && !held(world).any(|other| other.product == payment.product))
}

fn is_open(world: &World, product: &ProductId) -> bool {
    world.app_page().shelf(product).is_some_and(|shelf| shelf.is_open)
}

#[cfg(test)]
mod tests {
    use super::End;

    #[test]
    fn every_end_is_found_by_its_name_and_the_worst_comes_first() {
        for end in End::ALL {
            assert_eq!(End::parse(end.name()), Some(end));
            assert_eq!(serde_json::to_value(end).unwrap(), end.name());
        }
        assert!(End::ALL.is_sorted() && End::parse("well").is_none());
        assert_eq!(End::ALL.map(End::is_bad), [true, true, true, false, false]);
    }
}
