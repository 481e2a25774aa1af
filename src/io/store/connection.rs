//! The connection: how the file is opened, claimed for this program alone, and made to keep its word.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use crate::io::store::error::StoreError;
use crate::io::store::log;
use crate::io::store::place::StorePlace;
use crate::io::store::schema;

/// How many pages the log may grow before it is copied into the file, and written over from its beginning: 1 MiB. A log that does
/// not grow is synced in half the time, as the system has no new length of it to write down.
const CHECKPOINT_PAGES: u32 = 256;

/// The smallest page that SQLite knows, in bytes: no database is shorter.
const PAGE_MIN: u64 = 512;

/// A store's file as it was opened.
pub(crate) struct OpenFile {
    pub(crate) connection: Connection,
    /// Where a copy of its log is kept, if commits in it could not be read.
    pub(crate) set_aside: Option<PathBuf>,
    pub(crate) log: LogLength,
}

/// How long the log of a connection is.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogLength {
    /// In pages, as its last commit has left it.
    pages: Arc<AtomicU32>,
}

impl LogLength {
    /// Copies a long log into the file. Whether it did: then the next transaction is to write at least one page, which begins the
    /// log anew.
    ///
    /// SQLite would do so behind the commit that made the log long, and the log would lie there until the next commit: whole, good
    /// for nothing, and read again after a kill. Damaged then, its older pages would stand among the file's newer ones.
    pub(crate) fn shorten(&self, connection: &Connection) -> bool {
        let is_long = self.pages.load(Ordering::Relaxed) >= CHECKPOINT_PAGES;
        // What cannot be copied now stays in the log, and is tried again with the next write.
        is_long && connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).is_ok()
    }
}

/// Opens a store, makes it if it is not there, and brings it up to the newest schema.
///
/// The file is claimed through SQLite's exclusive locking rather than a lock file beside it: there is nothing to clean up, the
/// system lets go of it however the program ends, and one program alone needs no shared index, so a commit is cheaper.
///
/// # Errors
/// [`StoreError`]. Nothing is written before the file is known to be a store, or empty.
pub(crate) fn open(place: &StorePlace, pages_max: Option<u32>) -> Result<OpenFile, StoreError> {
    let has_log = matches!(place, StorePlace::File(path) if log::is_there(path));
    let mut connection = match place {
        StorePlace::File(path) => open_file(place, path)?,
        StorePlace::Temporary => temporary().map_err(|error| StoreError::of(place, &error))?,
    };
    guard(&connection, pages_max, has_log).map_err(|error| StoreError::of(place, &error))?;
    let found = schema::version_of(place, &connection)?;
    let set_aside = match place {
        StorePlace::File(path) => log::set_aside(place, path)?,
        StorePlace::Temporary => None,
    };
    let log = LogLength::default();
    let mut begin = || {
        keep_its_word(&mut connection, place, &log)?;
        schema::migrate(&mut connection, found)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
    };
    begin().map_err(|error| StoreError::of(place, &error))?;
    Ok(OpenFile { connection, set_aside, log })
}

/// Distrusts what is in the file, and leaves a log alone when it is closed again before all was found right.
fn guard(connection: &Connection, pages_max: Option<u32>, has_log: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    if let Some(pages) = pages_max {
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    Ok(())
}

fn open_file(place: &StorePlace, path: &Path) -> Result<Connection, StoreError> {
    make(path).map_err(|error| StoreError::of_file(place, &error))?;
    let found = fs::metadata(path).map_err(|error| StoreError::of_file(place, &error))?;
    if found.is_dir() {
        return Err(StoreError::Folder(place.clone()));
    }
    if (1..PAGE_MIN).contains(&found.len()) {
        // SQLite takes it for an empty file, and would write over it.
        return Err(StoreError::NotAStore(place.clone()));
    }
    let claim = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        if connection.is_readonly("main")? {
            // SQLite takes what it can get, and trips over it later, in words that say nothing.
            return Ok(None);
        }
        connection.busy_timeout(Duration::ZERO)?;
        connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
        Ok(Some(connection))
    };
    let read_only = || StoreError::of_file(place, &io::ErrorKind::PermissionDenied.into());
    claim().map_err(|error| StoreError::of(place, &error))?.ok_or_else(read_only)
}

/// Makes an empty file that its owner alone may read, if nothing is there. One that is there is never opened here:
/// closing it again would let go of every lock that this program has on it.
fn make(path: &Path) -> io::Result<()> {
    if path.try_exists()? {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn temporary() -> rusqlite::Result<Connection> {
    // An empty name: SQLite keeps it in memory, and in a nameless file when it grows.
    let connection = Connection::open("")?;
    connection.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(()))?;
    Ok(connection)
}

/// A write-ahead log, synced at each commit: what was committed survives the power going out.
fn keep_its_word(connection: &mut Connection, place: &StorePlace, log: &LogLength) -> rusqlite::Result<()> {
    if *place == StorePlace::Temporary {
        return connection.pragma_update(None, "synchronous", "OFF");
    }
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let pages = Arc::clone(&log.pages);
    // In place of SQLite's own hook, which would copy the log.
    connection.wal_hook(Some(move |_: &mut Wal, length| {
        pages.store(u32::try_from(length).unwrap_or(u32::MAX), Ordering::Relaxed);
        Ok(())
    }))
}
