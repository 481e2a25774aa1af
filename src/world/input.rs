//! Inputs: what programs outside say to the stage. Recorded as they came, so that a run replays without them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::protocol::id::{Origin, ProductId, TransactionId};
use crate::protocol::notice::NoticeKind;
use crate::protocol::time::Time;
use crate::world::character::BuyerCharacter;
use crate::world::provenance::Provenance;

/// An input with its moment, as scenario lines write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// What the true clock shows at least; milliseconds of Unix time.
    pub at: Time,
    /// What was said.
    pub input: Input,
}

/// One thing that somebody's own program said. Nothing in it has been checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum Input {
    /// App page → App server: wants to buy.
    Buy {
        /// What.
        product: ProductId,
        /// The `Origin` header, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
        /// What else tells where it comes from.
        #[serde(flatten)]
        provenance: Provenance,
    },
    /// Device → Marketplace: opens the payment page with a pay request.
    OpenWindow {
        /// The pay request.
        request: String,
        /// Who decides in this one window; the run's own buyer, where nobody is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        buyer: Option<BuyerCharacter>,
    },
    /// Buyer → Marketplace: confirms in the payment page.
    Confirm {
        /// Which payment.
        transaction: TransactionId,
        /// What was typed. Simulated, so it is recorded as it is.
        pin: String,
    },
    /// Buyer → Marketplace: presses Cancel in the payment page.
    Cancel {
        /// Which payment.
        transaction: TransactionId,
    },
    /// Device → Marketplace: the payment page was unloaded.
    CloseWindow {
        /// Which payment.
        transaction: TransactionId,
    },
    /// App page → App server: asks how a payment stands.
    PollStatus {
        /// Which payment, in the app server's own words.
        transaction: TransactionId,
    },
    /// App page → Marketplace: asks about a receipt.
    Verify {
        /// The whole body.
        receipt: Arc<str>,
        /// The path that was posted to, where it is not the one that the store's receipts name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// App page → Marketplace: wants a fresh receipt for an expired one.
    Reissue {
        /// The whole body.
        receipt: Arc<str>,
    },
    /// App page → Marketplace: wants the store's public keys.
    FetchKeys,
    /// App page → Marketplace: wants the list of in-app products, or one of them.
    ListProducts {
        /// Of which app; absent: those that are there for trying out payments.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
        /// Only this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<ProductId>,
    },
    /// App page → Marketplace: wants the receipt of a product that its buyer has bought already.
    InstallReceipt {
        /// Which product.
        product: ProductId,
    },
    /// App page → Marketplace: wants a receipt for trying things out.
    TestReceipt {
        /// The address of the app's manifest.
        manifest: String,
        /// What its verify address shall answer: `ok`, `expired`, `invalid`, `refunded`; or `none` for no receipt.
        kind: String,
    },
    /// Buyer → Marketplace: opens the list of completed payments.
    ListPurchases,
    /// Buyer → Marketplace: wants the receipt of one again.
    RequestReceipt {
        /// Which payment.
        transaction: TransactionId,
    },
    /// Device → App page: a window has called `postMessage`.
    WindowMessage {
        /// Where that window's page is from.
        origin: Origin,
        /// What it says: `ok`, `failed`, `unloaded`, or something else.
        status: String,
        /// The code beside `failed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// Anybody → Payment server: a notice, genuine or not.
    Notice {
        /// Which of the two addresses it was posted to.
        kind: NoticeKind,
        /// The token. Nobody has checked it.
        notice: String,
    },
    /// An outside server → us: its answer to one of our messages.
    Answer {
        /// The id of our message.
        message: u32,
        /// HTTP status.
        status: u16,
        /// The whole body, at most as long as answers may be.
        body: String,
    },
    /// There was no answer from an outside server.
    NoAnswer {
        /// The id of our message.
        message: u32,
        /// Why, in one sentence.
        why: String,
    },
}
