//! The app server: starts purchases, takes notices, answers polls. Hosted, it is the marketplace's payment server.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::id::{Origin, ProductId, TransactionId};
use crate::protocol::notice::{Notice, NoticeKind};
use crate::protocol::notice_receiver::NoticeReceiver;
use crate::protocol::request::{Offer, PayRequest, Simulation, SimulationResult};
use crate::protocol::signing_key::SigningKey;
use crate::protocol::store_data::StoreData;
use crate::protocol::time::Time;
use crate::world::catalog::Product;
use crate::world::chance::Chance;
use crate::world::character::ServerCharacter;
use crate::world::domain_check;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::notice_intake::{NoToNotice, answer_notice, read_notice};
use crate::world::party::Party;
use crate::world::provenance::Provenance;
use crate::world::refusal::{Refusal, Stop};
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// The party that holds the payment key of its house: the developer's in classic mode, the marketplace's in hosted mode.
#[derive(Clone, Debug)]
pub struct AppServer {
    key: SigningKey,
    /// The secret that was lost, while it is lost.
    lost_key: Option<SigningKey>,
    /// The secrets that were exchanged for others. What leaks of them still gives old messages away.
    retired: Vec<SigningKey>,
    chance: Chance,
    /// Shared with the snapshots of the world, as long as nothing is heard of them.
    orders: BTreeMap<TransactionId, Arc<Order>>,
    /// Buy requests whose start is being recorded, by the message that asked for it.
    starting: BTreeMap<MessageId, Arc<Message>>,
    /// Polls that wait for a receipt, by the message that asked for it.
    waiting: BTreeMap<MessageId, Arc<Message>>,
    /// Notices that will be answered later.
    pondering: BTreeMap<MessageId, Arc<Message>>,
}

/// One purchase as this server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The id in its status URL.
    pub transaction: TransactionId,
    /// What is bought.
    pub product: ProductId,
    /// What the marketplace calls it, once a notice said so; in hosted mode the same.
    pub payment: Option<TransactionId>,
    /// What the notices said.
    pub state: OrderState,
    /// How many notices came, repeated ones included.
    pub notices_seen: u32,
    /// How many times its status was asked for.
    pub polls_seen: u32,
    /// The receipt, once the marketplace supplied it.
    pub receipt: Option<Arc<str>>,
}

/// What the notices have said so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderState {
    /// Nothing.
    Pending,
    /// Paid.
    Paid,
    /// Refunded or charged back. Final: a postback that comes later changes nothing.
    TakenBack,
}

impl AppServer {
    pub(crate) fn new(key: SigningKey, chance: Chance) -> Self {
        let (orders, starting, waiting, pondering) = Default::default();
        Self { key, lost_key: None, retired: Vec::new(), chance, orders, starting, waiting, pondering }
    }

    /// The payment secret is lost, and another is made that the marketplace does not know. False where it is lost already.
    pub(crate) fn lose_secret(&mut self, scene: &Scene) -> bool {
        let Ok(another) = SigningKey::hs256(issuer_of(scene), &self.chance.bytes()) else { return false };
        if self.lost_key.is_some() {
            return false;
        }
        self.lost_key = Some(std::mem::replace(&mut self.key, another));
        true
    }

    /// The secret is changed, and the new one is told to the marketplace: one that was lost before is lost for good, and nobody
    /// misses it. `None` where the server sits outside.
    pub(crate) fn rotate_secret(&mut self, scene: &Scene) -> Option<SigningKey> {
        if scene.setup.seats.is_outside(Party::AppServer, scene.setup.is_hosted()) {
            return None;
        }
        let another = SigningKey::hs256(issuer_of(scene), &self.chance.bytes()).ok()?;
        self.retired.push(std::mem::replace(&mut self.key, another));
        self.retired.extend(self.lost_key.take());
        Some(self.key.clone())
    }

    /// The lost secret is found.
    pub(crate) fn find_secret(&mut self) {
        if let Some(found) = self.lost_key.take() {
            self.retired.push(std::mem::replace(&mut self.key, found));
        }
    }

    /// Every secret that pay requests were ever signed with here.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.key).chain(&self.lost_key).chain(&self.retired)
    }

    /// The secret that this server signs with now.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The purchases that were started here.
    #[must_use]
    pub fn orders(&self) -> &BTreeMap<TransactionId, Arc<Order>> {
        &self.orders
    }

    /// How many times the status of this purchase was asked for.
    pub(crate) fn polls_seen(&self, transaction: &TransactionId) -> u32 {
        self.orders.get(transaction).map_or(0, |order| order.polls_seen)
    }

    pub(crate) fn handle(&mut self, scene: &Scene, message: &Arc<Message>, out: &mut Outbox<'_>) {
        match &message.body {
            Body::BuyAsked { product, origin, provenance } => {
                self.start(scene, (product, origin.as_ref(), provenance), message, out);
            }
            Body::StartAnswered { transaction } => self.started(scene, transaction, message, out),
            Body::BuyRefused { status, refusal } => self.not_started(*status, refusal, message, out),
            Body::NoticeSent { token, kind, .. } => self.take_notice(scene, (token, *kind), message, out),
            Body::StatusAsked { transaction, .. } => self.tell_status(scene, transaction, message, out),
            Body::ReceiptSupplied { receipt, .. } => self.hand_on(Some(receipt), message, out),
            Body::ReceiptDenied { status: 500.., .. } | Body::HttpAnswered { .. } => {
                self.stand_empty_handed(message, out);
            }
            Body::ReceiptDenied { .. } => self.hand_on(None, message, out),
            Body::OwnerMailed { .. } => {}
            only_to!(buyer) | only_to!(app_page) | only_to!(device) | only_to!(marketplace) | only_to!(provider) => {
                out.unexpected(Party::AppServer, message);
            }
        }
    }

    /// The time that this server took to answer a notice is over.
    pub(crate) fn answer_late(&mut self, notice: MessageId, status: u16, body: String, out: &mut Outbox<'_>) {
        if let Some(question) = self.pondering.remove(&notice) {
            answer_notice(&question, status, body, out);
        }
    }

    fn start(
        &mut self,
        scene: &Scene,
        (product, origin, told): (&ProductId, Option<&Origin>, &Provenance),
        question: &Arc<Message>,
        out: &mut Outbox<'_>,
    ) {
        let Some(product) = scene.catalog.product(product) else {
            return refuse(scene.rules().store.unknown_product_status, Stop::UnknownProduct.into(), question, out);
        };
        if !is_for_sale(scene, product) {
            return refuse(scene.rules().store.unknown_product_status, Stop::NotForSale.into(), question, out);
        }
        if let Err(refusal) = domain_check::check(scene, &product.app, (&product.id, origin, told)) {
            return refuse(403, refusal.into(), question, out);
        }
        if scene.setup.is_hosted() {
            let origin = origin.unwrap_or(&product.app).clone();
            let body = Body::StartAsked { product: product.id.clone(), origin };
            let asked = out.send(Party::AppServer, Party::Marketplace, body);
            self.starting.insert(asked, Arc::clone(question));
        } else {
            let transaction = TransactionId::from(self.chance.uuid().to_string());
            self.offer(scene, product, &transaction, question, out);
        }
    }

    /// The marketplace has recorded the start: the pay request can be signed.
    fn started(&mut self, scene: &Scene, transaction: &TransactionId, answer: &Message, out: &mut Outbox<'_>) {
        let Some(question) = answer.answers.and_then(|asked| self.starting.remove(&asked)) else { return };
        let Body::BuyAsked { product, .. } = &question.body else { return };
        let Some(product) = scene.catalog.product(product) else { return };
        self.offer(scene, product, transaction, &question, out);
    }

    fn not_started(&mut self, status: u16, refusal: &Refusal, answer: &Message, out: &mut Outbox<'_>) {
        if let Some(question) = answer.answers.and_then(|asked| self.starting.remove(&asked)) {
            out.answer(&question, Body::BuyRefused { status, refusal: refusal.clone() });
        }
    }

    /// The marketplace could not help: whoever waits is told so, as the shipped calls did.
    fn stand_empty_handed(&mut self, answer: &Message, out: &mut Outbox<'_>) {
        let asked = answer.answers;
        if let Some(question) =
            asked.and_then(|asked| self.starting.remove(&asked).or_else(|| self.waiting.remove(&asked)))
        {
            out.answer(&question, Body::HttpAnswered { status: 500, body: String::new() });
        } else {
            out.unexpected(Party::AppServer, answer);
        }
    }

    fn offer(
        &mut self,
        scene: &Scene,
        product: &Product,
        transaction: &TransactionId,
        question: &Message,
        out: &mut Outbox<'_>,
    ) {
        let request = pay_request(scene, product, transaction, scene.clock_of(Party::AppServer));
        let order = Order {
            transaction: transaction.clone(),
            product: product.id.clone(),
            payment: None,
            state: OrderState::Pending,
            notices_seen: 0,
            polls_seen: 0,
            receipt: None,
        };
        self.orders.insert(transaction.clone(), Arc::new(order));
        // A key that loaded signs; an empty request would be refused by the device.
        let request: Arc<str> = request.sign(&self.key).unwrap_or_default().into();
        out.answer(question, Body::BuyAnswered { transaction: transaction.clone(), request });
    }

    fn take_notice(
        &mut self,
        scene: &Scene,
        (token, kind): (&str, NoticeKind),
        question: &Arc<Message>,
        out: &mut Outbox<'_>,
    ) {
        let notice = match read_notice(scene, (issuer_of(scene), &self.key.verifying_key()), token, kind) {
            Ok(notice) => notice,
            Err(no) => return no.tell(question, out),
        };
        let order =
            notice.product_data().and_then(order_in).and_then(|order| self.orders.get_mut(&order).map(Arc::make_mut));
        if let Err(no) = in_books(scene, &notice, order.as_deref()) {
            return no.tell(question, out);
        }
        if let Some(order) = order {
            order.notices_seen += 1;
            order.payment = Some(TransactionId::from(notice.transaction_id()));
            let told = match notice.kind() {
                NoticeKind::Postback => OrderState::Paid,
                NoticeKind::Chargeback => OrderState::TakenBack,
            };
            // A notice that is repeated has no second effect, and taken back is final in whichever order they come. The libraries
            // of the time left that to the app, and the plain app believes the last one.
            let stands = match scene.setup.notice_receiver {
                NoticeReceiver::Strict => order.state.max(told),
                NoticeReceiver::MozpayPy | NoticeReceiver::MozpayJs => told,
            };
            if stands == order.state && scene.setup.app_server == ServerCharacter::BooksEachNotice {
                out.event(Event::BookedAgain { transaction: order.transaction.clone() });
            }
            order.state = stands;
        }
        self.answer_by_character(scene, notice.transaction_id().to_owned(), question, out);
    }

    fn answer_by_character(&mut self, scene: &Scene, id: String, question: &Arc<Message>, out: &mut Outbox<'_>) {
        match scene.setup.app_server {
            ServerCharacter::AnswersRightly | ServerCharacter::BooksEachNotice => answer_notice(question, 200, id, out),
            ServerCharacter::AnswersWrongBody => answer_notice(question, 200, "OK".to_owned(), out),
            ServerCharacter::AnswersWithSpaces => answer_notice(question, 200, format!(" {id}\n"), out),
            ServerCharacter::AnswersError => answer_notice(question, 500, String::new(), out),
            ServerCharacter::NeverAnswers => {}
            ServerCharacter::AnswersAfter(span) => {
                self.pondering.insert(question.id, Arc::clone(question));
                out.remind(span, Reminder::AnswerNotice { notice: question.id, status: 200, body: id });
            }
        }
    }

    fn tell_status(
        &mut self,
        scene: &Scene,
        transaction: &TransactionId,
        question: &Arc<Message>,
        out: &mut Outbox<'_>,
    ) {
        let is_sought_anew = scene.rules().store.is_signed_for_each_poll;
        let mut order = self.orders.get_mut(transaction).map(Arc::make_mut);
        if let Some(order) = &mut order {
            order.polls_seen = order.polls_seen.saturating_add(1);
        }
        let paid = order.filter(|order| order.state == OrderState::Paid);
        let receipt = match paid.map(|order| (&order.receipt, &order.payment)) {
            Some((receipt, Some(payment))) if receipt.is_none() || is_sought_anew => {
                let body = Body::ReceiptSought { transaction: payment.clone() };
                let asked = out.send(Party::AppServer, Party::Marketplace, body);
                self.waiting.insert(asked, Arc::clone(question));
                return;
            }
            Some((receipt, _)) => receipt.clone(),
            // As the shipped status call did: never 404. Unknown, pending and taken back all look alike.
            None => None,
        };
        out.answer(question, Body::StatusAnswered { transaction: transaction.clone(), receipt });
    }

    /// The marketplace supplied the receipt that a poll waits for, or did not.
    fn hand_on(&mut self, receipt: Option<&Arc<str>>, answer: &Message, out: &mut Outbox<'_>) {
        let Some(question) = answer.answers.and_then(|asked| self.waiting.remove(&asked)) else { return };
        let Body::StatusAsked { transaction, .. } = &question.body else { return };
        let Some(order) = self.orders.get_mut(transaction).map(Arc::make_mut) else { return };
        order.receipt = receipt.cloned();
        out.answer(&question, Body::StatusAnswered { transaction: transaction.clone(), receipt: receipt.cloned() });
    }
}

/// Whether the developer sells this now. What is there for trying out payments always is.
fn is_for_sale(scene: &Scene, product: &Product) -> bool {
    let app = &scene.setup.names.app;
    let is_own = product.app == app.origin;
    !is_own || (app.is_public && !app.withdrawn.contains(&product.id))
}

/// Says no to a buy request.
fn refuse(status: u16, refusal: Refusal, question: &Message, out: &mut Outbox<'_>) {
    out.event(Event::Refused { by: Party::AppServer, refusal: refusal.clone() });
    out.answer(question, Body::BuyRefused { status, refusal });
}

/// Whether the marketplace's own server finds the purchase of a notice in its books. A developer's own asks for no more than the
/// notice itself.
fn in_books(scene: &Scene, notice: &Notice, order: Option<&Order>) -> Result<(), NoToNotice> {
    if !scene.setup.is_hosted() {
        return Ok(());
    }
    if notice.kind() == NoticeKind::Chargeback && scene.rules().notice.is_own_chargeback_unwritten {
        return Err(NoToNotice::failed(Stop::ChargebackUnwritten));
    }
    let order = order.ok_or_else(|| NoToNotice::failed(Stop::NoSuchOrder))?;
    let is_other = order.payment.as_ref().is_some_and(|payment| payment.as_str() != notice.transaction_id());
    if is_other { Err(NoToNotice::failed(Stop::OtherPayment)) } else { Ok(()) }
}

/// Who stands in `iss` of pay requests, and in `aud` of notices.
pub(crate) fn issuer_of(scene: &Scene) -> &str {
    if scene.setup.is_hosted() { &scene.catalog.market_domain } else { &scene.catalog.app_key }
}

/// The secret of whoever signs the pay requests of this run; the marketplace shares it.
pub(crate) fn payment_key(scene: &Scene, chance: &mut Chance) -> SigningKey {
    // Drawn in any case: what stands in the set-up moves no other draw.
    let secret = chance.bytes();
    let own = scene.setup.names.app.secret.as_ref().filter(|own| !scene.setup.is_hosted() && !own.expose().is_empty());
    let key = SigningKey::hs256(issuer_of(scene), own.map_or(&secret[..], |own| own.expose().as_bytes()));
    assert!(key.is_ok(), "an HMAC secret need only not be empty");
    key.unwrap_or_else(|_| SigningKey::ed25519(issuer_of(scene), &secret))
}

/// The member of `productData` that carries the seller's own id of a purchase through the payment, a UUID and so never escaped.
const ORDER: &str = "contrib_uuid";

/// The seller's own id of the purchase in a `productData`.
pub(crate) fn order_in(product_data: &str) -> Option<TransactionId> {
    let mut members = product_data.split('&').filter_map(|member| member.split_once('='));
    members.find(|(name, _)| *name == ORDER).map(|(_, id)| TransactionId::from(id))
}

fn pay_request(scene: &Scene, product: &Product, transaction: &TransactionId, now: Time) -> PayRequest {
    let catalog = &scene.catalog;
    let (postback_url, chargeback_url) = if scene.setup.is_hosted() {
        (&catalog.market_postback_url, &catalog.market_chargeback_url)
    } else {
        (&catalog.postback_url, &catalog.chargeback_url)
    };
    let offer = Offer {
        id: product.id.as_str(),
        name: product.name,
        description: product.description,
        price_point: product.price_point,
        postback_url,
        chargeback_url,
    };
    let order = StoreData::of(ORDER, transaction.as_str());
    let mut request = if scene.setup.is_hosted() {
        let request = PayRequest::hosted(&catalog.market_domain, offer, &order, now);
        if scene.rules().store.is_offer_illustrated {
            request.illustrated(catalog.logo_url(&product.id))
        } else {
            request
        }
    } else {
        PayRequest::classic(&catalog.app_key, &catalog.market_domain, offer, &order.to_string(), now)
    };
    if catalog.is_stub(&product.id) {
        request.request.simulate = Some(Simulation { result: SimulationResult::Postback, reason: None });
    }
    request
}
