//! Promise: a token that two readers could take differently, or that nobody's key signed, is refused; its plain twin is accepted.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::chain::Chain;
use paystage::protocol::header::{HeaderError, HeaderFinding};
use paystage::protocol::id::{Kid, Origin, ProductId};
use paystage::protocol::json::{self, JsonFault};
use paystage::protocol::jwk::Jwk;
use paystage::protocol::jwt::{self, HeaderExtras, Jwt, JwtError, MAX_TOKEN_BYTES, Part, Position};
use paystage::protocol::key_error::KeyError;
use paystage::protocol::key_file::{KeyFile, KeyFileError};
use paystage::protocol::look::look;
use paystage::protocol::money::Money;
use paystage::protocol::pem;
use paystage::protocol::ring::{KeyRing, RingError};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::test_keys;
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verifying_key::{PublicNumbers, VerifyingKey};
use proptest::prelude::*;

const HEADER: &str = r#"{"alg":"EdDSA","typ":"JWT"}"#;
const CLAIMS: &str = r#"{"iss":"https://market.example","price":99}"#;

fn key() -> SigningKey {
    SigningKey::ed25519("key-1", &[7; 32])
}

fn secret() -> SigningKey {
    SigningKey::hs256("secret-1", b"a secret of exactly thirty-two b").unwrap()
}

fn rsa() -> SigningKey {
    test_keys::store("rsa-1", Algorithm::Rs256).unwrap()
}

/// Signs any header over any claims, as a stranger with a key of their own would.
fn signed(header: &[u8], claims: &[u8], key: &SigningKey) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn plain() -> String {
    signed(HEADER.as_bytes(), CLAIMS.as_bytes(), &key())
}

/// Reads and verifies, as a careful app does.
fn judge(token: &str, key: &VerifyingKey) -> Result<(), JwtError> {
    Jwt::parse(token)?.verify(key).map(drop)
}

#[track_caller]
fn refused(header: &str, claims: &str) -> JwtError {
    // The twin: the same key, header and claims without the spoilt part pass.
    judge(&plain(), &key().verifying_key()).unwrap();
    judge(&signed(header.as_bytes(), claims.as_bytes(), &key()), &key().verifying_key()).unwrap_err()
}

#[test]
fn a_plain_token_is_accepted_and_taken_apart() {
    let token = jwt::sign_json(CLAIMS, &key(), HeaderExtras { kid: true, ..HeaderExtras::default() }).unwrap();
    let read = Jwt::parse(&token).unwrap();
    assert_eq!(read.unverified_header().json(), r#"{"alg":"EdDSA","typ":"JWT","kid":"key-1"}"#);
    assert_eq!(read.unverified_header().kid, Some(Kid::from("key-1")));
    assert_eq!(read.unverified_claims_json(), CLAIMS);
    let parts = [Part::Header, Part::Claims, Part::Signature].map(|part| &token[read.range(part)]);
    assert_eq!(parts.join("."), token);
    assert_eq!((read.text(), read.signature().len()), (token.as_str(), 64));
    let verified = read.verify(&key().verifying_key()).unwrap();
    assert_eq!(verified.claims::<serde_json::Value>().unwrap()["price"], 99);
    assert_eq!(verified.jwt(), &read);
}

#[test]
fn header_members_that_change_the_meaning_are_refused() {
    let header = |extra: &str| format!(r#"{{"alg":"EdDSA",{extra}}}"#);
    for extra in [r#""crit":["exp"],"exp":1"#, r#""crit":[]"#, r#""crit":null"#, r#""crit":["b64"],"b64":false"#] {
        assert_eq!(refused(&header(extra), CLAIMS), JwtError::Header(HeaderError::Critical), "{extra}");
    }
    for extra in [r#""b64":false"#, r#""b64":true"#, r#""b64":null"#] {
        assert_eq!(refused(&header(extra), CLAIMS), JwtError::Header(HeaderError::Unencoded), "{extra}");
    }
    for extra in [r#""zip":"DEF""#, r#""zip":null"#] {
        assert_eq!(refused(&header(extra), CLAIMS), JwtError::Header(HeaderError::Compressed), "{extra}");
    }
}

#[test]
fn kids_that_name_no_key_are_refused() {
    for kid in ["", "a b", "\\n", "\\u0000", "ö", &"k".repeat(257)] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        assert!(matches!(refused(&header, CLAIMS), JwtError::Header(HeaderError::Kid(_))), "{kid:?}");
    }
    for kid in ["7", "null", "[\"key-1\"]"] {
        let header = format!(r#"{{"alg":"EdDSA","kid":{kid}}}"#);
        assert!(matches!(refused(&header, CLAIMS), JwtError::Header(HeaderError::Json(_))), "{kid}");
    }
    // A kid may look like a path or a query; it is only ever compared.
    let path = signed(br#"{"alg":"EdDSA","kid":"../../etc/passwd'--"}"#, CLAIMS.as_bytes(), &key());
    judge(&path, &key().verifying_key()).unwrap();
    let mut ring = KeyRing::new();
    let issuer = Origin::parse("https://market.example").unwrap();
    ring.insert(issuer.clone(), key().verifying_key()).unwrap();
    let kid = Jwt::parse(&path).unwrap().unverified_header().kid.clone();
    assert!(matches!(ring.lookup(&issuer, kid.as_ref(), None), Err(RingError::UnknownKid { .. })));
}

#[test]
fn members_written_twice_are_refused_everywhere() {
    let twice = |error: JwtError| {
        let (JwtError::Json { part: Part::Claims, error } | JwtError::Header(HeaderError::Json(error))) = error else {
            return false;
        };
        matches!(error.fault, JsonFault::Duplicate(_))
    };
    for claims in [r#"{"price":1,"price":2}"#, r#"{"price":1,"\u0070rice":2}"#, r#"{"a":{"b":[{"c":1,"c":1}]}}"#] {
        assert!(twice(refused(HEADER, claims)), "{claims}");
    }
    for header in
        [r#"{"alg":"EdDSA","alg":"EdDSA"}"#, r#"{"alg":"EdDSA","x":1,"x":1}"#, r#"{"alg":"none","\u0061lg":"EdDSA"}"#]
    {
        assert!(twice(refused(header, CLAIMS)), "{header}");
    }
}

#[test]
fn claims_that_are_no_clean_object_are_refused_with_their_place() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32));
    for claims in ["", "[]", "null", "\"text\"", "{", "{}{}", r#"{"a":NaN}"#, r#"{"a":1e400}"#, &deep] {
        assert!(matches!(refused(HEADER, claims), JwtError::Json { part: Part::Claims, .. }), "{claims}");
    }
    let bad = signed(HEADER.as_bytes(), b"{\n\"a\":\"\xff\"}", &key());
    let error = judge(&bad, &key().verifying_key()).unwrap_err();
    assert_eq!(error.position(), Position::Json { part: Part::Claims, line: 2, column: 6 });
    assert!(error.to_string().contains("UTF-8"), "{error}");
    for header in
        ["", "[]", "{}", r#"{"typ":"JWT"}"#, r#"{"alg":null}"#, r#"{"alg":["EdDSA"]}"#, r#"{"alg":"EdDSA","typ":7}"#]
    {
        assert!(matches!(refused(header, CLAIMS), JwtError::Header(HeaderError::Json(_))), "{header}");
    }
}

#[test]
fn size_is_bounded_before_anything_is_read() {
    let long =
        |bytes: usize| signed(HEADER.as_bytes(), format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes)).as_bytes(), &key());
    judge(&long(MAX_TOKEN_BYTES / 2), &key().verifying_key()).unwrap();
    let error = judge(&long(MAX_TOKEN_BYTES), &key().verifying_key()).unwrap_err();
    assert!(matches!(error, JwtError::TooLong { limit: MAX_TOKEN_BYTES, .. }));
    assert!(Jwt::parse_within(&long(MAX_TOKEN_BYTES), jwt::MAX_INSPECT_BYTES).is_ok());
    let header = signed(format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "x".repeat(1 << 20)).as_bytes(), b"{}", &key());
    assert!(matches!(Jwt::parse_within(&header, jwt::MAX_INSPECT_BYTES), Err(JwtError::TooLong { .. })));
}

#[test]
fn alg_none_is_refused_in_every_spelling() {
    for alg in ["none", "None", "NONE", "nOnE", " none", "none ", "", "null"] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        assert!(matches!(refused(&header, CLAIMS), JwtError::AlgorithmMismatch { .. }), "{alg:?}");
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(CLAIMS));
        let error = judge(&unsigned, &key().verifying_key()).unwrap_err();
        assert_eq!(error, JwtError::AlgorithmMismatch { token: alg.into(), key: Algorithm::EdDsa });
    }
}

#[test]
fn algorithm_names_count_letter_by_letter() {
    for alg in [
        "eddsa",
        "EDDSA",
        "EdDsa",
        "ed25519",
        "ED25519",
        "Ed448",
        "HS256",
        "RS256",
        "ES256",
        "EdDSA\\u0000",
        "HS384",
        "PS256",
    ] {
        let error = refused(&format!(r#"{{"alg":"{alg}"}}"#), CLAIMS);
        assert!(matches!(error, JwtError::AlgorithmMismatch { .. }), "{alg}");
    }
    for name in ["hs256", "Hs256", "rs256", "es256", "none", "HS384", "EdDSA "] {
        assert_eq!(Algorithm::parse(name), None, "{name}");
    }
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
    }
}

#[test]
fn an_ed25519_key_is_accepted_under_both_of_its_names() {
    let modern = key().with_algorithm_name(Algorithm::Ed25519).unwrap();
    for signer in [key(), modern.clone()] {
        let token = jwt::sign_json(CLAIMS, &signer, HeaderExtras::default()).unwrap();
        assert_eq!(Jwt::parse(&token).unwrap().unverified_header().alg, signer.algorithm().name());
        for verifier in [key().verifying_key(), modern.verifying_key()] {
            judge(&token, &verifier).unwrap();
        }
    }
    assert_eq!(secret().with_algorithm_name(Algorithm::Ed25519).unwrap_err(), KeyError::Algorithm(Algorithm::Ed25519));
    assert!(rsa().with_algorithm_name(Algorithm::Rs512).is_err());
}

#[test]
fn text_that_is_not_three_clean_parts_is_refused_at_its_place() {
    let token = plain();
    let offset = |text: &str| match judge(text, &key().verifying_key()).unwrap_err().position() {
        Position::Token { offset } => offset,
        inside @ Position::Json { .. } => panic!("{inside}"),
    };
    judge(&token, &key().verifying_key()).unwrap();
    let (dot, last) = (token.find('.').unwrap(), token.len());
    assert_eq!(offset(&format!("{token}.")), last);
    assert_eq!(offset(&format!("{token}.x")), last);
    assert_eq!(offset(&token[..token.rfind('.').unwrap()]), token.rfind('.').unwrap());
    for padded in [format!("{token}="), format!("{token}\n"), format!("{token} "), format!("{token}\r\n")] {
        assert_eq!(offset(&padded), last, "{padded:?}");
    }
    assert_eq!(offset(&format!(" {token}")), 0);
    assert_eq!(offset(&format!("\"{token}\"")), 0);
    for foreign in ["+", "/", "=", "\n", "\0", "{", "~", "ö"] {
        let text = format!("{}{foreign}{}", &token[..dot + 3], &token[dot + 3..]);
        assert_eq!(offset(&text), dot + 3, "{foreign:?}");
    }
    assert_eq!(offset(""), 0);
    for parts in ["a", "a.b", "a.b.c.d", "....", &".".repeat(9_999)] {
        assert!(matches!(Jwt::parse(parts), Err(JwtError::Parts { .. })));
    }
}

#[test]
fn loose_bits_at_the_end_of_a_part_are_refused() {
    // 64 bytes end on a letter of which four bits count; the other four must be zero.
    let token = plain();
    let last = token.chars().last().unwrap();
    assert!("AQgw".contains(last));
    let next = char::from(u8::try_from(last).unwrap() + 1);
    let spoilt = format!("{}{next}", &token[..token.len() - 1]);
    assert!(matches!(
        judge(&spoilt, &key().verifying_key()),
        Err(JwtError::LastCharacter { part: Part::Signature, .. })
    ));
    let cut = format!("{}x", &token[..token.len() - 2]);
    assert!(judge(&cut, &key().verifying_key()).is_err());
    let lone = format!("{}.{}a.{}", "e30", "e30a", "AA");
    assert!(matches!(Jwt::parse(&lone), Err(JwtError::Header(_) | JwtError::LastCharacter { .. })));
}

#[test]
fn signatures_that_are_cut_empty_or_too_long_do_not_fit() {
    for signer in [key(), secret(), SigningKey::es256("p", &[9; 32]), rsa()] {
        let token = jwt::sign_json(CLAIMS, &signer, HeaderExtras::default()).unwrap();
        let verifier = signer.verifying_key();
        judge(&token, &verifier).unwrap();
        let read = Jwt::parse(&token).unwrap();
        let whole = read.signature();
        for signature in
            [&[][..], &whole[..1], &whole[..whole.len() - 1], &[whole, &[0]].concat(), &[whole, whole].concat()]
        {
            let text = format!("{}.{}", read.signing_input(), URL_SAFE_NO_PAD.encode(signature));
            let start = read.range(Part::Signature).start;
            assert_eq!(
                judge(&text, &verifier),
                Err(JwtError::BadSignature { offset: start }),
                "{signer:?} {}",
                signature.len()
            );
        }
    }
}

#[test]
fn an_ed25519_signature_has_one_form_only() {
    // s + L is the same number modulo L. RFC 8032, 5.1.7 wants s < L.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let input = b"input";
    let signature = key().sign(input).unwrap();
    assert!(key().verifying_key().verify(input, &signature));
    let mut altered = signature.clone();
    let mut carry = 0;
    for (byte, add) in altered[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_ne!(altered, signature);
    assert!(!key().verifying_key().verify(input, &altered));
}

#[test]
fn a_public_key_never_serves_as_a_secret() {
    let public = rsa().verifying_key();
    let pem = pem::print(&public).unwrap();
    let Some(PublicNumbers::Rsa(n, _)) = public.numbers() else { panic!("RSA") };
    for secret in [pem.as_bytes(), pem.trim().as_bytes(), n] {
        let stranger = SigningKey::hs256("stranger", secret).unwrap();
        let forged = jwt::sign_json(CLAIMS, &stranger, HeaderExtras::default()).unwrap();
        assert_eq!(
            judge(&forged, &public),
            Err(JwtError::AlgorithmMismatch { token: "HS256".into(), key: Algorithm::Rs256 })
        );
    }
    let genuine = jwt::sign_json(CLAIMS, &rsa(), HeaderExtras::default()).unwrap();
    judge(&genuine, &public).unwrap();
    assert!(matches!(judge(&genuine, &secret().verifying_key()), Err(JwtError::AlgorithmMismatch { .. })));
    assert!(matches!(
        judge(&genuine, &public.as_algorithm(Algorithm::Rs512).unwrap()),
        Err(JwtError::AlgorithmMismatch { .. })
    ));
}

#[test]
fn keys_and_addresses_inside_a_token_are_reported_and_never_used() {
    let stranger = SigningKey::ed25519("key-1", &[66; 32]);
    let jwk = Jwk::modern(&stranger.verifying_key()).unwrap().json();
    for (member, finding) in [
        (format!(r#""jwk":{jwk}"#), HeaderFinding::Jwk),
        (r#""jku":"https://evil.example/keys""#.to_owned(), HeaderFinding::Jku),
        (r#""x5u":"https://evil.example/crt""#.to_owned(), HeaderFinding::X5u),
        (r#""x5c":["AAAA"]"#.to_owned(), HeaderFinding::X5c),
    ] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"key-1",{member}}}"#);
        let forged = signed(header.as_bytes(), CLAIMS.as_bytes(), &stranger);
        assert!(matches!(judge(&forged, &key().verifying_key()), Err(JwtError::BadSignature { .. })), "{member}");
        let genuine = Jwt::parse(&signed(header.as_bytes(), CLAIMS.as_bytes(), &key())).unwrap();
        genuine.verify(&key().verifying_key()).unwrap();
        assert_eq!(genuine.unverified_header().findings(), [finding]);
    }
    assert!(Jwt::parse(&plain()).unwrap().unverified_header().findings().is_empty());
}

#[test]
fn each_single_flipped_bit_is_refused() {
    for signer in [key(), secret()] {
        let token = jwt::sign_json(CLAIMS, &signer, HeaderExtras::default()).unwrap();
        judge(&token, &signer.verifying_key()).unwrap();
        for bit in 0..token.len() * 8 {
            let mut bytes = token.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // Text that is not UTF-8 never becomes a token in the first place.
            if let Ok(text) = String::from_utf8(bytes) {
                assert!(judge(&text, &signer.verifying_key()).is_err(), "bit {bit}: {text}");
            }
        }
    }
}

/// The points of order 1, 2, 4 and 8, some in two spellings.
const SMALL_ORDER: [&str; 10] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// An Ed25519 key of any bytes as JWK, as JWK set, as certificate token and as PEM.
fn ed25519_in_every_form(bytes: &[u8]) -> [String; 4] {
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(bytes));
    let set = format!(r#"{{"keys":[{jwk}]}}"#);
    let claims = format!(
        r#"{{"iss":"https://root.example/k","price_limit":1,"jwk":[{jwk}],"exp":9,"iat":1,"typ":"certified-key","nbf":1}}"#
    );
    let certificate = signed(HEADER.as_bytes(), claims.as_bytes(), &key());
    let length = u8::try_from(bytes.len()).unwrap();
    let der = [&[0x30, length + 10, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, length + 1, 0], bytes].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der));
    [jwk, set, certificate, pem]
}

#[test]
fn weak_short_and_long_ed25519_keys_are_refused_in_every_form() {
    let good = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert!(VerifyingKey::ed25519(None, &good).is_ok());
    for form in ed25519_in_every_form(&good) {
        assert_eq!(KeyFile::parse(&form).unwrap().len(), 1, "{form}");
    }
    for weak in SMALL_ORDER {
        let error = VerifyingKey::ed25519(None, &hex(weak)).unwrap_err();
        assert!(matches!(error, KeyError::WeakEd25519 | KeyError::NotOnCurve { .. }), "{weak}: {error}");
        for form in ed25519_in_every_form(&hex(weak)) {
            assert!(KeyFile::parse(&form).is_err(), "{form}");
        }
    }
    assert_eq!(VerifyingKey::ed25519(None, &hex(SMALL_ORDER[0])).unwrap_err(), KeyError::WeakEd25519);
    for length in [0, 1, 31, 33, 48, 64] {
        let bytes = good.iter().copied().cycle().take(length).collect::<Vec<_>>();
        assert!(matches!(VerifyingKey::ed25519(None, &bytes), Err(KeyError::Length { wanted: 32, .. })));
        for form in ed25519_in_every_form(&bytes) {
            assert!(KeyFile::parse(&form).is_err(), "{form}");
        }
    }
}

#[test]
fn short_rsa_keys_and_odd_exponents_are_refused() {
    let rsa = |bytes: usize, e: &[u8]| VerifyingKey::rsa(None, Algorithm::Rs256, &vec![0xc5; bytes], e);
    assert!(rsa(256, &[1, 0, 1]).is_ok());
    assert_eq!(rsa(128, &[1, 0, 1]).unwrap_err(), KeyError::RsaSize { bits: 1024 });
    assert!(matches!(rsa(255, &[1, 0, 1]), Err(KeyError::RsaSize { .. })));
    assert!(matches!(rsa(1025, &[1, 0, 1]), Err(KeyError::RsaSize { .. })));
    assert!(matches!(rsa(0, &[1, 0, 1]), Err(KeyError::RsaSize { bits: 0 })));
    for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
        assert_eq!(rsa(256, exponent).unwrap_err(), KeyError::RsaExponent, "{exponent:?}");
    }
    let error = KeyFile::parse(include_str!("../keys/rsa-1024.pub.pem")).unwrap_err();
    assert_eq!(error, KeyFileError::Key { error: KeyError::RsaSize { bits: 1024 }, line: 1 });
    assert!(KeyFile::parse(include_str!("../keys/rsa.pub.pem")).is_ok());
    assert_eq!(
        VerifyingKey::rsa(None, Algorithm::EdDsa, &[0xc5; 256], &[3]).unwrap_err(),
        KeyError::Algorithm(Algorithm::EdDsa)
    );
}

#[test]
fn an_empty_secret_is_refused_and_a_short_one_is_reported() {
    assert_eq!(SigningKey::hs256("x", b"").unwrap_err(), KeyError::EmptySecret);
    assert_eq!(VerifyingKey::hmac(None, b"").unwrap_err(), KeyError::EmptySecret);
    let short = VerifyingKey::hmac(None, b"hunter2").unwrap();
    assert_eq!(short.findings(), [paystage::protocol::verifying_key::KeyFinding::ShortSecret { bytes: 7 }]);
    assert!(secret().verifying_key().findings().is_empty());
}

#[test]
fn debug_prints_no_secret() {
    let text = format!("{:?} {:?} {:?}", secret(), secret().verifying_key(), key());
    assert!(text.contains("secret-1") && text.contains("Hs256"));
    for secret in ["exactly", "97, 32", "[7", "07, 07", "7, 7"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn looking_decodes_what_can_be_decoded() {
    let token = plain();
    let seen = look(&token);
    assert_eq!((seen.problem.clone(), seen.header_json(), seen.claims_json()), (None, Some(HEADER), Some(CLAIMS)));
    let odd = signed(br#"{"alg":"XX999","crit":["x"]}"#, br#"{"a":1,"a":2}"#, &key());
    let seen = look(&odd);
    assert_eq!(seen.problem, Some(JwtError::Header(HeaderError::Critical)));
    assert_eq!(seen.claims_json(), Some(r#"{"a":1,"a":2}"#));
    let padded = format!(" {}.{}==\n", URL_SAFE_NO_PAD.encode(HEADER), STANDARD.encode(CLAIMS).trim_end_matches('='));
    let seen = look(&padded);
    assert_eq!((seen.parts.len(), seen.header_json(), seen.claims_json()), (2, Some(HEADER), Some(CLAIMS)));
    assert!(seen.problem.is_some() && seen.parts.iter().all(|part| part.is_whole));
    let broken = look("e30.e30$e30.AA.AA.AA");
    assert_eq!(broken.parts.len(), 4);
    assert_eq!(
        (broken.parts[1].bytes.as_slice(), broken.parts[1].is_whole, broken.parts[3].part),
        (&b"{}"[..], false, None)
    );
    assert_eq!(&"e30.e30$e30.AA.AA.AA"[broken.parts[3].range.clone()], "AA.AA");
}

#[test]
fn every_refusal_says_what_to_do() {
    for error in [Jwt::parse("a.b"), Jwt::parse("e30.e30.AA"), Jwt::parse("a.b.c"), Jwt::parse("$.b.c")] {
        let error = error.unwrap_err();
        assert!(error.remedy().len() > 20 && !error.remedy().ends_with('.'), "{error}");
        assert!(!error.position().to_string().is_empty());
    }
}

/// Hands a text to everything that reads text. Returning is the test.
fn read_by_everyone(text: &str) {
    let _ = Jwt::parse(text).map(|read| judge(read.text(), &key().verifying_key()));
    let _ = look(text);
    let _ = Chain::split(text).map(|chain| chain.receipt().clone());
    let _ = KeyFile::parse(text);
    let _ = Jwk::parse(text);
    let _ = paystage::protocol::jwk::RootDocument::parse(text, text);
    let _ = pem::blocks(text).map(|blocks| blocks.iter().map(|block| block.key().is_ok()).collect::<Vec<_>>());
    let _ = json::check_object(text);
    let _ = json::members(text);
    let _ = Origin::parse(text).map(|origin| (origin.host().to_owned(), origin.port()));
    let _ = ProductId::parse(text);
    let _ = text.parse::<Money>().map(|money| money.to_string());
    let _ = text.parse::<Span>().map(|span| span.to_string());
    let _ = Time::parse_rfc3339(text).map(Time::human);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_by_everyone(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn near_tokens_never_panic_a_reader(text in "[A-Za-z0-9_.=~{}\":,-]{0,120}") {
        read_by_everyone(&text);
    }

    #[test]
    fn spoilt_tokens_and_keys_never_panic_a_reader(at in any::<prop::sample::Index>(), byte in 0_u8..128, which in 0..6_usize) {
        let rsa_jwk = Jwk::historic(&rsa().verifying_key()).unwrap().json();
        let forms = [
            plain(),
            format!("{}~{}", plain(), plain()),
            format!(r#"{{"jwk":[{rsa_jwk}]}}"#),
            pem::print(&key().verifying_key()).unwrap(),
            include_str!("../keys/p256.crt.pem").to_owned(),
            ed25519_in_every_form(&[9; 32])[2].clone(),
        ];
        let mut bytes = forms[which].clone().into_bytes();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        read_by_everyone(&String::from_utf8(bytes).unwrap());
    }

    #[test]
    fn der_bytes_never_panic_a_key_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0..3_usize) {
        let label = ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"][which].to_owned();
        let _ = pem::Block { label, bytes, line: 1 }.key();
    }

    #[test]
    fn what_is_signed_is_read_back(claims in prop::collection::btree_map("[a-z]{1,8}", any::<i64>(), 0..6)) {
        for signer in [key(), secret()] {
            let token = jwt::sign(&claims, &signer, HeaderExtras::default()).unwrap();
            let read: std::collections::BTreeMap<String, i64> =
                Jwt::parse(&token).unwrap().verify(&signer.verifying_key()).unwrap().claims().unwrap();
            prop_assert_eq!(&read, &claims);
        }
    }
}

#[test]
fn a_ring_gives_only_the_issuers_own_keys_and_only_in_their_time() {
    let (store, other) =
        (Origin::parse("https://market.example").unwrap(), Origin::parse("https://other.example").unwrap());
    let (first, second) = (SigningKey::ed25519("first", &[1; 32]), SigningKey::ed25519("second", &[2; 32]));
    let mut keys = KeyRing::new();
    keys.insert(store.clone(), first.verifying_key()).unwrap();
    keys.insert(store.clone(), first.verifying_key()).unwrap();
    let named = |name: &str| Some(Kid::from(name));
    let at = Time::from_seconds;
    assert!(keys.lookup(&store, None, None).unwrap().is_same_key(&first.verifying_key()));
    assert!(matches!(keys.lookup(&other, None, None), Err(RingError::UnknownIssuer(_))));
    assert!(matches!(keys.lookup(&store, named("second").as_ref(), None), Err(RingError::UnknownKid { .. })));
    let impostor = SigningKey::ed25519("first", &[3; 32]);
    assert!(matches!(keys.insert(store.clone(), impostor.verifying_key()), Err(RingError::Duplicate { .. })));
    keys.insert(store.clone(), second.verifying_key()).unwrap();
    assert!(matches!(keys.lookup(&store, None, None), Err(RingError::Ambiguous { keys: 2, .. })));
    assert!(keys.retire(&store, &Kid::from("first"), at(100)) && !keys.retire(&store, &Kid::from("third"), at(100)));
    keys.retire(&store, &Kid::from("first"), at(200));
    let first_at = |iat| keys.lookup(&store, named("first").as_ref(), iat).map(drop);
    assert!(first_at(Some(at(99))).is_ok());
    assert!(matches!(first_at(Some(at(100))), Err(RingError::Retired { .. })));
    assert!(matches!(first_at(None), Err(RingError::Retired { .. })));
    assert!(keys.lookup(&store, named("second").as_ref(), Some(at(100))).is_ok());
}
