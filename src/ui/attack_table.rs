//! The table of attacks: each card against each check left out, as narrow as its words, with marks for what must be off together.

use egui::Ui;

use crate::lens::attack::Reading;
use crate::lens::attack_grid::{Depth, Grid, Row};
use crate::session::attack::barrier::Barrier;
use crate::session::attack::card::Card;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::table::{Cells, Column, Table, Width};
use crate::ui::widgets::text;
use crate::world::setup::Setup;

/// What a card's name needs, and what it must have before anything is scrolled.
const NAME_WIDTHS: std::ops::RangeInclusive<f32> = 150.0..=244.0;
/// What the words of several checks need; where there is no room for them, the marks say the same.
const NEEDED_WIDTH: f32 = 196.0;
/// By how much a cell may be wider than its head.
const AIR_MAX: f32 = 28.0;
const CARD: &str = "Card";
const AS_IT_IS: &str = "as it is";
const NEEDED: &str = "must all be off";

/// What somebody wants of the table.
#[derive(Debug)]
pub enum Asked {
    /// To read this card.
    Card(&'static Card),
    /// To see this card's run under these dials.
    Run(&'static Card, Box<Setup>),
}

/// What the signs of the cells mean, in a row.
pub fn legend_ui(ui: &mut Ui) {
    let color = &Theme::of(ui).color;
    text::muted(ui, "Each column leaves one check out; a cell opens its run");
    for (icon, tint, words) in [
        (Icon::Check, color.ok, "stopped"),
        (Icon::Cross, color.bad, "gets through"),
        (Icon::Plus, color.warn, "only if all marked so are off"),
    ] {
        ui.add_space(4.0);
        icon.show(ui, 14.0, tint);
        text::muted(ui, words);
    }
}

/// The whole table. It is wider than its room only where that is narrower than any window.
pub fn ui(ui: &mut Ui, grid: &Grid) -> Option<Asked> {
    let heads: Vec<&str> = [AS_IT_IS].into_iter().chain(grid.barriers().iter().map(|one| head(*one))).collect();
    let columns = columns(ui, &heads);
    let table = Table::new(&columns);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.set_min_width(least(ui, &heads) + NAME_WIDTHS.start());
    table.head_with(ui, |cells| head_ui(cells, &heads, grid.barriers()));
    let has_words = columns.last().is_some_and(|last| last.title == NEEDED);
    let mut asked = None;
    for row in grid.rows() {
        asked = row_ui(ui, &table, (row, grid.barriers()), has_words).or(asked);
    }
    asked
}

/// The card, one column for each head, and the words for what must be off where there is room.
fn columns<'a>(ui: &Ui, heads: &[&'a str]) -> Vec<Column<'a>> {
    let name = *NAME_WIDTHS.end();
    let spare = ui.available_width() - least(ui, heads) - name;
    let has_words = spare >= NEEDED_WIDTH + Table::GAP;
    let spare = if has_words { spare - NEEDED_WIDTH - Table::GAP } else { spare };
    let count: f32 = heads.iter().map(|_| 1.0).sum();
    let air = (spare / count).floor().clamp(0.0, AIR_MAX);
    let width = |title: &str| Width::Points(head_width(ui, title) + air);
    let first = Column { title: CARD, width: if has_words { Width::Points(name) } else { Width::Share(1.0) } };
    let cells = heads.iter().map(|title| Column { title, width: width(title) });
    let last = has_words.then_some(Column { title: NEEDED, width: Width::Share(1.0) });
    [first].into_iter().chain(cells).chain(last).collect()
}

/// The room that the cells take, with what lies between them, the name and either end.
fn least(ui: &Ui, heads: &[&str]) -> f32 {
    heads.iter().map(|title| head_width(ui, title) + Table::GAP).sum::<f32>() + 2.0 * Table::GAP
}

fn head_width(ui: &Ui, title: &str) -> f32 {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(title.to_owned(), theme.small(), theme.color.muted);
    galley.size().x.ceil().max(theme.space.button)
}

fn head_ui(cells: &mut Cells<'_>, heads: &[&str], barriers: &[Barrier]) {
    let told = |ui: &mut Ui, title: &str| {
        let theme = Theme::of(ui);
        text::elided(ui, title, theme.small(), theme.color.muted)
    };
    cells.ui(|ui| told(ui, CARD));
    let hints = ["With this run's own checks"].into_iter().chain(barriers.iter().map(|one| one.label()));
    for (title, hint) in heads.iter().zip(hints) {
        cells.ui(|ui| {
            ui.add_space((ui.available_width() - head_width(ui, title)).max(0.0) / 2.0);
            told(ui, title).on_hover_text(hint);
        });
    }
    cells.ui(|ui| told(ui, NEEDED));
}

fn row_ui(ui: &mut Ui, table: &Table<'_>, (row, barriers): (&Row, &[Barrier]), has_words: bool) -> Option<Asked> {
    let needed = needed(row);
    let name = format!("{}, {NEEDED}: {needed}", row.card.title);
    let mut asked = None;
    let is_read = table.row(ui, &name, false, |cells| {
        cells.text(row.card.title);
        let places = [None].into_iter().chain(barriers.iter().copied().map(Some));
        for (off, reading) in places.zip([&row.plain].into_iter().chain(&row.cells)) {
            if cells.ui(|ui| cell_ui(ui, (row, off), reading.as_ref())).unwrap_or_default() {
                let setup = off.map_or_else(|| row.setup.clone(), |barrier| row.without(barrier));
                asked = Some(Asked::Run(row.card, Box::new(setup)));
            }
        }
        if has_words {
            cells.muted(&needed);
        }
    });
    let hint = format!("Read this card; {NEEDED} for it to get through: {needed}");
    if is_read.on_hover_text(hint).clicked() { Some(Asked::Card(row.card)) } else { asked }
}

/// One cell; true where its run is asked for.
fn cell_ui(ui: &mut Ui, (row, off): (&Row, Option<Barrier>), reading: Option<&Reading>) -> bool {
    let side = Theme::of(ui).space.button;
    ui.add_space((ui.available_width() - side).max(0.0) / 2.0);
    let Some(reading) = reading else {
        ui.add_space(side / 3.0);
        text::muted(ui, "…");
        return false;
    };
    let color = &Theme::of(ui).color;
    let without = off.map_or_else(String::new, |barrier| format!(" without {barrier}"));
    let others = off.and_then(|barrier| others(row, barrier)).filter(|_| !reading.is_through());
    let (icon, tint, end) = match (&others, reading.is_through()) {
        (_, true) => (Icon::Cross, color.bad, "gets through".to_owned()),
        (None, false) => (Icon::Check, color.ok, "stopped".to_owned()),
        (Some(others), false) => (Icon::Plus, color.warn, format!("stopped, unless {others} is off, too")),
    };
    let name = format!("{}{without}, {end}", row.card.title);
    let hint = others.map_or_else(|| reading.to_string(), |others| format!("{reading}, unless {others} is off, too"));
    Button::icon(icon, &name).tint(tint).hint(&hint).show(ui).clicked()
}

/// What else must be off, where this check is one of several that only together let the card through.
fn others(row: &Row, barrier: Barrier) -> Option<String> {
    let Some(Depth::Barriers(needed)) = &row.depth else { return None };
    let others: Vec<&str> = needed.iter().filter(|one| **one != barrier).map(|one| one.name()).collect();
    (needed.contains(&barrier) && !others.is_empty()).then(|| others.join(" + "))
}

/// A barrier in one word, for the head of its column.
fn head(barrier: Barrier) -> &'static str {
    match barrier.name() {
        "request-signature" => "request",
        "request-once" => "once",
        "notice-signature" => "notice",
        name => name,
    }
}

fn needed(row: &Row) -> String {
    row.depth.as_ref().map_or_else(|| "…".to_owned(), ToString::to_string)
}
