//! Auditing 100,000 receipts with the program itself, on one core and on two, against bare `verify_strict` of the same receipts.

use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Instant;

use ed25519_dalek::{Signature, VerifyingKey};
use paystage::protocol::jwk::JwkSet;
use paystage::protocol::jwt::{self, HeaderExtras, Jwt};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::verifying_key::PublicNumbers;

use crate::stopwatch::word;

const RECEIPTS: usize = 100_000;
const ISSUED: i64 = 1_700_000_000;

/// Measures and prints.
pub(crate) fn run() {
    let key = SigningKey::ed25519("store-1", &[7; 32]);
    let receipts: Vec<String> = (0..RECEIPTS).map(|n| receipt(n, &key)).collect();
    let folder = std::env::temp_dir().join(format!("paystage-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("receipts.txt"), receipts.join("\n")).unwrap();
    fs::write(folder.join("store.jwks"), JwkSet::new([&key.verifying_key()]).json()).unwrap();
    let (mut one, mut two, mut floor) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for _ in 0..5 {
        one = one.min(audit_s(&folder, "1"));
        floor = floor.min(strict_s(&receipts, &key));
        two = two.min(audit_s(&folder, "2"));
    }
    fs::remove_dir_all(&folder).unwrap();
    println!(
        "audit of {RECEIPTS}: {one:.2} s on one core, floor {floor:.2} s, ratio {:.3} (goal 1.15, {}); two cores {two:.2} s, {:.2}× (goal 1.8, {})",
        one / floor,
        word(one / floor <= 1.15),
        one / two,
        word(one / two >= 1.8)
    );
}

fn receipt(n: usize, key: &SigningKey) -> String {
    let claims = format!(
        r#"{{"typ":"purchase-receipt","product":{{"url":"https://pony.example","storedata":"id=7&contrib={n}&inapp_id=shiny-pony"}},"user":{{"type":"directed-identifier","value":"4fb35151-2b9b-4ba2-8283-{n:012}"}},"iss":"https://market.example","nbf":{ISSUED},"iat":{ISSUED},"exp":{},"detail":"https://market.example/receipts/{n}","verify":"https://market.example/verify/","reissue":"https://market.example/api/v1/receipts/reissue/"}}"#,
        ISSUED + 86_400
    );
    jwt::sign_json(&claims, key, HeaderExtras { kid: true, typ: Some("JWT"), jku: None }).unwrap()
}

fn audit_s(folder: &std::path::Path, jobs: &str) -> f64 {
    let began = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_paystage"))
        .args(["audit", "receipts.txt", "--keys", "store.jwks", "--issuer", "https://market.example"])
        .args(["--app", "https://pony.example", "--at", "2023-11-14T23:13:20Z", "--jobs", jobs])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    began.elapsed().as_secs_f64()
}

/// The signatures alone, on one core. What has to be parsed for that is parsed before.
fn strict_s(receipts: &[String], key: &SigningKey) -> f64 {
    let public = key.verifying_key();
    let Some(PublicNumbers::Ed25519(bytes)) = public.numbers() else { panic!("an Ed25519 key") };
    let public = VerifyingKey::from_bytes(bytes).unwrap();
    let parsed: Vec<_> = receipts
        .iter()
        .map(|receipt| {
            let jwt = Jwt::parse(receipt).unwrap();
            (jwt.signing_input().to_owned(), Signature::from_slice(jwt.signature()).unwrap())
        })
        .collect();
    let began = Instant::now();
    for (input, signature) in &parsed {
        public.verify_strict(black_box(input.as_bytes()), black_box(signature)).unwrap();
    }
    began.elapsed().as_secs_f64()
}
