//! The panel of dials: what a run chooses beforehand, what each choice means, and what it has changed in this run.

use std::collections::BTreeMap;

use egui::{Align, Key, Layout, ScrollArea, Ui};

use crate::protocol::dial::Position;
use crate::session::dials::dial::{DEFAULT, Dial, Shape};
use crate::session::dials::list::DIALS;
use crate::ui::desk::{Ask, Desk, Speed};
use crate::ui::effects::{Effects, Told};
use crate::ui::icons::Icon;
use crate::ui::keys::{self, Action};
use crate::ui::live_state::Live;
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{choice, field, menu, surface, text};
use crate::world::setup::Setup;

/// What the widest control needs; where there is less room it stands below its words.
const CONTROL_WIDTH: f32 = 356.0;
const FIELD_WIDTH: f32 = 200.0;

/// The panel.
#[derive(Default)]
pub struct Dials {
    effects: Effects,
    /// What is being typed, by the dial's name.
    drafts: BTreeMap<&'static str, Draft>,
    /// What had the keyboard in the last pass.
    focused: Option<egui::Id>,
}

/// A value as it is being typed.
#[derive(Clone, Debug)]
struct Draft {
    text: String,
    /// What was in force when it was begun; another value in force makes it stale.
    over: String,
    trouble: Option<String>,
}

/// How the clock moves: D9, which is no part of the set-up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    Manual,
    Playing,
    RealTime,
}

impl Pane for Dials {
    fn name(&self) -> &'static str {
        "Dials"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        self.effects.refresh(ui, desk.session);
        let head = |ui: &mut Ui| {
            text::title(ui, "Dials");
        };
        let close = Button::icon(Icon::Cross, "Close the dials").shortcut("Esc");
        if surface::ends(ui, Theme::of(ui).space.button, head, |ui| close.show(ui).clicked()) {
            desk.ask(Action::Escape);
        }
        text::note(ui, "Turning one does the same deeds again on a branch of its own; undo leads back.");
        ui.horizontal(|ui| head_ui(ui, desk));
        surface::hairline(ui);
        ScrollArea::vertical().id_salt("dials").auto_shrink([false, true]).show(ui, |ui| {
            for dial in DIALS {
                if dial.name == "start" {
                    clock_ui(ui, desk);
                }
                self.dial_ui(ui, desk, dial);
            }
            surface::keep_focus_in_sight(ui, &mut self.focused);
        });
    }
}

/// What concerns all of them.
fn head_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let setup = desk.session.setup();
    let other = format!("The same under {}", setup.revision.other().label().to_lowercase());
    let hint = keys::hint(Action::Revision).unwrap_or_default();
    let beside = Button::quiet("Before / After").name(&other).shortcut(&hint);
    if beside.hint("Does the same again under the other revision, and shows what changed").show(ui).clicked() {
        desk.ask(Action::Revision);
        desk.ask(Action::Escape);
    }
    let turned: Vec<&Dial> = DIALS.iter().filter(|dial| dial.is_turned(setup)).collect();
    let back = Button::quiet("All to their defaults").enabled(!turned.is_empty());
    if back.show(ui).clicked() {
        let setup = turned.iter().fold(setup.clone(), |setup, dial| dial.reset_in(&setup));
        desk.ask(Ask::Turn(Box::new(setup)));
    }
    let count = match turned.len() {
        0 => "all stand at their defaults".to_owned(),
        1 => "1 is turned".to_owned(),
        several => format!("{several} are turned"),
    };
    text::muted(ui, &count);
}

impl Dials {
    fn dial_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, dial: &'static Dial) {
        let theme = Theme::of(ui);
        let number = dial.number.map_or_else(String::new, |number| format!("D{number}"));
        let mut wanted = None;
        row_ui(ui, &number, dial.label, dial.decides, |ui| wanted = self.control_ui(ui, desk.session.setup(), dial));
        indented(ui, |ui| {
            self.meaning_ui(ui, desk.session.setup(), dial);
            self.effect_ui(ui, desk, dial);
        });
        ui.add_space(theme.space.tight);
        surface::hairline(ui);
        if let Some(to) = wanted {
            let mut setup = desk.session.setup().clone();
            match dial.turn(&mut setup, &to) {
                Ok(()) => {
                    self.drafts.remove(dial.name);
                    desk.ask(Ask::Turn(Box::new(setup)));
                }
                Err(trouble) => {
                    if let Some(draft) = self.drafts.get_mut(dial.name) {
                        draft.trouble = Some(trouble.to_string());
                    }
                }
            }
        }
    }

    /// What it shall be turned to, where somebody has just said so.
    fn control_ui(&mut self, ui: &mut Ui, setup: &Setup, dial: &'static Dial) -> Option<String> {
        match dial.shape {
            Shape::Choice(positions) => choice_ui(ui, setup, dial, positions),
            Shape::Set(positions) => set_ui(ui, setup, dial, positions),
            Shape::Value { form, offers, .. } => self.value_ui(ui, setup, dial, (form, offers)),
        }
    }

    fn value_ui(
        &mut self,
        ui: &mut Ui,
        setup: &Setup,
        dial: &'static Dial,
        (form, offers): (&str, &'static [Position]),
    ) -> Option<String> {
        let in_force = dial.in_force(setup);
        let draft = self.drafts.entry(dial.name).or_insert_with(|| Draft::of(&in_force));
        if draft.over != in_force {
            *draft = Draft::of(&in_force);
        }
        let mut wanted = None;
        let field = field::line(ui, dial.label, &mut draft.text, form, FIELD_WIDTH).on_hover_text(form);
        if field.changed() {
            draft.trouble = None;
        }
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if is_entered && draft.text != in_force {
            wanted = Some(draft.text.clone());
        }
        let name = format!("Offers for {}", dial.label);
        let button = Button::outlined_icon(Icon::ChevronDown, &name).show(ui);
        menu::drop_down(&button, 420.0, |ui| {
            for Position { name, label, meaning } in offers {
                if menu::line(ui, label, meaning, *name == in_force).on_hover_text(*meaning).clicked() {
                    wanted = Some((*name).to_owned());
                }
            }
        });
        wanted
    }

    fn meaning_ui(&self, ui: &mut Ui, setup: &Setup, dial: &Dial) {
        if let Some(trouble) = self.drafts.get(dial.name).and_then(|draft| draft.trouble.as_ref()) {
            ui.horizontal_wrapped(|ui| {
                Chip::mark(Tone::Bad, "Not possible").show(ui);
                text::note(ui, trouble);
            });
        }
        let meaning = dial.position(setup).map_or("", |position| position.meaning);
        let words = match (dial.followed(setup), meaning) {
            (Some(followed), meaning) => format!("{meaning} · follows {followed}"),
            (None, "") => return,
            (None, meaning) => meaning.to_owned(),
        };
        text::sentence(ui, &words);
    }

    /// What it changed in this run, where it is turned.
    fn effect_ui(&self, ui: &mut Ui, desk: &mut Desk<'_>, dial: &Dial) {
        let Some(told) = self.effects.of(dial) else { return };
        ui.horizontal_wrapped(|ui| match told {
            Told::Searching => text::muted(ui, "What it changed is being worked out"),
            Told::Nothing => text::muted(ui, "Nothing in this run so far"),
            Told::First { sentence, message } => {
                Chip::mark(Tone::Info, "What it changed").show(ui);
                if let Some(message) = message {
                    let name = format!("Show what {} changed", dial.label);
                    if Button::link("show").name(&name).show(ui).clicked() {
                        desk.selection.message = Some(message);
                        desk.ask(Action::Escape);
                    }
                }
                text::note(ui, sentence)
            }
        });
    }
}

impl Draft {
    fn of(in_force: &str) -> Self {
        Self { text: in_force.to_owned(), over: in_force.to_owned(), trouble: None }
    }
}

/// The positions in a menu; where the dial follows something, following comes first.
fn choice_ui(ui: &mut Ui, setup: &Setup, dial: &Dial, positions: &[Position]) -> Option<String> {
    let followed = dial.follows(setup).map(|follows| {
        let standard = dial.shown(&dial.reset_in(setup));
        format!("As {follows} says, {}", uncapitalised(&standard))
    });
    let mut options: Vec<(Option<usize>, &str)> = followed.iter().map(|words| (None, words.as_str())).collect();
    options.extend(positions.iter().enumerate().map(|(index, position)| (Some(index), position.label)));
    let is_following = dial.followed(setup).is_some();
    let present = positions.iter().position(|position| position.name == dial.in_force(setup));
    let mut current = if is_following { None } else { present };
    if !choice::select(ui, dial.label, &mut current, &options) {
        return None;
    }
    Some(current.and_then(|index| positions.get(index)).map_or(DEFAULT, |position| position.name).to_owned())
}

/// `EdDSA, bare` keeps its capitals, `Strict` does not.
fn uncapitalised(words: &str) -> String {
    let is_name = words.chars().nth(1).is_none_or(char::is_uppercase) || words.starts_with("GUID");
    if is_name {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A switch for each; on is in the set.
fn set_ui(ui: &mut Ui, setup: &Setup, dial: &Dial, positions: &[Position]) -> Option<String> {
    let in_force = dial.in_force(setup);
    let holds = |name: &str| in_force.split(',').any(|member| member == name);
    let mut wanted = None;
    ui.vertical(|ui| {
        for toggled in positions {
            let mut is_on = holds(toggled.name);
            let words = format!("Leave out {}", toggled.label);
            if field::switch(ui, &words, &mut is_on).on_hover_text(toggled.meaning).changed() {
                let members = positions.iter().map(|position| position.name);
                let members: Vec<&str> = members.filter(|name| holds(name) != (*name == toggled.name)).collect();
                wanted = Some(if members.is_empty() { "none".to_owned() } else { members.join(",") });
            }
        }
    });
    wanted
}

/// D9: who moves the clock.
fn clock_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    let (is_live, is_real_time) = match desk.mode.live {
        Live::Open { is_real_time, .. } => (true, is_real_time),
        Live::Closed | Live::Refused => (false, false),
    };
    let pace = match (is_real_time, desk.mode.is_playing) {
        (true, _) => Pace::RealTime,
        (false, true) => Pace::Playing,
        (false, false) => Pace::Manual,
    };
    row_ui(ui, "D9", "Clock", "Who moves the run's own clock", |ui| {
        let mut options = vec![(Pace::Manual, "Manual"), (Pace::Playing, "Playing")];
        if is_live {
            options.push((Pace::RealTime, "Follows real time"));
        }
        let mut wanted = pace;
        if choice::segments(ui, "Clock", &mut wanted, &options) {
            turn_clock(desk, pace, wanted);
        }
        let mut speed = desk.mode.speed;
        let speeds: Vec<(Speed, &str)> = Speed::all().map(|speed| (speed, speed.label())).collect();
        if choice::select(ui, "Playing speed", &mut speed, &speeds) {
            desk.ask(Ask::Speed(speed));
        }
    });
    indented(ui, |ui| {
        text::note(
            ui,
            match pace {
                Pace::Manual => "It stands still until you step, or let time pass",
                Pace::Playing => "Steps follow by themselves, at 1× one arrow a second",
                Pace::RealTime => "It follows the machine's clock, as somebody's own app expects",
            },
        );
    });
    ui.add_space(theme.space.tight);
    surface::hairline(ui);
}

fn turn_clock(desk: &mut Desk<'_>, from: Pace, to: Pace) {
    if (from == Pace::RealTime) != (to == Pace::RealTime) {
        desk.ask(Ask::RealTime(to == Pace::RealTime));
    }
    if desk.mode.is_playing != (to == Pace::Playing) {
        desk.ask(Action::PlayOrPause);
    }
}

/// Number, name and sentence at the left, the control at the right; below each other where there is too little room.
fn row_ui(ui: &mut Ui, number: &str, label: &str, decides: &str, control: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    ui.add_space(theme.space.tight);
    let words = |ui: &mut Ui| {
        ui.horizontal(|ui| {
            ui.allocate_ui_with_layout(
                egui::vec2(NUMBER_WIDTH, theme.space.button),
                Layout::left_to_right(Align::Center),
                |ui| {
                    ui.set_min_width(NUMBER_WIDTH);
                    text::mono_in(ui, number, theme.color.muted);
                },
            );
            text::strong(ui, label);
        });
        indented(ui, |ui| {
            text::note(ui, decides);
        });
    };
    let room = ui.available_width() - CONTROL_WIDTH;
    if room < CONTROL_WIDTH * 0.6 {
        words(ui);
        indented(ui, |ui| ui.horizontal_wrapped(control));
        return;
    }
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(room);
            words(ui);
        });
        ui.vertical(|ui| {
            ui.set_width(CONTROL_WIDTH - theme.space.gap);
            ui.horizontal(control);
        });
    });
}

const NUMBER_WIDTH: f32 = 34.0;

fn indented<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal_top(|ui| {
        ui.add_space(NUMBER_WIDTH + ui.spacing().item_spacing.x);
        ui.vertical(|ui| contents(ui));
    });
}
