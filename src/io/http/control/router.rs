//! The control router of one run: each deed at its path.

use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Response, header};
use axum::routing::{MethodRouter, delete, get, post};
use http_body_util::BodyExt as _;

use crate::io::http::control::deed::{Deed, ENDPOINTS, Endpoint, Method};
use crate::io::http::control::perform::{Controlled, Order, perform};
use crate::io::http::control::trouble::Trouble;
use crate::io::http::guarded::Paths;

/// Every endpoint of this run. The door stands before it.
#[must_use]
pub fn routes(run: &Controlled) -> Paths {
    let endpoints = ENDPOINTS.iter();
    endpoints.fold(Paths::default(), |paths, endpoint| paths.with(endpoint.path, handler(endpoint, run.clone())))
}

fn handler(endpoint: &Endpoint, run: Controlled) -> MethodRouter {
    let deed = endpoint.deed;
    let serve = move |request: Request| {
        let run = run.clone();
        async move { serve(deed, &run, request).await }
    };
    match endpoint.method {
        Method::Get => get(serve),
        Method::Post => post(serve),
        Method::Delete => delete(serve),
    }
}

async fn serve(deed: Deed, run: &Controlled, request: Request) -> Response<Body> {
    let done = match order(request).await {
        Ok(order) => perform(deed, run, &order).await,
        Err(trouble) => Err(trouble),
    };
    done.unwrap_or_else(|trouble| trouble.response())
}

/// Reads a request whole. The guard has bounded its body.
///
/// # Errors
/// [`Trouble`] for a body that ended early.
pub async fn order(request: Request) -> Result<Order, Trouble> {
    let (mut parts, body) = request.into_parts();
    let broken = |_| Trouble::bad("BROKEN_BODY", "The body ended early or is badly framed", "Send it again");
    let param = path_parameter(&mut parts).await;
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let body = body.collect().await.map_err(broken)?.to_bytes();
    let said = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    Ok(Order {
        param,
        query: query.into_owned().collect(),
        wants_events: said(header::ACCEPT).is_some_and(|kinds| kinds.contains("text/event-stream")),
        last_event: said(header::HeaderName::from_static("last-event-id")).and_then(|id| id.parse().ok()),
        body,
    })
}

/// The one parameter that a path may have; empty where it has none.
async fn path_parameter(parts: &mut Parts) -> String {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    params.ok().and_then(|params| params.iter().next().map(|(_, value)| value.to_owned())).unwrap_or_default()
}
