//! The swarm under faults: messages are held, late, lost, doubled and overtaken, and parties fail; then all is cleared, and
//! everything converges.

use std::collections::BTreeMap;

use paystage::protocol::time::Span;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::{Act, Substitute};
use paystage::world::fault::armed::Fault;
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::fault::trouble::Trouble;
use paystage::world::kind::Kind;

use super::dice::{self, Dice};
use super::story::Story;
use super::{breach, serve_everybody};

const SEEDS: u64 = 192;
const COMMANDS: usize = 60;

/// What the network and other people's machines do; nothing here forges what a party said.
fn fault(dice: &mut Dice) -> Fault {
    let acts = [
        Act::Hold,
        Act::Delay(Span::from_seconds(3)),
        Act::Delay(Span::from_seconds(700)),
        Act::Drop,
        Act::Duplicate,
        Act::Reorder,
        Act::TimeOut,
        Act::Answer(Substitute::Http { status: 500, body: String::new() }),
    ];
    // Key and books are the store's own word; a law that compares with them cannot hold without them.
    let troubles = [Trouble::MarketplaceDown, Trouble::SignerDown, Trouble::AppServerAbsent];
    if dice.below(8) == 0 {
        return Fault::OnParty { trouble: troubles[dice.below(troubles.len())], span: Some(Span::from_seconds(40)) };
    }
    let kind = Kind::ALL[dice.below(Kind::ALL.len())];
    let limit = [Limit::Nth(1), Limit::Nth(2), Limit::First(3), Limit::UntilCleared][dice.below(4)];
    let what = if dice.below(4) == 0 { Pattern::default() } else { Pattern::of(kind) };
    Fault::on(what, acts[dice.below(acts.len())].clone(), limit)
}

/// A run as the dice fall, faults included; then the faults stop, and everybody who paid asks for the receipt.
fn run(seed: u64) -> Session {
    let mut dice = Dice::new(seed ^ 0xfa17);
    let mut session = Session::new(dice::setup(&mut dice, seed));
    for _ in 0..COMMANDS {
        let command = match dice.below(10) {
            0 => Command::Arm { fault: fault(&mut dice) },
            1 if dice.below(4) == 0 => Command::ClearFaults,
            _ => dice::command(&mut dice, &session),
        };
        session.dispatch(command);
    }
    session.dispatch(Command::ClearFaults);
    session.dispatch(Command::ChangeBuyer { character: BuyerCharacter::Cancels });
    assert!(run_until_idle(&mut session, 5_000), "seed {seed} does not come to rest");
    serve_everybody(&mut session);
    session
}

#[test]
fn once_the_faults_stop_everything_converges_and_no_law_was_broken() {
    let mut sites: BTreeMap<&'static str, u32> = BTreeMap::new();
    for seed in 0..SEEDS {
        let session = run(seed);
        assert!(session.world().is_idle(), "seed {seed} still holds something");
        if let Some((law, what)) = breach(&Story::of(&session)) {
            panic!("seed {seed} under faults breaks \"{law}\": {what}\n{}", session.trace());
        }
        for event in session.past().iter().flat_map(|step| &step.events) {
            if let Event::FaultFired { act, message, .. } = event {
                *sites.entry(act).or_default() += 1;
                *sites.entry(message.body.kind().name()).or_default() += 1;
            }
        }
        if seed % 32 == 0 {
            assert_eq!(run(seed).trace(), session.trace(), "seed {seed} runs otherwise the second time");
        }
    }
    // A site that is never hit shows nothing.
    for site in [
        "hold",
        "delay",
        "drop",
        "duplicate",
        "reorder",
        "time-out",
        "answer",
        "marketplace-down",
        "app-server-absent",
        "keys-asked",
        "buy-asked",
        "buy-answered",
        "pay-called",
        "window-opened",
        "price-shown",
        "pin-entered",
        "charge-asked",
        "charge-answered",
        "notice-sent",
        "notice-answered",
        "window-ended",
        "pay-settled",
        "status-asked",
        "status-answered",
        "receipt-sought",
        "receipt-supplied",
        "install-asked",
        "install-answered",
        "verify-asked",
        "verify-answered",
        "access-granted",
    ] {
        assert!(sites.contains_key(site), "no seed hit {site}: {sites:?}");
    }
}
