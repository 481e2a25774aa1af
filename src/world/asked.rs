//! Asked: the app's open questions, and for how long it waits for an answer.

use std::collections::BTreeMap;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::store_answer::StoreReply;
use crate::protocol::time::Span;
use crate::world::message::{Body, MessageId};
use crate::world::party::Party;
use crate::world::refusal::{Refusal, Stop};
use crate::world::wire::{Outbox, Reminder};

/// How long the app waits for any answer: what the historic client waited for its own calls.
pub(crate) const PATIENCE: Span = Span::from_seconds(10);

/// What the app wanted to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// The store's keys.
    Keys,
    /// A pay request for this product.
    Order(ProductId),
    /// How this payment stands.
    Status(TransactionId),
    /// What the store says about the receipt of this product.
    Store(ProductId),
    /// A fresh receipt for this product.
    Fresh(ProductId),
    /// Whether the device keeps the receipt of this product, or what it keeps.
    Device(ProductId),
}

/// The questions that have not been answered yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    open: BTreeMap<MessageId, Matter>,
}

impl Questions {
    /// Asks, and sets the time after which nobody listens any more. Nor does anybody listen to an earlier answer to the same.
    pub(crate) fn ask(&mut self, question: Matter, to: Party, body: Body, out: &mut Outbox<'_>) {
        let earlier: Vec<MessageId> =
            self.open.iter().filter(|(_, open)| **open == question).map(|(asked, _)| *asked).collect();
        for asked in earlier {
            self.close(asked, out);
        }
        let message = out.send(Party::AppPage, to, body);
        out.remind(PATIENCE, Reminder::AnswerOverdue { message });
        self.open.insert(message, question);
    }

    /// An answer came, or will not be waited for any longer. `None` when nobody waits for it.
    pub(crate) fn close(&mut self, message: MessageId, out: &mut Outbox<'_>) -> Option<Matter> {
        let question = self.open.remove(&message)?;
        out.forget(|reminder| matches!(reminder, Reminder::AnswerOverdue { message: asked } if *asked == message));
        Some(question)
    }
}

/// Why an answer that is none ends what the app was doing.
pub(crate) fn refusal(reply: &StoreReply) -> Refusal {
    match reply {
        StoreReply::TimedOut => Stop::RequestTimedOut.into(),
        StoreReply::Unreachable => Stop::RequestFailed.into(),
        StoreReply::HttpStatus(_) => Stop::BadResponse.into(),
        StoreReply::NotJson | StoreReply::NotAnObject | StoreReply::UnknownStatus(_) | StoreReply::Answer(_) => {
            Stop::BadJson.into()
        }
    }
}
