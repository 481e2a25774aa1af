//! Recording: whatever was done by hand, faults of every kind among it, is a scenario that does the same again.

use std::collections::BTreeSet;

use paystage::protocol::id::ProductId;
use paystage::protocol::time::Span;
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::{Act, Substitute};
use paystage::world::fault::armed::{Fault, FaultId};
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::fault::rewrite::{Removal, Replacement};
use paystage::world::fault::trouble::Trouble;
use paystage::world::kind::Kind;
use paystage::world::message::MessageId;
use paystage::world::party::Party;
use serde_json::json;

use super::dice::{self, Dice};

const SEEDS: u64 = 48;
const COMMANDS: usize = 70;

fn act(dice: &mut Dice) -> Act {
    let replaced = |field: &str, value: serde_json::Value, is_signed| {
        Act::Replace(Replacement { field: field.to_owned(), value, is_signed, is_beside: false })
    };
    let acts = [
        Act::Hold,
        Act::Delay(Span::from_millis(1_500)),
        Act::Drop,
        Act::Duplicate,
        Act::Reorder,
        Act::Corrupt(120),
        replaced("claims.exp", json!(5), false),
        replaced("claims.exp", json!(null), true),
        replaced("claims.product", json!({ "url": "https://evil.example", "deep": [1, "two"] }), true),
        replaced("status", json!("refunded"), false),
        replaced("pin", json!("0000"), false),
        Act::Remove(Removal { field: "claims.iss".to_owned(), is_signed: true }),
        Act::Answer(Substitute::Http { status: 500, body: "a \"quoted\"\nbody".to_owned() }),
        Act::Answer(Substitute::Store { status: "invalid".to_owned(), reason: Some("NO_PURCHASE".to_owned()) }),
        Act::TimeOut,
    ];
    acts[dice.below(acts.len())].clone()
}

fn fault(dice: &mut Dice, session: &Session) -> Fault {
    if dice.below(4) == 0 {
        let trouble = Trouble::ALL[dice.below(Trouble::ALL.len())];
        let span = (dice.below(2) == 0).then_some(Span::from_seconds(40));
        return Fault::OnParty { trouble, span };
    }
    let limit = [Limit::Nth(1), Limit::Nth(3), Limit::First(2), Limit::UntilCleared][dice.below(4)];
    let in_flight = session.world().wire().in_flight().next().map(|message| message.id);
    let what = match (dice.below(6), in_flight) {
        (0, Some(message)) => Pattern::only(message),
        (1, _) => Pattern { from: Some(Party::AppPage), to: Some(Party::AppServer), ..Pattern::default() },
        (2, _) => Pattern { product: ProductId::parse("shiny-pony").ok(), ..Pattern::default() },
        _ => Pattern::of(Kind::ALL[dice.below(Kind::ALL.len())]),
    };
    Fault::on(what, act(dice), limit)
}

/// What somebody does next, faults included.
fn deed(dice: &mut Dice, session: &Session) -> Command {
    let faults = session.world().faults();
    match dice.below(12) {
        0 | 1 => Command::Arm { fault: fault(dice, session) },
        2 => match faults.held().first() {
            Some(held) => Command::Release { message: held.message.id },
            None => Command::Release { message: MessageId(3) },
        },
        3 if dice.below(3) == 0 => {
            Command::Disarm { fault: faults.armed().first().map_or(FaultId(99), |armed| armed.id) }
        }
        4 if dice.below(4) == 0 => Command::ClearFaults,
        5 if dice.below(4) == 0 => Command::Reopen,
        _ => dice::command(dice, session),
    }
}

fn run(seed: u64) -> Session {
    let mut dice = Dice::new(seed ^ 0x7ec0);
    let mut setup = dice::setup(&mut dice, seed);
    let mut session = Session::new(setup.clone());
    if seed.is_multiple_of(3) {
        setup.faults = vec![fault(&mut dice, &session), fault(&mut dice, &session)];
        session = Session::new(setup);
    }
    for _ in 0..COMMANDS {
        let command = deed(&mut dice, &session);
        session.dispatch(command);
    }
    session
}

#[test]
fn whatever_was_done_by_hand_is_recorded_and_gives_the_same_fingerprint() {
    let mut done = BTreeSet::new();
    for seed in 0..SEEDS {
        let session = run(seed);
        let text = print(&record(&session));
        let scenario = parse("mine.toml", &text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
        let again = play(&scenario);
        assert_eq!(again.session.trace(), session.trace(), "seed {seed} is recorded otherwise\n{text}");
        assert_eq!(again.session.fingerprint(), session.fingerprint());
        for step in session.past() {
            let command = serde_json::to_value(&step.command).unwrap();
            done.insert(command["do"].as_str().unwrap().to_owned());
            done.extend(step.events.iter().filter_map(|event| match event {
                Event::FaultFired { act, .. } => Some((*act).to_owned()),
                _ => None,
            }));
        }
    }
    // What was never done was not recorded either. Input from outside is recorded in `doors`.
    let commands = [
        "start",
        "step",
        "wait",
        "buy",
        "confirm",
        "cancel",
        "close-window",
        "change-buyer",
        "refund",
        "charge-back",
        "open-history",
        "get-receipt",
        "verify-again",
        "reopen",
        "reissue",
        "rotate-key",
        "fetch-keys",
        "plant",
        "skew",
        "arm",
        "disarm",
        "clear-faults",
        "release",
    ];
    for wanted in commands.into_iter().chain(Act::WORDS) {
        assert!(done.contains(wanted), "no seed did {wanted}: {done:?}");
    }
}
