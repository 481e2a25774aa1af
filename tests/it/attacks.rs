//! Attacks: each card is stopped by what should stop it, and gets through without it. All of it is found by playing.

use paystage::lens::attack::{Gain, Reading};
use paystage::lens::attack_grid::{Depth, Grid, reading};
use paystage::protocol::dial::{Hosting, Profile, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::session::attack::barrier::Barrier;
use paystage::session::attack::card::Card;
use paystage::session::attack::cards::CARDS;
use paystage::session::attack::play::{Unplayable, play, play_alone};
use paystage::session::control;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::seat::Seat;
use paystage::world::setup::Setup;

/// Card, what stops it, the historic code, and what must be switched off before it gets through.
const ENDS: [(&str, &str, &str, &[&str]); 16] = [
    ("edit-the-price", "request-signature", "INVALID_JWT", &["request-signature"]),
    ("replay-the-pay-request", "request-once", "", &["request-once"]),
    ("forge-a-notice", "notice-signature", "INVALID_JWT", &["notice-signature"]),
    ("alg-none", "algorithm", "ERROR_DECODING", &["algorithm", "signature"]),
    ("key-confusion", "algorithm", "ERROR_DECODING", &["algorithm", "signature"]),
    ("embedded-jwk", "signature", "ERROR_DECODING", &["signature"]),
    ("jku-elsewhere", "signature", "ERROR_DECODING", &["signature"]),
    ("kid-tricks", "algorithm", "ERROR_DECODING", &["algorithm", "signature"]),
    ("empty-signature", "signature", "ERROR_DECODING", &["signature"]),
    ("expired-and-unsigned", "algorithm", "ERROR_DECODING", &["algorithm", "signature", "times"]),
    ("other-apps-receipt", "product", "ProductURLError", &["product"]),
    ("friends-receipt", "user", "", &["user"]),
    ("test-receipt", "type", "TestReceiptNotAllowed", &["type"]),
    ("rolled-back-clock", "store", "ReceiptExpired", &["store"]),
    ("look-alike-host", "store", "VerifyDomainMismatch", &["store"]),
    ("refund-and-keep", "store", "Refunded", &["store"]),
];

fn card(name: &str) -> &'static Card {
    Card::find(name).unwrap()
}

fn barriers(names: &[&str]) -> Vec<Barrier> {
    names.iter().map(|name| Barrier::parse(name).unwrap()).collect()
}

#[test]
fn every_card_is_stopped_by_its_barrier_and_gets_through_without_it() {
    assert_eq!(CARDS.len(), ENDS.len());
    let grid = Grid::new(&Setup::default()).filled().unwrap();
    for (row, (name, barrier, code, away)) in grid.rows().iter().zip(ENDS) {
        assert_eq!(row.card.name, name);
        let plain = row.plain.as_ref().unwrap();
        assert!(!plain.is_through(), "{name}: {plain}");
        assert_eq!(plain.barrier(), Barrier::parse(barrier), "{name}");
        let stopped = plain.stopped.as_ref().unwrap();
        assert_eq!(stopped.code, code, "{name}");
        assert!(stopped.message.is_some() && !stopped.sentence.is_empty(), "{name}");
        assert_eq!(row.depth, Some(Depth::Barriers(barriers(away))), "{name}");
        for (cell, off) in row.cells.iter().zip(grid.barriers()) {
            let is_the_one = away == [off.name()];
            let cell = cell.as_ref().unwrap();
            assert_eq!(cell.is_through(), is_the_one, "{name} without {off}: {cell}");
        }
    }
}

#[test]
fn every_guard_and_five_checks_stand_alone_in_some_cheats_way() {
    let alone: Vec<&str> = ENDS.iter().filter(|(.., away)| away.len() == 1).map(|(.., away)| away[0]).collect();
    let missing: Vec<&str> = Barrier::all().map(Barrier::name).filter(|name| !alone.contains(name)).collect();
    // Shape, algorithm and issuer have the signature behind them; the times have it too, but for genuine receipts.
    assert_eq!(missing, ["shape", "algorithm", "issuer", "times"]);
}

#[test]
fn an_honest_purchase_gains_nothing_and_is_stopped_by_nothing() {
    for revision in Revision::ALL {
        let mut session = Session::new(Setup { revision: *revision, ..Setup::default() });
        session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
        control::run_until_idle(&mut session, 1_000);
        let expected = Reading { stopped: None, gains: Vec::new() };
        assert_eq!(Reading::of(&session, 1), expected, "{}", revision.label());
    }
}

#[test]
fn where_nobody_looks_the_same_cards_get_through() {
    let through = |setup: &Setup| {
        let names = CARDS.iter().filter(|card| reading(card, setup).unwrap().is_through()).map(|card| card.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(through(&Setup::default()), ["friends-receipt", "rolled-back-clock", "refund-and-keep"]);
    let fxpay =
        Setup { profile: Some(Profile::Fxpay), verify_policy: Some(VerifyPolicy::StoreOnly), ..Setup::default() };
    assert_eq!(through(&fxpay), ["friends-receipt", "look-alike-host"]);
    let built = Setup { revision: Revision::AsBuilt2015, profile: Some(Profile::Receiptverifier), ..Setup::default() };
    assert_eq!(
        through(&built),
        ["replay-the-pay-request", "expired-and-unsigned", "friends-receipt", "rolled-back-clock"],
        "a past date was answered before the signature was looked at"
    );
}

#[test]
fn each_gain_says_what_the_cheat_has() {
    let gain = |name: &str, off: &str| {
        let home = card(name).at_home(&Setup::default());
        let found = reading(card(name), &Barrier::parse(off).unwrap().switched_off(&home)).unwrap();
        assert_eq!(found.gains.len(), 1, "{found}");
        found.gains[0].to_string()
    };
    assert_eq!(gain("edit-the-price", "request-signature"), "Shiny Pony is open, and nobody paid its 0.99 USD");
    assert_eq!(gain("replay-the-pay-request", "request-once"), "0.99 USD were taken once more for one click on Buy");
    assert_eq!(
        gain("forge-a-notice", "notice-signature"),
        "the app's server counts Shiny Pony as paid, and nobody paid"
    );
    assert_eq!(gain("refund-and-keep", "store"), "Shiny Pony is still open, though 0.99 USD went back");
    assert_eq!(gain("test-receipt", "type"), "Shiny Pony is open, and nobody paid its 0.99 USD");
}

#[test]
fn a_believed_notice_still_gets_no_receipt() {
    let home = card("forge-a-notice").at_home(&Setup::default());
    let off = Barrier::parse("notice-signature").unwrap().switched_off(&home);
    let found = reading(card("forge-a-notice"), &off).unwrap();
    assert!(matches!(found.gains[..], [Gain::Booked { .. }]), "{found}");
    let stopped = found.stopped.unwrap();
    assert_eq!((stopped.code, stopped.barrier), ("NOT_PAID", None));
}

#[test]
fn the_shelf_of_a_hosted_store_makes_an_edited_price_worthless() {
    let hosted = Setup { hosting: Hosting::Hosted, ..Setup::default() };
    let off = Barrier::parse("request-signature").unwrap().switched_off(&hosted);
    assert_eq!(reading(card("edit-the-price"), &off).unwrap(), Reading { stopped: None, gains: Vec::new() });
    let classic = card("edit-the-price").at_home(&hosted);
    assert!(
        reading(card("edit-the-price"), &Barrier::parse("request-signature").unwrap().switched_off(&classic))
            .unwrap()
            .is_through()
    );
}

#[test]
fn a_card_opens_a_branch_before_the_purchase_and_ends_as_it_does_alone() {
    for card in CARDS {
        let setup = card.at_home(&Setup::default());
        let mut session = Session::new(setup.clone());
        session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
        control::run_until_idle(&mut session, 1_000);
        let before = session.clone();
        let played = play(card, &mut session).unwrap();
        let (alone, _) = play_alone(card, &setup).unwrap();
        assert_eq!(session.fingerprint(), alone.fingerprint(), "{}", card.name);
        assert_eq!(played.from, 1, "{}", card.name);
        let first = session.branches()[0].steps();
        let kept: Vec<_> = first.iter().take(before.steps().len()).map(|step| step.canonical_json()).collect();
        let old: Vec<_> = before.steps().iter().map(|step| step.canonical_json()).collect();
        assert_eq!(kept, old, "{}: what was lived stays", card.name);
    }
}

#[test]
fn a_card_needs_an_app_on_the_stage() {
    let mut setup = Setup::default();
    setup.seats.app_page = Seat::External;
    for card in CARDS {
        assert_eq!(play_alone(card, &setup).err(), Some(Unplayable::AppOutside), "{}", card.name);
    }
}

#[test]
fn a_guard_that_is_off_changes_no_byte_of_an_honest_run() {
    let trace = |setup: &Setup| {
        let mut session = Session::new(setup.clone());
        session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
        control::run_until_idle(&mut session, 1_000);
        session.trace()
    };
    let usual = trace(&Setup::default());
    for barrier in Barrier::all() {
        if let Barrier::Guard(_) = barrier {
            assert_eq!(trace(&barrier.switched_off(&Setup::default())), usual, "{barrier}");
        }
    }
}
