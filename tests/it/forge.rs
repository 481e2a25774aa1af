//! The forge: receipts made claim by claim, so that a test can spoil exactly one thing.

use paystage::protocol::chain::{Certificate, Terms, join};
use paystage::protocol::id::Origin;
use paystage::protocol::jwt::{HeaderExtras, sign};
use paystage::protocol::ring::KeyRing;
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verdict::ladder::Verdict;
use paystage::protocol::verdict::question::Question;
use serde_json::{Value, json};

pub(crate) const APP: &str = "https://pony.example";
pub(crate) const ISSUER: &str = "https://store.example";
pub(crate) const ROOT: &str = "https://root.example/root.jwk";
pub(crate) const VERIFY: &str = "https://store.example/verify/";

/// The moment at which every test takes place unless it says otherwise.
pub(crate) fn now() -> Time {
    Time::from_seconds(1_400_000_200)
}

/// The store's key, its root's key, and the ring of an app that knows both.
pub(crate) struct Forge {
    pub(crate) key: SigningKey,
    pub(crate) root: SigningKey,
    pub(crate) ring: KeyRing,
    pub(crate) app: Origin,
}

impl Forge {
    pub(crate) fn new() -> Self {
        let key = SigningKey::ed25519("store-1", &[7; 32]);
        let root = SigningKey::ed25519("root-1", &[9; 32]);
        let mut ring = KeyRing::new();
        ring.insert(Origin::parse(ISSUER).unwrap(), key.verifying_key()).unwrap();
        ring.pin(Some(ROOT.to_owned()), root.verifying_key());
        Self { key, root, ring, app: Origin::parse(APP).unwrap() }
    }

    /// A bare receipt of the store.
    pub(crate) fn bare(&self, claims: &Value) -> String {
        sign(claims, &self.key, HeaderExtras { kid: true, ..HeaderExtras::default() }).unwrap()
    }

    /// The same behind one certificate that outlives it.
    pub(crate) fn certified(&self, claims: &Value) -> String {
        join(&[self.certificate(Span::from_days(400))], &self.bare(claims))
    }

    /// A certificate of the store's key, a day old.
    pub(crate) fn certificate(&self, life: Span) -> String {
        let terms = Terms { issuer: ROOT, price_limit: Some(100), from: now() - Span::from_days(1), life };
        Certificate::new(&self.key.verifying_key(), terms).unwrap().sign(&self.root).unwrap()
    }

    /// The question that every test asks, before it changes something about it.
    pub(crate) fn question<'a>(&'a self, receipt: &'a str, revision: Revision) -> Question<'a> {
        Question::new(receipt, &self.ring, &self.app, now(), Rules::of(revision))
    }
}

/// A receipt for a product within the app, as the store issues it.
pub(crate) fn claims() -> Value {
    json!({
        "typ": "purchase-receipt",
        "product": { "url": APP, "storedata": "id=7&contrib=42&inapp_id=pony" },
        "user": { "type": "directed-identifier", "value": "4fb35151-2b9b-4ba2-8283-c49d381640bd" },
        "iss": ISSUER,
        "nbf": 1_400_000_100,
        "iat": 1_400_000_100,
        "exp": 1_415_724_900,
        "detail": "https://store.example/receipts/42",
        "verify": VERIFY,
        "reissue": "https://store.example/reissue/",
    })
}

/// The same claims with one value changed; the path is dotted.
pub(crate) fn with(path: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    set(&mut claims, path, value.into());
    claims
}

/// The same claims without one; the path is dotted.
pub(crate) fn without(path: &str) -> Value {
    let mut claims = claims();
    drop_claim(&mut claims, path);
    claims
}

pub(crate) fn set(claims: &mut Value, path: &str, value: Value) {
    let mut place = claims;
    for name in path.split('.') {
        place = &mut place[name];
    }
    *place = value;
}

pub(crate) fn drop_claim(claims: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let parent = if parent.is_empty() { claims } else { &mut claims[parent] };
    parent.as_object_mut().unwrap().remove(name).unwrap();
}

/// A token with a signature of 64 nought bytes that nobody made.
pub(crate) fn unsigned(claims: &Value) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","typ":"JWT"}"#);
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), URL_SAFE_NO_PAD.encode([0; 64]))
}

/// What holds for every verdict: words are short, and a refusal says what to do.
#[track_caller]
pub(crate) fn speaks_plainly(verdict: &Verdict) {
    let is_short = |text: &str| (1..=20).contains(&text.split_whitespace().count()) && !text.ends_with('.');
    assert!(is_short(verdict.headline()), "{}", verdict.headline());
    for rung in verdict.rungs() {
        assert!(is_short(rung.sentence()), "{}", rung.sentence());
        assert!(rung.fix().is_none_or(is_short), "{:?}", rung.fix());
    }
    for remark in verdict.remarks() {
        assert!(is_short(remark.sentence()), "{remark}");
    }
    assert!(
        verdict.failed().is_none() || verdict.fix().is_some(),
        "a refusal without a remedy: {}",
        verdict.headline()
    );
    assert_eq!(verdict.is_accepted(), verdict.failed().is_none() && !verdict.is_waiting_for_store());
}
