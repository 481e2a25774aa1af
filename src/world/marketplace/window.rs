//! The payment window: what stands between a checked pay request and a charge.

use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::protocol::time::{Span, Time};
use crate::world::message::{Message, MessageId};
use crate::world::open_windows::OpenWindows;

/// How long a payment may stay undecided.
pub(crate) const UNDECIDED_MAX: Span = Span::from_seconds(1800);
/// How long the window shows that the provider is thinking.
pub(crate) const PATIENCE: Span = Span::from_seconds(35);
/// Wrong PINs before the window locks for 300 s.
const PIN_TRIES: u8 = 5;
/// How long a locked PIN stays locked.
const PIN_LOCK: Span = Span::from_seconds(300);

/// The open payment windows of the store, and the PIN lock of its one buyer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows {
    /// What opened each page.
    open: OpenWindows<Arc<Message>>,
    wrong_pins: u8,
    locked_until: Option<Time>,
}

/// What became of a PIN.
pub(crate) enum PinAnswer {
    Right,
    Wrong { left: u8 },
    Locked,
}

impl Windows {
    pub(crate) fn open(&mut self, transaction: &TransactionId, opening: &Arc<Message>) {
        self.open.open(opening.id, transaction, Arc::clone(opening));
    }

    /// The page is gone from the device; the message that opened it is given back.
    pub(crate) fn close(&mut self, transaction: &TransactionId) -> Option<Arc<Message>> {
        self.open.close(transaction)
    }

    /// Which payment the page is about that this message opened.
    pub(crate) fn transaction_of(&self, opening: MessageId) -> Option<TransactionId> {
        self.open.transaction_of(opening).cloned()
    }

    /// What opened the page of this payment.
    pub(crate) fn opening_of(&self, transaction: &TransactionId) -> Option<&Arc<Message>> {
        self.open.get(transaction)
    }

    pub(crate) fn is_locked(&self, now: Time) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    pub(crate) fn try_pin(&mut self, right: &str, typed: &str, now: Time) -> PinAnswer {
        if self.is_locked(now) {
            return PinAnswer::Locked;
        }
        if typed == right {
            self.wrong_pins = 0;
            return PinAnswer::Right;
        }
        self.wrong_pins += 1;
        if self.wrong_pins < PIN_TRIES {
            return PinAnswer::Wrong { left: PIN_TRIES - self.wrong_pins };
        }
        (self.wrong_pins, self.locked_until) = (0, Some(now + PIN_LOCK));
        PinAnswer::Locked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_pin_locks_for_five_minutes() {
        let (mut windows, now) = (Windows::default(), Time::from_seconds(1000));
        for left in (1..5).rev() {
            assert!(matches!(windows.try_pin("1234", "0000", now), PinAnswer::Wrong { left: l } if l == left));
        }
        assert!(matches!(windows.try_pin("1234", "0000", now), PinAnswer::Locked));
        assert!(matches!(windows.try_pin("1234", "1234", now + Span::from_seconds(299)), PinAnswer::Locked));
        assert!(matches!(windows.try_pin("1234", "1234", now + Span::from_seconds(300)), PinAnswer::Right));
    }

    #[test]
    fn a_right_pin_forgives_the_wrong_ones_before() {
        let (mut windows, now) = (Windows::default(), Time::from_seconds(1000));
        for _ in 0..4 {
            windows.try_pin("1234", "0000", now);
        }
        assert!(matches!(windows.try_pin("1234", "1234", now), PinAnswer::Right));
        assert!(matches!(windows.try_pin("1234", "0000", now), PinAnswer::Wrong { left: 4 }));
    }
}
