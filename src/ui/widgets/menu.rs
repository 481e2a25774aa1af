//! Menus: a list that drops from a button, one line per choice. The present choice carries a tick.

use egui::accesskit::Role;
use egui::{
    Color32, Popup, PopupCloseBehavior, Rect, Response, ScrollArea, Sense, SetOpenCommand, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::surface;

const LINE_HEIGHT: f32 = 28.0;
const MARK_WIDTH: f32 = 26.0;
/// What a menu leaves of the window's height: the bar that it drops from, and the edge.
const MARGIN: f32 = 96.0;

/// Drops a menu of this width from `button` while it is open; a click on the button opens and closes it.
pub fn drop_down(button: &Response, width_pt: f32, contents: impl FnOnce(&mut Ui)) {
    Popup::menu(button).accessible_name("Menu").show(|ui| {
        list_ui(ui, width_pt, contents);
    });
}

/// The same with fields in it, so that only a line or a click beside it closes it.
pub fn drop_form(button: &Response, width_pt: f32, contents: impl FnOnce(&mut Ui)) {
    let form = Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    form.accessible_name("Menu").show(|ui| {
        list_ui(ui, width_pt, contents);
    });
}

/// Drops a menu of this width from `owner` at a click with the other button, or when a key wants it.
pub fn context(owner: &Response, is_wanted: bool, width_pt: f32, contents: impl FnOnce(&mut Ui)) {
    let opening = (is_wanted || owner.secondary_clicked()).then_some(SetOpenCommand::Bool(true));
    Popup::menu(owner).open_memory(opening).accessible_name("Menu").show(|ui| {
        list_ui(ui, width_pt, contents);
    });
}

/// The lines, which scroll where the window is too low for all of them.
fn list_ui(ui: &mut Ui, width_pt: f32, contents: impl FnOnce(&mut Ui)) {
    let height = (ui.ctx().content_rect().height() - MARGIN).max(3.0 * LINE_HEIGHT);
    ScrollArea::vertical().min_scrolled_height(height).max_height(height).show(ui, |ui| {
        ui.set_width(width_pt);
        ui.spacing_mut().item_spacing.y = 2.0;
        contents(ui);
    });
}

/// Opens the menu of `button`, as a click would.
pub fn open(button: &Response) {
    Popup::open_id(&button.ctx, Popup::default_response_id(button));
}

/// A quiet title over some lines.
pub fn title(ui: &mut Ui, words: &str) {
    let theme = Theme::of(ui);
    ui.add_space(theme.space.tight);
    ui.horizontal(|ui| {
        ui.add_space(theme.space.gap);
        ui.label(egui::RichText::new(words).font(theme.small()).color(theme.color.muted));
    });
}

/// One line of a menu: a tick where it is the present choice, words, and a muted note at the right. Clicking closes the menu.
pub fn line(ui: &mut Ui, words: &str, note: &str, is_current: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), is_current, words));
    surface::follow_focus(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme.corner.button, theme.color.hover);
    }
    if is_current {
        let mark = Rect::from_center_size(pos2(rect.left() + MARK_WIDTH / 2.0, rect.center().y), vec2(14.0, 14.0));
        Icon::Check.paint(ui.painter(), mark, theme.color.accent);
    }
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme.label(), theme.color.text);
    let text_left = rect.left() + MARK_WIDTH;
    let text_right = text_left + galley.size().x;
    let top = |height: f32| (rect.center().y - height / 2.0).round();
    ui.painter().galley(pos2(text_left, top(galley.size().y)), galley, Color32::PLACEHOLDER);
    let room = rect.right() - 8.0 - (text_right + 16.0);
    let mut job = egui::text::LayoutJob::simple_singleline(note.to_owned(), theme.small(), theme.color.muted);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(0.0));
    let galley = ui.painter().layout_job(job);
    let is_cut = galley.elided;
    ui.painter().galley(pos2(rect.right() - 8.0 - galley.size().x, top(galley.size().y)), galley, Color32::PLACEHOLDER);
    surface::focus_ring(ui, &response, theme.corner.button);
    if response.clicked() {
        ui.close();
    }
    if is_cut { response.on_hover_text(note) } else { response }
}
