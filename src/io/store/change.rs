//! Changes: what is written into the store, one statement each.

use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::io::store::row::{RunId, number};
use crate::protocol::time::Time;
use crate::session::branch::{BranchId, Descent, Place};
use crate::session::scribe::{Scribe, Written};
use crate::session::step::Step;

/// One thing to be written.
pub(crate) enum Change {
    /// A run begins.
    Run { run: RunId, title: String, setup: String, at: Time },
    /// A branch begins; the first one parts from none. Only one whose dials were turned brings a set-up, as JSON.
    Branch { run: RunId, branch: BranchId, descent: Descent, setup: Option<String> },
    /// A step was taken.
    Step { run: RunId, branch: BranchId, step: Arc<Step> },
    /// The first steps of another run's first branch are this run's, too, as they stand there.
    Copy { run: RunId, from: RunId, steps: usize },
    /// A run has another name.
    Title { run: RunId, title: String },
    /// A run's notes were rewritten.
    Notes { run: RunId, notes: String },
    /// The present place of a run.
    Here { run: RunId, place: Place },
    /// All bookmarks of a run.
    Bookmarks { run: RunId, bookmarks: Vec<(String, Place)> },
    /// A run was opened or added to.
    Used { run: RunId, at: Time },
    /// The oldest runs go, so that so many are left: this one, and those that were used last.
    Latest { run: RunId, limit: usize },
}

const INSERT_STEP: &str = "INSERT INTO step (run, branch, step, command, digest) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Writes changes in their order. Each step's digest is taken here, on the writer's own thread, not on that of whoever acts.
pub(crate) fn write<'a>(
    connection: &Connection,
    scribe: &mut Scribe,
    changes: impl IntoIterator<Item = &'a Change>,
) -> rusqlite::Result<()> {
    let mut insert_step = connection.prepare_cached(INSERT_STEP)?;
    for change in changes {
        if let Change::Step { run, branch, step } = change {
            let Written { command, digest } = scribe.write(step).map_err(unwritable)?;
            let (branch, index) = (number(branch.index()), number(step.index));
            insert_step.execute(params![run.number(), branch, index, command, digest.as_str()])?;
        } else {
            write_rare(connection, change)?;
        }
    }
    Ok(())
}

fn write_rare(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let done = match change {
        Change::Step { .. } => Ok(0),
        Change::Run { run, title, setup, at } => connection.execute(
            "INSERT INTO run (id, title, setup, created_ms, used_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![run.number(), title, setup, at.millis()],
        ),
        Change::Branch { run, branch, descent, setup } => {
            let parent = match descent {
                Descent::First => None,
                Descent::Parted(place) | Descent::Turned(place) => Some(place),
            };
            connection.execute(
                "INSERT INTO branch (run, branch, parent_branch, parent_step, setup) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    run.number(),
                    number(branch.index()),
                    parent.map(|place| number(place.branch.index())),
                    parent.map(|place| number(place.step)),
                    setup,
                ],
            )
        }
        Change::Copy { run, from, steps } => connection.execute(
            "INSERT INTO step (run, branch, step, command, digest) \
             SELECT ?1, branch, step, command, digest FROM step WHERE run = ?2 AND branch = 0 AND step < ?3",
            params![run.number(), from.number(), number(*steps)],
        ),
        Change::Title { run, title } => {
            connection.execute("UPDATE run SET title = ?2 WHERE id = ?1", params![run.number(), title])
        }
        Change::Notes { run, notes } => {
            connection.execute("UPDATE run SET notes = ?2 WHERE id = ?1", params![run.number(), notes])
        }
        Change::Here { run, place } => connection.execute(
            "UPDATE run SET here_branch = ?2, here_step = ?3 WHERE id = ?1",
            params![run.number(), number(place.branch.index()), number(place.step)],
        ),
        Change::Bookmarks { run, bookmarks } => write_bookmarks(connection, *run, bookmarks),
        Change::Used { run, at } => connection
            .execute("UPDATE run SET used_ms = max(used_ms, ?2) WHERE id = ?1", params![run.number(), at.millis()]),
        Change::Latest { run, limit } => remove_others(connection, *run, *limit),
    };
    done.map(drop)
}

fn write_bookmarks(connection: &Connection, run: RunId, bookmarks: &[(String, Place)]) -> rusqlite::Result<usize> {
    connection.execute("DELETE FROM bookmark WHERE run = ?1", [run.number()])?;
    let mut insert =
        connection.prepare("INSERT INTO bookmark (run, position, name, branch, step) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (position, (name, place)) in bookmarks.iter().enumerate() {
        insert.execute(params![
            run.number(),
            number(position),
            name,
            number(place.branch.index()),
            number(place.step)
        ])?;
    }
    Ok(bookmarks.len())
}

/// Removes every run but this one and those that were used last.
fn remove_others(connection: &Connection, run: RunId, limit: usize) -> rusqlite::Result<usize> {
    let others = limit.saturating_sub(1);
    let old = format!("SELECT id FROM run WHERE id <> ?1 ORDER BY used_ms DESC, id DESC LIMIT -1 OFFSET {others}");
    for table in ["step", "bookmark", "branch"] {
        connection.execute(&format!("DELETE FROM {table} WHERE run IN ({old})"), [run.number()])?;
    }
    // The runs last: they say which are old.
    connection.execute(&format!("DELETE FROM run WHERE id IN ({old})"), [run.number()])
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
