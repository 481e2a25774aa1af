//! Payment windows that programs outside opened: which payment each is for, and how it ended.

use std::collections::{BTreeMap, VecDeque};

use tokio::sync::oneshot;

use crate::io::inbox::WindowEnd;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::TransactionId;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::refusal::Refusal;
use crate::world::transaction::TransactionState;

/// How many ended windows are remembered for pages that ask late.
const ENDED_MAX: usize = 1024;

/// The windows that are open, the latest that ended, and the pages that wait for an end.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    opened: BTreeMap<MessageId, TransactionId>,
    ended: BTreeMap<TransactionId, WindowEnd>,
    oldest: VecDeque<TransactionId>,
    waiting: BTreeMap<TransactionId, Vec<oneshot::Sender<WindowEnd>>>,
}

impl Windows {
    /// Takes note of the windows that opened in this step.
    pub(crate) fn note_openings(&mut self, step: &Step) {
        let mut opening = None;
        for event in &step.events {
            match event {
                Event::Delivered { message } if matches!(message.body, Body::WindowOpened { .. }) => {
                    opening = Some(message.id);
                }
                Event::Sent { message } => {
                    if let (Body::PriceShown { transaction, .. }, Some(opening)) = (&message.body, opening.take()) {
                        self.opened.insert(opening, transaction.clone());
                    }
                }
                _ => {}
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
        for waiter in self.waiting.remove(&transaction).unwrap_or_default() {
            let _ = waiter.send(failure.clone());
        }
        if self.ended.insert(transaction.clone(), failure.clone()).is_none() {
            self.oldest.push_back(transaction);
        }
        if self.oldest.len() > ENDED_MAX
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }

    /// Tells `reply` how this payment's window ends: at once where it has ended, else when it does. `state` is where the payment
    /// stands by the books; without a payment nobody is told anything.
    pub(crate) fn wait(
        &mut self,
        transaction: TransactionId,
        state: Option<TransactionState>,
        reply: oneshot::Sender<WindowEnd>,
    ) {
        if self.opening_of(&transaction).is_none() {
            if let Some(end) = self.ended.get(&transaction).cloned().or_else(|| state.and_then(end_by_the_books)) {
                let _ = reply.send(end);
                return;
            }
        }
        if state.is_some() {
            let waiting = self.waiting.entry(transaction).or_default();
            waiting.retain(|other| !other.is_closed());
            waiting.push(reply);
        }
    }
}

/// How a window ended that is no longer remembered, as far as its payment tells.
fn end_by_the_books(state: TransactionState) -> Option<WindowEnd> {
    match state {
        TransactionState::Started | TransactionState::Shown | TransactionState::Charging => None,
        TransactionState::Completed | TransactionState::Refunded | TransactionState::ChargedBack => Some(None),
        TransactionState::Declined => Some(Some(Refusal::from(FlowFailure::TransFailed))),
        TransactionState::Cancelled => Some(Some(Refusal::from(FlowFailure::UserCancelled))),
        TransactionState::TimedOut => Some(Some(Refusal::from(FlowFailure::TransExpired))),
    }
}
