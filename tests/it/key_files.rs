//! Promise: public keys are read from every form in which people have them, and nothing private or doubtful gets in.

use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::chain::{Certificate, Terms};
use paystage::protocol::jwk::{Jwk, JwkSet, RootDocument, RootError, Spelling};
use paystage::protocol::key_error::KeyError;
use paystage::protocol::key_file::{KeyFile, KeyFileError, KeyForm, NamedKey};
use paystage::protocol::pem;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::test_keys;
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verifying_key::{PublicNumbers, VerifyingKey};

const ED25519: &str = include_str!("../keys/ed25519.pub.pem");
const P256: &str = include_str!("../keys/p256.pub.pem");
const RSA: &str = include_str!("../keys/rsa.pub.pem");

fn one(text: &str) -> NamedKey {
    let mut keys = KeyFile::parse(text).unwrap();
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

#[track_caller]
fn refused(text: &str) -> KeyFileError {
    KeyFile::parse(text).unwrap_err()
}

fn all_kinds() -> [SigningKey; 4] {
    [
        SigningKey::ed25519("ed", &[1; 32]),
        SigningKey::ed25519("ed", &[1; 32]).with_algorithm_name(Algorithm::Ed25519).unwrap(),
        SigningKey::es256("ec", &[1; 32]),
        test_keys::store("rsa", Algorithm::Rs512).unwrap(),
    ]
}

#[test]
fn each_kind_of_key_is_printed_and_read_back() {
    for signer in all_kinds() {
        let key = signer.verifying_key();
        let read = one(&Jwk::modern(&key).unwrap().json());
        assert!(read.key.is_same_key(&key) && read.form == KeyForm::Jwk);
        assert_eq!((read.key.kid(), read.key.algorithm()), (key.kid(), key.algorithm()));
        let from_pem = one(&pem::print(&key).unwrap());
        assert_eq!((from_pem.key.thumbprint(), from_pem.form), (key.thumbprint(), KeyForm::Pem));
        assert_eq!(from_pem.issuer, None);
    }
    let set = JwkSet::new(&[
        SigningKey::ed25519("a", &[1; 32]).verifying_key(),
        SigningKey::es256("b", &[1; 32]).verifying_key(),
    ]);
    let read = KeyFile::parse(&set.json()).unwrap();
    assert_eq!((read.len(), read[0].form, read[1].key.algorithm()), (2, KeyForm::JwkSet, Algorithm::Es256));
}

#[test]
fn openssl_files_give_the_same_key_as_public_key_and_as_certificate() {
    for (public, certificate, algorithm) in [
        (ED25519, include_str!("../keys/ed25519.crt.pem"), Algorithm::EdDsa),
        (P256, include_str!("../keys/p256.crt.pem"), Algorithm::Es256),
        (RSA, include_str!("../keys/rsa.crt.pem"), Algorithm::Rs256),
        (RSA, include_str!("../keys/rsa-pkcs1.pub.pem"), Algorithm::Rs256),
    ] {
        let key = one(public).key;
        assert_eq!(key.algorithm(), algorithm);
        assert!(one(certificate).key.is_same_key(&key));
        assert_eq!(pem::print(&key).unwrap(), public);
    }
    let several = format!("# the keys\n{ED25519}{P256}\n{RSA}");
    assert_eq!(KeyFile::parse(&several).unwrap().len(), 3);
}

#[test]
fn historic_keys_keep_their_names_and_their_sign_byte() {
    let key = test_keys::root("https://root.example/k", Algorithm::Rs256).unwrap().verifying_key();
    let document = RootDocument::new("https://root.example/k", &key).unwrap().json();
    assert!(
        document.starts_with(r#"{"jwk":[{"alg":"RSA","use":"sig","kid":"https://root.example/k","mod":"AN"#),
        "{document}"
    );
    assert!(document.ends_with(r#""exp":"AQAB"}]}"#), "{document}");
    let read = one(&document);
    assert_eq!((read.form, read.issuer.as_deref()), (KeyForm::RootDocument, Some("https://root.example/k")));
    assert!(read.key.is_same_key(&key), "with the sign byte");
    let jwk = Jwk::historic(&key).unwrap();
    assert_eq!((jwk.spelling(), Jwk::parse(&jwk.json()).unwrap().spelling()), (Spelling::Historic, Spelling::Historic));
    let Some(PublicNumbers::Rsa(n, _)) = read.key.numbers() else { panic!("RSA") };
    assert_eq!(n.len(), 256, "without it");
    assert!(Jwk::historic(&SigningKey::ed25519("x", &[1; 32]).verifying_key()).is_none());
}

#[test]
fn a_root_documents_key_is_named_by_its_own_address() {
    let key = test_keys::root("x", Algorithm::Rs256).unwrap().verifying_key();
    let document = RootDocument::new("https://root.example/k", &key).unwrap().json();
    assert_eq!(RootDocument::parse(&document, "https://root.example/k").unwrap().keys().len(), 1);
    for url in ["https://root.example/K", "https://evil.example/k", ""] {
        assert!(matches!(RootDocument::parse(&document, url), Err(RootError::KidIsNotUrl { .. })), "{url}");
    }
    let nameless = document.replace(r#""kid":"https://root.example/k","#, "");
    assert!(matches!(RootDocument::parse(&nameless, "https://root.example/k"), Err(RootError::KidIsNotUrl { .. })));
    assert_eq!(RootDocument::parse(r#"{"jwk":[]}"#, "x").unwrap_err(), RootError::Empty);
}

#[test]
fn a_certificate_token_gives_its_key() {
    let subject = SigningKey::ed25519("ed", &[1; 32]);
    let terms = Terms {
        issuer: "https://root.example/k",
        price_limit: None,
        from: Time::from_seconds(1),
        life: Span::from_days(1),
    };
    let certificate = Certificate::new(&subject.verifying_key(), terms).unwrap();
    let read = one(&certificate.sign(&test_keys::root("r", Algorithm::Rs256).unwrap()).unwrap());
    assert!(read.key.is_same_key(&subject.verifying_key()));
    assert_eq!((read.form, read.issuer), (KeyForm::Certificate, None));
    assert!(matches!(refused("eyJhbGciOiJFZERTQSJ9.e30.AA"), KeyFileError::Token(_)));
}

#[test]
fn private_keys_are_refused_by_name() {
    let public = Jwk::modern(&SigningKey::ed25519("x", &[1; 32]).verifying_key()).unwrap().json();
    assert!(KeyFile::parse(&public).is_ok());
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
        let private = public.replacen('{', &format!(r#"{{"{member}":"AAAA","#), 1);
        for text in [private.clone(), format!(r#"{{"keys":[{private}]}}"#), format!(r#"{{"jwk":[{private}]}}"#)] {
            assert!(refused(&text).to_string().contains("private key"), "{text}");
        }
    }
    for secret in [r#"{"kty":"oct","k":"c2VjcmV0"}"#, r#"{"kty":"oct"}"#, r#"{"kty":"RSA","k":"c2VjcmV0"}"#] {
        assert!(refused(secret).to_string().contains("never belongs in a key file"), "{secret}");
    }
    let pem = refused(include_str!("../keys/ed25519.private.pem"));
    assert!(matches!(pem, KeyFileError::Key { error: KeyError::Private(_), line: 1 }), "{pem}");
    let secret = VerifyingKey::hmac(None, b"secret").unwrap();
    assert!(Jwk::modern(&secret).is_none() && pem::print(&secret).is_none() && secret.thumbprint().is_none());
    assert!(JwkSet::new([&secret]).keys().is_empty());
}

#[test]
fn one_key_or_one_name_twice_is_refused() {
    let jwk = |kid: &str, seed| Jwk::modern(&SigningKey::ed25519(kid, &[seed; 32]).verifying_key()).unwrap().json();
    let set = |first: &str, second: &str| format!(r#"{{"keys":[{first},{second}]}}"#);
    assert_eq!(KeyFile::parse(&set(&jwk("a", 1), &jwk("b", 2))).unwrap().len(), 2);
    assert_eq!(refused(&set(&jwk("a", 1), &jwk("a", 2))), KeyFileError::Duplicate("a".into()));
    assert_eq!(refused(&set(&jwk("a", 1), &jwk("b", 1))), KeyFileError::Duplicate("b".into()));
    assert!(matches!(refused(&format!("{ED25519}{ED25519}")), KeyFileError::Duplicate(_)));
    assert!(matches!(refused(&jwk("a", 1).replacen('{', r#"{"kid":"b","#, 1)), KeyFileError::Json(_)));
}

#[test]
fn keys_for_another_purpose_or_of_another_kind_are_refused() {
    let good = Jwk::modern(&SigningKey::ed25519("x", &[1; 32]).verifying_key()).unwrap().json();
    for (from, to) in [
        (r#""use":"sig""#, r#""use":"enc""#),
        (r#""use":"sig""#, r#""key_ops":["sign"]"#),
        (r#""alg":"EdDSA""#, r#""alg":"ES256""#),
        (r#""alg":"EdDSA""#, r#""alg":"none""#),
        (r#""alg":"EdDSA""#, r#""alg":"eddsa""#),
        (r#""crv":"Ed25519""#, r#""crv":"Ed448""#),
        (r#""crv":"Ed25519""#, r#""crv":"X25519""#),
        (r#""kty":"OKP""#, r#""kty":"okp""#),
        (r#""x":""#, r#""x":"=""#),
        (r#""x":""#, r#""y":""#),
    ] {
        let spoilt = good.replacen(from, to, 1);
        assert_ne!(spoilt, good);
        assert!(matches!(refused(&spoilt), KeyFileError::Json(_)), "{spoilt}");
    }
    let verify = good.replacen(r#""use":"sig""#, r#""key_ops":["verify"]"#, 1);
    assert!(KeyFile::parse(&verify).is_ok());
    let ec = Jwk::modern(&SigningKey::es256("x", &[1; 32]).verifying_key()).unwrap().json();
    assert!(KeyFile::parse(&ec).is_ok());
    assert!(KeyFile::parse(&ec.replacen("P-256", "P-384", 1)).is_err());
    let at = ec.find(r#""y":""#).unwrap() + 5;
    let off_curve = format!("{}{}{}", &ec[..at], if &ec[at..=at] == "A" { "B" } else { "A" }, &ec[at + 1..]);
    assert!(refused(&off_curve).to_string().contains("no point on P-256"), "{off_curve}");
    let p384 = refused(include_str!("../keys/p384.pub.pem"));
    assert!(p384.to_string().contains("P-256"), "{p384}");
}

#[test]
fn broken_files_are_refused_with_their_place() {
    let good = Jwk::modern(&SigningKey::ed25519("x", &[1; 32]).verifying_key()).unwrap().json();
    for text in ["", " ", "hello", "[]", "-----END PUBLIC KEY-----"] {
        assert!(matches!(refused(text), KeyFileError::Unknown(_)), "{text:?}");
    }
    for text in [format!("{good}x"), format!("{good}{good}"), "{\"keys\":[\n{]}".to_owned(), "{\"keys\":7}".to_owned()]
    {
        assert!(matches!(refused(&text), KeyFileError::Json(_)), "{text}");
    }
    let KeyFileError::Json(error) = refused("{\"keys\":[\n {\"kty\":\"OKP\"}]}") else { panic!("JSON") };
    assert_eq!(error.line, 2);
    assert_eq!(refused(r#"{"keys":[]}"#), KeyFileError::Empty(KeyForm::JwkSet));
    assert!(matches!(refused(&" ".repeat(2 << 20)), KeyFileError::TooLong(_)));
    let cut = ED25519.replace("-----END PUBLIC KEY-----", "");
    assert!(matches!(refused(&cut), KeyFileError::Pem(error) if error.line == 1));
    let wrong_end = ED25519.replace("END PUBLIC", "END PRIVATE");
    assert!(matches!(refused(&wrong_end), KeyFileError::Pem(error) if error.line == 3));
    assert!(matches!(refused(&ED25519.replace("MCow", "M*ow")), KeyFileError::Pem(_)));
    assert!(matches!(refused(&ED25519.replace("MCow", "MCoA")), KeyFileError::Key { .. }));
    assert!(matches!(refused(&ED25519.replace("PUBLIC KEY", "PUBLIC THING")), KeyFileError::Key { .. }));
}
