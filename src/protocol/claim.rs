//! A claim: one value of a token with the kind that it really has, so that a mistake can be named instead of refused.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// One claim with the kind of value that it really has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Claim<'a> {
    /// The member is not there.
    #[default]
    Absent,
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number that fits 64 bits.
    Whole(i64),
    /// Anything else; only its kind is kept.
    Other(Kind),
}

/// What a claim turned out to be when it was neither a text nor a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number with a fraction, or too large for 64 bits.
    Number,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
}

impl Kind {
    /// The kind with its article, for sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number that is not whole",
            Self::Array => "a list",
            Self::Object => "an object",
        }
    }
}

impl Claim<'_> {
    /// The text, when the claim is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Whole(_) | Self::Other(_) => None,
        }
    }

    /// The text, when the claim is one with at least one character. Scripts of 2012 took an empty text for an absent one.
    #[must_use]
    pub fn filled_text(&self) -> Option<&str> {
        self.text().filter(|text| !text.is_empty())
    }

    /// Whether the member is missing altogether.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl fmt::Display for Claim<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => out.write_str("absent"),
            Self::Text(text) => write!(out, "{text:?}"),
            Self::Whole(number) => write!(out, "{number}"),
            Self::Other(kind) => out.write_str(kind.name()),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Claim<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClaimVisitor)
    }
}

/// Takes any value and keeps what a claim keeps.
pub(crate) struct ClaimVisitor;

impl<'de> Visitor<'de> for ClaimVisitor {
    type Value = Claim<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Claim::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Claim::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or(Claim::Other(Kind::Number), Claim::Whole))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Claim::Whole(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Claim::Other(Kind::Number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Claim::Other(Kind::Bool))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Claim::Other(Kind::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Claim::Other(Kind::Array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Claim::Other(Kind::Object))
    }
}
