//! The counter: supplies receipts, verifies them, and trades expired ones for fresh ones.

use std::sync::Arc;

use crate::protocol::chain::Chain;
use crate::protocol::id::{Kid, TransactionId};
use crate::protocol::receipt::Receipt;
use crate::protocol::store_answer::{Reason, Status, StoreAnswer};
use crate::protocol::store_data::StoreData;
use crate::protocol::time::Time;
use crate::protocol::verify_service::{
    LedgerEntry, LedgerKind, LedgerQuestion, Serves, ServiceFault, VerifyService, answer,
};
use crate::world::event::Event;
use crate::world::marketplace::ledger::{Ledger, Transaction};
use crate::world::marketplace::receipts::{Identities, VERIFY_PATH, claims};
use crate::world::marketplace::store_keys::{StoreKey, StoreKeys};
use crate::world::message::{Body, Message};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::transaction::TransactionState;
use crate::world::wire::Outbox;

/// Everything that the store does about receipts once they are paid for.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    keys: StoreKeys,
    identities: Identities,
}

impl Counter {
    pub(crate) fn new(keys: StoreKeys, identities: Identities) -> Self {
        Self { keys, identities }
    }

    pub(crate) fn keys(&self) -> &[StoreKey] {
        self.keys.public()
    }

    pub(crate) fn published_keys(&self) -> String {
        self.keys.published()
    }

    pub(crate) fn rotate_key(&mut self, now: Time) -> (Kid, Kid) {
        self.keys.rotate(now)
    }

    /// A receipt with these claims, signed with the key in office.
    pub(crate) fn sign(&self, receipt: &Receipt) -> Arc<str> {
        self.keys.sign(receipt).into()
    }

    /// The claims that a receipt for this payment makes now.
    pub(crate) fn claims(&self, scene: &Scene, transaction: &Transaction) -> Receipt {
        claims(scene, &self.identities, transaction)
    }

    /// Signs a receipt for a completed payment and writes it into the books.
    fn issue(&self, scene: &Scene, transaction: &mut Transaction, out: &mut Outbox<'_>) -> Arc<str> {
        let receipt = self.sign(&self.claims(scene, transaction));
        transaction.receipts.push(Arc::clone(&receipt));
        let transaction = transaction.id.clone();
        out.event(Event::ReceiptIssued { transaction, receipt: Arc::clone(&receipt) });
        receipt
    }

    /// The app server wants the receipt of a payment that it was told of.
    pub(crate) fn supply(
        &self,
        scene: &Scene,
        ledger: &mut Ledger,
        id: &TransactionId,
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        match completed(ledger, id) {
            None => deny(id, question, out),
            Some(transaction) => {
                let receipt = match transaction.receipts.last() {
                    Some(issued) => Arc::clone(issued),
                    None => self.issue(scene, transaction, out),
                };
                out.answer(question, Body::ReceiptSupplied { transaction: id.clone(), receipt });
            }
        }
    }

    /// The buyer wants a receipt again: a fresh one, handed to the app.
    pub(crate) fn hand_over(
        &self,
        scene: &Scene,
        ledger: &mut Ledger,
        (id, fresh_guid): (&TransactionId, String),
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        match completed(ledger, id) {
            None => deny(id, question, out),
            Some(transaction) => {
                if !scene.setup.is_guid_kept {
                    transaction.guid = fresh_guid;
                }
                let receipt = self.issue(scene, transaction, out);
                let product = transaction.product.clone();
                let body = Body::ReceiptHandedOver { transaction: id.clone(), product, receipt };
                out.send(Party::Marketplace, Party::AppPage, body);
            }
        }
    }

    /// What the verify service says of a receipt.
    pub(crate) fn judge(&self, scene: &Scene, ledger: &Ledger, receipt: &str) -> StoreAnswer {
        let (market, ring) = (&scene.catalog.market, self.keys.ring());
        let service = VerifyService {
            host: market.host(),
            path: VERIFY_PATH,
            keys: &ring,
            certificate_hosts: &[market.host()],
            serves: Serves::Purchases,
        };
        let lookup = |question: LedgerQuestion<'_>| entry(ledger, question);
        // The as-built service broke on storedata that names a payment and no product; this store never writes such.
        answer(receipt, &service, &lookup, scene.clock_of(Party::Marketplace), scene.rules())
            .unwrap_or_else(|ServiceFault| StoreAnswer::invalid(Reason::WrongStoredata))
    }

    /// Trades an expired receipt for a fresh one with the same claims. Anything else is answered with its standing.
    pub(crate) fn reissue(
        &self,
        scene: &Scene,
        ledger: &mut Ledger,
        receipt: &Arc<str>,
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        let mut answer = self.judge(scene, ledger, receipt);
        let is_due = answer.status == Status::Expired;
        let transaction = unverified_contribution(receipt).and_then(|number| ledger.by_contribution_mut(number));
        if let Some(transaction) = transaction.filter(|_| is_due) {
            answer.receipt = Some(self.issue(scene, transaction, out));
        }
        let status = if answer.receipt.is_some() { 200 } else { 400 };
        out.answer(question, Body::ReissueAnswered { status, answer });
    }
}

/// The completed payments of the run's buyer, oldest first.
pub(crate) fn history(scene: &Scene, ledger: &Ledger) -> Vec<TransactionId> {
    let is_listed = |transaction: &&Transaction| {
        transaction.state == TransactionState::Completed && transaction.buyer == scene.catalog.buyer.id
    };
    ledger.transactions().iter().filter(is_listed).map(|transaction| transaction.id.clone()).collect()
}

/// What the books say when the verify service asks them. The stage sells no whole apps.
fn entry(ledger: &Ledger, question: LedgerQuestion<'_>) -> Option<LedgerEntry> {
    let LedgerQuestion::InApp { contrib } = question else { return None };
    let transaction = ledger.by_contribution(contrib)?;
    let kind = match transaction.state {
        TransactionState::Completed => LedgerKind::Purchase,
        TransactionState::Refunded => LedgerKind::Refund,
        TransactionState::ChargedBack => LedgerKind::Chargeback,
        TransactionState::Started | TransactionState::Shown | TransactionState::Charging => LedgerKind::Pending,
        TransactionState::Declined | TransactionState::Cancelled | TransactionState::TimedOut => LedgerKind::Other,
    };
    Some(LedgerEntry { kind, inapp_id: transaction.product.as_str().to_owned() })
}

fn completed<'l>(ledger: &'l mut Ledger, id: &TransactionId) -> Option<&'l mut Transaction> {
    ledger.find_mut(id).filter(|transaction| transaction.state == TransactionState::Completed)
}

fn deny(id: &TransactionId, question: &Message, out: &mut Outbox<'_>) {
    let refusal = Refusal::from(Stop::NotPaid);
    out.event(Event::Refused { by: Party::Marketplace, refusal: refusal.clone() });
    // 402 is what the historic install call answered where nothing had been bought.
    out.answer(question, Body::ReceiptDenied { transaction: id.clone(), status: 402, refusal });
}

/// The store's own number of the payment that a receipt speaks of; the caller has verified the receipt.
fn unverified_contribution(receipt: &str) -> Option<u64> {
    let chain = Chain::split(receipt).ok()?;
    let receipt = Receipt::read(chain.receipt().unverified_claims_json().as_bytes()).ok()?;
    StoreData::parse(receipt.product.storedata.as_deref()?).contrib()
}
