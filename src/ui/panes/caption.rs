//! The caption: one plain sentence about the present message, and what comes next.

use egui::{Align, Layout, Ui, UiBuilder, vec2};

use crate::ui::desk::Desk;
use crate::ui::fonts;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{surface, text};

/// The line under the flow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption;

impl Pane for Caption {
    fn name(&self) -> &'static str {
        "Caption"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let line = ui.max_rect().shrink2(vec2(12.0, 0.0));
        let mut line_ui = ui.new_child(UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)));
        let said = desk.view.caption(desk.session, desk.selection.message);
        let Some(code) = said.code else {
            return text::caption(&mut line_ui, &said.number, &said.sentence, &said.next);
        };
        let next = |ui: &mut Ui| {
            text::muted(ui, &said.next);
        };
        let sentence = |ui: &mut Ui| {
            text::elided(ui, &said.number, fonts::strong(theme.type_sizes.caption), theme.color.accent);
            let chip_width =
                ui.painter().layout_no_wrap(code.to_owned(), theme.small(), theme.color.bad).size().x + 44.0;
            let room = ui.available_width() - chip_width;
            text::whole(ui, &said.sentence, room.max(80.0));
            Chip::new(Tone::Bad, code).signed().show(ui);
        };
        let height_pt = line_ui.available_height();
        surface::ends(&mut line_ui, height_pt, sentence, next);
    }
}
