//! Faults in scenario files: which word, where, and what should stand there instead.

use std::fmt;
use std::ops::Range;

/// Why a scenario could not be read. By the fault of whoever wrote the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file's name as the caller gave it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there, shortened.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// A known word that looks much like the one found.
    pub nearest: Option<String>,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, found, expected, nearest } = self;
        write!(f, "{file}:{line}:{column}: expected {expected}, found {found}")?;
        match nearest {
            Some(word) => write!(f, "; did you mean {word}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// A scenario's text with its name: knows lines and columns.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

/// How much of the offending text a message repeats, in characters.
const FOUND_MAX: usize = 40;

impl Source<'_> {
    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.before(offset).matches('\n').count()
    }

    /// What stands at `at` is not what was expected.
    pub(crate) fn fault(&self, at: &Range<usize>, expected: impl Into<String>) -> ScenarioError {
        let before = self.before(at.start);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ScenarioError {
            file: self.file.to_owned(),
            line: self.line(at.start),
            column: 1 + before[line_start..].chars().count(),
            found: self.found(at),
            expected: expected.into(),
            nearest: None,
        }
    }

    /// What stands at `at` is none of the `known` words.
    pub(crate) fn unknown(&self, at: &Range<usize>, word: &str, what: &str, known: &[&str]) -> ScenarioError {
        let fault = self.fault(at, format!("{what}, one of {}", known.join(", ")));
        ScenarioError { nearest: nearest(word, known).map(str::to_owned), ..fault }
    }

    fn before(&self, offset: usize) -> &str {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[..end]
    }

    fn found(&self, at: &Range<usize>) -> String {
        let text = self.text.get(at.clone()).unwrap_or_default();
        let first_line = text.lines().next().unwrap_or_default();
        if text.is_empty() {
            return if at.start >= self.text.len() { "the end of the file".into() } else { "nothing".into() };
        }
        let short: String = first_line.chars().take(FOUND_MAX).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    }
}

/// The known word that needs the fewest letters changed, if they are few.
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(FOUND_MAX).collect();
    let allowed = word.len().div_ceil(3).max(1);
    known
        .iter()
        .map(|known| (letters_changed(&word, known), *known))
        .filter(|(changed, _)| *changed <= allowed)
        .min_by_key(|(changed, _)| *changed)
        .map(|(_, known)| known)
}

/// Levenshtein's distance, row by row.
fn letters_changed(one: &[char], other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, theirs) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != theirs);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{Source, nearest};

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["buy", "refund", "charge-back", "rotate-key"];
        assert_eq!(nearest("bui", &known), Some("buy"));
        assert_eq!(nearest("chargeback", &known), Some("charge-back"));
        assert_eq!(nearest("rotate_key", &known), Some("rotate-key"));
        assert_eq!(nearest("elephant", &known), None);
        assert_eq!(nearest("", &known), None);
    }

    #[test]
    fn places_count_characters_and_stand_anywhere() {
        let source = Source { file: "f", text: "é = 1\nsecond" };
        let fault = source.fault(&(3..4), "x");
        assert_eq!((fault.line, fault.column, fault.found.as_str()), (1, 3, "="));
        let end = source.fault(&(99..99), "x");
        assert_eq!((end.line, end.column, end.found.as_str()), (2, 7, "the end of the file"));
        let inside_a_letter = source.fault(&(1..1), "x");
        assert_eq!((inside_a_letter.line, inside_a_letter.column), (1, 1));
    }
}
