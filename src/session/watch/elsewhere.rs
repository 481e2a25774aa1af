//! Elsewhere: which purchases began in somebody's own page, of which no more is seen here than what its store sees.

use std::collections::BTreeSet;

use crate::protocol::id::TransactionId;
use crate::world::World;
use crate::world::event::Event;
use crate::world::marketplace::ledger::Transaction;
use crate::world::message::{Body, Crossing};
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// The purchases that a program outside asked for, also while the app page is played here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elsewhere {
    bought: BTreeSet<TransactionId>,
    /// Whether the payment window is just being opened from outside, with a pay request that somebody's own server made.
    is_opening: bool,
}

impl Elsewhere {
    pub(crate) fn take(&mut self, event: &Event) {
        if let Event::Sent { message } = event
            && message.crossing == Some(Crossing::Out)
            && let Body::BuyAnswered { transaction, .. } = &message.body
        {
            self.bought.insert(transaction.clone());
        }
        if let Event::Delivered { message } = event {
            self.is_opening =
                message.crossing == Some(Crossing::In) && matches!(message.body, Body::WindowOpened { .. });
        }
        if let Event::TransactionChanged { transaction, to: TransactionState::Shown, .. } = event
            && self.is_opening
        {
            self.bought.insert(transaction.clone());
        }
    }

    /// Whether this payment's page is not played here: nobody sees what was clicked there, nor what it opened.
    pub(crate) fn has(&self, payment: &Transaction, world: &World) -> bool {
        let setup = world.setup();
        setup.seats.is_outside(Party::AppPage, setup.is_hosted())
            || self.bought.contains(&payment.id)
            || self.bought.contains(&payment.order)
    }
}
