//! Transactions: the states of a payment, and the only ways between them.

use serde::{Deserialize, Serialize};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransactionState {
    /// Recorded; nobody has paid.
    Started,
    /// The payment window shows the price.
    Shown,
    /// The provider has been asked.
    Charging,
    /// Paid.
    Completed,
    /// The provider declined.
    Declined,
    /// The buyer pressed Cancel, closed the window, or was locked out.
    Cancelled,
    /// Nobody decided within 1800 s.
    TimedOut,
    /// The marketplace gave the money back.
    Refunded,
    /// The buyer's bank took the money back.
    ChargedBack,
}

impl TransactionState {
    /// The states in the order in which a payment may meet them.
    pub const ALL: [Self; 9] = [
        Self::Started,
        Self::Shown,
        Self::Charging,
        Self::Completed,
        Self::Declined,
        Self::Cancelled,
        Self::TimedOut,
        Self::Refunded,
        Self::ChargedBack,
    ];

    /// Whether the state machine has an edge from here to `next`. Everything else must never happen.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Started => matches!(next, Self::Shown | Self::Cancelled | Self::TimedOut),
            Self::Shown => matches!(next, Self::Charging | Self::Cancelled | Self::TimedOut),
            Self::Charging => matches!(next, Self::Completed | Self::Declined),
            Self::Completed => matches!(next, Self::Refunded | Self::ChargedBack),
            Self::Declined | Self::Cancelled | Self::TimedOut | Self::Refunded | Self::ChargedBack => false,
        }
    }

    /// The word on the chip.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Shown => "in window",
            Self::Charging => "charging",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed out",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged back",
        }
    }

    /// Whether the money is with the marketplace now.
    #[must_use]
    pub fn is_paid(self) -> bool {
        self == Self::Completed
    }
}
