//! The store opens whatever a torn, cut or flipped log has left: whole commits, in their order, none that was intact missing.

use std::fs;

use paystage::io::store::recorder::Recorder;
use paystage::io::store::row::RunId;
use paystage::session::branch::BranchId;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::store_chance::{Chance, count_of};
use crate::store_shelf::{FILE, LOG, Shelf, buy, loaded};

/// Where a log is kept in which commits could not be read.
const ASIDE: &str = "runs.paystage-wal-damaged-1";
/// How many damaged logs are also lived again from their first step, one in so many.
const REPLAYED: usize = 20;

/// A store as it lay on disk while it was open: nothing of the run has left the log yet.
struct Recorded {
    file: Vec<u8>,
    log: Vec<u8>,
    run: RunId,
    digests: Vec<String>,
    /// After each commit: how long the log was, and how many steps were kept.
    commits: Vec<(usize, usize)>,
}

fn recorded() -> Recorded {
    let shelf = Shelf::new("torn-recorded");
    let store = shelf.open();
    let mut session = Session::new(Setup::default());
    for product in ["shiny-pony", "rainbow-mane"] {
        session.dispatch(buy(product));
        run_until_idle(&mut session, 1_000);
        session.dispatch(Command::RotateKey);
    }
    let log_length = || usize::try_from(fs::metadata(shelf.desk.path(LOG)).unwrap().len()).unwrap();
    let mut commits = vec![(log_length(), 0)];
    let mut kept = Session::new(Setup::default());
    let mut recorder = Recorder::begin(&store, &kept);
    store.flush().wait().unwrap();
    commits.push((log_length(), 1));
    for (index, step) in session.steps().iter().enumerate().skip(1) {
        kept.dispatch(step.command.clone());
        // Commits of one to four steps.
        if index % 7 % 4 == 0 || index + 1 == session.steps().len() {
            drop(recorder.keep_up(&kept));
            store.flush().wait().unwrap();
            commits.push((log_length(), index + 1));
        }
    }
    let digests = session.steps().iter().map(|step| step.quick_digest().to_string()).collect();
    Recorded { file: shelf.desk.read(FILE), log: shelf.desk.read(LOG), run: recorder.run(), digests, commits }
}

/// Damages a log; gives back where the first byte differs from what was written.
fn damage(log: &mut Vec<u8>, chance: &mut Chance) -> usize {
    let whole = log.clone();
    match chance.below(5) {
        0 => log.truncate(chance.index(whole.len())),
        1 => {
            for _ in 0..=chance.below(8) {
                let at = chance.index(log.len());
                log[at] ^= 1 << chance.below(8);
            }
        }
        2 => {
            // A sector that never reached the disk, in a log that grew all the same.
            let at = chance.index(log.len()) / 512 * 512;
            let end = (at + 512 * (1 + chance.index(16))).min(log.len());
            log[at..end].fill(0);
        }
        3 => {
            // Sectors of an older time, where newer ones should be.
            let (from, to) = (chance.index(log.len()) / 512 * 512, chance.index(log.len()) / 512 * 512);
            let length = (512 * (1 + chance.index(8))).min(log.len() - from.max(to));
            log.copy_within(from..from + length, to);
        }
        _ => {
            // Cut in the middle of a write, with something else behind.
            let at = chance.index(log.len());
            log.truncate(at);
            log.extend(
                (0..chance.index(10_000)).map(|_| u8::try_from(chance.below(256)).unwrap()).collect::<Vec<u8>>(),
            );
        }
    }
    let same = whole.iter().zip(log.iter()).take_while(|(was, is)| was == is).count();
    same.min(log.len())
}

#[test]
fn a_damaged_log_opens_at_a_commit_and_keeps_every_commit_before_the_damage() {
    let recorded = recorded();
    assert!(recorded.commits.len() > 10 && recorded.log.len() > 100_000, "there is something to damage");
    let mut chance = Chance::new("PAYSTAGE_TORN_SEED");
    let (mut lengths, mut set_aside) = (std::collections::BTreeSet::new(), 0);
    for number in 0..count_of("PAYSTAGE_TORN_LOGS", 150) {
        let shelf = Shelf::new("torn");
        let mut log = recorded.log.clone();
        let intact = damage(&mut log, &mut chance);
        shelf.desk.file(FILE, &recorded.file).file(LOG, &log);

        let store = shelf.open();
        let steps = store.steps(recorded.run, BranchId::FIRST, 0, usize::MAX).unwrap();
        let kept: Vec<_> = steps.iter().map(|step| step.digest.as_str()).collect();
        let expected: Vec<_> = recorded.digests.iter().take(kept.len()).map(String::as_str).collect();
        assert_eq!(kept, expected, "log {number}, {chance}: not a beginning of what was written");
        let is_boundary = recorded.commits.iter().any(|(_, steps)| *steps == kept.len());
        assert!(is_boundary, "log {number}, {chance}: {} steps, half a commit", kept.len());
        let due = recorded.commits.iter().rev().find(|(length, _)| *length <= intact).map_or(0, |(_, steps)| *steps);
        assert!(kept.len() >= due, "log {number}, {chance}: {} steps, and {due} lay before the damage", kept.len());
        if number % REPLAYED == 0 && !kept.is_empty() {
            assert_eq!(loaded(&store, recorded.run).unwrap().steps().len(), kept.len());
        }
        lengths.insert(kept.len());
        if store.warning().is_some() {
            set_aside += 1;
            assert_eq!(shelf.desk.read(ASIDE), log, "log {number}, {chance}");
            assert!(kept.len() < recorded.digests.len(), "log {number}, {chance}: nothing is missing");
        }
        drop(store);
        let sound: String = shelf.raw().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "log {number}, {chance}");
    }
    println!("{} different ends, {set_aside} logs set aside", lengths.len());
    assert!(lengths.len() > 5, "the damage was hardly felt: {lengths:?}");
}

#[test]
fn an_undamaged_log_opens_with_every_commit() {
    let recorded = recorded();
    let shelf = Shelf::new("torn-not");
    shelf.desk.file(FILE, &recorded.file).file(LOG, &recorded.log);
    let store = shelf.open();
    assert_eq!(store.warning(), None);
    let session = loaded(&store, recorded.run).unwrap();
    let digests: Vec<_> = session.steps().iter().map(|step| step.quick_digest().to_string()).collect();
    assert_eq!(digests, recorded.digests);
}

#[test]
fn a_log_with_commits_behind_the_damage_is_set_aside_and_a_torn_end_is_not() {
    let recorded = recorded();
    let opened = |name: &str, log: &[u8]| {
        let shelf = Shelf::new(name);
        shelf.desk.file(FILE, &recorded.file).file(LOG, log);
        let warning = shelf.open().warning();
        (shelf, warning)
    };
    let (middle, _) = recorded.commits[recorded.commits.len() / 2];
    // The log's header, its salt, and a frame in the middle.
    for at in [3, 17, middle + 100] {
        let mut log = recorded.log.clone();
        log[at] ^= 0x10;
        let (shelf, warning) = opened("aside", &log);
        assert!(warning.unwrap().contains(ASIDE), "byte {at}");
        assert_eq!(shelf.desk.read(ASIDE), log, "byte {at}");
        assert_eq!(shelf.open().warning(), None, "it is told once");
    }
    // As a kill leaves it: the last write is cut short, and nothing follows.
    let (last, _) = recorded.commits[recorded.commits.len() - 2];
    for end in [0, 20, 40, middle, middle + 10, middle + 2_000, last, last + 4_000] {
        let (shelf, warning) = opened("not-aside", &recorded.log[..end]);
        assert_eq!(warning, None, "{end}");
        assert!(!shelf.desk.path(ASIDE).exists(), "{end}");
    }
    // As a log begun anew leaves it: behind its end stand frames of an older time.
    let mut log = recorded.log.clone();
    for salt in (middle..log.len()).step_by(24 + 4_096).map(|frame| frame + 8) {
        log[salt] ^= 0xFF;
    }
    assert_eq!(opened("older", &log).1, None);
}
