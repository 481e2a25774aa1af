//! The JOSE header: what a token says about itself, before anyone believes it. RFC 7515, 4.

use std::fmt;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::protocol::id::Kid;
use crate::protocol::json::{self, JsonError};

/// The longest `kid` that is looked up.
pub const MAX_KID_BYTES: usize = 256;

/// Why a header was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not one clean JSON object with a text as `alg`.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// An extension that must be understood. RFC 7515, 4.1.11: none is, so the token is refused.
    #[error("it demands extensions by \"crit\", and none is understood here")]
    Critical,
    /// RFC 7797: claims that are not base64url.
    #[error("it has \"b64\", which changes what is signed; a JWT never uses it (RFC 7797, 7)")]
    Unencoded,
    /// Compressed claims. RFC 8725, 3.6.
    #[error("it has \"zip\"; compressed claims leak and explode (RFC 8725, 3.6)")]
    Compressed,
    /// A `kid` that is no key's name.
    #[error("a \"kid\" is 1 to {MAX_KID_BYTES} visible ASCII characters: {0:?}")]
    Kid(String),
}

impl HeaderError {
    /// What the person holding the token can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Json(_) => "Repair the header's JSON at that place and sign again",
            Self::Critical | Self::Unencoded | Self::Compressed => "Issue the token without that header member",
            Self::Kid(_) => "Name the key plainly, with visible ASCII only",
        }
    }
}

/// The JOSE header, read but not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The algorithm that the token claims, any text.
    pub alg: String,
    /// The name of the key, a hint only.
    pub kid: Option<Kid>,
    /// The kind of token, usually `JWT`.
    pub typ: Option<String>,
    json: String,
    findings: Vec<HeaderFinding>,
}

/// A header member that names or carries a key. Never followed, never used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFinding {
    /// A URL of a key set; genuine receipts of 2013 have it.
    Jku,
    /// A URL of a certificate.
    X5u,
    /// A key inside the token. CVE-2018-0114.
    Jwk,
    /// A certificate inside the token.
    X5c,
}

impl fmt::Display for HeaderFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jku => {
                "The header names a key set's address (jku). It was not followed: keys come from the key ring only"
            }
            Self::X5u => {
                "The header names a certificate's address (x5u). It was not followed: keys come from the key ring only"
            }
            Self::Jwk => "The header carries a key of its own (jwk). It was not used: anyone can bring their own key",
            Self::X5c => {
                "The header carries certificates of its own (x5c). They were not used: keys come from the key ring only"
            }
        })
    }
}

impl Header {
    /// The header's JSON as it was sent.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Members that name or carry a key.
    #[must_use]
    pub fn findings(&self) -> &[HeaderFinding] {
        &self.findings
    }

    /// Reads a header's JSON.
    ///
    /// # Errors
    /// [`HeaderError`]: no clean JSON object, no `alg`, or a member that changes what the token means.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, HeaderError> {
        let json = json::text(bytes)?;
        json::check_object(&json)?;
        let members: HeaderMembers = json::read_checked(&json)?;
        if members.crit.0 {
            return Err(HeaderError::Critical);
        }
        if members.b64.0 {
            return Err(HeaderError::Unencoded);
        }
        if members.zip.0 {
            return Err(HeaderError::Compressed);
        }
        let findings = [
            (members.jku, HeaderFinding::Jku),
            (members.x5u, HeaderFinding::X5u),
            (members.jwk, HeaderFinding::Jwk),
            (members.x5c, HeaderFinding::X5c),
        ];
        let findings = findings.into_iter().filter(|(present, _)| present.0).map(|(_, finding)| finding).collect();
        let kid = members.kid.map(checked_kid).transpose()?;
        Ok(Self { alg: members.alg, kid, typ: members.typ, json, findings })
    }
}

fn checked_kid(kid: String) -> Result<Kid, HeaderError> {
    if (1..=MAX_KID_BYTES).contains(&kid.len()) && kid.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Kid::from(kid))
    } else {
        Err(HeaderError::Kid(kid.chars().take(40).collect()))
    }
}

#[derive(Deserialize)]
struct HeaderMembers {
    alg: String,
    #[serde(default, deserialize_with = "present_text")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present_text")]
    typ: Option<String>,
    #[serde(default)]
    crit: Present,
    #[serde(default)]
    b64: Present,
    #[serde(default)]
    zip: Present,
    #[serde(default)]
    jku: Present,
    #[serde(default)]
    x5u: Present,
    #[serde(default)]
    jwk: Present,
    #[serde(default)]
    x5c: Present,
}

/// Whether a member is there, whatever its value: `"crit": null` is there too.
#[derive(Clone, Copy, Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// A member that may be absent but, when there, is text and not `null`.
fn present_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}
