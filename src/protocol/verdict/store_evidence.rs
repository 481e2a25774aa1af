//! Store evidence: what the store said, or why it was not asked.

use std::fmt;

use crate::protocol::id::Origin;
use crate::protocol::store_answer::{Reason, Status};
use crate::protocol::verdict::said::Said;

/// What the store check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreEvidence {
    /// The store answered.
    Says(Status, Option<Reason>),
    /// The store answered some time ago, and the answer was kept.
    Kept(Status),
    /// The store could not be reached, so an old answer was used, however old.
    KeptForWantOfBetter(Status),
    /// The rules advise against asking, and the policy does not.
    Discouraged,
    /// The policy does not ask.
    NotInPolicy,
    /// The policy asks, and nobody has asked yet.
    NotAskedYet,
    /// The receipt names no address to ask.
    NoAddress,
    /// The address is not the issuer's own.
    ElsewhereThan {
        /// Where the receipt wants to be asked about.
        found: Box<str>,
        /// Who issued it.
        issuer: Origin,
    },
    /// The historic client takes the address for a good one, and it is not the issuer's.
    LooksAlike(Box<str>),
    /// The historic client refuses the address.
    Unlisted(Box<str>),
    /// The verify service is another one.
    OtherService(Box<str>),
    /// The store's reply is an HTTP error.
    HttpStatus(u16),
    /// The store's reply is not an answer; what it is instead.
    NoAnswer(&'static str),
    /// The store cannot be reached.
    Unreachable,
    /// The store takes too long.
    TimedOut,
}

impl StoreEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Says(status, reason) => said_by_store(*status, *reason),
            Self::Kept(_) => Said::fine("An answer kept from an earlier question is used"),
            Self::KeptForWantOfBetter(_) => Said::fine("The store is out of reach, so an old answer is used"),
            Self::Discouraged => Said::fine("Asking is discouraged: the store would learn that this app is used"),
            Self::NotInPolicy => Said::fine("This app's policy does not ask the store"),
            Self::NotAskedYet => Said::fine("The store has not been asked yet"),
            Self::NoAddress => Said::wrong(
                "The receipt names no address to ask",
                "Issue receipts with a verify claim, or check the signature only",
            ),
            Self::ElsewhereThan { .. } => Said::wrong(
                "The receipt wants to be checked by somebody other than its issuer",
                "Ask only an address at the issuer's own origin or below it",
            ),
            Self::LooksAlike(_) => Said::fine("The address passes this client's test although it is not the store's"),
            Self::Unlisted(_) => Said::wrong(
                "The address to ask is not one that this client trusts",
                "Issue a verify address at the store's own site",
            ),
            Self::OtherService(_) => Said::wrong(
                "The receipt wants to be checked at another address",
                "Post to exactly the address in the verify claim",
            ),
            Self::HttpStatus(_) => Said::wrong(
                "The store answered with an HTTP error",
                "Ask again later; the purchase itself is not in doubt",
            ),
            Self::NoAnswer(_) => Said::wrong(
                "What came back is no answer of a store",
                "Look for a login page or a proxy between app and store",
            ),
            Self::Unreachable => Said::wrong("The store cannot be reached", "Ask again when there is a network"),
            Self::TimedOut => Said::wrong("The store took too long to answer", "Ask again later"),
        }
    }
}

fn said_by_store(status: Status, reason: Option<Reason>) -> Said {
    match status {
        Status::Ok => Said::fine("The store stands by the receipt"),
        Status::Pending => {
            Said::wrong("The payment has not been settled yet", "Ask again later; do not make the buyer pay twice")
        }
        Status::Refunded => {
            Said::wrong("The purchase was refunded or charged back", "Close the product; the buyer can buy it again")
        }
        Status::Expired => {
            Said::wrong("The store says the receipt has expired", "Trade it for a fresh one at its reissue address")
        }
        Status::Invalid => match reason {
            Some(reason) => Said::wrong(reason.sentence(), reason.fix()),
            None => Said::wrong("The store does not stand by the receipt", "Ask the store why; it gave no reason"),
        },
    }
}

impl fmt::Display for StoreEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Says(status, None) => out.write_str(status.as_str()),
            Self::Says(status, Some(reason)) => write!(out, "{}, {}", status.as_str(), reason.code()),
            Self::Kept(status) => write!(out, "{} from the cache", status.as_str()),
            Self::KeptForWantOfBetter(status) => write!(out, "{} from a stale cache", status.as_str()),
            Self::Discouraged => out.write_str("skipped: discouraged"),
            Self::NotInPolicy => out.write_str("skipped: not in the policy"),
            Self::NotAskedYet => out.write_str("not asked yet"),
            Self::NoAddress => out.write_str("no verify"),
            Self::ElsewhereThan { found, issuer } => write!(out, "{found}, not below {issuer}"),
            Self::LooksAlike(found) | Self::Unlisted(found) | Self::OtherService(found) => out.write_str(found),
            Self::HttpStatus(status) => write!(out, "HTTP {status}"),
            Self::NoAnswer(what) => out.write_str(what),
            Self::Unreachable => out.write_str("no connection"),
            Self::TimedOut => out.write_str("no answer in time"),
        }
    }
}
