//! The writer: the one thread that owns the connection and writes whatever has gathered in one transaction, with one sync.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use crate::io::store::change::{self, Change};
use crate::io::store::connection::LogLength;
use crate::io::store::error::StoreError;
use crate::io::store::place::StorePlace;
use crate::io::store::row::{self, RunId};
use crate::io::store::schema;
use crate::io::store::ticket::Punch;
use crate::session::branch::BranchId;
use crate::session::scribe::Scribe;

/// How long steps that only read may wait for others to share a sync with.
const QUIET: Duration = Duration::from_millis(500);
/// The most changes that gather before they are written in any case. A sync for so many costs each of them next to nothing, and
/// they are still at hand in the processor's memory when they are written down.
const BATCH_MAX: usize = 1_024;
/// The most changes that are kept while the disk takes none; beyond them the store stops for good.
const WAITING_MAX: usize = 65_536;

/// From here on it pays to wait for company: below it, whoever comes later is on disk sooner with a sync of their own.
const LONG_SYNC: Duration = Duration::from_micros(500);

/// What the writer is told.
pub(crate) enum Message {
    /// Write this.
    Write(Order),
    /// Answer this, once everything that came before it is written.
    Ask(Question),
}

/// What belongs together: it is written whole, or not at all.
pub(crate) struct Order {
    pub(crate) changes: Vec<Change>,
    /// Whether somebody may be waiting for it; else it may wait for company.
    pub(crate) is_urgent: bool,
    pub(crate) punch: Option<Punch>,
}

impl Order {
    /// What it counts among all that is not on disk: its changes, and one where it only waits for those of others.
    pub(crate) fn weight(&self) -> usize {
        self.changes.len().max(1)
    }
}

/// A question to the file. It answers by itself, and says here what it met that the store must know of.
pub(crate) type Question = Box<dyn FnOnce(&Connection) -> Result<(), StoreError> + Send>;

/// One branch of one run.
type Line = (RunId, BranchId);

/// What there is to do after taking in what has come.
enum Turn {
    /// Write, if it is time.
    Write,
    /// Write whatever came before this question, and answer it.
    Answer(Question),
    /// Nobody is left who could say anything.
    End,
}

/// How fast the disk is, and how many changes come for each sync.
///
/// Clients that wait for their answers before they ask again part into two halves, of which one always waits for the sync of the
/// other: each sync then serves half of them. Where a sync takes longer than they need to come back, it is better to wait for all.
#[derive(Debug, Default)]
struct Pace {
    /// How long the last commits took, the latest counting most.
    sync: Duration,
    /// How many changes were on their way at once: those of the last commit, and those that came meanwhile.
    company: usize,
}

impl Pace {
    /// Takes in a commit, and how many changes were not on disk right before it was there.
    fn note(&mut self, company: usize, took: Duration) {
        self.company = company;
        self.sync = (self.sync * 3 + took) / 4;
    }

    /// How long the next change may let us wait, with so many here, after so long: no longer than an eighth of a sync for one, and
    /// not half a sync for all.
    fn patience(&self, changes: usize, waited: Duration) -> Duration {
        let is_worth_it = self.sync >= LONG_SYNC && changes < self.company;
        if is_worth_it { (self.sync / 2).saturating_sub(waited).min(self.sync / 8) } else { Duration::ZERO }
    }
}

/// The writer and what it holds.
pub(crate) struct Writer {
    place: StorePlace,
    connection: Connection,
    log: LogLength,
    inbox: Receiver<Message>,
    /// The weight of all urgent orders that were given and are not on disk.
    outstanding: Arc<AtomicUsize>,
    /// In the order in which they came. After a fault that passes they stay here, and are tried again.
    waiting: Vec<Order>,
    /// How many changes wait in them.
    changes: usize,
    since: Option<Instant>,
    pace: Pace,
    /// The index that is due on each branch that was written to.
    due: BTreeMap<Line, usize>,
    stopped: Option<StoreError>,
    scribe: Scribe,
}

impl Writer {
    pub(crate) fn new(
        place: StorePlace,
        (connection, log): (Connection, LogLength),
        inbox: Receiver<Message>,
        outstanding: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            place,
            connection,
            log,
            inbox,
            outstanding,
            waiting: Vec::new(),
            changes: 0,
            since: None,
            pace: Pace::default(),
            due: BTreeMap::new(),
            stopped: None,
            scribe: Scribe::default(),
        }
    }

    /// Works until nobody can give an order any more, and writes what is left.
    pub(crate) fn run(mut self) {
        loop {
            match self.gather() {
                Turn::Write if self.is_commit_due() => self.commit(),
                Turn::Write => {}
                Turn::Answer(question) => {
                    self.commit();
                    if let Err(error @ StoreError::Damaged { .. }) = question(&self.connection) {
                        self.stop(error);
                    }
                }
                Turn::End => return self.commit(),
            }
        }
    }

    /// Takes in everything that has come, up to the first question, and whoever is about to come.
    fn gather(&mut self) -> Turn {
        let mut next = match self.since {
            None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(since) => self.inbox.recv_timeout(QUIET.saturating_sub(since.elapsed())),
        };
        let began = Instant::now();
        loop {
            match next {
                Ok(Message::Ask(question)) => return Turn::Answer(question),
                Ok(Message::Write(order)) => self.take(order),
                Err(RecvTimeoutError::Timeout) => return Turn::Write,
                Err(RecvTimeoutError::Disconnected) => return Turn::End,
            }
            if self.changes >= BATCH_MAX {
                return Turn::Write;
            }
            next = self.inbox.recv_timeout(Duration::ZERO);
            if let Err(RecvTimeoutError::Timeout) = next {
                next = self.inbox.recv_timeout(self.pace.patience(self.changes, began.elapsed()));
            }
        }
    }

    /// Puts one order behind the others, unless its steps are not the next ones, or the store has stopped.
    fn take(&mut self, mut order: Order) {
        let checked = self.stopped.clone().map_or_else(|| self.places(&order.changes), Err);
        match checked {
            Ok(places) => self.due.extend(places),
            Err(error) => {
                if order.is_urgent {
                    self.outstanding.fetch_sub(order.weight(), Ordering::Release);
                }
                return answer(order.punch.take(), &Err(error));
            }
        }
        let is_quiet = !order.is_urgent && self.is_quiet();
        if is_quiet {
            // All that changed anything before it is on disk.
            answer(order.punch.take(), &Ok(()));
        }
        self.since.get_or_insert_with(Instant::now);
        self.changes += order.changes.len();
        self.waiting.push(order);
    }

    fn is_quiet(&self) -> bool {
        self.outstanding.load(Ordering::Acquire) == 0
    }

    /// What will be due on each branch when these changes are written.
    fn places(&self, changes: &[Change]) -> Result<BTreeMap<Line, usize>, StoreError> {
        let mut places = BTreeMap::new();
        for change in changes {
            match change {
                Change::Branch { run, branch, descent, setup: _ } => {
                    places.insert((*run, *branch), descent.shared_count());
                }
                Change::Step { run, branch, step } => {
                    let line = (*run, *branch);
                    let known = places.get(&line).or_else(|| self.due.get(&line)).copied();
                    let due = known.map_or_else(|| self.due_on(line), Ok)?;
                    if due != step.index {
                        return Err(StoreError::Misplaced { run: *run, branch: *branch, due, found: step.index });
                    }
                    places.insert(line, due + 1);
                }
                Change::Copy { run, steps, .. } => {
                    places.insert((*run, BranchId::FIRST), *steps);
                }
                Change::Run { .. }
                | Change::Title { .. }
                | Change::Notes { .. }
                | Change::Here { .. }
                | Change::Bookmarks { .. }
                | Change::Used { .. }
                | Change::Latest { .. } => {}
            }
        }
        Ok(places)
    }

    fn due_on(&self, (run, branch): Line) -> Result<usize, StoreError> {
        let due = row::due(&self.connection, run, branch).map_err(|error| StoreError::of(&self.place, &error))?;
        due.ok_or_else(|| StoreError::NoSuchRun { place: self.place.clone(), run })
    }

    fn is_commit_due(&self) -> bool {
        self.changes >= BATCH_MAX
            || self.waiting.iter().any(|order| order.is_urgent || order.punch.is_some())
            || self.since.is_some_and(|since| since.elapsed() >= QUIET)
    }

    /// Writes all that waits in one transaction, and says so to whoever holds a ticket.
    fn commit(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let written = self.write().map_err(|error| StoreError::of(&self.place, &error));
        for punch in self.waiting.iter_mut().map(|order| order.punch.take()) {
            answer(punch, &written);
        }
        match written {
            Ok(()) => {
                let urgent = self.waiting.iter().filter(|order| order.is_urgent).map(Order::weight).sum();
                self.outstanding.fetch_sub(urgent, Ordering::Release);
                self.waiting.clear();
                (self.changes, self.since) = (0, None);
            }
            Err(error) if error.is_passing() && self.changes < WAITING_MAX => {
                // Tried again with the next order, or after a while. Until then nothing that follows from it is good either.
                self.since = Some(Instant::now());
            }
            Err(error) => self.stop(error),
        }
    }

    fn write(&mut self) -> rusqlite::Result<()> {
        let begins_log = self.log.shorten(&self.connection);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change::write(&transaction, &mut self.scribe, self.waiting.iter().flat_map(|order| &order.changes))?;
        if begins_log {
            schema::write_version(&transaction)?;
        }
        let begun = Instant::now();
        transaction.commit()?;
        self.pace.note(self.outstanding.load(Ordering::Acquire), begun.elapsed());
        Ok(())
    }

    /// Writes nothing any more, not even the log into the file when it is closed: what is there is left as it is.
    fn stop(&mut self, error: StoreError) {
        for order in self.waiting.drain(..) {
            answer(order.punch, &Err(error.clone()));
        }
        (self.changes, self.since) = (0, None);
        // If this fails too, closing copies whole committed pages and nothing else.
        let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        self.stopped = Some(error);
    }
}

fn answer(punch: Option<Punch>, result: &Result<(), StoreError>) {
    if let Some(punch) = punch {
        // Whoever dropped the ticket does not want to know.
        let _ = punch.send(result.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_waits_for_company_that_was_there_before_and_a_fast_one_never_does() {
        let ms = Duration::from_millis;
        let after = |sync, company| {
            let mut pace = Pace::default();
            for _ in 0..40 {
                pace.note(company, sync);
            }
            pace
        };
        let slow = after(ms(8), 32);
        let wait = slow.patience(16, Duration::ZERO);
        assert!((Duration::from_micros(900)..=ms(1)).contains(&wait), "{wait:?}: an eighth of a sync for the next one");
        assert_eq!(slow.patience(16, ms(4)), Duration::ZERO, "and half a sync for all");
        assert_eq!(slow.patience(32, Duration::ZERO), Duration::ZERO, "all are here");
        assert_eq!(after(Duration::from_micros(400), 32).patience(16, Duration::ZERO), Duration::ZERO);
        assert_eq!(after(ms(8), 3).patience(3, Duration::ZERO), Duration::ZERO, "whoever is alone waits for nobody");
    }
}
