//! The live server under load: guarded `POST /verify/` against a bare handler that only verifies.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::server::Server;
use paystage::io::http::site;
use paystage::io::http::token::Token;
use paystage::io::inbox::Clock;
use paystage::io::live::stage;
use paystage::io::outbound::{Outbound, Reach};
use paystage::protocol::id::ProductId;
use paystage::protocol::jwt::Jwt;
use paystage::protocol::time::Span;
use paystage::protocol::verifying_key::PublicNumbers;
use paystage::session::line::Line;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::client::{load, processor_ns, verify};
use crate::stopwatch::word;

/// Connections of the load, and how long each round of it takes.
const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_millis(700);
const ROUNDS: usize = 8;
/// The goal.
const RATIO_MIN: f64 = 0.85;
/// What the bare handler's thread is called.
const BARE: &str = "bare";

/// Measures and prints.
pub(crate) fn run() {
    let (line, receipt) = bought();
    let (guarded, bare) = (guarded(line.clone()), bare(&line));
    let name = format!("http-{}", guarded.port());
    let (mut ours, mut floor) = (Side::default(), Side::default());
    for _ in 0..ROUNDS {
        ours.round(&name, guarded.port(), &receipt);
        floor.round(BARE, bare, &receipt);
    }
    let ratio = ours.rate / floor.rate;
    println!(
        "guarded POST /verify/ with {CONNECTIONS} connections: {:.0}/s, bare handler {:.0}/s, ratio {ratio:.3} (goal {RATIO_MIN}, {})",
        ours.rate,
        floor.rate,
        word(ratio >= RATIO_MIN)
    );
    let ratio = floor.processor_us / ours.processor_us;
    println!(
        "  processor time of the server for one: {:.1} µs, bare {:.1} µs, ratio {ratio:.3} (goal {RATIO_MIN}, {})",
        ours.processor_us,
        floor.processor_us,
        word(ratio >= RATIO_MIN)
    );
}

/// The best round of one server: each figure for itself.
struct Side {
    rate: f64,
    processor_us: f64,
}

impl Default for Side {
    fn default() -> Self {
        Self { rate: 0.0, processor_us: f64::INFINITY }
    }
}

impl Side {
    fn round(&mut self, thread: &str, port: u16, receipt: &str) {
        let before = processor_ns(thread);
        let rate = load(port, &verify(port, receipt), "\"status\":\"ok\"", CONNECTIONS, ROUND);
        let used = Duration::from_nanos(processor_ns(thread) - before);
        self.rate = self.rate.max(rate);
        self.processor_us = self.processor_us.min(used.as_secs_f64() * 1e6 / (rate * ROUND.as_secs_f64()));
    }
}

/// A run in which a receipt was bought, and the receipt.
fn bought() -> (Line, Arc<str>) {
    let mut line = Line::new(Setup { latency: Span::ZERO, ..Setup::default() });
    line.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    while line.world().next_due().is_some() {
        line.dispatch(Command::Step);
    }
    let receipt = line.world().device().receipts().first().unwrap().clone();
    (line, receipt)
}

/// The server as it is, with all its doors.
fn guarded(line: Line) -> Server {
    let listening = Listening::bind(0).unwrap();
    let port = listening.port();
    let build = move || {
        let outbound = Outbound::new(Reach::loopback());
        let letterbox = stage::start(line, Clock::Virtual, outbound.clone(), None);
        site::front(Gate::new(port, Token::fresh().unwrap(), Limits::default()), &letterbox, &outbound)
    };
    Server::start(listening, build).unwrap()
}

/// The floor: axum's own server, no guard, no run; the handler checks the signature and says so.
fn bare(line: &Line) -> u16 {
    let key = line.world().marketplace().keys().first().unwrap().key.clone();
    let Some(PublicNumbers::Ed25519(bytes)) = key.numbers() else { panic!("an Ed25519 key") };
    let key = Arc::new(ed25519_dalek::VerifyingKey::from_bytes(bytes).unwrap());
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let serve = move || {
        runtime.block_on(async move {
            let routes = Router::new().route("/verify/", post(only_verify)).with_state(key);
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), routes).await.unwrap();
        });
    };
    thread::Builder::new().name(BARE.to_owned()).spawn(serve).unwrap();
    port
}

async fn only_verify(
    State(key): State<Arc<ed25519_dalek::VerifyingKey>>,
    receipt: String,
) -> axum::Json<serde_json::Value> {
    let is_signed = Jwt::parse(&receipt).is_ok_and(|jwt| {
        let signature = ed25519_dalek::Signature::from_slice(jwt.signature());
        signature.is_ok_and(|signature| key.verify_strict(jwt.signing_input().as_bytes(), &signature).is_ok())
    });
    axum::Json(serde_json::json!({ "status": if is_signed { "ok" } else { "invalid" } }))
}
