//! Judging one EdDSA receipt through the whole ladder, against `verify_strict` alone on the same bytes.

use std::hint::black_box;

use crate::stopwatch::ratio;
use ed25519_dalek::{Signature, VerifyingKey};
use paystage::protocol::id::{Kid, ProductId};
use paystage::protocol::jwt::Jwt;
use paystage::protocol::verdict::judge;
use paystage::protocol::verdict::question::{Presenter, Question};
use paystage::protocol::verifying_key::PublicNumbers;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

/// Measures and prints.
pub(crate) fn run() {
    let mut session = Session::new(Setup::default());
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    run_until_idle(&mut session, 100);
    let world = session.world();
    let receipt = world.device().receipts().first().unwrap().clone();
    let rules = world.setup().rules();
    let mut question = Question::new(&receipt, world.app_page().keys(), &world.catalog().app, world.now(), rules);
    question.presenter = Presenter::Asserted { email: world.catalog().buyer.email, identifier: None };
    assert!(judge(&question).is_accepted());

    let jwt = Jwt::parse(&receipt).unwrap();
    let ring = world.app_page().keys();
    let key = ring.lookup(&world.catalog().market, Some(&Kid::from("mkt-1")), None).unwrap();
    let Some(PublicNumbers::Ed25519(bytes)) = key.numbers() else { panic!("an Ed25519 key") };
    let key = VerifyingKey::from_bytes(bytes).unwrap();
    let signature = Signature::from_slice(jwt.signature()).unwrap();
    let input = jwt.signing_input().as_bytes();

    println!("receipt of {} bytes", receipt.len());
    let ladder = || {
        black_box(judge(black_box(&question)));
    };
    let bare = || key.verify_strict(black_box(input), black_box(&signature)).unwrap();
    ratio(200, ladder, bare).print("whole ladder over verify_strict", 1.15);
}
