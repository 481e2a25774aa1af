//! Evidence: what a check found, typed and cheap; words are made only when somebody reads them.

use std::fmt;

use crate::protocol::verdict::claim_evidence::{ProductEvidence, TimesEvidence, TypeEvidence, UserEvidence};
use crate::protocol::verdict::said::Said;
use crate::protocol::verdict::store_evidence::StoreEvidence;
use crate::protocol::verdict::token_evidence::{AlgorithmEvidence, IssuerEvidence, ShapeEvidence, SignatureEvidence};

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing: the climb ended below.
    NotReached,
    /// Nothing: this profile never looks.
    NeverLooks,
    /// Nothing: the policy leaves this to the store.
    LeftToStore,
    /// From [`Check::Shape`](crate::protocol::verdict::check::Check::Shape).
    Shape(ShapeEvidence),
    /// From the algorithm check.
    Algorithm(AlgorithmEvidence),
    /// From the issuer check.
    Issuer(IssuerEvidence),
    /// From the signature check.
    Signature(SignatureEvidence),
    /// From the type check.
    Type(TypeEvidence),
    /// From the product check.
    Product(ProductEvidence),
    /// From the times check.
    Times(TimesEvidence),
    /// From the user check.
    User(UserEvidence),
    /// From the store check.
    Store(StoreEvidence),
}

impl Evidence {
    /// The plain words: a sentence and, where something is wrong, what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::NotReached => Said::fine("Not looked at, because an earlier check failed"),
            Self::NeverLooks => Said::fine("This verifier never looks at it"),
            Self::LeftToStore => Said::fine("The policy leaves this to the store"),
            Self::Shape(found) => found.said(),
            Self::Algorithm(found) => found.said(),
            Self::Issuer(found) => found.said(),
            Self::Signature(found) => found.said(),
            Self::Type(found) => found.said(),
            Self::Product(found) => found.said(),
            Self::Times(found) => found.said(),
            Self::User(found) => found.said(),
            Self::Store(found) => found.said(),
        }
    }
}

/// The values alone, as they stand beside the check: `EdDSA, kid mkt-2026-11`.
impl fmt::Display for Evidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReached => Ok(()),
            Self::NeverLooks => out.write_str("never checked"),
            Self::LeftToStore => out.write_str("left to the store"),
            Self::Shape(found) => found.fmt(out),
            Self::Algorithm(found) => found.fmt(out),
            Self::Issuer(found) => found.fmt(out),
            Self::Signature(found) => found.fmt(out),
            Self::Type(found) => found.fmt(out),
            Self::Product(found) => found.fmt(out),
            Self::Times(found) => found.fmt(out),
            Self::User(found) => found.fmt(out),
            Self::Store(found) => found.fmt(out),
        }
    }
}
