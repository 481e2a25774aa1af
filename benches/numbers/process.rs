//! `paystage serve` as a process of its own: its memory under 256 connections and over many requests, and hostile clients.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{ask, body, connect, get, hear, load, post, resident_kib, verify};
use crate::stopwatch::word;

/// As many connections as requests may be in service.
const MANY: usize = 256;
const ROUND: Duration = Duration::from_secs(3);
const HALF_OPEN: usize = 1_000;
const CONNECTIONS: usize = 32;
const MILLION: usize = 1_000_000;
/// How often the memory is looked at on the way.
const TENTH: usize = 100_000;
/// The goals.
const MEMORY_MAX_KIB: u64 = 40 << 10;
const HALF_OPEN_MAX: Duration = Duration::from_secs(6);
/// What memory may still grow by between the 100,000th request and the last, while caches find their size.
const GROWTH_MAX_KIB: u64 = 2 << 10;
/// What a verified receipt is answered.
const OK: &str = "\"status\":\"ok\"";

/// Measures and prints.
pub(crate) fn run() {
    let served = Served::start();
    let idle = served.resident_kib();
    let request = verify(served.port, &served.receipt);
    let rate = load(served.port, &request, OK, MANY, ROUND);
    let resident = served.resident_kib();
    println!(
        "memory of serve: {idle} KiB at rest, {resident} KiB after {MANY} connections asked {rate:.0}/s (goal {MEMORY_MAX_KIB} KiB, {})",
        word(resident < MEMORY_MAX_KIB)
    );
    half_open(&served, &request);
}

/// A million requests, which takes minutes: measured only when asked for by name.
pub(crate) fn million() {
    let served = Served::start();
    let requests = [verify(served.port, &served.receipt), get(served.port, &served.status)];
    let mut sockets: Vec<TcpStream> = (0..CONNECTIONS).map(|_| connect(served.port)).collect();
    let mut buffer = vec![0; 8 << 10];
    let (mut resident, started) = (Vec::new(), Instant::now());
    for round in 1..=MILLION / CONNECTIONS {
        for (socket, request) in sockets.iter_mut().zip(requests.iter().cycle()) {
            socket.write_all(request).unwrap();
        }
        for socket in &mut sockets {
            hear(socket, &mut buffer);
        }
        if (round * CONNECTIONS).is_multiple_of(TENTH) {
            resident.push(served.resident_kib());
            println!(
                "  {} requests: {} KiB, {:.0} s",
                round * CONNECTIONS,
                served.resident_kib(),
                started.elapsed().as_secs_f64()
            );
        }
    }
    let grown = resident.last().unwrap().saturating_sub(resident[0]);
    let is_flat = grown <= GROWTH_MAX_KIB;
    println!(
        "memory over a million requests: {grown} KiB more than after {TENTH} (goal {GROWTH_MAX_KIB}, {})",
        word(is_flat)
    );
}

/// 1,000 clients that begin a request and never end it, while others are served.
fn half_open(served: &Served, request: &[u8]) {
    let (mut socket, mut buffer) = (connect(served.port), vec![0; 8 << 10]);
    // Whoever has been served once does not have to make room for those who ask nothing.
    assert!(ask(&mut socket, request, &mut buffer).contains(OK));
    let started = Instant::now();
    let mut silent: Vec<TcpStream> = (0..HALF_OPEN)
        .map(|_| {
            let mut socket = connect(served.port);
            // Those that came first may have had to make room already.
            let _ = socket.write_all(b"POST /verify/ HTTP/1.1\r\n");
            socket.set_nonblocking(true).unwrap();
            socket
        })
        .collect();
    let mut waits = Vec::new();
    while !silent.is_empty() {
        let asked = Instant::now();
        assert!(ask(&mut socket, request, &mut buffer).contains(OK));
        waits.push(asked.elapsed());
        assert!(started.elapsed() < 10 * HALF_OPEN_MAX, "{} are open", silent.len());
        silent.retain_mut(is_open);
    }
    let took = started.elapsed();
    waits.sort_unstable();
    println!(
        "{HALF_OPEN} half-open connections ended after {:.2} s (goal {} s, {}); {} were served meanwhile, p50 {:.2} ms, p99 {:.2} ms",
        took.as_secs_f64(),
        HALF_OPEN_MAX.as_secs(),
        word(took <= HALF_OPEN_MAX),
        waits.len(),
        waits[waits.len() / 2].as_secs_f64() * 1e3,
        waits[waits.len() * 99 / 100].as_secs_f64() * 1e3
    );
}

/// An end without an answer and a reset are both an end.
fn is_open(socket: &mut TcpStream) -> bool {
    match socket.read(&mut [0; 512]) {
        Ok(count) => count > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// A server with a store on disk, at which a pony was bought.
struct Served {
    process: Child,
    port: u16,
    receipt: String,
    status: String,
    folder: PathBuf,
}

impl Served {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("paystage-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_paystage"))
            .args(["serve", "--port", "0", "--buyer", "pays at once", "--store"])
            .arg(folder.join("runs"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        let (receipt, status) = bought(port);
        Self { process, port, receipt, status, folder }
    }

    fn resident_kib(&self) -> u64 {
        resident_kib(&self.process.id().to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// A receipt that was bought at the server on `port`, and the path that tells how its payment stands.
fn bought(port: u16) -> (String, String) {
    let (mut socket, mut buffer) = (connect(port), vec![0; 64 << 10]);
    let mut said = |request: Vec<u8>| -> Value {
        serde_json::from_str(body(ask(&mut socket, &request, &mut buffer))).unwrap_or_default()
    };
    let sold = said(post(port, "/mozpay/product/shiny-pony/buy", "application/json", ""));
    said(get(port, &format!("/mozpay/?req={}", sold["webpayJWT"].as_str().unwrap())));
    let status = format!("/mozpay/transaction/{}", sold["transactionID"].as_str().unwrap());
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if let Some(receipt) = said(get(port, &status))["receipt"].as_str() {
            return (receipt.to_owned(), status);
        }
    }
    panic!("the buyer did not pay")
}
