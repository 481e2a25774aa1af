//! The key ring: which keys belong to which issuer, obtained beforehand; nothing a token says adds to it.

use std::collections::BTreeMap;

use crate::protocol::id::{Kid, Origin};
use crate::protocol::time::Time;
use crate::protocol::verifying_key::VerifyingKey;

/// Keys by issuer, and the anchors that certificates are traced back to.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    issuers: BTreeMap<Origin, Vec<RingKey>>,
    anchors: Vec<Anchor>,
}

/// One key of an issuer.
#[derive(Clone, Debug)]
pub struct RingKey {
    /// The key.
    pub key: VerifyingKey,
    /// From when on nothing new was signed with it. It still verifies what was issued before.
    pub retired: Option<Time>,
}

/// A key that is trusted to vouch for others: a certificate root, or a certificate's own key pinned here.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// The certificate's `iss` that this root answers for; `None` for a key pinned without saying so.
    pub issuer: Option<String>,
    /// The key.
    pub key: VerifyingKey,
}

/// Why no key was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// The issuer has no key here.
    #[error("no key of this issuer is known; get its keys beforehand from the issuer itself: {0}")]
    UnknownIssuer(Origin),
    /// The issuer has keys, none of that name.
    #[error("{issuer} has no key of that name; fetch its keys again if it changed them: {kid:?}")]
    UnknownKid {
        /// Whose keys were looked through.
        issuer: Origin,
        /// The name asked for.
        kid: Kid,
    },
    /// The token names no key and there are several to choose from.
    #[error("the token names no key (kid), and {issuer} has more than one: {keys} keys")]
    Ambiguous {
        /// Whose keys.
        issuer: Origin,
        /// How many.
        keys: usize,
    },
    /// The key was retired before the token was issued, or the token does not say when it was.
    #[error("the key was retired at {retired} and verifies only what was issued before: {kid:?}")]
    Retired {
        /// The key's name.
        kid: Option<Kid>,
        /// When it was retired.
        retired: Time,
    },
    /// A second key of the same name.
    #[error("{issuer} has a key of that name already: {kid:?}")]
    Duplicate {
        /// Whose keys.
        issuer: Origin,
        /// The name.
        kid: Option<Kid>,
    },
}

impl KeyRing {
    /// A ring without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self { issuers: BTreeMap::new(), anchors: Vec::new() }
    }

    /// Adds a key of `issuer`. The very same key again changes nothing.
    ///
    /// # Errors
    /// [`RingError::Duplicate`] when another key has that name (or neither has one).
    pub fn insert(&mut self, issuer: Origin, key: VerifyingKey) -> Result<(), RingError> {
        let keys = self.issuers.entry(issuer.clone()).or_default();
        match keys.iter().find(|known| known.key.kid() == key.kid()) {
            Some(known) if known.key.is_same_key(&key) => Ok(()),
            Some(_) => Err(RingError::Duplicate { issuer, kid: key.kid().cloned() }),
            None => {
                keys.push(RingKey { key, retired: None });
                Ok(())
            }
        }
    }

    /// Marks a key as retired at `at`; an earlier retirement stands. Whether there is such a key.
    pub fn retire(&mut self, issuer: &Origin, kid: &Kid, at: Time) -> bool {
        let keys = self.issuers.get_mut(issuer).into_iter().flatten();
        let mut named = keys.filter(|known| known.key.kid() == Some(kid));
        named.next().map(|known| known.retired = Some(known.retired.map_or(at, |earlier| earlier.min(at)))).is_some()
    }

    /// Forgets an issuer and returns its keys.
    pub fn remove(&mut self, issuer: &Origin) -> Vec<RingKey> {
        self.issuers.remove(issuer).unwrap_or_default()
    }

    /// The issuers, in order.
    pub fn issuers(&self) -> impl Iterator<Item = &Origin> {
        self.issuers.keys()
    }

    /// All keys of an issuer, oldest first; empty for a stranger.
    #[must_use]
    pub fn for_issuer(&self, issuer: &Origin) -> &[RingKey] {
        self.issuers.get(issuer).map_or(&[], Vec::as_slice)
    }

    /// The one key that may check a token of `issuer` that names `kid` and was issued at `iat`.
    ///
    /// A token without a `kid` matches the issuer's only key; a token with one never matches a key of another name. A key
    /// without a name (from a PEM file) matches any, while it is the issuer's only one.
    ///
    /// # Errors
    /// [`RingError`]: stranger, unknown name, several to choose from, or retired by then.
    pub fn lookup(&self, issuer: &Origin, kid: Option<&Kid>, iat: Option<Time>) -> Result<&VerifyingKey, RingError> {
        let keys = self.for_issuer(issuer);
        let found = match (keys, kid) {
            ([], _) => return Err(RingError::UnknownIssuer(issuer.clone())),
            ([only], None) => only,
            ([only], Some(_)) if only.key.kid().is_none() => only,
            (several, None) => return Err(RingError::Ambiguous { issuer: issuer.clone(), keys: several.len() }),
            (several, Some(kid)) => several
                .iter()
                .find(|known| known.key.kid() == Some(kid))
                .ok_or_else(|| RingError::UnknownKid { issuer: issuer.clone(), kid: kid.clone() })?,
        };
        match found.retired {
            Some(retired) if iat.is_none_or(|iat| iat >= retired) => {
                Err(RingError::Retired { kid: found.key.kid().cloned(), retired })
            }
            _ => Ok(&found.key),
        }
    }

    /// Trusts `key` to vouch for certificates whose `iss` is `issuer`, or as itself when it stands inside a certificate.
    pub fn pin(&mut self, issuer: Option<String>, key: VerifyingKey) {
        self.anchors.push(Anchor { issuer, key });
    }

    /// The anchors, in the order in which they were pinned.
    #[must_use]
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }
}
