//! The labs of notices and polling in the window: opened from the palette, worked by keyboard, and they change the run as they say.

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use paystage::protocol::dial::Hosting;
use paystage::protocol::time::Span;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::ui::selection::Lab;
use paystage::world::character::BuyerCharacter;
use paystage::world::setup::{Polling, Setup};

use crate::stagehand::{self, Stagehand, is_shown, labels, plain, tab_to};

fn show(size_pt: [f32; 2], setup: Setup, steps: usize, lab: Lab) -> Stagehand {
    let mut session = Session::new(setup);
    for _ in 0..steps {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    let mut harness = stagehand::show(size_pt, session);
    harness.state_mut().selection_mut().open_lab(lab);
    harness.run();
    harness
}

fn classic() -> Setup {
    Setup { hosting: Hosting::Classic, ..Setup::default() }
}

fn late(tries: u32) -> Setup {
    let buyer = BuyerCharacter::PaysAfter(Span::from_seconds(12));
    Setup { buyer, polling: Polling { tries, ..Polling::default() }, ..Setup::default() }
}

#[test]
fn a_wrong_body_is_armed_at_the_desk_and_the_second_delivery_shows() {
    let mut harness = show([1600.0, 1000.0], classic(), 4, Lab::Notices);
    assert!(!labels(&harness, "No notice was posted yet").is_empty());
    tab_to(&mut harness, "Answer a wrong body");
    plain(&mut harness, Key::Enter);
    plain(&mut harness, Key::Escape);
    plain(&mut harness, Key::End);
    harness.run();
    let attempts = labels(&harness, "Attempt ");
    assert_eq!(attempts.len(), 2, "{attempts:?}");
    // The latest first.
    assert!(attempts[1].contains("wrong body") && attempts[0].contains("no second effect"), "{attempts:?}");
    harness.get_by_label(&attempts[1]).click();
    harness.run_steps(3);
    assert!(harness.state().selection().message.is_some(), "a click points at the message");
}

#[test]
fn the_desk_lets_time_pass_to_the_next_attempt() {
    let mut harness = show([1600.0, 1000.0], classic(), 4, Lab::Notices);
    tab_to(&mut harness, "Answer 500");
    plain(&mut harness, Key::Enter);
    plain(&mut harness, Key::Escape);
    for _ in 0..60 {
        if labels(&harness, "Attempt 1").iter().any(|label| label.ends_with("error")) {
            break;
        }
        plain(&mut harness, Key::N);
    }
    tab_to(&mut harness, "To the next attempt");
    plain(&mut harness, Key::Enter);
    harness.run();
    assert_eq!(labels(&harness, "Attempt 2").len(), 1);
}

#[test]
fn orphaned_polls_are_marked_and_other_tries_open_a_branch_that_gets_its_receipt() {
    let mut harness = show([1600.0, 1000.0], late(10), 300, Lab::Polling);
    assert_eq!(labels(&harness, "Poll ").len(), 11, "ten polls, and the button that applies");
    assert!(!labels(&harness, "Orphaned: paid, and after 10 polls").is_empty());
    let rows = labels(&harness, "Every 1 s");
    assert!(rows[0].ends_with("paid, no product below 12 tries, fine from there"), "{rows:?}");
    tab_to(&mut harness, "Every 1 s");
    plain(&mut harness, Key::Enter);
    tab_to(&mut harness, "Poll like this");
    plain(&mut harness, Key::Enter);
    harness.run();
    let session = harness.state().session();
    assert_eq!((session.setup().polling.tries, session.branches().len()), (12, 2));
    assert!(!labels(&harness, "The receipt came with poll 12").is_empty());
}

#[test]
fn the_tries_are_typed_too() {
    let mut harness = show([1280.0, 800.0], late(10), 300, Lab::Polling);
    tab_to(&mut harness, "Tries");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.event(egui::Event::Text("15".to_owned()));
    harness.run_steps(2);
    plain(&mut harness, Key::Enter);
    harness.get_by_role_and_label(Role::Button, "Poll like this").click();
    harness.run();
    assert_eq!(harness.state().session().setup().polling.tries, 15);
}

#[test]
fn the_interval_is_dragged_and_what_it_comes_to_is_shown_before_it_is_taken() {
    let mut harness = show([1280.0, 800.0], late(10), 300, Lab::Polling);
    assert!(!is_shown(&harness, "as it was"));
    let from = harness.get_by_label("Interval in milliseconds").rect().center();
    harness.drag_at(from);
    harness.run_steps(2);
    harness.hover_at(from + vec2(12.0, 0.0));
    harness.run_steps(2);
    harness.drop_at(from + vec2(12.0, 0.0));
    harness.run();
    assert!(is_shown(&harness, "as it was"), "the draft is another habit now");
    assert_eq!(harness.state().session().setup().polling, Polling::default(), "and nothing was done yet");
    harness.get_by_role_and_label(Role::Button, "Poll like this").click();
    harness.run();
    let polling = harness.state().session().setup().polling;
    assert!(polling.interval > Polling::default().interval && polling.tries == 10, "{polling:?}");
    assert!(is_shown(&harness, "The receipt came with poll "), "asked less often, it waits long enough");
}

#[test]
fn a_notice_that_failed_says_when_it_is_tried_again() {
    let mut harness = show([1280.0, 800.0], classic(), 4, Lab::Notices);
    tab_to(&mut harness, "Answer 500");
    plain(&mut harness, Key::Enter);
    plain(&mut harness, Key::Escape);
    for _ in 0..60 {
        if is_shown(&harness, "tried again at ") {
            break;
        }
        plain(&mut harness, Key::N);
    }
    assert_eq!(labels(&harness, "tried again at ").len(), 1);
    let attempt = labels(&harness, "Attempt 1").remove(0);
    assert!(attempt.contains("answer 500") && attempt.ends_with("error"), "{attempt}");
}

#[test]
fn both_labs_stand_in_every_size_of_the_window() {
    for size_pt in [[1600.0, 1000.0], [1280.0, 800.0], [1000.0, 700.0]] {
        let harness = show(size_pt, late(10), 300, Lab::Polling);
        assert!(!labels(&harness, "Tries").is_empty() && !labels(&harness, "Every 500 ms").is_empty(), "{size_pt:?}");
        let harness = show(size_pt, classic(), 300, Lab::Notices);
        assert!(!labels(&harness, "Attempt 1").is_empty(), "{size_pt:?}");
    }
}
