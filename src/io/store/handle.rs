//! The store's handle: what any thread may ask of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;

use crate::io::clock;
use crate::io::store::change::Change;
use crate::io::store::connection::{self, OpenFile};
use crate::io::store::error::StoreError;
use crate::io::store::place::StorePlace;
use crate::io::store::row::{self, RunHead, RunId, StoredStep};
use crate::io::store::ticket::Ticket;
use crate::io::store::writer::{Message, Order, Writer};
use crate::session::branch::{BranchId, Descent};
use crate::session::step::Step;
use crate::world::setup::Setup;

/// How many orders may lie before the writer. Whoever gives more waits until the disk has caught up, so memory stays flat.
const QUEUE_MAX: usize = 2_048;

/// An open store. Clones are the same store; the last one to go writes what is left and closes the file.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    place: StorePlace,
    set_aside: Option<PathBuf>,
    next_run: AtomicI64,
    outstanding: Arc<AtomicUsize>,
    // In this order: the writer ends when nobody can speak to it any more.
    writer: Option<(SyncSender<Message>, JoinHandle<()>)>,
}

/// Opening and closing.
impl Store {
    /// Opens the store at `place`, made if it is not there, and brought up to the newest schema if it is older.
    ///
    /// # Errors
    /// [`StoreError`]: in use, no store, of a newer schema, forbidden, full, damaged. Nothing in the file was changed then.
    pub fn open(place: &StorePlace) -> Result<Self, StoreError> {
        Self::open_within(place, None)
    }

    /// As [`open`](Self::open), for a file that may have at most so many pages of 4096 bytes.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn open_within(place: &StorePlace, pages_max: Option<u32>) -> Result<Self, StoreError> {
        let OpenFile { connection, set_aside, log } = connection::open(place, pages_max)?;
        let last = row::last_run(&connection).map_err(|error| StoreError::of(place, &error))?;
        let (sender, inbox) = sync_channel(QUEUE_MAX);
        let outstanding = Arc::new(AtomicUsize::new(0));
        let writer = Writer::new(place.clone(), (connection, log), inbox, Arc::clone(&outstanding));
        let thread = Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::of_file(place, &error))?;
        Ok(Self(Arc::new(Shared {
            place: place.clone(),
            set_aside,
            next_run: AtomicI64::new(last + 1),
            outstanding,
            writer: Some((sender, thread)),
        })))
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &StorePlace {
        &self.0.place
    }

    /// What whoever keeps this store must be told once: commits at the end of its log were damaged and could not be read.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let (place, copy) = (&self.0.place, self.0.set_aside.as_ref()?.display());
        Some(format!(
            "{place}: the end of its log was damaged, and what stood there is missing; the log is kept in {copy}"
        ))
    }
}

/// Writing. Nothing here waits for the disk, unless the disk is thousands of orders behind.
impl Store {
    /// Begins a run. Its first branch is there; its steps, the start of the app first, are to be [appended](Self::append).
    #[must_use]
    pub fn create(&self, title: &str, setup: &Setup) -> RunId {
        let (run, begun) = self.begun(title, setup);
        drop(self.write(Vec::from(begun), true));
        run
    }

    /// A new run's number, and what is written of it before its steps.
    fn begun(&self, title: &str, setup: &Setup) -> (RunId, [Change; 2]) {
        let run = RunId::new(self.0.next_run.fetch_add(1, Ordering::Relaxed));
        // A set-up holds no map whose keys are no text, the only thing that cannot be written.
        let setup = setup.private_json();
        let begun = Change::Run { run, title: title.to_owned(), setup, at: clock::now() };
        let first = Change::Branch { run, branch: BranchId::FIRST, descent: Descent::First, setup: None };
        (run, [begun, first])
    }

    /// Begins a run with the first steps of another one's first branch, all at once or not at all.
    pub(crate) fn copy(&self, title: &str, setup: &Setup, from: RunId, steps: usize) -> (RunId, Ticket) {
        let (run, begun) = self.begun(title, setup);
        let copied = Change::Copy { run, from, steps };
        (run, self.write(begun.into_iter().chain([copied]).collect(), true))
    }

    /// Adds the next step to a branch of a run.
    ///
    /// The ticket is good when every change up to and with this step is on disk. A step that [only reads](Step::is_read) is not
    /// waited for: its ticket is good as soon as the changes before it are, and it follows within a second.
    pub fn append(&self, run: RunId, branch: BranchId, step: &Arc<Step>) -> Ticket {
        self.write(vec![Change::Step { run, branch, step: Arc::clone(step) }], !step.is_read())
    }

    /// A ticket for everything that was given to the store until now, steps that only read included.
    pub fn flush(&self) -> Ticket {
        self.write(Vec::new(), true)
    }

    /// Writes all of it in one transaction, or nothing. What is not urgent is not waited for.
    pub(crate) fn write(&self, changes: Vec<Change>, is_urgent: bool) -> Ticket {
        if !is_urgent && self.is_quiet() {
            let is_taken = self.hand(Order { changes, is_urgent, punch: None });
            return if is_taken { Ticket::good() } else { Ticket::new().1 };
        }
        let (punch, ticket) = Ticket::new();
        self.hand(Order { changes, is_urgent, punch: Some(punch) });
        ticket
    }

    /// Whether all that was given to the store and changes anything is on disk.
    pub(crate) fn is_quiet(&self) -> bool {
        self.0.outstanding.load(Ordering::Acquire) == 0
    }

    /// Gives an order to the writer. A writer that is gone keeps no promise: a ticket that has lost its other end says that the
    /// store is closed.
    pub(crate) fn hand(&self, order: Order) -> bool {
        if order.is_urgent {
            self.0.outstanding.fetch_add(order.weight(), Ordering::AcqRel);
        }
        self.0.writer.as_ref().is_some_and(|(sender, _)| sender.send(Message::Write(order)).is_ok())
    }
}

/// Reading. Each call sees all that was given to the store before it, and waits for the file: milliseconds, as a rule.
impl Store {
    /// The runs that were used last, the latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn recent(&self, limit: usize) -> Result<Vec<RunHead>, StoreError> {
        self.ask(move |connection| row::recent(connection, limit))
    }

    /// What a list shows of this run.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], among others.
    pub fn head(&self, run: RunId) -> Result<RunHead, StoreError> {
        let head = self.ask(move |connection| row::head_of(connection, run))?;
        head.ok_or_else(|| StoreError::NoSuchRun { place: self.0.place.clone(), run })
    }

    /// Up to `limit` steps that a branch has of its own, from index `from` on. Old trace is read page by page like this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn steps(
        &self,
        run: RunId,
        branch: BranchId,
        from: usize,
        limit: usize,
    ) -> Result<Vec<StoredStep>, StoreError> {
        self.ask(move |connection| row::steps(connection, run, branch, from, limit))
    }

    /// Asks the file itself, on the writer's thread.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, answer) = mpsc::channel();
        let place = self.0.place.clone();
        let asked = Message::Ask(Box::new(move |connection| {
            let found = question(connection).map_err(|error| StoreError::of(&place, &error));
            let met = found.as_ref().map(drop).map_err(StoreError::clone);
            // Whoever asked may have gone.
            let _ = sender.send(found);
            met
        }));
        let Some((writer, _)) = &self.0.writer else { return Err(StoreError::Closed) };
        writer.send(asked).map_err(|_| StoreError::Closed)?;
        answer.recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.writer.take() {
            drop(sender);
            // A writer that panicked has said so already; there is nothing left to close.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Store").field(&self.0.place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Span;
    use crate::session::line::Line;
    use crate::world::command::Command;

    #[test]
    fn what_a_full_disk_refused_is_written_as_soon_as_there_is_room() {
        let store = Store::open_within(&StorePlace::Temporary, Some(12)).unwrap();
        let mut line = Line::new(Setup::default());
        let run = store.create("Full", line.setup());
        let first = line.kept().next().cloned().unwrap();
        assert_eq!(store.append(run, BranchId::FIRST, &first).wait(), Ok(()));
        let full = Err(StoreError::Full(StorePlace::Temporary));
        let mut told = Ok(());
        while told.is_ok() {
            let step = line.dispatch(Command::RotateKey);
            told = store.append(run, BranchId::FIRST, &step).wait();
        }
        assert_eq!(told, full);
        let read = line.dispatch(Command::Wait { span: Span::from_millis(1) });
        assert!(read.is_read());
        let ticket = store.append(run, BranchId::FIRST, &read);
        assert!(!ticket.is_good(), "what it has read is not on disk");
        assert_eq!(ticket.wait(), full);

        let make_room = |connection: &Connection| connection.query_row("PRAGMA max_page_count = 9999", [], |_| Ok(()));
        assert_eq!(store.ask(make_room), Ok(()));
        assert_eq!(store.flush().wait(), Ok(()));
        assert_eq!(store.steps(run, BranchId::FIRST, 0, usize::MAX).unwrap().len(), line.count());
        let step = line.dispatch(Command::RotateKey);
        assert_eq!(store.append(run, BranchId::FIRST, &step).wait(), Ok(()));
    }
}
