//! The claims: the token in its three colours, every claim in plain words, and the short ladder beside them.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Galley, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2};

use crate::lens::claim_marks::Mark;
use crate::lens::claims::{ClaimRow, TokenReading};
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::ladder;
use crate::ui::pane::Pane;
use crate::ui::subject::Token;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Cells, Column, Table, Width};
use crate::ui::widgets::{text, walk};
use crate::world::seat::Seat;

/// From this width on, the short ladder has room beside the claims; below it has its own tab alone.
const LADDER_FROM: f32 = 920.0;
/// From this width on, the token's bytes have room beside the claims.
const BYTES_FROM: f32 = 620.0;

/// What a token says.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// The bytes of the token that the pointer marks, from last pass: by its row or by the bytes themselves.
    hovered: Option<Range<usize>>,
}

const COLUMNS: [Column<'static>; 4] = [
    Column { title: "", width: Width::Share(0.55) },
    Column { title: "", width: Width::Share(1.3) },
    Column { title: "", width: Width::Share(1.2) },
    Column { title: "", width: Width::Points(30.0) },
];

impl Pane for Claims {
    fn name(&self) -> &'static str {
        "Claims"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let subject = desk.view.subject();
        let Some(token) = &subject.token else {
            let advice = match desk.session.setup().seats.app_page {
                Seat::Simulated => "The pay request is the first one: press Space a few times",
                Seat::External => "The pay request is the first one: your own app brings it",
            };
            return text::empty_state(ui, Icon::Key, "No token yet", advice);
        };
        let theme = Theme::of(ui);
        let room = ui.max_rect();
        let verdict = token.verdict.as_ref().filter(|_| room.width() >= LADDER_FROM);
        let left = if room.width() < BYTES_FROM { 0.0 } else { (room.width() * 0.206).clamp(200.0, 420.0) };
        let right = verdict.map_or(0.0, |_| (room.width() * 0.219).clamp(230.0, 420.0));
        let token_rect = Rect::from_min_max(room.min, pos2(room.left() + left, room.bottom()));
        let ladder_rect = Rect::from_min_max(pos2(room.right() - right, room.top()), room.max);
        let table_rect =
            Rect::from_min_max(pos2(token_rect.right(), room.top()), pos2(ladder_rect.left(), room.bottom()));
        let marked = self.hovered.take();
        if left > 0.0 {
            ui.painter().vline(table_rect.left() + 0.5, room.y_range(), theme.hairline());
            token_ui(&mut column(ui, token_rect), token, marked.as_ref(), &mut self.hovered);
        }
        rows_ui(&mut column(ui, table_rect), &token.reading, marked.as_ref(), &mut self.hovered);
        if let Some(verdict) = verdict {
            ui.painter().vline(ladder_rect.left() + 0.5, room.y_range(), theme.hairline());
            let mut ladder_ui = column(ui, ladder_rect);
            ScrollArea::vertical()
                .id_salt("short ladder")
                .auto_shrink(false)
                .show(&mut ladder_ui, |ui| ladder::short_ui(ui, verdict));
        }
        if self.hovered != marked {
            ui.ctx().request_repaint();
        }
    }
}

fn column(ui: &mut Ui, rect: Rect) -> Ui {
    let mut column = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(egui::vec2(12.0, 10.0))));
    column.shrink_clip_rect(rect);
    column
}

fn token_ui(ui: &mut Ui, token: &Token, marked: Option<&Range<usize>>, hovered: &mut Option<Range<usize>>) {
    ScrollArea::vertical().id_salt("token").auto_shrink(false).show(ui, |ui| {
        if !token.is_own {
            text::note(
                ui,
                &format!("Message {} carries no token; this is from message {}", token.wanted, token.number),
            );
        }
        let galley = galley_of(ui, token, marked);
        let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, format!("Token {}", token.text))
        });
        ui.painter().galley(rect.min, Arc::clone(&galley), Color32::PLACEHOLDER);
        if let Some(at) = response.hover_pos() {
            let byte = galley.cursor_from_pos(at - rect.min).index.0;
            *hovered = token.claim_at(byte);
        }
        if Button::link("copy").name("Copy the token").show(ui).clicked() {
            ui.ctx().copy_text(token.text.to_string());
        }
    });
}

fn galley_of(ui: &Ui, token: &Token, marked: Option<&Range<usize>>) -> Arc<Galley> {
    let theme = Theme::of(ui);
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width();
    job.wrap.break_anywhere = true;
    let ground = |is_marked: bool| if is_marked { theme.color.selection } else { Color32::TRANSPARENT };
    for (range, ink) in token.colours(theme) {
        for (piece, is_marked) in split(&range, marked) {
            let Some(words) = token.text.get(piece) else { continue };
            let format = TextFormat {
                font_id: theme.mono(),
                color: ink,
                background: ground(is_marked),
                line_height: Some(18.0),
                ..TextFormat::default()
            };
            job.append(words, 0.0, format);
        }
    }
    ui.painter().layout_job(job)
}

/// Cuts `range` where the marked bytes begin and end.
fn split(range: &Range<usize>, marked: Option<&Range<usize>>) -> Vec<(Range<usize>, bool)> {
    let Some(marked) = marked else { return vec![(range.clone(), false)] };
    let start = marked.start.clamp(range.start, range.end);
    let end = marked.end.clamp(start, range.end);
    [(range.start..start, false), (start..end, true), (end..range.end, false)]
        .into_iter()
        .filter(|(piece, _)| !piece.is_empty())
        .collect()
}

fn rows_ui(ui: &mut Ui, reading: &TokenReading, marked: Option<&Range<usize>>, hovered: &mut Option<Range<usize>>) {
    let theme = Theme::of(ui);
    let list = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for finding in &reading.findings {
            ui.horizontal(|ui| {
                ui.set_min_height(theme.space.row);
                mark_ui(ui, finding.mark, "");
                text::plain(ui, &finding.sentence);
            });
        }
        claims_ui(ui, &reading.rows, marked, hovered);
        if !reading.header.is_empty() {
            ui.add_space(theme.space.gap);
            text::muted(ui, "Header");
            claims_ui(ui, &reading.header, marked, hovered);
        }
        for (index, certificate) in reading.certificates.iter().enumerate() {
            ui.add_space(theme.space.gap);
            text::muted(ui, &format!("Certificate {}", index + 1));
            claims_ui(ui, &certificate.rows, marked, hovered);
        }
    };
    let area = ScrollArea::vertical().id_salt("claims").auto_shrink(false);
    area.show(ui, |ui| walk::stop(ui, "List of claims", list));
}

fn claims_ui(ui: &mut Ui, rows: &[ClaimRow], marked: Option<&Range<usize>>, hovered: &mut Option<Range<usize>>) {
    let table = Table::new(&COLUMNS);
    for row in rows {
        let is_marked = marked == Some(&row.encoded);
        let response = table.row(ui, &format!("Claim {}", row.path), is_marked, |cells| claim_ui(cells, row));
        if response.hovered() {
            *hovered = Some(row.encoded.clone());
        }
    }
}

fn claim_ui(cells: &mut Cells<'_>, row: &ClaimRow) {
    cells.ui(|ui| text::mono_in(ui, &row.path, Theme::of(ui).color.jwt[1]));
    match &row.human {
        Some(human) => cells.mono(&format!("{} · {human}", row.value)),
        None => cells.mono(&row.value),
    }
    cells.muted(row.sentence);
    cells.ui(|ui| mark_ui(ui, row.mark, row.source));
}

fn mark_ui(ui: &mut Ui, mark: Mark, source: &str) {
    let (tone, words) = match mark {
        Mark::Ok => (Tone::Ok, "As it should be"),
        Mark::Info => (Tone::Info, "Worth knowing"),
        Mark::Warn => (Tone::Warn, "Worth a second look"),
        Mark::Bad => (Tone::Bad, "Some reader must refuse it"),
    };
    let chip = Chip::mark(tone, words).show(ui);
    if !source.is_empty() {
        chip.on_hover_text(source);
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn marked_bytes_cut_a_part_in_three() {
        assert_eq!(split(&(0..10), Some(&(3..5))), [(0..3, false), (3..5, true), (5..10, false)]);
        assert_eq!(split(&(0..10), Some(&(8..20))), [(0..8, false), (8..10, true)]);
        assert_eq!(split(&(0..10), Some(&(20..30))), [(0..10, false)]);
        assert_eq!(split(&(0..10), None), [(0..10, false)]);
    }
}
