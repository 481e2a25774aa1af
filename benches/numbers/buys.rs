//! Buys over HTTP that are on disk before they are answered, against SQLite alone that commits the same rows in groups.

use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use paystage::io::clock;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::server::Server;
use paystage::io::http::site;
use paystage::io::http::token::Token;
use paystage::io::inbox::Clock;
use paystage::io::live::{setup, stage};
use paystage::io::outbound::{Outbound, Reach};
use paystage::io::store::handle::Store;
use paystage::io::store::keeper::LineKeeper;
use paystage::io::store::place::StorePlace;
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::world::command::Command;
use paystage::world::input::Input;
use paystage::world::provenance::Provenance;
use paystage::world::setup::Setup;

use crate::client::{ask, connect, post, processor_ns};
use crate::group_commit::{Committer, Row};
use crate::stopwatch::word;

/// How many buy at the same time, each over a connection of its own.
const CLIENTS: usize = 32;
/// How often each of them buys in a round.
const BUYS: usize = 100;
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
    let (mut ours, mut floor, mut used) = (0.0_f64, 0.0_f64, f64::INFINITY);
    for round in 0..ROUNDS {
        let (rate, processor_us) = over_http(&folder.join(format!("ours-{round}")));
        (ours, used) = (ours.max(rate), used.min(processor_us));
        floor = floor.max(through_sqlite(&folder.join(format!("floor-{round}")), &rows));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    println!(
        "durable buys of {CLIENTS} clients: {ours:.0}/s (goal {RATE_MIN:.0}, {}), bare group commit of the same {} rows ({bytes} bytes) {floor:.0}/s, ratio {:.3} (goal {RATIO_MIN}, {}); {used:.0} µs of the server's processor for one",
        word(ours >= RATE_MIN),
        rows.len(),
        ours / floor,
        word(ours / floor >= RATIO_MIN)
    );
}

/// What the store writes for one buy.
fn rows_of_a_buy() -> Vec<Row> {
    let mut line = Line::new(at(7717));
    let input = Input::Buy {
        product: ProductId::parse("shiny-pony").unwrap(),
        origin: None,
        provenance: Provenance::default(),
    };
    let mut steps = vec![line.dispatch(Command::Receive { at: line.world().now(), input })];
    while line.world().next_due().is_some_and(|due| due <= line.world().now()) {
        steps.push(line.dispatch(Command::Step));
    }
    steps.iter().map(|step| (serde_json::to_string(&step.command).unwrap(), step.digest().to_string())).collect()
}

fn at(port: u16) -> Setup {
    setup::at_home(Setup::default(), &Origin::loopback(port), clock::now())
}

/// Buys a second, and how long the server's own thread had a processor for one of them, in microseconds.
fn over_http(path: &Path) -> (f64, f64) {
    let store = Store::open(&StorePlace::File(path.to_owned())).unwrap();
    let listening = Listening::bind(0).unwrap();
    let port = listening.port();
    let mut keeper = LineKeeper::begin(&store, "Bench");
    let build = move || {
        let outbound = Outbound::new(Reach::loopback());
        let (line, clock) = (Line::new(at(port)), Clock::Real { ahead: Span::ZERO });
        let keep = Box::new(move |run: &dyn paystage::session::recorded::Recorded, step: &_| keeper.keep(run, step));
        let letterbox = stage::start(line, clock, outbound.clone(), Some(keep));
        site::front(Gate::new(port, Token::fresh().unwrap(), Limits::default()), &letterbox, &outbound)
    };
    let server = Server::start(listening, build).unwrap();
    let request = post(port, "/mozpay/product/shiny-pony/buy", "application/json", "");
    let thread = format!("http-{port}");
    let before = processor_ns(&thread);
    let rate = together(&|started| {
        let (mut socket, mut buffer) = (connect(port), vec![0; 8 << 10]);
        started.wait();
        for _ in 0..BUYS {
            assert!(ask(&mut socket, &request, &mut buffer).contains("webpayJWT"));
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a few seconds in nanoseconds")]
    let used = (processor_ns(&thread) - before) as f64 / 1e3 / f64::from(total());
    server.stop().unwrap();
    (rate, used)
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
