//! A server on a thread of its own, for a window that must stay fluent.

use std::io;
use std::thread::JoinHandle;

use crate::io::http::front::Front;
use crate::io::http::listen::Listening;
use crate::io::http::serve::{Stopper, runtime, serve, stopper};

/// A running server. It ends when asked to, or when this goes.
#[derive(Debug)]
pub struct Server {
    port: u16,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    /// Serves on `listening` from a new thread. `build` runs there, inside the runtime, so that it may start tasks.
    ///
    /// # Errors
    /// No thread, or no runtime, to be had.
    pub fn start(listening: Listening, build: impl FnOnce() -> Front + Send + 'static) -> io::Result<Self> {
        let port = listening.port();
        let (stopper, stop) = stopper();
        let runtime = runtime()?;
        let thread = std::thread::Builder::new().name(format!("http-{port}")).spawn(move || {
            let ended = runtime.block_on(async move { serve(listening, build(), stop).await });
            // A name that is still being looked up must not hold us.
            runtime.shutdown_background();
            ended
        })?;
        Ok(Self { port, stopper, thread: Some(thread) })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Asks the server to end, and waits until it has: what is in service may finish, within its limit.
    ///
    /// # Errors
    /// What ended the server before it was asked to.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        self.stopper.stop();
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(io::Error::other("the server's thread panicked")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.end();
    }
}
