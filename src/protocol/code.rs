//! Codes: the historic names of everything that can be refused, each with a plain sentence and a remedy.

use std::fmt;

use serde::Serialize;

/// A closed list of reasons to refuse. Every reason has a historic code; several reasons may share one.
pub trait Code: Copy + Eq + fmt::Debug + 'static {
    /// Every reason, in the order in which it is looked for.
    const ALL: &'static [Self];

    /// The three things to say about this reason.
    fn words(self) -> Words;
}

/// What is said about one reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The historic name, as the other side receives it (`EXPIRED_JWT`).
    pub code: &'static str,
    /// What happened, plainly, without a full stop.
    pub sentence: &'static str,
    /// What to do about it, in one line of at most 20 words.
    pub fix: &'static str,
}

/// A refusal: the reason, and the value that gave offence where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal<C> {
    reason: C,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Box<str>>,
}

impl<C: Code> Refusal<C> {
    /// A refusal that needs no value to be understood.
    #[must_use]
    pub fn new(reason: C) -> Self {
        Self { reason, found: None }
    }

    /// A refusal because of `found`, which is quoted at the end of its message.
    #[must_use]
    pub fn because_of(reason: C, found: impl fmt::Display) -> Self {
        Self { reason, found: Some(shortened(&found.to_string())) }
    }

    /// Why, as one of the closed list.
    #[must_use]
    pub fn reason(&self) -> C {
        self.reason
    }

    /// The value that gave offence, shortened to 80 characters.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// The historic name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.words().code
    }

    /// What happened, plainly.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        self.reason.words().sentence
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        self.reason.words().fix
    }
}

impl<C: Code> From<C> for Refusal<C> {
    fn from(reason: C) -> Self {
        Self::new(reason)
    }
}

impl<C: Code> fmt::Display for Refusal<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Words { code, sentence, fix: _ } = self.reason.words();
        match &self.found {
            Some(found) => write!(f, "{sentence} ({code}): {found}"),
            None => write!(f, "{sentence} ({code})"),
        }
    }
}

impl<C: Code> std::error::Error for Refusal<C> {}

/// How much of an offending value is quoted.
const FOUND_CHARS_MAX: usize = 80;

fn shortened(found: &str) -> Box<str> {
    match found.char_indices().nth(FOUND_CHARS_MAX) {
        Some((cut, _)) => format!("{}…", found.get(..cut).unwrap_or_default()).into(),
        None => found.into(),
    }
}

/// Declares a closed list of reasons: `Variant = "CODE", "sentence", "fix";`, in the order in which they are looked for.
macro_rules! codes {
    ($(#[$meta:meta])* $vis:vis $name:ident { $($variant:ident = $code:literal, $sentence:literal, $fix:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        $vis enum $name {
            $(#[doc = $sentence] $variant,)+
        }

        impl $name {
            /// The historic name.
            #[must_use]
            $vis fn code(self) -> &'static str {
                $crate::protocol::code::Code::words(self).code
            }

            /// What happened, plainly.
            #[must_use]
            $vis fn sentence(self) -> &'static str {
                $crate::protocol::code::Code::words(self).sentence
            }

            /// What to do about it.
            #[must_use]
            $vis fn fix(self) -> &'static str {
                $crate::protocol::code::Code::words(self).fix
            }
        }

        impl $crate::protocol::code::Code for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn words(self) -> $crate::protocol::code::Words {
                match self {
                    $(Self::$variant => $crate::protocol::code::Words { code: $code, sentence: $sentence, fix: $fix },)+
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::protocol::code::Refusal;

    codes! {
        /// Two reasons for this test.
        Reason {
            First = "FIRST", "The first thing is missing", "Add it";
            Second = "SECOND", "The second thing is wrong", "Change it";
        }
    }

    #[test]
    fn a_refusal_says_what_then_code_then_the_offending_value() {
        assert_eq!(Refusal::new(Reason::First).to_string(), "The first thing is missing (FIRST)");
        assert_eq!(Refusal::because_of(Reason::Second, "7").to_string(), "The second thing is wrong (SECOND): 7");
        assert_eq!(
            (Reason::Second.code(), Reason::Second.sentence(), Reason::Second.fix()),
            ("SECOND", "The second thing is wrong", "Change it")
        );
    }

    #[test]
    fn a_long_offending_value_is_cut_between_characters() {
        let refusal = Refusal::because_of(Reason::First, "é".repeat(81));
        assert_eq!(refusal.found(), Some(format!("{}…", "é".repeat(80)).as_str()));
        let whole = Refusal::because_of(Reason::First, "é".repeat(80));
        assert_eq!(whole.found(), Some("é".repeat(80).as_str()));
    }
}
