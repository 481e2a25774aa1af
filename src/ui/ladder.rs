//! The ladder as it is drawn: a mark, a claim and its evidence per rung, narrow beside the claims or wide in its own tab.

use egui::{Align, Layout, Ui};

use crate::protocol::verdict::check::Outcome;
use crate::protocol::verdict::ladder::Rung;
use crate::protocol::verdict::ladder::Verdict;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::text;

/// From this width on, a rung has room for its evidence beside its name.
const EVIDENCE_FROM: f32 = 240.0;

/// The tone of an outcome.
#[must_use]
pub fn tone_of(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Passed => Tone::Ok,
        Outcome::Failed => Tone::Bad,
        Outcome::SwitchedOff => Tone::Warn,
        Outcome::NotReached | Outcome::Skipped => Tone::Neutral,
    }
}

/// The sign of an outcome; each has one of its own, so that colour is not needed.
#[must_use]
pub fn icon_of(outcome: Outcome) -> Icon {
    match outcome {
        Outcome::Passed => Icon::Check,
        Outcome::Failed => Icon::Cross,
        Outcome::SwitchedOff => Icon::Warning,
        Outcome::NotReached => Icon::Dot,
        Outcome::Skipped => Icon::Dash,
    }
}

/// The chip over the ladder: what came out.
pub fn headline_ui(ui: &mut Ui, verdict: &Verdict) {
    let (tone, words) = headline(verdict);
    let theme = Theme::of(ui);
    let width = ui.painter().layout_no_wrap(words.clone(), theme.small(), theme.color.text).size().x;
    if width + 40.0 <= ui.available_width() {
        Chip::new(tone, &words).signed().show(ui);
    } else {
        Chip::new(tone, "Verdict").signed().show(ui);
        text::note(ui, verdict.headline());
    }
}

/// What came out, as `Verdict: valid for this app`.
#[must_use]
pub fn headline(verdict: &Verdict) -> (Tone, String) {
    let tone = if verdict.is_accepted() {
        Tone::Ok
    } else if verdict.is_waiting_for_store() {
        Tone::Warn
    } else {
        Tone::Bad
    };
    let said = verdict.headline();
    let mut letters = said.chars();
    let lower: String = letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default();
    (tone, format!("Verdict: {lower}"))
}

/// The whole ladder, one line per rung.
pub fn short_ui(ui: &mut Ui, verdict: &Verdict) {
    let theme = Theme::of(ui);
    headline_ui(ui, verdict);
    ui.add_space(theme.space.tight);
    ui.spacing_mut().item_spacing.y = 0.0;
    for rung in verdict.rungs() {
        rung_ui(ui, theme, rung);
    }
}

fn rung_ui(ui: &mut Ui, theme: &Theme, rung: &Rung) {
    let is_quiet = matches!(rung.outcome, Outcome::NotReached | Outcome::Skipped);
    let ink = if is_quiet { theme.color.muted } else { theme.color.text };
    let size = egui::vec2(ui.available_width(), 26.0);
    let line = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        icon_of(rung.outcome).show(ui, 14.0, tone_of(rung.outcome).color(theme));
        let shown = rung.shown();
        let room = ui.available_width();
        // A narrow column keeps the checks' names whole; the evidence is told by the tooltip and in the tab.
        let is_named_alone = room < EVIDENCE_FROM;
        ui.scope(|ui| {
            ui.set_max_width(if is_named_alone { room } else { room * 0.62 });
            text::elided(ui, rung.check.label(), theme.label(), ink);
        });
        if !is_named_alone {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::mono_in(ui, &shown, theme.color.muted);
            });
        }
    });
    line.response.on_hover_text(format!("{}, {}", rung.outcome.label(), rung.sentence()));
}
