//! Faults: each does what it says, as often as it says, and one that never fires changes no byte.

use paystage::protocol::dial::{Hosting, SigningMode, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::time::Span;
use paystage::session::control::run_until_idle;
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
use paystage::world::message::{Body, MessageId};
use paystage::world::setup::Setup;

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn saddle() -> ProductId {
    ProductId::parse("golden-saddle").unwrap()
}

/// One of each act.
fn acts() -> Vec<Act> {
    let replaced =
        |field: &str| Act::Replace(Replacement { field: field.into(), value: "x".into(), ..Replacement::default() });
    let signed = |field: &str| Removal { field: field.into(), is_signed: true };
    vec![
        Act::Hold,
        Act::Delay(Span::from_seconds(3)),
        Act::Drop,
        Act::Duplicate,
        Act::Reorder,
        Act::Corrupt(40),
        replaced("transaction"),
        replaced("claims.typ"),
        Act::Remove(signed("claims.iss")),
        Act::Answer(Substitute::Http { status: 500, body: String::new() }),
        Act::Answer(Substitute::Store { status: "refunded".into(), reason: None }),
        Act::TimeOut,
    ]
}

/// A purchase with everything that may follow it.
fn long_run(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    rest(&mut session);
    for command in [
        Command::Buy { product: pony() },
        Command::FetchKeys,
        Command::VerifyAgain { product: pony() },
        Command::OpenHistory,
        Command::Reissue { product: pony() },
    ] {
        session.dispatch(command);
        rest(&mut session);
    }
    if let Some(payment) = session.world().marketplace().transactions().first() {
        let transaction = payment.id.clone();
        session.dispatch(Command::GetReceipt { transaction: transaction.clone() });
        rest(&mut session);
        session.dispatch(Command::Refund { transaction });
        rest(&mut session);
    }
    session.dispatch(Command::VerifyAgain { product: pony() });
    rest(&mut session);
    session
}

fn rest(session: &mut Session) {
    assert!(run_until_idle(session, 2_000), "the run comes to rest");
}

fn on(kind: Kind, act: Act, limit: Limit) -> Fault {
    Fault::on(Pattern::of(kind), act, limit)
}

#[test]
fn a_fault_that_never_fires_leaves_every_byte_as_it_was() {
    let never = Limit::Nth(1_000_000);
    let all = || Kind::ALL.iter().flat_map(|kind| acts().into_iter().map(|act| on(*kind, act, never)));
    for hosting in Hosting::ALL {
        let plain = Setup { hosting: *hosting, ..Setup::default() };
        let untouched = long_run(plain.clone());
        let beset = long_run(Setup { faults: all().collect(), ..plain });
        assert_eq!(beset.trace(), untouched.trace(), "{hosting:?}");
        let counted = beset.world().faults().armed().iter().filter(|armed| armed.matched > 0).count();
        assert!(counted > 100, "they did look: {counted}");
        assert!(beset.world().faults().armed().iter().all(|armed| armed.used == 0));
    }
}

#[test]
fn arming_by_hand_adds_its_own_step_and_no_other_byte() {
    let mut untouched = Session::new(Setup::default());
    let mut beset = Session::new(Setup::default());
    beset.dispatch(Command::Arm { fault: on(Kind::OwnerMailed, Act::Drop, Limit::UntilCleared) });
    for session in [&mut untouched, &mut beset] {
        session.dispatch(Command::Buy { product: pony() });
        rest(session);
    }
    let events = |session: &Session, from: usize| {
        serde_json::to_string(&session.past()[from..].iter().map(|step| &step.events).collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(events(&beset, 2), events(&untouched, 1));
}

#[test]
fn every_act_on_every_kind_of_message_ends_at_rest() {
    let asks = Setup { verify_policy: Some(VerifyPolicy::SignatureAndStore), ..Setup::default() };
    let mut fired = Vec::new();
    for kind in Kind::ALL {
        for act in acts() {
            let word = act.word();
            let mut session = long_run(Setup { faults: vec![on(*kind, act, Limit::UntilCleared)], ..asks.clone() });
            let armed = session.world().faults().armed()[0].clone();
            assert_eq!(armed.used, armed.matched, "{kind} {word}");
            if armed.used == 0 && word == "hold" {
                break;
            }
            session.dispatch(Command::ClearFaults);
            rest(&mut session);
            assert!(session.world().is_idle(), "{kind} {word}: nothing is held any more");
            session.dispatch(Command::FetchKeys);
            session.dispatch(Command::Buy { product: saddle() });
            rest(&mut session);
            let shelf = session.world().app_page().shelf(&saddle()).unwrap();
            assert!(shelf.is_open, "after {kind} {word}: {:?}", shelf.refusal);
            if armed.used > 0 {
                fired.push((*kind, word));
            }
        }
    }
    for word in Act::WORDS {
        assert!(fired.iter().filter(|(_, fired)| *fired == word).count() >= 10, "{word} hits many kinds: {fired:?}");
    }
    let held = fired.iter().filter(|(_, word)| *word == "hold").count();
    assert!(held >= 35, "the run tells most kinds of message, and each can be held: {held}");
    assert!(
        fired.iter().all(|(kind, _)| *kind != Kind::ReceiptJudged),
        "what a party tells itself passes over no wire"
    );
}

/// Plays these lines after a head; every expectation must hold, and the recording must come to the same fingerprint.
#[track_caller]
fn check(setup: &str, lines: &[&str]) -> Session {
    let steps = lines.iter().fold(String::new(), |text, line| text + "[[steps]]\n" + line + "\n");
    let text = format!("title = \"t\"\nwhy = \"w\"\n{setup}\n{steps}");
    let outcome = play(&parse("faults", &text).unwrap_or_else(|error| panic!("{error}")));
    let told: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(outcome.is_green(), "{}\n{}", told.join("\n"), outcome.session.trace());
    let recorded = play(&parse("recorded", &print(&record(&outcome.session))).unwrap());
    assert_eq!(recorded.session.fingerprint(), outcome.session.fingerprint());
    outcome.session
}

const BUY: &str = "buy = \"shiny-pony\"";
const RUN: &str = "run = \"until idle\"";
const OPEN: &str = "expect = { access = [\"shiny-pony\"] }";
const CLOSED: &str = "expect = { access = [] }";

fn counts(session: &Session) -> Vec<(u32, Option<u32>)> {
    session.world().faults().armed().iter().map(|armed| (armed.used, armed.of)).collect()
}

#[test]
fn five_hundred_on_the_second_poll_only_is_used_once_and_the_app_gets_over_it() {
    let fault = "fault = { on = \"status-asked\", nth = 2, answer = { status = 500 } }";
    let slow = "[setup]\nbuyer = \"pays after 3 s\"";
    let session = check(slow, &[fault, BUY, RUN, OPEN, "expect = { code = \"BAD_API_RESPONSE\" }"]);
    assert_eq!(counts(&session), [(1, Some(1))]);
    let without = check(slow, &[BUY, RUN, OPEN]);
    let polls = |session: &Session| session.world().app_page().shelf(&pony()).unwrap().polls;
    assert_eq!(polls(&session), polls(&without), "the failed poll was one poll");
    let on_the_answer = "fault = { on = \"status-answered\", nth = 2, answer = { status = 500 } }";
    let session = check(slow, &[on_the_answer, BUY, RUN, OPEN, "expect = { code = \"BAD_API_RESPONSE\" }"]);
    assert_eq!(counts(&session), [(1, Some(1))]);
}

#[test]
fn a_limit_is_kept_to_the_letter() {
    for (limit, used, of, notices) in [("nth = 1", 1, Some(1), 2), ("first = 2", 2, Some(2), 3)] {
        let fault = format!("fault = {{ on = \"notice-sent\", {limit}, drop = true }}");
        let session = check("", &[&fault, BUY, RUN, &format!("expect = {{ notices = {notices} }}")]);
        assert_eq!(counts(&session), [(used, of)]);
    }
    let session = check(
        "",
        &["fault = { on = \"notice-sent\", drop = true }", BUY, RUN, "expect = { notices = 6, owner-mailed = true }"],
    );
    assert_eq!(counts(&session), [(6, None)]);
}

#[test]
fn a_notice_that_is_lost_or_answered_wrongly_is_sent_again() {
    for act in
        ["drop = true", "time-out = true", "answer = { status = 200, body = \"OK\" }", "answer = { status = 500 }"]
    {
        let fault = format!("fault = {{ on = \"notice-sent\", nth = 1, {act} }}");
        check("", &[&fault, BUY, RUN, "expect = { notices = 2, transaction = \"completed\" }"]);
    }
    check("", &[BUY, RUN, "expect = { notices = 1 }"]);
}

#[test]
fn a_receipt_that_is_installed_twice_is_stored_once() {
    let fault = "fault = { on = \"install-asked\", duplicate = true }";
    check("", &[fault, BUY, RUN, OPEN, "expect = { code = \"RECEIPT_ALREADY_EXISTS\", receipts = 1 }"]);
}

#[test]
fn one_changed_byte_in_a_receipt_is_a_bad_signature() {
    for at in [120, 300, 500] {
        let fault = format!("fault = {{ on = \"status-answered\", corrupt = {at} }}");
        let session = check("", &[&fault, BUY, RUN, CLOSED]);
        assert!(counts(&session)[0].0 >= 1);
    }
    let fault = "fault = { on = \"status-answered\", replace = { field = \"claims.iss\", value = \"https://market.example\" } }";
    check("", &[fault, BUY, RUN, CLOSED, "expect = { verdict = \"refused\", check = \"signature\" }"]);
}

#[test]
fn what_is_held_waits_for_its_release_and_comes_in_order() {
    let session = check("", &["fault = { on = \"notice-sent\", hold = true }", BUY, "advance = \"4s\"", CLOSED]);
    let held: Vec<MessageId> = session.world().faults().held().iter().map(|held| held.message.id).collect();
    assert_eq!(held.len(), 1);
    let release = format!("release = {}", held[0].0);
    let session =
        check("", &["fault = { on = \"notice-sent\", hold = true }", BUY, "advance = \"4s\"", &release, RUN, OPEN]);
    assert!(session.world().is_idle());
    let mut session = Session::new(Setup::default());
    session.dispatch(Command::Arm { fault: on(Kind::KeysAsked, Act::Hold, Limit::UntilCleared) });
    for _ in 0..3 {
        session.dispatch(Command::FetchKeys);
    }
    assert!(!session.world().is_idle(), "held, not idle");
    session.dispatch(Command::Disarm { fault: FaultId(1) });
    rest(&mut session);
    let arrived: Vec<u32> = session
        .past()
        .iter()
        .flat_map(|step| &step.events)
        .filter_map(|event| match event {
            Event::Delivered { message } if matches!(message.body, Body::KeysAsked) => Some(message.id.0),
            _ => None,
        })
        .collect();
    assert!(arrived.len() == 4 && arrived.is_sorted(), "{arrived:?}");
    assert!(session.world().is_idle());
}

#[test]
fn a_message_on_its_way_can_be_caught_by_its_id() {
    let mut session = Session::new(Setup::default());
    session.dispatch(Command::Buy { product: pony() });
    let flying = session.world().wire().in_flight().next().unwrap().id;
    session.dispatch(Command::Arm { fault: Fault::on(Pattern::only(flying), Act::Hold, Limit::Nth(1)) });
    assert_eq!(session.world().faults().held()[0].message.id, flying);
    session.dispatch(Command::Release { message: flying });
    rest(&mut session);
    assert!(session.world().app_page().shelf(&pony()).unwrap().is_open);
}

#[test]
fn time_passes_differently_for_what_is_late_or_overtaken() {
    check("", &["fault = { on = \"buy-answered\", delay = \"5s\" }", BUY, RUN, OPEN]);
    check(
        "",
        &[
            "fault = { on = \"buy-answered\", delay = \"11s\" }",
            BUY,
            RUN,
            CLOSED,
            "expect = { code = \"API_REQUEST_TIMEOUT\" }",
        ],
    );
    check("", &["fault = { on = \"window-ended\", reorder = true }", BUY, RUN, OPEN]);
}

#[test]
fn what_the_store_is_made_to_say_is_what_the_app_hears() {
    let asks = "[setup]\nverify-policy = \"signature-and-store\"";
    for (answer, code) in [
        ("{ status = \"refunded\" }", "refunded"),
        ("{ status = \"invalid\", reason = \"NO_PURCHASE\" }", "NO_PURCHASE"),
    ] {
        for kind in ["verify-asked", "verify-answered"] {
            let fault = format!("fault = {{ on = \"{kind}\", answer = {answer} }}");
            let expected = format!("expect = {{ access = [], status = \"{}\" }}", answer.split('"').nth(1).unwrap());
            let session = check(asks, &[&fault, BUY, RUN, &expected]);
            assert!(session.trace().contains(code), "{fault}");
        }
    }
    check(asks, &[BUY, RUN, OPEN]);
}

#[test]
fn each_trouble_of_a_party_is_felt_and_mended() {
    let codes = [
        (Trouble::MarketplaceDown, "BAD_API_RESPONSE"),
        (Trouble::SignerDown, "SigningError"),
        (Trouble::SignerBehind, "SigningError"),
        (Trouble::AppServerAbsent, "API_REQUEST_TIMEOUT"),
        (Trouble::SecretLost, "INVALID_JWT"),
    ];
    for (trouble, code) in codes {
        let setup = format!("[[faults]]\ntrouble = \"{}\"", trouble.word());
        let felt = check(&setup, &[BUY, RUN, CLOSED, &format!("expect = {{ code = \"{code}\" }}")]);
        assert!(felt.world().faults().armed().iter().all(|armed| !armed.is_used_up()));
        check(&setup, &["clear-faults = true", "fetch-keys = true", BUY, RUN, OPEN]);
        let brief = format!("[[faults]]\ntrouble = \"{}\"\nfor = \"1h\"", trouble.word());
        check(&brief, &["advance = \"2h\"", "fetch-keys = true", BUY, RUN, OPEN]);
    }
    let asks = "[setup]\nverify-policy = \"signature-and-store\"";
    let lost = [
        "fault = { trouble = \"ledger-lost\" }",
        "verify = \"shiny-pony\"",
        RUN,
        CLOSED,
        "expect = { status = \"invalid\" }",
    ];
    check(asks, &[&[BUY, RUN, OPEN][..], &lost].concat());
    check(asks, &[&[BUY, RUN, OPEN][..], &lost, &["disarm = 1", "verify = \"shiny-pony\"", RUN, OPEN]].concat());
    check("", &["fault = { trouble = \"key-rotated\" }", BUY, RUN, CLOSED]);
    // No fresh receipt comes either for one that is over, from a signer that is down or slow.
    let short = "[setup]\nreceipt-life = \"1h\"";
    let issued = |session: &Session| session.world().marketplace().transactions()[0].receipts.len();
    for signer in ["signer-down", "signer-behind"] {
        let fault = format!("fault = {{ trouble = \"{signer}\" }}");
        let refused = [&fault, "reissue = \"shiny-pony\"", RUN, "expect = { code = \"SigningError\" }"];
        let lines = [&[BUY, RUN, OPEN, "advance = \"2h\""][..], &refused].concat();
        assert_eq!(issued(&check(short, &lines)), 1, "{signer}");
        let mended = [&lines[..], &["disarm = 1", "reissue = \"shiny-pony\"", RUN]].concat();
        assert_eq!(issued(&check(short, &mended)), 2, "{signer}");
    }
    let certified = format!(
        "[setup]\nsigning = \"{}\"",
        serde_json::to_value(SigningMode::EdDsaCertified).unwrap().as_str().unwrap()
    );
    check(&certified, &["fault = { trouble = \"certificate-expired\" }", BUY, RUN, CLOSED]);
    check(&certified, &["fault = { trouble = \"certificate-expired\" }", "disarm = 1", BUY, RUN, OPEN]);
}

#[test]
fn what_is_no_fault_is_told_with_its_place_and_the_nearest_word() {
    for (line, at, nearest) in [
        ("fault = { on = \"status-answred\", drop = true }", (4, 16), Some("status-answered")),
        ("fault = { on = \"notice-sent\", dorp = true }", (4, 31), Some("drop")),
        ("fault = { on = \"notice-sent\" }", (4, 9), None),
        ("fault = { trouble = \"signer-dwon\" }", (4, 21), Some("signer-down")),
        ("release = \"x\"", (4, 11), None),
        ("disarm = true", (4, 10), None),
    ] {
        let error = parse("f", &format!("title = \"t\"\nwhy = \"w\"\n[[steps]]\n{line}\n")).unwrap_err();
        assert_eq!((error.line, error.column), at, "{error}");
        assert_eq!(error.nearest.as_deref(), nearest, "{error}");
    }
}

#[test]
fn nothing_is_disarmed_or_released_that_is_not_there() {
    let mut session = Session::new(Setup::default());
    for command in
        [Command::Disarm { fault: FaultId(1) }, Command::ClearFaults, Command::Release { message: MessageId(0) }]
    {
        let step = session.dispatch(command);
        assert!(matches!(step.events.as_slice(), [Event::CommandIgnored { .. }]));
    }
}

/// A token that its own party wrote badly is refused for what it says; one that was changed on the way, for its signature.
#[test]
fn a_change_that_is_signed_again_is_refused_for_what_it_says() {
    let classic = "[setup]\nhosting = \"classic\"";
    let refused = |on: &str, code: &str| format!("expect = {{ refusals = [{{ on = \"{on}\", code = \"{code}\" }}] }}");
    let request = |what: &str| format!("fault = {{ on = \"buy-answered\", {what} }}");
    let check_request = |what: &str, code: &str| {
        check(classic, &[&request(what), BUY, RUN, CLOSED, &refused("window-opened", code)]);
    };
    check_request("replace = { field = \"claims.exp\", value = 5, sign = true }", "EXPIRED_JWT");
    check_request("replace = { field = \"claims.exp\", value = 5 }", "INVALID_JWT");
    check_request(
        "replace = { field = \"claims.request.simulate\", value = { result = \"refund\" }, sign = true }",
        "BAD_SIM_RESULT",
    );
    check_request("remove = { field = \"claims.request.description\", sign = true }", "INVALID_JWT");
    check(classic, &[&request("replace = { field = \"claims.note\", value = 5, sign = true }"), BUY, RUN, OPEN]);

    let notice = "fault = { on = \"notice-sent\", nth = 1, remove = { field = \"claims.response.transactionID\", sign = true } }";
    check(classic, &[notice, BUY, RUN, &refused("notice-sent", "INVALID_JWT"), "expect = { notices = 2 }"]);

    let receipt = |sign: bool| {
        format!(
            "fault = {{ on = \"status-answered\", replace = {{ field = \"claims.product.url\", value = \"https://other.example\", sign = {sign} }} }}"
        )
    };
    check("", &[&receipt(true), BUY, RUN, CLOSED, "expect = { check = \"product\" }"]);
    check("", &[&receipt(false), BUY, RUN, CLOSED, "expect = { check = \"signature\" }"]);
    let certified = "[setup]\nsigning = \"eddsa-certified\"";
    check(certified, &[&receipt(true), BUY, RUN, CLOSED, "expect = { check = \"product\" }"]);
}

#[test]
fn two_pay_requests_stand_side_by_side() {
    let beside = |typ: &str| {
        format!(
            "fault = {{ on = \"pay-called\", replace = {{ field = \"claims.typ\", value = \"{typ}\", beside = true }} }}"
        )
    };
    check("", &[&beside("another/provider/v1"), BUY, RUN, OPEN]);
    let twice = "expect = { error = \"PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE\" }";
    check("", &[&beside("mozilla/payments/pay/v1"), BUY, RUN, CLOSED, twice]);
}

#[test]
fn a_signature_where_there_is_no_token_cannot_be_made_and_does_not_count() {
    let fault =
        "fault = { on = \"status-answered\", replace = { field = \"transaction\", value = \"x\", sign = true } }";
    let session = check("", &[fault, BUY, RUN, OPEN]);
    assert_eq!(counts(&session), [(0, None)]);
}
