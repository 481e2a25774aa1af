//! Events: everything that has happened in the world, in the past tense.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::protocol::id::{Kid, ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::time::{Span, Time};
use crate::world::character::BuyerCharacter;
use crate::world::fault::armed::FaultId;
use crate::world::message::{Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::Refusal;
use crate::world::transaction::TransactionState;

/// One thing that happened. Refusals are events too: the world cannot fail.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Time passed without anything being delivered.
    Waited {
        /// What the true clock shows now.
        until: Time,
    },
    /// A message left.
    Sent {
        /// The whole message.
        message: Arc<Message>,
    },
    /// A message arrived.
    Delivered {
        /// The message; the trace writes its id only, for it was written when it left.
        #[serde(serialize_with = "id_only")]
        message: Arc<Message>,
    },
    /// An answer did not come in time.
    TimedOut {
        /// The message that stayed unanswered.
        message: MessageId,
        /// How long was waited.
        after: Span,
    },
    /// A payment moved along its state machine.
    TransactionChanged {
        /// Which payment.
        transaction: TransactionId,
        /// Where it stood; `None` when it began.
        from: Option<TransactionState>,
        /// Where it stands.
        to: TransactionState,
    },
    /// Money moved from the buyer.
    Charged {
        /// For which payment.
        transaction: TransactionId,
        /// How much.
        price: Money,
    },
    /// Money moved back to the buyer.
    Returned {
        /// For which payment.
        transaction: TransactionId,
        /// How much.
        price: Money,
    },
    /// The marketplace signed a receipt.
    ReceiptIssued {
        /// For which payment.
        transaction: TransactionId,
        /// Bare, or `cert~receipt`.
        receipt: Arc<str>,
    },
    /// The app opened the product. Follows from a verdict, and from nothing else.
    AccessGranted {
        /// Which product.
        product: ProductId,
    },
    /// The app closed a product that was open.
    AccessEnded {
        /// Which product.
        product: ProductId,
    },
    /// The app stopped polling before an answer came.
    PollingGivenUp {
        /// Which payment.
        transaction: TransactionId,
        /// How many polls were made.
        polls: u32,
    },
    /// The marketplace stopped delivering a notice.
    NoticeGivenUp {
        /// Which payment.
        transaction: TransactionId,
        /// How many deliveries were tried.
        attempts: u8,
    },
    /// The app server entered in its books what stood there already: the goods were handed out, or taken back, a second time.
    BookedAgain {
        /// Which order, by the seller's own id.
        transaction: TransactionId,
    },
    /// A party said no, or was told no.
    Refused {
        /// Who said it.
        by: Party,
        /// Why, with the historic code.
        refusal: Refusal,
    },
    /// The app was closed and opened again.
    AppReopened,
    /// The store made an account for whoever paid.
    AccountMade {
        /// For which payment.
        transaction: TransactionId,
    },
    /// The buyer's behaviour was changed.
    BuyerChanged {
        /// To this character.
        character: BuyerCharacter,
    },
    /// A party's clock was set wrong.
    ClockSkewed {
        /// Whose.
        party: Party,
        /// How far ahead of the true time.
        ahead: Span,
    },
    /// The marketplace signs with another key from now on.
    KeyRotated {
        /// The retired key.
        old: Kid,
        /// The key in use.
        new: Kid,
    },
    /// A party received something that it cannot place, and let it lie.
    Unexpected {
        /// Who received it.
        by: Party,
        /// What it was.
        message: MessageId,
    },
    /// A fault was armed.
    FaultArmed {
        /// Its number.
        fault: FaultId,
    },
    /// A fault was taken away, or its time was over.
    FaultDisarmed {
        /// Its number.
        fault: FaultId,
    },
    /// A fault hit a message.
    FaultFired {
        /// Its number.
        fault: FaultId,
        /// The message as it was sent; the trace writes its id only.
        #[serde(serialize_with = "id_only")]
        message: Arc<Message>,
        /// What was done to it: the act's word, or the trouble's.
        act: &'static str,
        /// How often it has fired.
        used: u32,
        /// How often it can fire; `None` without end.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<u32>,
        /// What arrives in its place, where its words were changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        became: Option<Arc<Message>>,
    },
    /// A message that was held went on its way.
    Released {
        /// Which; the trace writes its id only.
        #[serde(serialize_with = "id_only")]
        message: Arc<Message>,
    },
    /// A command could not be carried out.
    CommandIgnored {
        /// Why, in one sentence.
        why: &'static str,
    },
}

impl Event {
    /// Whether money, a payment, a receipt, the books or a product changed with it: what must not happen twice for one cause.
    #[must_use]
    pub fn is_effect(&self) -> bool {
        match self {
            Self::TransactionChanged { .. }
            | Self::Charged { .. }
            | Self::Returned { .. }
            | Self::ReceiptIssued { .. }
            | Self::AccessGranted { .. }
            | Self::AccessEnded { .. }
            | Self::BookedAgain { .. } => true,
            Self::Waited { .. }
            | Self::Sent { .. }
            | Self::Delivered { .. }
            | Self::TimedOut { .. }
            | Self::PollingGivenUp { .. }
            | Self::NoticeGivenUp { .. }
            | Self::Refused { .. }
            | Self::AppReopened
            | Self::AccountMade { .. }
            | Self::BuyerChanged { .. }
            | Self::ClockSkewed { .. }
            | Self::KeyRotated { .. }
            | Self::Unexpected { .. }
            | Self::FaultArmed { .. }
            | Self::FaultDisarmed { .. }
            | Self::FaultFired { .. }
            | Self::Released { .. }
            | Self::CommandIgnored { .. } => false,
        }
    }
}

fn id_only<S: Serializer>(message: &Arc<Message>, serializer: S) -> Result<S::Ok, S::Error> {
    message.id.serialize(serializer)
}
