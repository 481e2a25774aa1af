//! What can go wrong with a store: one sentence each, the file first, then why, then what to do.

use std::io;

use rusqlite::ErrorCode;

use crate::io::store::place::StorePlace;
use crate::io::store::row::RunId;
use crate::session::branch::BranchId;

/// Why the store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another program, or another part of this one, holds it.
    #[error("{0}: is open in another Paystage; close that one, or name another file")]
    InUse(StorePlace),
    /// Something else is there.
    #[error("{0}: is no store of Paystage; nothing in it was changed, name another file")]
    NotAStore(StorePlace),
    /// A folder where a file is meant.
    #[error("{0}: is a folder; name a file in it")]
    Folder(StorePlace),
    /// Written by a later version of this program.
    #[error(
        "{place}: was written by a newer Paystage (schema {found}, and {known} is the newest known here); \
         nothing was changed, open it with that one or name another file"
    )]
    Newer {
        /// Which store.
        place: StorePlace,
        /// Its schema.
        found: i32,
        /// The newest schema that this program knows.
        known: i32,
    },
    /// The system forbids it.
    #[error("{place}: may not be written here ({cause}); choose a folder of your own")]
    Forbidden {
        /// Which store.
        place: StorePlace,
        /// The system's own words.
        cause: String,
    },
    /// No room. What was acknowledged is there; what waits is written as soon as there is room.
    #[error("{0}: the disk is full; make room, and what waits is written: nothing that was answered is lost")]
    Full(StorePlace),
    /// What is in the file cannot be what was written.
    #[error("{place}: is damaged ({cause}); it is left as it is: keep a copy of it, and go on in another file")]
    Damaged {
        /// Which store.
        place: StorePlace,
        /// What was found.
        cause: String,
    },
    /// What else a disk can say.
    #[error("{place}: {cause}; nothing that was answered is lost")]
    Failed {
        /// Which store.
        place: StorePlace,
        /// The system's own words.
        cause: String,
    },
    /// No run has this number.
    #[error("{place}: holds no run {run}")]
    NoSuchRun {
        /// Which store.
        place: StorePlace,
        /// The number.
        run: RunId,
    },
    /// A step that is not the next one of its line. A fault of the program, never of the file.
    #[error("run {run}, branch {branch}: step {due} is due, and this was given: step {found}")]
    Misplaced {
        /// Which run.
        run: RunId,
        /// Which branch.
        branch: BranchId,
        /// The index that is due.
        due: usize,
        /// The index that came.
        found: usize,
    },
    /// The store is closed, or has stopped for good after an earlier fault.
    #[error("the store is closed; open it again")]
    Closed,
}

impl StoreError {
    /// What SQLite's answer means for whoever keeps this store.
    pub(crate) fn of(place: &StorePlace, error: &rusqlite::Error) -> Self {
        let (place, cause) = (place.clone(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse(place),
            Some(ErrorCode::NotADatabase) => Self::NotAStore(place),
            Some(ErrorCode::DiskFull) => Self::Full(place),
            // A number or a text that was never written here is damage too: it has no code, for SQLite read it well.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation) | None => Self::Damaged { place, cause },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::Forbidden { place, cause }
            }
            _ => Self::Failed { place, cause },
        }
    }

    /// What the system's answer means, where the file itself was touched.
    pub(crate) fn of_file(place: &StorePlace, error: &io::Error) -> Self {
        let (place, cause) = (place.clone(), error.to_string());
        let is_full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind());
        let is_folder = error.kind() == io::ErrorKind::IsADirectory;
        let is_forbidden = [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::NotFound,
            io::ErrorKind::NotADirectory,
        ]
        .contains(&error.kind());
        if is_full {
            Self::Full(place)
        } else if is_folder {
            Self::Folder(place)
        } else if is_forbidden {
            Self::Forbidden { place, cause }
        } else {
            Self::Failed { place, cause }
        }
    }

    /// Whether writing again later may help: the file is whole, and only room or the disk's good will was missing.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Failed { .. })
    }
}
