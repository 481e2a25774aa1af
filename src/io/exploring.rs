//! Exploring in the background: on threads of its own, so that the window never waits for it, and stopped when nobody wants it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::io::cores;
use crate::io::explore::{ExploreError, Explored, Phase, Progress, Wish, explore};
use crate::session::scenario::plan::Scenario;

/// An exploration under way. Dropping it stops it.
#[derive(Debug)]
pub struct Exploring {
    progress: Arc<Mutex<Progress>>,
    is_over: Arc<AtomicBool>,
    /// Until it was taken.
    answer: Option<Receiver<Result<Explored, ExploreError>>>,
}

/// How an exploration stands.
#[derive(Debug)]
pub enum Standing {
    /// Under way.
    Under(Progress),
    /// Ended.
    Ended(Box<Result<Explored, ExploreError>>),
    /// Ended, and its end was taken already.
    Taken,
}

impl Exploring {
    /// Begins. `wake` is called about sixty times on the way, and when it is done. One core is left to whoever waits.
    #[must_use]
    pub fn begin(scenario: Scenario, is_double: bool, wake: impl Fn() + Send + 'static) -> Self {
        let wish = Wish { is_double, jobs: cores::spare(), limit: None };
        let progress = Arc::new(Mutex::new(Progress { phase: Phase::Singles, done: 0, of: 0 }));
        let is_over = Arc::new(AtomicBool::new(false));
        let (sender, answer) = channel();
        let exploring = Self { progress: Arc::clone(&progress), is_over: Arc::clone(&is_over), answer: Some(answer) };
        thread::spawn(move || {
            let told = explore(&scenario, wish, |now| {
                if is_over.load(Ordering::Relaxed) {
                    return Err(io::Error::other("nobody waits for this exploration any more"));
                }
                *progress.lock().unwrap_or_else(PoisonError::into_inner) = now;
                if now.done.is_multiple_of((now.of / 20).max(1)) {
                    wake();
                }
                Ok(())
            });
            // The window may have been closed meanwhile; then nobody wants the answer.
            let _ = sender.send(told);
            wake();
        });
        exploring
    }

    /// Waits until it has ended; nothing where that was taken already.
    pub fn wait(&mut self) -> Option<Result<Explored, ExploreError>> {
        let ended = self.answer.take()?.recv();
        Some(ended.unwrap_or_else(|_| Err(broken_off())))
    }

    /// How it stands now. A panic of its thread counts as an error of the system.
    pub fn standing(&mut self) -> Standing {
        let Some(answer) = &self.answer else { return Standing::Taken };
        let ended = match answer.try_recv() {
            Ok(ended) => ended,
            Err(TryRecvError::Disconnected) => Err(broken_off()),
            Err(TryRecvError::Empty) => {
                return Standing::Under(*self.progress.lock().unwrap_or_else(PoisonError::into_inner));
            }
        };
        self.answer = None;
        Standing::Ended(Box::new(ended))
    }
}

fn broken_off() -> ExploreError {
    io::Error::other("the exploration broke off").into()
}

impl Drop for Exploring {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
