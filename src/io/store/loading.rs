//! Loading in the background: a store opened and a run replayed on a thread of its own, so that the window never waits for it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::io::store::error::StoreError;
use crate::io::store::handle::Store;
use crate::io::store::load::{LoadError, Progress};
use crate::io::store::place::StorePlace;
use crate::io::store::recorder::Recorder;
use crate::io::store::row::RunId;
use crate::session::run::Session;

/// How many replayed steps lie between two calls to whoever shows the progress.
const TOLD_EVERY: usize = 500;

/// A store that has been opened, with the run that was wanted.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The run that was wanted, loaded, or why it could not be; `None` where none was wanted or there.
    pub run: Option<Result<(Recorder, Session), LoadError>>,
}

/// Which run is wanted along with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    Nothing,
    /// The one that was used last.
    Last,
    /// This one.
    Run(RunId),
}

/// An opening under way. Dropping it lets it end by itself; the store is closed then.
pub struct Loading {
    done: Arc<AtomicUsize>,
    of: Arc<AtomicUsize>,
    /// Until it was taken.
    answer: Option<Receiver<Result<Opened, StoreError>>>,
}

/// How an opening stands.
pub enum Standing {
    /// Under way.
    Under(Progress),
    /// Ended.
    Ended(Box<Result<Opened, StoreError>>),
    /// Ended, and its end was taken already.
    Taken,
}

/// Opens the store at `place`, in a folder that is made if it is not there, and loads what is wanted. `wake` is called now and
/// then, and when it is done.
#[must_use]
pub fn open(place: StorePlace, wanted: Wanted, wake: impl Fn() + Send + 'static) -> Loading {
    let open = move || {
        if let StorePlace::File(path) = &place
            && let Some(folder) = path.parent()
        {
            fs::create_dir_all(folder).map_err(|error| StoreError::of_file(&place, &error))?;
        }
        Store::open(&place)
    };
    begin(open, wanted, wake)
}

/// Loads a run of a store that is open.
#[must_use]
pub fn load(store: &Store, wanted: Wanted, wake: impl Fn() + Send + 'static) -> Loading {
    let store = store.clone();
    begin(move || Ok(store), wanted, wake)
}

fn begin(
    open: impl FnOnce() -> Result<Store, StoreError> + Send + 'static,
    wanted: Wanted,
    wake: impl Fn() + Send + 'static,
) -> Loading {
    let (sender, answer) = channel();
    let loading = Loading { done: Arc::default(), of: Arc::default(), answer: Some(answer) };
    let (done, of) = (Arc::clone(&loading.done), Arc::clone(&loading.of));
    thread::spawn(move || {
        let mut progress = |now: Progress| {
            done.store(now.done, Ordering::Relaxed);
            of.store(now.of, Ordering::Relaxed);
            if now.done.is_multiple_of(TOLD_EVERY) {
                wake();
            }
        };
        let opened = open().and_then(|store| fetch(store, wanted, &mut progress));
        // The window may have been closed meanwhile; then nobody wants the answer.
        let _ = sender.send(opened);
        wake();
    });
    loading
}

fn fetch(store: Store, wanted: Wanted, progress: &mut dyn FnMut(Progress)) -> Result<Opened, StoreError> {
    let run = match wanted {
        Wanted::Nothing => None,
        Wanted::Last => store.recent(1)?.first().map(|head| head.id),
        Wanted::Run(run) => Some(run),
    };
    let run = run.map(|run| Recorder::resume(&store, run, progress));
    Ok(Opened { store, run })
}

impl Loading {
    /// How it stands now. A panic of its thread counts as a closed store.
    pub fn standing(&mut self) -> Standing {
        let Some(answer) = &self.answer else { return Standing::Taken };
        let ended = match answer.try_recv() {
            Ok(ended) => ended,
            Err(TryRecvError::Disconnected) => Err(StoreError::Closed),
            Err(TryRecvError::Empty) => {
                let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
                return Standing::Under(Progress { done, of });
            }
        };
        self.answer = None;
        Standing::Ended(Box::new(ended))
    }
}
