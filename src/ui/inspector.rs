//! The inspector: one place that shows whatever is selected, as claims, as a verdict, or as a message.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::ui::desk::Desk;
use crate::ui::pane::Pane;
use crate::ui::panes::claims::Claims;
use crate::ui::panes::message::Message;
use crate::ui::panes::verdict::Verdict;
use crate::ui::selection::Tab;
use crate::ui::theme::Theme;
use crate::ui::widgets::choice::{self, TABS_HEIGHT};
use crate::ui::widgets::text;

/// The three tabs with what they show.
#[derive(Default)]
pub struct Inspector {
    claims: Claims,
    verdict: Verdict,
    message: Message,
}

impl Pane for Inspector {
    fn name(&self) -> &'static str {
        "Inspector"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let room = ui.max_rect();
        let head = Rect::from_min_size(room.min, vec2(room.width(), TABS_HEIGHT));
        ui.painter().hline(room.x_range(), head.bottom() - 0.5, theme.hairline());
        let inner = head.shrink2(vec2(theme.space.gap, 0.0));
        let mut tabs = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)));
        choice::tabs(&mut tabs, "inspector", &mut desk.selection.tab, &Tab::ALL);
        let rest = Rect::from_min_max(pos2(tabs.min_rect().right() + theme.space.pad, head.top()), inner.max);
        let mut title = ui.new_child(UiBuilder::new().max_rect(rest).layout(Layout::right_to_left(Align::Center)));
        // The title is the token's; a message has its own, and may carry none.
        if desk.selection.tab != Tab::Message {
            text::mono_in(&mut title, &desk.view.subject().title(), theme.color.muted);
        }
        let body = Rect::from_min_max(pos2(room.left(), head.bottom()), room.max);
        let mut body_ui = ui.new_child(UiBuilder::new().max_rect(body));
        let pane: &mut dyn Pane = match desk.selection.tab {
            Tab::Claims => &mut self.claims,
            Tab::Verdict => &mut self.verdict,
            Tab::Message => &mut self.message,
        };
        pane.ui(&mut body_ui, desk);
    }
}
