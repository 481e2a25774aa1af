//! The store's shipped interface, versions 1 and 2: catalogue, prepare, status, receipts. The historic clients use it unchanged.

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Misheard, Reading, Route, Serves, Takes, Verb, Words};
use crate::io::http::shape::{Shape, always, maybe};
use crate::io::http::shapes::{
    ISSUED, NOT_NOW, NOT_PAID, NOT_REISSUED, ONE_PRODUCT, PICTURE, PREPARED, PRODUCT_LIST, REFUSED, REISSUED,
    STORE_STATUS, UNKNOWN,
};
use crate::protocol::id::{ProductId, TransactionId};
use crate::world::input::Input;

/// What a test receipt can be asked to be.
const TEST_KINDS: Shape = Shape::Word(&["none", "ok", "expired", "invalid", "refunded"]);

/// The routes below `/api/v1` and `/api/v2`.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/{origin}/in-app/",
        door: Door::Public,
        about: "What an app sells, as a list of in-app products",
        takes: Takes::Query(&[maybe("active", Shape::Text)]),
        serves: Serves::Input(Hears::Anything(products), Words::Store),
        gives: &[PRODUCT_LIST, UNKNOWN],
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/{origin}/in-app/{guid}/",
        door: Door::Public,
        about: "One in-app product of an app",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Proper(product), Words::Store),
        gives: &[ONE_PRODUCT, UNKNOWN],
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/webpay/inapp/prepare/",
        door: Door::Public,
        about: "Prepares the purchase of an in-app product: a pay request, and the path that tells how it stands",
        takes: Takes::Form(&[always("inapp", Shape::Text)]),
        serves: Serves::Input(Hears::Proper(prepare), Words::Store),
        gives: &[PREPARED, REFUSED, NOT_NOW],
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/webpay/status/{uuid}/",
        door: Door::Public,
        about: "How a payment stands: incomplete, or complete with the receipt. Never 404",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(status), Words::Store),
        gives: &[STORE_STATUS, NOT_NOW],
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/stub-in-app-products/",
        door: Door::Public,
        about: "The products that are there for trying out payments",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(stubs), Words::Store),
        gives: &[PRODUCT_LIST],
    },
    Route {
        verb: Verb::Get,
        path: "/api/v*/payments/stub-in-app-products/{guid}/",
        door: Door::Public,
        about: "One of the products that are there for trying out payments",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Proper(stub), Words::Store),
        gives: &[ONE_PRODUCT, UNKNOWN],
    },
    Route {
        verb: Verb::Get,
        path: "/logos/{picture}",
        door: Door::Public,
        about: "The picture of a product, 64 by 64, as the catalogue names it",
        takes: Takes::Nothing,
        serves: Serves::Reading(Reading::Logo),
        gives: &[PICTURE, UNKNOWN],
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/receipts/install/",
        door: Door::Public,
        about: "The receipt of a product that its buyer has bought: 402 where that is not so",
        takes: Takes::Form(&[always("app", Shape::Text)]),
        serves: Serves::Input(Hears::Proper(install), Words::Store),
        gives: &[ISSUED, REFUSED, NOT_PAID],
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/receipts/test/",
        door: Door::Public,
        about: "A receipt for trying things out, whose verify address answers what was asked for",
        takes: Takes::Form(&[always("manifest_url", Shape::Text), always("receipt_type", TEST_KINDS)]),
        serves: Serves::Input(Hears::Proper(test), Words::Store),
        gives: &[ISSUED, REFUSED],
    },
    Route {
        verb: Verb::Post,
        path: "/api/v*/receipts/reissue/",
        door: Door::Public,
        about: "Trades an expired receipt for a fresh one",
        takes: Takes::Receipt,
        serves: Serves::Input(Hears::Anything(reissue), Words::Store),
        gives: &[REISSUED, NOT_REISSUED],
    },
];

fn products(asked: &Asked) -> Input {
    Input::ListProducts { origin: Some(asked.param("origin").to_owned()), product: None }
}

fn product(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(asked.param("guid"), Misheard::missing)?;
    Ok(Input::ListProducts { origin: Some(asked.param("origin").to_owned()), product: Some(product) })
}

fn stubs(_: &Asked) -> Input {
    Input::ListProducts { origin: None, product: None }
}

fn stub(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(asked.param("guid"), Misheard::missing)?;
    Ok(Input::ListProducts { origin: None, product: Some(product) })
}

fn install(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(&asked.field("app")?, Misheard::bad)?;
    Ok(Input::InstallReceipt { product })
}

fn test(asked: &Asked) -> Result<Input, Misheard> {
    Ok(Input::TestReceipt { manifest: asked.field("manifest_url")?, kind: asked.field("receipt_type")? })
}

fn prepare(asked: &Asked) -> Result<Input, Misheard> {
    let product = known(&asked.field("inapp")?, Misheard::bad)?;
    Ok(Input::Buy { product, origin: asked.origin(), provenance: asked.provenance() })
}

fn status(asked: &Asked) -> Input {
    Input::PollStatus { transaction: TransactionId::from(asked.param("uuid")) }
}

fn reissue(asked: &Asked) -> Input {
    Input::Reissue { receipt: asked.text() }
}

fn known(guid: &str, refuse: fn(&'static str, String) -> Misheard) -> Result<ProductId, Misheard> {
    let unknown = |_| refuse("UNKNOWN_PRODUCT", format!("There is no such in-app product: {guid:.80}"));
    ProductId::parse(guid).map_err(unknown)
}
