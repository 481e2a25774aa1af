//! Attacks: a forged token with its name, what is wrong with it, the rule it breaks, and its good twin.

use serde::Serialize;

use crate::protocol::algorithm::Algorithm;

dial! {
    /// What a token is for. Each kind is read by somebody else.
    TokenKind {
        Receipt = "receipt", "Receipt", "Proves a purchase; read by the app, which knows the issuer's keys";
        Certified = "certified-receipt", "Receipt behind a certificate", "Proves a purchase; read by an app that knows only the root's keys";
        Request = "pay-request", "Pay request", "Asks for money; read by the provider, which shares a secret with the seller";
        Notice = "notice", "Notice", "Says that a payment came; read by the seller, who shares a secret with the provider";
    }
}

dial! {
    /// What a forger plays with.
    Family {
        Header = "header", "Header tricks", "The header lies about how the token is to be read";
        Confusion = "confusion", "Algorithm confusion", "A key is used with an algorithm that it is not for";
        Signature = "signature", "Signature forms", "The signature is missing, changed, or written in another form";
        Encoding = "encoding", "Encodings", "The text or its JSON can be read in two ways";
        Claims = "claims", "Claims", "Well signed, but it says the wrong thing";
        Times = "times", "Times", "Well signed, but not now";
        Chains = "chains", "Certificates", "The certificates do not lead to the receipt";
        Sizes = "sizes", "Sizes", "Well signed, but more than a reader should take in";
        Kinds = "kinds", "Wrong kinds", "A good token of another kind";
    }
}

impl TokenKind {
    /// The algorithms that such tokens are signed with.
    #[must_use]
    pub fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Receipt => &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256, Algorithm::Rs512],
            Self::Certified => &[Algorithm::EdDsa, Algorithm::Rs256],
            Self::Request | Self::Notice => &[Algorithm::Hs256],
        }
    }
}

/// What every forgery of one sort has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Its name, unique in the corpus: `alg-none`.
    pub name: &'static str,
    /// What is wrong, in a plain sentence.
    pub flaw: &'static str,
    /// Why a right verifier refuses it: where that is written.
    pub rule: &'static str,
    /// Whether it breaks nothing that is written anywhere, but a limit of this stage's own.
    pub is_own_limit: bool,
}

impl Class {
    /// A class.
    #[must_use]
    pub const fn new(name: &'static str, flaw: &'static str, rule: &'static str) -> Self {
        Self { name, flaw, rule, is_own_limit: false }
    }

    /// The same, where no page sets the limit but this stage.
    #[must_use]
    pub const fn by_own_limit(self) -> Self {
        Self { is_own_limit: true, ..self }
    }
}

/// One forged token. A right verifier refuses it, and accepts its twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attack {
    /// What it is an example of.
    pub class: Class,
    /// What its forger played with.
    pub family: Family,
    /// What the token is for.
    pub kind: TokenKind,
    /// What its twin is signed with; `None` where nobody knows.
    pub algorithm: Option<Algorithm>,
    /// The forgery.
    pub token: String,
    /// The good token that differs only in the defect.
    pub twin: String,
}

impl Attack {
    /// A name that no other attack of the corpus has: `receipt-EdDSA-alg-none`.
    #[must_use]
    pub fn name(&self) -> String {
        let algorithm = self.algorithm.map_or("own", Algorithm::name);
        format!("{}-{algorithm}-{}", self.kind.name(), self.class.name)
    }
}
