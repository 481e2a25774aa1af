//! Three doors, one trace: a command given by hand, by a scenario line and through a run file leaves equal bytes.

use std::collections::BTreeSet;

use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::time::{Span, Time};
use paystage::session::run::Session;
use paystage::session::run_file::load::load;
use paystage::session::run_file::save::save;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::Act;
use paystage::world::fault::armed::{Fault, FaultId};
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::input::Input;
use paystage::world::kind::Kind;
use paystage::world::message::MessageId;
use paystage::world::party::Party;
use paystage::world::planted::Planted;

/// One command at a moment when it does something.
struct Row {
    /// The lines that lead to that moment.
    before: &'static [&'static str],
    /// The scenario line.
    line: &'static str,
    /// The command as a click gives it.
    by_hand: fn(&Session) -> Command,
}

const BOUGHT: &[&str] = &["buy = \"shiny-pony\"", "run = \"until idle\""];
const ASKED: &[&str] = &["buyer = \"you decide\"", "buy = \"shiny-pony\"", "run = \"until asked\""];

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn payment(session: &Session) -> TransactionId {
    session.world().marketplace().transactions()[0].id.clone()
}

fn rows() -> Vec<Row> {
    let row = |before, line, by_hand| Row { before, line, by_hand };
    vec![
        row(&[], "start = true", |_| Command::Start),
        row(&["buy = \"shiny-pony\""], "step = 1", |_| Command::Step),
        row(BOUGHT, "wait = \"1500ms\"", |_| Command::Wait { span: Span::from_millis(1500) }),
        row(&[], "buy = \"shiny-pony\"", |_| Command::Buy { product: pony() }),
        row(ASKED, "confirm = \"1234\"", |_| Command::Confirm { pin: "1234".into() }),
        row(ASKED, "cancel = true", |_| Command::Cancel),
        row(ASKED, "close = true", |_| Command::CloseWindow),
        row(&[], "buyer = \"cancels\"", |_| Command::ChangeBuyer { character: BuyerCharacter::Cancels }),
        row(&[], "buyer = \"pays after 1500 ms\"", |_| Command::ChangeBuyer {
            character: BuyerCharacter::PaysAfter(Span::from_millis(1500)),
        }),
        row(BOUGHT, "refund = \"shiny-pony\"", |session| Command::Refund { transaction: payment(session) }),
        row(BOUGHT, "charge-back = \"#1\"", |session| Command::ChargeBack { transaction: payment(session) }),
        row(BOUGHT, "history = true", |_| Command::OpenHistory),
        row(BOUGHT, "get-receipt = \"shiny-pony\"", |session| Command::GetReceipt { transaction: payment(session) }),
        row(BOUGHT, "verify = \"shiny-pony\"", |_| Command::VerifyAgain { product: pony() }),
        row(BOUGHT, "reissue = \"shiny-pony\"", |_| Command::Reissue { product: pony() }),
        row(BOUGHT, "reopen = true", |_| Command::Reopen),
        row(&[], "rotate-key = true", |_| Command::RotateKey),
        row(&[], "fetch-keys = true", |_| Command::FetchKeys),
        row(&[], "plant = { product = \"shiny-pony\", receipt = \"forged\" }", |_| Command::Plant {
            product: pony(),
            receipt: Planted::Forged,
        }),
        row(&[], "plant = { product = \"shiny-pony\", receipt = { text = \"a\\nb\\\"\" } }", |_| Command::Plant {
            product: pony(),
            receipt: Planted::Text("a\nb\"".into()),
        }),
        row(&[], "skew = { party = \"app-page\", ahead = \"-1h\" }", |_| Command::Skew {
            party: Party::AppPage,
            ahead: Span::from_seconds(-3600),
        }),
        row(&[], "fault = { on = \"notice-sent\", nth = 1, drop = true }", |_| Command::Arm {
            fault: Fault::on(Pattern::of(Kind::NoticeSent), Act::Drop, Limit::Nth(1)),
        }),
        row(&["fault = { drop = true }"], "disarm = 1", |_| Command::Disarm { fault: FaultId(1) }),
        row(&["fault = { hold = true }", "fault = { trouble = \"signer-down\" }"], "clear-faults = true", |_| {
            Command::ClearFaults
        }),
        row(&["fault = { hold = true }", "buy = \"shiny-pony\""], "release = 2", |_| Command::Release {
            message: MessageId(2),
        }),
        row(&[], "receive = { at = 1795341900000, input = { says = \"fetch-keys\" } }", |_| Command::Receive {
            at: Time::from_millis(1_795_341_900_000),
            input: Input::FetchKeys,
        }),
    ]
}

/// A command's name in files. A new variant does not compile here until it has one; the test below then asks for its row.
fn name(command: &Command) -> &'static str {
    match command {
        Command::Start => "start",
        Command::Step => "step",
        Command::Wait { .. } => "wait",
        Command::Buy { .. } => "buy",
        Command::Confirm { .. } => "confirm",
        Command::Cancel => "cancel",
        Command::CloseWindow => "close-window",
        Command::ChangeBuyer { .. } => "change-buyer",
        Command::Refund { .. } => "refund",
        Command::ChargeBack { .. } => "charge-back",
        Command::OpenHistory => "open-history",
        Command::GetReceipt { .. } => "get-receipt",
        Command::VerifyAgain { .. } => "verify-again",
        Command::Reissue { .. } => "reissue",
        Command::Reopen => "reopen",
        Command::RotateKey => "rotate-key",
        Command::FetchKeys => "fetch-keys",
        Command::Plant { .. } => "plant",
        Command::Skew { .. } => "skew",
        Command::Arm { .. } => "arm",
        Command::Disarm { .. } => "disarm",
        Command::ClearFaults => "clear-faults",
        Command::Release { .. } => "release",
        Command::Receive { .. } => "receive",
    }
}

fn scenario(lines: &[&str]) -> Session {
    let steps = lines.iter().fold(String::new(), |text, line| text + "[[steps]]\n" + line + "\n");
    let outcome = play(&parse("door", &format!("title = \"New run\"\nwhy = \"w\"\n{steps}")).unwrap());
    assert!(outcome.is_green(), "{:?}", outcome.failures);
    outcome.session
}

#[test]
fn every_variant_of_command_has_a_row() {
    let unknown = serde_json::from_str::<Command>(r#"{"do":"no such command"}"#).unwrap_err().to_string();
    let known: BTreeSet<&str> = unknown.split('`').skip(3).step_by(2).collect();
    let session = scenario(BOUGHT);
    let covered: BTreeSet<&str> = rows().iter().map(|row| name(&(row.by_hand)(&session))).collect();
    assert_eq!(covered, known);
}

#[test]
fn by_hand_by_scenario_and_through_a_run_file_the_bytes_are_equal() {
    for Row { before, line, by_hand } in rows() {
        let mut hand = scenario(before);
        let untouched = hand.trace();
        let command = by_hand(&hand);
        let step = hand.dispatch(command);
        let is_ignored = step.events.iter().any(|event| matches!(event, Event::CommandIgnored { .. }));
        assert!(!is_ignored && !step.events.is_empty(), "{line} does nothing at that moment");
        for _ in 0..5 {
            hand.dispatch(Command::Step);
        }
        let trace = hand.trace();
        assert_ne!(trace, untouched);
        let written = scenario(&[before, &[line, "step = 5"]].concat());
        assert_eq!(written.trace(), trace, "the scenario line {line}");
        assert_eq!(load(save(&hand).as_bytes()).unwrap().trace(), trace, "the run file with {line}");
        let recorded = play(&parse("recorded", &print(&record(&hand))).unwrap()).session;
        assert_eq!(recorded.trace(), trace, "the recording of {line}");
    }
}

#[test]
fn another_argument_leaves_other_bytes() {
    let pairs = [
        ("buy = \"shiny-pony\"", "buy = \"golden-saddle\""),
        ("wait = \"1s\"", "wait = \"2s\""),
        ("buyer = \"cancels\"", "buyer = \"never answers\""),
        (
            "plant = { product = \"shiny-pony\", receipt = \"forged\" }",
            "plant = { product = \"shiny-pony\", receipt = \"edited\" }",
        ),
        ("skew = { party = \"app-page\", ahead = \"1h\" }", "skew = { party = \"device\", ahead = \"1h\" }"),
    ];
    for (one, other) in pairs {
        assert_ne!(scenario(&[one]).trace(), scenario(&[other]).trace(), "{one} and {other}");
    }
    assert_ne!(
        scenario(&[ASKED, &["confirm = \"1234\""]].concat()).trace(),
        scenario(&[ASKED, &["confirm = \"4321\""]].concat()).trace()
    );
}
