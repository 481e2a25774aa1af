//! Key errors: why a key is refused when it is loaded.

use crate::protocol::algorithm::Algorithm;

/// Why a key was refused when it was loaded. The fault of whoever made the key, except the last two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A part of the key has the wrong number of bytes.
    #[error("the key was cut or padded: {what} has {wanted} bytes, this one {found}; export it again")]
    Length {
        /// Which part.
        what: &'static str,
        /// Bytes that it must have.
        wanted: usize,
        /// Bytes that it has.
        found: usize,
    },
    /// No point of the curve.
    #[error("the numbers are no point on {curve}, so no signature can ever fit; export the key again")]
    NotOnCurve {
        /// Which curve.
        curve: &'static str,
    },
    /// A point of small order: anyone can sign for it. RFC 8725, 3.3.
    #[error("a weak Ed25519 key (small order): it fits signatures that nobody made; make a new key pair")]
    WeakEd25519,
    /// An RSA key that is too short or too long.
    #[error(
        "an RSA key has 2048 to 8192 bits: shorter ones are broken, longer ones only slow; make a new key pair, this one has {bits} bits"
    )]
    RsaSize {
        /// Bits of the modulus.
        bits: usize,
    },
    /// A public exponent that RSA does not allow.
    #[error("the RSA exponent must be odd, at least 3 and at most 33 bits long; usual is 65537 (AQAB)")]
    RsaExponent,
    /// A secret without a byte. CVE-2019-20933.
    #[error("the secret is empty, so anyone could sign; set one of 32 random bytes or more")]
    EmptySecret,
    /// The key cannot be used with this algorithm. RFC 8725, 3.1.
    #[error("a key works with exactly one algorithm, and this kind of key never with {0}")]
    Algorithm(Algorithm),
    /// The text or the bytes are no key.
    #[error("{what} cannot be read: {why}")]
    Malformed {
        /// What was expected.
        what: &'static str,
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// A private or secret key where a public one belongs.
    #[error("this is a private key, to be kept by its owner; give its public half ({0})")]
    Private(&'static str),
    /// The library would not sign.
    #[error("the library refused to sign with the {0} key")]
    Signing(Algorithm),
}
