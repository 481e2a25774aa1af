//! Secrets stay with their owner (4): the private halves of the store's keys, planted in every form that keys are written in.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use paystage::export::format::Format;
use paystage::io::exporting::{Wish, export};
use paystage::lens::lamp::Lamp;
use paystage::protocol::hex::hex;
use paystage::protocol::pem;
use paystage::protocol::test_keys;
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::watch::law::Law;
use serde_json::{Value, json};

use crate::program::Desk;

const TEXTS: [Format; 5] = [Format::Har, Format::Mermaid, Format::Svg, Format::Json, Format::Html];

/// A run in which the store answers whoever asks for its keys with this text.
fn told(revision: &str, body: &str) -> (Session, String) {
    let scenario = format!(
        "title = \"Keys told\"\nwhy = \"A test looks for them.\"\n\n[setup]\nrevision = \"{revision}\"\nsigning = \"rs256-certified\"\n\n\
         [[steps]]\nfault = {{ on = \"keys-asked\", answer = {{ status = 200, body = {} }} }}\n\n[[steps]]\nfetch-keys = true\n\n\
         [[steps]]\nrun = \"until idle\"\n\n[expect]\naccess = []\n",
        json!(body)
    );
    (play(&parse("told.toml", &scenario).unwrap()).session, scenario)
}

fn is_kept(session: &Session) -> bool {
    let mut lamp = Lamp::new();
    while lamp.refresh(session) {}
    lamp.breach(Law::SecretsKept).is_none()
}

/// What the run becomes when it is given away with an open mask.
fn papers(session: &Session) -> Vec<String> {
    let paint = |_: &_, _| Err("no picture is asked for".to_owned());
    let paper = |format| {
        let paper = export(session, Wish { is_unmasked: true, ..Wish::of(format) }, paint).unwrap();
        String::from_utf8(paper.content.concat()).unwrap()
    };
    TEXTS.into_iter().map(paper).collect()
}

/// The bytes of a PEM text with one block.
fn der(pem: &str) -> Vec<u8> {
    pem::blocks(pem).unwrap().remove(0).bytes
}

/// One value of DER and what follows it. X.690, 8.1.
fn value(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, head) = match der[1] {
        0x81 => (usize::from(der[2]), 3),
        0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    der[head..].split_at(length)
}

/// The PKCS #1 key inside a PKCS #8 one. RFC 5208, 5: version, algorithm, key.
fn pkcs1(der: &[u8]) -> Vec<u8> {
    let inner = value(value(value(der).0).1).1;
    value(inner).0.to_vec()
}

/// d, p, q, d mod (p - 1), d mod (q - 1), and the inverse of q. RFC 8017, A.1.2.
fn numbers(pkcs1: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = value(pkcs1).0;
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        let (number, after) = value(rest);
        numbers.push(number.iter().copied().skip_while(|byte| *byte == 0).collect());
        rest = after;
    }
    numbers.split_off(3)
}

/// A text that holds a private key, and the stretches of it that must appear nowhere.
struct Planted {
    what: &'static str,
    text: String,
    private: Vec<String>,
}

fn planted(key: &str) -> Vec<Planted> {
    let inner = pkcs1(&der(key));
    let numbers = numbers(&inner);
    let lines = |pem: &str| -> Vec<String> {
        // The public numbers fill the first seven lines, and part of the eighth.
        pem.lines().skip(9).filter(|line| !line.starts_with("--")).map(str::to_owned).collect()
    };
    let mut all = vec![Planted { what: "PKCS #8", text: key.to_owned(), private: lines(key) }];
    let old: Vec<_> = BASE64_STANDARD.encode(&inner).into_bytes().chunks(64).map(<[u8]>::to_vec).collect();
    let old = String::from_utf8(old.join(&b'\n')).unwrap();
    let old = format!("-----BEGIN RSA PRIVATE KEY-----\n{old}\n-----END RSA PRIVATE KEY-----\n");
    all.push(Planted { what: "PKCS #1", private: lines(&old), text: old });
    let encoded: Vec<_> = numbers.iter().map(|number| BASE64_URL_SAFE_NO_PAD.encode(number)).collect();
    let jwk = |name: &str, value: &str| json!({ "kty": "RSA", "e": "AQAB", name: value }).to_string();
    for (name, value) in ["d", "p", "q", "dp", "dq", "qi"].into_iter().zip(&encoded) {
        all.push(Planted { what: "JWK", text: jwk(name, value), private: vec![value[8..40].to_owned()] });
    }
    for number in &numbers[..3] {
        let hex = hex(number);
        all.push(Planted { what: "hex", private: vec![hex[8..48].to_owned()], text: hex });
    }
    let claims = BASE64_URL_SAFE_NO_PAD.encode(jwk("d", &encoded[0]));
    all.push(Planted {
        what: "claims",
        private: vec![claims[80..160].to_owned()],
        text: format!("eyJhbGciOiJub25lIn0.{claims}."),
    });
    all
}

#[test]
fn the_private_half_of_an_rsa_key_is_seen_and_covered_however_it_is_written() {
    for Planted { what, text, private } in planted(test_keys::STORE) {
        let (session, _) = told("as-built-2015", &text);
        assert!(!is_kept(&session), "{what}: a private key was told, and nobody minds");
        for paper in papers(&session) {
            assert!(paper.len() > 100 && !private.is_empty());
            for piece in &private {
                assert!(!paper.contains(piece.as_str()), "{what}: {piece} in {paper}");
            }
        }
    }
}

#[test]
fn the_public_half_of_the_same_key_may_be_told_and_is_shown() {
    let key = test_keys::store("mkt-1", paystage::protocol::algorithm::Algorithm::Rs256).unwrap().verifying_key();
    let public = pem::print(&key).unwrap();
    let (session, _) = told("as-built-2015", &public);
    assert!(is_kept(&session));
    let shown = papers(&session).into_iter().filter(|paper| paper.contains(public.lines().nth(3).unwrap()));
    assert!(shown.count() >= 2, "HAR and trace hold the whole body");
}

#[test]
fn a_key_of_the_root_and_one_that_comes_later_are_watched_and_a_strangers_is_not() {
    let root = include_str!("../../assets/keys/root-rs256.pem");
    let next = test_keys::NEXT_STORE;
    assert!(!is_kept(&told("as-built-2015", root).0), "the root's");
    // Nobody's in this run, until the store changes its key.
    let (mut session, _) = told("as-built-2015", next);
    assert!(is_kept(&session));
    session.dispatch(paystage::world::command::Command::RotateKey);
    session.dispatch(paystage::world::command::Command::FetchKeys);
    assert!(!is_kept(&session), "the next one");
    let again = papers(&session);
    assert!(
        again.iter().all(|paper| !paper.contains(next.lines().nth(12).unwrap())),
        "what was told before is covered too"
    );
}

#[test]
fn no_command_prints_a_private_key_that_an_answer_tells() {
    let desk = Desk::new("secrets-keys");
    for Planted { what, text, private } in planted(test_keys::STORE).into_iter().take(3) {
        desk.file("told.toml", told("as-built-2015", &text).1.replace("access = []", "access = [\"shiny-pony\"]"));
        for (arguments, code) in [
            (&["run", "told.toml", "--messages"][..], 1),
            (&["run", "told.toml", "--json", "-"], 1),
            (&["run", "told.toml", "--junit", "-"], 1),
            (&["run", "told.toml", "--html", "-"], 1),
            (&["export", "told.toml", "--as", "har", "--unmasked"], 0),
            (&["export", "told.toml", "--as", "json"], 0),
        ] {
            let said = desk.run(arguments);
            assert_eq!(said.code, code, "{arguments:?}: {}", said.err);
            assert!(said.out.len() > 100, "{arguments:?} says something");
            for piece in &private {
                assert!(
                    !said.out.contains(piece.as_str()) && !said.err.contains(piece.as_str()),
                    "{what} {arguments:?}"
                );
            }
            if arguments.contains(&"har") {
                assert!(serde_json::from_str::<Value>(&said.out).is_ok(), "what is covered leaves JSON");
            }
        }
    }
}
