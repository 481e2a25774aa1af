//! Faults on real requests: somebody's own app sees the spoilt answer, and the stage counts it.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpStream};

use paystage::protocol::time::Span;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::raw_http::Raw;
use crate::served::Served;

fn you_decide() -> Served {
    Served::start(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() })
}

/// Arms a fault as the files write it.
fn arm(served: &Served, fault: &Value) {
    served.command(serde_json::from_value(json!({ "do": "arm", "fault": fault })).unwrap());
}

/// How often the first armed fault was used, and how often it can be.
fn counts(served: &Served) -> (u32, Option<u32>) {
    served.look(|run| {
        let armed = run.world().faults().armed().first().cloned().unwrap();
        (armed.used, armed.of)
    })
}

#[test]
fn five_hundred_on_the_second_poll_only() {
    let served = you_decide();
    let transaction = served.opened("shiny-pony");
    arm(&served, &json!({ "on": "status-answered", "nth": 2, "answer": { "status": 500, "body": "" } }));
    let line = format!("GET /mozpay/transaction/{transaction}");
    let polls: Vec<_> = (0..4).map(|_| served.ask(&line, &[], "").status).collect();
    assert_eq!(polls, [200, 500, 200, 200]);
    assert_eq!(counts(&served), (1, Some(1)));
}

#[test]
fn a_fault_that_is_not_met_leaves_every_answer_alone() {
    let served = you_decide();
    arm(&served, &json!({ "on": "reissue-answered", "answer": { "status": 500, "body": "" } }));
    let (_, receipt) = served.pony();
    assert_eq!(served.verify(&receipt)["status"], "ok");
    assert_eq!(counts(&served), (0, None));
}

#[test]
fn an_answer_that_depends_on_a_dropped_message_is_504_at_once() {
    let served = you_decide();
    arm(&served, &json!({ "on": "start-asked", "first": 1, "drop": true }));
    let told = served.json("POST /mozpay/product/shiny-pony/buy", 504);
    assert_eq!(told["error_code"], "NEVER_ANSWERED");
    assert!(served.json("POST /mozpay/product/shiny-pony/buy", 200)["webpayJWT"].is_string(), "the next one is whole");
}

#[test]
fn a_dropped_answer_ends_the_connection_without_a_word() {
    let served = you_decide();
    arm(&served, &json!({ "on": "verify-answered", "first": 1, "drop": true }));
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    let request = format!(
        "POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 3\r\nConnection: close\r\n\r\na.b",
        served.port
    );
    std::io::Write::write_all(&mut socket, request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    // Closed, or closed rudely: no byte either way.
    let _ = socket.read_to_end(&mut heard);
    assert_eq!(heard, b"");
    assert_eq!(served.verify("a.b")["status"], "invalid");
}

#[test]
fn a_held_answer_is_waited_for_and_holds_nobody_else() {
    let served = you_decide();
    let transaction = served.opened("shiny-pony");
    arm(&served, &json!({ "on": "status-answered", "first": 1, "hold": true }));
    let mut held = Raw::connect(served.port);
    let line = format!("GET /mozpay/transaction/{transaction} HTTP/1.1");
    held.send(format!("{line}\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", served.port));
    let message = loop {
        let message = served.look(|run| run.world().faults().held().first().map(|held| held.message.id));
        if let Some(message) = message {
            break message;
        }
        std::thread::yield_now();
    };
    assert_eq!(served.json(&format!("GET /mozpay/transaction/{transaction}"), 200)["status"], "pending");
    assert!(held.is_open());
    served.command(Command::Release { message });
    assert!(held.rest().contains("\"pending\""));
}

#[test]
fn a_delayed_answer_obeys_the_clock_of_the_run() {
    let served = you_decide();
    arm(&served, &json!({ "on": "keys-answered", "first": 1, "delay": "1h" }));
    let mut late = Raw::connect(served.port);
    late.send(format!(
        "GET /.well-known/jwks.json HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
        served.port
    ));
    while counts(&served).0 == 0 {
        std::thread::yield_now();
    }
    served.advance(Span::from_seconds(3599));
    assert!(late.is_open());
    served.advance(Span::from_seconds(1));
    assert!(late.rest().contains("\"keys\""));
}
