//! The domain check's lab: attackers by policies, filled by letting each of them try. A click on a cell opens that run.

use egui::accesskit::Role;
use egui::{Rect, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::lens::domain_grid::{Attacker, Cell, Grid, Outcome, run};
use crate::protocol::dial::DomainCheck;
use crate::ui::desk::{Ask, Desk};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{surface, text, walk};

/// What the longest attacker's name needs.
const NAMES_WIDTH: f32 = 210.0;
/// What the longest code needs; a narrower window scrolls. A wider one gives its cells more room, within reason.
const CELL_WIDTHS: std::ops::RangeInclusive<f32> = 146.0..=232.0;

/// The lab. One cell is tried in each frame until all are.
#[derive(Clone, Debug, Default)]
pub struct Domains {
    grid: Grid,
}

impl Pane for Domains {
    fn name(&self) -> &'static str {
        "Domain check"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        if self.grid.fill_one() {
            ui.ctx().request_repaint();
        }
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 4)).show(ui, |ui| {
            let tried = self.grid.cells().len();
            let words = if tried < Grid::size() {
                format!("Who gets a pay request for an app that is not theirs: {tried} of {} tried", Grid::size())
            } else {
                "Who gets a pay request for an app that is not theirs. Each cell is a run; click to open it".to_owned()
            };
            text::note(ui, &words);
            ScrollArea::both().id_salt("domains").auto_shrink(false).show(ui, |ui| {
                walk::stop(ui, "Attackers by check", |ui| self.grid_ui(ui, desk));
            });
        });
    }
}

impl Domains {
    fn grid_ui(&self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        ui.spacing_mut().item_spacing = vec2(theme.space.tight, 0.0);
        let count = DomainCheck::ALL.iter().map(|_| 1.0).sum::<f32>();
        let room = ui.available_width() - NAMES_WIDTH - count * theme.space.tight;
        let width = (room / count).floor().clamp(*CELL_WIDTHS.start(), *CELL_WIDTHS.end());
        ui.horizontal(|ui| {
            slot(ui, NAMES_WIDTH, |ui| drop(text::muted(ui, "")));
            for check in DomainCheck::ALL {
                slot(ui, width, |ui| drop(text::strong(ui, check.label()).on_hover_text(check.meaning())));
            }
        });
        for attacker in Attacker::ALL {
            surface::hairline(ui);
            ui.horizontal(|ui| {
                slot(ui, NAMES_WIDTH, |ui| drop(text::plain(ui, attacker.label()).on_hover_text(attacker.meaning())));
                for check in DomainCheck::ALL {
                    match self.grid.cell(*check, *attacker) {
                        None => slot(ui, width, |ui| drop(text::muted(ui, "…"))),
                        Some(cell) => cell_ui(ui, desk, cell, width),
                    }
                }
            });
        }
    }
}

/// Room for one cell of this width.
fn slot(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, Theme::of(ui).space.row), Sense::hover());
    contents(&mut surface::row_ui(ui, rect));
}

fn cell_ui(ui: &mut Ui, desk: &mut Desk<'_>, cell: &Cell, width: f32) {
    let theme = Theme::of(ui);
    let (tone, words, told) = match &cell.outcome {
        Outcome::LetIn => (Tone::Bad, "let in", "let in".to_owned()),
        Outcome::Refused { code, sentence } => (Tone::Ok, *code, format!("refused, {sentence}")),
    };
    let name = format!("{} against {}: {told}", cell.attacker.label(), cell.check.label());
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme.space.row), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    surface::follow_focus(&response);
    if response.hovered() {
        ui.painter().rect_filled(rect, theme.corner.button, theme.color.hover);
    }
    let inner = Rect::from_min_max(rect.min + vec2(2.0, 0.0), rect.max);
    let mut cell_ui = surface::row_ui(ui, inner);
    Chip::mark(tone, tone_word(tone)).show(&mut cell_ui);
    let ink = if tone == Tone::Bad { theme.color.bad } else { theme.color.muted };
    text::elided(&mut cell_ui, words, theme.small(), ink);
    surface::focus_ring(ui, &response, theme.corner.button);
    if response.on_hover_text(&name).clicked() {
        desk.ask(Ask::Show(Box::new(run(cell.check, cell.attacker))));
    }
}

fn tone_word(tone: Tone) -> &'static str {
    if tone == Tone::Bad { "let in" } else { "refused" }
}
