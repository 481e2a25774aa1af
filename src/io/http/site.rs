//! The site: everything that one server serves, behind its doors.

use std::sync::Arc;

use axum::routing::get;

use crate::io::http::answer;
use crate::io::http::control::describe;
use crate::io::http::control::perform::Controlled;
use crate::io::http::control::router;
use crate::io::http::control::usual::Usual;
use crate::io::http::door::Door;
use crate::io::http::front::Front;
use crate::io::http::guard::{Gate, Guard};
use crate::io::http::guarded::{Guarded, Paths};
use crate::io::http::pages::serve;
use crate::io::http::public;
use crate::io::http::sessions::Sessions;
use crate::io::inbox::Letterbox;
use crate::io::outbound::Outbound;
use crate::io::store::archive::Archive;
use crate::protocol::id::Origin;

/// A front whose root is the run behind `letterbox`. Sessions beside it reach out through `outbound`.
#[must_use]
pub fn front(gate: Gate, letterbox: &Letterbox, outbound: &Outbound) -> Front {
    front_with(gate, letterbox, outbound, Root::default())
}

/// What the root has besides its run.
#[derive(Debug, Default)]
pub struct Root {
    /// Where its old steps are to be had.
    pub archive: Option<Archive>,
    /// What runs that test code begins have in common, where it says nothing else.
    pub usual: Usual,
}

/// The same, where the root has more than its run.
#[must_use]
pub fn front_with(gate: Gate, letterbox: &Letterbox, outbound: &Outbound, root: Root) -> Front {
    let Root { archive, usual } = root;
    let address = Origin::loopback(gate.port());
    let front = Front::new(gate);
    let root = Controlled {
        letterbox: letterbox.clone(),
        address: address.clone(),
        base: String::new(),
        archive,
        usual: usual.clone(),
    };
    let gate = Arc::clone(front.gate());
    let build = move |run: &Controlled| {
        let guard = |door| Guard::new(Arc::clone(&gate), door);
        let routes = Guarded::default()
            .with(&guard(Door::Public), public(run))
            .with(&guard(Door::Confirm), public::routes(Door::Confirm, &run.letterbox))
            .with(&guard(Door::Control), router::routes(run));
        Arc::new(routes)
    };
    let sessions = Sessions::new(address, outbound.clone(), usual, Arc::new(build));
    let control = router::routes(&root).and(sessions.routes());
    front
        .with(Door::Public, public(&root).and(description()))
        .with(Door::Confirm, public::routes(Door::Confirm, letterbox))
        .with(Door::Control, control)
        .with_branches(Arc::new(sessions))
}

fn public(run: &Controlled) -> Paths {
    public::routes(Door::Public, &run.letterbox).and(serve::assets())
}

/// The description of everything, which holds no secret and needs no token.
fn description() -> Paths {
    let text = describe::document().to_json().unwrap_or_default();
    let serve = move || {
        let text = text.clone();
        async move { answer::with_body(200, "application/json", text) }
    };
    Paths::default().with("/control/openapi.json", get(serve))
}
