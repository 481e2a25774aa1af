//! The app page: sells, polls, verifies, and decides from a verdict who may come in.

pub mod shelf;
mod judging;
mod keys;
mod shop;
mod buying;
mod complaint;
mod round;
mod memory;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::dial::{AppClient, CheckWhen, Profile};
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::ring::KeyRing;
use crate::protocol::store_answer::{Status, StoreAnswer, StoreReply};
use crate::protocol::time::Span;
use crate::protocol::verdict::check::CheckSet;
use crate::protocol::verdict::judge;
use crate::protocol::verdict::ladder::Verdict;
use crate::protocol::verdict::question::Question;
use crate::world::app_page::complaint::{
    Misanswer, of_install, of_misanswer, of_mozpay, of_no, of_no_receipt, of_window_message,
};
use crate::world::app_page::judging::{Held, Sites, believed, judged, question};
use crate::world::app_page::keys::{hear_of_rotation, published};
use crate::world::app_page::memory::Memory;
use crate::world::app_page::round::Round;
use crate::world::app_page::shelf::{Shelf, Stage};
use crate::world::app_page::shop::Shop;
use crate::world::asked::Matter;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId, Method};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// How often an app looks again that does so hourly.
const HOUR: Span = Span::from_seconds(3_600);

/// The app in the browser. Opens a product from an accepting verdict and from nothing else.
#[derive(Clone, Debug, Default)]
pub struct AppPage {
    keys: KeyRing,
    shop: Shop,
    memory: Memory,
    /// The passes over all receipts that are under way.
    rounds: BTreeMap<ProductId, Round>,
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
        self.shop.shelves.get(product)
    }

    /// All products that anything happened to.
    pub fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        self.shop.shelves.iter()
    }

    /// What the app would say of this receipt, without these checks and without asking the store.
    pub(crate) fn judged(scene: &Scene, keys: &KeyRing, receipt: &str, off: CheckSet) -> Verdict {
        let sites = Sites::of(scene);
        judge(&Question {
            switched_off: off,
            ..question(scene, &sites, &Held { keys, receipt, reply: None, kept: None })
        })
    }

    /// What an app with this profile would say of this receipt, once the store has replied.
    pub(crate) fn judged_as(
        scene: &Scene,
        keys: &KeyRing,
        receipt: &str,
        (profile, reply): (Profile, &StoreReply),
    ) -> Verdict {
        let (sites, held) = (Sites::of(scene), Held { keys, receipt, reply: Some(reply), kept: None });
        judge(&Question { profile, switched_off: CheckSet::NONE, ..question(scene, &sites, &held) })
    }

    /// Obtains the store's keys.
    pub(crate) fn fetch_keys(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        self.shop.ask(scene, Matter::Keys, (Party::Marketplace, Body::KeysAsked), out);
    }

    /// The app is ready: a client that makes its list of receipts once makes it now, and the hours begin to be counted.
    pub(crate) fn begin(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        count_hours(scene, out);
        if scene.setup.client_rules().is_map_built_once {
            self.shop.ask(scene, Matter::Map, (Party::Device, Body::ReceiptsAsked), out);
        }
    }

    /// The app is closed and opened again. What it only had in mind is gone; what it has is looked at, if that is its way.
    pub(crate) fn reopen(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        out.event(Event::AppReopened);
        self.shop.questions.close_all(out);
        self.rounds.clear();
        out.forget(|reminder| matches!(reminder, Reminder::Poll { .. }));
        let can_resume = scene.setup.client_rules().is_purchase_resumed;
        for shelf in self.shop.shelves.iter_mut().filter(|shelf| shelf.stage.is_busy()) {
            let was_paying = shelf.stage == Stage::Paying && can_resume;
            shelf.stage = match (shelf.is_open, was_paying) {
                (true, _) => Stage::Open,
                (false, true) => Stage::GaveUp,
                (false, false) => Stage::Idle,
            };
        }
        self.begin(scene, out);
        match scene.setup.check_when {
            CheckWhen::AtInstall => buying::resume_all(&mut self.shop, scene, out),
            CheckWhen::AtStart | CheckWhen::Hourly => self.check_all(scene, out),
        }
    }

    /// An hour is over.
    pub(crate) fn check_hourly(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        count_hours(scene, out);
        self.check_all(scene, out);
    }

    /// Looks again at everything that was ever here and is at rest.
    fn check_all(&mut self, scene: &Scene, out: &mut Outbox<'_>) {
        let is_known = |shelf: &&Shelf| shelf.is_open || shelf.receipt.is_some() || shelf.stage == Stage::GaveUp;
        let at_rest = self.shop.shelves.iter().filter(|shelf| !shelf.stage.is_busy());
        let known: Vec<ProductId> = at_rest.filter(is_known).map(|shelf| shelf.product.clone()).collect();
        for product in known {
            self.verify_again(scene, &product, out);
        }
    }

    /// The moment of the next poll has come.
    pub(crate) fn poll(&mut self, scene: &Scene, transaction: &TransactionId, out: &mut Outbox<'_>) {
        buying::poll(&mut self.shop, scene, transaction, out);
    }

    /// Looks again at what the device holds for this product.
    pub(crate) fn verify_again(&mut self, scene: &Scene, product: &ProductId, out: &mut Outbox<'_>) {
        if buying::resume(&mut self.shop, scene, product, out) {
            return;
        }
        self.rounds.remove(product);
        self.shop.shelves.at(product).stage = Stage::Judging;
        self.shop.ask(scene, Matter::Device(product.clone()), (Party::Device, Body::ReceiptsAsked), out);
    }

    /// Trades the receipt of this product for a fresh one.
    pub(crate) fn reissue(&mut self, scene: &Scene, product: &ProductId, out: &mut Outbox<'_>) {
        let stock = self.shop.shelves.at(product);
        match stock.receipt.clone() {
            None => out.event(Event::CommandIgnored { why: "The app has no receipt for this product" }),
            Some(receipt) => {
                stock.stage = Stage::Reissuing;
                let body = Body::ReissueAsked { receipt };
                self.shop.ask(scene, Matter::Fresh(product.clone()), (Party::Marketplace, body), out);
            }
        }
    }

    pub(crate) fn handle(&mut self, scene: &Scene, message: &Message, out: &mut Outbox<'_>) {
        let question =
            message.answers.and_then(|asked| self.shop.questions.close(asked, out)).map(|(question, _)| question);
        // An answer after its time falls on deaf ears. `mozPay` alone may take as long as it likes.
        if message.answers.is_some() && question.is_none() && !matches!(message.body, Body::PaySettled { .. }) {
            return out.unexpected(Party::AppPage, message);
        }
        match &message.body {
            Body::KeysAnswered { keys } => self.keys = published(scene, keys),
            Body::BuyClicked { product } => buying::ask_to_buy(&mut self.shop, scene, product, out),
            Body::BuyAnswered { .. } | Body::BuyRefused { .. } | Body::PaySettled { .. } => {
                self.hear_of_purchase(scene, question.as_ref(), message, out);
            }
            Body::StatusAnswered { transaction, receipt } => {
                buying::read_status(&mut self.shop, scene, transaction, receipt.as_ref(), out);
            }
            Body::InstallAnswered { error } => {
                let Some(Matter::Device(product)) = question else { return out.unexpected(Party::AppPage, message) };
                self.installed(scene, product, error.as_ref(), out);
            }
            Body::ReceiptsAnswered { receipts } => match question {
                Some(Matter::Map) => self.memory.make_map(receipts),
                Some(Matter::Device(product)) => self.restore(scene, &product, receipts, out),
                _ => out.unexpected(Party::AppPage, message),
            },
            Body::ReceiptJudged { product, verdict, .. } => self.hear_verdict(scene, product, verdict, out),
            Body::VerifyAnswered { answer } => {
                let Some(Matter::Store(product)) = question else { return };
                self.hear_store(scene, &product, &StoreReply::Answer(answer.clone()), out);
            }
            Body::ReceiptHandedOver { product, receipt, .. } => self.shop.install(scene, product, receipt, out),
            Body::ReissueAnswered { answer, .. } => {
                let Some(Matter::Fresh(product)) = question else { return out.unexpected(Party::AppPage, message) };
                self.reissued(scene, product, answer, out);
            }
            Body::ProductsAnswered { .. } => self.end_purchase(scene, question.as_ref(), message, out),
            Body::StoreRefused { status, refusal } => match question {
                Some(Matter::Product(product)) => {
                    self.shop.fail(&product, Stage::Refused, of_no(scene.setup.client, *status, refusal), out);
                }
                _ => out.unexpected(Party::AppPage, message),
            },
            Body::WindowPosted { origin, status, code } => {
                if let Some(refusal) = of_window_message(scene, (origin, status, code.as_deref()), out) {
                    // A window that was opened by hand says for whom no more than this.
                    if let Some(product) = self.shop.shelves.in_stage(Stage::Paying).map(|stock| stock.product.clone())
                    {
                        buying::stop_paying(&mut self.shop, &product, refusal, out);
                    }
                }
            }
            Body::KeyRotated { old, at } => hear_of_rotation(scene, &mut self.keys, old, *at),
            only_to!(buyer)
            | only_to!(device)
            | only_to!(app_server)
            | only_to!(marketplace)
            | only_to!(provider)
            | Body::TestReceiptIssued { .. }
            | Body::ReceiptDenied { .. } => out.unexpected(Party::AppPage, message),
            Body::HttpAnswered { status, body } => match question {
                None => out.unexpected(Party::AppPage, message),
                Some(Matter::Leave(product)) => self.hear_leave(scene, &product, *status, out),
                Some(question) => self.misanswered(scene, &question, &Misanswer::Http(*status, body), out),
            },
        }
    }

    /// The app server or `mozPay` has answered for the product that it was asked about.
    fn hear_of_purchase(&mut self, scene: &Scene, question: Option<&Matter>, message: &Message, out: &mut Outbox<'_>) {
        match (&message.body, question) {
            (Body::BuyAnswered { transaction, request }, Some(Matter::Order(product))) => {
                buying::pay(&mut self.shop, scene, product, (transaction, request), out);
            }
            (Body::BuyRefused { status, refusal }, Some(Matter::Order(product))) => {
                buying::refuse_order(&mut self.shop, product, of_no(scene.setup.client, *status, refusal), out);
            }
            (Body::PaySettled { failure: Some(refusal) }, Some(Matter::Payment(product))) => {
                buying::stop_paying(&mut self.shop, product, of_mozpay(scene.setup.client, refusal), out);
            }
            // Success is what the polls tell, and of an app that was opened anew `mozPay` knows nothing.
            (Body::PaySettled { .. }, _) => {}
            _ => out.unexpected(Party::AppPage, message),
        }
    }

    /// No answer came in time.
    pub(crate) fn overdue(&mut self, scene: &Scene, message: MessageId, out: &mut Outbox<'_>) {
        if let Some((question, Some(after))) = self.shop.questions.close(message, out) {
            out.event(Event::TimedOut { message, after });
            self.misanswered(scene, &question, &Misanswer::Nothing, out);
        }
    }

    /// What came back is no answer. A poll is tried again while there are tries left; anything else ends what was begun.
    fn misanswered(&mut self, scene: &Scene, question: &Matter, found: &Misanswer<'_>, out: &mut Outbox<'_>) {
        let refusal = of_misanswer(scene.setup.client, found);
        match question {
            Matter::Keys | Matter::Map => out.event(Event::Refused { by: Party::AppPage, refusal }),
            Matter::Status(transaction) => {
                buying::poll_misanswered(&mut self.shop, scene, transaction, (found, refusal), out);
            }
            Matter::Store(product) | Matter::Leave(product) => self.hear_store(scene, product, &found.reply(), out),
            Matter::Order(product)
            | Matter::Payment(product)
            | Matter::Device(product)
            | Matter::Fresh(product)
            | Matter::Product(product) => {
                if self.shop.shelves.at(product).stage.is_busy() {
                    self.shop.fail(product, Stage::Refused, refusal, out);
                }
            }
        }
    }

    fn installed(&mut self, scene: &Scene, product: ProductId, error: Option<&Refusal>, out: &mut Outbox<'_>) {
        let stock = self.shop.shelves.at(&product);
        if stock.stage != Stage::Installing {
            return;
        }
        let rules = scene.setup.client_rules();
        match error {
            Some(refusal) => self.shop.fail(&product, Stage::Refused, of_install(scene.setup.client, refusal), out),
            None if rules.is_status_trusted => {
                stock.stage = Stage::Concluding;
                let body =
                    Body::ProductsAsked { origin: Some(scene.catalog.app.to_string()), product: Some(product.clone()) };
                self.shop.ask(scene, Matter::Product(product), (Party::Marketplace, body), out);
            }
            None if rules.is_every_receipt_judged => self.verify_again(scene, &product, out),
            None => self.judge(scene, &product, None, out),
        }
    }

    /// The store has told what was bought, which is the last that fxpay wants to know.
    fn end_purchase(&mut self, scene: &Scene, question: Option<&Matter>, message: &Message, out: &mut Outbox<'_>) {
        let Some(Matter::Product(product)) = question else { return out.unexpected(Party::AppPage, message) };
        let Some(receipt) = self.shop.shelves.at(product).receipt.clone() else { return };
        let held = Held { keys: &self.keys, receipt: &receipt, reply: None, kept: None };
        let verdict = believed(scene, &held);
        self.tell_verdict(product, receipt, verdict, out);
    }

    /// The device has said what it holds, and each client looks at it in its way.
    fn restore(&mut self, scene: &Scene, product: &ProductId, receipts: &[Arc<str>], out: &mut Outbox<'_>) {
        let rules = scene.setup.client_rules();
        match self.memory.found(scene, product, receipts) {
            Err(refusal) => self.shop.close(product, refusal, out),
            // Nobody is told, and so everybody waits.
            Ok(found) if found.is_empty() && rules.is_silent_without_receipts => {
                out.event(Event::Refused { by: Party::AppPage, refusal: of_no_receipt(scene) });
            }
            Ok(found) if rules.is_every_receipt_judged => {
                let mut round = Round::over(found);
                let first = round.next();
                self.rounds.insert(product.clone(), round);
                self.look_at(scene, product, first, out);
            }
            Ok(found) => self.look_at(scene, product, found.last().cloned(), out),
        }
    }

    fn look_at(&mut self, scene: &Scene, product: &ProductId, receipt: Option<Arc<str>>, out: &mut Outbox<'_>) {
        match receipt {
            None => self.shop.close(product, of_no_receipt(scene), out),
            Some(receipt) => {
                self.shop.shelves.at(product).receipt = Some(receipt);
                self.judge(scene, product, None, out);
            }
        }
    }

    /// Climbs the ladder. What comes of it is acted on when the app page has heard its own message.
    fn judge(&mut self, scene: &Scene, product: &ProductId, reply: Option<&StoreReply>, out: &mut Outbox<'_>) {
        let Some(receipt) = self.shop.shelves.get(product).and_then(|stock| stock.receipt.clone()) else { return };
        let kept = self.memory.kept(&receipt);
        let verdict = judged(scene, &Held { keys: &self.keys, receipt: &receipt, reply, kept });
        self.memory.keep(scene, &receipt, &verdict, reply);
        self.tell_verdict(product, receipt, verdict, out);
    }

    fn tell_verdict(&mut self, product: &ProductId, receipt: Arc<str>, verdict: Verdict, out: &mut Outbox<'_>) {
        let verdict = Arc::new(verdict);
        let stock = self.shop.shelves.at(product);
        (stock.stage, stock.verdict) = (Stage::Judging, Some(Arc::clone(&verdict)));
        let product = product.clone();
        out.send(Party::AppPage, Party::AppPage, Body::ReceiptJudged { product, receipt, verdict });
    }

    /// Acts on a verdict; within a round, on what all of them come to.
    fn hear_verdict(&mut self, scene: &Scene, product: &ProductId, verdict: &Arc<Verdict>, out: &mut Outbox<'_>) {
        let receipt = self.shop.shelves.at(product).receipt.clone();
        let is_over = !verdict.is_waiting_for_store();
        if let (Some(round), Some(receipt), true) = (self.rounds.get_mut(product), receipt, is_over) {
            round.take(receipt, Arc::clone(verdict));
            if let Some(next) = round.next() {
                return self.look_at(scene, product, Some(next), out);
            }
            let whole = self.rounds.remove(product).and_then(Round::end);
            if let Some((receipt, verdict)) = whole {
                let stock = self.shop.shelves.at(product);
                (stock.receipt, stock.verdict) = (Some(receipt), Some(Arc::clone(&verdict)));
                return self.act_on(scene, product, &verdict, out);
            }
        }
        self.act_on(scene, product, verdict, out);
    }

    fn act_on(&mut self, scene: &Scene, product: &ProductId, verdict: &Verdict, out: &mut Outbox<'_>) {
        if verdict.is_waiting_for_store() {
            let stock = self.shop.shelves.at(product);
            stock.stage = Stage::AskingStore;
            if is_preflight_sent(scene) {
                self.ask_store(scene, (Matter::Leave(product.clone()), Method::Options), product, out);
            } else {
                self.ask_store(scene, (Matter::Store(product.clone()), Method::Post), product, out);
            }
        } else if verdict.is_accepted() {
            self.shop.grant(product, out);
        } else {
            self.shop.close(product, Refusal::of_verdict(verdict), out);
        }
    }

    fn ask_store(
        &mut self,
        scene: &Scene,
        (matter, method): (Matter, Method),
        product: &ProductId,
        out: &mut Outbox<'_>,
    ) {
        let Some(receipt) = self.shop.shelves.at(product).receipt.clone() else { return };
        let body = Body::VerifyAsked { receipt, path: None, method };
        self.shop.ask(scene, matter, (Party::Marketplace, body), out);
    }

    /// The store has told the browser whether pages may ask it. Of a no the page hears only that nothing came.
    fn hear_leave(&mut self, scene: &Scene, product: &ProductId, status: u16, out: &mut Outbox<'_>) {
        if self.shop.shelves.at(product).stage != Stage::AskingStore {
        } else if (200..300).contains(&status) {
            self.ask_store(scene, (Matter::Store(product.clone()), Method::Post), product, out);
        } else {
            self.hear_store(scene, product, &StoreReply::Unreachable, out);
        }
    }

    fn hear_store(&mut self, scene: &Scene, product: &ProductId, reply: &StoreReply, out: &mut Outbox<'_>) {
        if self.shop.shelves.at(product).stage == Stage::AskingStore {
            self.judge(scene, product, Some(reply), out);
        }
    }

    fn reissued(&mut self, scene: &Scene, product: ProductId, answer: &StoreAnswer, out: &mut Outbox<'_>) {
        let stock = self.shop.shelves.at(&product);
        if stock.stage != Stage::Reissuing {
            return;
        }
        let old = stock.receipt.clone();
        if let (Some(new), Some(old)) = (&answer.receipt, old) {
            (stock.stage, stock.receipt) = (Stage::Installing, Some(Arc::clone(new)));
            let body = Body::ReplaceAsked { old, new: Arc::clone(new) };
            return self.shop.ask(scene, Matter::Device(product), (Party::Device, body), out);
        }
        match answer.status {
            // The old receipt stands, so nothing changes.
            Status::Ok | Status::Pending => {
                stock.stage = if stock.is_open { Stage::Open } else { Stage::Refused };
                out.event(Event::Refused { by: Party::Marketplace, refusal: Stop::NotReissued.into() });
            }
            Status::Refunded | Status::Expired | Status::Invalid => {
                self.shop.close(&product, Refusal::of_answer(answer), out);
            }
        }
    }
}

/// Whether the browser asks before it lets the client ask: fxpay alone sent a header of its own.
fn is_preflight_sent(scene: &Scene) -> bool {
    scene.setup.device.is_preflight_shown && scene.setup.client == AppClient::Fxpay
}

/// Has an app that looks again every hour reminded of the next.
fn count_hours(scene: &Scene, out: &mut Outbox<'_>) {
    if scene.setup.check_when == CheckWhen::Hourly {
        out.forget(|reminder| *reminder == Reminder::CheckAgain);
        out.remind(HOUR, Reminder::CheckAgain);
    }
}
