//! Folders: many small files written at once, which somebody can have made again at any time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::io::files::{FileError, Place};

/// Writes `files`, texts by their paths below `folder`; makes the folders that are missing. Not forced to the disk one by one.
///
/// # Errors
/// [`FileError`] for the first that cannot be written.
pub fn write_all(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), FileError> {
    for (name, text) in files {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|cause| FileError::of(&Place::named(&path), cause))?;
    }
    Ok(())
}
