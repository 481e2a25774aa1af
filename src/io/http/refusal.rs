//! Refusals at the door: why a request was not let in, as a status and a sentence.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::io::http::door::Door;

/// As much of an offending value as a refusal repeats.
const REPEATED_CHARS_MAX: usize = 80;

/// Why a request was not let in. No refusal repeats a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No `Host`. RFC 9112, 3.2.
    #[error("a request needs one Host header")]
    HostMissing,
    /// Several `Host` lines. RFC 9112, 3.2.
    #[error("a request has one Host header, not several")]
    HostTwice,
    /// A name that is not this machine's own, or another port: the mark of a rebound DNS name.
    #[error("this server answers to 127.0.0.1, localhost and [::1] on port {port} only, not to {host}")]
    HostForeign {
        /// This server's port.
        port: u16,
        /// What was asked for.
        host: String,
    },
    /// A loopback name without the port, where the port is needed.
    #[error("here the Host header must name port {port}")]
    HostPortless {
        /// This server's port.
        port: u16,
    },
    /// A page of another origin.
    #[error("pages of another origin may not ask this, and this one is {origin}")]
    OriginForeign {
        /// The page's origin.
        origin: String,
    },
    /// A browser says that the request was started by another site.
    #[error("a browser may ask this from this server's own pages only; Sec-Fetch-Site is {site}")]
    SiteForeign {
        /// What the browser said.
        site: String,
    },
    /// A body in another form than JSON.
    #[error("send the body as Content-Type: application/json")]
    NotJson,
    /// No `Authorization: Bearer`.
    #[error(
        "this needs the token: send Authorization: Bearer with what is in the token file, whose path the server printed"
    )]
    TokenMissing,
    /// Another token than this start's.
    #[error("this is not the token of this start; read the token file again, whose path the server printed")]
    TokenWrong,
    /// A head of more bytes than are read.
    #[error("the head of the request is longer than {max} bytes, the most that is read here")]
    HeadTooLong {
        /// The limit, in bytes.
        max: usize,
    },
    /// More than is read here.
    #[error("the body is longer than {max} bytes, the most that is read here")]
    BodyTooLong {
        /// The limit, in bytes.
        max: usize,
    },
    /// Not all there in time.
    #[error("the body did not arrive within {seconds} s")]
    BodyTooSlow {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// Ended early or badly framed.
    #[error("the body ended early or is badly framed")]
    BodyBroken,
}

impl Refusal {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::HostMissing | Self::HostTwice | Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::HostForeign { .. } | Self::HostPortless { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::OriginForeign { .. } | Self::SiteForeign { .. } => StatusCode::FORBIDDEN,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TokenMissing | Self::TokenWrong => StatusCode::UNAUTHORIZED,
            // RFC 6585, 5.
            Self::HeadTooLong { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::BodyTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The same for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::HostMissing => "HOST_MISSING",
            Self::HostTwice => "HOST_TWICE",
            Self::HostForeign { .. } => "HOST_FOREIGN",
            Self::HostPortless { .. } => "HOST_PORTLESS",
            Self::OriginForeign { .. } => "ORIGIN_FOREIGN",
            Self::SiteForeign { .. } => "SITE_FOREIGN",
            Self::NotJson => "NOT_JSON",
            Self::TokenMissing => "TOKEN_MISSING",
            Self::TokenWrong => "TOKEN_WRONG",
            Self::HeadTooLong { .. } => "HEAD_TOO_LONG",
            Self::BodyTooLong { .. } => "BODY_TOO_LONG",
            Self::BodyTooSlow { .. } => "BODY_TOO_SLOW",
            Self::BodyBroken => "BROKEN_BODY",
        }
    }

    /// What to do, for test code.
    fn hint(&self) -> &'static str {
        match self {
            Self::HostMissing | Self::HostTwice | Self::HostForeign { .. } | Self::HostPortless { .. } => {
                "Ask at the address that the server printed"
            }
            Self::OriginForeign { .. } | Self::SiteForeign { .. } => {
                "Ask from a program, or from this server's own pages"
            }
            Self::NotJson => "Send Content-Type: application/json",
            Self::TokenMissing | Self::TokenWrong => {
                "Send what stands in the token file, whose path the server printed"
            }
            Self::HeadTooLong { .. } | Self::BodyTooLong { .. } => "Send less",
            Self::BodyTooSlow { .. } | Self::BodyBroken => "Send it again",
        }
    }

    /// The whole answer, in the form that whoever comes through this door reads: `{"error", "code", "hint"}` for test code,
    /// `{"error", "error_code"}` for everybody else. The connection ends with it, as nothing more is expected from such a client.
    #[must_use]
    pub fn response(&self, door: Door) -> Response<Body> {
        let (error, code) = (self.to_string(), self.code());
        let body = match door {
            Door::Control => json!({ "error": error, "code": code, "hint": self.hint() }),
            Door::Public | Door::Confirm => json!({ "error": error, "error_code": code }),
        };
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An offending value as a refusal repeats it: cut, and read as text.
#[must_use]
pub fn repeated(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).chars().take(REPEATED_CHARS_MAX).collect()
}
