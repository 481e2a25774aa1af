//! Refusals at the door: why a request was not let in, as a status and a sentence.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

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
            Self::BodyTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The whole answer: `{"error": "…"}`. The connection ends with it, as nothing more is expected from such a client.
    #[must_use]
    pub fn response(&self) -> Response<Body> {
        let body = serde_json::json!({ "error": self.to_string() }).to_string();
        let mut response = Response::new(Body::from(body));
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
