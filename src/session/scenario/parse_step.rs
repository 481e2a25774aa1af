//! Reading steps: one entry under `[[steps]]`, one thing done.

use toml::Spanned;
use toml::de::DeValue;

use crate::session::scenario::fault::{ScenarioError, Source};
use crate::session::scenario::parse_expected::expectations;
use crate::session::scenario::plan::{Act, PaymentRef, PlannedStep};
use crate::session::scenario::value::{Entry, entries, two_of};
use crate::world::command::{Command, PaymentDeed};
use crate::world::fault::armed::FaultId;
use crate::world::fault::written::WORDS;
use crate::world::input::Heard;
use crate::world::message::MessageId;

/// The words that may begin a step.
pub(crate) const STEP_WORDS: [&str; 28] = [
    "buy",
    "step",
    "run",
    "advance",
    "wait",
    "confirm",
    "cancel",
    "close",
    "buyer",
    "refund",
    "charge-back",
    "history",
    "get-receipt",
    "verify",
    "reopen",
    "reissue",
    "rotate-key",
    "fetch-keys",
    "plant",
    "skew",
    "fault",
    "disarm",
    "clear-faults",
    "release",
    "receive",
    "start",
    "expect",
    "note",
];

/// The most arrows that one `step` line may deliver.
const STEP_COUNT_MAX: u32 = 10_000;

/// What a fault looks like.
const FAULT: &str = "a fault such as { on = \"status-answered\", nth = 2, answer = { status = 500 } }";

/// Reads one entry under `[[steps]]`.
pub(crate) fn step<'a>(source: Source<'a>, value: &'a Spanned<DeValue<'a>>) -> Result<PlannedStep, ScenarioError> {
    let what = "one thing that is done, such as buy = \"shiny-pony\"";
    let table = value.get_ref().as_table().ok_or_else(|| source.fault(&value.span(), what))?;
    // A note is for people; it does nothing.
    let words: Vec<Entry<'a>> = entries(source, table).into_iter().filter(|entry| entry.key != "note").collect();
    match words.as_slice() {
        [] => Err(source.fault(&value.span(), what)),
        [entry] => Ok(PlannedStep { act: act(entry)?, line: entry.line() }),
        [_, second, ..] => {
            Err(source.fault(&second.key_at, "a new [[steps]] line before it, for each step does one thing"))
        }
    }
}

fn act(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    let plain = |command: Command| entry.just_true().map(|()| Act::Do(command));
    match entry.key {
        "buy" => Ok(Act::Do(Command::Buy { product: entry.product()? })),
        "step" => steps(entry),
        "run" => run(entry),
        "advance" => entry.span().map(Act::Advance),
        "wait" => Ok(Act::Do(Command::Wait { span: entry.span()? })),
        "confirm" => Ok(Act::Do(Command::Confirm { pin: entry.text("the PIN in quotes")?.to_owned() })),
        "cancel" => plain(Command::Cancel),
        "close" => plain(Command::CloseWindow),
        "buyer" => Ok(Act::Do(Command::ChangeBuyer { character: entry.read("a buyer's character")? })),
        "refund" => payment(entry, PaymentDeed::Refund),
        "charge-back" => payment(entry, PaymentDeed::ChargeBack),
        "get-receipt" => payment(entry, PaymentDeed::GetReceipt),
        "history" => plain(Command::OpenHistory),
        "verify" => Ok(Act::Do(Command::VerifyAgain { product: entry.product()? })),
        "reissue" => Ok(Act::Do(Command::Reissue { product: entry.product()? })),
        "reopen" => plain(Command::Reopen),
        "rotate-key" => plain(Command::RotateKey),
        "fetch-keys" => plain(Command::FetchKeys),
        "plant" => plant(entry),
        "skew" => skew(entry),
        "fault" => fault(entry),
        "disarm" => Ok(Act::Do(Command::Disarm { fault: FaultId(entry.count()?) })),
        "clear-faults" => plain(Command::ClearFaults),
        "release" => Ok(Act::Do(Command::Release { message: MessageId(entry.count()?) })),
        "receive" => receive(entry),
        "start" => plain(Command::Start),
        "expect" => expectations(entry).map(Act::Expect),
        _ => Err(entry.unknown_key("a step", &STEP_WORDS)),
    }
}

fn steps(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    match entry.count()? {
        count @ 1..=STEP_COUNT_MAX => Ok(Act::Step(count)),
        _ => Err(entry.wrong(format!("a number of steps from 1 to {STEP_COUNT_MAX}"))),
    }
}

fn run(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    Ok(match entry.word(&["until idle", "until asked"])? {
        0 => Act::RunUntilIdle,
        _ => Act::RunUntilAsked,
    })
}

fn payment(entry: &Entry<'_>, deed: PaymentDeed) -> Result<Act, ScenarioError> {
    let expected = "a payment: a product's slug for its latest one, or \"#2\" for the second of the run";
    let payment = PaymentRef::parse(entry.text(expected)?).ok_or_else(|| entry.wrong(expected))?;
    Ok(Act::Pay { deed, payment })
}

fn plant(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    let form = "{ product = \"…\", receipt = \"forged\" }";
    let (product, receipt) = two_of(entry.source, entry.value, form, ["product", "receipt"])?;
    Ok(Act::Do(Command::Plant { product: product.product()?, receipt: receipt.read("a kind of receipt")? }))
}

fn skew(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    let form = "{ party = \"app-page\", ahead = \"1h\" }";
    let (party, ahead) = two_of(entry.source, entry.value, form, ["party", "ahead"])?;
    Ok(Act::Do(Command::Skew { party: party.read("a party")?, ahead: ahead.span()? }))
}

/// The fault's own reader does the work; unknown words are caught first, because their place is known here.
fn fault(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    for word in entry.table(FAULT)? {
        if !WORDS.contains(&word.key) {
            return Err(word.unknown_key("a word of a fault", &WORDS));
        }
    }
    Ok(Act::Do(Command::Arm { fault: entry.read(FAULT)? }))
}

fn receive(entry: &Entry<'_>) -> Result<Act, ScenarioError> {
    let Heard { at, input } = entry.read("{ at = 1795341840000, input = { says = \"fetch-keys\" } }")?;
    Ok(Act::Do(Command::Receive { at, input }))
}
