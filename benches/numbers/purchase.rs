//! One full hosted purchase through the world with its trace, against the signatures, verifications and JSON bytes that it makes.

use std::hint::black_box;
use std::sync::Arc;

use crate::stopwatch::ratio;
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use paystage::protocol::id::{Kid, ProductId};
use paystage::protocol::jwt::Jwt;
use paystage::protocol::key::PublicNumbers;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::setup::Setup;
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
    let purchase = || {
        let mut session = fresh.clone();
        session.dispatch(Command::Buy { product: product.clone() });
        run_until_idle(&mut session, 100);
        session
    };
    let played = purchase();
    assert!(played.world().app_page().shelf(&product).unwrap().is_open);
    let made = made(&played);
    let values: Vec<serde_json::Value> = [&made.request, &made.notice, &made.receipt]
        .map(|jwt| serde_json::from_str(jwt.unverified_claims_json()).unwrap())
        .into();
    let strict = strict_key(&played);
    let signer = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let signature = Signature::from_slice(made.receipt.signature()).unwrap();

    let floor = || {
        // The pay request and the notice: signed by one side, verified by the other.
        for jwt in [&made.request, &made.notice] {
            for _ in 0..2 {
                let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
                mac.update(jwt.signing_input().as_bytes());
                black_box(mac.finalize().into_bytes());
            }
        }
        // The receipt: signed once by the store, verified once by the app.
        black_box(signer.sign(black_box(made.receipt.signing_input().as_bytes())));
        strict.verify_strict(black_box(made.receipt.signing_input().as_bytes()), &signature).unwrap();
        // Each token's claims are written once and read once by whoever receives it.
        for value in &values {
            let text = serde_json::to_string(black_box(value)).unwrap();
            black_box(serde_json::from_str::<serde_json::Value>(&text).unwrap());
        }
    };
    let ours = || {
        black_box(purchase());
    };
    let steps = played.steps().len();
    println!("{steps} steps, {} messages", played.world().wire().sent_count());
    ratio(300, ours, floor).print("hosted purchase over its floor", 1.25);
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
