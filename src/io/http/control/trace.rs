//! Traces: the steps of a run page by page, or as they are taken.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

use crate::io::http::answer;
use crate::io::http::control::trouble::Trouble;
use crate::io::inbox::Letterbox;
use crate::io::store::archive::Archive;
use crate::session::recorded::Recorded;
use crate::session::step::Step;

/// How many steps a page has where nobody says.
const LIMIT: usize = 200;
/// How many steps a page may have.
const LIMIT_MAX: usize = 1_000;

/// One page: `{"from": …, "steps": […], "next": … or null, "kept_from": …}`. Steps before `kept_from` come from the store.
///
/// # Errors
/// [`Trouble`] where the steps have left memory and cannot be had back.
pub async fn page(
    letterbox: &Letterbox,
    archive: Option<&Archive>,
    from: usize,
    limit: Option<usize>,
) -> Result<Response<Body>, Trouble> {
    let limit = limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let read = move |run: &dyn Recorded, _| (run.kept(), run.count());
    let (kept, count) = letterbox.read(read).await?;
    let kept_from = kept.first().map_or(count, |step| step.index);
    let steps = if from < kept_from {
        archived(archive, from, limit.min(kept_from - from)).await?
    } else {
        kept.into_iter().skip(from - kept_from).take(limit).collect()
    };
    let steps: Vec<Value> = steps.iter().map(|step| step_json(step)).collect();
    let next = from + steps.len();
    let next = if next < count { Value::from(next) } else { Value::Null };
    Ok(answer::as_json(200, &json!({ "from": from, "steps": steps, "next": next, "kept_from": kept_from })))
}

/// Steps that have left memory, lived again beside the server's own work.
///
/// # Errors
/// [`Trouble`] where nobody keeps them, or the store cannot give them back.
pub async fn archived(archive: Option<&Archive>, from: usize, limit: usize) -> Result<Vec<Arc<Step>>, Trouble> {
    let Some(archive) = archive.cloned() else {
        let hint = "A session keeps its latest 1,024 steps; the root's run is kept whole";
        return Err(Trouble::missing("STEPS_GONE", format!("Step {from} has left memory"), hint));
    };
    let hint = "What is still in memory can be read: ask with a later from";
    let broken = |error: String| Trouble::conflict("STEPS_UNREADABLE", error, hint);
    let lived = tokio::task::spawn_blocking(move || archive.steps(from, limit)).await;
    lived.map_err(|error| broken(error.to_string()))?.map_err(|error| broken(error.to_string()))
}

/// One step as JSON, its members in the order of its fingerprint.
#[must_use]
pub fn step_json(step: &Step) -> Value {
    serde_json::to_value(step).unwrap_or_default()
}

/// The steps as server-sent events, from `from` on where they are kept: `id` is the step's index, `data` its canonical JSON.
///
/// # Errors
/// [`Trouble`] where the run is gone.
pub async fn live(letterbox: &Letterbox, from: Option<usize>) -> Result<Response<Body>, Trouble> {
    let coming = BroadcastStream::new(letterbox.watch());
    let behind = letterbox.read(move |run, _| from.map(|from| steps_from(run, from)).unwrap_or_default()).await?;
    let mut due = behind.last().map_or(0, |step| step.index + 1);
    let fresh = coming.filter_map(move |step| match step {
        // Whoever is too slow misses steps, sees it by the ids, and asks for them by number.
        Err(_) => None,
        Ok(step) if step.index < due && step.index != 0 => None,
        Ok(step) => {
            due = step.index + 1;
            Some(step)
        }
    });
    let events = tokio_stream::iter(behind).chain(fresh).map(|step| Ok::<_, Infallible>(event(&step)));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn steps_from(run: &dyn Recorded, from: usize) -> Vec<Arc<Step>> {
    run.kept().into_iter().filter(|step| step.index >= from).collect()
}

fn event(step: &Step) -> Event {
    Event::default().id(step.index.to_string()).event("step").data(step.canonical_json())
}
