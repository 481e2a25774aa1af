//! Algorithms: what a key signs with, by the names that tokens and keys carry.

use std::fmt;

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
    pub(crate) const fn library_name(self) -> jsonwebtoken::Algorithm {
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
