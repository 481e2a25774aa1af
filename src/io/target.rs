//! A target: the address of an outgoing request, read so that no second reader could read it otherwise.

use std::fmt;
use std::net::IpAddr;

use axum::http::{HeaderValue, Uri};
use url::Url;

const URL_BYTES_MAX: usize = 2048;
const SCHEME: &str = "http://";

/// The address of an outgoing request, in its plain spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who is asked.
    pub host: Host,
    /// At which port.
    pub port: u16,
    /// The `Host` header: the authority as the URL writes it.
    pub authority: HeaderValue,
    /// Path and query.
    pub path: Uri,
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// `localhost`, which is never looked up.
    Localhost,
    /// An address, spelled as addresses are.
    Address(IpAddr),
    /// A name, in lower case.
    Name(String),
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost => out.write_str("localhost"),
            Self::Address(IpAddr::V4(v4)) => v4.fmt(out),
            Self::Address(IpAddr::V6(v6)) => write!(out, "[{v6}]"),
            Self::Name(name) => out.write_str(name),
        }
    }
}

/// Why an address is not asked at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not a URL.
    #[error("the address is not a URL: {0}")]
    NotAUrl(url::ParseError),
    /// Longer than any client of those years would send.
    #[error("the address is longer than {URL_BYTES_MAX} bytes")]
    TooLong,
    /// Not plain HTTP. What is on this machine needs no certificate.
    #[error("only http:// is asked from here, and this is {0}")]
    Scheme(String),
    /// A user or password in front of the host, where readers have always been misled.
    #[error("the address names a user before its host; leave that away")]
    User,
    /// Blanks, backslashes, control or foreign characters, which readers drop or turn each in their own way.
    #[error("the address has a blank, a backslash or another character that must be percent-encoded")]
    Character,
    /// A host or port that is written unusually, such as 0x7f.1 for 127.0.0.1.
    #[error("the host is written in an unusual way; write it as {0}")]
    Spelling(String),
}

impl Target {
    /// Reads an address. A fragment is left out, as it is never sent.
    ///
    /// # Errors
    /// [`TargetError`].
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        if text.len() > URL_BYTES_MAX {
            return Err(TargetError::TooLong);
        }
        if text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
            return Err(TargetError::Character);
        }
        let url = Url::parse(text).map_err(TargetError::NotAUrl)?;
        if url.scheme() != "http" {
            return Err(TargetError::Scheme(url.scheme().to_owned()));
        }
        let rest = text.get(SCHEME.len()..).filter(|_| text.to_ascii_lowercase().starts_with(SCHEME));
        let rest = rest.ok_or_else(|| TargetError::Spelling(url.origin().ascii_serialization()))?;
        let written = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if written.contains('@') {
            return Err(TargetError::User);
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let host = match url.host() {
            Some(url::Host::Domain("localhost")) => Host::Localhost,
            Some(url::Host::Domain(name)) => Host::Name(name.to_owned()),
            Some(url::Host::Ipv4(v4)) => Host::Address(v4.into()),
            Some(url::Host::Ipv6(v6)) => Host::Address(v6.into()),
            None => return Err(TargetError::NotAUrl(url::ParseError::EmptyHost)),
        };
        let plain = [host.to_string(), format!("{host}:{port}")];
        // Port 80 may be named or not; nothing else has two spellings.
        let is_plain = match plain.iter().position(|plain| plain.eq_ignore_ascii_case(written)) {
            Some(0) => port == 80,
            Some(_) => true,
            None => false,
        };
        let [_, with_port] = plain;
        let unusual = || TargetError::Spelling(with_port.clone());
        if !is_plain {
            return Err(unusual());
        }
        let authority = HeaderValue::from_str(&written.to_ascii_lowercase()).map_err(|_| TargetError::Character)?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{query}", url.path()).parse().map_err(|_| TargetError::Character)?;
        Ok(Self { host, port, authority, path })
    }
}
