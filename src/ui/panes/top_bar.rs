//! The top bar: which run this is, the transport, the clock, the revision, and the doors of the window.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2};

use crate::protocol::rules::Revision;
use crate::protocol::time::Span;
use crate::ui::desk::{Ask, Desk, Speed};
use crate::ui::icons::Icon;
use crate::ui::keys::{self, Action};
use crate::ui::live_sign;
use crate::ui::pane::Pane;
use crate::ui::theme::{FACES, Theme};
use crate::ui::view::Ahead;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};
use crate::world::setup::Setup;

/// From this width on, the transport's buttons carry words.
const WORDS_FROM: f32 = 1360.0;
/// From this width on, the clock shows the date.
const DATE_FROM: f32 = 1240.0;

/// From this width on there is room for a button that exports; its key works in any.
const EXPORT_FROM: f32 = 820.0;

/// Below this width only what cannot be done elsewhere stays: the timeline leads to start and end, too.
const CRAMPED_BELOW: f32 = 640.0;

/// Between the buttons.
const GAP: f32 = 8.0;
const CRAMPED_GAP: f32 = 4.0;

/// Waits that the clock's menu offers.
const WAITS: [(Span, &str); 7] = [
    (Span::from_seconds(1), "1 second"),
    (Span::from_seconds(12), "12 seconds"),
    (Span::from_seconds(300), "5 minutes"),
    (Span::from_seconds(3600), "1 hour"),
    (Span::from_days(1), "1 day"),
    (Span::from_days(30), "30 days"),
    (Span::from_days(183), "183 days, past a receipt's life"),
];

/// How much room the buttons have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// For what cannot be done elsewhere.
    Cramped,
    /// For icons.
    Bare,
    /// For icons with words.
    Wordy,
}

impl Fit {
    fn of(width_pt: f32) -> Self {
        if width_pt < CRAMPED_BELOW {
            Self::Cramped
        } else if width_pt < WORDS_FROM {
            Self::Bare
        } else {
            Self::Wordy
        }
    }
}

/// The strip at the top.
#[derive(Clone, Copy, Debug, Default)]
pub struct TopBar {
    /// How wide the right end was in the last pass: it is drawn last, so that Tab walks from left to right.
    right_width: f32,
}

impl Pane for TopBar {
    fn name(&self) -> &'static str {
        "Transport"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let room = ui.max_rect();
        let fit = Fit::of(room.width());
        let (is_wordy, is_cramped) = (fit == Fit::Wordy, fit == Fit::Cramped);
        let gap = if is_cramped { CRAMPED_GAP } else { GAP };
        let right_edge = room.right() - self.right_width - 2.0 * gap;
        let transport_width = if is_wordy { 600.0 } else { 380.0 } + if room.width() >= DATE_FROM { 90.0 } else { 0.0 };
        let split = (room.width() * 0.245).min(right_edge - room.left() - transport_width).max(32.0);
        let left = Rect::from_min_max(room.min, pos2(room.left() + split, room.bottom()));
        if !is_cramped {
            title_ui(&mut part(ui, left.with_max_x(left.right() - 16.0), Layout::left_to_right(Align::Center)), desk);
        }
        let start = if is_cramped { room.left() } else { left.right() };
        let middle = Rect::from_min_max(pos2(start, room.top()), pos2(right_edge, room.bottom()));
        let mut middle_ui = part(ui, middle, Layout::left_to_right(Align::Center));
        middle_ui.spacing_mut().item_spacing.x = gap;
        transport_ui(&mut middle_ui, desk, fit);
        clock_ui(&mut middle_ui, desk, room.width() >= DATE_FROM);
        let right = room.with_min_x(room.right() - self.right_width);
        let mut right_part = part(ui, right, Layout::left_to_right(Align::Center));
        right_part.spacing_mut().item_spacing.x = gap;
        right_ui(&mut right_part, desk, fit, room.width() >= EXPORT_FROM);
        let width = right_part.min_rect().width();
        if (width - self.right_width).abs() > 0.5 {
            self.right_width = width;
            ui.ctx().request_discard("the right end of the top bar has another width");
        }
    }
}

fn part(ui: &mut Ui, rect: Rect, layout: Layout) -> Ui {
    let mut part = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    part.spacing_mut().item_spacing.x = GAP;
    part
}

fn title_ui(ui: &mut Ui, desk: &Desk<'_>) {
    let theme = Theme::of(ui);
    Icon::Logo.show(ui, 18.0, theme.color.accent);
    if ui.available_width() < 80.0 {
        return;
    }
    ui.label(egui::RichText::new("Paystage").font(theme.strong()).color(theme.color.text));
    let seed = format!("seed {}", desk.session.setup().seed);
    let seed_width = 8.5 * 9.0;
    let title = desk.session.title();
    let room = ui.available_width();
    if room < 90.0 {
        return;
    }
    ui.scope(|ui| {
        let is_seeded = room > seed_width + 120.0;
        ui.set_max_width(if is_seeded { room - seed_width } else { room - 8.0 });
        text::muted(ui, title).on_hover_text(format!("{title}, {seed}"));
    });
    if room > seed_width + 120.0 {
        text::mono_in(ui, &format!("· {seed}"), theme.color.muted);
    }
}

fn transport_ui(ui: &mut Ui, desk: &mut Desk<'_>, fit: Fit) {
    let (is_wordy, is_cramped) = (fit == Fit::Wordy, fit == Fit::Cramped);
    let can_back = desk.session.can_back();
    let can_step = desk.view.ahead() == Ahead::Step;
    if !is_cramped {
        press(ui, desk, Button::outlined_icon(Icon::Start, "To the start").enabled(can_back), Action::Start);
    }
    let back =
        if is_wordy { Button::quiet("Back").leading(Icon::Back) } else { Button::outlined_icon(Icon::Back, "Back") };
    press(ui, desk, back.enabled(can_back), Action::Back);
    let step = Button::filled("Step").enabled(can_step).hint(why_no_step(desk));
    let step = if is_cramped { step } else { step.trailing(Icon::Step) };
    press(ui, desk, step, Action::Step);
    let (icon, word) = if desk.mode.is_playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
    let play =
        if is_wordy { Button::quiet(word).leading(icon).min_width(84.0) } else { Button::outlined_icon(icon, word) };
    press(ui, desk, play.enabled(can_step || desk.mode.is_playing), Action::PlayOrPause);
    if !is_cramped {
        press(ui, desk, Button::outlined_icon(Icon::End, "To the end").enabled(can_step), Action::End);
    }
    speed_ui(ui, desk, if is_cramped { 0.0 } else { 52.0 });
}

/// What to do instead, where no step can be taken; empty where one can.
fn why_no_step(desk: &Desk<'_>) -> &'static str {
    match desk.view.ahead() {
        Ahead::Step => "",
        Ahead::YourTurn => "Decide in the payment window, or let time pass",
        Ahead::Rest => "Nothing happens by itself now: act, or let time pass",
    }
}

/// A button that does what a key does, with the key in its tooltip.
fn press(ui: &mut Ui, desk: &mut Desk<'_>, button: Button<'_>, action: Action) {
    let hint = keys::hint(action).unwrap_or_default();
    if button.shortcut(&hint).show(ui).clicked() {
        desk.ask(action);
    }
}

fn speed_ui(ui: &mut Ui, desk: &mut Desk<'_>, width_min: f32) {
    let label = desk.mode.speed.label();
    let name = format!("Speed {label}");
    let button = Button::quiet(label)
        .name(&name)
        .hint("How fast Play goes: at 1× one arrow a second")
        .min_width(width_min)
        .show(ui);
    menu::drop_down(&button, 120.0, |ui| {
        for speed in Speed::all() {
            if menu::line(ui, speed.label(), "", speed == desk.mode.speed).clicked() {
                desk.ask(Ask::Speed(speed));
            }
        }
    });
}

fn clock_ui(ui: &mut Ui, desk: &mut Desk<'_>, is_dated: bool) {
    let human = desk.session.world().now().human();
    let time_only = human.rsplit_once(' ').map_or(human.as_str(), |(_, time)| time);
    let shown = if is_dated { format!("{human} UTC") } else { time_only.to_owned() };
    let name = format!("Clock {human} UTC");
    let button = Button::quiet(&shown)
        .name(&name)
        .trailing(Icon::ChevronDown)
        .hint("The run's own clock. Let time pass")
        .show(ui);
    menu::drop_down(&button, 270.0, |ui| {
        menu::title(ui, "Let time pass");
        for (span, words) in WAITS {
            if menu::line(ui, words, "", false).clicked() {
                desk.ask(Ask::Advance(span));
            }
        }
    });
}

/// The right end of the bar: the revision, and the doors of the window.
fn right_ui(ui: &mut Ui, desk: &mut Desk<'_>, fit: Fit, is_exporting: bool) {
    let is_wordy = fit == Fit::Wordy;
    // It is the first of the dials, too.
    if fit != Fit::Cramped {
        revision_ui(ui, desk, is_wordy);
    }
    let dials =
        if is_wordy { Button::quiet("Dials").leading(Icon::Gear) } else { Button::outlined_icon(Icon::Gear, "Dials") };
    press(ui, desk, dials, Action::Dials);
    live_sign::sign_ui(ui, desk, is_wordy);
    press(ui, desk, Button::outlined_icon(Icon::Folder, "Open"), Action::Open);
    press(ui, desk, Button::outlined_icon(Icon::Save, "Save"), Action::Save);
    if is_exporting {
        press(ui, desk, Button::outlined_icon(Icon::Export, "Export"), Action::Export);
    }
    theme_ui(ui, desk);
    press(ui, desk, Button::outlined_icon(Icon::Help, "Help"), Action::Help);
}

fn theme_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let icon = if Theme::of(ui).is_dark { Icon::Moon } else { Icon::Sun };
    let button = Button::outlined_icon(icon, "Theme").show(ui);
    menu::drop_down(&button, 170.0, |ui| {
        for (choice, words) in FACES {
            if menu::line(ui, words, "", desk.mode.theme == choice).clicked() {
                desk.ask(Ask::Theme(choice));
            }
        }
    });
}

fn revision_ui(ui: &mut Ui, desk: &mut Desk<'_>, is_wordy: bool) {
    let current = desk.session.setup().revision;
    let name = format!("Revision {}", current.label());
    // The label's first words say which one it is.
    let short = current.label().split(" the ").next().unwrap_or_default();
    let words = if is_wordy { format!("Revision {short}") } else { short.to_owned() };
    let button = Button::quiet(&words)
        .name(&name)
        .trailing(Icon::ChevronDown)
        .hint("Whose rules hold. Under another revision the same deeds are done again")
        .show(ui);
    menu::drop_down(&button, 330.0, |ui| {
        menu::title(ui, "The same again under the rules of");
        for revision in Revision::ALL {
            let line = menu::line(
                ui,
                revision.label(),
                crate::protocol::rules::Rules::of(*revision).date,
                *revision == current,
            );
            if line.on_hover_text(revision.meaning()).clicked() {
                let setup = Setup { revision: *revision, ..desk.session.setup().clone() };
                desk.ask(Ask::Turn(Box::new(setup)));
            }
        }
    });
}
