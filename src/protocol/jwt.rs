//! Tokens: a JWT split strictly, looked at without trust, signed and verified. RFC 7515, RFC 7519, RFC 8725.
//!
//! The algorithm comes from the key, never from the token. No key or URL inside a token is ever used.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Range;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeError, Engine};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::header::{Header, HeaderError};
use crate::protocol::json::{self, JsonError};
use crate::protocol::key_error::KeyError;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::verifying_key::VerifyingKey;

/// The longest token that is verified or taken from the wire.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// The longest token that is looked at: what a device's receipt store once took.
pub const MAX_INSPECT_BYTES: usize = 1024 * 1024;

/// A part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Before the first dot: the JOSE header.
    Header,
    /// Between the dots: the claims.
    Claims,
    /// After the last dot.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        })
    }
}

/// Why a token was refused. Each says what, why, and the offending value last.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// Longer than the limit.
    #[error("the token is longer than the {limit} bytes allowed here: {bytes} bytes")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not three parts.
    #[error("a token is header.claims.signature, three parts with two dots: {found} found")]
    Parts {
        /// How many there are.
        found: usize,
        /// Where the first part too many begins, or where the token ends.
        offset: usize,
    },
    /// A byte that base64url does not know. RFC 7515, 2: no padding, no spaces, no line breaks.
    #[error("only A-Z a-z 0-9 - _ may stand in the {part}: {byte:?} at byte {offset}", byte = char::from(*byte))]
    Alphabet {
        /// In which part.
        part: Part,
        /// Where in the token.
        offset: usize,
        /// The byte.
        byte: u8,
    },
    /// The part ends in the middle of a byte, or its unused bits are not zero.
    #[error("the {part} is cut or altered at its end: the last base64url character does not fit")]
    LastCharacter {
        /// Which part.
        part: Part,
        /// Where in the token.
        offset: usize,
    },
    /// The JSON of a part is refused.
    #[error("the {part}: {error}")]
    Json {
        /// Which part.
        part: Part,
        /// What and where.
        error: JsonError,
    },
    /// The header is refused.
    #[error("the header: {0}")]
    Header(#[from] HeaderError),
    /// The token names another algorithm than the key's. RFC 8725, 3.1.
    #[error("the key is for {key}, the token says {token:?}")]
    AlgorithmMismatch {
        /// What the header says.
        token: String,
        /// What the key does.
        key: Algorithm,
    },
    /// The signature is not this key's over these bytes.
    #[error("the signature does not fit: other bytes were signed, or another key signed them")]
    BadSignature {
        /// Where the signature begins in the token.
        offset: usize,
    },
}

/// Where in a token something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// At this byte of the token.
    Token {
        /// From 0.
        offset: usize,
    },
    /// Inside the JSON of a part, once decoded.
    Json {
        /// Which part.
        part: Part,
        /// From 1.
        line: usize,
        /// In bytes, from 1.
        column: usize,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token { offset } => write!(f, "byte {offset}"),
            Self::Json { part, line, column } => write!(f, "{part}, line {line}, column {column}"),
        }
    }
}

impl JwtError {
    /// Where it is.
    #[must_use]
    pub fn position(&self) -> Position {
        match self {
            Self::TooLong { limit, .. } => Position::Token { offset: *limit },
            Self::Parts { offset, .. }
            | Self::Alphabet { offset, .. }
            | Self::LastCharacter { offset, .. }
            | Self::BadSignature { offset } => Position::Token { offset: *offset },
            Self::Json { part, error } => Position::Json { part: *part, line: error.line, column: error.column },
            Self::Header(HeaderError::Json(error)) => {
                Position::Json { part: Part::Header, line: error.line, column: error.column }
            }
            Self::Header(_) | Self::AlgorithmMismatch { .. } => {
                Position::Json { part: Part::Header, line: 1, column: 1 }
            }
        }
    }

    /// What the person holding the token can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "Keep bulky data out of the token and send a reference instead",
            Self::Parts { .. } => {
                "Copy the whole token; for cert~receipt give the whole chain where a receipt is expected"
            }
            Self::Alphabet { .. } => "Encode with base64url without padding, and strip quotes, spaces and line breaks",
            Self::LastCharacter { .. } => "Copy the token again: its end was lost or changed on the way",
            Self::Json { .. } => "Repair the JSON at that place and sign again",
            Self::Header(error) => error.remedy(),
            Self::AlgorithmMismatch { .. } => {
                "Sign with the algorithm of the issuer's registered key, or register the right key"
            }
            Self::BadSignature { .. } => "Ask the issuer for the token again, and check which key it signs with",
        }
    }
}

/// A well-formed token. Nothing in it is trusted until [`Jwt::verify`] says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Jwt {
    text: String,
    dots: [usize; 2],
    header: Header,
    claims: String,
    signature: Vec<u8>,
}

impl Jwt {
    /// Reads a token of at most [`MAX_TOKEN_BYTES`].
    ///
    /// # Errors
    /// [`JwtError`] for whatever two readers could understand differently; the signature is not looked at.
    pub fn parse(text: &str) -> Result<Self, JwtError> {
        Self::parse_within(text, MAX_TOKEN_BYTES)
    }

    /// Reads a token of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Jwt::parse`].
    pub fn parse_within(text: &str, limit: usize) -> Result<Self, JwtError> {
        if text.len() > limit {
            return Err(JwtError::TooLong { bytes: text.len(), limit });
        }
        let dots = two_dots(text)?;
        let part = |part| decode(text, part, range(text, dots, part));
        let header = Header::parse(part(Part::Header)?)?;
        let wrap = |error| JwtError::Json { part: Part::Claims, error };
        let claims = json::text(part(Part::Claims)?).map_err(wrap)?;
        json::check_object(&claims).map_err(wrap)?;
        let signature = part(Part::Signature)?;
        Ok(Self { text: text.to_owned(), dots, header, claims, signature })
    }

    /// The token as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the header claims. Whoever made the token chose it.
    #[must_use]
    pub fn unverified_header(&self) -> &Header {
        &self.header
    }

    /// The claims' JSON as it was sent, unchecked.
    #[must_use]
    pub fn unverified_claims_json(&self) -> &str {
        &self.claims
    }

    /// The claims as a type, unchecked.
    ///
    /// # Errors
    /// [`JwtError::Json`] when a claim is missing or of the wrong type.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JwtError> {
        json::read_checked(&self.claims).map_err(|error| JwtError::Json { part: Part::Claims, error })
    }

    /// What a signature is made over: header, dot, claims, as they were sent.
    #[must_use]
    pub fn signing_input(&self) -> &str {
        self.text.get(..self.dots[1]).unwrap_or_default()
    }

    /// The signature's bytes.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Where a part stands in [`Jwt::text`], without its dots.
    #[must_use]
    pub fn range(&self, part: Part) -> Range<usize> {
        range(&self.text, self.dots, part)
    }

    /// Checks algorithm and signature. Says nothing about the claims: issuer, audience and times are the reader's to check.
    ///
    /// # Errors
    /// [`JwtError::AlgorithmMismatch`] or [`JwtError::BadSignature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<Verified<&Self>, JwtError> {
        // RFC 8725, 3.1: the key decides. Its name is compared with the token's, case and all.
        if !key.algorithm().admits(&self.header.alg) {
            return Err(JwtError::AlgorithmMismatch { token: self.header.alg.clone(), key: key.algorithm() });
        }
        if key.verify(self.signing_input().as_bytes(), &self.signature) {
            Ok(Verified(self))
        } else {
            Err(JwtError::BadSignature { offset: self.range(Part::Signature).start })
        }
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jwt({})", self.text)
    }
}

impl fmt::Display for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A token whose signature fits a key that the caller chose. Made by [`Jwt::verify`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T: Borrow<Jwt>> Verified<T> {
    /// The token.
    pub fn jwt(&self) -> &Jwt {
        self.0.borrow()
    }

    /// The claims as a type. Signed, but neither timely nor meant for anyone yet.
    ///
    /// # Errors
    /// [`JwtError::Json`] when a claim is missing or of the wrong type.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<C, JwtError> {
        self.jwt().unverified_claims()
    }
}

/// What goes into the header beside `alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderExtras<'a> {
    /// Whether the key is named.
    pub kid: bool,
    /// The kind of token; `JWT` unless told otherwise.
    pub typ: Option<&'a str>,
    /// Where the issuer's keys are said to be, as receipts of 2013 did.
    pub jku: Option<&'a str>,
}

impl Default for HeaderExtras<'_> {
    fn default() -> Self {
        Self { kid: false, typ: Some("JWT"), jku: None }
    }
}

/// Why a token could not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The claims are not JSON: a map with keys that are no text, say.
    #[error("the claims cannot be written as JSON: {0}")]
    Claims(String),
    /// The key refused.
    #[error(transparent)]
    Key(#[from] KeyError),
}

#[derive(Serialize)]
struct HeaderOut<'a> {
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jku: Option<&'a str>,
}

/// Signs `claims` as they serialize, in the order of the struct's fields. Equal claims and key give equal bytes.
///
/// # Errors
/// [`SignError`].
pub fn sign<C: Serialize + ?Sized>(
    claims: &C,
    key: &SigningKey,
    extras: HeaderExtras<'_>,
) -> Result<String, SignError> {
    // Big enough for the claims of every token here, so that the text grows once.
    let mut json = Vec::with_capacity(1024);
    serde_json::to_writer(&mut json, claims).map_err(|error| SignError::Claims(error.to_string()))?;
    sign_bytes(&json, key, extras)
}

/// Signs claims that are JSON already, byte for byte.
///
/// # Errors
/// [`SignError`].
pub fn sign_json(claims: &str, key: &SigningKey, extras: HeaderExtras<'_>) -> Result<String, SignError> {
    sign_bytes(claims.as_bytes(), key, extras)
}

fn sign_bytes(claims: &[u8], key: &SigningKey, extras: HeaderExtras<'_>) -> Result<String, SignError> {
    let HeaderExtras { kid, typ, jku } = extras;
    let header = HeaderOut { alg: key.algorithm().name(), typ, kid: kid.then(|| key.kid().as_str()), jku };
    let header = serde_json::to_string(&header).map_err(|error| SignError::Claims(error.to_string()))?;
    let mut token = String::with_capacity((header.len() + claims.len()) * 4 / 3 + 96);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

fn two_dots(text: &str) -> Result<[usize; 2], JwtError> {
    let mut dots = text.match_indices('.').map(|(offset, _)| offset);
    match (dots.next(), dots.next(), dots.next()) {
        (Some(first), Some(second), None) => Ok([first, second]),
        (_, _, Some(third)) => Err(JwtError::Parts { found: 4 + dots.count(), offset: third }),
        (first, _, None) => Err(JwtError::Parts { found: 1 + usize::from(first.is_some()), offset: text.len() }),
    }
}

fn range(text: &str, dots: [usize; 2], part: Part) -> Range<usize> {
    match part {
        Part::Header => 0..dots[0],
        Part::Claims => dots[0] + 1..dots[1],
        Part::Signature => dots[1] + 1..text.len(),
    }
}

fn decode(text: &str, part: Part, range: Range<usize>) -> Result<Vec<u8>, JwtError> {
    let (start, end) = (range.start, range.end);
    let bytes = text.as_bytes().get(range).unwrap_or_default();
    URL_SAFE_NO_PAD.decode(bytes).map_err(|error| {
        // '=' counts as a foreign byte: RFC 7515, 2 leaves padding out.
        let foreign = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte));
        match (foreign, error) {
            (Some(at), _) => JwtError::Alphabet { part, offset: start + at, byte: bytes[at] },
            (None, DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _)) => {
                JwtError::LastCharacter { part, offset: start + at }
            }
            (None, DecodeError::InvalidLength(_) | DecodeError::InvalidPadding) => {
                JwtError::LastCharacter { part, offset: end.saturating_sub(1).max(start) }
            }
        }
    })
}
