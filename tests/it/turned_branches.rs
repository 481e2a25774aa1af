//! Turned dials open a branch with a set-up of its own: both futures stay in one run, and every place, file and store knows which.

use std::sync::Arc;

use expect_test::expect_file;
use paystage::io::store::load::Progress;
use paystage::io::store::recorder::Recorder;
use paystage::protocol::id::ProductId;
use paystage::protocol::rules::Revision;
use paystage::protocol::time::Span;
use paystage::session::again::turn;
use paystage::session::branch::{BranchId, Descent, Place};
use paystage::session::builtin::Builtin;
use paystage::session::control::{run_until_asked, run_until_idle};
use paystage::session::run::Session;
use paystage::session::run_code::RunCode;
use paystage::session::run_file::fault::{RunFileError, RunFileFault};
use paystage::session::run_file::load::load;
use paystage::session::run_file::save::save;
use paystage::session::scenario::play::play;
use paystage::session::scenario::record::record;
use paystage::world::World;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::Act;
use paystage::world::fault::armed::Fault;
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::kind::Kind;
use paystage::world::message::Message;
use paystage::world::setup::{Polling, Setup};
use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

use crate::program::Desk;
use crate::store_shelf::{Shelf, bought, branched, buy, loaded};

fn tries(tries: u32) -> Setup {
    Setup { polling: Polling { tries, ..Polling::default() }, ..Setup::default() }
}

fn before() -> Setup {
    Setup { revision: Revision::Before, ..Setup::default() }
}

/// A was bought on; in B the rules are those of before; C parted from B, where the store changed its key.
fn turned() -> Session {
    let mut session = bought();
    session.rename("Three futures");
    session.toggle_bookmark("the end of A");
    turn(&mut session, &before());
    session.rewind(6);
    session.dispatch(Command::RotateKey);
    run_until_idle(&mut session, 1_000);
    session
}

/// The world that these commands lead to, lived by nobody before.
fn lived(setup: &Setup, commands: impl IntoIterator<Item = Command>) -> World {
    let mut world = World::new(setup.clone());
    commands.into_iter().for_each(|command| drop(world.handle(&command)));
    world
}

/// Every branch replays from its own set-up, and the present world is that of the present place.
#[track_caller]
fn assert_sound(session: &Session) {
    let commands = |steps: &[Arc<paystage::session::step::Step>]| {
        steps.iter().map(|step| step.command.clone()).collect::<Vec<_>>()
    };
    let world = lived(session.setup(), commands(session.past()));
    assert_eq!(format!("{:?}", session.world()), format!("{world:?}"), "at {}", session.here());
    for branch in session.branches() {
        let world = lived(branch.setup(), commands(branch.steps()));
        let kept = session.world_at(branch.tip()).unwrap();
        assert_eq!(format!("{kept:?}"), format!("{world:?}"), "at the end of {}", branch.name());
        let is_line = !matches!(branch.descent(), Descent::Parted(_));
        let alike = |other: &&paystage::session::branch::Branch| {
            !matches!(other.descent(), Descent::Parted(_)) && other.setup() == branch.setup()
        };
        assert!(!is_line || session.branches().iter().filter(alike).count() == 1, "one line for each set-up");
    }
}

#[test]
fn a_turned_dial_opens_a_branch_with_its_own_set_up_and_keeps_the_other() {
    let mut session = bought();
    let (a, trace) = (session.here(), session.trace());
    turn(&mut session, &before());
    let [first, second] = session.branches() else { panic!("two branches were expected") };
    assert_eq!((second.name().as_str(), second.descent(), second.parent()), ("B", Descent::Turned(a), Some(a)));
    assert_eq!((second.shared_count(), first.setup(), second.setup()), (0, &Setup::default(), &before()));
    assert_eq!((session.setup(), session.here()), (&before(), session.branch().tip()));
    assert_ne!(session.trace(), trace);
    assert_sound(&session);

    let b = session.here();
    assert!(session.undo());
    assert_eq!((session.here(), session.setup(), session.trace()), (a, &Setup::default(), trace));
    assert_eq!(session.branches().len(), 2, "and the other future stays");
    assert!(session.redo());
    assert_eq!((session.here(), session.setup()), (b, &before()));
    session.to_start();
    assert_eq!(session.trace(), Session::new(before()).trace(), "its own beginning");
    assert_sound(&session);
}

#[test]
fn turning_to_where_the_dial_stands_does_nothing() {
    let mut session = bought();
    let (text, can_undo) = (save(&session), session.can_undo());
    turn(&mut session, &Setup::default());
    assert_eq!((save(&session), session.can_undo()), (text, can_undo));
}

#[test]
fn turning_back_leads_to_the_branch_that_was_left_at_every_place_of_it() {
    for place in [1, 2, 5, 9, usize::MAX] {
        let mut session = bought();
        session.rewind(place);
        let left = session.here();
        turn(&mut session, &tries(15));
        assert_eq!(session.branch().descent(), Descent::Turned(left));
        assert_eq!(session.world().now(), bought().steps()[left.step - 1].at, "nothing there depends on the tries");
        turn(&mut session, &Setup::default());
        assert_eq!((session.here(), session.branches().len()), (left, 2));
        turn(&mut session, &tries(15));
        assert_eq!((session.here().branch.name().as_str(), session.branches().len()), ("B", 2));
    }
}

#[test]
fn a_deed_that_found_nothing_to_be_done_to_is_there_again_when_the_dial_is_turned_back() {
    let silent = Setup { buyer: BuyerCharacter::NeverAnswers, ..Setup::default() };
    let mut session = Session::new(silent.clone());
    session.dispatch(buy("shiny-pony"));
    assert!(run_until_asked(&mut session, 1_000));
    session.dispatch(Command::RotateKey);
    for _ in 0..10 {
        session.dispatch(Command::Step);
    }
    session.dispatch(Command::Cancel);
    run_until_idle(&mut session, 1_000);
    let left = session.here();
    turn(&mut session, &Setup::default());
    let has_cancelled = |session: &Session| session.past().iter().any(|step| step.command == Command::Cancel);
    assert!(!has_cancelled(&session), "whoever pays at once has no window left that could be cancelled");
    turn(&mut session, &silent);
    assert_eq!((session.here(), session.branches().len()), (left, 2));
    assert!(has_cancelled(&session));
}

#[test]
fn a_held_message_is_let_go_on_the_other_branch_though_its_number_is_another() {
    let mut session = Session::new(tries(3));
    let kept_back = Fault::on(Pattern::of(Kind::NoticeSent), Act::Hold, Limit::Nth(1));
    session.dispatch(Command::Arm { fault: kept_back });
    session.dispatch(buy("shiny-pony"));
    assert!(run_until_idle(&mut session, 1_000));
    let held = session.world().faults().held()[0].message.id;
    session.dispatch(Command::Release { message: held });
    assert!(run_until_idle(&mut session, 1_000));
    let twice_as_often = Polling { interval: Span::from_millis(500), tries: 6, ..Polling::default() };
    turn(&mut session, &Setup { polling: twice_as_often, ..Setup::default() });
    let released = session.past().iter().find_map(|step| match step.command {
        Command::Release { message } => Some(message),
        _ => None,
    });
    assert!(released.is_some_and(|other| other != held), "{released:?} stands for {held:?}");
    assert!(session.world().faults().held().is_empty(), "and nothing is held any more");
    assert_sound(&session);
}

#[test]
fn a_fault_on_one_message_or_payment_meets_the_same_one_on_the_other_branch_or_none() {
    let is_asked = |message: &&Arc<Message>| message.body.kind() == Kind::VerifyAsked;
    let drop_it = |what| Command::Arm { fault: Fault::on(what, Act::Drop, Limit::UntilCleared) };
    let mut session = Session::new(before());
    session.dispatch(buy("shiny-pony"));
    while !session.world().wire().in_flight().any(|message| is_asked(&message)) {
        session.dispatch(Command::Step);
    }
    let asked = session.world().wire().in_flight().find(is_asked).unwrap().id;
    session.dispatch(drop_it(Pattern::only(asked)));
    let payment = session.world().marketplace().transactions()[0].id.clone();
    session.dispatch(drop_it(Pattern { transaction: Some(payment), ..Pattern::default() }));
    session.dispatch(drop_it(Pattern::of(Kind::ReissueAsked)));
    session.dispatch(Command::Disarm { fault: session.world().faults().armed()[2].id });
    assert_eq!(session.world().faults().armed().len(), 2);
    // After the changes nobody asks the store: there is no such message to be lost, and the numbers of the other faults are lower.
    turn(&mut session, &Setup::default());
    let [armed] = session.world().faults().armed() else { panic!("{:?}", session.world().faults().armed()) };
    let Fault::OnMessage(fault) = &armed.fault else { panic!("{armed:?}") };
    assert_eq!(fault.what.transaction.as_ref(), Some(&session.world().marketplace().transactions()[0].id));
    assert_sound(&session);
}

#[test]
fn what_was_done_since_is_done_on_the_other_line_too() {
    let mut session = bought();
    let a = session.here();
    turn(&mut session, &tries(15));
    session.dispatch(Command::RotateKey);
    run_until_idle(&mut session, 1_000);
    turn(&mut session, &Setup::default());
    assert_eq!((session.here().branch, session.branches().len()), (a.branch, 2), "the old line goes on");
    assert!(session.here().step > a.step);
    assert_eq!(session.steps()[a.step].command, Command::RotateKey);
    assert_sound(&session);
    // Something else than what stands on the other line parts from it.
    session.go(session.branches()[1].tip());
    session.rewind(3);
    session.dispatch(Command::OpenHistory);
    turn(&mut session, &Setup::default());
    let parted = session.branch().descent();
    assert!(matches!(parted, Descent::Parted(place) if place.branch == BranchId::FIRST), "{parted:?}");
    assert_sound(&session);
}

#[test]
fn a_branch_off_a_turned_branch_has_its_set_up() {
    let session = turned();
    let [_, b, c] = session.branches() else { panic!("three branches were expected") };
    assert_eq!((c.descent(), c.setup()), (Descent::Parted(Place { branch: b.id(), step: 6 }), &before()));
    assert_eq!((session.setup(), session.line()), (&before(), b.id()));
    assert_sound(&session);
}

#[test]
fn what_is_saved_as_a_scenario_has_the_set_up_of_the_present_branch() {
    let mut session = turned();
    for _ in 0..2 {
        let scenario = record(&session);
        let played = play(&scenario);
        assert_eq!((&scenario.setup, &played.failures[..]), (session.setup(), &[][..]));
        assert_eq!(played.session.fingerprint(), session.fingerprint());
        session.go(session.branches()[0].tip());
    }
    assert_eq!(session.setup().revision, Revision::After);
}

#[test]
fn a_run_code_is_given_on_the_branch_that_is_the_built_in_run_and_on_no_other() {
    let mut session = play(&Builtin::find("paid-but-timed-out").unwrap().scenario().unwrap()).session;
    let code = RunCode::of(&session);
    assert!(code.is_some());
    let setup = Setup { polling: Polling { tries: 15, ..session.setup().polling }, ..session.setup().clone() };
    turn(&mut session, &setup);
    assert_eq!(RunCode::of(&session), None);
    session.undo();
    assert_eq!(RunCode::of(&session), code);
}

#[test]
fn what_is_exported_is_the_present_branch_and_the_data_open_as_the_whole_run() {
    let mut session = turned();
    for branch in [2, 0] {
        session.go(session.branches()[branch].tip());
        let desk = Desk::new(&format!("turned-export-{branch}"));
        desk.file("run.paystage.json", save(&session));
        desk.run(&["export", "run.paystage.json", "--out", "run.trace.json"]).ended(0);
        let text = desk.read("run.trace.json");
        let messages =
            serde_json::from_slice::<serde_json::Value>(&text).unwrap()["messages"].as_array().unwrap().len();
        let said = session.past().iter().flat_map(|step| &step.events);
        let arrivals = said.filter(|event| matches!(event, Event::Delivered { .. })).count();
        assert!(messages > 0 && messages <= arrivals, "{messages} of {arrivals}");
        desk.run(&["compare", "run.paystage.json", "run.trace.json"]).ended(0).says(&["nothing differs"]);
    }
}

/// What happens in the life of a session with several set-ups.
#[derive(Clone, Debug)]
enum Deed {
    Step,
    Rest,
    Buy(bool),
    RotateKey,
    Answer,
    Turn(usize),
    Go(usize, usize),
    Undo,
    Redo,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => any::<bool>().prop_map(|_| Deed::Step),
        2 => any::<bool>().prop_map(|_| Deed::Rest),
        3 => any::<bool>().prop_map(Deed::Buy),
        1 => any::<bool>().prop_map(|_| Deed::RotateKey),
        1 => any::<bool>().prop_map(|_| Deed::Answer),
        5 => (0..4_usize).prop_map(Deed::Turn),
        3 => (0..6_usize, 0..40_usize).prop_map(|(branch, step)| Deed::Go(branch, step)),
        2 => any::<bool>().prop_map(|_| Deed::Undo),
        2 => any::<bool>().prop_map(|_| Deed::Redo),
    ]
}

fn set_up(number: usize) -> Setup {
    let decide = Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() };
    [Setup::default(), tries(15), before(), decide].into_iter().nth(number).unwrap()
}

/// Does it, and keeps the two lists of places that undo and redo must lead to.
fn act(session: &mut Session, deed: &Deed, undo: &mut Vec<Place>, redo: &mut Vec<Place>) {
    let here = session.here();
    match deed {
        Deed::Step => drop(session.dispatch(Command::Step)),
        Deed::Rest => {
            while !session.world().wire().is_empty() && session.here().step < here.step + 60 {
                undo.push(session.here());
                redo.clear();
                session.dispatch(Command::Step);
            }
            return;
        }
        Deed::Buy(is_pony) => {
            let product = ProductId::parse(if *is_pony { "shiny-pony" } else { "golden-saddle" }).unwrap();
            session.dispatch(Command::Buy { product });
        }
        Deed::RotateKey => drop(session.dispatch(Command::RotateKey)),
        Deed::Answer => drop(session.dispatch(Command::Confirm { pin: "1234".into() })),
        Deed::Turn(number) => {
            let setup = set_up(*number);
            turn(session, &setup);
            assert_eq!(*session.setup(), setup);
            if session.here() == here {
                return;
            }
            let count = session.branches().len();
            let mut copy = session.clone();
            turn(&mut copy, session.branches()[here.branch.index()].setup());
            assert_eq!(copy.branches().len(), count, "turning back makes no third one");
        }
        Deed::Go(branch, step) => {
            let branch = session.branches()[branch % session.branches().len()].id();
            session.go(Place { branch, step: *step });
            if session.here() == here {
                return;
            }
        }
        Deed::Undo | Deed::Redo => {
            let is_undo = matches!(deed, Deed::Undo);
            let (from, to) = if is_undo { (undo, redo) } else { (redo, undo) };
            let expected = from.pop();
            let has_moved = if is_undo { session.undo() } else { session.redo() };
            assert_eq!(has_moved, expected.is_some());
            if let Some(place) = expected {
                to.push(here);
                assert_eq!(session.here(), place);
            }
            return;
        }
    }
    undo.push(here);
    redo.clear();
}

proptest! {
    #![proptest_config(Config { cases: 40, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_life_with_several_set_ups_is_what_a_fresh_replay_makes_of_it(
        deeds in proptest::collection::vec(deed(), 1..30),
    ) {
        let mut session = Session::new(Setup::default());
        let (mut undo, mut redo) = (Vec::new(), Vec::new());
        for deed in &deeds {
            act(&mut session, deed, &mut undo, &mut redo);
        }
        assert_sound(&session);
        let text = save(&session);
        let opened = load(text.as_bytes()).unwrap();
        assert_eq!(save(&opened), text);
        assert_eq!((opened.trace(), opened.setup()), (session.trace(), session.setup()));
        assert_sound(&opened);
    }
}

#[test]
fn a_run_file_keeps_each_set_up_and_the_place_where_the_dials_were_turned() {
    let session = turned();
    let text = save(&session);
    assert!(text.contains("\"version\": 2") && text.matches("\"turned\": ").count() == 1, "{text}");
    let opened = load(text.as_bytes()).unwrap();
    assert_eq!((save(&opened), opened.trace()), (text, session.trace()));
    for (opened, saved) in opened.branches().iter().zip(session.branches()) {
        assert_eq!((opened.descent(), opened.setup()), (saved.descent(), saved.setup()));
    }
    assert_sound(&opened);
}

/// The file was kept from the first version of the form. A run without turned dials is still written like that, so that older
/// programs open it, too; where the engine's bytes were meant to change, `UPDATE_EXPECT=1` writes it anew.
#[test]
fn a_file_of_the_first_version_opens_and_is_written_as_it_was() {
    let session = branched();
    expect_file!["../data/run-version-1.paystage.json"].assert_eq(&save(&session));
    let old = std::fs::read_to_string("tests/data/run-version-1.paystage.json").unwrap();
    assert!(old.contains("\"version\": 1,") && !old.contains("turned"));
    let opened = load(old.as_bytes()).unwrap();
    assert_eq!((save(&opened), opened.here(), opened.trace()), (old, session.here(), session.trace()));
    assert_sound(&opened);
}

fn refused(text: &str) -> RunFileError {
    load(text.as_bytes()).expect_err(text)
}

#[test]
fn each_damage_of_a_turned_branch_is_told_with_its_place() {
    let text = save(&turned());
    let own = "\"turned\": {\"branch\":\"A\",";
    let at = text.find(own).unwrap();
    let end = at + text[at..].find(", \"steps\"").unwrap();
    let (place, setup) = text[at..end].split_once(",\n").unwrap();
    let alike = setup.replace("\"revision\":\"before\"", "\"revision\":\"after\"");
    for (found, put, words) in [
        (format!("{place},\n{setup}"), place.to_owned(), "its set-up is missing"),
        (format!("{place},\n{setup}"), setup.to_owned(), "does not say where it parts"),
        (setup.to_owned(), alike, "has the set-up of branch A"),
        (format!("null, {own}"), format!("{{\"branch\":\"A\",\"step\":3}}, {own}"), "this one says both"),
        (own.to_owned(), "\"turned\": {\"branch\":\"B\",".to_owned(), "turned at a place that does not exist"),
        (place.to_owned(), "\"turned\": {\"branch\":\"A\",\"step\":0}".to_owned(), "a place that does not exist"),
        (place.to_owned(), "\"turned\": {\"branch\":\"A\",\"step\":999}".to_owned(), "a place that does not exist"),
    ] {
        assert!(text.contains(&found), "{found}");
        let error = refused(&text.replacen(&found, &put, 1));
        assert!(matches!(error.fault, RunFileFault::Broken(_)) && error.to_string().contains(words), "{error}");
        assert_eq!(error.readable().map(|session| session.branches().len()), Some(1), "{error}");
    }
    let unknown = refused(&text.replacen("\"revision\":\"before\"", "\"revision\":\"befor\"", 1));
    let line = text.lines().position(|line| line.contains("\"revision\":\"before\"")).unwrap() + 1;
    assert!(matches!(unknown.fault, RunFileFault::Unreadable(_)) && unknown.line == line, "{unknown}");
    let parted = "\"name\": \"C\", \"parent\": {\"branch\":\"B\",\"step\":6}";
    let error = refused(&text.replacen(parted, &format!("{parted}, {setup}"), 1));
    assert!(error.to_string().contains("though its dials were not turned"), "{error}");
    let error = refused(&text.replacen("\"version\": 2", "\"version\": 1", 1));
    assert!(error.to_string().contains("in version 1 no branch has a set-up of its own"), "{error}");
}

#[test]
fn the_first_difference_on_a_turned_branch_is_named() {
    let session = turned();
    let (text, b) = (save(&session), &session.branches()[1]);
    let (a_part, b_part) = text.split_at(text.find("\"name\": \"B\"").unwrap());
    for step in [0, 1, 7] {
        let digest = b.steps()[step].digest();
        let spoiled = [a_part, &b_part.replacen(digest.as_str(), "0123456789abcdef", 1)].concat();
        let line = spoiled.lines().position(|line| line.contains("0123456789abcdef")).unwrap() + 1;
        let error = refused(&spoiled);
        let RunFileFault::Differs(difference) = &error.fault else { panic!("{error}") };
        assert_eq!((difference.branch.as_str(), difference.step, error.line), ("B", step, line));
    }
    let other = b_part.replacen("{\"do\":\"start\"}", "{\"do\":\"step\"}", 1);
    let other = refused(&[a_part, &other].concat());
    assert!(other.to_string().contains("begins with the command start"), "{other}");
}

#[test]
fn a_store_keeps_turned_branches_as_they_come_and_loads_them_again() {
    let shelf = Shelf::new("turned");
    let store = shelf.open();
    let mut session = bought();
    let mut recorder = Recorder::begin(&store, &session);
    turn(&mut session, &before());
    recorder.keep_up(&session).unwrap().wait().unwrap();
    session.rewind(6);
    session.dispatch(Command::RotateKey);
    session.undo();
    session.undo();
    session.undo();
    recorder.keep_up(&session).unwrap().wait().unwrap();
    assert!(recorder.keep_up(&session).is_none(), "nothing is left");
    let run = recorder.run();
    drop((recorder, store));

    let store = shelf.open();
    let (mut recorder, mut again) = Recorder::resume(&store, run, &mut |_: Progress| {}).unwrap();
    assert_eq!((save(&again), again.setup()), (save(&session), &Setup::default()));
    turn(&mut again, &tries(15));
    recorder.keep_up(&again).unwrap().wait().unwrap();
    let third = loaded(&store, run).unwrap();
    assert_eq!((save(&third), third.setup().polling.tries), (save(&again), 15));
    assert_sound(&third);
}

/// What is done behind the store's back, and what the fault says then.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE branch SET setup = '{\"seeed\":1}' WHERE branch = 1", "branch B: its set-up cannot be read"),
    ("UPDATE branch SET setup = NULL WHERE branch = 1", "branch B parts at a place"),
    ("UPDATE branch SET setup = (SELECT setup FROM run) WHERE branch = 1", "has the set-up of branch A"),
    ("UPDATE branch SET setup = (SELECT setup FROM run) WHERE branch = 2", "branch C has the set-up of branch A"),
    ("UPDATE branch SET parent_step = 4000 WHERE branch = 1", "were turned at a place that does not exist"),
    ("UPDATE branch SET parent_step = NULL WHERE branch = 1", "branch B does not say where"),
    ("UPDATE branch SET setup = replace(setup, '\"seed\":42', '\"seed\":43') WHERE branch = 1", "branch B, step"),
    ("DELETE FROM step WHERE branch = 1 AND step = 0", "branch B, step 0: it is missing"),
];

#[test]
fn each_change_to_a_turned_branch_behind_the_stores_back_is_found() {
    for (index, (damage, words)) in DAMAGES.iter().enumerate() {
        let shelf = Shelf::new(&format!("turned-damage-{index}"));
        let run = Recorder::begin(&shelf.open(), &turned()).run();
        assert!(shelf.raw().execute(damage, []).unwrap() > 0, "{damage}");
        let error = loaded(&shelf.open(), run).unwrap_err();
        assert!(error.to_string().contains(words), "{damage}: {error}");
    }
}

#[test]
fn a_store_of_the_schema_before_is_brought_up_to_date_and_takes_a_turned_branch() {
    let shelf = Shelf::new("turned-migration");
    let run = Recorder::begin(&shelf.open(), &bought()).run();
    shelf.raw().execute_batch("ALTER TABLE branch DROP COLUMN setup; PRAGMA user_version = 2").unwrap();
    let store = shelf.open();
    let (mut recorder, mut session) = Recorder::resume(&store, run, &mut |_: Progress| {}).unwrap();
    assert_eq!(session.trace(), bought().trace());
    turn(&mut session, &before());
    recorder.keep_up(&session).unwrap().wait().unwrap();
    assert_eq!(save(&loaded(&store, run).unwrap()), save(&session));
}
