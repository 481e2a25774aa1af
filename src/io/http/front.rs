//! The front: all routes behind their doors, and what every answer has in common.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header};

use crate::io::http::crowd::Mark;
use crate::io::http::door::{CallerRule, Door};
use crate::io::http::guard::{Gate, Guard};
use crate::io::http::guarded::{Guarded, Paths};
use crate::io::http::head;
use crate::io::http::host::{self, Named};

/// The headers that a page of another origin may send: what the historic clients do send.
const SHARED_HEADERS: &str = "accept, content-type, x-fxpay-version";

/// Routes that come and go while the server runs: each name's below `/s/name`.
pub trait Branches: Send + Sync {
    /// The guarded routes of this name; `None` where there is no such branch.
    fn routes_of(&self, name: &str) -> Option<Arc<Guarded>>;
}

/// All routes of one server, each behind its door. What is not built through here is not served.
#[derive(Clone)]
pub struct Front {
    gate: Arc<Gate>,
    routes: Guarded,
    branches: Option<Arc<dyn Branches>>,
    /// Tells a client when a silent connection ends, so that it never sends into one that is closing.
    keep_alive: HeaderValue,
}

impl Front {
    /// A front with no route yet.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        let seconds = HeaderValue::try_from(format!("timeout={}", gate.limits().head_time.as_secs()));
        let keep_alive = seconds.unwrap_or(HeaderValue::from_static("timeout=1"));
        Self { gate: Arc::new(gate), routes: Guarded::default(), branches: None, keep_alive }
    }

    /// Adds routes behind `door`. They share that door's limit of requests in service.
    ///
    /// # Panics
    /// When one of the paths is there already.
    #[must_use]
    pub fn with(self, door: Door, paths: Paths) -> Self {
        let guard = Guard::new(Arc::clone(&self.gate), door);
        Self { routes: self.routes.with(&guard, paths), ..self }
    }

    /// Adds what comes and goes.
    #[must_use]
    pub fn with_branches(self, branches: Arc<dyn Branches>) -> Self {
        Self { branches: Some(branches), ..self }
    }

    /// What the guards know.
    #[must_use]
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Answers one request that came over the connection `mark`. Never fails: what is wrong with it becomes an answer.
    pub async fn answer<B>(&self, request: Request<B>, mark: Option<&Mark>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let (parts, body) = request.into_parts();
        // RFC 9112, 6.1: what is framed twice over may hide a second request; nothing behind it is read.
        let is_last = parts.headers.contains_key(header::TRANSFER_ENCODING);
        let is_options = parts.method == Method::OPTIONS;
        let keeps_open = parts.version == Version::HTTP_11;
        let checked = head::check(&parts, self.gate.limits().head_bytes_max);
        let mut response = match checked.and_then(|()| host::read(&parts, self.gate.port())) {
            Err(refusal) => refusal.response(Door::of(parts.uri.path())),
            Ok(Named::WithPort | Named::Portless) => self.routed(Request::from_parts(parts, body), mark).await,
        };
        if is_options {
            preflight(&mut response);
        }
        let headers = response.headers_mut();
        dress(headers);
        if is_last {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        } else if keeps_open && !headers.contains_key(header::CONNECTION) {
            headers.insert("keep-alive", self.keep_alive.clone());
        }
        response
    }

    async fn routed<B>(&self, request: Request<B>, mark: Option<&Mark>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        match self.branch(request.uri()) {
            Some((routes, uri)) => {
                let (mut parts, body) = request.into_parts();
                parts.uri = uri;
                Box::pin(routes.answer(Request::from_parts(parts, body), mark)).await
            }
            None => self.routes.answer(request, mark).await,
        }
    }

    /// The branch that a path belongs to, and the path within it.
    fn branch(&self, uri: &Uri) -> Option<(Arc<Guarded>, Uri)> {
        let (name, rest) = uri.path().strip_prefix("/s/")?.split_once('/')?;
        let routes = self.branches.as_ref()?.routes_of(name)?;
        let query = uri.query().map_or(String::new(), |query| format!("?{query}"));
        Some((routes, format!("/{rest}{query}").parse().ok()?))
    }
}

/// A route that does not know OPTIONS answers 405 and says what it does know: where any page may ask, that is the answer.
fn preflight(response: &mut Response<Body>) {
    let is_shared = response.extensions().get::<Door>().is_some_and(|door| door.rules().caller == CallerRule::AnyPage);
    if !is_shared || response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return;
    }
    let Some(allowed) = response.headers().get(header::ALLOW).cloned() else { return };
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.body_mut() = Body::empty();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_TYPE);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allowed);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SHARED_HEADERS));
}

/// What every answer wears. A route's own word goes before ours. The content security policy is the pages' own, and there is no
/// `Cross-Origin-Opener-Policy`: the payment window must reach its opener.
fn dress(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
