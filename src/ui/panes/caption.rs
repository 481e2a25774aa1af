//! The caption: one plain sentence about the present message, and what comes next.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::ui::desk::Desk;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::text;

/// The line under the flow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption;

impl Pane for Caption {
    fn name(&self) -> &'static str {
        "Caption"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let line = Rect::from_center_size(ui.max_rect().center(), vec2(ui.max_rect().width() - 24.0, theme.space.row));
        let mut line_ui = ui.new_child(UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)));
        let said = desk.view.caption(desk.session, desk.selection.message);
        text::caption(&mut line_ui, &said.number, &said.sentence, &said.next);
    }
}
