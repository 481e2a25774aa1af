//! The store's keys: what receipts are signed with, what was retired, and what is published.

use std::sync::Arc;

use crate::protocol::algorithm::Algorithm;
use crate::protocol::chain::{Certificate, Terms, join};
use crate::protocol::dial::SigningMode;
use crate::protocol::id::{Kid, Origin};
use crate::protocol::jwk::{JwkSet, RootDocument};
use crate::protocol::jwt::{HeaderExtras, sign};
use crate::protocol::key_error::KeyError;
use crate::protocol::receipt::Receipt;
use crate::protocol::ring::KeyRing;
use crate::protocol::signing_key::SigningKey;
use crate::protocol::test_keys;
use crate::protocol::time::{Span, Time};
use crate::protocol::verifying_key::VerifyingKey;
use crate::world::chance::Chance;

/// How long a receipt certificate lives, in days: a year more than the receipts below it.
const CERTIFICATE_DAYS: i64 = 730;
/// The highest price that a certified key may sign for, in whole units of currency.
const PRICE_LIMIT: u64 = 100;

/// A public key of the store and its time in office.
#[derive(Clone, Debug)]
pub struct StoreKey {
    /// The public half.
    pub key: VerifyingKey,
    /// Its name.
    pub kid: Kid,
    /// Since when it signs.
    pub since: Time,
    /// When another took over.
    pub retired: Option<Time>,
}

/// The signing keys of a store: one in office, the earlier ones retired.
#[derive(Clone, Debug)]
pub(crate) struct StoreKeys {
    issuer: Origin,
    mode: SigningMode,
    chance: Chance,
    root: SigningKey,
    signer: Signer,
    /// The keys and roots that were in office before.
    retired: Vec<SigningKey>,
    /// Whether whatever is certified now ran out a minute ago.
    is_expired: bool,
    public: Vec<StoreKey>,
    /// What the store verifies its own receipts with. Made anew when a key is, not for each question.
    ring: Arc<KeyRing>,
}

/// The key in office with its certificate, where the mode has one.
#[derive(Clone, Debug)]
struct Signer {
    key: SigningKey,
    certificate: Option<String>,
}

impl StoreKeys {
    pub(crate) fn new(issuer: Origin, mode: SigningMode, mut chance: Chance, now: Time) -> Self {
        let root = root_key(mode, test_keys::root, &mut chance);
        let signer = Signer::new(&issuer, (mode, &root), &mut chance, 1, now);
        let public = vec![StoreKey::of(&signer, now)];
        let ring = Arc::new(ring(&issuer, &root, &signer, &public));
        Self { issuer, mode, chance, root, signer, retired: Vec::new(), is_expired: false, public, ring }
    }

    /// The keys, the one in office last.
    pub(crate) fn public(&self) -> &[StoreKey] {
        &self.public
    }

    /// The key in office.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.signer.key
    }

    /// The key that certifies the one in office, where that is how the store signs.
    pub(crate) fn root_key(&self) -> &SigningKey {
        &self.root
    }

    /// Every key that ever signed a receipt or a certificate.
    pub(crate) fn private(&self) -> impl Iterator<Item = &SigningKey> {
        [&self.signer.key, &self.root].into_iter().chain(&self.retired)
    }

    /// The issuer publishes another root at the same address: the key in office is certified anew, and nothing that the old
    /// root vouched for is believed any more. False where there is no certificate.
    pub(crate) fn rotate_root(&mut self, now: Time) -> bool {
        if self.signer.certificate.is_none() {
            return false;
        }
        let next = root_key(self.mode, test_keys::next_root, &mut self.chance);
        self.retired.push(std::mem::replace(&mut self.root, next));
        self.ring = Arc::new(ring(&self.issuer, &self.root, &self.signer, &self.public));
        self.certify(now, self.is_expired)
    }

    /// Puts a new key into office. Gives back the names of the old and the new one.
    pub(crate) fn rotate(&mut self, now: Time) -> (Kid, Kid) {
        let number = self.public.len() + 1;
        let old = self.signer.key.kid().clone();
        if let Some(last) = self.public.last_mut() {
            last.retired = Some(now);
        }
        let from = certified_from(now, self.is_expired);
        let next = Signer::new(&self.issuer, (self.mode, &self.root), &mut self.chance, number, from);
        self.retired.push(std::mem::replace(&mut self.signer, next).key);
        self.public.push(StoreKey::of(&self.signer, now));
        self.ring = Arc::new(ring(&self.issuer, &self.root, &self.signer, &self.public));
        (old, self.signer.key.kid().clone())
    }

    /// Certifies the key in office anew, and every later one: so that it ran out a minute ago, or from then on. False where there
    /// is no certificate.
    pub(crate) fn certify(&mut self, now: Time, is_expired: bool) -> bool {
        if self.signer.certificate.is_none() {
            return false;
        }
        self.is_expired = is_expired;
        let from = certified_from(now, is_expired);
        self.signer.certificate = certificate(&self.issuer, &self.root, &self.signer.key, from);
        true
    }

    /// Signs a receipt: bare, or behind the certificate. Never fails: a key that loaded signs.
    pub(crate) fn sign(&self, receipt: &Receipt) -> String {
        let extras = HeaderExtras { kid: self.signer.certificate.is_none(), ..HeaderExtras::default() };
        let token = sign(receipt, &self.signer.key, extras).unwrap_or_default();
        match &self.signer.certificate {
            None => token,
            Some(certificate) => join(std::slice::from_ref(certificate), &token),
        }
    }

    /// What the store publishes: a JWK set of its receipt keys, or the document of the root that certifies them.
    pub(crate) fn published(&self) -> String {
        if self.signer.certificate.is_none() {
            return JwkSet::new(self.public.iter().map(|known| &known.key)).json();
        }
        let document = RootDocument::new(&root_url(&self.issuer), &self.root.verifying_key());
        document.map(|document| document.json()).unwrap_or_default()
    }

    /// The ring of the store itself, which knows when each key was retired.
    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }
}

/// Trust in the root where the key in office is certified, else in every key that ever was in office.
fn ring(issuer: &Origin, root: &SigningKey, signer: &Signer, public: &[StoreKey]) -> KeyRing {
    let mut ring = KeyRing::new();
    if signer.certificate.is_some() {
        ring.pin(Some(root_url(issuer)), root.verifying_key());
        return ring;
    }
    for known in public {
        if ring.insert(issuer.clone(), known.key.clone()).is_ok()
            && let Some(retired) = known.retired
        {
            ring.retire(issuer, &known.kid, retired);
        }
    }
    ring
}

impl Signer {
    fn new(
        issuer: &Origin,
        (mode, root): (SigningMode, &SigningKey),
        chance: &mut Chance,
        number: usize,
        from: Time,
    ) -> Self {
        let key = signing_key(mode, chance, number);
        let certificate = match mode {
            SigningMode::EdDsaBare | SigningMode::Es256 | SigningMode::Rs512 => None,
            SigningMode::EdDsaCertified | SigningMode::Rs256Certified => certificate(issuer, root, &key, from),
        };
        Self { key, certificate }
    }
}

impl StoreKey {
    fn of(signer: &Signer, since: Time) -> Self {
        Self { key: signer.key.verifying_key(), kid: signer.key.kid().clone(), since, retired: None }
    }
}

/// From when on a certificate holds that is made now.
fn certified_from(now: Time, is_expired: bool) -> Time {
    if is_expired { now - Span::from_days(CERTIFICATE_DAYS) - Span::from_seconds(60) } else { now }
}

/// A certificate over this key that begins to hold at that time.
fn certificate(issuer: &Origin, root: &SigningKey, key: &SigningKey, from: Time) -> Option<String> {
    let life = Span::from_days(CERTIFICATE_DAYS);
    let terms = Terms { issuer: &root_url(issuer), price_limit: Some(PRICE_LIMIT), from, life };
    // A public key can always be certified, and a key that loaded signs.
    Certificate::new(&key.verifying_key(), terms).and_then(|certificate| certificate.sign(root).ok())
}

/// Where the store's root key document lies.
pub(crate) fn root_url(issuer: &Origin) -> String {
    format!("{issuer}/public_keys/root.jwk")
}

/// A root key. As of [`signing_key`], the RSA one is fixed.
fn root_key(
    mode: SigningMode,
    rsa: fn(&'static str, Algorithm) -> Result<SigningKey, KeyError>,
    chance: &mut Chance,
) -> SigningKey {
    let seed = chance.bytes();
    match mode {
        SigningMode::Rs256Certified => rsa("root", Algorithm::Rs256),
        SigningMode::EdDsaBare | SigningMode::EdDsaCertified | SigningMode::Es256 | SigningMode::Rs512 => {
            Ok(SigningKey::ed25519("root", &seed))
        }
    }
    .unwrap_or_else(|_| SigningKey::ed25519("root", &seed))
}

/// The store's key of this number. RSA keys are fixed ones: making them from a seed is slow and may change with the library.
fn signing_key(mode: SigningMode, chance: &mut Chance, number: usize) -> SigningKey {
    let (seed, kid) = (chance.bytes(), format!("mkt-{number}"));
    let rsa = |algorithm| {
        let fixed = if number % 2 == 1 { test_keys::store } else { test_keys::next_store };
        fixed(kid.as_str(), algorithm)
    };
    match mode {
        SigningMode::EdDsaBare | SigningMode::EdDsaCertified => Ok(SigningKey::ed25519(kid.as_str(), &seed)),
        SigningMode::Es256 => Ok(SigningKey::es256(kid.as_str(), &seed)),
        SigningMode::Rs256Certified => rsa(Algorithm::Rs256),
        SigningMode::Rs512 => rsa(Algorithm::Rs512),
    }
    .unwrap_or_else(|_| SigningKey::ed25519(kid.as_str(), &seed))
}
