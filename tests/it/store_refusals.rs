//! The store says no clearly, changes nothing where it does, and loses nothing that was acknowledged.

use std::fs;

use paystage::io::store::error::StoreError;
use paystage::io::store::handle::Store;
use paystage::io::store::load::LoadFault;
use paystage::io::store::place::StorePlace;
use paystage::io::store::recorder::Recorder;
use paystage::io::store::row::RunId;
use paystage::session::branch::BranchId;
use paystage::session::line::Line;
use paystage::session::recorded::Recorded;
use paystage::session::run_file::save::save;
use paystage::world::setup::Setup;
use rusqlite::Connection;

use crate::store_shelf::{FILE, Shelf, bought, branched, loaded, step_count};

/// A closed store with one run, and which run that is.
fn closed(shelf: &Shelf) -> RunId {
    Recorder::begin(&shelf.open(), &branched()).run()
}

#[track_caller]
fn refused(place: &StorePlace) -> StoreError {
    let error = Store::open(place).unwrap_err();
    assert!(error.to_string().starts_with(&place.to_string()), "{error}");
    error
}

#[test]
fn a_second_instance_is_refused_until_the_first_is_gone() {
    let shelf = Shelf::new("second");
    let first = shelf.open();
    let run = Recorder::begin(&first, &bought()).run();
    assert_eq!(refused(&shelf.place()), StoreError::InUse(shelf.place()));
    assert_eq!(save(&loaded(&first, run).unwrap()), save(&bought()), "the first does not notice");
    assert_eq!(refused(&shelf.place()), StoreError::InUse(shelf.place()), "still");
    drop(first);
    assert_eq!(shelf.open().recent(10).unwrap().len(), 1);
}

#[test]
fn what_is_no_store_is_refused_and_not_touched() {
    let shelf = Shelf::new("no-store");
    let long = "Not a database, but long enough to look for a header in it. ".repeat(100);
    for text in ["x", "Shopping list", long.as_str()] {
        shelf.desk.file(FILE, text);
        assert_eq!(refused(&shelf.place()), StoreError::NotAStore(shelf.place()));
        assert_eq!(shelf.desk.read(FILE), text.as_bytes());
    }
    fs::remove_file(shelf.path()).unwrap();
    Connection::open(shelf.path()).unwrap().execute_batch("CREATE TABLE run (id); PRAGMA user_version = 1;").unwrap();
    let before = shelf.bytes();
    assert_eq!(refused(&shelf.place()), StoreError::NotAStore(shelf.place()), "somebody else's database");
    assert_eq!(shelf.bytes(), before);
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    let shelf = Shelf::new("newer");
    closed(&shelf);
    shelf.raw().execute_batch("PRAGMA user_version = 5").unwrap();
    let before = shelf.bytes();
    assert_eq!(refused(&shelf.place()), StoreError::Newer { place: shelf.place(), found: 5, known: 4 });
    assert_eq!(shelf.bytes(), before);
    shelf.raw().execute_batch("PRAGMA user_version = 4").unwrap();
    shelf.open();
}

#[test]
fn folders_and_places_that_may_not_be_written_are_refused() {
    let shelf = Shelf::new("places");
    fs::create_dir(shelf.path()).unwrap();
    assert_eq!(refused(&shelf.place()), StoreError::Folder(shelf.place()));
    let missing = StorePlace::File(shelf.desk.path("no/such/folder/runs"));
    assert!(matches!(refused(&missing), StoreError::Forbidden { .. }));
    assert!(!shelf.desk.path("no").exists());
    // A folder in which nobody may make a file, the system's owner included.
    #[cfg(target_os = "linux")]
    assert!(matches!(refused(&StorePlace::File("/proc/paystage-runs".into())), StoreError::Forbidden { .. }));
}

#[test]
fn a_folder_that_became_read_only_is_named_and_the_store_is_whole_afterwards() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let shelf = Shelf::new("read-only");
        let run = closed(&shelf);
        let folder = shelf.path().parent().unwrap().to_owned();
        let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        set(0o500);
        // The system's owner may write everywhere, and then there is nothing to refuse.
        let may_write = fs::write(folder.join("probe"), "").is_ok();
        match Store::open(&shelf.place()) {
            Ok(store) => assert!(may_write, "{store:?}"),
            Err(error) => {
                assert!(!may_write);
                assert!(matches!(error, StoreError::Forbidden { .. }), "{error}");
            }
        }
        set(0o700);
        assert_eq!(save(&loaded(&shelf.open(), run).unwrap()), save(&branched()));
    }
}

#[test]
fn a_file_that_may_only_be_read_is_named_as_such() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let shelf = Shelf::new("read-only-file");
        let run = closed(&shelf);
        let set = |mode| fs::set_permissions(shelf.path(), fs::Permissions::from_mode(mode)).unwrap();
        set(0o400);
        // As above: the system's owner may write all the same.
        let may_write = fs::OpenOptions::new().append(true).open(shelf.path()).is_ok();
        match Store::open(&shelf.place()) {
            Ok(store) => assert!(may_write, "{store:?}"),
            Err(error) => assert!(!may_write && matches!(error, StoreError::Forbidden { .. }), "{error}"),
        }
        set(0o600);
        assert_eq!(save(&loaded(&shelf.open(), run).unwrap()), save(&branched()));
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_acknowledged_is_lost() {
    let shelf = Shelf::new("full");
    // What is simulated: SQLite itself refuses to let the file grow. The next test lets the system refuse.
    let store = Store::open_within(&shelf.place(), Some(40)).unwrap();
    let session = bought();
    let (mut given, mut kept, mut full) = (0, 0, None);
    while full.is_none() {
        let run = store.create("Once more", session.setup());
        for step in session.steps() {
            given += 1;
            match store.append(run, BranchId::FIRST, step).wait() {
                // A change is on disk, and all that was given before it; a step that reads waits for the next one.
                Ok(()) if !step.is_read() => kept = given,
                Ok(()) => {}
                Err(error) => full = full.or(Some(error)),
            }
        }
    }
    assert_eq!(full, Some(StoreError::Full(shelf.place())));
    assert!(store.recent(1).is_ok(), "it can still be read");
    drop(store);
    let raw = shelf.raw();
    assert!(step_count(&raw) >= kept, "{kept} were acknowledged");
    let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    drop(raw);
    let store = shelf.open();
    let run = Recorder::begin(&store, &session).run();
    assert_eq!(save(&loaded(&store, run).unwrap()), save(&session), "with room again it goes on");
}

/// Names the store to a second process of the next test, whose files may not grow beyond a limit.
#[cfg(unix)]
const LIMITED: &str = "PAYSTAGE_LIMITED_STORE";

#[cfg(unix)]
#[test]
fn a_write_that_the_system_refuses_is_told_and_nothing_acknowledged_is_lost() {
    if let Some(path) = std::env::var_os(LIMITED) {
        return fill(&StorePlace::File(path.into()));
    }
    // No room for the log to grow; and room for a log, but not for the file that it is copied into.
    for (blocks, at_least) in [(300, 5), (3_000, 200)] {
        let shelf = Shelf::new("limited");
        let kept = filled(&shelf, blocks);
        assert!(kept > at_least, "{kept} of at least {at_least}, within {blocks} blocks");
        let store = shelf.open();
        assert_eq!(store.warning(), None);
        let runs = store.recent(usize::MAX >> 1).unwrap();
        let whole: Vec<_> = runs.iter().filter(|run| run.steps == 1).collect();
        assert!(whole.len() >= kept, "{} of {kept} that were acknowledged", whole.len());
        assert!(whole.iter().all(|run| run.title == long_title()));
        let new = Recorder::begin(&store, &bought()).run();
        assert_eq!(save(&loaded(&store, new).unwrap()), save(&bought()), "without the limit it goes on");
        drop(store);
        let sound: String = shelf.raw().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
}

/// Fills a store in a process whose files may not grow beyond so many blocks. How many steps were acknowledged.
#[cfg(unix)]
fn filled(shelf: &Shelf, blocks: usize) -> usize {
    let name = "store_refusals::a_write_that_the_system_refuses_is_told_and_nothing_acknowledged_is_lost";
    let limited = std::process::Command::new("sh")
        .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(LIMITED, shelf.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&limited.stdout).into_owned();
    assert!(limited.status.success(), "{said}\n{}", String::from_utf8_lossy(&limited.stderr));
    let told = said.lines().find_map(|line| line.split_once("told ")).unwrap().1;
    assert!(
        told.starts_with(&shelf.place().to_string()) && told.ends_with("nothing that was answered is lost"),
        "{told}"
    );
    said.lines().find_map(|line| line.split_once("kept ")).unwrap().1.parse().unwrap()
}

/// Keeps runs with long titles until one is refused, and says how many were not.
#[cfg(unix)]
fn fill(place: &StorePlace) {
    let store = Store::open(place).unwrap();
    let line = Line::new(Setup::default());
    let begun = Recorded::kept(&line)[0].clone();
    for kept in 0.. {
        let run = store.create(&long_title(), line.setup());
        if let Err(error) = store.append(run, BranchId::FIRST, &begun).wait() {
            println!("kept {kept}\ntold {error}");
            return;
        }
    }
}

/// So that a file is soon full.
#[cfg(unix)]
fn long_title() -> String {
    "Limited ".repeat(500)
}

#[test]
fn a_step_that_is_not_the_next_one_is_refused_and_the_next_one_taken() {
    let shelf = Shelf::new("misplaced");
    let store = shelf.open();
    let session = bought();
    let run = store.create("Bought", session.setup());
    let append = |index: usize| store.append(run, BranchId::FIRST, &session.steps()[index]).wait();
    append(0).unwrap();
    let misplaced = |due, found| Err(StoreError::Misplaced { run, branch: BranchId::FIRST, due, found });
    assert_eq!(append(2), misplaced(1, 2));
    append(1).unwrap();
    assert_eq!(append(1), misplaced(2, 1));
    assert!(!session.steps()[1].is_read() && !session.steps()[2].is_read(), "a reading step is not waited for");
    let unknown = RunId::new(99);
    let lost = store.append(unknown, BranchId::FIRST, &session.steps()[1]).wait();
    assert_eq!(lost, Err(StoreError::NoSuchRun { place: shelf.place(), run: unknown }));
    let error = loaded(&store, unknown).unwrap_err();
    assert_eq!(error.fault, LoadFault::Store(StoreError::NoSuchRun { place: shelf.place(), run: unknown }));
    assert_eq!(store.head(run).unwrap().steps, 2);
}

#[test]
fn the_first_step_that_differs_is_named_and_what_lies_before_it_goes_on_as_another_run() {
    let shelf = Shelf::new("differs");
    let run = closed(&shelf);
    let at = "WHERE branch = 1 AND step = 5";
    shelf.raw().execute(&format!("UPDATE step SET digest = '0123456789abcdef' {at}"), []).unwrap();
    let store = shelf.open();
    let error = loaded(&store, run).unwrap_err();
    let LoadFault::Differs(difference) = &error.fault else { panic!("{error}") };
    assert_eq!((difference.branch.as_str(), difference.step), ("B", 5));
    assert!(error.to_string().starts_with("run 1: branch B, step 5"), "{error}");
    let readable = error.into_readable().unwrap();
    assert_eq!((readable.here().step, readable.title()), (5, "Two futures"));
    assert_eq!(readable.branches()[0].steps().len(), branched().branches()[0].steps().len(), "A is whole");
    let new = Recorder::begin(&store, &readable).run();
    assert_eq!(save(&loaded(&store, new).unwrap()), save(&readable));
    drop(store);
    let digest: String =
        shelf.raw().query_row(&format!("SELECT digest FROM step {at} AND run = 1"), [], |row| row.get(0)).unwrap();
    assert_eq!(digest, "0123456789abcdef", "the old run stays as it is");
}

/// What is done behind the store's back, and what the fault says then.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE step SET command = '{\"do\":\"fly\"}' WHERE branch = 0 AND step = 3", "branch A, step 3: the command"),
    ("UPDATE step SET command = 'x' WHERE branch = 1 AND step = 4", "branch B, step 4: the command"),
    (
        "UPDATE step SET command = '{\"do\":\"rotate-key\"}' WHERE branch = 0 AND step = 2",
        "branch A, step 2, message 4: the replay",
    ),
    ("UPDATE step SET command = '{\"do\":\"step\"}' WHERE branch = 1 AND step = 4", "branch B repeats"),
    ("DELETE FROM step WHERE branch = 0 AND step = 4", "branch A, step 4: it is missing"),
    ("DELETE FROM step WHERE branch = 0 AND step = 0", "branch A, step 0: it is missing"),
    ("UPDATE branch SET parent_step = 4000 WHERE branch = 1", "branch B parts at a place"),
    ("UPDATE branch SET parent_step = NULL WHERE branch = 1", "branch B does not say where"),
    ("UPDATE branch SET parent_step = -1 WHERE branch = 1", "is damaged"),
    ("UPDATE run SET here_step = 4000", "it names a place that does not exist: B4000"),
    ("UPDATE bookmark SET branch = 7", "it names a place that does not exist: H"),
    ("UPDATE run SET setup = '{\"seeed\":1}'", "its set-up cannot be read"),
    ("UPDATE run SET setup = replace(setup, '\"seed\":42', '\"seed\":43')", "the replay differs"),
];

#[test]
fn each_change_behind_the_stores_back_is_found_and_told_with_its_remedy() {
    for (index, (damage, words)) in DAMAGES.iter().enumerate() {
        let shelf = Shelf::new(&format!("damage-{index}"));
        let run = closed(&shelf);
        assert!(shelf.raw().execute(damage, []).unwrap() > 0, "{damage}");
        let store = shelf.open();
        let error = loaded(&store, run).unwrap_err();
        assert!(error.to_string().contains(words), "{damage}: {error}");
        assert!(!error.fix().is_empty());
    }
}

#[test]
fn a_damaged_file_is_left_as_it_is() {
    let shelf = Shelf::new("damaged-page");
    closed(&shelf);
    let mut bytes = shelf.desk.read(FILE);
    let page = 4096;
    for at in (page * 2..bytes.len()).step_by(7) {
        bytes[at] ^= 0xA5;
    }
    shelf.desk.file(FILE, &bytes);
    let store = shelf.open();
    let error = store.recent(10).and_then(|_| {
        loaded(&store, RunId::new(1)).map_err(|error| match error.fault {
            LoadFault::Store(error) => error,
            other => panic!("{other}"),
        })
    });
    let Err(StoreError::Damaged { .. }) = error else { panic!("{error:?}") };
    let told = Recorder::begin(&store, &bought()).keep_up(&branched()).unwrap().wait();
    assert!(matches!(told, Err(StoreError::Damaged { .. })), "{told:?}");
    drop(store);
    assert_eq!(shelf.desk.read(FILE), bytes);
}
