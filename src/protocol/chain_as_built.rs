//! Certificates as the store's verifier of 2012 to 2016 judged them: its order, and what it left out.
//!
//! Never asks for rules 3 and 4, `nbf`, `kid` or revocation, and stops at an expired receipt before any signature.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::{Chain, Entry};
use crate::protocol::id::Origin;
use crate::protocol::jwk::Jwk;
use crate::protocol::jwt::Jwt;
use crate::protocol::ring::KeyRing;
use crate::protocol::time::Time;
use crate::protocol::verifying_key::VerifyingKey;

/// What the verifier found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsBuilt {
    /// All signatures fit. Rules 3 and 4 were not asked for.
    Accepted,
    /// The receipt's `exp` is past. Nothing else was looked at: **a forged receipt gets this answer too**.
    Expired,
    /// A certificate names an issuer that is not on the list.
    IssuerNotAllowed {
        /// Its host, or the whole `iss` where it has none.
        host: String,
    },
    /// A certificate's `exp` is past.
    CertificateExpired,
    /// A signature does not fit, or no key was found for it.
    BadSignature {
        /// Which token.
        entry: Entry,
    },
    /// A claim that the verifier reads is missing or of the wrong type: an absent `exp`, say.
    Malformed {
        /// Which token.
        entry: Entry,
        /// What is wrong.
        why: String,
    },
}

impl fmt::Display for AsBuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => {
                f.write_str("All signatures fit; expiry against parents and price limits were never asked for")
            }
            Self::Expired => f.write_str("The receipt has expired; its signature was not looked at"),
            Self::IssuerNotAllowed { host } => write!(f, "Certificates of this issuer are not allowed: {host:?}"),
            Self::CertificateExpired => f.write_str("The certificate has expired"),
            Self::BadSignature { entry } => write!(f, "The signature does not fit: {entry}"),
            Self::Malformed { entry, why } => write!(f, "The {entry} cannot be read: {why}"),
        }
    }
}

/// Which claims the verifier read. The rest it never looked at.
#[derive(Deserialize)]
struct Claims {
    exp: Value,
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    jwk: Vec<Jwk>,
}

/// Judges a chain as the store did: receipt's `exp`, then for each certificate issuer and `exp`, then the signatures.
///
/// `allowed` are the hosts whose certificates are taken. Roots are the ring's anchors, the first one for an `iss`; a bare
/// receipt is checked with its issuer's keys from the ring, whatever their names.
#[must_use]
pub fn verify_as_built(chain: &Chain, ring: &KeyRing, now: Time, allowed: &[&str]) -> AsBuilt {
    judge(chain, ring, now, allowed).err().unwrap_or(AsBuilt::Accepted)
}

/// Which part of `cert~receipt` the store took for the receipt after checking the whole chain: always the second.
///
/// With two certificates that is the second certificate.
#[must_use]
pub fn part_read(chain: &Chain) -> &Jwt {
    chain.certificates().get(1).unwrap_or(chain.receipt())
}

fn judge(chain: &Chain, ring: &KeyRing, now: Time, allowed: &[&str]) -> Result<(), AsBuilt> {
    let is_past = |exp: &Value| is_past(exp, now);
    let receipt = claims(chain.receipt(), Entry::Receipt)?;
    if is_past(&receipt.exp) {
        return Err(AsBuilt::Expired);
    }
    let mut certificates = Vec::new();
    for (index, token) in chain.certificates().iter().enumerate() {
        certificates.push(claims(token, Entry::Certificate(index + 1))?);
    }
    for certificate in &certificates {
        let issuer = certificate.iss.as_deref().unwrap_or_default();
        let host = host(issuer);
        if !allowed.contains(&host) {
            return Err(AsBuilt::IssuerNotAllowed { host: host.to_owned() });
        }
        if is_past(&certificate.exp) {
            return Err(AsBuilt::CertificateExpired);
        }
    }
    let mut parent = root(ring, certificates.first());
    for (index, (certificate, token)) in certificates.iter().zip(chain.certificates()).enumerate() {
        let entry = Entry::Certificate(index + 1);
        check_signature(token, parent, entry)?;
        parent = certificate.jwk.first().map(Jwk::key);
    }
    match (certificates.is_empty(), receipt.iss.as_deref().map(Origin::parse)) {
        (false, _) => check_signature(chain.receipt(), parent, Entry::Receipt),
        (true, Some(Ok(issuer))) => ring
            .for_issuer(&issuer)
            .iter()
            .find_map(|known| check_signature(chain.receipt(), Some(&known.key), Entry::Receipt).ok())
            .ok_or(AsBuilt::BadSignature { entry: Entry::Receipt }),
        (true, _) => Err(AsBuilt::BadSignature { entry: Entry::Receipt }),
    }
}

/// The language of those days put nothing below every number, and every text, list and object above.
fn is_past(exp: &Value, now: Time) -> bool {
    match exp {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|exp| exp < now.seconds()),
        Value::String(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn claims(token: &Jwt, entry: Entry) -> Result<Claims, AsBuilt> {
    token.unverified_claims().map_err(|error| AsBuilt::Malformed { entry, why: error.to_string() })
}

/// The host of a URL, as a URL parser of those days would give it.
fn host(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

fn root<'a>(ring: &'a KeyRing, first: Option<&Claims>) -> Option<&'a VerifyingKey> {
    let issuer = first?.iss.as_deref();
    ring.anchors()
        .iter()
        .find(|anchor| anchor.issuer.is_some() && anchor.issuer.as_deref() == issuer)
        .map(|anchor| &anchor.key)
}

/// Any algorithm of the key's kind passed: RS256 and RS512 with the same RSA key.
fn check_signature(token: &Jwt, key: Option<&VerifyingKey>, entry: Entry) -> Result<(), AsBuilt> {
    let named = Algorithm::parse(&token.unverified_header().alg);
    let key = key.zip(named).and_then(|(key, named)| key.as_algorithm(named).ok());
    if key.is_some_and(|key| token.verify(&key).is_ok()) { Ok(()) } else { Err(AsBuilt::BadSignature { entry }) }
}
