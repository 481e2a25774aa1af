//! Token evidence: what the shape, algorithm, issuer and signature checks found.

use std::fmt;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::claims::ClaimsError;
use crate::protocol::id::{Kid, Origin};
use crate::protocol::verdict::said::Said;

/// What the shape check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeEvidence {
    /// A compact token, perhaps behind certificates.
    WellFormed {
        /// Length of the whole text.
        bytes: usize,
        /// How many certificates stand before the receipt.
        certificates: usize,
    },
    /// Longer than a verifier reads.
    TooLong {
        /// Length of the whole text.
        bytes: usize,
    },
    /// Not a token of the strict form; why.
    Malformed(Box<str>),
    /// A token whose payload holds no claims.
    NoClaims(ClaimsError),
    /// This client wants a certificate before the receipt.
    NoCertificate,
    /// This client takes one part or two around `~`.
    TooManyParts(usize),
}

impl ShapeEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::WellFormed { .. } => Said::fine("The receipt is a well-formed signed token"),
            Self::TooLong { .. } => Said::wrong(
                "The receipt is longer than a verifier reads",
                "Present the receipt alone; 16 KiB are the limit",
            ),
            Self::Malformed(_) => Said::wrong(
                "This is not a well-formed receipt",
                "Present the receipt byte for byte as the store issued it",
            ),
            Self::NoClaims(_) => {
                Said::wrong("The receipt's payload holds no claims", "Issue a payload that is one JSON object")
            }
            Self::NoCertificate => Said::wrong(
                "This client cannot read a receipt without a certificate",
                "Issue certificate~receipt, or use a client that reads bare receipts",
            ),
            Self::TooManyParts(_) => Said::wrong(
                "There are more certificates than this client reads",
                "Issue exactly one certificate before the receipt",
            ),
        }
    }
}

impl fmt::Display for ShapeEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WellFormed { bytes, certificates: 0 } | Self::TooLong { bytes } => write!(out, "{bytes} bytes"),
            Self::WellFormed { bytes, certificates: 1 } => write!(out, "{bytes} bytes, 1 certificate"),
            Self::WellFormed { bytes, certificates } => write!(out, "{bytes} bytes, {certificates} certificates"),
            Self::Malformed(why) => out.write_str(why),
            Self::NoClaims(why) => write!(out, "{why}"),
            Self::NoCertificate => out.write_str("no ~"),
            Self::TooManyParts(parts) => write!(out, "{parts} parts around ~"),
        }
    }
}

/// What the algorithm check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlgorithmEvidence {
    /// The token names the algorithm of the key.
    Matches {
        /// The algorithm as the token names it.
        algorithm: Algorithm,
        /// The key's name, where the token gives one.
        kid: Option<Kid>,
    },
    /// The token names an algorithm that is taken; no key was found to compare it with.
    Named(Algorithm),
    /// The token names an algorithm that is not taken.
    Unknown(Box<str>),
    /// The token names an algorithm whose key both sides share, so a receipt could be written by its reader.
    Shared,
    /// The token names another algorithm than the key's.
    Differs {
        /// What the token says.
        token: Box<str>,
        /// What the key is for.
        key: Algorithm,
    },
}

impl AlgorithmEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Matches { .. } => Said::fine("The token names the algorithm of the issuer's key"),
            Self::Named(_) => Said::fine("The token names an algorithm that receipts may use"),
            Self::Unknown(_) => Said::wrong(
                "The token names an algorithm that this app does not take",
                "Sign with EdDSA, ES256, RS256 or RS512; none is not a signature",
            ),
            Self::Shared => Said::wrong(
                "The token names an algorithm whose secret both sides share",
                "Sign receipts with a private key; a shared secret proves nothing to its holder",
            ),
            Self::Differs { .. } => Said::wrong(
                "The token names another algorithm than the issuer's key is for",
                "Use each key with its one algorithm; the key decides, never the token",
            ),
        }
    }
}

impl fmt::Display for AlgorithmEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matches { algorithm, kid: Some(kid) } => write!(out, "{}, kid {kid}", algorithm.name()),
            Self::Matches { algorithm, kid: None } | Self::Named(algorithm) => out.write_str(algorithm.name()),
            Self::Unknown(found) => write!(out, "{found:?}"),
            Self::Shared => out.write_str(Algorithm::Hs256.name()),
            Self::Differs { token, key } => write!(out, "token says {token:?}, key is {}", key.name()),
        }
    }
}

/// What the issuer check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerEvidence {
    /// The key ring holds keys of this issuer.
    InRing(Origin),
    /// This client compares the issuer with a list, and it is there.
    Listed(Box<str>),
    /// This client was given no list, or `*`: any issuer will do.
    Any(Box<str>),
    /// No `iss`.
    Missing,
    /// `iss` is no text; what it is instead.
    NotText(&'static str),
    /// `iss` differs from a known issuer only in its spelling.
    Spelling {
        /// What it says.
        found: Box<str>,
        /// The issuer that it resembles.
        known: Origin,
    },
    /// Nobody known.
    Unknown(Box<str>),
    /// Known perhaps, but this app does not take its receipts.
    NotAllowed(Box<str>),
}

impl IssuerEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::InRing(_) => Said::fine("This app holds keys of the issuer"),
            Self::Listed(_) => Said::fine("The issuer is on this app's list"),
            Self::Any(_) => Said::fine("Any issuer will do for this client"),
            Self::Missing => Said::wrong("The receipt names no issuer", "Issue receipts with an iss claim"),
            Self::NotText(_) => Said::wrong("The issuer is not a text", "Issue iss as one text, the store's origin"),
            Self::Spelling { .. } => Said::wrong(
                "The issuer is spelt unlike the one this app knows",
                "Issue iss exactly as the store's origin: lower case, no slash, no default port",
            ),
            Self::Unknown(_) => Said::wrong(
                "This app holds no key of the issuer",
                "Fetch the store's keys beforehand, from the store itself",
            ),
            Self::NotAllowed(_) => Said::wrong(
                "This app takes no receipts from the issuer",
                "Add the store to the app's list of issuers, if it is meant",
            ),
        }
    }
}

impl fmt::Display for IssuerEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InRing(issuer) => write!(out, "{issuer}"),
            Self::Listed(found) | Self::Any(found) | Self::Unknown(found) | Self::NotAllowed(found) => {
                out.write_str(found)
            }
            Self::Missing => out.write_str("no iss"),
            Self::NotText(kind) => write!(out, "iss is {kind}"),
            Self::Spelling { found, known } => write!(out, "{found}, not {known}"),
        }
    }
}

/// What the signature check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureEvidence {
    /// The issuer's key made it.
    Good(Algorithm),
    /// A certified key made it, and each certificate down from the root holds.
    GoodChain {
        /// What the receipt itself is signed with.
        algorithm: Algorithm,
        /// How many certificates were followed.
        certificates: usize,
    },
    /// The issuer's key did not make it.
    Bad(Algorithm),
    /// The token names a key that the issuer does not have here.
    UnknownKey(Option<Kid>),
    /// The key was retired before the receipt was made.
    Retired(Option<Kid>),
    /// A rule about certificates is broken; which.
    Chain(Box<str>),
    /// Accepted unseen: the shipped checker stops at a past expiry before it looks at any signature.
    UnseenForExpiry,
}

impl SignatureEvidence {
    /// The plain words.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Good(_) => Said::fine("The issuer's key signed exactly these bytes"),
            Self::GoodChain { .. } => Said::fine("A key that the root vouches for signed exactly these bytes"),
            Self::Bad(_) => Said::wrong(
                "The signature does not fit the receipt",
                "Do not open the product: the receipt was changed, or somebody else signed it",
            ),
            Self::UnknownKey(_) => Said::wrong(
                "The receipt is signed with a key that this app does not hold",
                "Fetch the store's present keys; it may have changed them",
            ),
            Self::Retired(_) => Said::wrong(
                "The receipt was made after its key was retired",
                "Get a receipt that is signed with the store's present key",
            ),
            Self::Chain(_) => Said::wrong(
                "The certificates do not lead from the root to this receipt",
                "Get a receipt with a certificate that is valid, or pin the right root",
            ),
            Self::UnseenForExpiry => {
                Said::fine("Nobody looked at the signature: a past expiry stops the shipped checker first")
            }
        }
    }
}

impl fmt::Display for SignatureEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strictly = |algorithm: &Algorithm| match algorithm {
            Algorithm::EdDsa | Algorithm::Ed25519 => "Ed25519, strict",
            Algorithm::Es256 | Algorithm::Hs256 | Algorithm::Rs256 | Algorithm::Rs512 => algorithm.name(),
        };
        match self {
            Self::Good(algorithm) => out.write_str(strictly(algorithm)),
            Self::GoodChain { algorithm, certificates: 1 } => write!(out, "{}, 1 certificate", strictly(algorithm)),
            Self::GoodChain { algorithm, certificates } => {
                write!(out, "{}, {certificates} certificates", strictly(algorithm))
            }
            Self::Bad(algorithm) => write!(out, "not by this {} key", algorithm.name()),
            Self::UnknownKey(Some(kid)) => write!(out, "kid {kid} is not in the ring"),
            Self::UnknownKey(None) => out.write_str("no kid, and several keys to choose from"),
            Self::Retired(Some(kid)) => write!(out, "kid {kid} is retired"),
            Self::Retired(None) => out.write_str("the key is retired"),
            Self::Chain(why) => out.write_str(why),
            Self::UnseenForExpiry => out.write_str("not looked at"),
        }
    }
}
