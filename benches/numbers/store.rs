//! Durable steps of 32 threads through the store, against SQLite alone that commits the same rows in groups, on the same disk.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use paystage::io::store::handle::Store;
use paystage::io::store::place::StorePlace;
use paystage::protocol::id::ProductId;
use paystage::session::branch::BranchId;
use paystage::session::line::Line;
use paystage::session::step::Step;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::group_commit::{Committer, Row};
use crate::stopwatch::Ratio;

/// How many clients wait for their own step at the same time.
const THREADS: usize = 32;
/// How many steps each of them takes in a round.
const STEPS: usize = 60;
/// How many rounds each side has; the fastest counts.
const ROUNDS: usize = 8;

/// Measures and prints.
pub(crate) fn run() {
    let steps = changing_steps();
    let folder = std::env::temp_dir().join(format!("paystage-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut ours, mut floor) = (f64::INFINITY, f64::INFINITY);
    for round in 0..ROUNDS {
        ours = ours.min(through_the_store(&folder.join(format!("ours-{round}")), &steps));
        floor = floor.min(through_sqlite(&folder.join(format!("floor-{round}")), &steps));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    Ratio::of(ours, floor).print("durable step of 32 clients over bare group commit", 1.25);
}

/// Steps of real purchases that each change something, numbered anew.
fn changing_steps() -> Vec<Arc<Step>> {
    let mut line = Line::new(Setup::default());
    let buy = Command::Buy { product: ProductId::parse("shiny-pony").unwrap() };
    let mut steps = Vec::new();
    while steps.len() < STEPS {
        let step = line.dispatch(if line.world().is_idle() { buy.clone() } else { Command::Step });
        if !step.is_read() {
            steps.push(Arc::new(Step { index: steps.len(), ..Step::clone(&step) }));
        }
    }
    steps
}

/// Nanoseconds for one step.
fn through_the_store(path: &Path, steps: &[Arc<Step>]) -> f64 {
    let store = Store::open(&StorePlace::File(path.to_owned())).unwrap();
    let runs: Vec<_> = (0..THREADS).map(|_| store.create("Bench", &Setup::default())).collect();
    store.flush().wait().unwrap();
    timed(&|number| {
        for step in steps {
            store.append(runs[number], BranchId::FIRST, step).wait().unwrap();
        }
    })
}

fn through_sqlite(path: &Path, steps: &[Arc<Step>]) -> f64 {
    let row = |step: &Arc<Step>| (serde_json::to_string(&step.command).unwrap(), step.digest().to_string());
    let rows: Vec<Row> = steps.iter().map(row).collect();
    let committer = Committer::start(path.to_owned(), THREADS);
    let time = timed(&|_| {
        let client = committer.client();
        for row in &rows {
            client.write(std::slice::from_ref(row));
        }
    });
    committer.end();
    time
}

fn timed(client: &(dyn Fn(usize) + Sync)) -> f64 {
    let since = Instant::now();
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || client(number));
        }
    });
    since.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(THREADS * STEPS).unwrap())
}
