//! The payment window: the page that a pay request opens, and what the buyer does in it.

use serde::Deserialize;

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Misheard, Route, Serves, Takes, Verb, Words};
use crate::io::http::shape::{Shape, always, maybe};
use crate::io::http::shapes::{BEGUN, DISABLED, NOT_NOW, REFUSED, REFUSED_PAGE, STANDS, UNKNOWN, WINDOW_PAGE};
use crate::protocol::id::TransactionId;
use crate::protocol::pay_error::PayError;
use crate::protocol::payflow::PayForm;
use crate::world::character::CharacterError;
use crate::world::input::Input;

/// The page, the shipped flow's own way to begin, and the buttons.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/mozpay/",
        door: Door::Public,
        about: "The payment window for a pay request, as a web page",
        takes: Takes::Query(&[always("req", Shape::Text), maybe("buyer", Shape::Text)]),
        serves: Serves::Input(Hears::Proper(open), Words::WindowPage),
        gives: &[WINDOW_PAGE, REFUSED_PAGE],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/v1/api/pay/",
        door: Door::Public,
        about: "Begins the payment flow for a pay request, without a page",
        takes: Takes::Json(&[always("req", Shape::Text), maybe("mcc", Shape::Text), maybe("mnc", Shape::Text)]),
        serves: Serves::Input(Hears::Proper(begin), Words::Flow),
        gives: &[BEGUN, REFUSED, DISABLED],
    },
    Route {
        verb: Verb::Get,
        path: "/mozpay/window/{transaction}",
        door: Door::Confirm,
        about: "How a payment window stands: asking, charging, or ended",
        takes: Takes::Nothing,
        serves: Serves::Window(None),
        gives: &[STANDS, UNKNOWN],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/confirm",
        door: Door::Confirm,
        about: "The buyer confirms with the PIN",
        takes: Takes::Json(&[always("pin", Shape::Text)]),
        serves: Serves::Window(Some(Hears::Proper(confirm))),
        gives: &[STANDS, REFUSED, NOT_NOW],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/cancel",
        door: Door::Confirm,
        about: "The buyer presses Cancel",
        takes: Takes::Nothing,
        serves: Serves::Window(Some(Hears::Anything(cancel))),
        gives: &[STANDS, NOT_NOW],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/close",
        door: Door::Confirm,
        about: "The buyer closes the payment window",
        takes: Takes::Nothing,
        serves: Serves::Window(Some(Hears::Anything(close))),
        gives: &[STANDS, NOT_NOW],
    },
];

fn open(asked: &Asked) -> Result<Input, Misheard> {
    // A missing pay request is refused by the flow itself, with its historic code. Whoever opens the page may say who decides in it.
    let unknown = |error: CharacterError| Misheard::bad("UNKNOWN_CHARACTER", error.to_string());
    let buyer = asked.query("buyer").map(str::parse).transpose().map_err(unknown)?;
    Ok(Input::OpenWindow { request: asked.query("req").unwrap_or_default().to_owned(), buyer })
}

/// What the shipped flow began with.
#[derive(Deserialize)]
struct Pay {
    #[serde(default)]
    req: String,
    #[serde(default)]
    mcc: Option<String>,
    #[serde(default)]
    mnc: Option<String>,
}

fn begin(asked: &Asked) -> Result<Input, Misheard> {
    let Pay { req, mcc, mnc } = asked.json()?;
    // The device on this stage tells no network, so the run knows none: what is told here is held against the form, and dropped.
    // A missing pay request is for the flow itself to refuse.
    let form = PayForm { req: Some(&req), mcc: mcc.as_deref(), mnc: mnc.as_deref() };
    if let Err(refusal) = form.token()
        && refusal.reason() == PayError::BadNetwork
    {
        return Err(Misheard::bad(refusal.code(), refusal.sentence()));
    }
    Ok(Input::OpenWindow { request: req, buyer: None })
}

#[derive(Deserialize)]
struct Typed {
    pin: String,
}

fn confirm(asked: &Asked) -> Result<Input, Misheard> {
    let Typed { pin } = asked.json()?;
    Ok(Input::Confirm { transaction: transaction(asked), pin })
}

fn cancel(asked: &Asked) -> Input {
    Input::Cancel { transaction: transaction(asked) }
}

fn close(asked: &Asked) -> Input {
    Input::CloseWindow { transaction: transaction(asked) }
}

fn transaction(asked: &Asked) -> TransactionId {
    TransactionId::from(asked.param("transaction"))
}
