//! Keys: what signs a token and what checks it, each bound to one algorithm.
//!
//! Never makes a key from chance, never follows a URL, and never prints a secret.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

use crate::protocol::id::Kid;
use crate::protocol::rsa_numbers::private_numbers;

/// A signature algorithm by its RFC 7518, RFC 8037 or RFC 9864 name. `none` is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 under its older name, RFC 8037, 3.1.
    EdDsa,
    /// Ed25519 under its fully specified name, RFC 9864, 2.2. The same keys and signatures as [`Algorithm::EdDsa`].
    Ed25519,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// HMAC with SHA-256: whoever can check can also sign.
    Hs256,
    /// RSA PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS #1 v1.5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// Every algorithm, in the order of preference.
    pub const ALL: [Self; 6] = [Self::EdDsa, Self::Ed25519, Self::Es256, Self::Hs256, Self::Rs256, Self::Rs512];

    /// The exact text of the `alg` header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Rs512 => "RS512",
        }
    }

    /// Reads an `alg` value. RFC 7515, 4.1.1: case counts, so `hs256` is nothing.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Whether a key of this algorithm accepts a token that names `alg`: its own name, or the other name of Ed25519.
    #[must_use]
    pub fn admits(self, alg: &str) -> bool {
        alg == self.name() || (self.is_ed25519() && Self::parse(alg).is_some_and(Self::is_ed25519))
    }

    /// Whether this is Ed25519 under either name.
    #[must_use]
    pub const fn is_ed25519(self) -> bool {
        matches!(self, Self::EdDsa | Self::Ed25519)
    }

    /// Whether this is RSA.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self, Self::Rs256 | Self::Rs512)
    }

    /// What the library calls it. Ed25519 and HMAC are not asked of that library.
    const fn library_name(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa | Self::Ed25519 => jsonwebtoken::Algorithm::EdDSA,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Rs512 => jsonwebtoken::Algorithm::RS512,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

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

/// A key that signs. Cheap to clone; `Debug` shows name and algorithm only.
#[derive(Clone)]
pub struct SigningKey {
    public: VerifyingKey,
    private: Arc<Private>,
}

enum Private {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
    /// An HMAC secret is the same on both sides, and is held there.
    Shared,
    Rsa(EncodingKey),
}

impl SigningKey {
    /// An Ed25519 key from its 32-byte seed. RFC 8032, 5.1.5.
    #[must_use]
    pub fn ed25519(kid: impl Into<Kid>, seed: &[u8; 32]) -> Self {
        let private = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(Some(kid.into()), Algorithm::EdDsa, Public::Ed25519(private.verifying_key()));
        Self { public, private: Arc::new(Private::Ed25519(private)) }
    }

    /// A P-256 key whose private number is `seed`; a seed that is no such number (one in 2^32) is hashed until it is.
    ///
    /// Signs with RFC 6979 nonces, so the same input gives the same bytes each time.
    #[must_use]
    pub fn es256(kid: impl Into<Kid>, seed: &[u8; 32]) -> Self {
        let mut number = *seed;
        let private = loop {
            match p256::ecdsa::SigningKey::from_slice(&number) {
                Ok(private) => break private,
                Err(_) => number = Sha256::digest(number).into(),
            }
        };
        let point = private.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        let decoding = DecodingKey::from_ec_der(&point);
        let public = VerifyingKey::new(Some(kid.into()), Algorithm::Es256, Public::P256 { point, decoding });
        Self { public, private: Arc::new(Private::P256(private)) }
    }

    /// An HMAC secret. A short one loads, with a [`KeyFinding`].
    ///
    /// # Errors
    /// [`KeyError::EmptySecret`].
    pub fn hs256(kid: impl Into<Kid>, secret: &[u8]) -> Result<Self, KeyError> {
        let public = VerifyingKey::hmac(Some(kid.into()), secret)?;
        Ok(Self { public, private: Arc::new(Private::Shared) })
    }

    /// An RSA key from its PEM text, PKCS #1 or PKCS #8.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] when `algorithm` is not RSA's, [`KeyError::RsaSize`], or [`KeyError::Malformed`].
    pub fn rsa_pem(kid: impl Into<Kid>, algorithm: Algorithm, pem: &str) -> Result<Self, KeyError> {
        let bad = |why: &str| KeyError::Malformed { what: "the RSA private key (PEM)", why: why.to_owned() };
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|error| bad(&error.to_string()))?;
        let numbers = (DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_private_key)(key.as_bytes());
        let (n, e) = numbers.map_err(|_| bad("it holds no private key that the library accepts"))?;
        let public = VerifyingKey::rsa(Some(kid.into()), algorithm, &n, &e)?;
        Ok(Self { public, private: Arc::new(Private::Rsa(key)) })
    }

    /// The same key, writing `name` into the tokens that it signs. Only Ed25519 has two names.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] when `name` belongs to another kind of key.
    pub fn with_algorithm_name(mut self, name: Algorithm) -> Result<Self, KeyError> {
        if !self.algorithm().admits(name.name()) {
            return Err(KeyError::Algorithm(name));
        }
        self.public.algorithm = name;
        Ok(self)
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        static NAMELESS: std::sync::LazyLock<Kid> = std::sync::LazyLock::new(|| Kid::from(""));
        self.public.kid.as_ref().unwrap_or(&NAMELESS)
    }

    /// The one algorithm that it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm
    }

    /// What checks its signatures: the public half, or for HMAC the secret again.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.public.clone()
    }

    /// What nobody but its owner may know, where it is one short text: the seed, the private number, the secret. RSA has none; see
    /// [`private_half`](Self::private_half).
    pub(crate) fn secret(&self) -> Option<Vec<u8>> {
        match &*self.private {
            Private::Ed25519(key) => Some(key.to_bytes().to_vec()),
            Private::P256(key) => Some(key.to_bytes().to_vec()),
            Private::Shared => self.public.shared().map(|shared| shared.secret.clone()),
            Private::Rsa(_) => None,
        }
    }

    /// The private half of a pair: the seed, the private number, or all private numbers of an RSA key as they stand one behind the
    /// other in its DER form (RFC 8017, A.1.2). `None` for HMAC, which has no halves.
    pub(crate) fn private_half(&self) -> Option<Vec<u8>> {
        match &*self.private {
            Private::Rsa(key) => private_numbers(key.as_bytes()).map(<[u8]>::to_vec),
            Private::Ed25519(_) | Private::P256(_) => self.secret(),
            Private::Shared => None,
        }
    }

    /// The signature over `input`, the same bytes each time: 64 for Ed25519 and ES256, 32 for HMAC, the modulus' length for RSA.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when the library refuses, which a key that loaded should never meet.
    pub fn sign(&self, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        let refused = || KeyError::Signing(self.algorithm());
        match &*self.private {
            Private::Ed25519(key) => Ok(key.sign(input).to_bytes().to_vec()),
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(input).map_err(|_| refused())?;
                Ok(signature.to_bytes().to_vec())
            }
            Private::Shared => self.public.shared().map(|shared| shared.mac(input)).ok_or_else(refused),
            Private::Rsa(key) => {
                let signer = (DEFAULT_PROVIDER.signer_factory)(&self.algorithm().library_name(), key);
                signer.and_then(|signer| Ok(signer.try_sign(input)?)).map_err(|_| refused())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", self.kid())
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
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

impl Shared {
    fn mac(&self, input: &[u8]) -> Vec<u8> {
        self.mac.clone().chain_update(input).finalize().into_bytes().to_vec()
    }
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

    fn shared(&self) -> Option<&Shared> {
        if let Public::Hmac(shared) = &*self.public { Some(shared) } else { None }
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
        Ok(Self::new(kid, Algorithm::EdDsa, Public::Ed25519(key)))
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
        let decoding = DecodingKey::from_ec_der(&point);
        Ok(Self::new(kid, Algorithm::Es256, Public::P256 { point, decoding }))
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
