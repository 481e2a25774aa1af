//! Dialogs: the desktop's own file chooser, on a thread of its own so that the window never waits for it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Which chooser is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A run or a scenario to open.
    Open,
    /// A file to save to; this name is offered.
    Save(String),
}

/// A chooser that is open. Dropping it leaves it to the desktop; its answer is then lost.
#[derive(Debug)]
pub struct Pending(Receiver<Option<PathBuf>>);

/// What a chooser says when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is still open.
    NotYet,
    /// This file.
    Chosen(PathBuf),
    /// None: it was cancelled, or this desktop has no chooser. The two cannot be told apart.
    Nothing,
}

/// Opens the desktop's chooser. `wake` is called when it has an answer.
#[must_use]
pub fn ask(wish: Wish, wake: impl FnOnce() + Send + 'static) -> Pending {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let dialog = rfd::FileDialog::new();
        let chosen = match wish {
            Wish::Open => dialog
                .set_title("Open a run or a scenario")
                .add_filter("Runs and scenarios", &["json", "toml"])
                .pick_file(),
            Wish::Save(name) => dialog.set_title("Save to a file").set_file_name(name).save_file(),
        };
        // The window may have been closed meanwhile; then nobody wants the answer.
        let _ = sender.send(chosen);
        wake();
    });
    Pending(receiver)
}

impl Pending {
    /// What the chooser says now.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self.0.try_recv() {
            Ok(Some(path)) => Answer::Chosen(path),
            Ok(None) | Err(TryRecvError::Disconnected) => Answer::Nothing,
            Err(TryRecvError::Empty) => Answer::NotYet,
        }
    }
}
