//! Remarks: what got through, or was passed by, although a careful reader would have stopped.

use std::fmt;

use crate::protocol::header::HeaderFinding;

/// Something to say about a verdict that changed nothing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The header names or carries a key. It was not used.
    Header(HeaderFinding),
    /// This profile never checks a signature.
    SignatureNeverChecked,
    /// The store stops at a past expiry and looks at no signature.
    ExpiryBeforeSignature,
    /// The certificate has expired, and so nothing behind it was verified.
    CertificateExpiryIgnored,
    /// Any issuer will do.
    AnyIssuer,
    /// The product's address is only a part of the expected one.
    ProductOnlyPartOf,
    /// The address to ask ends like the issuer's host, and is another's.
    AddressEndsAlike,
    /// The address to ask begins like a trusted site, and is another's.
    AddressBeginsAlike,
    /// An expired receipt is let in.
    ExpiredLetIn,
    /// A receipt whose payment is not settled is let in.
    PendingLetIn,
    /// The store is not asked, because of an earlier answer.
    AnswerKept,
    /// The store is out of reach, and an old answer is used however old it is.
    StaleAnswerKept,
    /// The store's ten seconds for clock skew work the wrong way.
    SkewTheWrongWay,
    /// The library opens what the status answer says is paid, whatever receipt came with it.
    StatusTrusted,
    /// The network failed, and the library's door opens for that.
    NetworkFailureLetIn,
}

impl Remark {
    /// What there is to say, in at most 20 plain words.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Header(HeaderFinding::Jku) => "The header names an address for keys; it was not followed",
            Self::Header(HeaderFinding::X5u) => "The header names an address for a certificate; it was not followed",
            Self::Header(HeaderFinding::Jwk) => "The header carries a key of its own; it was not used",
            Self::Header(HeaderFinding::X5c) => "The header carries certificates of its own; they were not used",
            Self::SignatureNeverChecked => "Nobody checked the signature: a made-up receipt would do as well",
            Self::ExpiryBeforeSignature => {
                "A past expiry stops the store before the signature: a forged receipt gets this far"
            }
            Self::CertificateExpiryIgnored => "The certificate has expired, so the store accepts what follows unseen",
            Self::AnyIssuer => "Any issuer will do, so anybody can issue receipts and answer for them",
            Self::ProductOnlyPartOf => "Any address that is a part of the expected one passes",
            Self::AddressEndsAlike => "The address to ask only ends like the issuer's host; somebody else may answer",
            Self::AddressBeginsAlike => "The address to ask only begins like a trusted site; somebody else may answer",
            Self::ExpiredLetIn => "The receipt has expired and opens the app all the same",
            Self::PendingLetIn => "The payment is not settled and the app opens all the same",
            Self::AnswerKept => "A kept answer is used for a day; a refund since then goes unseen",
            Self::StaleAnswerKept => "The store is out of reach, and a kept answer of any age is used",
            Self::SkewTheWrongWay => "The ten seconds for skew end a receipt early instead of late",
            Self::StatusTrusted => "The status answer was believed: nobody looked at the receipt that came with it",
            Self::NetworkFailureLetIn => "The store could not be asked, and people are let in all the same",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.sentence())
    }
}
