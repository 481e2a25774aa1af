//! A shelf for stores under test: a folder of their own, runs to put into them, and a look at the files behind the store's back.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use paystage::io::store::handle::Store;
use paystage::io::store::load::{LoadError, Progress, load};
use paystage::io::store::place::StorePlace;
use paystage::io::store::row::RunId;
use paystage::protocol::id::ProductId;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;
use rusqlite::Connection;

use crate::program::Desk;

/// The name of the store's file on each shelf.
pub(crate) const FILE: &str = "runs.paystage";
/// What stands beside the file while a store is open.
pub(crate) const LOG: &str = "runs.paystage-wal";

/// A folder with one store in it, open or not.
pub(crate) struct Shelf {
    pub(crate) desk: Desk,
}

impl Shelf {
    pub(crate) fn new(name: &str) -> Self {
        Self { desk: Desk::new(&format!("store-{name}")) }
    }

    pub(crate) fn place(&self) -> StorePlace {
        StorePlace::File(self.path())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.desk.path(FILE)
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.place()).unwrap()
    }

    /// The closed file as SQLite alone sees it.
    pub(crate) fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// A copy of what is on disk at this moment, opened without the store: what a crash right now would leave.
    pub(crate) fn after_a_crash(&self) -> Connection {
        static COPIES: AtomicUsize = AtomicUsize::new(0);
        let name = format!("copy-{}", COPIES.fetch_add(1, Ordering::Relaxed));
        fs::copy(self.path(), self.desk.path(&name)).unwrap();
        if self.desk.path(LOG).exists() {
            fs::copy(self.desk.path(LOG), self.desk.path(&format!("{name}-wal"))).unwrap();
        }
        Connection::open(self.desk.path(&name)).unwrap()
    }

    /// The bytes of the store's files, log included.
    pub(crate) fn bytes(&self) -> Vec<Vec<u8>> {
        [FILE, LOG].iter().filter_map(|name| fs::read(self.desk.path(name)).ok()).collect()
    }
}

/// How many steps a file holds.
pub(crate) fn step_count(connection: &Connection) -> i64 {
    connection.query_row("SELECT count(*) FROM step", [], |row| row.get(0)).unwrap()
}

pub(crate) fn buy(product: &str) -> Command {
    Command::Buy { product: ProductId::parse(product).unwrap() }
}

/// A run in which a pony was bought.
pub(crate) fn bought() -> Session {
    let mut session = Session::new(Setup::default());
    session.dispatch(buy("shiny-pony"));
    run_until_idle(&mut session, 1_000);
    session
}

/// Two futures, notes, bookmarks, and a present place that is no tip.
pub(crate) fn branched() -> Session {
    let mut session = bought();
    session.rename("Two futures");
    session.write_notes("It's \"both\"; -- 🐎");
    session.toggle_bookmark("the end of A");
    session.rewind(4);
    session.dispatch(Command::RotateKey);
    run_until_idle(&mut session, 1_000);
    session.toggle_bookmark("the end of B");
    session.rewind(6);
    session
}

/// Loads without minding how far it has come.
pub(crate) fn loaded(store: &Store, run: RunId) -> Result<Session, LoadError> {
    load(store, run, &mut |_: Progress| {})
}
