//! Exploring: every end is told rightly, the smallest scenario shows it again, and after the point of no return nothing helps.

use std::collections::BTreeMap;

use paystage::session::builtin::Builtin;
use paystage::session::control::run_until_idle;
use paystage::session::explore::end::{End, Reckoning};
use paystage::session::explore::mix::{Exploration, Finding};
use paystage::session::explore::rescue::{Fate, WayBack, fate};
use paystage::session::explore::shrink::{Smallest, smallest};
use paystage::session::run::Session;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::plan::Scenario;
use paystage::session::scenario::play::play;
use paystage::session::scenario::print::print;
use paystage::session::watch::Watch;
use paystage::session::watch::law::Law;
use paystage::world::World;
use paystage::world::command::Command;
use paystage::world::event::Event;

fn scenario(name: &str) -> Scenario {
    Builtin::find(name).unwrap().scenario().unwrap()
}

/// Every fault alone.
fn explored(name: &str) -> Exploration {
    let mut exploration = Exploration::new(&scenario(name)).unwrap();
    for mix in exploration.singles() {
        let trial = exploration.try_mix(mix);
        exploration.take(mix, trial);
    }
    exploration
}

fn words(exploration: &Exploration, finding: &Finding) -> String {
    exploration.faults(finding.mix).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn shown(exploration: &Exploration, words_wanted: &str) -> Smallest {
    let is_it = |finding: &&Finding| words(exploration, finding) == words_wanted;
    let finding = exploration.findings().iter().find(is_it).unwrap_or_else(|| panic!("{words_wanted} is dealt"));
    smallest(exploration.ground(), &exploration.faults(finding.mix))
}

#[test]
fn each_message_of_the_plain_purchase_meets_each_act_that_can_befall_it() {
    let exploration = explored("plain-hosted");
    let ends: BTreeMap<String, End> =
        exploration.findings().iter().map(|one| (words(&exploration, one), one.end)).collect();
    for (fault, end) in [
        ("drop charge-answered 1", End::PaidNoProduct),
        ("replace answer by declined in charge-answered 1", End::PaidNoProduct),
        ("drop notice-sent 1", End::PaidNoProduct),
        ("delay notice-sent 1 by 6s", End::Fine),
        ("delay notice-sent 1 by 11s", End::PaidNoProduct),
        ("hold install-asked 1", End::PaidNoProduct),
        ("drop buy-clicked 1", End::Stuck),
        ("drop charge-asked 1", End::Refused),
        ("answer 500 to buy-asked 1", End::Refused),
        ("drop status-asked 1", End::Fine),
        ("drop every status-asked", End::PaidNoProduct),
        ("duplicate notice-sent 1", End::Fine),
        ("signer-down once charged", End::PaidNoProduct),
        ("marketplace-down", End::Refused),
    ] {
        assert_eq!(ends.get(fault), Some(&end), "{fault}");
    }
    assert!(exploration.void_count() > 0 && !ends.contains_key("ledger-lost"), "what strikes nothing is no finding");
}

const PLAIN_STEPS: &str = "[[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nrun = 'until idle'";

/// Every fault alone with how it ends, for a plain purchase that these lines precede.
fn ends_after(lines: &str) -> BTreeMap<String, End> {
    let text = format!("title = 't'\nwhy = 'w'\n{lines}\n{PLAIN_STEPS}");
    let mut exploration = Exploration::new(&parse("t.toml", &text).unwrap()).unwrap();
    for mix in exploration.singles() {
        let trial = exploration.try_mix(mix);
        exploration.take(mix, trial);
    }
    exploration.findings().iter().map(|one| (words(&exploration, one), one.end)).collect()
}

#[test]
fn a_fault_of_the_scenario_that_does_nothing_changes_no_finding() {
    let plain = ends_after("");
    assert!(plain.contains_key("signer-down once charged") && plain.contains_key("key-rotated"));
    for own in [
        "[[steps]]\nfault = { on = 'key-rotated', drop = true }",
        "[[faults]]\non = 'key-rotated'\ndrop = true",
        "[[faults]]\ntrouble = 'device-lost'",
        "[[steps]]\nfault = { trouble = 'device-lost' }",
    ] {
        assert_eq!(ends_after(own), plain, "{own}");
    }
    // One that does something makes no trouble felt that touches nobody.
    let delayed = ends_after("[[steps]]\nfault = { on = 'status-answered', nth = 1, delay = '10ms' }");
    assert!(!delayed.contains_key("certificate-expired once charged") && !delayed.contains_key("root-rotated"));
    assert!(delayed.contains_key("signer-down once charged"));
}

#[test]
fn a_scenario_without_a_fault_ends_as_it_says() {
    for (name, end) in [
        ("plain-hosted", End::Fine),
        ("plain-classic", End::Fine),
        ("paid-but-timed-out", End::PaidNoProduct),
        ("declined", End::Refused),
        ("cancelled", End::Refused),
        ("refunded-signature-only", End::ProductNotPaid),
        ("refunded-store-asked", End::Refused),
        ("charged-back-tomorrow", End::Refused),
        ("other-apps-receipt", End::Refused),
        ("receipt-from-history", End::Fine),
    ] {
        let exploration = Exploration::new(&scenario(name)).unwrap();
        assert_eq!(exploration.plain().end, end, "{name}");
        let session = play(&scenario(name)).session;
        assert_eq!(Reckoning::of(&session).end(session.world()), end, "{name}, with its history");
    }
}

/// The word promises nothing about other products, nor about who was told.
#[test]
fn refused_is_whoever_went_without_and_whose_money_was_not_kept() {
    let steps = "[[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nrun = 'until idle'\n";
    for (lines, open) in [
        (format!("{steps}[[steps]]\nbuyer = 'cancels'\n{}", steps.replace("shiny-pony", "golden-saddle")), 1),
        (format!("[[faults]]\non = 'access-refused'\ndrop = true\n[setup]\nbuyer = 'cancels'\n{steps}"), 0),
    ] {
        let session = play(&parse("t.toml", &format!("title = 't'\nwhy = 'w'\n{lines}")).unwrap()).session;
        let is_open = session.world().app_page().shelves().filter(|shelf| shelf.is_open).count();
        assert_eq!((end(&session), is_open), (End::Refused, open), "{lines}");
    }
    assert!(!End::Refused.sentence().contains("told") && End::Refused.sentence().contains("no money was kept"));
}

#[test]
fn a_mix_tried_without_history_is_the_run_that_the_set_up_makes() {
    let exploration = explored("plain-classic");
    for finding in exploration.findings().iter().step_by(7) {
        let small = smallest(exploration.ground(), &exploration.faults(finding.mix));
        assert_eq!(small.end, finding.end, "{}", words(&exploration, finding));
    }
    let plain = scenario("plain-hosted");
    let mut setup = plain.setup.clone();
    let fault = exploration.faults(exploration.findings()[0].mix)[0].fault.clone();
    setup.faults.push(fault.clone());
    let (mut made, mut given) = (World::new(setup), World::new(plain.setup).with_faults(&[fault]));
    assert_eq!(made.setup(), given.setup());
    for command in [Command::Start, Command::Step, Command::Step] {
        let text = |events: Vec<Event>| serde_json::to_string(&events).unwrap();
        assert_eq!(text(made.handle(&command)), text(given.handle(&command)));
    }
}

#[test]
fn the_smallest_scenario_reads_back_and_expects_its_bad_end() {
    let exploration = explored("receipt-from-history");
    for root in exploration.roots().iter().step_by(5) {
        let small = smallest(exploration.ground(), &exploration.faults(root.mix));
        let text = print(&small.scenario);
        let read = parse("smallest.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let played = play(&read);
        assert!(played.is_green(), "{:?}\n{text}", played.failures);
        assert_eq!(played.session.fingerprint(), small.session.fingerprint());
        assert!(text.contains(&format!("end = \"{}\"", root.end.name())), "{text}");
        let mut other = read;
        other.setup.faults.clear();
        other.steps.retain(|step| !format!("{:?}", step.act).contains("Arm"));
        assert!(!play(&other).is_green(), "without its fault it ends otherwise\n{text}");
    }
}

#[test]
fn lines_that_change_nothing_are_left_out() {
    let text = "title = 't'\nwhy = 'w'\n[[faults]]\non = 'notice-sent'\nfirst = 9\ndrop = true\n[[steps]]\nhistory = true\n\
        [[steps]]\nbuy = 'shiny-pony'\n[[steps]]\nfetch-keys = true\n[[steps]]\nrun = 'until idle'\n[[steps]]\nadvance = '2s'";
    let exploration = Exploration::new(&parse("t.toml", text).unwrap()).unwrap();
    let small = smallest(exploration.ground(), &[]);
    let lines = print(&small.scenario).matches("[[steps]]").count();
    assert_eq!((small.end, lines), (End::PaidNoProduct, 2), "{}", print(&small.scenario));
}

#[test]
fn a_lost_charge_answer_cannot_be_mended_after_it_was_lost_and_could_before() {
    let exploration = explored("plain-hosted");
    let small = shown(&exploration, "drop charge-answered 1");
    let told = fate(&small.session);
    let lost = told.lost.expect("a point of no return");
    assert_eq!((told.way_out.len(), told.way_back), (0, Some(WayBack::ChargeBack)));
    let dropped =
        small.session.past()[lost.taken - 1].events.iter().any(|event| matches!(event, Event::FaultFired { .. }));
    assert!(dropped, "it is the very step that dropped the answer");
    // One step earlier all is well as soon as the fault is gone.
    let mut before = small.session.clone();
    before.rewind(lost.taken - 1);
    before.dispatch(Command::ClearFaults);
    assert!(run_until_idle(&mut before, 1_000));
    assert_eq!(end(&before), End::Fine);
    let mut after = small.session.clone();
    after.rewind(lost.taken);
    after.dispatch(Command::ClearFaults);
    assert!(run_until_idle(&mut after, 1_000));
    assert_eq!(end(&after), End::PaidNoProduct);
}

#[test]
fn what_the_history_can_mend_is_never_lost_and_the_way_out_leads_there() {
    let exploration = explored("plain-hosted");
    for fault in ["drop notice-sent 1", "corrupt keys-answered 1", "drop buy-clicked 1", "hold window-ended 1"] {
        let small = shown(&exploration, fault);
        let Fate { lost, way_out, .. } = fate(&small.session);
        assert_eq!(lost, None, "{fault}");
        let mut session = small.session.clone();
        session.dispatch(Command::ClearFaults);
        for command in way_out {
            assert!(run_until_idle(&mut session, 1_000));
            session.dispatch(command);
        }
        assert!(run_until_idle(&mut session, 1_000));
        assert!(!end(&session).is_bad(), "{fault}");
    }
}

#[test]
fn a_fault_that_only_the_buyer_can_make_good_says_from_when_on() {
    let exploration = explored("plain-hosted");
    let small = shown(&exploration, "drop notice-sent 1");
    let untended = fate(&small.session).untended.expect("nobody tends it");
    for (taken, wanted) in [(untended.taken - 1, End::Fine), (untended.taken, End::PaidNoProduct)] {
        let mut session = small.session.clone();
        session.rewind(taken);
        session.dispatch(Command::ClearFaults);
        assert!(run_until_idle(&mut session, 1_000));
        assert_eq!(end(&session), wanted, "after {taken} steps");
    }
}

#[test]
fn a_pair_counts_once_and_only_where_both_strike() {
    let mut exploration = explored("plain-hosted");
    let pairs = exploration.pairs();
    let sets: std::collections::BTreeSet<_> =
        pairs.iter().map(|mix| (mix.first.min(mix.second), mix.first.max(mix.second))).collect();
    assert_eq!(sets.len(), pairs.len());
    let before = exploration.findings().len();
    for mix in pairs.iter().step_by(409) {
        let trial = exploration.try_mix(*mix);
        exploration.take(*mix, trial);
    }
    let found = exploration.findings()[before..].to_vec();
    assert!(found.len() > 50);
    for finding in found.iter().filter(|finding| finding.end.is_bad()) {
        let root = exploration.root_of(finding);
        let trial = exploration.try_mix(root);
        assert_eq!(trial.end, finding.end, "{} shrinks to a part that ends alike", words(&exploration, finding));
    }
    let late = pairs.iter().filter(|mix| mix.second.is_some_and(|second| second >= exploration.singles().len()));
    assert!(late.count() > 0, "a second notice is only sent where the first went wrong");
}

/// By the time of the charge the app has given up, and never says another word.
#[test]
fn a_trouble_that_waits_for_messages_is_felt_where_one_comes() {
    for (name, is_felt) in [("paid-but-timed-out", false), ("plain-hosted", true)] {
        let exploration = explored(name);
        let late = exploration.findings().iter().any(|one| words(&exploration, one) == "offline once charged");
        assert_eq!(late, is_felt, "{name}");
    }
}

/// Where the store itself believes to be paid, the lamp says at rest what the end says.
#[test]
fn the_lamp_agrees_about_whoever_paid_for_nothing() {
    let exploration = explored("plain-hosted");
    let mut seen = BTreeMap::<bool, u32>::new();
    for finding in exploration.findings() {
        let session = smallest(exploration.ground(), &exploration.faults(finding.mix)).session;
        let is_believed = session.world().marketplace().transactions().iter().any(|payment| payment.state.is_paid());
        let is_held = !session.world().faults().held().is_empty();
        if !is_believed || is_held {
            continue;
        }
        let watch = Watch::over(session.setup(), session.past());
        let is_red = watch.red().any(|breach| breach.law == Law::ProductAvailable);
        assert_eq!(is_red, finding.end == End::PaidNoProduct, "{}", words(&exploration, finding));
        *seen.entry(is_red).or_default() += 1;
    }
    assert!(seen.len() == 2, "{seen:?}");
}

#[test]
fn nobody_outside_is_asked_again_and_again() {
    let text = "title = 't'\nwhy = 'w'\n[setup]\nseats = { app-page = \"external\" }";
    let error = Exploration::new(&parse("t.toml", text).unwrap()).unwrap_err();
    assert!(error.to_string().contains("outside"), "{error}");
}

fn end(session: &Session) -> End {
    Reckoning::of(session).end(session.world())
}
