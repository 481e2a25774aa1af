//! Access: whether what opened a product was paid for, written for this app, and not taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::session::watch::breach::{Book, Cause};
use crate::session::watch::law::Law;
use crate::world::World;
use crate::world::event::Event;
use crate::world::marketplace::ledger::{Charge, Transaction};
use crate::world::message::Body;
use crate::world::planted::Planted;

/// The laws about an open door.
const LAWS: [Law; 3] = [Law::ProductPaid, Law::OwnApp, Law::RefundEndsAccess];

/// Which receipts the store signed in this run, and which came from elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// Payments that began in this run; for the others somebody paid before the curtain rose.
    begun: BTreeSet<TransactionId>,
    issued: BTreeMap<Arc<str>, TransactionId>,
    planted: BTreeMap<Arc<str>, Planted>,
}

impl Access {
    pub(crate) fn take(&mut self, event: &Event, cause: Option<Cause>, world: &World, book: &mut Book) {
        if let Event::TransactionChanged { transaction, from: None, .. } = event {
            self.begun.insert(transaction.clone());
        }
        if let Event::ReceiptIssued { transaction, receipt } = event {
            self.issued.insert(Arc::clone(receipt), transaction.clone());
        }
        if let Event::Sent { message } = event
            && let Body::ReceiptPlanted { receipt, kind, .. } = &message.body
        {
            self.planted.insert(Arc::clone(receipt), kind.clone());
        }
        if let Event::AccessEnded { product } = event {
            for law in LAWS {
                book.mends(law, product.as_str());
            }
        }
        if let Event::AccessGranted { product } = event {
            let broken = self.judge(product, world);
            for law in LAWS.into_iter().filter(|law| broken.as_ref().is_none_or(|(broken, _)| broken != law)) {
                book.mends(law, product.as_str());
            }
            if let Some((law, sentence)) = broken {
                book.breaks(law, product.as_str(), sentence, cause);
            }
        }
    }

    /// The law that is broken by this product being open now.
    fn judge(&self, product: &ProductId, world: &World) -> Option<(Law, String)> {
        let name = world.catalog().product(product).map_or(product.as_str(), |product| product.name);
        let unpaid = |why: &str| Some((Law::ProductPaid, format!("{name} was opened by {why}")));
        let Some(receipt) = world.app_page().shelf(product).and_then(|shelf| shelf.receipt.as_ref()) else {
            return unpaid("no receipt at all");
        };
        if let Some(payment) = self.issued.get(receipt) {
            let payment = world.marketplace().transaction(payment)?;
            let is_begun = self.begun.contains(&payment.id);
            return judge_payment(world, product, (payment, is_begun), name);
        }
        match self.planted.get(receipt) {
            Some(Planted::OtherApp) => {
                Some((Law::OwnApp, format!("{name} was opened by a receipt that was written for another app")))
            }
            Some(Planted::Test) => unpaid("a test receipt, which proves no payment"),
            // Bought before the curtain rose, by whomever: somebody paid for it.
            Some(Planted::OtherUser | Planted::Expired | Planted::TooLong | Planted::TwoCertificates) => None,
            Some(Planted::Forged | Planted::Edited | Planted::Unsigned | Planted::Crafted(_) | Planted::Text(_))
            | None => unpaid("a receipt that the store never signed"),
        }
    }
}

/// The law that is broken when a genuine receipt of this payment opens this product.
fn judge_payment(
    world: &World,
    product: &ProductId,
    (payment, is_begun): (&Transaction, bool),
    name: &str,
) -> Option<(Law, String)> {
    if payment.app != world.catalog().app {
        return Some((Law::OwnApp, format!("{name} was opened by a receipt that was written for {}", payment.app)));
    }
    if payment.product != *product {
        return Some((Law::ProductPaid, format!("{name} was opened by the receipt for {}", payment.product)));
    }
    if payment.completed.is_none() {
        return Some((Law::ProductPaid, format!("{name} was opened for a payment that was never completed")));
    }
    let account = world.provider().accounts().get(&payment.id);
    if is_begun && payment.charge == Charge::Real && !account.is_some_and(|account| account.is_charged) {
        return Some((
            Law::ProductPaid,
            format!("{name} was opened for a payment of which the provider took no money"),
        ));
    }
    // Whoever bought it twice and got the money back once still paid for it.
    let is_paid = |other: &&Arc<Transaction>| other.product == *product && other.state.is_paid();
    let has_paid = world.marketplace().transactions().iter().rev().find(is_paid).is_some();
    (!has_paid)
        .then(|| (Law::RefundEndsAccess, format!("The money for {name} went back, and the next check let it in")))
}
