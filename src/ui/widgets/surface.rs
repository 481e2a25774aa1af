//! Surfaces: cards, the app's screen, hairlines, the head of a region, a row of key and value, the ring of the keyboard.

use egui::accesskit::Role;
use egui::{
    Align, Color32, CornerRadius, Frame, Id, InputState, Key, Layout, Margin, Modal, Rect, Response, Sense, StrokeKind,
    Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::ui::theme::Theme;
use crate::ui::widgets::text;

/// The width of the key column of [`key_value`], in points.
const KEY_WIDTH: f32 = 96.0;

/// A dialog over the darkened window. Answers with what `contents` says, and whether somebody clicked beside it or pressed Escape.
pub fn dialog<R>(ui: &Ui, name: &str, width_pt: f32, contents: impl FnOnce(&mut Ui) -> R) -> (R, bool) {
    let id = Id::unique(name);
    // As high as its contents; these bound themselves to the window.
    let area = Modal::default_area(id).default_height(ui.ctx().content_rect().height());
    let modal = Modal::new(id).area(area).show(ui.ctx(), |ui| {
        ui.set_width(width_pt.min(ui.ctx().content_rect().width() - 64.0));
        Frame::new().inner_margin(Margin::same(10)).show(ui, contents).inner
    });
    let is_left = modal.should_close();
    (modal.inner, is_left)
}

/// A raised card over the whole width.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui);
    framed(ui, theme.color.raised, theme.corner.card, contents)
}

/// The app's screen: a dark or light glass with round corners, over the whole width.
pub fn screen<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui);
    framed(ui, theme.color.background, theme.corner.screen, contents)
}

fn framed<R>(ui: &mut Ui, fill: Color32, corner: u8, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui);
    let frame = Frame::new()
        .fill(fill)
        .stroke(theme.hairline())
        .corner_radius(CornerRadius::same(corner))
        .inner_margin(Margin::same(12));
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            contents(ui)
        })
        .inner
}

/// The ground of a region: the panel colour, padded, no outline. Regions are parted by hairlines.
pub fn region_frame(theme: &Theme) -> Frame {
    Frame::new().fill(theme.color.panel).inner_margin(Margin::same(12))
}

/// A line of one pixel across the available width, one point high.
pub fn hairline(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Theme::of(ui).hairline());
}

/// The head of a region: a dot in the party's colour, its name, and who plays it.
pub fn region_head(ui: &mut Ui, dot: Color32, name: &str, address: &str) {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), theme.space.row);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(theme.space.gap, theme.space.row), Sense::hover());
        ui.painter().circle_filled(rect.center(), 4.0, dot);
        text::strong(ui, name);
        text::muted(ui, address);
    });
}

/// One row of a card: what it is at the left, its value at the right of a fixed column, a hairline below.
/// Rows follow each other without a gap; add one after the last.
pub fn key_value<R>(ui: &mut Ui, key: &str, value: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui);
    let (rect, _) = flush_row(ui, Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, theme.hairline());
    let (left, right) = rect.split_left_right_at_x(rect.left() + KEY_WIDTH.min(rect.width() / 2.0));
    text::muted(&mut row_ui(ui, left), key);
    value(&mut row_ui(ui, right))
}

/// Room for one row over the available width, with no gap between it and what follows.
pub(crate) fn flush_row(ui: &mut Ui, sense: Sense) -> (Rect, Response) {
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
    let row = ui.allocate_exact_size(vec2(ui.available_width(), Theme::of(ui).space.row), sense);
    ui.spacing_mut().item_spacing.y = gap;
    row
}

/// Gives a tab or row its name and tells a screen reader whether it is the selected one.
pub(crate) fn announce(ui: &Ui, response: &Response, role: Role, name: &str, is_selected: bool) {
    response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(is_selected));
}

/// One line with something at either end. The right end comes first; the left one is elided to what is left.
pub fn ends<R>(ui: &mut Ui, height_pt: f32, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height_pt), Sense::hover());
    let mut right_ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center)));
    let answer = right(&mut right_ui);
    let taken = right_ui.min_rect();
    let edge = if taken.width() > 0.0 { taken.left() - Theme::of(ui).space.gap } else { rect.right() };
    left(&mut row_ui(ui, rect.with_max_x(edge.max(rect.left()))));
    answer
}

/// A child that lays its contents from left to right in the middle of `rect`, and takes no room from its parent.
pub(crate) fn row_ui(ui: &mut Ui, rect: Rect) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)))
}

/// Scrolls to what has come to have the keyboard, in the list that is drawn: Tab walks through all of it, and it shall be seen.
/// `last` is what had it in the last pass.
pub(crate) fn keep_focus_in_sight(ui: &Ui, last: &mut Option<Id>) {
    let focused = ui.memory(egui::Memory::focused);
    if *last == focused {
        return;
    }
    *last = focused;
    let response = focused.and_then(|id| ui.ctx().read_response(id));
    if let Some(response) = response.filter(|response| response.layer_id == ui.layer_id()) {
        ui.scroll_to_rect(response.rect, None);
    }
}

/// Scrolls to it when it comes to have the keyboard: Tab and the arrows walk through all of a list, and it shall be seen. What the
/// keyboard only passes on its way back is not scrolled to.
pub(crate) fn follow_focus(response: &Response) {
    let is_going_back = |input: &InputState| input.modifiers.shift && input.key_pressed(Key::Tab);
    if response.gained_focus() && !response.ctx.input(is_going_back) {
        response.scroll_to_me(None);
    }
}

/// Paints the ring around what has the keyboard, and nothing around what has not.
pub(crate) fn focus_ring(ui: &Ui, response: &Response, corner: u8) {
    if response.has_focus() {
        let rect = response.rect.expand(2.0);
        ui.painter().rect_stroke(rect, corner + 2, Theme::of(ui).focus_ring(), StrokeKind::Middle);
    }
}
