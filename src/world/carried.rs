//! What messages carry: the token or key set inside a message, and what it is.

use std::sync::Arc;

use crate::world::message::Body;

/// What a message can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// A pay request: it asks for money.
    PayRequest,
    /// A notice: it says that money has moved.
    Notice,
    /// A receipt: it proves a purchase.
    Receipt,
    /// The store's public keys.
    Keys,
}

impl Carried {
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

/// The one table: what each message carries and where, to be read or to be changed. Of a list the last one counts.
macro_rules! carried_in {
    ($body:expr, $as_ref:ident, $last:ident) => {
        match $body {
            Body::KeysAnswered { keys } => Some((Carried::Keys, keys)),
            Body::BuyAnswered { request, .. } | Body::WindowOpened { request } => Some((Carried::PayRequest, request)),
            Body::PayCalled { requests } => requests.$last().map(|request| (Carried::PayRequest, request)),
            Body::NoticeSent { token, .. } => Some((Carried::Notice, token)),
            Body::ReceiptsAnswered { receipts } => receipts.$last().map(|receipt| (Carried::Receipt, receipt)),
            Body::StatusAnswered { receipt, .. } | Body::TestReceiptIssued { receipt } => {
                receipt.$as_ref().map(|receipt| (Carried::Receipt, receipt))
            }
            Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } => {
                answer.receipt.$as_ref().map(|receipt| (Carried::Receipt, receipt))
            }
            Body::ReceiptSupplied { receipt, .. }
            | Body::InstallAsked { receipt }
            | Body::ReplaceAsked { new: receipt, .. }
            | Body::ReceiptJudged { receipt, .. }
            | Body::VerifyAsked { receipt, .. }
            | Body::ReceiptHandedOver { receipt, .. }
            | Body::ReissueAsked { receipt }
            | Body::ReceiptPlanted { receipt, .. } => Some((Carried::Receipt, receipt)),
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
    };
}

impl Body {
    /// The token or key set that this message carries, and what it is. `None` where it carries none.
    #[must_use]
    pub fn carried(&self) -> Option<(Carried, &Arc<str>)> {
        carried_in!(self, as_ref, last)
    }

    /// The same, to be changed. What an app thinks of a receipt never leaves it, so nobody can reach that.
    pub(crate) fn carried_mut(&mut self) -> Option<&mut Arc<str>> {
        if let Self::ReceiptJudged { .. } = self {
            return None;
        }
        let found: Option<(Carried, &mut Arc<str>)> = carried_in!(self, as_mut, last_mut);
        found.map(|(_, text)| text)
    }

    /// The tokens that this message carries in a list.
    pub(crate) fn carried_list(&mut self) -> Option<&mut Vec<Arc<str>>> {
        if let Self::PayCalled { requests: texts } | Self::ReceiptsAnswered { receipts: texts } = self {
            Some(texts)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Body, Carried};

    #[test]
    fn what_is_shown_of_a_list_is_what_a_change_hits() {
        let mut called = Body::PayCalled { requests: vec!["first".into(), "last".into()] };
        assert_eq!(called.carried().map(|(what, text)| (what, &**text)), Some((Carried::PayRequest, "last")));
        *called.carried_mut().unwrap() = Arc::from("changed");
        assert_eq!(called.carried().map(|(_, text)| &**text), Some("changed"));
        assert_eq!(Body::PayCalled { requests: Vec::new() }.carried(), None);
    }

    #[test]
    fn keys_are_no_receipt() {
        let mut keys = Body::KeysAnswered { keys: "{}".into() };
        assert_eq!(keys.carried().map(|(what, _)| what), Some(Carried::Keys));
        assert!(keys.carried_mut().is_some());
    }
}
