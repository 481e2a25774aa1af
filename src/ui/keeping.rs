//! Keeping: the window's runs in the store. Files are opened and runs replayed on a thread of their own, never in a frame.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::io::live::driver::Keeper;
use crate::io::saved::{NotSaved, Saved};
use crate::io::store::handle::Store;
use crate::io::store::place::StorePlace;
use crate::io::store::recorder::Recorder;
use crate::io::store::row::{RunHead, RunId};
use crate::session::run::Session;
use crate::ui::pilot::RunNumber;

/// The name of the file in the folder where the desktop keeps this program's things.
const FILE: &str = "runs.sqlite";
/// How many runs the list offers.
const RECENT_MAX: usize = 12;

/// The store of a window, and what of its runs is in it.
#[derive(Default)]
pub struct Keeping {
    store: Option<Store>,
    coming: Option<Receiver<Arrival>>,
    recorders: BTreeMap<RunNumber, Recorder>,
    promises: Promises,
}

/// What a thread brings.
enum Arrival {
    Store(Store),
    Run(Box<(Recorder, Session)>),
    Trouble { words: String, readable: Option<Box<Session>> },
}

/// What has come for the window.
pub enum News {
    /// A run, with what keeps it.
    Run(Box<(Recorder, Session)>),
    /// Something went wrong; the readable part of a run, where there is one.
    Trouble(String, Option<Box<Session>>),
}

impl Keeping {
    /// Opens the store in this folder and, where `is_last_wanted`, fetches the run that was last shown. `wake` is called when something has come.
    #[must_use]
    pub fn in_folder(folder: PathBuf, is_last_wanted: bool, wake: impl Fn() + Send + 'static) -> Self {
        let (sender, coming) = channel();
        on_a_thread(move || {
            open(&folder, is_last_wanted, &sender);
            wake();
        });
        Self { coming: Some(coming), ..Self::default() }
    }

    /// Fetches a kept run.
    pub fn fetch(&mut self, run: RunId, wake: impl Fn() + Send + 'static) {
        let Some(store) = self.store.clone() else { return };
        let (sender, coming) = channel();
        on_a_thread(move || {
            load(&store, run, &sender);
            wake();
        });
        self.coming = Some(coming);
    }

    /// What has come since the last time.
    pub fn news(&mut self) -> Option<News> {
        loop {
            match self.coming.as_ref()?.try_recv() {
                Ok(Arrival::Store(store)) => self.store = Some(store),
                Ok(Arrival::Run(run)) => return Some(News::Run(run)),
                Ok(Arrival::Trouble { words, readable }) => return Some(News::Trouble(words, readable)),
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => self.coming = None,
            }
        }
    }

    /// From now on this recorder keeps that run.
    pub fn adopt(&mut self, number: RunNumber, recorder: Recorder) {
        self.recorders.insert(number, recorder);
    }

    /// Writes what is new. A run in which nothing was done yet is not worth keeping.
    pub fn keep_up(&mut self, number: RunNumber, session: &Session) {
        let Some(store) = &self.store else { return self.promises.keep(&Saved::already()) };
        let is_untouched = session.branches().len() == 1 && session.steps().len() == 1;
        let ticket = match self.recorders.get_mut(&number) {
            Some(recorder) => recorder.keep_up(session),
            None if is_untouched => None,
            None => {
                self.recorders.insert(number, Recorder::begin(store, session));
                Some(store.flush())
            }
        };
        self.promises.keep(&ticket.map_or_else(Saved::already, Into::into));
    }

    /// Whether this run is written down as it goes.
    #[must_use]
    pub fn has(&self, number: RunNumber) -> bool {
        self.recorders.contains_key(&number)
    }

    /// Promises each step to whoever is answered because of it; [`keep_up`](Self::keep_up) keeps the promises.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        let promises = self.promises.clone();
        Box::new(move |_, _| promises.give())
    }

    /// The runs that were used last, the latest first.
    #[must_use]
    pub fn recent(&self) -> Vec<RunHead> {
        self.store.as_ref().and_then(|store| store.recent(RECENT_MAX).ok()).unwrap_or_default()
    }
}

fn on_a_thread(work: impl FnOnce() + Send + 'static) {
    // Without a thread nothing comes, and the window goes on unkept.
    drop(std::thread::Builder::new().name("keeping".to_owned()).spawn(work));
}

fn open(folder: &Path, is_last_wanted: bool, sender: &Sender<Arrival>) {
    let opened = fs::create_dir_all(folder).map_err(|cause| format!("{}: {cause}", folder.display()));
    let place = StorePlace::File(folder.join(FILE));
    let store = match opened.and_then(|()| Store::open(&place).map_err(|error| error.to_string())) {
        Ok(store) => store,
        Err(error) => {
            return tell(sender, Arrival::Trouble { words: format!("Runs are not kept. {error}"), readable: None });
        }
    };
    let last = store.recent(1);
    tell(sender, Arrival::Store(store.clone()));
    match last.map(|runs| runs.into_iter().next().filter(|_| is_last_wanted)) {
        Ok(None) => {}
        Ok(Some(last)) => load(&store, last.id, sender),
        Err(error) => tell(sender, Arrival::Trouble { words: error.to_string(), readable: None }),
    }
}

fn load(store: &Store, run: RunId, sender: &Sender<Arrival>) {
    let arrival = match Recorder::resume(store, run, &mut |_| {}) {
        Ok(kept) => Arrival::Run(Box::new(kept)),
        Err(error) => Arrival::Trouble { words: error.to_string(), readable: error.into_readable().map(Box::new) },
    };
    tell(sender, arrival);
}

/// The window may have closed meanwhile.
fn tell(sender: &Sender<Arrival>, arrival: Arrival) {
    drop(sender.send(arrival));
}

/// Promises that are given while a request is handled and kept when the step is written.
#[derive(Clone, Default)]
struct Promises(Arc<Mutex<Vec<oneshot::Sender<Saved>>>>);

impl Promises {
    fn give(&self) -> Saved {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        Saved::when(Box::pin(async move {
            match receiver.await {
                Ok(saved) => saved.wait().await,
                Err(_) => Err(NotSaved("The window was closed before this was written".to_owned())),
            }
        }))
    }

    fn keep(&self, saved: &Saved) {
        for promise in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // Whoever was promised it may have gone.
            drop(promise.send(saved.clone()));
        }
    }
}
