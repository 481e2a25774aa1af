//! Rows: what the store says of its runs, and the questions that fetch it.

use std::fmt;

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::protocol::time::Time;
use crate::session::branch::{BranchId, Descent, Place};

/// The number of a run in its store, from 1. Never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(i64);

/// What a list of runs shows of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunHead {
    /// Its number.
    pub id: RunId,
    /// What people call it.
    pub title: String,
    /// When it began, by the machine's clock.
    pub created: Time,
    /// When it was last opened or added to, by the machine's clock.
    pub used: Time,
    /// How many steps it has, all branches together.
    pub steps: usize,
    /// How many branches it has.
    pub branches: usize,
}

/// A step as it is kept: what was asked, and the mark of what followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStep {
    /// Its index in its line.
    pub index: usize,
    /// The command as JSON.
    pub command: String,
    /// The step's digest.
    pub digest: String,
}

/// Everything about a run but its steps, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRun {
    pub(crate) title: String,
    pub(crate) setup: String,
    pub(crate) notes: String,
    pub(crate) here: Option<Place>,
    /// How each branch came to be, in their order; with its set-up, as JSON, where it has one of its own.
    pub(crate) branches: Vec<(Descent, Option<String>)>,
    pub(crate) bookmarks: Vec<(String, Place)>,
    pub(crate) steps: usize,
}

impl RunId {
    /// The run with this number.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

const HEADS: &str = "SELECT id, title, created_ms, used_ms, \
    (SELECT count(*) FROM step WHERE step.run = run.id), (SELECT count(*) FROM branch WHERE branch.run = run.id) FROM run";

/// The runs that were used last, the latest first.
pub(crate) fn recent(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<RunHead>> {
    let mut rows = connection.prepare(&format!("{HEADS} ORDER BY used_ms DESC, id DESC LIMIT ?1"))?;
    rows.query_map([number(limit)], head)?.collect()
}

/// One run.
pub(crate) fn head_of(connection: &Connection, run: RunId) -> rusqlite::Result<Option<RunHead>> {
    let mut rows = connection.prepare(&format!("{HEADS} WHERE id = ?1"))?;
    rows.query_row([run.0], head).optional()
}

fn head(row: &Row<'_>) -> rusqlite::Result<RunHead> {
    Ok(RunHead {
        id: RunId(row.get(0)?),
        title: row.get(1)?,
        created: Time::from_millis(row.get(2)?),
        used: Time::from_millis(row.get(3)?),
        steps: count(row, 4)?,
        branches: count(row, 5)?,
    })
}

/// The highest number that a run has.
pub(crate) fn last_run(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(id), 0) FROM run", [], |row| row.get(0))
}

/// Everything about a run but its steps.
pub(crate) fn run_of(connection: &Connection, run: RunId) -> rusqlite::Result<Option<StoredRun>> {
    let found = connection
        .query_row("SELECT title, setup, notes, here_branch, here_step FROM run WHERE id = ?1", [run.0], |row| {
            Ok(StoredRun {
                title: row.get(0)?,
                setup: row.get(1)?,
                notes: row.get(2)?,
                here: place(row, 3)?,
                branches: Vec::new(),
                bookmarks: Vec::new(),
                steps: 0,
            })
        })
        .optional()?;
    let Some(mut stored) = found else { return Ok(None) };
    let mut rows =
        connection.prepare("SELECT parent_branch, parent_step, setup FROM branch WHERE run = ?1 ORDER BY branch")?;
    stored.branches = rows.query_map([run.0], descent)?.collect::<rusqlite::Result<_>>()?;
    let mut rows = connection.prepare("SELECT branch, step, name FROM bookmark WHERE run = ?1 ORDER BY position")?;
    let bookmarks = rows.query_map([run.0], |row| Ok((row.get(2)?, place(row, 0)?)))?;
    for bookmark in bookmarks {
        if let (name, Some(place)) = bookmark? {
            stored.bookmarks.push((name, place));
        }
    }
    stored.steps = connection.query_row("SELECT count(*) FROM step WHERE run = ?1", [run.0], |row| count(row, 0))?;
    Ok(Some(stored))
}

fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Place>> {
    let is_null = row.get::<_, Option<i64>>(column)?.is_none() || row.get::<_, Option<i64>>(column + 1)?.is_none();
    if is_null {
        return Ok(None);
    }
    Ok(Some(Place { branch: BranchId::new(count(row, column)?), step: count(row, column + 1)? }))
}

fn descent(row: &Row<'_>) -> rusqlite::Result<(Descent, Option<String>)> {
    let setup: Option<String> = row.get(2)?;
    let descent = match place(row, 0)? {
        None => Descent::First,
        Some(place) if setup.is_some() => Descent::Turned(place),
        Some(place) => Descent::Parted(place),
    };
    Ok((descent, setup))
}

/// Up to `limit` steps that branch `branch` has of its own, from index `from` on.
pub(crate) fn steps(
    connection: &Connection,
    run: RunId,
    branch: BranchId,
    from: usize,
    limit: usize,
) -> rusqlite::Result<Vec<StoredStep>> {
    let mut rows = connection.prepare(
        "SELECT step, command, digest FROM step WHERE run = ?1 AND branch = ?2 AND step >= ?3 ORDER BY step LIMIT ?4",
    )?;
    let bounds = (run.0, number(branch.index()), number(from), number(limit));
    let read = |row: &Row<'_>| Ok(StoredStep { index: count(row, 0)?, command: row.get(1)?, digest: row.get(2)? });
    rows.query_map(bounds, read)?.collect()
}

/// The index that is due on a branch: behind its last step, or where it parts from another. `None`: there is no such branch.
pub(crate) fn due(connection: &Connection, run: RunId, branch: BranchId) -> rusqlite::Result<Option<usize>> {
    connection
        .query_row(
            "SELECT coalesce((SELECT max(step) + 1 FROM step WHERE run = ?1 AND branch = ?2), \
             CASE WHEN setup IS NULL THEN parent_step END, 0) \
             FROM branch WHERE run = ?1 AND branch = ?2",
            (run.0, number(branch.index())),
            |row| count(row, 0),
        )
        .optional()
}

/// A count as it was written; what is none was never written by this program.
fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    let found: i64 = row.get(column)?;
    usize::try_from(found).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, found))
}

/// A count as SQLite keeps it; none here comes near the end of it.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
