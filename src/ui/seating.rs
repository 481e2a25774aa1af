//! Seating: which places of a run somebody's own programs take, and what is known of a server that takes one.

use crate::protocol::dial::Hosting;
use crate::protocol::id::Origin;
use crate::world::names::Secret;
use crate::world::seat::{Seat, Seats};
use crate::world::setup::Setup;

/// Who takes which place, and what is known of a server that does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seating {
    /// The places.
    pub seats: Seats,
    /// Where the server of a place that is newly taken listens; `None`: where the set-up says.
    pub server: Option<Origin>,
    /// The key that the app server signs with; empty: the set-up's.
    pub key: String,
    /// Its secret; empty: the set-up's.
    pub secret: String,
}

impl Seating {
    /// The set-up with these places taken.
    #[must_use]
    pub fn taken(&self, mut setup: Setup) -> Setup {
        let Self { seats, server, key, secret } = self;
        let is_new = |seat: fn(&Seats) -> Seat| seat(seats) == Seat::External && seat(&setup.seats) == Seat::Simulated;
        let (is_server_new, is_store_new) = (is_new(|seats| seats.app_server), is_new(|seats| seats.marketplace));
        setup.seats = *seats;
        let names = &mut setup.names;
        if is_server_new {
            // Hosted, there is no server of the app's own.
            setup.hosting = Hosting::Classic;
            names.app.server_url = server.clone().or(names.app.server_url.take());
            if !key.is_empty() {
                names.app.key.clone_from(key);
            }
            if !secret.is_empty() {
                names.app.secret = Some(Secret::new(secret.as_str()));
            }
        }
        if is_store_new {
            names.marketplace_url = server.clone().or(names.marketplace_url.take());
        }
        setup
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seating(seats: Seats) -> Seating {
        let server = Some(Origin::loopback(9100));
        Seating { seats, server, key: "pony-key".to_owned(), secret: "hush".to_owned() }
    }

    #[test]
    fn a_server_that_takes_a_place_is_asked_where_it_listens() {
        let server = Seats { app_server: Seat::External, ..Seats::default() };
        let setup = seating(server).taken(Setup::default());
        let app = &setup.names.app;
        assert_eq!((setup.hosting, app.server_url.clone()), (Hosting::Classic, Some(Origin::loopback(9100))));
        assert_eq!((app.key.as_str(), app.secret.as_ref().map(Secret::expose)), ("pony-key", Some("hush")));
        assert_eq!(setup.names.marketplace_url, None);
        let store = Seats { marketplace: Seat::External, ..Seats::default() };
        let setup = seating(store).taken(Setup::default());
        assert_eq!((setup.hosting, setup.names.marketplace_url), (Hosting::Hosted, Some(Origin::loopback(9100))));
        assert_eq!(setup.names.app, Setup::default().names.app);
    }

    #[test]
    fn a_place_that_was_taken_before_keeps_its_server() {
        let seats = Seats { app_server: Seat::External, ..Seats::default() };
        let before = seating(seats).taken(Setup::default());
        let both = Seats { app_page: Seat::External, ..seats };
        let after =
            Seating { seats: both, server: Some(Origin::loopback(1)), ..Seating::default() }.taken(before.clone());
        assert_eq!(after.names, before.names);
    }
}
