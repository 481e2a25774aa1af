//! The fault bench: everything that shall go wrong in one list, and any fault of the world put together by hand.

use egui::{DragValue, ScrollArea, Ui};

use crate::lens::fault_draft::{Deed, Draft, Often, samples, scenario_line};
use crate::lens::faults::{armed_lines, armed_trouble, turned_trouble};
use crate::protocol::time::Span;
use crate::ui::desk::Desk;
use crate::ui::icons::Icon;
use crate::ui::keys::Action;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::chip::{Chip, Tone};
use crate::ui::widgets::{choice, field, menu, surface, text};
use crate::world::command::Command;
use crate::world::fault::trouble::Trouble;
use crate::world::kind::Kind;
use crate::world::message::Message;
use crate::world::party::Party;

const LABEL_WIDTH: f32 = 92.0;
const MENU_WIDTH: f32 = 320.0;
const MENU_HEIGHT: f32 = 300.0;

/// The bench while it is open.
#[derive(Debug, Default)]
pub struct FaultBench {
    draft: Draft,
    /// The fields of the message that it is about, with values to begin with.
    samples: Vec<(String, String)>,
    /// The message that it is about, as people say it.
    about: Option<u32>,
    /// For how long a party is in trouble; empty until it is disarmed.
    span: String,
    has_been_shown: bool,
    /// What had the keyboard in the last pass.
    focused: Option<egui::Id>,
}

impl FaultBench {
    /// A bench about the next message like this one, or about any.
    #[must_use]
    pub fn about(message: Option<&Message>) -> Self {
        let draft = message.map_or_else(Draft::default, Draft::about);
        let samples = message.map(samples).unwrap_or_default();
        Self { draft, samples, about: message.map(|message| message.number), ..Self::default() }
    }

    /// Draws it into a dialog.
    pub fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let head = |ui: &mut Ui| drop(text::title(ui, "Faults"));
        let close = Button::icon(Icon::Cross, "Close the faults").shortcut("Esc");
        if surface::ends(ui, theme.space.button, head, |ui| close.show(ui).clicked()) {
            desk.ask(Action::Escape);
        }
        ScrollArea::vertical().id_salt("faults").auto_shrink([false, true]).show(ui, |ui| {
            // In a part of its own, so that what has the keyboard below keeps it while this list grows.
            ui.scope(|ui| armed_ui(ui, desk));
            surface::hairline(ui);
            self.message_ui(ui, desk);
            ui.add_space(theme.space.gap);
            surface::hairline(ui);
            self.troubles_ui(ui, desk);
            surface::keep_focus_in_sight(ui, &mut self.focused);
        });
        self.has_been_shown = true;
    }
}

/// What is armed, with its live counts, and what is held.
fn armed_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let lines = armed_lines(desk.session.world());
    let held: Vec<_> = desk.session.world().faults().held().iter().map(|held| held.message.clone()).collect();
    if lines.is_empty() && held.is_empty() {
        text::note(ui, "Nothing is armed: all goes its usual way");
        return;
    }
    let height = Theme::of(ui).space.button + 4.0;
    for line in lines {
        let words = |ui: &mut Ui| {
            let tone = if line.is_used_up { Tone::Neutral } else { Tone::Warn };
            Chip::new(tone, &line.count).show(ui);
            text::plain(ui, &line.words);
        };
        let name = format!("Disarm {}", line.words);
        let disarm = |ui: &mut Ui| Button::quiet("Disarm").name(&name).show(ui).clicked();
        if surface::ends(ui, height, words, disarm) {
            desk.ask(Command::Disarm { fault: line.id });
        }
    }
    for message in held {
        let words = |ui: &mut Ui| {
            Chip::new(Tone::Bad, "held").show(ui);
            text::plain(ui, &format!("Message {} · {}", message.number, message.body.kind()));
        };
        let name = format!("Let message {} go", message.number);
        if surface::ends(ui, height, words, |ui| Button::quiet("Let it go").name(&name).show(ui).clicked()) {
            desk.ask(Command::Release { message: message.id });
        }
    }
    if Button::quiet("Clear all").hint("Disarms every fault and lets go what is held").show(ui).clicked() {
        desk.ask(Command::ClearFaults);
    }
}

/// One line of the form: what it is about, and its controls.
fn line_ui(ui: &mut Ui, label: &str, contents: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(theme.space.gap, theme.space.tight);
        let (rect, _) = ui.allocate_exact_size(egui::vec2(LABEL_WIDTH, theme.space.button), egui::Sense::hover());
        text::muted(&mut surface::row_ui(ui, rect), label);
        contents(ui);
    });
}

/// Putting together.
impl FaultBench {
    fn message_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let title = self
            .about
            .map_or_else(|| "Spoil messages".to_owned(), |number| format!("Spoil the next message like {number}"));
        text::strong(ui, &title);
        self.which_ui(ui);
        line_ui(ui, "What", |ui| {
            choice::select(ui, "What is done", &mut self.draft.deed, &Deed::ALL);
            self.parameters_ui(ui);
        });
        line_ui(ui, "How often", |ui| {
            choice::segments(ui, "How often", &mut self.draft.often, &Often::ALL);
            if matches!(self.draft.often, Often::Number | Often::First) {
                let count = DragValue::new(&mut self.draft.count).range(1..=1_000).prefix("n = ");
                ui.add(count).accessible_name("How many");
            }
        });
        let fault = self.draft.fault();
        line_ui(ui, "Scenario", |ui| match &fault {
            Ok(fault) => drop(
                ui.add(egui::Label::new(egui::RichText::new(scenario_line(fault)).font(Theme::of(ui).mono())).wrap()),
            ),
            Err(trouble) => {
                Icon::Warning.show(ui, 16.0, Theme::of(ui).color.bad);
                text::note(ui, trouble);
            }
        });
        line_ui(ui, "", |ui| {
            let arm = Button::filled("Arm it").name("Arm this fault").enabled(fault.is_ok());
            if arm.show(ui).clicked()
                && let Ok(fault) = fault
            {
                desk.ask(Command::Arm { fault });
            }
        });
    }

    fn which_ui(&mut self, ui: &mut Ui) {
        let mut parties = vec![(None, "anybody")];
        parties.extend(Party::ALL.map(|party| (Some(party), party.label())));
        line_ui(ui, "Message", |ui| {
            let is_fresh = !self.has_been_shown;
            field::first_line(ui, "Message kind", &mut self.draft.kind, "any message", 190.0, is_fresh);
            let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            pick_ui(ui, "Choose the kind", &kinds, &mut self.draft.kind);
            text::muted(ui, "from");
            choice::select(ui, "From", &mut self.draft.from, &parties);
            text::muted(ui, "to");
            choice::select(ui, "To", &mut self.draft.to, &parties);
        });
        line_ui(ui, "Only of", |ui| {
            field::line(ui, "Product", &mut self.draft.product, "any product", 150.0);
            field::line(ui, "Payment", &mut self.draft.transaction, "any payment", 190.0);
            field::line(ui, "Message in the trace", &mut self.draft.message, "any id", 80.0);
        });
    }

    fn parameters_ui(&mut self, ui: &mut Ui) {
        match self.draft.deed {
            Deed::Hold | Deed::Drop | Deed::Duplicate | Deed::Reorder | Deed::TimeOut => {}
            Deed::Delay => {
                text::muted(ui, "by");
                field::line(ui, "Delay", &mut self.draft.span, "5s, 1500ms, 2h", 110.0);
            }
            Deed::Corrupt => {
                text::muted(ui, "number");
                field::line(ui, "Byte", &mut self.draft.byte, "from 0, around the end", 110.0);
            }
            Deed::Replace | Deed::Remove => self.field_ui(ui),
            Deed::Answer => {
                field::line(ui, "Status", &mut self.draft.status, "500, or refunded", 110.0);
                if self.draft.status.trim().parse::<u16>().is_ok() {
                    field::line(ui, "Body", &mut self.draft.body, "the whole body", 200.0);
                } else {
                    field::line(ui, "Reason", &mut self.draft.reason, "a reason's code", 200.0);
                }
            }
        }
    }

    fn field_ui(&mut self, ui: &mut Ui) {
        field::line(ui, "Field", &mut self.draft.field, "claims.exp, status", 150.0);
        let names: Vec<&str> = self.samples.iter().map(|(name, _)| name.as_str()).collect();
        let before = self.draft.field.clone();
        pick_ui(ui, "Choose the field", &names, &mut self.draft.field);
        if self.draft.field != before
            && let Some((_, value)) = self.samples.iter().find(|(name, _)| *name == self.draft.field)
        {
            self.draft.value.clone_from(value);
        }
        if self.draft.deed == Deed::Replace {
            text::muted(ui, "to");
            field::line(ui, "Value", &mut self.draft.value, "JSON, or text", 190.0);
        }
        field::switch(ui, "sign it again", &mut self.draft.is_signed);
        if self.draft.deed == Deed::Replace {
            field::switch(ui, "beside the old one", &mut self.draft.is_beside);
        }
    }

    fn troubles_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        text::strong(ui, "Trouble at a party");
        line_ui(ui, "For", |ui| {
            field::line(ui, "For how long", &mut self.span, "until it is disarmed", 190.0);
            if let Err(trouble) = self.trouble_span() {
                text::note(ui, trouble);
            }
        });
        for trouble in Trouble::ALL {
            switch_ui(ui, desk, trouble, self.trouble_span().ok().flatten());
        }
    }

    fn trouble_span(&self) -> Result<Option<Span>, &'static str> {
        let text = self.span.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let span: Result<Span, _> = serde_json::from_value(text.into());
        span.ok().filter(|span| *span >= Span::ZERO).map(Some).ok_or("A span such as 30s, 5m or 1h")
    }
}

/// The switch of one party trouble: on while it is armed.
fn switch_ui(ui: &mut Ui, desk: &mut Desk<'_>, trouble: Trouble, span: Option<Span>) {
    let world = desk.session.world();
    let mut is_on = armed_trouble(world, trouble).is_some();
    if field::switch(ui, trouble.sentence(), &mut is_on).changed() {
        desk.ask(turned_trouble(world, trouble, span));
    }
}

/// A menu of words that can also be typed.
fn pick_ui(ui: &mut Ui, name: &str, words: &[&str], current: &mut String) {
    let button = Button::icon(Icon::ChevronDown, name).enabled(!words.is_empty()).show(ui);
    menu::drop_down(&button, MENU_WIDTH, |ui| {
        ScrollArea::vertical().max_height(MENU_HEIGHT).show(ui, |ui| {
            for word in words {
                if menu::line(ui, word, "", current == word).clicked() {
                    (*word).clone_into(current);
                }
            }
        });
    });
}
