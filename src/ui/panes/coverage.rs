//! Coverage: what this run has met out of all that there is. A click on something met goes there, on anything else to a scenario.

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::lens::coverage::{Coverage as Met, Item, List};
use crate::lens::left_out::reason;
use crate::lens::reach::Reach;
use crate::session::branch::Place;
use crate::session::step::Step;
use crate::ui::desk::{Ask, Desk};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{text, walk};

/// The width of one item.
const ITEM_WIDTH: f32 = 250.0;

/// The tab.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    read: Option<(Place, Arc<Step>, Met)>,
    /// Which scenario meets what; the suite is played once, when somebody first looks.
    reach: Option<Reach>,
}

impl Pane for Coverage {
    fn name(&self) -> &'static str {
        "Coverage"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        self.refresh(desk);
        let (Some((_, _, met)), Some(reach)) = (&self.read, &self.reach) else { return };
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            ScrollArea::vertical().id_salt("coverage").auto_shrink(false).show(ui, |ui| {
                walk::stop(ui, "All that can be met", |ui| {
                    for list in List::ALL {
                        list_ui(ui, desk, list, (met, reach));
                    }
                });
            });
        });
    }
}

impl Coverage {
    fn refresh(&mut self, desk: &Desk<'_>) {
        let (place, last) = (desk.session.here(), desk.session.last_step());
        let is_read = self.read.as_ref().is_some_and(|(read, step, _)| *read == place && Arc::ptr_eq(step, last));
        if !is_read {
            self.read = Some((place, Arc::clone(last), Met::of(desk.session.past())));
        }
        self.reach.get_or_insert_with(Reach::of_suite);
    }
}

fn list_ui(ui: &mut Ui, desk: &mut Desk<'_>, list: List, (met, reach): (&Met, &Reach)) {
    let theme = Theme::of(ui);
    let (count, all) = met.count(list);
    ui.horizontal(|ui| {
        text::strong(ui, list.label());
        let tone = if count == all { Tone::Ok } else { Tone::Neutral };
        Chip::new(tone, &format!("{count} of {all}")).show(ui);
    });
    let items = list.items();
    let columns = columns(ui.available_width());
    for row in items.chunks(columns) {
        ui.horizontal(|ui| {
            for item in row {
                ui.allocate_ui(egui::vec2(ITEM_WIDTH, theme.space.row), |ui| item_ui(ui, desk, item, (met, reach)));
            }
        });
    }
    ui.add_space(theme.space.gap);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a window is some thousand points wide")]
fn columns(width: f32) -> usize {
    (width / (ITEM_WIDTH + 8.0)).floor().clamp(1.0, 12.0) as usize
}

fn item_ui(ui: &mut Ui, desk: &mut Desk<'_>, item: &Item, (met, reach): (&Met, &Reach)) {
    let theme = Theme::of(ui);
    ui.set_min_width(ITEM_WIDTH);
    ui.set_max_width(ITEM_WIDTH);
    ui.horizontal(|ui| {
        let hit = met.hit(item);
        let tone = if hit.is_some() { Tone::Ok } else { Tone::Neutral };
        tone.icon().show(ui, 14.0, tone.color(theme));
        match (hit, reach.scenario(item)) {
            (Some(hit), _) => {
                let sentence = format!("{} Met {} in this run; go there", item.sentence, times(hit.count));
                if Button::link(item.code).name(&format!("{}, met", item.code)).hint(sentence.trim()).show(ui).clicked()
                {
                    desk.selection.message = hit.message;
                    desk.ask(Ask::Go(hit.step + 1));
                }
            }
            (None, Some(name)) => {
                let sentence = format!("{} Not met in this run; open {name}, which meets it", item.sentence);
                let spoken = format!("{}, not met, open {name}", item.code);
                if Button::link(item.code).name(&spoken).hint(sentence.trim()).show(ui).clicked() {
                    desk.ask(Ask::OpenBuiltin(name));
                }
            }
            (None, None) => {
                let why = reason(item).unwrap_or("No built-in scenario meets it");
                let sentence = format!("{}. {why}", item.sentence);
                text::muted(ui, item.code).on_hover_text(sentence.trim());
            }
        }
    });
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
