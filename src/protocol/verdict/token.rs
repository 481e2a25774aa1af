//! The token behind a question: a receipt read strictly, or as far as it can be read at all.

use std::borrow::Cow;

use crate::protocol::chain::{Chain, ChainError, Entry};
use crate::protocol::header::Header;
use crate::protocol::jwt::{Jwt, JwtError};
use crate::protocol::verdict::evidence::Evidence;
use crate::protocol::verdict::ladder::Finding;
use crate::protocol::verdict::loose;
use crate::protocol::verdict::token_evidence::ShapeEvidence;

/// A receipt as the strict reader got it.
#[derive(Debug)]
pub enum Token {
    /// One token.
    Bare(Jwt),
    /// Certificates and a token.
    Chained(Chain),
    /// Nothing well-formed: what is wrong, and the payload as far as it can be guessed.
    Broken {
        /// Why.
        evidence: ShapeEvidence,
        /// Its historic code.
        code: &'static str,
        /// A guess, for those who switched the shape check off.
        payload: String,
    },
}

impl Token {
    /// Reads a receipt, at most 16 KiB of it.
    #[must_use]
    pub fn read(receipt: &str) -> Self {
        let error = if receipt.contains('~') {
            match Chain::split(receipt) {
                Ok(chain) => return Self::Chained(chain),
                Err(error) => error,
            }
        } else {
            match Jwt::parse(receipt) {
                Ok(jwt) => return Self::Bare(jwt),
                Err(JwtError::TooLong { bytes, limit }) => ChainError::TooLong { bytes, limit },
                Err(error) => ChainError::Token { entry: Entry::Receipt, start: 0, error },
            }
        };
        if let ChainError::TooLong { bytes, .. } = error {
            let evidence = ShapeEvidence::TooLong { bytes };
            return Self::Broken { evidence, code: "RECEIPT_TOO_BIG", payload: String::new() };
        }
        let last = receipt.rsplit('~').next().unwrap_or_default();
        let payload = loose::payload(last).unwrap_or_default();
        Self::Broken {
            evidence: ShapeEvidence::Malformed(error.to_string().into()),
            code: "ReceiptParseError",
            payload,
        }
    }

    /// What the shape check found, under another verifier's one name for whatever is wrong.
    #[must_use]
    pub fn shape_named(&self, code: &'static str) -> Finding {
        match self {
            Self::Bare(_) | Self::Chained(_) => self.shape(),
            Self::Broken { evidence, .. } => Finding::failed(Evidence::Shape(evidence.clone()), code),
        }
    }

    /// What the shape check found.
    #[must_use]
    pub fn shape(&self) -> Finding {
        let fine =
            |bytes, certificates| Finding::passed(Evidence::Shape(ShapeEvidence::WellFormed { bytes, certificates }));
        match self {
            Self::Bare(jwt) => fine(jwt.text().len(), 0),
            Self::Chained(chain) => fine(chain.text().len(), chain.certificates().len()),
            Self::Broken { evidence, code, .. } => Finding::failed(Evidence::Shape(evidence.clone()), code),
        }
    }

    /// The receipt's own header, unverified.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.jwt().map(Jwt::unverified_header)
    }

    /// The receipt's own token.
    #[must_use]
    pub fn jwt(&self) -> Option<&Jwt> {
        match self {
            Self::Bare(jwt) => Some(jwt),
            Self::Chained(chain) => Some(chain.receipt()),
            Self::Broken { .. } => None,
        }
    }

    /// The receipt's claims as JSON, unverified.
    #[must_use]
    pub fn payload(&self) -> Cow<'_, str> {
        match self {
            Self::Bare(jwt) => Cow::Borrowed(jwt.unverified_claims_json()),
            Self::Chained(chain) => Cow::Borrowed(chain.receipt().unverified_claims_json()),
            Self::Broken { payload, .. } => Cow::Borrowed(payload),
        }
    }
}
