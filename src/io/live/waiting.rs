//! Waiting: who said something from outside, and what counts as the answer to it.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use crate::io::inbox::Said;
use crate::protocol::id::TransactionId;
use crate::world::input::Input;
use crate::world::message::MessageId;

/// How many may wait before those who have gone are swept out.
const SWEEP_AT: usize = 512;

/// What counts as the answer to an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The message that answers it.
    Answer,
    /// The price that the payment window shows, or the message that ends the window before it opened.
    Page,
    /// What the payment window says to a PIN: only a wrong one is answered, and at once.
    Pin(TransactionId),
    /// Nothing.
    Nothing,
}

impl Wanted {
    /// What whoever said this waits for.
    pub(crate) fn by(input: &Input) -> Self {
        match input {
            Input::OpenWindow { .. } => Self::Page,
            Input::Confirm { transaction, .. } => Self::Pin(transaction.clone()),
            Input::Cancel { .. } | Input::CloseWindow { .. } | Input::Answer { .. } | Input::NoAnswer { .. } => {
                Self::Nothing
            }
            Input::Buy { .. }
            | Input::PollStatus { .. }
            | Input::Verify { .. }
            | Input::Reissue { .. }
            | Input::FetchKeys
            | Input::ListProducts { .. }
            | Input::InstallReceipt { .. }
            | Input::TestReceipt { .. }
            | Input::ListPurchases
            | Input::RequestReceipt { .. }
            | Input::WindowMessage { .. }
            | Input::Notice { .. } => Self::Answer,
        }
    }
}

/// Everybody who waits, by the message that is to be answered.
#[derive(Debug, Default)]
pub(crate) struct Waiters(BTreeMap<MessageId, Waiter>);

#[derive(Debug)]
struct Waiter {
    wanted: Wanted,
    reply: oneshot::Sender<Said>,
}

impl Waiters {
    /// Lets somebody wait for what `question` brings.
    pub(crate) fn add(&mut self, question: MessageId, wanted: Wanted, reply: oneshot::Sender<Said>) {
        if self.0.len() >= SWEEP_AT {
            self.0.retain(|_, waiter| !waiter.reply.is_closed());
        }
        self.0.insert(question, Waiter { wanted, reply });
    }

    /// Whoever waits for the answer to `question`, if somebody does. Waits no longer.
    pub(crate) fn take(&mut self, question: MessageId) -> Option<oneshot::Sender<Said>> {
        self.0.remove(&question).map(|waiter| waiter.reply)
    }

    /// Whoever waits for the page that `opening` opens.
    pub(crate) fn take_viewer(&mut self, opening: MessageId) -> Option<oneshot::Sender<Said>> {
        self.0.get(&opening).filter(|waiter| waiter.wanted == Wanted::Page)?;
        self.take(opening)
    }

    /// Whoever typed the PIN that was refused.
    pub(crate) fn take_typist(&mut self, transaction: &TransactionId) -> Option<oneshot::Sender<Said>> {
        let typed = |waiter: &Waiter| matches!(&waiter.wanted, Wanted::Pin(id) if id == transaction);
        let question = self.0.iter().find(|(_, waiter)| typed(waiter)).map(|(question, _)| *question)?;
        self.take(question)
    }

    /// The answer to `question` will never come: whoever waits for it hears so.
    pub(crate) fn lose(&mut self, question: MessageId) {
        self.0.remove(&question);
    }

    /// Nobody's answer can come any more: whoever waits for one hears so.
    pub(crate) fn strand(&mut self) {
        for waiter in std::mem::take(&mut self.0).into_values() {
            // Whoever asked may have gone meanwhile.
            let _ = waiter.reply.send(Said::Stranded);
        }
    }

    /// Forgets everybody: the run that they wait for is gone.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many wait.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}
