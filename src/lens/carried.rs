//! Carried: the token that a message carries.

use std::sync::Arc;

use crate::world::message::Body;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It asks for money.
    PayRequest,
    /// It says that money has moved.
    Notice,
    /// It proves a purchase.
    Receipt,
    /// The store's public keys.
    Keys,
}

impl Kind {
    /// The word in the inspector's head.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::PayRequest => "pay request",
            Self::Notice => "notice",
            Self::Receipt => "receipt",
            Self::Keys => "keys",
        }
    }
}

/// The token that a message carries, if it carries one.
#[must_use]
pub fn token_of(body: &Body) -> Option<(Kind, &Arc<str>)> {
    match body {
        Body::KeysAnswered { keys } => Some((Kind::Keys, keys)),
        Body::BuyAnswered { request, .. } | Body::WindowOpened { request, .. } => Some((Kind::PayRequest, request)),
        Body::PayCalled { requests } => requests.first().map(|request| (Kind::PayRequest, request)),
        Body::NoticeSent { token, .. } => Some((Kind::Notice, token)),
        Body::StatusAnswered { receipt, .. } => receipt.as_ref().map(|receipt| (Kind::Receipt, receipt)),
        Body::ReceiptsAnswered { receipts } => receipts.last().map(|receipt| (Kind::Receipt, receipt)),
        Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } => {
            answer.receipt.as_ref().map(|receipt| (Kind::Receipt, receipt))
        }
        Body::TestReceiptIssued { receipt: Some(receipt) }
        | Body::ReceiptSupplied { receipt, .. }
        | Body::InstallAsked { receipt }
        | Body::ReplaceAsked { new: receipt, .. }
        | Body::ReceiptJudged { receipt, .. }
        | Body::VerifyAsked { receipt, .. }
        | Body::ReceiptHandedOver { receipt, .. }
        | Body::ReissueAsked { receipt }
        | Body::ReceiptPlanted { receipt, .. } => Some((Kind::Receipt, receipt)),
        Body::KeysAsked
        | Body::BuyClicked { .. }
        | Body::BuyAsked { .. }
        | Body::StartAsked { .. }
        | Body::StartAnswered { .. }
        | Body::BuyRefused { .. }
        | Body::PriceShown { .. }
        | Body::PinEntered { .. }
        | Body::PinRefused { .. }
        | Body::CancelPressed { .. }
        | Body::WindowClosed { .. }
        | Body::WindowAbandoned { .. }
        | Body::ChargeAsked { .. }
        | Body::ChargeAnswered { .. }
        | Body::NoticeAnswered { .. }
        | Body::OwnerMailed { .. }
        | Body::WindowEnded { .. }
        | Body::PaySettled { .. }
        | Body::StatusAsked { .. }
        | Body::ReceiptSought { .. }
        | Body::ReceiptDenied { .. }
        | Body::HttpAnswered { .. }
        | Body::ProductsAsked { .. }
        | Body::ProductsAnswered { .. }
        | Body::ReceiptClaimed { .. }
        | Body::TestReceiptAsked { .. }
        | Body::TestReceiptIssued { receipt: None }
        | Body::StoreRefused { .. }
        | Body::InstallAnswered { .. }
        | Body::ReceiptsAsked
        | Body::AccessGranted { .. }
        | Body::AccessRefused { .. }
        | Body::HistoryAsked
        | Body::HistoryAnswered { .. }
        | Body::ReceiptRequested { .. }
        | Body::WindowPosted { .. }
        | Body::KeyRotated { .. }
        | Body::RefundAsked { .. }
        | Body::RefundAnswered { .. }
        | Body::ChargebackReported { .. } => None,
    }
}
