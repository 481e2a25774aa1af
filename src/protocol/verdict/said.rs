//! Sayings: the plain words that go with a piece of evidence.

/// What is said about one finding. Both lines are at most 20 words long and carry no value: values stand beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// What was found.
    pub sentence: &'static str,
    /// What to do about it; empty when nothing needs doing.
    pub fix: &'static str,
}

impl Said {
    /// Something that needs no remedy.
    #[must_use]
    pub const fn fine(sentence: &'static str) -> Self {
        Self { sentence, fix: "" }
    }

    /// Something that does.
    #[must_use]
    pub const fn wrong(sentence: &'static str, fix: &'static str) -> Self {
        Self { sentence, fix }
    }
}

const QUOTED_CHARS_MAX: usize = 120;

/// A copy of an unverified text, short enough to be shown.
#[must_use]
pub fn quoted(text: &str) -> Box<str> {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => {
            let mut short = text.get(..end).unwrap_or_default().to_owned();
            short.push('…');
            short.into()
        }
        None => text.into(),
    }
}
