//! The verdict: the whole ladder of the selected receipt, and what would get through with a check switched off.

use egui::{ScrollArea, Ui};

use crate::protocol::verdict::check::{Check, CheckSet, Outcome};
use crate::protocol::verdict::ladder::Rung;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::ladder;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::Chip;
use crate::ui::widgets::table::{Cells, Column, Table, Width};
use crate::ui::widgets::{field, text, walk};

/// The ladder's own tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verdict {
    /// Checks that are left out of this judgement; the run is not changed.
    off: CheckSet,
}

const WIDE: [Column<'static>; 6] = [
    Column { title: "", width: Width::Points(40.0) },
    Column { title: "", width: Width::Share(0.9) },
    Column { title: "", width: Width::Share(1.0) },
    Column { title: "", width: Width::Share(1.6) },
    Column { title: "", width: Width::Points(150.0) },
    Column { title: "", width: Width::Points(44.0) },
];

const NARROW: [Column<'static>; 5] = [
    Column { title: "", width: Width::Points(40.0) },
    Column { title: "", width: Width::Share(1.0) },
    Column { title: "", width: Width::Share(0.9) },
    Column { title: "", width: Width::Share(1.3) },
    Column { title: "", width: Width::Points(44.0) },
];

impl Pane for Verdict {
    fn name(&self) -> &'static str {
        "Verdict"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let Some(verdict) = desk.view.judged_without(desk.session, self.off) else {
            return text::empty_state(
                ui,
                Icon::Search,
                "No receipt yet",
                "The ladder judges receipts; one comes when the payment is through",
            );
        };
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = theme.space.tight;
            ui.horizontal(|ui| {
                ladder::headline_ui(ui, &verdict);
                let words = "Switch a check off to see what would then get through. The run itself is not changed";
                text::muted(
                    ui,
                    if self.off.is_empty() {
                        words
                    } else {
                        "Judged here without the checks that are off. The run itself is not changed"
                    },
                );
                if !self.off.is_empty() && Button::link("all on").name("Switch all checks on").show(ui).clicked() {
                    self.off = CheckSet::NONE;
                }
            });
            let is_wide = ui.available_width() > 1150.0;
            let table = Table::new(if is_wide { &WIDE } else { &NARROW });
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().id_salt("verdict").auto_shrink(false).show(ui, |ui| {
                walk::stop(ui, "Rungs of the ladder", |ui| {
                    for rung in verdict.rungs() {
                        let name = format!("{}, {}", rung.check.label(), rung.outcome.label());
                        table.row(ui, &name, rung.outcome == Outcome::Failed, |cells| {
                            self.cells_ui(cells, theme, rung, is_wide);
                        });
                        if let (Outcome::Failed, Some(fix)) = (rung.outcome, rung.fix()) {
                            ui.horizontal(|ui| {
                                ui.add_space(56.0);
                                ui.set_min_height(theme.space.row);
                                Icon::Info.show(ui, 14.0, theme.color.info);
                                text::muted(ui, fix);
                            });
                        }
                    }
                });
            });
        });
    }
}

impl Verdict {
    fn cells_ui(&mut self, cells: &mut Cells<'_>, theme: &Theme, rung: &Rung, is_wide: bool) {
        let tone = ladder::tone_of(rung.outcome);
        cells.ui(|ui| Chip::mark(tone, rung.outcome.label()).show(ui));
        cells.text(rung.check.label());
        cells.mono(&rung.shown());
        match (is_wide, rung.code) {
            (false, Some(code)) => cells.muted(&format!("{} {code}", rung.sentence())),
            (false, None) | (true, _) => cells.muted(rung.sentence()),
        }
        if is_wide {
            cells.mono_in(rung.code.unwrap_or_default(), theme.color.bad);
        }
        cells.ui(|ui| self.switch_ui(ui, rung.check));
    }

    fn switch_ui(&mut self, ui: &mut Ui, check: Check) {
        let mut is_on = !self.off.contains(check);
        let response = field::bare_switch(ui, &format!("Check {}", check.label()), &mut is_on);
        if response.changed() {
            self.off = if is_on { self.off.without(check) } else { self.off.with(check) };
        }
    }
}
