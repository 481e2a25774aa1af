//! The schema: which tables there are, and how an older store becomes a newer one.

use rusqlite::{Connection, TransactionBehavior};

use crate::io::store::error::StoreError;
use crate::io::store::place::StorePlace;

/// What stands in the header of each store, so that no other program's file is taken for one: `PayS`.
pub(crate) const APPLICATION_ID: i32 = 0x5061_7953;

/// Each takes a store one version further; a new one is added at the end, and none is ever edited.
const MIGRATIONS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// The newest version that this program knows.
pub(crate) const VERSION: i32 = 4;
const _: () = assert!(MIGRATIONS.len() == VERSION as usize, "as many versions as steps that lead to them");

/// What the header says, before anything is written: the store's version, 0 for an empty file.
///
/// # Errors
/// [`StoreError::NotAStore`] and [`StoreError::Newer`], among what reading can say.
pub(crate) fn version_of(place: &StorePlace, connection: &Connection) -> Result<i32, StoreError> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i32>(0));
    let read = || {
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
        Ok((number("PRAGMA application_id")?, number("PRAGMA user_version")?, tables))
    };
    match read().map_err(|error| StoreError::of(place, &error))? {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID, found, _) if found > VERSION => {
            Err(StoreError::Newer { place: place.clone(), found, known: VERSION })
        }
        (APPLICATION_ID, found, _) if found >= 0 => Ok(found),
        _ => Err(StoreError::NotAStore(place.clone())),
    }
}

/// Brings a store from version `found` to the newest: all of it, or nothing.
pub(crate) fn migrate(connection: &mut Connection, found: i32) -> rusqlite::Result<()> {
    if found == VERSION {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    write_version(&change)?;
    change.commit()
}

/// Writes the newest version into the header: one page, whatever stood there.
pub(crate) fn write_version(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "user_version", VERSION)
}
