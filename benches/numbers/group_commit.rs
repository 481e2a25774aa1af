//! The floor of everything durable: SQLite alone, one thread that commits in groups whatever rows have gathered.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

/// What a row holds: a command and its digest, as the store writes them.
pub(crate) type Row = (String, String);

/// Rows that belong together, and where it is said that they are on disk.
type Order = (Vec<Row>, Done);

/// Who is told.
enum Done {
    Thread(Sender<()>),
    Task(oneshot::Sender<()>),
}

/// The committing thread.
pub(crate) struct Committer {
    sender: SyncSender<Order>,
    thread: JoinHandle<()>,
}

/// One thread that waits for its rows.
pub(crate) struct Client {
    sender: SyncSender<Order>,
    done: Sender<()>,
    told: Receiver<()>,
}

impl Committer {
    /// Commits into a new file at `path`, for so many clients.
    pub(crate) fn start(path: PathBuf, clients: usize) -> Self {
        let (sender, inbox) = sync_channel(clients);
        Self { sender, thread: thread::spawn(move || commit_in_groups(path, &inbox)) }
    }

    /// One more client.
    pub(crate) fn client(&self) -> Client {
        let (done, told) = channel();
        Client { sender: self.sender.clone(), done, told }
    }

    /// Where tasks of a server give their rows.
    pub(crate) fn counter(&self) -> Counter {
        Counter(self.sender.clone())
    }

    /// Ends, when all clients are gone.
    pub(crate) fn end(self) {
        drop(self.sender);
        self.thread.join().unwrap();
    }
}

/// Where a server's tasks give their rows, never waiting for a place: there are as many as there are clients.
#[derive(Clone)]
pub(crate) struct Counter(SyncSender<Order>);

impl Counter {
    /// Comes back when these rows are on disk.
    pub(crate) async fn write(&self, rows: &[Row]) {
        let (done, told) = oneshot::channel();
        self.0.send((rows.to_vec(), Done::Task(done))).unwrap();
        told.await.unwrap();
    }
}

impl Client {
    /// Comes back when these rows are on disk.
    pub(crate) fn write(&self, rows: &[Row]) {
        self.sender.send((rows.to_vec(), Done::Thread(self.done.clone()))).unwrap();
        self.told.recv().unwrap();
    }
}

/// What anybody would write: take one, take what else is there, one transaction, tell them all.
fn commit_in_groups(path: PathBuf, inbox: &Receiver<Order>) {
    let mut connection = Connection::open(path).unwrap();
    // What the store has found to be cheapest, so that both sides have it: nobody else may open it, which SQLite must know before it
    // makes a log, and the log stays short.
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(())).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.query_row("PRAGMA wal_autocheckpoint = 256", [], |_| Ok(())).unwrap();
    let table = "CREATE TABLE step (run INTEGER, branch INTEGER, step INTEGER, command TEXT, digest TEXT, \
        PRIMARY KEY (run, branch, step)) STRICT, WITHOUT ROWID";
    connection.execute_batch(table).unwrap();
    let mut step = 0_i64;
    while let Ok(first) = inbox.recv() {
        let group: Vec<Order> = std::iter::once(first).chain(inbox.try_iter()).collect();
        let transaction = connection.transaction().unwrap();
        let mut insert = transaction.prepare("INSERT INTO step VALUES (1, 0, ?1, ?2, ?3)").unwrap();
        for (command, digest) in group.iter().flat_map(|(rows, _)| rows) {
            insert.execute(params![step, command, digest]).unwrap();
            step += 1;
        }
        drop(insert);
        transaction.commit().unwrap();
        for (_, done) in group {
            match done {
                Done::Thread(done) => done.send(()).unwrap(),
                Done::Task(done) => done.send(()).unwrap(),
            }
        }
    }
}
