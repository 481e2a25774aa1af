//! receipts 0.2.11, the store's own Python library: it posts the receipt bare, and follows the chain of certificates to its root.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use crate::clients::server::{Server, claims, spoiled, text};

const SETUP: &str = "signing = \"rs256-certified\"\n";

/// What `requests.post(url, receipt)` sends: no Content-Type.
fn head(server: &Server) -> [String; 6] {
    [
        "POST /verify/ HTTP/1.1".to_owned(),
        format!("Host: {}", server.host()),
        "User-Agent: python-requests/2.3.0".to_owned(),
        "Accept-Encoding: gzip, deflate".to_owned(),
        "Accept: */*".to_owned(),
        "Connection: keep-alive".to_owned(),
    ]
}

#[track_caller]
fn status(server: &Server, receipt: &str) -> String {
    let head = head(server);
    text(&server.send(&head.each_ref().map(String::as_str), receipt).with(200).json()["status"])
}

#[test]
fn a_receipt_is_taken_without_a_content_type() {
    let server = Server::start(SETUP);
    let bought = server.buy("shiny-pony");
    assert_eq!(status(&server, &bought.receipt), "ok");
    assert_eq!(status(&server, &spoiled(&bought.receipt)), "invalid");
    server.refund(&bought.transaction);
    assert_eq!(status(&server, &bought.receipt), "refunded");
}

/// A key as certificates and root documents of 2012 name its parts.
fn key(entry: &Value) -> DecodingKey {
    assert_eq!(entry["alg"], "RSA");
    let [modulus, exponent] = ["mod", "exp"].map(|name| URL_SAFE_NO_PAD.decode(text(&entry[name])).unwrap());
    // The sign byte that the store's own tools never took off.
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(&modulus);
    DecodingKey::from_rsa_raw_components(modulus, &exponent)
}

fn is_signed_by(token: &str, entry: &Value) -> bool {
    let mut rules = Validation::new(Algorithm::RS256);
    // The clock here is the run's, not the machine's.
    rules.validate_exp = false;
    rules.validate_aud = false;
    decode::<Value>(token, &key(entry), &rules).is_ok()
}

#[test]
fn the_chain_leads_from_the_receipt_to_the_root_document() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    let (certificate, token) = receipt.split_once('~').unwrap();
    let certified = claims(certificate);
    let root = text(&certified["iss"]);
    let path = root.strip_prefix(&server.base()).unwrap_or_else(|| panic!("{root} is not on this server"));
    let document = server.ask("GET", path).with(200).json();
    assert_eq!(document["jwk"][0]["kid"], root, "the root's key is named by its address");
    assert!(is_signed_by(certificate, &document["jwk"][0]));
    assert!(is_signed_by(token, &certified["jwk"][0]));
    assert!(!is_signed_by(&spoiled(certificate), &document["jwk"][0]));
    assert!(!is_signed_by(&spoiled(token), &certified["jwk"][0]));
    assert!(!is_signed_by(token, &document["jwk"][0]), "the root does not sign receipts");
}
