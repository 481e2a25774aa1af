//! The menu of a party, at its lane's head: what can be wrong with it, and how wrong its clock goes.

use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, WidgetInfo};

use crate::lens::faults::{armed_trouble, turned_trouble};
use crate::protocol::time::Span;
use crate::ui::desk::Desk;
use crate::ui::theme::Theme;
use crate::ui::widgets::{menu, surface};
use crate::world::command::Command;
use crate::world::fault::trouble::Trouble;
use crate::world::party::Party;

const MENU_WIDTH: f32 = 360.0;

/// Clocks that the menu offers: how far ahead of the true time, and the words.
const CLOCKS: [(Span, &str); 5] = [
    (Span::ZERO, "Its clock is right"),
    (Span::from_seconds(5), "Its clock is 5 s fast"),
    (Span::from_seconds(-5), "Its clock is 5 s slow"),
    (Span::from_seconds(3_600), "Its clock is an hour fast"),
    (Span::from_seconds(-3_600), "Its clock is an hour slow"),
];

/// Makes the head of a lane a button that opens the party's menu. `label` is what stands there.
pub fn head_ui(ui: &Ui, desk: &mut Desk<'_>, party: Party, (rect, label): (Rect, &str)) {
    let response = ui.interact(rect, ui.scope_id().with(("head", party as usize)), Sense::click());
    let name = format!("{label}, what can be wrong with it");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let theme = Theme::of(ui);
    if response.hovered() {
        ui.painter().rect_stroke(rect, theme.corner.button, theme.outline(), egui::StrokeKind::Outside);
    }
    surface::focus_ring(ui, &response, theme.corner.button);
    let is_wanted = response.clicked();
    menu::context(&response, is_wanted, MENU_WIDTH, |ui| menu_ui(ui, desk, party));
    response.on_hover_text("Click for what can be wrong with this party");
}

fn menu_ui(ui: &mut Ui, desk: &mut Desk<'_>, party: Party) {
    let troubles = Trouble::ALL.into_iter().filter(|trouble| trouble.party() == party);
    for (index, trouble) in troubles.enumerate() {
        if index == 0 {
            menu::title(ui, "Trouble, until it is disarmed");
        }
        let world = desk.session.world();
        if menu::line(ui, trouble.sentence(), "", armed_trouble(world, trouble).is_some()).clicked() {
            desk.ask(turned_trouble(world, trouble, None));
        }
    }
    menu::title(ui, "Clock");
    let world = desk.session.world();
    let ahead = world.clock_of(party) - world.now();
    for (span, words) in CLOCKS {
        if menu::line(ui, words, "", ahead == span).clicked() {
            desk.ask(Command::Skew { party, ahead: span });
        }
    }
}
