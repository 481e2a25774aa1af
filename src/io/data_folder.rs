//! The data folder: where the desktop keeps this program's own things, for the window and the server alike.

use std::path::PathBuf;

/// What the system's folders call this program.
pub const NAME: &str = "paystage";

/// The folder, made or not; `None` where the system names no home.
#[must_use]
pub fn data_folder() -> Option<PathBuf> {
    eframe::storage_dir(NAME)
}
