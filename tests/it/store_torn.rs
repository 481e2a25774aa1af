//! The store opens whatever a torn, cut or flipped log has left: whole commits, in their order, none that was intact missing.

use std::collections::BTreeSet;

use paystage::io::store::recorder::Recorder;
use paystage::io::store::row::RunId;
use paystage::session::branch::BranchId;
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::store_chance::{Chance, count_of};
use crate::store_shelf::{FILE, LOG, Shelf, buy, loaded};

/// Where a log is kept in which commits could not be read.
const ASIDE: &str = "runs.paystage-wal-damaged-1";
/// Of each moment's damaged logs, one in so many is also lived again from its first step.
const REPLAYED: usize = 20;

/// A store as it lay on disk while it was open.
#[derive(Clone)]
struct Recorded {
    file: Vec<u8>,
    log: Vec<u8>,
    run: RunId,
    digests: Vec<String>,
    /// After each commit that stands in the log: where it ends there, and how many steps were kept. What was kept before the first
    /// of them is in the file.
    commits: Vec<(usize, usize)>,
}

/// A store whose log was never copied into its file.
fn recorded() -> Recorded {
    moments(0).pop().unwrap()
}

/// A store whose log began anew so many times: as it lay on disk right before each of these times, right after, and at the end.
fn moments(times: usize) -> Vec<Recorded> {
    let shelf = Shelf::new("torn-recorded");
    let store = shelf.open();
    let mut kept = Session::new(Setup::default());
    let mut recorder = Recorder::begin(&store, &kept);
    store.flush().wait().unwrap();
    let look = |session: &Session, run: RunId, commits: Vec<(usize, usize)>| Recorded {
        file: shelf.desk.read(FILE),
        log: shelf.desk.read(LOG),
        run,
        digests: session.steps().iter().map(|step| step.quick_digest().to_string()).collect(),
        commits,
    };
    let mut moments = Vec::new();
    let mut now = look(&kept, recorder.run(), Vec::new());
    now.commits = vec![(0, 0), (end_of(&now.log), 1)];
    while moments.len() < 2 * times || now.commits.len() < 24 {
        // Commits of one to four steps. The last one is a change, so its ticket is good for all of them.
        for _ in 0..kept.steps().len() % 7 % 4 {
            kept.dispatch(if kept.world().is_idle() { buy("shiny-pony") } else { Command::Step });
        }
        kept.dispatch(Command::RotateKey);
        recorder.keep_up(&kept).unwrap().wait().unwrap();
        let mut next = look(&kept, recorder.run(), now.commits.clone());
        let end = end_of(&next.log);
        let is_begun = end <= now.commits.last().unwrap().0;
        assert!(is_begun || next.file == now.file, "the file takes the log in only when the log is begun anew");
        if is_begun {
            next.commits = vec![(0, now.digests.len())];
        }
        next.commits.push((end, next.digests.len()));
        if next.commits.len() == 2 {
            moments.extend([now, next.clone()]);
        }
        now = next;
    }
    moments.push(now);
    moments
}

/// Where the frames end that belong to the log as it begins now; behind them may stand those of an older time.
fn end_of(log: &[u8]) -> usize {
    let ours = log[32..].chunks_exact(24 + 4_096).take_while(|frame| frame[8..16] == log[16..24]);
    32 + ours.count() * (24 + 4_096)
}

/// Damages a log within so many bytes from its beginning; gives back where the first byte differs from what was written.
fn damage(log: &mut Vec<u8>, reach: usize, chance: &mut Chance) -> usize {
    let whole = log.clone();
    match chance.below(5) {
        0 => log.truncate(chance.index(reach)),
        1 => {
            for _ in 0..=chance.below(8) {
                let at = chance.index(reach);
                log[at] ^= 1 << chance.below(8);
            }
        }
        2 => {
            // A sector that never reached the disk, in a log that grew all the same.
            let at = chance.index(reach) / 512 * 512;
            let end = (at + 512 * (1 + chance.index(16))).min(log.len());
            log[at..end].fill(0);
        }
        3 => {
            // Sectors of another time, where newer ones should be.
            let (from, to) = (chance.index(log.len()) / 512 * 512, chance.index(reach) / 512 * 512);
            let length = (512 * (1 + chance.index(8))).min(log.len() - from.max(to));
            log.copy_within(from..from + length, to);
        }
        _ => {
            // Cut in the middle of a write, with something else behind.
            log.truncate(chance.index(reach));
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
    let moments = [moments(2), vec![recorded()]].concat();
    let mut chance = Chance::new("PAYSTAGE_TORN_SEED");
    let (mut lengths, mut set_aside) = (vec![BTreeSet::new(); moments.len()], 0);
    for number in 0..count_of("PAYSTAGE_TORN_LOGS", 180) {
        let moment = number % moments.len();
        let recorded = &moments[moment];
        let shelf = Shelf::new("torn");
        let mut log = recorded.log.clone();
        // Half of them where its last commits are, behind which may stand what it held before it was begun anew.
        let live = if chance.below(2) == 0 { log.len() } else { recorded.commits.last().unwrap().0 };
        let intact = damage(&mut log, live, &mut chance);
        shelf.desk.file(FILE, &recorded.file).file(LOG, &log);

        let store = shelf.open();
        let steps = store.steps(recorded.run, BranchId::FIRST, 0, usize::MAX).unwrap();
        let kept: Vec<_> = steps.iter().map(|step| step.digest.as_str()).collect();
        let expected: Vec<_> = recorded.digests.iter().take(kept.len()).map(String::as_str).collect();
        assert_eq!(kept, expected, "log {number}, {chance}: not a beginning of what was written");
        let is_boundary = recorded.commits.iter().any(|(_, steps)| *steps == kept.len());
        assert!(is_boundary, "log {number}, {chance}: {} steps, half a commit", kept.len());
        let due = recorded.commits.iter().rev().find(|(end, _)| *end <= intact).map_or(0, |(_, steps)| *steps);
        assert!(kept.len() >= due, "log {number}, {chance}: {} steps, and {due} lay before the damage", kept.len());
        if number / moments.len() % REPLAYED == 0 && !kept.is_empty() {
            assert_eq!(loaded(&store, recorded.run).unwrap().steps().len(), kept.len());
        }
        lengths[moment].insert(kept.len());
        if store.warning().is_some() {
            set_aside += 1;
            assert_eq!(shelf.desk.read(ASIDE), log, "log {number}, {chance}");
            assert!(kept.len() < recorded.digests.len(), "log {number}, {chance}: nothing is missing");
        }
        drop(store);
        let sound: String = shelf.raw().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "log {number}, {chance}");
    }
    let ends: Vec<_> = lengths.iter().map(BTreeSet::len).collect();
    println!("{ends:?} different ends, {set_aside} logs set aside");
    for (recorded, ends) in moments.iter().zip(ends) {
        let wanted = if recorded.commits.len() > 2 { 5 } else { 2 };
        assert!(ends >= wanted, "the damage was hardly felt: {lengths:?}");
    }
}

#[test]
fn an_undamaged_log_opens_with_every_commit() {
    for recorded in [moments(2), vec![recorded()]].concat() {
        let shelf = Shelf::new("torn-not");
        shelf.desk.file(FILE, &recorded.file).file(LOG, &recorded.log);
        let store = shelf.open();
        assert_eq!(store.warning(), None);
        let session = loaded(&store, recorded.run).unwrap();
        let digests: Vec<_> = session.steps().iter().map(|step| step.quick_digest().to_string()).collect();
        assert_eq!(digests, recorded.digests);
    }
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
