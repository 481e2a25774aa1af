//! Badges: the mark on an arrow that did not go as it should.

use std::borrow::Cow;

use crate::lens::failure::Failure;
use crate::protocol::notice::Heard;
use crate::protocol::rules::NoticeRules;
use crate::protocol::time::Span;
use crate::world::message::Body;

/// A mark on an arrow: a kind for its colour and sign, and a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// How grave it is.
    pub kind: BadgeKind,
    /// `EXPIRED_JWT`, `retry 2`, `wrong body`.
    pub text: Cow<'static, str>,
}

/// What a badge is about, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BadgeKind {
    /// It is sent once more.
    Retry,
    /// The receiver could not place it.
    Unexpected,
    /// It was answered, but not in the way that counts.
    WrongAnswer,
    /// Nobody answered in time.
    TimedOut,
    /// Somebody said no.
    Refused,
    /// Somebody stopped trying.
    GaveUp,
    /// Somebody spoilt it on purpose: the reason of all the others.
    Fault,
}

impl Badge {
    /// The mark that the message bears by itself. `rules` say which answers to a notice count.
    #[must_use]
    pub fn of(body: &Body, rules: &NoticeRules) -> Option<Self> {
        if let Some(failure) = Failure::of(body) {
            return Some(Self::refused(failure.code));
        }
        if let Body::NoticeSent { attempt, .. } = body
            && *attempt > 1
        {
            return Some(Self::new(BadgeKind::Retry, format!("retry {}", attempt - 1)));
        }
        if let Body::PinRefused { left: 0, .. } = body {
            return Some(Self::refused("PIN_LOCKED"));
        }
        if let Body::NoticeAnswered { transaction, status, body, .. } = body
            && rules.reading(*status, body, transaction.as_str()) != Heard::Acknowledged
        {
            let text = match status {
                0 => Cow::Borrowed("unanswered"),
                200..300 => Cow::Borrowed("wrong body"),
                _ => format!("error {status}").into(),
            };
            return Some(Self::new(BadgeKind::WrongAnswer, text));
        }
        None
    }

    pub(crate) fn refused(code: &'static str) -> Self {
        Self::new(BadgeKind::Refused, if code.is_empty() { "refused" } else { code })
    }

    pub(crate) fn timed_out(after: Span) -> Self {
        Self::new(BadgeKind::TimedOut, format!("timed out after {after}"))
    }

    pub(crate) fn gave_up(polls: u32) -> Self {
        Self::new(BadgeKind::GaveUp, format!("gave up after {polls}"))
    }

    pub(crate) fn unexpected() -> Self {
        Self::new(BadgeKind::Unexpected, "unexpected")
    }

    /// What a fault did, by the word of its act or of a party's trouble.
    pub(crate) fn fault(act: &'static str) -> Self {
        let words = match act {
            "hold" => "fault · held",
            "delay" => "fault · delayed",
            "drop" => "fault · dropped",
            "duplicate" => "fault · sent twice",
            "reorder" => "fault · overtaken",
            "corrupt" => "fault · byte changed",
            "replace" => "fault · field changed",
            "answer" => "fault · answered instead",
            "time-out" => "fault · too late",
            trouble => return Self::new(BadgeKind::Fault, format!("fault · {trouble}")),
        };
        Self::new(BadgeKind::Fault, words)
    }

    fn new(kind: BadgeKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, text: text.into() }
    }
}

impl BadgeKind {
    /// Whether the purchase can still go well.
    #[must_use]
    pub fn is_mild(self) -> bool {
        match self {
            Self::Retry | Self::Unexpected | Self::WrongAnswer | Self::Fault => true,
            Self::TimedOut | Self::GaveUp | Self::Refused => false,
        }
    }
}
