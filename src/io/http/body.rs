//! Bodies: read whole, up to a limit in bytes and in time, before anybody acts on them.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use crate::io::http::refusal::Refusal;

/// As much of a body that is too long is read and thrown away, so that its sender gets to read the refusal.
const DISCARDED_BYTES_MAX: usize = 4 << 20;
/// And for as long.
const DISCARDING_TIME: Duration = Duration::from_secs(1);

/// The whole of a body of at most `max` bytes, or why not, after `time` at the latest.
///
/// # Errors
/// It is too long, too slow, or broken.
pub async fn whole(mut body: Body, max: usize, time: Duration) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let is_too_long = body.size_hint().lower() > max as u64;
    let read =
        if is_too_long { Ok(None) } else { timeout(time, gathered(&mut body, max)).await.unwrap_or(Err(slow(time))) };
    if let Some(bytes) = read? {
        return Ok(bytes);
    }
    // Many a client reads no answer while it still sends.
    let _ = timeout(DISCARDING_TIME, discarded(&mut body)).await;
    Err(Refusal::BodyTooLong { max })
}

fn slow(time: Duration) -> Refusal {
    Refusal::BodyTooSlow { seconds: time.as_secs() }
}

/// All bytes; `None` as soon as there are more than `max`.
async fn gathered(body: &mut Body, max: usize) -> Result<Option<Bytes>, Refusal> {
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while let Some(piece) = next(body).await? {
        if first.len() + rest.len() + piece.len() > max {
            return Ok(None);
        }
        if first.is_empty() {
            first = piece;
        } else {
            rest.extend_from_slice(&piece);
        }
    }
    // A body of one piece, as nearly all are, is not copied.
    Ok(Some(if rest.is_empty() { first } else { [first.as_ref(), &rest].concat().into() }))
}

async fn discarded(body: &mut Body) -> Result<(), Refusal> {
    let mut count = 0;
    while let Some(piece) = next(body).await? {
        count += piece.len();
        if count > DISCARDED_BYTES_MAX {
            break;
        }
    }
    Ok(())
}

/// The next bytes; trailers are none.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}
