//! The ledger: every payment that was started, and the only hand that moves its state.

use std::sync::Arc;

use crate::protocol::id::{Origin, ProductId, TransactionId, UserId};
use crate::protocol::money::Money;
use crate::protocol::notice::NoticeKind;
use crate::protocol::time::Time;
use crate::world::event::Event;
use crate::world::transaction::TransactionState;
use crate::world::wire::Outbox;

/// One payment as the store remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id on the wire.
    pub id: TransactionId,
    /// Its number in the store's own books: sequential, as the historic store's were.
    pub contribution: u64,
    /// What was bought.
    pub product: ProductId,
    /// In which app.
    pub app: Origin,
    /// By whom. Never leaves the store.
    pub buyer: UserId,
    /// For how much.
    pub price: Money,
    /// Where it stands.
    pub state: TransactionState,
    /// When it began, true time.
    pub started: Time,
    /// When it was paid.
    pub completed: Option<Time>,
    /// The random value by which receipts of this payment know the buyer, where the identity mode draws one.
    pub guid: String,
    /// What the app server was told.
    pub notices: Vec<Delivery>,
    /// The receipts that were signed for it, oldest first.
    pub receipts: Vec<Arc<str>>,
    /// The id by which whoever sells it knows this payment.
    pub order: TransactionId,
}

/// How far the delivery of one notice is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Paid, or taken back.
    pub kind: NoticeKind,
    /// How many times it was posted.
    pub attempts: u8,
    /// Whether it was answered as it must be.
    pub is_acknowledged: bool,
    /// Whether the store has stopped trying.
    pub is_given_up: bool,
}

/// All payments of the store, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    transactions: Vec<Transaction>,
}

/// What must be known to start a payment.
pub(crate) struct Start {
    pub(crate) id: TransactionId,
    pub(crate) product: ProductId,
    pub(crate) app: Origin,
    pub(crate) buyer: UserId,
    pub(crate) price: Money,
    pub(crate) guid: String,
    pub(crate) order: TransactionId,
}

impl Ledger {
    pub(crate) fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    pub(crate) fn find(&self, id: &TransactionId) -> Option<&Transaction> {
        // The one in question is nearly always among the latest.
        self.transactions.iter().rev().find(|transaction| transaction.id == *id)
    }

    /// The payment that a seller knows by this id: the store's own id in hosted mode, the seller's in classic mode.
    pub(crate) fn by_order(&self, order: &TransactionId) -> Option<&Transaction> {
        self.transactions.iter().rev().find(|transaction| transaction.order == *order)
    }

    /// The payment of this number in the store's books.
    pub(crate) fn by_contribution(&self, number: u64) -> Option<&Transaction> {
        self.transactions.iter().find(|transaction| transaction.contribution == number)
    }

    pub(crate) fn by_contribution_mut(&mut self, number: u64) -> Option<&mut Transaction> {
        self.transactions.iter_mut().find(|transaction| transaction.contribution == number)
    }

    pub(crate) fn find_mut(&mut self, id: &TransactionId) -> Option<&mut Transaction> {
        self.transactions.iter_mut().rev().find(|transaction| transaction.id == *id)
    }

    pub(crate) fn start(&mut self, start: Start, out: &mut Outbox<'_>) {
        let Start { id, product, app, buyer, price, guid, order } = start;
        let to = TransactionState::Started;
        out.event(Event::TransactionChanged { transaction: id.clone(), from: None, to });
        let contribution = self.next_contribution();
        let (started, completed, notices, receipts) = (out.now(), None, Vec::new(), Vec::new());
        self.transactions.push(Transaction {
            id,
            contribution,
            product,
            app,
            buyer,
            price,
            state: to,
            started,
            completed,
            guid,
            notices,
            receipts,
            order,
        });
    }

    /// Writes down a payment that was completed before the curtain rose.
    pub(crate) fn record(&mut self, start: Start, now: Time) {
        let Start { id, product, app, buyer, price, guid, order } = start;
        let state = TransactionState::Completed;
        let contribution = self.next_contribution();
        let (notices, receipts) = (Vec::new(), Vec::new());
        self.transactions.push(Transaction {
            id,
            contribution,
            product,
            app,
            buyer,
            price,
            state,
            started: now,
            completed: Some(now),
            guid,
            notices,
            receipts,
            order,
        });
    }

    fn next_contribution(&self) -> u64 {
        41 + self.transactions.len() as u64
    }

    /// Moves a payment along an edge of the state machine. Where there is no such edge nothing moves and the answer is no.
    pub(crate) fn change(&mut self, id: &TransactionId, to: TransactionState, out: &mut Outbox<'_>) -> bool {
        let now = out.now();
        let Some(transaction) = self.find_mut(id) else { return false };
        if !transaction.state.may_become(to) {
            return false;
        }
        let from = Some(std::mem::replace(&mut transaction.state, to));
        if to == TransactionState::Completed {
            transaction.completed = Some(now);
        }
        out.event(Event::TransactionChanged { transaction: id.clone(), from, to });
        true
    }
}

impl Transaction {
    /// The delivery of this kind of notice, once there is one.
    #[must_use]
    pub fn delivery(&self, kind: NoticeKind) -> Option<&Delivery> {
        self.notices.iter().find(|delivery| delivery.kind == kind)
    }

    pub(crate) fn delivery_mut(&mut self, kind: NoticeKind) -> Option<&mut Delivery> {
        self.notices.iter_mut().find(|delivery| delivery.kind == kind)
    }
}
