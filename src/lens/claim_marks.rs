//! Claim marks: what can be said about one claim at a glance, and how people would write its value.
//!
//! A mark is not a verdict: nothing here has looked at a signature.

use serde::Serialize;
use serde_json::Value;

use crate::lens::token_kind::TokenKind;
use crate::protocol::algorithm::Algorithm;
use crate::protocol::id::Origin;
use crate::protocol::identity::{DIRECTED_IDENTIFIER, EMAIL, looks_like_identifier};
use crate::protocol::receipt::ReceiptType;
use crate::protocol::rules::Rules;
use crate::protocol::store_data::StoreData;
use crate::protocol::time::{Span, Time};

/// How a claim looks at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// Worth a second look.
    Warn,
    /// Some reader must refuse it.
    Bad,
}

/// Who reads: what is known about the reader makes more marks possible.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a> {
    /// The reader's clock.
    pub now: Option<Time>,
    /// The app that would be opened.
    pub app: Option<&'a Origin>,
    /// The rules of the run.
    pub rules: Option<&'a Rules>,
}

/// The largest number that every reader of JSON keeps exact.
const LAST_EXACT: i64 = (1 << 53) - 1;

/// The mark of a claim in the payload, and the issuer that it stands beside.
#[must_use]
pub fn claim_mark(kind: TokenKind, path: &str, value: &Value, issuer: Option<&str>, reader: Reader<'_>) -> Mark {
    match (kind, path) {
        (TokenKind::KeyDocument, _) => key_mark(path),
        (TokenKind::Certificate, _) if path.starts_with("jwk.") => key_mark(path),
        (_, "nbf" | "iat" | "exp") => time_mark(path, value, reader),
        (TokenKind::Receipt, _) => receipt_mark(path, value, issuer, reader),
        (_, "request.pricePoint") => price_point_mark(value),
        (_, "request.postbackURL" | "request.chargebackURL") => url_mark(value),
        (_, "request.simulate.result" | "request.simulate.reason") => Mark::Warn,
        (
            _,
            "iss" | "aud" | "typ" | "request.name" | "request.id" | "request.description" | "response.transactionID",
        ) => text_mark(value),
        (TokenKind::Unknown | TokenKind::Unreadable, _) => Mark::Info,
        _ => Mark::Ok,
    }
}

fn receipt_mark(path: &str, value: &Value, issuer: Option<&str>, reader: Reader<'_>) -> Mark {
    let text = value.as_str();
    match path {
        "typ" => match text.map(ReceiptType::named) {
            Some(ReceiptType::Test) => Mark::Warn,
            Some(typ) if reader.rules.map_or(typ.is_known(), |rules| rules.is_receipt_type(&typ)) => Mark::Ok,
            Some(_) | None => Mark::Bad,
        },
        "product" => Mark::Warn,
        "product.url" => match (text, reader.app) {
            (Some(url), Some(app)) if url != app.as_str() => Mark::Bad,
            (Some(url), _) if Origin::parse(url).is_ok() => Mark::Ok,
            _ => Mark::Bad,
        },
        "user.type" => match text {
            Some(DIRECTED_IDENTIFIER) => Mark::Ok,
            Some(EMAIL) if reader.rules.is_some_and(|rules| rules.receipt.is_user_recognisable) => Mark::Info,
            Some(EMAIL) => Mark::Warn,
            Some(_) | None => Mark::Bad,
        },
        "user.value" => match text {
            Some(value) if looks_like_identifier(value).is_some() => Mark::Warn,
            Some(_) => Mark::Ok,
            None => Mark::Bad,
        },
        "iss" if text.is_some_and(|iss| Origin::parse(iss).is_ok()) => Mark::Ok,
        "product.storedata" | "detail" | "reissue" => text_mark(value),
        "verify" if is_at_issuer(text, issuer) => Mark::Info,
        "iss" | "verify" => Mark::Bad,
        _ => Mark::Info,
    }
}

fn is_at_issuer(url: Option<&str>, issuer: Option<&str>) -> bool {
    let origin = |text: &str| {
        let start = text.find("://").map_or(0, |at| at + 3);
        let end = text.get(start..)?.find(['/', '?', '#']).map_or(text.len(), |at| start + at);
        Origin::parse(text.get(..end)?).ok()
    };
    match (url.and_then(origin), issuer.and_then(origin)) {
        (Some(own), Some(issuer)) => own.is_same_or_subdomain_of(&issuer),
        _ => false,
    }
}

fn time_mark(path: &str, value: &Value, reader: Reader<'_>) -> Mark {
    let Some(time) = moment(value) else { return Mark::Bad };
    match (path, reader.now) {
        ("exp", Some(now)) if now >= time => Mark::Bad,
        ("exp", _) => Mark::Info,
        (_, Some(now)) if time > now => Mark::Bad,
        _ => Mark::Ok,
    }
}

fn moment(value: &Value) -> Option<Time> {
    value.as_i64().filter(|seconds| (0..=LAST_EXACT).contains(seconds)).map(Time::from_seconds)
}

fn text_mark(value: &Value) -> Mark {
    if value.as_str().is_some_and(|text| !text.is_empty()) { Mark::Ok } else { Mark::Bad }
}

/// `"0"` is a free product; a number 0 counts as no price at all.
fn price_point_mark(value: &Value) -> Mark {
    match value {
        Value::String(tier) if tier == "0" => Mark::Info,
        Value::String(tier) if !tier.is_empty() => Mark::Ok,
        Value::Number(tier) if tier.as_u64().is_some_and(|tier| tier > 0) => Mark::Ok,
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Mark::Bad
        }
    }
}

fn url_mark(value: &Value) -> Mark {
    match value.as_str() {
        Some(url) if url.starts_with("https://") => Mark::Ok,
        Some(url) if url.starts_with("http://") => Mark::Info,
        Some(_) | None => Mark::Bad,
    }
}

fn key_mark(path: &str) -> Mark {
    match path.rsplit('.').next() {
        Some("d" | "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k") => Mark::Bad,
        _ => Mark::Ok,
    }
}

/// The mark of a header member.
#[must_use]
pub fn header_mark(kind: TokenKind, path: &str, value: &Value) -> Mark {
    match path.split('.').next().unwrap_or_default() {
        "alg" => match value.as_str().and_then(Algorithm::parse) {
            Some(Algorithm::Hs256) if matches!(kind, TokenKind::Receipt | TokenKind::Certificate) => Mark::Bad,
            Some(_) => Mark::Ok,
            None => Mark::Bad,
        },
        "typ" | "kid" => text_mark(value),
        "jwk" | "x5c" => Mark::Warn,
        "crit" | "zip" | "b64" => Mark::Bad,
        // jku and x5u stand in genuine receipts of 2013.
        _ => Mark::Info,
    }
}

/// The value as people would write it, where that differs.
#[must_use]
pub fn human(kind: TokenKind, path: &str, value: &Value, reader: Reader<'_>) -> Option<String> {
    match path {
        "nbf" | "iat" | "exp" if kind != TokenKind::KeyDocument => {
            let time = moment(value)?;
            let relative = reader.now.map(|now| format!(", {}", distance(time - now))).unwrap_or_default();
            Some(format!("{}{relative}", time.human()))
        }
        "product.storedata" => {
            let data = StoreData::parse(value.as_str()?);
            let pairs: Vec<_> = data.pairs().map(|(name, value)| format!("{name} {value}")).collect();
            Some(pairs.join(", ")).filter(|text| !text.is_empty())
        }
        "price_limit" => value.as_u64().map(|units| format!("up to {units} in whole units")),
        "request.pricePoint" => match value.as_str() {
            Some("0") => Some("free".to_owned()),
            Some(tier) => Some(format!("tier {tier}")),
            None => None,
        },
        _ => None,
    }
}

/// `in 182 days`, `3 s ago`, `now`; the largest unit alone.
fn distance(span: Span) -> String {
    let seconds = span.millis().saturating_abs() / 1_000;
    let coarse = match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    };
    match span.millis().signum() {
        0 => "now".to_owned(),
        1 => format!("in {coarse}"),
        _ => format!("{coarse} ago"),
    }
}
