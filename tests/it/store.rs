//! The store keeps its word: what a ticket is good for is on disk, what was kept is lived again to the same bytes.

use std::fs;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use paystage::io::saved::Keep as _;
use paystage::io::store::error::StoreError;
use paystage::io::store::handle::Store;
use paystage::io::store::keeper::LineKeeper;
use paystage::io::store::load::Progress;
use paystage::io::store::loading::{self, Loading, Opened, Standing, Wanted};
use paystage::io::store::place::StorePlace;
use paystage::io::store::recorder::Recorder;
use paystage::protocol::time::Span;
use paystage::session::branch::BranchId;
use paystage::session::builtin::SUITE;
use paystage::session::control::run_until_idle;
use paystage::session::line::Line;
use paystage::session::recorded::Recorded;
use paystage::session::run::Session;
use paystage::session::run_file::save::save;
use paystage::session::scenario::play::play;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::store_shelf::{FILE, LOG, Shelf, bought, branched, buy, loaded, step_count};

#[test]
fn a_kept_run_comes_back_with_branches_bookmarks_notes_and_place() {
    let shelf = Shelf::new("comes-back");
    let session = branched();
    let store = shelf.open();
    let run = Recorder::begin(&store, &session).run();
    let same = loaded(&store, run).unwrap();
    assert_eq!(save(&same), save(&session));
    drop(store);
    let again = loaded(&shelf.open(), run).unwrap();
    assert_eq!(save(&again), save(&session));
    assert_eq!((again.trace(), again.here()), (session.trace(), session.here()));
    assert!(!again.can_undo(), "what was undone before is no part of a kept run");
}

#[test]
fn every_built_in_run_is_kept_and_lived_again_to_the_same_bytes() {
    let shelf = Shelf::new("suite");
    let store = shelf.open();
    for builtin in SUITE {
        let session = play(&builtin.scenario().unwrap()).session;
        let run = Recorder::begin(&store, &session).run();
        assert_eq!(save(&loaded(&store, run).unwrap()), save(&session), "{}", builtin.name);
    }
}

#[test]
fn a_session_that_goes_on_is_kept_up_with_and_nothing_is_written_twice() {
    let shelf = Shelf::new("goes-on");
    let store = shelf.open();
    let mut session = Session::new(Setup::default());
    let mut recorder = Recorder::begin(&store, &session);
    assert!(recorder.keep_up(&session).is_none(), "nothing is new");
    session.dispatch(buy("shiny-pony"));
    for _ in 0..5 {
        session.dispatch(Command::Step);
        recorder.keep_up(&session).unwrap().wait().unwrap();
    }
    session.back();
    session.dispatch(Command::RotateKey);
    session.write_notes("a note");
    recorder.keep_up(&session).unwrap().wait().unwrap();
    assert!(recorder.keep_up(&session).is_none(), "nothing is new");
    session.rename("Another name");
    session.toggle_bookmark("here");
    recorder.keep_up(&session).unwrap().wait().unwrap();
    let run = recorder.run();
    drop((recorder, store));

    let store = shelf.open();
    let (mut recorder, mut again) = Recorder::resume(&store, run, &mut |_: Progress| {}).unwrap();
    assert_eq!(save(&again), save(&session));
    assert!(recorder.keep_up(&again).is_none(), "a run that was just loaded is kept already");
    again.dispatch(Command::Step);
    recorder.keep_up(&again).unwrap().wait().unwrap();
    assert_eq!(save(&loaded(&store, run).unwrap()), save(&again));
    assert_eq!(store.head(run).unwrap().title, "Another name");
}

#[test]
fn what_a_ticket_is_good_for_would_survive_a_crash_right_now() {
    let shelf = Shelf::new("ticket");
    let store = shelf.open();
    let mut session = bought();
    session.dispatch(Command::Wait { span: Span::from_seconds(1) });
    let run = store.create("Bought", session.setup());
    for step in session.steps() {
        let ticket = store.append(run, BranchId::FIRST, step);
        let is_change = !step.is_read();
        ticket.wait().unwrap();
        if is_change {
            assert_eq!(step_count(&shelf.after_a_crash()), i64::try_from(step.index).unwrap() + 1);
        }
    }
    assert!(session.steps().iter().any(|step| step.is_read()), "some of them only read");
}

#[test]
fn a_ticket_may_be_awaited_on_a_servers_runtime() {
    let shelf = Shelf::new("awaited");
    let store = shelf.open();
    let session = bought();
    let run = store.create("Bought", session.setup());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for step in session.steps() {
            store.append(run, BranchId::FIRST, step).await.unwrap();
        }
        store.flush().await.unwrap();
    });
    assert_eq!(step_count(&shelf.after_a_crash()), i64::try_from(session.steps().len()).unwrap());
}

#[test]
fn a_step_that_only_reads_is_not_waited_for_and_reaches_the_disk_by_itself() {
    let shelf = Shelf::new("reads");
    let store = shelf.open();
    let mut line = Line::new(Setup::default());
    let run = store.create("Waits", line.setup());
    let begun = line.kept().next().unwrap().clone();
    store.append(run, BranchId::FIRST, &begun).wait().unwrap();
    store.flush().wait().unwrap();
    let idle = Command::Wait { span: Span::from_millis(1) };
    while line.world().next_due().is_some() {
        let step = line.dispatch(Command::Step);
        store.append(run, BranchId::FIRST, &step).wait().unwrap();
    }
    store.flush().wait().unwrap();
    let before = step_count(&shelf.after_a_crash());
    let step = line.dispatch(idle);
    assert!(step.is_read());
    let since = Instant::now();
    let ticket = store.append(run, BranchId::FIRST, &step);
    assert!(ticket.is_good(), "nobody waits for it");
    while step_count(&shelf.after_a_crash()) == before {
        assert!(since.elapsed() < Duration::from_secs(10), "it never reached the disk");
        std::thread::yield_now();
    }
}

#[test]
fn what_nobody_waited_for_is_written_when_the_store_is_closed() {
    let shelf = Shelf::new("closing");
    let session = bought();
    let store = shelf.open();
    let run = store.create("Bought", session.setup());
    for step in session.steps() {
        drop(store.append(run, BranchId::FIRST, step));
    }
    drop(store);
    assert!(!shelf.desk.path(LOG).exists(), "the log is in the file, and gone");
    assert_eq!(step_count(&shelf.raw()), i64::try_from(session.steps().len()).unwrap());
}

#[test]
fn reading_steps_change_nothing_that_the_marketplace_owes_or_the_device_holds() {
    let mut reads = 0;
    for builtin in SUITE {
        let mut session = play(&builtin.scenario().unwrap()).session;
        let owed = |session: &Session| {
            let world = session.world();
            format!("{:?} {:?}", world.marketplace().transactions(), world.device().receipts())
        };
        session.to_start();
        let mut before = owed(&session);
        while session.forward() {
            let (step, after) = (Arc::clone(session.last_step()), owed(&session));
            assert!(!step.is_read() || before == after, "{}: {}", builtin.name, step.canonical_json());
            reads += usize::from(step.is_read());
            before = after;
        }
    }
    assert!(reads > 20, "{reads}");
}

#[test]
fn paying_charging_issuing_and_installing_are_changes() {
    let session = bought();
    let step_with = |word: &str| session.steps().iter().find(|step| step.canonical_json().contains(word)).unwrap();
    for word in ["charged", "receipt-issued", "transaction-changed", "install-asked", "access-granted", "refunded"] {
        if word == "refunded" {
            let mut session = session.clone();
            let transaction = session.world().marketplace().transactions()[0].id.clone();
            assert!(!session.dispatch(Command::Refund { transaction }).is_read());
        } else {
            assert!(!step_with(&format!("\"{word}\"")).is_read(), "{word}");
        }
    }
    let mut waiting = Session::new(Setup { buyer: BuyerCharacter::NeverAnswers, ..Setup::default() });
    waiting.dispatch(buy("shiny-pony"));
    run_until_idle(&mut waiting, 1_000);
    let polls: Vec<_> =
        waiting.steps().iter().filter(|step| step.canonical_json().contains("status-answered")).collect();
    let (last, pending) = polls.split_last().unwrap();
    assert!(pending.len() > 5 && pending.iter().all(|step| step.is_read()), "pending, and nothing else");
    assert!(!last.is_read(), "the app gives up");
}

#[test]
fn a_line_is_kept_and_resumed_where_it_stood() {
    let shelf = Shelf::new("line");
    let store = shelf.open();
    let mut line = Line::new(Setup::default());
    let mut keeper = LineKeeper::begin(&store, "Live");
    let step = line.dispatch(buy("shiny-pony"));
    // The start was taken before anybody kept it; it comes along.
    drop(keeper.keep(&line, &step));
    for _ in 0..40 {
        let step = line.dispatch(Command::Step);
        drop(keeper.keep(&line, &step));
    }
    let run = keeper.run().unwrap();
    drop((keeper, store));

    let store = shelf.open();
    let mut progress = Vec::new();
    let (mut keeper, mut again) = LineKeeper::resume(&store, run, &mut |now| progress.push(now)).unwrap();
    assert_eq!(progress.last(), Some(&Progress { done: 42, of: 42 }));
    assert_eq!((again.count(), again.fingerprint()), (line.count(), line.fingerprint()));
    let step = again.dispatch(Command::RotateKey);
    drop(keeper.keep(&again, &step));
    keeper.hand_over();
    assert_eq!(store.head(run).unwrap().steps, 43);

    Recorded::restart(&mut again, Setup { seed: 7, ..Setup::default() });
    let begun = again.kept().next().unwrap().clone();
    drop(keeper.keep(&again, &begun));
    keeper.hand_over();
    assert_ne!(keeper.run(), Some(run), "a line that begins again is another run");
    assert_eq!(store.head(run).unwrap().steps, 43, "and the old one stays");
    assert_eq!(loaded(&store, keeper.run().unwrap()).unwrap().setup().seed, 7);
}

#[test]
fn recent_runs_come_latest_first_and_their_numbers_are_never_given_twice() {
    let shelf = Shelf::new("recent");
    let store = shelf.open();
    let runs: Vec<_> = (0..3)
        .map(|number| {
            let mut session = bought();
            session.rename(format!("Run {number}"));
            Recorder::begin(&store, &session).run()
        })
        .collect();
    let heads = store.recent(2).unwrap();
    let shown: Vec<_> = heads.iter().map(|head| (head.id, head.title.as_str(), head.branches)).collect();
    assert_eq!(shown, [(runs[2], "Run 2", 1), (runs[1], "Run 1", 1)]);
    assert_eq!(heads[0].steps, bought().steps().len());
    drop(store);
    let store = shelf.open();
    let new = store.create("New", &Setup::default());
    assert!(new > runs[2]);
    assert_eq!(store.recent(10).unwrap().len(), 4);
}

#[test]
fn the_file_and_its_log_are_for_their_owner_alone() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let shelf = Shelf::new("owner");
        let store = shelf.open();
        let run = Recorder::begin(&store, &bought()).run();
        assert!(loaded(&store, run).is_ok(), "the log has been written to");
        for name in [FILE, LOG] {
            let mode = fs::metadata(shelf.desk.path(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn the_log_stays_short_however_much_is_written() {
    let shelf = Shelf::new("short-log");
    let store = shelf.open();
    let mut longest = 0;
    // Each commit is about 100 KiB, so that the last that still fits changes little.
    for _ in 0..30 {
        for number in 0..10 {
            let _ = store.create(&format!("{number}{}", "x".repeat(10_000)), &Setup::default());
        }
        assert_eq!(store.flush().wait(), Ok(()));
        longest = longest.max(fs::metadata(shelf.desk.path(LOG)).unwrap().len());
    }
    let written = fs::metadata(shelf.path()).unwrap().len();
    assert!(written > 2 << 20, "all but the last MiB is in the file itself: {written} bytes");
    assert!((1 << 20..2 << 20).contains(&longest), "the log was {longest} bytes long");
}

#[test]
fn a_store_is_opened_and_its_last_run_loaded_while_the_window_goes_on() {
    let shelf = Shelf::new("background");
    let session = branched();
    drop(Recorder::begin(&shelf.open(), &bought()));
    let run = Recorder::begin(&shelf.open(), &session).run();
    let (mut loading, woken) = begun(|wake| loading::open(shelf.place(), Wanted::Last, wake));
    let opened = ended(&mut loading, &woken).unwrap();
    assert!(matches!(loading.standing(), Standing::Taken));
    let heads = opened.store.recent(9).unwrap();
    assert_eq!((heads.len(), heads[0].id), (2, run));
    let (recorder, last) = opened.run.unwrap().unwrap();
    assert_eq!((recorder.run(), save(&last)), (run, save(&session)));
    let load = |wanted| {
        let (mut loading, woken) = begun(|wake| loading::load(&opened.store, wanted, wake));
        ended(&mut loading, &woken).unwrap().run
    };
    assert_eq!(save(&load(Wanted::Run(heads[1].id)).unwrap().unwrap().1), save(&bought()));
    assert!(load(Wanted::Nothing).is_none());
    let (mut refused, woken) = begun(|wake| loading::open(shelf.place(), Wanted::Last, wake));
    assert_eq!(ended(&mut refused, &woken).map(|_| ()).unwrap_err(), StoreError::InUse(shelf.place()));
}

/// An opening under way, and what it wakes a window by.
fn begun(begin: impl FnOnce(Box<dyn Fn() + Send>) -> Loading) -> (Loading, Receiver<()>) {
    let (wake, woken) = channel();
    (begin(Box::new(move || wake.send(()).unwrap_or_default())), woken)
}

/// What an opening comes to, looked at whenever it wakes.
fn ended(loading: &mut Loading, woken: &Receiver<()>) -> Result<Opened, StoreError> {
    loop {
        match loading.standing() {
            Standing::Ended(ended) => return *ended,
            Standing::Under(progress) => assert!(progress.done <= progress.of),
            Standing::Taken => panic!("nobody has taken it"),
        }
        woken.recv().unwrap();
    }
}

#[test]
fn a_temporary_store_works_like_any_other_and_leaves_no_file() {
    let place = StorePlace::named(":memory:");
    assert_eq!(place, StorePlace::Temporary);
    let (store, other) = (Store::open(&place).unwrap(), Store::open(&place).unwrap());
    let run = Recorder::begin(&store, &branched()).run();
    assert_eq!(save(&loaded(&store, run).unwrap()), save(&branched()));
    assert!(other.recent(10).unwrap().is_empty(), "each is another");
    assert!(!fs::exists(":memory:").unwrap());
    assert_eq!(StorePlace::named("./:memory:").to_string(), "./:memory:");
}

#[test]
fn a_store_of_the_first_schema_is_brought_up_to_date_with_all_its_runs() {
    let shelf = Shelf::new("migration");
    let session = bought();
    let old = shelf.raw();
    old.execute_batch(include_str!("store_v1.sql")).unwrap();
    old.execute_batch("PRAGMA application_id = 1348565331; PRAGMA user_version = 1;").unwrap();
    let setup = serde_json::to_string(session.setup()).unwrap();
    old.execute("INSERT INTO run VALUES (5, 'From long ago', ?1, 1234)", [setup]).unwrap();
    old.execute("INSERT INTO branch VALUES (5, 0, NULL, NULL)", []).unwrap();
    for (index, step) in session.steps().iter().enumerate() {
        let command = serde_json::to_string(&step.command).unwrap();
        let row = (i64::try_from(index).unwrap(), command, step.digest().to_string());
        old.execute("INSERT INTO step VALUES (5, 0, ?1, ?2, ?3)", row).unwrap();
    }
    drop(old);

    let store = shelf.open();
    let heads = store.recent(10).unwrap();
    assert_eq!((heads.len(), heads[0].title.as_str(), heads[0].used.millis()), (1, "From long ago", 1234));
    let (mut recorder, mut again) = Recorder::resume(&store, heads[0].id, &mut |_: Progress| {}).unwrap();
    assert_eq!(again.trace(), session.trace());
    again.write_notes("what the first schema had no room for");
    recorder.keep_up(&again).unwrap().wait().unwrap();
    assert_eq!(loaded(&store, heads[0].id).unwrap().notes(), again.notes());
    drop((recorder, store));
    let version: i64 = shelf.raw().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
}
