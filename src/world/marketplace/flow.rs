//! The payment flow: from the pay request in a page to the charge, with every refusal between.

use std::sync::Arc;

use crate::protocol::dial::AccountMatch;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::{Origin, ProductId, TransactionId, UserId};
use crate::protocol::money::Money;
use crate::protocol::payflow::{AcceptedRequest, PayDesk, PayForm, check};
use crate::protocol::request::PricePoint;
use crate::protocol::signing_key::SigningKey;
use crate::world::app_server::{issuer_of, order_in};
use crate::world::catalog::{Catalog, TIERS};
use crate::world::chance::Chance;
use crate::world::event::Event;
use crate::world::guard::Guard;
use crate::world::marketplace::ledger::{Charge, Ledger, NOBODY, Start, Transaction};
use crate::world::marketplace::notices::NoticeDesk;
use crate::world::marketplace::window::{PATIENCE, PinAnswer, UNDECIDED_MAX, Windows};
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::scene::Scene;
use crate::world::seat::Seat;
use crate::world::transaction::TransactionState;
use crate::world::wire::{Outbox, Reminder};

/// The page that stands between an app and the money.
#[derive(Clone, Debug)]
pub(crate) struct PaymentFlow {
    desk: PayDesk,
    windows: Windows,
}

/// What the flow writes into while it admits a request.
pub(crate) type Books<'a> = (&'a mut Ledger, &'a mut NoticeDesk, &'a mut Chance);

/// What a payment is for, as the books write it down.
pub(crate) struct Sold {
    product: ProductId,
    app: Origin,
    price: Money,
    charge: Charge,
}

/// A product of the store's own catalogue.
pub(crate) fn listed(scene: &Scene, product: &ProductId) -> Option<Sold> {
    let product = scene.catalog.product(product)?;
    let charge = if scene.catalog.is_stub(&product.id) { Charge::Simulated } else { Charge::Real };
    Some(Sold { product: product.id.clone(), app: product.app.clone(), price: product.price, charge })
}

/// What a pay request asks for. Somebody's own server sells what it likes, at the price of its tier.
fn asked_for(scene: &Scene, accepted: &AcceptedRequest) -> Option<Sold> {
    let request = &accepted.request.request;
    let charge = match (&accepted.terms.simulation, accepted.terms.is_payment_required) {
        (Some(_), _) => Charge::Simulated,
        (None, false) => Charge::Free,
        (None, true) => Charge::Real,
    };
    let listed = ProductId::parse(&request.id).ok().and_then(|product| listed(scene, &product));
    let sold = listed.or_else(|| {
        let tier = match &request.price_point {
            PricePoint::Name(name) => Catalog::tier(name),
            PricePoint::Number(number) => Catalog::tier(&number.to_string()),
        };
        let is_theirs = !scene.setup.is_hosted() && scene.setup.seats.app_server == Seat::External;
        let price = tier.filter(|_| is_theirs)?;
        Some(Sold { product: ProductId::for_foreign(&request.id), app: scene.catalog.app.clone(), price, charge })
    })?;
    let price = if charge == Charge::Free { Money::usd(0) } else { sold.price };
    Some(Sold { price, charge, ..sold })
}

/// Writes a new payment into the ledger: as the app's server announced it (hosted), or as its pay request does (classic).
pub(crate) fn start(
    scene: &Scene,
    ledger: &mut Ledger,
    (sold, order): (Sold, Option<TransactionId>),
    chance: &mut Chance,
    out: &mut Outbox<'_>,
) -> TransactionId {
    let Sold { product, app, price, charge } = sold;
    let id = TransactionId::from(chance.uuid().to_string());
    let start = Start {
        id: id.clone(),
        order: order.unwrap_or_else(|| id.clone()),
        product,
        app,
        buyer: payer(scene),
        price,
        guid: chance.uuid().to_string(),
        charge,
    };
    ledger.start(start, out);
    id
}

/// Whose the payment is in the books (D11).
fn payer(scene: &Scene) -> UserId {
    match scene.setup.account {
        AccountMatch::SamePersona => scene.catalog.buyer.id.clone(),
        AccountMatch::OtherPersona => scene.catalog.other_person.id.clone(),
        AccountMatch::NoAccount | AccountMatch::MadeAtPostback => UserId::from(NOBODY),
    }
}

/// A purchase that somebody made outside this run.
pub(crate) struct Foreign {
    pub(crate) product: ProductId,
    pub(crate) buyer: UserId,
}

/// Writes a purchase that somebody made outside this run into the ledger.
pub(crate) fn record_foreign(
    scene: &Scene,
    ledger: &mut Ledger,
    foreign: Foreign,
    chance: &mut Chance,
) -> Option<TransactionId> {
    let product = scene.catalog.product(&foreign.product)?;
    let id = TransactionId::from(chance.uuid().to_string());
    let start = Start {
        id: id.clone(),
        order: id.clone(),
        product: product.id.clone(),
        app: product.app.clone(),
        buyer: foreign.buyer,
        price: product.price,
        guid: chance.uuid().to_string(),
        charge: Charge::Real,
    };
    ledger.record(start, scene.now);
    Some(id)
}

impl PaymentFlow {
    pub(crate) fn new(desk: PayDesk) -> Self {
        Self { desk, windows: Windows::default() }
    }

    pub(crate) fn desk(&self) -> &PayDesk {
        &self.desk
    }

    pub(crate) fn desk_mut(&mut self) -> &mut PayDesk {
        &mut self.desk
    }

    /// The device opens the page with a pay request: the refusals of the flow live here.
    pub(crate) fn open(
        &mut self,
        scene: &Scene,
        books: Books<'_>,
        request: &str,
        opening: &Arc<Message>,
        out: &mut Outbox<'_>,
    ) {
        match check(PayForm::of(request), &self.desk, scene.clock_of(Party::Marketplace)) {
            Err(refusal) => end(opening, Some(refusal.into()), out),
            Ok(accepted) => self.admit(scene, books, accepted, opening, out),
        }
    }

    fn admit(
        &mut self,
        scene: &Scene,
        (ledger, notices, chance): Books<'_>,
        accepted: AcceptedRequest,
        opening: &Arc<Message>,
        out: &mut Outbox<'_>,
    ) {
        let order = accepted.request.request.product_data.as_deref().and_then(order_in);
        let id = match order.as_ref().and_then(|order| ledger.by_order(order)) {
            Some(earlier) if earlier.state == TransactionState::Started => earlier.id.clone(),
            // A page that is loaded again shows the same payment again.
            Some(earlier) if self.is_reloaded(earlier, opening) => earlier.id.clone(),
            // One request is paid once: what it came to before is its answer now, unless the rules of the day let it be paid again.
            Some(earlier) if is_paid_once(scene) => {
                let failure = (!earlier.state.is_paid()).then(|| Refusal::from(FlowFailure::TransEnded));
                return end(opening, failure, out);
            }
            Some(_) | None => {
                let Some(sold) = asked_for(scene, &accepted) else {
                    return end(opening, Some(FlowFailure::TransConfigFailed.into()), out);
                };
                start(scene, ledger, (sold, order), chance, out)
            }
        };
        ledger.change(&id, TransactionState::Shown, out);
        let Some(price) = ledger.find(&id).map(|transaction| transaction.price) else { return };
        let name = accepted.request.request.name.clone();
        notices.keep(&id, accepted.request);
        self.windows.open(&id, opening);
        forget_expiry(&id, out);
        out.remind(UNDECIDED_MAX, Reminder::WindowExpires { transaction: id.clone() });
        let body = Body::PriceShown { transaction: id, name, price, terms: accepted.terms, opening: opening.id };
        out.pass_on(opening, Party::Buyer, body);
    }

    /// Whether this is the page of a program outside, which has the same payment on the screen already.
    fn is_reloaded(&self, earlier: &Transaction, opening: &Message) -> bool {
        let was_opened_outside = |first: &Arc<Message>| first.crossing.is_some() && opening.crossing.is_some();
        earlier.state == TransactionState::Shown && self.windows.opening_of(&earlier.id).is_some_and(was_opened_outside)
    }

    /// Takes a PIN, and tells whether the payment is settled by it alone: where no money moves, nobody is asked for any.
    pub(crate) fn take_pin(
        &mut self,
        scene: &Scene,
        ledger: &mut Ledger,
        (id, pin): (&TransactionId, &str),
        out: &mut Outbox<'_>,
    ) -> bool {
        let shown = ledger.find(id).filter(|transaction| transaction.state == TransactionState::Shown);
        let Some((charge, price)) = shown.map(|transaction| (transaction.charge, transaction.price)) else {
            return false;
        };
        match self.windows.try_pin(scene.catalog.pin, pin, out.now()) {
            PinAnswer::Right => {
                ledger.change(id, TransactionState::Charging, out);
                if charge != Charge::Real {
                    return true;
                }
                out.send(Party::Marketplace, Party::Provider, Body::ChargeAsked { transaction: id.clone(), price });
                out.remind(PATIENCE, Reminder::WindowExpires { transaction: id.clone() });
            }
            PinAnswer::Wrong { left } => {
                out.event(Event::Refused { by: Party::Marketplace, refusal: FlowFailure::WrongPin.into() });
                out.send(Party::Marketplace, Party::Buyer, Body::PinRefused { transaction: id.clone(), left });
            }
            PinAnswer::Locked => {
                out.send(Party::Marketplace, Party::Buyer, Body::PinRefused { transaction: id.clone(), left: 0 });
                self.end_unpaid(ledger, id, (TransactionState::Cancelled, FlowFailure::PinLocked), out);
            }
        }
        false
    }

    /// The page was unloaded on the device; nobody waits for its answer any more.
    pub(crate) fn abandon(&mut self, ledger: &mut Ledger, opening: MessageId, out: &mut Outbox<'_>) {
        if let Some(id) = self.windows.transaction_of(opening) {
            self.windows.close(&id);
            forget_expiry(&id, out);
            ledger.change(&id, TransactionState::Cancelled, out);
        }
    }

    /// The page was open for as long as a payment may stay undecided, or the provider thinks for too long.
    pub(crate) fn expire(&mut self, ledger: &mut Ledger, id: &TransactionId, out: &mut Outbox<'_>) {
        match ledger.find(id).map(|transaction| transaction.state) {
            // The money may still move; only the page ends.
            Some(TransactionState::Charging) => self.close(id, Some(FlowFailure::TransNotFound), out),
            Some(TransactionState::Started | TransactionState::Shown) => {
                self.end_unpaid(ledger, id, (TransactionState::TimedOut, FlowFailure::TransExpired), out);
            }
            Some(
                TransactionState::Completed
                | TransactionState::Declined
                | TransactionState::Cancelled
                | TransactionState::TimedOut
                | TransactionState::Refunded
                | TransactionState::ChargedBack,
            )
            | None => {}
        }
    }

    /// Ends a payment that was never made.
    pub(crate) fn end_unpaid(
        &mut self,
        ledger: &mut Ledger,
        id: &TransactionId,
        (state, failure): (TransactionState, FlowFailure),
        out: &mut Outbox<'_>,
    ) {
        if ledger.change(id, state, out) {
            self.close(id, Some(failure), out);
        }
    }

    /// Ends the page: `paymentSuccess()` or `paymentFailed(code)`.
    pub(crate) fn close(&mut self, id: &TransactionId, failure: Option<FlowFailure>, out: &mut Outbox<'_>) {
        forget_expiry(id, out);
        if let Some(opening) = self.windows.close(id) {
            end(&opening, failure.map(Refusal::from), out);
        }
    }
}

/// Whether one signed request may be paid once only.
fn is_paid_once(scene: &Scene) -> bool {
    !scene.rules().request.is_reusable && !scene.setup.guards_off.contains(Guard::RequestOnce)
}

fn end(opening: &Message, failure: Option<Refusal>, out: &mut Outbox<'_>) {
    if let Some(refusal) = &failure {
        out.event(Event::Refused { by: Party::Marketplace, refusal: refusal.clone() });
    }
    out.answer(opening, Body::WindowEnded { failure });
}

fn forget_expiry(id: &TransactionId, out: &mut Outbox<'_>) {
    out.forget(|reminder| matches!(reminder, Reminder::WindowExpires { transaction } if transaction == id));
}

/// What the flow checks pay requests against.
pub(crate) fn pay_desk(scene: &Scene, payment_key: &SigningKey) -> PayDesk {
    let mut desk = PayDesk::new(&scene.catalog.market_domain, scene.rules());
    desk.is_signature_checked = !scene.setup.guards_off.contains(Guard::RequestSignature);
    desk.admit(issuer_of(scene), payment_key.verifying_key());
    desk.price_points = if scene.setup.seats.app_server == Seat::External {
        TIERS.iter().map(|(name, _)| (*name).to_owned()).collect()
    } else {
        scene.catalog.products.iter().map(|product| product.price_point.to_owned()).collect()
    };
    desk
}
