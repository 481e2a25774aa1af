//! Topics: which payment and which product a message is about.

use crate::protocol::id::{ProductId, TransactionId};
use crate::world::message::Body;

impl Body {
    /// The payment that this is about, where it names one.
    #[must_use]
    pub fn transaction(&self) -> Option<&TransactionId> {
        if let Self::StartAnswered { transaction }
        | Self::BuyAnswered { transaction, .. }
        | Self::PriceShown { transaction, .. }
        | Self::PinEntered { transaction, .. }
        | Self::PinRefused { transaction, .. }
        | Self::CancelPressed { transaction }
        | Self::ChargeAsked { transaction, .. }
        | Self::ChargeAnswered { transaction, .. }
        | Self::NoticeSent { transaction, .. }
        | Self::NoticeAnswered { transaction, .. }
        | Self::OwnerMailed { transaction, .. }
        | Self::StatusAsked { transaction, .. }
        | Self::StatusAnswered { transaction, .. }
        | Self::ReceiptSought { transaction }
        | Self::ReceiptSupplied { transaction, .. }
        | Self::ReceiptDenied { transaction, .. }
        | Self::ReceiptRequested { transaction }
        | Self::ReceiptHandedOver { transaction, .. }
        | Self::RefundAsked { transaction, .. }
        | Self::RefundAnswered { transaction }
        | Self::ChargebackReported { transaction } = self
        {
            Some(transaction)
        } else {
            None
        }
    }

    /// The product that this is about, where it names one.
    #[must_use]
    pub fn product(&self) -> Option<&ProductId> {
        if let Self::BuyClicked { product }
        | Self::BuyAsked { product, .. }
        | Self::StartAsked { product, .. }
        | Self::ReceiptJudged { product, .. }
        | Self::AccessGranted { product }
        | Self::AccessRefused { product, .. }
        | Self::ReceiptHandedOver { product, .. }
        | Self::ReceiptClaimed { product }
        | Self::ReceiptPlanted { product, .. } = self
        {
            Some(product)
        } else {
            None
        }
    }
}
