//! Stages: a live run of its own, without a window, as a server drives it.

use std::sync::Arc;
use std::time::Duration;

use crate::io::clock;
use crate::io::inbox::Inbox;
use crate::io::live::driver::Driver;
use crate::protocol::time::{Span, Time};
use crate::session::line::Line;
use crate::session::recorded::Recorded;
use crate::session::step::Step;

/// As long as a sleep may be: a machine whose clock was set is noticed by then.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// A line with what drives it and the inbox that it is asked through.
#[derive(Debug)]
pub struct Stage {
    line: Line,
    driver: Driver,
    inbox: Inbox,
}

impl Stage {
    /// A stage on which `line` goes on.
    #[must_use]
    pub fn new(line: Line, driver: Driver, inbox: Inbox) -> Self {
        Self { line, driver, inbox }
    }

    /// Serves until every letterbox is gone. One ask after another: what is asked first happens first.
    pub async fn run(mut self) {
        loop {
            self.driver.tick(&mut self.line, clock::now());
            let asked = match self.sleep() {
                None => self.inbox.next().await,
                Some(sleep) => match tokio::time::timeout(sleep, self.inbox.next()).await {
                    Ok(asked) => asked,
                    Err(_) => continue,
                },
            };
            let Some(ask) = asked else { return };
            self.driver.handle(&mut self.line, ask, clock::now());
            self.drain();
        }
    }

    /// Does what else has been asked already, without going to sleep between.
    fn drain(&mut self) {
        while let Some(ask) = self.inbox.try_next() {
            self.driver.handle(&mut self.line, ask, clock::now());
        }
    }

    /// Notes the steps of the line's beginning, which were taken before there was a driver.
    pub fn begin(&mut self) {
        let steps: Vec<Arc<Step>> = self.line.kept().cloned().collect();
        for step in &steps {
            let _ = self.driver.observe(&self.line, step);
        }
    }

    fn sleep(&self) -> Option<Duration> {
        let due: Time = self.driver.next_due(&self.line as &dyn Recorded)?;
        let wait: Span = due - clock::now();
        let wait = Duration::from_millis(u64::try_from(wait.millis()).unwrap_or(0));
        Some(wait.min(SLEEP_MAX))
    }
}
