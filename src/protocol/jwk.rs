//! Public keys as JSON: RFC 7517 and RFC 8037 names, and the older ones that receipts were certified with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::protocol::algorithm::Algorithm;
use crate::protocol::id::Kid;
use crate::protocol::json::{self, JsonError};
use crate::protocol::key_error::KeyError;
use crate::protocol::verifying_key::{PublicNumbers, VerifyingKey};

/// One public key, as it is written in a key set, a root key document or a certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct Jwk {
    key: VerifyingKey,
    spelling: Spelling,
}

/// Which names a key's members have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `kty n e crv x y`. RFC 7517.
    Modern,
    /// `alg: "RSA"`, `mod`, `exp`, with the sign byte that OpenSSL's numbers had.
    Historic,
}

/// A key set: `{"keys":[…]}`. RFC 7517, 5.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

/// A root key document: `{"jwk":[…]}`, unsigned, fetched from the address that is its key's `kid`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RootDocument {
    jwk: Vec<Jwk>,
}

impl Jwk {
    /// The key with today's names. `None` for an HMAC secret, which no public key file may hold.
    #[must_use]
    pub fn modern(key: &VerifyingKey) -> Option<Self> {
        key.numbers().map(|_| Self { key: key.clone(), spelling: Spelling::Modern })
    }

    /// An RSA key with the old names; `None` for any other key.
    #[must_use]
    pub fn historic(key: &VerifyingKey) -> Option<Self> {
        key.algorithm().is_rsa().then(|| Self { key: key.clone(), spelling: Spelling::Historic })
    }

    /// As certificates write it: RSA with the old names, others with today's. `None` for an HMAC secret.
    #[must_use]
    pub fn certified(key: &VerifyingKey) -> Option<Self> {
        Self::historic(key).or_else(|| Self::modern(key))
    }

    /// Reads one public key.
    ///
    /// # Errors
    /// [`JsonError`]; why a key is refused stands in its sentence.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::read(text)
    }

    /// The key, bound to the algorithm that the JSON names; an RSA key that names none is for RS256.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Which names it was or will be written with.
    #[must_use]
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// The JSON, on one line.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl JwkSet {
    /// A set of these keys, without the secrets among them: those are never published.
    #[must_use]
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a VerifyingKey>) -> Self {
        Self { keys: keys.into_iter().filter_map(Jwk::modern).collect() }
    }

    /// Reads a set.
    ///
    /// # Errors
    /// [`JsonError`]; why a key is refused stands in its sentence. Two keys of one name are refused by `KeyFile`.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::read(text)
    }

    /// The keys in their order.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The JSON, on one line.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Why a root key document was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// No JSON of that shape, or a key that is refused.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// No key in it.
    #[error("the root key document holds no key")]
    Empty,
    /// The key's name is not the document's address.
    #[error("a root key's kid is the address of its document, {url}; here it is {kid:?}")]
    KidIsNotUrl {
        /// Where the document was fetched.
        url: String,
        /// What it says.
        kid: String,
    },
}

impl RootDocument {
    /// The document for `key` at `url`, with the key's `kid` set to that address. `None` for an HMAC secret.
    #[must_use]
    pub fn new(url: &str, key: &VerifyingKey) -> Option<Self> {
        Some(Self { jwk: vec![Jwk::certified(&key.clone().with_kid(url))?] })
    }

    /// Reads a document that was fetched from `url`.
    ///
    /// # Errors
    /// [`RootError::KidIsNotUrl`] when a key's `kid` is another address; the certifier of those days refused it too.
    pub fn parse(text: &str, url: &str) -> Result<Self, RootError> {
        let document: Self = json::read(text)?;
        if document.jwk.is_empty() {
            return Err(RootError::Empty);
        }
        let kid = |jwk: &Jwk| jwk.key.kid().map_or_else(String::new, |kid| kid.as_str().to_owned());
        match document.jwk.iter().map(kid).find(|kid| kid != url) {
            Some(kid) => Err(RootError::KidIsNotUrl { url: url.to_owned(), kid }),
            None => Ok(document),
        }
    }

    /// The keys in their order; readers of those days took the first.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.jwk
    }

    /// The JSON, on one line.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The members as JSON has them, before anything is believed. RFC 7517, 4: unknown members are ignored.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    kty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(skip_serializing)]
    key_ops: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(rename = "mod", skip_serializing_if = "Option::is_none")]
    modulus: Option<String>,
    #[serde(rename = "exp", skip_serializing_if = "Option::is_none")]
    exponent: Option<String>,
    #[serde(skip_serializing)]
    d: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    p: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    q: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    dp: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    dq: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    qi: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    oth: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    k: Option<IgnoredAny>,
}

impl TryFrom<Members> for Jwk {
    type Error = KeyError;

    fn try_from(members: Members) -> Result<Self, KeyError> {
        members.check_purpose()?;
        let kid = members.kid.as_deref().map(Kid::from);
        match (members.kty.as_deref(), members.crv.as_deref(), members.alg.as_deref()) {
            (Some("OKP"), Some("Ed25519"), alg) => {
                let key = VerifyingKey::ed25519(kid, &number("x", members.x.as_deref())?)?;
                let key = key.as_algorithm(named(alg, Algorithm::EdDsa)?)?;
                Ok(Self { key, spelling: Spelling::Modern })
            }
            (Some("EC"), Some("P-256"), alg) => {
                let (x, y) = (number("x", members.x.as_deref())?, number("y", members.y.as_deref())?);
                let key = VerifyingKey::p256(kid, &x, &y)?.as_algorithm(named(alg, Algorithm::Es256)?)?;
                Ok(Self { key, spelling: Spelling::Modern })
            }
            (Some("RSA"), _, alg) if members.n.is_some() || members.modulus.is_none() => {
                let (n, e) = (number("n", members.n.as_deref())?, number("e", members.e.as_deref())?);
                let key = VerifyingKey::rsa(kid, named(alg, Algorithm::Rs256)?, &n, &e)?;
                Ok(Self { key, spelling: Spelling::Modern })
            }
            (None | Some("RSA"), None, Some("RSA")) => {
                let unpadded =
                    |text: &Option<String>| text.as_deref().map(|text| text.trim_end_matches('=').to_owned());
                let (n, e) = (unpadded(&members.modulus), unpadded(&members.exponent));
                let (n, e) = (number("mod", n.as_deref())?, number("exp", e.as_deref())?);
                let key = VerifyingKey::rsa(kid, Algorithm::Rs256, &n, &e)?;
                Ok(Self { key, spelling: Spelling::Historic })
            }
            (kty, crv, alg) => Err(malformed(format!(
                "its kind is not known here (OKP with Ed25519, EC with P-256, RSA, or the old alg RSA): kty {kty:?}, crv {crv:?}, alg {alg:?}"
            ))),
        }
    }
}

impl Members {
    /// A public key for signatures, and nothing else.
    fn check_purpose(&self) -> Result<(), KeyError> {
        if self.k.is_some() || self.kty.as_deref() == Some("oct") {
            return Err(KeyError::Private("an HMAC secret has none: it never belongs in a key file"));
        }
        let private = [&self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi, &self.oth];
        if private.iter().any(|member| member.is_some()) {
            return Err(KeyError::Private("leave out d, p, q, dp, dq, qi and oth"));
        }
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(malformed("its \"use\" is not \"sig\", so it must not check signatures".to_owned()));
        }
        if self.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return Err(malformed("its \"key_ops\" leave out \"verify\"".to_owned()));
        }
        Ok(())
    }
}

impl From<Jwk> for Members {
    fn from(jwk: Jwk) -> Self {
        let text = |bytes: &[u8]| Some(URL_SAFE_NO_PAD.encode(bytes));
        let Jwk { key, spelling } = jwk;
        let shared = Self {
            alg: Some(key.algorithm().name().to_owned()),
            usage: Some("sig".to_owned()),
            kid: key.kid().map(|kid| kid.as_str().to_owned()),
            ..Self::default()
        };
        let kty = |kty: &str| Some(kty.to_owned());
        match (key.numbers(), spelling) {
            (Some(PublicNumbers::Ed25519(x)), _) => Self { kty: kty("OKP"), crv: kty("Ed25519"), x: text(x), ..shared },
            (Some(PublicNumbers::P256(x, y)), _) => {
                Self { kty: kty("EC"), crv: kty("P-256"), x: text(x), y: text(y), ..shared }
            }
            (Some(PublicNumbers::Rsa(n, e)), Spelling::Modern) => {
                Self { kty: kty("RSA"), n: text(n), e: text(e), ..shared }
            }
            (Some(PublicNumbers::Rsa(n, e)), Spelling::Historic) => {
                // The sign byte before a number whose top bit is set: 257 bytes for 2048 bits.
                let signed = [&[0], n].concat();
                Self { alg: kty("RSA"), modulus: text(&signed), exponent: text(e), ..shared }
            }
            (None, _) => shared,
        }
    }
}

fn number(name: &'static str, text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let text = text.ok_or_else(|| malformed(format!("the member {name:?} is missing")))?;
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|error| malformed(format!("{name:?} is not base64url without padding: {error}")))
}

fn named(alg: Option<&str>, usual: Algorithm) -> Result<Algorithm, KeyError> {
    match alg {
        None => Ok(usual),
        Some(name) => Algorithm::parse(name).ok_or_else(|| {
            malformed(format!("its algorithm is not one of EdDSA, Ed25519, ES256, RS256, RS512: {name:?}"))
        }),
    }
}

fn malformed(why: String) -> KeyError {
    KeyError::Malformed { what: "the key (JWK)", why }
}
