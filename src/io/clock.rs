//! The machine's clock: the only place where the real time is asked for.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::protocol::time::Time;

/// What the machine's clock shows, to the millisecond. A clock set before 1970 counts as 1970.
#[must_use]
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Tells how long something took in real time; a run's own time is another.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Runs from now on.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// What has passed since.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
