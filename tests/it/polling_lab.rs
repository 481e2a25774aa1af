//! The polling lab: orphaned payments are marked, and what is said of other habits is what runs with them come to.

use paystage::lens::polling::{Finish, Polling as Read, Said};
use paystage::lens::polling_what_if::{TRIES_MAX, WhatIf};
use paystage::protocol::id::{ProductId, TransactionId};
use paystage::protocol::time::Span;
use paystage::session::builtin::SUITE;
use paystage::session::control::run_until_idle;
use paystage::session::explore::end::{End, Reckoning};
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::event::Event;
use paystage::world::fault::act::{Act, Substitute};
use paystage::world::fault::armed::Fault;
use paystage::world::fault::limit::Limit;
use paystage::world::fault::pattern::Pattern;
use paystage::world::kind::Kind;
use paystage::world::message::Body;
use paystage::world::setup::{Polling, Setup};

fn bought(polling: Polling, faults: Vec<Fault>) -> Session {
    let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
    let mut session = Session::new(Setup { buyer, polling, faults, ..Setup::default() });
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 5_000));
    session
}

fn tries(tries: u32) -> Polling {
    Polling { tries, ..Polling::default() }
}

fn read(session: &Session) -> Read {
    let mut polling = Read::default();
    polling.refresh(session);
    polling
}

#[test]
fn ten_polls_miss_a_payment_after_twelve_seconds_and_leave_it_orphaned() {
    let session = bought(tries(10), Vec::new());
    let polling = read(&session);
    let [strip] = polling.strips() else { panic!("{polling:#?}") };
    assert_eq!(strip.polls.len(), 10);
    assert!(strip.polls.iter().all(|poll| poll.said == Said::Pending));
    assert!(strip.is_missed() && strip.is_orphaned(session.world()));
    assert!(matches!(strip.end, Some((_, Finish::GaveUp))));
    assert_eq!((strip.paid.unwrap() - strip.began).seconds(), 12);
}

#[test]
fn fifteen_polls_get_the_receipt() {
    let session = bought(tries(15), Vec::new());
    let polling = read(&session);
    let strip = &polling.strips()[0];
    assert_eq!(strip.polls.last().unwrap().said, Said::Completed);
    assert!(matches!(strip.end, Some((_, Finish::Receipt))));
    assert!(!strip.is_missed() && !strip.is_orphaned(session.world()));
}

#[test]
fn a_purchase_that_is_taken_up_again_is_orphaned_no_more() {
    let mut session = bought(tries(10), Vec::new());
    session.dispatch(Command::VerifyAgain { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 1_000));
    let polling = read(&session);
    assert_eq!(polling.strips()[0].polls.len(), 11);
    assert!(!polling.strips()[0].is_orphaned(session.world()));
}

#[test]
fn an_error_and_a_lost_answer_are_told_apart_and_end_nothing() {
    let of = Pattern::of(Kind::StatusAnswered);
    let error = Act::Answer(Substitute::Http { status: 500, body: String::new() });
    // What was exchanged for an error counts as an answer no more: the third of those that are left is poll 4's.
    let faults = vec![Fault::on(of.clone(), error, Limit::Nth(2)), Fault::on(of, Act::Drop, Limit::Nth(3))];
    let mut session = bought(tries(15), faults);
    let said: Vec<Said> = read(&session).strips()[0].polls.iter().take(4).map(|poll| poll.said).collect();
    assert_eq!(said, [Said::Pending, Said::Error(500), Said::Pending, Said::Nothing]);
    let end = session.here().step;
    let mut growing = Read::default();
    for step in (1..=end).chain([end / 2]) {
        session.rewind(step);
        growing.refresh(&session);
        assert_eq!(format!("{:?}", growing.strips()), format!("{:?}", read(&session).strips()), "at step {step}");
        let strip = growing.strips().first();
        let is_over = session.past().iter().flat_map(|step| &step.events).any(|event| {
            matches!(event, Event::PollingGivenUp { .. } | Event::AccessGranted { .. } | Event::ReceiptIssued { .. })
        });
        assert!(is_over || strip.is_none_or(|strip| strip.end.is_none()), "at step {step}");
    }
}

/// Each poll that a run's app sent, by the transaction that it asks about.
fn asked(session: &Session) -> Vec<&TransactionId> {
    let events = session.past().iter().flat_map(|step| &step.events);
    events
        .filter_map(|event| match event {
            Event::Sent { message } => Some(&message.body),
            _ => None,
        })
        .filter_map(|body| match body {
            Body::StatusAsked { transaction, .. } => Some(transaction),
            _ => None,
        })
        .collect()
}

#[test]
fn polls_of_the_suite_are_all_there() {
    let mut all = 0;
    for builtin in SUITE {
        let session = play(&builtin.scenario().unwrap()).session;
        let read = read(&session);
        // A poll for an id of which the app never heard, as a fault may make it ask, belongs to no purchase.
        let is_bought = |asked: &&TransactionId| read.strips().iter().any(|strip| strip.transaction == **asked);
        let polls: usize = read.strips().iter().map(|strip| strip.polls.len()).sum();
        assert_eq!(polls, asked(&session).into_iter().filter(is_bought).count(), "{}", builtin.name);
        all += polls;
    }
    assert!(all > 400, "{all} polls in the whole suite");
}

#[test]
fn read_step_by_step_the_strips_are_those_read_at_once() {
    for builtin in SUITE {
        let mut session = play(&builtin.scenario().unwrap()).session;
        let mut growing = Read::default();
        let end = session.here().step;
        for step in 1..=end {
            session.rewind(step);
            growing.refresh(&session);
        }
        assert_eq!(format!("{:?}", growing.strips()), format!("{:?}", read(&session).strips()), "{}", builtin.name);
    }
}

#[test]
fn a_purchase_that_fails_beside_another_is_the_one_that_is_waited_for_no_longer() {
    let polling = Polling { interval: Span::from_seconds(10), ..tries(1_000) };
    let setup = Setup { buyer: BuyerCharacter::NeverAnswers, polling, ..Setup::default() };
    let mut session = Session::new(setup);
    let buy = |session: &mut Session, product: &str| {
        session.dispatch(Command::Buy { product: ProductId::parse(product).unwrap() });
        let before = session.world().buyer().windows().count();
        while session.world().buyer().windows().count() == before {
            session.dispatch(Command::Step);
        }
    };
    buy(&mut session, "shiny-pony");
    for _ in 0..20 {
        session.dispatch(Command::Step);
    }
    buy(&mut session, "golden-saddle");
    let ends = |session: &Session| {
        read(session).strips().iter().map(|strip| strip.end.map(|(_, finish)| finish)).collect::<Vec<_>>()
    };
    // The window of the first one closes for lack of an answer, some seconds before that of the second.
    while ends(&session) == [None, None] {
        session.dispatch(Command::Step);
    }
    assert!(matches!(ends(&session)[..], [Some(Finish::Stopped(_)), None]), "{:?}", ends(&session));
    let polls = |session: &Session| read(session).strips()[1].polls.len();
    let before = polls(&session);
    for _ in 0..6 {
        session.dispatch(Command::Step);
    }
    assert!(polls(&session) > before, "the other is asked for on");
}

/// What a run with this habit really comes to.
fn end(polling: Polling) -> End {
    let session = bought(polling, Vec::new());
    Reckoning::of(&session).end(session.world())
}

#[test]
fn what_is_said_of_other_habits_is_what_runs_with_them_come_to() {
    let session = bought(tries(10), Vec::new());
    let mut what_if = WhatIf::of(&session).unwrap();
    let mut pieces = 0;
    while !what_if.go_on(100) {
        pieces += 100;
        assert!(pieces < 200_000, "it ends");
    }
    assert!(what_if.rows().iter().all(|row| row.ends.len() == TRIES_MAX as usize));
    let mut seen = std::collections::BTreeSet::new();
    for row in what_if.rows() {
        for tries in [1, 2, 3, 7, 12, 13, 14, 30] {
            let told = row.ends[tries - 1];
            let really =
                end(Polling { interval: row.interval, tries: u32::try_from(tries).unwrap(), ..Polling::default() });
            assert_eq!(told, really, "{tries} tries every {}", row.interval.compact());
            seen.insert(told);
        }
    }
    assert!(seen.contains(&End::Fine) && seen.contains(&End::PaidNoProduct), "{seen:?}");
    let own = what_if.rows().iter().find(|row| row.interval == Span::from_seconds(1)).unwrap();
    assert_eq!(own.fine_from(), Some(12), "{:?}", own.ends);
}

#[test]
fn the_deeds_of_a_run_that_stands_in_its_past_are_all_done_again() {
    let mut session = bought(tries(10), Vec::new());
    session.to_start();
    let mut what_if = WhatIf::of(&session).unwrap();
    while !what_if.go_on(1_000) {}
    assert!(what_if.rows().iter().all(|row| row.ends.contains(&End::PaidNoProduct)));
}
