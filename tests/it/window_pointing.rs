//! Pointing: the bytes of a token and the row of its claim light up together.

use egui::{Modifiers, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use paystage::session::control;
use paystage::session::run::Session;
use paystage::ui::theme::Theme;
use paystage::ui::window::Window;
use paystage::world::setup::Setup;

use crate::cpu_renderer::dressed;

type Stagehand = Harness<'static, Window>;

/// The window when the receipt has just been served.
fn with_receipt() -> Stagehand {
    let mut session = Session::new(Setup::default());
    for _ in 0..15 {
        session.dispatch(control::next_command(&session).unwrap());
    }
    let mut harness = dressed([1600.0, 1000.0], egui::Theme::Dark)
        .with_max_steps(20)
        .build_ui_state(|ui, window: &mut Window| window.ui(ui), Window::new(session));
    harness.run();
    harness
}

fn token_rect(harness: &Stagehand) -> Rect {
    harness.get_by_label_contains("Token ey").rect()
}

fn point_at(harness: &mut Stagehand, at: egui::Pos2) {
    harness.event_modifiers(egui::Event::PointerMoved(at), Modifiers::NONE);
    harness.run();
}

/// The claims whose rows are marked.
fn marked_rows(harness: &Stagehand) -> Vec<String> {
    let rows = harness.query_all_by_label_contains("Claim ");
    let marked = rows.filter(|row| row.accesskit_node().is_selected() == Some(true));
    marked.filter_map(|row| row.accesskit_node().label()).collect()
}

/// How many pixels of the token have the ground of what is selected.
fn marked_pixels(harness: &mut Stagehand) -> usize {
    let (rect, marked) = (token_rect(harness), Theme::dark().color.selection.to_array());
    let image = harness.render().unwrap();
    let point = |px: u32| f32::from(u16::try_from(px).unwrap());
    let is_within = |x: u32, y: u32| rect.contains(egui::pos2(point(x), point(y)));
    image.enumerate_pixels().filter(|(x, y, pixel)| is_within(*x, *y) && pixel.0 == marked).count()
}

#[test]
fn a_claim_pointed_at_lights_up_its_bytes() {
    let mut harness = with_receipt();
    assert_eq!(marked_pixels(&mut harness), 0);
    let row = harness.get_by_label("Claim iss").rect().center();
    point_at(&mut harness, row);
    let of_iss = marked_pixels(&mut harness);
    assert!(of_iss > 100, "{of_iss}");
    assert_eq!(marked_rows(&harness), ["Claim iss"]);
    point_at(&mut harness, egui::pos2(5.0, 5.0));
    assert_eq!(marked_pixels(&mut harness), 0, "and they go out again");
}

#[test]
fn bytes_pointed_at_light_up_their_claim() {
    let mut harness = with_receipt();
    let token = token_rect(&harness);
    let mut lit = Vec::new();
    for line in 0..8_u8 {
        point_at(&mut harness, token.left_top() + egui::vec2(120.0, f32::from(line) * 18.0 + 9.0));
        let marked = marked_rows(&harness);
        assert!(marked.len() <= 1, "line {line}: {marked:?}");
        assert_eq!(marked.is_empty(), marked_pixels(&mut harness) == 0, "line {line}: {marked:?}");
        lit.extend(marked);
    }
    lit.dedup();
    assert!(lit.len() >= 3 && lit.iter().any(|claim| claim.starts_with("Claim product")), "{lit:?}");
}
