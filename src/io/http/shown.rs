//! Shown: what a run says, as a page for whoever asks with a browser.

use axum::body::Body as HttpBody;
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use crate::io::http::answer;
use crate::io::http::pages::notice::NoticePage;
use crate::io::http::pages::purchases::{Purchase, PurchasesPage};
use crate::io::http::pages::receipt::ReceiptPage;
use crate::io::http::pages::serve;
use crate::io::http::pages::window::{Order, Standing, WindowPage};
use crate::io::http::route::{Asked, Misheard};
use crate::io::inbox::{Letterbox, Reply};
use crate::lens::claim_marks::Reader;
use crate::protocol::id::TransactionId;
use crate::protocol::jwt::Jwt;
use crate::session::recorded::Recorded;
use crate::world::marketplace::ledger::Transaction;
use crate::world::message::Body;
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// The payment window that a pay request opened, or the sentence that says why it did not.
pub async fn window(letterbox: &Letterbox, asked: &Asked, reply: &Reply) -> Response<HttpBody> {
    let base = base_of(asked.path());
    if let Body::WindowEnded { failure } = &reply.message.body {
        let status = failure.as_ref().map_or(200, |refusal| answer::flow_status(refusal.code));
        let page = WindowPage { base: &base, order: None, standing: &Standing::ended(failure.as_ref()) };
        return serve::page(StatusCode::from_u16(status).unwrap_or_default(), page.html());
    }
    let Body::PriceShown { transaction, name, price, .. } = &reply.message.body else { return gone(asked) };
    let id = transaction.clone();
    let Ok(told) = letterbox.read(move |run: &dyn Recorded, _| Told::of(run, &id)).await else { return gone(asked) };
    let order = Order {
        transaction: transaction.as_str(),
        product: name,
        description: &unverified_description(asked.query("req").unwrap_or_default()),
        price: &price.to_string(),
        seller: &told.seller,
        buyer: &told.buyer,
        pin: &told.pin,
    };
    let page = WindowPage { base: &base, order: Some(order), standing: &Standing::asking(None) };
    serve::page(StatusCode::OK, page.html())
}

/// What the payment window knows besides the price.
struct Told {
    seller: String,
    buyer: String,
    pin: String,
}

impl Told {
    fn of(run: &dyn Recorded, id: &TransactionId) -> Self {
        let world = run.world();
        let payment = world.marketplace().transaction(id);
        Self {
            seller: payment.map(|payment| payment.app.to_string()).unwrap_or_default(),
            buyer: world.catalog().buyer.email.to_string(),
            pin: world.catalog().pin.to_string(),
        }
    }
}

/// The purchase history.
pub async fn history(letterbox: &Letterbox, asked: &Asked, transactions: Vec<TransactionId>) -> Response<HttpBody> {
    let read = move |run: &dyn Recorded, _| {
        let books = run.world().marketplace();
        let payments = transactions.iter().rev().filter_map(|id| books.transaction(id));
        let purchases: Vec<_> = payments.map(|payment| purchase(run, payment)).collect();
        (run.world().catalog().buyer.email.to_string(), purchases)
    };
    let Ok((buyer, purchases)) = letterbox.read(read).await else { return gone(asked) };
    let page = PurchasesPage { base: &base_of(asked.path()), buyer: &buyer, purchases: &purchases };
    serve::page(StatusCode::OK, page.html())
}

/// The latest receipt of the payment with this number in the store's books.
pub async fn receipt(letterbox: &Letterbox, asked: &Asked) -> Response<HttpBody> {
    let number = asked.param("id").parse::<u64>().ok();
    let base = base_of(asked.path());
    let read = move |run: &dyn Recorded, _| {
        let payments = run.world().marketplace().transactions();
        let payment = payments.iter().rev().find(|payment| Some(payment.contribution) == number)?;
        let receipt = payment.receipts.last()?;
        let reader = Reader { now: Some(run.world().clock_of(Party::Marketplace)), app: None, rules: None };
        let (purchase, sentence) = (purchase(run, payment), sentence(payment.state));
        let page = ReceiptPage { base: &base, purchase: &purchase, receipt, sentence, reader };
        Some(page.html())
    };
    match letterbox.read(read).await {
        Ok(Some(page)) => serve::page(StatusCode::OK, page),
        Ok(None) => {
            let sentence = format!("No receipt was issued for a payment of the number {:.40}", asked.param("id"));
            refused(asked, &Misheard::missing("UNKNOWN_RECEIPT", sentence))
        }
        Err(_) => gone(asked),
    }
}

/// A refusal, for somebody with a browser.
#[must_use]
pub fn refused(asked: &Asked, why: &Misheard) -> Response<HttpBody> {
    let page = NoticePage { base: &base_of(asked.path()), sentence: &why.sentence, code: why.code, fix: "" };
    serve::page(why.status, page.html())
}

fn gone(asked: &Asked) -> Response<HttpBody> {
    let sentence = "This run has ended".to_owned();
    refused(asked, &Misheard { status: StatusCode::SERVICE_UNAVAILABLE, sentence, code: "RUN_ENDED" })
}

fn purchase(run: &dyn Recorded, payment: &Transaction) -> Purchase {
    let product = run.world().catalog().product(&payment.product);
    Purchase {
        transaction: payment.id.to_string(),
        number: payment.contribution,
        product: product.map_or_else(|| payment.product.to_string(), |product| product.name.to_string()),
        app: payment.app.to_string(),
        price: payment.price.to_string(),
        paid: payment.completed.unwrap_or(payment.started).human(),
        state: payment.state.label(),
        is_paid: payment.state.is_paid(),
    }
}

/// What became of a payment, for its buyer.
fn sentence(state: TransactionState) -> &'static str {
    match state {
        TransactionState::Completed => "The purchase stands: any app that asks the store is told so",
        TransactionState::Refunded => "The money was given back, so the store no longer stands by this receipt",
        TransactionState::ChargedBack => "Your bank took the money back, so the store no longer stands by this receipt",
        TransactionState::Started
        | TransactionState::Shown
        | TransactionState::Charging
        | TransactionState::Declined
        | TransactionState::Cancelled
        | TransactionState::TimedOut => "This was never paid",
    }
}

/// The way from this path to the base of its run: `../` for `/mozpay/`, nothing for `/purchases`.
fn base_of(path: &str) -> String {
    "../".repeat(path.matches('/').count().saturating_sub(1))
}

/// What a pay request says about its product. The flow has taken the request; the description is shown as it stands.
fn unverified_description(request: &str) -> String {
    #[derive(Deserialize)]
    struct Claims {
        request: Requested,
    }
    #[derive(Deserialize)]
    struct Requested {
        description: String,
    }
    let claims = Jwt::parse(request).and_then(|jwt| jwt.unverified_claims::<Claims>());
    claims.map(|claims| claims.request.description).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::base_of;

    #[test]
    fn a_page_finds_its_base_from_wherever_it_stands() {
        for (path, base) in [("/purchases", ""), ("/purchases/", "../"), ("/mozpay/", "../"), ("/receipts/41", "../")] {
            assert_eq!(base_of(path), base, "{path}");
        }
    }
}
