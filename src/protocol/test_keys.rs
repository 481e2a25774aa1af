//! The simulator's well-known RSA keys. Public, private halves and all: they prove nothing outside the stage.

use crate::protocol::algorithm::Algorithm;
use crate::protocol::id::Kid;
use crate::protocol::key_error::KeyError;
use crate::protocol::signing_key::SigningKey;

/// The store's RSA key in PEM.
pub const STORE: &str = include_str!("../../assets/keys/store-rs256.pem");
/// The PEM of the RSA key that takes over when the store rotates.
pub const NEXT_STORE: &str = include_str!("../../assets/keys/store-next-rs256.pem");
const ROOT: &str = include_str!("../../assets/keys/root-rs256.pem");
const NEXT_ROOT: &str = include_str!("../../assets/keys/root-next-rs256.pem");

/// The store's RSA key, for [`Algorithm::Rs256`] or [`Algorithm::Rs512`].
///
/// # Errors
/// [`KeyError::Algorithm`] for any other algorithm.
pub fn store(kid: impl Into<Kid>, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    SigningKey::rsa_pem(kid, algorithm, STORE)
}

/// The RSA key that takes over when the store rotates.
///
/// # Errors
/// [`KeyError::Algorithm`] for any other algorithm.
pub fn next_store(kid: impl Into<Kid>, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    SigningKey::rsa_pem(kid, algorithm, NEXT_STORE)
}

/// The root's RSA key, which certifies the store's.
///
/// # Errors
/// [`KeyError::Algorithm`] for an algorithm that is not RSA's.
pub fn root(kid: impl Into<Kid>, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    SigningKey::rsa_pem(kid, algorithm, ROOT)
}

/// The RSA key that is published in the root's place when it is exchanged.
///
/// # Errors
/// [`KeyError::Algorithm`] for an algorithm that is not RSA's.
pub fn next_root(kid: impl Into<Kid>, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    SigningKey::rsa_pem(kid, algorithm, NEXT_ROOT)
}
