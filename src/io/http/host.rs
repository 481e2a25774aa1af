//! The `Host` of a request: the one thing that a rebound DNS name cannot get right.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::io::http::refusal::{Refusal, repeated};

/// The names that this machine has for itself, as a `Host` writes them.
const LOOPBACK_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
/// The port that a URL need not name.
const HTTP_PORT: u16 = 80;

/// How a request named this server. Its name was one of the loopback names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// With our port, or without one where ours is 80.
    WithPort,
    /// Without a port.
    Portless,
}

/// Reads how the request names this server, which listens on `port`.
///
/// # Errors
/// No `Host`, several, or one that is foreign; also a request target with a foreign authority.
pub fn read(parts: &Parts, port: u16) -> Result<Named, Refusal> {
    let host = only(&parts.headers, &header::HOST).map_err(|count| match count {
        Count::None => Refusal::HostMissing,
        Count::Several => Refusal::HostTwice,
    })?;
    let foreign = || Refusal::HostForeign { port, host: repeated(host) };
    let named = host.to_str().ok().and_then(|host| named(host, port)).ok_or_else(foreign)?;
    // RFC 9112, 3.2.2: an absolute target wins over Host, so it must name us as well.
    if let Some(authority) = parts.uri.authority()
        && self::named(authority.as_str(), port).is_none()
    {
        return Err(Refusal::HostForeign { port, host: authority.as_str().chars().take(80).collect() });
    }
    Ok(named)
}

/// Whether `origin` is that of the page's own server: `http://` and the request's `Host`.
#[must_use]
pub fn is_own(origin: &HeaderValue, host: &HeaderValue) -> bool {
    origin.as_bytes().strip_prefix(b"http://").is_some_and(|rest| rest.eq_ignore_ascii_case(host.as_bytes()))
}

/// How often a header was sent that should stand once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Never.
    None,
    /// More than once.
    Several,
}

/// The value of a header that may stand only once.
///
/// # Errors
/// [`Count`]: it is not there, or several times.
pub fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a HeaderValue, Count> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().ok_or(Count::None)?;
    if values.next().is_some() { Err(Count::Several) } else { Ok(first) }
}

fn named(host: &str, port: u16) -> Option<Named> {
    let (name, said) = match host.rsplit_once(':') {
        // The colons of an address in brackets begin no port.
        Some((name, digits)) if !digits.ends_with(']') => (name, Some(digits)),
        _ => (host, None),
    };
    if !LOOPBACK_NAMES.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return None;
    }
    match said {
        None if port == HTTP_PORT => Some(Named::WithPort),
        None => Some(Named::Portless),
        Some(digits) => is_port(digits, port).then_some(Named::WithPort),
    }
}

/// Whether these digits write `port`, as everybody writes it: without a sign, and without a zero before it.
fn is_port(digits: &str, port: u16) -> bool {
    digits.starts_with(|first: char| matches!(first, '1'..='9')) && digits.parse() == Ok(port)
}
