//! The lenses in the window: the lamp leads to the event that broke a law, and each tab to what it names.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::session::builtin::Builtin;
use paystage::session::run::Session;
use paystage::session::scenario::play::play;
use paystage::ui::selection::Tab;
use paystage::ui::window::Window;
use paystage::world::command::Command;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

const LARGE: [f32; 2] = [1600.0, 1000.0];
const SMALL: [f32; 2] = [1000.0, 700.0];

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

fn tab(harness: &mut Stagehand, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn labelled(harness: &Stagehand, beginning: &str) -> Vec<String> {
    let is_it = |label: &String| label.starts_with(beginning);
    let all = egui_kittest::kittest::By::new().predicate(|_| true);
    harness.query_all(all).filter_map(|node| node.accesskit_node().label()).filter(is_it).collect()
}

#[test]
fn a_click_on_the_red_lamp_goes_to_the_event_that_broke_the_law() {
    let mut harness = show(LARGE, played("paid-but-timed-out"));
    let lamp = labelled(&harness, "The lamp is red, 0.99 USD is paid for Shiny Pony").remove(0);
    let end = harness.state().session().here().step;
    harness.get_by_label(&lamp).click();
    harness.run();
    let session = harness.state().session();
    assert!(session.here().step < end);
    assert!(
        session.last_step().events.iter().any(|event| matches!(event, paystage::world::event::Event::Charged { .. }))
    );
    harness.key_press(Key::ArrowLeft);
    harness.run();
    assert_eq!(labelled(&harness, "The lamp is green").len(), 1, "one step before it all is well");
}

#[test]
fn the_lamp_is_shown_at_every_size_and_tab() {
    for size in [LARGE, SMALL] {
        for (name, word) in [("plain-hosted", "The lamp is green"), ("refunded-signature-only", "The lamp is red")] {
            let mut harness = show(size, played(name));
            for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7] {
                tab(&mut harness, key);
                assert_eq!(labelled(&harness, word).len(), 1, "{name} at {size:?}, {key:?}");
            }
        }
    }
}

#[test]
fn compare_jumps_to_the_first_difference_of_two_branches() {
    let mut session =
        Session::new(play(&Builtin::find("you-decide").unwrap().scenario().unwrap()).session.setup().clone());
    session.dispatch(Command::Buy { product: paystage::protocol::id::ProductId::parse("shiny-pony").unwrap() });
    assert!(paystage::session::control::run_until_asked(&mut session, 100));
    let asked = session.here().step;
    session.dispatch(Command::Confirm { pin: "1234".into() });
    session.dispatch(Command::Step);
    session.rewind(asked);
    session.dispatch(Command::Cancel);
    let cancel = session.last_step().message_number();
    let mut harness = show(LARGE, session);
    tab(&mut harness, Key::C);
    assert_eq!(harness.state().selection().tab, Tab::Compare);
    harness.get_by_label("First difference").click();
    harness.run_steps(3);
    let state = harness.state();
    let chosen = state.selection().message.unwrap();
    let delivered = |event: &paystage::world::event::Event| match event {
        paystage::world::event::Event::Delivered { message } if message.id == chosen => Some(message.number),
        _ => None,
    };
    assert_eq!(state.session().last_step().events.iter().find_map(delivered), cancel);
}

#[test]
fn a_run_that_was_kept_is_compared_with_the_next_one() {
    let mut harness = show(LARGE, played("plain-hosted"));
    tab(&mut harness, Key::C);
    assert!(harness.query_by_label("First difference").is_none(), "there is nothing to compare with");
    harness.get_by_label("Keep this run").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("the same messages").is_some());
    harness.key_press(Key::ArrowLeft);
    harness.run_steps(3);
    assert!(harness.query_by_label("First difference").is_some(), "one message is missing now");
}

#[test]
fn coverage_leads_to_the_message_and_to_a_scenario_for_what_is_missing() {
    let mut harness = show(LARGE, played("plain-hosted"));
    tab(&mut harness, Key::Num7);
    harness.get_by_label("buy-asked, met").click();
    harness.run_steps(3);
    assert!(harness.state().session().here().step < 5);
    let cancel = labelled(&harness, "cancel-pressed, not met, open ").remove(0);
    harness.get_by_label(&cancel).click();
    harness.run_steps(3);
    assert_ne!(harness.state().session().title(), played("plain-hosted").title());
}

#[test]
fn who_knows_what_names_the_message_that_told_it() {
    let mut harness = show(LARGE, played("refunded-store-asked"));
    tab(&mut harness, Key::Num5);
    let told = labelled(&harness, "Marketplace learned When the app is used").remove(0);
    harness.get_by_label(&told).click();
    harness.run_steps(3);
    assert!(harness.state().selection().message.is_some());
}

#[test]
fn the_second_opinion_marks_what_is_disputed() {
    let mut harness = show(LARGE, played("other-apps-receipt"));
    tab(&mut harness, Key::Num4);
    assert!(harness.query_all_by_label("They disagree").next().is_some());
    assert!(harness.query_by_label("Product is this app, disputed").is_some());
    assert!(harness.query_by_label("Signature, not disputed").is_some());
}
