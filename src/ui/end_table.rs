//! The table of ends: what was done to which message, and how many of its mixes end badly, as narrow as its words.

use egui::{Align, FontId, Layout, Ui, vec2};

use crate::lens::explore::{Cell, Count, Grid};
use crate::lens::kind_words;
use crate::session::explore::end::End;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::Tone;
use crate::ui::widgets::{text, walk};

/// The side of the sign in a cell.
const SIGN: f32 = 14.0;
/// What lies between a sign and its count.
const GAP: f32 = 4.0;
/// What lies between two columns.
const COLUMN_GAP: f32 = 8.0;
/// By how much a column may be wider than its words.
const AIR_MAX: f32 = 28.0;

/// The widths of a table of ends, measured for its room.
#[derive(Clone, Debug)]
pub struct EndTable {
    names: f32,
    /// Each column's word and width.
    columns: Vec<(&'static str, f32)>,
    /// Whether a cell says of how many its bad ends are.
    has_wholes: bool,
}

impl EndTable {
    /// The roomiest table of this grid that is not wider than `room`, in points: where there is too little of it, cells count their
    /// bad ends alone.
    #[must_use]
    pub fn fitting(ui: &Ui, grid: &Grid, room: f32) -> Self {
        let whole = Self::measured(ui, grid, true);
        let table = if whole.width() <= room { whole } else { Self::measured(ui, grid, false) };
        table.aired(room)
    }

    /// How wide it is, in points.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.names + self.columns.iter().map(|(_, width)| COLUMN_GAP + width).sum::<f32>()
    }

    fn measured(ui: &Ui, grid: &Grid, has_wholes: bool) -> Self {
        let label = Theme::of(ui).label();
        let troubles = grid.troubles();
        let names = grid.kinds().iter().map(|kind| kind.name());
        let names = names.chain(troubles.iter().map(|(trouble, _)| trouble.word()));
        let words = grid.words().into_iter();
        let columns = words.map(|word| {
            let widest = |kind| count_width(ui, &label, grid.cell(kind, word), has_wholes);
            let cells = grid.kinds().iter().map(|kind| widest(*kind));
            (word, cells.fold(text_width(ui, &label, word), f32::max))
        });
        Self {
            names: names.map(|name| text_width(ui, &label, name)).fold(0.0, f32::max),
            columns: columns.collect(),
            has_wholes,
        }
    }

    /// The same with what is left of the room between its columns.
    fn aired(mut self, room: f32) -> Self {
        let count: f32 = self.columns.iter().map(|_| 1.0).sum();
        let air = ((room - self.width()) / count.max(1.0)).floor().clamp(0.0, AIR_MAX);
        for (_, width) in &mut self.columns {
            *width += air;
        }
        self
    }

    /// Shows it, and says which cell was clicked.
    pub fn ui(&self, ui: &mut Ui, grid: &Grid, chosen: Option<Cell>) -> Option<Cell> {
        walk::stop(ui, "How each mix ends", |ui| self.cells_ui(ui, grid, chosen))
    }

    fn cells_ui(&self, ui: &mut Ui, grid: &Grid, chosen: Option<Cell>) -> Option<Cell> {
        let mut clicked = None;
        ui.spacing_mut().item_spacing = vec2(COLUMN_GAP, 0.0);
        ui.horizontal(|ui| {
            sized(ui, self.names, |_| {});
            for (word, width) in &self.columns {
                sized(ui, *width, |ui| text::muted(ui, word));
            }
        });
        for kind in grid.kinds() {
            ui.horizontal(|ui| {
                let when = format!("When {}", kind_words::clause(*kind));
                sized(ui, self.names, |ui| text::plain(ui, kind.name()).on_hover_text(when));
                for (word, width) in &self.columns {
                    let cell = Cell::Message(*kind, word);
                    let name = format!("{word} {kind}");
                    let is_clicked = self.cell_ui(ui, &name, (grid.cell(*kind, word), *width), chosen == Some(cell));
                    clicked = is_clicked.then_some(cell).or(clicked);
                }
            });
        }
        let rest = self.width() - self.names - COLUMN_GAP;
        for (trouble, count) in grid.troubles() {
            ui.horizontal(|ui| {
                let cell = Cell::Trouble(trouble.word());
                sized(ui, self.names, |ui| text::plain(ui, trouble.word()).on_hover_text(trouble.sentence()));
                let is_clicked = self.cell_ui(ui, trouble.word(), (count, rest), chosen == Some(cell));
                clicked = is_clicked.then_some(cell).or(clicked);
            });
        }
        clicked
    }

    fn cell_ui(&self, ui: &mut Ui, what: &str, (count, width): (Count, f32), is_chosen: bool) -> bool {
        sized(ui, width, |ui| {
            let Some(worst) = count.worst() else { return false };
            tone(worst).icon().show(ui, SIGN, tone(worst).color(Theme::of(ui)));
            let words = words(count, self.has_wholes);
            if !worst.is_bad() {
                text::muted(ui, &words).on_hover_text(format!("{what}: no bad end of {}", count.all()));
                return false;
            }
            let name = format!("{what}, {} of {} end badly", count.bad(), count.all());
            let hint = format!("{}: {} of {}", worst.sentence(), count.bad(), count.all());
            Button::link(&words).name(&name).hint(&hint).selected(is_chosen).show(ui).clicked()
        })
    }
}

/// The tone of an end.
#[must_use]
pub fn tone(end: End) -> Tone {
    match end {
        End::PaidNoProduct | End::ProductNotPaid => Tone::Bad,
        End::Stuck => Tone::Warn,
        End::Refused => Tone::Neutral,
        End::Fine => Tone::Ok,
    }
}

/// How many ended badly and of how many; of a cell without a bad end, how many there are.
fn words(count: Count, has_wholes: bool) -> String {
    match (count.worst().is_some_and(End::is_bad), has_wholes) {
        (false, _) => count.all().to_string(),
        (true, true) => format!("{} / {}", count.bad(), count.all()),
        (true, false) => count.bad().to_string(),
    }
}

fn count_width(ui: &Ui, font: &FontId, count: Count, has_wholes: bool) -> f32 {
    if count.worst().is_none() {
        return 0.0;
    }
    // No digit is wider than a zero, and few words are measured where all counts look alike.
    let widest = words(count, has_wholes).replace(|digit: char| digit.is_ascii_digit(), "0");
    SIGN + GAP + text_width(ui, font, &widest)
}

fn text_width(ui: &Ui, font: &FontId, words: &str) -> f32 {
    ui.painter().layout_no_wrap(words.to_owned(), font.clone(), Theme::of(ui).color.text).size().x.ceil()
}

fn sized<R>(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(width, Theme::of(ui).space.row);
    let place = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.x = GAP;
        contents(ui)
    });
    place.inner
}
