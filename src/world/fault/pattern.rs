//! Patterns: which messages a fault is meant for.

use crate::protocol::id::{ProductId, TransactionId};
use crate::world::kind::Kind;
use crate::world::message::{Message, MessageId};
use crate::world::party::Party;

/// What a message must look like; whatever is `None` may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// What it says.
    pub kind: Option<Kind>,
    /// Who says it.
    pub from: Option<Party>,
    /// To whom.
    pub to: Option<Party>,
    /// Which product it is about, by itself or through its payment.
    pub product: Option<ProductId>,
    /// Which payment it is about.
    pub transaction: Option<TransactionId>,
    /// This one message, also when it is already on its way.
    pub message: Option<MessageId>,
}

impl Pattern {
    /// Every message of one kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// One message and no other.
    #[must_use]
    pub fn only(message: MessageId) -> Self {
        Self { message: Some(message), ..Self::default() }
    }

    /// Whether it is meant for this message. `product_of` knows what a payment is for.
    pub(crate) fn admits(&self, message: &Message, product_of: impl Fn(&TransactionId) -> Option<ProductId>) -> bool {
        let Self { kind, from, to, product, transaction, message: id } = self;
        // What a party tells itself passes over no wire.
        message.from != message.to
            && id.is_none_or(|id| id == message.id)
            && kind.is_none_or(|kind| kind == message.body.kind())
            && from.is_none_or(|from| from == message.from)
            && to.is_none_or(|to| to == message.to)
            && transaction.as_ref().is_none_or(|wanted| message.body.transaction() == Some(wanted))
            && product.as_ref().is_none_or(|wanted| match (message.body.product(), message.body.transaction()) {
                (Some(product), _) => product == wanted,
                (None, Some(transaction)) => product_of(transaction).as_ref() == Some(wanted),
                (None, None) => false,
            })
    }
}
