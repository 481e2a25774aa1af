//! The second opinion: the selected receipt judged by everybody at once, with the rule behind each disagreement.

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::lens::opinion::{Judge, Opinion, Opinions as Asked};
use crate::protocol::verdict::check::{Check, Outcome};
use crate::session::branch::Place;
use crate::session::step::Step;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::ladder;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Column, Table, Width};
use crate::ui::widgets::{text, walk};

/// The tab.
#[derive(Clone, Debug, Default)]
pub struct Opinions {
    /// The receipt that was asked about last, where and when, and what was said.
    asked: Option<(Place, Arc<Step>, Arc<str>, Asked)>,
}

impl Pane for Opinions {
    fn name(&self) -> &'static str {
        "Opinions"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let Some(asked) = self.asked(desk) else {
            let advice = "Five verifiers judge each receipt; one comes when the payment is through";
            return text::empty_state(ui, Icon::Search, "No receipt yet", advice);
        };
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().id_salt("opinions").auto_shrink(false).show(ui, |ui| {
                walk::stop(ui, "Checks by verifier", |ui| table_ui(ui, asked));
                ui.add_space(12.0);
                disputes_ui(ui, asked);
            });
        });
    }
}

impl Opinions {
    /// What everybody says of the selected receipt, as things stand now; asked anew only when either changed.
    fn asked(&mut self, desk: &Desk<'_>) -> Option<&Asked> {
        let receipt = Arc::clone(&desk.view.subject().receipt.as_ref()?.text);
        let (place, last) = (desk.session.here(), desk.session.last_step());
        let is_asked = self
            .asked
            .as_ref()
            .is_some_and(|(at, step, about, _)| *at == place && Arc::ptr_eq(step, last) && *about == receipt);
        if !is_asked {
            self.asked = None;
        }
        let ask = || {
            let said = Asked::of(desk.session.world(), &receipt);
            (place, Arc::clone(last), Arc::clone(&receipt), said)
        };
        Some(&self.asked.get_or_insert_with(ask).3)
    }
}

fn table_ui(ui: &mut Ui, asked: &Asked) {
    let mut columns = vec![Column { title: "", width: Width::Share(1.6) }];
    columns.extend(Judge::ALL.map(|judge| Column { title: judge.label(), width: Width::Share(1.0) }));
    let table = Table::new(&columns);
    table.head(ui);
    let all = if asked.is_unanimous() { "All agree" } else { "They disagree" };
    table.row(ui, all, false, |cells| {
        cells.ui(|ui| text::strong(ui, all));
        for opinion in asked.list() {
            cells.ui(|ui| verdict_ui(ui, opinion));
        }
    });
    for check in Check::ALL {
        let is_disputed = asked.is_disputed(check);
        let name = format!("{}, {}", check.label(), if is_disputed { "disputed" } else { "not disputed" });
        table.row(ui, &name, is_disputed, |cells| {
            cells.text(check.label());
            for opinion in asked.list() {
                let look = opinion.look(check);
                let words = format!("{}, {}", look.outcome.label(), look.rule);
                cells.ui(|ui| Chip::mark(ladder::tone_of(look.outcome), &words).show(ui));
            }
        });
    }
}

fn verdict_ui(ui: &mut Ui, opinion: &Opinion) {
    let (tone, words) = if opinion.is_accepted { (Tone::Ok, "lets it in") } else { (Tone::Bad, "refuses") };
    let code = opinion.code.map_or(String::new(), |code| format!(" {code}"));
    let tooltip = format!("{}{code}. {}", opinion.headline, opinion.judge.meaning());
    Chip::new(tone, words).signed().show(ui).on_hover_text(tooltip);
}

/// Each disputed check with what each judge holds.
fn disputes_ui(ui: &mut Ui, asked: &Asked) {
    let theme = Theme::of(ui);
    for check in Check::ALL.into_iter().filter(|check| asked.is_disputed(*check)) {
        text::strong(ui, check.label());
        for opinion in asked.list() {
            let look = opinion.look(check);
            if look.outcome == Outcome::NotReached {
                continue;
            }
            ui.horizontal(|ui| {
                ladder::icon_of(look.outcome).show(ui, 14.0, ladder::tone_of(look.outcome).color(theme));
                text::plain(ui, opinion.judge.label());
                text::muted(ui, look.rule);
            });
        }
        ui.add_space(theme.space.gap);
    }
}
