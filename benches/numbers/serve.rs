//! The live server under load: guarded `POST /verify/` against a bare handler that only verifies, and what hostile clients cost.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

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
use paystage::protocol::key::PublicNumbers;
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

/// Connections of the load, and how long each round of it takes.
const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_millis(700);
const ROUNDS: usize = 8;
/// As many connections as requests may be in service.
const MANY: usize = 256;
const HALF_OPEN: usize = 1_000;
/// The goals.
const RATIO_MIN: f64 = 0.85;
const MEMORY_MAX_MIB: u64 = 40;
const HALF_OPEN_MAX: Duration = Duration::from_secs(6);

/// Measures and prints.
pub(crate) fn run() {
    let (line, receipt) = bought();
    let (guarded, bare) = (guarded(line.clone()), bare(&line));
    let ask = |port| request(port, &receipt);
    let (mut ours, mut floor) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        ours = ours.max(load(guarded.port(), &ask(guarded.port()), CONNECTIONS, ROUND));
        floor = floor.max(load(bare, &ask(bare), CONNECTIONS, ROUND));
    }
    let word = |is_met| if is_met { "met" } else { "MISSED" };
    println!(
        "guarded POST /verify/ with {CONNECTIONS} connections: {ours:.0}/s, bare handler {floor:.0}/s, ratio {:.3} (goal {RATIO_MIN}, {})",
        ours / floor,
        word(ours / floor >= RATIO_MIN)
    );

    let before = resident_mib();
    let many = load(guarded.port(), &ask(guarded.port()), MANY, ROUND);
    let grown = resident_mib().saturating_sub(before);
    println!(
        "{MANY} connections: {many:.0}/s, {grown} MiB more for both ends in this process (goal under {MEMORY_MAX_MIB} for the server alone, {})",
        word(grown < MEMORY_MAX_MIB)
    );

    half_open(guarded.port(), &ask(guarded.port()), word);
}

/// 1,000 clients that begin a request and never end it, while others are served.
fn half_open(port: u16, request: &[u8], word: fn(bool) -> &'static str) {
    let started = Instant::now();
    let silent: Vec<TcpStream> = (0..HALF_OPEN)
        .map(|_| {
            let mut socket = connect(port);
            // Those that came first may have had to make room already.
            let _ = socket.write_all(b"POST /verify/ HTTP/1.1\r\n");
            socket
        })
        .collect();
    let rate = load(port, request, CONNECTIONS, ROUND);
    for mut socket in silent {
        // An end without an answer and a reset are both an end.
        let _ = socket.read_to_end(&mut Vec::new());
    }
    let took = started.elapsed();
    println!(
        "{HALF_OPEN} half-open connections ended after {:.2} s (goal {} s, {}); {rate:.0}/s were served meanwhile",
        took.as_secs_f64(),
        HALF_OPEN_MAX.as_secs(),
        word(took <= HALF_OPEN_MAX)
    );
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
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let routes = Router::new().route("/verify/", post(only_verify)).with_state(key);
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), routes).await.unwrap();
        });
    });
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

fn request(port: u16, receipt: &str) -> Vec<u8> {
    let length = receipt.len();
    format!(
        "POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {length}\r\n\r\n{receipt}"
    )
    .into_bytes()
}

fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

/// Answers a second, when so many connections ask one request after another for so long. Each answer must say ok.
fn load(port: u16, request: &[u8], connections: usize, time: Duration) -> f64 {
    let mut sockets: Vec<TcpStream> = (0..connections).map(|_| connect(port)).collect();
    let mut buffer = vec![0; 8 << 10];
    let started = Instant::now();
    let mut answers = 0_u32;
    while started.elapsed() < time {
        // All ask, then all are read: while the last ones ask, the first ones are served.
        for socket in &mut sockets {
            socket.write_all(request).unwrap();
        }
        for socket in &mut sockets {
            read_answer(socket, &mut buffer);
            answers += 1;
        }
    }
    f64::from(answers) / started.elapsed().as_secs_f64()
}

fn read_answer(socket: &mut TcpStream, buffer: &mut [u8]) {
    let mut read = 0;
    loop {
        let count = socket.read(&mut buffer[read..]).unwrap();
        read += count;
        let text = std::str::from_utf8(&buffer[..read]).unwrap();
        assert!(count > 0, "hung up: {text}");
        // The answer is one small JSON object, so it ends with its brace.
        if text.ends_with('}') {
            assert!(text.starts_with("HTTP/1.1 200 ") && text.contains("\"status\":\"ok\""), "{text}");
            return;
        }
    }
}

/// The memory of this process, in MiB; 0 where the system does not tell.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 10
}
