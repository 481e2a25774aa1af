//! Addressees: which bodies only one party is ever sent.

/// The bodies that only this party is ever sent, as a pattern. Each party's list of what it cannot place is made of the others'.
macro_rules! only_to {
    (buyer) => {
        crate::world::message::Body::PriceShown { .. }
            | crate::world::message::Body::PinRefused { .. }
            | crate::world::message::Body::AccessGranted { .. }
            | crate::world::message::Body::AccessRefused { .. }
            | crate::world::message::Body::HistoryAnswered { .. }
    };
    (app_page) => {
        crate::world::message::Body::KeysAnswered { .. }
            | crate::world::message::Body::BuyClicked { .. }
            | crate::world::message::Body::BuyAnswered { .. }
            | crate::world::message::Body::PaySettled { .. }
            | crate::world::message::Body::StatusAnswered { .. }
            | crate::world::message::Body::InstallAnswered { .. }
            | crate::world::message::Body::ReceiptsAnswered { .. }
            | crate::world::message::Body::ReceiptJudged { .. }
            | crate::world::message::Body::VerifyAnswered { .. }
            | crate::world::message::Body::ReceiptHandedOver { .. }
            | crate::world::message::Body::ReissueAnswered { .. }
            | crate::world::message::Body::KeyRotated { .. }
            | crate::world::message::Body::WindowPosted { .. }
            | crate::world::message::Body::ProductsAnswered { .. }
            | crate::world::message::Body::TestReceiptIssued { .. }
            | crate::world::message::Body::StoreRefused { .. }
    };
    (device) => {
        crate::world::message::Body::PayCalled { .. }
            | crate::world::message::Body::WindowClosed { .. }
            | crate::world::message::Body::WindowEnded { .. }
            | crate::world::message::Body::InstallAsked { .. }
            | crate::world::message::Body::ReplaceAsked { .. }
            | crate::world::message::Body::ReceiptsAsked { .. }
            | crate::world::message::Body::ReceiptPlanted { .. }
    };
    (app_server) => {
        crate::world::message::Body::BuyAsked { .. }
            | crate::world::message::Body::StartAnswered { .. }
            | crate::world::message::Body::NoticeSent { .. }
            | crate::world::message::Body::OwnerMailed { .. }
            | crate::world::message::Body::StatusAsked { .. }
            | crate::world::message::Body::ReceiptSupplied { .. }
    };
    (marketplace) => {
        crate::world::message::Body::KeysAsked { .. }
            | crate::world::message::Body::StartAsked { .. }
            | crate::world::message::Body::WindowOpened { .. }
            | crate::world::message::Body::PinEntered { .. }
            | crate::world::message::Body::CancelPressed { .. }
            | crate::world::message::Body::WindowAbandoned { .. }
            | crate::world::message::Body::ChargeAnswered { .. }
            | crate::world::message::Body::NoticeAnswered { .. }
            | crate::world::message::Body::ReceiptSought { .. }
            | crate::world::message::Body::VerifyAsked { .. }
            | crate::world::message::Body::HistoryAsked { .. }
            | crate::world::message::Body::ReceiptRequested { .. }
            | crate::world::message::Body::ProductsAsked { .. }
            | crate::world::message::Body::ReceiptClaimed { .. }
            | crate::world::message::Body::TestReceiptAsked { .. }
            | crate::world::message::Body::ReissueAsked { .. }
            | crate::world::message::Body::RefundAnswered { .. }
            | crate::world::message::Body::ChargebackReported { .. }
    };
    (provider) => {
        crate::world::message::Body::ChargeAsked { .. } | crate::world::message::Body::RefundAsked { .. }
    };
}
