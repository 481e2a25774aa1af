//! Dice: random set-ups and commands, each seed always the same ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use paystage::protocol::dial::{Hosting, IdentityMode, SigningMode, VerifyPolicy};
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::rules::Revision;
use paystage::protocol::time::Span;
use paystage::session::run::Session;
use paystage::world::character::{BuyerCharacter, ProviderCharacter, ServerCharacter};
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::party::Party;
use paystage::world::planted::Planted;
use paystage::world::setup::{AppKeys, BackOff, Polling, PresenterChoice, Setup};

/// A source of numbers that a seed fixes (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn maybe<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if self.below(2) == 0 { None } else { Some(self.one(of)) }
    }

    fn span(&mut self) -> Span {
        self.one(&[
            Span::from_millis(10),
            Span::from_seconds(1),
            Span::from_seconds(20),
            Span::from_seconds(400),
            Span::from_days(1),
            Span::from_days(200),
        ])
    }
}

const SHOP: [&str; 3] = ["shiny-pony", "golden-saddle", "rainbow-mane"];
const PARTIES: [Party; 6] = Party::ALL;

/// A set-up under one of the strict revisions, everything else as the dice fall.
pub(super) fn setup(dice: &mut Dice, seed: u64) -> Setup {
    let skewed = dice.below(4) == 0;
    Setup {
        seed,
        revision: dice.one(&[Revision::After, Revision::Before]),
        hosting: dice.one(Hosting::ALL),
        identity: dice.maybe(&[IdentityMode::GuidPerTransaction, IdentityMode::Hmac, IdentityMode::StoredRandom]),
        is_guid_kept: dice.below(2) == 0,
        verify_policy: dice.maybe(VerifyPolicy::ALL),
        signing: dice.maybe(&[SigningMode::EdDsaBare, SigningMode::Es256]),
        polling: Polling {
            interval: dice.one(&[Span::from_millis(300), Span::from_seconds(1), Span::from_seconds(7)]),
            tries: dice.one(&[1, 3, 10, 20]),
            // Not from the dice: each seed keeps the story it has always had.
            back_off: if seed.is_multiple_of(5) { BackOff::Doubling } else { BackOff::Steady },
        },
        receipt_life: dice.one(&[Span::from_seconds(5), Span::from_seconds(600), Span::from_days(182)]),
        skew: if skewed { [(dice.one(&PARTIES), dice.span())].into() } else { BTreeMap::new() },
        presenter: dice.one(PresenterChoice::ALL),
        app_keys: dice.one(AppKeys::ALL),
        buyer: dice.one(&BuyerCharacter::MENU),
        provider: dice.one(&[
            ProviderCharacter::Charges,
            ProviderCharacter::Charges,
            ProviderCharacter::Declines,
            ProviderCharacter::SettlesAfter(Span::from_seconds(4)),
            ProviderCharacter::SettlesAfter(Span::from_seconds(60)),
            ProviderCharacter::LeavesPending,
            ProviderCharacter::NeverAnswers,
        ]),
        app_server: dice.one(&[
            ServerCharacter::AnswersRightly,
            ServerCharacter::AnswersRightly,
            ServerCharacter::AnswersWrongBody,
            ServerCharacter::AnswersAfter(Span::from_seconds(2)),
            ServerCharacter::AnswersAfter(Span::from_seconds(6)),
            ServerCharacter::AnswersError,
            ServerCharacter::NeverAnswers,
        ]),
        ..Setup::default()
    }
}

/// The next command, as the dice fall. More than half are steps, so that stories get somewhere.
pub(super) fn command(dice: &mut Dice, session: &Session) -> Command {
    let product = ProductId::parse(dice.one(&SHOP)).unwrap();
    let transaction = payment(dice, session);
    match dice.below(40) {
        0..=2 => Command::Buy { product },
        3 | 4 => Command::Confirm { pin: dice.one(&["1234", "1234", "0000"]).to_owned() },
        5 => Command::Cancel,
        6 => Command::CloseWindow,
        7 | 8 => Command::ChangeBuyer { character: dice.one(&BuyerCharacter::MENU) },
        9 => Command::Refund { transaction },
        10 => Command::ChargeBack { transaction },
        11 => Command::OpenHistory,
        12 => Command::GetReceipt { transaction },
        13 | 14 => Command::VerifyAgain { product },
        15 => Command::Reissue { product },
        16 => Command::RotateKey,
        17 => Command::FetchKeys,
        18 | 19 => Command::Plant { product, receipt: planted(dice, session) },
        20 => {
            let sign = if dice.below(2) == 0 { dice.span() } else { -dice.span() };
            Command::Skew { party: dice.one(&PARTIES), ahead: sign }
        }
        21 => Command::Wait { span: dice.span() },
        _ => Command::Step,
    }
}

fn payment(dice: &mut Dice, session: &Session) -> TransactionId {
    let payments = session.world().marketplace().transactions();
    if payments.is_empty() {
        TransactionId::from("nobody-paid-this")
    } else {
        payments[dice.below(payments.len())].id.clone()
    }
}

fn planted(dice: &mut Dice, session: &Session) -> Planted {
    let kinds = [
        Planted::OtherApp,
        Planted::OtherUser,
        Planted::Forged,
        Planted::Edited,
        Planted::Unsigned,
        Planted::Expired,
        Planted::Test,
        Planted::Text("no receipt at all".into()),
    ];
    match dice.below(11) {
        kind @ 0..=7 => kinds[kind].clone(),
        8 => Planted::Text(other_token(session).unwrap_or_default()),
        _ => Planted::Text(flipped(dice, session).unwrap_or_default()),
    }
}

/// A token of another kind that passed in this run: a pay request or a notice.
fn other_token(session: &Session) -> Option<String> {
    events(session).find_map(|event| match event {
        Event::Sent { message } => match &message.body {
            Body::BuyAnswered { request, .. } => Some(request.to_string()),
            Body::NoticeSent { token, .. } => Some(token.to_string()),
            _ => None,
        },
        _ => None,
    })
}

/// An issued receipt with one bit of one character turned.
fn flipped(dice: &mut Dice, session: &Session) -> Option<String> {
    let issued: Vec<&Arc<str>> = events(session)
        .filter_map(|event| match event {
            Event::ReceiptIssued { receipt, .. } => Some(receipt),
            _ => None,
        })
        .collect();
    let mut bytes = issued.last()?.as_bytes().to_vec();
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(6);
    String::from_utf8(bytes).ok()
}

fn events(session: &Session) -> impl Iterator<Item = &Event> {
    session.past().iter().flat_map(|step| &step.events)
}
