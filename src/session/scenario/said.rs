//! What was said: one field of a message, or one claim of the token that it carries.

use serde_json::Value;

use crate::protocol::jwt::Jwt;
use crate::world::fault::carried::carried_mut;
use crate::world::message::Body;

/// What the field says; `None` where there is none. Of a chain the receipt is meant, of a list the last token.
pub(crate) fn field_of(body: &Body, field: &str) -> Option<Value> {
    let (whole, path) = match field.strip_prefix("claims.") {
        Some(path) => (claims(body)?, path),
        None => (serde_json::to_value(body).ok()?, field),
    };
    path.split('.').try_fold(whole, |value, name| value.get(name).cloned())
}

fn claims(body: &Body) -> Option<Value> {
    let text = carried_mut(&mut body.clone())?.clone();
    let token = text.rsplit('~').next()?;
    serde_json::from_str(Jwt::parse(token).ok()?.unverified_claims_json()).ok()
}
