//! Shelves: what the app knows about each of its products, and how far it is with it.

use std::collections::BTreeMap;
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

/// All shelves that anything happened to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelves {
    by_product: BTreeMap<ProductId, Shelf>,
}

impl Shelves {
    pub(crate) fn get(&self, product: &ProductId) -> Option<&Shelf> {
        self.by_product.get(product)
    }

    /// The shelf of a product, an empty one where there was none.
    pub(crate) fn at(&mut self, product: &ProductId) -> &mut Shelf {
        self.by_product.entry(product.clone()).or_insert_with(|| Shelf {
            product: product.clone(),
            stage: Stage::Idle,
            transaction: None,
            polls: 0,
            receipt: None,
            verdict: None,
            is_open: false,
            refusal: None,
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Shelf> {
        self.by_product.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Shelf> {
        self.by_product.values_mut()
    }

    /// The first shelf with which the app is so far.
    pub(crate) fn in_stage(&mut self, stage: Stage) -> Option<&mut Shelf> {
        self.iter_mut().find(|shelf| shelf.stage == stage)
    }

    /// The shelf of this product, where it waits for a pay request.
    pub(crate) fn asking(&mut self, product: &ProductId) -> Option<&mut Shelf> {
        self.by_product.get_mut(product).filter(|shelf| shelf.stage == Stage::Asking)
    }

    /// The shelf that waits for this payment.
    pub(crate) fn paying(&mut self, transaction: &TransactionId) -> Option<&mut Shelf> {
        let is_it =
            |shelf: &&mut Shelf| shelf.stage == Stage::Paying && shelf.transaction.as_ref() == Some(transaction);
        self.iter_mut().find(is_it)
    }
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
    /// The receipt is stored, and the product is looked up.
    Concluding,
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
            Self::Concluding => "looking the product up",
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
