//! Facts: what was found where a scenario expects something.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::protocol::id::ProductId;
use crate::protocol::money::Money;
use crate::protocol::store_answer::{Reason, Status};
use crate::protocol::verdict::check::Check;
use crate::session::explore::end::{End, Reckoning};
use crate::session::run::Session;
use crate::session::scenario::expected::{
    Expected, RefusedAt, Saying, VerdictWord, lamp_value, list, quoted, refusals_value, sayings_value, state_word,
};
use crate::session::scenario::happening::event_word;
use crate::session::scenario::said::{claims, field_of};
use crate::session::scenario::trace::{
    charged, codes, count, delivered, events, last_number, latest_answer, latest_mozpay_end, latest_verdict, open,
    refusals, returned, sent, states,
};
use crate::session::watch::Watch;
use crate::session::watch::law::Law;
use crate::world::event::Event;
use crate::world::message::Body;

/// What is found where nothing has happened yet.
const NOTHING: &str = "nothing";

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
        Expected::Verdict(wanted) => verdict(session, *wanted),
        Expected::Check(wanted) => failed_check(session, *wanted),
        Expected::Codes(wanted) => {
            let seen = codes(session);
            let is_met = wanted.iter().all(|code| seen.contains(code.as_str()));
            Found { is_met, value: list(seen.into_iter()), message: last_number(session) }
        }
        Expected::Refusals(wanted) => refused(session, wanted),
        Expected::Says(wanted) => says(session, wanted),
        Expected::SameClaims(wanted) => reissued(session, wanted, true),
        Expected::OtherClaims(wanted) => reissued(session, wanted, false),
        Expected::Status(wanted) => status(session, *wanted),
        Expected::Reason(wanted) => reason(session, wanted),
        Expected::Error(wanted) => mozpay_end(session, wanted),
        Expected::Messages(wanted) => counted(session, *wanted, last_number(session).unwrap_or(0)),
        Expected::Receipts(wanted) => {
            let held = session.world().device().receipts().len();
            counted(session, *wanted, u32::try_from(held).unwrap_or(u32::MAX))
        }
        Expected::Transaction(wanted) => {
            let latest = states(session).last().copied();
            compared(
                session,
                latest == Some(*wanted),
                latest.map_or(NOTHING.to_owned(), |state| quoted(state_word(state))),
            )
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
        Expected::Lamp(wanted) => lamp(session, wanted),
        Expected::End(wanted) => end(session, *wanted),
    }
}

fn verdict(session: &Session, wanted: VerdictWord) -> Found {
    let Some((verdict, number)) = latest_verdict(session) else { return missing(session) };
    let (word, text) =
        if verdict.is_accepted() { (VerdictWord::Valid, "valid") } else { (VerdictWord::Refused, "refused") };
    Found { is_met: word == wanted, value: quoted(text), message: Some(number) }
}

fn failed_check(session: &Session, wanted: Check) -> Found {
    let Some((verdict, number)) = latest_verdict(session) else { return missing(session) };
    let failed = verdict.failed().map(|rung| rung.check);
    let value = failed.map_or(NOTHING.to_owned(), |check| quoted(check.name()));
    Found { is_met: failed == Some(wanted), value, message: Some(number) }
}

/// Every refusal that is wanted has been met; the message is that of the last one that was.
fn refused(session: &Session, wanted: &[RefusedAt]) -> Found {
    let met = refusals(session);
    let find = |at: &RefusedAt| met.iter().find(|found| found.on == at.on && found.code == at.code);
    let is_met = wanted.iter().all(|at| find(at).is_some());
    let last = wanted.iter().filter_map(find).next_back();
    Found {
        is_met,
        value: refusals_value(met.iter().map(|found| (found.on, found.code.as_str()))),
        message: last.map(|found| found.number).or_else(|| last_number(session)),
    }
}

/// Everything that is wanted was said by some message; what is found is what those fields said instead.
fn says(session: &Session, wanted: &[Saying]) -> Found {
    let mut found: Vec<Saying> = Vec::new();
    let mut decisive = None;
    for message in delivered(session) {
        for Saying { on, field, .. } in wanted.iter().filter(|saying| saying.on == message.body.kind()) {
            let Some(value) = field_of(&message.body, field) else { continue };
            let saying = Saying { on: *on, field: field.clone(), value };
            if wanted.contains(&saying) {
                decisive = Some(message.number);
            }
            if !found.contains(&saying) {
                found.push(saying);
            }
        }
    }
    let is_met = wanted.iter().all(|saying| found.contains(saying));
    Found { is_met, value: sayings_value(&found), message: decisive.or_else(|| last_number(session)) }
}

/// Whether the first and the latest receipt agree in each of these claims, or differ in each. A claim that neither of them makes
/// is met by neither wish. What is found is those that are as wished.
fn reissued(session: &Session, wanted: &[String], is_alike: bool) -> Found {
    let issued = || {
        events(session).filter_map(|event| {
            let Event::ReceiptIssued { receipt, .. } = event else { return None };
            claims(receipt.rsplit('~').next()?)
        })
    };
    let (Some(first), Some(latest)) = (issued().next(), issued().skip(1).last()) else { return missing(session) };
    let said =
        |claims: &Value, path: &str| path.split('.').try_fold(claims.clone(), |value, name| value.get(name).cloned());
    let is_met_by = |path: &&String| {
        let (before, after) = (said(&first, path), said(&latest, path));
        (before.is_some() || after.is_some()) && (before == after) == is_alike
    };
    let met = wanted.iter().filter(is_met_by).map(String::as_str);
    compared(session, wanted.iter().all(|path| is_met_by(&path)), list(met))
}

fn status(session: &Session, wanted: Status) -> Found {
    let Some((answer, number)) = latest_answer(session) else { return missing(session) };
    Found { is_met: answer.status == wanted, value: quoted(answer.status.as_str()), message: Some(number) }
}

fn reason(session: &Session, wanted: &str) -> Found {
    let Some((answer, number)) = latest_answer(session) else { return missing(session) };
    let code = answer.reason.map_or("none", Reason::code);
    Found { is_met: code == wanted, value: quoted(code), message: Some(number) }
}

fn mozpay_end(session: &Session, wanted: &str) -> Found {
    let Some((code, number)) = latest_mozpay_end(session) else { return missing(session) };
    Found { is_met: code == wanted, value: quoted(code), message: Some(number) }
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

/// The lamp is looked at from the beginning of the run, and only where somebody asks for it.
fn lamp(session: &Session, wanted: &[Law]) -> Found {
    let watch = Watch::over(session.setup(), session.past());
    let broken: BTreeSet<Law> = watch.red().map(|breach| breach.law).collect();
    let is_met = broken == wanted.iter().copied().collect();
    let cause = watch.red().find_map(|breach| breach.cause);
    let message = cause.map(|cause| cause.number).or_else(|| last_number(session));
    Found { is_met, value: lamp_value(&broken.into_iter().collect::<Vec<_>>()), message }
}

/// What the run has come to is told from its beginning on, too.
fn end(session: &Session, wanted: End) -> Found {
    let end = Reckoning::of(session).end(session.world());
    compared(session, end == wanted, quoted(end.name()))
}

fn sum(session: &Session, wanted: Money, found: Money) -> Found {
    compared(session, wanted == found, quoted(&found.to_string()))
}

fn counted(session: &Session, wanted: u32, found: u32) -> Found {
    compared(session, wanted == found, found.to_string())
}

fn missing(session: &Session) -> Found {
    compared(session, false, NOTHING.to_owned())
}

fn compared(session: &Session, is_met: bool, value: String) -> Found {
    Found { is_met, value, message: last_number(session) }
}
