//! The command line judges and explains receipts: `verify` and `inspect`, each success beside its spoiled twin.

use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::chain::{self, Certificate, Terms};
use paystage::protocol::jwk::{Jwk, JwkSet, RootDocument};
use paystage::protocol::jwt::{self, HeaderExtras};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::test_keys;
use paystage::protocol::time::{Span, Time};

use crate::program::Desk;

const ISSUED: i64 = 1_700_000_000;
const AT: &str = "2023-11-14T23:13:20Z";
const APP: &str = "https://pony.example";
const ROOT: &str = "https://root.example/keys.json";

/// A receipt of `market.example` for the pony app, good for a day from its issue.
fn claims() -> String {
    let exp = ISSUED + 86_400;
    format!(
        r#"{{"typ":"purchase-receipt","product":{{"url":"{APP}","storedata":"id=1"}},"user":{{"type":"directed-identifier","value":"9f3c0a"}},"iss":"https://market.example","nbf":{ISSUED},"iat":{ISSUED},"exp":{exp}}}"#
    )
}

fn store() -> SigningKey {
    SigningKey::ed25519("store-1", &[7; 32])
}

fn signed(claims: &str, key: &SigningKey) -> String {
    jwt::sign_json(claims, key, HeaderExtras { kid: true, typ: Some("JWT"), jku: None }).unwrap()
}

/// A desk with a good receipt and its issuer's keys.
fn desk(name: &str) -> Desk {
    let desk = Desk::new(name);
    desk.file("receipt.jwt", signed(&claims(), &store()) + "\n");
    desk.file("store.jwks", JwkSet::new([&store().verifying_key()]).json());
    desk
}

const GOOD: [&str; 8] = ["verify", "receipt.jwt", "--keys", "store.jwks", "--app", APP, "--at", AT];

#[test]
fn a_good_receipt_is_accepted_check_by_check() {
    let desk = desk("verify-good");
    let said = desk.run(&GOOD);
    said.ended(0).says(&["✓ Signature", "✓ Product is this app", "✓ Valid now", "Accepted", "Valid for this app"]);
}

#[test]
fn a_receipt_that_differs_in_one_thing_is_refused_at_that_check() {
    let desk = desk("verify-spoiled");
    let other = claims().replace(APP, "https://other.example");
    let typ = claims().replace("purchase-receipt", "pay-receipt");
    desk.file("other-app.jwt", signed(&other, &store()));
    desk.file("typ.jwt", signed(&typ, &store()));
    desk.file("forged.jwt", signed(&claims(), &SigningKey::ed25519("store-1", &[8; 32])));
    for (receipt, at, failed) in [
        ("other-app.jwt", AT, "✗ Product is this app"),
        ("typ.jwt", AT, "✗ typ is a receipt"),
        ("forged.jwt", AT, "✗ Signature"),
        ("receipt.jwt", "2023-11-15T22:13:20Z", "✗ Valid now"),
        ("receipt.jwt", "2023-11-14T22:13:19Z", "✗ Valid now"),
    ] {
        let said = desk.run(&["verify", receipt, "--keys", "store.jwks", "--app", APP, "--at", at]);
        said.ended(1).says(&[failed, "To do: ", "Refused"]);
    }
    // The last second before the end, and the first of the beginning, are good.
    for at in ["2023-11-15T22:13:19Z", "2023-11-14T22:13:20Z"] {
        desk.run(&["verify", "receipt.jwt", "--keys", "store.jwks", "--app", APP, "--at", at]).ended(0);
    }
}

#[test]
fn the_receipt_may_be_a_file_a_stream_or_the_word_itself() {
    let desk = desk("verify-places");
    let receipt = signed(&claims(), &store());
    let rest = ["--keys", "store.jwks", "--app", APP, "--at", AT];
    desk.run(&[&["verify", receipt.as_str()], &rest[..]].concat()).ended(0).says(&["the command line"]);
    let said = desk.run_with(&[&["verify", "-"], &rest[..]].concat(), receipt.as_bytes());
    said.ended(0).says(&["standard input"]);
    let keys = desk.read("store.jwks");
    desk.run_with(&["verify", "receipt.jwt", "--keys", "-", "--app", APP, "--at", AT], &keys).ended(0);
    desk.run_with(&[&["verify", "-"], &rest[..]].concat(), b"").ended(1).says(&["✗ Well-formed"]);
}

#[test]
fn without_keys_the_climb_ends_where_they_are_needed() {
    let said = desk("verify-keyless");
    let said = said.run(&["verify", "receipt.jwt", "--app", APP, "--at", AT]);
    said.ended(1).says(&["No keys were given", "✗ Issuer is in the key ring", "not reached"]);
}

#[test]
fn without_an_app_or_with_a_check_off_the_verdict_says_what_was_passed_over() {
    let desk = desk("verify-off");
    let said = desk.run(&["verify", "receipt.jwt", "--keys", "store.jwks", "--at", AT]);
    said.ended(0).says(&["No app was given", "passed over: Product is this app"]);
    assert!(!said.out.contains("Valid for this app"), "{}", said.out);
    let late = "2030-01-01T00:00:00Z";
    let arguments = ["verify", "receipt.jwt", "--keys", "store.jwks", "--app", APP, "--at", late];
    desk.run(&arguments).ended(1);
    let said = desk.run(&[&arguments[..], &["--off", "times"]].concat());
    said.ended(0).says(&["○ Valid now", "passed over: Valid now"]);
}

#[test]
fn json_tells_the_same_as_the_text() {
    let desk = desk("verify-json");
    for (app, code) in [(APP, 0), ("https://other.example", 1)] {
        let said = desk.run(&["verify", "receipt.jwt", "--keys", "store.jwks", "--app", app, "--at", AT, "--json"]);
        let report: serde_json::Value = serde_json::from_str(&said.ended(code).out).unwrap();
        assert_eq!(report["verdict"]["accepted"], code == 0);
        assert_eq!(report["verdict"]["rungs"].as_array().unwrap().len(), 9);
        assert_eq!(report["at"], AT);
    }
}

#[test]
fn keys_are_read_in_every_form() {
    let desk = desk("verify-forms");
    let rsa = test_keys::store("rsa-1", Algorithm::Rs256).unwrap();
    let jwk = |key: &SigningKey| Jwk::modern(&key.verifying_key()).unwrap().json();
    desk.file("ed.jwk", jwk(&store())).file("rsa.jwk", jwk(&rsa));
    desk.file("rsa-old.jwk", Jwk::historic(&rsa.verifying_key()).unwrap().json());
    desk.file("ed.pem", ed25519_pem(&store()));
    desk.file("rsa.jwt", signed(&claims(), &rsa));
    for (receipt, keys) in
        [("receipt.jwt", "ed.jwk"), ("receipt.jwt", "ed.pem"), ("rsa.jwt", "rsa.jwk"), ("rsa.jwt", "rsa-old.jwk")]
    {
        desk.run(&["verify", receipt, "--keys", keys, "--app", APP, "--at", AT]).ended(0);
    }
    // The other kind's key is no key for this receipt.
    for (receipt, keys) in [("receipt.jwt", "rsa.jwk"), ("rsa.jwt", "ed.jwk")] {
        desk.run(&["verify", receipt, "--keys", keys, "--app", APP, "--at", AT]).ended(1);
    }
}

#[test]
fn receipts_behind_certificates_are_traced_to_the_root_or_to_the_certificate() {
    let desk = Desk::new("verify-chain");
    let (root, own) =
        (test_keys::root(ROOT, Algorithm::Rs256).unwrap(), test_keys::store("own-1", Algorithm::Rs256).unwrap());
    let terms =
        Terms { issuer: ROOT, price_limit: None, from: Time::from_seconds(ISSUED - 60), life: Span::from_days(14) };
    let certificate = Certificate::new(&own.verifying_key(), terms).unwrap().sign(&root).unwrap();
    desk.file("chained.jwt", chain::join(std::slice::from_ref(&certificate), &signed(&claims(), &own)));
    desk.file("root.json", RootDocument::new(ROOT, &root.verifying_key()).unwrap().json());
    desk.file("certificate.jwt", certificate);
    let wrong = RootDocument::new(ROOT, &own.verifying_key()).unwrap().json();
    desk.file("wrong.json", wrong);
    let verify = |keys| desk.run(&["verify", "chained.jwt", "--keys", keys, "--app", APP, "--at", AT]);
    verify("root.json").ended(0).says(&["✓ Signature"]);
    verify("certificate.jwt").ended(0).says(&["✓ Signature"]);
    let two_weeks_on = "2023-11-29T00:00:00Z";
    desk.run(&["verify", "chained.jwt", "--keys", "root.json", "--app", APP, "--at", two_weeks_on]).ended(1);
}

#[test]
fn profiles_and_revisions_judge_by_their_own_rules() {
    let desk = desk("verify-profiles");
    let verify = r#","verify":"https://market.example/verify"}"#;
    let asked = claims().trim_end_matches('}').to_owned() + verify;
    let forged = signed(&asked, &SigningKey::ed25519("store-1", &[8; 32]));
    desk.file("forged-chain.jwt", format!("{forged}~{forged}")).file("forged.jwt", forged);
    desk.file("asked.jwt", signed(&asked, &store()));
    let judged = |receipt, rest: &[&str]| {
        let base = ["verify", receipt, "--keys", "store.jwks", "--app", APP, "--at", AT];
        desk.run(&[&base[..], rest].concat())
    };
    judged("asked.jwt", &["--status", "ok"]).ended(0).says(&["✓ Ask the store"]);
    judged("asked.jwt", &["--status", "refunded"]).ended(1).says(&["✗ Ask the store"]);
    judged("forged.jwt", &["--status", "ok"]).ended(1).says(&["✗ Signature"]);
    // The client library of 2013 never looked at a signature.
    judged("forged-chain.jwt", &["--status", "ok", "--profile", "receiptverifier"]).ended(0).says(&["Nobody checked"]);
    judged("forged-chain.jwt", &["--profile", "receiptverifier"]).ended(1).says(&["Undecided"]);
    // The page before the privacy changes wants to know who presents the receipt; the one after it, that nobody can tell.
    let named = claims().replace("directed-identifier", "email").replace("9f3c0a", "kim@mail.example");
    desk.file("named.jwt", signed(&named, &store()));
    judged("named.jwt", &["--revision", "before", "--presenter", "kim@mail.example"]).ended(0);
    judged("named.jwt", &["--revision", "before", "--presenter", "eve@mail.example"])
        .ended(1)
        .says(&["✗ User presents"]);
    judged("named.jwt", &["--revision", "after"]).ended(1).says(&["✗ User presents"]);
    judged("asked.jwt", &["--profile", "nobody"]).ended(2).complains(&["fxpay", "receiptverifier", "store"]);
    judged("asked.jwt", &["--status", "perhaps"]).ended(2).complains(&["pending"]);
}

#[test]
fn an_issuer_that_is_named_counts_more_than_what_the_receipt_says() {
    let desk = desk("verify-issuer");
    desk.run(&[&GOOD[..], &["--issuer", "https://market.example"]].concat()).ended(0);
    desk.run(&[&GOOD[..], &["--issuer", "https://evil.example"]].concat()).ended(1).says(&["✗ Issuer"]);
    desk.run(&[&GOOD[..], &["--issuer", "not an origin"]].concat()).ended(2).complains(&["--issuer"]);
}

#[test]
fn a_receipt_cannot_command_the_terminal() {
    let desk = desk("verify-escape");
    let claims = claims().replace(APP, r"https://pony.example\u001b[2J\u202e");
    desk.file("escape.jwt", signed(&claims, &store()));
    let mut command = desk.command(&["verify", "escape.jwt", "--keys", "store.jwks", "--app", APP, "--at", AT]);
    let out = command.env("CLICOLOR_FORCE", "1").output().unwrap().stdout;
    let out = String::from_utf8(out).unwrap();
    assert!(!out.contains("\u{1b}[2J") && !out.contains('\u{202e}'), "{out:?}");
}

#[test]
fn bad_tokens_and_keys_are_named_and_never_panic() {
    let desk = desk("verify-bad");
    let receipt = signed(&claims(), &store());
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    desk.file("long.jwt", "e".repeat(1 << 20 | 1)).file("half.jwt", &receipt[..receipt.len() / 2]);
    desk.file("bytes.jwt", b"eyJ\xFF").file("empty.jwt", "").file("twice.jwks", r#"{"keys":[],"keys":[]}"#);
    desk.file("nested.jwks", format!(r#"{{"keys":{nested}}}"#)).file("types.jwks", r#"{"keys":"none"}"#);
    desk.file("long.jwks", " ".repeat(1 << 20 | 1)).file("half.jwks", r#"{"keys":[{"kty":"OKP","#);
    desk.file("private.jwk", r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}"#);
    for (receipt, code) in
        [("long.jwt", 2), ("bytes.jwt", 2), ("gone.jwt", 2), (".", 2), ("half.jwt", 1), ("empty.jwt", 1)]
    {
        let said = desk.run(&["verify", receipt, "--keys", "store.jwks", "--app", APP, "--at", AT]);
        let named = if code == 2 { &said.err } else { &said.out };
        assert!(said.ended(code).out.contains("Well-formed") || named.contains(receipt), "{named}");
    }
    desk.run(&["verify", "bytes.jwt"]).complains(&["bytes.jwt", "byte 3"]);
    for keys in
        ["twice.jwks", "nested.jwks", "types.jwks", "long.jwks", "half.jwks", "private.jwk", "gone.jwks", "receipt.jwt"]
    {
        let said = desk.run(&["verify", "receipt.jwt", "--keys", keys, "--app", APP, "--at", AT]);
        said.ended(2).complains(&[keys]);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
}

/// RFC 8410: the fixed beginning of an Ed25519 SPKI, then the 32 bytes of the key.
fn ed25519_pem(key: &SigningKey) -> String {
    use base64::Engine as _;
    let jwk: serde_json::Value = serde_json::from_str(&Jwk::modern(&key.verifying_key()).unwrap().json()).unwrap();
    let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
    let spki = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &x].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(spki);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}
