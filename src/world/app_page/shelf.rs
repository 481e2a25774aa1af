//! Shelves: what the app knows about each of its products, and how far it is with it.

use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::verdict::ladder::Verdict;
use crate::world::refusal::Refusal;

/// What the app knows about one of its products.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// Which product.
    pub product: ProductId,
    /// How far the app is with it.
    pub stage: Stage,
    /// The payment that is under way, or was the last.
    pub transaction: Option<TransactionId>,
    /// Polls made for that payment.
    pub polls: u32,
    /// The receipt that the app acts on.
    pub receipt: Option<Arc<str>>,
    /// What the last judgement said.
    pub verdict: Option<Arc<Verdict>>,
    /// Whether the buyer has access.
    pub is_open: bool,
    /// Why not, when the app said so.
    pub refusal: Option<Refusal>,
}

/// How far the app is with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing is under way.
    Idle,
    /// Waiting for the pay request.
    Asking,
    /// `mozPay` is open and the app polls.
    Paying,
    /// The receipt is being installed.
    Installing,
    /// The receipt is being judged.
    Judging,
    /// The store has been asked.
    AskingStore,
    /// Waiting for a fresh receipt.
    Reissuing,
    /// Access granted.
    Open,
    /// Access refused, or the payment failed.
    Refused,
    /// Polled in vain.
    GaveUp,
}

impl Stage {
    /// What the chip beside the product says; empty where nothing is to be said.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Idle => "",
            Self::Asking => "asking to buy",
            Self::Paying => "waiting for receipt",
            Self::Installing => "installing receipt",
            Self::Judging => "verifying",
            Self::AskingStore => "asking the store",
            Self::Reissuing => "asking for a fresh receipt",
            Self::Open => "owned",
            Self::Refused => "refused",
            Self::GaveUp => "gave up",
        }
    }

    /// Whether something is under way that a second click would disturb.
    #[must_use]
    pub fn is_busy(self) -> bool {
        !matches!(self, Self::Idle | Self::Open | Self::Refused | Self::GaveUp)
    }
}
