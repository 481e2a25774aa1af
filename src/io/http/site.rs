//! The site: everything that one server serves, behind its doors.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::io::http::answer;
use crate::io::http::control::describe;
use crate::io::http::control::perform::Controlled;
use crate::io::http::control::router;
use crate::io::http::door::Door;
use crate::io::http::front::{Front, guarded};
use crate::io::http::guard::Gate;
use crate::io::http::pages::serve;
use crate::io::http::public;
use crate::io::http::sessions::Sessions;
use crate::io::inbox::Letterbox;
use crate::io::outbound::Outbound;
use crate::io::store::archive::Archive;
use crate::protocol::id::Origin;
use crate::world::setup::Setup;

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
    pub usual: Setup,
}

/// The same, where the root has more than its run.
#[must_use]
pub fn front_with(gate: Gate, letterbox: &Letterbox, outbound: &Outbound, root: Root) -> Front {
    let Root { archive, usual } = root;
    let usual = Arc::new(usual);
    let address = Origin::loopback(gate.port());
    let front = Front::new(gate);
    let root = Controlled {
        letterbox: letterbox.clone(),
        address: address.clone(),
        base: String::new(),
        archive,
        usual: Arc::clone(&usual),
    };
    let gate = Arc::clone(front.gate());
    let build = move |run: &Controlled| {
        let public = guarded(&gate, Door::Public, public(run));
        let confirm = guarded(&gate, Door::Confirm, public::routes(Door::Confirm, &run.letterbox));
        public.merge(confirm).merge(guarded(&gate, Door::Control, router::routes(run)))
    };
    let sessions = Sessions::new(address, outbound.clone(), usual, Arc::new(build));
    let control = router::routes(&root).merge(sessions.routes());
    front
        .with(Door::Public, public(&root).merge(description()))
        .with(Door::Confirm, public::routes(Door::Confirm, letterbox))
        .with(Door::Control, control)
        .with_branches(Arc::new(sessions))
}

fn public(run: &Controlled) -> Router {
    public::routes(Door::Public, &run.letterbox).merge(serve::assets()).fallback(public::nothing_here)
}

/// The description of everything, which holds no secret and needs no token.
fn description() -> Router {
    let text = describe::document().to_json().unwrap_or_default();
    let serve = move || {
        let text = text.clone();
        async move { answer::with_body(200, "application/json", text) }
    };
    Router::new().route("/control/openapi.json", get(serve))
}
