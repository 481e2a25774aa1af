//! Guarded routes: paths behind their doors. Whatever a request asks for, the guard of its path sees it first.

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, Response, StatusCode, header};
use axum::routing::MethodRouter;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::io::http::answer;
use crate::io::http::control::trouble::Trouble;
use crate::io::http::crowd::Mark;
use crate::io::http::door::Door;
use crate::io::http::guard::Guard;
use crate::io::http::route::Misheard;

/// Routes by their paths, behind no door yet, and not served before they are.
#[derive(Clone, Debug, Default)]
pub struct Paths(Vec<(String, MethodRouter)>);

impl Paths {
    /// These methods at this path too.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, methods: MethodRouter) -> Self {
        let path = path.into();
        match self.0.iter_mut().find(|(known, _)| *known == path) {
            Some((_, known)) => *known = std::mem::take(known).merge(methods),
            None => self.0.push((path, methods)),
        }
        self
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        others.0.into_iter().fold(self, |paths, (path, methods)| paths.with(path, methods))
    }
}

/// Routes, each behind the guard of its door. A path that no guard stands before is not served.
#[derive(Clone, Default)]
pub struct Guarded {
    guards: matchit::Router<Guard>,
    routes: Router,
}

impl Guarded {
    /// These routes too, behind `guard`.
    ///
    /// # Panics
    /// When one of the paths is there already: it would stand behind two doors, and be reached by the wider one.
    #[must_use]
    pub fn with(mut self, guard: &Guard, paths: Paths) -> Self {
        for (path, methods) in paths.0 {
            let placed = self.guards.insert(path.as_str(), guard.clone());
            assert!(placed.is_ok(), "{path} stands behind a door already");
            // Once for all: methods that still wait for a state are built anew for every request.
            self.routes = self.routes.route(&path, methods.with_state(()));
        }
        self
    }

    /// Answers one request that came over the connection `mark`.
    pub async fn answer<B>(&self, request: Request<B>, mark: Option<&Mark>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let Ok(found) = self.guards.at(request.uri().path()) else {
            return nothing_at(request.uri().path());
        };
        let is_control = Door::of(request.uri().path()) == Door::Control;
        let routed = |request| async {
            let Ok(response) = TowerToHyperService::new(self.routes.clone()).call(request).await;
            response
        };
        let response = found.value.watch(request, mark, routed).await;
        let is_other_method = response.status() == StatusCode::METHOD_NOT_ALLOWED;
        if is_other_method && is_control { other_method(&response) } else { response }
    }
}

/// The same in the words of the control interface: the library says it by its status and header alone.
fn other_method(response: &Response<Body>) -> Response<Body> {
    let hint = "GET /control/openapi.json says what there is";
    let mut told = Trouble::bad("OTHER_METHOD", "This path is not asked with this method", hint).response();
    *told.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    told.headers_mut().extend(response.headers().get(header::ALLOW).map(|allowed| (header::ALLOW, allowed.clone())));
    told
}

fn nothing_at(path: &str) -> Response<Body> {
    let session = path.strip_prefix("/s/").and_then(|rest| rest.split_once('/')).map(|(name, _)| name);
    let (code, sentence) = match session {
        // Whatever there is below the path of a session that is there was asked of it, without what stands before.
        Some(name) => ("NO_SUCH_SESSION", format!("There is no session called {name:.60}")),
        None => ("NO_SUCH_PATH", format!("Nothing is served at {path:.120}")),
    };
    match Door::of(path) {
        Door::Control => Trouble::missing(code, sentence, "GET /control/openapi.json says what there is").response(),
        Door::Public | Door::Confirm => answer::misheard(&Misheard::missing(code, sentence)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::http::{Method, Request, StatusCode};
    use axum::routing::{get, post};

    use super::{Guarded, Paths};
    use crate::io::http::door::Door;
    use crate::io::http::guard::{Gate, Guard};
    use crate::io::http::limits::Limits;
    use crate::io::http::token::Token;

    async fn status(routes: &Guarded, method: Method, path: &str) -> StatusCode {
        let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:7717");
        routes.answer(request.body(Body::empty()).unwrap(), None).await.status()
    }

    #[tokio::test]
    async fn methods_of_one_path_are_put_together_and_other_paths_are_not_served() {
        let gate = Arc::new(Gate::new(7717, Token::fresh().unwrap(), Limits::default()));
        let said = || async { "said" };
        let mine = Paths::default().with("/word/{id}", get(said));
        let both = mine.and(Paths::default().with("/word/{id}", post(said)));
        let shut = Paths::default().with("/shut", get(said));
        let routes = Guarded::default()
            .with(&Guard::new(Arc::clone(&gate), Door::Public), both)
            .with(&Guard::new(gate, Door::Control), shut);
        for method in [Method::GET, Method::POST, Method::HEAD] {
            assert_eq!(status(&routes, method, "/word/1").await, StatusCode::OK);
        }
        assert_eq!(status(&routes, Method::PUT, "/word/1").await, StatusCode::METHOD_NOT_ALLOWED);
        for path in ["/word", "/word/", "/word/1/2", "/Word/1", "//word/1", "/"] {
            assert_eq!(status(&routes, Method::GET, path).await, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(status(&routes, Method::GET, "/shut").await, StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn one_path_never_stands_behind_two_doors() {
        let gate = Arc::new(Gate::new(7717, Token::fresh().unwrap(), Limits::default()));
        let guard = |door| Guard::new(Arc::clone(&gate), door);
        let said = || async { "said" };
        let both = |path: &str| {
            let open = Guarded::default().with(&guard(Door::Public), Paths::default().with("/word", get(said)));
            drop(open.with(&guard(Door::Control), Paths::default().with(path, post(said))));
        };
        let refused = |path| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| both(path))).is_err();
        assert!(refused("/word"));
        assert!(!refused("/another"));
    }
}
