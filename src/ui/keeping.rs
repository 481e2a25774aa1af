//! Keeping: the window's runs in the store, written as they go and fetched without holding up a frame.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::io::saved::{Keep, NotSaved, Saved};
use crate::io::store::handle::Store;
use crate::io::store::load::Progress;
use crate::io::store::loading::{self, Loading, Standing, Wanted};
use crate::io::store::place::StorePlace;
use crate::io::store::recorder::Recorder;
use crate::io::store::row::{RunHead, RunId};
use crate::session::recorded::Recorded;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::ui::pilot::RunNumber;

/// The name of the file in the folder where the desktop keeps this program's things.
const FILE: &str = "runs.sqlite";
/// How many runs the list offers.
const RECENT_MAX: usize = 12;

/// From so many steps on a run takes long enough to be lived again that people want to see it.
const LONG_RUN: usize = 5_000;

/// The store of a window, and what of its runs is in it.
#[derive(Default)]
pub struct Keeping {
    store: Option<Store>,
    coming: Option<Loading>,
    recorders: BTreeMap<RunNumber, Recorder>,
    promises: Promises,
}

/// What has come for the window.
pub enum News {
    /// A run is on its way.
    Progress(Progress),
    /// A run, with what keeps it, and what the store has to say.
    Run(Box<(Recorder, Session)>, Option<String>),
    /// Something went wrong; the readable part of a run, where there is one.
    Trouble(String, Option<Box<Session>>),
}

impl Keeping {
    /// Opens the store in this folder and, where `is_last_wanted`, fetches the run that was last shown. `wake` is called when
    /// something has come: the news that nothing is kept, if the folder cannot be made.
    #[must_use]
    pub fn in_folder(folder: &Path, is_last_wanted: bool, wake: impl Fn() + Send + 'static) -> Self {
        let wanted = if is_last_wanted { Wanted::Last } else { Wanted::Nothing };
        let coming = loading::open(StorePlace::File(folder.join(FILE)), wanted, wake);
        Self { coming: Some(coming), ..Self::default() }
    }

    /// Fetches a kept run.
    pub fn fetch(&mut self, run: RunId, wake: impl Fn() + Send + 'static) {
        if let Some(store) = &self.store {
            self.coming = Some(loading::load(store, Wanted::Run(run), wake));
        }
    }

    /// What has come since the last time.
    pub fn news(&mut self) -> Option<News> {
        let opened = match self.coming.as_mut()?.standing() {
            Standing::Under(progress) => return (progress.of > LONG_RUN).then_some(News::Progress(progress)),
            Standing::Taken => return None,
            Standing::Ended(opened) => *opened,
        };
        self.coming = None;
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return Some(News::Trouble(format!("Runs are not kept. {error}"), None)),
        };
        let warning = opened.store.warning();
        self.store = Some(opened.store);
        match opened.run {
            Some(Ok(run)) => Some(News::Run(Box::new(run), warning)),
            Some(Err(error)) => Some(News::Trouble(error.to_string(), error.into_readable().map(Box::new))),
            None => warning.map(|words| News::Trouble(words, None)),
        }
    }

    /// From now on this recorder keeps that run.
    pub fn adopt(&mut self, number: RunNumber, recorder: Recorder) {
        self.recorders.insert(number, recorder);
    }

    /// Writes what is new. A run in which nothing was done yet is not worth keeping.
    pub fn keep_up(&mut self, number: RunNumber, session: &Session) {
        let Some(store) = &self.store else { return self.promises.keep(&Saved::already()) };
        let is_untouched = session.is_untouched();
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
    pub fn keeper(&self) -> Box<dyn Keep> {
        Box::new(self.promises.clone())
    }

    /// The runs that were used last, the latest first.
    #[must_use]
    pub fn recent(&self) -> Vec<RunHead> {
        self.store.as_ref().and_then(|store| store.recent(RECENT_MAX).ok()).unwrap_or_default()
    }
}

/// Promises that are given while a request is handled and kept when the step is written.
#[derive(Clone, Default)]
struct Promises(Arc<Mutex<Vec<oneshot::Sender<Saved>>>>);

impl Keep for Promises {
    fn keep(&mut self, _: &dyn Recorded, _: &Arc<Step>) -> Saved {
        self.give()
    }

    /// The recorder writes what is new, once a frame.
    fn hand_over(&mut self) {}
}

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
