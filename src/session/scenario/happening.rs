//! Happenings: the words by which scenarios call events and arrivals.

use crate::world::event::Event;
use crate::world::kind::Kind;

/// The words for events; one that only says that a message left is the last.
const EVENTS: [&str; 24] = [
    "waited",
    "timed-out",
    "transaction-changed",
    "charged",
    "returned",
    "receipt-issued",
    "access-granted",
    "access-ended",
    "polling-given-up",
    "notice-given-up",
    "booked-again",
    "refused",
    "app-reopened",
    "account-made",
    "buyer-changed",
    "clock-skewed",
    "key-rotated",
    "unexpected",
    "fault-armed",
    "fault-disarmed",
    "fault-fired",
    "released",
    "command-ignored",
    "sent",
];

/// Every word, events first, then messages by what they say when they arrive.
pub(crate) fn happenings() -> Vec<&'static str> {
    let arrivals = Kind::ALL.iter().map(|kind| kind.name()).filter(|name| !EVENTS.contains(name));
    EVENTS.into_iter().chain(arrivals).collect()
}

/// The word for an event; an arrival is called by what the message says. A departure is only `sent`.
pub(crate) fn event_word(event: &Event) -> &'static str {
    match event {
        Event::Waited { .. } => "waited",
        Event::Sent { .. } => "sent",
        Event::Delivered { message } => message.body.kind().name(),
        Event::TimedOut { .. } => "timed-out",
        Event::TransactionChanged { .. } => "transaction-changed",
        Event::Charged { .. } => "charged",
        Event::Returned { .. } => "returned",
        Event::ReceiptIssued { .. } => "receipt-issued",
        Event::AccessGranted { .. } => "access-granted",
        Event::AccessEnded { .. } => "access-ended",
        Event::PollingGivenUp { .. } => "polling-given-up",
        Event::NoticeGivenUp { .. } => "notice-given-up",
        Event::BookedAgain { .. } => "booked-again",
        Event::Refused { .. } => "refused",
        Event::AppReopened => "app-reopened",
        Event::AccountMade { .. } => "account-made",
        Event::BuyerChanged { .. } => "buyer-changed",
        Event::ClockSkewed { .. } => "clock-skewed",
        Event::KeyRotated { .. } => "key-rotated",
        Event::Unexpected { .. } => "unexpected",
        Event::FaultArmed { .. } => "fault-armed",
        Event::FaultDisarmed { .. } => "fault-disarmed",
        Event::FaultFired { .. } => "fault-fired",
        Event::Released { .. } => "released",
        Event::CommandIgnored { .. } => "command-ignored",
    }
}
