//! Fields: a line of text and a switch, each with a name that a screen reader says.

use egui::accesskit::Role;
use egui::{Id, Margin, Response, Sense, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::theme::Theme;
use crate::ui::widgets::surface;

/// The groove in which a switch's knob slides.
const TRACK: Vec2 = vec2(30.0, 18.0);

/// One line of text. `name` is what a screen reader says, `hint` what stands there while it is empty.
pub fn line(ui: &mut Ui, name: &str, text: &mut String, hint: &str, width_pt: f32) -> Response {
    let id = ui.next_auto_id();
    line_with_id(ui, (id, false), name, text, hint, width_pt)
}

/// The same for what nobody else may read: dots stand for its letters.
pub fn secret_line(ui: &mut Ui, name: &str, text: &mut String, hint: &str, width_pt: f32) -> Response {
    let id = ui.next_auto_id();
    line_with_id(ui, (id, true), name, text, hint, width_pt)
}

/// The line of a dialog in which people type first. While it `is_fresh`, it takes the keyboard, and hears what is typed in this very pass.
pub fn first_line(ui: &mut Ui, name: &str, text: &mut String, hint: &str, width_pt: f32, is_fresh: bool) -> Response {
    let id = ui.scope_id().with(name);
    if is_fresh {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let response = line_with_id(ui, (id, false), name, text, hint, width_pt);
    if is_fresh {
        // Once more: a dialog measures itself in its first pass, after which egui forgets the request.
        response.request_focus();
    }
    response
}

fn line_with_id(
    ui: &mut Ui,
    (id, is_secret): (Id, bool),
    name: &str,
    text: &mut String,
    hint: &str,
    width_pt: f32,
) -> Response {
    let theme = Theme::of(ui);
    let edit = TextEdit::singleline(text)
        .id(id)
        .password(is_secret)
        .font(theme.mono())
        .hint_text(egui::RichText::new(hint).font(theme.label()).color(theme.color.muted))
        .desired_width(width_pt - 16.0)
        .margin(Margin::symmetric(8, 6));
    ui.add(edit).accessible_name(name)
}

/// A switch with its words at the right. True in `is_on` means that it is on; a tick says so too.
pub fn switch(ui: &mut Ui, words: &str, is_on: &mut bool) -> Response {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme.label(), theme.color.text);
    let size = vec2(TRACK.x + theme.space.gap + galley.size().x, theme.space.button);
    let response = bare(ui, words, is_on, size);
    let left = response.rect.left() + TRACK.x + theme.space.gap;
    let top = response.rect.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(left, top.round()), galley, theme.color.text);
    surface::focus_ring(ui, &response, theme.corner.button);
    response
}

/// A switch alone, for a cell of a table. `name` is what a screen reader says.
pub fn bare_switch(ui: &mut Ui, name: &str, is_on: &mut bool) -> Response {
    let response = bare(ui, name, is_on, TRACK);
    surface::focus_ring(ui, &response, 9);
    response
}

/// The track with its knob at the left of `size`.
fn bare(ui: &mut Ui, words: &str, is_on: &mut bool, size: Vec2) -> Response {
    let theme = Theme::of(ui);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *is_on = !*is_on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *is_on, words));
    let color = &theme.color;
    let left = pos2(rect.left(), rect.center().y - TRACK.y / 2.0);
    let track = egui::Rect::from_min_size(left, TRACK);
    let (fill, knob_x) = if *is_on { (color.filled, track.right() - 9.0) } else { (color.hover, track.left() + 9.0) };
    ui.painter().rect(track, 9, fill, theme.outline(), StrokeKind::Inside);
    let knob = if *is_on { color.on_filled } else { color.muted };
    ui.painter().circle_filled(pos2(knob_x, track.center().y), 6.0, knob);
    if *is_on {
        let tick = egui::Rect::from_center_size(pos2(knob_x, track.center().y), Vec2::splat(9.0));
        crate::ui::icons::Icon::Check.paint(ui.painter(), tick, color.filled);
    }
    response
}
