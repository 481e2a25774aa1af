//! Serving: assets and pages as HTTP answers, with the content policy that all of them share.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::export::template::Markup;
use crate::io::http::guarded::Paths;
use crate::io::http::pages::asset::{ASSETS, Asset, CONTENT_POLICY};

/// The routes of all assets, below the base of a run. They hold no secret and any page may load them.
#[must_use]
pub fn assets() -> Paths {
    // What a person types leaves the slash out; the page's own links are read from behind it.
    let start = Paths::default().with("/demo", get(|| async { Redirect::temporary("demo/") }));
    ASSETS
        .into_iter()
        .fold(start, |paths, asset| paths.with(format!("/{}", asset.path), get(move || async move { file(asset) })))
}

/// A page with this status.
#[must_use]
pub fn page(status: StatusCode, markup: Markup) -> Response {
    dressed((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], markup.into_string()).into_response())
}

fn file(asset: Asset) -> Response {
    dressed(([(header::CONTENT_TYPE, asset.kind)], asset.text).into_response())
}

fn dressed(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(CONTENT_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    // A pay request stands in the payment window's address; no other site is told of it.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};

    use super::assets;
    use crate::io::http::door::Door;
    use crate::io::http::front::Front;
    use crate::io::http::guard::Gate;
    use crate::io::http::limits::Limits;
    use crate::io::http::token::Token;

    async fn status_and_kind(path: &str) -> (StatusCode, String) {
        let front = Front::new(Gate::new(7717, Token::fresh().unwrap(), Limits::default()));
        let request = Request::get(path).header("host", "127.0.0.1:7717").body(Body::empty()).unwrap();
        let response = front.with(Door::Public, assets()).answer(request, None).await;
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (response.status(), kind.unwrap_or_default())
    }

    #[tokio::test]
    async fn assets_are_served_by_name_and_nothing_else_is() {
        let (status, kind) = status_and_kind("/paystage.js").await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/javascript; charset=utf-8"));
        assert_eq!(status_and_kind("/demo/").await.1, "text/html; charset=utf-8");
        assert_eq!(status_and_kind("/").await.1, "text/html; charset=utf-8");
        assert_eq!(status_and_kind("/demo").await.0, StatusCode::TEMPORARY_REDIRECT);
        for path in ["/pages/window.html", "/demo/../Cargo.toml", "/demo/%2e%2e/Cargo.toml", "/pages/"] {
            assert_eq!(status_and_kind(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
