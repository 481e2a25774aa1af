//! Key files: public keys in whatever form somebody has them, JWK, JWKS, root key document, PEM or certificate token.

use std::fmt;

use serde::Deserialize;

use crate::protocol::chain::Certificate;
use crate::protocol::json::{self, JsonError};
use crate::protocol::jwk::{Jwk, JwkSet, RootDocument};
use crate::protocol::jwt::{Jwt, JwtError, MAX_INSPECT_BYTES};
use crate::protocol::key_error::KeyError;
use crate::protocol::pem::{self, PemError};
use crate::protocol::verifying_key::VerifyingKey;

/// Reads key files of every form.
#[derive(Clone, Copy, Debug)]
pub struct KeyFile;

/// A key out of a file.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// The key; an RSA key whose file names no hash is bound to RS256 (`as_algorithm` binds it to RS512).
    pub key: VerifyingKey,
    /// Whose key it is, where the form says so: a root key's name is the address that certificates give as their `iss`.
    pub issuer: Option<String>,
    /// The form it was in.
    pub form: KeyForm,
}

/// The form of a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// One JSON key. RFC 7517, 4.
    Jwk,
    /// A JSON key set. RFC 7517, 5.
    JwkSet,
    /// `{"jwk":[…]}`: roots, which vouch for certificates.
    RootDocument,
    /// PEM.
    Pem,
    /// A certificate token: its key is taken as it is, its signature is not asked for.
    Certificate,
}

impl fmt::Display for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jwk => "JWK",
            Self::JwkSet => "JWK set",
            Self::RootDocument => "root key document",
            Self::Pem => "PEM",
            Self::Certificate => "certificate",
        })
    }
}

/// Why a key file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// None of the known forms.
    #[error(
        "no key file: expected a JWK, a JWK set, a root key document, PEM or a certificate token; it begins with {0:?}"
    )]
    Unknown(String),
    /// Longer than any key file.
    #[error("the key file is longer than {MAX_INSPECT_BYTES} bytes: {0} bytes")]
    TooLong(usize),
    /// A known form without a key in it.
    #[error("the {0} holds no key")]
    Empty(KeyForm),
    /// The JSON or a key in it is refused; the place is in the file.
    #[error("the key file: {0}")]
    Json(#[from] JsonError),
    /// The PEM is malformed.
    #[error("the key file: {0}")]
    Pem(#[from] PemError),
    /// A key in a PEM block is refused.
    #[error("{error} (the block on line {line})")]
    Key {
        /// Why.
        error: KeyError,
        /// The line on which its block begins.
        line: usize,
    },
    /// The certificate token is malformed.
    #[error("the certificate: {0}")]
    Token(#[from] JwtError),
    /// Two keys with one name, or one key twice: which of them counts would be chance.
    #[error("a key or a key's name appears twice: {0:?}")]
    Duplicate(String),
}

/// Which JSON form, told by its members.
#[derive(Deserialize)]
struct Members {
    keys: Option<serde::de::IgnoredAny>,
    jwk: Option<serde::de::IgnoredAny>,
}

impl KeyFile {
    /// Reads the public keys in `text`, at least one.
    ///
    /// # Errors
    /// [`KeyFileError`]: unknown form, broken text, a key that is refused (private, weak, short), or one key twice.
    pub fn parse(text: &str) -> Result<Vec<NamedKey>, KeyFileError> {
        if text.len() > MAX_INSPECT_BYTES {
            return Err(KeyFileError::TooLong(text.len()));
        }
        let trimmed = text.trim();
        let (keys, form) = if trimmed.starts_with('{') {
            from_json(text)?
        } else if trimmed.contains("-----BEGIN ") {
            (from_pem(text)?, KeyForm::Pem)
        } else if trimmed.starts_with("eyJ") {
            (from_certificate(trimmed)?, KeyForm::Certificate)
        } else {
            return Err(KeyFileError::Unknown(trimmed.chars().take(24).collect()));
        };
        if keys.is_empty() {
            return Err(KeyFileError::Empty(form));
        }
        refuse_twins(&keys)?;
        let issuer = |key: &VerifyingKey| {
            let name = key.kid().filter(|_| form == KeyForm::RootDocument)?;
            Some(name.as_str().to_owned())
        };
        Ok(keys.into_iter().map(|key| NamedKey { issuer: issuer(&key), key, form }).collect())
    }
}

fn from_json(text: &str) -> Result<(Vec<VerifyingKey>, KeyForm), KeyFileError> {
    let keys = |jwks: &[Jwk]| jwks.iter().map(|jwk| jwk.key().clone()).collect();
    let members: Members = json::read(text)?;
    match (members.keys, members.jwk) {
        (Some(_), _) => Ok((keys(JwkSet::parse(text)?.keys()), KeyForm::JwkSet)),
        (None, Some(_)) => Ok((keys(json::read::<RootDocument>(text)?.keys()), KeyForm::RootDocument)),
        (None, None) => Ok((vec![Jwk::parse(text)?.key().clone()], KeyForm::Jwk)),
    }
}

fn from_pem(text: &str) -> Result<Vec<VerifyingKey>, KeyFileError> {
    let key = |block: pem::Block| block.key().map_err(|error| KeyFileError::Key { error, line: block.line });
    pem::blocks(text)?.into_iter().map(key).collect()
}

fn from_certificate(text: &str) -> Result<Vec<VerifyingKey>, KeyFileError> {
    let certificate: Certificate = Jwt::parse_within(text, MAX_INSPECT_BYTES)?.unverified_claims()?;
    Ok(certificate.jwk.iter().map(|jwk| jwk.key().clone()).collect())
}

fn refuse_twins(keys: &[VerifyingKey]) -> Result<(), KeyFileError> {
    for (index, key) in keys.iter().enumerate() {
        let twin = |other: &VerifyingKey| other.is_same_key(key) || (key.kid().is_some() && other.kid() == key.kid());
        if keys.iter().take(index).any(twin) {
            let name = key.kid().map_or_else(|| key.thumbprint().unwrap_or_default(), |kid| kid.as_str().to_owned());
            return Err(KeyFileError::Duplicate(name));
        }
    }
    Ok(())
}
