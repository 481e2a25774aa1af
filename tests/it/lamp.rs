//! The money lamp: red at the event that broke a law, not before it, and green in the twin that differs in one thing.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use paystage::lens::lamp::{Lamp, Light};
use paystage::protocol::dial::{Hosting, Profile, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::request::{Offer, PayRequest};
use paystage::protocol::rules::Revision;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::protocol::verdict::check::{Check, CheckSet};
use paystage::session::branch::Place;
use paystage::session::builtin::SUITE;
use paystage::session::control::{advance, run_until_idle};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::watch::Watch;
use paystage::session::watch::law::Law;
use paystage::world::character::{BuyerCharacter, ProviderCharacter, ServerCharacter};
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::armed::Fault;
use paystage::world::input::Input;
use paystage::world::message::Body;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::planted::Planted;
use paystage::world::provenance::Provenance;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::{Polling, Setup};
use paystage::world::transaction::TransactionState;

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn settle(session: &mut Session, command: Command) {
    session.dispatch(command);
    assert!(run_until_idle(session, 5_000));
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    settle(&mut session, Command::Buy { product: pony() });
    session
}

fn refund(session: &mut Session) {
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    settle(session, Command::Refund { transaction });
}

/// The laws that are broken at the end.
fn broken(session: &Session) -> Vec<Law> {
    Watch::over(session.setup(), session.past()).red().map(|breach| breach.law).collect()
}

fn polls(tries: u32) -> Setup {
    Setup {
        buyer: BuyerCharacter::PaysAfter(Span::from_seconds(12)),
        polling: Polling { tries, ..Polling::default() },
        ..Setup::default()
    }
}

fn completion(session: &Session) -> usize {
    let is_completion =
        |event: &Event| matches!(event, Event::TransactionChanged { to: TransactionState::Completed, .. });
    session.steps().iter().position(|step| step.events.iter().any(is_completion)).unwrap()
}

#[test]
fn whoever_pays_after_the_last_poll_turns_the_lamp_red_at_the_completion_and_not_earlier() {
    let mut session = bought(polls(10));
    let paid = completion(&session);
    let mut lamp = Lamp::new();
    for taken in 1..=session.steps().len() {
        session.rewind(taken);
        lamp.refresh(&session);
        let is_red = matches!(lamp.light(), Light::Red(breach) if breach.law == Law::ProductAvailable);
        assert_eq!(is_red, taken > paid, "after {taken} steps");
    }
    let Light::Red(breach) = lamp.light() else { panic!("it is red at the end") };
    assert_eq!(breach.step, paid);
    let charge = session.steps()[paid].message_number();
    assert_eq!(breach.cause.map(|cause| cause.number), charge, "it names the charge");
}

#[test]
fn with_fifteen_polls_the_lamp_stays_green_throughout() {
    let mut session = Session::new(polls(15));
    let mut lamp = Lamp::new();
    session.dispatch(Command::Buy { product: pony() });
    for _ in 0..200 {
        lamp.refresh(&session);
        assert_eq!(lamp.light(), Light::Green, "after {} steps", session.here().step);
        session.dispatch(Command::Step);
    }
    assert!(session.world().app_page().shelf(&pony()).unwrap().is_open);
}

#[test]
fn a_receipt_from_the_history_mends_the_lamp() {
    let mut session = bought(polls(10));
    assert_eq!(broken(&session), [Law::ProductAvailable]);
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    session.dispatch(Command::GetReceipt { transaction });
    assert_eq!(broken(&session), [], "the receipt is on its way");
    assert!(run_until_idle(&mut session, 100));
    assert_eq!(broken(&session), []);
    assert_eq!(Watch::over(session.setup(), session.past()).breaches().len(), 1, "it is remembered");
}

#[test]
fn an_app_with_a_wrong_clock_turns_it_red_when_it_refuses_and_not_before() {
    let session = play(&suite("clock-slow")).session;
    let watch = Watch::over(session.setup(), session.past());
    let breach = watch.red().next().unwrap();
    let says_no = |event: &Event| matches!(event, Event::Refused { .. });
    assert!(session.past()[breach.step].events.iter().any(says_no));
    assert!(breach.step > completion(&session));
}

#[test]
fn a_notice_that_is_never_answered_rightly_leaves_it_green() {
    for app_server in [ServerCharacter::AnswersWrongBody, ServerCharacter::NeverAnswers, ServerCharacter::AnswersError]
    {
        assert_eq!(broken(&bought(Setup { app_server, ..Setup::default() })), [], "{app_server}");
    }
}

/// Each planted receipt with the check that stops it, and the law that breaks where that check is left out.
#[test]
fn what_gets_in_without_a_check_breaks_its_law_and_with_it_none() {
    let cases = [
        (Check::Signature, Planted::Forged, Some(Law::ProductPaid)),
        (Check::Signature, Planted::Edited, Some(Law::ProductPaid)),
        (Check::Type, Planted::Test, Some(Law::ProductPaid)),
        (Check::Product, Planted::OtherApp, Some(Law::OwnApp)),
        // Out of date, but paid for.
        (Check::Times, Planted::Expired, None),
    ];
    for (check, receipt, law) in cases {
        let run = |checks_off| {
            let mut session = Session::new(Setup { checks_off, ..Setup::default() });
            session.dispatch(Command::Plant { product: pony(), receipt: receipt.clone() });
            settle(&mut session, Command::VerifyAgain { product: pony() });
            let is_open = session.world().app_page().shelf(&pony()).is_some_and(|shelf| shelf.is_open);
            (is_open, broken(&session))
        };
        assert_eq!(run(CheckSet::NONE.with(check)), (true, law.into_iter().collect()), "{receipt:?} without {check:?}");
        assert_eq!(run(CheckSet::NONE), (false, Vec::new()), "{receipt:?}");
    }
}

#[test]
fn the_receipt_for_one_product_opens_no_other() {
    let mut session = bought(Setup::default());
    let saddle = ProductId::parse("golden-saddle").unwrap();
    settle(&mut session, Command::VerifyAgain { product: saddle.clone() });
    assert!(!session.world().app_page().shelf(&saddle).unwrap().is_open);
    assert_eq!(broken(&session), []);
    // An app that took any receipt for any product would be noticed.
    let mut watch = Watch::new();
    for step in session.past() {
        watch.read(step, session.world());
    }
    let mut careless = (**session.last_step()).clone();
    careless.events = vec![Event::AccessGranted { product: saddle }];
    watch.read(&careless, session.world());
    assert_eq!(watch.red().map(|breach| breach.law).collect::<Vec<_>>(), [Law::ProductPaid]);
}

#[test]
fn a_refund_must_end_the_access_at_the_next_check() {
    let run = |verify_policy| {
        let mut session = bought(Setup { verify_policy: Some(verify_policy), ..Setup::default() });
        refund(&mut session);
        assert_eq!(broken(&session), [], "nobody has checked yet");
        settle(&mut session, Command::VerifyAgain { product: pony() });
        broken(&session)
    };
    assert_eq!(run(VerifyPolicy::SignatureOnly), [Law::RefundEndsAccess]);
    assert_eq!(run(VerifyPolicy::SignatureAndStore), []);
}

#[test]
fn whoever_paid_again_after_a_refund_keeps_the_product() {
    let mut session = bought(Setup::default());
    refund(&mut session);
    settle(&mut session, Command::Buy { product: pony() });
    settle(&mut session, Command::VerifyAgain { product: pony() });
    assert_eq!(broken(&session), []);
}

#[test]
fn a_receipt_that_runs_out_turns_it_red_until_it_is_traded() {
    let mut session = bought(Setup::default());
    advance(&mut session, Span::from_days(183));
    assert_eq!(broken(&session), [], "nobody has checked yet");
    settle(&mut session, Command::VerifyAgain { product: pony() });
    assert_eq!(broken(&session), [Law::ProductAvailable]);
    settle(&mut session, Command::Reissue { product: pony() });
    assert_eq!(broken(&session), []);
}

/// What was charged twice in a made-up story: the same payment once more.
#[test]
fn a_second_charge_for_one_click_is_noticed_and_two_clicks_are_not() {
    let mut session = bought(Setup::default());
    settle(&mut session, Command::Buy { product: pony() });
    assert_eq!(broken(&session), []);
    let mut watch = Watch::new();
    for step in session.past() {
        watch.read(step, session.world());
    }
    let charge = session.past().iter().find(|step| step.events.iter().any(is_charge)).unwrap();
    watch.read(charge, session.world());
    assert_eq!(watch.red().map(|breach| breach.law).collect::<Vec<_>>(), [Law::OneCharge]);
}

/// Somebody's own app buys in a run whose app page is played here: what was clicked there, and opened, nobody sees from here.
#[test]
fn what_somebodys_own_page_buys_is_held_against_what_the_store_sees() {
    let hear = |session: &mut Session, input| {
        let at = session.world().now();
        settle(session, Command::Receive { at, input });
    };
    let buy = || Input::Buy { product: pony(), origin: None, provenance: Provenance::default() };
    // One pay request twice is one too many, wherever it was asked for; the strict store takes it once.
    for (revision, at_the_end) in [(Revision::After, vec![]), (Revision::AsBuilt2015, vec![Law::OneCharge])] {
        let mut session = Session::new(Setup { revision, ..Setup::default() });
        hear(&mut session, buy());
        let request = session.past().iter().flat_map(|step| &step.events).find_map(|event| match event {
            Event::Sent { message } => match &message.body {
                Body::BuyAnswered { request, .. } => Some(request.to_string()),
                _ => None,
            },
            _ => None,
        });
        hear(&mut session, Input::OpenWindow { request: request.clone().unwrap(), buyer: None });
        assert_eq!(session.world().marketplace().transactions()[0].state, TransactionState::Completed);
        assert_eq!(broken(&session), [], "the receipt is there for the asking");
        settle(&mut session, Command::Buy { product: pony() });
        assert_eq!(broken(&session), [], "the click here is a purchase of its own");
        hear(&mut session, Input::OpenWindow { request: request.unwrap(), buyer: None });
        assert_eq!(broken(&session), at_the_end, "{revision:?}");
    }
}

/// Their own server signs, and their page opens the window, while nobody has taken the app page's seat: no click was ever seen.
#[test]
fn what_somebodys_own_server_sells_needs_no_click_that_is_seen_here() {
    let secret = "their-own-secret";
    let app = AppName { secret: Some(Secret::new(secret)), ..AppName::default() };
    let mut session = Session::new(Setup {
        hosting: Hosting::Classic,
        seats: Seats { app_server: Seat::External, ..Seats::default() },
        names: Names { app, ..Names::default() },
        ..Setup::default()
    });
    let offer = Offer {
        id: "com.example.Gem",
        name: "Gem",
        description: "Theirs",
        price_point: "1",
        postback_url: "http://127.0.0.1:9100/postback",
        chargeback_url: "http://127.0.0.1:9100/chargeback",
    };
    let request = PayRequest::classic("pony-park-key", "market.example", offer, "theirs", session.world().now());
    let key = SigningKey::hs256("pony-park-key", secret.as_bytes()).unwrap();
    let (request, at) = (request.sign(&key).unwrap(), session.world().now());
    session.dispatch(Command::Receive { at, input: Input::OpenWindow { request, buyer: None } });
    run_until_idle(&mut session, 5_000);
    let payments = session.world().marketplace().transactions();
    assert_eq!((payments.len(), payments[0].product.as_str()), (1, "com-example-gem"));
    assert!(session.past().iter().flat_map(|step| &step.events).any(is_charge));
    assert_eq!(broken(&session), []);
}

fn is_charge(event: &Event) -> bool {
    matches!(event, Event::Charged { .. })
}

/// As built in 2015 some laws break: which, and by which edge case. Under the strict rules of the page each stays green.
#[test]
fn what_was_built_breaks_the_laws_that_it_is_known_for() {
    type Story = fn(Setup) -> Session;
    let cases: [(&str, Story, &[Law]); 2] = [
        (
            "101: the verify service takes its ten seconds of leeway off the wrong end",
            runs_out_soon,
            &[Law::ProductAvailable],
        ),
        (
            "103: forged, unsigned, out of date: the store says expired, the client lets it in",
            forged_and_old,
            &[Law::ProductPaid],
        ),
    ];
    for (case, story, laws) in cases {
        let as_built = story(Setup { revision: Revision::AsBuilt2015, ..Setup::default() });
        assert_eq!(broken(&as_built), laws, "{case}");
        let policy = Some(VerifyPolicy::SignatureAndStore);
        assert_eq!(broken(&story(Setup { verify_policy: policy, ..Setup::default() })), [], "{case}");
    }
}

fn runs_out_soon(setup: Setup) -> Session {
    let life = setup.receipt_life;
    let mut session = bought(setup);
    let receipt = session.world().device().receipts()[0].to_string();
    let exp = claims(&receipt)["exp"].as_i64().unwrap();
    assert!(life > Span::ZERO);
    let left = exp - 5 - session.world().now().seconds();
    advance(&mut session, Span::from_seconds(left));
    settle(&mut session, Command::VerifyAgain { product: pony() });
    session
}

/// The real ids of somebody's real purchase in a token that nobody signed.
fn forged_and_old(setup: Setup) -> Session {
    let is_built = setup.revision == Revision::AsBuilt2015;
    let profile = is_built.then_some(Profile::Receiptverifier);
    let mut session = Session::new(Setup { profile, ..setup });
    session.dispatch(Command::Plant { product: pony(), receipt: Planted::OtherUser });
    let mut claims = claims(&session.world().device().receipts()[0]);
    claims["exp"] = (session.world().now().seconds() - 60).into();
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let token = format!("{}.{}.", part(r#"{"alg":"none","typ":"JWT"}"#), part(&claims.to_string()));
    let forged = if is_built { format!("{token}~{token}") } else { token };
    session.dispatch(Command::Plant { product: pony(), receipt: Planted::Text(forged) });
    settle(&mut session, Command::VerifyAgain { product: pony() });
    session
}

/// A receipt's claims, unverified.
fn claims(receipt: &str) -> serde_json::Value {
    let payload = receipt.rsplit('~').next().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn the_lamp_reads_a_branch_as_it_reads_a_whole_run() {
    for builtin in SUITE {
        let mut session = play(&builtin.scenario().unwrap()).session;
        let whole = Watch::over(session.setup(), session.past()).breaches().to_vec();
        let mut lamp = Lamp::new();
        lamp.refresh(&session);
        assert_eq!(lamp.breaches().cloned().collect::<Vec<_>>(), whole, "{}", builtin.name);
        // Step by step, each with the world at hand.
        let (mut stepwise, mut again) = (Lamp::new(), Session::new(session.setup().clone()));
        for step in session.past().iter().skip(1) {
            stepwise.refresh(&again);
            again.dispatch(step.command.clone());
        }
        stepwise.refresh(&again);
        assert_eq!(stepwise.breaches().cloned().collect::<Vec<_>>(), whole, "{}", builtin.name);
        session.to_start();
        lamp.refresh(&session);
        assert_eq!(lamp.light(), Light::Green, "{}", builtin.name);
    }
}

#[test]
fn a_scenario_may_expect_the_lamp() {
    let plan = |lamp: &str| {
        let text = format!(
            "title = 'a'\nwhy = 'b'\n[setup]\nbuyer = 'pays after 12 s'\n[[steps]]\nbuy = 'shiny-pony'\n[[steps]]\n\
             run = 'until idle'\n[expect]\nlamp = {lamp}\n"
        );
        parse("mine.toml", &text).map(|scenario| play(&scenario).failures)
    };
    assert_eq!(plan("'product-available'").unwrap(), []);
    assert_eq!(plan("['product-available']").unwrap(), []);
    let failure = plan("'green'").unwrap().remove(0);
    assert_eq!((&*failure.expected, &*failure.found), ("\"green\"", "\"product-available\""));
    assert_eq!(failure.message, Some(21), "it names the message that broke the law");
    let error = plan("'produkt-available'").unwrap_err().to_string();
    assert!(error.contains("produkt-available") && error.contains("green"), "{error}");
}

fn suite(name: &str) -> paystage::session::scenario::plan::Scenario {
    paystage::session::builtin::Builtin::find(name).unwrap().scenario().unwrap()
}

fn armed(on: &str, setup: Setup) -> Session {
    let fault: Fault = serde_json::from_str(on).unwrap();
    let mut session = Session::new(setup);
    session.dispatch(Command::Arm { fault });
    settle(&mut session, Command::Buy { product: pony() });
    session
}

#[test]
fn a_lost_notice_turns_it_red_where_it_was_lost_and_enough_polls_keep_it_green() {
    let first_is_lost = r#"{ "on": "notice-sent", "nth": 1, "drop": true }"#;
    let session = armed(first_is_lost, Setup::default());
    let watch = Watch::over(session.setup(), session.past());
    let breach = watch.red().next().unwrap();
    assert_eq!((breach.law, breach.step), (Law::ProductAvailable, completion(&session)), "the retry comes too late");
    let patient = Setup { polling: Polling { tries: 400, ..Polling::default() }, ..Setup::default() };
    assert_eq!(broken(&armed(first_is_lost, patient)), []);
}

#[test]
fn one_pay_request_that_opens_two_windows_is_charged_twice_as_built_and_once_by_the_rules() {
    let twice = r#"{ "on": "window-opened", "nth": 1, "duplicate": true }"#;
    let as_built = armed(twice, Setup { revision: Revision::AsBuilt2015, ..Setup::default() });
    let charges = as_built.past().iter().flat_map(|step| &step.events).filter(|event| is_charge(event)).count();
    assert_eq!((charges, broken(&as_built).contains(&Law::OneCharge)), (2, true), "edge case 30");
    assert_eq!(broken(&armed(twice, Setup::default())), []);
}

#[test]
fn a_notice_that_comes_twice_has_one_effect() {
    for on in ["notice-sent", "notice-answered"] {
        let twice = format!(r#"{{ "on": "{on}", "nth": 1, "duplicate": true }}"#);
        assert_eq!(broken(&armed(&twice, Setup::default())), [], "{on}");
    }
    let wrong_body = Setup { app_server: ServerCharacter::AnswersWrongBody, ..Setup::default() };
    let mut session = bought(wrong_body);
    refund(&mut session);
    assert_eq!(broken(&session), [], "each notice comes six times");
    // An app server that gave out another receipt for the second delivery would be noticed.
    let mut watch = Watch::new();
    for step in session.past() {
        let mut step = (**step).clone();
        let is_second = |event: &Event| matches!(event, Event::Delivered { message } if matches!(message.body, Body::NoticeSent { attempt: 2, .. }));
        if let Some(at) = step.events.iter().position(is_second) {
            let (transaction, receipt) = (session.world().marketplace().transactions()[0].id.clone(), "again".into());
            step.events.insert(at + 1, Event::ReceiptIssued { transaction, receipt });
        }
        let place = Place { step: step.index + 1, ..session.here() };
        watch.read(&step, &session.world_at(place).unwrap());
    }
    assert_eq!(watch.red().map(|breach| breach.law).collect::<Vec<_>>(), [Law::OneEffect]);
}

#[test]
fn money_that_nobody_took_buys_nothing() {
    let lied = r#"{ "on": "charge-answered", "nth": 1, "replace": { "field": "answer", "value": "charged" } }"#;
    let declines = || Setup { provider: ProviderCharacter::Declines, ..Setup::default() };
    assert_eq!(broken(&armed(lied, declines())), [Law::ProductPaid]);
    assert_eq!(broken(&bought(declines())), []);
}

#[test]
fn a_secret_in_a_message_turns_it_red_and_an_email_in_a_receipt_too() {
    let secret = "an app secret that is long enough";
    let names = || {
        let mut names = Names::default();
        names.app.secret = Some(Secret::new(secret));
        names
    };
    let planted = |text: &str| {
        let mut session = Session::new(Setup { names: names(), ..Setup::default() });
        session.dispatch(Command::Plant { product: pony(), receipt: Planted::Text(text.to_owned()) });
        broken(&session)
    };
    assert_eq!(planted(&format!("so: {secret}")), [Law::SecretsKept]);
    assert_eq!(planted(&BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"k\":\"{secret}\"}}"))), [Law::SecretsKept]);
    assert_eq!(planted("an app secret that is short"), []);
    let identity = |revision| {
        let identity = Some(paystage::protocol::dial::IdentityMode::Email);
        broken(&bought(Setup {
            revision,
            identity,
            verify_policy: Some(VerifyPolicy::SignatureOnly),
            ..Setup::default()
        }))
    };
    assert!(identity(Revision::After).contains(&Law::SecretsKept));
    assert_eq!(identity(Revision::Before), [], "before the privacy changes the page itself put it there");
}
