//! The ledger: every payment that was started, and the only hand that moves its state.

use std::collections::BTreeMap;
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
    /// Whether money moves at all.
    pub charge: Charge,
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

/// Whether money moves for a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charge {
    /// The buyer is charged.
    #[default]
    Real,
    /// The product costs nothing.
    Free,
    /// It is only tried out: no money, and receipts that say so.
    Simulated,
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

/// All payments of the store, oldest first, with what finds one among a hundred thousand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// Shared with the snapshots of the world: a payment that has not moved since is there once.
    transactions: Vec<Arc<Transaction>>,
    places: BTreeMap<TransactionId, usize>,
    /// Where a seller's own id leads: the newest payment that bears it. One that is the store's own id as well leads there anyway.
    orders: BTreeMap<TransactionId, usize>,
    /// So many of the oldest payments nobody can find while the books are lost.
    lost: usize,
}

/// Who pays without an account.
pub(crate) const NOBODY: &str = "nobody";

/// The number of the first payment in the store's books.
const FIRST_CONTRIBUTION: u64 = 41;

/// What must be known to start a payment.
pub(crate) struct Start {
    pub(crate) id: TransactionId,
    pub(crate) product: ProductId,
    pub(crate) app: Origin,
    pub(crate) buyer: UserId,
    pub(crate) price: Money,
    pub(crate) guid: String,
    pub(crate) order: TransactionId,
    pub(crate) charge: Charge,
}

impl Ledger {
    pub(crate) fn transactions(&self) -> &[Arc<Transaction>] {
        &self.transactions
    }

    pub(crate) fn find(&self, id: &TransactionId) -> Option<&Transaction> {
        self.at(*self.places.get(id)?)
    }

    pub(crate) fn find_mut(&mut self, id: &TransactionId) -> Option<&mut Transaction> {
        self.at_mut(*self.places.get(id)?)
    }

    /// The payment that a seller knows by this id: the store's own id in hosted mode, the seller's in classic mode.
    pub(crate) fn by_order(&self, order: &TransactionId) -> Option<&Transaction> {
        match self.orders.get(order) {
            Some(place) => self.at(*place),
            None => self.find(order).filter(|transaction| transaction.order == *order),
        }
    }

    /// The payment of this number in the store's books.
    pub(crate) fn by_contribution(&self, number: u64) -> Option<&Transaction> {
        self.at(place_of(number)?)
    }

    pub(crate) fn by_contribution_mut(&mut self, number: u64) -> Option<&mut Transaction> {
        self.at_mut(place_of(number)?)
    }

    /// Everything written so far is lost, or found again. False where there is nothing to lose.
    pub(crate) fn lose(&mut self, is_lost: bool) -> bool {
        self.lost = if is_lost { self.transactions.len() } else { 0 };
        !self.transactions.is_empty()
    }

    fn at(&self, place: usize) -> Option<&Transaction> {
        self.transactions.get(self.kept(place)?).map(|transaction| &**transaction)
    }

    fn at_mut(&mut self, place: usize) -> Option<&mut Transaction> {
        let place = self.kept(place)?;
        self.transactions.get_mut(place).map(Arc::make_mut)
    }

    fn kept(&self, place: usize) -> Option<usize> {
        Some(place).filter(|place| *place >= self.lost)
    }

    pub(crate) fn start(&mut self, start: Start, out: &mut Outbox<'_>) {
        let to = TransactionState::Started;
        out.event(Event::TransactionChanged { transaction: start.id.clone(), from: None, to });
        self.enter(start, (to, out.now(), None));
    }

    /// Writes down a payment that was completed before the curtain rose.
    pub(crate) fn record(&mut self, start: Start, now: Time) {
        self.enter(start, (TransactionState::Completed, now, Some(now)));
    }

    fn enter(&mut self, start: Start, (state, started, completed): (TransactionState, Time, Option<Time>)) {
        let Start { id, product, app, buyer, price, guid, order, charge } = start;
        let place = self.transactions.len();
        if order != id || self.orders.contains_key(&order) {
            self.orders.insert(order.clone(), place);
        }
        self.places.insert(id.clone(), place);
        let transaction = Transaction {
            id,
            contribution: FIRST_CONTRIBUTION + place as u64,
            product,
            app,
            buyer,
            price,
            charge,
            state,
            started,
            completed,
            guid,
            notices: Vec::new(),
            receipts: Vec::new(),
            order,
        };
        // The name that its notices use finds it too.
        if charge != Charge::Real {
            self.places.insert(transaction.notice_id(), place);
        }
        self.transactions.push(Arc::new(transaction));
    }

    /// Moves a payment along an edge of the state machine. Where there is no such edge nothing moves and the answer is no.
    pub(crate) fn change(&mut self, id: &TransactionId, to: TransactionState, out: &mut Outbox<'_>) -> bool {
        let now = out.now();
        let Some(transaction) = self.find_mut(id) else { return false };
        if !transaction.state.may_become(to) {
            return false;
        }
        let (from, id) = (Some(std::mem::replace(&mut transaction.state, to)), transaction.id.clone());
        if to == TransactionState::Completed {
            transaction.completed = Some(now);
        }
        out.event(Event::TransactionChanged { transaction: id, from, to });
        true
    }
}

/// The store numbers its payments one after the other.
fn place_of(contribution: u64) -> Option<usize> {
    usize::try_from(contribution.checked_sub(FIRST_CONTRIBUTION)?).ok()
}

impl Transaction {
    /// What its notices call it: the shipped flow set its simulated and its free payments apart by their names.
    #[must_use]
    pub fn notice_id(&self) -> TransactionId {
        match self.charge {
            Charge::Real => self.id.clone(),
            Charge::Free => TransactionId::from(format!("free:{}", self.id)),
            Charge::Simulated => TransactionId::from(format!("simulate:{}", self.id)),
        }
    }

    /// The delivery of this kind of notice, once there is one.
    #[must_use]
    pub fn delivery(&self, kind: NoticeKind) -> Option<&Delivery> {
        self.notices.iter().find(|delivery| delivery.kind == kind)
    }

    pub(crate) fn delivery_mut(&mut self, kind: NoticeKind) -> Option<&mut Delivery> {
        self.notices.iter_mut().find(|delivery| delivery.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(id: &str, order: &str) -> Start {
        Start {
            id: id.into(),
            product: ProductId::well_known("pony"),
            app: Origin::well_known("https://pony.example"),
            buyer: UserId::from("ada"),
            price: Money::usd(99),
            guid: String::new(),
            order: order.into(),
            charge: Charge::Real,
        }
    }

    #[test]
    fn every_payment_is_found_by_its_id_its_order_and_its_number() {
        let mut ledger = Ledger::default();
        for index in 0..100 {
            ledger.record(start(&format!("id-{index}"), &format!("order-{index}")), Time::from_seconds(index));
        }
        for (index, number) in (0..100).zip(FIRST_CONTRIBUTION..) {
            let found = ledger.find(&format!("id-{index}").as_str().into()).unwrap();
            assert_eq!((found.started, found.contribution), (Time::from_seconds(index), number));
            assert_eq!(ledger.by_order(&found.order), Some(found));
            assert_eq!(ledger.by_contribution(number), Some(found));
            assert_eq!(ledger.by_order(&found.id), None, "a seller's id is no id of the store");
        }
        for number in [0, FIRST_CONTRIBUTION - 1, FIRST_CONTRIBUTION + 100, u64::MAX] {
            assert_eq!(ledger.by_contribution(number), None);
        }
    }

    #[test]
    fn a_payment_whose_seller_uses_the_stores_own_id_is_found_by_it_as_an_order() {
        let mut ledger = Ledger::default();
        ledger.record(start("own", "own"), Time::from_seconds(1));
        assert!(ledger.orders.is_empty(), "it is written down once");
        assert_eq!(ledger.by_order(&"own".into()), ledger.find(&"own".into()));
        ledger.record(start("later", "own"), Time::from_seconds(2));
        assert_eq!(ledger.by_order(&"own".into()).unwrap().id, "later".into());
        ledger.record(start("first", "back"), Time::from_seconds(3));
        ledger.record(start("back", "back"), Time::from_seconds(4));
        assert_eq!(ledger.by_order(&"back".into()).unwrap().id, "back".into());
    }

    #[test]
    fn a_copy_of_the_books_shares_what_has_not_moved_since() {
        let mut ledger = Ledger::default();
        ledger.record(start("still", "still"), Time::from_seconds(1));
        ledger.record(start("moved", "moved"), Time::from_seconds(2));
        let copy = ledger.clone();
        ledger.find_mut(&"moved".into()).unwrap().state = TransactionState::Refunded;
        let is_shared = |place: usize| Arc::ptr_eq(&ledger.transactions[place], &copy.transactions[place]);
        assert_eq!([is_shared(0), is_shared(1)], [true, false]);
        assert_eq!(copy.find(&"moved".into()).unwrap().state, TransactionState::Completed);
    }

    #[test]
    fn an_order_that_is_paid_again_leads_to_its_newest_payment() {
        let mut ledger = Ledger::default();
        ledger.record(start("first", "order"), Time::from_seconds(1));
        ledger.record(start("again", "order"), Time::from_seconds(2));
        assert_eq!(ledger.by_order(&"order".into()).unwrap().id, "again".into());
        assert_eq!(ledger.find(&"first".into()).unwrap().order, "order".into());
    }
}
