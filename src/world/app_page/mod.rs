//! The app page: sells, polls, verifies, and decides from a verdict who may come in.

pub mod shelf;
mod judging;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::dial::Profile;
use crate::protocol::id::{Kid, ProductId, TransactionId};
use crate::protocol::jwk::{JwkSet, RootDocument};
use crate::protocol::ring::KeyRing;
use crate::protocol::store_answer::{Status, StoreAnswer, StoreReply};
use crate::protocol::time::Time;
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::judge;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::Question;
use crate::world::app_page::judging::{question, sites, unverified_product};
use crate::world::app_page::shelf::{Shelf, Stage};
use crate::world::asked::{Matter, PATIENCE, Questions, refusal};
use crate::world::domain_check::own_provenance;
use crate::world::event::Event;
use crate::world::marketplace::store_keys::root_url;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::setup::AppKeys;
use crate::world::wire::{Outbox, Reminder};

/// The app in the browser. Opens a product from an accepting verdict and from nothing else.
#[derive(Clone, Debug, Default)]
pub struct AppPage {
    keys: KeyRing,
    shelves: BTreeMap<ProductId, Shelf>,
    questions: Questions,
}

impl AppPage {
    /// The store keys that the app holds.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// What the app knows about this product; `None` before anything happened to it.
    #[must_use]
    pub fn shelf(&self, product: &ProductId) -> Option<&Shelf> {
        self.shelves.get(product)
    }

    /// All products that anything happened to.
    pub fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        self.shelves.values()
    }

    /// What the app would say of this receipt, without these checks and without asking the store.
    pub(crate) fn judged(scene: &Scene, keys: &KeyRing, receipt: &str, off: CheckSet) -> Verdict {
        judge(&Question { switched_off: off, ..question(scene, &sites(scene), (keys, receipt, None)) })
    }

    /// What an app with this profile would say of this receipt, once the store has replied.
    pub(crate) fn judged_as(
        scene: &Scene,
        keys: &KeyRing,
        receipt: &str,
        (profile, reply): (Profile, &StoreReply),
    ) -> Verdict {
        let (sites, asked) = (sites(scene), (keys, receipt, Some(reply)));
        judge(&Question { profile, switched_off: CheckSet::NONE, ..question(scene, &sites, asked) })
    }

    /// Obtains the store's keys.
    pub(crate) fn fetch_keys(&mut self, out: &mut Outbox<'_>) {
        self.questions.ask(Matter::Keys, Party::Marketplace, Body::KeysAsked, out);
    }

    /// Looks again at what the device holds for this product.
    pub(crate) fn verify_again(&mut self, product: &ProductId, out: &mut Outbox<'_>) {
        self.shelf_mut(product).stage = Stage::Judging;
        self.questions.ask(Matter::Device(product.clone()), Party::Device, Body::ReceiptsAsked, out);
    }

    /// Trades the receipt of this product for a fresh one.
    pub(crate) fn reissue(&mut self, product: &ProductId, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        match stock.receipt.clone() {
            None => out.event(Event::CommandIgnored { why: "The app has no receipt for this product" }),
            Some(receipt) => {
                stock.stage = Stage::Reissuing;
                let body = Body::ReissueAsked { receipt };
                self.questions.ask(Matter::Fresh(product.clone()), Party::Marketplace, body, out);
            }
        }
    }

    pub(crate) fn handle(&mut self, scene: &Scene, message: &Message, out: &mut Outbox<'_>) {
        let question = message.answers.and_then(|asked| self.questions.close(asked, out));
        // An answer after its time falls on deaf ears. `mozPay` alone may take as long as it likes.
        if message.answers.is_some() && question.is_none() && !matches!(message.body, Body::PaySettled { .. }) {
            return out.unexpected(Party::AppPage, message);
        }
        match &message.body {
            Body::KeysAnswered { keys } => self.learn_keys(scene, keys),
            Body::BuyClicked { product } => self.ask_to_buy(scene, product, out),
            Body::BuyAnswered { transaction, request } => self.pay(scene, transaction, request, out),
            Body::BuyRefused { refusal, .. } => self.fail_in(Stage::Asking, refusal, out),
            Body::PaySettled { failure: None } => {}
            Body::PaySettled { failure: Some(refusal) } => self.stop_paying(refusal, out),
            Body::StatusAnswered { transaction, receipt } => {
                self.read_status(scene, transaction, receipt.as_ref(), out);
            }
            Body::InstallAnswered { error } => self.installed(scene, error.as_ref(), out),
            Body::ReceiptsAnswered { receipts } => self.look_at(scene, receipts, out),
            Body::ReceiptJudged { product, verdict, .. } => self.act_on(product, verdict, out),
            Body::VerifyAnswered { answer } => {
                let Some(Matter::Store(product)) = question else { return };
                self.hear_store(scene, &product, &StoreReply::Answer(answer.clone()), out);
            }
            Body::ReceiptHandedOver { product, receipt, .. } => self.install(product, receipt, out),
            Body::ReissueAnswered { answer, .. } => self.reissued(answer, out),
            Body::KeyRotated { old, at } => self.retire_key(scene, old, *at),
            only_to!(buyer)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(marketplace)
            | only_to!(provider)
            | Body::ProductsAnswered { .. }
            | Body::TestReceiptIssued { .. }
            | Body::StoreRefused { .. }
            | Body::ReceiptDenied { .. } => out.unexpected(Party::AppPage, message),
            Body::HttpAnswered { status, body } => match question {
                None => out.unexpected(Party::AppPage, message),
                Some(question) => self.misanswered(scene, &question, &StoreReply::read(*status, body), out),
            },
        }
    }

    /// No answer came in time.
    pub(crate) fn overdue(&mut self, scene: &Scene, message: MessageId, out: &mut Outbox<'_>) {
        if let Some(question) = self.questions.close(message, out) {
            out.event(Event::TimedOut { message, after: PATIENCE });
            self.misanswered(scene, &question, &StoreReply::TimedOut, out);
        }
    }

    /// What came back is no answer. A poll is tried again while there are tries left; anything else ends what was begun.
    fn misanswered(&mut self, scene: &Scene, question: &Matter, reply: &StoreReply, out: &mut Outbox<'_>) {
        let tell = |out: &mut Outbox<'_>| out.event(Event::Refused { by: Party::AppPage, refusal: refusal(reply) });
        match question {
            Matter::Keys => tell(out),
            Matter::Status(transaction) => {
                tell(out);
                self.poll_again(scene, transaction, out);
            }
            Matter::Store(product) => self.hear_store(scene, product, reply, out),
            Matter::Order(product) | Matter::Device(product) | Matter::Fresh(product) => {
                if self.shelf_mut(product).stage.is_busy() {
                    self.fail(product, Stage::Refused, refusal(reply), out);
                }
            }
        }
    }

    /// The moment of the next poll has come.
    pub(crate) fn poll(&mut self, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let Some(stock) = self.paying(transaction) else { return };
        stock.polls += 1;
        let poll = stock.polls;
        let body = Body::StatusAsked { transaction: transaction.clone(), poll };
        self.questions.ask(Matter::Status(transaction.clone()), Party::AppServer, body, out);
    }

    fn shelf_mut(&mut self, product: &ProductId) -> &mut Shelf {
        self.shelves.entry(product.clone()).or_insert_with(|| Shelf {
            product: product.clone(),
            stage: Stage::Idle,
            transaction: None,
            polls: 0,
            receipt: None,
            verdict: None,
            is_open: false,
            refusal: None,
        })
    }

    fn in_stage(&mut self, stage: Stage) -> Option<&mut Shelf> {
        self.shelves.values_mut().find(|stock| stock.stage == stage)
    }

    fn paying(&mut self, transaction: &TransactionId) -> Option<&mut Shelf> {
        let is_it =
            |stock: &&mut Shelf| stock.stage == Stage::Paying && stock.transaction.as_ref() == Some(transaction);
        self.shelves.values_mut().find(is_it)
    }

    /// Keeps the keys of the one issuer that it asked. D14 may spoil what it keeps.
    fn learn_keys(&mut self, scene: &Scene, keys: &str) {
        let issuer = match scene.setup.app_keys {
            AppKeys::IssuerUnknown => scene.catalog.other_app.clone(),
            AppKeys::FetchedBeforehand | AppKeys::Stale | AppKeys::Rotated => scene.catalog.market.clone(),
        };
        let mut ring = KeyRing::new();
        if let Ok(set) = JwkSet::parse(keys) {
            for jwk in set.keys() {
                // The historic set cannot say when a key was retired; a second key of one name is left out.
                let _ = ring.insert(issuer.clone(), jwk.key().clone());
            }
        } else if let Ok(root) = RootDocument::parse(keys, &root_url(&issuer)) {
            for jwk in root.keys() {
                ring.pin(Some(root_url(&issuer)), jwk.key().clone());
            }
        }
        self.keys = ring;
    }

    /// The store says that a key signs no more. An app with stale keys is one that did not hear it.
    fn retire_key(&mut self, scene: &Scene, old: &Kid, at: Time) {
        match scene.setup.app_keys {
            AppKeys::Stale | AppKeys::IssuerUnknown => {}
            AppKeys::FetchedBeforehand | AppKeys::Rotated => {
                self.keys.retire(&scene.catalog.market, old, at);
            }
        }
    }

    fn ask_to_buy(&mut self, scene: &Scene, product: &ProductId, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        if stock.stage.is_busy() {
            return;
        }
        (stock.stage, stock.transaction, stock.polls, stock.refusal) = (Stage::Asking, None, 0, None);
        let origin = Some(scene.catalog.app.clone());
        let provenance = own_provenance(scene, product);
        let body = Body::BuyAsked { product: product.clone(), origin, provenance };
        self.questions.ask(Matter::Order(product.clone()), Party::AppServer, body, out);
    }

    /// Hands the pay request to `mozPay` and starts polling.
    fn pay(&mut self, scene: &Scene, transaction: &TransactionId, request: &Arc<str>, out: &mut Outbox<'_>) {
        let Some(stock) = self.in_stage(Stage::Asking) else { return };
        (stock.stage, stock.transaction) = (Stage::Paying, Some(transaction.clone()));
        out.send(Party::AppPage, Party::Device, Body::PayCalled { requests: vec![Arc::clone(request)] });
        out.remind(scene.setup.polling.interval, Reminder::Poll { transaction: transaction.clone() });
    }

    fn stop_paying(&mut self, refusal: &Refusal, out: &mut Outbox<'_>) {
        out.forget(|reminder| matches!(reminder, Reminder::Poll { .. }));
        self.fail_in(Stage::Paying, refusal, out);
    }

    fn read_status(
        &mut self,
        scene: &Scene,
        transaction: &TransactionId,
        receipt: Option<&Arc<str>>,
        out: &mut Outbox<'_>,
    ) {
        let Some(stock) = self.paying(transaction) else { return };
        match receipt {
            Some(receipt) => {
                let product = stock.product.clone();
                self.install(&product, receipt, out);
            }
            None => self.poll_again(scene, transaction, out),
        }
    }

    /// The app knows no more than before: it waits for the next poll, or gives up.
    fn poll_again(&mut self, scene: &Scene, transaction: &TransactionId, out: &mut Outbox<'_>) {
        let Some(stock) = self.paying(transaction) else { return };
        let (product, polls) = (stock.product.clone(), stock.polls);
        if polls < scene.setup.polling.tries {
            return out.remind(scene.setup.polling.interval, Reminder::Poll { transaction: transaction.clone() });
        }
        out.event(Event::PollingGivenUp { transaction: transaction.clone(), polls });
        self.fail(&product, Stage::GaveUp, Stop::PollingGivenUp.into(), out);
    }

    fn install(&mut self, product: &ProductId, receipt: &Arc<str>, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        (stock.stage, stock.receipt) = (Stage::Installing, Some(Arc::clone(receipt)));
        let body = Body::InstallAsked { receipt: Arc::clone(receipt) };
        self.questions.ask(Matter::Device(product.clone()), Party::Device, body, out);
    }

    fn installed(&mut self, scene: &Scene, error: Option<&Refusal>, out: &mut Outbox<'_>) {
        let Some(stock) = self.in_stage(Stage::Installing) else { return };
        let product = stock.product.clone();
        match error {
            None => self.judge(scene, &product, None, out),
            Some(refusal) => self.fail(&product, Stage::Refused, refusal.clone(), out),
        }
    }

    /// Picks the newest stored receipt that names the product; else the newest that names none of this shop's, so that a
    /// foreign one is judged too. The receipt of one product never stands for another.
    fn look_at(&mut self, scene: &Scene, receipts: &[Arc<str>], out: &mut Outbox<'_>) {
        let Some(stock) = self.in_stage(Stage::Judging) else { return };
        let product = stock.product.clone();
        let names_it = |receipt: &&Arc<str>| unverified_product(receipt).as_deref() == Some(product.as_str());
        let names_another = |receipt: &&Arc<str>| {
            let named = unverified_product(receipt);
            scene.catalog.shop().any(|own| named.as_deref() == Some(own.id.as_str()))
        };
        let newest = || receipts.iter().rev();
        match newest().find(names_it).or_else(|| newest().find(|receipt| !names_another(receipt))) {
            None => self.close(&product, Stop::NoReceipt.into(), out),
            Some(receipt) => {
                self.shelf_mut(&product).receipt = Some(Arc::clone(receipt));
                self.judge(scene, &product, None, out);
            }
        }
    }

    /// Climbs the ladder. What comes of it is acted on when the app page has heard its own message.
    fn judge(&mut self, scene: &Scene, product: &ProductId, reply: Option<&StoreReply>, out: &mut Outbox<'_>) {
        let Some(stock) = self.shelves.get_mut(product) else { return };
        let Some(receipt) = stock.receipt.clone() else { return };
        let verdict = Arc::new(judge(&question(scene, &sites(scene), (&self.keys, &receipt, reply))));
        (stock.stage, stock.verdict) = (Stage::Judging, Some(Arc::clone(&verdict)));
        let product = product.clone();
        out.send(Party::AppPage, Party::AppPage, Body::ReceiptJudged { product, receipt, verdict });
    }

    fn act_on(&mut self, product: &ProductId, verdict: &Verdict, out: &mut Outbox<'_>) {
        if verdict.is_waiting_for_store() {
            let stock = self.shelf_mut(product);
            let Some(receipt) = stock.receipt.clone() else { return };
            stock.stage = Stage::AskingStore;
            let question = Matter::Store(product.clone());
            self.questions.ask(question, Party::Marketplace, Body::VerifyAsked { receipt, path: None }, out);
        } else if verdict.is_accepted() {
            self.grant(product, out);
        } else {
            self.close(product, Refusal::of_verdict(verdict), out);
        }
    }

    fn hear_store(&mut self, scene: &Scene, product: &ProductId, reply: &StoreReply, out: &mut Outbox<'_>) {
        if self.shelf_mut(product).stage == Stage::AskingStore {
            self.judge(scene, product, Some(reply), out);
        }
    }

    fn reissued(&mut self, answer: &StoreAnswer, out: &mut Outbox<'_>) {
        let Some(stock) = self.in_stage(Stage::Reissuing) else { return };
        let (product, old) = (stock.product.clone(), stock.receipt.clone());
        if let (Some(new), Some(old)) = (&answer.receipt, old) {
            (stock.stage, stock.receipt) = (Stage::Installing, Some(Arc::clone(new)));
            let body = Body::ReplaceAsked { old, new: Arc::clone(new) };
            self.questions.ask(Matter::Device(product), Party::Device, body, out);
            return;
        }
        match answer.status {
            // The old receipt stands, so nothing changes.
            Status::Ok | Status::Pending => {
                stock.stage = if stock.is_open { Stage::Open } else { Stage::Refused };
                out.event(Event::Refused { by: Party::Marketplace, refusal: Stop::NotReissued.into() });
            }
            Status::Refunded | Status::Expired | Status::Invalid => {
                self.close(&product, Refusal::of_answer(answer), out);
            }
        }
    }

    /// The only place where access is given.
    fn grant(&mut self, product: &ProductId, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        (stock.stage, stock.is_open, stock.refusal) = (Stage::Open, true, None);
        out.event(Event::AccessGranted { product: product.clone() });
        out.send(Party::AppPage, Party::Buyer, Body::AccessGranted { product: product.clone() });
    }

    fn fail_in(&mut self, stage: Stage, refusal: &Refusal, out: &mut Outbox<'_>) {
        if let Some(product) = self.in_stage(stage).map(|stock| stock.product.clone()) {
            self.fail(&product, Stage::Refused, refusal.clone(), out);
        }
    }

    /// A purchase came to nothing. What was open before stays open.
    fn fail(&mut self, product: &ProductId, stage: Stage, refusal: Refusal, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        stock.stage = if stock.is_open { Stage::Open } else { stage };
        self.tell(product, refusal, out);
    }

    /// A verdict keeps the product closed, or closes it: the only place where access ends.
    fn close(&mut self, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
        let stock = self.shelf_mut(product);
        stock.stage = Stage::Refused;
        if std::mem::replace(&mut stock.is_open, false) {
            out.event(Event::AccessEnded { product: product.clone() });
        }
        self.tell(product, refusal, out);
    }

    fn tell(&mut self, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
        self.shelf_mut(product).refusal = Some(refusal.clone());
        out.event(Event::Refused { by: Party::AppPage, refusal: refusal.clone() });
        out.send(Party::AppPage, Party::Buyer, Body::AccessRefused { product: product.clone(), refusal });
    }
}
