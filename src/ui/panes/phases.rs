//! The phases: how far the purchase in focus has come, from Buy to Reissue. A click goes to where a phase began.

use egui::{Rect, Ui, UiBuilder, vec2};

use crate::ui::desk::{Ask, Desk};
use crate::ui::pane::Pane;
use crate::ui::widgets::steps;

/// The strip under the top bar.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases;

impl Pane for Phases {
    fn name(&self) -> &'static str {
        "Progress"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let room = ui.max_rect();
        let strip = Rect::from_center_size(room.center(), vec2(room.width() - 8.0, 40.0));
        let mut strip_ui = ui.new_child(UiBuilder::new().max_rect(strip));
        if let Some(index) = steps::steps(&mut strip_ui, &desk.view.phases)
            && let Some(step) = desk.view.step_of_phase(index)
        {
            desk.ask(Ask::Go(step));
        }
    }
}
