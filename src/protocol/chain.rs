//! Certificates: how a root key vouches for the key that signed a receipt, `cert~receipt`.
//!
//! Two readings: the four rules as they were designed, and what the store's verifier did in its own order.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::protocol::jwk::Jwk;
use crate::protocol::jwt::{self, HeaderExtras, Jwt, JwtError, MAX_TOKEN_BYTES, Position, SignError};
use crate::protocol::numeric_date::NumericDate;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::time::{Span, Time};
use crate::protocol::verifying_key::VerifyingKey;

/// How many certificates may stand before a receipt.
pub const MAX_CERTIFICATES: usize = 8;
/// The `typ` of a certificate's claims.
pub const CERTIFIED_KEY: &str = "certified-key";

/// Zero or more certificates and the receipt behind them, split but not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    text: String,
    certificates: Vec<Jwt>,
    receipt: Jwt,
}

/// Which token of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A certificate, counted from 1, the root's first.
    Certificate(usize),
    /// The receipt at the end.
    Receipt,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(number) => write!(f, "certificate {number}"),
            Self::Receipt => f.write_str("receipt"),
        }
    }
}

/// Why a text is not a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Longer than the limit.
    #[error("the receipt with its certificates is longer than the {limit} bytes allowed here: {bytes} bytes")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More certificates than anyone ever issued.
    #[error("at most {MAX_CERTIFICATES} certificates may stand before a receipt: {found} found")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// One of the tokens is malformed.
    #[error("{entry}: {error}")]
    Token {
        /// Which one.
        entry: Entry,
        /// Where it begins in the whole text.
        start: usize,
        /// What is wrong with it.
        error: JwtError,
    },
}

impl ChainError {
    /// Where it is: a byte of the whole text, or a place inside the JSON of the entry's part.
    #[must_use]
    pub fn position(&self) -> Position {
        match self {
            Self::TooLong { limit, .. } => Position::Token { offset: *limit },
            Self::TooMany { .. } => Position::Token { offset: 0 },
            Self::Token { start, error, .. } => match error.position() {
                Position::Token { offset } => Position::Token { offset: start + offset },
                inside @ Position::Json { .. } => inside,
            },
        }
    }
}

impl Chain {
    /// Splits a receipt from the certificates before it. At most [`MAX_TOKEN_BYTES`] in all.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn split(text: &str) -> Result<Self, ChainError> {
        Self::split_within(text, MAX_TOKEN_BYTES)
    }

    /// As [`Chain::split`], with a limit of one's own.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn split_within(text: &str, limit: usize) -> Result<Self, ChainError> {
        if text.len() > limit {
            return Err(ChainError::TooLong { bytes: text.len(), limit });
        }
        let (before, receipt) = text.rsplit_once('~').map_or((None, text), |(before, last)| (Some(before), last));
        let found = before.map_or(0, |before| before.split('~').count());
        if found > MAX_CERTIFICATES {
            return Err(ChainError::TooMany { found });
        }
        let read = |token: &str, entry, start| {
            Jwt::parse_within(token, limit).map_err(|error| ChainError::Token { entry, start, error })
        };
        let mut start = 0;
        let mut certificates = Vec::with_capacity(found);
        for (index, token) in before.into_iter().flat_map(|before| before.split('~')).enumerate() {
            certificates.push(read(token, Entry::Certificate(index + 1), start)?);
            start += token.len() + 1;
        }
        let receipt = read(receipt, Entry::Receipt, start)?;
        Ok(Self { text: text.to_owned(), certificates, receipt })
    }

    /// The whole text as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The certificates, the root's first; none for a bare receipt.
    #[must_use]
    pub fn certificates(&self) -> &[Jwt] {
        &self.certificates
    }

    /// The receipt's token.
    #[must_use]
    pub fn receipt(&self) -> &Jwt {
        &self.receipt
    }
}

/// Puts certificates before a receipt.
#[must_use]
pub fn join(certificates: &[String], receipt: &str) -> String {
    certificates.iter().map(String::as_str).chain([receipt]).collect::<Vec<_>>().join("~")
}

/// The claims of a certificate: a key inside a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificate {
    /// The address of the document that holds the key which signed this.
    pub iss: String,
    /// The highest price, in whole units of the receipt's currency, that the key may sign for.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub price_limit: Option<u64>,
    /// The certified key; usually one. Its own `exp` is an RSA exponent, not a time.
    pub jwk: Vec<Jwk>,
    /// When the certificate expires.
    pub exp: NumericDate,
    /// When it was issued.
    pub iat: NumericDate,
    /// [`CERTIFIED_KEY`].
    pub typ: String,
    /// From when on it is valid.
    pub nbf: NumericDate,
}

/// A limit that may be absent but, when there, is a number and not `null`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(deserializer).map(Some)
}

/// What a root key promises about the key that it certifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The address of the root key document.
    pub issuer: &'a str,
    /// The highest price in whole units, if limited.
    pub price_limit: Option<u64>,
    /// When it is issued and begins to be valid.
    pub from: Time,
    /// How long it is valid.
    pub life: Span,
}

impl Certificate {
    /// The certificate's life as it usually was: two weeks.
    pub const LIFE: Span = Span::from_days(14);

    /// The claims for `subject` under these terms; `None` for an HMAC secret, which cannot be shown to anyone.
    #[must_use]
    pub fn new(subject: &VerifyingKey, terms: Terms<'_>) -> Option<Self> {
        let from = NumericDate::at(terms.from);
        Some(Self {
            iss: terms.issuer.to_owned(),
            price_limit: terms.price_limit,
            jwk: vec![Jwk::certified(subject)?],
            exp: NumericDate::at(terms.from + terms.life),
            iat: from,
            typ: CERTIFIED_KEY.to_owned(),
            nbf: from,
        })
    }

    /// Signs the claims with the root's key, naming the root's document as the certifiers of 2013 did.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, root: &SigningKey) -> Result<String, SignError> {
        jwt::sign(self, root, HeaderExtras { jku: Some(&self.iss), ..HeaderExtras::default() })
    }
}
