//! Answers: the one place where what the run says becomes an HTTP status, headers and a body.

use std::borrow::Cow;

use axum::body::Body as HttpBody;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::io::http::route::{Asked, Misheard, Words};
use crate::io::inbox::{Reply, Silence};
use crate::io::saved::NotSaved;
use crate::protocol::id::TransactionId;
use crate::protocol::payflow::Terms;
use crate::world::http_form::{HttpForm, StartLine};
use crate::world::message::Body;
use crate::world::refusal::Refusal;

const JSON: &str = "application/json";

/// Ends the connection without an answer: marked on a response that is never written.
#[derive(Clone, Copy, Debug)]
pub struct HangUp;

/// What answers `asked`, phrased as `words` wants it. What no words phrase in their own way goes out as the arrow shows it.
#[must_use]
pub fn of(words: Words, asked: &Asked, reply: Reply) -> Response<HttpBody> {
    match (words, &reply.message.body) {
        (Words::Store, Body::BuyAnswered { transaction, request }) => {
            let status_url = format!("{}/webpay/status/{transaction}/", version_of(asked.path()));
            as_json(201, &json!({ "webpayJWT": **request, "contribStatusURL": status_url }))
        }
        // The shipped call knew one status for whatever cannot be bought.
        (Words::Store, Body::BuyRefused { refusal, .. }) => refused(400, refusal),
        (Words::Store, Body::StatusAnswered { receipt, .. }) => {
            let status = if receipt.is_some() { "complete" } else { "incomplete" };
            as_json(200, &json!({ "status": status, "receipt": receipt.as_deref() }))
        }
        (Words::Flow, Body::PriceShown { transaction, terms, .. }) => flow_begun(Some((transaction, terms))),
        (Words::Flow, Body::WindowEnded { failure: None }) => flow_begun(None),
        (Words::Flow, Body::WindowEnded { failure: Some(refusal) }) => refused(flow_status(refusal.code), refusal),
        (Words::RootKey, Body::KeysAnswered { keys }) if !keys.contains("\"jwk\"") => {
            let sentence = "This store certifies no keys; its receipt keys are at /.well-known/jwks.json";
            misheard(&Misheard::missing("NO_ROOT_KEY", sentence))
        }
        _ => reply.form.map_or_else(nothing, plain),
    }
}

/// The flow's own answer to a pay request that it has taken: the shipped one, with the payment's id beside the client's. Where nothing
/// has begun it was paid before, and nothing is left to pay.
fn flow_begun(begun: Option<(&TransactionId, &Terms)>) -> Response<HttpBody> {
    let transaction = begun.map(|(transaction, _)| transaction);
    let client_id = transaction.map(|id| format!("client-trans:{id}"));
    as_json(
        200,
        &json!({
            "status": "ok",
            "simulation": begun.and_then(|(_, terms)| terms.simulation.as_ref()),
            "client_trans_id": client_id,
            "transactionID": transaction,
            "payment_required": begun.is_some_and(|(_, terms)| terms.is_payment_required),
        }),
    )
}

/// The flow answered 400 to every refusal but two.
#[must_use]
pub fn flow_status(code: &str) -> u16 {
    match code {
        "PAY_DISABLED" => 503,
        "HTTP_500" => 500,
        _ => 400,
    }
}

/// A refusal of the run: the sentence first, then the historic code.
#[must_use]
pub fn refused(status: u16, refusal: &Refusal) -> Response<HttpBody> {
    error(status, refusal.sentence, refusal.code)
}

/// A request that could not be understood.
#[must_use]
pub fn misheard(misheard: &Misheard) -> Response<HttpBody> {
    error(misheard.status.as_u16(), &misheard.sentence, misheard.code)
}

/// An input that the run let lie.
#[must_use]
pub fn ignored(why: &str) -> Response<HttpBody> {
    error(409, why, "NOT_NOW")
}

/// What was said would be lost in a crash, so it is not said.
#[must_use]
pub fn not_saved(why: &NotSaved) -> Response<HttpBody> {
    error(503, &format!("The run could not be written to its store, so there is no answer: {why}"), "NOT_SAVED")
}

/// Nothing came back.
#[must_use]
pub fn silent(silence: Silence) -> Response<HttpBody> {
    match silence {
        Silence::Lost => {
            let mut response = Response::new(HttpBody::empty());
            response.extensions_mut().insert(HangUp);
            response
        }
        // RFC 9110, 15.6.5: whoever had to be asked did not answer.
        Silence::Stranded => error(504, &silence.to_string(), "NEVER_ANSWERED"),
        Silence::Ended => error(503, &silence.to_string(), "RUN_ENDED"),
    }
}

/// Taken, and nothing to say about it.
#[must_use]
pub fn nothing() -> Response<HttpBody> {
    let mut response = Response::new(HttpBody::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Any JSON with this status.
#[must_use]
pub fn as_json(status: u16, value: &Value) -> Response<HttpBody> {
    with_body(status, JSON, value.to_string())
}

/// A text of this kind with this status.
#[must_use]
pub fn with_body(status: u16, kind: &'static str, body: String) -> Response<HttpBody> {
    let mut response = Response::new(HttpBody::from(body));
    *response.status_mut() = status_code(status);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The arrow as it is drawn. A request is no answer: nothing is said then.
fn plain(form: HttpForm) -> Response<HttpBody> {
    let StartLine::Response { status, .. } = form.start else { return nothing() };
    let mut response = Response::new(form.body.map_or_else(HttpBody::empty, HttpBody::from));
    *response.status_mut() = status_code(status);
    // Its own, and those that every answer wears.
    response.headers_mut().reserve(form.headers.len() + 4);
    for (name, value) in form.headers {
        // The length is the connection's business, as it knows how the body is framed.
        if name.eq_ignore_ascii_case("content-length") {
            continue;
        }
        let value = match value {
            // What is the same in every answer needs no copy.
            Cow::Borrowed(fixed) if fixed.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') => {
                Ok(HeaderValue::from_static(fixed))
            }
            Cow::Borrowed(text) => HeaderValue::from_str(text),
            Cow::Owned(text) => HeaderValue::try_from(text),
        };
        if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn error(status: u16, sentence: &str, code: &str) -> Response<HttpBody> {
    as_json(status, &json!({ "error": sentence, "error_code": code }))
}

/// A status that a fault made up may be none at all.
fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// `/api/v1` of `/api/v1/webpay/…`.
fn version_of(path: &str) -> &str {
    if path.starts_with("/api/v2/") { "/api/v2" } else { "/api/v1" }
}
