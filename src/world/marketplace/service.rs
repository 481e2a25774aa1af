//! The counter: supplies receipts, verifies them, and trades expired ones for fresh ones.

use std::sync::Arc;

use crate::protocol::dial::AccountMatch;
use crate::protocol::id::{Kid, Origin, ProductId, TransactionId};
use crate::protocol::receipt::Receipt;
use crate::protocol::reissue::{Reissue, reissue_answer};
use crate::protocol::ring::KeyRing;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::signing_service;
use crate::protocol::store_answer::{Reason, Status, StoreAnswer};
use crate::protocol::store_data::StoreData;
use crate::protocol::time::{Span, Time};
use crate::protocol::verify_service::{
    LedgerEntry, LedgerKind, LedgerQuestion, Serves, ServiceFault, VerifyService, answer, host_and_path,
};
use crate::world::event::Event;
use crate::world::marketplace::ledger::{Ledger, Transaction};
use crate::world::marketplace::receipts::{Identities, claims, trial, trial_data};
use crate::world::marketplace::shelf::refuse;
use crate::world::marketplace::store_keys::{StoreKey, StoreKeys};
use crate::world::message::{Body, Message, Method};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::transaction::TransactionState;
use crate::world::wire::Outbox;

/// Where test receipts are sent to be verified.
const TEST_VERIFY_PATH: &str = "/developers/test/receipts/verify/";

/// Everything that the store does about receipts once they are paid for.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    keys: StoreKeys,
    identities: Identities,
    /// Whether the signing service is down.
    is_signer_down: bool,
    /// Whether its clock is behind the store's.
    is_signer_behind: bool,
}

/// By how much it is then: the least that a token can tell.
const SIGNER_BEHIND: Span = Span::from_seconds(1);

impl Counter {
    pub(crate) fn new(keys: StoreKeys, identities: Identities) -> Self {
        Self { keys, identities, is_signer_down: false, is_signer_behind: false }
    }

    pub(crate) fn keys(&self) -> &[StoreKey] {
        self.keys.public()
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        self.keys.ring()
    }

    pub(crate) fn published_keys(&self) -> String {
        self.keys.published()
    }

    pub(crate) fn rotate_key(&mut self, now: Time) -> (Kid, Kid) {
        self.keys.rotate(now)
    }

    /// Certifies the key in office anew: so that it has just run out, or for its usual life. False where receipts carry none.
    pub(crate) fn certify(&mut self, now: Time, is_expired: bool) -> bool {
        self.keys.certify(now, is_expired)
    }

    /// Every key that ever signed a receipt or a certificate.
    pub(crate) fn private_keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.keys.private()
    }

    /// The key that certifies the one in office.
    pub(crate) fn root_key(&self) -> &SigningKey {
        self.keys.root_key()
    }

    /// Publishes another root. False where receipts carry no certificate.
    pub(crate) fn rotate_root(&mut self, now: Time) -> bool {
        self.keys.rotate_root(now)
    }

    /// The key in office.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        self.keys.signing_key()
    }

    /// The signing service goes down, or comes back. False where it stands so already.
    pub(crate) fn break_signer(&mut self, is_down: bool) -> bool {
        std::mem::replace(&mut self.is_signer_down, is_down) != is_down
    }

    /// The signing service's clock falls behind, or is set right. False where it stands so already.
    pub(crate) fn slow_signer(&mut self, is_behind: bool) -> bool {
        std::mem::replace(&mut self.is_signer_behind, is_behind) != is_behind
    }

    /// A receipt with these claims from the signing service, which looks at them first.
    ///
    /// # Errors
    /// The store's word for whatever that service says no to, and for its silence.
    fn signed(&self, scene: &Scene, claims: &Receipt) -> Result<Arc<str>, Refusal> {
        if self.is_signer_down {
            return Err(Stop::SigningFailed.into());
        }
        let behind = if self.is_signer_behind { SIGNER_BEHIND } else { Span::ZERO };
        let checked = signing_service::check(claims, scene.clock_of(Party::Marketplace) - behind);
        checked.map(|()| self.sign(claims)).map_err(|unsignable| Refusal {
            found: Some(unsignable.to_string().into_boxed_str()),
            ..Refusal::from(Stop::SigningFailed)
        })
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
    ///
    /// # Errors
    /// The signing service's, which leaves the buyer without a receipt.
    fn issue(&self, scene: &Scene, transaction: &mut Transaction, out: &mut Outbox<'_>) -> Result<Arc<str>, Refusal> {
        let claims = self.claims(scene, transaction);
        let receipt = self.signed(scene, &claims)?;
        note_issue(transaction, &receipt, out);
        Ok(receipt)
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
                    Some(issued) if !scene.rules().store.is_signed_for_each_poll => Ok(Arc::clone(issued)),
                    Some(_) | None => self.issue(scene, transaction, out),
                };
                match receipt {
                    Ok(receipt) => {
                        out.answer(question, Body::ReceiptSupplied { transaction: id.clone(), receipt });
                    }
                    Err(refusal) => leave_unsigned(Some(id), refusal, question, out),
                }
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
        match completed(ledger, id).filter(|transaction| is_listed_for_buyer(scene, transaction)) {
            None => deny(id, question, out),
            Some(transaction) => {
                let guid = if scene.setup.is_guid_kept { transaction.guid.clone() } else { fresh_guid };
                let named = std::mem::replace(&mut transaction.guid, guid);
                let receipt = match self.issue(scene, transaction, out) {
                    Ok(receipt) => receipt,
                    Err(refusal) => {
                        // The books go on naming what the last receipt names.
                        transaction.guid = named;
                        return leave_unsigned(Some(id), refusal, question, out);
                    }
                };
                let product = transaction.product.clone();
                out.answer(question, Body::ReceiptHandedOver { transaction: id.clone(), product, receipt });
            }
        }
    }

    /// Signs a receipt for trying out an app. Nothing is written into the books.
    pub(crate) fn try_out(
        &self,
        scene: &Scene,
        (manifest, kind): (&str, &str),
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        let (host, _) = host_and_path(manifest);
        let scheme = ["http", "https"].into_iter().find(|scheme| manifest.starts_with(&format!("{scheme}://")));
        let url = scheme.and_then(|scheme| Origin::parse(&format!("{scheme}://{host}")).ok());
        let receipt = match (url, kind) {
            (Some(_), "none") => None,
            (Some(_), "ok" | "expired" | "invalid" | "refunded") if self.is_signer_down => {
                return refuse(500, Stop::SigningFailed, question, out);
            }
            (Some(url), "ok" | "expired" | "invalid" | "refunded") => {
                Some(self.sign(&trial(scene, (url.as_str(), &trial_data()), kind)))
            }
            (Some(_), _) | (None, _) => return refuse(400, Stop::BadTestReceipt, question, out),
        };
        out.answer(question, Body::TestReceiptIssued { receipt });
    }

    /// What the verify service says of a receipt; the as-built one could break instead.
    pub(crate) fn judge(
        &self,
        scene: &Scene,
        ledger: &Ledger,
        receipt: &str,
        path: Option<&str>,
    ) -> Result<StoreAnswer, ServiceFault> {
        let lookup = |question: LedgerQuestion<'_>| entry(ledger, question);
        let (ring, now, hosts) = (self.keys.ring(), scene.clock_of(Party::Marketplace), own_certificates(scene));
        let usual = service(scene, ring, &hosts);
        let service = path.map_or(usual, |path| VerifyService { path, serves: serves_at(path), ..usual });
        answer(receipt, &service, &lookup, now, scene.rules())
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
        let (ring, now, life) = (self.keys.ring(), scene.clock_of(Party::Marketplace), scene.setup.receipt_life);
        let (lookup, hosts) = (|question: LedgerQuestion<'_>| entry(ledger, question), own_certificates(scene));
        let verify = service(scene, ring, &hosts);
        let service = if scene.rules().store.is_reissue_address_compared {
            VerifyService { path: host_and_path(&scene.catalog.reissue_url).1, ..verify }
        } else {
            verify
        };
        let traded = reissue_answer(receipt, &service, &lookup, now, scene.rules(), life);
        let traded = traded.unwrap_or_else(|fault| Reissue::Refused(broken(fault)));
        let status = traded.http_status();
        let answer = match traded {
            Reissue::Refused(answer) => answer,
            Reissue::Fresh(claims) => {
                let fresh = match self.signed(scene, &claims) {
                    Ok(fresh) => fresh,
                    Err(refusal) => return leave_unsigned(None, refusal, question, out),
                };
                let contribution =
                    claims.product.storedata.as_deref().and_then(|data| StoreData::parse(data).contrib());
                if let Some(transaction) = contribution.and_then(|number| ledger.by_contribution_mut(number)) {
                    note_issue(transaction, &fresh, out);
                }
                StoreAnswer { receipt: Some(fresh), ..StoreAnswer::of(Status::Expired) }
            }
        };
        out.answer(question, Body::ReissueAnswered { status, answer });
    }
}

/// What the verify service says to a call that brings no receipt. Since the end of 2014 browsers may ask beforehand.
pub(crate) fn without_receipt(scene: &Scene, method: Method) -> Body {
    let is_allowed = method == Method::Options && scene.rules().store.is_options_allowed;
    Body::HttpAnswered { status: if is_allowed { 204 } else { 405 }, body: String::new() }
}

/// The store takes its own certificates and nobody else's.
fn own_certificates(scene: &Scene) -> [&str; 1] {
    [scene.catalog.market.host()]
}

/// The one address of the store's verify service.
fn service<'a>(scene: &'a Scene, ring: &'a KeyRing, certificate_hosts: &'a [&'a str]) -> VerifyService<'a> {
    VerifyService {
        host: scene.catalog.market.authority(),
        path: &scene.catalog.verify_path,
        keys: ring,
        certificate_hosts,
        serves: Serves::Purchases,
    }
}

/// Which receipts the service answers for at this path: below the one for test receipts the last part is the answer.
fn serves_at(path: &str) -> Serves {
    let tested = path.strip_prefix(TEST_VERIFY_PATH).and_then(|rest| Status::parse(rest.trim_end_matches('/')));
    tested.map_or(Serves::Purchases, Serves::Tests)
}

/// The as-built service broke on storedata that names a payment and no product. Where an answer is needed all the same, it is this.
pub(crate) fn broken(_: ServiceFault) -> StoreAnswer {
    StoreAnswer::invalid(Reason::WrongStoredata)
}

/// Writes a signed receipt into the books.
fn note_issue(transaction: &mut Transaction, receipt: &Arc<str>, out: &mut Outbox<'_>) {
    transaction.receipts.push(Arc::clone(receipt));
    let transaction = transaction.id.clone();
    out.event(Event::ReceiptIssued { transaction, receipt: Arc::clone(receipt) });
}

/// Whether the run's buyer finds this payment in a history of their own (D11). Where everybody is who they seem, all do.
fn is_listed_for_buyer(scene: &Scene, transaction: &Transaction) -> bool {
    scene.setup.account == AccountMatch::SamePersona || transaction.buyer == scene.catalog.buyer.id
}

/// The completed payments of the run's buyer, oldest first.
pub(crate) fn history(scene: &Scene, ledger: &Ledger) -> Vec<TransactionId> {
    let is_listed = |transaction: &&Arc<Transaction>| {
        transaction.state == TransactionState::Completed
            && transaction.buyer == scene.catalog.buyer.id
            && ledger.find(&transaction.id).is_some()
    };
    ledger.transactions().iter().filter(is_listed).map(|transaction| transaction.id.clone()).collect()
}

/// The latest completed payment of the run's buyer for this product.
pub(crate) fn newest_of(scene: &Scene, ledger: &Ledger, product: &ProductId) -> Option<TransactionId> {
    let is_it = |transaction: &&Arc<Transaction>| {
        transaction.product == *product
            && transaction.state == TransactionState::Completed
            && transaction.buyer == scene.catalog.buyer.id
    };
    ledger.transactions().iter().rev().find(is_it).map(|transaction| transaction.id.clone())
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

/// The signing service said no, and the store has nothing to hand out: for this payment, or at the desk that trades receipts.
fn leave_unsigned(id: Option<&TransactionId>, refusal: Refusal, question: &Message, out: &mut Outbox<'_>) {
    out.event(Event::Refused { by: Party::Marketplace, refusal: refusal.clone() });
    let body = match id.cloned() {
        Some(transaction) => Body::ReceiptDenied { transaction, status: 500, refusal },
        None => Body::HttpAnswered { status: 500, body: refusal.code.to_owned() },
    };
    out.answer(question, body);
}

fn deny(id: &TransactionId, question: &Message, out: &mut Outbox<'_>) {
    let refusal = Refusal::from(Stop::NotPaid);
    out.event(Event::Refused { by: Party::Marketplace, refusal: refusal.clone() });
    // 402 is what the historic install call answered where nothing had been bought.
    out.answer(question, Body::ReceiptDenied { transaction: id.clone(), status: 402, refusal });
}
