//! A run is called what its set-up calls it, everywhere; and its secrets stay with their owner.

use std::sync::Arc;

use paystage::protocol::chain::Chain;
use paystage::protocol::dial::{Hosting, Profile, SigningMode, VerifyPolicy};
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::jwt::Jwt;
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::receipt::Receipt;
use paystage::protocol::request::PayRequest;
use paystage::protocol::rules::Revision;
use paystage::protocol::verifying_key::VerifyingKey;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::session::run_file::load::load;
use paystage::session::run_file::save::save;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::print::print;
use paystage::session::scenario::record::record;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::http_form::StartLine;
use paystage::world::message::{Body, Message};
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::setup::Setup;

const SECRET: &str = "the-developers-own-secret";
const STORE: &str = "http://127.0.0.1:8420";
const APP: &str = "http://127.0.0.1:9100";

/// A live run's names: everything on this machine.
fn live_names() -> Names {
    Names {
        base: String::new(),
        market: Origin::parse(STORE).unwrap(),
        provider: "pay.test".to_owned(),
        app: AppName {
            origin: Origin::parse(APP).unwrap(),
            key: "their-key".to_owned(),
            secret: Some(Secret::new(SECRET)),
            postback_url: Some(format!("{APP}/in")),
            ..AppName::default()
        },
        marketplace_url: None,
    }
}

/// The purchase of a pony, from the first key to the last arrow.
fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    run_until_idle(&mut session, 1000);
    session
}

fn messages(session: &Session) -> Vec<Arc<Message>> {
    let events = session.past().iter().flat_map(|step| &step.events);
    events
        .filter_map(|event| if let Event::Delivered { message } = event { Some(Arc::clone(message)) } else { None })
        .collect()
}

fn is_open(session: &Session) -> bool {
    session.world().app_page().shelves().any(|shelf| shelf.is_open)
}

fn receipt(session: &Session) -> Receipt {
    let text = session.world().marketplace().transactions()[0].receipts[0].to_string();
    Receipt::read(Chain::split(&text).unwrap().receipt().unverified_claims_json().as_bytes()).unwrap()
}

#[test]
fn receipts_bear_the_names_of_the_run_and_open_the_app_under_every_profile() {
    for &profile in Profile::ALL {
        for signing in [SigningMode::EdDsaBare, SigningMode::Rs256Certified] {
            // The client library of 2013 knew no receipt without a certificate.
            if (profile, signing) == (Profile::Receiptverifier, SigningMode::EdDsaBare) {
                continue;
            }
            let setup = Setup {
                names: live_names(),
                profile: Some(profile),
                signing: Some(signing),
                verify_policy: Some(VerifyPolicy::SignatureAndStore),
                ..Setup::default()
            };
            let session = bought(setup);
            assert!(is_open(&session), "{profile:?} {signing:?}");
            let receipt = receipt(&session);
            assert_eq!(receipt.iss, STORE);
            assert_eq!(receipt.product.url, APP);
            assert_eq!(receipt.verify.unwrap(), format!("{STORE}/verify/"));
            assert_eq!(receipt.reissue.unwrap(), format!("{STORE}/api/v1/receipts/reissue/"));
            assert!(receipt.detail.unwrap().starts_with(&format!("{STORE}/receipts/")));
        }
    }
}

#[test]
fn pay_requests_and_notices_name_the_provider_and_the_app() {
    for (hosting, seller, postback) in [
        (Hosting::Hosted, "pay.test", format!("{STORE}/services/webpay/postback")),
        (Hosting::Classic, "their-key", format!("{APP}/in")),
    ] {
        let session = bought(Setup { names: live_names(), hosting, ..Setup::default() });
        assert!(is_open(&session), "{hosting:?}");
        let messages = messages(&session);
        let claims = messages.iter().find_map(|message| match &message.body {
            Body::BuyAnswered { request, .. } => {
                Some(Jwt::parse(request).unwrap().unverified_claims::<PayRequest>().unwrap())
            }
            _ => None,
        });
        let claims = claims.unwrap();
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), (seller, "pay.test"));
        assert_eq!(claims.request.postback_url, postback);
        let url = messages.iter().find_map(|message| match &message.body {
            Body::NoticeSent { url, kind: NoticeKind::Postback, .. } => Some(url.to_string()),
            _ => None,
        });
        assert_eq!(url.unwrap(), postback);
    }
}

#[test]
fn no_request_of_a_renamed_run_goes_to_a_reserved_name() {
    for hosting in [Hosting::Hosted, Hosting::Classic] {
        let session = bought(Setup { names: live_names(), hosting, revision: Revision::Before, ..Setup::default() });
        let (setup, catalog) = (session.setup(), session.world().catalog());
        for message in messages(&session) {
            let Some(StartLine::Request { url, .. }) = message.http(setup, catalog).map(|form| form.start) else {
                continue;
            };
            let is_provider = url.starts_with("https://provider.example");
            assert!(is_provider || url.starts_with(STORE) || url.starts_with(APP), "{url}");
        }
    }
}

#[test]
fn parties_outside_are_found_where_the_set_up_says() {
    let mut names = live_names();
    names.marketplace_url = Some(Origin::parse("http://127.0.0.1:7000").unwrap());
    names.app.server_url = Some(Origin::parse("http://127.0.0.1:7001").unwrap());
    for (hosting, keys, buy) in [
        (Hosting::Hosted, "http://127.0.0.1:7000", "http://127.0.0.1:7000"),
        (Hosting::Classic, "http://127.0.0.1:7000", "http://127.0.0.1:7001"),
    ] {
        let session = bought(Setup { names: names.clone(), hosting, ..Setup::default() });
        let (setup, catalog) = (session.setup(), session.world().catalog());
        let url_of = |wanted: fn(&Body) -> bool| {
            let message = messages(&session).into_iter().find(|message| wanted(&message.body)).unwrap();
            match message.http(setup, catalog).unwrap().start {
                StartLine::Request { url, .. } => url,
                StartLine::Response { .. } => panic!("an answer has no address"),
            }
        };
        assert!(url_of(|body| matches!(body, Body::KeysAsked)).starts_with(keys));
        assert!(url_of(|body| matches!(body, Body::BuyAsked { .. })).starts_with(buy));
    }
}

#[test]
fn classic_pay_requests_are_signed_with_the_apps_own_secret() {
    let session = bought(Setup { names: live_names(), hosting: Hosting::Classic, ..Setup::default() });
    let messages = messages(&session);
    let request = messages.iter().find_map(|message| match &message.body {
        Body::PayCalled { requests } => Some(requests[0].to_string()),
        _ => None,
    });
    let verified = |secret: &str| {
        let key = VerifyingKey::hmac(None, secret.as_bytes()).unwrap();
        Jwt::parse(request.as_ref().unwrap()).unwrap().verify(&key).is_ok()
    };
    assert!(verified(SECRET));
    assert!(!verified("some-other-secret"));
}

#[test]
fn a_secret_is_masked_wherever_a_run_is_written() {
    let session = bought(Setup { names: live_names(), hosting: Hosting::Classic, ..Setup::default() });
    let written = [
        save(&session),
        print(&record(&session)),
        session.trace(),
        serde_json::to_string(session.setup()).unwrap(),
        format!("{:?}", session.setup()),
        format!("{:?}", session.world()),
    ];
    for text in &written {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert!(written[0].contains("••••") && written[1].contains("••••"));
}

#[test]
fn a_masked_secret_is_told_apart_when_it_is_read() {
    let session = bought(Setup { names: live_names(), hosting: Hosting::Classic, ..Setup::default() });
    let (file, scenario) = (save(&session), print(&record(&session)));
    let refused = load(file.as_bytes()).unwrap_err().to_string();
    assert!(refused.contains("the secret was masked"), "{refused}");
    let refused = parse("s.toml", &scenario).unwrap_err().to_string();
    assert!(refused.contains("the secret was masked"), "{refused}");
    // The twins: the secret written in again.
    assert!(load(file.replace("••••", SECRET).as_bytes()).is_ok());
    assert!(parse("s.toml", &scenario.replace("••••", SECRET)).is_ok());
    assert!(parse("s.toml", &scenario.replace("••••", "")).unwrap_err().to_string().contains("must not be empty"));
}

#[test]
fn the_private_form_of_a_set_up_reads_back_whole() {
    let setup = Setup { names: live_names(), ..Setup::default() };
    let private = setup.private_json();
    assert!(private.contains(SECRET));
    assert_eq!(serde_json::from_str::<Setup>(&private).unwrap(), setup);
    assert!(serde_json::from_str::<Setup>(&serde_json::to_string(&setup).unwrap()).is_err());
    let plain = Setup::default();
    assert_eq!(serde_json::from_str::<Setup>(&plain.private_json()).unwrap(), plain);
}
