//! The library: what a receipt verifier makes of a receipt that calls `jsonwebtoken` with ordinary settings, and looks no further.
//!
//! The crate is really called. Its own clock is left out, since it cannot be told what time it is; the rule that it documents is
//! applied to the virtual clock instead.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::protocol::id::{Kid, Origin};
use crate::protocol::ring::KeyRing;
use crate::protocol::time::Time;
use crate::protocol::verdict::check::Check;
use crate::protocol::verifying_key::{PublicNumbers, VerifyingKey};

/// What the crate gives away by default, in seconds.
const LEEWAY_S: u64 = 60;

/// Why the call said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The check that its error belongs to.
    pub check: Check,
    why: String,
}

impl Refused {
    fn new(check: Check, why: impl Into<String>) -> Self {
        Self { check, why: why.into() }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// The rule that the library holds this check to; `None` where it never looks.
#[must_use]
pub fn rule(check: Check) -> Option<&'static str> {
    match check {
        Check::Shape => Some("Three parts that decode; unknown crit, zip and any size are let through"),
        Check::Algorithm => Some("The header's algorithm must be the one that was expected"),
        Check::Issuer => {
            Some("iss, where it is a text, must be the store; absent or of another type it is let through")
        }
        Check::Signature => Some("The signature must be the key's, small-order keys included"),
        Check::Times => Some("exp must be there and not 60 s past, nbf not 60 s ahead; iat is never read"),
        Check::Type | Check::Product | Check::User | Check::Store => None,
    }
}

/// Verifies a receipt as most people do: the key that the header names, the store as the issuer, everything else as it comes.
///
/// # Errors
/// [`Refused`] with the check that the crate's error belongs to, and the error in plain words.
pub fn call(receipt: &str, keys: &KeyRing, issuer: &Origin, now: Time) -> Result<(), Refused> {
    if receipt.contains('~') {
        return Err(Refused::new(Check::Shape, "It reads one token and knows no certificates"));
    }
    let header = decode_header(receipt).map_err(|error| shape(&error.to_string()))?;
    let kid = header.kid.map(Kid::from);
    let key =
        keys.lookup(issuer, kid.as_ref(), None).map_err(|error| Refused::new(Check::Issuer, error.to_string()))?;
    verify(receipt, key, issuer.as_str(), now)
}

/// The call itself, with the key at hand.
///
/// # Errors
/// [`Refused`] as for [`call`].
pub fn verify(receipt: &str, key: &VerifyingKey, issuer: &str, now: Time) -> Result<(), Refused> {
    let (algorithm, decoding) = decoding(key).ok_or_else(|| Refused::new(Check::Algorithm, "It takes no such key"))?;
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[issuer]);
    // Its clock is the machine's; the rule follows below, on the clock of the run.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    let token = decode::<Value>(receipt, &decoding, &validation).map_err(|error| refused(error.kind()))?;
    in_time(&token.claims, now)
}

/// The documented rule: `exp` is refused when it lies more than the leeway before now, `nbf` when as much after it.
fn in_time(claims: &Value, now: Time) -> Result<(), Refused> {
    let now_s = u64::try_from(now.seconds()).unwrap_or_default();
    let date = |name: &str| claims.get(name).and_then(numeric_date);
    if date("exp").is_some_and(|exp| exp < now_s.saturating_sub(LEEWAY_S)) {
        return Err(Refused::new(Check::Times, "Expired more than a minute ago"));
    }
    if date("nbf").is_some_and(|nbf| nbf > now_s + LEEWAY_S) {
        return Err(Refused::new(Check::Times, "Not valid for more than a minute yet"));
    }
    Ok(())
}

/// A date as the crate reads it: whole seconds, or a fraction rounded to them.
fn numeric_date(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|date| *date >= 0.0 && *date < 1.8e19).map(rounded))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was looked at before")]
fn rounded(date: f64) -> u64 {
    date.round() as u64
}

fn decoding(key: &VerifyingKey) -> Option<(Algorithm, DecodingKey)> {
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let algorithm = key.algorithm().name();
    match key.numbers()? {
        PublicNumbers::Ed25519(x) => Some((Algorithm::EdDSA, DecodingKey::from_ed_components(&text(x)).ok()?)),
        PublicNumbers::P256(x, y) => {
            Some((Algorithm::ES256, DecodingKey::from_ec_components(&text(x), &text(y)).ok()?))
        }
        PublicNumbers::Rsa(n, e) => {
            let key = DecodingKey::from_rsa_components(&text(n), &text(e)).ok()?;
            Some((algorithm.parse().ok()?, key))
        }
    }
}

/// The crate's list of errors is open; whatever is none of these is a token that it cannot read.
fn refused(kind: &ErrorKind) -> Refused {
    if let ErrorKind::MissingRequiredClaim(claim) = kind {
        return Refused::new(Check::Times, format!("{claim} is missing or no number"));
    }
    if matches!(kind, ErrorKind::InvalidSignature) {
        return Refused::new(Check::Signature, "The signature is not the key's");
    }
    if matches!(kind, ErrorKind::InvalidIssuer) {
        return Refused::new(Check::Issuer, "iss is another issuer");
    }
    if matches!(kind, ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName) {
        return Refused::new(Check::Algorithm, "alg is not the algorithm that was expected");
    }
    shape(&format!("{kind:?}"))
}

fn shape(error: &str) -> Refused {
    Refused::new(Check::Shape, format!("It cannot read the token, {error}"))
}
