//! The marketplace: takes payments, keeps the books, signs receipts, answers for them.

pub mod ledger;
pub mod store_keys;
pub(crate) mod window;
pub(crate) mod notices;
pub(crate) mod flow;
pub(crate) mod receipts;
pub(crate) mod service;
pub(crate) mod shelf;

use std::sync::Arc;

use crate::protocol::code::Refusal as Coded;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::{Kid, ProductId, TransactionId};
use crate::protocol::key_check::{self, KeyCheckError};
use crate::protocol::notice::NoticeKind;
use crate::protocol::payflow::PayDesk;
use crate::protocol::receipt::Receipt;
use crate::protocol::request::SimulationResult;
use crate::protocol::ring::KeyRing;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::store_answer::{Status, StoreAnswer};
use crate::protocol::time::Time;
use crate::world::app_server::issuer_of;
use crate::world::chance::Chance;
use crate::world::event::Event;
use crate::world::marketplace::flow::{Foreign, PaymentFlow};
use crate::world::marketplace::ledger::{Ledger, Transaction};
use crate::world::marketplace::notices::{NoticeDesk, Subject};
use crate::world::marketplace::receipts::Identities;
use crate::world::marketplace::service::{Counter, broken, history, newest_of};
use crate::world::marketplace::store_keys::{StoreKey, StoreKeys};
use crate::world::message::{Body, ChargeAnswer, Message, MessageId, Method};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::transaction::TransactionState;
use crate::world::wire::Outbox;

/// The store. Everything it knows about a payment is in its ledger; nothing else decides.
#[derive(Clone, Debug)]
pub struct Marketplace {
    ledger: Ledger,
    flow: PaymentFlow,
    notices: NoticeDesk,
    counter: Counter,
    chance: Chance,
}

impl Marketplace {
    pub(crate) fn new(scene: &Scene, payment_key: &SigningKey, mut chance: Chance, key_chance: Chance) -> Self {
        let now = scene.clock_of(Party::Marketplace);
        let keys = StoreKeys::new(scene.catalog.market.clone(), scene.setup.signing_in_force(), key_chance, now);
        let identities = Identities { secret: chance.bytes(), stored: chance.uuid().to_string() };
        Self {
            ledger: Ledger::default(),
            flow: PaymentFlow::new(flow::pay_desk(scene, payment_key)),
            notices: NoticeDesk::new(payment_key.clone()),
            counter: Counter::new(keys, identities),
            chance,
        }
    }

    /// Every payment, oldest first.
    #[must_use]
    pub fn transactions(&self) -> &[Arc<Transaction>] {
        self.ledger.transactions()
    }

    /// The payment of this id.
    #[must_use]
    pub fn transaction(&self, id: &TransactionId) -> Option<&Transaction> {
        self.ledger.find(id)
    }

    /// The public halves of the receipt keys, the one in office last.
    #[must_use]
    pub fn keys(&self) -> &[StoreKey] {
        self.counter.keys()
    }

    /// The keys that its receipts are checked with, each with the time of its retirement.
    pub(crate) fn ring(&self) -> &KeyRing {
        self.counter.ring()
    }

    /// What the store publishes: a JWK set, or the document of its certificates' root.
    #[must_use]
    pub fn published_keys(&self) -> String {
        self.counter.published_keys()
    }

    /// Whether a seller's key and secret are set up rightly, by a token that asks for nothing. Changes nothing.
    ///
    /// # Errors
    /// [`KeyCheckError`].
    pub fn key_check(&self, token: &str, now: Time) -> Result<(), Coded<KeyCheckError>> {
        key_check::check(token, self.flow.desk(), now)
    }

    pub(crate) fn handle(&mut self, scene: &Scene, message: &Arc<Message>, out: &mut Outbox<'_>) {
        match &message.body {
            Body::KeysAsked => {
                out.answer(message, Body::KeysAnswered { keys: self.counter.published_keys().into() });
            }
            Body::StartAsked { product, .. } => self.record_start(scene, product, message, out),
            Body::WindowOpened { request } => {
                let books = (&mut self.ledger, &mut self.notices, &mut self.chance);
                self.flow.open(scene, books, request, message, out);
            }
            Body::PinEntered { transaction, pin } => {
                if self.flow.take_pin(scene, &mut self.ledger, (transaction, pin), out) {
                    self.settled_without_money(scene, transaction, out);
                }
            }
            Body::CancelPressed { transaction } => {
                let end = (TransactionState::Cancelled, FlowFailure::UserCancelled);
                self.flow.end_unpaid(&mut self.ledger, transaction, end, out);
            }
            Body::WindowAbandoned { opening } => self.flow.abandon(&mut self.ledger, *opening, out),
            Body::ChargeAnswered { transaction, answer } => self.charged(scene, transaction, *answer, out),
            Body::NoticeAnswered { transaction, kind, status, body } => {
                let subject = Subject { transaction, kind: *kind };
                NoticeDesk::answered(scene, &mut self.ledger, &subject, (*status, body), out);
            }
            Body::RefundAnswered { transaction } => {
                self.taken_back(scene, transaction, TransactionState::Refunded, out);
            }
            // Nothing in the shipped store wrote down what its own notice said.
            Body::ChargebackReported { transaction } if is_left_to_notice(scene) => {
                self.post_again(scene, transaction, NoticeKind::Chargeback, out);
            }
            Body::ChargebackReported { transaction } => {
                self.taken_back(scene, transaction, TransactionState::ChargedBack, out);
            }
            Body::ReceiptSought { .. }
            | Body::ReceiptRequested { .. }
            | Body::ReissueAsked { .. }
            | Body::VerifyAsked { .. }
            | Body::ProductsAsked { .. }
            | Body::ReceiptClaimed { .. }
            | Body::TestReceiptAsked { .. }
            | Body::HistoryAsked => self.serve(scene, message, out),
            only_to!(buyer)
            | only_to!(app_page)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(provider)
            | Body::BuyRefused { .. }
            | Body::HttpAnswered { .. }
            | Body::ReceiptDenied { .. } => out.unexpected(Party::Marketplace, message),
        }
    }

    /// What the verify service would say of a receipt now. Changes nothing.
    pub(crate) fn answer_for(&self, scene: &Scene, receipt: &str) -> StoreAnswer {
        self.counter.judge(scene, &self.ledger, receipt, None).unwrap_or_else(broken)
    }

    /// Everything about receipts that are paid for.
    fn serve(&mut self, scene: &Scene, message: &Arc<Message>, out: &mut Outbox<'_>) {
        let (counter, ledger) = (&self.counter, &mut self.ledger);
        match &message.body {
            Body::ReceiptSought { transaction } => counter.supply(scene, ledger, transaction, message, out),
            Body::ReceiptRequested { transaction } => {
                let fresh_guid = self.chance.uuid().to_string();
                counter.hand_over(scene, ledger, (transaction, fresh_guid), message, out);
            }
            Body::ReissueAsked { receipt } => counter.reissue(scene, ledger, receipt, message, out),
            Body::VerifyAsked { method: method @ (Method::Get | Method::Options), .. } => {
                out.answer(message, service::without_receipt(scene, *method));
            }
            Body::VerifyAsked { receipt, path, method: Method::Post } => {
                let Ok(answer) = counter.judge(scene, ledger, receipt, path.as_deref()) else {
                    out.answer(message, Body::HttpAnswered { status: 500, body: String::new() });
                    return;
                };
                if answer.status != Status::Ok {
                    out.event(Event::Refused { by: Party::Marketplace, refusal: Refusal::of_answer(&answer) });
                }
                out.answer(message, Body::VerifyAnswered { answer });
            }
            Body::HistoryAsked => {
                out.answer(message, Body::HistoryAnswered { transactions: history(scene, ledger) });
            }
            Body::ProductsAsked { origin, product } => {
                shelf::list(scene, (origin.as_deref(), product.as_ref()), message, out);
            }
            Body::ReceiptClaimed { product } => match newest_of(scene, ledger, product) {
                Some(transaction) => {
                    let fresh_guid = self.chance.uuid().to_string();
                    counter.hand_over(scene, ledger, (&transaction, fresh_guid), message, out);
                }
                None => shelf::deny_claim(scene, product, message, out),
            },
            Body::TestReceiptAsked { manifest, kind } => counter.try_out(scene, (manifest, kind), message, out),
            Body::KeysAsked
            | Body::StartAsked { .. }
            | Body::WindowOpened { .. }
            | Body::PinEntered { .. }
            | Body::CancelPressed { .. }
            | Body::WindowAbandoned { .. }
            | Body::ChargeAnswered { .. }
            | Body::NoticeAnswered { .. }
            | Body::RefundAnswered { .. }
            | Body::ChargebackReported { .. }
            | only_to!(buyer)
            | only_to!(app_page)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(provider)
            | Body::BuyRefused { .. }
            | Body::HttpAnswered { .. }
            | Body::ReceiptDenied { .. } => {}
        }
    }

    /// Gives the money of a completed payment back.
    pub(crate) fn refund(&self, id: &TransactionId, out: &mut Outbox<'_>) {
        match self.ledger.find(id).filter(|transaction| transaction.state == TransactionState::Completed) {
            None => out.event(Event::CommandIgnored { why: "Only a completed payment can be refunded" }),
            Some(transaction) => {
                let body = Body::RefundAsked { transaction: id.clone(), price: transaction.price };
                out.send(Party::Marketplace, Party::Provider, body);
            }
        }
    }

    /// Changes the receipt key and tells the app.
    pub(crate) fn rotate_key(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        let at = scene.clock_of(Party::Marketplace);
        let (old, new) = self.counter.rotate_key(at);
        out.event(Event::KeyRotated { old: old.clone(), new });
        out.send(Party::Marketplace, Party::AppPage, Body::KeyRotated { old, at });
    }

    /// Changes the receipt key and tells nobody.
    pub(crate) fn rotate_key_in_silence(&mut self, scene: &Scene) -> (Kid, Kid) {
        self.counter.rotate_key(scene.clock_of(Party::Marketplace))
    }

    /// The secret that notices are signed with.
    pub(crate) fn notice_key(&self) -> &SigningKey {
        self.notices.key()
    }

    /// The desk that checks pay requests.
    pub(crate) fn pay_desk_mut(&mut self) -> &mut PayDesk {
        self.flow.desk_mut()
    }

    /// Takes another payment secret for the one that it shared with whoever signs the pay requests.
    pub(crate) fn share_secret(&mut self, scene: &Scene, key: &SigningKey) -> bool {
        self.flow.desk_mut().admit(issuer_of(scene), key.verifying_key());
        self.notices.take_key(key.clone());
        true
    }

    /// The key that receipts are signed with now.
    pub(crate) fn receipt_key(&self) -> &SigningKey {
        self.counter.signing_key()
    }

    /// Every key that ever signed a receipt or a certificate.
    pub(crate) fn private_keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.counter.private_keys()
    }

    /// The key that certifies the one which receipts are signed with.
    pub(crate) fn root_key(&self) -> &SigningKey {
        self.counter.root_key()
    }

    /// Another root is published at its issuer's address. False where receipts carry no certificate.
    pub(crate) fn rotate_root(&mut self, scene: &Scene) -> bool {
        self.counter.rotate_root(scene.clock_of(Party::Marketplace))
    }

    /// The signing service goes down, or comes back. False where it stands so already.
    pub(crate) fn break_signer(&mut self, is_down: bool) -> bool {
        self.counter.break_signer(is_down)
    }

    /// The signing service's clock falls behind, or is set right. False where it stands so already.
    pub(crate) fn slow_signer(&mut self, is_behind: bool) -> bool {
        self.counter.slow_signer(is_behind)
    }

    /// The certificate over the receipt key has run out, or is renewed. False where receipts carry none.
    pub(crate) fn expire_certificate(&mut self, scene: &Scene, is_expired: bool) -> bool {
        self.counter.certify(scene.clock_of(Party::Marketplace), is_expired)
    }

    /// The books are lost, or restored. False where there is nothing to lose.
    pub(crate) fn lose_books(&mut self, is_lost: bool) -> bool {
        self.ledger.lose(is_lost)
    }

    /// A delivery was not answered in time.
    pub(crate) fn notice_overdue(
        &mut self,
        transaction: &TransactionId,
        kind: NoticeKind,
        message: MessageId,
        out: &mut Outbox<'_>,
    ) {
        NoticeDesk::overdue(&mut self.ledger, &Subject { transaction, kind }, message, out);
    }

    /// The time for another delivery has come.
    pub(crate) fn post_again(
        &mut self,
        scene: &Scene,
        transaction: &TransactionId,
        kind: NoticeKind,
        out: &mut Outbox<'_>,
    ) {
        self.notices.post(scene, &mut self.ledger, &Subject { transaction, kind }, out);
    }

    /// A payment page was open for too long.
    pub(crate) fn window_expires(&mut self, id: &TransactionId, out: &mut Outbox<'_>) {
        self.flow.expire(&mut self.ledger, id, out);
    }

    /// Writes a purchase into the books that this run did not act out, and signs its receipt.
    pub(crate) fn foreign_receipt(
        &mut self,
        scene: &Scene,
        purchase: Foreign,
        change: impl FnOnce(&mut Receipt),
    ) -> Option<Arc<str>> {
        let id = flow::record_foreign(scene, &mut self.ledger, purchase, &mut self.chance)?;
        let mut claims = self.counter.claims(scene, self.ledger.find(&id)?);
        change(&mut claims);
        Some(self.counter.sign(&claims))
    }

    fn record_start(&mut self, scene: &Scene, product: &ProductId, question: &Message, out: &mut Outbox<'_>) {
        match flow::listed(scene, product) {
            Some(ware) => {
                let transaction = flow::start(scene, &mut self.ledger, (ware, None), &mut self.chance, out);
                out.answer(question, Body::StartAnswered { transaction });
            }
            None => {
                out.answer(question, Body::BuyRefused { status: 404, refusal: Stop::UnknownProduct.into() });
            }
        }
    }

    /// A free or simulated payment was confirmed. A simulation ends in whichever notice it asks for.
    fn settled_without_money(&mut self, scene: &Scene, id: &TransactionId, out: &mut Outbox<'_>) {
        let Some(SimulationResult::Chargeback) = self.notices.simulated_result(id) else {
            return self.charged(scene, id, ChargeAnswer::Charged, out);
        };
        if self.ledger.change(id, TransactionState::Completed, out) {
            self.flow.close(id, None, out);
            self.taken_back(scene, id, TransactionState::ChargedBack, out);
        }
    }

    fn charged(&mut self, scene: &Scene, id: &TransactionId, answer: ChargeAnswer, out: &mut Outbox<'_>) {
        match answer {
            ChargeAnswer::Charged => {
                if self.ledger.change(id, TransactionState::Completed, out) {
                    self.flow.close(id, None, out);
                    self.post_again(scene, id, NoticeKind::Postback, out);
                }
            }
            ChargeAnswer::Declined => {
                let end = (TransactionState::Declined, FlowFailure::TransFailed);
                self.flow.end_unpaid(&mut self.ledger, id, end, out);
            }
            ChargeAnswer::LedElsewhere => {
                let end = (TransactionState::Declined, FlowFailure::InvalidRedirUrl);
                self.flow.end_unpaid(&mut self.ledger, id, end, out);
            }
            ChargeAnswer::Pending => {}
        }
    }

    fn taken_back(&mut self, scene: &Scene, id: &TransactionId, to: TransactionState, out: &mut Outbox<'_>) {
        if self.ledger.change(id, to, out) {
            self.post_again(scene, id, NoticeKind::Chargeback, out);
        }
    }
}

/// Whether only the notice of a chargeback would change the books, and nobody takes that notice.
fn is_left_to_notice(scene: &Scene) -> bool {
    scene.setup.is_hosted() && scene.rules().notice.is_own_chargeback_unwritten
}
