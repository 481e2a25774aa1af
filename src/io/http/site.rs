//! The site: everything that one server serves, behind its doors.

use crate::io::http::door::Door;
use crate::io::http::front::Front;
use crate::io::http::guard::Gate;
use crate::io::http::pages::serve;
use crate::io::http::public;
use crate::io::inbox::Letterbox;

/// A front whose root is the run behind `letterbox`.
#[must_use]
pub fn front(gate: Gate, letterbox: &Letterbox) -> Front {
    let public = public::routes(Door::Public, letterbox).merge(serve::assets()).fallback(public::nothing_here);
    let confirm = public::routes(Door::Confirm, letterbox);
    Front::new(gate).with(Door::Public, public).with(Door::Confirm, confirm)
}
