//! Brief answers: what comes back at once and shares the number of its question.

use crate::world::message::Body;

impl Body {
    /// Whether this only acknowledges what it answers: it comes back at once and shares the number of its question.
    #[must_use]
    pub fn is_brief(&self) -> bool {
        match self {
            Self::KeysAnswered { .. }
            | Self::StartAnswered { .. }
            | Self::ChargeAnswered { .. }
            | Self::NoticeAnswered { .. }
            | Self::WindowEnded { .. }
            | Self::StatusAnswered { receipt: None, .. }
            | Self::ReceiptSupplied { .. }
            | Self::ReceiptDenied { .. }
            | Self::InstallAnswered { .. }
            | Self::ReceiptsAnswered { .. }
            | Self::VerifyAnswered { .. }
            | Self::HistoryAnswered { .. }
            | Self::RefundAnswered { .. }
            | Self::HttpAnswered { .. }
            | Self::ProductsAnswered { .. }
            | Self::TestReceiptIssued { .. }
            | Self::StoreRefused { .. } => true,
            Self::ProductsAsked { .. }
            | Self::ReceiptClaimed { .. }
            | Self::TestReceiptAsked { .. }
            | Self::KeysAsked
            | Self::BuyClicked { .. }
            | Self::BuyAsked { .. }
            | Self::StartAsked { .. }
            | Self::BuyAnswered { .. }
            | Self::BuyRefused { .. }
            | Self::PayCalled { .. }
            | Self::WindowOpened { .. }
            | Self::PriceShown { .. }
            | Self::PinEntered { .. }
            | Self::PinRefused { .. }
            | Self::CancelPressed { .. }
            | Self::WindowClosed { .. }
            | Self::WindowAbandoned { .. }
            | Self::ChargeAsked { .. }
            | Self::NoticeSent { .. }
            | Self::OwnerMailed { .. }
            | Self::PaySettled { .. }
            | Self::StatusAsked { .. }
            | Self::StatusAnswered { receipt: Some(_), .. }
            | Self::ReceiptSought { .. }
            | Self::InstallAsked { .. }
            | Self::ReplaceAsked { .. }
            | Self::ReceiptsAsked
            | Self::ReceiptJudged { .. }
            | Self::VerifyAsked { .. }
            | Self::AccessGranted { .. }
            | Self::AccessRefused { .. }
            | Self::HistoryAsked
            | Self::ReceiptRequested { .. }
            | Self::ReceiptHandedOver { .. }
            | Self::ReissueAsked { .. }
            | Self::ReissueAnswered { .. }
            | Self::RefundAsked { .. }
            | Self::ChargebackReported { .. }
            | Self::KeyRotated { .. }
            | Self::WindowPosted { .. }
            | Self::ReceiptPlanted { .. } => false,
        }
    }
}
