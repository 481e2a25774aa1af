//! The marketplace's seat: our simulated app buys at somebody else's store, a second process that it has never seen.

use std::time::Instant;

use paystage::io::clock;
use paystage::io::inbox::Clock;
use paystage::protocol::dial::VerifyPolicy;
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::world::app_page::shelf::Stage;
use paystage::world::command::Command;
use paystage::world::names::{AppName, Names};
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::{Polling, Setup};

use crate::program::Desk;
use crate::raw_http::PATIENCE;
use crate::serve::Program;
use crate::served::Served;

/// Where the app says that it lives; nobody answers there, and nobody has to.
const APP: &str = "http://127.0.0.1:9100";

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

/// Our stage with their store at this port. It asks their verify service, too.
fn stage(port: u16) -> Served {
    let app = AppName { origin: Origin::parse(APP).unwrap(), ..AppName::default() };
    let names = Names { market: Origin::loopback(port), app, ..Names::default() };
    let setup = Setup {
        start: clock::now(),
        seats: Seats { marketplace: Seat::External, ..Seats::default() },
        names,
        verify_policy: Some(VerifyPolicy::SignatureAndStore),
        polling: Polling { interval: Span::from_millis(200), tries: 50, ..Polling::default() },
        ..Setup::default()
    };
    Served::with(setup, Clock::Real { ahead: Span::ZERO })
}

/// Waits until the app is through with the pony; gives back how far it came and what it said.
fn through(served: &Served) -> (Stage, Option<&'static str>) {
    let began = Instant::now();
    loop {
        let shelf = served.look(|run| run.world().app_page().shelf(&pony()).cloned());
        if let Some(shelf) = shelf.filter(|shelf| !shelf.stage.is_busy()) {
            return (shelf.stage, shelf.refusal.map(|refusal| refusal.code));
        }
        assert!(began.elapsed() < PATIENCE, "the app is never through");
        std::thread::yield_now();
    }
}

/// Waits until the app holds the store's keys.
fn keyed(served: &Served) {
    let began = Instant::now();
    while !served.look(|run| run.count() > 1) {
        assert!(began.elapsed() < PATIENCE, "the keys never came");
        std::thread::yield_now();
    }
}

#[test]
fn our_app_buys_installs_and_verifies_at_their_store() {
    let desk = Desk::new("their-store");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", APP]);
    let served = stage(theirs.port);
    keyed(&served);
    served.command(Command::Buy { product: pony() });
    assert_eq!(through(&served), (Stage::Open, None));
    // What came from outside is in the record: the run replays without their store, to the same bytes.
    let (setup, steps) = served.look(|run| (run.setup().clone(), run.kept()));
    let mut again = Line::new(setup);
    for step in steps.iter().skip(1) {
        assert_eq!(again.dispatch(step.command.clone()).canonical_json(), step.canonical_json());
    }
}

#[test]
fn a_store_that_sells_for_another_app_is_found_out() {
    let desk = Desk::new("their-other-store");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", "http://127.0.0.1:9200"]);
    let served = stage(theirs.port);
    keyed(&served);
    served.command(Command::Buy { product: pony() });
    assert_eq!(through(&served), (Stage::Refused, Some("ProductURLError")));
}

#[test]
fn a_store_that_is_not_there_sells_nothing() {
    let port = paystage::io::http::listen::Listening::bind(0).unwrap().port();
    let served = stage(port);
    keyed(&served);
    served.command(Command::Buy { product: pony() });
    let (stage, code) = through(&served);
    assert!(stage == Stage::Refused && code.is_some(), "{stage:?} {code:?}");
}
