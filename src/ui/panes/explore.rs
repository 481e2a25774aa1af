//! Explore: everything that can go wrong with this run, as a grid of ends. A cell lists its bad ends; each opens at its point
//! of no return.

use egui::{Align, Frame, Layout, Margin, ProgressBar, ScrollArea, Ui, vec2};

use crate::lens::explore::{BadEnd, Cell, Count};
use crate::lens::kind_words;
use crate::session::explore::end::End;
use crate::session::scenario::play::play;
use crate::ui::desk::{Ask, Desk};
use crate::ui::explored::{Shown, Standing};
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{choice, text};
use crate::world::kind::Kind;

/// The width of a message's name.
const NAME_WIDTH: f32 = 136.0;
/// The width of a cell: what its head and its counts need, and what they may have. A narrower grid scrolls.
const CELL_WIDTHS: std::ops::RangeInclusive<f32> = 64.0..=84.0;
/// What a cell with counts of three digits and more needs.
const LARGE_CELL_WIDTH: f32 = 92.0;
/// From this many mixes on, a cell counts in three digits.
const LARGE_FROM: usize = 100;
const GAP: f32 = 4.0;
/// From this width on, the list stands beside the grid.
const BESIDE_FROM: f32 = 900.0;
/// How many bad ends a list shows; the others are counted.
const LISTED_MAX: usize = 200;

/// The tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explore {
    is_double: bool,
    cell: Option<Cell>,
    /// How wide the cells are in this pass.
    cell_width: f32,
}

impl Pane for Explore {
    fn name(&self) -> &'static str {
        "Explore"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            self.head_ui(ui, desk);
            match desk.explored {
                Standing::Idle => {
                    let advice =
                        "Each message dropped, late, twice or spoilt; each party in trouble; how every mix ends";
                    text::empty_state(ui, Icon::Search, "Nothing explored yet", advice);
                }
                Standing::Under { words, done, of } => progress_ui(ui, words, (*done, *of)),
                Standing::Failed(why) => {
                    ui.horizontal(|ui| {
                        Icon::Warning.show(ui, 16.0, Theme::of(ui).color.bad);
                        text::plain(ui, why);
                    });
                }
                Standing::Done(shown) => {
                    let shown = shown.clone();
                    self.shown_ui(ui, desk, &shown);
                }
            }
        });
    }
}

impl Explore {
    fn head_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        ui.horizontal(|ui| {
            if matches!(desk.explored, Standing::Under { .. }) {
                if Button::quiet("Stop").show(ui).clicked() {
                    desk.ask(Ask::StopExploring);
                }
                return;
            }
            let explore = Button::filled("Explore").hint("Try everything that can go wrong with this run").show(ui);
            if explore.clicked() {
                self.cell = None;
                desk.ask(Ask::Explore { is_double: self.is_double });
            }
            choice::segments(ui, "faults", &mut self.is_double, &[(false, "one fault"), (true, "two faults")]);
            if let Standing::Done(shown) = desk.explored {
                totals_ui(ui, shown);
            }
        });
        ui.add_space(4.0);
    }

    fn shown_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, shown: &Shown) {
        if ui.available_width() < BESIDE_FROM {
            ScrollArea::both().id_salt("explored").auto_shrink(false).show(ui, |ui| {
                self.grid_ui(ui, shown);
                self.list_ui(ui, desk, shown);
            });
            return;
        }
        let room = ui.available_size();
        ui.horizontal_top(|ui| {
            let share = vec2((room.x * 0.6).floor(), room.y);
            ui.allocate_ui_with_layout(share, Layout::top_down(Align::Min), |ui| {
                ScrollArea::both().id_salt("grid").auto_shrink(false).show(ui, |ui| self.grid_ui(ui, shown));
            });
            let rest = vec2(room.x - share.x - 16.0, room.y);
            ui.allocate_ui_with_layout(rest, Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical().id_salt("ends").auto_shrink(false).show(ui, |ui| self.list_ui(ui, desk, shown));
            });
        });
    }

    fn grid_ui(&mut self, ui: &mut Ui, shown: &Shown) {
        let words = shown.grid.words();
        let has_large = |kind: &Kind| words.iter().any(|word| shown.grid.cell(*kind, word).all() >= LARGE_FROM);
        let is_large = shown.grid.kinds().iter().any(has_large);
        let columns: f32 = words.iter().map(|_| 1.0).sum();
        let share = ((ui.available_width() - NAME_WIDTH) / columns - GAP).floor();
        self.cell_width =
            if is_large { LARGE_CELL_WIDTH } else { share.clamp(*CELL_WIDTHS.start(), *CELL_WIDTHS.end()) };
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        ui.horizontal(|ui| {
            sized(ui, NAME_WIDTH, |_| {});
            for word in &words {
                sized(ui, self.cell_width, |ui| text::muted(ui, word));
            }
        });
        for kind in shown.grid.kinds() {
            ui.horizontal(|ui| {
                let when = format!("When {}", kind_words::clause(*kind));
                sized(ui, NAME_WIDTH, |ui| text::plain(ui, kind.name()).on_hover_text(when));
                for word in &words {
                    let name = format!("{word} {kind}");
                    self.cell_ui(ui, &name, shown.grid.cell(*kind, word), Cell::Message(*kind, word));
                }
            });
        }
        for (trouble, count) in shown.grid.troubles() {
            ui.horizontal(|ui| {
                sized(ui, NAME_WIDTH, |ui| text::plain(ui, trouble.word()).on_hover_text(trouble.sentence()));
                self.cell_ui(ui, trouble.word(), count, Cell::Trouble(trouble.word()));
            });
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, what: &str, count: Count, cell: Cell) {
        sized(ui, self.cell_width, |ui| {
            let Some(worst) = count.worst() else { return };
            tone(worst).icon().show(ui, 14.0, tone(worst).color(Theme::of(ui)));
            if !worst.is_bad() {
                text::muted(ui, &count.all().to_string())
                    .on_hover_text(format!("{what}: no bad end of {}", count.all()));
                return;
            }
            let words = format!("{} / {}", count.bad(), count.all());
            let name = format!("{what}, {} of {} end badly", count.bad(), count.all());
            let is_chosen = self.cell == Some(cell);
            if Button::link(&words).name(&name).hint(worst.sentence()).selected(is_chosen).show(ui).clicked() {
                self.cell = if is_chosen { None } else { Some(cell) };
            }
        });
    }

    fn list_ui(&self, ui: &mut Ui, desk: &mut Desk<'_>, shown: &Shown) {
        let is_listed =
            |end: &&BadEnd| self.cell.is_none_or(|cell| end.faults.iter().any(|dealt| Cell::of(dealt) == cell));
        let listed: Vec<&BadEnd> = shown.bad.iter().filter(is_listed).collect();
        text::strong(ui, &heading(self.cell, listed.len()));
        if listed.is_empty() && self.cell.is_some() {
            text::note(ui, "The bad ends of this cell come of its other faults alone");
        }
        for end in listed.iter().take(LISTED_MAX) {
            end_ui(ui, desk, end);
        }
        if listed.len() > LISTED_MAX {
            text::note(ui, &format!("And {} more; choose a cell to see fewer", listed.len() - LISTED_MAX));
        }
    }
}

fn heading(cell: Option<Cell>, count: usize) -> String {
    let ends = if count == 1 { "1 bad end".to_owned() } else { format!("{count} bad ends") };
    match cell {
        None => format!("{ends}, each as small as it can be"),
        Some(Cell::Message(kind, word)) => format!("{ends} with {word} {kind}"),
        Some(Cell::Trouble(word)) => format!("{ends} with {word}"),
    }
}

fn end_ui(ui: &mut Ui, desk: &mut Desk<'_>, end: &BadEnd) {
    ui.horizontal(|ui| {
        Chip::new(tone(end.end), end.end.label()).signed().show(ui);
        let (words, point) = (end.words(), end.fate.lost.or(end.fate.untended));
        let words = if words.is_empty() { "no further fault".to_owned() } else { words };
        let hint = if end.fate.lost.is_some() { "Open this run at its point of no return" } else { "Open this run" };
        if Button::link(&words).name(&format!("open {words}")).hint(hint).show(ui).clicked() {
            let mut session = play(&end.scenario).session;
            session.rewind(point.map_or(1, |point| point.taken));
            desk.ask(Ask::Show(Box::new(session)));
        }
        if end.mixes > 1 {
            text::muted(ui, &format!("in {} mixes", end.mixes));
        }
    });
    for sentence in end.advice() {
        text::note(ui, &sentence);
    }
    ui.add_space(6.0);
}

fn totals_ui(ui: &mut Ui, shown: &Shown) {
    let total = shown.grid.total();
    for end in End::ALL {
        let count = total.of(end);
        if count > 0 {
            Chip::new(tone(end), &format!("{count} {}", end.label())).signed().show(ui).on_hover_text(end.sentence());
        }
    }
    text::muted(ui, &shown.title).on_hover_text(format!(
        "{}: {} without a further fault; {} mixes struck nothing",
        shown.title,
        shown.plain.label(),
        shown.void
    ));
}

#[expect(clippy::cast_precision_loss, reason = "a bar needs no more than seven digits")]
fn progress_ui(ui: &mut Ui, words: &str, (done, of): (usize, usize)) {
    let share = done as f32 / of.max(1) as f32;
    let words = format!("{words}: {done} of {of}");
    ui.add(ProgressBar::new(share).desired_width(420.0).text(words));
}

fn tone(end: End) -> Tone {
    match end {
        End::PaidNoProduct | End::ProductNotPaid => Tone::Bad,
        End::Stuck => Tone::Warn,
        End::Refused => Tone::Neutral,
        End::Fine => Tone::Ok,
    }
}

fn sized<R>(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui) -> R) {
    let height = Theme::of(ui).space.row;
    ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(vec2(width, height));
        ui.set_max_width(width);
        contents(ui);
    });
}
