//! The polling lab: each purchase as a strip of polls, and what another interval or other tries would have come to.

use std::sync::Arc;

use egui::{DragValue, Margin, ScrollArea, Ui};

use crate::lens::polling::{Polling as Read, Strip};
use crate::lens::polling_what_if::WhatIf;
use crate::protocol::time::Span;
use crate::session::step::Step;
use crate::ui::desk::{Ask, Desk};
use crate::ui::icons::Icon;
use crate::ui::pane::Pane;
use crate::ui::strip;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{surface, text};
use crate::world::setup::{Polling as Habit, Setup};

/// Pieces of work for one frame: a delivery each, so that a frame stays far below 16 ms.
const BUDGET: usize = 40;
/// A run with more steps than this is not done again for every interval and number of tries.
const STEPS_MAX: usize = 2_000;
/// How many purchases are shown.
const SHOWN_MAX: usize = 12;
/// What the drag values may be set to.
const TRIES_MAX: u32 = 1_000;
const INTERVAL_MAX_MS: i64 = 3_600_000;

/// The lab.
#[derive(Default)]
pub struct Polling {
    read: Read,
    /// What is being tried out, and the run's own habit that it began from.
    draft: Option<(Habit, Habit)>,
    what_if: Option<(Arc<Step>, Habit, Option<WhatIf>)>,
}

impl Pane for Polling {
    fn name(&self) -> &'static str {
        "Polling"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        self.read.refresh(desk.session);
        let own = desk.session.setup().polling;
        if self.draft.is_none_or(|(_, over)| over != own) {
            self.draft = Some((own, own));
        }
        let mut draft = self.draft.map_or(own, |(draft, _)| draft);
        egui::Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            habit_ui(ui, desk, &mut draft);
            ScrollArea::vertical().id_salt("polling").auto_shrink(false).show(ui, |ui| {
                let strips = self.read.strips();
                if strips.is_empty() {
                    text::note(
                        ui,
                        "Nothing is waited for yet: an app polls from the pay request on, until the receipt comes",
                    );
                }
                for one in strips.iter().rev().take(SHOWN_MAX) {
                    strip_ui(ui, desk, one, draft);
                }
                surface::hairline(ui);
                self.what_if_ui(ui, desk, &mut draft);
            });
        });
        self.draft = Some((draft, own));
    }
}

/// The interval and the tries, to be dragged, and what applies them.
fn habit_ui(ui: &mut Ui, desk: &mut Desk<'_>, draft: &mut Habit) {
    let theme = Theme::of(ui);
    let own = desk.session.setup().polling;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        text::muted(ui, "The app asks every");
        let mut interval_ms = draft.interval.millis();
        let interval = DragValue::new(&mut interval_ms).range(1..=INTERVAL_MAX_MS).speed(50).suffix(" ms");
        ui.add(interval).accessible_name("Interval in milliseconds");
        draft.interval = Span::from_millis(interval_ms);
        text::muted(ui, "and gives up after");
        ui.add(DragValue::new(&mut draft.tries).range(1..=TRIES_MAX).speed(0.1)).accessible_name("Tries");
        text::muted(ui, &format!("polls, that is {}", draft.patience()));
        let apply = Button::filled("Poll like this").enabled(*draft != own);
        if apply.hint("Does the same again on a branch that polls like this; undo leads back").show(ui).clicked() {
            let setup = Setup { polling: *draft, ..desk.session.setup().clone() };
            desk.ask(Ask::Turn(Box::new(setup)));
        }
        if *draft != own && Button::link("as it was").hint("Back to what this run does").show(ui).clicked() {
            *draft = own;
        }
    });
    ui.add_space(theme.space.tight);
}

fn strip_ui(ui: &mut Ui, desk: &mut Desk<'_>, one: &Strip, draft: Habit) {
    let theme = Theme::of(ui);
    let world = desk.session.world();
    let product = one.product.as_ref().and_then(|id| world.catalog().product(id));
    let product = product.map_or_else(|| one.transaction.as_str(), |product| product.name);
    let (tone, mark) = if one.is_orphaned(world) {
        (Tone::Bad, "orphaned")
    } else if one.is_missed() {
        (Tone::Warn, "missed")
    } else if one.end.is_none() {
        (Tone::Info, "asking")
    } else if one.paid.is_some() {
        (Tone::Ok, "delivered")
    } else {
        (Tone::Neutral, "unpaid")
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        Chip::new(tone, mark).signed().show(ui);
        text::strong(ui, product).on_hover_text(one.transaction.as_str());
        text::muted(ui, &one.sentence(world));
    });
    let own = desk.session.setup().polling;
    let preview = (draft != own).then_some(draft);
    if let Some(message) = strip::show(ui, one, own, preview) {
        desk.selection.receipt = None;
        desk.selection.message = Some(message);
    }
}

impl Polling {
    /// The ends with other intervals and tries, worked out a little in each frame.
    fn what_if_ui(&mut self, ui: &mut Ui, desk: &Desk<'_>, draft: &mut Habit) {
        let session = desk.session;
        let Some(last) = session.steps().last() else { return };
        if session.steps().len() > STEPS_MAX {
            text::note(ui, "This run is too long to be done again for every interval and number of tries");
            return;
        }
        let own = session.setup().polling;
        let is_known = self.what_if.as_ref().is_some_and(|(of, habit, _)| Arc::ptr_eq(of, last) && *habit == own);
        if !is_known {
            self.what_if = Some((Arc::clone(last), own, WhatIf::of(session)));
        }
        let Some((_, _, what_if)) = &mut self.what_if else { return };
        let Some(what_if) = what_if else {
            text::note(ui, "A program outside plays a part in this run: what it would do otherwise is not known");
            return;
        };
        if !desk.mode.is_playing && !what_if.go_on(BUDGET) {
            ui.ctx().request_repaint();
        }
        ui.horizontal(|ui| {
            text::strong(ui, "The same with 1 to 30 tries");
            Icon::Info.show(ui, 14.0, Theme::of(ui).color.muted);
            text::muted(ui, "each square is a run; a click takes its values");
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = 20.0;
        for row in what_if.rows() {
            if let Some(tries) = strip::ends(ui, row, *draft) {
                *draft = Habit { interval: row.interval, tries, ..*draft };
            }
        }
    }
}
