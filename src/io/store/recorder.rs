//! The recorder: keeps a session of the window in the store, branches, names and place included.

use std::sync::Arc;

use crate::io::clock;
use crate::io::store::change::Change;
use crate::io::store::handle::Store;
use crate::io::store::load::{self, LoadError, Progress};
use crate::io::store::row::RunId;
use crate::io::store::ticket::Ticket;
use crate::session::branch::{Descent, Place};
use crate::session::run::{Bookmark, Session};

/// One session and the run in which it is kept. It writes what is new, and never anything twice.
pub struct Recorder {
    store: Store,
    run: RunId,
    /// How many steps of each line are kept, those shared with its parent included.
    kept: Vec<usize>,
    title: String,
    notes: String,
    here: Place,
    bookmarks: Vec<Bookmark>,
}

impl Recorder {
    /// Keeps this session as a new run, from its first step on. A part that was [read](LoadError::readable) out of a damaged
    /// run goes on like this: the damaged one stays as it is.
    #[must_use]
    pub fn begin(store: &Store, session: &Session) -> Self {
        let first = session.branches().first().unwrap_or(session.branch());
        let run = store.create(session.title(), first.setup());
        let mut recorder = Self {
            store: store.clone(),
            run,
            kept: vec![0],
            title: session.title().to_owned(),
            notes: String::new(),
            here: session.here(),
            bookmarks: Vec::new(),
        };
        drop(recorder.write(vec![Change::Here { run, place: session.here() }], session));
        recorder
    }

    /// Loads a run and goes on keeping it.
    ///
    /// # Errors
    /// [`LoadError`], as for [`load::load`].
    pub fn resume(store: &Store, run: RunId, progress: &mut dyn FnMut(Progress)) -> Result<(Self, Session), LoadError> {
        let session = load::load(store, run, progress)?;
        // A run that was made and never written to holds not even the start, which each session has.
        let has_begun = load::has_begun(store, run)?;
        let kept = session.branches().iter().map(|branch| if has_begun { branch.steps().len() } else { 0 }).collect();
        let recorder = Self {
            store: store.clone(),
            run,
            kept,
            title: session.title().to_owned(),
            notes: session.notes().to_owned(),
            here: session.here(),
            bookmarks: session.bookmarks().to_vec(),
        };
        drop(store.write(vec![Change::Used { run, at: clock::now() }], false));
        Ok((recorder, session))
    }

    /// Which run it is in the store.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Writes whatever is new since the last time. `None`: nothing is. Cheap enough for every frame.
    pub fn keep_up(&mut self, session: &Session) -> Option<Ticket> {
        let is_behind = self.kept.len() != session.branches().len()
            || self.kept.iter().zip(session.branches()).any(|(kept, branch)| *kept != branch.steps().len())
            || self.here != session.here()
            || self.title != session.title()
            || self.notes != session.notes()
            || self.bookmarks != session.bookmarks();
        is_behind.then(|| self.write(Vec::new(), session))
    }

    /// One transaction: a branch never comes without its first step, nor a bookmark without its place.
    fn write(&mut self, mut changes: Vec<Change>, session: &Session) -> Ticket {
        let run = self.run;
        let mut is_urgent = false;
        for (index, line) in session.branches().iter().enumerate() {
            if index >= self.kept.len() {
                let setup = matches!(line.descent(), Descent::Turned(_)).then(|| line.setup().private_json());
                changes.push(Change::Branch { run, branch: line.id(), descent: line.descent(), setup });
                self.kept.push(line.shared_count());
            }
            for step in line.steps().iter().skip(self.kept.get(index).copied().unwrap_or_default()) {
                is_urgent |= !step.is_read();
                changes.push(Change::Step { run, branch: line.id(), step: Arc::clone(step) });
            }
        }
        self.kept = session.branches().iter().map(|line| line.steps().len()).collect();
        if self.title != session.title() {
            session.title().clone_into(&mut self.title);
            changes.push(Change::Title { run, title: self.title.clone() });
        }
        if self.notes != session.notes() {
            session.notes().clone_into(&mut self.notes);
            changes.push(Change::Notes { run, notes: self.notes.clone() });
        }
        if self.here != session.here() {
            self.here = session.here();
            changes.push(Change::Here { run, place: self.here });
        }
        if self.bookmarks != session.bookmarks() {
            self.bookmarks = session.bookmarks().to_vec();
            let bookmarks = self.bookmarks.iter().map(|bookmark| (bookmark.name.clone(), bookmark.place)).collect();
            changes.push(Change::Bookmarks { run, bookmarks });
        }
        changes.push(Change::Used { run, at: clock::now() });
        self.store.write(changes, is_urgent)
    }
}
