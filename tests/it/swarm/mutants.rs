//! Mutants: for each law a story that breaks it, so that a law which sees nothing is found out.

use std::sync::Arc;

use paystage::protocol::dial::IdentityMode;
use paystage::protocol::id::ProductId;
use paystage::protocol::money::Money;
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::store_answer::{Status, StoreAnswer};
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verdict::check::{Check, CheckSet};
use paystage::session::control::{advance, run_until_idle};
use paystage::session::run::Session;
use paystage::world::app_server::OrderState;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::{Body, Message};
use paystage::world::planted::Planted;
use paystage::world::setup::Setup;
use paystage::world::transaction::TransactionState;

use super::laws::LAWS;
use super::serve_everybody;
use super::story::Story;

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

fn settle(session: &mut Session, command: Command) {
    session.dispatch(command);
    assert!(run_until_idle(session, 1_000));
}

fn plain() -> Session {
    let mut session = Session::new(Setup {
        verify_policy: Some(paystage::protocol::dial::VerifyPolicy::SignatureAndStore),
        ..Setup::default()
    });
    settle(&mut session, Command::Buy { product: pony() });
    serve_everybody(&mut session);
    session
}

fn refunded() -> Session {
    let mut session = plain();
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    settle(&mut session, Command::Refund { transaction });
    settle(&mut session, Command::VerifyAgain { product: pony() });
    session
}

/// Holds all laws against `story`, and wants exactly this one among the broken.
#[track_caller]
fn breaks(story: &Story, law: &str) {
    assert!(LAWS.iter().any(|(name, _)| *name == law), "there is no law {law}");
    let broken: Vec<&str> = LAWS.iter().filter(|(_, look)| look(story).is_err()).map(|(name, _)| *name).collect();
    assert!(broken.contains(&law), "{law} saw nothing; broken: {broken:?}");
}

#[track_caller]
fn keeps_all(story: &Story) {
    for (name, look) in LAWS {
        assert_eq!(look(story), Ok(()), "{name}");
    }
}

fn doctored(story: &Story, doctor: impl Fn(&mut Body)) -> Story {
    let mut story = story.clone();
    for event in &mut story.events {
        if let Event::Sent { message } | Event::Delivered { message } = event {
            doctor(&mut Arc::<Message>::make_mut(message).body);
        }
    }
    story
}

#[test]
fn the_stories_that_the_mutants_are_made_of_keep_all_laws() {
    keeps_all(&Story::of(&plain()));
    keeps_all(&Story::of(&refunded()));
}

#[test]
fn access_without_a_verdict_is_noticed() {
    let mut story = Story::of(&plain());
    story.events.push(Event::AccessGranted { product: ProductId::parse("golden-saddle").unwrap() });
    breaks(&story, "access follows from a verdict");
    breaks(&story, "access was paid for");
}

#[test]
fn access_for_a_payment_that_was_never_completed_is_noticed() {
    let mut story = Story::of(&plain());
    story.transactions[0].completed = None;
    breaks(&story, "access was paid for");
}

#[test]
fn a_payment_that_leaves_a_final_state_is_noticed() {
    let mut story = Story::of(&plain());
    let transaction = story.transactions[0].id.clone();
    let (from, to) = (Some(TransactionState::Completed), TransactionState::Charging);
    story.events.push(Event::TransactionChanged { transaction, from, to });
    breaks(&story, "payments move along the edges only");
    let mut story = Story::of(&plain());
    story.transactions[0].state = TransactionState::Declined;
    breaks(&story, "payments move along the edges only");
}

#[test]
fn money_returned_twice_is_noticed() {
    let mut story = Story::of(&refunded());
    let transaction = story.transactions[0].id.clone();
    story.events.push(Event::Returned { transaction, price: Money::usd(99) });
    breaks(&story, "money adds up");
    let mut story = Story::of(&plain());
    story.balance_minor += 1;
    breaks(&story, "money adds up");
}

#[test]
fn a_second_charge_is_noticed() {
    let mut story = Story::of(&plain());
    let transaction = story.transactions[0].id.clone();
    story.events.push(Event::Charged { transaction, price: Money::usd(99) });
    breaks(&story, "one charge for each payment");
}

#[test]
fn a_payment_without_a_receipt_is_noticed() {
    let mut story = Story::of(&plain());
    story.events.retain(|event| !matches!(event, Event::Delivered { message } if matches!(message.body, Body::ReceiptHandedOver { .. })));
    breaks(&story, "whoever paid can have a receipt");
}

#[test]
fn one_turned_bit_in_an_issued_receipt_is_noticed() {
    let story = Story::of(&plain());
    let issued = |event: &Event| matches!(event, Event::ReceiptIssued { .. });
    let place = story.events.iter().position(issued).unwrap();
    let Event::ReceiptIssued { receipt, .. } = &story.events[place] else { unreachable!("just found") };
    for at in (0..receipt.len()).step_by(41) {
        let mut bytes = receipt.as_bytes().to_vec();
        bytes[at] ^= 1;
        let mut story = story.clone();
        if let Event::ReceiptIssued { receipt, .. } = &mut story.events[place] {
            *receipt = String::from_utf8(bytes).unwrap().into();
        }
        breaks(&story, "issued receipts verify elsewhere too");
    }
}

#[test]
fn an_order_that_stands_elsewhere_than_its_notices_say_is_noticed() {
    let mut story = Story::of(&plain());
    story.orders[0].state = OrderState::TakenBack;
    breaks(&story, "notices have one effect");
    story.orders[0].state = OrderState::Pending;
    breaks(&story, "notices have one effect");
}

#[test]
fn a_notice_given_up_early_or_never_is_noticed() {
    let mut story = Story::of(&plain());
    let delivery = &mut story.transactions[0].notices[0];
    (delivery.is_acknowledged, delivery.is_given_up, delivery.attempts) = (false, true, 5);
    breaks(&story, "notices are heard or given up");
    let delivery = &mut story.transactions[0].notices[0];
    (delivery.is_given_up, delivery.attempts) = (false, 6);
    breaks(&story, "notices are heard or given up");
    let mut story = Story::of(&plain());
    let notice = story
        .events
        .iter()
        .find(|event| matches!(event, Event::Sent { message } if matches!(message.body, Body::NoticeSent { .. })))
        .cloned();
    story.events.extend(notice);
    breaks(&story, "notices are heard or given up");
}

#[test]
fn an_acknowledgement_by_another_body_is_noticed() {
    let story = doctored(&Story::of(&plain()), |body| {
        if let Body::NoticeAnswered { body, kind: NoticeKind::Postback, .. } = body {
            *body = "OK".into();
        }
    });
    breaks(&story, "only the exact answer acknowledges");
}

#[test]
fn ok_after_a_refund_is_noticed() {
    let story = doctored(&Story::of(&refunded()), |body| {
        if let Body::VerifyAnswered { answer } = body {
            *answer = StoreAnswer::of(Status::Ok);
        }
    });
    breaks(&story, "nothing is ok once the money went back");
}

#[test]
fn an_answer_that_turns_back_to_ok_is_noticed() {
    let mut session = refunded();
    settle(&mut session, Command::VerifyAgain { product: pony() });
    let mut story = Story::of(&session);
    let answers: Vec<usize> = (0..story.events.len())
        .filter(|at| matches!(&story.events[*at], Event::Sent { message } if matches!(message.body, Body::VerifyAnswered { .. })))
        .collect();
    if let Event::Sent { message } = &mut story.events[*answers.last().unwrap()] {
        Arc::<Message>::make_mut(message).body = Body::VerifyAnswered { answer: StoreAnswer::of(Status::Ok) };
    }
    breaks(&story, "answers never turn back to ok");
}

/// Real mutants: an app that leaves out the check in question lets the receipt in, and the law sees it.
#[test]
fn an_app_that_leaves_out_a_check_is_noticed() {
    let law = "accepted receipts are genuine, for this app and in time";
    let cases = [
        (Check::Signature, Planted::Forged),
        (Check::Signature, Planted::Edited),
        (Check::Type, Planted::Test),
        (Check::Product, Planted::OtherApp),
        (Check::Times, Planted::Expired),
    ];
    for (check, receipt) in cases {
        let story = |checks_off| {
            let mut session = Session::new(Setup { checks_off, ..Setup::default() });
            session.dispatch(Command::Plant { product: pony(), receipt: receipt.clone() });
            settle(&mut session, Command::VerifyAgain { product: pony() });
            serve_everybody(&mut session);
            Story::of(&session)
        };
        let is_let_in = story(CheckSet::NONE.with(check));
        assert!(!is_let_in.accepted().is_empty(), "{receipt:?} gets in without {check:?}");
        breaks(&is_let_in, law);
    }
}

#[test]
fn a_receipt_accepted_at_the_wrong_time_is_noticed() {
    let mut session = Session::new(Setup { checks_off: CheckSet::NONE.with(Check::Times), ..Setup::default() });
    settle(&mut session, Command::Buy { product: pony() });
    keeps_all_but_service(&Story::of(&session));
    advance(&mut session, Span::from_days(182));
    settle(&mut session, Command::VerifyAgain { product: pony() });
    breaks(&Story::of(&session), "accepted receipts are genuine, for this app and in time");
}

#[track_caller]
fn keeps_all_but_service(story: &Story) {
    for (name, look) in LAWS.iter().filter(|(name, _)| *name != "whoever paid can have a receipt") {
        assert_eq!(look(story), Ok(()), "{name}");
    }
}

#[test]
fn a_key_that_signs_after_its_retirement_is_noticed() {
    let mut story = Story::of(&plain());
    story.keys[0].retired = Some(Time::from_seconds(1));
    breaks(&story, "a retired key signs nothing new");
}

#[test]
fn an_email_in_a_receipt_is_noticed() {
    let mut session = Session::new(Setup { identity: Some(IdentityMode::Email), ..Setup::default() });
    settle(&mut session, Command::Buy { product: pony() });
    serve_everybody(&mut session);
    breaks(&Story::of(&session), "no email leaves the store after the privacy changes");
}
