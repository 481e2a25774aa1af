//! Key check: whether a seller's key and secret are set up rightly, found out before anybody wants to buy.

use serde_json::Value;

use crate::protocol::code::Refusal;
use crate::protocol::draft_request::DraftRequest;
use crate::protocol::jwt::Jwt;
use crate::protocol::payflow::{PayDesk, check_claims};
use crate::protocol::request::SIGNATURE_CHECK_TYPE;
use crate::protocol::time::Time;

codes! {
    /// What a developer learns who has a key checked (`sig_check`).
    pub KeyCheckError {
        InvalidJwtOrUnknownIssuer = "INVALID_JWT_OR_UNKNOWN_ISSUER", "The token is invalid, or nobody is registered for its issuer", "Sign with the secret of the key in iss";
        IncorrectJwtTyp = "INCORRECT_JWT_TYP", "The token is not meant for checking a key", "Set typ to mozilla/payments/sigcheck/v1";
    }
}

/// Checks a token that asks for nothing, of typ [`SIGNATURE_CHECK_TYPE`]: its issuer, its signature, its times and its audience,
/// as the desk checks them in pay requests. What it says in `request` is not looked at.
///
/// # Errors
/// [`KeyCheckError`], with what gave offence: the shipped service told all but the type with one code.
pub fn check(token: &str, desk: &PayDesk, now: Time) -> Result<(), Refusal<KeyCheckError>> {
    let invalid =
        |found: &dyn ToString| Refusal::because_of(KeyCheckError::InvalidJwtOrUnknownIssuer, found.to_string());
    let jwt = Jwt::parse(token).map_err(|error| invalid(&error))?;
    let draft = DraftRequest::read(&jwt);
    let issuer = draft.iss.as_ref().and_then(Value::as_str).unwrap_or_default();
    let seller = desk.sellers.get(issuer).filter(|seller| seller.is_active);
    let seller = seller.ok_or_else(|| invalid(&format_args!("iss {issuer:?}")))?;
    jwt.verify(&seller.key).map_err(|error| invalid(&error))?;
    check_claims(&draft, desk, now).map_err(|error| invalid(&error.sentence()))?;
    match draft.typ.as_ref().and_then(Value::as_str) {
        Some(SIGNATURE_CHECK_TYPE) => Ok(()),
        typ => Err(Refusal::because_of(KeyCheckError::IncorrectJwtTyp, typ.unwrap_or("no typ"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::jwt::{HeaderExtras, sign};
    use crate::protocol::rules::{Revision, Rules};
    use crate::protocol::signing_key::SigningKey;

    const NOW: i64 = 1_400_000_000;

    /// What the desk says of a token with these claims changed, signed with this secret.
    fn checked(name: &str, value: Value, secret: &str) -> Result<(), KeyCheckError> {
        let mut claims = json!({
            "iss": "pony-key", "aud": "market.example", "typ": SIGNATURE_CHECK_TYPE, "iat": NOW, "exp": NOW + 60, "request": {},
        });
        claims[name] = value;
        let key = |secret: &str| SigningKey::hs256("pony-key", secret.as_bytes()).unwrap();
        let token = sign(&claims, &key(secret), HeaderExtras::default()).unwrap();
        let mut desk = PayDesk::new("market.example", Rules::of(Revision::After));
        desk.admit("pony-key", key("the secret").verifying_key());
        check(&token, &desk, Time::from_seconds(NOW)).map_err(|refusal| refusal.reason())
    }

    #[test]
    fn a_key_that_is_set_up_rightly_passes_and_nothing_else_does() {
        use KeyCheckError::{IncorrectJwtTyp, InvalidJwtOrUnknownIssuer};
        assert_eq!(checked("request", json!({}), "the secret"), Ok(()));
        assert_eq!(checked("request", json!({}), "another"), Err(InvalidJwtOrUnknownIssuer));
        for (name, value, expected) in [
            ("iss", json!("unknown"), InvalidJwtOrUnknownIssuer),
            ("iss", json!(7), InvalidJwtOrUnknownIssuer),
            ("aud", json!("other.example"), InvalidJwtOrUnknownIssuer),
            ("exp", json!(NOW - 1), InvalidJwtOrUnknownIssuer),
            ("exp", json!("soon"), InvalidJwtOrUnknownIssuer),
            ("iat", json!(null), InvalidJwtOrUnknownIssuer),
            ("nbf", json!(NOW + 3600), InvalidJwtOrUnknownIssuer),
            ("typ", json!("mozilla/payments/pay/v1"), IncorrectJwtTyp),
            ("typ", json!(null), IncorrectJwtTyp),
        ] {
            assert_eq!(checked(name, value.clone(), "the secret"), Err(expected), "{name} {value}");
        }
    }

    #[test]
    fn what_is_no_token_is_invalid() {
        let desk = PayDesk::new("market.example", Rules::of(Revision::After));
        for text in ["", "a.b", "a.b.c", "~"] {
            let refusal = check(text, &desk, Time::from_seconds(NOW)).unwrap_err();
            assert_eq!(refusal.code(), "INVALID_JWT_OR_UNKNOWN_ISSUER", "{text}");
        }
    }
}
