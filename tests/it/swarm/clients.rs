//! The swarm with every client on every device: the money adds up and all comes to rest; which laws a library breaks is known.

use std::collections::{BTreeMap, BTreeSet};

use paystage::protocol::dial::{AccountMatch, AppClient, CheckWhen, SigningMode};
use paystage::protocol::rules::Revision;
use paystage::protocol::verdict::question::Restores;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::session::watch::Watch;
use paystage::session::watch::law::Law;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::platform::{AppKind, ClientOptions, LocalStorage, MozApps, MozPay, Platform};
use paystage::world::setup::Setup;

use super::dice::{self, Dice};

const SEEDS: u64 = 192;
const COMMANDS: usize = 50;

/// The laws that may be red under a client, each for a reason that history gave. The others hold whatever the client does.
fn may_break(setup: &Setup) -> &'static [Law] {
    match setup.client {
        // Whoever pays after the last poll, or has nowhere to keep the receipt, waits for ever.
        AppClient::Own => &[Law::ProductAvailable],
        // No signature is looked at, a map that is old finds nothing, and what is open stays so until it is restored.
        AppClient::Fxpay => &[Law::ProductAvailable, Law::ProductPaid, Law::RefundEndsAccess],
        // Besides, any receipt of the store will do, and an old answer outlives the refund.
        AppClient::Receiptverifier => &[Law::ProductAvailable, Law::ProductPaid, Law::OwnApp, Law::RefundEndsAccess],
    }
}

fn setup(dice: &mut Dice, seed: u64) -> Setup {
    // receiptverifier reads nothing that has no certificate.
    let signing = [SigningMode::EdDsaBare, SigningMode::EdDsaCertified, SigningMode::EdDsaCertified][dice.below(3)];
    let restores = Restores::ALL[dice.below(Restores::ALL.len())];
    Setup {
        client: AppClient::ALL[dice.below(AppClient::ALL.len())],
        client_options: ClientOptions {
            is_product_compared: dice.below(2) == 0,
            has_prompter: dice.below(2) == 0,
            restores,
        },
        check_when: CheckWhen::ALL[dice.below(CheckWhen::ALL.len())],
        account: AccountMatch::ALL[dice.below(AccountMatch::ALL.len())],
        device: Platform {
            app_kind: AppKind::ALL[dice.below(AppKind::ALL.len())],
            moz_pay: MozPay::ALL[dice.below(9).saturating_sub(5)],
            moz_apps: MozApps::ALL[dice.below(9).saturating_sub(5)],
            has_add_receipt: dice.below(3) > 0,
            local_storage: LocalStorage::ALL[dice.below(LocalStorage::ALL.len())],
            is_empty_replace_silent: dice.below(2) == 0,
            installs_allowed_from: (dice.below(3) == 0).then(|| vec!["https://market.example".to_owned()]),
            is_preflight_shown: seed.is_multiple_of(3),
            receipts_held: [0, 0, 0, 2][dice.below(4)],
        },
        signing: Some(signing),
        // Before, a presenter must be the buyer, which the other swarm looks at.
        revision: Revision::After,
        ..dice::setup(dice, seed)
    }
}

fn run(seed: u64) -> Session {
    let mut dice = Dice::new(seed ^ 0xc11e);
    let mut session = Session::new(setup(&mut dice, seed));
    for _ in 0..COMMANDS {
        let command = if dice.below(20) == 0 { Command::Reopen } else { dice::command(&mut dice, &session) };
        session.dispatch(command);
    }
    session.dispatch(Command::ChangeBuyer { character: BuyerCharacter::Cancels });
    assert!(run_until_idle(&mut session, 5_000), "seed {seed} does not come to rest");
    session
}

/// A product is opened by an accepting verdict about it, and by nothing else.
fn is_opened_by_verdicts(session: &Session) -> bool {
    session.past().iter().all(|step| {
        let mut accepted = BTreeSet::new();
        step.events.iter().all(|event| match event {
            Event::Delivered { message } => {
                if let Body::ReceiptJudged { product, .. } = &message.body {
                    accepted.insert(product.clone());
                }
                true
            }
            Event::AccessGranted { product } => accepted.contains(product),
            _ => true,
        })
    })
}

#[test]
fn whatever_the_client_and_the_device_the_laws_hold_or_break_for_a_known_reason() {
    let mut broken: BTreeMap<AppClient, BTreeSet<Law>> = BTreeMap::new();
    let mut opened = BTreeSet::new();
    let mut surprises = Vec::new();
    for seed in 0..SEEDS {
        let session = run(seed);
        assert!(is_opened_by_verdicts(&session), "seed {seed} opens without a verdict");
        let setup = session.setup();
        let watch = Watch::over(setup, session.past());
        for breach in watch.red() {
            if !may_break(setup).contains(&breach.law) {
                surprises.push(format!("seed {seed}, {:?}: {}", setup.client, breach.sentence));
            }
            broken.entry(setup.client).or_default().insert(breach.law);
        }
        if session.world().app_page().shelves().any(|shelf| shelf.is_open) {
            opened.insert(setup.client);
        }
        if seed % 32 == 0 {
            assert_eq!(run(seed).trace(), session.trace(), "seed {seed} runs otherwise the second time");
        }
    }
    assert!(surprises.is_empty(), "\n{}", surprises.join("\n"));
    assert_eq!(opened.len(), AppClient::ALL.len(), "every client lets somebody in: {opened:?}");
    assert!(broken.len() > 1, "the libraries break something: {broken:?}");
}
