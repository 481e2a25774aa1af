//! The verify service: what the store says of a receipt, to anyone who holds one.

use crate::io::http::door::Door;
use crate::io::http::route::{Asked, Hears, Route, Serves, Takes, Verb, Words};
use crate::io::http::shapes::JUDGED;
use crate::world::input::Input;

/// The address that receipts name, anything below it, and the one for test receipts.
pub const ROUTES: &[Route] = &[
    Route {
        verb: Verb::Post,
        path: "/verify/",
        door: Door::Public,
        about: "What the store says of a receipt: ok, pending, refunded, expired, or invalid with a reason",
        takes: Takes::Receipt,
        serves: Serves::Input(Hears::Anything(verify), Words::Store),
        gives: &[JUDGED],
    },
    Route {
        verb: Verb::Post,
        path: "/verify/{*rest}",
        door: Door::Public,
        about: "The same below another path, which a receipt that names /verify/ does not name",
        takes: Takes::Receipt,
        serves: Serves::Input(Hears::Anything(verify), Words::Store),
        gives: &[JUDGED],
    },
    Route {
        verb: Verb::Post,
        path: "/developers/test/receipts/verify/{status}/",
        door: Door::Public,
        about: "What the store says of a test receipt: the status in the path, if the receipt names this address",
        takes: Takes::Receipt,
        serves: Serves::Input(Hears::Anything(verify), Words::Store),
        gives: &[JUDGED],
    },
];

fn verify(asked: &Asked) -> Input {
    // The service holds the path against the receipt's own; how the slash at the end was spelled does not matter.
    let is_usual = asked.path().trim_end_matches('/') == "/verify";
    let path = (!is_usual).then(|| format!("{}/", asked.path().trim_end_matches('/')));
    Input::Verify { receipt: asked.text(), path }
}
