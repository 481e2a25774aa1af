//! The help: every key of the table, over the window.

use egui::{Ui, vec2};

use crate::ui::icons::Icon;
use crate::ui::keys::{Group, TABLE};
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{surface, text};

const WIDTH: f32 = 900.0;
const KEYS_WIDTH: f32 = 190.0;

/// Shows the list of keys. False when somebody closed it.
#[must_use]
pub fn show(ui: &Ui) -> bool {
    let room = ui.ctx().content_rect().height();
    let (is_open, is_left) = surface::dialog(ui, "help", WIDTH, |ui| contents_ui(ui, room));
    is_open && !is_left
}

fn contents_ui(ui: &mut Ui, room: f32) -> bool {
    let mut is_open = true;
    ui.horizontal(|ui| {
        text::title(ui, "Keys");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            is_open = !Button::icon(Icon::Cross, "Close the list of keys").shortcut("Esc").show(ui).clicked();
        });
    });
    text::note(
        ui,
        "They rest while a text field has the keyboard. Tab walks through buttons and tables, the arrows within a table.",
    );
    egui::ScrollArea::vertical().id_salt("help").max_height(room - 150.0).min_scrolled_height(room - 150.0).show(
        ui,
        |ui| {
            let is_wide = ui.available_width() > 600.0;
            if is_wide {
                ui.columns(2, |columns| {
                    for (index, group) in TABLE.iter().enumerate() {
                        if let Some(column) = columns.get_mut(index % 2) {
                            group_ui(column, group);
                        }
                    }
                });
            } else {
                for group in TABLE {
                    group_ui(ui, group);
                }
            }
        },
    );
    is_open
}

fn group_ui(ui: &mut Ui, group: &Group) {
    let theme = Theme::of(ui);
    ui.add_space(theme.space.gap);
    text::heading(ui, group.title);
    ui.spacing_mut().item_spacing.y = theme.space.tight;
    ui.spacing_mut().interact_size.y = 22.0;
    for binding in group.bindings {
        ui.horizontal(|ui| {
            ui.allocate_ui_with_layout(
                vec2(KEYS_WIDTH.min(ui.available_width() * 0.55), 22.0),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    ui.set_min_width(ui.available_width());
                    ui.spacing_mut().item_spacing.x = theme.space.tight;
                    for chord in binding.chords {
                        text::key_cap(ui, &chord.words());
                    }
                },
            );
            text::plain(ui, binding.words);
        });
    }
}
