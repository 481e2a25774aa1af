//! Progress: a bar on the terminal with rate and time left, and nothing at all where nobody watches.

use std::fs;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::io::files::Place;

/// How a bar looks whose end is known.
const KNOWN_LENGTH: &str = "{bar:32} {percent:>3} %  {msg}, {eta} left";

/// A bar on standard error that counts pieces of work.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
}

impl Progress {
    /// A bar over the bytes of a file; where its length is not known, a count alone. `what` is counted: `receipts`.
    #[must_use]
    pub fn over(place: &Place, what: &'static str) -> Self {
        let length = match place {
            Place::Standard => None,
            Place::File(path) => fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|facts| facts.len()),
        };
        match length {
            Some(length) => Self::shown(ProgressBar::new(length), KNOWN_LENGTH, what),
            None => Self::shown(ProgressBar::no_length(), "{spinner} {msg}", what),
        }
    }

    /// A bar over pieces whose number is known: in [`tell`](Self::tell), each of them stands for one byte.
    #[must_use]
    pub fn counting(total: u64, what: &'static str) -> Self {
        Self::shown(ProgressBar::new(total), KNOWN_LENGTH, what)
    }

    fn shown(bar: ProgressBar, form: &str, what: &'static str) -> Self {
        // The form is our own; a wrong one would only look plainer.
        let style = ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸ "));
        Self { bar, what }
    }

    /// So many bytes are behind, and so many pieces are done.
    pub fn tell(&self, bytes: u64, done: u64) {
        self.bar.set_position(bytes);
        let per_second = done.saturating_mul(1000) / u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(1).max(1);
        self.bar.set_message(format!("{} {}, {} a second", HumanCount(done), self.what, HumanCount(per_second)));
    }

    /// Writes a line above the bar, through `print`, without tearing it.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the bar away, and tells how long the work took, in milliseconds.
    #[must_use]
    pub fn finish(&self) -> u64 {
        self.bar.finish_and_clear();
        u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
