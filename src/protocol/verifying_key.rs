//! Verifying keys: what checks a token's signature, bound to one algorithm.
//!
//! Never follows a URL, and never prints a secret.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use sha2::{Digest, Sha256};

use crate::protocol::algorithm::Algorithm;
use crate::protocol::id::Kid;
use crate::protocol::key_error::KeyError;

/// Something about a key that works but deserves a look.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFinding {
    /// An HMAC secret under 32 bytes. RFC 7518, 3.2.
    ShortSecret {
        /// Its length.
        bytes: usize,
    },
}

impl fmt::Display for KeyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortSecret { bytes } => {
                write!(f, "The secret has {bytes} bytes; under 32 it can be guessed from one token (RFC 7518, 3.2)")
            }
        }
    }
}

/// A key that checks signatures of exactly one algorithm. Cheap to clone; `Debug` shows name and algorithm only.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: Option<Kid>,
    algorithm: Algorithm,
    public: Arc<Public>,
}

enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256 { point: Vec<u8>, decoding: DecodingKey },
    Hmac(Shared),
    Rsa { n: Vec<u8>, e: Vec<u8>, decoding: DecodingKey },
}

/// An HMAC secret, and the function that it keys: keyed once, copied for each token.
struct Shared {
    secret: Vec<u8>,
    mac: Hmac<Sha256>,
}

/// The public numbers of a key, for printing it. HMAC secrets have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicNumbers<'a> {
    /// The 32 bytes of RFC 8037, 2, `x`.
    Ed25519(&'a [u8; 32]),
    /// `x` and `y`, 32 bytes each.
    P256(&'a [u8], &'a [u8]),
    /// `n` and `e`, big-endian, without leading zeros.
    Rsa(&'a [u8], &'a [u8]),
}

impl VerifyingKey {
    fn new(kid: Option<Kid>, algorithm: Algorithm, public: Public) -> Self {
        Self { kid, algorithm, public: Arc::new(public) }
    }

    /// The public half of a pair that we have made ourselves.
    pub(crate) fn of_ed25519(kid: Option<Kid>, key: ed25519_dalek::VerifyingKey) -> Self {
        Self::new(kid, Algorithm::EdDsa, Public::Ed25519(key))
    }

    /// A point of P-256, uncompressed: 65 bytes that are known to lie on the curve.
    pub(crate) fn of_point(kid: Option<Kid>, point: Vec<u8>) -> Self {
        let decoding = DecodingKey::from_ec_der(&point);
        Self::new(kid, Algorithm::Es256, Public::P256 { point, decoding })
    }

    fn shared(&self) -> Option<&Shared> {
        if let Public::Hmac(shared) = &*self.public { Some(shared) } else { None }
    }

    /// The secret of HMAC, which signs as well.
    pub(crate) fn secret(&self) -> Option<&[u8]> {
        self.shared().map(|shared| shared.secret.as_slice())
    }

    /// The HMAC of `input`; `None` for any other key.
    pub(crate) fn mac(&self, input: &[u8]) -> Option<Vec<u8>> {
        let mac = self.shared()?.mac.clone().chain_update(input);
        Some(mac.finalize().into_bytes().to_vec())
    }

    /// An Ed25519 key from its 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Length`], [`KeyError::NotOnCurve`] or [`KeyError::WeakEd25519`].
    pub fn ed25519(kid: Option<Kid>, bytes: &[u8]) -> Result<Self, KeyError> {
        let found = bytes.len();
        let bytes =
            bytes.try_into().map_err(|_| KeyError::Length { what: "an Ed25519 public key", wanted: 32, found })?;
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotOnCurve { curve: "Ed25519" })?;
        if key.is_weak() {
            return Err(KeyError::WeakEd25519);
        }
        Ok(Self::of_ed25519(kid, key))
    }

    /// A P-256 key from its two coordinates, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyError::Length`] or [`KeyError::NotOnCurve`].
    pub fn p256(kid: Option<Kid>, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        for (what, number) in [("a P-256 x coordinate", x), ("a P-256 y coordinate", y)] {
            if number.len() != 32 {
                return Err(KeyError::Length { what, wanted: 32, found: number.len() });
            }
        }
        let point = [&[4], x, y].concat();
        p256::PublicKey::from_sec1_bytes(&point).map_err(|_| KeyError::NotOnCurve { curve: "P-256" })?;
        Ok(Self::of_point(kid, point))
    }

    /// An RSA key from modulus and exponent, big-endian. Leading zero bytes, which historic keys carry, are dropped.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] for an algorithm that is not RSA's, [`KeyError::RsaSize`] or [`KeyError::RsaExponent`].
    pub fn rsa(kid: Option<Kid>, algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        if !algorithm.is_rsa() {
            return Err(KeyError::Algorithm(algorithm));
        }
        let (n, e) = (without_zeros(n), without_zeros(e));
        let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::RsaSize { bits });
        }
        let exponent = e.iter().try_fold(0_u64, |number, byte| Some(number.checked_mul(256)? + u64::from(*byte)));
        if !exponent.is_some_and(|number| number % 2 == 1 && (3..1 << 33).contains(&number)) {
            return Err(KeyError::RsaExponent);
        }
        let decoding = DecodingKey::from_rsa_raw_components(&n, &e);
        Ok(Self::new(kid, algorithm, Public::Rsa { n, e, decoding }))
    }

    /// An HMAC secret.
    ///
    /// # Errors
    /// [`KeyError::EmptySecret`].
    pub fn hmac(kid: Option<Kid>, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        // A secret of any length will do. RFC 2104, 3.
        let mac = Hmac::new_from_slice(secret).map_err(|_| KeyError::EmptySecret)?;
        Ok(Self::new(kid, Algorithm::Hs256, Public::Hmac(Shared { secret: secret.to_vec(), mac })))
    }

    /// The same key under another name.
    #[must_use]
    pub fn with_kid(self, kid: impl Into<Kid>) -> Self {
        Self { kid: Some(kid.into()), ..self }
    }

    /// The same RSA numbers bound to RS256 or RS512 instead: historic key files say only `RSA`.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] unless both are RSA's, or both Ed25519's.
    pub fn as_algorithm(&self, algorithm: Algorithm) -> Result<Self, KeyError> {
        let same_kind = self.algorithm == algorithm
            || (self.algorithm.is_rsa() && algorithm.is_rsa())
            || (self.algorithm.is_ed25519() && algorithm.is_ed25519());
        if same_kind { Ok(Self { algorithm, ..self.clone() }) } else { Err(KeyError::Algorithm(algorithm)) }
    }

    /// Its name, where it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// The one algorithm that it checks.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` is this key's over `input`. Ed25519 by the strict rules only; lengths must be exact.
    #[must_use]
    pub fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        match &*self.public {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(input, &signature).is_ok()),
            // In constant time, and all 32 bytes of it.
            Public::Hmac(shared) => shared.mac.clone().chain_update(input).verify_slice(signature).is_ok(),
            Public::P256 { decoding, .. } | Public::Rsa { decoding, .. } => {
                let verifier = (DEFAULT_PROVIDER.verifier_factory)(&self.algorithm.library_name(), decoding);
                verifier.is_ok_and(|verifier| verifier.verify(input, &signature.to_vec()).is_ok())
            }
        }
    }

    /// What deserves a look although the key works.
    #[must_use]
    pub fn findings(&self) -> Vec<KeyFinding> {
        match &*self.public {
            Public::Hmac(Shared { secret, .. }) if secret.len() < 32 => {
                vec![KeyFinding::ShortSecret { bytes: secret.len() }]
            }
            Public::Hmac(_) | Public::Ed25519(_) | Public::P256 { .. } | Public::Rsa { .. } => Vec::new(),
        }
    }

    /// The public numbers; `None` for an HMAC secret, which has no public half.
    #[must_use]
    pub fn numbers(&self) -> Option<PublicNumbers<'_>> {
        match &*self.public {
            Public::Ed25519(key) => Some(PublicNumbers::Ed25519(key.as_bytes())),
            Public::P256 { point, .. } => {
                let (x, y) = point.get(1..)?.split_at_checked(32)?;
                Some(PublicNumbers::P256(x, y))
            }
            Public::Rsa { n, e, .. } => Some(PublicNumbers::Rsa(n, e)),
            Public::Hmac(_) => None,
        }
    }

    /// The key's fingerprint: RFC 7638 with SHA-256, base64url. `None` for a secret, of which even a hash would tell too much.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // RFC 7638, 3.2 and 3.3: the required members only, in alphabetical order, without spaces.
        let members = match self.numbers()? {
            PublicNumbers::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(x)),
            PublicNumbers::P256(x, y) => format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y)),
            PublicNumbers::Rsa(n, e) => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(e), text(n)),
        };
        Some(text(&Sha256::digest(members)))
    }

    /// Whether both are the same key bound to the same algorithm, whatever their names.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.algorithm.admits(other.algorithm.name()) && self.numbers().is_some() && self.numbers() == other.numbers()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|byte| *byte == 0).collect()
}
