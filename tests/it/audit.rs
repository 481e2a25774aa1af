//! `paystage audit`: every bad line is found, every good one is left in peace, whatever stands between them.

use paystage::protocol::jwk::JwkSet;
use paystage::protocol::jwt::{self, HeaderExtras};
use paystage::protocol::signing_key::SigningKey;
use serde_json::Value;

use crate::program::{Desk, Said};

const ISSUED: i64 = 1_700_000_000;
const AT: &str = "2023-11-14T23:13:20Z";
const APP: &str = "https://pony.example";
const GOOD: [&str; 10] =
    ["audit", "receipts.txt", "--keys", "store.jwks", "--issuer", "https://market.example", "--app", APP, "--at", AT];

fn store() -> SigningKey {
    SigningKey::ed25519("store-1", &[7; 32])
}

/// The n-th receipt of `market.example`: for this app, signed with this key, good until then.
fn receipt(n: usize, app: &str, key: &SigningKey, exp: i64) -> String {
    let claims = format!(
        r#"{{"typ":"purchase-receipt","product":{{"url":"{app}","storedata":"id={n}"}},"user":{{"type":"directed-identifier","value":"u{n}"}},"iss":"https://market.example","nbf":{ISSUED},"iat":{ISSUED},"exp":{exp}}}"#
    );
    jwt::sign_json(&claims, key, HeaderExtras { kid: true, typ: Some("JWT"), jku: None }).unwrap()
}

fn good(n: usize) -> String {
    receipt(n, APP, &store(), ISSUED + 86_400)
}

fn desk(name: &str, lines: &[String]) -> Desk {
    let desk = Desk::new(name);
    desk.file("receipts.txt", lines.join("\n") + "\n");
    desk.file("store.jwks", JwkSet::new([&store().verifying_key()]).json());
    desk
}

fn json_lines(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_thousand_good_receipts_are_all_accepted() {
    let lines: Vec<String> = (0..1000).map(good).collect();
    let said = desk("audit-good", &lines).run(&GOOD);
    said.ended(0).says(&[
        "1000 receipts of receipts.txt",
        "1000 accepted",
        "0 refused",
        "https://market.example: 1000 accepted",
    ]);
}

#[test]
fn each_bad_line_is_named_with_its_reason_and_the_rest_is_judged() {
    let mut lines: Vec<String> = (0..600).map(good).collect();
    lines[2] = receipt(2, APP, &SigningKey::ed25519("store-1", &[8; 32]), ISSUED + 86_400);
    lines[257] = receipt(257, "https://other.example", &store(), ISSUED + 86_400);
    lines[300] = receipt(300, APP, &store(), ISSUED + 1);
    lines[301] = "not a receipt at all".into();
    lines[302] = "{\"receipt\": 7}".into();
    lines[303] = String::new();
    lines[304] = format!("{{\"receipt\": {:?}, \"id\": 1}}", good(304));
    lines[599] = "a".repeat(2 << 20);
    let desk = desk("audit-bad", &lines);
    let said = desk.run(&[&GOOD[..], &["--json", "--jobs", "2"]].concat());
    said.ended(1);
    let found = json_lines(&said);
    let (summary, bad) = found.split_last().unwrap();
    let bad: Vec<(u64, &str)> =
        bad.iter().map(|bad| (bad["line"].as_u64().unwrap(), bad["check"].as_str().unwrap_or("-"))).collect();
    let expected = [(3, "signature"), (258, "product"), (301, "times"), (302, "shape"), (303, "-"), (600, "-")];
    assert_eq!(bad, expected);
    assert_eq!((summary["judged"].as_u64(), summary["accepted"].as_u64()), (Some(599), Some(593)));
    assert_eq!(summary["issuers"]["https://market.example"]["accepted"], 593);
    let text = desk.run(&GOOD);
    text.ended(1).says(&["line 3: ", "line 258: ", "line 600: ", "longer than 1048576 bytes", "6 refused"]);
}

#[test]
fn standard_input_is_audited_as_a_file_is() {
    let desk = desk("audit-stream", &[]);
    let mut arguments = GOOD;
    arguments[1] = "-";
    let lines = [good(1), good(2), "x".into()].join("\n");
    desk.run_with(&arguments, lines.as_bytes()).ended(1).says(&["3 receipts of standard input", "line 3: "]);
}

#[test]
fn what_is_missing_is_said_before_anything_is_judged() {
    let desk = desk("audit-missing", &[good(1)]);
    let anonymous = desk.run(&["audit", "receipts.txt", "--keys", "store.jwks"]);
    assert!(
        anonymous.code == 2 && anonymous.err.contains("store.jwks: the file does not say whose keys"),
        "{anonymous:?}"
    );
    let nowhere = desk.run(&["audit", "nowhere.txt", "--keys", "store.jwks", "--issuer", "https://market.example"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("nowhere.txt: there is no such file"), "{nowhere:?}");
    let keyless = desk.run(&["audit", "receipts.txt"]);
    assert!(keyless.code == 2 && keyless.err.contains("--keys"), "{keyless:?}");
}
