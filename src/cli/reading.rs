//! Reading: a word of the command line that may be a token itself, or the file that holds it.

use std::ffi::OsStr;
use std::path::Path;

use crate::io::files::{self, FileError, Place, SMALL_FILE_MAX, Standing};

/// A text with the name that messages call it by.
#[derive(Debug)]
pub(crate) struct Named {
    /// `receipt.jwt`, `standard input`, or `the command line`.
    pub(crate) source: String,
    /// The text, without white space around it.
    pub(crate) text: String,
}

/// The text that `word` stands for: a file of that name first, then the word itself when it looks like a token.
///
/// # Errors
/// [`FileError`] when it is neither, or the file cannot be read.
pub(crate) fn token(word: &OsStr) -> Result<Named, FileError> {
    let place = Place::named(word);
    if let Some(text) = word.to_str().filter(|text| looks_like_a_token(text))
        && files::standing(Path::new(word)) == Standing::Nothing
    {
        return Ok(Named { source: "the command line".to_owned(), text: text.trim().to_owned() });
    }
    let text = files::read_text(&place, SMALL_FILE_MAX)?;
    Ok(Named { source: place.to_string(), text: text.trim().to_owned() })
}

/// Whether a word that names no file was meant as a token: all JSON in base64url begins with `eyJ`, or nearly all.
fn looks_like_a_token(word: &str) -> bool {
    let has_two_dots = word.matches('.').count() >= 2;
    word.starts_with("eyJ") || word.starts_with('{') || (has_two_dots && !word.contains('/') && word.len() > 64)
}

#[cfg(test)]
mod tests {
    use super::{looks_like_a_token, token};

    #[test]
    fn a_token_is_told_from_a_files_name() {
        assert!(looks_like_a_token("eyJhbGciOiJub25lIn0.e30."));
        assert!(looks_like_a_token(r#"{"keys":[]}"#));
        assert!(!looks_like_a_token("receipt.of.november.jwt"));
        assert!(!looks_like_a_token("receipts/a.b.c"));
    }

    #[test]
    fn a_word_that_is_neither_is_a_missing_file() {
        let error = token("no-such-receipt.jwt".as_ref()).unwrap_err();
        assert_eq!(error.to_string(), "no-such-receipt.jwt: there is no such file; check the spelling");
    }
}
