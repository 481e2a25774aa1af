//! Faults in the window: armed from an arrow's menu by key or by the other mouse button, listed in one place, cleared there.

use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::ui::window::Window;
use paystage::world::command::Command;
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

fn after(steps: usize) -> Stagehand {
    let mut session = Session::new(Setup::default());
    for _ in 0..steps {
        session.dispatch(control::next_command(&session).unwrap());
    }
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn press(harness: &mut Stagehand, key: Key) {
    harness.key_press_modifiers(Modifiers::NONE, key);
    harness.run_steps(3);
}

fn click(harness: &mut Stagehand, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn is_shown(harness: &Stagehand, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

fn session(harness: &Stagehand) -> &Session {
    harness.state().session()
}

#[test]
fn the_key_of_a_dialog_works_while_a_menu_is_open_and_the_menu_makes_way() {
    let mut harness = after(6);
    for menu in [Key::F, Key::B] {
        press(&mut harness, menu);
        let is_open = |harness: &Stagehand| egui::Popup::is_any_open(&harness.ctx);
        assert!(is_open(&harness), "{menu:?}");
        press(&mut harness, Key::V);
        assert!(is_open(&harness), "any other key waits until it is closed");
        harness.key_press_modifiers(Modifiers::SHIFT, Key::F);
        harness.run_steps(3);
        assert!(is_shown(&harness, "Trouble at a party") && !is_open(&harness), "{menu:?}");
        press(&mut harness, Key::Escape);
        assert!(!is_shown(&harness, "Trouble at a party"), "and it is closed at once");
    }
}

#[test]
fn a_slow_pass_opens_no_menu_under_a_dialog() {
    let (none, shift) = (Modifiers::NONE, Modifiers::SHIFT);
    let sign_of = |key: Key| if key == Key::D { "Close the dials" } else { "Trouble at a party" };
    for (menu, modifiers, dialog) in [(Key::F, shift, Key::F), (Key::B, shift, Key::F), (Key::F, none, Key::D)] {
        // Both at once in either order, and one right after the other.
        for (is_menu_first, is_at_once) in [(true, true), (true, false), (false, true)] {
            let mut harness = after(6);
            let event =
                |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
            let mut keys = [event(menu, none), event(dialog, modifiers)];
            if !is_menu_first {
                keys.reverse();
            }
            for key in keys {
                harness.input_mut().events.push(key);
                if !is_at_once {
                    harness.step();
                }
            }
            harness.run_steps(4);
            assert!(is_shown(&harness, sign_of(dialog)), "{menu:?} {dialog:?} {is_menu_first} {is_at_once}");
            assert!(!egui::Popup::is_any_open(&harness.ctx), "{menu:?} {dialog:?} {is_menu_first} {is_at_once}");
            press(&mut harness, Key::Escape);
            harness.run_steps(4);
            assert!(
                !is_shown(&harness, sign_of(dialog)) && !egui::Popup::is_any_open(&harness.ctx),
                "nor does it come up later"
            );
        }
    }
}

#[test]
fn a_menu_that_has_nowhere_to_drop_from_keeps_no_key_from_its_work() {
    let seats = Seats { app_page: Seat::External, ..Seats::default() };
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark).with_max_steps(20).build_ui_state(
        |ui, window: &mut Window| window.ui(ui),
        Window::new(Session::new(Setup { seats, ..Setup::default() })),
    );
    harness.run();
    press(&mut harness, Key::F);
    assert!(!egui::Popup::is_any_open(&harness.ctx), "there is no message yet");
    assert_eq!(harness.state().selection().menu, None);
    press(&mut harness, Key::B);
    assert!(egui::Popup::is_any_open(&harness.ctx), "and the other keys do what they do");
}

#[test]
fn the_menu_of_a_message_brings_its_row_into_sight() {
    let mut session = Session::new(Setup::default());
    while let Some(command) = control::next_command(&session) {
        session.dispatch(command);
    }
    let mut harness = dressed([1000.0, 700.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    click(&mut harness, "Marketplace");
    press(&mut harness, Key::F);
    assert!(is_shown(&harness, "The next message like"), "where another screen was shown");
}

#[test]
fn a_fault_is_armed_with_keys_fires_once_and_is_cleared_in_its_list() {
    let mut harness = after(6);
    assert!(!is_shown(&harness, "Faults"), "nothing is armed");
    press(&mut harness, Key::F);
    assert!(is_shown(&harness, "The next"), "the arrow's menu");
    click(&mut harness, "Send it twice");
    assert!(matches!(session(&harness).last_step().command, Command::Arm { .. }));
    click(&mut harness, "Faults 1");
    assert!(is_shown(&harness, "Clear all"));
    click(&mut harness, "Clear all");
    assert!(session(&harness).world().faults().armed().is_empty());
    assert!(!is_shown(&harness, "Faults 1"));
}

#[test]
fn the_other_mouse_button_opens_the_menu_of_any_arrow() {
    let mut harness = after(6);
    harness.get_by_label_contains("Message 3,").click_secondary();
    harness.run_steps(3);
    assert!(is_shown(&harness, "Drop it") && is_shown(&harness, "Bring it too late"));
}

#[test]
fn h_holds_what_comes_next_shows_it_on_its_arrow_and_lets_it_go() {
    let mut harness = after(6);
    let next = session(&harness).world().wire().in_flight().next().unwrap().id;
    press(&mut harness, Key::H);
    assert_eq!(session(&harness).world().faults().held()[0].message.id, next);
    assert!(is_shown(&harness, "Faults 1 · 1 held"), "held, not idle");
    press(&mut harness, Key::H);
    assert!(session(&harness).world().faults().held().is_empty());
    press(&mut harness, Key::Space);
    assert!(session(&harness).past().len() > 8);
}
