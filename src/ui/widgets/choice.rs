//! Choices: segments for a mode, tabs for a view, a menu for a longer list. Each option is reached by Tab and chosen by Enter, click or screen reader.

use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Popup, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::surface;

/// The height of a row of tabs, in points.
pub const TABS_HEIGHT: f32 = 36.0;

/// A control of a few joined options, one of them pressed. True when the choice has changed.
/// `name` tells the options of this control from others of equal text in the same pane; it is not shown.
pub fn segments<T: Copy + PartialEq>(ui: &mut Ui, name: &str, current: &mut T, options: &[(T, &str)]) -> bool {
    let theme = Theme::of(ui);
    let widths = widths(ui, options, 24.0);
    let (rect, _) = ui.allocate_exact_size(vec2(widths.iter().sum(), theme.space.button), Sense::hover());
    let corner = theme.corner.button;
    ui.painter().rect_filled(rect, corner, theme.color.raised);
    let mut has_changed = false;
    let mut left = rect.left();
    for (index, ((value, text), width)) in options.iter().zip(&widths).enumerate() {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, rect.height()));
        left += width;
        let is_current = value == current;
        let response = option(ui, place, (name, index), Role::RadioButton, is_current, text);
        let corners = corners(corner, index, options.len());
        if is_current {
            ui.painter().rect_filled(place, corners, theme.color.selection);
            let line = Rect::from_min_max(pos2(place.left(), place.bottom() - 2.0), place.right_bottom());
            ui.painter().with_clip_rect(line).rect_filled(place, corners, theme.color.accent);
        } else if response.hovered() {
            ui.painter().rect_filled(place, corners, theme.color.hover);
        }
        write(ui, theme, &response, text, is_current);
        surface::focus_ring(ui, &response, corner);
        if response.clicked() && !is_current {
            *current = *value;
            has_changed = true;
        }
    }
    ui.painter().rect_stroke(rect, corner, theme.outline(), StrokeKind::Inside);
    has_changed
}

/// A row of tabs over a hairline, the present one underlined. True when the choice has changed.
/// Where the row is wider than the room it has, the tabs move closer together.
pub fn tabs<T: Copy + PartialEq>(ui: &mut Ui, name: &str, current: &mut T, options: &[(T, &str)]) -> bool {
    let theme = Theme::of(ui);
    let room = ui.available_width();
    let bare: f32 = widths(ui, options, 0.0).iter().sum();
    let count: f32 = options.iter().map(|_| 1.0).sum();
    let padding = ((room - bare) / count.max(1.0)).clamp(6.0, 24.0);
    let widths = widths(ui, options, padding.floor());
    let (rect, _) = ui.allocate_exact_size(vec2(widths.iter().sum(), TABS_HEIGHT), Sense::hover());
    let end = rect.left() + room.max(rect.width());
    ui.painter().hline(rect.left()..=end, rect.bottom() - 0.5, theme.hairline());
    let mut has_changed = false;
    let mut left = rect.left();
    for (index, ((value, text), width)) in options.iter().zip(&widths).enumerate() {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, rect.height()));
        left += width;
        let is_current = value == current;
        let response = option(ui, place, (name, index), Role::Tab, is_current, text);
        if is_current {
            ui.painter().hline(place.x_range(), place.bottom() - 1.0, Stroke::new(2.0, theme.color.accent));
        }
        write(ui, theme, &response, text, is_current);
        if response.has_focus() {
            let ring = place.shrink2(vec2(2.0, 4.0));
            ui.painter().rect_stroke(ring, theme.corner.button, theme.focus_ring(), StrokeKind::Inside);
        }
        if response.clicked() && !is_current {
            *current = *value;
            has_changed = true;
        }
    }
    has_changed
}

/// A button that opens a menu of options, the present one ticked. True when the choice has changed.
/// `name` says what is chosen; a screen reader hears it before the present option.
pub fn select<T: Copy + PartialEq>(ui: &mut Ui, name: &str, current: &mut T, options: &[(T, &str)]) -> bool {
    let words = options.iter().find(|(value, _)| value == current).map_or("", |(_, text)| *text);
    let spoken = format!("{name} {words}");
    let button = Button::quiet(words).trailing(Icon::ChevronDown).name(&spoken).hint(name).show(ui);
    let mut has_changed = false;
    Popup::menu(&button).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let width = widths(ui, options, 48.0).into_iter().fold(0.0, f32::max);
        for (value, text) in options {
            if menu_item(ui, width, text, value == current) {
                has_changed |= value != current;
                *current = *value;
            }
        }
    });
    has_changed
}

fn menu_item(ui: &mut Ui, width: f32, text: &str, is_current: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme.space.row), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), is_current, text));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme.corner.button, theme.color.hover);
    }
    if is_current {
        let tick = Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), vec2(14.0, 14.0));
        Icon::Check.paint(ui.painter(), tick, theme.color.accent);
    }
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme.label(), theme.color.text);
    let top = rect.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(rect.left() + 28.0, top.round()), galley, theme.color.text);
    // A key that chooses closes the menu as a click would.
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}

fn widths<T>(ui: &Ui, options: &[(T, &str)], padding: f32) -> Vec<f32> {
    let font = Theme::of(ui).strong();
    let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x;
    options.iter().map(|(_, text)| (width(text) + padding).ceil()).collect()
}

fn option(ui: &Ui, place: Rect, salt: (&str, usize), role: Role, is_current: bool, text: &str) -> Response {
    let response = ui.interact(place, ui.scope_id().with(salt), Sense::click());
    if role == Role::Tab {
        surface::announce(ui, &response, role, text, is_current);
    } else {
        response.widget_info(|| WidgetInfo::selected(role, ui.is_enabled(), is_current, text));
    }
    response
}

fn write(ui: &Ui, theme: &Theme, response: &Response, text: &str, is_current: bool) {
    let font = if is_current { theme.strong() } else { theme.label() };
    let ink = if is_current || response.hovered() { theme.color.text } else { theme.color.muted };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let at = response.rect.center() - galley.size() / 2.0;
    ui.painter().galley(pos2(at.x.round(), at.y.round()), galley, ink);
}

fn corners(radius: u8, index: usize, count: usize) -> CornerRadius {
    let left = if index == 0 { radius } else { 0 };
    let right = if index + 1 == count { radius } else { 0 };
    CornerRadius { nw: left, sw: left, ne: right, se: right }
}
