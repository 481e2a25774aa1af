//! Trust: the keys that a verifier must know before the corpus means anything, and those that it must not.

use sha2::{Digest, Sha256};

use crate::protocol::algorithm::Algorithm;
use crate::protocol::corpus::attack::TokenKind;
use crate::protocol::corpus::pss::PssKey;
use crate::protocol::id::Origin;
use crate::protocol::jwk::{Jwk, JwkSet};
use crate::protocol::jwt::SignError;
use crate::protocol::key_error::KeyError;
use crate::protocol::money::Money;
use crate::protocol::ring::KeyRing;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::test_keys;
use crate::protocol::time::Time;

/// The address that certificates give as their issuer.
pub const ROOT: &str = "https://root.example/keys.json";
/// A second store, as trusted as the first, whose keys say nothing about the first one's receipts.
pub const OTHER_ISSUER: &str = "https://other-market.example";
/// The seller's application key: `iss` of pay requests, `aud` of notices.
pub const SELLER: &str = "pony-key";
/// The provider: `aud` of pay requests, `iss` of notices.
pub const PROVIDER: &str = "market.example";

/// What a corpus is made for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The moment at which good tokens are good.
    pub now: Time,
    /// The store: `iss` of receipts.
    pub issuer: Origin,
    /// The app: `product.url` of receipts.
    pub app: Origin,
    /// What the product costs, which certificates may limit. A receipt does not say it.
    pub price: Money,
    /// The longest token that the verifier should take, in bytes.
    pub limit_bytes: usize,
    /// What keys are made from.
    pub seed: u64,
}

/// All keys of a plan. The RSA keys are the stage's well-known ones; all others come from the seed.
#[derive(Clone, Debug)]
pub struct Trust {
    plan: Plan,
}

impl Trust {
    /// The keys of this plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self { plan: plan.clone() }
    }

    /// What the corpus is made for.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn seed(&self, label: &str) -> [u8; 32] {
        Sha256::digest(format!("paystage corpus {label} {}", self.plan.seed)).into()
    }

    /// The issuer's key for this algorithm; the seller's secret for HS256.
    ///
    /// # Errors
    /// [`KeyError`] when a library refuses the stage's own keys.
    pub fn key(&self, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
        match algorithm {
            Algorithm::Hs256 => SigningKey::hs256(SELLER, self.secret().as_bytes()),
            Algorithm::Rs256 => test_keys::store("store-rs256", algorithm),
            Algorithm::Rs512 => test_keys::next_store("store-rs512", algorithm),
            Algorithm::EdDsa | Algorithm::Ed25519 => Ok(SigningKey::ed25519("store-eddsa", &self.seed("store ed"))),
            Algorithm::Es256 => Ok(SigningKey::es256("store-es256", &self.seed("store es"))),
        }
    }

    /// A key that nobody trusts, under the name of the issuer's.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn forger(&self, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
        match algorithm {
            Algorithm::Hs256 => SigningKey::hs256(SELLER, &self.seed("forger hs")),
            Algorithm::Rs256 => test_keys::next_store("store-rs256", algorithm),
            Algorithm::Rs512 => test_keys::store("store-rs512", algorithm),
            Algorithm::EdDsa | Algorithm::Ed25519 => Ok(SigningKey::ed25519("store-eddsa", &self.seed("forger ed"))),
            Algorithm::Es256 => Ok(SigningKey::es256("store-es256", &self.seed("forger es"))),
        }
    }

    /// The root that certifies keys of this algorithm.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn root(&self, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
        if algorithm.is_rsa() {
            test_keys::root(ROOT, Algorithm::Rs256)
        } else {
            Ok(SigningKey::ed25519(format!("{ROOT}#ed"), &self.seed("root ed")))
        }
    }

    /// A store's key that no ring holds: only a certificate vouches for it.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn certified(&self, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
        match algorithm {
            Algorithm::Rs256 | Algorithm::Rs512 | Algorithm::Hs256 => {
                test_keys::store("certified-rs256", Algorithm::Rs256)
            }
            Algorithm::EdDsa | Algorithm::Ed25519 => {
                Ok(SigningKey::ed25519("certified-eddsa", &self.seed("certified ed")))
            }
            Algorithm::Es256 => Ok(SigningKey::es256("certified-es256", &self.seed("certified es"))),
        }
    }

    /// A key that a root may certify, and that certifies another.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn between(&self, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
        if algorithm.is_rsa() {
            test_keys::next_root("between-rs256", Algorithm::Rs256)
        } else {
            Ok(SigningKey::ed25519("between-eddsa", &self.seed("between ed")))
        }
    }

    /// The private numbers of the RSA key that signs such tokens; `None` for other algorithms.
    #[must_use]
    pub fn pss_key(&self, algorithm: Algorithm) -> Option<PssKey> {
        match algorithm {
            Algorithm::Rs256 => PssKey::of_pem(test_keys::STORE),
            Algorithm::Rs512 => PssKey::of_pem(test_keys::NEXT_STORE),
            Algorithm::EdDsa | Algorithm::Ed25519 | Algorithm::Es256 | Algorithm::Hs256 => None,
        }
    }

    /// The other store's key.
    #[must_use]
    pub fn other_issuer(&self) -> SigningKey {
        SigningKey::ed25519("other-store", &self.seed("other store"))
    }

    /// The secret that seller and provider share: 64 hexadecimal digits, used as text.
    #[must_use]
    pub fn secret(&self) -> String {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
        self.seed("seller hs").iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// The issuer's public keys.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn issuer_keys(&self) -> Result<JwkSet, KeyError> {
        let keys = TokenKind::Receipt.algorithms().iter().map(|algorithm| Ok(self.key(*algorithm)?.verifying_key()));
        let keys = keys.collect::<Result<Vec<_>, KeyError>>()?;
        Ok(JwkSet::new(&keys))
    }

    /// The other store's public keys.
    #[must_use]
    pub fn other_issuer_keys(&self) -> JwkSet {
        JwkSet::new([&self.other_issuer().verifying_key()])
    }

    /// The roots, as a root key document.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn root_document(&self) -> Result<String, SignError> {
        let roots = [self.root(Algorithm::Rs256)?, self.root(Algorithm::EdDsa)?];
        let keys: Vec<String> =
            roots.iter().filter_map(|root| Jwk::certified(&root.verifying_key())).map(|jwk| jwk.json()).collect();
        Ok(format!("{{\"jwk\":[{}]}}", keys.join(",")))
    }

    /// The ring of an app that knows both stores and the roots.
    ///
    /// # Errors
    /// As [`Trust::key`].
    pub fn ring(&self) -> Result<KeyRing, KeyError> {
        let mut ring = KeyRing::new();
        let issuer = &self.plan.issuer;
        for algorithm in TokenKind::Receipt.algorithms() {
            // A fresh ring takes keys of different names without a word.
            let _ = ring.insert(issuer.clone(), self.key(*algorithm)?.verifying_key());
        }
        let _ = ring.insert(Origin::well_known(OTHER_ISSUER), self.other_issuer().verifying_key());
        for algorithm in TokenKind::Certified.algorithms() {
            ring.pin(Some(ROOT.to_owned()), self.root(*algorithm)?.verifying_key());
        }
        Ok(ring)
    }
}
