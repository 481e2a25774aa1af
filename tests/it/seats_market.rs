//! The marketplace's seat: our simulated app buys at somebody else's store, a second process that it has never seen.

use std::time::Instant;

use paystage::io::clock;
use paystage::io::inbox::Clock;
use paystage::protocol::dial::VerifyPolicy;
use paystage::protocol::id::{Origin, ProductId, TransactionId};
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::session::recorded::Recorded;
use paystage::world::app_page::shelf::Stage;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
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

/// Waits until `is_so` of the run.
fn until(served: &Served, what: &str, is_so: impl Fn(&dyn Recorded) -> bool + Copy + Send + 'static) {
    let began = Instant::now();
    while !served.look(is_so) {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::yield_now();
    }
}

/// Every refusal that was told in the run, and whether anybody heard something unexpected.
fn told(served: &Served) -> (Vec<&'static str>, bool) {
    served.look(|run| {
        let kept = run.kept();
        let events = || kept.iter().flat_map(|step| &step.events);
        let code = |event: &Event| {
            if let Event::Delivered { message } = event
                && let Body::ReceiptDenied { refusal, .. } = &message.body
            {
                return Some(refusal.code);
            }
            None
        };
        (events().filter_map(code).collect(), events().any(|event| matches!(event, Event::Unexpected { .. })))
    })
}

/// How many receipts the device holds.
fn receipts(served: &Served) -> usize {
    served.look(|run| run.world().device().receipts().len())
}

/// Waits until the app holds the store's keys.
fn keyed(served: &Served) {
    until(served, "the keys never came", |run| run.count() > 1);
}

/// Our run with the pony bought and opened at their store.
fn bought(theirs: &Program) -> Served {
    let served = stage(theirs.port);
    keyed(&served);
    served.command(Command::Buy { product: pony() });
    assert_eq!(through(&served), (Stage::Open, None));
    served
}

/// Lives everything again without their store.
fn replays(served: &Served) {
    let (setup, steps) = served.look(|run| (run.setup().clone(), run.kept()));
    let mut again = Line::new(setup);
    for step in steps.iter().skip(1) {
        assert_eq!(again.dispatch(step.command.clone()).canonical_json(), step.canonical_json());
    }
}

#[test]
fn our_app_buys_installs_and_verifies_at_their_store() {
    let desk = Desk::new("their-store");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", APP]);
    let served = bought(&theirs);
    // What came from outside is in the record: the run replays without their store, to the same bytes.
    replays(&served);
}

#[test]
fn a_receipt_from_their_history_reaches_our_app_and_is_installed_and_verified() {
    let desk = Desk::new("their-history");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", APP]);
    let served = bought(&theirs);
    assert_eq!(receipts(&served), 1);
    // A day later: within the same second the receipt would be the same text, which the device holds already.
    theirs.advance(Span::from_days(1));
    served.advance(Span::from_days(1));
    served.command(Command::OpenHistory);
    until(&served, "the list never came", |run| !run.world().buyer().history().is_empty());
    let payment = served.look(|run| run.world().buyer().history()[0].clone());
    let before = served.look(|run| run.world().app_page().shelf(&pony()).and_then(|shelf| shelf.receipt.clone()));
    served.command(Command::GetReceipt { transaction: payment });
    until(&served, "the receipt never came", |run| run.world().device().receipts().len() == 2);
    assert_eq!(through(&served), (Stage::Open, None));
    let after = served.look(|run| run.world().app_page().shelf(&pony()).and_then(|shelf| shelf.receipt.clone()));
    assert!(after.is_some() && after != before, "the app goes on with the receipt that it was handed");
    assert_eq!(told(&served), (vec![], false));
    replays(&served);
}

#[test]
fn what_their_history_refuses_is_told_and_leaves_the_app_as_it_was() {
    let desk = Desk::new("their-refusal");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", APP]);
    let served = bought(&theirs);
    served.command(Command::GetReceipt { transaction: TransactionId::from("nobody-paid-this") });
    until(&served, "the answer never came", |run| run.world().errands().next().is_none());
    assert_eq!((told(&served), receipts(&served)), ((vec!["NOT_PAID"], false), 1));
    // And a store that has gone says nothing at all.
    drop(theirs);
    served.command(Command::GetReceipt { transaction: TransactionId::from("t") });
    until(&served, "no news of the lost answer", |run| run.world().errands().next().is_none());
    assert_eq!((told(&served), receipts(&served)), ((vec!["NOT_PAID", "API_REQUEST_ERROR"], false), 1));
    assert_eq!(through(&served), (Stage::Open, None));
}

#[test]
fn an_expired_receipt_is_traded_at_their_store_and_its_successor_verified() {
    let desk = Desk::new("their-reissue");
    let theirs = Program::start(&desk, &["--buyer", "pays at once", "--app", APP, "--dial", "receipt-life=1d"]);
    let served = bought(&theirs);
    // Both clocks go on by two days: the receipt is out of date here and there.
    let days = Span::from_days(2);
    theirs.advance(days);
    served.advance(days);
    served.command(Command::VerifyAgain { product: pony() });
    assert_eq!(through(&served).0, Stage::Refused);
    served.command(Command::Reissue { product: pony() });
    assert_eq!(through(&served), (Stage::Open, None));
    assert_eq!((receipts(&served), told(&served)), (1, (vec![], false)));
    // Its twin: what has not expired is not traded, and stays.
    served.command(Command::Reissue { product: pony() });
    assert_eq!(through(&served), (Stage::Open, None));
    assert!(served.look(|run| {
        let last = run.kept();
        last.iter()
            .flat_map(|step| &step.events)
            .any(|event| matches!(event, Event::Refused { refusal, .. } if refusal.code == "NOT_REISSUED"))
    }));
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
