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
    let real = match first.clock {
        Clock::Real { .. } => Duration::from_millis(u64::try_from(condition.timeout().millis()).unwrap_or(0)),
        Clock::Virtual => REAL_MAX,
    };
    let end = Instant::now() + real.min(REAL_MAX);
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
