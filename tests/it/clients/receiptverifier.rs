//! receiptverifier 0.0.6: what its page and its node build sent, and what they needed to see.

use paystage::protocol::time::Span;

use crate::clients::exchange::Answer;
use crate::clients::server::{Server, claims, spoiled, text};

/// An app that this library would take: its receipts come behind a certificate.
const SETUP: &str = r#"
    signing = "rs256-certified"
    names.app.origin = "http://pony.test:9000"
"#;
const PAGE: &str = "http://pony.test:9000";

/// Asks as the library did in a page of the app: cross-origin, and simple enough for no preflight.
#[track_caller]
fn ask_from_a_page(server: &Server, receipt: &str) -> Answer {
    let head = [
        "POST /verify/ HTTP/1.1",
        &format!("Host: {}", server.host()),
        "Accept: */*",
        "Content-Type: text/plain;charset=UTF-8",
        &format!("Origin: {PAGE}"),
        &format!("Referer: {PAGE}/"),
    ];
    server.send(&head, receipt)
}

/// Asks as the library did in node, where its XHR leaves the port out of `Host`.
#[track_caller]
fn ask_from_node(server: &Server, receipt: &str) -> Answer {
    let head = [
        "POST /verify/ HTTP/1.1",
        "User-Agent: node-XMLHttpRequest",
        "Accept: */*",
        "Host: 127.0.0.1",
        "Content-Type: text/plain;charset=UTF-8",
    ];
    server.send(&head, receipt)
}

#[track_caller]
fn status(answer: Answer) -> String {
    let answer = answer.with(200);
    assert!(answer.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json")), "{answer:?}");
    text(&answer.json()["status"])
}

#[test]
fn a_bought_receipt_is_ok_for_a_page_and_for_node() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    assert_eq!(status(ask_from_a_page(&server, &receipt).readable_from(PAGE)), "ok");
    assert_eq!(status(ask_from_node(&server, &receipt)), "ok");
}

#[test]
fn a_receipt_is_one_that_the_library_lets_itself_be_asked_about() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    let (certificate, _) = receipt.split_once('~').unwrap();
    assert_eq!(claims(certificate)["typ"], "certified-key");
    let claims = claims(&receipt);
    assert_eq!(claims["typ"], "purchase-receipt");
    assert_eq!(claims["iss"], server.base(), "an entry of installs_allowed_from, exactly");
    assert_eq!(claims["verify"], format!("{}/verify/", server.base()), "on the host of iss");
    assert_eq!(claims["product"]["url"], PAGE);
}

#[test]
fn forged_and_unreadable_receipts_are_answered_and_not_refused() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    for wrong in [spoiled(&receipt), "no receipt at all".to_owned(), "a~b".to_owned(), "é~ü.ö.ä".to_owned()] {
        assert_eq!(status(ask_from_a_page(&server, &wrong).readable_from(PAGE)), "invalid", "{wrong}");
        assert_eq!(status(ask_from_node(&server, &wrong)), "invalid", "{wrong}");
    }
}

#[test]
fn a_refunded_receipt_is_refunded_and_the_other_one_still_ok() {
    let server = Server::start(SETUP);
    let (back, kept) = (server.buy("shiny-pony"), server.buy("golden-saddle"));
    server.refund(&back.transaction);
    assert_eq!(status(ask_from_a_page(&server, &back.receipt)), "refunded");
    assert_eq!(status(ask_from_a_page(&server, &kept.receipt)), "ok");
}

#[test]
fn a_receipt_past_its_time_is_expired_and_one_a_day_before_is_not() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    server.served.advance(Span::from_days(181));
    assert_eq!(status(ask_from_a_page(&server, &receipt)), "ok");
    server.served.advance(Span::from_days(2));
    assert_eq!(status(ask_from_a_page(&server, &receipt)), "expired");
}

#[test]
fn a_foreign_host_is_refused_whatever_the_receipt() {
    let server = Server::start(SETUP);
    let receipt = server.buy("shiny-pony").receipt;
    for host in ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1"] {
        let head = ["POST /verify/ HTTP/1.1", &format!("Host: {host}"), "Content-Type: text/plain;charset=UTF-8"];
        assert_eq!(server.send(&head, &receipt).status, 421, "{host}");
    }
}
