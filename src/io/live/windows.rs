//! Payment windows that programs outside opened: which payment each is for, and how it ended.

use std::collections::{BTreeMap, VecDeque};

use crate::io::inbox::WindowState;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::TransactionId;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::refusal::Refusal;
use crate::world::transaction::TransactionState;

/// How many ended windows are remembered for pages that ask late.
const ENDED_MAX: usize = 1024;

/// The windows that are open, and the latest that ended.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    opened: BTreeMap<MessageId, TransactionId>,
    ended: BTreeMap<TransactionId, Option<Refusal>>,
    oldest: VecDeque<TransactionId>,
}

impl Windows {
    /// Takes note of the windows that opened in this step.
    pub(crate) fn note_openings(&mut self, step: &Step) {
        let mut opening = None;
        for event in &step.events {
            if let Event::Delivered { message } = event
                && matches!(message.body, Body::WindowOpened { .. })
            {
                opening = Some(message.id);
            }
            if let Event::Sent { message } = event
                && let Body::PriceShown { transaction, .. } = &message.body
                && let Some(opening) = opening.take()
            {
                self.opened.insert(opening, transaction.clone());
            }
        }
    }

    /// The message that opened this payment's window, if it is open.
    pub(crate) fn opening_of(&self, transaction: &TransactionId) -> Option<MessageId> {
        self.opened.iter().rev().find(|(_, id)| *id == transaction).map(|(opening, _)| *opening)
    }

    /// Takes note of a window's end that has reached the device.
    pub(crate) fn note_end(&mut self, message: &Message) {
        let Body::WindowEnded { failure } = &message.body else { return };
        let Some(transaction) = message.answers.and_then(|opening| self.opened.remove(&opening)) else { return };
        // A page that was loaded again is the same window.
        self.opened.retain(|_, open| *open != transaction);
        if self.ended.insert(transaction.clone(), failure.clone()).is_none() {
            self.oldest.push_back(transaction);
        }
        if self.oldest.len() > ENDED_MAX
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }

    /// How the window of a payment stands that stands at `state` by the books.
    pub(crate) fn standing(&self, transaction: &TransactionId, state: TransactionState) -> WindowState {
        if self.opening_of(transaction).is_none()
            && let Some(failure) = self.ended.get(transaction)
        {
            return WindowState::Ended(failure.clone());
        }
        match state {
            TransactionState::Started => WindowState::Unopened,
            TransactionState::Shown => WindowState::Asking,
            TransactionState::Charging => WindowState::Charging,
            // It is no longer remembered how the window ended; the payment tells as much.
            TransactionState::Completed | TransactionState::Refunded | TransactionState::ChargedBack => {
                WindowState::Ended(None)
            }
            TransactionState::Declined => WindowState::Ended(Some(FlowFailure::TransFailed.into())),
            TransactionState::Cancelled => WindowState::Ended(Some(FlowFailure::UserCancelled.into())),
            TransactionState::TimedOut => WindowState::Ended(Some(FlowFailure::TransExpired.into())),
        }
    }
}
