//! Serving: the accept loop, and one connection at a time with all its limits. `axum::serve` has no time limit for a head.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::io::http::answer::HangUp;
use crate::io::http::crowd::{Crowd, Place, Word};
use crate::io::http::front::Front;
use crate::io::http::limits::Limits;
use crate::io::http::listen::Listening;
use crate::io::http::stream::Stream;

/// How long to wait when the system has no more sockets to give.
const BREATH: Duration = Duration::from_millis(20);
/// How many sockets are looked at before what they asked is acted upon. Of many clients that ask at once the first are on their way
/// to the disk while the others are still being read.
const SOCKETS_AT_ONCE: usize = 8;

/// Why a connection ends where an answer would be.
#[derive(Debug, thiserror::Error)]
#[error("the answer was lost on the way")]
struct Lost;

/// Ends a server. So does dropping it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Tells when a server must end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// A pair: what ends a server, and what the server waits for.
#[must_use]
pub fn stopper() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Ends the server: no new connection; what is in service may finish, within the limit.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Ends when the server must end.
    pub async fn asked(&mut self) {
        // An error says that the stopper is gone: that is a stop as well.
        let _ = self.0.wait_for(|is_asked| *is_asked).await;
    }
}

/// The runtime on which a server runs: one thread, sockets, timers and signals.
///
/// # Errors
/// The system has no more sockets to give.
pub fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().max_io_events_per_tick(SOCKETS_AT_ONCE).enable_all().build()
}

/// Serves `front` until asked to stop, then says farewell to whoever is connected.
///
/// # Errors
/// A socket that the runtime cannot take over.
pub async fn serve(listening: Listening, front: Front, mut stop: Stop) -> std::io::Result<()> {
    let front = Arc::new(front);
    let limits = *front.gate().limits();
    let crowd = Crowd::new(limits.connections_max);
    // Every connection holds an end of this: it closes when the last of them is gone.
    let (held, mut gone) = mpsc::channel::<Infallible>(1);
    let mut loops = Vec::new();
    for socket in listening.into_sockets() {
        let listener = TcpListener::from_std(socket)?;
        let accepting = accept(listener, Arc::clone(&front), crowd.clone(), stop.clone(), held.clone());
        loops.push(tokio::spawn(accepting));
    }
    drop(held);
    stop.asked().await;
    for accepting in loops {
        // It ended by itself; only a panic of ours is an error here, and that was reported.
        let _ = accepting.await;
    }
    crowd.close();
    if timeout(limits.farewell_time, gone.recv()).await.is_err() {
        crowd.dismiss();
        gone.recv().await;
    }
    Ok(())
}

async fn accept(
    listener: TcpListener,
    front: Arc<Front>,
    crowd: Crowd,
    mut stop: Stop,
    held: mpsc::Sender<Infallible>,
) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.asked() => return,
            accepted = listener.accept() => accepted,
        };
        let socket = match accepted {
            Ok((socket, _)) => socket,
            // A client that went away before we looked.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            // The system has no more sockets for us: whoever asks nothing gives one back.
            Err(_) => {
                crowd.relieve();
                sleep(BREATH).await;
                continue;
            }
        };
        // No place: all that there are is in service. Closed at once, the client knows where it stands.
        let Some(place) = crowd.enter() else { continue };
        let (front, held) = (Arc::clone(&front), held.clone());
        tokio::spawn(async move {
            let _held = held;
            attend(socket, &front, place).await;
        });
    }
}

/// One connection, from its first byte to its last.
async fn attend(socket: TcpStream, front: &Front, place: Place) {
    let limits = front.gate().limits();
    // An answer is written whole; there is nothing to wait for.
    let _ = socket.set_nodelay(true);
    let mark = place.mark();
    let service = service_fn(async |request: hyper::Request<Incoming>| {
        let response = front.answer(request, Some(&mark)).await;
        // A message that was lost on the way has no answer: the connection ends, as it would with a store that is down.
        if response.extensions().get::<HangUp>().is_some() { Err(Lost) } else { Ok(response) }
    });
    let connection = builder(limits).serve_connection(Stream::new(socket, limits.stall_time), service);
    let mut connection = pin!(connection);
    loop {
        let word = tokio::select! {
            biased;
            // What went wrong on a client's connection is the client's business.
            _ = connection.as_mut() => return,
            word = place.told() => word,
        };
        match word {
            Word::Finish => connection.as_mut().graceful_shutdown(),
            Word::Leave => return,
        }
    }
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(limits.head_lines_max)
        .max_buf_size(limits.head_bytes_max)
        .half_close(false);
    builder
}
