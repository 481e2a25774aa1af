//! Asked: the app's open questions, and for how long it waits for an answer.

use std::collections::BTreeMap;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::Span;
use crate::world::message::{Body, MessageId};
use crate::world::party::Party;
use crate::world::wire::{Outbox, Reminder};

/// What the app wanted to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// The store's keys.
    Keys,
    /// A pay request for this product.
    Order(ProductId),
    /// That this product be paid for: the call of `mozPay`.
    Payment(ProductId),
    /// How this payment stands.
    Status(TransactionId),
    /// What the store says about the receipt of this product.
    Store(ProductId),
    /// Whether the browser lets the page ask the store about the receipt of this product.
    Leave(ProductId),
    /// A fresh receipt for this product.
    Fresh(ProductId),
    /// The product as the store lists it, at the end of a purchase.
    Product(ProductId),
    /// What the device keeps, when the app is opened and its list of receipts is made.
    Map,
    /// Whether the device keeps the receipt of this product, or what it keeps.
    Device(ProductId),
}

/// The questions that have not been answered yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    open: BTreeMap<MessageId, (Matter, Option<Span>)>,
}

impl Questions {
    /// Asks, and sets the time after which nobody listens any more; without one, somebody always does. Nor does anybody listen to
    /// an earlier answer to the same.
    pub(crate) fn ask(
        &mut self,
        question: Matter,
        patience: Option<Span>,
        (to, body): (Party, Body),
        out: &mut Outbox<'_>,
    ) {
        let earlier: Vec<MessageId> =
            self.open.iter().filter(|(_, (open, _))| *open == question).map(|(asked, _)| *asked).collect();
        for asked in earlier {
            self.close(asked, out);
        }
        let message = out.send(Party::AppPage, to, body);
        if let Some(patience) = patience {
            out.remind(patience, Reminder::AnswerOverdue { message });
        }
        self.open.insert(message, (question, patience));
    }

    /// An answer came, or will not be waited for any longer: what was asked, and how long would be waited at the most. `None`
    /// when nobody waits for it.
    pub(crate) fn close(&mut self, message: MessageId, out: &mut Outbox<'_>) -> Option<(Matter, Option<Span>)> {
        let question = self.open.remove(&message)?;
        out.forget(|reminder| matches!(reminder, Reminder::AnswerOverdue { message: asked } if *asked == message));
        Some(question)
    }

    /// The page is gone: nobody waits for anything.
    pub(crate) fn close_all(&mut self, out: &mut Outbox<'_>) {
        let open: Vec<MessageId> = self.open.keys().copied().collect();
        for asked in open {
            self.close(asked, out);
        }
    }
}
