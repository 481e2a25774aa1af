//! Readings: every message has a label, a caption, and a form on the wire; the rows of a run are what happened.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::{Expect, expect};
use paystage::lens::badge::BadgeKind;
use paystage::lens::caption::{CAPTION_WORDS_MAX, Teller};
use paystage::lens::flow::{Flow, Row};
use paystage::lens::label::{LABEL_CHARS_MAX, label};
use paystage::lens::progress::{Phase, PhaseState};
use paystage::lens::purchases::Purchases;
use paystage::lens::reading::Reading;
use paystage::protocol::code::Code;
use paystage::protocol::device::DeviceError;
use paystage::protocol::dial::Hosting;
use paystage::protocol::flow_failure::FlowFailure;
use paystage::protocol::id::ProductId;
use paystage::protocol::mozpay::MozPayError;
use paystage::protocol::pay_error::PayError;
use paystage::protocol::rules::Revision;
use paystage::protocol::store_answer::{Reason, Status};
use paystage::protocol::time::Span;
use paystage::session::builtin::SUITE;
use paystage::session::control::next_command;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::world::catalog::Catalog;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::http_form::WireForm;
use paystage::world::message::{Body, Message};
use paystage::world::refusal::Stop;
use paystage::world::setup::{Polling, Setup};

use crate::samples::{KINDS, delivered, kind, messages};

#[test]
fn white_space_around_the_id_is_told_as_the_store_of_the_day_took_it() {
    for (name, sentence, badge) in [
        ("038-white-space-around-the-id", "that alone counts as received", None),
        ("038-white-space-before-2014", "so the notice counts as lost", Some("wrong body")),
    ] {
        let session = play(&SUITE.iter().find(|builtin| builtin.name == name).unwrap().scenario().unwrap()).session;
        let mut flow = Flow::new();
        flow.read(session.past(), session.setup());
        let teller = Teller::new(session.setup(), session.world().catalog(), flow.purchases());
        let taken = session.here().step;
        let is_answered = |row: &&Row| matches!(row.message.body, Body::NoticeSent { .. });
        let row = flow.rows().iter().rfind(is_answered).unwrap();
        let answer = row.answer_at(taken).unwrap();
        assert!(teller.caption(answer).sentence.contains(sentence), "{name}: {}", teller.caption(answer).sentence);
        assert_eq!(row.badge_at(taken).map(|badge| &*badge.text), badge, "{name}");
    }
}

#[test]
fn the_plain_hosted_purchase_reads_as_a_story() {
    check(
        &bought(Setup::default()),
        &expect![[r#"
        1 App page → Marketplace [] GET …/jwks.json
             The app fetches the store's public keys, so that it can check receipts by itself
             next: the buyer clicks Buy
        2 Buyer → App page [Buy] clicks Buy
             The buyer wants Shiny Pony and clicks Buy
             next: the app asks the payment server to sell it
        3 App page → App server [Pay request] POST …/shiny-pony/buy
             The app asks the payment server to sell Shiny Pony; the browser adds where the request comes from
             next: the marketplace notes that a purchase begins
        4 App server → Marketplace [Pay request] record start of dc82…
             The payment server has the marketplace note that a purchase begins; no money moves yet
             next: the payment server hands over a pay request
        5 App server ⇠ App page [Pay request] 200 · pay request (HS256)
             The payment server hands over the pay request: a signed token that says what to pay, and to whom
             next: the app passes it to mozPay
        6 App page → Device [mozPay] mozPay([jwt])
             The app passes the pay request to mozPay, the browser's own call for payments
             next: the device opens the payment window
        7 Device → Marketplace [mozPay] pay request
             The device opens the marketplace's payment window; the app cannot look inside or press its buttons
             next: the buyer sees the price
        8 Marketplace → Buyer [mozPay] shows Shiny Pony, 0.99 USD
             The payment window shows Shiny Pony for 0.99 USD and asks for the PIN
             next: the buyer confirms with the PIN
        9 Buyer → Marketplace [mozPay] confirms 0.99 USD, PIN
             The buyer types the PIN to confirm 0.99 USD; the app never sees it
             next: the provider charges the buyer
        10 Marketplace → Provider [mozPay] charge 0.99 USD
             The marketplace has the provider charge the buyer 0.99 USD: here the money moves
             next: the payment server is told that it is paid
        11 Marketplace → App server [mozPay] notice → 200 "dc82…"
             The marketplace tells the payment server in a signed notice that the purchase is paid
             next: the app learns that the window ended well
        12 Device ⇠ App page [mozPay] mozPay succeeds
             The device tells the app that the window ended well; that proves nothing yet
             next: the app asks whether it is completed
        13 App page → App server [Poll] GET …/status
             The app asks the payment server whether the purchase is completed
             next: the marketplace signs a receipt
        14 App server → Marketplace [Receipt] receipt → signed (EdDSA)
             The marketplace signs the receipt: a proof of purchase that its public key can check
             next: the app gets the receipt
        15 App server ⇠ App page [Receipt] 200 · completed + receipt (EdDSA)
             The payment server hands back the receipt that the marketplace signed
             next: the app installs it
        16 App page → Device [Install] install receipt
             The app has the device keep the receipt, so that it is there at the next start
             next: the app checks the receipt
        17 App page → App page [Verify] checks receipt · accepted
             The app checks the receipt itself, from its signature to its dates, and finds it good
             next: the app opens the product
        18 App page → Buyer [Access] access granted
             The app opens Shiny Pony, because the receipt passed its checks and for no other reason
    "#]],
    );
}

#[test]
fn what_is_told_is_what_happened_and_not_what_should_have() {
    check(
        &builtin("paid-but-timed-out"),
        &expect![[r#"
        1 App page → Marketplace [] GET …/jwks.json
             The app fetches the store's public keys, so that it can check receipts by itself
             next: the buyer clicks Buy
        2 Buyer → App page [Buy] clicks Buy
             The buyer wants Shiny Pony and clicks Buy
             next: the app asks the payment server to sell it
        3 App page → App server [Pay request] POST …/shiny-pony/buy
             The app asks the payment server to sell Shiny Pony; the browser adds where the request comes from
             next: the marketplace notes that a purchase begins
        4 App server → Marketplace [Pay request] record start of dc82…
             The payment server has the marketplace note that a purchase begins; no money moves yet
             next: the payment server hands over a pay request
        5 App server ⇠ App page [Pay request] 200 · pay request (HS256)
             The payment server hands over the pay request: a signed token that says what to pay, and to whom
             next: the app passes it to mozPay
        6 App page → Device [mozPay] mozPay([jwt])
             The app passes the pay request to mozPay, the browser's own call for payments
             next: the device opens the payment window
        7 Device → Marketplace [mozPay] pay request
             The device opens the marketplace's payment window; the app cannot look inside or press its buttons
             next: the buyer sees the price
        8 Marketplace → Buyer [mozPay] shows Shiny Pony, 0.99 USD
             The payment window shows Shiny Pony for 0.99 USD and asks for the PIN
             next: the app asks whether it is completed
        9 App page → App server [Poll] GET …/status · pending ×10
             The app has asked as often as it wanted and gives up; the payment may still come `PURCHASE_TIMEOUT` <gave up after 10>
             next: the app keeps the product closed
        19 App page → Buyer [Access] access refused
             The app polled as often as it wanted and gave up `PURCHASE_TIMEOUT` <PURCHASE_TIMEOUT>
             next: the buyer confirms with the PIN
        20 Buyer → Marketplace [Access] confirms 0.99 USD, PIN
             The buyer types the PIN to confirm 0.99 USD; the app never sees it
             next: the provider charges the buyer
        21 Marketplace → Provider [Access] charge 0.99 USD
             The marketplace has the provider charge the buyer 0.99 USD: here the money moves
             next: the payment server is told that it is paid
        22 Marketplace → App server [Access] notice → 200 "dc82…"
             The marketplace tells the payment server in a signed notice that the purchase is paid
             next: the app learns that the window ended well
        23 Device ⇠ App page [Access] mozPay succeeds
             The device tells the app that the window ended well; that proves nothing yet
    "#]],
    );
}

#[test]
fn every_message_is_told_in_few_plain_words() {
    let setups = [Setup::default(), Setup { hosting: Hosting::Classic, ..Setup::default() }];
    let mut kinds = BTreeSet::new();
    for message in messages() {
        kinds.insert(kind(&message.body));
        for setup in &setups {
            tell(&message, setup);
        }
    }
    let untold: Vec<_> = KINDS.iter().filter(|kind| !kinds.contains(*kind)).collect();
    assert!(untold.is_empty(), "no sample of {untold:?}");
}

/// One message in every reading: label, caption, what comes, wire form.
fn tell(message: &Message, setup: &Setup) {
    let catalog = Catalog::of(&Setup::default());
    let mut purchases = Purchases::default();
    purchases.learn(message);
    let words = label(&message.body, None);
    assert!(!words.is_empty() && words.chars().count() <= LABEL_CHARS_MAX, "label {words:?}");
    let teller = Teller::new(setup, &catalog, &purchases);
    for text in [teller.caption(message).sentence, teller.coming(message)] {
        let count = text.split_whitespace().count();
        assert!((1..=CAPTION_WORDS_MAX).contains(&count), "{count} words: {text}");
        assert!(!text.contains(['{', '}']) && !text.ends_with('.') && !text.contains("  "), "{text}");
    }
    match message.wire_form(setup, &catalog) {
        WireForm::Http(form) => assert!(form.to_string().len() > 6, "{form}"),
        WireForm::Call(call) => assert!(!call.is_empty(), "{message:?}"),
    }
}

#[test]
fn every_refusal_fits_into_a_caption() {
    fits::<MozPayError>();
    fits::<PayError>();
    fits::<FlowFailure>();
    fits::<DeviceError>();
    fits::<Stop>();
    for text in Reason::ALL.map(Reason::sentence).into_iter().chain(Status::ALL.map(Status::sentence)) {
        assert!(text.split_whitespace().count() <= CAPTION_WORDS_MAX, "{text}");
    }
}

fn fits<C: Code>() {
    for reason in C::ALL {
        let text = reason.words().sentence;
        assert!((2..=CAPTION_WORDS_MAX).contains(&text.split_whitespace().count()), "{text}");
    }
}

#[test]
fn polls_fold_into_one_row_that_counts_what_was_known() {
    let session = builtin("paid-but-timed-out");
    let mut flow = Flow::new();
    flow.read(session.steps(), session.setup());
    let index = flow.rows().iter().position(|row| matches!(row.message.body, Body::StatusAsked { .. })).unwrap();
    let row = &flow.rows()[index];
    let end = session.steps().len();
    assert_eq!(row.label_at(end), "GET …/status · pending ×10");
    assert_eq!(row.label_at(row.step + 1), "GET …/status · pending");
    assert_eq!(row.badge_at(row.step + 1), None);
    assert_eq!(row.badge_at(end).unwrap().kind, BadgeKind::GaveUp);
    for number in row.number..=row.last_number() {
        assert_eq!(flow.row_of_number(number), Some(index));
    }
    assert_eq!(flow.row_of_number(row.last_number() + 1), Some(index + 1));
    assert_eq!(flow.arrow_count_at(end), flow.arrow_count());
}

#[test]
fn polls_of_two_payments_do_not_fold_together() {
    let mut session = bought(Setup { buyer: BuyerCharacter::NeverAnswers, ..quick(2) });
    let product = ProductId::parse("golden-saddle").unwrap();
    session.dispatch(Command::Buy { product });
    rest(&mut session);
    let mut flow = Flow::new();
    flow.read(session.steps(), session.setup());
    let polls = flow.rows().iter().filter(|row| matches!(row.message.body, Body::StatusAsked { .. }));
    let counts: Vec<_> = polls.map(|row| row.repeats_at(usize::MAX)).collect();
    assert_eq!(counts.iter().sum::<usize>(), 4, "{counts:?}");
    assert!(counts.len() >= 2, "{counts:?}");
}

#[test]
fn a_flow_that_grew_equals_one_that_was_read_at_once() {
    for name in ["plain-hosted", "paid-but-timed-out", "notice-late", "refunded-store-asked"] {
        let session = builtin(name);
        let line = session.steps();
        let mut grown = Flow::new();
        for count in 1..=line.len() {
            assert!(grown.read(&line[..count], session.setup()), "{name}: step {count} is new");
        }
        assert!(!grown.read(line, session.setup()), "{name}: nothing is new");
        let mut at_once = Flow::new();
        at_once.read(line, session.setup());
        for taken in 0..=line.len() {
            assert_eq!(drawn(&grown, taken), drawn(&at_once, taken), "{name}");
        }
    }
}

#[test]
fn another_branch_is_read_anew() {
    let mut session = bought(Setup::default());
    let mut flow = Flow::new();
    flow.read(session.steps(), session.setup());
    let full = flow.rows().len();
    session.rewind(3);
    session.dispatch(Command::Wait { span: Span::from_seconds(1) });
    assert!(flow.read(session.steps(), session.setup()));
    assert!(flow.rows().len() < full);
    let mut fresh = Flow::new();
    fresh.read(session.steps(), session.setup());
    assert_eq!(drawn(&flow, usize::MAX), drawn(&fresh, usize::MAX));
}

#[test]
fn ten_thousand_polls_are_one_row_and_every_number_is_found() {
    let setup = Setup { buyer: BuyerCharacter::NeverAnswers, ..quick(10_000) };
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: first_product(&session) });
    for _ in 0..10_000 {
        session.dispatch(Command::Step);
    }
    let mut flow = Flow::new();
    flow.read(session.steps(), session.setup());
    assert!(flow.arrow_count() > 9_000 && flow.rows().len() < 40, "{} rows", flow.rows().len());
    assert!((1..=9_000).all(|number| flow.row_of_number(number).is_some()));
}

#[test]
fn the_future_is_what_then_happens_and_its_length_stays() {
    let mut session = Session::new(Setup::default());
    let mut reading = Reading::new();
    reading.refresh(&session);
    let foretold: Vec<_> = reading.rows().map(|(row, _)| row.label_at(usize::MAX).into_owned()).collect();
    let (_, total) = reading.counter();
    let untouched = session.fingerprint();
    assert_eq!(foretold.last().map(String::as_str), Some("access granted"));
    assert_eq!(reading.coming(&session).as_deref(), Some("the buyer clicks Buy"));
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
        reading.refresh(&session);
        assert_eq!(reading.counter().1, total);
    }
    assert_eq!(reading.counter(), (total, total));
    let happened: Vec<_> = reading.rows().map(|(row, _)| row.label_at(usize::MAX).into_owned()).collect();
    assert_eq!(happened, foretold);
    session.to_start();
    reading.refresh(&session);
    assert_eq!(reading.counter().1, total);
    assert_eq!(session.fingerprint(), untouched, "looking ahead changes nothing");
}

#[test]
fn another_decision_makes_another_future() {
    let mut session = Session::new(Setup::default());
    let mut reading = Reading::new();
    reading.refresh(&session);
    session.dispatch(Command::ChangeBuyer { character: BuyerCharacter::Cancels });
    session.dispatch(Command::Buy { product: first_product(&session) });
    reading.refresh(&session);
    let last = reading.rows().last().map(|(row, _)| row.label_at(usize::MAX).into_owned());
    assert_eq!(last.as_deref(), Some("access refused"));
}

#[test]
fn where_you_decide_the_future_shows_that_you_confirm() {
    let mut session = Session::new(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    session.dispatch(Command::Buy { product: first_product(&session) });
    let mut reading = Reading::new();
    reading.refresh(&session);
    let labels: Vec<_> = reading.rows().map(|(row, _)| row.label_at(usize::MAX).into_owned()).collect();
    let confirmations = labels.iter().filter(|label| *label == "confirms 0.99 USD, PIN").count();
    assert_eq!(confirmations, 1, "{labels:#?}");
    assert_eq!(labels.last().map(String::as_str), Some("access granted"), "{labels:#?}");
}

#[test]
fn the_phases_follow_the_purchase() {
    let mut session = bought(Setup::default());
    let product = first_product(&session);
    let mut reading = Reading::new();
    let mut order = Vec::new();
    for step in 1..=session.steps().len() {
        session.rewind(step);
        reading.refresh(&session);
        let progress = reading.progress(Some(&product));
        let current = Phase::ALL.into_iter().filter(|phase| progress.state(*phase) == PhaseState::Current);
        assert!(current.count() <= 1, "step {step}");
        order.extend(progress.current);
    }
    order.dedup();
    assert_eq!(order, Phase::ALL[..8], "each phase once, in order");
    let end = reading.progress(Some(&product));
    assert!(Phase::ALL[..8].iter().all(|phase| end.state(*phase) == PhaseState::Done), "{end:?}");
    assert_eq!(end.state(Phase::Reissue), PhaseState::Future);
}

#[test]
fn a_payment_that_fails_fails_its_phase() {
    let session = builtin("cancelled");
    let mut reading = Reading::new();
    reading.refresh(&session);
    let progress = reading.progress(None);
    assert_eq!(progress.state(Phase::MozPay), PhaseState::Failed);
    assert_eq!(progress.state(Phase::Access), PhaseState::Failed);
    assert_eq!(progress.state(Phase::Install), PhaseState::Future);
}

#[test]
fn news_from_behind_the_scenes_does_not_close_an_open_product() {
    let session = builtin("notice-late");
    let mut reading = Reading::new();
    reading.refresh(&session);
    assert_eq!(reading.progress(None).state(Phase::Access), PhaseState::Done);
}

#[test]
fn the_requests_of_a_purchase_have_their_historic_form() {
    let session = builtin("refunded-store-asked");
    let wanted =
        ["BuyAsked", "BuyAnswered", "NoticeSent", "NoticeAnswered", "StatusAsked", "VerifyAsked", "VerifyAnswered"];
    let mut told = BTreeSet::new();
    let mut text = String::new();
    for message in delivered(&session) {
        if wanted.contains(&kind(&message.body)) && told.insert(kind(&message.body)) {
            let form = message.http(session.setup(), session.world().catalog()).unwrap();
            let _ = writeln!(text, "{}\n", tokens_shortened(&form.to_string()));
        }
    }
    expect![[r#"
        POST https://market.example/mozpay/product/shiny-pony/buy
        Origin: https://pony.example

        200 OK
        Content-Type: application/json

        {"webpayJWT":"eyJ…","contribStatusURL":"/mozpay/transaction/dc827410-ad73-4408-8bd8-50419f8c5765","transactionID":"dc827410-ad73-4408-8bd8-50419f8c5765"}

        POST https://market.example/services/webpay/postback
        Content-Type: application/x-www-form-urlencoded

        notice=eyJ…

        200 OK
        Content-Type: text/plain

        dc827410-ad73-4408-8bd8-50419f8c5765

        GET https://market.example/mozpay/transaction/dc827410-ad73-4408-8bd8-50419f8c5765

        POST https://market.example/verify/
        Origin: https://pony.example
        Accept: application/json
        Content-Type: text/plain;charset=UTF-8

        eyJ…

        200 OK
        Access-Control-Allow-Origin: *
        Access-Control-Allow-Methods: POST
        Access-Control-Allow-Headers: content-type, x-fxpay-version
        Content-Length: 15
        Cache-Control: no-cache
        Last-Modified: Sun, 22 Nov 2026 10:04:01 GMT
        Content-Type: application/json

        {"status":"ok"}

    "#]].assert_eq(&text);
}

#[test]
fn a_notice_of_2012_is_the_raw_token() {
    let notice = |revision| {
        let session = bought(Setup { revision, ..Setup::default() });
        let all = delivered(&session);
        let message = all.iter().find(|message| matches!(message.body, Body::NoticeSent { .. })).unwrap();
        message.http(session.setup(), session.world().catalog()).unwrap()
    };
    let raw = notice(Revision::October2012);
    assert_eq!(raw.content_type(), Some("text/plain"));
    assert!(raw.body.unwrap().starts_with("ey"));
    let field = notice(Revision::After);
    assert_eq!(field.content_type(), Some("application/x-www-form-urlencoded"));
    assert!(field.body.unwrap().starts_with("notice=ey"));
}

#[test]
fn the_pin_is_on_no_reading() {
    let session = bought(Setup::default());
    let (setup, catalog) = (session.setup(), session.world().catalog());
    let pin = session.world().catalog().pin;
    let all = delivered(&session);
    let message = all.iter().find(|message| matches!(message.body, Body::PinEntered { .. })).unwrap();
    let text = message.wire_form(setup, catalog).to_string();
    assert!(text.contains("••••") && !text.contains(pin), "{text}");
    assert!(!told(&session).contains(pin));
}

/// Every row of a run with its caption.
#[track_caller]
fn check(session: &Session, expected: &Expect) {
    expected.assert_eq(&told(session));
}

fn told(session: &Session) -> String {
    let mut reading = Reading::new();
    reading.refresh(session);
    let taken = reading.taken();
    let mut text = String::new();
    for (index, (row, is_past)) in reading.rows().enumerate() {
        let telling = reading.telling_of(index, session).unwrap();
        let arrow = if row.is_reply { "⇠" } else { "→" };
        let (from, to) = (row.from.label(), row.to.label());
        let phase = row.phase.map_or("", |phase| phase.label());
        let future = if is_past { "" } else { "~" };
        let _ = writeln!(text, "{future}{} {from} {arrow} {to} [{phase}] {}", row.number, row.label_at(taken));
        let code = telling.caption.code.map(|code| format!(" `{code}`")).unwrap_or_default();
        let badge = row.badge_at(taken).map(|badge| format!(" <{}>", badge.text)).unwrap_or_default();
        let _ = writeln!(text, "     {}{code}{badge}", telling.caption.sentence);
        if let Some(next) = telling.next {
            let _ = writeln!(text, "     next: {next}");
        }
    }
    text
}

/// Every row as it is drawn after so many steps.
fn drawn(flow: &Flow, taken: usize) -> Vec<String> {
    let row = |row: &Row| {
        let badge = row.badge_at(taken);
        format!("{} {:?} {badge:?} {} {}", row.label_at(taken), row.phase, row.number, row.arrows_before)
    };
    flow.rows().iter().map(row).collect()
}

/// Texts that are long and alike in every run, cut.
fn tokens_shortened(text: &str) -> String {
    let cut = |word: &str| match word.find("eyJ") {
        Some(start) if word.len() > start + 60 => {
            let end = word[start..].find('"').map_or(word.len(), |length| start + length);
            format!("{}eyJ…{}", &word[..start], &word[end..])
        }
        Some(_) | None => word.to_owned(),
    };
    text.split('\n').map(cut).collect::<Vec<_>>().join("\n")
}

fn builtin(name: &str) -> Session {
    play(&SUITE.iter().find(|builtin| builtin.name == name).unwrap().scenario().unwrap()).session
}

fn quick(tries: u32) -> Setup {
    Setup { polling: Polling { interval: Span::from_millis(100), tries, ..Polling::default() }, ..Setup::default() }
}

fn first_product(session: &Session) -> ProductId {
    session.world().catalog().products[0].id.clone()
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: first_product(&session) });
    rest(&mut session);
    session
}

fn rest(session: &mut Session) {
    for _ in 0..200 {
        if session.world().is_idle() {
            break;
        }
        session.dispatch(Command::Step);
    }
}
