//! Hope: whether whoever paid will still get the product, asked of a copy of the world that is played ahead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::protocol::time::Span;
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::elsewhere::Elsewhere;
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::app_server::OrderState;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::marketplace::ledger::Transaction;
use crate::world::message::MessageId;
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// How far ahead is played before hope is given the benefit of the doubt: more than all polls and retries of a usual run.
const STEPS_AHEAD_MAX: usize = 2_000;

/// Payments of this run that are completed while their product is closed.
///
/// A forecast is asked for once when a payment enters here, and again when somebody interferes or says no. While the run
/// goes the way that it was foretold nothing is played, so watching costs next to nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hope {
    /// Payments that began in this run; what was bought before the curtain rose is nobody's loss.
    begun: BTreeSet<TransactionId>,
    waiting: BTreeMap<TransactionId, Option<Cause>>,
    doubt: Doubt,
}

/// Whether a forecast must be asked anew, and what gave rise to it.
#[derive(Clone, Copy, Debug, Default)]
enum Doubt {
    /// All goes as it was foretold.
    #[default]
    None,
    /// Somebody did something.
    Raised,
    /// Something happened when this message arrived.
    RaisedBy(Cause),
}

impl Doubt {
    fn of(cause: Option<Cause>) -> Self {
        cause.map_or(Self::Raised, Self::RaisedBy)
    }
}

impl Hope {
    /// A step begins: anything but letting the run go on may change what comes.
    pub(crate) fn begin(&mut self, command: &Command) {
        let goes_on = matches!(command, Command::Step | Command::Wait { .. } | Command::Start);
        self.doubt = if goes_on { Doubt::None } else { Doubt::Raised };
    }

    pub(crate) fn take(&mut self, event: &Event, cause: Option<Cause>, world: &World) {
        match event {
            Event::TransactionChanged { transaction, from: None, .. } => {
                self.begun.insert(transaction.clone());
            }
            Event::TransactionChanged { transaction, to: TransactionState::Completed, .. } => {
                if self.begun.contains(transaction) {
                    self.waiting.insert(transaction.clone(), cause);
                    self.doubt = Doubt::of(cause);
                }
            }
            Event::AccessEnded { product } => {
                let is_lost =
                    |payment: &&Arc<Transaction>| payment.product == *product && self.begun.contains(&payment.id);
                let lost = world.marketplace().transactions().iter().filter(is_lost);
                self.waiting.extend(lost.map(|payment| (payment.id.clone(), cause)));
                self.doubt = Doubt::of(cause);
            }
            Event::Refused { .. }
            | Event::PollingGivenUp { .. }
            | Event::NoticeGivenUp { .. }
            | Event::TimedOut { .. }
            | Event::Unexpected { .. }
            | Event::AppReopened
            | Event::FaultFired { .. } => self.doubt = Doubt::of(cause),
            Event::TransactionChanged { .. }
            | Event::Waited { .. }
            | Event::Sent { .. }
            | Event::Delivered { .. }
            | Event::Charged { .. }
            | Event::Returned { .. }
            | Event::ReceiptIssued { .. }
            | Event::AccessGranted { .. }
            | Event::BookedAgain { .. }
            | Event::AccountMade { .. }
            | Event::BuyerChanged { .. }
            | Event::ClockSkewed { .. }
            | Event::KeyRotated { .. }
            | Event::FaultArmed { .. }
            | Event::FaultDisarmed { .. }
            | Event::Released { .. }
            | Event::CommandIgnored { .. } => {}
        }
    }

    /// A step has ended: looks at each payment that waits, and asks the future where there is reason to.
    pub(crate) fn end(&mut self, world: &World, elsewhere: &Elsewhere, book: &mut Book) {
        let doubt = std::mem::take(&mut self.doubt);
        let ids: Vec<TransactionId> = self.waiting.keys().cloned().collect();
        for id in ids {
            let Some(payment) = payment_of(world, &id) else { continue };
            if !payment.state.is_paid() || is_available(world, elsewhere, payment) {
                book.mends(Law::ProductAvailable, id.as_str());
                self.waiting.remove(&id);
            } else {
                match doubt {
                    Doubt::None => {}
                    Doubt::Raised => ask(world, elsewhere, payment, None, book),
                    Doubt::RaisedBy(cause) => ask(world, elsewhere, payment, Some(cause), book),
                }
            }
        }
    }
}

fn ask(world: &World, elsewhere: &Elsewhere, payment: &Transaction, cause: Option<Cause>, book: &mut Book) {
    let id = payment.id.as_str();
    if will_be_available(world, elsewhere, payment) {
        return book.mends(Law::ProductAvailable, id);
    }
    let name = world.catalog().product(&payment.product).map_or(payment.product.as_str(), |product| product.name);
    let sentence = format!("{} is paid for {name}, and nothing on its way can open it any more", payment.price);
    book.breaks(Law::ProductAvailable, id, sentence, cause);
}

/// Whether the buyer has what this payment was for.
fn is_available(world: &World, elsewhere: &Elsewhere, payment: &Transaction) -> bool {
    if !elsewhere.has(payment, world) {
        return world.app_page().shelf(&payment.product).is_some_and(|shelf| shelf.is_open);
    }
    // Nobody here sees into somebody's own page: what can be seen is whether the receipt was there for the asking.
    let setup = world.setup();
    if setup.seats.is_outside(Party::AppServer, setup.is_hosted()) {
        return !payment.notices.iter().any(|delivery| delivery.is_given_up);
    }
    let order = world.app_server().orders().get(&payment.order);
    !payment.receipts.is_empty() || order.is_some_and(|order| order.state == OrderState::Paid)
}

/// Whether it will be, if from now on every clock is right, the store's keys are known, what is held is let go, and nobody
/// interferes.
fn will_be_available(world: &World, elsewhere: &Elsewhere, payment: &Transaction) -> bool {
    let mut ahead = world.clone();
    let skewed: Vec<Party> = ahead.setup().skew.keys().copied().collect();
    for party in skewed {
        ahead.handle(&Command::Skew { party, ahead: Span::ZERO });
    }
    ahead.handle(&Command::ClearFaults);
    let held: Vec<MessageId> = ahead.faults().held().iter().map(|held| held.message.id).collect();
    for message in held {
        ahead.handle(&Command::Release { message });
    }
    if !ahead.setup().seats.has_external() {
        ahead.handle(&Command::FetchKeys);
    }
    let mut has_looked_again = false;
    for _ in 0..STEPS_AHEAD_MAX {
        if is_available(&ahead, elsewhere, payment_in(&ahead, payment)) {
            return true;
        }
        if ahead.is_idle() {
            // An app that looks again every hour may still find it: the next time is waited for, and no other.
            if ahead.next_due().is_none() || has_looked_again {
                return false;
            }
            has_looked_again = true;
        }
        ahead.handle(&Command::Step);
    }
    true
}

/// The payment of this id, also while the store has lost its books: whoever paid has paid.
fn payment_of<'a>(world: &'a World, id: &TransactionId) -> Option<&'a Transaction> {
    let lost = || world.marketplace().transactions().iter().map(|payment| &**payment).find(|payment| payment.id == *id);
    world.marketplace().transaction(id).or_else(lost)
}

/// The same payment as it stands in another world.
fn payment_in<'a>(world: &'a World, payment: &'a Transaction) -> &'a Transaction {
    payment_of(world, &payment.id).unwrap_or(payment)
}
