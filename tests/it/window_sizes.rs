//! The window is whole at every size: bars do not overlap, panes keep their place, what matters stays in view.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::protocol::time::Span;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::ui::window::Window;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

fn show_at(size_pt: [f32; 2], session: Session) -> Stagehand {
    let mut harness = dressed(size_pt, egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

/// The plain purchase after so many presses of Space.
fn pressed(times: usize) -> Session {
    let mut session = Session::new(Setup::default());
    for _ in 0..times {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    session
}

fn is_shown(harness: &Stagehand, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

fn click(harness: &mut Stagehand, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

#[test]
fn the_panes_keep_their_width_whatever_they_show() {
    for size in [[1280.0, 800.0], [1600.0, 1000.0]] {
        let mut harness = show_at(size, Session::new(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() }));
        let market_left = |harness: &Stagehand| harness.get_by_label("market.example").rect().left();
        let before = market_left(&harness);
        harness.get_by_label("Buy Shiny Pony").click();
        for step in 0..10 {
            harness.run();
            assert!((market_left(&harness) - before).abs() < 0.5, "{size:?}, step {step}");
            harness.key_press(Key::Space);
        }
        let is_asked = harness.state().session().world().buyer().window().is_some();
        assert!(is_asked, "the payment window was among what was shown");
    }
}

#[test]
fn the_bars_at_the_top_never_overlap() {
    let bars_height = 96.0;
    for size in [
        [500.0, 350.0],
        [640.0, 400.0],
        [720.0, 560.0],
        [820.0, 600.0],
        [1000.0, 700.0],
        [1280.0, 800.0],
        [2560.0, 1440.0],
    ] {
        let harness = show_at(size, pressed(100));
        let buttons = harness.get_all_by_role(Role::Button).map(|node| (node.accesskit_node().label(), node.rect()));
        let buttons: Vec<_> = buttons.filter(|(_, rect)| rect.bottom() < bars_height).collect();
        assert!(buttons.len() > 15, "{size:?}: {buttons:?}");
        for (index, (name, rect)) in buttons.iter().enumerate() {
            assert!(rect.left() >= 0.0 && rect.right() <= size[0], "{size:?}: {name:?} is cut");
            let mut others = buttons.iter().skip(index + 1);
            let other = others.find(|(_, other)| other.shrink(0.5).intersects(rect.shrink(0.5)));
            assert!(other.is_none(), "{size:?}: {name:?} lies over {other:?}");
        }
    }
}

#[test]
fn a_short_window_shows_the_inspector_as_a_tab_and_brings_it_forward() {
    let mut harness = show_at([640.0, 400.0], pressed(6));
    assert!(is_shown(&harness, "Flow") && !is_shown(&harness, "Verdict"));
    harness.key_press(Key::Enter);
    harness.run();
    assert!(is_shown(&harness, "Verdict"), "Enter inspects");
    click(&mut harness, "Flow");
    assert!(!is_shown(&harness, "Verdict"));
    click(&mut harness, "Inspector");
    assert!(is_shown(&harness, "Verdict"));
}

#[test]
fn a_smaller_window_keeps_the_present_row_in_view() {
    let mut harness = show_at([1000.0, 1000.0], pressed(14));
    harness.set_size(egui::vec2(1000.0, 600.0));
    harness.run();
    // Only rows in view are drawn.
    let rows = harness.get_all_by_role(Role::Row).filter_map(|node| node.accesskit_node().label());
    let rows: Vec<_> = rows.collect();
    assert!(rows.iter().any(|row| row.ends_with(", present")), "{rows:?}");
}

#[test]
fn a_narrow_window_turns_the_screens_into_tabs() {
    let mut harness = show_at([1000.0, 700.0], pressed(100));
    assert!(!is_shown(&harness, "Pony Park"));
    click(&mut harness, "App");
    assert!(is_shown(&harness, "Pony Park"));
    click(&mut harness, "Marketplace");
    assert!(is_shown(&harness, "Refund"));
    click(&mut harness, "Flow");
    assert!(is_shown(&harness, "Access granted"));
}

#[test]
fn the_menu_of_many_branches_stays_within_the_window() {
    for size in [[1600.0, 1000.0], [1000.0, 700.0]] {
        let mut session = pressed(12);
        for seconds in 1..60 {
            session.rewind(6);
            session.dispatch(Command::Wait { span: Span::from_seconds(seconds) });
        }
        let mut harness = show_at(size, session);
        harness.key_press(Key::B);
        harness.run();
        let is_seen = |harness: &Stagehand, branch: &str| {
            let rect = harness.get_by_role_and_label(Role::MenuItemRadio, branch).rect();
            rect.top() >= 0.0 && rect.bottom() <= size[1]
        };
        assert!(
            is_seen(&harness, "Branch BH") && !is_seen(&harness, "Branch A"),
            "{size:?}: the present one is in sight"
        );
        harness.key_press(Key::ArrowDown);
        harness.run();
        assert!(
            harness.get_by_role_and_label(Role::MenuItemRadio, "Branch A").is_focused()
                && is_seen(&harness, "Branch A"),
            "{size:?}: and so is any"
        );
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().session().branch().name(), "A");
    }
}
