//! Charges: whether one click on Buy cost more than once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::elsewhere::Elsewhere;
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::message::Body;
use crate::world::transaction::TransactionState;

/// The clicks and what each of them cost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Charges {
    taps: BTreeMap<ProductId, u32>,
    costs: BTreeMap<ProductId, u32>,
    /// The pay request that each payment window showed.
    requests: BTreeMap<TransactionId, Arc<str>>,
    /// The one that is being opened.
    opening: Option<Arc<str>>,
    charged: BTreeSet<TransactionId>,
}

impl Charges {
    pub(crate) fn begin(&mut self, command: &Command) {
        if let Command::Buy { product } = command {
            *self.taps.entry(product.clone()).or_default() += 1;
        }
    }

    pub(crate) fn take(
        &mut self,
        event: &Event,
        cause: Option<Cause>,
        world: &World,
        elsewhere: &Elsewhere,
        book: &mut Book,
    ) {
        if let Event::Delivered { message } = event {
            self.opening =
                if let Body::WindowOpened { request } = &message.body { Some(Arc::clone(request)) } else { None };
        }
        if let Event::TransactionChanged { transaction, to: TransactionState::Shown, .. } = event
            && let Some(request) = &self.opening
        {
            self.requests.insert(transaction.clone(), Arc::clone(request));
        }
        if let Event::Charged { transaction, price } = event
            && let Some(why) = self.charge(transaction, world, elsewhere)
        {
            book.breaks(Law::OneCharge, transaction.as_str(), format!("{price} was charged once more: {why}"), cause);
        }
    }

    /// Notes a charge, and says why it is one too many.
    fn charge(&mut self, transaction: &TransactionId, world: &World, elsewhere: &Elsewhere) -> Option<&'static str> {
        let request = self.requests.get(transaction);
        let is_repeated = |other: &TransactionId| request.is_some() && self.requests.get(other) == request;
        let is_same_request = self.charged.iter().any(is_repeated);
        if !self.charged.insert(transaction.clone()) {
            return Some("the same payment twice");
        }
        if is_same_request {
            return Some("the same pay request twice");
        }
        let payment = world.marketplace().transaction(transaction)?;
        // Clicks in somebody's own page are not seen from here.
        if elsewhere.has(payment, world) {
            return None;
        }
        let cost = self.costs.entry(payment.product.clone()).or_default();
        *cost += 1;
        let taps = self.taps.get(&payment.product).copied().unwrap_or_default();
        (*cost > taps).then_some("there were fewer clicks on Buy")
    }
}
