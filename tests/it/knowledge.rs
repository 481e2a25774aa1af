//! Who knows what: facts arrive with messages, and what need not have been told is said aloud.

use paystage::lens::knowledge::{Fact, Knowledge};
use paystage::protocol::dial::{IdentityMode, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::kind::Kind;
use paystage::world::party::Party;
use paystage::world::setup::Setup;

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 5_000));
    session
}

fn told(session: &Session) -> Knowledge {
    Knowledge::of(session.setup().start, session.past())
}

#[test]
fn a_fact_is_known_from_the_message_that_told_it() {
    let session = bought(Setup::default());
    let knowledge = told(&session);
    let price = knowledge.learned(Fact::Price, Party::Provider).unwrap();
    let charge = session.past().iter().find(|step| step.message_number() == Some(price.number)).unwrap();
    let is_charge =
        |event: &Event| matches!(event, Event::Delivered { message } if message.body.kind() == Kind::ChargeAsked);
    assert!(charge.events.iter().any(is_charge));
    for taken in 1..=session.past().len() {
        let before = Knowledge::of(session.setup().start, &session.past()[..taken]);
        assert_eq!(before.learned(Fact::Price, Party::Provider).is_some(), taken > charge.index);
    }
    assert!(knowledge.learned(Fact::Product, Party::Provider).is_none(), "nobody tells the provider what is bought");
    assert!(knowledge.learned(Fact::Pin, Party::AppPage).is_none());
}

#[test]
fn the_email_reaches_the_app_before_the_privacy_changes_and_not_after() {
    let email =
        |revision| told(&bought(Setup { revision, ..Setup::default() })).learned(Fact::Email, Party::AppPage).is_some();
    assert!(email(Revision::Before));
    assert!(!email(Revision::After));
}

#[test]
fn a_receipt_that_says_the_same_of_everybody_tells_no_identifier() {
    let known = |identity| {
        let knowledge = told(&bought(Setup { identity: Some(identity), ..Setup::default() }));
        [Fact::Receipt, Fact::Identifier].map(|fact| knowledge.learned(fact, Party::AppPage).is_some())
    };
    assert_eq!(known(IdentityMode::GuidPerTransaction), [true, true]);
    assert_eq!(known(IdentityMode::Anonymous), [true, false]);
}

#[test]
fn every_verify_call_tells_the_store_that_the_app_was_opened() {
    let run = |policy| {
        let mut session = bought(Setup { verify_policy: Some(policy), ..Setup::default() });
        session.dispatch(Command::VerifyAgain { product: ProductId::parse("shiny-pony").unwrap() });
        assert!(run_until_idle(&mut session, 100));
        told(&session)
    };
    let asked = run(VerifyPolicy::SignatureAndStore);
    let used = asked.learned(Fact::AppUsed, Party::Marketplace).unwrap();
    assert_eq!((used.times, asked.leaks().len()), (2, 2));
    assert!(asked.leaks()[0].sentence.contains("https://pony.example was opened at"), "{:?}", asked.leaks()[0]);
    let silent = run(VerifyPolicy::SignatureOnly);
    assert!(silent.learned(Fact::AppUsed, Party::Marketplace).is_none());
    assert!(silent.leaks().is_empty());
}
