//! Kinds: the closed list of names by which traces, scenarios and faults call messages.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::world::message::Body;

/// Makes the list, the names and the reading of a body from one table.
macro_rules! kinds {
    ($($kind:ident = $name:literal),* $(,)?) => {
        /// What a message says, without what it carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $(
                #[doc = concat!("`", $name, "`")]
                #[serde(rename = $name)]
                $kind,
            )*
        }

        impl Kind {
            /// Every kind, in the order of [`Body`].
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name: the `says` of the trace.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }

        impl Body {
            /// Which kind of message this is.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind { .. } => Kind::$kind,)*
                }
            }
        }
    };
}

kinds! {
    KeysAsked = "keys-asked",
    KeysAnswered = "keys-answered",
    BuyClicked = "buy-clicked",
    BuyAsked = "buy-asked",
    StartAsked = "start-asked",
    StartAnswered = "start-answered",
    BuyAnswered = "buy-answered",
    BuyRefused = "buy-refused",
    PayCalled = "pay-called",
    WindowOpened = "window-opened",
    PriceShown = "price-shown",
    PinEntered = "pin-entered",
    PinRefused = "pin-refused",
    CancelPressed = "cancel-pressed",
    WindowClosed = "window-closed",
    WindowAbandoned = "window-abandoned",
    ChargeAsked = "charge-asked",
    ChargeAnswered = "charge-answered",
    NoticeSent = "notice-sent",
    NoticeAnswered = "notice-answered",
    OwnerMailed = "owner-mailed",
    WindowEnded = "window-ended",
    PaySettled = "pay-settled",
    StatusAsked = "status-asked",
    StatusAnswered = "status-answered",
    ReceiptSought = "receipt-sought",
    ReceiptSupplied = "receipt-supplied",
    ReceiptDenied = "receipt-denied",
    InstallAsked = "install-asked",
    ReplaceAsked = "replace-asked",
    InstallAnswered = "install-answered",
    ReceiptsAsked = "receipts-asked",
    ReceiptsAnswered = "receipts-answered",
    ReceiptJudged = "receipt-judged",
    VerifyAsked = "verify-asked",
    VerifyAnswered = "verify-answered",
    AccessGranted = "access-granted",
    AccessRefused = "access-refused",
    HistoryAsked = "history-asked",
    HistoryAnswered = "history-answered",
    ReceiptRequested = "receipt-requested",
    ReceiptHandedOver = "receipt-handed-over",
    ReissueAsked = "reissue-asked",
    ReissueAnswered = "reissue-answered",
    RefundAsked = "refund-asked",
    RefundAnswered = "refund-answered",
    ChargebackReported = "chargeback-reported",
    KeyRotated = "key-rotated",
    ReceiptPlanted = "receipt-planted",
    WindowPosted = "window-posted",
    HttpAnswered = "http-answered",
    ProductsAsked = "products-asked",
    ProductsAnswered = "products-answered",
    ReceiptClaimed = "receipt-claimed",
    TestReceiptAsked = "test-receipt-asked",
    TestReceiptIssued = "test-receipt-issued",
    StoreRefused = "store-refused",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_in_files_and_in_the_trace() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        let said = serde_json::to_value(Body::KeysAsked).unwrap();
        assert_eq!(said["says"], Body::KeysAsked.kind().name());
    }
}
