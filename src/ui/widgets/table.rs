//! Tables: a quiet head, rows with hairlines, one of them selected. Rows are of equal height, so a long table can show only what is visible.

use egui::accesskit::Role;
use egui::{Color32, Rect, Response, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use crate::ui::theme::Theme;
use crate::ui::widgets::surface;
use crate::ui::widgets::text;
use crate::ui::widgets::walk;

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What stands at its head; may be empty.
    pub title: &'a str,
    /// How wide it is.
    pub width: Width,
}

/// The width of a column.
#[derive(Clone, Copy, Debug)]
pub enum Width {
    /// So many points.
    Points(f32),
    /// A share of what the others leave.
    Share(f32),
}

/// A table of these columns. It holds nothing: call [`Table::row`] for each row that shows.
/// Rows follow each other without a gap; add one after the last.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    columns: &'a [Column<'a>],
}

impl<'a> Table<'a> {
    /// What lies between two columns, and at either end, in points.
    pub const GAP: f32 = 8.0;

    /// A table of these columns.
    #[must_use]
    pub fn new(columns: &'a [Column<'a>]) -> Self {
        Self { columns }
    }

    /// The row of titles.
    pub fn head(&self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        self.head_with(ui, |cells| {
            for column in self.columns {
                cells.ui(|ui| text::elided(ui, column.title, theme.small(), theme.color.muted));
            }
        });
    }

    /// The row of titles, each as the caller draws it.
    pub fn head_with(&self, ui: &mut Ui, cells: impl FnOnce(&mut Cells<'_>)) {
        let (rect, _) = surface::flush_row(ui, Sense::hover());
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Theme::of(ui).hairline());
        cells(&mut Cells { ui, places: self.places(rect), next: 0 });
    }

    /// One row. `name` is what a screen reader says of it; `cells` fills the columns from left to right.
    pub fn row(&self, ui: &mut Ui, name: &str, is_selected: bool, cells: impl FnOnce(&mut Cells<'_>)) -> Response {
        let theme = Theme::of(ui);
        let (rect, response) = surface::flush_row(ui, Sense::click());
        surface::announce(ui, &response, Role::Row, name, is_selected);
        surface::follow_focus(&response);
        // The rows next to those that are seen are there as well: the arrows go to what stands in them.
        if ui.is_rect_visible(rect.expand2(vec2(0.0, rect.height()))) {
            let mut inner = ui.new_child(UiBuilder::new().max_rect(rect));
            let fill = match (is_selected, response.hovered()) {
                (true, _) => theme.color.selection,
                (false, true) => theme.color.hover,
                (false, false) => Color32::TRANSPARENT,
            };
            ui.painter().rect_filled(rect, 0, fill);
            ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, theme.hairline());
            if is_selected {
                let bar = Rect::from_min_max(rect.left_top(), pos2(rect.left() + 2.0, rect.bottom()));
                ui.painter().rect_filled(bar, 0, theme.color.selection_line);
            }
            cells(&mut Cells { ui: &mut inner, places: self.places(rect), next: 0 });
            surface::focus_ring(ui, &response, 0);
        } else {
            // The child's place among the ids, kept free: else the rows below would change theirs when the list scrolls, and lose
            // the keyboard. To make the child costs more than the rest of a row that nobody sees.
            ui.skip_ahead_auto_ids(1);
        }
        response
    }

    fn places(&self, rect: Rect) -> Vec<Rect> {
        let gap = Self::GAP;
        let inner = rect.shrink2(vec2(gap, 0.0));
        let points = self.columns.iter().map(Column::points).sum::<f32>();
        let gaps = self.columns.iter().skip(1).map(|_| gap).sum::<f32>();
        let shares = self.columns.iter().map(Column::share).sum::<f32>();
        let left_over = (inner.width() - points - gaps).max(0.0);
        let mut left = inner.left();
        self.columns
            .iter()
            .map(|column| {
                let width = column.points() + if shares > 0.0 { left_over * column.share() / shares } else { 0.0 };
                let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
                left += width + gap;
                place
            })
            .collect()
    }
}

impl Column<'_> {
    fn points(&self) -> f32 {
        match self.width {
            Width::Points(points) => points,
            Width::Share(_) => 0.0,
        }
    }

    fn share(&self) -> f32 {
        match self.width {
            Width::Points(_) => 0.0,
            Width::Share(share) => share,
        }
    }
}

/// So many rows of a table, named for a screen reader, in an area that scrolls. Only those are drawn that are seen, with one more at
/// either end, so that the arrows always find the next.
pub fn rows(ui: &mut Ui, area: ScrollArea, (name, count): (&str, usize), mut row: impl FnMut(&mut Ui, usize)) {
    let height = Theme::of(ui).space.row;
    area.show_viewport(ui, |ui, viewport| {
        ui.set_height(as_points(count) * height);
        let origin = ui.max_rect().min;
        let (first, last) = (row_at(viewport.top() / height - 1.0), row_at(viewport.bottom() / height + 2.0));
        walk::stop(ui, name, |ui| {
            // A row keeps its id wherever the list stands, and with it the keyboard.
            ui.skip_ahead_auto_ids(first);
            for index in first..last.min(count) {
                let place = pos2(origin.x, origin.y + as_points(index) * height);
                let place = Rect::from_min_size(place, vec2(ui.max_rect().width(), height));
                ui.scope_builder(UiBuilder::new().id_salt(index).max_rect(place), |ui| row(ui, index));
            }
        });
    });
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^24 rows, where a list is 600 million points high")]
fn as_points(count: usize) -> f32 {
    count as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a list can hold")]
fn row_at(rows_down: f32) -> usize {
    rows_down.floor().clamp(0.0, 1e7) as usize
}

/// The cells of one row, filled from left to right. A cell past the last column is not shown.
pub struct Cells<'a> {
    ui: &'a mut Ui,
    places: Vec<Rect>,
    next: usize,
}

impl Cells<'_> {
    /// A word in the next cell.
    pub fn text(&mut self, words: &str) {
        self.ui(|ui| text::plain(ui, words));
    }

    /// A word that is read second in the next cell.
    pub fn muted(&mut self, words: &str) {
        self.ui(|ui| text::muted(ui, words));
    }

    /// An id, claim or time in the next cell.
    pub fn mono(&mut self, words: &str) {
        self.ui(|ui| text::mono(ui, words));
    }

    /// The same in this colour.
    pub fn mono_in(&mut self, words: &str, color: Color32) {
        self.ui(|ui| text::mono_in(ui, words, color));
    }

    /// Whatever the caller draws in the next cell.
    pub fn ui<R>(&mut self, contents: impl FnOnce(&mut Ui) -> R) -> Option<R> {
        let place = self.places.get(self.next).copied()?;
        self.next += 1;
        let mut cell = surface::row_ui(self.ui, place);
        cell.shrink_clip_rect(place.expand(2.0));
        Some(contents(&mut cell))
    }
}
