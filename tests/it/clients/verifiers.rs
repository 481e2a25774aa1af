//! Verifiers of today, such as jose and `PyJWT`: they fetch the key set and check signature, times, issuer and algorithm.

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use paystage::world::command::Command;
use serde_json::Value;

use crate::clients::server::{Server, claims, spoiled};

/// The key set as a verifier fetches it.
#[track_caller]
fn keys(server: &Server) -> (JwkSet, Value) {
    let answer = server.ask("GET", "/.well-known/jwks.json").with(200);
    let kind = answer.header("Content-Type").unwrap_or_default();
    assert!(kind.starts_with("application/json") || kind.starts_with("application/jwk-set+json"), "{answer:?}");
    (serde_json::from_str(&answer.body).unwrap(), answer.json())
}

/// Whether a verifier that fetched these keys takes the token as one of `issuer`, with this algorithm.
fn is_taken(token: &str, keys: &JwkSet, issuer: &str, algorithm: Algorithm) -> bool {
    let kid = decode_header(token).unwrap().kid.unwrap();
    let key: &Jwk = keys.find(&kid).unwrap();
    let mut rules = Validation::new(algorithm);
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss"]);
    // The clock here is the run's, not the machine's.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let decoded = decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules);
    decoded.is_ok_and(|token| {
        let [from, until] = ["nbf", "exp"].map(|name| token.claims[name].as_i64().unwrap());
        (from..until).contains(&(Server::noon() + 60))
    })
}

#[test]
fn a_receipt_is_taken_with_the_published_key_and_not_when_one_thing_is_wrong() {
    for (signing, algorithm) in [("eddsa", Algorithm::EdDSA), ("es256", Algorithm::ES256), ("rs512", Algorithm::RS512)]
    {
        let server = Server::start(&format!(
            "signing = \"{signing}\"
"
        ));
        let receipt = server.buy("shiny-pony").receipt;
        let (keys, _) = keys(&server);
        assert!(is_taken(&receipt, &keys, &server.base(), algorithm), "{signing}: {}", claims(&receipt));
        assert!(!is_taken(&spoiled(&receipt), &keys, &server.base(), algorithm), "{signing}, signature");
        assert!(!is_taken(&receipt, &keys, "https://market.example", algorithm), "{signing}, issuer");
        assert!(!is_taken(&receipt, &keys, &server.base(), Algorithm::RS384), "{signing}, algorithm");
    }
}

#[test]
fn no_private_member_is_published() {
    for signing in ["eddsa", "es256", "rs512", "rs256-certified"] {
        let server = Server::start(&format!(
            "signing = \"{signing}\"
"
        ));
        server.buy("shiny-pony");
        let (_, document) = keys(&server);
        let keys = document["keys"].as_array().unwrap();
        assert!(!keys.is_empty(), "{signing}");
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{signing}: {private} in {key}");
            }
        }
    }
}

#[test]
fn a_new_key_signs_after_rotation_and_the_old_one_still_verifies() {
    let server = Server::start("");
    let before = server.buy("shiny-pony").receipt;
    server.served.command(Command::RotateKey);
    let after = server.buy("golden-saddle").receipt;
    assert_ne!(decode_header(&before).unwrap().kid, decode_header(&after).unwrap().kid);
    let (keys, _) = keys(&server);
    assert!(is_taken(&before, &keys, &server.base(), Algorithm::EdDSA));
    assert!(is_taken(&after, &keys, &server.base(), Algorithm::EdDSA));
}
