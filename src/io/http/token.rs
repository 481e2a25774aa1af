//! The control token: a secret of one start, in a file that its user alone can read.

use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq as _;

const TOKEN_BYTES: usize = 32;
const FOLDER_NAME: &str = "paystage";

/// 32 random bytes of one start, spelled in hexadecimal. Never shown: it debugs as dots.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one, from the operating system's own source.
    ///
    /// # Errors
    /// [`TokenError::NoChance`]: the system has no randomness to give.
    pub fn fresh() -> Result<Self, TokenError> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(TokenError::NoChance)?;
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        Ok(Self(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()))
    }

    /// Whether `said` is this token. Takes the same time wherever the two differ.
    #[must_use]
    pub fn is(&self, said: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(said).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(••••)")
    }
}

/// The file that holds a token. It goes when this goes.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
}

/// Why there is no token, or no file with it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No source of chance.
    #[error("the system gives no random bytes for the control token: {0}")]
    NoChance(getrandom::Error),
    /// Neither of the places where such a file belongs is known.
    #[error("there is no place for the control token; set XDG_RUNTIME_DIR or HOME")]
    NoPlace,
    /// Others could get at the file.
    #[error("{}: others may enter this folder; make it yours alone with chmod 700", .0.display())]
    Shared(PathBuf),
    /// The system's own words.
    #[error("{}: the control token cannot be written: {cause}", path.display())]
    Failed {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

impl TokenFile {
    /// Writes `token` for the server on `port` into the user's own runtime folder.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn create(token: &Token, port: u16) -> Result<Self, TokenError> {
        Self::create_in(&place()?, token, port)
    }

    /// Writes `token` for the server on `port` into `folder`, which is made if it is missing. What an earlier start left
    /// there for this port is replaced: that start cannot be running, as the port is ours.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn create_in(folder: &Path, token: &Token, port: u16) -> Result<Self, TokenError> {
        let path = folder.join(format!("{port}.token"));
        own_folder(folder)?;
        let fail = |cause| TokenError::Failed { path: path.clone(), cause };
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(fail(cause)),
            Ok(()) | Err(_) => {}
        }
        write_new(&path, token).map_err(fail)?;
        Ok(Self { path })
    }

    /// Where it is. This may be printed; what is in it never is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // Gone already is as good as removed.
        let _ = fs::remove_file(&self.path);
    }
}

/// `$XDG_RUNTIME_DIR/paystage`, else `$XDG_STATE_HOME/paystage`, else `~/.local/state/paystage`.
fn place() -> Result<PathBuf, TokenError> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME").map(|home| home.join(".local").join("state"));
    let folder = absolute("XDG_RUNTIME_DIR").or_else(|| absolute("XDG_STATE_HOME")).or_else(home);
    folder.map(|folder| folder.join(FOLDER_NAME)).ok_or(TokenError::NoPlace)
}

/// Makes the folder, or finds it, with nobody else let in.
fn own_folder(folder: &Path) -> Result<(), TokenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let fail = |cause| TokenError::Failed { path: folder.to_owned(), cause };
    builder.create(folder).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder).map_err(fail)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(TokenError::Shared(folder.to_owned()));
        }
    }
    Ok(())
}

/// A new file is never somebody else's link: `create_new` follows none.
fn write_new(path: &Path, token: &Token) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(token.0.as_bytes())?;
    file.write_all(b"\n")
}
