//! The labs of notices and polling in the window: opened from the palette, worked by keyboard, and they change the run as they say.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::protocol::dial::Hosting;
use paystage::protocol::time::Span;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::ui::selection::Lab;
use paystage::ui::window::Window;
use paystage::world::character::BuyerCharacter;
use paystage::world::setup::{Polling, Setup};

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

fn show(size_pt: [f32; 2], setup: Setup, steps: usize, lab: Lab) -> Stagehand {
    let mut session = Session::new(setup);
    for _ in 0..steps {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(600)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.state_mut().selection_mut().open_lab(lab);
    harness.run();
    harness
}

fn plain(harness: &mut Stagehand, key: Key) {
    harness.key_press_modifiers(Modifiers::NONE, key);
    harness.run_steps(3);
}

fn labels(harness: &Stagehand, beginning: &str) -> Vec<String> {
    let nodes = harness.root().children_recursive();
    let all = nodes.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value()));
    all.filter(|label| label.starts_with(beginning)).collect()
}

fn tab_to(harness: &mut Stagehand, label: &str) {
    for _ in 0..200 {
        let node = harness.root().children_recursive().find(egui_kittest::Node::is_focused);
        if node.and_then(|node| node.accesskit_node().label()).is_some_and(|focused| focused.starts_with(label)) {
            return;
        }
        plain(harness, Key::Tab);
    }
    panic!("Tab never comes to {label:?}");
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
    assert!(attempts[0].contains("wrong body") && attempts[1].contains("no second effect"), "{attempts:?}");
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
fn both_labs_stand_in_every_size_of_the_window() {
    for size_pt in [[1600.0, 1000.0], [1280.0, 800.0], [1000.0, 700.0]] {
        let harness = show(size_pt, late(10), 300, Lab::Polling);
        assert!(!labels(&harness, "Tries").is_empty() && !labels(&harness, "Every 500 ms").is_empty(), "{size_pt:?}");
        let harness = show(size_pt, classic(), 300, Lab::Notices);
        assert!(!labels(&harness, "Attempt 1").is_empty(), "{size_pt:?}");
    }
}
