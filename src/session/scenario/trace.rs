//! The trace as scenarios ask about it: the latest verdict, the codes that were said, the money that moved.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::protocol::id::ProductId;
use crate::protocol::money::Money;
use crate::protocol::store_answer::{Reason, StoreAnswer};
use crate::protocol::verdict::ladder::Verdict;
use crate::session::run::Session;
use crate::world::event::Event;
use crate::world::kind::Kind;
use crate::world::message::{Body, Message};
use crate::world::transaction::TransactionState;

/// Everything that happened up to the present place.
pub(crate) fn events(session: &Session) -> impl Iterator<Item = &Event> {
    session.past().iter().flat_map(|step| &step.events)
}

/// Every message that left.
pub(crate) fn sent(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    events(session).filter_map(|event| if let Event::Sent { message } = event { Some(message) } else { None })
}

/// Every message that arrived.
pub(crate) fn delivered(session: &Session) -> impl Iterator<Item = &Arc<Message>> {
    events(session).filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
}

/// The number of the latest message.
pub(crate) fn last_number(session: &Session) -> Option<u32> {
    sent(session).map(|message| message.number).max()
}

/// How many messages of one kind left.
pub(crate) fn count(session: &Session, is_counted: impl Fn(&Body) -> bool) -> u32 {
    let count = sent(session).filter(|message| is_counted(&message.body)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The latest ladder, with the number of its message.
pub(crate) fn latest_verdict(session: &Session) -> Option<(&Arc<Verdict>, u32)> {
    let judged = sent(session).filter_map(|message| {
        let Body::ReceiptJudged { verdict, .. } = &message.body else { return None };
        Some((verdict, message.number))
    });
    judged.last()
}

/// The store's latest answer to a verify or reissue call, with the number of its message.
pub(crate) fn latest_answer(session: &Session) -> Option<(&StoreAnswer, u32)> {
    delivered(session).filter_map(|message| Some((answer(&message.body)?, message.number))).last()
}

/// How the latest `mozPay` call ended, with the number of its message: a code, or `none` for success.
pub(crate) fn latest_mozpay_end(session: &Session) -> Option<(&'static str, u32)> {
    let ends = delivered(session).filter_map(|message| {
        let Body::PaySettled { failure } = &message.body else { return None };
        Some((failure.as_ref().map_or("none", |refusal| refusal.code), message.number))
    });
    ends.last()
}

/// Every historic code that anybody said or was told.
pub(crate) fn codes(session: &Session) -> BTreeSet<&str> {
    events(session).filter_map(code).collect()
}

fn code(event: &Event) -> Option<&str> {
    if let Event::Refused { refusal, .. } = event {
        return Some(refusal.code);
    }
    let Event::Sent { message } = event else { return None };
    // A refusal inside a message was an event too, when it was made; a verdict and an answer speak for themselves.
    if let Body::ReceiptJudged { verdict, .. } = &message.body {
        return verdict.code();
    }
    answer(&message.body)?.reason.map(Reason::code)
}

/// A refusal with the message at which it hit.
pub(crate) struct Hit {
    pub(crate) on: Kind,
    pub(crate) code: String,
    pub(crate) number: u32,
}

/// Every refusal at its message, once each: what was refused on arrival, and what arrived to tell it.
pub(crate) fn refusals(session: &Session) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut note = |message: &Message, code: String| {
        let on = message.body.kind();
        if !hits.iter().any(|hit| hit.on == on && hit.code == code) {
            hits.push(Hit { on, code, number: message.number });
        }
    };
    for step in session.past() {
        let mut heard: Option<&Message> = None;
        for event in &step.events {
            if let Event::Delivered { message } = event {
                for code in told(&message.body) {
                    note(message, code);
                }
                heard = Some(message);
            } else if let (Event::Refused { refusal, .. }, Some(message)) = (event, heard) {
                note(message, refusal.code.to_owned());
            }
        }
    }
    hits
}

/// The codes that a message carries, and its HTTP status where that is a failure.
fn told(body: &Body) -> Vec<String> {
    if let Body::PaySettled { failure: refusal }
    | Body::WindowEnded { failure: refusal }
    | Body::InstallAnswered { error: refusal } = body
    {
        return refusal.iter().map(|refusal| refusal.code.to_owned()).collect();
    }
    if let Body::BuyRefused { status, refusal }
    | Body::ReceiptDenied { status, refusal, .. }
    | Body::StoreRefused { status, refusal } = body
    {
        return vec![refusal.code.to_owned(), status.to_string()];
    }
    if let Body::AccessRefused { refusal, .. } = body {
        return vec![refusal.code.to_owned()];
    }
    if let Body::ReceiptJudged { verdict, .. } = body {
        return verdict.code().map(str::to_owned).into_iter().collect();
    }
    let reason = answer(body).and_then(|answer| answer.reason).map(|reason| reason.code().to_owned());
    let status = if let Body::NoticeAnswered { status, .. }
    | Body::HttpAnswered { status, .. }
    | Body::ReissueAnswered { status, .. } = body
    {
        Some(*status).filter(|status| *status >= 400)
    } else {
        None
    };
    reason.into_iter().chain(status.map(|status| status.to_string())).collect()
}

fn answer(body: &Body) -> Option<&StoreAnswer> {
    if let Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } = body { Some(answer) } else { None }
}

/// The products that are open.
pub(crate) fn open(session: &Session) -> Vec<ProductId> {
    session.world().app_page().shelves().filter(|shelf| shelf.is_open).map(|shelf| shelf.product.clone()).collect()
}

/// Where each payment stands, oldest first.
pub(crate) fn states(session: &Session) -> Vec<TransactionState> {
    session.world().marketplace().transactions().iter().map(|payment| payment.state).collect()
}

/// What the buyer was charged.
pub(crate) fn charged(session: &Session) -> Money {
    total(
        events(session).filter_map(|event| if let Event::Charged { price, .. } = event { Some(*price) } else { None }),
    )
}

/// What the buyer got back.
pub(crate) fn returned(session: &Session) -> Money {
    total(
        events(session).filter_map(|event| if let Event::Returned { price, .. } = event { Some(*price) } else { None }),
    )
}

/// The catalogue knows one currency, and no run is long enough to overflow; a sum that cannot be had stays where it was.
fn total(prices: impl Iterator<Item = Money>) -> Money {
    prices.reduce(|sum, price| sum.checked_add(price).unwrap_or(sum)).unwrap_or(Money::usd(0))
}
