//! Characters: how the simulated parties behave, named in plain words instead of magic numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::protocol::time::Span;

/// How the buyer behaves in the payment window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BuyerCharacter {
    /// Confirms with the right PIN as soon as the price is shown.
    #[default]
    PaysAtOnce,
    /// Confirms after thinking.
    PaysAfter(Span),
    /// Presses Cancel.
    Cancels,
    /// Closes the trusted window.
    ClosesTheWindow,
    /// Types a wrong PIN until the window locks.
    WrongPinFiveTimes,
    /// Leaves the window open and walks away.
    NeverAnswers,
    /// Confirms at once, and the provider declines the charge: there is no money on the card.
    Declines,
    /// Pays at once, and has the bank take the money back a day later.
    ChargesBackTomorrow,
    /// The simulated buyer does nothing; whoever sits at the window decides.
    YouDecide,
}

/// How the provider answers a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ProviderCharacter {
    /// Charges.
    #[default]
    Charges,
    /// Declines for lack of funds.
    Declines,
    /// Wants to lead the buyer to a site that the payment page does not know.
    LeadsElsewhere,
    /// Says pending at first, and charged after this time.
    SettlesAfter(Span),
    /// Says pending and never settles.
    LeavesPending,
    /// Never answers.
    NeverAnswers,
}

/// How the app server answers a notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ServerCharacter {
    /// 200 with the transaction id as the body.
    #[default]
    AnswersRightly,
    /// 200 with the body `OK`, as many developers did.
    AnswersWrongBody,
    /// Rightly, but only after this time.
    AnswersAfter(Span),
    /// Rightly, with white space around the id.
    AnswersWithSpaces,
    /// Rightly, but it enters every notice in its books, one that comes again a second time.
    BooksEachNotice,
    /// 500.
    AnswersError,
    /// Not at all: the request hangs until it times out.
    NeverAnswers,
}

/// The word is none of the characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is no character of the {who}; expected one of {known}")]
pub struct CharacterError {
    /// Whose character was read.
    pub who: &'static str,
    /// The characters there are, each between backticks.
    pub known: &'static str,
    /// What stood there.
    pub found: String,
}

/// Gives a character its plain words, its parser and its text form in files.
macro_rules! spoken {
    ($type:ident, $who:literal, $known:literal, [$($variant:ident => $words:literal),+ $(,)?], $after:ident => $prefix:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($words),)+
                    Self::$after(span) => write!(f, concat!($prefix, " {}"), spoken_span(*span)),
                }
            }
        }

        impl FromStr for $type {
            type Err = CharacterError;

            fn from_str(text: &str) -> Result<Self, CharacterError> {
                let words = text.trim().to_lowercase();
                // On a command line, hyphens spare the quotes.
                let is_hyphened = !words.contains(' ') && !words.contains("--");
                let words = if is_hyphened { words.replace('-', " ") } else { words };
                $(if words == $words { return Ok(Self::$variant); })+
                let unknown = || CharacterError { who: $who, known: $known, found: text.to_owned() };
                let span = words.strip_prefix($prefix).ok_or_else(unknown)?;
                let span: Span = span.replace(' ', "").parse().map_err(|_| unknown())?;
                if span < Span::from_millis(0) { return Err(unknown()); }
                Ok(Self::$after(span))
            }
        }

        impl TryFrom<String> for $type {
            type Error = CharacterError;

            fn try_from(text: String) -> Result<Self, CharacterError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(character: $type) -> Self {
                character.to_string()
            }
        }
    };
}

spoken!(
    BuyerCharacter,
    "buyer",
    "`pays at once`, `pays after 12 s`, `cancels`, `closes the window`, `wrong PIN five times`, `never answers`, `declines`, `charges back tomorrow`, `you decide`",
    [
        PaysAtOnce => "pays at once",
        Cancels => "cancels",
        ClosesTheWindow => "closes the window",
        WrongPinFiveTimes => "wrong pin five times",
        NeverAnswers => "never answers",
        Declines => "declines",
        ChargesBackTomorrow => "charges back tomorrow",
        YouDecide => "you decide",
    ],
    PaysAfter => "pays after"
);
spoken!(
    ProviderCharacter,
    "provider",
    "`charges`, `declines`, `leads elsewhere`, `settles after 30 s`, `leaves pending`, `never answers`",
    [
        Charges => "charges",
        Declines => "declines",
        LeadsElsewhere => "leads elsewhere",
        LeavesPending => "leaves pending",
        NeverAnswers => "never answers",
    ],
    SettlesAfter => "settles after"
);
spoken!(
    ServerCharacter,
    "app server",
    "`answers rightly`, `answers wrong body`, `answers with spaces`, `books each notice`, `answers after 6 s`, `answers error`, `never answers`",
    [
        AnswersRightly => "answers rightly",
        AnswersWrongBody => "answers wrong body",
        AnswersWithSpaces => "answers with spaces",
        BooksEachNotice => "books each notice",
        AnswersError => "answers error",
        NeverAnswers => "never answers",
    ],
    AnswersAfter => "answers after"
);

/// A span as people say it and as a character's words are read back: `12 s`, but `1500 ms`, since nobody reads decimals back.
fn spoken_span(span: Span) -> String {
    if span.millis() % 1_000 == 0 { span.to_string() } else { format!("{} ms", span.millis()) }
}

impl BuyerCharacter {
    /// The characters as a menu shows them, in its order; *pays after* with twelve seconds.
    pub const MENU: [Self; 9] = [
        Self::YouDecide,
        Self::PaysAtOnce,
        Self::PaysAfter(Span::from_seconds(12)),
        Self::Cancels,
        Self::ClosesTheWindow,
        Self::WrongPinFiveTimes,
        Self::NeverAnswers,
        Self::Declines,
        Self::ChargesBackTomorrow,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_reads_back_from_its_own_words() {
        for character in BuyerCharacter::MENU {
            assert_eq!(character.to_string().parse(), Ok(character));
        }
        for millis in [0, 1, 1_500, 12_000, 60_000, 90_000, 5_400_000, 86_400_001] {
            let character = BuyerCharacter::PaysAfter(Span::from_millis(millis));
            assert_eq!(character.to_string().parse(), Ok(character));
        }
        assert_eq!("settles after 30 s".parse(), Ok(ProviderCharacter::SettlesAfter(Span::from_seconds(30))));
        assert_eq!("answers after 6 s".parse(), Ok(ServerCharacter::AnswersAfter(Span::from_seconds(6))));
        assert_eq!("books each notice".parse(), Ok(ServerCharacter::BooksEachNotice));
        assert_eq!("you-decide".parse(), Ok(BuyerCharacter::YouDecide));
        assert_eq!("pays-after-3s".parse(), Ok(BuyerCharacter::PaysAfter(Span::from_seconds(3))));
    }

    #[test]
    fn an_unknown_character_is_named_with_the_known_ones() {
        let error = "pays never".parse::<BuyerCharacter>().unwrap_err().to_string();
        assert!(error.contains("pays never") && error.contains("charges back tomorrow"), "{error}");
        for negative in ["pays after -3 s", "pays-after--3s", "pays -after -3s"] {
            assert!(negative.parse::<BuyerCharacter>().is_err(), "{negative}");
        }
    }
}
