//! A tester's jobs, done with what the program itself offers: a lost purchase becomes a run file, a scenario and a report for CI.

use paystage::protocol::time::Span;
use paystage::session::again::turn;
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::run_file::save::save;
use paystage::session::scenario::plan::Scenario;
use paystage::session::scenario::play::{Outcome, play};
use paystage::session::watch::Watch;
use paystage::session::watch::breach::Breach;
use paystage::session::watch::law::Law;
use paystage::world::character::ServerCharacter;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::party::Party;
use paystage::world::setup::{Polling, Setup};
use serde_json::Value;

use crate::cli_run::junit;
use crate::program::Desk;

/// The scenarios in which these jobs stand for CI: broken, and what keeps each fixed.
const JOBS: [&str; 8] = [
    "paid-but-timed-out",
    "paid-in-time",
    "refund-notice-booked-twice",
    "refund-notice-misanswered",
    "times-slow-strict",
    "times-fast-strict",
    "times-slow-fxpay",
    "times-fast-fxpay",
];

fn scenario(name: &str) -> Scenario {
    Builtin::find(name).unwrap().scenario().unwrap()
}

fn played(name: &str) -> Session {
    let Outcome { session, failures } = play(&scenario(name));
    assert_eq!(failures, [], "{name}");
    session
}

fn breaches(session: &Session) -> Vec<Breach> {
    Watch::over(session.setup(), session.past()).breaches().to_vec()
}

/// What `run --json -` says of one run.
fn report(desk: &Desk, file: &str) -> Value {
    let said = desk.run(&["run", file, "--json", "-"]);
    serde_json::from_str::<Value>(&said.ended(0).out).unwrap()["results"][0].clone()
}

#[test]
fn a_lost_purchase_opens_elsewhere_at_the_event_that_lost_it() {
    let mut session = played("paid-but-timed-out");
    let [lost] = &breaches(&session)[..] else { panic!("one law is broken") };
    let whole = session.fingerprint();
    session.rewind(lost.step + 1);
    assert_ne!(session.fingerprint(), whole, "something comes after it");

    let elsewhere = Desk::new("job-lost");
    elsewhere.file("lost.paystage.json", save(&session));
    let found = report(&elsewhere, "lost.paystage.json");
    assert_eq!(found["fingerprint"], session.fingerprint().as_str());
    assert_eq!(found["steps"], lost.step + 1);
    let seen = session.past().iter().flat_map(|step| &step.events);
    let charged: Vec<_> = seen.filter(|event| matches!(event, Event::Charged { .. })).collect();
    assert_eq!((charged.len(), lost.law), (1, Law::ProductAvailable), "the run stops where the money was gone");
    // One step earlier nothing was lost: the place in the file is the event itself.
    session.rewind(lost.step);
    assert_eq!(Watch::over(session.setup(), session.past()).red().count(), 0);
}

#[test]
fn fifteen_polls_in_a_branch_stay_green_throughout_and_poll_eleven_is_the_first_difference() {
    let mut session = played("paid-but-timed-out");
    let ten = session.here();
    let lost = breaches(&session);
    assert_eq!(lost.iter().map(|breach| breach.law).collect::<Vec<_>>(), [Law::ProductAvailable]);
    let setup = Setup { polling: Polling { tries: 15, ..session.setup().polling }, ..session.setup().clone() };
    turn(&mut session, &setup);
    assert_eq!(session.branches().len(), 2, "both futures are kept in one run");
    let moments = session.steps().len();
    for moment in 1..=moments {
        session.rewind(moment);
        assert_eq!(breaches(&session), [], "at step {moment} of {moments}");
    }

    // One file tells both: where it is opened elsewhere, the branch that lost the payment is red at the very event.
    let desk = Desk::new("job-compare");
    desk.file("lost.paystage.json", save(&session));
    let said = desk.run(&["compare", "lost.paystage.json"]);
    said.ended(1).says(&["branch A", "branch B", "First difference", "GET …/status, poll 11", "product-available"]);
    session.go(ten);
    assert_eq!(breaches(&session), lost);
    session.rewind(lost[0].step);
    assert_eq!(breaches(&session), [], "not earlier");
    session.rewind(lost[0].step + 1);
    desk.file("lost.paystage.json", save(&session));
    let found = report(&desk, "lost.paystage.json");
    assert_eq!(
        (&found["fingerprint"], &found["steps"]),
        (&session.fingerprint().as_str().into(), &(lost[0].step + 1).into())
    );
    desk.run(&["compare", "lost.paystage.json"]).ended(1).says(&["First difference", "GET …/status, poll 11"]);

    let names = desk.run(&["compare", "paid-but-timed-out", "paid-in-time"]);
    names.ended(1).says(&["First difference", "GET …/status, poll 11"]);
    desk.run(&["compare", "lost.paystage.json", "lost.paystage.json"]).ended(0).says(&["nothing differs"]);
    desk.file("one.paystage.json", save(&played("paid-in-time")));
    desk.run(&["compare", "one.paystage.json"]).ended(2).complains(&["has one branch; name another run"]);
}

/// Whether the app found its receipt good, at each moment of a scenario about times, and what it said of it.
fn judgements(session: &Session) -> Vec<(bool, &'static str)> {
    let mut found: Vec<(paystage::protocol::time::Time, (bool, &'static str))> = Vec::new();
    for step in session.past() {
        for event in &step.events {
            let Event::Delivered { message } = event else { continue };
            let Body::ReceiptJudged { verdict, .. } = &message.body else { continue };
            // Where the store is asked, the last word of a moment counts.
            found.retain(|(at, _)| *at != step.at);
            found.push((step.at, (verdict.is_accepted(), verdict.headline())));
        }
    }
    // The first is that of the installation, which these scenarios are not about.
    found.into_iter().skip(1).map(|(_, judgement)| judgement).collect()
}

#[test]
fn at_the_edges_of_a_receipts_time_each_profile_says_its_verdict_and_its_rule() {
    let words = |name: &str| judgements(&played(name)).into_iter().map(|(_, words)| words).collect::<Vec<_>>();
    let (early, good, late) = ("The receipt is not valid yet", "Valid for this app", "The receipt has expired");
    let from_store = "The store says the receipt has expired";
    assert_eq!(words("times-slow-strict"), [early, early, good, good, good]);
    assert_eq!(words("times-fast-strict"), [good, good, late, late, late]);
    for name in ["times-slow-fxpay", "times-fast-fxpay"] {
        assert_eq!(words(name), [good, good, good, from_store, from_store], "{name}");
    }
}

#[test]
fn a_right_clock_mends_what_a_wrong_one_did_to_the_strict_app_and_nothing_for_one_that_asks_the_store() {
    let right = |name: &str| {
        let mut scenario = scenario(name);
        assert!(scenario.setup.skew.remove(&Party::AppPage).is_some_and(|skew| skew != Span::ZERO));
        play(&scenario)
    };
    for name in ["times-slow-strict", "times-fast-strict"] {
        let Outcome { session, failures } = right(name);
        let is_good: Vec<bool> = judgements(&session).into_iter().map(|(is_good, _)| is_good).collect();
        assert_eq!(is_good, [false, true, true, false, false], "{name}: nbf counts as valid, exp no longer");
        assert!(!failures.is_empty(), "{name} is about its clock");
    }
    for name in ["times-slow-fxpay", "times-fast-fxpay"] {
        assert_eq!(right(name).failures, [], "{name}");
    }
}

#[test]
fn an_app_that_books_a_repeated_notice_again_turns_the_lamp_red_at_the_second_delivery() {
    let session = played("refund-notice-booked-twice");
    let [twice] = &breaches(&session)[..] else { panic!("{:?}", breaches(&session)) };
    assert_eq!(twice.law, Law::OneEffect);
    let again = &session.steps()[twice.step];
    let second = again.events.iter().find_map(|event| match event {
        Event::Delivered { message } => match &message.body {
            Body::NoticeSent { attempt, .. } => Some((message.number, *attempt)),
            _ => None,
        },
        _ => None,
    });
    let (number, attempt) = second.expect("the delivery itself broke it");
    assert_eq!((attempt, twice.cause.map(|cause| cause.number)), (2, Some(number)));

    // The twins: the same wrong body at an app that books a notice once, in its own scenario and here.
    assert_eq!(breaches(&played("refund-notice-misanswered")), []);
    let mut idempotent = scenario("refund-notice-booked-twice");
    idempotent.setup.app_server = ServerCharacter::AnswersRightly;
    assert_eq!(breaches(&play(&idempotent).session), []);
    // And one that books twice, where nothing comes twice.
    let mut once = scenario("refund-notice-booked-twice");
    once.steps.retain(|step| !format!("{:?}", step.act).contains("Arm"));
    assert_eq!(breaches(&play(&once).session), []);
}

#[test]
fn in_ci_they_are_green_and_one_that_is_broken_on_purpose_names_its_step() {
    let desk = Desk::new("job-ci");
    for name in JOBS {
        desk.file(&format!("suite/{name}.toml"), Builtin::find(name).unwrap().text);
    }
    let green = desk.run(&["run", "suite", "--junit", "green.xml"]);
    green.ended(0).says(&["8 played: 8 as expected"]);

    let text = Builtin::find("times-slow-strict").unwrap().text;
    let broken = text.replacen("check = \"times\"", "check = \"shape\"", 1);
    let line = broken.lines().position(|line| line.contains("check = \"shape\"")).unwrap() + 1;
    desk.file("suite/times-slow-strict.toml", broken);
    let report = junit(&desk.run(&["run", "suite", "--junit", "-"]).ended(1).out);
    let failed: Vec<_> =
        report.named("testcase").into_iter().filter(|case| !case.named("failure").is_empty()).collect();
    let [case] = failed[..] else { panic!("{} cases failed", failed.len()) };
    assert_eq!(case.attribute("name"), "suite/times-slow-strict.toml");
    let message = case.named("failure")[0].attribute("message");
    let start = format!("suite/times-slow-strict.toml:{line}: check: expected \"shape\", found \"times\" (step ");
    assert!(message.starts_with(&start), "{message}");

    // What is built in says how to have the same run anywhere.
    let report = junit(&desk.run(&["run", "paid-but-timed-out", "--junit", "-"]).ended(0).out);
    let facts = report.named("system-out")[0].text.clone();
    let code = facts.lines().find_map(|line| line.strip_prefix("run code ")).unwrap();
    desk.run(&["run", code]).ended(0).says(&["Paid, but the app gave up"]);
}

#[test]
fn whoever_has_read_no_manual_finds_each_job_in_the_help() {
    let desk = Desk::new("job-help");
    desk.run(&["--help"]).ended(0).says(&["run ", "compare ", "verify ", "explore ", "a saved run, at the moment"]);
    desk.run(&["run", "--help"]).ended(0).says(&["--junit", "--html", "--list", "--dial"]);
    desk.run(&["compare", "--help"]).ended(0).says(&["where they part", "paid-but-timed-out paid-in-time"]);
    desk.run(&["verify", "--help"]).ended(0).says(&["--at", "--profile"]);
    desk.run(&["dials"]).ended(0).says(&["books each notice", "skew", "tries"]);
    let list = desk.run(&["run", "--list"]);
    list.ended(0).says(&JOBS);
}
