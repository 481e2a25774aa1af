//! Waiting: until something is so, or the run's own clock says that it is too late.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::io::http::control::condition::Condition;
use crate::io::http::control::state;
use crate::io::http::control::trouble::Trouble;
use crate::io::inbox::{Clock, Letterbox};
use crate::protocol::time::{Span, Time};
use crate::session::recorded::Recorded;

/// How long a request may wait at the most, by the machine's clock, whatever the run's shows.
const REAL_MAX: Duration = Duration::from_mins(2);

/// How long it waits at the least for a clock that others move: a test suite's next line may be slow.
const STANDING_MIN: Duration = Duration::from_secs(10);

/// What came of the waiting.
pub struct Waited {
    /// Whether it became so.
    pub is_met: bool,
    /// How the run stands.
    pub state: Value,
}

/// Looks after each step whether it is so.
///
/// # Errors
/// [`Trouble`] where not exactly one thing is waited for, or the run is gone.
pub async fn wait(letterbox: &Letterbox, condition: Condition) -> Result<Waited, Trouble> {
    if !condition.is_one() {
        let hint = "Give exactly one of idle, access, state, message, fault";
        return Err(Trouble::bad("NOT_ONE_CONDITION", "Exactly one thing can be waited for", hint));
    }
    let mut steps = letterbox.watch();
    let first = look(letterbox, condition.clone()).await?;
    let until = first.now + condition.timeout();
    let end = Instant::now() + patience(first.clock, condition.timeout());
    let mut seen = first;
    while !seen.is_met && (matches!(seen.clock, Clock::Real { .. }) || seen.now < until) {
        match timeout_at(end, steps.recv()).await {
            Err(_) => {
                seen = look(letterbox, condition.clone()).await?;
                break;
            }
            Ok(Err(RecvError::Closed)) => break,
            // Passed over or not: the run itself is looked at.
            Ok(Ok(_) | Err(RecvError::Lagged(_))) => {
                while steps.try_recv().is_ok() {}
                seen = look(letterbox, condition.clone()).await?;
            }
        }
    }
    Ok(Waited { is_met: seen.is_met, state: json!({ "met": seen.is_met, "state": seen.state }) })
}

/// How long is waited by the machine's clock for what shall be so within `span` of the run's.
fn patience(clock: Clock, span: Span) -> Duration {
    let asked = Duration::from_millis(u64::try_from(span.millis()).unwrap_or(0));
    let real = match clock {
        Clock::Real { .. } => asked,
        // A clock that nobody moves never comes to the end of the span; whoever waits must hear so all the same.
        Clock::Virtual => asked.max(STANDING_MIN),
    };
    real.min(REAL_MAX)
}

struct Look {
    is_met: bool,
    now: Time,
    clock: Clock,
    state: Value,
}

async fn look(letterbox: &Letterbox, condition: Condition) -> Result<Look, Trouble> {
    let read = move |run: &dyn Recorded, clock| Look {
        is_met: condition.is_met(run),
        now: run.world().now(),
        clock,
        state: state::of(run, clock),
    };
    Ok(letterbox.read(read).await?)
}

/// A span that may be advanced in one go: a year.
pub const ADVANCE_MAX: Span = Span::from_days(366);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_nobody_moves_is_not_waited_for_without_end() {
        let real = Clock::Real { ahead: Span::ZERO };
        for (clock, asked_s, waited_s) in [
            (real, 1, 1),
            (real, 600, 120),
            (Clock::Virtual, 1, 10),
            (Clock::Virtual, 60, 60),
            (Clock::Virtual, 3600, 120),
        ] {
            let waited = patience(clock, Span::from_seconds(asked_s));
            assert_eq!(waited, Duration::from_secs(waited_s), "{clock:?} {asked_s}");
        }
    }
}
