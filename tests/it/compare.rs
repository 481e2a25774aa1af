//! Compare: the first difference of two runs is found, and nothing is called different that is only drawn otherwise.

use paystage::lens::compare::{Comparison, Pair, Side};
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::protocol::time::Span;
use paystage::session::builtin::SUITE;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::session::run_file::save::save;
use paystage::session::scenario::play::play;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::kind::Kind;
use paystage::world::setup::{Polling, Setup};

use crate::program::Desk;

fn side(session: &Session) -> Side<'_> {
    Side { setup: session.setup(), steps: session.past(), world: session.world() }
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 5_000));
    session
}

fn polls(tries: u32) -> Setup {
    Setup {
        buyer: BuyerCharacter::PaysAfter(Span::from_seconds(12)),
        polling: Polling { tries, ..Polling::default() },
        ..Setup::default()
    }
}

#[test]
fn poll_eleven_is_the_first_difference_of_ten_polls_and_fifteen() {
    let (ten, fifteen) = (bought(polls(10)), bought(polls(15)));
    let comparison = Comparison::of(side(&ten), side(&fifteen));
    let (a, b) = comparison.at_first().unwrap();
    assert_eq!((a.unwrap().kind, b.unwrap().kind), (Kind::AccessRefused, Kind::StatusAsked));
    assert_eq!(b.unwrap().words(), "GET …/status, poll 11");
    let setup: Vec<_> = comparison.setup.iter().map(|value| (&*value.name, &*value.a, &*value.b)).collect();
    assert_eq!(setup, [("polling.tries", "10", "15")]);
    let end = |name: &str| comparison.end.iter().find(|value| value.name == name).map(|value| (&*value.a, &*value.b));
    assert_eq!(end("access"), Some(("nothing open", "shiny-pony")));
    assert_eq!(end("lamp"), Some(("product-available", "green")));
    assert_eq!(end("payments"), None, "both are paid");
    // What lies behind is aligned again: both are charged.
    let is_charge = |pair: &&Pair| pair.sides().0.is_some_and(|at| comparison.a[at].kind == Kind::ChargeAsked);
    assert!(matches!(comparison.pairs.iter().find(is_charge), Some(Pair::Same(..) | Pair::Changed(..))));
}

#[test]
fn a_run_is_equal_to_itself_and_to_its_copy() {
    for builtin in SUITE {
        let session = play(&builtin.scenario().unwrap()).session;
        let copy = play(&builtin.scenario().unwrap()).session;
        assert!(Comparison::of(side(&session), side(&copy)).is_equal(), "{}", builtin.name);
    }
}

#[test]
fn other_seeds_are_no_difference_but_in_the_set_up() {
    let (a, b) = (bought(Setup::default()), bought(Setup { seed: 7, ..Setup::default() }));
    let comparison = Comparison::of(side(&a), side(&b));
    assert_eq!(comparison.first(), None, "{:?}", comparison.pairs.first());
    assert_eq!(comparison.setup.len(), 1);
    assert!(comparison.end.is_empty() && comparison.knowledge.is_empty());
    assert!(!comparison.is_equal());
}

#[test]
fn two_branches_part_where_they_parted() {
    let mut session = bought(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    let whole = session.steps().len();
    session.rewind(8);
    session.dispatch(Command::Cancel);
    run_until_idle(&mut session, 1_000);
    let [first, second] = [0, 1].map(|index| session.branches()[index].steps());
    let world = session.world();
    let of = |steps| Side { setup: session.setup(), steps, world };
    let comparison = Comparison::of(of(first), of(second));
    let (a, b) = comparison.at_first().unwrap();
    assert!(a.is_none_or(|said| said.step >= 8) && b.unwrap().step >= 8);
    assert_eq!(b.unwrap().kind, Kind::CancelPressed);
    assert!(whole > 8);
}

#[test]
fn values_and_knowledge_are_compared_too() {
    let (after, before) = (bought(Setup::default()), bought(Setup { revision: Revision::Before, ..Setup::default() }));
    let comparison = Comparison::of(side(&after), side(&before));
    let changed = comparison.pairs.iter().filter(|pair| matches!(pair, Pair::Changed(..)));
    let values: Vec<_> = changed.flat_map(|pair| comparison.differences(*pair)).collect();
    let user = values.iter().find(|value| value.name.ends_with("claims.user.value")).unwrap();
    assert!(user.a.starts_with('#') && user.b.contains('@'), "{user:?}");
    let knows: Vec<&str> = comparison.knowledge.iter().map(|value| value.name.as_str()).collect();
    assert!(knows.contains(&"App page knows email") && knows.contains(&"Marketplace knows app-used"), "{knows:?}");
}

#[test]
fn the_command_line_compares_scenarios_and_run_files() {
    let desk = Desk::new("compare");
    let said = desk.run(&["compare", "paid-but-timed-out", "paid-in-time"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("First difference") && said.out.contains("poll 11"), "{}", said.out);
    assert!(said.out.contains("polling.tries"), "{}", said.out);
    let same = desk.run(&["compare", "plain-hosted", "plain-hosted"]);
    assert_eq!((same.code, same.out.contains("nothing differs")), (0, true), "{}", same.out);
    desk.file("a.paystage.json", save(&bought(polls(10)))).file("b.paystage.json", save(&bought(polls(15))));
    let said = desk.run(&["compare", "a.paystage.json", "b.paystage.json", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &report["equal"]), (1, &false.into()));
    assert_eq!(report["first_difference"]["b"]["words"], "GET …/status, poll 11");
    let missing = desk.run(&["compare", "a.paystage.json", "no-such-run.toml"]);
    assert_eq!(missing.code, 2);
    // Dials are for scenarios, on either side; what was recorded keeps its own.
    let turned = ["--dial", "polling.tries=15"];
    let said = desk.run(&[&["compare", "a.paystage.json", "plain-hosted", "--json"], &turned[..]].concat());
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(report["setup"].as_array().unwrap().iter().any(|row| row["a"] == "10" && row["b"] == "15"), "{}", said.out);
    let both = desk.run(&[&["compare", "a.paystage.json", "b.paystage.json"], &turned[..]].concat());
    both.ended(2).complains(&["recorded runs keep their dials"]);
}
