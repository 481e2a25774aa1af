//! `paystage serve` on a store in which something is wrong: it says what, and goes on from what is left.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rusqlite::Connection;

use crate::program::Desk;
use crate::serve::{Program, serve};

const STORE: [&str; 2] = ["--store", "runs.sqlite"];

/// A server that was killed after its buyers had so many receipts.
fn killed(desk: &Desk, buys: usize) -> Vec<String> {
    let server = Program::start(desk, &[&STORE, &["--buyer", "you decide"][..]].concat());
    let receipts = (0..buys).map(|_| server.pony()).collect();
    server.kill();
    receipts
}

/// What a server says at the start that goes on with the store, and how many of these receipts it still knows.
fn said(desk: &Desk, more: &[&str], receipts: &[String]) -> (String, usize) {
    let server = Program::start(desk, &[&STORE, more].concat());
    let known = receipts.iter().filter(|receipt| server.verify(receipt).contains("\"ok\"")).count();
    (server.interrupt().1, known)
}

#[test]
fn a_log_that_was_damaged_is_told_at_the_start() {
    let desk = Desk::new("serve-torn");
    let receipts = killed(&desk, 3);
    let log = desk.path("runs.sqlite-wal");
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&log, bytes).unwrap();
    let (rest, known) = said(&desk, &[], &receipts);
    assert!(rest.contains("! runs.sqlite: the end of its log was damaged"), "{rest}");
    assert!(desk.path("runs.sqlite-wal-damaged-1").exists());
    assert!(known < receipts.len(), "{known}: nothing is missing");
}

#[test]
fn a_log_that_a_kill_has_left_is_nothing_to_tell() {
    let desk = Desk::new("serve-not-torn");
    let receipts = killed(&desk, 3);
    let (rest, known) = said(&desk, &[], &receipts);
    assert!(!rest.contains("! run") && rest.contains("Goes on with the store's last run"), "{rest}");
    assert_eq!(known, 3);
}

/// Changes the mark of a step behind the store's back, the eighth from the end where none is named; which one it is.
fn changed(path: PathBuf, step: Option<i64>) -> i64 {
    let store = Connection::open(path).unwrap();
    let last = || store.query_row("SELECT max(step) FROM step", [], |row| row.get::<_, i64>(0)).unwrap();
    let step = step.unwrap_or_else(|| last() - 8);
    store.execute("UPDATE step SET digest = '0123456789abcdef' WHERE step = ?1", [step]).unwrap();
    step
}

fn runs(desk: &Desk) -> i64 {
    let store = Connection::open(desk.path("runs.sqlite")).unwrap();
    store.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).unwrap()
}

#[test]
fn the_start_alone_goes_on_as_one_new_run_and_before_it_there_is_nothing() {
    let desk = Desk::new("serve-differs-early");
    let receipts = killed(&desk, 1);
    assert_eq!(changed(desk.path("runs.sqlite"), Some(1)), 1);
    let (rest, known) = said(&desk, &["--before-fault"], &receipts);
    assert!(rest.contains("Goes on with the store's last run, after 1 steps") && known == 0, "{rest}");
    assert_eq!(runs(&desk), 2, "the old one and the one that goes on");

    changed(desk.path("runs.sqlite"), Some(0));
    for more in [&[][..], &["--before-fault"]] {
        let refused = serve(&desk, &[&STORE, more].concat()).output().unwrap();
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert!(complaint.contains("step 0") && complaint.contains("--seed 1"), "{complaint}");
        assert!(!complaint.contains("part before") && !complaint.contains("--before-fault"), "{complaint}");
    }
    assert_eq!(runs(&desk), 2);
}

#[test]
fn a_run_that_is_lived_again_differently_goes_on_from_the_part_before() {
    let desk = Desk::new("serve-differs");
    let receipts = killed(&desk, 3);
    let step = changed(desk.path("runs.sqlite"), None);
    let refused = serve(&desk, &STORE).output().unwrap();
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains(&format!("step {step}")) && complaint.contains("--before-fault"), "{complaint}");

    let (rest, known) = said(&desk, &["--before-fault"], &receipts);
    assert!(rest.contains(&format!("! run 1: branch A, step {step}")), "{rest}");
    assert!(rest.contains(&format!("Goes on with the store's last run, after {step} steps")), "{rest}");
    assert_eq!(known, 2, "the last one was bought after it");
    let (rest, known) = said(&desk, &[], &receipts);
    assert!(!rest.contains("! run"), "the part is a run of its own, and the latest: {rest}");
    assert_eq!(known, 2);
    let old = serve(&desk, &[&STORE, &["--run", "2"][..]].concat()).output().unwrap();
    assert!(String::from_utf8(old.stderr).unwrap().contains(&format!("step {step}")), "the old one stays as it was");
}

#[test]
fn a_sound_run_goes_on_as_a_whole_whatever_was_asked() {
    let desk = Desk::new("serve-sound");
    let receipts = killed(&desk, 2);
    let (rest, known) = said(&desk, &["--before-fault"], &receipts);
    assert!(!rest.contains("! run") && known == 2, "{rest}");
    assert_eq!(runs(&desk), 1, "and no run is made");
    let ended = serve(&desk, &[&STORE, &["--before-fault", "--seed", "7"][..]].concat()).output().unwrap();
    assert!(String::from_utf8(ended.stderr).unwrap().contains("leave them out"), "a new run has no part before");
    assert_eq!(ended.status.code(), Some(2));
}

#[test]
fn a_file_that_is_damaged_itself_is_refused_and_left_as_it_is() {
    let desk = Desk::new("serve-damaged");
    let receipts = killed(&desk, 3);
    assert_eq!(said(&desk, &[], &receipts).1, 3, "the log is in the file now");
    let mut bytes = desk.read("runs.sqlite");
    for at in (4_096 * 2..bytes.len()).step_by(7) {
        bytes[at] ^= 0xA5;
    }
    desk.file("runs.sqlite", &bytes);
    for more in [&[][..], &["--before-fault"]] {
        let refused = serve(&desk, &[&STORE, more].concat()).output().unwrap();
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains("runs.sqlite: is damaged") && !complaint.contains("--before-fault"), "{complaint}");
        assert!(desk.read("runs.sqlite") == bytes, "{more:?}: it was written to");
    }
}

/// A server whose files may not grow beyond so many blocks, and that says in `said.txt` what goes wrong.
fn limited(desk: &Desk, blocks: usize) -> Program {
    let server = serve(desk, &STORE);
    let mut limited = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\" 2> said.txt");
    limited.args(["-c", &script, "sh"]).arg(server.get_program()).args(server.get_args());
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.current_dir(server.get_current_dir().unwrap());
    Program::of(limited)
}

#[test]
fn what_was_refused_on_a_full_disk_is_told_at_the_end() {
    let desk = Desk::new("serve-full");
    let server = limited(&desk, 300);
    let mut bought = 0;
    while server.buys() == 200 {
        bought += 1;
    }
    assert!(bought > 10, "{bought}");
    assert_eq!(server.interrupt().0, Some(2));
    let told = fs::read_to_string(desk.path("said.txt")).unwrap();
    assert!(told.contains("runs.sqlite: what was done last could not be written, and is lost"), "{told}");

    // With room, all that was answered is there, and there is nothing to tell.
    let server = Program::start(&desk, &STORE);
    assert_eq!(server.buys(), 200);
    let known = server.payments();
    assert!(known > bought, "{known} of {bought}");
    assert_eq!(server.interrupt().0, Some(0));
}
