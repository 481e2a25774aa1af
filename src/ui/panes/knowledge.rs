//! Who knows what: parties by facts, filled as messages pass, and what was told that need not have been.

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::lens::knowledge::{Fact, Knowledge as Known, Leak};
use crate::session::branch::Place;
use crate::session::step::Step;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Column, Table, Width};
use crate::ui::widgets::{text, walk};
use crate::world::message::MessageId;
use crate::world::party::Party;

/// From this width on, what was told stands beside the table.
const BESIDE_FROM: f32 = 1_100.0;

/// The tab.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// What was read last, and of which run and place.
    read: Option<(Place, Arc<Step>, Known)>,
}

impl Pane for Knowledge {
    fn name(&self) -> &'static str {
        "Who knows what"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let known = self.known(desk);
        let is_wide = ui.available_width() >= BESIDE_FROM;
        let mut chosen = None;
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if is_wide {
                let side = ui.available_width() * 0.34;
                egui::Panel::right("told")
                    .exact_size(side)
                    .frame(egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)))
                    .show(ui, |ui| {
                        ScrollArea::vertical()
                            .id_salt("told")
                            .auto_shrink(false)
                            .show(ui, |ui| leaks_ui(ui, known, &mut chosen));
                    });
            }
            ScrollArea::vertical().id_salt("knowledge").auto_shrink(false).show(ui, |ui| {
                walk::stop(ui, "Facts by party", |ui| table_ui(ui, desk, known, &mut chosen));
                if !is_wide {
                    ui.add_space(12.0);
                    leaks_ui(ui, known, &mut chosen);
                }
            });
        });
        if chosen.is_some() {
            desk.selection.message = chosen;
        }
    }
}

impl Knowledge {
    /// What is known at the present place; read anew only when that is another one.
    fn known(&mut self, desk: &Desk<'_>) -> &Known {
        let (place, last) = (desk.session.here(), desk.session.last_step());
        let is_read = self.read.as_ref().is_some_and(|(read, step, _)| *read == place && Arc::ptr_eq(step, last));
        if !is_read {
            self.read = None;
        }
        let read = || Known::of(desk.session.setup().start, desk.session.past());
        &self.read.get_or_insert_with(|| (place, Arc::clone(last), read())).2
    }
}

fn table_ui(ui: &mut Ui, desk: &Desk<'_>, known: &Known, chosen: &mut Option<MessageId>) {
    let theme = Theme::of(ui);
    let is_hosted = desk.session.setup().is_hosted();
    let mut columns = vec![Column { title: "", width: Width::Share(1.9) }];
    columns.extend(Party::ALL.map(|party| Column { title: party.lane_label(is_hosted), width: Width::Share(1.0) }));
    let table = Table::new(&columns);
    table.head(ui);
    for fact in Fact::ALL {
        let knowing: Vec<&str> = Party::ALL
            .into_iter()
            .filter(|party| known.learned(fact, *party).is_some())
            .map(|party| party.lane_label(is_hosted))
            .collect();
        let name = match knowing.as_slice() {
            [] => format!("{}, known to nobody", fact.label()),
            names => format!("{}, known to {}", fact.label(), names.join(", ")),
        };
        table.row(ui, &name, false, |cells| {
            cells.text(fact.label());
            for party in Party::ALL {
                cells.ui(|ui| match known.learned(fact, party) {
                    None => text::elided(ui, "·", theme.label(), theme.color.faint),
                    Some(learned) if learned.message.is_none() => Chip::new(Tone::Neutral, "from the start").show(ui),
                    Some(learned) => {
                        let words = format!("message {}", learned.number);
                        let name = format!("{} learned {} from {words}", party.lane_label(is_hosted), fact.label());
                        let button = Button::link(&words).name(&name).show(ui);
                        if button.clicked() {
                            *chosen = learned.message;
                        }
                        button
                    }
                });
            }
        });
    }
}

fn leaks_ui(ui: &mut Ui, known: &Known, chosen: &mut Option<MessageId>) {
    let theme = Theme::of(ui);
    text::strong(ui, "Told by the way");
    ui.add_space(theme.space.tight);
    if known.leaks().is_empty() {
        text::note(ui, "Nothing yet that the purchase itself did not need");
    }
    walk::stop(ui, "List of what was told", |ui| {
        for Leak { message, number, sentence, .. } in known.leaks().iter().rev() {
            ui.horizontal(|ui| {
                Icon::Warning.show(ui, 14.0, theme.color.warn);
                let link = format!("message {number}");
                if Button::link(&link).name(&format!("Message {number}, {sentence}")).show(ui).clicked() {
                    *chosen = Some(*message);
                }
            });
            text::note(ui, sentence);
            ui.add_space(theme.space.tight);
        }
    });
}
