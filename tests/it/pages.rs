//! Pages say what the run says, for people: the window that a pay request opens, the history, a receipt, and every no as a sentence.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use paystage::io::http::front::Front;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::pages::asset::ASSETS;
use paystage::io::http::site;
use paystage::io::http::token::Token;
use paystage::io::inbox::{Clock, Letterbox};
use paystage::io::live::stage;
use paystage::io::outbound::{Outbound, Reach};
use paystage::protocol::code::Code as _;
use paystage::protocol::device::DeviceError;
use paystage::protocol::mozpay::MozPayError;
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::world::catalog::Catalog;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;
use serde_json::Value;

/// A run behind its routes, without a socket. Its clock stands still.
struct Site {
    front: Front,
    letterbox: Letterbox,
}

/// An answer, whole.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Site {
    fn open() -> Self {
        let setup = Setup {
            seats: Seats { app_page: Seat::External, ..Seats::default() },
            latency: Span::from_millis(0),
            buyer: BuyerCharacter::YouDecide,
            ..Setup::default()
        };
        let letterbox = stage::start(Line::new(setup), Clock::Virtual, Outbound::new(Reach::default()), None);
        let front = site::front(
            Gate::new(8420, Token::fresh().unwrap(), Limits::default()),
            &letterbox,
            &Outbound::new(Reach::loopback()),
        );
        Self { front, letterbox }
    }

    async fn ask(&self, method: Method, path: &str, accept: &str, body: &str) -> Seen {
        let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8420");
        let request = request.header("accept", accept).header("content-type", "application/json");
        let answer = self.front.answer(request.body(Body::from(body.to_owned())).unwrap(), None).await;
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Seen { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// As a browser asks for a page.
    async fn page(&self, path: &str) -> Seen {
        self.ask(Method::GET, path, "text/html,application/xhtml+xml,*/*;q=0.8", "").await
    }

    /// As a page's script asks.
    async fn post(&self, path: &str, body: &str) -> Value {
        serde_json::from_str(&self.ask(Method::POST, path, "*/*", body).await.text).unwrap()
    }

    /// Buys: the payment's id and its pay request.
    async fn order(&self) -> (String, String) {
        let order = self.post("/mozpay/product/shiny-pony/buy", "").await;
        let text = |name: &str| order[name].as_str().unwrap().to_owned();
        (text("transactionID"), text("webpayJWT"))
    }

    async fn paid(&self) -> String {
        let (transaction, request) = self.order().await;
        self.page(&format!("/mozpay/?req={request}")).await;
        let end = self.post(&format!("/mozpay/window/{transaction}/confirm"), r#"{"pin":"1234"}"#).await;
        assert_eq!(end["state"], "ended", "{end}");
        transaction
    }
}

#[tokio::test]
async fn a_pay_request_opens_a_window_with_product_and_price() {
    let site = Site::open();
    let (transaction, request) = site.order().await;
    let page = site.page(&format!("/mozpay/?req={request}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in
        ["<h1>Shiny Pony</h1>", "0.99 USD", "A pony that glows in the dark", "https://pony.example", "SIMULATED"]
    {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    assert!(page.text.contains(&format!("../mozpay/window/{transaction}")), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!page.headers.contains_key("cross-origin-opener-policy"), "the window must reach its opener");
}

#[tokio::test]
async fn an_ill_pay_request_shows_the_sentence_and_its_code() {
    let site = Site::open();
    let (_, request) = site.order().await;
    let page = site.page(&format!("/mozpay/?req={}", request.replace('.', ""))).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("The pay request is not a well-formed token"), "{}", page.text);
    assert!(page.text.contains("JWT_DECODE_ERR"), "{}", page.text);
}

#[tokio::test]
async fn the_address_may_name_who_decides_and_nobody_unknown() {
    let site = Site::open();
    let (transaction, request) = site.order().await;
    site.page(&format!("/mozpay/?req={request}&buyer=cancels")).await;
    site.letterbox.advance(Span::from_seconds(1)).await.unwrap();
    let look = site.page(&format!("/mozpay/window/{transaction}")).await;
    assert!(look.text.contains("USER_CANCELLED"), "{}", look.text);

    let page = site.page("/mozpay/?req=x&buyer=nobody").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("pays at once") && page.text.contains("<!doctype html>"), "{}", page.text);
}

#[tokio::test]
async fn a_wrong_pin_counts_and_the_fifth_ends_the_window() {
    let site = Site::open();
    let (transaction, request) = site.order().await;
    site.page(&format!("/mozpay/?req={request}")).await;
    let path = format!("/mozpay/window/{transaction}/confirm");
    for left in (1..5).rev() {
        let standing = site.post(&path, r#"{"pin":"0000"}"#).await;
        assert_eq!((&standing["state"], &standing["tries_left"]), (&"asking".into(), &left.into()), "{standing}");
    }
    let end = site.post(&path, r#"{"pin":"0000"}"#).await;
    assert_eq!((&end["state"], &end["failure"]["code"]), (&"ended".into(), &"PIN_LOCKED".into()), "{end}");
}

#[tokio::test]
async fn the_history_lists_what_was_paid_and_nothing_else() {
    let site = Site::open();
    site.order().await;
    let empty = site.page("/purchases").await;
    assert!(empty.text.contains("Nothing has been paid for yet") && !empty.text.contains("Shiny Pony"));
    let transaction = site.paid().await;
    let page = site.page("/purchases").await;
    assert!(page.text.contains(&format!(r#"data-transaction="{transaction}""#)), "{}", page.text);
    let data = site.ask(Method::GET, "/purchases", "application/json", "").await;
    assert_eq!(serde_json::from_str::<Value>(&data.text).unwrap()["purchases"][0]["transaction"], transaction.as_str());
}

#[tokio::test]
async fn a_receipt_explains_itself_to_its_buyer() {
    let site = Site::open();
    let transaction = site.paid().await;
    let receipt = site.post(&format!("/purchases/{transaction}/receipt"), "{}").await;
    let receipt = receipt["receipt"].as_str().unwrap();
    let page = site.page("/receipts/41").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [receipt, "product.url", "must be this app&#39;s own origin", "The purchase stands", "in 182 days"] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    site.letterbox.command(Command::Refund { transaction: transaction.as_str().into() }).await.unwrap();
    let refunded = site.page("/receipts/41").await;
    assert!(refunded.text.contains("no longer stands by this receipt"), "{}", refunded.text);

    let unknown = site.page("/receipts/4711").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("No receipt was issued") && unknown.text.contains("UNKNOWN_RECEIPT"));
}

#[tokio::test]
async fn every_asset_is_served_and_any_page_may_load_it() {
    let site = Site::open();
    for asset in ASSETS {
        let seen = site.ask(Method::GET, &format!("/{}", asset.path), "*/*", "").await;
        assert_eq!((seen.status, seen.text.as_str()), (StatusCode::OK, asset.text), "{}", asset.path);
        assert_eq!(seen.headers["x-content-type-options"], "nosniff");
    }
}

#[test]
fn the_demo_sells_what_the_shop_sells() {
    let demo = ASSETS.iter().find(|asset| asset.path == "demo/").unwrap().text;
    let catalog = Catalog::of(&Setup::default());
    for product in catalog.shop() {
        for part in [
            format!(r#"data-product="{}""#, product.id),
            format!("<h2>{}</h2>", product.name),
            format!("<p class=\"muted\">{}</p>", product.description),
            format!("Buy for {}</button>", product.price),
        ] {
            assert!(demo.contains(&part), "{part} is not in the demo");
        }
    }
    assert_eq!(demo.matches("data-product=").count(), catalog.shop().count());
}

#[test]
fn the_shim_says_of_each_error_what_the_device_says() {
    let shim = ASSETS.iter().find(|asset| asset.path == "paystage.js").unwrap().text;
    let words = |line: &str| {
        let (code, sentence) = line.trim().trim_end_matches(',').split_once(": ")?;
        let is_code = code.len() > 8 && code.chars().all(|sign| sign.is_ascii_uppercase() || sign == '_');
        is_code.then(|| (code.to_owned(), sentence.trim_matches('"').to_owned()))
    };
    let told: Vec<_> = shim.lines().filter_map(words).collect();
    let of_device = DeviceError::ALL.iter().map(|error| error.words());
    let known: Vec<_> = of_device.clone().chain(MozPayError::ALL.iter().map(|error| error.words())).collect();
    for (code, sentence) in &told {
        let same = known.iter().find(|words| words.code == code);
        assert_eq!(same.map(|words| words.sentence), Some(sentence.as_str()), "{code}");
    }
    for words in of_device {
        assert!(told.iter().any(|(code, _)| code == words.code), "{} has no sentence", words.code);
    }
}
