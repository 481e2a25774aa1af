//! Breaches: which law was broken, by which event, and when it held again.

use std::sync::Arc;

use crate::protocol::time::Time;
use crate::session::watch::law::Law;
use crate::world::message::{Message, MessageId};

/// A law that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which one.
    pub law: Law,
    /// What it was broken about: a product's slug or a payment's id.
    pub about: String,
    /// What happened, in one sentence.
    pub sentence: String,
    /// Index of the step that broke it.
    pub step: usize,
    /// What the true clock showed.
    pub at: Time,
    /// The message whose arrival broke it; `None` where a command did.
    pub cause: Option<Cause>,
    /// Index of the step from which on it held again.
    pub mended: Option<usize>,
}

/// The message that broke a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its place among all messages.
    pub message: MessageId,
    /// The number people say.
    pub number: u32,
}

impl Breach {
    /// Whether the law is broken once so many steps have been taken.
    #[must_use]
    pub fn is_red_at(&self, taken: usize) -> bool {
        self.step < taken && self.mended.is_none_or(|mended| mended >= taken)
    }
}

impl Cause {
    pub(crate) fn of(message: &Arc<Message>) -> Self {
        Self { message: message.id, number: message.number }
    }
}

/// Where the laws write what they see. A law that is broken about something stays broken until it is mended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    breaches: Vec<Breach>,
    step: usize,
    at: Time,
}

impl Book {
    pub(crate) fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    /// Turns to the page of this step.
    pub(crate) fn turn_to(&mut self, step: usize, at: Time) {
        (self.step, self.at) = (step, at);
    }

    /// Writes down that a law is broken, unless that is known already.
    pub(crate) fn breaks(&mut self, law: Law, about: &str, sentence: String, cause: Option<Cause>) {
        if !self.is_red(law, about) {
            let (about, step, at) = (about.to_owned(), self.step, self.at);
            self.breaches.push(Breach { law, about, sentence, step, at, cause, mended: None });
        }
    }

    /// Writes down that a law holds again.
    pub(crate) fn mends(&mut self, law: Law, about: &str) {
        let step = self.step;
        for breach in self.breaches.iter_mut().filter(|breach| is_open(breach, law, about)) {
            breach.mended = Some(step);
        }
    }

    fn is_red(&self, law: Law, about: &str) -> bool {
        self.breaches.iter().any(|breach| is_open(breach, law, about))
    }
}

fn is_open(breach: &Breach, law: Law, about: &str) -> bool {
    breach.law == law && breach.about == about && breach.mended.is_none()
}

#[cfg(test)]
mod tests {
    use super::{Book, Law};

    #[test]
    fn a_breach_is_red_from_its_event_until_it_is_mended() {
        let mut book = Book::default();
        book.turn_to(3, crate::protocol::time::Time::from_seconds(7));
        book.breaks(Law::OneCharge, "pony", "Twice".into(), None);
        book.breaks(Law::OneCharge, "pony", "Again".into(), None);
        book.turn_to(5, crate::protocol::time::Time::from_seconds(9));
        book.mends(Law::OneCharge, "saddle");
        assert_eq!(book.breaches().len(), 1);
        assert_eq!([3, 4, 5, 6, 7].map(|taken| book.breaches()[0].is_red_at(taken)), [false, true, true, true, true]);
        book.mends(Law::OneCharge, "pony");
        assert_eq!([3, 4, 5, 6, 7].map(|taken| book.breaches()[0].is_red_at(taken)), [false, true, true, false, false]);
    }
}
