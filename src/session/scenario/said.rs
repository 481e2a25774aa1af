//! What was said: one field of a message, or one claim of the token that it carries.

use serde_json::Value;

use crate::protocol::jwt::Jwt;
use crate::world::message::Body;

/// What the field says; `None` where there is none. Of a chain the receipt is meant, or its first certificate, of a list the last token.
pub(crate) fn field_of(body: &Body, field: &str) -> Option<Value> {
    let (whole, path) = match field.split_once('.') {
        Some(("claims", path)) => (claims(body.carried()?.1.rsplit('~').next()?)?, path),
        Some(("certificate", path)) => (claims(body.carried()?.1.split_once('~')?.0)?, path),
        Some(_) | None => (serde_json::to_value(body).ok()?, field),
    };
    path.split('.').try_fold(whole, |value, name| value.get(name).cloned())
}

/// The claims of one token, unverified.
pub(crate) fn claims(token: &str) -> Option<Value> {
    Jwt::parse(token).ok()?.unverified_claims().ok()
}
