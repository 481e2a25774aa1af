//! Readings: what is told about a run without the run's hearing of it, and what an answer needs besides its message.

use axum::body::Body as HttpBody;
use axum::http::Response;
use serde_json::{Value, json};

use crate::io::http::answer;
use crate::io::http::pages::window::Standing;
use crate::io::http::route::{Asked, Misheard, Reading};
use crate::io::http::shown;
use crate::io::inbox::{Letterbox, Reply, WindowState};
use crate::protocol::code::Code;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::ProductId;
use crate::protocol::jwk::JwkSet;
use crate::protocol::pay_error::PayError;
use crate::protocol::time::Time;
use crate::session::recorded::Recorded;
use crate::world::marketplace::ledger::Transaction;
use crate::world::message::Body;
use crate::world::party::Party;

/// Answers without asking the run to do anything.
pub async fn of(reading: Reading, letterbox: &Letterbox, asked: &Asked) -> Response<HttpBody> {
    match reading {
        Reading::Receipt if asked.wants_page() => shown::receipt(letterbox, asked).await,
        Reading::Receipt => receipt(letterbox, asked).await,
        Reading::Logo => logo(letterbox, asked).await,
        Reading::ErrorLegend => answer::as_json(200, &error_legend(asked.query("locale").unwrap_or("en-US"))),
        Reading::KeyCheck => key_check(letterbox, asked).await,
        Reading::Health => answer::as_json(200, &json!({ "status": "ok" })),
    }
}

/// The store's receipt keys as a JWK set, also where it publishes the root of their certificates instead.
pub async fn key_set(letterbox: &Letterbox, reply: &Reply) -> Response<HttpBody> {
    const KIND: &str = "application/jwk-set+json";
    if let Body::KeysAnswered { keys } = &reply.message.body
        && keys.contains("\"keys\"")
    {
        return answer::with_body(200, KIND, keys.to_string());
    }
    let read =
        |run: &dyn Recorded, _| JwkSet::new(run.world().marketplace().keys().iter().map(|known| &known.key)).json();
    match letterbox.read(read).await {
        Ok(keys) => answer::with_body(200, KIND, keys),
        Err(silence) => answer::silent(silence),
    }
}

/// The buyer's completed payments with what they were for.
pub async fn history(letterbox: &Letterbox, asked: &Asked, reply: &Reply) -> Response<HttpBody> {
    let Body::HistoryAnswered { transactions } = &reply.message.body else { return answer::nothing() };
    let wanted = transactions.clone();
    if asked.wants_page() {
        return shown::history(letterbox, asked, wanted).await;
    }
    let read = move |run: &dyn Recorded, _| {
        let books = run.world().marketplace();
        let rows = wanted.iter().filter_map(|id| books.transaction(id)).map(|payment| purchase(run, payment));
        Value::from(rows.collect::<Vec<_>>())
    };
    match letterbox.read(read).await {
        Ok(purchases) => answer::as_json(200, &json!({ "purchases": purchases })),
        Err(silence) => answer::silent(silence),
    }
}

async fn receipt(letterbox: &Letterbox, asked: &Asked) -> Response<HttpBody> {
    let unknown =
        || Misheard::missing("UNKNOWN_RECEIPT", format!("There is no payment of the number {:.40}", asked.param("id")));
    let Ok(number) = asked.param("id").parse::<u64>() else { return answer::misheard(&unknown()) };
    let read = move |run: &dyn Recorded, _| {
        let payments = run.world().marketplace().transactions();
        let payment = payments.iter().rev().find(|payment| payment.contribution == number)?;
        Some(purchase(run, payment))
    };
    match letterbox.read(read).await {
        Ok(Some(purchase)) => answer::as_json(200, &purchase),
        Ok(None) => answer::misheard(&unknown()),
        Err(silence) => answer::silent(silence),
    }
}

/// The first letter of a product's name on its store's colour. There is no picture of what nobody sells.
async fn logo(letterbox: &Letterbox, asked: &Asked) -> Response<HttpBody> {
    let picture = asked.param("picture").to_owned();
    let unknown = || {
        Misheard::missing("UNKNOWN_PRODUCT", format!("There is no such in-app product: {:.80}", asked.param("picture")))
    };
    let slug = picture.strip_suffix(".svg").and_then(|slug| ProductId::parse(slug).ok());
    let Some(slug) = slug else { return answer::misheard(&unknown()) };
    let read = move |run: &dyn Recorded, _| {
        let letter = run.world().catalog().product(&slug)?.name.chars().next()?;
        letter.is_alphanumeric().then_some(letter)
    };
    match letterbox.read(read).await {
        Ok(Some(letter)) => {
            let picture = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"64\"><rect width=\"64\" height=\"64\" rx=\"12\" \
                 fill=\"#3b6fd4\"/><text x=\"32\" y=\"43\" font-family=\"sans-serif\" font-size=\"32\" fill=\"#fff\" \
                 text-anchor=\"middle\">{letter}</text></svg>"
            );
            answer::with_body(200, "image/svg+xml", picture)
        }
        Ok(None) => answer::misheard(&unknown()),
        Err(silence) => answer::silent(silence),
    }
}

/// One payment for its buyer.
fn purchase(run: &dyn Recorded, payment: &Transaction) -> Value {
    let product = run.world().catalog().product(&payment.product);
    json!({
        "transaction": payment.id,
        "number": payment.contribution,
        "product": payment.product,
        "name": product.map(|product| product.name),
        "app": payment.app,
        "price": payment.price.to_string(),
        "state": payment.state,
        "started": payment.started.rfc3339(),
        "completed": payment.completed.map(Time::rfc3339),
        "receipt": format!("{}/receipts/{}", run.setup().names.base, payment.contribution),
    })
}

/// How the payment window stands, as its page reads it.
#[must_use]
pub fn standing(state: &WindowState, tries_left: Option<u8>) -> Standing {
    match state {
        WindowState::Unopened | WindowState::Asking => Standing::asking(tries_left),
        WindowState::Charging => Standing::charging(),
        WindowState::Ended(failure) => Standing::ended(failure.as_ref()),
    }
}

/// How many tries are left, where the answer to a PIN says so.
#[must_use]
pub fn tries_left(reply: &Reply) -> Option<u8> {
    if let Body::PinRefused { left, .. } = &reply.message.body { Some(*left) } else { None }
}

/// What the shipped service said of a token that asks for nothing; a refusal told the code alone.
async fn key_check(letterbox: &Letterbox, asked: &Asked) -> Response<HttpBody> {
    let wrong = |why: &str| json!({ "result": "error", "errors": { "sig_check_jwt": [why] } });
    let Ok(token) = asked.field("sig_check_jwt") else {
        return answer::as_json(400, &wrong("This field is required."));
    };
    let read = move |run: &dyn Recorded, _| {
        run.world().marketplace().key_check(&token, run.world().clock_of(Party::Marketplace))
    };
    match letterbox.read(read).await {
        Ok(Ok(())) => answer::as_json(200, &json!({ "result": "ok", "errors": {} })),
        Ok(Err(refusal)) => answer::as_json(400, &wrong(refusal.code())),
        Err(silence) => answer::silent(silence),
    }
}

/// The shipped legend: every code of the flow with its sentence. There is one language.
fn error_legend(locale: &str) -> Value {
    let words =
        PayError::ALL.iter().map(|error| error.words()).chain(FlowFailure::ALL.iter().map(|error| error.words()));
    let mut legend = serde_json::Map::new();
    for words in words {
        legend.entry(words.code).or_insert_with(|| Value::from(words.sentence));
    }
    json!({ "locale": locale, "errors": null, "legend": legend })
}
