//! The domain check lets the app in under each policy, and names what gave somebody else away.

use paystage::protocol::code::Code;
use paystage::protocol::dial::{DomainCheck, Hosting};
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::jwt::{HeaderExtras, sign_json};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::world::World;
use paystage::world::command::Command;
use paystage::world::domain_check::ForeignCaller;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::message::Body;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::provenance::Provenance;
use paystage::world::setup::Setup;

use crate::closed_list::check_reached;

const APP: &str = "https://pony.example";
const SECRET: &str = "the-key-that-the-app-keeps";

fn setup(domain_check: DomainCheck) -> Setup {
    let app = AppName { secret: Some(Secret::new(SECRET)), ..AppName::default() };
    Setup { domain_check, names: Names { app, ..Names::default() }, latency: Span::from_millis(0), ..Setup::default() }
}

/// What comes of a buy request: a pay request, or the code that refused it.
fn ask(domain_check: DomainCheck, origin: Option<&str>, provenance: Provenance) -> &'static str {
    let mut world = World::new(setup(domain_check));
    let product = ProductId::parse("shiny-pony").unwrap();
    let origin = origin.map(|origin| Origin::parse(origin).unwrap());
    let input = Input::Buy { product, origin, provenance };
    let mut events = world.handle(&Command::Receive { at: world.now(), input });
    while world.next_due().is_some_and(|due| due <= world.now()) {
        events.extend(world.handle(&Command::Step));
    }
    let answer = events.iter().find_map(|event| match event {
        Event::Delivered { message } => match &message.body {
            Body::BuyAnswered { .. } => Some("sold"),
            Body::BuyRefused { status, refusal } => {
                assert_eq!((*status, world.marketplace().transactions().len()), (403, 0));
                Some(refusal.code)
            }
            _ => None,
        },
        _ => None,
    });
    answer.unwrap()
}

fn referer(text: &str) -> Provenance {
    Provenance { referer: Some(text.to_owned()), ..Provenance::default() }
}

fn path(text: &str) -> Provenance {
    Provenance { path: Some(text.to_owned()), ..Provenance::default() }
}

/// A token with these claims changed, signed with this secret.
fn token(secret: &str, change: impl FnOnce(&mut serde_json::Value)) -> Provenance {
    let now = Setup::default().start.seconds();
    let mut claims = serde_json::json!({
        "iss": APP, "aud": "market.example", "typ": "paystage/buy/v1", "iat": now, "exp": now + 300, "product": "shiny-pony"
    });
    change(&mut claims);
    let key = SigningKey::hs256(APP, secret.as_bytes()).unwrap();
    let token = sign_json(&claims.to_string(), &key, HeaderExtras::default()).unwrap();
    Provenance { token: Some(token.into()), ..Provenance::default() }
}

fn none() -> Provenance {
    Provenance::default()
}

/// Every case: policy, `Origin` header, what else is told, what comes of it.
fn cases() -> Vec<(DomainCheck, Option<&'static str>, Provenance, &'static str)> {
    use DomainCheck::{AppSignedToken, None as NoCheck, OriginHeader, OriginInPath, Referer};
    let now = Setup::default().start.seconds();
    vec![
        (NoCheck, None, none(), "sold"),
        (NoCheck, Some("https://evil.example"), referer("https://evil.example/"), "sold"),
        (OriginHeader, Some(APP), none(), "sold"),
        (OriginHeader, None, none(), "ORIGIN_MISSING"),
        (OriginHeader, Some("https://evil.example"), none(), "ORIGIN_FOREIGN"),
        (OriginHeader, Some("http://pony.example"), none(), "ORIGIN_FOREIGN"),
        (Referer, None, referer("https://pony.example/shop?x"), "sold"),
        (Referer, None, none(), "sold"),
        (Referer, None, referer("https://evil.example/?https://pony.example/"), "REFERER_FOREIGN"),
        (Referer, None, referer("https://pony.example.evil.net/"), "REFERER_FOREIGN"),
        (OriginInPath, None, path(APP), "sold"),
        (OriginInPath, Some("https://evil.example"), path(APP), "sold"),
        (OriginInPath, None, none(), "PATH_MISSING"),
        (OriginInPath, None, path("https://kite.example"), "PATH_FOREIGN"),
        (AppSignedToken, None, token(SECRET, |_| ()), "sold"),
        (AppSignedToken, Some(APP), none(), "TOKEN_MISSING"),
        (AppSignedToken, None, token("guessed", |_| ()), "TOKEN_FORGED"),
        (AppSignedToken, None, Provenance { token: Some("a.b".into()), ..none() }, "TOKEN_FORGED"),
        (AppSignedToken, None, token(SECRET, |claims| claims["product"] = "golden-saddle".into()), "TOKEN_FOREIGN"),
        (AppSignedToken, None, token(SECRET, |claims| claims["aud"] = "other.example".into()), "TOKEN_FOREIGN"),
        (AppSignedToken, None, token(SECRET, |claims| claims["exp"] = now.into()), "TOKEN_EXPIRED"),
        (AppSignedToken, None, token(SECRET, |claims| claims["iat"] = (now + 1).into()), "TOKEN_EXPIRED"),
    ]
}

#[test]
fn each_policy_lets_in_whom_it_must_and_names_what_gave_the_others_away() {
    for (policy, origin, provenance, expected) in cases() {
        let told = format!("{policy:?} {origin:?} {provenance:?}");
        assert_eq!(ask(policy, origin, provenance), expected, "{told}");
    }
}

#[test]
fn every_code_of_the_domain_check_is_reached() {
    let list: Vec<&str> = ForeignCaller::ALL.iter().map(|caller| caller.words().code).collect();
    let reached = cases().into_iter().map(|(.., code)| code).filter(|code| *code != "sold").collect();
    check_reached(&list, &reached, &[]);
}

#[test]
fn the_simulated_app_passes_its_own_check_under_every_policy() {
    for &domain_check in DomainCheck::ALL {
        for hosting in [Hosting::Hosted, Hosting::Classic] {
            for names in [setup(domain_check).names, Names::default()] {
                let mut world = World::new(Setup { domain_check, hosting, names, ..Setup::default() });
                let pony = ProductId::parse("shiny-pony").unwrap();
                world.handle(&Command::Start);
                world.handle(&Command::Buy { product: pony.clone() });
                while !world.is_idle() {
                    world.handle(&Command::Step);
                }
                assert!(world.app_page().shelf(&pony).unwrap().is_open, "{domain_check:?} {hosting:?}");
            }
        }
    }
}
