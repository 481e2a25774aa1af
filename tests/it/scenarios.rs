//! Scenarios keep their word: the suite is green, a spoiled expectation is told with its place, and bad files are refused by line and column.

use expect_test::{Expect, expect};
use paystage::protocol::id::ProductId;
use paystage::protocol::money::Money;
use paystage::protocol::store_answer::Status;
use paystage::protocol::verdict::check::Check;
use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::explore::end::End;
use paystage::session::run::Session;
use paystage::session::scenario::expected::{Expected, RefusedAt, Saying, VerdictWord};
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::plan::{Act, Expectation, Scenario};
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::session::watch::law::Law;
use paystage::world::event::Event;
use paystage::world::transaction::TransactionState;

fn builtin(name: &str) -> Scenario {
    Builtin::find(name).unwrap().scenario().unwrap()
}

#[test]
fn every_builtin_scenario_is_green() {
    assert!(SUITE.len() >= 24);
    let mut failures = Vec::new();
    for builtin in SUITE {
        let scenario = builtin.scenario().unwrap();
        assert!(scenario.end.len() >= 2, "{} demands too little", builtin.name);
        assert!(!scenario.title.is_empty() && scenario.why.len() > 20, "{} does not say why", builtin.name);
        failures.extend(play(&scenario).failures.iter().map(|failure| format!("{}: {failure}", builtin.name)));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn titles_tell_the_builtin_scenarios_apart() {
    let mut titles: Vec<String> = SUITE.iter().map(|builtin| builtin.scenario().unwrap().title).collect();
    titles.sort();
    let count = titles.len();
    titles.dedup();
    assert_eq!(titles.len(), count);
}

#[test]
fn every_file_in_the_suites_folder_is_in_the_suite() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/scenarios");
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/scenarios/cases");
    let codes = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/scenarios/codes");
    let below = |folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut files: Vec<String> = below(folder)
        .chain(below(cases))
        .chain(below(codes))
        .filter_map(|name| Some(name.to_string_lossy().strip_suffix(".toml")?.to_owned()))
        .collect();
    let mut names: Vec<String> = SUITE.iter().map(|builtin| builtin.name.to_owned()).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

/// The spoiled twin of each expectation of each built-in scenario: if it passed too, the expectation would hold nothing fixed.
#[test]
fn every_spoiled_expectation_of_the_suite_fails_with_its_place() {
    for builtin in SUITE {
        let scenario = builtin.scenario().unwrap();
        for index in 0..scenario.end.len() {
            let mut spoiled = scenario.clone();
            spoil(&mut spoiled.end[index]);
            let failures = play(&spoiled).failures;
            assert_eq!(failures.len(), 1, "{}: {:?} holds nothing fixed", builtin.name, spoiled.end[index]);
            let failure = &failures[0];
            assert_eq!((failure.line, &*failure.scenario), (scenario.end[index].line, &*scenario.title));
            assert!(failure.step > 1 && failure.line > 0, "{failure}");
            assert!(failure.message.is_some(), "{failure}");
        }
        for index in 0..scenario.steps.len() {
            let mut spoiled = scenario.clone();
            let Act::Expect(expectations) = &mut spoiled.steps[index].act else { continue };
            expectations.iter_mut().for_each(spoil);
            let count = expectations.len();
            assert_eq!(play(&spoiled).failures.len(), count, "{}", builtin.name);
        }
    }
}

fn spoil(expectation: &mut Expectation) {
    let other = |word: &str| format!("NOT_{word}");
    expectation.expected = match &expectation.expected {
        Expected::Access(products) if products.is_empty() => {
            Expected::Access(vec![ProductId::parse("shiny-pony").unwrap()])
        }
        Expected::Access(_) => Expected::Access(Vec::new()),
        Expected::Verdict(VerdictWord::Valid) => Expected::Verdict(VerdictWord::Refused),
        Expected::Verdict(VerdictWord::Refused) => Expected::Verdict(VerdictWord::Valid),
        Expected::Check(Check::Shape) => Expected::Check(Check::Type),
        Expected::Check(_) => Expected::Check(Check::Shape),
        Expected::Codes(codes) => Expected::Codes(codes.iter().map(|code| other(code)).collect()),
        Expected::Refusals(refusals) => {
            let spoilt = |at: &RefusedAt| RefusedAt { on: at.on, code: other(&at.code) };
            Expected::Refusals(refusals.iter().map(spoilt).collect())
        }
        Expected::Says(sayings) => {
            let spoilt = |saying: &Saying| Saying { value: "something else".into(), ..saying.clone() };
            Expected::Says(sayings.iter().map(spoilt).collect())
        }
        Expected::SameClaims(paths) => Expected::OtherClaims(paths.clone()),
        Expected::OtherClaims(paths) => Expected::SameClaims(paths.clone()),
        Expected::Status(Status::Ok) => Expected::Status(Status::Invalid),
        Expected::Status(_) => Expected::Status(Status::Ok),
        Expected::Reason(word) => Expected::Reason(other(word)),
        Expected::Error(word) => Expected::Error(other(word)),
        Expected::Messages(count) => Expected::Messages(count + 1),
        Expected::Receipts(count) => Expected::Receipts(count + 1),
        Expected::Transaction(TransactionState::Started) => Expected::Transaction(TransactionState::Completed),
        Expected::Transaction(_) => Expected::Transaction(TransactionState::Started),
        Expected::Transactions(states) => Expected::Transactions([&states[..], &[TransactionState::Started]].concat()),
        Expected::Notices(count) => Expected::Notices(count + 1),
        Expected::Polls(count) => Expected::Polls(count + 1),
        Expected::Charged(sum) => Expected::Charged(sum.checked_add(Money::usd(1)).unwrap()),
        Expected::Returned(sum) => Expected::Returned(sum.checked_add(Money::usd(1)).unwrap()),
        Expected::OwnerMailed(is_mailed) => Expected::OwnerMailed(!is_mailed),
        Expected::Lamp(laws) if laws.is_empty() => Expected::Lamp(vec![Law::OneCharge]),
        Expected::Lamp(_) => Expected::Lamp(Vec::new()),
        Expected::End(End::Fine) => Expected::End(End::Stuck),
        Expected::End(_) => Expected::End(End::Fine),
        Expected::Events(words) => {
            Expected::Events([&words[..], &["access-ended".to_owned(), "buy-clicked".to_owned()]].concat())
        }
    };
}

#[test]
fn claims_that_no_receipt_makes_are_neither_the_same_nor_others() {
    let plan = "title = 't'\nwhy = 'w'\n[[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nrun = 'until idle'\n\
        [[steps]]\nadvance = '5s'\n[[steps]]\nget-receipt = 'shiny-pony'\n[[steps]]\nrun = 'until idle'\n[expect]\n";
    for (expected, is_met) in [
        ("same-claims = ['user.type']", true),
        ("same-claims = ['user.tpye']", false),
        ("same-claims = ['user.type', 'no.such']", false),
        ("other-claims = ['iat']", true),
        ("other-claims = ['iat', 'no.such']", false),
    ] {
        assert_eq!(play(&parse("t.toml", &format!("{plan}{expected}")).unwrap()).is_green(), is_met, "{expected}");
    }
}

#[test]
fn a_failure_names_scenario_step_message_expected_and_found() {
    let text = Builtin::find("paid-but-timed-out").unwrap().text.replace("access = []", "access = [\"shiny-pony\"]");
    let failures = play(&parse("mine.toml", &text).unwrap()).failures;
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    expect![[r#"Paid, but the app gave up: line 14, step 23, message 23: access: expected ["shiny-pony"], found []"#]]
        .assert_eq(&told.join("\n"));
}

#[test]
fn a_line_that_cannot_be_carried_out_is_a_failure_and_not_a_panic() {
    let refund_of_nothing = "title = 'a'\nwhy = 'b'\n[[steps]]\nrefund = 'shiny-pony'\n[[steps]]\nbuy = 'shiny-pony'";
    let outcome = play(&parse("mine.toml", refund_of_nothing).unwrap());
    assert_eq!(outcome.session.steps().len(), 1, "it stops at the line");
    let told = outcome.failures[0].to_string();
    expect![[r#"a: line 4, step 1, message 1: refund = "shiny-pony": expected a payment called shiny-pony, found no payment yet"#]].assert_eq(&told);
}

#[test]
fn a_scenario_of_too_many_steps_is_told_so_and_stops() {
    let lines = |count: usize| format!("title = 'a'\nwhy = 'b'\n{}", "[[steps]]\nstep = 10000\n".repeat(count));
    assert!(play(&parse("mine.toml", &lines(10)).unwrap()).is_green());
    let outcome = play(&parse("mine.toml", &lines(12)).unwrap());
    assert_eq!(outcome.session.steps().len(), 100_001);
    assert!(outcome.failures[0].to_string().contains("at most 100000 steps"), "{:?}", outcome.failures);
}

#[test]
fn a_scenario_reads_back_from_its_print() {
    for builtin in SUITE {
        let scenario = builtin.scenario().unwrap();
        assert_eq!(parse("printed", &print(&scenario)).unwrap(), scenario, "{}", builtin.name);
    }
}

#[test]
fn what_was_done_by_hand_is_saved_as_a_scenario_of_the_same_fingerprint() {
    for builtin in SUITE {
        let session = play(&builtin.scenario().unwrap()).session;
        let text = print(&record(&session));
        let again = play(&parse("recorded", &text).unwrap());
        assert!(again.is_green(), "{}: {:?}", builtin.name, again.failures);
        let commands = |session: &Session| session.past().iter().map(|step| step.command.clone()).collect::<Vec<_>>();
        assert_eq!(commands(&again.session), commands(&session), "{}", builtin.name);
        assert_eq!(again.session.fingerprint(), session.fingerprint(), "{}", builtin.name);
    }
}

/// The plain story of a run: one line for each arrow, with what happened besides.
fn told(session: &Session) -> String {
    let mut text = String::new();
    let start = session.setup().start;
    for event in session.past().iter().flat_map(|step| &step.events) {
        let line = match event {
            Event::Sent { .. } => continue,
            Event::Delivered { message } => {
                let says = serde_json::to_value(&message.body).unwrap()["says"].as_str().unwrap().to_owned();
                let at = message.due - start;
                format!(
                    "{:<3} {:>9} {} → {}: {says}",
                    message.number,
                    at.to_string(),
                    message.from.label(),
                    message.to.label()
                )
            }
            Event::Refused { by, refusal } => format!("    ! {} refuses: {}", by.label(), refusal.code),
            event => {
                let value = serde_json::to_value(event).unwrap();
                let state = value.get("to").and_then(|to| to.as_str()).unwrap_or_default();
                format!("    * {} {state}", value["event"].as_str().unwrap()).trim_end().to_owned()
            }
        };
        text += &line;
        text.push('\n');
    }
    text
}

fn check(name: &str, expected: &Expect) {
    expected.assert_eq(&told(&play(&builtin(name)).session));
}

#[test]
fn the_plain_hosted_purchase_is_told_arrow_by_arrow() {
    check(
        "plain-hosted",
        &expect![[r"
            1       40 ms App page → Marketplace: keys-asked
            1       40 ms Marketplace → App page: keys-answered
            2       80 ms Buyer → App page: buy-clicked
            3      120 ms App page → App server: buy-asked
            4      160 ms App server → Marketplace: start-asked
                * transaction-changed started
            4      160 ms Marketplace → App server: start-answered
            5      200 ms App server → App page: buy-answered
            6      240 ms App page → Device: pay-called
            7      280 ms Device → Marketplace: window-opened
                * transaction-changed shown
            8      320 ms Marketplace → Buyer: price-shown
            9      660 ms Buyer → Marketplace: pin-entered
                * transaction-changed charging
            10     700 ms Marketplace → Provider: charge-asked
                * charged
            10     700 ms Provider → Marketplace: charge-answered
                * transaction-changed completed
            7      700 ms Marketplace → Device: window-ended
            11     740 ms Marketplace → App server: notice-sent
            11     740 ms App server → Marketplace: notice-answered
            12     740 ms Device → App page: pay-settled
            13     1.24 s App page → App server: status-asked
            14     1.28 s App server → Marketplace: receipt-sought
                * receipt-issued
            14     1.28 s Marketplace → App server: receipt-supplied
            15     1.32 s App server → App page: status-answered
            16     1.36 s App page → Device: install-asked
            16     1.36 s Device → App page: install-answered
            17      1.4 s App page → App page: receipt-judged
                * access-granted
            18     1.44 s App page → Buyer: access-granted
        "]],
    );
}

#[test]
fn the_plain_classic_purchase_is_told_arrow_by_arrow() {
    check(
        "plain-classic",
        &expect![[r"
            1       40 ms App page → Marketplace: keys-asked
            1       40 ms Marketplace → App page: keys-answered
            2       80 ms Buyer → App page: buy-clicked
            3      120 ms App page → App server: buy-asked
            4      160 ms App server → App page: buy-answered
            5      200 ms App page → Device: pay-called
            6      240 ms Device → Marketplace: window-opened
                * transaction-changed started
                * transaction-changed shown
            7      280 ms Marketplace → Buyer: price-shown
            8      620 ms Buyer → Marketplace: pin-entered
                * transaction-changed charging
            9      660 ms Marketplace → Provider: charge-asked
                * charged
            9      660 ms Provider → Marketplace: charge-answered
                * transaction-changed completed
            6      660 ms Marketplace → Device: window-ended
            10     700 ms Marketplace → App server: notice-sent
            10     700 ms App server → Marketplace: notice-answered
            11     700 ms Device → App page: pay-settled
            12      1.2 s App page → App server: status-asked
            13     1.24 s App server → Marketplace: receipt-sought
                * receipt-issued
            13     1.24 s Marketplace → App server: receipt-supplied
            14     1.28 s App server → App page: status-answered
            15     1.32 s App page → Device: install-asked
            15     1.32 s Device → App page: install-answered
            16     1.36 s App page → App page: receipt-judged
                * access-granted
            17      1.4 s App page → Buyer: access-granted
        "]],
    );
}

#[test]
fn the_wrong_pin_is_told_arrow_by_arrow() {
    check(
        "wrong-pin-five-times",
        &expect![[r"
            1       40 ms App page → Marketplace: keys-asked
            1       40 ms Marketplace → App page: keys-answered
            2       80 ms Buyer → App page: buy-clicked
            3      120 ms App page → App server: buy-asked
            4      160 ms App server → Marketplace: start-asked
                * transaction-changed started
            4      160 ms Marketplace → App server: start-answered
            5      200 ms App server → App page: buy-answered
            6      240 ms App page → Device: pay-called
            7      280 ms Device → Marketplace: window-opened
                * transaction-changed shown
            8      320 ms Marketplace → Buyer: price-shown
            9      660 ms Buyer → Marketplace: pin-entered
                ! Marketplace refuses: WRONG_PIN
            10     700 ms Marketplace → Buyer: pin-refused
            11     1.04 s Buyer → Marketplace: pin-entered
                ! Marketplace refuses: WRONG_PIN
            12     1.08 s Marketplace → Buyer: pin-refused
            13     1.24 s App page → App server: status-asked
            13     1.24 s App server → App page: status-answered
            14     1.42 s Buyer → Marketplace: pin-entered
                ! Marketplace refuses: WRONG_PIN
            15     1.46 s Marketplace → Buyer: pin-refused
            16      1.8 s Buyer → Marketplace: pin-entered
                ! Marketplace refuses: WRONG_PIN
            17     1.84 s Marketplace → Buyer: pin-refused
            18     2.18 s Buyer → Marketplace: pin-entered
                * transaction-changed cancelled
                ! Marketplace refuses: PIN_LOCKED
            7      2.18 s Marketplace → Device: window-ended
            19     2.22 s Marketplace → Buyer: pin-refused
            20     2.22 s Device → App page: pay-settled
                ! App page refuses: PIN_LOCKED
            21     2.26 s App page → Buyer: access-refused
        "]],
    );
}

#[test]
fn the_refund_that_the_store_tells_is_told_arrow_by_arrow() {
    check(
        "refunded-store-asked",
        &expect![[r"
            1       40 ms App page → Marketplace: keys-asked
            1       40 ms Marketplace → App page: keys-answered
            2       80 ms Buyer → App page: buy-clicked
            3      120 ms App page → App server: buy-asked
            4      160 ms App server → Marketplace: start-asked
                * transaction-changed started
            4      160 ms Marketplace → App server: start-answered
            5      200 ms App server → App page: buy-answered
            6      240 ms App page → Device: pay-called
            7      280 ms Device → Marketplace: window-opened
                * transaction-changed shown
            8      320 ms Marketplace → Buyer: price-shown
            9      660 ms Buyer → Marketplace: pin-entered
                * transaction-changed charging
            10     700 ms Marketplace → Provider: charge-asked
                * charged
            10     700 ms Provider → Marketplace: charge-answered
                * transaction-changed completed
            7      700 ms Marketplace → Device: window-ended
            11     740 ms Marketplace → App server: notice-sent
            11     740 ms App server → Marketplace: notice-answered
            12     740 ms Device → App page: pay-settled
            13     1.24 s App page → App server: status-asked
            14     1.28 s App server → Marketplace: receipt-sought
                * receipt-issued
            14     1.28 s Marketplace → App server: receipt-supplied
            15     1.32 s App server → App page: status-answered
            16     1.36 s App page → Device: install-asked
            16     1.36 s Device → App page: install-answered
            17      1.4 s App page → App page: receipt-judged
            18     1.44 s App page → Marketplace: verify-asked
            18     1.44 s Marketplace → App page: verify-answered
            19     1.48 s App page → App page: receipt-judged
                * access-granted
            20     1.52 s App page → Buyer: access-granted
            21     1.56 s Marketplace → Provider: refund-asked
                * returned
            21     1.56 s Provider → Marketplace: refund-answered
                * transaction-changed refunded
            22      1.6 s Marketplace → App server: notice-sent
            22      1.6 s App server → Marketplace: notice-answered
            23     1.64 s App page → Device: receipts-asked
            23     1.64 s Device → App page: receipts-answered
            24     1.68 s App page → App page: receipt-judged
            25     1.72 s App page → Marketplace: verify-asked
                ! Marketplace refuses: refunded
            25     1.72 s Marketplace → App page: verify-answered
            26     1.76 s App page → App page: receipt-judged
                * access-ended
                ! App page refuses: Refunded
            27      1.8 s App page → Buyer: access-refused
        "]],
    );
}

#[test]
fn the_receipt_from_the_history_is_told_arrow_by_arrow() {
    check(
        "receipt-from-history",
        &expect![[r"
            1       40 ms App page → Marketplace: keys-asked
            1       40 ms Marketplace → App page: keys-answered
            2       80 ms Buyer → App page: buy-clicked
            3      120 ms App page → App server: buy-asked
            4      160 ms App server → Marketplace: start-asked
                * transaction-changed started
            4      160 ms Marketplace → App server: start-answered
            5      200 ms App server → App page: buy-answered
            6      240 ms App page → Device: pay-called
            7      280 ms Device → Marketplace: window-opened
                * transaction-changed shown
            8      320 ms Marketplace → Buyer: price-shown
            9      1.24 s App page → App server: status-asked
            9      1.24 s App server → App page: status-answered
            10     2.28 s App page → App server: status-asked
            10     2.28 s App server → App page: status-answered
            11     3.32 s App page → App server: status-asked
            11     3.32 s App server → App page: status-answered
            12     4.36 s App page → App server: status-asked
            12     4.36 s App server → App page: status-answered
            13      5.4 s App page → App server: status-asked
            13      5.4 s App server → App page: status-answered
            14     6.44 s App page → App server: status-asked
            14     6.44 s App server → App page: status-answered
            15     7.48 s App page → App server: status-asked
            15     7.48 s App server → App page: status-answered
            16     8.52 s App page → App server: status-asked
            16     8.52 s App server → App page: status-answered
            17     9.56 s App page → App server: status-asked
            17     9.56 s App server → App page: status-answered
            18     10.6 s App page → App server: status-asked
            18     10.6 s App server → App page: status-answered
                * polling-given-up
                ! App page refuses: PURCHASE_TIMEOUT
            19    10.64 s App page → Buyer: access-refused
            20    12.36 s Buyer → Marketplace: pin-entered
                * transaction-changed charging
            21     12.4 s Marketplace → Provider: charge-asked
                * charged
            21     12.4 s Provider → Marketplace: charge-answered
                * transaction-changed completed
            7      12.4 s Marketplace → Device: window-ended
            22    12.44 s Marketplace → App server: notice-sent
            22    12.44 s App server → Marketplace: notice-answered
            23    12.44 s Device → App page: pay-settled
            24    12.48 s Buyer → Marketplace: history-asked
            24    12.48 s Marketplace → Buyer: history-answered
            25    12.52 s Buyer → Marketplace: receipt-requested
                * receipt-issued
            26    12.56 s Marketplace → App page: receipt-handed-over
            27     12.6 s App page → Device: install-asked
            27     12.6 s Device → App page: install-answered
            28    12.64 s App page → App page: receipt-judged
                * access-granted
            29    12.68 s App page → Buyer: access-granted
        "]],
    );
}
