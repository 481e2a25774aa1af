//! One full hosted purchase through the world with its trace, against the signatures, verifications and JSON bytes that it makes.

use std::hint::black_box;
use std::sync::Arc;

use crate::stopwatch::ratio_on;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use paystage::protocol::id::{Kid, ProductId};
use paystage::protocol::jwt::Jwt;
use paystage::protocol::verifying_key::PublicNumbers;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::setup::Setup;
use serde_json::Value;
use sha2::Sha256;

/// The tokens that one purchase makes, as they were signed.
struct Made {
    request: Jwt,
    notice: Jwt,
    receipt: Jwt,
}

/// Measures and prints.
pub(crate) fn run() {
    let fresh = Session::new(Setup::default());
    let product = ProductId::parse("shiny-pony").unwrap();
    let purchase = |session: &mut Session| {
        session.dispatch(Command::Buy { product: product.clone() });
        run_until_idle(session, 100);
    };
    let mut played = fresh.clone();
    purchase(&mut played);
    assert!(played.world().app_page().shelf(&product).unwrap().is_open);
    println!("{} steps, {} messages", played.steps().len(), played.world().wire().sent_count());

    let made = made(&played);
    let signed = [&made.request, &made.notice].map(Alone::new);
    let receipt = Alone::new(&made.receipt);
    let (strict, store) = (strict_key(&played), ed25519_dalek::SigningKey::from_bytes(&[7; 32]));
    let signature = Signature::from_slice(made.receipt.signature()).unwrap();
    let floor = || {
        // The pay request and the notice: signed by one side, verified and read by the other.
        for token in &signed {
            token.encode(mac);
            black_box(mac(token.jwt.signing_input().as_bytes()));
            token.decode();
        }
        // The receipt: signed by the store, verified and read by the app.
        receipt.encode(|input| store.sign(input).to_bytes().to_vec());
        strict.verify_strict(black_box(made.receipt.signing_input().as_bytes()), &signature).unwrap();
        receipt.decode();
    };
    ratio_on(10, || fresh.clone(), purchase, floor).print("hosted purchase over its floor", 1.25);
}

/// One token as bare libraries make and read it: two JSON texts, base64url, nothing kept, nothing asked.
struct Alone<'a> {
    jwt: &'a Jwt,
    header: Value,
    claims: Value,
}

impl<'a> Alone<'a> {
    fn new(jwt: &'a Jwt) -> Self {
        let read = |text: &str| serde_json::from_str(text).unwrap();
        Self { jwt, header: read(jwt.unverified_header().json()), claims: read(jwt.unverified_claims_json()) }
    }

    fn encode(&self, sign: impl Fn(&[u8]) -> Vec<u8>) {
        let mut token = String::with_capacity(1024);
        URL_SAFE_NO_PAD.encode_string(serde_json::to_string(&self.header).unwrap(), &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_string(&self.claims).unwrap(), &mut token);
        let signature = sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        black_box(token);
    }

    fn decode(&self) {
        let mut parts = self.jwt.text().split('.');
        for _ in 0..2 {
            let json = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
            black_box(serde_json::from_slice::<Value>(&json).unwrap());
        }
        black_box(URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap());
    }
}

fn mac(input: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    mac.update(black_box(input));
    mac.finalize().into_bytes().to_vec()
}

fn made(session: &Session) -> Made {
    let parse = |text: &Arc<str>| Jwt::parse(text).unwrap();
    let (mut request, mut notice, mut receipt) = (None, None, None);
    for event in session.steps().iter().flat_map(|step| &step.events) {
        let Event::Sent { message } = event else { continue };
        if let Body::WindowOpened { request: token } = &message.body {
            request = Some(parse(token));
        } else if let Body::NoticeSent { token, .. } = &message.body {
            notice = Some(parse(token));
        } else if let Body::InstallAsked { receipt: token } = &message.body {
            receipt = Some(parse(token));
        }
    }
    Made { request: request.unwrap(), notice: notice.unwrap(), receipt: receipt.unwrap() }
}

fn strict_key(session: &Session) -> VerifyingKey {
    let world = session.world();
    let ring = world.app_page().keys();
    let key = ring.lookup(&world.catalog().market, Some(&Kid::from("mkt-1")), None).unwrap();
    let Some(PublicNumbers::Ed25519(bytes)) = key.numbers() else { panic!("an Ed25519 key") };
    VerifyingKey::from_bytes(bytes).unwrap()
}
