//! Time: virtual moments and spans, whole milliseconds; nobody here asks a clock.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. Arithmetic stops at the ends instead of wrapping. JSON: that integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

/// A length of time in milliseconds, possibly negative. JSON: its text, `"12s"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(i64);

/// Why a text is not a time or a span.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not a moment.
    #[error("a moment reads like 2026-11-22T10:04:19Z (RFC 3339): {0:?}")]
    Moment(String),
    /// Not a span.
    #[error("a span is a whole number and one of ms, s, m, h, d, as in 12s or 182d: {0:?}")]
    Span(String),
}

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

impl Time {
    /// The moment so many seconds after 1970 began.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND_MS))
    }

    /// The moment so many milliseconds after 1970 began.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Whole seconds since 1970 began, rounded down: the form of RFC 7519, 2, `NumericDate`.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND_MS)
    }

    /// Milliseconds since 1970 began.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// `2026-11-22T10:04:19Z`, with `.250` before the Z only where the moment is not a whole second.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let form = if self.0.rem_euclid(SECOND_MS) == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S.%3fZ" };
        self.formatted(form)
    }

    /// `22 Nov 2026 10:04:19`, for people.
    #[must_use]
    pub fn human(self) -> String {
        self.formatted("%-d %b %Y %H:%M:%S")
    }

    /// Reads what [`Time::rfc3339`] writes, and any other RFC 3339 moment with its offset. Finer than a millisecond is cut off.
    ///
    /// # Errors
    /// [`TimeError::Moment`] for anything else.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let plain = text.len() <= 64 && !text.contains(['[', ' ', '_']);
        let moment = plain.then(|| text.parse::<jiff::Timestamp>().ok()).flatten();
        moment.map_or_else(|| Err(TimeError::Moment(head(text))), |moment| Ok(Self(moment.as_millisecond())))
    }

    fn formatted(self, form: &str) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => moment.strftime(form).to_string(),
            // Beyond the year 9999 no calendar text is agreed on.
            Err(_) => format!("{} s after 1970", self.seconds()),
        }
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A span of seconds.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND_MS))
    }

    /// A span of days of 24 hours.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self(days.saturating_mul(DAY_MS))
    }

    /// Milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND_MS)
    }

    /// The largest unit that says this span in a whole number.
    const fn unit(self) -> (i64, &'static str) {
        match self.0 {
            0 => (SECOND_MS, "s"),
            millis if millis % DAY_MS == 0 => (DAY_MS, "d"),
            millis if millis % HOUR_MS == 0 => (HOUR_MS, "h"),
            millis if millis % MINUTE_MS == 0 => (MINUTE_MS, "m"),
            millis if millis % SECOND_MS == 0 => (SECOND_MS, "s"),
            _ => (1, "ms"),
        }
    }

    /// `12s`, `182d`, `1500ms`: what [`Span::from_str`] reads back.
    #[must_use]
    pub fn compact(self) -> String {
        let (size, unit) = self.unit();
        format!("{}{unit}", self.0 / size)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.rfc3339())
    }
}

/// For people: `12 s`, `1.5 s`, `30 min`, `2 h`, `182 d`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.unit() {
            (MINUTE_MS, _) => format!("{} min", self.0 / MINUTE_MS),
            (1, _) if self.0.unsigned_abs() < SECOND_MS.unsigned_abs() => format!("{} ms", self.0),
            (1, _) => {
                let sign = if self.0 < 0 { "-" } else { "" };
                let (whole, part) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
                format!("{sign}{whole}.{} s", format!("{part:03}").trim_end_matches('0'))
            }
            (size, unit) => format!("{} {unit}", self.0 / size),
        };
        f.pad(&text)
    }
}

impl FromStr for Span {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let bad = || TimeError::Span(head(text));
        let cut = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
        let (number, unit) = text.split_at(cut);
        let size = match unit {
            "ms" => 1,
            "s" => SECOND_MS,
            "m" | "min" => MINUTE_MS,
            "h" => HOUR_MS,
            "d" => DAY_MS,
            _ => return Err(bad()),
        };
        if number.starts_with('+') {
            return Err(bad());
        }
        number.parse::<i64>().ok().and_then(|number| number.checked_mul(size)).map(Self).ok_or_else(bad)
    }
}

impl TryFrom<String> for Span {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.compact()
    }
}

impl Add<Span> for Time {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Time {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Span;

    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Neg for Span {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

fn head(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::{Span, Time};

    #[test]
    fn moments_read_and_print_the_same() {
        for text in [
            "2026-11-22T10:04:19Z",
            "2026-11-22T10:04:19.250Z",
            "1969-12-31T23:59:59Z",
            "2038-01-19T03:14:08Z",
            "2106-02-07T06:28:16Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text).unwrap().rfc3339(), text);
        }
        assert_eq!(Time::parse_rfc3339("2026-11-22T12:04:19+02:00").unwrap().rfc3339(), "2026-11-22T10:04:19Z");
        assert_eq!(Time::parse_rfc3339("2026-11-02T10:04:19Z").unwrap().human(), "2 Nov 2026 10:04:19");
    }

    #[test]
    fn what_is_not_a_moment_is_refused() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T10:04:19",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "soon",
            "1400000000",
        ] {
            assert!(Time::parse_rfc3339(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn seconds_round_down_on_both_sides_of_1970() {
        assert_eq!(Time::from_millis(1_999).seconds(), 1);
        assert_eq!(Time::from_millis(-1).seconds(), -1);
        assert_eq!(Span::from_millis(-1).seconds(), -1);
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        let (first, last) = (Time::from_millis(i64::MIN), Time::from_seconds(i64::MAX));
        assert_eq!(last + Span::from_days(i64::MAX), last);
        assert_eq!(first - Span::from_seconds(1), first);
        assert_eq!(last - first, Span::from_millis(i64::MAX));
        assert_eq!(-Span::from_millis(i64::MIN), Span::from_millis(i64::MAX));
        assert_eq!(last.rfc3339(), "9223372036854775 s after 1970");
        assert!(!first.human().is_empty() && !Span::from_millis(i64::MIN).to_string().is_empty());
    }

    #[test]
    fn spans_read_and_print_for_people_and_for_files() {
        for (text, people) in [
            ("12s", "12 s"),
            ("1500ms", "1.5 s"),
            ("182d", "182 d"),
            ("2h", "2 h"),
            ("30m", "30 min"),
            ("-5s", "-5 s"),
            ("7ms", "7 ms"),
            ("0s", "0 s"),
            ("-1250ms", "-1.25 s"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.compact().as_str(), span.to_string().as_str()), (text, people));
            assert_eq!(serde_json::to_string(&span).unwrap(), format!("{text:?}"));
        }
        for text in ["", "12", "s", "1.5s", "12 s", "+5s", "12w", "99999999999999d", "--5s"] {
            assert!(text.parse::<Span>().is_err(), "{text:?}");
        }
    }
}
