//! Facts: what is true of a run at the present place, found in its trace and its world.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::protocol::id::ProductId;
use crate::protocol::money::Money;
use crate::protocol::store_answer::StoreAnswer;
use crate::protocol::verdict::ladder::Verdict;
use crate::session::run::Session;
use crate::session::scenario::expected::{Expected, VerdictWord, list, quoted, state_word};
use crate::session::scenario::happening::event_word;
use crate::world::event::Event;
use crate::world::message::{Body, Message};
use crate::world::transaction::TransactionState;

/// What was found where something was expected.
pub(crate) struct Found {
    /// Whether it is what was expected.
    pub(crate) is_met: bool,
    /// What it is, as TOML.
    pub(crate) value: String,
    /// The message that made it so, where one did.
    pub(crate) message: Option<u32>,
}

/// What is true now and worth holding fixed.
pub(crate) fn now(session: &Session) -> Vec<Expected> {
    let states = states(session);
    let mut facts = vec![Expected::Access(open(session))];
    if !states.is_empty() {
        facts.extend([
            Expected::Transactions(states),
            Expected::Charged(charged(session)),
            Expected::Returned(returned(session)),
        ]);
    }
    facts
}

/// Compares one expectation with the run.
pub(crate) fn find(session: &Session, expected: &Expected) -> Found {
    match expected {
        Expected::Access(products) => {
            let (wanted, open): (BTreeSet<_>, BTreeSet<_>) =
                (products.iter().cloned().collect(), open(session).into_iter().collect());
            Found {
                is_met: wanted == open,
                value: list(open.iter().map(ProductId::as_str)),
                message: last_number(session),
            }
        }
        Expected::Verdict(_) | Expected::Check(_) => verdict(session, expected),
        Expected::Codes(wanted) => {
            let seen = codes(session);
            let is_met = wanted.iter().all(|code| seen.contains(code.as_str()));
            Found { is_met, value: list(seen.into_iter()), message: last_number(session) }
        }
        Expected::Status(_) | Expected::Reason(_) => store_answer(session, expected),
        Expected::Error(wanted) => mozpay_end(session, wanted),
        Expected::Messages(wanted) => counted(session, *wanted, last_number(session).unwrap_or(0)),
        Expected::Receipts(wanted) => {
            let held = session.world().device().receipts().len();
            counted(session, *wanted, u32::try_from(held).unwrap_or(u32::MAX))
        }
        Expected::Transaction(wanted) => {
            let latest = states(session).last().copied();
            compared(session, latest == Some(*wanted), latest.map_or(nothing(), |state| quoted(state_word(state))))
        }
        Expected::Transactions(wanted) => {
            let states = states(session);
            compared(session, states == *wanted, list(states.iter().map(|state| state_word(*state))))
        }
        Expected::Notices(wanted) => {
            counted(session, *wanted, count(session, |body| matches!(body, Body::NoticeSent { .. })))
        }
        Expected::Polls(wanted) => {
            counted(session, *wanted, count(session, |body| matches!(body, Body::StatusAsked { .. })))
        }
        Expected::Charged(wanted) => sum(session, *wanted, charged(session)),
        Expected::Returned(wanted) => sum(session, *wanted, returned(session)),
        Expected::OwnerMailed(wanted) => {
            let mail = sent(session).filter(|message| matches!(message.body, Body::OwnerMailed { .. })).last();
            let number = mail.map(|message| message.number).or_else(|| last_number(session));
            Found { is_met: *wanted == mail.is_some(), value: mail.is_some().to_string(), message: number }
        }
        Expected::Events(wanted) => happened(session, wanted),
    }
}

fn verdict(session: &Session, expected: &Expected) -> Found {
    let Some((verdict, number)) = latest_verdict(session) else { return compared(session, false, nothing()) };
    let failed = verdict.failed().map(|rung| rung.check);
    let (is_met, value) = match expected {
        Expected::Check(check) => (failed == Some(*check), failed.map_or(nothing(), |check| quoted(check.name()))),
        _ => {
            let is_valid = verdict.is_accepted();
            let is_met =
                *expected == Expected::Verdict(if is_valid { VerdictWord::Valid } else { VerdictWord::Refused });
            (is_met, quoted(if is_valid { "valid" } else { "refused" }))
        }
    };
    Found { is_met, value, message: Some(number) }
}

fn latest_verdict(session: &Session) -> Option<(&Arc<Verdict>, u32)> {
    let judged = sent(session).filter_map(|message| match &message.body {
        Body::ReceiptJudged { verdict, .. } => Some((verdict, message.number)),
        _ => None,
    });
    judged.last()
}

fn store_answer(session: &Session, expected: &Expected) -> Found {
    let answers = delivered(session).filter_map(|message| answer(&message.body).map(|answer| (answer, message.number)));
    let Some((answer, number)) = answers.last() else { return compared(session, false, nothing()) };
    let (is_met, value) = match expected {
        Expected::Reason(wanted) => {
            let code = answer.reason.map_or("none", |reason| reason.code());
            (code == wanted, quoted(code))
        }
        _ => (*expected == Expected::Status(answer.status), quoted(answer.status.as_str())),
    };
    Found { is_met, value, message: Some(number) }
}

fn answer(body: &Body) -> Option<&StoreAnswer> {
    match body {
        Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } => Some(answer),
        _ => None,
    }
}

fn mozpay_end(session: &Session, wanted: &str) -> Found {
    let ends = delivered(session).filter_map(|message| match &message.body {
        Body::PaySettled { failure } => Some((failure.as_ref().map_or("none", |refusal| refusal.code), message.number)),
        _ => None,
    });
    match ends.last() {
        Some((code, number)) => Found { is_met: code == wanted, value: quoted(code), message: Some(number) },
        None => compared(session, false, nothing()),
    }
}

fn happened(session: &Session, wanted: &[String]) -> Found {
    let mut met = 0;
    for word in events(session).map(event_word) {
        met += usize::from(wanted.get(met).is_some_and(|next| next == word));
    }
    let so_far = list(wanted[..met].iter().map(String::as_str));
    let value = match wanted.get(met) {
        None => so_far,
        Some(missing) => format!("{so_far} and then no {missing}"),
    };
    compared(session, met == wanted.len(), value)
}

/// Every historic code that anybody said or was told.
fn codes(session: &Session) -> BTreeSet<&str> {
    let said = events(session).filter_map(|event| match event {
        Event::Refused { refusal, .. } => Some(refusal.code),
        _ => None,
    });
    said.chain(sent(session).filter_map(|message| code(&message.body))).collect()
}

fn code(body: &Body) -> Option<&str> {
    match body {
        Body::BuyRefused { refusal, .. }
        | Body::ReceiptDenied { refusal, .. }
        | Body::AccessRefused { refusal, .. } => Some(refusal.code),
        Body::WindowEnded { failure } | Body::PaySettled { failure } => failure.as_ref().map(|refusal| refusal.code),
        Body::InstallAnswered { error } => error.as_ref().map(|refusal| refusal.code),
        Body::ReceiptJudged { verdict, .. } => verdict.code(),
        body => answer(body).and_then(|answer| answer.reason).map(|reason| reason.code()),
    }
}

fn open(session: &Session) -> Vec<ProductId> {
    session.world().app_page().shelves().filter(|shelf| shelf.is_open).map(|shelf| shelf.product.clone()).collect()
}

fn states(session: &Session) -> Vec<TransactionState> {
    session.world().marketplace().transactions().iter().map(|payment| payment.state).collect()
}

fn charged(session: &Session) -> Money {
    total(events(session).filter_map(|event| match event {
        Event::Charged { price, .. } => Some(*price),
        _ => None,
    }))
}

fn returned(session: &Session) -> Money {
    total(events(session).filter_map(|event| match event {
        Event::Returned { price, .. } => Some(*price),
        _ => None,
    }))
}

/// The catalogue knows one currency, and no run is long enough to overflow; a sum that cannot be had stays where it was.
fn total(prices: impl Iterator<Item = Money>) -> Money {
    prices.reduce(|sum, price| sum.checked_add(price).unwrap_or(sum)).unwrap_or(Money::usd(0))
}

fn sum(session: &Session, wanted: Money, found: Money) -> Found {
    compared(session, wanted == found, quoted(&found.to_string()))
}

fn counted(session: &Session, wanted: u32, found: u32) -> Found {
    compared(session, wanted == found, found.to_string())
}

fn compared(session: &Session, is_met: bool, value: String) -> Found {
    Found { is_met, value, message: last_number(session) }
}

fn nothing() -> String {
    "nothing".into()
}

fn count(session: &Session, is_counted: impl Fn(&Body) -> bool) -> u32 {
    let count = sent(session).filter(|message| is_counted(&message.body)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The number of the latest message.
pub(crate) fn last_number(session: &Session) -> Option<u32> {
    sent(session).map(|message| message.number).max()
}

fn sent(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    events(session).filter_map(|event| match event {
        Event::Sent { message } => Some(message),
        _ => None,
    })
}

fn delivered(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    events(session).filter_map(|event| match event {
        Event::Delivered { message } => Some(message),
        _ => None,
    })
}

fn events(session: &Session) -> impl Iterator<Item = &Event> {
    session.past().iter().flat_map(|step| &step.events)
}
