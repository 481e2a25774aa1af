//! The page's own routes: a pay request for a product, and how a payment stands.

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Misheard, Route, Serves, Takes, Verb, Words};
use crate::io::http::shape::{Shape, always};
use crate::io::http::shapes::{
    BOUGHT, KEY_SET, NOT_NOTED, NOT_NOW, NOT_THE_APP, NOTED, PAGE_STATUS, ROOT_KEY, UNKNOWN,
};
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::notice::NoticeKind;
use crate::world::input::Input;
use crate::world::provenance::Provenance;

/// The routes of the specification's sketch, and the keys that an app fetches beforehand.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Post,
        path: "/mozpay/product/{slug}/buy",
        door: Door::Public,
        about: "Starts a purchase: a pay request, the transaction's id and the URL that tells how it stands",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Proper(buy), Words::Page),
        gives: &[BOUGHT, NOT_THE_APP, UNKNOWN, NOT_NOW],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/app/{app}/product/{slug}/buy",
        door: Door::Public,
        about: "The same, where the app's origin stands in the path, percent-encoded: what one way of checking callers reads",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Proper(buy), Words::Page),
        gives: &[BOUGHT, NOT_THE_APP, UNKNOWN, NOT_NOW],
    },
    Route {
        verb: Verb::Get,
        path: "/mozpay/transaction/{id}",
        door: Door::Public,
        about: "How a payment stands: pending, or completed with the receipt",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(poll), Words::Page),
        gives: &[PAGE_STATUS, NOT_NOW],
    },
    Route {
        verb: Verb::Get,
        path: "/.well-known/jwks.json",
        door: Door::Public,
        about: "The public halves of the store's receipt keys, as a JWK set",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(keys), Words::KeySet),
        gives: &[KEY_SET],
    },
    Route {
        verb: Verb::Get,
        path: "/public_keys/root.jwk",
        door: Door::Public,
        about: "The root key that certifies the store's receipt keys, where receipts come behind certificates",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(keys), Words::RootKey),
        gives: &[ROOT_KEY, UNKNOWN],
    },
    Route {
        verb: Verb::Post,
        path: "/services/webpay/postback",
        door: Door::Public,
        about: "The payment server's own address for notices of payment: 200 with the transaction's id, or 400",
        takes: Takes::Form(&[always("notice", Shape::Text)]),
        serves: Serves::Input(Hears::Anything(postback), Words::Page),
        gives: &[NOTED, NOT_NOTED],
    },
    Route {
        verb: Verb::Post,
        path: "/services/webpay/chargeback",
        door: Door::Public,
        about: "The payment server's own address for notices of money taken back",
        takes: Takes::Form(&[always("notice", Shape::Text)]),
        serves: Serves::Input(Hears::Anything(chargeback), Words::Page),
        gives: &[NOTED, NOT_NOTED],
    },
];

fn postback(asked: &Asked) -> Input {
    Input::Notice { kind: NoticeKind::Postback, notice: notice(asked) }
}

fn chargeback(asked: &Asked) -> Input {
    Input::Notice { kind: NoticeKind::Chargeback, notice: notice(asked) }
}

/// One form field; a post without it is a notice that says nothing, and is refused as one.
fn notice(asked: &Asked) -> String {
    asked.field("notice").unwrap_or_default()
}

fn buy(asked: &Asked) -> Result<Input, Misheard> {
    let slug = asked.param("slug");
    let unknown =
        |_| Misheard::missing("UNKNOWN_PRODUCT", format!("There is no such product in this shop: {slug:.80}"));
    let product = ProductId::parse(slug).map_err(unknown)?;
    let app = Some(asked.param("app")).filter(|app| !app.is_empty()).map(str::to_owned);
    let provenance = Provenance { path: app, ..asked.provenance() };
    Ok(Input::Buy { product, origin: asked.origin(), provenance })
}

fn poll(asked: &Asked) -> Input {
    Input::PollStatus { transaction: TransactionId::from(asked.param("id")) }
}

fn keys(_: &Asked) -> Input {
    Input::FetchKeys
}
