//! The buyer's history, the explanation of one receipt, and what a server says about itself.

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Reading, Route, Serves, Takes, Verb, Words};
use crate::io::http::shape::{Shape, always, maybe};
use crate::io::http::shapes::{EXPLAINED, HISTORY, ISSUED, KEY_FITS, KEY_UNFIT, LEGEND, NOT_PAID, UNKNOWN, WELL};
use crate::protocol::id::TransactionId;
use crate::world::input::Input;

/// What the buyer comes back to later.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/purchases",
        door: Door::Confirm,
        about: "The buyer's completed in-app payments, as a page or as JSON",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(list), Words::History),
        gives: &[HISTORY],
    },
    Route {
        verb: Verb::Post,
        path: "/purchases/{transaction}/receipt",
        door: Door::Confirm,
        about: "The receipt of a completed payment, once more",
        takes: Takes::Nothing,
        serves: Serves::Input(Hears::Anything(receipt), Words::Page),
        gives: &[ISSUED, NOT_PAID],
    },
    Route {
        verb: Verb::Get,
        path: "/receipts/{id}",
        door: Door::Public,
        about: "What the receipt of a payment says, for the buyer whom its detail claim sends here",
        takes: Takes::Nothing,
        serves: Serves::Reading(Reading::Receipt),
        gives: &[EXPLAINED, UNKNOWN],
    },
    Route {
        verb: Verb::Get,
        path: "/mozpay/services/error_legend",
        door: Door::Public,
        about: "Every error code of the payment flow with its sentence",
        takes: Takes::Query(&[maybe("locale", Shape::Text)]),
        serves: Serves::Reading(Reading::ErrorLegend),
        gives: &[LEGEND],
    },
    Route {
        verb: Verb::Post,
        path: "/mozpay/services/sig_check",
        door: Door::Public,
        about: "Whether an app's key and secret are set up rightly, by a token that asks for nothing",
        takes: Takes::Form(&[always("sig_check_jwt", Shape::Text)]),
        serves: Serves::Reading(Reading::KeyCheck),
        gives: &[KEY_FITS, KEY_UNFIT],
    },
    Route {
        verb: Verb::Get,
        path: "/services/status/",
        door: Door::Public,
        about: "Whether the server is there",
        takes: Takes::Nothing,
        serves: Serves::Reading(Reading::Health),
        gives: &[WELL],
    },
];

fn list(_: &Asked) -> Input {
    Input::ListPurchases
}

fn receipt(asked: &Asked) -> Input {
    Input::RequestReceipt { transaction: TransactionId::from(asked.param("transaction")) }
}
