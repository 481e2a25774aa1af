//! Files: how text comes in with a limit, and goes out whole or not at all.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The most that is read of a token, a key file or a scenario: 1 MiB, as much as the device itself took.
pub const SMALL_FILE_MAX: u64 = 1 << 20;
/// The most that is read of a run file: 16 MiB, some hundred thousand steps.
pub const RUN_FILE_MAX: u64 = 16 << 20;

/// Where text comes from or goes to: a path, or `-` for the standard streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Standard input when read, standard output when written.
    Standard,
    /// A file.
    File(PathBuf),
}

impl Place {
    /// Reads a command-line word: `-` is a standard stream, anything else a path. A file named `-` is spelled `./-`.
    #[must_use]
    pub fn named(word: impl Into<OsString>) -> Self {
        let word = word.into();
        if word == "-" { Self::Standard } else { Self::File(PathBuf::from(word)) }
    }
}

impl From<OsString> for Place {
    fn from(word: OsString) -> Self {
        Self::named(word)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => out.write_str("standard input"),
            Self::File(path) => write!(out, "{}", path.display()),
        }
    }
}

/// Why a file could not be read or written. Each says what, and what to do, and names the file first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Nothing is there.
    #[error("{0}: there is no such file; check the spelling")]
    Missing(Place),
    /// A folder where a file is meant.
    #[error("{0}: is a folder; name a file in it")]
    Folder(Place),
    /// The system forbids it.
    #[error("{0}: may not be opened; check who owns it and its permissions")]
    Forbidden(Place),
    /// More than may be read.
    #[error("{place}: is longer than {max} bytes, the most that is read here; is it the right file?")]
    TooLong {
        /// Which file.
        place: Place,
        /// The limit, in bytes.
        max: u64,
    },
    /// Not UTF-8.
    #[error("{place}: is not UTF-8 text from byte {offset} on; save it as UTF-8")]
    NotText {
        /// Which file.
        place: Place,
        /// The first byte that no character begins or continues with, counted from 0.
        offset: usize,
    },
    /// What else a disk can say.
    #[error("{place}: {cause}")]
    Failed {
        /// Which file.
        place: Place,
        /// The system's own words.
        cause: io::Error,
    },
}

impl FileError {
    pub(crate) fn of(place: &Place, cause: io::Error) -> Self {
        let place = place.clone();
        if cause.kind() == io::ErrorKind::NotFound {
            Self::Missing(place)
        } else if cause.kind() == io::ErrorKind::IsADirectory {
            Self::Folder(place)
        } else if cause.kind() == io::ErrorKind::PermissionDenied {
            Self::Forbidden(place)
        } else {
            Self::Failed { place, cause }
        }
    }
}

/// The whole of a file, or of standard input, as text of at most `max` bytes. A byte order mark is left out.
///
/// # Errors
/// [`FileError`]: missing, a folder, forbidden, too long, or not UTF-8.
pub fn read_text(place: &Place, max: u64) -> Result<String, FileError> {
    text(place, read_bytes(place, max)?)
}

/// The bytes of a file as text, without a byte order mark.
///
/// # Errors
/// [`FileError::NotText`], with the first byte that is none.
pub fn text(place: &Place, mut bytes: Vec<u8>) -> Result<String, FileError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        FileError::NotText { place: place.clone(), offset }
    })
}

/// The whole of a file, or of standard input, at most `max` bytes. Never reads more than one byte past the limit.
///
/// # Errors
/// [`FileError`]: missing, a folder, forbidden, or too long.
pub fn read_bytes(place: &Place, max: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let read = match place {
        Place::Standard => io::stdin().lock().take(max + 1).read_to_end(&mut bytes),
        Place::File(path) => File::open(path).and_then(|file| file.take(max + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|cause| FileError::of(place, cause))?;
    if bytes.len() as u64 > max {
        return Err(FileError::TooLong { place: place.clone(), max });
    }
    Ok(bytes)
}

/// Writes `bytes` so that a reader sees either the old file or the new one, never half of one.
///
/// The bytes go to a new file beside it, are forced to the disk, and take the old one's name. Standard output, pipes and
/// devices are written straight.
///
/// # Errors
/// [`FileError`]: the folder is missing, forbidden or full. The old file is then untouched.
pub fn save(place: &Place, bytes: &[u8]) -> Result<(), FileError> {
    let saved = match place {
        Place::Standard => {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        // What a link points to is what is replaced, not the link.
        Place::File(path) => match fs::canonicalize(path) {
            Ok(target) if target.is_dir() => return Err(FileError::Folder(place.clone())),
            Ok(target) if !target.is_file() => OpenOptions::new().write(true).open(target).and_then(|mut device| {
                device.write_all(bytes)?;
                device.flush()
            }),
            Ok(target) => replace(&target, bytes),
            Err(_) => replace(path, bytes),
        },
    };
    saved.map_err(|cause| FileError::of(place, cause))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
    let written = write_new(&beside, bytes, path).and_then(|()| fs::rename(&beside, path));
    if let Err(cause) = written {
        // The old file stands; what was begun is cleared away as well as it can be.
        let _ = fs::remove_file(&beside);
        return Err(cause);
    }
    // The new name is durable once its folder is.
    File::open(folder)?.sync_all()
}

fn write_new(beside: &Path, bytes: &[u8], old: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(beside)?;
    file.write_all(bytes)?;
    if let Ok(kept) = fs::metadata(old) {
        file.set_permissions(kept.permissions())?;
    }
    file.sync_all()
}

/// What stands at a place, before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Nothing,
    /// A file, a pipe or a device.
    File,
    /// A folder.
    Folder,
}

/// Looks what stands at `path`. A place that may not be looked at counts as a file: opening it will say why not.
#[must_use]
pub fn standing(path: &Path) -> Standing {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Standing::Folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Standing::Nothing,
        // ENAMETOOLONG: a token given in place of a file's name is no file.
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => Standing::Nothing,
        Ok(_) | Err(_) => Standing::File,
    }
}

/// All files below `folder` whose name ends in one of `endings`, in the order of their paths. Hidden ones are passed over.
///
/// # Errors
/// [`FileError`] for the first folder that cannot be listed.
pub fn files_below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let fail = |cause| FileError::of(&Place::File(folder.clone()), cause);
        for entry in fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // A link to a folder is not followed, so that no ring of links can hold us.
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().map_err(fail)?.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, gone afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("paystage-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn place(&self, name: &str) -> Place {
            Place::File(self.0.join(name))
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn what_is_saved_is_read_again_and_nothing_else_is_left() {
        let folder = Folder::new("saved");
        let place = folder.place("a.txt");
        save(&place, b"one").unwrap();
        save(&place, "zwei €".as_bytes()).unwrap();
        assert_eq!(read_text(&place, 100).unwrap(), "zwei €");
        assert_eq!(folder.names(), ["a.txt"]);
    }

    #[test]
    fn a_failed_save_leaves_the_old_file_and_no_remains() {
        let folder = Folder::new("failed");
        let inside = folder.place("gone/a.txt");
        assert!(matches!(save(&inside, b"one"), Err(FileError::Missing(_))));
        assert!(matches!(save(&Place::File(folder.0.clone()), b"one"), Err(FileError::Folder(_))));
        assert_eq!(folder.names(), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = Folder::new("link");
        save(&folder.place("a.txt"), b"one").unwrap();
        fs::set_permissions(folder.0.join("a.txt"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink(folder.0.join("a.txt"), folder.0.join("b.txt")).unwrap();
        save(&folder.place("b.txt"), b"two").unwrap();
        assert!(fs::symlink_metadata(folder.0.join("b.txt")).unwrap().is_symlink());
        assert_eq!(read_text(&folder.place("a.txt"), 100).unwrap(), "two");
        assert_eq!(fs::metadata(folder.0.join("a.txt")).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn limits_are_exact() {
        let folder = Folder::new("limits");
        let place = folder.place("a.txt");
        save(&place, b"12345").unwrap();
        assert_eq!(read_text(&place, 5).unwrap(), "12345");
        assert!(matches!(read_text(&place, 4), Err(FileError::TooLong { max: 4, .. })));
    }

    #[test]
    fn what_is_no_text_is_refused_at_its_byte() {
        let folder = Folder::new("bytes");
        let place = folder.place("a.txt");
        save(&place, b"ab\xFFcd").unwrap();
        assert!(matches!(read_text(&place, 10), Err(FileError::NotText { offset: 2, .. })));
        save(&place, b"\xEF\xBB\xBFab").unwrap();
        assert_eq!(read_text(&place, 10).unwrap(), "ab");
    }

    #[test]
    fn missing_files_and_folders_say_so() {
        let folder = Folder::new("missing");
        let error = read_text(&folder.place("a.txt"), 10).unwrap_err().to_string();
        assert!(error.ends_with("a.txt: there is no such file; check the spelling"), "{error}");
        let error = read_text(&Place::File(folder.0.clone()), 10).unwrap_err().to_string();
        assert!(error.ends_with("is a folder; name a file in it"), "{error}");
    }

    #[test]
    fn a_folder_is_listed_in_order_with_what_is_below_it() {
        let folder = Folder::new("listed");
        fs::create_dir_all(folder.0.join("b")).unwrap();
        for name in ["c.toml", "b/a.toml", "a.toml", "note.txt", ".hidden.toml"] {
            save(&folder.place(name), b"").unwrap();
        }
        let found = files_below(&folder.0, &[".toml"]).unwrap();
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(&folder.0).unwrap().display().to_string()).collect();
        assert_eq!(names, ["a.toml", "b/a.toml", "c.toml"]);
    }

    #[test]
    fn a_dash_is_a_standard_stream_and_nothing_else_is() {
        assert_eq!(Place::named("-"), Place::Standard);
        assert_eq!(Place::named("./-"), Place::File(PathBuf::from("./-")));
    }
}
