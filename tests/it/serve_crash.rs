//! The real server survives being killed under load: whoever had an answer has it afterwards, and nothing is half done.
#![cfg(unix)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::program::Desk;
use crate::raw_http::ask;
use crate::secrets_kept::Spoken;
use crate::store_chance::{Chance, count_of};

const CLIENTS: usize = 4;

/// A purchase as its client has seen it answered.
#[derive(Clone, Debug)]
struct Answered {
    transaction: String,
    receipt: String,
    is_refunded: bool,
}

/// One request; `None` when the server is gone.
fn json_of(port: u16, line: &str, headers: &[(&str, &str)], body: &str) -> Option<Value> {
    let host = format!("127.0.0.1:{port}");
    let all = [&[("Host", host.as_str())], headers].concat();
    // A client that loses its server in the middle of an answer has had none.
    let answer = std::panic::catch_unwind(|| ask(port, line, &all, body)).ok()?;
    serde_json::from_str(&answer.body).ok().filter(|_| answer.status == 200)
}

/// Buys a pony, takes every third back, and tells what was answered; `None` when the server is gone.
fn buy(port: u16, token: &str, is_refunded: bool) -> Option<Answered> {
    let json = ("Content-Type", "application/json");
    let bought = json_of(port, "POST /mozpay/product/shiny-pony/buy", &[], "")?;
    let request = json!({ "req": bought["webpayJWT"] }).to_string();
    let begun = json_of(port, "POST /mozpay/v1/api/pay/", &[json], &request)?;
    let id = begun["transactionID"].as_str()?.to_owned();
    json_of(port, &format!("POST /mozpay/window/{id}/confirm"), &[json], "{\"pin\":\"1234\"}")?;
    let status = json_of(port, &format!("GET /mozpay/transaction/{id}"), &[], "")?;
    let receipt = status["receipt"].as_str()?.to_owned();
    if is_refunded {
        let bearer = format!("Bearer {token}");
        let refund = json!({ "do": "refund", "transaction": id }).to_string();
        json_of(port, "POST /control/command", &[json, ("Authorization", &bearer)], &refund)?;
    }
    Some(Answered { transaction: id, receipt, is_refunded })
}

fn verified(port: u16, receipt: &str) -> Value {
    json_of(port, "POST /verify/", &[("Content-Type", "text/plain")], receipt).unwrap()["status"].clone()
}

/// Lets clients buy until the server is killed at a moment that nobody knows. What was answered until then.
fn crash(server: &mut Spoken, chance: &mut Chance) -> Vec<Answered> {
    let (answered, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let (port, token) = (server.port, server.token.clone());
    let wanted = 1 + chance.index(12);
    let more = Duration::from_micros(chance.below(20_000));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (answered, is_over, token) = (&answered, &is_over, &token);
            scope.spawn(move || {
                let mut count = client;
                while !is_over.load(Ordering::Relaxed)
                    && let Some(one) = buy(port, token, count % 3 == 0)
                {
                    count += 1;
                    answered.lock().unwrap().push(one);
                }
            });
        }
        let began = Instant::now();
        while answered.lock().unwrap().len() < wanted {
            assert!(began.elapsed() < Duration::from_mins(1), "nobody gets to buy");
            thread::yield_now();
        }
        let until = Instant::now() + more;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        is_over.store(true, Ordering::Relaxed);
    });
    answered.into_inner().unwrap()
}

#[test]
fn a_server_killed_under_load_has_every_answer_again_and_nothing_half_done() {
    let mut chance = Chance::new("PAYSTAGE_CRASH_SEED");
    let desk = Desk::new("serve-killed");
    let arguments = ["--store", "runs.sqlite", "--buyer", "you decide"];
    let mut all: Vec<Answered> = Vec::new();
    for cycle in 0..(count_of("PAYSTAGE_CRASHES", 40) / 20).max(2) {
        // The first start makes the run; each later one goes on with it.
        let mut server = Spoken::start(&desk, if cycle == 0 { &arguments } else { &arguments[..2] });
        for one in &all {
            let status =
                json_of(server.port, &format!("GET /mozpay/transaction/{}", one.transaction), &[], "").unwrap();
            // Who got the money back has no receipt to fetch any more.
            let receipt = if one.is_refunded { Value::Null } else { one.receipt.as_str().into() };
            assert_eq!(status["receipt"], receipt, "cycle {cycle}, {chance}: {one:?}");
            let expected = if one.is_refunded { "refunded" } else { "ok" };
            assert_eq!(verified(server.port, &one.receipt), expected, "cycle {cycle}, {chance}: {one:?}");
        }
        let list = json_of(server.port, "GET /purchases", &[("Accept", "application/json")], "").unwrap();
        let list = list["purchases"].as_array().unwrap();
        let kept = all.iter().filter(|one| !one.is_refunded).count();
        assert!(list.len() >= kept, "cycle {cycle}, {chance}: {} of {kept}", list.len());
        all.extend(crash(&mut server, &mut chance));
    }
    assert!(all.iter().any(|one| one.is_refunded) && all.iter().any(|one| !one.is_refunded), "{}", all.len());
    let store = Connection::open(desk.path("runs.sqlite")).unwrap();
    let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn whoever_is_killed_while_writing_a_file_leaves_the_old_one_or_the_new_one() {
    let mut chance = Chance::new("PAYSTAGE_CRASH_SEED");
    let desk = Desk::new("export-killed");
    let export = ["export", "plain-hosted", "--out", "flow.html"];
    let (mut old, mut new) = (0, 0);
    for cycle in 0..24 {
        desk.file("flow.html", "the old one");
        let mut child = desk.command(&export).stderr(std::process::Stdio::null()).spawn().unwrap();
        let until = Instant::now() + Duration::from_millis(if cycle == 0 { 20_000 } else { chance.below(160) });
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().unwrap();
        match String::from_utf8(desk.read("flow.html")).unwrap().trim_end() {
            "the old one" => old += 1,
            text if text.starts_with("<!") && text.ends_with("</html>") => new += 1,
            text => panic!("cycle {cycle}, {chance}: half a file of {} bytes", text.len()),
        }
    }
    println!("{old} times the old one, {new} times the new one");
    assert!(new > 0, "the first had all the time that it wanted");
}
