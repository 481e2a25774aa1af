//! The fourth door: what comes in over HTTP leaves the bytes that a click and a scenario line leave.

use paystage::protocol::id::{Origin, TransactionId};
use paystage::protocol::time::Span;
use paystage::session::run::Session;
use paystage::session::run_file::load::load;
use paystage::session::run_file::save::save;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::names::{AppName, Names};
use paystage::world::setup::Setup;
use serde_json::json;

use crate::served::Served;

/// What was fixed about a served run, what was recorded in it, and its trace.
fn told(served: &Served) -> (Setup, Vec<Command>, String) {
    served.look(|run| {
        let steps = run.kept();
        let trace = steps.iter().fold(String::new(), |text, step| text + &step.canonical_json() + "\n");
        (run.setup().clone(), steps.iter().map(|step| step.command.clone()).collect(), trace)
    })
}

/// The same commands given by hand.
fn by_hand(setup: Setup, commands: &[Command]) -> Session {
    let mut session = Session::new(setup);
    assert_eq!(commands.first(), Some(&Command::Start));
    for command in commands.iter().skip(1) {
        session.dispatch(command.clone());
    }
    session
}

/// A served run in which every public input was said at least once.
fn walked() -> Served {
    let served = Served::start(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    let (transaction, receipt) = served.pony();
    served.json("GET /.well-known/jwks.json", 200);
    served.verify(&receipt);
    served.json("GET /purchases", 200);
    served.json(&format!("POST /purchases/{transaction}/receipt"), 201);
    let cancelled = served.opened("golden-saddle");
    served.does(&cancelled, "confirm", &json!({ "pin": "0000" }));
    served.does(&cancelled, "cancel", &json!({}));
    let closed = served.opened("rainbow-mane");
    served.does(&closed, "close", &json!({}));
    served.command(Command::Refund { transaction: TransactionId::from(transaction.as_str()) });
    served.advance(Span::from_days(200));
    served.ask("POST /api/v1/receipts/reissue/", &[("Content-Type", "text/plain")], &receipt);
    served
}

#[test]
fn by_post_by_hand_by_scenario_and_through_a_run_file_the_bytes_are_equal() {
    let served = walked();
    let (setup, commands, trace) = told(&served);
    assert!(commands.iter().filter(|command| matches!(command, Command::Receive { .. })).count() > 12);
    let hand = by_hand(setup, &commands);
    assert_eq!(hand.trace(), trace, "by hand");
    assert_eq!(load(save(&hand).as_bytes()).unwrap().trace(), trace, "through a run file");
    let written = print(&record(&hand));
    let outcome = play(&parse("recorded", &written).unwrap());
    assert!(outcome.is_green(), "{:?}", outcome.failures);
    assert_eq!(outcome.session.trace(), trace, "by scenario lines");
}

#[test]
fn a_replay_needs_nobody_outside() {
    let served = walked();
    let (setup, commands, trace) = told(&served);
    // Whoever asked is gone, and so is the server.
    drop(served);
    assert_eq!(by_hand(setup, &commands).trace(), trace);
}

#[test]
fn another_header_leaves_other_bytes() {
    let bytes = |headers: &[(&str, &str)]| {
        let served = Served::start(Setup { names: fixed_names(), ..Setup::default() });
        assert_eq!(served.ask("POST /mozpay/product/shiny-pony/buy", headers, "").status, 200);
        told(&served).2
    };
    assert_eq!(bytes(&[]), bytes(&[]), "the same request leaves the same bytes");
    assert_ne!(bytes(&[]), bytes(&[("Origin", "https://evil.example")]));
    assert_ne!(bytes(&[]), bytes(&[("Referer", "https://evil.example/page")]));
}

/// Names that do not change with the port that the system gives.
fn fixed_names() -> Names {
    let origin = Origin::parse("http://127.0.0.1:8420").unwrap();
    Names { market: origin.clone(), app: AppName { origin, ..AppName::default() }, ..Names::default() }
}

#[test]
fn many_clients_at_once_leave_one_history_in_one_order() {
    let served = Served::start(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let (_, receipt) = served.pony();
                    assert_eq!(served.verify(&receipt)["status"], "ok");
                }
            });
        }
    });
    let (setup, commands, trace) = told(&served);
    assert_eq!(by_hand(setup, &commands).trace(), trace);
    assert_eq!(served.json("GET /purchases", 200)["purchases"].as_array().unwrap().len(), 32);
}
