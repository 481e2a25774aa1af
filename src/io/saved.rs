//! Saved: the promise that a step will be on disk, shared by all who must not speak before it is.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use crate::session::recorded::Recorded;
use crate::session::step::Step;

/// Why something could not be saved, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSaved(pub String);

/// Who writes the steps of a run down.
pub trait Keep: Send {
    /// Takes the step that `run` has just taken, and promises that it will be on disk.
    fn keep(&mut self, run: &dyn Recorded, step: &Arc<Step>) -> Saved;

    /// Lets what was taken since the last time go to the disk together: all that follows from one thing that was asked. No
    /// promise is kept before.
    fn hand_over(&mut self);
}

/// Something that will be on disk, or why it will not.
pub type Saving = Pin<Box<dyn Future<Output = Result<(), NotSaved>> + Send>>;

/// A promise that may be awaited by several, in any order, once or twice.
#[derive(Clone, Default)]
pub struct Saved(Option<Arc<Shared>>);

struct Shared {
    saving: Mutex<Saving>,
    done: OnceCell<Result<(), NotSaved>>,
}

impl Saved {
    /// Nothing need be waited for.
    #[must_use]
    pub fn already() -> Self {
        Self(None)
    }

    /// Whether nothing need be waited for.
    #[must_use]
    pub fn is_already(&self) -> bool {
        self.0.is_none()
    }

    /// Good when `saving` is.
    #[must_use]
    pub fn when(saving: Saving) -> Self {
        Self(Some(Arc::new(Shared { saving: Mutex::new(saving), done: OnceCell::new() })))
    }

    /// Waits until it is on disk.
    ///
    /// # Errors
    /// [`NotSaved`].
    pub async fn wait(&self) -> Result<(), NotSaved> {
        let Some(shared) = &self.0 else { return Ok(()) };
        let wait = || async {
            let mut saving = shared.saving.lock().await;
            saving.as_mut().await
        };
        shared.done.get_or_init(wait).await.clone()
    }
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved").field("at_once", &self.0.is_none()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    #[test]
    fn all_who_wait_hear_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let failed = Saved::when(Box::pin(ready(Err(NotSaved("The disk is full".to_owned())))));
            let other = failed.clone();
            assert_eq!(failed.wait().await, Err(NotSaved("The disk is full".to_owned())));
            assert_eq!(other.wait().await, failed.wait().await);
            assert_eq!(Saved::when(Box::pin(ready(Ok(())))).wait().await, Ok(()));
            assert_eq!(Saved::already().wait().await, Ok(()));
        });
    }
}
