//! Buys over HTTP that are on disk before they are answered, against SQLite alone that commits the same rows in groups.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing;

use paystage::io::clock;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::serve::runtime;
use paystage::io::http::server::Server;
use paystage::io::http::site;
use paystage::io::http::token::Token;
use paystage::io::inbox::{Clock, Said};
use paystage::io::live::{setup, stage};
use paystage::io::outbound::{Outbound, Reach};
use paystage::io::store::handle::Store;
use paystage::io::store::keeper::LineKeeper;
use paystage::io::store::place::StorePlace;
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::jwt::{HeaderExtras, Jwt, sign_json};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::session::step::Step;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::input::Input;
use paystage::world::message::Body;
use paystage::world::provenance::Provenance;
use paystage::world::setup::Setup;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::client::{ask, connect, post, processor_ns, processor_of_all_us};
use crate::group_commit::{Committer, Counter, Row};
use crate::stopwatch::word;

/// How many buy at the same time, each over a connection of its own.
const CLIENTS: usize = 32;
/// How often each of them buys in a round.
const BUYS: usize = 300;
const ROUNDS: usize = 6;
/// The goals.
const RATIO_MIN: f64 = 0.8;
const RATE_MIN: f64 = 4_000.0;

/// Measures and prints.
pub(crate) fn run() {
    let rows = rows_of_a_buy();
    let bytes: usize = rows.iter().map(|(command, digest)| command.len() + digest.len()).sum();
    let folder = std::env::temp_dir().join(format!("paystage-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut ours, mut bare, mut signing) = (Side::default(), Side::default(), Side::default());
    let (mut run, mut floor) = (0.0_f64, 0.0_f64);
    for round in 0..ROUNDS {
        ours.round(&over_http(&folder.join(format!("ours-{round}"))));
        bare.round(&through_a_handler(&folder.join(format!("bare-{round}")), &rows, false));
        signing.round(&through_a_handler(&folder.join(format!("signing-{round}")), &rows, true));
        run = run.max(of_the_run(&folder.join(format!("run-{round}"))));
        floor = floor.max(through_sqlite(&folder.join(format!("floor-{round}")), &rows));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    println!(
        "durable buys of {CLIENTS} clients, {} rows of {bytes} bytes each: {:.0}/s (goal {RATE_MIN:.0}, {})",
        rows.len(),
        ours.rate,
        word(ours.rate >= RATE_MIN)
    );
    ours.beside("a bare handler that commits the same rows", &bare);
    ours.beside("a bare handler that signs the pay request and commits", &signing);
    println!("  bare group commit without HTTP {floor:.0}/s: {:.3} of it", ours.rate / floor);
    println!("  asked of the run without HTTP {run:.0}/s: {:.3} of it", run / floor);
}

/// The best round of one server: each figure for itself.
struct Side {
    rate: f64,
    server_us: f64,
    all_us: f64,
}

impl Default for Side {
    fn default() -> Self {
        Self { rate: 0.0, server_us: f64::INFINITY, all_us: f64::INFINITY }
    }
}

impl Side {
    fn round(&mut self, Self { rate, server_us, all_us }: &Self) {
        *self = Self {
            rate: self.rate.max(*rate),
            server_us: self.server_us.min(*server_us),
            all_us: self.all_us.min(*all_us),
        };
    }

    /// Prints the other side and the ratios. Where others use the machine as well, the time that all threads had a processor,
    /// clients included, is what can be compared.
    fn beside(&self, what: &str, other: &Self) {
        let ratio = self.rate / other.rate;
        println!(
            "  {what}: {:.0}/s, ratio {ratio:.3} (goal {RATIO_MIN}, {}); processor time of all threads for one: {:.1} µs, theirs {:.1} µs, ratio {:.3}; of the server's thread: {:.1}, theirs {:.1} µs",
            other.rate,
            word(ratio >= RATIO_MIN),
            self.all_us,
            other.all_us,
            other.all_us / self.all_us,
            self.server_us,
            other.server_us
        );
    }
}

/// What the store writes for one buy.
fn rows_of_a_buy() -> Vec<Row> {
    let row = |step: &Arc<Step>| (serde_json::to_string(&step.command).unwrap(), step.digest().to_string());
    steps_of_a_buy().1.iter().map(row).collect()
}

/// What a buy is in a run.
fn steps_of_a_buy() -> (Line, Vec<Arc<Step>>) {
    let mut line = Line::new(at(7717));
    let mut steps = vec![line.dispatch(Command::Receive { at: line.world().now(), input: buy() })];
    while line.world().next_due().is_some_and(|due| due <= line.world().now()) {
        steps.push(line.dispatch(Command::Step));
    }
    (line, steps)
}

fn buy() -> Input {
    Input::Buy { product: ProductId::parse("shiny-pony").unwrap(), origin: None, provenance: Provenance::default() }
}

fn at(port: u16) -> Setup {
    setup::at_home(Setup::default(), &Origin::loopback(port), clock::now())
}

/// Our server, with a store.
fn over_http(path: &Path) -> Side {
    let store = Store::open(&StorePlace::File(path.to_owned())).unwrap();
    let listening = Listening::bind(0).unwrap();
    let port = listening.port();
    let keeper = LineKeeper::begin(&store, "Bench");
    let build = move || {
        let outbound = Outbound::new(Reach::loopback());
        let (line, clock) = (Line::new(at(port)), Clock::Real { ahead: Span::ZERO });
        let letterbox = stage::start(line, clock, outbound.clone(), Some(Box::new(keeper)));
        site::front(Gate::new(port, Token::fresh().unwrap(), Limits::default()), &letterbox, &outbound)
    };
    let server = Server::start(listening, build).unwrap();
    let measured = bought(port, &format!("http-{port}"));
    server.stop().unwrap();
    measured
}

/// The run itself, with a store, asked by threads without a wire between: buys a second.
fn of_the_run(path: &Path) -> f64 {
    let store = Store::open(&StorePlace::File(path.to_owned())).unwrap();
    let keeper = LineKeeper::begin(&store, "Bench");
    let (hand, given) = channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let live = thread::spawn(move || {
        runtime().unwrap().block_on(async move {
            let (line, clock) = (Line::new(at(7717)), Clock::Real { ahead: Span::ZERO });
            let outbound = Outbound::new(Reach::loopback());
            hand.send(stage::start(line, clock, outbound, Some(Box::new(keeper)))).unwrap();
            stopped.await.unwrap();
        });
    });
    let letterbox = given.recv().unwrap();
    let rate = together(&|started| {
        let (letterbox, waiting) = (letterbox.clone(), Builder::new_current_thread().build().unwrap());
        started.wait();
        for _ in 0..BUYS {
            let said = waiting.block_on(letterbox.say(buy())).unwrap();
            assert!(matches!(said, Said::Answered(_)));
        }
    });
    stop.send(()).unwrap();
    live.join().unwrap();
    rate
}

/// The same of a handler that does nothing but commit, in axum's own server, on the same kind of runtime.
fn through_a_handler(path: &Path, rows: &[Row], signs: bool) -> Side {
    let committer = Committer::start(path.to_owned(), CLIENTS);
    let key = signs.then(|| SigningKey::hs256("market.example", &[7; 32]).unwrap());
    let state = (committer.counter(), Arc::new(Kept { rows: rows.to_vec(), key, ..Kept::of_a_buy() }));
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serve = move || {
        runtime().unwrap().block_on(async move {
            let routes =
                Router::new().route("/mozpay/product/{slug}/buy", routing::post(only_commit)).with_state(state);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let stop = async { stopped.await.unwrap() };
            axum::serve(listener, routes).with_graceful_shutdown(stop).await.unwrap();
        });
    };
    let name = format!("bare-{port}");
    let thread = thread::Builder::new().name(name.clone()).spawn(serve).unwrap();
    let measured = bought(port, &name);
    stop.send(()).unwrap();
    thread.join().unwrap();
    committer.end();
    measured
}

/// What a bare handler knows of a buy.
struct Kept {
    rows: Vec<Row>,
    answer: String,
    claims: String,
    /// Where the pay request is signed for each buy.
    key: Option<SigningKey>,
}

impl Kept {
    fn of_a_buy() -> Self {
        let (line, steps) = steps_of_a_buy();
        let arrived = steps.iter().flat_map(|step| &step.events).find_map(|event| {
            let Event::Delivered { message } = event else { return None };
            matches!(message.body, Body::BuyAnswered { .. }).then_some(message)
        });
        let message = arrived.unwrap();
        let Body::BuyAnswered { request, .. } = &message.body else { panic!("an answer") };
        let claims = Jwt::parse(request).unwrap().unverified_claims_json().to_owned();
        let answer = message.http(line.setup(), line.world().catalog()).unwrap().body.unwrap();
        Self { rows: Vec::new(), answer, claims, key: None }
    }
}

async fn only_commit(
    State((counter, kept)): State<(Counter, Arc<Kept>)>,
    UrlPath(slug): UrlPath<String>,
) -> impl IntoResponse {
    assert!(!slug.is_empty());
    let answer = match &kept.key {
        None => kept.answer.clone(),
        Some(key) => {
            let request = sign_json(&kept.claims, key, HeaderExtras::default()).unwrap();
            format!(r#"{{"webpayJWT":"{request}","contribStatusURL":"/mozpay/transaction/x","transactionID":"x"}}"#)
        }
    };
    counter.write(&kept.rows).await;
    ([(header::CONTENT_TYPE, "application/json")], answer)
}

/// Buys at the server on this port, whose thread is called so.
fn bought(port: u16, thread: &str) -> Side {
    let request = post(port, "/mozpay/product/shiny-pony/buy", "application/json", "");
    let (before, all_before) = (processor_ns(thread), processor_of_all_us());
    let rate = together(&|started| {
        let (mut socket, mut buffer) = (connect(port), vec![0; 8 << 10]);
        started.wait();
        for _ in 0..BUYS {
            assert!(ask(&mut socket, &request, &mut buffer).contains("webpayJWT"));
        }
    });
    let server_us = Duration::from_nanos(processor_ns(thread) - before).as_secs_f64() * 1e6 / f64::from(total());
    let all_us = (processor_of_all_us() - all_before) / f64::from(total());
    Side { rate, server_us, all_us }
}

fn through_sqlite(path: &Path, rows: &[Row]) -> f64 {
    let committer = Committer::start(path.to_owned(), CLIENTS);
    let rate = together(&|started| {
        let client = committer.client();
        started.wait();
        (0..BUYS).for_each(|_| client.write(rows));
    });
    committer.end();
    rate
}

/// Buys a second, of all clients from the moment at which all are ready.
fn together(client: &(dyn Fn(&Barrier) + Sync)) -> f64 {
    let ready = Barrier::new(CLIENTS + 1);
    let since = thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| client(&ready));
        }
        ready.wait();
        Instant::now()
    });
    f64::from(total()) / since.elapsed().as_secs_f64()
}

fn total() -> u32 {
    u32::try_from(CLIENTS * BUYS).unwrap()
}
