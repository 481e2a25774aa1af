//! Stages: a live run of its own, without a window, as a server drives it.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::io::clock;
use crate::io::inbox::{self, Ask, Clock, Inbox, Letterbox};
use crate::io::live::driver::Driver;
use crate::io::live::errands;
use crate::io::live::hearing::Notary;
use crate::io::live::releases;
use crate::io::outbound::Outbound;
use crate::io::saved::Keep;
use crate::session::line::Line;

/// As long as a sleep may be: that the machine's clock was set is noticed by then.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// How much of what was asked at the same time goes to the disk together. Beyond it the disk may begin while more is done.
const TOGETHER_MAX: usize = 8;

/// A line with what drives it and the inbox that it is asked through.
#[derive(Debug)]
pub struct Stage {
    line: Line,
    driver: Driver,
    inbox: Inbox,
}

/// Puts `line` on a stage and lets it go on there, as a task of the runtime that this is called in, for as long as there is a
/// letterbox. `keeper` is given every step from now on.
#[must_use]
pub fn start(line: Line, clock: Clock, outbound: Outbound, keeper: Option<Box<dyn Keep>>) -> Letterbox {
    let (letterbox, inbox) = inbox::open(|| {});
    let (errands, waiting) = mpsc::unbounded_channel();
    tokio::spawn(errands::run(waiting, outbound, letterbox.downgrade()));
    let notary = keeper.map(|keeper| {
        let (releases, handed_over) = mpsc::unbounded_channel();
        tokio::spawn(releases::run(handed_over));
        Notary { keeper, releases }
    });
    let driver = Driver::new(clock, errands, inbox.steps(), notary);
    tokio::spawn(Stage { line, driver, inbox }.run());
    letterbox
}

impl Stage {
    /// Serves until every letterbox is gone. One ask after another: what is asked first happens first.
    async fn run(mut self) {
        // A line that has just begun has asked a store outside for its keys.
        if self.line.count() == 1
            && let Some(start) = self.line.kept().next().cloned()
        {
            drop(self.driver.observe(&self.line, &start));
        } else {
            self.line.kept().for_each(|step| self.driver.recall(step));
        }
        loop {
            self.driver.tick(&mut self.line, clock::now());
            let asked = match self.sleep() {
                None => self.inbox.next().await,
                Some(sleep) => match timeout(sleep, self.inbox.next()).await {
                    Ok(asked) => asked,
                    Err(_) => continue,
                },
            };
            let Some(ask) = asked else { return };
            self.handle_together(ask);
        }
    }

    /// Does this, and whatever else has been asked by then.
    fn handle_together(&mut self, first: Ask) {
        let (mut next, mut done) = (Some(first), 0);
        while let Some(ask) = next {
            self.driver.handle(&mut self.line, ask, clock::now());
            done += 1;
            next = if done < TOGETHER_MAX { self.inbox.try_next() } else { None };
        }
    }

    /// How long nothing will happen by itself; `None` for ever.
    fn sleep(&self) -> Option<Duration> {
        let wait = self.driver.next_due(&self.line)? - clock::now();
        // A millisecond more: the machine's clock is read in whole ones, rounded down.
        let wait = Duration::from_millis(u64::try_from(wait.millis()).unwrap_or(0) + 1);
        Some(wait.min(SLEEP_MAX))
    }
}
