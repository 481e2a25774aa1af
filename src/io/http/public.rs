//! The public side of a run: its declared routes as handlers. Requests become inputs, answers become HTTP; nothing else is decided here.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes, HttpBody as _};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::routing::{MethodRouter, get, post};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::timeout;

use crate::io::http::answer;
use crate::io::http::door::Door;
use crate::io::http::guarded::Paths;
use crate::io::http::reading;
use crate::io::http::route::{Asked, Hears, Misheard, Route, Serves, Verb, Words};
use crate::io::http::routes::{history, page, store, verify, window};
use crate::io::http::shown;
use crate::io::inbox::{Letterbox, Reply, Said, Silence};
use crate::world::input::Input;

/// How long a request waits for its answer; a message may be held on purpose. Then the connection is closed without one.
const PATIENCE: Duration = Duration::from_mins(5);

/// Every declared route, in the order of the sections in which they are written down.
pub fn declared() -> impl Iterator<Item = &'static Route> {
    [page::ROUTES, store::ROUTES, verify::ROUTES, window::ROUTES, history::ROUTES].into_iter().flatten()
}

/// The declared routes of one door, acting in the run behind `letterbox`.
#[must_use]
pub fn routes(door: Door, letterbox: &Letterbox) -> Paths {
    let letterbox = Arc::new(letterbox.clone());
    let declared = declared().filter(|route| route.door == door);
    let spelled = declared.flat_map(|route| route.spellings().into_iter().map(move |path| (route, path)));
    spelled.fold(Paths::default(), |paths, (route, path)| paths.with(path, handler(route, Arc::clone(&letterbox))))
}

/// A request in service.
type Serving = Pin<Box<dyn Future<Output = Response<HttpBody>> + Send>>;

fn handler(route: &'static Route, letterbox: Arc<Letterbox>) -> MethodRouter {
    // In a box of its own: a request that is read needs no place for the one that came.
    let serve = move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| -> Serving {
        let (parts, body) = request.into_parts();
        match head(params, parts) {
            Ok(asked) => Box::pin(serve(route, Arc::clone(&letterbox), asked, body)),
            Err(error) => Box::pin(ready(answer::misheard(&error))),
        }
    };
    match route.verb {
        Verb::Get => get(serve),
        Verb::Post => post(serve),
    }
}

/// Reads all of a request but its body.
fn head(params: Result<RawPathParams, RawPathParamsRejection>, parts: Parts) -> Result<Asked, Misheard> {
    let bad_path = |_| Misheard::bad("BAD_PATH", "The path is not percent-encoded UTF-8");
    let params = params.map_err(bad_path)?;
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query = query.into_owned().collect();
    Ok(Asked { uri: parts.uri, params, query, headers: parts.headers, body: Bytes::new() })
}

async fn serve(route: &Route, letterbox: Arc<Letterbox>, mut asked: Asked, body: HttpBody) -> Response<HttpBody> {
    // The guard has bounded it, and has it whole.
    if !body.is_end_stream() {
        asked.body = match Box::pin(body.collect()).await {
            Ok(body) => body.to_bytes(),
            Err(_) => {
                return answer::misheard(&Misheard::bad("BROKEN_BODY", "The body ended early or is badly framed"));
            }
        };
    }
    let (letterbox, asked) = (&*letterbox, &asked);
    match route.serves {
        Serves::Input(hears, words) => {
            let waiting = match hears.hear(asked) {
                Ok(input) => hear_answer(letterbox, input),
                Err(error) if asked.wants_page() => return shown::refused(asked, &error),
                Err(error) => return answer::misheard(&error),
            };
            match waiting.await {
                Ok(said) => phrase(letterbox, asked, said, words).await,
                Err(response) => *response,
            }
        }
        // What is rarely asked waits in a box of its own: the place for the longest wait is taken for every request.
        Serves::Window(hears) => Box::pin(window_standing(letterbox, asked, hears)).await,
        Serves::Reading(reading) => Box::pin(reading::of(reading, letterbox, asked)).await,
    }
}

/// What was heard, in the words of the route.
async fn phrase(letterbox: &Letterbox, asked: &Asked, heard: Heard, words: Words) -> Response<HttpBody> {
    match heard {
        Heard::Reply(reply) => match words {
            Words::KeySet => Box::pin(reading::key_set(letterbox, &reply)).await,
            Words::History => Box::pin(reading::history(letterbox, asked, &reply)).await,
            Words::WindowPage => Box::pin(shown::window(letterbox, asked, &reply)).await,
            Words::Page | Words::Store | Words::Flow | Words::RootKey => answer::of(words, asked, *reply),
        },
        Heard::Nothing => answer::nothing(),
    }
}

/// What came of an input, once it is on disk.
enum Heard {
    Reply(Box<Reply>),
    Nothing,
}

/// Says it at once: what waits for the answer need not carry the question.
fn hear_answer(
    letterbox: &Letterbox,
    input: Input,
) -> impl Future<Output = Result<Heard, Box<Response<HttpBody>>>> + use<> {
    let said = timeout(PATIENCE, letterbox.say(input));
    async move {
        let said = said.await.unwrap_or(Err(Silence::Lost));
        match said.map_err(|silence| Box::new(answer::silent(silence)))? {
            Said::Answered(reply) => Ok(Heard::Reply(reply)),
            Said::Taken => Ok(Heard::Nothing),
            Said::Ignored(why) => Err(Box::new(answer::ignored(why))),
            Said::Stranded => Err(Box::new(answer::silent(Silence::Stranded))),
            Said::NotSaved(why) => Err(Box::new(answer::not_saved(&why))),
        }
    }
}

/// The buyer acts in the payment window, where there is something to do, and is told how it stands then.
async fn window_standing(letterbox: &Letterbox, asked: &Asked, hears: Option<Hears>) -> Response<HttpBody> {
    let input = match hears.map(|hears| hears.hear(asked)).transpose() {
        Ok(input) => input,
        Err(error) => return answer::misheard(&error),
    };
    let mut refused_pin = None;
    if let Some(input) = input {
        match hear_answer(letterbox, input).await {
            Ok(Heard::Reply(reply)) => refused_pin = reading::tries_left(&reply),
            Ok(Heard::Nothing) => {}
            Err(response) => return *response,
        }
    }
    match letterbox.window(asked.param("transaction").into()).await {
        Ok(Some(state)) => answer::with_body(200, "application/json", reading::standing(&state, refused_pin).json()),
        Ok(None) => {
            let error = json!({ "error": "Nobody knows this payment", "error_code": "UNKNOWN_TRANSACTION" });
            answer::as_json(StatusCode::NOT_FOUND.as_u16(), &error)
        }
        Err(silence) => answer::silent(silence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_and_both_spellings_lead_to_a_route() {
        let route = |path: &str| declared().find(|route| route.path == path).unwrap();
        let prepare = route("/api/v*/webpay/inapp/prepare/").spellings();
        assert_eq!(prepare.len(), 4);
        assert!(prepare.contains(&"/api/v2/webpay/inapp/prepare".to_owned()), "{prepare:?}");
        assert_eq!(route("/.well-known/jwks.json").spellings(), ["/.well-known/jwks.json"]);
        assert!(declared().flat_map(Route::spellings).all(|path| path.starts_with('/') && !path.contains("v*")));
    }
}
