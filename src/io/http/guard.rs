//! The guard: holds a request against the rules of its door, before anything of it is acted on.

use std::sync::Arc;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use tokio::sync::Semaphore;

use crate::io::http::body;
use crate::io::http::crowd::Mark;
use crate::io::http::door::{CallerRule, ContentRule, Door, HostRule, TokenRule};
use crate::io::http::host::{self, Named};
use crate::io::http::limits::Limits;
use crate::io::http::refusal::{Refusal, repeated};
use crate::io::http::token::Token;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What the guards of one server know: its port, its token, its limits.
#[derive(Debug)]
pub struct Gate {
    port: u16,
    token: Token,
    limits: Limits,
}

impl Gate {
    /// The gate of a server on `port`, whose control asks for `token`.
    #[must_use]
    pub fn new(port: u16, token: Token, limits: Limits) -> Self {
        Self { port, token, limits }
    }

    /// The port that a `Host` must name.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How much, how many, how long.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// One door's guard: its rules, and how many it has in service.
#[derive(Clone, Debug)]
pub struct Guard {
    gate: Arc<Gate>,
    door: Door,
    in_service: Arc<Semaphore>,
}

impl Guard {
    /// The guard of `door`.
    #[must_use]
    pub fn new(gate: Arc<Gate>, door: Door) -> Self {
        let in_service = Arc::new(Semaphore::new(gate.limits.in_service_max));
        Self { gate, door, in_service }
    }

    /// Lets a request that came over the connection `mark` in to its route, or refuses it. The body is in, whole, before the route
    /// sees anything.
    pub async fn watch<B, F>(
        &self,
        request: Request<B>,
        mark: Option<&Mark>,
        route: impl FnOnce(Request<Body>) -> F,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
        F: Future<Output = Response<Body>>,
    {
        let (parts, body) = request.into_parts();
        if let Err(refusal) = admit(self.door, &self.gate, &parts, &body) {
            return refusal.response(self.door);
        }
        let origin = parts.headers.get(header::ORIGIN).cloned();
        let is_options = parts.method == Method::OPTIONS;
        // What has no body waits for none; the place for that wait would be taken for every request.
        let read = if body.is_end_stream() {
            Ok(Body::empty())
        } else {
            let (max, time) = (self.door.rules().body_bytes_max, self.gate.limits.body_time);
            Box::pin(body::whole(Body::new(body), max, time)).await.map(Body::from)
        };
        let mut response = match read {
            Err(refusal) => refusal.response(self.door),
            Ok(body) => {
                // Closed never: the semaphore lives as long as the guard.
                let _in_service = self.in_service.acquire().await;
                // Until here the connection might have had to make room for another; a slow body holds no place.
                let _serving = mark.map(Mark::serving);
                route(Request::from_parts(parts, body)).await
            }
        };
        if self.door.rules().caller == CallerRule::AnyPage {
            share(response.headers_mut(), origin);
        }
        if is_options {
            response.extensions_mut().insert(self.door);
        }
        response
    }
}

/// Holds the head of a request against the rules of `door`.
///
/// # Errors
/// The first rule that it breaks.
pub fn admit(door: Door, gate: &Gate, parts: &Parts, body: &impl HttpBody) -> Result<(), Refusal> {
    let rules = door.rules();
    let named = host::read(parts, gate.port)?;
    match (rules.host, named) {
        (HostRule::WithPort, Named::Portless) => return Err(Refusal::HostPortless { port: gate.port }),
        (HostRule::PortMayLack, Named::WithPort | Named::Portless) | (HostRule::WithPort, Named::WithPort) => {}
    }
    match rules.caller {
        CallerRule::AnyPage => {}
        CallerRule::OwnPages => own_page(parts)?,
    }
    match rules.token {
        TokenRule::None => {}
        TokenRule::Bearer => bearer(&parts.headers, &gate.token)?,
    }
    match rules.content {
        ContentRule::AsSent => Ok(()),
        ContentRule::Json => json(parts, body),
    }
}

/// A browser names the page that asks (`Origin`) and how far off it is (`Sec-Fetch-Site`); both must speak for us.
fn own_page(parts: &Parts) -> Result<(), Refusal> {
    let headers = &parts.headers;
    for origin in headers.get_all(header::ORIGIN) {
        if !headers.get(header::HOST).is_some_and(|host| host::is_own(origin, host)) {
            return Err(Refusal::OriginForeign { origin: repeated(origin) });
        }
    }
    // A link elsewhere may lead a person to a page of ours; what it shows, the other page cannot read.
    let said = |name: &HeaderName, word: &str| headers.get(name).is_some_and(|value| value == word);
    let is_visit =
        parts.method == Method::GET && said(&SEC_FETCH_MODE, "navigate") && said(&SEC_FETCH_DEST, "document");
    for site in headers.get_all(&SEC_FETCH_SITE) {
        if site != "same-origin" && site != "none" && !is_visit {
            return Err(Refusal::SiteForeign { site: repeated(site) });
        }
    }
    Ok(())
}

fn bearer(headers: &HeaderMap, token: &Token) -> Result<(), Refusal> {
    let said = host::only(headers, &header::AUTHORIZATION).map_err(|_| Refusal::TokenMissing)?.as_bytes();
    let (scheme, said) = said.split_at_checked("Bearer ".len()).ok_or(Refusal::TokenMissing)?;
    // RFC 9110, 11.1: the name of the scheme has no case.
    if !scheme.eq_ignore_ascii_case(b"Bearer ") {
        return Err(Refusal::TokenMissing);
    }
    if token.is(said) { Ok(()) } else { Err(Refusal::TokenWrong) }
}

fn json(parts: &Parts, body: &impl HttpBody) -> Result<(), Refusal> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return Ok(());
    }
    match host::only(&parts.headers, &header::CONTENT_TYPE) {
        Ok(kind) if is_json(kind) => Ok(()),
        Err(host::Count::None) if body.is_end_stream() && parts.headers.get(header::ORIGIN).is_none() => Ok(()),
        Ok(_) | Err(_) => Err(Refusal::NotJson),
    }
}

/// `application/json`, with nothing behind it but a charset of UTF-8.
fn is_json(kind: &HeaderValue) -> bool {
    let Ok(kind) = kind.to_str() else { return false };
    let (kind, parameter) = kind.split_once(';').unwrap_or((kind, ""));
    let parameter = parameter.trim();
    kind.trim().eq_ignore_ascii_case("application/json")
        && (parameter.is_empty() || parameter.eq_ignore_ascii_case("charset=utf-8"))
}

/// Lets the asking page read the answer, without credentials. A route's own word goes before ours.
fn share(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.entry(header::ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(origin);
    }
}
