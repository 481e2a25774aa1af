//! Honest buyers get in under every set-up, and a pay request stands by what became of it.

use paystage::protocol::dial::{Hosting, SigningMode, VerifyPolicy};
use paystage::protocol::id::ProductId;
use paystage::protocol::jwt::{HeaderExtras, Jwt, sign};
use paystage::protocol::request::PayRequest;
use paystage::protocol::rules::Revision;
use paystage::protocol::signing_key::SigningKey;
use paystage::world::World;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::message::Body;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::setup::{AppKeys, Setup};

/// Starts, buys the pony and steps to the end.
fn played(setup: Setup) -> World {
    told(setup).0
}

/// As [`played`], with the pay request that was opened.
fn told(setup: Setup) -> (World, String) {
    let mut world = World::new(setup);
    let mut events = world.handle(&Command::Start);
    events.extend(world.handle(&Command::Buy { product: ProductId::parse("shiny-pony").unwrap() }));
    for _ in 0..200 {
        if world.is_idle() {
            let request = events.iter().find_map(|event| match event {
                Event::Delivered { message } => match &message.body {
                    Body::WindowOpened { request } => Some(request.to_string()),
                    _ => None,
                },
                _ => None,
            });
            return (world, request.unwrap());
        }
        events.extend(world.handle(&Command::Step));
    }
    panic!("the run does not come to an end");
}

/// What comes of opening the payment window with this request: the window, success without one, or a code.
fn answer_to(world: &mut World, request: String) -> &'static str {
    let events = world.handle(&Command::Receive { at: world.now(), input: Input::OpenWindow { request, buyer: None } });
    let answer = events.iter().find_map(|event| match event {
        Event::Sent { message } => match &message.body {
            Body::WindowEnded { failure } => Some(failure.as_ref().map_or("success", |refusal| refusal.code)),
            Body::PriceShown { .. } => Some("a window"),
            _ => None,
        },
        _ => None,
    });
    answer.unwrap()
}

fn is_open(world: &World) -> bool {
    world.app_page().shelf(&ProductId::parse("shiny-pony").unwrap()).is_some_and(|shelf| shelf.is_open)
}

#[test]
fn a_plain_purchase_opens_the_pony_in_both_hostings() {
    for hosting in [Hosting::Hosted, Hosting::Classic] {
        assert!(is_open(&played(Setup { hosting, ..Setup::default() })), "{hosting:?}");
    }
}

#[test]
fn every_way_of_signing_is_verified_by_the_app() {
    for &signing in SigningMode::ALL {
        for policy in [VerifyPolicy::SignatureOnly, VerifyPolicy::SignatureAndStore] {
            let world = played(Setup { signing: Some(signing), verify_policy: Some(policy), ..Setup::default() });
            let shelf = world.app_page().shelves().next().unwrap();
            assert!(shelf.is_open, "{signing:?} {policy:?}: {:?}", shelf.refusal);
        }
    }
}

#[test]
fn every_revision_lets_an_honest_buyer_in() {
    for &revision in Revision::ALL {
        let world = played(Setup { revision, ..Setup::default() });
        let shelf = world.app_page().shelves().next().unwrap();
        assert!(shelf.is_open, "{revision:?}: {:?}", shelf.refusal);
    }
}

#[test]
fn an_app_without_the_issuers_key_stays_closed() {
    assert!(!is_open(&played(Setup { app_keys: AppKeys::IssuerUnknown, ..Setup::default() })));
    assert!(!is_open(&played(Setup { app_keys: AppKeys::Stale, ..Setup::default() })));
    assert!(is_open(&played(Setup { app_keys: AppKeys::Rotated, ..Setup::default() })));
}

#[test]
fn a_pay_request_that_is_opened_again_stands_by_how_it_ended() {
    let (cancels, pays) = (BuyerCharacter::Cancels, BuyerCharacter::PaysAtOnce);
    for (buyer, revision, expected) in [
        (cancels, Revision::After, "TRANS_ENDED"),
        (pays, Revision::After, "success"),
        (cancels, Revision::AsBuilt2015, "a window"),
        (pays, Revision::AsBuilt2015, "a window"),
    ] {
        let (mut world, request) = told(Setup { revision, buyer, ..Setup::default() });
        let balance = world.provider().balance_minor();
        assert_eq!(answer_to(&mut world, request), expected, "{buyer:?} {revision:?}");
        assert_eq!(world.provider().balance_minor(), balance, "opening a window costs nothing");
    }
}

#[test]
fn a_pay_request_for_a_product_that_nobody_sells_is_told_so() {
    const SECRET: &str = "one-secret-that-the-test-knows-too";
    let app = AppName { secret: Some(Secret::new(SECRET)), ..AppName::default() };
    let setup = Setup { hosting: Hosting::Classic, names: Names { app, ..Names::default() }, ..Setup::default() };
    for (product, expected) in [("no-such-pony", "TRANS_CONFIG_FAILED"), ("golden-saddle", "a window")] {
        let (mut world, request) = told(setup.clone());
        let mut claims: PayRequest = Jwt::parse(&request).unwrap().unverified_claims().unwrap();
        product.clone_into(&mut claims.request.id);
        // Another purchase, so that it is not the answer to the one before.
        claims.request.product_data = None;
        let key = SigningKey::hs256("pony-park-key", SECRET.as_bytes()).unwrap();
        let forged = SigningKey::hs256("pony-park-key", b"some other secret").unwrap();
        let signed = |key| sign(&claims, key, HeaderExtras::default()).unwrap();
        assert_eq!(answer_to(&mut world, signed(&key)), expected, "{product}");
        assert_eq!(answer_to(&mut world, signed(&forged)), "INVALID_JWT");
    }
}
