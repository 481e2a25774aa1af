//! The notice desk: what it reads from the events is what stands in the store's own books, and each act at hand does what it says.

use paystage::lens::notice_acts::{acts, subject};
use paystage::lens::notices::{Attempt, Delivery, Effect, Fate, Notices, Outlook};
use paystage::protocol::dial::Hosting;
use paystage::protocol::id::ProductId;
use paystage::protocol::notice::NoticeKind;
use paystage::session::builtin::SUITE;
use paystage::session::control::run_until_idle;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::world::character::ServerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

fn read(session: &Session) -> Notices {
    let mut notices = Notices::default();
    notices.refresh(session);
    notices
}

/// Every notice in a form that two readings can be compared by.
fn told(notices: &Notices) -> String {
    format!("{:#?}", notices.deliveries())
}

fn classic(app_server: ServerCharacter) -> Session {
    Session::new(Setup { hosting: Hosting::Classic, app_server, ..Setup::default() })
}

fn buy(session: &mut Session) {
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(session, 5_000));
}

/// A purchase with this act armed for its first notice.
fn with(words: &str) -> Session {
    let mut session = classic(ServerCharacter::AnswersRightly);
    let offer = acts(session.world(), None).into_iter().find(|offer| offer.words == words).unwrap();
    session.dispatch(Command::Arm { fault: offer.fault });
    buy(&mut session);
    session
}

fn fates(delivery: &Delivery) -> Vec<(u8, Fate, Option<&Effect>)> {
    let each = |attempt| {
        let Attempt { number, fate, effect, .. }: &Attempt = attempt;
        (*number, *fate, effect.as_ref())
    };
    delivery.attempts.iter().map(each).collect()
}

#[test]
fn every_delivery_of_the_suite_stands_as_the_stores_books_say() {
    let mut compared = 0;
    for builtin in SUITE {
        let session = play(&builtin.scenario().unwrap()).session;
        let notices = read(&session);
        for payment in session.world().marketplace().transactions() {
            for kept in &payment.notices {
                let is_it = |one: &&Delivery| one.transaction == payment.notice_id() && one.kind == kept.kind;
                let shown = notices.deliveries().iter().find(is_it).unwrap();
                let name = format!("{}: {:?} {shown:#?}", builtin.name, kept);
                assert_eq!(shown.attempt_count(), kept.attempts, "{name}");
                assert_eq!(shown.outlook == Outlook::Delivered, kept.is_acknowledged, "{name}");
                assert_eq!(matches!(shown.outlook, Outlook::GivenUp { .. }), kept.is_given_up, "{name}");
                assert_eq!(shown.product.as_ref(), Some(&payment.product), "{name}");
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn reading_step_by_step_and_going_back_tell_the_same_as_reading_at_once() {
    let mut session = classic(ServerCharacter::AnswersWrongBody);
    buy(&mut session);
    let end = session.here().step;
    let mut growing = Notices::default();
    for step in (1..=end).chain([end / 2, end]) {
        session.rewind(step);
        growing.refresh(&session);
        assert_eq!(told(&growing), told(&read(&session)), "at step {step}");
    }
}

#[test]
fn a_wrong_body_is_tried_again_and_heard_without_a_second_effect() {
    let session = with("Answer a wrong body");
    let notices = read(&session);
    let [delivery] = notices.deliveries() else { panic!("{}", told(&notices)) };
    let expected = [(1, Fate::WrongBody, Some(&Effect::News)), (2, Fate::Counted, Some(&Effect::Repeated))];
    assert_eq!(fates(delivery), expected);
    assert_eq!(delivery.attempts[0].answer.as_ref().unwrap().body, "OK");
    assert_eq!(delivery.attempts[0].faults, ["answer"]);
    assert_eq!(delivery.outlook, Outlook::Delivered);
    assert_eq!(delivery.url.as_ref(), session.world().catalog().postback_url.as_str());
}

#[test]
fn an_answer_after_six_seconds_falls_on_deaf_ears() {
    let notices = read(&with("Answer 6 s late"));
    let expected = [(1, Fate::TooLate, Some(&Effect::News)), (2, Fate::Counted, Some(&Effect::Repeated))];
    assert_eq!(fates(&notices.deliveries()[0]), expected);
}

#[test]
fn a_dropped_attempt_is_not_heard_and_the_next_one_is_news() {
    let notices = read(&with("Drop the attempt"));
    let expected = [(1, Fate::Unanswered, None), (2, Fate::Counted, Some(&Effect::News))];
    assert_eq!(fates(&notices.deliveries()[0]), expected);
}

#[test]
fn an_error_is_tried_again() {
    let notices = read(&with("Answer 500"));
    assert_eq!(fates(&notices.deliveries()[0])[0].1, Fate::WrongStatus);
    assert_eq!(notices.deliveries()[0].outlook, Outlook::Delivered);
}

#[test]
fn a_copy_is_shown_as_one_and_has_no_second_effect() {
    let notices = read(&with("Send it twice"));
    let delivery = &notices.deliveries()[0];
    let [first, copy] = delivery.attempts.as_slice() else { panic!("{delivery:#?}") };
    assert_eq!((first.number, first.is_copy, copy.number, copy.is_copy), (1, false, 1, true));
    assert_eq!(copy.effect, Some(Effect::Repeated));
    assert_eq!((first.fate, copy.fate), (Fate::Counted, Fate::TooLate));
}

#[test]
fn a_server_that_never_answers_is_given_up_and_its_owner_mailed() {
    let mut session = classic(ServerCharacter::NeverAnswers);
    buy(&mut session);
    let notices = read(&session);
    let delivery = &notices.deliveries()[0];
    assert_eq!(delivery.outlook, Outlook::GivenUp { is_mailed: true });
    assert_eq!(delivery.attempt_count(), 6, "once, and five times again");
    assert!(delivery.attempts.iter().all(|attempt| attempt.fate == Fate::Unanswered && attempt.answer.is_none()));
    assert!(subject(notices.deliveries()).is_none(), "nothing is delivered any more");
}

#[test]
fn between_two_attempts_it_says_when_the_next_one_comes() {
    let mut session = classic(ServerCharacter::AnswersWrongBody);
    buy(&mut session);
    let retries: Vec<_> = read(&session).deliveries()[0].attempts.iter().map(|attempt| attempt.sent).collect();
    let mut promised = Vec::new();
    for step in 1..=session.here().step {
        session.rewind(step);
        if let Some(Outlook::Again { at }) = read(&session).deliveries().first().map(|one| one.outlook) {
            promised.push(at);
        }
    }
    promised.dedup();
    assert_eq!(promised, retries[1..]);
}

#[test]
fn what_is_on_its_way_already_is_hit_there() {
    let mut session = classic(ServerCharacter::AnswersRightly);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    while read(&session).deliveries().is_empty() {
        session.dispatch(Command::Step);
    }
    let notices = read(&session);
    let delivery = subject(notices.deliveries()).unwrap();
    let offer = acts(session.world(), Some(delivery)).into_iter().find(|offer| offer.words == "Drop the attempt");
    session.dispatch(Command::Arm { fault: offer.unwrap().fault });
    assert!(run_until_idle(&mut session, 5_000));
    let notices = read(&session);
    assert_eq!(notices.deliveries()[0].attempts[0].fate, Fate::Unanswered);
}

#[test]
fn paid_and_taken_back_are_two_deliveries() {
    let mut session = classic(ServerCharacter::AnswersRightly);
    buy(&mut session);
    let transaction = session.world().marketplace().transactions()[0].id.clone();
    session.dispatch(Command::Refund { transaction });
    assert!(run_until_idle(&mut session, 5_000));
    let notices = read(&session);
    let kinds: Vec<_> = notices.deliveries().iter().map(|one| (one.kind, one.outlook)).collect();
    assert_eq!(kinds, [(NoticeKind::Postback, Outlook::Delivered), (NoticeKind::Chargeback, Outlook::Delivered)]);
}
