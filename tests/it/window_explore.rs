//! The window's exploration: begun from the menu of labs, told while it goes on, and each bad end opens where it was lost.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::run_code::RunCode;
use paystage::session::scenario::play::play;
use paystage::ui::selection::{Lab, Tab};
use paystage::ui::window::Window;
use paystage::world::event::Event;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

/// So many frames are drawn at the most while an exploration goes on.
const FRAMES_MAX: usize = 1_000_000;

fn show(size_pt: [f32; 2], session: Session) -> Stagehand {
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn played(name: &str) -> Session {
    play(&Builtin::find(name).unwrap().scenario().unwrap()).session
}

/// The words of everything whose words contain this: a button's name, or a text.
fn labelled(harness: &Stagehand, part: &str) -> Vec<String> {
    let found = harness.query_all_by_label_contains(part).map(|node| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value()).unwrap_or_default()
    });
    found.collect()
}

fn open_lab(harness: &mut Stagehand) {
    harness.get_by_label("Lab").click();
    harness.run_steps(3);
    harness.get_by_label("Explore").click();
    harness.run_steps(3);
    assert_eq!(harness.state().selection().tab, Tab::Lab(Lab::Explore));
}

fn explored(harness: &mut Stagehand) {
    harness.get_all_by_label("Explore").last().unwrap().click();
    harness.run_steps(2);
    for _ in 0..FRAMES_MAX {
        if !labelled(harness, "each as small as it can be").is_empty() {
            return harness.run_steps(3);
        }
        harness.step();
    }
    panic!("the exploration does not end");
}

#[test]
fn a_cell_lists_its_bad_ends_and_each_opens_at_its_point_of_no_return() {
    let mut harness = show([1600.0, 1000.0], played("plain-hosted"));
    open_lab(&mut harness);
    explored(&mut harness);
    let cell = labelled(&harness, "drop charge-answered, ").remove(0);
    harness.get_by_label(&cell).click();
    harness.run_steps(3);
    assert!(!labelled(&harness, "Point of no return: message").is_empty());
    harness.get_by_label("open drop charge-answered 1").click();
    harness.run_steps(3);
    let session = harness.state().session();
    assert_eq!(session.title(), "paid, no product: drop charge-answered 1");
    assert!(session.can_forward());
    assert!(session.last_step().events.iter().any(|event| matches!(event, Event::FaultFired { .. })));
    assert_eq!(harness.state().selection().lab, Some(Lab::Explore), "the tab stays for the next one");
}

#[test]
fn everything_that_can_be_done_is_seen_beside_the_list_at_every_size() {
    for size_pt in [[1600.0, 1000.0], [1280.0, 800.0], [1000.0, 700.0]] {
        let mut harness = show(size_pt, played("plain-hosted"));
        open_lab(&mut harness);
        explored(&mut harness);
        let list = harness.get_by_label_contains("each as small as it can be").rect();
        assert!(list.right() <= size_pt[0], "{size_pt:?}: the list stands at {list:?}");
        let mut edge = 0.0;
        for head in ["hold", "delay", "drop", "duplicate", "reorder", "corrupt", "answer", "time-out"] {
            let rect = harness.get_by_label(head).rect();
            assert!(rect.left() > edge && rect.right() < list.left(), "{size_pt:?}: {head:?} stands at {rect:?}");
            edge = rect.right();
        }
        let cell = labelled(&harness, "drop charge-answered, ").remove(0);
        let cell = harness.get_by_label(&cell).rect();
        assert!(cell.right() < harness.get_by_label("duplicate").rect().left(), "{size_pt:?}: the cell is at {cell:?}");
    }
}

#[test]
fn an_exploration_can_be_stopped_and_begun_again() {
    let mut harness = show([1000.0, 700.0], played("plain-hosted"));
    open_lab(&mut harness);
    harness.get_by_label("two faults").click();
    harness.run_steps(2);
    harness.get_all_by_label("Explore").last().unwrap().click();
    harness.run_steps(2);
    harness.get_by_label("Stop").click();
    harness.run_steps(3);
    assert!(!labelled(&harness, "Nothing explored yet").is_empty());
    harness.get_by_label("one fault").click();
    harness.run_steps(2);
    explored(&mut harness);
    assert!(!labelled(&harness, "drop charge-answered, ").is_empty(), "and what is found is that of one fault");
}

#[test]
fn the_run_code_is_offered_where_a_run_is_saved_and_taken_where_one_is_opened() {
    let session = played("notice-lost-once");
    let code = RunCode::of(&session).unwrap().to_string();
    let mut harness = show([1600.0, 1000.0], session);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::S);
    harness.run_steps(3);
    assert_eq!(labelled(&harness, &code).len(), 1);
    harness.get_by_label("Copy the run code").click();
    harness.run_steps(3);
    let mut harness = show([1600.0, 1000.0], played("declined"));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::O);
    harness.run_steps(3);
    for typed in [code.replace("-42-", "-43-"), code] {
        harness.get_by_label("Path").focus();
        harness.run_steps(2);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.get_by_label("Path").type_text(&typed);
        harness.run_steps(2);
        harness.get_by_label("Open this path").click();
        harness.run_steps(3);
        let is_wrong = typed.contains("-43-");
        assert_eq!(!labelled(&harness, "the run code says").is_empty(), is_wrong);
    }
    assert_eq!(harness.state().session().title(), played("notice-lost-once").title());
}
