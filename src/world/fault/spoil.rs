//! Spoiling: what becomes of a message whose words are changed, or that is answered by somebody else.

use serde_json::{Map, Value};

use crate::protocol::signing_key::SigningKey;
use crate::world::fault::act::Substitute;
use crate::world::fault::field::put;
use crate::world::fault::retold::{corrupted, signed_again, with_certificate_claim, with_claim};
use crate::world::fault::rewrite::{CERTIFICATE, Removal, Replacement};
use crate::world::http_form::{StartLine, WireForm};
use crate::world::message::{Body, Message, Method};
use crate::world::reply::reply;

/// What becomes of a message.
#[derive(Clone, Debug)]
pub(crate) enum Spoilt {
    /// It says this instead.
    Says(Body),
    /// It never arrives, and whoever sent it is answered this.
    IsAnswered(Body),
}

/// A byte is changed. A question that cannot be read any more is answered 400; an answer is no longer what was asked for.
/// `None` for a click or a call that carries nothing.
pub(crate) fn corrupt(message: &Message, form: WireForm, byte: u32) -> Option<Spoilt> {
    let mut body = message.body.clone();
    if let Some(text) = body.carried_mut() {
        *text = corrupted(text, byte)?.into();
        return Some(Spoilt::Says(body));
    }
    if let Body::NoticeAnswered { body: text, .. } | Body::HttpAnswered { body: text, .. } = &mut body {
        *text = corrupted(text, byte)?;
        return Some(Spoilt::Says(body));
    }
    let form = form.http()?;
    match form.start {
        StartLine::Request { .. } => {
            Some(Spoilt::IsAnswered(Body::HttpAnswered { status: 400, body: "Bad Request".to_owned() }))
        }
        StartLine::Response { status, .. } => {
            let body = corrupted(&form.body.unwrap_or_default(), byte)?;
            Some(Spoilt::Says(Body::HttpAnswered { status, body }))
        }
    }
}

/// Something else is answered: instead of this answer, or to this question. `None` for what is not HTTP.
pub(crate) fn substitute(message: &Message, form: WireForm, substitute: &Substitute) -> Option<Spoilt> {
    match form.http()?.start {
        StartLine::Request { .. } => Some(Spoilt::IsAnswered(answer_to(&message.body, substitute))),
        StartLine::Response { .. } => Some(Spoilt::Says(match question_of(&message.body) {
            Some(question) => answer_to(&question, substitute),
            None => plain(substitute),
        })),
    }
}

fn answer_to(question: &Body, substitute: &Substitute) -> Body {
    let (status, body) = as_http(substitute);
    reply(question, status, &body)
}

fn plain(substitute: &Substitute) -> Body {
    let (status, body) = as_http(substitute);
    Body::HttpAnswered { status, body }
}

/// A store says its words with 200.
fn as_http(substitute: &Substitute) -> (u16, String) {
    match substitute {
        Substitute::Http { status, body } => (*status, body.clone()),
        Substitute::Store { status, reason } => {
            let mut members = Map::new();
            members.insert("status".to_owned(), status.as_str().into());
            if let Some(reason) = reason {
                members.insert("reason".to_owned(), reason.as_str().into());
            }
            (200, Value::Object(members).to_string())
        }
    }
}

/// What must have been asked for this answer, as far as another answer needs it.
fn question_of(answer: &Body) -> Option<Body> {
    if let Body::NoticeAnswered { transaction, kind, .. } = answer {
        let (token, url) = (std::sync::Arc::from(""), std::sync::Arc::from(""));
        return Some(Body::NoticeSent { transaction: transaction.clone(), kind: *kind, token, attempt: 0, url });
    }
    if let Body::StatusAnswered { transaction, .. } = answer {
        return Some(Body::StatusAsked { transaction: transaction.clone(), poll: 0 });
    }
    if let Body::VerifyAnswered { .. } = answer {
        return Some(Body::VerifyAsked { receipt: "".into(), path: None, method: Method::Post });
    }
    if let Body::ReissueAnswered { .. } = answer {
        return Some(Body::ReissueAsked { receipt: "".into() });
    }
    matches!(answer, Body::KeysAnswered { .. }).then_some(Body::KeysAsked)
}

/// One field says something else. `None` where the message has no such field, cannot hold the value, or carries no token that
/// its party could sign again. `key` is that party's.
pub(crate) fn replace(message: &Message, replacement: &Replacement, key: Option<&SigningKey>) -> Option<Spoilt> {
    let Replacement { field, value, is_signed, is_beside } = replacement;
    let mut body = message.body.clone();
    if *is_beside {
        let texts = body.carried_list()?;
        texts.push(texts.last()?.clone());
    }
    rewrite(&mut body, (field, Some(value)), key.filter(|_| *is_signed), *is_signed)?;
    Some(Spoilt::Says(body))
}

/// One field is gone. `None` as for [`replace`].
pub(crate) fn remove(message: &Message, removal: &Removal, key: Option<&SigningKey>) -> Option<Spoilt> {
    let Removal { field, is_signed } = removal;
    let mut body = message.body.clone();
    rewrite(&mut body, (field, None), key.filter(|_| *is_signed), *is_signed)?;
    Some(Spoilt::Says(body))
}

fn rewrite(
    body: &mut Body,
    (field, value): (&str, Option<&Value>),
    key: Option<&SigningKey>,
    is_signed: bool,
) -> Option<()> {
    if let Some(path) = field.strip_prefix(CERTIFICATE) {
        let key = if is_signed { Some(key?) } else { None };
        let text = body.carried_mut()?;
        *text = with_certificate_claim(text, path, value, key)?.into();
        return Some(());
    }
    if !field.starts_with("claims.") && !field.starts_with("header.") {
        return if is_signed { None } else { put(body, field, value.unwrap_or(&Value::Null)) };
    }
    let text = body.carried_mut()?;
    let changed = with_claim(text, field, value)?;
    *text = if is_signed { signed_again(&changed, key?)? } else { changed }.into();
    Some(())
}
