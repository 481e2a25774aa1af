//! Buying: from the click to the receipt, with all the polls between.

use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::world::app_page::complaint::{Misanswer, StatusWord, of_giving_up, of_request};
use crate::world::app_page::shelf::Stage;
use crate::world::app_page::shop::Shop;
use crate::world::asked::Matter;
use crate::world::domain_check::own_provenance;
use crate::world::event::Event;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::scene::Scene;
use crate::world::wire::{Outbox, Reminder};

/// The buyer has clicked. While something goes on with this product, nothing else is begun.
pub(crate) fn ask_to_buy(shop: &mut Shop, scene: &Scene, product: &ProductId, out: &mut Outbox<'_>) {
    let stock = shop.shelves.at(product);
    if stock.stage.is_busy() {
        return;
    }
    (stock.stage, stock.transaction, stock.polls, stock.refusal) = (Stage::Asking, None, 0, None);
    let origin = Some(scene.catalog.app.clone());
    let provenance = own_provenance(scene, product);
    let body = Body::BuyAsked { product: product.clone(), origin, provenance };
    shop.ask(scene, Matter::Order(product.clone()), (Party::AppServer, body), out);
}

/// Hands the pay request to `mozPay` and starts polling.
pub(crate) fn pay(
    shop: &mut Shop,
    scene: &Scene,
    product: &ProductId,
    (transaction, request): (&TransactionId, &Arc<str>),
    out: &mut Outbox<'_>,
) {
    if let Some(refusal) = of_request(scene, request) {
        return refuse_order(shop, product, refusal, out);
    }
    let Some(stock) = shop.shelves.asking(product) else { return };
    (stock.stage, stock.transaction) = (Stage::Paying, Some(transaction.clone()));
    let body = Body::PayCalled { requests: vec![Arc::clone(request)] };
    shop.ask(scene, Matter::Payment(product.clone()), (Party::Device, body), out);
    out.remind(scene.setup.polling.pause_after(0), Reminder::Poll { transaction: transaction.clone() });
}

/// The app server has no pay request for the app, or none that is any good.
pub(crate) fn refuse_order(shop: &mut Shop, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
    if shop.shelves.asking(product).is_some() {
        shop.fail(product, Stage::Refused, refusal, out);
    }
}

/// `mozPay` has failed for this product: nobody polls for it any more.
pub(crate) fn stop_paying(shop: &mut Shop, product: &ProductId, refusal: Refusal, out: &mut Outbox<'_>) {
    let stock = shop.shelves.at(product);
    if stock.stage != Stage::Paying {
        return;
    }
    let paid = stock.transaction.clone();
    out.forget(|reminder| matches!(reminder, Reminder::Poll { transaction } if Some(transaction) == paid.as_ref()));
    shop.fail(product, Stage::Refused, refusal, out);
}

/// The moment of the next poll has come.
pub(crate) fn poll(shop: &mut Shop, scene: &Scene, transaction: &TransactionId, out: &mut Outbox<'_>) {
    let Some(stock) = shop.shelves.paying(transaction) else { return };
    stock.polls += 1;
    let poll = stock.polls;
    let body = Body::StatusAsked { transaction: transaction.clone(), poll };
    shop.ask(scene, Matter::Status(transaction.clone()), (Party::AppServer, body), out);
}

/// The status has come, with a receipt where it is paid.
pub(crate) fn read_status(
    shop: &mut Shop,
    scene: &Scene,
    transaction: &TransactionId,
    receipt: Option<&Arc<str>>,
    out: &mut Outbox<'_>,
) {
    let Some(stock) = shop.shelves.paying(transaction) else { return };
    match receipt {
        Some(receipt) => {
            let product = stock.product.clone();
            shop.install(scene, &product, receipt, out);
        }
        None => poll_again(shop, scene, transaction, out),
    }
}

/// What came back is no status. Each client has its own patience with that.
pub(crate) fn poll_misanswered(
    shop: &mut Shop,
    scene: &Scene,
    transaction: &TransactionId,
    (found, refusal): (&Misanswer<'_>, Refusal),
    out: &mut Outbox<'_>,
) {
    let rules = scene.setup.client_rules();
    let Some(product) = shop.shelves.paying(transaction).map(|shelf| shelf.product.clone()) else {
        return out.event(Event::Refused { by: Party::AppPage, refusal });
    };
    if rules.is_null_receipt_taken && found.status_word() == StatusWord::CompleteWithoutReceipt {
        shop.install(scene, &product, &Arc::from(""), out);
    } else if rules.is_poll_error_final {
        shop.fail(&product, Stage::Refused, refusal, out);
    } else {
        out.event(Event::Refused { by: Party::AppPage, refusal });
        poll_again(shop, scene, transaction, out);
    }
}

/// The app knows no more than before: it waits for the next poll, or gives up.
fn poll_again(shop: &mut Shop, scene: &Scene, transaction: &TransactionId, out: &mut Outbox<'_>) {
    let Some(stock) = shop.shelves.paying(transaction) else { return };
    let (product, polls) = (stock.product.clone(), stock.polls);
    if polls < scene.setup.polling.tries {
        return out.remind(scene.setup.polling.pause_after(polls), Reminder::Poll { transaction: transaction.clone() });
    }
    out.event(Event::PollingGivenUp { transaction: transaction.clone(), polls });
    shop.fail(&product, Stage::GaveUp, of_giving_up(scene.setup.client), out);
}

/// Polls once more for a purchase that timed out. False where there is none, or the client has forgotten it.
pub(crate) fn resume(shop: &mut Shop, scene: &Scene, product: &ProductId, out: &mut Outbox<'_>) -> bool {
    let stock = shop.shelves.at(product);
    let Some(transaction) = stock.transaction.clone().filter(|_| stock.stage == Stage::GaveUp) else {
        return false;
    };
    if !scene.setup.client_rules().is_purchase_resumed {
        return false;
    }
    stock.stage = Stage::Paying;
    poll(shop, scene, &transaction, out);
    true
}

/// Takes up every purchase that timed out, where the client kept its id.
pub(crate) fn resume_all(shop: &mut Shop, scene: &Scene, out: &mut Outbox<'_>) {
    let products: Vec<ProductId> = shop.shelves.iter().map(|shelf| shelf.product.clone()).collect();
    for product in products {
        resume(shop, scene, &product, out);
    }
}
