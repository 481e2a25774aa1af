//! Payments that move no money: products for trying things out, simulations, free products, and receipts that say so.

use std::sync::Arc;

use paystage::protocol::chain::Chain;
use paystage::protocol::dial::{Hosting, SigningMode};
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::jwt::{HeaderExtras, Jwt, sign};
use paystage::protocol::notice::{Notice, NoticeKind};
use paystage::protocol::receipt::{Receipt, ReceiptType};
use paystage::protocol::request::{Offer, PayRequest, PricePoint, Simulation, SimulationResult};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::store_data::StoreData;
use paystage::protocol::time::Span;
use paystage::world::World;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::armed::Fault;
use paystage::world::fault::trouble::Trouble;
use paystage::world::input::Input;
use paystage::world::marketplace::ledger::Charge;
use paystage::world::message::{Body, Message, MessageId};
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::provenance::Provenance;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;
use paystage::world::transaction::TransactionState;

const SECRET: &str = "their-own-secret";

/// A run whose page sits outside, and everything that happened in it.
struct Live {
    world: World,
    events: Vec<Event>,
}

impl Live {
    fn new(setup: Setup) -> Self {
        let mut live = Self { world: World::new(setup), events: Vec::new() };
        live.events.extend(live.world.handle(&Command::Start));
        live
    }

    fn say(&mut self, input: Input) -> MessageId {
        let id = MessageId(self.world.wire().sent_count());
        self.events.extend(self.world.handle(&Command::Receive { at: self.world.now(), input }));
        while self.world.next_due().is_some_and(|due| due <= self.world.now()) {
            self.events.extend(self.world.handle(&Command::Step));
        }
        id
    }

    fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Delivered { message } = event { Some(message) } else { None })
    }

    fn answer(&mut self, input: Input) -> Body {
        let question = self.say(input);
        let answer = self.messages().rev().find(|message| message.answers == Some(question));
        answer.unwrap().body.clone()
    }

    /// Opens the payment page and confirms there; gives back the payment.
    fn pay(&mut self, request: String) -> TransactionId {
        let Body::PriceShown { transaction, .. } = self.answer(Input::OpenWindow { request, buyer: None }) else {
            panic!("no window")
        };
        self.say(Input::Confirm { transaction: transaction.clone(), pin: "1234".to_owned() });
        transaction
    }

    /// Buys a product of the store's own and gives back its receipt.
    fn buy(&mut self, product: &str) -> (TransactionId, String) {
        let Body::BuyAnswered { transaction, request } =
            self.answer(Input::Buy { product: id(product), origin: None, provenance: Provenance::default() })
        else {
            panic!("not sold")
        };
        self.pay(request.to_string());
        let Body::StatusAnswered { receipt: Some(receipt), .. } =
            self.answer(Input::PollStatus { transaction: transaction.clone() })
        else {
            panic!("not completed")
        };
        (transaction, receipt.to_string())
    }

    fn charged(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, Event::Charged { .. })).count()
    }

    fn notice(&self) -> (NoticeKind, Notice, String) {
        let sent = self.messages().rev().find_map(|message| match &message.body {
            Body::NoticeSent { kind, token, url, .. } => Some((*kind, token.to_string(), url.to_string())),
            _ => None,
        });
        let (kind, token, url) = sent.unwrap();
        (kind, Jwt::parse(&token).unwrap().unverified_claims().unwrap(), url)
    }
}

fn id(product: &str) -> ProductId {
    ProductId::parse(product).unwrap()
}

fn setup() -> Setup {
    Setup {
        seats: Seats { app_page: Seat::External, ..Seats::default() },
        latency: Span::from_millis(0),
        buyer: BuyerCharacter::YouDecide,
        ..Setup::default()
    }
}

/// Their page and their server, with their own secret.
fn classic() -> Setup {
    let app = AppName { secret: Some(Secret::new(SECRET)), ..AppName::default() };
    let seats = Seats { app_page: Seat::External, app_server: Seat::External, ..Seats::default() };
    Setup { hosting: Hosting::Classic, seats, names: Names { app, ..Names::default() }, ..setup() }
}

/// What their server signs.
fn their_request(world: &World, change: impl FnOnce(&mut PayRequest)) -> String {
    let offer = Offer {
        id: "Their:Thing/7",
        name: "Their thing",
        description: "Made elsewhere",
        price_point: "5",
        postback_url: "http://127.0.0.1:9100/postback",
        chargeback_url: "http://127.0.0.1:9100/chargeback",
    };
    let mut request = PayRequest::classic("pony-park-key", "market.example", offer, "order=1", world.now());
    change(&mut request);
    let key = SigningKey::hs256("pony-park-key", SECRET.as_bytes()).unwrap();
    sign(&request, &key, HeaderExtras::default()).unwrap()
}

fn claims(receipt: &str) -> Receipt {
    Receipt::read(Chain::split(receipt).unwrap().receipt().unverified_claims_json().as_bytes()).unwrap()
}

#[test]
fn a_product_for_trying_out_costs_nothing_and_its_receipt_says_test() {
    for signing in [SigningMode::EdDsaBare, SigningMode::Rs256Certified] {
        let mut live = Live::new(Setup { signing: Some(signing), ..setup() });
        let (transaction, receipt) = live.buy("kiwi");
        let claims = claims(&receipt);
        assert_eq!((claims.typ, claims.user.value.as_str()), (ReceiptType::Test, "none"));
        assert_eq!(claims.product.url, "https://market.example");
        let data = StoreData::parse(claims.product.storedata.as_deref().unwrap());
        assert_eq!((data.id(), data.inapp_id()), (Some(0), Some("kiwi")));
        assert_eq!(claims.verify.as_deref(), Some("https://market.example/developers/test/receipts/verify/ok/"));
        assert_eq!(live.charged(), 0);
        let (kind, notice, _) = live.notice();
        assert_eq!(kind, NoticeKind::Postback);
        assert_eq!(notice.response.transaction_id, format!("simulate:{transaction}"));
        assert_eq!(notice.response.price.amount.as_deref(), Some("0.99"));
        assert!(notice.request.simulate.is_some());
    }
    // The twin: a product in earnest.
    let mut live = Live::new(setup());
    let (_, receipt) = live.buy("shiny-pony");
    assert_eq!((claims(&receipt).typ, live.charged()), (ReceiptType::Purchase, 1));
    assert!(!live.notice().1.response.transaction_id.starts_with("simulate:"));
}

#[test]
fn a_simulated_chargeback_sends_that_notice_with_its_reason() {
    let mut live = Live::new(classic());
    let simulate = |result, reason: Option<&str>| Some(Simulation { result, reason: reason.map(str::to_owned) });
    let request = their_request(&live.world, |request| {
        request.request.simulate = simulate(SimulationResult::Chargeback, Some("reversal"));
    });
    let transaction = live.pay(request);
    let (kind, notice, url) = live.notice();
    assert_eq!((kind, notice.response.reason.as_deref()), (NoticeKind::Chargeback, Some("reversal")));
    assert_eq!((url.as_str(), live.charged()), ("http://127.0.0.1:9100/chargeback", 0));
    assert_eq!(live.world.marketplace().transaction(&transaction).unwrap().state, TransactionState::ChargedBack);
    // The twin: a simulated postback.
    let mut live = Live::new(classic());
    let request =
        their_request(&live.world, |request| request.request.simulate = simulate(SimulationResult::Postback, None));
    let transaction = live.pay(request);
    assert_eq!(live.notice().0, NoticeKind::Postback);
    assert_eq!(live.world.marketplace().transaction(&transaction).unwrap().state, TransactionState::Completed);
}

#[test]
fn a_free_product_is_completed_without_money_and_its_notice_has_no_price() {
    let mut live = Live::new(classic());
    let request = their_request(&live.world, |request| request.request.price_point = PricePoint::from("0"));
    let transaction = live.pay(request);
    let (_, notice, _) = live.notice();
    assert_eq!(notice.response.transaction_id, format!("free:{transaction}"));
    assert_eq!((notice.response.price.amount, notice.response.price.currency), (None, None));
    assert_eq!(live.charged(), 0);
    let payment = live.world.marketplace().transaction(&transaction).unwrap();
    assert_eq!((payment.charge, payment.price.minor), (Charge::Free, 0));
}

#[test]
fn a_server_outside_sells_what_it_likes_at_the_price_of_its_tier() {
    let mut live = Live::new(classic());
    let request = their_request(&live.world, |_| ());
    let transaction = live.pay(request);
    let payment = live.world.marketplace().transaction(&transaction).unwrap();
    assert_eq!((payment.product.as_str(), payment.price.minor), ("their-thing-7", 399));
    assert_eq!((live.charged(), payment.state), (1, TransactionState::Completed));
    // The twins: a tier that nobody knows, and the same request where the app server is played here.
    let unknown = their_request(&live.world, |request| request.request.price_point = PricePoint::from("999"));
    let Body::WindowEnded { failure: Some(refusal) } = live.answer(Input::OpenWindow { request: unknown, buyer: None })
    else {
        panic!("a window for 999")
    };
    assert_eq!(refusal.code, "BAD_PRICE_POINT");
    let mut played = Live::new(Setup { seats: setup().seats, ..classic() });
    let request = their_request(&played.world, |request| request.request.price_point = PricePoint::from("1"));
    let Body::WindowEnded { failure: Some(refusal) } = played.answer(Input::OpenWindow { request, buyer: None }) else {
        panic!("a window for nothing")
    };
    assert_eq!(refusal.code, "TRANS_CONFIG_FAILED");
}

#[test]
fn a_lost_simulated_notice_is_retried_and_nobody_is_written_to() {
    for (simulate, mails) in [(true, 0), (false, 1)] {
        let mut live = Live::new(classic());
        let simulation = simulate.then_some(Simulation { result: SimulationResult::Postback, reason: None });
        let request = their_request(&live.world, |request| request.request.simulate = simulation);
        live.pay(request);
        while !live.world.is_idle() {
            let events = live.world.handle(&Command::Step);
            live.events.extend(events);
        }
        let count = |wanted: fn(&Body) -> bool| live.messages().filter(|message| wanted(&message.body)).count();
        assert_eq!(count(|body| matches!(body, Body::NoticeSent { .. })), 6);
        assert_eq!(count(|body| matches!(body, Body::OwnerMailed { .. })), mails);
    }
}

#[test]
fn the_store_lists_its_products_as_the_shipped_interface_did() {
    let mut live = Live::new(setup());
    let mut list = |origin: Option<&str>, product: Option<&str>| {
        live.answer(Input::ListProducts { origin: origin.map(str::to_owned), product: product.map(id) })
    };
    let names = |answer: &Body| match answer {
        Body::ProductsAnswered { products, .. } => products.iter().map(|ware| ware.name).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let pony = Some("https://pony.example");
    assert_eq!(names(&list(pony, None)), ["Shiny Pony", "Golden Saddle", "Rainbow Mane"]);
    assert_eq!(names(&list(pony, Some("golden-saddle"))), ["Golden Saddle"]);
    assert_eq!(names(&list(None, None)), ["Kiwi", "Rocket"]);
    for (origin, product) in [
        (Some("https://nobody.example"), None),
        (pony, Some("long-string")),
        (pony, Some("kiwi")),
        (None, Some("shiny-pony")),
    ] {
        assert!(matches!(list(origin, product), Body::StoreRefused { status: 404, .. }), "{origin:?} {product:?}");
    }
}

#[test]
fn the_product_list_has_the_shipped_fields() {
    let mut live = Live::new(setup());
    let mut form = |origin: Option<&str>, product: Option<&str>| {
        let question = live.say(Input::ListProducts { origin: origin.map(str::to_owned), product: product.map(id) });
        let answer = live.messages().rev().find(|message| message.answers == Some(question)).unwrap();
        let body = answer.http(live.world.setup(), live.world.catalog()).unwrap().body.unwrap();
        serde_json::from_str::<serde_json::Value>(&body).unwrap()
    };
    let list = form(Some("https://pony.example"), None);
    assert_eq!((list["meta"]["total_count"].as_u64(), list["objects"].as_array().unwrap().len()), (Some(3), 3));
    let one = form(None, Some("rocket"));
    assert_eq!(
        (one["guid"].as_str(), one["price_id"].as_u64(), &one["app"]),
        (Some("rocket"), Some(3), &serde_json::Value::Null)
    );
    assert!(one["logo_url"].is_string() && one["active"] == true && one["name"] == "Rocket");
}

#[test]
fn a_receipt_is_handed_to_who_bought_and_refused_to_who_did_not() {
    let mut live = Live::new(setup());
    let claim = |live: &mut Live, product: &str| live.answer(Input::InstallReceipt { product: id(product) });
    assert!(matches!(claim(&mut live, "shiny-pony"), Body::StoreRefused { status: 402, .. }));
    assert!(matches!(claim(&mut live, "no-such-pony"), Body::StoreRefused { status: 400, .. }));
    let (transaction, _) = live.buy("shiny-pony");
    let Body::ReceiptHandedOver { transaction: of, receipt, .. } = claim(&mut live, "shiny-pony") else { panic!() };
    assert_eq!((of, claims(&receipt).typ), (transaction, ReceiptType::Purchase));
    assert!(matches!(claim(&mut live, "golden-saddle"), Body::StoreRefused { status: 402, .. }));
}

#[test]
fn test_receipts_are_signed_for_any_app_and_refused_without_one() {
    let mut live = Live::new(setup());
    let mut ask = |manifest: &str, kind: &str| {
        live.answer(Input::TestReceipt { manifest: manifest.to_owned(), kind: kind.to_owned() })
    };
    for kind in ["ok", "expired", "invalid", "refunded"] {
        let Body::TestReceiptIssued { receipt: Some(receipt) } = ask("http://127.0.0.1:9100/app/m.webapp?x", kind)
        else {
            panic!("{kind}")
        };
        let claims = claims(&receipt);
        assert_eq!((claims.typ, claims.product.url.as_str()), (ReceiptType::Test, "http://127.0.0.1:9100"));
        assert_eq!(claims.product.storedata.as_deref(), Some("id=0"));
        let verify = format!("https://market.example/developers/test/receipts/verify/{kind}/");
        assert_eq!(claims.verify, Some(verify));
    }
    assert!(matches!(ask("http://127.0.0.1:9100/m", "none"), Body::TestReceiptIssued { receipt: None }));
    for (manifest, kind) in [
        ("http://127.0.0.1:9100/m", "pending"),
        ("ftp://a.example/m", "ok"),
        ("", "ok"),
        ("/m.webapp", "ok"),
        ("http://", "ok"),
    ] {
        assert!(matches!(ask(manifest, kind), Body::StoreRefused { status: 400, .. }), "{manifest:?} {kind:?}");
    }
}

#[test]
fn a_signer_that_is_down_signs_nothing_and_changes_no_name_in_the_books() {
    let mut live = Live::new(Setup { is_guid_kept: false, ..setup() });
    let (transaction, _) = live.buy("shiny-pony");
    let guid = |live: &Live| live.world.marketplace().transactions()[0].guid.clone();
    let handed = |live: &mut Live| live.answer(Input::RequestReceipt { transaction: transaction.clone() });
    assert!(matches!(handed(&mut live), Body::ReceiptHandedOver { .. }));
    let named = guid(&live);
    live.world.handle(&Command::Arm { fault: Fault::OnParty { trouble: Trouble::SignerDown, span: None } });
    assert!(matches!(handed(&mut live), Body::ReceiptDenied { status: 500, .. }));
    assert_eq!(guid(&live), named, "the last receipt names it");
    let mut ask = |kind: &str| {
        live.answer(Input::TestReceipt { manifest: "http://127.0.0.1:9100/m".to_owned(), kind: kind.to_owned() })
    };
    assert!(matches!(ask("ok"), Body::StoreRefused { status: 500, .. }));
    assert!(matches!(ask("pending"), Body::StoreRefused { status: 400, .. }), "nothing was to be signed");
    assert!(matches!(ask("none"), Body::TestReceiptIssued { receipt: None }));
}
