//! fxpay 0.0.16 and 0.0.18: every request cross-origin and preflighted, from the list of products to the check of a receipt.

use paystage::protocol::time::Span;
use serde_json::Value;

use crate::clients::exchange::Answer;
use crate::clients::server::{Server, claims, spoiled, text};

const PAGE: &str = "http://pony.test:9000";
const VERSION: &str = "x-fxpay-version: 0.0.18";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn start(buyer: &str) -> Server {
    Server::start(&format!("buyer = \"{buyer}\"\nnames.app.origin = \"{PAGE}\"\n"))
}

/// What a browser asks before it lets the library ask.
#[track_caller]
fn preflight(server: &Server, method: &str, path: &str, headers: &str) {
    let head = [
        &format!("OPTIONS {path} HTTP/1.1"),
        &format!("Host: {}", server.host()),
        "Accept: */*",
        &format!("Access-Control-Request-Method: {method}"),
        &format!("Access-Control-Request-Headers: {headers}"),
        &format!("Origin: {PAGE}"),
    ];
    let answer = server.send(&head, "").readable_from(PAGE);
    assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
    for header in headers.split(',') {
        assert!(answer.lists("Access-Control-Allow-Headers", header), "{path}, {header}: {answer:?}");
    }
    // RFC 9110 has GET, HEAD and POST; the Fetch standard lets these three pass without being named.
    let is_simple = matches!(method, "GET" | "POST");
    assert!(is_simple || answer.lists("Access-Control-Allow-Methods", method), "{path}, {method}: {answer:?}");
}

/// A GET of the library, after its preflight.
#[track_caller]
fn get(server: &Server, path: &str) -> Answer {
    preflight(server, "GET", path, "x-fxpay-version");
    let head = [
        &format!("GET {path} HTTP/1.1"),
        &format!("Host: {}", server.host()),
        "Accept: application/json",
        VERSION,
        &format!("Origin: {PAGE}"),
        &format!("Referer: {PAGE}/"),
    ];
    server.send(&head, "").readable_from(PAGE)
}

/// A POST of the library, after its preflight.
#[track_caller]
fn post(server: &Server, path: &str, kind: &str, body: &str) -> Answer {
    preflight(server, "POST", path, "x-fxpay-version");
    let head = [
        &format!("POST {path} HTTP/1.1"),
        &format!("Host: {}", server.host()),
        "Accept: application/json",
        kind,
        VERSION,
        &format!("Origin: {PAGE}"),
        &format!("Referer: {PAGE}/"),
    ];
    server.send(&head, body).readable_from(PAGE)
}

/// `purchase(guid)` up to the payment window: the pay request and where to poll.
#[track_caller]
fn prepare(server: &Server, guid: &str) -> (String, String) {
    let answer = post(server, "/api/v1/webpay/inapp/prepare/", FORM, &format!("inapp={guid}"));
    assert!((200..300).contains(&answer.status), "{answer:?}");
    let (jwt, path) = (text(&answer.json()["webpayJWT"]), text(&answer.json()["contribStatusURL"]));
    assert!(path.starts_with("/api/v1/"), "an absolute address hangs purchase() for ever: {path}");
    (jwt, path)
}

/// The pop-up loads the provider's address.
#[track_caller]
fn open(server: &Server, jwt: &str) -> Answer {
    assert_eq!(claims(jwt)["typ"], "mozilla/payments/pay/v1", "the typ for which the library knows an address");
    let head = [
        &format!("GET /mozpay/?req={jwt} HTTP/1.1"),
        &format!("Host: {}", server.host()),
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        &format!("Referer: {PAGE}/"),
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: cross-site",
        "Upgrade-Insecure-Requests: 1",
    ];
    server.send(&head, "")
}

/// Buys as the library did; the receipt comes with the first complete poll.
#[track_caller]
fn purchase(server: &Server, guid: &str) -> String {
    let (jwt, path) = prepare(server, guid);
    open(server, &jwt).with(200);
    server.served.advance(Span::from_seconds(2));
    let settled = get(server, &path).with(200).json();
    assert_eq!(settled["status"], "complete", "{settled}");
    text(&settled["receipt"])
}

/// `product.validateReceipt()`: to the address that the receipt names.
#[track_caller]
fn validate(server: &Server, receipt: &str) -> Value {
    let verify = text(&claims(receipt)["verify"]);
    let path = verify.strip_prefix(&server.base()).unwrap_or_else(|| panic!("not whitelisted: {verify}"));
    preflight(server, "POST", path, "content-type,x-fxpay-version");
    post(server, path, "Content-Type: text/plain", receipt).with(200).json()
}

#[track_caller]
fn is_product(object: &Value) {
    for field in ["guid", "name", "logo_url"] {
        assert!(object[field].is_string(), "{field} of {object}");
    }
    assert!(object["price_id"].is_number(), "price_id of {object}");
}

#[test]
fn get_products_lists_the_apps_products_and_no_others() {
    let server = start("pays at once");
    let listed = get(&server, "/api/v1/payments/http%3A%2F%2Fpony.test%3A9000/in-app/?active=1").with(200).json();
    let objects = listed["objects"].as_array().unwrap();
    objects.iter().for_each(is_product);
    let guids: Vec<_> = objects.iter().map(|object| text(&object["guid"])).collect();
    assert_eq!(guids, ["shiny-pony", "golden-saddle", "rainbow-mane"]);
    let other = get(&server, "/api/v1/payments/http%3A%2F%2Fnobody.test/in-app/?active=1");
    assert_eq!(other.status, 404, "{other:?}");
}

#[test]
fn get_product_knows_its_own_guids_alone() {
    let server = start("pays at once");
    let at = |guid: &str| get(&server, &format!("/api/v1/payments/http%3A%2F%2Fpony.test%3A9000/in-app/{guid}/"));
    let product = at("shiny-pony").with(200).json();
    is_product(&product);
    assert_eq!(product["guid"], "shiny-pony");
    at("no-such-pony").with(404);
    at("long-string").with(404); // of another app
}

#[test]
fn fake_products_are_kiwi_and_rocket_and_give_test_receipts() {
    let server = start("pays at once");
    let listed = get(&server, "/api/v1/payments/stub-in-app-products/").with(200).json();
    let objects = listed["objects"].as_array().unwrap();
    objects.iter().for_each(is_product);
    let names: Vec<_> = objects.iter().map(|object| text(&object["name"])).collect();
    assert_eq!(names, ["Kiwi", "Rocket"]);
    let guid = text(&objects[0]["guid"]);
    is_product(&get(&server, &format!("/api/v1/payments/stub-in-app-products/{guid}/")).with(200).json());
    get(&server, "/api/v1/payments/stub-in-app-products/shiny-pony/").with(404);
    let receipt = purchase(&server, &guid);
    assert_eq!(claims(&receipt)["typ"], "test-receipt");
    assert_eq!(validate(&server, &receipt)["status"], "ok");
    assert_eq!(validate(&server, &spoiled(&receipt))["status"], "invalid");
}

#[test]
fn purchase_ends_with_a_receipt_that_the_library_restores() {
    let server = start("pays at once");
    let receipt = purchase(&server, "shiny-pony");
    let claims = claims(&receipt);
    assert_eq!(claims["typ"], "purchase-receipt");
    assert_eq!(claims["product"]["url"], PAGE, "the app's origin, exactly");
    let storedata = text(&claims["product"]["storedata"]);
    assert!(storedata.split('&').any(|pair| pair == "inapp_id=shiny-pony"), "{storedata}");
    assert_eq!(validate(&server, &receipt)["status"], "ok");
    assert_eq!(validate(&server, &spoiled(&receipt))["status"], "invalid");
}

#[test]
fn a_receipt_validates_until_its_money_went_back() {
    let server = start("pays at once");
    let bought = server.buy("shiny-pony");
    assert_eq!(validate(&server, &bought.receipt)["status"], "ok");
    server.refund(&bought.transaction);
    assert_eq!(validate(&server, &bought.receipt)["status"], "refunded");
}

#[test]
fn an_unknown_guid_is_refused_before_any_window_opens() {
    let server = start("pays at once");
    let answer = post(&server, "/api/v1/webpay/inapp/prepare/", FORM, "inapp=no-such-pony");
    assert_eq!(answer.status, 400, "{answer:?}");
    prepare(&server, "shiny-pony");
}

#[test]
fn the_payment_window_is_a_page_that_may_talk_to_its_opener() {
    let server = start("you decide");
    let (jwt, _) = prepare(&server, "shiny-pony");
    let page = open(&server, &jwt).with(200);
    assert!(page.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")), "{page:?}");
    assert_eq!(page.header("Cross-Origin-Opener-Policy"), None, "it would cut the page off from its opener");
    assert!(page.body.contains("Shiny Pony"), "{page:?}");
}

/// Ten polls, a second apart on the run's own clock, then the library gave up with `PurchaseTimeout`.
#[test]
fn ten_polls_of_an_unpaid_purchase_are_incomplete_and_the_eleventh_may_be_complete() {
    let server = start("pays after 12 s");
    let (jwt, path) = prepare(&server, "shiny-pony");
    open(&server, &jwt).with(200);
    for poll in 1..=10 {
        let said = get(&server, &path).with(200).json();
        assert_eq!(said["status"], "incomplete", "poll {poll}: {said}");
        server.served.advance(Span::from_seconds(1));
    }
    server.served.advance(Span::from_seconds(4));
    assert_eq!(get(&server, &path).with(200).json()["status"], "complete");
}

#[test]
fn a_status_of_nobody_is_incomplete_and_never_missing() {
    let server = start("pays at once");
    let said = get(&server, "/api/v1/webpay/status/6f0d2a1e-0000-4000-8000-000000000001/").with(200).json();
    assert_eq!(said["status"], "incomplete");
}
