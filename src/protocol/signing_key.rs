//! Signing keys: what signs a token, bound to one algorithm.
//!
//! Never made from chance, and never printed: a key comes from a seed, a secret or a text.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::Signer as _;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use sha2::{Digest, Sha256};

use crate::protocol::algorithm::Algorithm;
use crate::protocol::id::Kid;
use crate::protocol::key_error::KeyError;
use crate::protocol::rsa_numbers::private_numbers;
use crate::protocol::verifying_key::VerifyingKey;

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
        let public = VerifyingKey::of_ed25519(Some(kid.into()), private.verifying_key());
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
        let public = VerifyingKey::of_point(Some(kid.into()), point);
        Self { public, private: Arc::new(Private::P256(private)) }
    }

    /// An HMAC secret. A short one loads, with a [`KeyFinding`](crate::protocol::verifying_key::KeyFinding).
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
    pub fn with_algorithm_name(self, name: Algorithm) -> Result<Self, KeyError> {
        if !self.algorithm().admits(name.name()) {
            return Err(KeyError::Algorithm(name));
        }
        Ok(Self { public: self.public.as_algorithm(name)?, ..self })
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        static NAMELESS: std::sync::LazyLock<Kid> = std::sync::LazyLock::new(|| Kid::from(""));
        self.public.kid().unwrap_or(&NAMELESS)
    }

    /// The one algorithm that it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
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
            Private::Shared => self.public.secret().map(<[u8]>::to_vec),
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
            Private::Shared => self.public.mac(input).ok_or_else(refused),
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
