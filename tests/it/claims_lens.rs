//! The claims lens: every claim with its bytes and a plain sentence, whatever state the token is in.

use paystage::lens::claim_marks::{Mark, Reader};
use paystage::lens::claims::{ClaimRow, TokenReading, explain};
use paystage::lens::token_kind::TokenKind;
use paystage::protocol::jwt::{HeaderExtras, sign};
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use proptest::prelude::{any, proptest};
use serde_json::{Value, json};

use crate::forge::{Forge, claims, now, with};

fn row<'r>(reading: &'r TokenReading, path: &str) -> &'r ClaimRow {
    reading.rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path} in {reading:?}"))
}

fn read(claims: &Value) -> TokenReading {
    let forge = Forge::new();
    let reader = Reader { now: Some(now()), app: Some(&forge.app), rules: Some(Rules::of(Revision::After)) };
    explain(&forge.bare(claims), reader)
}

#[test]
fn a_receipt_is_told_claim_by_claim_in_the_order_in_which_it_is_signed() {
    let reading = read(&claims());
    assert_eq!(reading.kind, TokenKind::Receipt);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    let url = row(&reading, "product.url");
    assert_eq!(
        (url.value.as_str(), url.sentence, url.mark),
        ("\"https://pony.example\"", "must be this app's own origin", Mark::Ok)
    );
    let exp = row(&reading, "exp");
    assert_eq!(exp.human.as_deref(), Some("11 Nov 2014 16:55:00, in 181 days"));
    assert_eq!(exp.mark, Mark::Info);
    assert_eq!(row(&reading, "nbf").human.as_deref(), Some("13 May 2014 16:55:00, 100 s ago"));
    assert_eq!(row(&reading, "product.storedata").human.as_deref(), Some("id 7, contrib 42, inapp_id pony"));
    assert_eq!(row(&reading, "verify").mark, Mark::Info);
    assert!(reading.rows.iter().all(|row| !row.sentence.is_empty() && !row.source.is_empty()));
    let header: Vec<_> = reading.header.iter().map(|row| (row.path.as_str(), row.value.as_str())).collect();
    assert_eq!(header, [("alg", "\"EdDSA\""), ("typ", "\"JWT\""), ("kid", "\"store-1\"")]);
}

#[test]
fn a_receipt_that_names_its_buyer_is_not_called_unlinkable() {
    let unnamed = read(&claims());
    assert!(row(&unnamed, "user.value").sentence.starts_with("random per transaction"));
    let named = read(&with("user", json!({"type": "email", "value": "ada@example.org"})));
    assert!(row(&named, "user.value").sentence.starts_with("names the buyer"));
    assert!(row(&named, "user.type").sentence.contains("email"));
    let nobody = read(&with("user", json!({"type": "directed-identifier", "value": "anonymous-user"})));
    assert!(row(&nobody, "user.value").sentence.starts_with("the same in every receipt"));
    assert!(row(&nobody, "user.type").sentence.ends_with("nobody in particular"));
    let disguised = read(&with("user", json!({"type": "directed-identifier", "value": "ada@example.org"})));
    assert!(row(&disguised, "user.value").sentence.starts_with("names the buyer"), "whatever its type says");
}

#[test]
fn bytes_lead_from_the_token_to_the_claim_and_back() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let forge = Forge::new();
    let receipt = forge.certified(&claims());
    let reading = explain(&receipt, Reader::default());
    for row in &reading.rows {
        assert_eq!(reading.payload.get(row.range.clone()), Some(row.value.as_str()));
        let start = reading.parts[1].range.start;
        // The characters that carry the member, from the start of their group of four.
        let from = start + (row.encoded.start - start) / 4 * 4;
        let carried = URL_SAFE_NO_PAD
            .decode(&receipt[from..(from + (row.encoded.end - from).div_ceil(4) * 4).min(reading.parts[1].range.end)]);
        let carried = String::from_utf8(carried.unwrap()).unwrap();
        assert!(carried.contains(&row.value), "{} in {carried}", row.value);
    }
    assert_eq!(reading.certificates.len(), 1);
    assert_eq!(reading.certificates[0].kind, TokenKind::Certificate);
    assert_eq!(reading.certificates[0].parts[0].range.start, 0);
    assert_eq!(receipt.as_bytes()[reading.parts[0].range.start - 1], b'~');
}

#[test]
fn what_a_reader_must_refuse_is_marked() {
    for (path, value, mark) in [
        // A token of another typ still has the shape of a receipt.
        ("typ", json!("other"), Mark::Bad),
        ("typ", json!("reviewer-receipt"), Mark::Bad),
        ("typ", json!("test-receipt"), Mark::Warn),
        ("product.url", json!("https://other.example"), Mark::Bad),
        ("product.url", json!(7), Mark::Bad),
        ("iss", json!("https://store.example/"), Mark::Bad),
        ("exp", json!("soon"), Mark::Bad),
        ("exp", json!(1_400_000_200), Mark::Bad),
        ("nbf", json!(1_400_000_201), Mark::Bad),
        ("user.type", json!("email"), Mark::Warn),
        ("user.value", json!("ada@example.org"), Mark::Warn),
        ("verify", json!("https://store.example.evil.net/"), Mark::Bad),
        ("verify", json!("https://check.store.example/"), Mark::Info),
        ("exp", json!(1_400_000_201), Mark::Info),
    ] {
        assert_eq!(row(&read(&with(path, value.clone())), path).mark, mark, "{path} {value}");
    }
}

#[test]
fn every_kind_of_token_is_known_by_its_word_or_its_shape() {
    let key = SigningKey::hs256("app", b"sim-secret-not-a-real-key").unwrap();
    let kind = |claims: Value| {
        let reading = explain(&sign(&claims, &key, HeaderExtras::default()).unwrap(), Reader::default());
        assert!(reading.rows.iter().all(|row| !row.sentence.is_empty()));
        reading.kind
    };
    let request = json!({ "id": "p", "pricePoint": "1" });
    assert_eq!(kind(json!({ "typ": "mozilla/payments/pay/v1", "request": request })), TokenKind::PayRequest);
    assert_eq!(kind(json!({ "request": request })), TokenKind::PayRequest);
    assert_eq!(kind(json!({ "typ": "mozilla/payments/pay/postback/v1" })), TokenKind::Postback);
    assert_eq!(kind(json!({ "request": request, "response": {} })), TokenKind::Postback);
    assert_eq!(kind(json!({ "typ": "mozilla/payments/pay/chargeback/v1" })), TokenKind::Chargeback);
    assert_eq!(kind(json!({ "typ": "certified-key" })), TokenKind::Certificate);
    assert_eq!(kind(json!({ "sub": "ada" })), TokenKind::Unknown);
    assert_eq!(
        explain(r#"{"jwk":[{"alg":"RSA","mod":"AQ","exp":"AQAB"}]}"#, Reader::default()).kind,
        TokenKind::KeyDocument
    );
    let shown = explain(r#"{"keys":[{"kty":"OKP","d":"c2VjcmV0"}]}"#, Reader::default());
    assert_eq!(row(&shown, "keys.0.d").mark, Mark::Bad);
    assert_eq!(explain("garbage", Reader::default()).kind, TokenKind::Unreadable);
}

#[test]
fn a_broken_token_is_told_as_far_as_it_goes() {
    let forge = Forge::new();
    let good = forge.bare(&claims());
    let dots: Vec<_> = good.match_indices('.').map(|(at, _)| at).collect();
    let cut = explain(&good[..dots[1] - 40], Reader::default());
    assert!(cut.rows.len() >= 6, "{:?}", cut.rows);
    assert_eq!(cut.findings[0].mark, Mark::Bad);
    let unsigned = explain(&good[..dots[1]], Reader::default());
    assert_eq!(unsigned.kind, TokenKind::Receipt);
    assert!(unsigned.findings[0].sentence.contains("three parts"), "{:?}", unsigned.findings);
    let key = SigningKey::ed25519("k", &[3; 32]);
    let jku =
        sign(&claims(), &key, HeaderExtras { jku: Some("https://evil.example"), ..HeaderExtras::default() }).unwrap();
    let reading = explain(&jku, Reader::default());
    assert_eq!(reading.findings[0].sentence, "Header jku: where keys are said to be; never followed");
    let expired = explain(&forge.certificate(Span::from_seconds(1)), Reader { now: Some(now()), ..Reader::default() });
    assert_eq!(row(&expired, "exp").mark, Mark::Bad);
    assert_eq!(row(&expired, "jwk.0.kid").sentence, "the key's name");
}

proptest! {
    #[test]
    fn no_text_makes_the_lens_stumble(text in any::<String>(), cut in 0_usize..900) {
        let _ = explain(&text, Reader::default());
        let _ = explain(&format!("{{{text}"), Reader { now: Some(now()), ..Reader::default() });
        let receipt = Forge::new().certified(&claims());
        let reading = explain(receipt.get(..cut.min(receipt.len())).unwrap(), Reader::default());
        for row in &reading.rows {
            assert!(reading.payload.get(row.range.clone()).is_some());
        }
    }
}
