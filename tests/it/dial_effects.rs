//! What a dial changes is found by doing the same deeds again; and who gets past which domain check, by letting each try.

use paystage::lens::dial_effect::{Effect, Search, effect};
use paystage::lens::domain_grid::{Attacker, Grid, Outcome, run};
use paystage::protocol::dial::{DomainCheck, IdentityMode};
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::protocol::time::Span;
use paystage::session::again::Again;
use paystage::session::builtin::SUITE;
use paystage::session::control::{run_until_asked, run_until_idle};
use paystage::session::dials::list::{DIALS, find};
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::kind::Kind;
use paystage::world::setup::{BackOff, Polling, Setup};

/// The same deeds in a run of their own, as far as the old one has come.
fn again(session: &Session, setup: Setup) -> Session {
    let mut again = Again::new(session.setup(), session.steps(), setup);
    while !again.go_on(1_000) {}
    let step = again.step_for(session.here().step);
    let mut new = again.into_session();
    new.rewind(step);
    new
}

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: pony() });
    assert!(run_until_idle(&mut session, 5_000));
    session
}

/// Every built-in scenario that nobody outside takes part in, played to its end.
fn suite() -> impl Iterator<Item = (&'static str, Session)> {
    SUITE.iter().map(|builtin| (builtin.name, play(&builtin.scenario().unwrap()).session))
}

#[test]
fn the_same_deeds_in_the_same_set_up_are_the_same_run() {
    for (name, session) in suite() {
        let same = again(&session, session.setup().clone());
        let (ours, theirs) = (same.trace(), session.trace());
        let parted = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
        assert_eq!(parted, None, "{name}");
        assert_eq!(ours.lines().count(), theirs.lines().count(), "{name}");
        assert_eq!(same.here().step, session.here().step, "{name}");
    }
}

#[test]
fn the_same_deeds_end_at_rest_under_every_revision() {
    for (name, session) in suite() {
        let rests = session.world().wire().is_empty();
        for &revision in Revision::ALL {
            let other = again(&session, Setup { revision, ..session.setup().clone() });
            assert_eq!(other.setup().revision, revision);
            assert!(!rests || other.world().wire().is_empty(), "{name} under {revision:?} is not at rest");
            let bought = |session: &Session| {
                session.past().iter().filter(|step| matches!(step.command, Command::Buy { .. })).count()
            };
            assert_eq!(bought(&other), bought(&session), "{name} under {revision:?}");
        }
    }
}

#[test]
fn a_refund_finds_its_payment_again_and_is_left_out_where_there_is_none() {
    let mut session = bought(Setup::default());
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    session.dispatch(Command::Refund { transaction });
    assert!(run_until_idle(&mut session, 1_000));
    let refunds =
        |session: &Session| session.past().iter().filter(|step| matches!(step.command, Command::Refund { .. })).count();
    let other_seed = again(&session, Setup { seed: 7, ..Setup::default() });
    assert_eq!(refunds(&other_seed), 1);
    assert_ne!(
        other_seed.world().marketplace().transactions()[0].id,
        session.world().marketplace().transactions()[0].id
    );
    assert_eq!(
        other_seed.world().marketplace().transactions()[0].state,
        session.world().marketplace().transactions()[0].state
    );
    let refused = Setup { names: session.setup().names.clone(), ..Setup::default() };
    assert_eq!(refunds(&again(&Session::new(Setup::default()), refused)), 0);
}

#[test]
fn a_pin_is_typed_when_the_window_asks_however_long_that_takes() {
    let mut session = Session::new(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    session.dispatch(Command::Buy { product: pony() });
    assert!(run_until_asked(&mut session, 1_000));
    session.dispatch(Command::Confirm { pin: "1234".into() });
    assert!(run_until_idle(&mut session, 1_000));
    let slow = Setup { latency: Span::from_millis(700), ..session.setup().clone() };
    let slow = again(&session, slow);
    assert!(slow.past().iter().any(|step| matches!(step.command, Command::Confirm { .. })));
    assert_eq!(slow.world().marketplace().transactions().len(), 1);
    assert_eq!(
        slow.world().marketplace().transactions()[0].state,
        session.world().marketplace().transactions()[0].state
    );
}

#[test]
fn a_place_in_the_past_is_found_again() {
    let mut session = bought(Setup::default());
    session.rewind(5);
    let other = again(&session, Setup { identity: Some(IdentityMode::Email), ..Setup::default() });
    assert_eq!((other.here().step, other.can_forward()), (5, true));
}

#[test]
fn the_first_difference_of_email_is_the_receipt_and_of_polling_the_eleventh_poll() {
    let session = bought(Setup { identity: Some(IdentityMode::Email), ..Setup::default() });
    let Effect::First(parting) = effect(&session, find("identity").unwrap()) else { panic!("nothing") };
    assert_eq!(parting.as_turned.unwrap().kind, parting.at_default.unwrap().kind);
    assert!(parting.sentence.contains("user.type is email, not directed-identifier"), "{}", parting.sentence);

    let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
    let mut setup = Setup { buyer, ..Setup::default() };
    setup.polling.tries = 15;
    let Effect::First(parting) = effect(&bought(setup), find("polling.tries").unwrap()) else { panic!("nothing") };
    assert_eq!(
        (parting.at_default.unwrap().kind, parting.as_turned.unwrap().kind),
        (Kind::AccessRefused, Kind::StatusAsked)
    );
}

#[test]
fn waits_that_double_outlast_a_buyer_who_thinks_longer_than_ten_polls() {
    let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
    for (back_off, is_open) in [(BackOff::Steady, false), (BackOff::Doubling, true)] {
        let session = bought(Setup { buyer, polling: Polling { back_off, ..Polling::default() }, ..Setup::default() });
        assert_eq!(session.world().app_page().shelf(&pony()).unwrap().is_open, is_open, "{back_off:?}");
        let polls: Vec<i64> = session.past().iter().flat_map(|step| &step.events).filter_map(asked_at).collect();
        let gaps: Vec<i64> = polls.windows(2).map(|pair| (pair[1] - pair[0]) / 1_000).collect();
        match back_off {
            BackOff::Steady => assert_eq!(gaps, [1; 9]),
            BackOff::Doubling => assert_eq!(gaps, [2, 4, 8], "the wait before the first one is one interval"),
        }
    }
    let patience = |back_off, tries| Polling { back_off, tries, ..Polling::default() }.patience();
    assert_eq!(patience(BackOff::Steady, 10), Span::from_seconds(10));
    assert_eq!(patience(BackOff::Doubling, 10), Span::from_seconds(1_023));
    assert!(patience(BackOff::Doubling, u32::MAX) > Span::from_days(10_000), "and never turns negative");
}

fn asked_at(event: &Event) -> Option<i64> {
    match event {
        Event::Delivered { message } if message.body.kind() == Kind::StatusAsked => Some(message.due.millis()),
        _ => None,
    }
}

#[test]
fn a_dial_at_its_default_and_one_that_does_not_matter_here_change_nothing() {
    let session = bought(Setup::default());
    for dial in DIALS {
        assert_eq!(effect(&session, dial), Effect::Nothing, "{}", dial.name);
    }
    let unused = bought(Setup { domain_check: DomainCheck::OriginHeader, ..Setup::default() });
    assert_eq!(effect(&unused, find("domain-check").unwrap()), Effect::Nothing);
    let fresh = Session::new(Setup { identity: Some(IdentityMode::Email), ..Setup::default() });
    assert_eq!(effect(&fresh, find("identity").unwrap()), Effect::Nothing, "nothing was bought yet");
}

#[test]
fn a_search_in_small_pieces_finds_the_same() {
    let session = bought(Setup { revision: Revision::AsBuilt2015, ..Setup::default() });
    let dial = find("revision").unwrap();
    let mut search = Search::of(&session, dial);
    let mut rounds = 0;
    while *search.go_on(1) == Effect::Searching {
        rounds += 1;
        assert!(rounds < 10_000);
    }
    assert!(rounds > 10, "piece by piece");
    assert_eq!(*search.effect(), effect(&session, dial));
}

#[test]
fn the_grid_of_the_domain_check_fills_itself_and_each_policy_has_its_hole() {
    let grid = Grid::whole();
    assert_eq!(grid.cells().len(), Grid::size());
    let let_in = |check: DomainCheck| -> Vec<Attacker> {
        let is_in = |attacker: &Attacker| grid.cell(check, *attacker).unwrap().outcome == Outcome::LetIn;
        Attacker::ALL.iter().copied().filter(is_in).collect()
    };
    let programs = [Attacker::FakesHeaders, Attacker::GuessesKey, Attacker::Replays];
    assert_eq!(let_in(DomainCheck::None), Attacker::ALL);
    assert_eq!(let_in(DomainCheck::OriginHeader), programs, "a browser cannot fake Origin, a program can");
    let hidden = [Attacker::HidesReferer, Attacker::FakesHeaders, Attacker::GuessesKey, Attacker::Replays];
    assert_eq!(let_in(DomainCheck::Referer), hidden, "who sends no Referer is let in");
    let written = [Attacker::WritesPath, Attacker::FakesHeaders, Attacker::GuessesKey, Attacker::Replays];
    assert_eq!(let_in(DomainCheck::OriginInPath), written, "anybody can write a path");
    assert_eq!(let_in(DomainCheck::AppSignedToken), [Attacker::Replays], "whoever overhears a token can use it");
}

#[test]
fn a_cell_opens_as_the_run_that_filled_it() {
    for cell in Grid::whole().cells() {
        let session = run(cell.check, cell.attacker);
        assert_eq!(session.setup().domain_check, cell.check);
        let receives = session.past().iter().filter(|step| matches!(step.command, Command::Receive { .. })).count();
        assert_eq!(receives, 1, "{cell:?}");
        let same = again(&session, session.setup().clone());
        assert_eq!(same.fingerprint(), session.fingerprint());
    }
}
