//! Promise: a chain of certificates is believed only as far as its rules hold, and each rule broken is named.

use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::chain::{self, Certificate, Chain, ChainError, Entry, MAX_CERTIFICATES, Terms};
use paystage::protocol::chain_as_built::{AsBuilt, part_read, verify_as_built};
use paystage::protocol::chain_rules::{AnchorUse, Breach, Rule, Rules, Validity, verify_designed};
use paystage::protocol::id::Origin;
use paystage::protocol::jwt::{self, HeaderExtras, JwtError, Position};
use paystage::protocol::money::Money;
use paystage::protocol::ring::KeyRing;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::test_keys;
use paystage::protocol::time::{Span, Time};

const ROOT_URL: &str = "https://root.example/root.jwk";
const STORE: &str = "https://market.example";
const DAY: i64 = 86_400;

fn now() -> Time {
    Time::from_seconds(1_400_000_000)
}

fn after(days: i64) -> Time {
    now() + Span::from_days(days)
}

fn root() -> SigningKey {
    test_keys::root(ROOT_URL, Algorithm::Rs256).unwrap()
}

fn store() -> SigningKey {
    test_keys::store("store-1", Algorithm::Rs256).unwrap()
}

fn ring() -> KeyRing {
    let mut ring = KeyRing::new();
    ring.pin(Some(ROOT_URL.to_owned()), root().verifying_key());
    ring
}

fn terms() -> Terms<'static> {
    Terms { issuer: ROOT_URL, price_limit: Some(100), from: now(), life: Certificate::LIFE }
}

fn certificate(subject: &SigningKey, terms: Terms<'_>, signer: &SigningKey) -> String {
    Certificate::new(&subject.verifying_key(), terms).unwrap().sign(signer).unwrap()
}

fn receipt(signer: &SigningKey, life: Span) -> String {
    let (iat, exp) = (now().seconds(), (now() + life).seconds());
    let claims = format!(r#"{{"typ":"purchase-receipt","iss":"{STORE}","iat":{iat},"exp":{exp}}}"#);
    jwt::sign_json(&claims, signer, HeaderExtras::default()).unwrap()
}

fn issued(signer: &SigningKey, terms: Terms<'_>, life: Span) -> Chain {
    let text = chain::join(&[certificate(signer, terms, &root())], &receipt(signer, life));
    Chain::split(&text).unwrap()
}

fn good() -> Chain {
    issued(&store(), terms(), Span::from_days(7))
}

fn judge(chain: &Chain, ring: &KeyRing, at: Time, rules: Rules) -> Result<AnchorUse, Breach> {
    verify_designed(chain, ring, at, Some(Money::usd(99)), rules).map(|verified| {
        assert_eq!(verified.receipt.jwt(), chain.receipt());
        verified.anchor
    })
}

#[track_caller]
fn breach(outcome: Result<AnchorUse, Breach>) -> (Rule, Entry) {
    assert_eq!(judge(&good(), &ring(), now(), Rules::DESIGNED), Ok(AnchorUse::Root), "the twin passes");
    let breach = outcome.unwrap_err();
    assert!(!breach.evidence.is_empty() && breach.to_string().len() > 30);
    (breach.rule, breach.entry)
}

#[test]
fn chains_signed_by_rsa_and_by_ed25519_keys_are_believed() {
    for signer in [store(), SigningKey::ed25519("ed", &[3; 32]), SigningKey::es256("ec", &[3; 32])] {
        let chain = issued(&signer, terms(), Span::from_days(7));
        let verified = verify_designed(&chain, &ring(), now(), None, Rules::DESIGNED).unwrap();
        assert!(verified.signer.is_same_key(&signer.verifying_key()));
        assert_eq!(verified.anchor, AnchorUse::Root);
    }
}

#[test]
fn a_certificate_is_written_as_the_signers_of_2013_wrote_it() {
    let chain = good();
    let header = chain.certificates()[0].unverified_header();
    assert_eq!(header.json(), format!(r#"{{"alg":"RS256","typ":"JWT","jku":"{ROOT_URL}"}}"#));
    let claims = chain.certificates()[0].unverified_claims_json();
    assert!(claims.starts_with(&format!(r#"{{"iss":"{ROOT_URL}","price_limit":100,"jwk":[{{"alg":"RSA""#)), "{claims}");
    assert!(claims.contains(r#""mod":"AL"#) && claims.contains(r#""exp":"AQAB"}],"exp":1401209600,"#), "{claims}");
    assert!(claims.ends_with(r#""typ":"certified-key","nbf":1400000000}"#));
}

#[test]
fn rule_one_each_is_signed_by_the_key_before_it() {
    let stranger = SigningKey::ed25519("store-1", &[5; 32]);
    let forged = chain::join(&[certificate(&store(), terms(), &root())], &receipt(&stranger, Span::from_days(7)));
    let forged = Chain::split(&forged).unwrap();
    assert_eq!(breach(judge(&forged, &ring(), now(), Rules::DESIGNED)), (Rule::SignedByParent, Entry::Receipt));
    let self_made = chain::join(&[certificate(&stranger, terms(), &stranger)], &receipt(&stranger, Span::from_days(7)));
    let self_made = Chain::split(&self_made).unwrap();
    assert_eq!(
        breach(judge(&self_made, &ring(), now(), Rules::DESIGNED)),
        (Rule::SignedByParent, Entry::Certificate(1))
    );
    let elsewhere = issued(&store(), Terms { issuer: "https://evil.example/root.jwk", ..terms() }, Span::from_days(7));
    assert_eq!(
        breach(judge(&elsewhere, &ring(), now(), Rules::DESIGNED)),
        (Rule::SignedByParent, Entry::Certificate(1))
    );
    assert_eq!(breach(judge(&good(), &KeyRing::new(), now(), Rules::DESIGNED)).0, Rule::SignedByParent);
}

#[test]
fn rule_two_no_certificate_is_expired() {
    let at = |moment| judge(&good(), &ring(), moment, Rules::DESIGNED);
    assert!(at(after(14) - Span::from_seconds(1)).is_ok());
    assert_eq!(breach(at(after(14))), (Rule::NotExpired, Entry::Certificate(1)));
    assert_eq!(breach(at(now() - Span::from_seconds(1))), (Rule::NotExpired, Entry::Certificate(1)));
    let rules = Rules { validity: Validity::Ignored, ..Rules::DESIGNED };
    assert!(judge(&good(), &ring(), after(900), rules).is_ok());
}

#[test]
fn rule_three_nothing_outlives_the_certificate_before_it() {
    let life = |life| judge(&issued(&store(), terms(), life), &ring(), now(), Rules::DESIGNED);
    assert!(life(Span::from_days(14)).is_ok());
    assert_eq!(breach(life(Span::from_seconds(14 * DAY + 1))), (Rule::WithinParentsLife, Entry::Receipt));
    let endless =
        jwt::sign_json(&format!(r#"{{"iss":"{STORE}","iat":1400000000}}"#), &store(), HeaderExtras::default());
    let endless = chain::join(&[certificate(&store(), terms(), &root())], &endless.unwrap());
    let endless = Chain::split(&endless).unwrap();
    assert_eq!(breach(judge(&endless, &ring(), now(), Rules::DESIGNED)), (Rule::WithinParentsLife, Entry::Receipt));
}

#[test]
fn rule_four_the_price_is_within_the_limit() {
    let (chain, ring) = (good(), ring());
    let priced = |price| verify_designed(&chain, &ring, now(), price, Rules::DESIGNED).map(|verified| verified.anchor);
    assert!(priced(Some(Money::usd(10_000))).is_ok() && priced(None).is_ok());
    assert_eq!(breach(priced(Some(Money::usd(10_001)))), (Rule::WithinPriceLimit, Entry::Certificate(1)));
    let unlimited = issued(&store(), Terms { price_limit: None, ..terms() }, Span::from_days(7));
    assert!(verify_designed(&unlimited, &ring, now(), Some(Money::usd(u64::MAX)), Rules::DESIGNED).is_ok());
}

#[test]
fn a_receipt_may_outlive_a_certificate_that_was_valid_when_it_was_issued() {
    let long = issued(&store(), terms(), Span::from_days(182));
    assert!(judge(&long, &ring(), after(90), Rules::AT_ISSUE).is_ok());
    let late = issued(&store(), Terms { from: after(-15), ..terms() }, Span::from_days(182));
    assert_eq!(breach(judge(&late, &ring(), after(90), Rules::AT_ISSUE)), (Rule::NotExpired, Entry::Certificate(1)));
}

#[test]
fn a_certificates_own_key_can_be_pinned_and_vouches_without_a_root() {
    let mut pinned = KeyRing::new();
    pinned.pin(None, store().verifying_key());
    assert_eq!(judge(&good(), &pinned, now(), Rules::DESIGNED), Ok(AnchorUse::PinnedCertificate(1)));
    let mut other = KeyRing::new();
    other.pin(None, root().verifying_key());
    assert_eq!(breach(judge(&good(), &other, now(), Rules::DESIGNED)), (Rule::SignedByParent, Entry::Certificate(1)));
}

#[test]
fn two_certificates_are_followed_one_by_one() {
    let middle = SigningKey::ed25519("middle", &[8; 32]);
    let linked = |second_signer: &SigningKey, life| {
        let first = certificate(&middle, terms(), &root());
        let second = certificate(&store(), Terms { life, issuer: "https://middle.example", ..terms() }, second_signer);
        Chain::split(&chain::join(&[first, second], &receipt(&store(), Span::from_days(1)))).unwrap()
    };
    let week = Span::from_days(7);
    assert_eq!(judge(&linked(&middle, week), &ring(), now(), Rules::DESIGNED), Ok(AnchorUse::Root));
    let skipped = judge(&linked(&root(), week), &ring(), now(), Rules::DESIGNED);
    assert_eq!(breach(skipped), (Rule::SignedByParent, Entry::Certificate(2)));
    let longer = judge(&linked(&middle, Span::from_days(15)), &ring(), now(), Rules::DESIGNED);
    assert_eq!(breach(longer), (Rule::WithinParentsLife, Entry::Certificate(2)));
    assert_eq!(
        part_read(&linked(&middle, week)),
        &linked(&middle, week).certificates()[1],
        "the store read the second part"
    );
    assert_eq!(part_read(&good()), good().receipt());
}

#[test]
fn a_bare_receipt_is_checked_with_its_issuers_own_key() {
    let signer = SigningKey::ed25519("market-1", &[4; 32]);
    let bare = Chain::split(&receipt(&signer, Span::from_days(182))).unwrap();
    let mut ring = KeyRing::new();
    assert_eq!(breach(judge(&bare, &ring, now(), Rules::DESIGNED)), (Rule::SignedByParent, Entry::Receipt));
    ring.insert(Origin::parse(STORE).unwrap(), signer.verifying_key()).unwrap();
    assert_eq!(judge(&bare, &ring, now(), Rules::DESIGNED), Ok(AnchorUse::IssuerKey));
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let claims = format!(
        r#"{{"iss":"{ROOT_URL}","price_limit":1,"jwk":[],"exp":1400000009,"iat":1,"typ":"purchase-receipt","nbf":1}}"#
    );
    for claims in [claims.clone(), claims.replace("1400000009", "\"soon\""), "{}".to_owned()] {
        let token = jwt::sign_json(&claims, &root(), HeaderExtras::default()).unwrap();
        let chain = Chain::split(&chain::join(&[token], &receipt(&store(), Span::from_days(1)))).unwrap();
        assert_eq!(breach(judge(&chain, &ring(), now(), Rules::DESIGNED)), (Rule::Readable, Entry::Certificate(1)));
    }
    let empty = claims.replace("purchase-receipt", "certified-key");
    let token = jwt::sign_json(&empty, &root(), HeaderExtras::default()).unwrap();
    let chain = Chain::split(&chain::join(&[token], &receipt(&store(), Span::from_days(1)))).unwrap();
    assert_eq!(breach(judge(&chain, &ring(), now(), Rules::DESIGNED)), (Rule::SignedByParent, Entry::Certificate(1)));
}

#[test]
fn splitting_names_the_token_that_is_malformed() {
    let text = good().text().to_owned();
    assert_eq!(Chain::split(&text).unwrap().certificates().len(), 1);
    let second = text.find('~').unwrap() + 1;
    let error = Chain::split(&format!("{text}=")).unwrap_err();
    assert_eq!(error.position(), Position::Token { offset: text.len() });
    assert!(matches!(error, ChainError::Token { entry: Entry::Receipt, start, .. } if start == second));
    let lone = Chain::split(&format!("~{text}")).unwrap_err();
    assert!(matches!(lone, ChainError::Token { entry: Entry::Certificate(1), error: JwtError::Parts { .. }, .. }));
    assert!(matches!(Chain::split(&format!("{text}~")), Err(ChainError::Token { entry: Entry::Receipt, .. })));
    let many = "~".repeat(MAX_CERTIFICATES + 1);
    assert_eq!(Chain::split(&many), Err(ChainError::TooMany { found: MAX_CERTIFICATES + 1 }));
    assert!(matches!(Chain::split(&"x".repeat(1 << 20)), Err(ChainError::TooLong { .. })));
}

#[test]
fn the_store_as_built_stops_at_an_expired_receipt_before_any_signature() {
    let hosts = ["root.example"];
    let judge = |chain: &Chain, at| verify_as_built(chain, &ring(), at, &hosts);
    assert_eq!(judge(&good(), now()), AsBuilt::Accepted);
    let stranger = SigningKey::ed25519("x", &[5; 32]);
    let forged = chain::join(&[certificate(&store(), terms(), &root())], &receipt(&stranger, Span::from_days(7)));
    let forged = Chain::split(&forged).unwrap();
    assert_eq!(judge(&forged, now()), AsBuilt::BadSignature { entry: Entry::Receipt });
    assert_eq!(judge(&forged, after(8)), AsBuilt::Expired, "the hole: a forgery is told expired, not forged");
    // Exactly at `exp` it still passed; one second later it did not.
    assert_eq!(judge(&good(), after(7)), AsBuilt::Accepted);
    assert_eq!(judge(&good(), after(7) + Span::from_seconds(1)), AsBuilt::Expired);
}

#[test]
fn the_store_as_built_never_asked_for_rules_three_and_four() {
    let long = issued(&store(), Terms { price_limit: Some(0), ..terms() }, Span::from_days(182));
    assert_eq!(verify_as_built(&long, &ring(), now(), &["root.example"]), AsBuilt::Accepted);
    assert_eq!(breach(judge(&long, &ring(), now(), Rules::DESIGNED)), (Rule::WithinParentsLife, Entry::Receipt));
}

#[test]
fn the_store_as_built_checked_issuer_then_expiry_then_signature() {
    let hosts = ["root.example"];
    let long = issued(&store(), terms(), Span::from_days(182));
    assert_eq!(verify_as_built(&long, &ring(), after(15), &hosts), AsBuilt::CertificateExpired);
    assert_eq!(
        verify_as_built(&long, &ring(), after(15), &["other.example"]),
        AsBuilt::IssuerNotAllowed { host: "root.example".into() }
    );
    let self_made = chain::join(&[certificate(&store(), terms(), &store())], &receipt(&store(), Span::from_days(7)));
    let self_made = Chain::split(&self_made).unwrap();
    let bad = AsBuilt::BadSignature { entry: Entry::Certificate(1) };
    assert_eq!(verify_as_built(&self_made, &ring(), now(), &hosts), bad);
    let endless = jwt::sign_json(&format!(r#"{{"iss":"{STORE}"}}"#), &store(), HeaderExtras::default()).unwrap();
    let endless = Chain::split(&chain::join(&[certificate(&store(), terms(), &root())], &endless)).unwrap();
    let outcome = verify_as_built(&endless, &ring(), now(), &hosts);
    assert!(matches!(outcome, AsBuilt::Malformed { entry: Entry::Receipt, .. }), "{outcome}");
}

#[test]
fn the_store_as_built_took_any_rsa_algorithm_of_the_certified_key() {
    let sha512 = test_keys::store("store-1", Algorithm::Rs512).unwrap();
    let text = chain::join(&[certificate(&store(), terms(), &root())], &receipt(&sha512, Span::from_days(7)));
    let chain = Chain::split(&text).unwrap();
    assert_eq!(verify_as_built(&chain, &ring(), now(), &["root.example"]), AsBuilt::Accepted);
    assert_eq!(breach(judge(&chain, &ring(), now(), Rules::DESIGNED)), (Rule::SignedByParent, Entry::Receipt));
}

#[test]
fn a_bare_rs512_receipt_was_checked_with_the_stores_one_key() {
    let sha512 = test_keys::store("store-1", Algorithm::Rs512).unwrap();
    let bare = Chain::split(&receipt(&sha512, Span::from_days(7))).unwrap();
    let mut ring = KeyRing::new();
    let bad = AsBuilt::BadSignature { entry: Entry::Receipt };
    assert_eq!(verify_as_built(&bare, &ring, now(), &[]), bad);
    ring.insert(Origin::parse(STORE).unwrap(), store().verifying_key()).unwrap();
    assert_eq!(verify_as_built(&bare, &ring, now(), &[]), AsBuilt::Accepted);
}
