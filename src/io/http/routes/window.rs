//! The payment window: the page that a pay request opens, and what the buyer does in it.

use serde::Deserialize;

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Misheard, Route, Serves, Takes, Verb, Words};
use crate::protocol::id::TransactionId;
use crate::world::character::CharacterError;
use crate::world::input::Input;

/// The page, the shipped flow's own way to begin, and the buttons.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/mozpay/",
        door: Door::Public,
        about: "The payment window for a pay request, as a web page",
        takes: Takes::Query(&["req", "buyer"]),
        serves: Serves::Input(Hears::Proper(open), Words::WindowPage),
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/v1/api/pay/",
        door: Door::Public,
        about: "Begins the payment flow for a pay request, without a page",
        takes: Takes::Json(&["req", "mcc", "mnc"]),
        serves: Serves::Input(Hears::Proper(begin), Words::Flow),
    },
    Route {
        verb: Verb::Get,
        path: "/mozpay/window/{transaction}",
        door: Door::Confirm,
        about: "How a payment window stands: asking, charging, or ended",
        takes: Takes::Nothing,
        serves: Serves::Window(None),
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/confirm",
        door: Door::Confirm,
        about: "The buyer confirms with the PIN",
        takes: Takes::Json(&["pin"]),
        serves: Serves::Window(Some(Hears::Proper(confirm))),
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/cancel",
        door: Door::Confirm,
        about: "The buyer presses Cancel",
        takes: Takes::Nothing,
        serves: Serves::Window(Some(Hears::Anything(cancel))),
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/window/{transaction}/close",
        door: Door::Confirm,
        about: "The buyer closes the payment window",
        takes: Takes::Nothing,
        serves: Serves::Window(Some(Hears::Anything(close))),
    },
];

fn open(asked: &Asked) -> Result<Input, Misheard> {
    // A missing pay request is refused by the flow itself, with its historic code. Whoever opens the page may say who decides in it.
    let unknown = |error: CharacterError| Misheard::bad("UNKNOWN_CHARACTER", error.to_string());
    let buyer = asked.query("buyer").map(str::parse).transpose().map_err(unknown)?;
    Ok(Input::OpenWindow { request: asked.query("req").unwrap_or_default().to_owned(), buyer })
}

/// What the shipped flow began with; the network codes are taken and not used.
#[derive(Deserialize)]
struct Pay {
    #[serde(default)]
    req: String,
}

fn begin(asked: &Asked) -> Result<Input, Misheard> {
    let Pay { req } = asked.json()?;
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
