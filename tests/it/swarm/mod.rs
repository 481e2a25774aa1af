//! The swarm: random set-ups, characters and commands under the strict revisions, and the laws that hold through all of it.

mod dice;
mod clients;
mod faulty;
mod recorded;
mod laws;
mod mutants;
mod story;

use std::collections::BTreeSet;

use dice::Dice;
use laws::LAWS;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::session::run_file::load::load;
use paystage::session::run_file::save::save;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::transaction::TransactionState;
use story::Story;

use crate::secrets_scan::leak;

const SEEDS: u64 = 512;
const COMMANDS: usize = 60;

/// A run as the dice fall; then nobody disturbs it any more, and everybody who paid asks for the receipt.
fn run(seed: u64) -> Session {
    let mut dice = Dice::new(seed);
    let mut session = Session::new(dice::setup(&mut dice, seed));
    for _ in 0..COMMANDS {
        let command = dice::command(&mut dice, &session);
        session.dispatch(command);
    }
    session.dispatch(Command::ChangeBuyer { character: BuyerCharacter::Cancels });
    assert!(run_until_idle(&mut session, 5_000), "seed {seed} does not come to rest");
    serve_everybody(&mut session);
    session
}

fn serve_everybody(session: &mut Session) {
    let is_paid = |state| state == TransactionState::Completed;
    let payments = session.world().marketplace().transactions();
    let paid: Vec<_> =
        payments.iter().filter(|payment| is_paid(payment.state)).map(|payment| payment.id.clone()).collect();
    for transaction in paid {
        session.dispatch(Command::GetReceipt { transaction });
        run_until_idle(session, 1_000);
    }
}

/// The first law that a story breaks.
fn breach(story: &Story) -> Option<(&'static str, String)> {
    LAWS.iter().find_map(|(name, look)| look(story).err().map(|what| (*name, what)))
}

#[test]
fn the_laws_hold_whatever_is_done() {
    let mut happened = BTreeSet::new();
    for seed in 0..SEEDS {
        let session = run(seed);
        if let Some((law, what)) = breach(&Story::of(&session)) {
            let commands: Vec<String> =
                session.steps().iter().map(|step| serde_json::to_string(&step.command).unwrap()).collect();
            let setup = serde_json::to_string(session.setup()).unwrap();
            panic!("seed {seed} breaks \"{law}\": {what}\n{setup}\n{}", commands.join("\n"));
        }
        happened.extend(session.past().iter().flat_map(|step| &step.events).map(kind));
        if seed % 32 == 0 {
            assert_eq!(
                load(save(&session).as_bytes()).unwrap().trace(),
                session.trace(),
                "seed {seed} replays otherwise"
            );
            assert_eq!(run(seed).trace(), session.trace(), "seed {seed} runs otherwise the second time");
            assert_eq!(leak(&session), None, "seed {seed} tells a secret");
        }
    }
    // A swarm that never meets what it is about would hold every law.
    for wanted in [
        "charged",
        "returned",
        "access-granted",
        "access-ended",
        "polling-given-up",
        "notice-given-up",
        "key-rotated",
        "refused",
        "receipt-issued",
        "timed-out",
        "command-ignored",
    ] {
        assert!(happened.contains(wanted), "no seed met {wanted}: {happened:?}");
    }
}

fn kind(event: &Event) -> String {
    serde_json::to_value(event).unwrap()["event"].as_str().unwrap().to_owned()
}
