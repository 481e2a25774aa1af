//! The swarm under faults: messages are held, late, lost, doubled and overtaken, and parties fail; then all is cleared, and
//! everything converges.

use std::collections::BTreeMap;

use paystage::protocol::dial::VerifyPolicy;
use paystage::protocol::id::ProductId;
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
use paystage::world::setup::Setup;

use super::dice::{self, Dice};
use super::story::Story;
use super::{breach, serve_everybody};

const SEEDS: u64 = 192;
const COMMANDS: usize = 60;

/// What every purchase is made of: each must be hit somewhere.
const COMMON: [Kind; 22] = [
    Kind::KeysAsked,
    Kind::BuyAsked,
    Kind::BuyAnswered,
    Kind::PayCalled,
    Kind::WindowOpened,
    Kind::PriceShown,
    Kind::PinEntered,
    Kind::ChargeAsked,
    Kind::ChargeAnswered,
    Kind::NoticeSent,
    Kind::NoticeAnswered,
    Kind::WindowEnded,
    Kind::PaySettled,
    Kind::StatusAsked,
    Kind::StatusAnswered,
    Kind::ReceiptSought,
    Kind::ReceiptSupplied,
    Kind::InstallAsked,
    Kind::InstallAnswered,
    Kind::VerifyAsked,
    Kind::VerifyAnswered,
    Kind::AccessGranted,
];

/// What the network and other people's machines do; nothing here forges what a party said.
fn act(dice: &mut Dice) -> Act {
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
    acts[dice.below(acts.len())].clone()
}

fn fault(dice: &mut Dice) -> Fault {
    // Key and books are the store's own word; a law that compares with them cannot hold without them.
    let troubles = [Trouble::MarketplaceDown, Trouble::SignerDown, Trouble::AppServerAbsent];
    if dice.below(8) == 0 {
        return Fault::OnParty { trouble: troubles[dice.below(troubles.len())], span: Some(Span::from_seconds(40)) };
    }
    let kind =
        if dice.below(4) == 0 { Kind::ALL[dice.below(Kind::ALL.len())] } else { COMMON[dice.below(COMMON.len())] };
    let limit = [Limit::Nth(1), Limit::Nth(2), Limit::First(3), Limit::UntilCleared][dice.below(4)];
    let what = if dice.below(12) == 0 { Pattern::default() } else { Pattern::of(kind) };
    Fault::on(what, act(dice), limit)
}

/// A run as the dice fall, faults included; then the faults stop, and everybody who paid asks for the receipt.
fn run(seed: u64) -> Session {
    let mut dice = Dice::new(seed ^ 0xfa17);
    // Every other run begins as a plain purchase with one common message spoilt, so that late ones are met too.
    let is_plain = seed.is_multiple_of(2);
    let plain = Setup { seed, verify_policy: Some(VerifyPolicy::SignatureAndStore), ..Setup::default() };
    let mut session = Session::new(if is_plain { plain } else { dice::setup(&mut dice, seed) });
    if is_plain {
        let kind = COMMON[usize::try_from(seed / 2).unwrap() % COMMON.len()];
        session.dispatch(Command::Arm { fault: Fault::on(Pattern::of(kind), act(&mut dice), Limit::Nth(1)) });
        session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
        run_until_idle(&mut session, 500);
    }
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
    let acts = ["hold", "delay", "drop", "duplicate", "reorder", "time-out", "answer", "marketplace-down"];
    let common = COMMON.iter().map(|kind| kind.name());
    for site in acts.into_iter().chain(common) {
        assert!(sites.contains_key(site), "no seed hit {site}: {sites:?}");
    }
}
