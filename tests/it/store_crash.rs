//! The store survives being killed: every step that was acknowledged is there, and what is there is a beginning of what was done.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use paystage::io::store::handle::Store;
use paystage::io::store::keeper::LineKeeper;
use paystage::io::store::load::Progress;
use paystage::io::store::place::StorePlace;
use paystage::io::store::row::RunId;
use paystage::session::branch::BranchId;
use paystage::session::line::Line;
use paystage::session::recorded::Recorded;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::store_chance::{Chance, count_of};
use crate::store_shelf::{LOG, Shelf, buy};

/// Names the store to a second process of this very test, which works on it until it is killed.
const CHILD: &str = "PAYSTAGE_CRASH_STORE";
/// How many threads work at once.
const THREADS: usize = 4;
/// How many crashes one file goes through before a new one is taken.
const CRASHES_A_FILE: usize = 8;
/// One crash in so many comes late.
const LONG_ONE_IN: usize = 8;

#[test]
fn killed_at_any_moment_it_loses_nothing_that_was_acknowledged() {
    if let Some(path) = std::env::var_os(CHILD) {
        return work(&StorePlace::File(path.into()));
    }
    let mut chance = Chance::new("PAYSTAGE_CRASH_SEED");
    let cycles = count_of("PAYSTAGE_CRASHES", 40);
    let (mut acknowledged, mut in_flight, mut begun_anew) = (0, 0, 0);
    let mut shelf = Shelf::new("crash");
    for cycle in 0..cycles {
        if cycle % CRASHES_A_FILE == 0 {
            shelf = Shelf::new(&format!("crash-{cycle}"));
        }
        // One in so many goes on until its log was copied into the file, and more than once.
        let wanted =
            if cycle % LONG_ONE_IN == LONG_ONE_IN - 1 { 800 + chance.index(400) } else { 1 + chance.index(40) };
        let acks = crash(&shelf, wanted, &mut chance);
        begun_anew += usize::from(has_begun_anew(&shelf));
        let kept = kept_after(&shelf);
        for (index, digest) in &acks {
            assert_eq!(kept.get(*index), Some(digest), "cycle {cycle}, step {index} of {}, {chance}", kept.len());
        }
        acknowledged += acks.len();
        in_flight += usize::from(acks.iter().all(|(index, _)| index + 1 < kept.len()));
    }
    println!(
        "{cycles} crashes, {acknowledged} steps acknowledged, {in_flight} crashes with more on disk than was said, \
         {begun_anew} with a log that was begun anew"
    );
    assert!(acknowledged > cycles, "{acknowledged} in {cycles} crashes: it was hardly at work when it was killed");
    assert!(begun_anew >= cycles / LONG_ONE_IN / 2, "{begun_anew} of {cycles} crashes met a log that was begun anew");
}

/// Whether the log that a crash has left was begun anew since the store was opened: its header counts how often.
fn has_begun_anew(shelf: &Shelf) -> bool {
    let log = std::fs::read(shelf.desk.path(LOG)).unwrap_or_default();
    log.get(12..16).is_some_and(|count| count != [0; 4])
}

/// Lets a process work on the store until so much is acknowledged, or hardly begin where that is little, and kills it at a random
/// moment. Gives back what it had acknowledged until then.
fn crash(shelf: &Shelf, wanted: usize, chance: &mut Chance) -> Vec<(usize, String)> {
    let (mut child, lines) = start(shelf.path());
    let mut acks = Vec::new();
    if wanted < 6 {
        // While it opens the store, or replays, or takes its first steps.
        let until = Instant::now() + Duration::from_micros(chance.below(40_000));
        while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            acks.extend(ack(&line));
        }
    } else {
        while acks.len() < wanted {
            acks.extend(ack(&lines.recv_timeout(Duration::from_mins(1)).unwrap()));
        }
        let until = Instant::now() + Duration::from_micros(chance.below(3_000));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    acks.extend(lines.iter().filter_map(|line| ack(&line)));
    acks
}

/// A second process of this test, and the lines that it says.
fn start(path: PathBuf) -> (Child, Receiver<String>) {
    let name = "store_crash::killed_at_any_moment_it_loses_nothing_that_was_acknowledged";
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = channel();
    let said = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            // Whoever listened has heard enough.
            let _ = sender.send(line);
        }
    });
    (child, lines)
}

/// `ack 17 0123456789abcdef`; a line that was cut short by the kill is no acknowledgement.
fn ack(line: &str) -> Option<(usize, String)> {
    let (index, digest) = line.split_once("ack ")?.1.split_once(' ')?;
    (digest.len() == 16).then(|| (index.parse().unwrap(), digest.to_owned()))
}

/// Opens what the crash has left, lives it again, and looks whether the file is sound. The digest of each step, in order.
fn kept_after(shelf: &Shelf) -> Vec<String> {
    let store = shelf.open();
    let mut kept = Vec::new();
    if let Some(head) = store.recent(1).unwrap().first() {
        let (_, line) = LineKeeper::resume(&store, head.id, &mut |_: Progress| {}).unwrap();
        kept.extend(store.steps(head.id, BranchId::FIRST, 0, usize::MAX).unwrap().into_iter().map(|step| step.digest));
        assert!(line.count() == kept.len() || kept.is_empty(), "a beginning of what was done, without a gap");
    }
    drop(store);
    let sound: String = shelf.raw().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    kept
}

/// The second process: several threads buy, and say so when it is on disk, until they are killed.
fn work(place: &StorePlace) {
    let store = Store::open(place).unwrap();
    let (run, line) = match store.recent(1).unwrap().first() {
        Some(head) => (head.id, LineKeeper::resume(&store, head.id, &mut |_: Progress| {}).unwrap().1),
        None => begin(&store),
    };
    let begun = store.head(run).unwrap().steps > 0;
    if !begun {
        let first = Recorded::kept(&line)[0].clone();
        store.append(run, BranchId::FIRST, &first).wait().unwrap();
    }
    let line = Mutex::new(line);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    act(&store, run, &line);
                }
            });
        }
    });
}

fn begin(store: &Store) -> (RunId, Line) {
    (store.create("Under load", &Setup::default()), Line::new(Setup::default()))
}

fn act(store: &Store, run: RunId, line: &Mutex<Line>) {
    let mut line = line.lock().unwrap();
    let command = if line.world().is_idle() { buy("shiny-pony") } else { Command::Step };
    let step = line.dispatch(command);
    let ticket = store.append(run, BranchId::FIRST, &step);
    drop(line);
    ticket.wait().unwrap();
    if !step.is_read() {
        // In one piece, and past whatever would gather it.
        std::io::stdout().write_all(format!("ack {} {}\n", step.index, step.quick_digest()).as_bytes()).unwrap();
    }
}
