//! The store's shipped interface, versions 1 and 2: catalogue, prepare, status, receipts. The historic clients use it unchanged.

use axum::http::header;

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Misheard, Route, Serves, Takes, Verb, Words};
use crate::protocol::id::{ProductId, TransactionId};
use crate::world::input::Input;

/// The routes below `/api/v1` and `/api/v2`.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/{origin}/in-app/",
        door: Door::Public,
        about: "What an app sells, as a list of in-app products",
        takes: Takes::Query(&["active"]),
        serves: Serves::Input(products, Words::Store),
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/{origin}/in-app/{guid}/",
        door: Door::Public,
        about: "One in-app product of an app",
        takes: Takes::Nothing,
        serves: Serves::Input(product, Words::Store),
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/webpay/inapp/prepare/",
        door: Door::Public,
        about: "Prepares the purchase of an in-app product: a pay request, and the path that tells how it stands",
        takes: Takes::Form(&["inapp"]),
        serves: Serves::Input(prepare, Words::Store),
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/webpay/status/{uuid}/",
        door: Door::Public,
        about: "How a payment stands: incomplete, or complete with the receipt. Never 404",
        takes: Takes::Nothing,
        serves: Serves::Input(status, Words::Store),
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/receipts/reissue/",
        door: Door::Public,
        about: "Trades an expired receipt for a fresh one",
        takes: Takes::Receipt,
        serves: Serves::Input(reissue, Words::Store),
    },
];

fn products(asked: &Asked) -> Result<Input, Misheard> {
    Ok(Input::ListProducts { origin: Some(asked.param("origin").to_owned()), product: None })
}

fn product(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(asked.param("guid"), Misheard::missing)?;
    Ok(Input::ListProducts { origin: Some(asked.param("origin").to_owned()), product: Some(product) })
}

fn prepare(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(&asked.field("inapp")?, Misheard::bad)?;
    let referer = asked.header(&header::REFERER).map(str::to_owned);
    Ok(Input::Buy { product, origin: asked.origin(), referer })
}

fn status(asked: &Asked) -> Result<Input, Misheard> {
    Ok(Input::PollStatus { transaction: TransactionId::from(asked.param("uuid")) })
}

fn reissue(asked: &Asked) -> Result<Input, Misheard> {
    Ok(Input::Reissue { receipt: asked.text() })
}

fn known(guid: &str, refuse: fn(&'static str, String) -> Misheard) -> Result<ProductId, Misheard> {
    let unknown = |_| refuse("UNKNOWN_PRODUCT", format!("There is no such in-app product: {guid:.80}"));
    ProductId::parse(guid).map_err(unknown)
}
