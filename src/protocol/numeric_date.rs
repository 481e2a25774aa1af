//! Numeric dates: how tokens tell time, in whole seconds since 1970 (RFC 7519, 2, `NumericDate`).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::protocol::time::{Span, Time};

/// Whole seconds since 1970-01-01T00:00:00Z, from 0 to 2^53 - 1, so that every JSON reader sees the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NumericDate(u64);

impl NumericDate {
    /// The last date that a token can tell, 2^53 - 1.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The date of `seconds` since 1970, if a token can tell it.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Option<Self> {
        if seconds <= Self::MAX.0 { Some(Self(seconds)) } else { None }
    }

    /// The whole second that `time` lies in; before 1970 it is 0.
    #[must_use]
    pub fn at(time: Time) -> Self {
        Self(u64::try_from(time.seconds()).unwrap_or_default()).min(Self::MAX)
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The beginning of this second; the far future saturates.
    #[must_use]
    pub fn time(self) -> Time {
        Time::from_seconds(i64::try_from(self.0).unwrap_or(i64::MAX))
    }

    /// This date moved by `span`, kept within what a token can tell.
    #[must_use]
    pub fn moved_by(self, span: Span) -> Self {
        Self::at(self.time() + span)
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = u64::deserialize(deserializer)?;
        Self::from_seconds(seconds).ok_or_else(|| D::Error::custom(format_args!("a date beyond 2^53 - 1: {seconds}")))
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::numeric_date::NumericDate;
    use crate::protocol::time::{Span, Time};

    #[test]
    fn only_whole_seconds_that_every_reader_agrees_on_are_dates() {
        for good in ["0", "1400000000", "9007199254740991"] {
            assert_eq!(serde_json::from_str::<NumericDate>(good).unwrap().seconds().to_string(), good);
        }
        for bad in ["9007199254740992", "-1", "1400000000.5", "1e9", "\"1400000000\"", "null", "true", "{}"] {
            assert!(serde_json::from_str::<NumericDate>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_counts_as_the_second_it_lies_in() {
        assert_eq!(NumericDate::at(Time::from_millis(1_999)).seconds(), 1);
        assert_eq!(NumericDate::at(Time::from_millis(2_000)).seconds(), 2);
        assert_eq!(NumericDate::at(Time::from_millis(-1)).seconds(), 0);
        assert_eq!(NumericDate::at(Time::from_seconds(7)).moved_by(Span::from_seconds(-9)).seconds(), 0);
    }
}
