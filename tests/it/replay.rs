//! Replay is exact: stored = replayed = rewound and redone, in any process; branches keep both futures; damaged files say where.

use std::process::Command as Process;

use paystage::protocol::id::ProductId;
use paystage::protocol::time::Span;
use paystage::session::branch::{BranchId, Place};
use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::control::{advance, next_command, run_until_idle};
use paystage::session::run::Session;
use paystage::session::run_file::fault::{RunFileError, RunFileFault};
use paystage::session::run_file::load::{BYTES_MAX, load};
use paystage::session::run_file::save::save;
use paystage::session::scenario::play::play;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

fn played(name: &str) -> Session {
    play(&Builtin::find(name).unwrap().scenario().unwrap()).session
}

fn buy(product: &str) -> Command {
    Command::Buy { product: ProductId::parse(product).unwrap() }
}

fn bought() -> Session {
    let mut session = Session::new(Setup::default());
    session.dispatch(buy("shiny-pony"));
    run_until_idle(&mut session, 1_000);
    session
}

/// Two branches: in B the buyer bought something else after three steps.
fn branched() -> Session {
    let mut session = bought();
    session.rename("Two futures");
    session.write_notes("Why \"digest\": not?\nNobody knows.");
    session.toggle_bookmark("the end of A");
    session.rewind(4);
    session.dispatch(Command::RotateKey);
    run_until_idle(&mut session, 1_000);
    session
}

fn world_text(session: &Session) -> String {
    format!("{:?}", session.world())
}

#[test]
fn what_was_stored_replays_to_the_same_bytes() {
    for builtin in SUITE {
        let session = played(builtin.name);
        let text = save(&session);
        let opened = load(text.as_bytes()).unwrap();
        assert_eq!(opened.trace(), session.trace(), "{}", builtin.name);
        assert_eq!((opened.fingerprint(), opened.here()), (session.fingerprint(), session.here()));
        assert_eq!(save(&opened), text, "{}", builtin.name);
    }
}

#[test]
fn another_seed_is_another_run() {
    let mut other = Session::new(Setup { seed: 43, ..Setup::default() });
    other.dispatch(buy("shiny-pony"));
    run_until_idle(&mut other, 1_000);
    assert_ne!(other.fingerprint(), bought().fingerprint());
}

#[test]
fn every_place_is_the_same_again_after_going_there_by_any_way() {
    let mut session = bought();
    let mut seen = vec![String::new()];
    session.to_start();
    loop {
        seen.push(world_text(&session));
        if !session.forward() {
            break;
        }
    }
    let trace = session.trace();
    assert_eq!(seen.len() - 1, session.steps().len());
    for step in [1, 9, 3, 12, 2, seen.len() - 1, 5, 5, 4] {
        assert!(session.rewind(step));
        assert_eq!((session.here().step, &world_text(&session)), (step, &seen[step]));
        assert_eq!(session.past().len() + session.future().len(), seen.len() - 1);
    }
    session.to_end();
    assert_eq!(session.trace(), trace);
}

#[test]
fn a_long_run_comes_back_to_each_of_its_places() {
    let mut session = Session::new(Setup::default());
    for product in ["shiny-pony", "golden-saddle", "rainbow-mane"].iter().cycle().take(24) {
        session.dispatch(buy(product));
        run_until_idle(&mut session, 1_000);
    }
    let count = session.steps().len();
    assert!(count > 300, "{count} steps");
    let fingerprints: Vec<_> = [1, 63, 64, 65, 127, 128, 129, 200, count]
        .map(|step| {
            let mut fresh = Session::new(Setup::default());
            for step in &session.steps()[1..step] {
                fresh.dispatch(step.command.clone());
            }
            (step, world_text(&fresh))
        })
        .into_iter()
        .collect();
    for (step, world) in fingerprints.iter().rev() {
        session.rewind(*step);
        assert_eq!(world_text(&session), *world, "step {step}");
    }
    session.to_end();
    for _ in 0..70 {
        assert!(session.back());
    }
    assert_eq!(session.here().step, count - 70);
}

#[test]
fn a_skew_given_by_command_is_not_there_before_it_was_given() {
    let mut session = bought();
    let before = world_text(&session);
    let step = session.here().step;
    session.dispatch(Command::Skew { party: paystage::world::party::Party::AppPage, ahead: Span::from_days(1) });
    assert_ne!(world_text(&session), before);
    session.to_start();
    session.rewind(step);
    assert_eq!(world_text(&session), before);
    assert!(session.setup().skew.is_empty());
}

#[test]
fn acting_in_the_past_opens_a_branch_and_keeps_both_futures() {
    let session = branched();
    let [a, b] = session.branches() else { panic!("two branches were expected") };
    assert_eq!((a.name(), b.name(), a.parent()), ("A".into(), "B".into(), None));
    assert_eq!(b.parent(), Some(Place { branch: a.id(), step: 4 }));
    assert_eq!(
        a.steps()[..4].iter().map(|step| step.digest()).collect::<Vec<_>>(),
        b.steps()[..4].iter().map(|step| step.digest()).collect::<Vec<_>>()
    );
    assert_ne!(a.steps()[4].command, b.steps()[4].command);
    assert_eq!(session.here(), b.tip());
    let mut session = session.clone();
    let b_trace = session.trace();
    assert!(session.go(session.branches()[0].tip()));
    assert_eq!(session.trace(), bought().trace(), "the old future is as it was");
    assert!(session.go(session.branches()[1].tip()));
    assert_eq!(session.trace(), b_trace);
}

#[test]
fn doing_in_the_past_what_was_done_before_walks_into_that_future() {
    let mut session = branched();
    let end_of_b = session.here();
    session.rewind(4);
    session.dispatch(Command::RotateKey);
    assert_eq!(session.here(), Place { step: 5, ..end_of_b }, "forward on the same branch");
    session.rewind(4);
    session.dispatch(Command::Step);
    assert_eq!(session.here(), Place { branch: BranchId::FIRST, step: 5 }, "over to the branch that did this");
    session.rewind(2);
    session.dispatch(Command::Cancel);
    assert_eq!(session.branches().len(), 3, "what nobody did before opens a branch");
    assert_eq!(session.branches()[2].parent(), Some(Place { branch: BranchId::FIRST, step: 2 }));
}

#[test]
fn a_branch_off_a_shared_step_has_its_owner_for_a_parent() {
    let mut session = branched();
    session.rewind(3);
    assert_eq!(session.here().branch.name(), "B");
    session.dispatch(Command::OpenHistory);
    assert_eq!(session.branch().parent(), Some(Place { branch: BranchId::FIRST, step: 3 }));
}

#[test]
fn undo_and_redo_walk_over_acts_and_jumps_and_lose_nothing() {
    let mut session = bought();
    let end = session.here();
    session.rewind(4);
    session.dispatch(Command::RotateKey);
    let in_b = session.here();
    assert!(session.undo());
    assert_eq!(session.here(), Place { step: 4, ..end });
    assert!(session.undo());
    assert_eq!(session.here(), end);
    assert!(session.redo() && session.redo() && !session.redo());
    assert_eq!(session.here(), in_b);
    while session.undo() {}
    assert_eq!(session.here().step, 1);
    assert_eq!(session.branches().len(), 2);
    session.dispatch(buy("shiny-pony"));
    assert!(!session.can_redo(), "a new act ends the redo line");
}

#[test]
fn what_is_done_at_once_is_undone_at_once_and_what_does_nothing_leaves_nothing_to_undo() {
    let mut session = bought();
    let end = session.here();
    session.at_once(|session| {
        session.rewind(4);
        session.dispatch(Command::RotateKey);
        session.dispatch(Command::OpenHistory);
    });
    let in_b = session.here();
    assert_eq!((in_b.step, session.branches().len()), (6, 2));
    assert!(session.undo());
    assert_eq!(session.here(), end);
    assert!(session.redo());
    assert_eq!(session.here(), in_b);
    let mut fresh = Session::new(Setup::default());
    fresh.at_once(|_| ());
    assert!(!fresh.can_undo());
}

#[test]
fn places_beyond_the_ends_stop_at_the_ends() {
    let mut session = bought();
    let count = session.steps().len();
    assert!(session.rewind(0) && session.here().step == 1 && !session.can_back() && !session.back());
    assert!(session.to_end() && session.here().step == count && !session.can_forward() && !session.forward());
    let other = branched();
    let elsewhere = other.here();
    assert!(!session.go(elsewhere), "a branch that is not there");
    assert_eq!(session.here().step, count);
}

#[test]
fn space_alone_leads_from_the_start_to_access_and_then_rests() {
    let mut session = Session::new(Setup::default());
    let mut presses = 0;
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
        presses += 1;
        assert!(presses < 60);
    }
    assert_eq!(session.trace(), bought().trace());
    session.to_start();
    assert_eq!(next_command(&session), Some(session.steps()[1].command.clone()));
}

#[test]
fn where_you_decide_space_waits_for_the_decision_and_for_nothing_else() {
    let mut session = Session::new(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() });
    session.dispatch(buy("shiny-pony"));
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
    }
    assert!(session.world().buyer().window().is_some(), "rests with the window open");
    assert!(session.world().next_due().is_some(), "though a poll and the expiry would come by themselves");

    session.dispatch(Command::Confirm { pin: "9999".into() });
    assert_eq!(next_command(&session), Some(Command::Step), "what was decided goes its way");
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
    }
    let tries_left = session.world().buyer().window().and_then(|window| window.tries_left);
    assert_eq!(tries_left, Some(4), "and a wrong PIN asks again");

    session.dispatch(Command::Confirm { pin: "1234".into() });
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
    }
    assert!(session.world().is_idle() && session.world().buyer().window().is_none());
}

#[test]
fn where_the_buyer_never_answers_space_leads_to_the_expiry() {
    let mut session = Session::new(Setup { buyer: BuyerCharacter::NeverAnswers, ..Setup::default() });
    session.dispatch(buy("shiny-pony"));
    let before = session.world().now();
    while let Some(command) = next_command(&session) {
        session.dispatch(command);
    }
    assert!(session.world().now() >= before + Span::from_seconds(1800));
}

#[test]
fn time_that_passes_is_recorded_as_steps_and_one_wait() {
    let mut session = Session::new(Setup::default());
    session.dispatch(buy("shiny-pony"));
    let before = session.world().now();
    advance(&mut session, Span::from_seconds(60));
    assert_eq!(session.world().now(), before + Span::from_seconds(60));
    let waits = session.steps().iter().filter(|step| matches!(step.command, Command::Wait { .. })).count();
    assert_eq!(waits, 1);
    let mut by_step = Session::new(Setup::default());
    by_step.dispatch(buy("shiny-pony"));
    run_until_idle(&mut by_step, 1_000);
    assert!(session.trace().starts_with(&by_step.trace()), "no step delivers more than a step by hand does");
}

const CHILD: &str = "replay::another_process_makes_these_fingerprints";

/// Run by [`two_processes_make_the_same_bytes`] as a process of its own, and by everybody as a test that runs do differ.
#[test]
fn another_process_makes_these_fingerprints() {
    let all = fingerprints();
    println!("{}", all.join("\n"));
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

fn fingerprints() -> Vec<String> {
    SUITE.iter().map(|builtin| format!("fingerprint {} {}", builtin.name, played(builtin.name).fingerprint())).collect()
}

#[test]
fn two_processes_make_the_same_bytes() {
    let binary = std::env::current_exe().unwrap();
    let output = Process::new(binary).args(["--exact", CHILD, "--nocapture", "--test-threads=1"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let theirs: Vec<&str> = text.lines().filter_map(|line| line.find("fingerprint ").map(|at| &line[at..])).collect();
    assert_eq!(theirs, fingerprints());
}

fn refused(text: &str) -> RunFileError {
    load(text.as_bytes()).expect_err(text)
}

#[test]
fn the_whole_session_comes_back_from_its_file() {
    let session = branched();
    let opened = load(save(&session).as_bytes()).unwrap();
    assert_eq!((opened.title(), opened.notes()), (session.title(), session.notes()));
    assert_eq!(opened.bookmarks(), session.bookmarks());
    assert_eq!(opened.here(), session.here());
    assert!(!opened.can_undo() && !opened.can_redo());
    for (opened, saved) in opened.branches().iter().zip(session.branches()) {
        assert_eq!(
            (opened.id(), opened.parent(), opened.steps().len()),
            (saved.id(), saved.parent(), saved.steps().len())
        );
    }
    assert_eq!(save(&opened), save(&session));
}

#[test]
fn the_first_difference_is_named_and_what_lies_before_it_can_be_opened() {
    let session = branched();
    let text = save(&session);
    let [a, b] = session.branches() else { panic!("two branches were expected") };
    for (branch, step) in [(a, 1), (a, 7), (b, 4), (b, 5)] {
        let digest = branch.steps()[step].digest();
        let spoiled = text.replacen(digest.as_str(), "0123456789abcdef", 1);
        let error = refused(&spoiled);
        let RunFileFault::Differs(difference) = &error.fault else { panic!("{error}") };
        assert_eq!((&*difference.branch, difference.step), (&*branch.name(), step));
        assert_eq!((&*difference.expected, &*difference.found), ("0123456789abcdef", digest.as_str()));
        assert_eq!(difference.message, branch.steps()[step].message_number());
        let line = spoiled.lines().position(|line| line.contains("0123456789abcdef")).unwrap() + 1;
        assert_eq!(error.line, line, "{error}");
        let readable = error.into_readable().unwrap();
        assert_eq!(readable.here().step, step);
        assert_eq!(readable.fingerprint(), {
            let mut session = session.clone();
            session.go(Place { branch: branch.id(), step });
            session.fingerprint()
        });
    }
}

#[test]
fn an_edited_command_is_found_at_its_own_step() {
    let text = save(&bought());
    let error = refused(&text.replace("\"product\":\"shiny-pony\"", "\"product\":\"rainbow-mane\""));
    let RunFileFault::Differs(difference) = error.fault else { panic!("{error}") };
    assert_eq!((&*difference.branch, difference.step), ("A", 1));
}

/// What is replaced, by what, which sort of fault, and a word of the message.
const DAMAGES: &[(&str, &str, &str, &str)] = &[
    ("paystage-run", "paystage-walk", "OtherFormat", "paystage-walk"),
    ("\"version\": 1", "\"version\": 3", "OtherVersion", "3"),
    ("\"version\": 1", "\"version\": 0", "OtherVersion", "0"),
    ("\"version\": 1", "\"version\": \"1\"", "OtherVersion", "\"1\""),
    ("\"version\": 1,", "", "OtherVersion", "not named"),
    ("\"seed\":42", "\"seed\":-42", "Unreadable", "-42"),
    ("\"seed\":42", "\"seed\":42,\"seed\":43", "Unreadable", "seed"),
    ("\"seed\":42", "\"seeed\":42", "Unreadable", "seeed"),
    ("\"seed\":42", "\"seed\":43", "Differs", "digest"),
    ("\"skew\":{}", "\"skew\":{\"app-page\":\"1h\",\"app-page\":\"2h\"}", "Unreadable", "app-page"),
    ("\"do\":\"start\"", "\"do\":\"begin\"", "Unreadable", "begin"),
    ("\"do\":\"start\"", "\"do\":\"step\"", "Broken", "start"),
    ("\"name\": \"A\"", "\"name\": \"B\"", "Broken", "branch A is due"),
    (
        "\"name\": \"A\", \"parent\": null",
        "\"name\": \"A\", \"parent\": {\"branch\":\"A\",\"step\":1}",
        "Broken",
        "parts from no other",
    ),
    ("{\"branch\":\"A\",\"step\":4}", "{\"branch\":\"A\",\"step\":4000}", "Broken", "not in the past"),
    ("{\"branch\":\"A\",\"step\":4}", "{\"branch\":\"C\",\"step\":4}", "Broken", "not in the past"),
    ("{\"branch\":\"A\",\"step\":4}", "null", "Broken", "does not say where"),
    ("{\"branch\":\"A\",\"step\":4}", "{\"branch\":\"A\",\"step\":0}", "Broken", "not in the past"),
    ("\"do\":\"rotate-key\"", "\"do\":\"step\"", "Broken", "repeats"),
    ("\"place\": {\"branch\":\"B\"", "\"place\": {\"branch\":\"Z\"", "Broken", "place"),
    ("\"fingerprint\": \"", "\"fingerprint\": \"0", "OtherFingerprint", "fingerprint"),
    ("\"notes\": ", "\"nots\": ", "Unreadable", "nots"),
    ("\"title\": \"Two futures\"", "\"title\": 3", "Unreadable", "string"),
];

#[test]
fn each_damage_is_told_with_its_place_and_its_remedy() {
    let text = save(&branched());
    for (found, put, fault, word) in DAMAGES {
        assert!(text.contains(found), "{found} is not in\n{text}");
        let error = refused(&text.replacen(found, put, 1));
        assert!(format!("{:?}", error.fault).starts_with(fault), "{put}: {error}");
        assert!(error.to_string().contains(word), "{put}: {error}");
        assert!(error.line >= 1 && !error.fix().is_empty(), "{error}");
        let readable = matches!(
            error.fault,
            RunFileFault::Broken(_) | RunFileFault::OtherFingerprint { .. } | RunFileFault::Differs(_)
        );
        assert_eq!(error.readable().is_some(), readable, "{put}: {error}");
    }
}

#[test]
fn hostile_files_are_refused_and_never_panic() {
    let text = save(&branched());
    let large = vec![b' '; BYTES_MAX + 1];
    assert!(matches!(load(&large).unwrap_err().fault, RunFileFault::TooLarge { .. }));
    let big_title = text.replace("Two futures", &"x".repeat(2 * 1024 * 1024));
    assert_eq!(load(big_title.as_bytes()).unwrap().title().len(), 2 * 1024 * 1024, "large, but within the limit");
    let deep = text.replace("\"Two futures\"", &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert!(refused(&deep).to_string().contains("nest"));
    let not_utf8 = [text.as_bytes(), b"\xff"].concat();
    let error = load(&not_utf8).unwrap_err();
    assert_eq!((error.line, error.column), (text.lines().count() + 1, 1), "{error}");
    for bytes in [&b""[..], b"{", b"null", b"[]", b"{}", b"\xef\xbb\xbf{}", b"\0", b"\"paystage-run\""] {
        assert!(load(bytes).is_err());
    }
    for end in (0..text.len() - 2).step_by(11) {
        assert!(load(&text.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    for at in (0..text.len()).step_by(29) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 0x04;
        // A damaged title or note is a title or note; whatever opens is the same run.
        if let Ok(session) = load(&bytes) {
            assert_eq!(session.trace().len(), branched().trace().len());
        }
    }
}
