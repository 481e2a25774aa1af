//! Servers outside: what they answer is heard as the historic clients would have heard it, and nothing they say breaks anything.

use std::sync::Arc;

use paystage::protocol::dial::{Hosting, VerifyPolicy};
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::jwt::{HeaderExtras, sign};
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::request::{Offer, PayRequest};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::world::World;
use paystage::world::app_page::shelf::Stage;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::kind::Kind;
use paystage::world::message::{Body, Message};
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::provenance::Provenance;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;

const SECRET: &str = "their-own-secret";

/// A run with servers outside, everything that happened in it, and how far its errands have been run.
struct Live {
    world: World,
    events: Vec<Event>,
}

impl Live {
    fn new(setup: Setup) -> Self {
        let mut live = Self { world: World::new(setup), events: Vec::new() };
        live.command(&Command::Start);
        live
    }

    fn command(&mut self, command: &Command) {
        self.events.extend(self.world.handle(command));
        self.settle();
    }

    fn settle(&mut self) {
        while self.world.next_due().is_some_and(|due| due <= self.world.now()) {
            self.events.extend(self.world.handle(&Command::Step));
        }
    }

    fn say(&mut self, input: Input) {
        self.command(&Command::Receive { at: self.world.now(), input });
    }

    fn advance(&mut self, span: Span) {
        let until = self.world.now() + span;
        while let Some(due) = self.world.next_due().filter(|due| *due <= until) {
            self.command(&Command::Wait { span: due - self.world.now() });
        }
        self.command(&Command::Wait { span: until - self.world.now() });
    }

    /// The request that waits for the server outside, the newest.
    fn errand(&self) -> Arc<Message> {
        Arc::clone(self.world.errands().last().expect("nothing was asked of the server outside"))
    }

    /// Answers the newest request.
    fn reply(&mut self, status: u16, body: &str) {
        let message = self.errand().id.0;
        self.say(Input::Answer { message, status, body: body.to_owned() });
    }

    fn count(&self, wanted: fn(&Body) -> bool) -> usize {
        let is_it = |event: &&Event| matches!(event, Event::Delivered { message } if wanted(&message.body));
        self.events.iter().filter(is_it).count()
    }

    fn delivery(&self) -> (u8, bool, bool) {
        let payment = &self.world.marketplace().transactions()[0];
        let delivery = payment.delivery(NoticeKind::Postback).unwrap();
        (delivery.attempts, delivery.is_acknowledged, delivery.is_given_up)
    }
}

fn pony() -> ProductId {
    ProductId::parse("shiny-pony").unwrap()
}

/// Classic mode with their page and their server.
fn their_server() -> Setup {
    Setup {
        hosting: Hosting::Classic,
        seats: Seats { app_page: Seat::External, app_server: Seat::External, ..Seats::default() },
        names: Names { app: AppName { secret: Some(Secret::new(SECRET)), ..AppName::default() }, ..Names::default() },
        latency: Span::from_millis(0),
        buyer: BuyerCharacter::YouDecide,
        ..Setup::default()
    }
}

/// Our app and our device against their store.
fn their_store() -> Setup {
    Setup {
        seats: Seats { marketplace: Seat::External, ..Seats::default() },
        names: Names { marketplace_url: Some(Origin::parse("http://127.0.0.1:7000").unwrap()), ..Names::default() },
        latency: Span::from_millis(0),
        verify_policy: Some(VerifyPolicy::StoreOnly),
        ..Setup::default()
    }
}

/// A run in which their server's pay request was paid, so that a notice is on its way to them.
fn paid() -> (Live, String) {
    let mut live = Live::new(their_server());
    let offer = Offer {
        id: "pony",
        name: "Pony",
        description: "Theirs",
        price_point: "1",
        postback_url: "http://127.0.0.1:9100/postback",
        chargeback_url: "http://127.0.0.1:9100/chargeback",
    };
    let request = PayRequest::classic("pony-park-key", "market.example", offer, "theirs", live.world.now());
    let key = SigningKey::hs256("pony-park-key", SECRET.as_bytes()).unwrap();
    let request = sign(&request, &key, HeaderExtras::default()).unwrap();
    live.say(Input::OpenWindow { request, buyer: None });
    let transaction = live.world.buyer().window().unwrap().transaction.clone();
    live.say(Input::Confirm { transaction: transaction.clone(), pin: "1234".to_owned() });
    (live, transaction.to_string())
}

#[test]
fn a_notice_is_delivered_to_their_address_and_counts_once_it_is_answered_rightly() {
    let (mut live, id) = paid();
    let errand = live.errand();
    let form = errand.http(live.world.setup(), live.world.catalog()).unwrap();
    assert!(form.to_string().starts_with("POST http://127.0.0.1:9100/postback\n"), "{form}");
    live.reply(200, &format!(" {id}\n"));
    assert_eq!(live.delivery(), (1, true, false));
    assert_eq!(live.world.errands().count(), 0);
}

#[test]
fn an_answer_from_outside_is_shown_without_headers_that_it_may_not_have_had() {
    let shown = |live: &Live| {
        let is_answer = |event: &&Event| matches!(event, Event::Delivered { message } if message.body.kind() == Kind::NoticeAnswered);
        let Some(Event::Delivered { message }) = live.events.iter().find(is_answer) else { panic!("no answer") };
        message.http(live.world.setup(), live.world.catalog()).unwrap().to_string()
    };
    let (mut live, id) = paid();
    live.reply(200, &id);
    assert_eq!(shown(&live), format!("200 OK\n\n{id}"));
    // What a server of this stage answers has the headers that it sends.
    let mut own = Live::new(Setup { latency: Span::ZERO, ..Setup::default() });
    own.command(&Command::Buy { product: pony() });
    own.advance(Span::from_seconds(20));
    assert!(shown(&own).starts_with("200 OK\nContent-Type: text/plain\n\n"), "{}", shown(&own));
}

#[test]
fn a_wrong_body_an_error_and_no_answer_are_tried_again_after_300_s() {
    for (status, body) in [(200, "OK"), (200, ""), (500, ""), (404, "no such page"), (302, "")] {
        let (mut live, id) = paid();
        live.reply(status, body);
        assert_eq!(live.delivery(), (1, false, false), "{status} {body}");
        live.advance(Span::from_seconds(299));
        assert_eq!(live.delivery().0, 1);
        live.advance(Span::from_seconds(1));
        assert_eq!(live.delivery().0, 2);
        live.reply(200, &id);
        assert_eq!(live.delivery(), (2, true, false));
    }
    let (mut live, _) = paid();
    let message = live.errand().id.0;
    live.say(Input::NoAnswer { message, why: "Nobody listens at 127.0.0.1:9100".to_owned() });
    live.advance(Span::from_seconds(300));
    assert_eq!(live.delivery().0, 2);
}

#[test]
fn an_answer_after_five_seconds_falls_on_deaf_ears() {
    let (mut live, id) = paid();
    live.advance(Span::from_seconds(5));
    live.reply(200, &id);
    assert_eq!(live.delivery(), (1, false, false));
    let (mut live, id) = paid();
    live.advance(Span::from_millis(4999));
    live.reply(200, &id);
    assert_eq!(live.delivery(), (1, true, false));
}

#[test]
fn six_deliveries_in_vain_and_the_owner_is_written_to() {
    let (mut live, _) = paid();
    for _ in 0..6 {
        live.reply(500, "");
        live.advance(Span::from_seconds(300));
    }
    assert_eq!(live.delivery(), (6, false, true));
    assert_eq!(live.count(|body| matches!(body, Body::OwnerMailed { .. })), 1);
    assert_eq!(live.world.errands().count(), 0, "mail is not answered");
}

#[test]
fn an_answer_that_nobody_waits_for_is_ignored() {
    let (mut live, id) = paid();
    let message = live.errand().id.0;
    let answer = |message| Input::Answer { message, status: 200, body: id.clone() };
    for wrong in [message + 1, 0, u32::MAX] {
        live.say(answer(wrong));
        let Some(Event::CommandIgnored { why }) = live.events.last() else { panic!("{wrong} was taken") };
        assert_eq!(*why, "No message of ours waits for this answer");
    }
    live.say(answer(message));
    assert_eq!(live.delivery(), (1, true, false));
    live.say(answer(message));
    assert!(matches!(live.events.last(), Some(Event::CommandIgnored { .. })), "one answer is enough");
}

#[test]
fn our_app_asks_their_store_and_acts_on_what_it_says() {
    // A store of our own lends its receipt, so that there is one to ask about.
    let mut lender = World::new(Setup::default());
    lender.handle(&Command::Start);
    lender.handle(&Command::Buy { product: pony() });
    while !lender.is_idle() {
        lender.handle(&Command::Step);
    }
    let receipt = lender.app_page().shelf(&pony()).unwrap().receipt.clone().unwrap();

    for (verify, expected) in [(r#"{"status":"ok"}"#, Stage::Open), (r#"{"status":"refunded"}"#, Stage::Refused)] {
        let mut live = Live::new(their_store());
        assert!(matches!(live.errand().body, Body::KeysAsked));
        live.reply(200, &lender.marketplace().published_keys());
        live.command(&Command::Buy { product: pony() });
        assert!(matches!(live.errand().body, Body::BuyAsked { .. }));
        let request = {
            // What any store would sign: the device looks at its form alone.
            let offer = Offer {
                id: "shiny-pony",
                name: "Shiny Pony",
                description: "d",
                price_point: "1",
                postback_url: "http://127.0.0.1:7000/p",
                chargeback_url: "http://127.0.0.1:7000/c",
            };
            let key = SigningKey::hs256("market.example", b"their secret").unwrap();
            let request = PayRequest::classic("market.example", "market.example", offer, "x", live.world.now());
            sign(&request, &key, HeaderExtras::default()).unwrap()
        };
        live.reply(201, &format!(r#"{{"webpayJWT":"{request}","contribStatusURL":"/api/v1/webpay/status/abc-1/"}}"#));
        assert!(matches!(live.errand().body, Body::WindowOpened { .. }));
        live.reply(200, "<html>pay here</html>");
        live.advance(Span::from_seconds(1));
        let Body::StatusAsked { transaction, .. } = &live.errand().body.clone() else { panic!("no poll") };
        assert_eq!(transaction.as_str(), "abc-1");
        live.reply(200, r#"{"status":"incomplete"}"#);
        live.advance(Span::from_seconds(1));
        live.reply(200, &format!(r#"{{"status":"complete","receipt":"{receipt}"}}"#));
        assert!(matches!(live.errand().body, Body::VerifyAsked { .. }));
        live.reply(200, verify);
        assert_eq!(live.world.app_page().shelf(&pony()).unwrap().stage, expected, "{verify}");
    }
}

#[test]
fn nothing_that_a_store_outside_says_breaks_the_app() {
    let strange = [
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, "{}"),
        (200, "<html>"),
        (200, r#"{"status":7,"receipt":{}}"#),
        (200, r#"{"webpayJWT":3}"#),
        (200, r#"{"webpayJWT":"x"}"#),
        (200, r#"{"webpayJWT":"x","contribStatusURL":"//"}"#),
        (200, r#"{"webpayJWT":"a.b.c","transactionID":"t"}"#),
        (201, r#"{"keys":[{}]}"#),
        (204, ""),
        (301, ""),
        (404, "{}"),
        (500, r#"{"status":"ok"}"#),
        (999, "\u{0}\u{fffd}"),
        (0, ""),
    ];
    for (status, body) in strange {
        let mut live = Live::new(their_store());
        live.reply(status, body);
        live.command(&Command::Buy { product: pony() });
        live.reply(status, body);
        for _ in 0..40 {
            live.advance(Span::from_seconds(10));
            if live.world.errands().next().is_some() {
                live.reply(status, body);
            }
        }
        live.command(&Command::OpenHistory);
        live.reply(status, body);
        assert!(!live.world.app_page().shelf(&pony()).unwrap().is_open, "{status} {body}");
        assert_eq!(live.count(|body| matches!(body, Body::AccessGranted { .. })), 0);
    }
}

#[test]
fn a_store_that_is_down_ends_the_purchase_at_once() {
    let mut live = Live::new(their_store());
    let down = |live: &mut Live| {
        let message = live.errand().id.0;
        live.say(Input::NoAnswer { message, why: "Connection refused".to_owned() });
    };
    down(&mut live);
    live.command(&Command::Buy { product: pony() });
    down(&mut live);
    let shelf = live.world.app_page().shelf(&pony()).unwrap();
    assert_eq!((shelf.stage, shelf.refusal.as_ref().unwrap().code), (Stage::Refused, "API_REQUEST_ERROR"));
}

#[test]
fn what_the_window_begins_at_a_page_outside_is_ignored_with_a_sentence() {
    let mut live = Live::new(their_server());
    let product = pony();
    for command in [
        Command::Buy { product: product.clone() },
        Command::VerifyAgain { product: product.clone() },
        Command::Reissue { product },
        Command::FetchKeys,
    ] {
        live.command(&command);
        let Some(Event::CommandIgnored { why }) = live.events.last() else { panic!("{command:?} was carried out") };
        assert!(why.starts_with("The app page sits outside"), "{why}");
    }
    live.say(Input::Buy { product: pony(), origin: None, provenance: Provenance::default() });
    assert!(matches!(live.events.last(), Some(Event::CommandIgnored { .. })), "their server sells, not ours");
}
