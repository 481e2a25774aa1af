//! Attacks: what a cheat could try on this run, what would stop it, and the grid of every trick without every check.

use std::sync::Arc;

use egui::{Align, Layout, Margin, ScrollArea, Ui, UiBuilder};

use crate::lens::attack::{Reading, Stopped};
use crate::lens::attack_grid::Grid;
use crate::lens::kind_words;
use crate::session::attack::cards::CARDS;
use crate::session::attack::play::{Unplayable, beginning, preview};
use crate::session::step::Step;
use crate::ui::attack_table::{self, Asked};
use crate::ui::desk::{Ask, Desk};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::table::{Column, Table, Width};
use crate::ui::widgets::{choice, text, walk};
use crate::world::setup::Setup;

/// How many cells of the grid are played between two frames.
const CELLS_A_FRAME: usize = 2;
/// The width of the list of cards.
const LIST_WIDTH: f32 = 364.0;

/// The lab.
#[derive(Clone, Debug, Default)]
pub struct Attacks {
    view: Mode,
    chosen: usize,
    /// Whether the chosen card is to be found in the list: somebody came from the grid.
    is_sought: bool,
    found: Option<Found>,
    grid: Option<(Setup, Grid)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Cards,
    Grid,
}

/// What would come of each card, for the run as it was when somebody last looked; `None` where it was not tried yet.
#[derive(Clone, Debug)]
struct Found {
    before: Arc<Step>,
    readings: Vec<Option<Result<Reading, String>>>,
}

impl Pane for Attacks {
    fn name(&self) -> &'static str {
        "Attacks"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        egui::Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            ui.horizontal(|ui| {
                choice::segments(ui, "attacks", &mut self.view, &[(Mode::Cards, "Cards"), (Mode::Grid, "Grid")]);
                match self.view {
                    Mode::Cards => {
                        text::muted(ui, "What a cheat could try on this run; each is played in a branch of its own");
                    }
                    Mode::Grid => attack_table::legend_ui(ui),
                }
            });
            match self.view {
                Mode::Cards => self.cards_ui(ui, desk),
                Mode::Grid => self.grid_ui(ui, desk),
            }
        });
    }
}

impl Attacks {
    fn cards_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        self.look(ui, desk);
        let room = ui.available_rect_before_wrap();
        let edge = room.left() + LIST_WIDTH.min(room.width() / 2.0);
        // Each side runs downwards and scrolls by itself.
        let side = |rect| UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
        self.list_ui(&mut ui.new_child(side(room.with_max_x(edge))), desk);
        let mut right = ui.new_child(side(room.with_min_x(edge + 16.0)));
        ScrollArea::vertical().id_salt("attack").auto_shrink(false).show(&mut right, |ui| self.card_ui(ui, desk));
    }

    /// Tries the cards on this run, once for each beginning: one card in a frame, so that none is late, and the chosen one first.
    fn look(&mut self, ui: &Ui, desk: &Desk<'_>) {
        let session = desk.session;
        let Some(before) = session.past().get(beginning(session).saturating_sub(1)) else { return };
        let found = match self.found.take() {
            Some(found) if Arc::ptr_eq(&found.before, before) => found,
            Some(_) | None => Found { before: Arc::clone(before), readings: vec![None; CARDS.len()] },
        };
        let Found { readings, .. } = self.found.insert(found);
        let is_open = |index: &usize| readings.get(*index).is_some_and(Option::is_none);
        let next = [self.chosen].into_iter().chain(0..CARDS.len()).find(is_open);
        if let Some((card, reading)) = next.and_then(|index| Some((CARDS.get(index)?, readings.get_mut(index)?))) {
            let tried = preview(card, session).map(|(end, played)| Reading::of(&end, played.from));
            *reading = Some(tried.map_err(|why| why.to_string()));
            ui.ctx().request_repaint();
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, desk: &Desk<'_>) {
        let here = desk.view.subject().message.as_ref().map(|message| message.body.kind());
        let columns = [
            Column { title: "", width: Width::Points(26.0) },
            Column { title: "Card", width: Width::Share(1.0) },
            Column { title: "", width: Width::Points(44.0) },
        ];
        let table = Table::new(&columns);
        let area = ScrollArea::vertical().id_salt("cards").auto_shrink(false);
        let list = |ui: &mut Ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, card) in CARDS.iter().enumerate() {
                let is_through = self.reading(index).map(Reading::is_through);
                let is_here = here == Some(card.on);
                let end = match (self.found(index), is_through) {
                    (None, _) => "not tried yet",
                    (Some(_), Some(true)) => "gets through",
                    (Some(_), Some(false)) => "stopped",
                    (Some(_), None) => "cannot be played here",
                };
                let spoken = format!("{}, {end}{}", card.title, if is_here { ", at the selected message" } else { "" });
                let row = table.row(ui, &spoken, self.chosen == index, |cells| {
                    cells.ui(|ui| {
                        let Some(is_through) = is_through else { return };
                        let (tone, theme) = (tone_of(is_through), Theme::of(ui));
                        tone.icon().show(ui, 14.0, tone.color(theme));
                    });
                    cells.text(card.title);
                    if is_here {
                        cells.ui(|ui| Chip::new(Tone::Accent, "here").show(ui));
                    }
                });
                if row.clicked() {
                    self.chosen = index;
                }
                if self.chosen == index && std::mem::take(&mut self.is_sought) {
                    row.request_focus();
                    row.scroll_to_me(None);
                }
            }
        };
        area.show(ui, |ui| walk::stop(ui, "List of cards", list));
    }

    /// What came of this card; `None` where it was not tried yet.
    fn found(&self, index: usize) -> Option<&Result<Reading, String>> {
        self.found.as_ref()?.readings.get(index)?.as_ref()
    }

    fn reading(&self, index: usize) -> Option<&Reading> {
        self.found(index)?.as_ref().ok()
    }

    fn card_ui(&self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let Some(card) = CARDS.get(self.chosen) else { return };
        let theme = Theme::of(ui);
        let found = self.found(self.chosen);
        let is_playable = matches!(found, Some(Ok(_)));
        ui.horizontal(|ui| {
            text::title(ui, card.title);
            text::muted(ui, &format!("when {}", kind_words::clause(card.on))).on_hover_text(card.on.name());
            // Beside the name, where no window is too low to show it.
            let button = Button::filled("Play this attack").enabled(is_playable).hint("In a branch of this run");
            if button.show(ui).clicked() {
                desk.ask(Ask::Attack(card));
            }
        });
        text::paragraph(ui, card.deed);
        ui.horizontal_wrapped(|ui| {
            text::muted(ui, "Hopes for");
            text::plain(ui, card.hope);
        });
        let is_through = self.reading(self.chosen).is_some_and(Reading::is_through);
        if is_through && !card.is_at_home(desk.session.setup()) {
            text::note(ui, &format!("Somebody could stop it under other dials: {}", card.stage.words()));
        }
        ui.add_space(theme.space.gap);
        match found {
            Some(Ok(reading)) => {
                reading_ui(ui, reading);
            }
            Some(Err(why)) => {
                text::note(ui, why).on_hover_text(why.as_str());
            }
            None => {}
        }
    }
}

fn reading_ui(ui: &mut Ui, reading: &Reading) {
    let theme = Theme::of(ui);
    let tone = tone_of(reading.is_through());
    ui.horizontal_wrapped(|ui| {
        tone.icon().show(ui, 16.0, tone.color(theme));
        text::strong(ui, &reading.to_string());
        if let Some(stopped) = &reading.stopped {
            text::mono_in(ui, stopped.code, theme.color.muted);
        }
    });
    text::muted(ui, &reading.stopped.as_ref().map(Stopped::place).unwrap_or_default());
}

fn tone_of(is_through: bool) -> Tone {
    if is_through { Tone::Bad } else { Tone::Ok }
}

/// The grid.
impl Attacks {
    fn grid_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let setup = desk.session.setup();
        if self.grid.as_ref().is_none_or(|(made_for, _)| made_for != setup) {
            self.grid = Some((setup.clone(), Grid::new(setup)));
        }
        let Some((_, grid)) = &mut self.grid else { return };
        // A few runs for each frame: the window never waits for the whole grid.
        match (0..CELLS_A_FRAME).try_fold(true, |is_open, _| Ok(is_open && grid.play_next()?)) {
            Ok(true) => ui.ctx().request_repaint(),
            Ok(false) => {}
            Err::<_, Unplayable>(why) => {
                text::note(ui, &why.to_string());
                return;
            }
        }
        let asked = ScrollArea::both()
            .id_salt("attack grid")
            .auto_shrink(false)
            .show(ui, |ui| walk::stop(ui, "Cards without each check", |ui| attack_table::ui(ui, grid)));
        match asked.inner {
            None => {}
            Some(Asked::Card(card)) => {
                self.chosen = CARDS.iter().position(|one| one.name == card.name).unwrap_or(self.chosen);
                (self.view, self.is_sought) = (Mode::Cards, true);
            }
            Some(Asked::Run(card, setup)) => desk.ask(Ask::AttackAlone(card, setup)),
        }
    }
}
