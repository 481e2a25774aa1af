//! Tickets: the promise that something will be on disk, to be awaited or waited for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::sync::oneshot::{Receiver, Sender, channel};

use crate::io::saved::{NotSaved, Saved};
use crate::io::store::error::StoreError;

/// Good when everything that changed the run, up to and with this step, is on disk. Await it, or [wait](Ticket::wait) for it.
///
/// Dropping it changes nothing: the step is written all the same.
#[derive(Debug)]
#[must_use = "whoever answers before the ticket is good may answer what a crash takes back"]
pub struct Ticket(State);

#[derive(Debug)]
enum State {
    /// Nothing is outstanding.
    Good,
    Waiting(Receiver<Result<(), StoreError>>),
}

/// The other end: whoever writes says when it is done.
pub(crate) type Punch = Sender<Result<(), StoreError>>;

impl Ticket {
    pub(crate) fn good() -> Self {
        Self(State::Good)
    }

    pub(crate) fn new() -> (Punch, Self) {
        let (punch, receiver) = channel();
        (punch, Self(State::Waiting(receiver)))
    }

    /// Whether nothing need be waited for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self.0, State::Good)
    }

    /// Waits on a plain thread. On a server's runtime await the ticket instead.
    ///
    /// # Errors
    /// As for awaiting: why it is not on disk. Where the fault [passes](StoreError::is_passing), it is written later all the same.
    pub fn wait(mut self) -> Result<(), StoreError> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self).poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl Future for Ticket {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Good => Poll::Ready(Ok(())),
            State::Waiting(receiver) => {
                Pin::new(receiver).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
            }
        }
    }
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl From<Ticket> for Saved {
    fn from(ticket: Ticket) -> Self {
        if ticket.is_good() {
            return Self::already();
        }
        Self::when(Box::pin(async move { ticket.await.map_err(|error| NotSaved(error.to_string())) }))
    }
}
