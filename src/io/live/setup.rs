//! Set-ups of live runs: what a set-up becomes when programs outside join in at a real address.

use serde::Deserialize;

use crate::protocol::id::Origin;
use crate::protocol::time::{Span, Time};
use crate::world::names::Names;
use crate::world::seat::Seat;
use crate::world::setup::Setup;

/// The set-up for a run at `address` that begins `now`. What was chosen stays; what was left at its default becomes real: the
/// store answers at this address and calls itself so, the app is the demo page there, and nothing is slow on purpose.
#[must_use]
pub fn at_home(mut setup: Setup, address: &Origin, now: Time) -> Setup {
    let usual = Setup::default();
    let names = Names::default();
    if setup.start == usual.start {
        setup.start = now;
    }
    if setup.latency == usual.latency {
        setup.latency = Span::ZERO;
    }
    if setup.names.market == names.market {
        // Somebody's own store is called by its own address: that is what its receipts name.
        let theirs = setup.names.marketplace_url.as_ref().filter(|_| setup.seats.marketplace == Seat::External);
        setup.names.market = theirs.unwrap_or(address).clone();
    }
    if setup.names.app.origin == names.app.origin {
        setup.names.app.origin = address.clone();
    }
    // With somebody's own store our page has to act; otherwise whoever asks is the page.
    if setup.seats.marketplace == Seat::Simulated {
        setup.seats.app_page = Seat::External;
    }
    setup
}

/// What was chosen in the set-up of a live run: what [`at_home`] made real is left to be made so again, elsewhere and later.
#[must_use]
pub fn chosen(mut setup: Setup) -> Setup {
    let names = Names::default();
    setup.start = Setup::default().start;
    setup.names.base = names.base;
    if setup.seats.marketplace == Seat::Simulated {
        if setup.names.app.origin == setup.names.market {
            setup.names.app.origin = names.app.origin;
        }
        setup.names.market = names.market;
    } else if setup.seats.app_page == Seat::Simulated && setup.names.app.origin.loopback_port().is_some() {
        // Beside somebody's own store our page acts, and the address of this machine that it has is the one it was given.
        setup.names.app.origin = names.app.origin;
    }
    setup
}

/// The port of this machine that the receipts of this run name: where its own store was when it began.
#[must_use]
pub fn own_port(setup: &Setup) -> Option<u16> {
    (setup.seats.marketplace == Seat::Simulated).then(|| setup.names.market.loopback_port())?
}

/// Reads a set-up file: the dials as a scenario's `[setup]` has them, under that head or without one. A whole scenario will do.
///
/// # Errors
/// What the reader met, with line and column.
pub fn read(text: &str) -> Result<Setup, toml::de::Error> {
    #[derive(Deserialize)]
    struct Headed {
        setup: Setup,
    }
    let table: toml::Table = toml::from_str(text)?;
    if table.contains_key("setup") {
        return toml::from_str::<Headed>(text).map(|file| file.setup);
    }
    toml::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::character::BuyerCharacter;

    #[test]
    fn what_was_chosen_stays_and_the_rest_becomes_real() {
        let address = Origin::parse("http://127.0.0.1:7717").unwrap();
        let now = Time::from_seconds(1_800_000_000);
        let mut chosen = Setup::default();
        chosen.names.app.origin = Origin::parse("http://127.0.0.1:9100").unwrap();
        chosen.latency = Span::from_millis(5);
        let home = at_home(chosen, &address, now);
        assert_eq!((home.start, home.latency), (now, Span::from_millis(5)));
        assert_eq!(home.names.app.origin.as_str(), "http://127.0.0.1:9100");
        assert_eq!(home.names.market, address);
        assert_eq!(home.seats.app_page, Seat::External);
    }

    #[test]
    fn what_was_chosen_for_one_run_is_at_home_in_the_next() {
        let later = Time::from_seconds(1_900_000_000);
        let home = |setup, port, now| at_home(setup, &Origin::loopback(port), now);
        let first =
            home(Setup { buyer: BuyerCharacter::Cancels, ..Setup::default() }, 7717, Time::from_seconds(1_800_000_000));
        let next = home(chosen(first), 7718, later);
        assert_eq!((next.buyer, next.start), (BuyerCharacter::Cancels, later));
        assert_eq!((&next.names.market, &next.names.app.origin), (&Origin::loopback(7718), &Origin::loopback(7718)));
        let mut theirs = Setup::default();
        theirs.names.app.origin = Origin::loopback(9100);
        let next = home(chosen(home(theirs, 7717, later)), 7718, later);
        assert_eq!(next.names.app.origin, Origin::loopback(9100), "their app stays where it is");
        let mut beside = Setup::default();
        (beside.seats.marketplace, beside.names.marketplace_url) = (Seat::External, Some(Origin::loopback(7000)));
        let next = home(chosen(home(beside, 9000, later)), 7717, later);
        assert_eq!(next.names.app.origin, Origin::loopback(7717), "nobody listens at the old port");
        assert_eq!(next.names.market, Origin::loopback(7000));
    }

    #[test]
    fn somebodys_own_store_is_called_by_its_own_address_and_is_no_port_of_ours() {
        let now = Time::from_seconds(1_800_000_000);
        let (address, theirs) = (Origin::loopback(7717), Origin::loopback(7000));
        let mut setup = Setup::default();
        assert_eq!(own_port(&at_home(setup.clone(), &address, now)), Some(7717));
        setup.names.marketplace_url = Some(theirs.clone());
        assert_eq!(at_home(setup.clone(), &address, now).names.market, address, "nobody sits there");
        setup.seats.marketplace = Seat::External;
        let home = at_home(setup, &address, now);
        assert_eq!((own_port(&home), &home.names.market), (None, &theirs));
        assert_eq!(own_port(&Setup::default()), None);
    }

    #[test]
    fn a_set_up_file_has_a_head_or_none() {
        for text in ["buyer = \"cancels\"", "title = \"t\"\n[setup]\nbuyer = \"cancels\""] {
            assert_eq!(read(text).unwrap().buyer, BuyerCharacter::Cancels, "{text}");
        }
        let error = read("seed = 1\nbuyr = \"cancels\"").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("buyr"), "{error}");
    }
}
