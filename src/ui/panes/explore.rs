//! Explore: everything that can go wrong with this run, as a grid of ends. A cell lists its bad ends; each opens at its point
//! of no return.

use egui::{Align, Frame, Layout, Margin, ProgressBar, ScrollArea, Ui, vec2};

use crate::lens::explore::{BadEnd, Cell};
use crate::session::explore::end::End;
use crate::session::scenario::play::play;
use crate::ui::desk::{Ask, Desk};
use crate::ui::end_table::{EndTable, tone};
use crate::ui::explored::{Shown, Standing};
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::Chip;
use crate::ui::widgets::{choice, text, walk};

/// From this width on, the list stands beside the grid.
const BESIDE_FROM: f32 = 900.0;
/// What the list needs there, and what lies between the two.
const LIST_WIDTH: f32 = 300.0;
const BETWEEN: f32 = 16.0;
/// How many bad ends a list shows; the others are counted.
const LISTED_MAX: usize = 200;

/// The tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explore {
    is_double: bool,
    cell: Option<Cell>,
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
        let room = ui.available_size();
        let bar = ui.spacing().scroll.allocated_width();
        if room.x < BESIDE_FROM {
            let table = EndTable::fitting(ui, &shown.grid, room.x - bar);
            ScrollArea::both().id_salt("explored").auto_shrink(false).show(ui, |ui| {
                self.choose(table.ui(ui, &shown.grid, self.cell));
                self.list_ui(ui, desk, shown);
            });
            return;
        }
        let widest = room.x - LIST_WIDTH - BETWEEN;
        let table = EndTable::fitting(ui, &shown.grid, widest - bar);
        ui.horizontal_top(|ui| {
            let left = vec2((table.width() + bar).min(widest), room.y);
            ui.allocate_ui_with_layout(left, Layout::top_down(Align::Min), |ui| {
                let grid = ScrollArea::both().id_salt("grid").auto_shrink(false);
                self.choose(grid.show(ui, |ui| table.ui(ui, &shown.grid, self.cell)).inner);
            });
            ui.add_space(BETWEEN - ui.spacing().item_spacing.x);
            let rest = vec2(room.x - left.x - BETWEEN, room.y);
            ui.allocate_ui_with_layout(rest, Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical().id_salt("ends").auto_shrink(false).show(ui, |ui| self.list_ui(ui, desk, shown));
            });
        });
    }

    /// A click on the cell that is chosen lets it go.
    fn choose(&mut self, clicked: Option<Cell>) {
        if clicked.is_some() {
            self.cell = if clicked == self.cell { None } else { clicked };
        }
    }

    fn list_ui(&self, ui: &mut Ui, desk: &mut Desk<'_>, shown: &Shown) {
        let is_listed =
            |end: &&BadEnd| self.cell.is_none_or(|cell| end.faults.iter().any(|dealt| Cell::of(dealt) == cell));
        let listed: Vec<&BadEnd> = shown.bad.iter().filter(is_listed).collect();
        text::strong(ui, &heading(self.cell, listed.len()));
        if listed.is_empty() && self.cell.is_some() {
            text::note(ui, "The bad ends of this cell come of its other faults alone");
        }
        walk::stop(ui, "List of bad ends", |ui| {
            for end in listed.iter().take(LISTED_MAX) {
                end_ui(ui, desk, end);
            }
        });
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
    ui.horizontal_wrapped(|ui| {
        Chip::new(tone(end.end), end.end.label()).signed().show(ui);
        let (words, point) = (end.words(), end.fate.lost.or(end.fate.untended));
        let words = if words.is_empty() { "no further fault".to_owned() } else { words };
        let hint = if end.fate.lost.is_some() { "Open this run at its point of no return" } else { "Open this run" };
        if Button::link(&words).name(&format!("open {words}")).hint(hint).wrapped().show(ui).clicked() {
            let mut session = play(&end.scenario).session;
            session.rewind(point.map_or(1, |point| point.taken));
            desk.ask(Ask::Show(Box::new(session)));
        }
        if end.mixes > 1 {
            text::muted_whole(ui, &format!("in {} mixes", end.mixes));
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
