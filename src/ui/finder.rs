//! The finder: everything that can be done in the window, found by its words.

use egui::{Key, Modifiers, Rect, Response, ScrollArea, Sense, ThemePreference, Ui, vec2};

use crate::export::format::Format;
use crate::lens::faults::{armed_trouble, turned_trouble};
use crate::session::attack::card::Card;
use crate::session::attack::cards::CARDS;
use crate::session::builtin::SUITE;
use crate::session::dials::dial::{DEFAULT, Dial};
use crate::session::dials::list::DIALS;
use crate::session::run::Session;
use crate::ui::desk::Ask;
use crate::ui::keys::{self, Action};
use crate::ui::selection::Lab;
use crate::ui::theme::{FACES, Theme};
use crate::ui::widgets::{field, surface, text};
use crate::world::fault::trouble::Trouble;

const WIDTH: f32 = 640.0;
const LIST_HEIGHT: f32 = 380.0;
/// What the window needs above and below the list, in points.
const AROUND_LIST: f32 = 160.0;

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Finder {
    query: String,
    /// The chosen one among those that fit.
    chosen: usize,
    /// Made when it is first shown; the run does not change meanwhile.
    entries: Vec<Entry>,
    is_shown: bool,
}

/// What somebody found.
#[derive(Debug)]
pub enum Found {
    /// Nothing yet.
    Nothing,
    /// Nothing, and does not look any more.
    Left,
    /// Something to do.
    Ask(Box<Ask>),
}

/// One thing that can be done.
#[derive(Clone, Debug)]
struct Entry {
    words: String,
    /// A key, or what it is about.
    note: String,
    /// What is searched: words and note in small letters.
    sought: String,
    deed: Deed,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Act(Action),
    Turn(&'static Dial, &'static str),
    Open(&'static str),
    Lab(Lab),
    ExportAs(Format),
    CopyMermaid,
    Attack(&'static Card),
    Spoil(Trouble),
    Theme(ThemePreference),
}

impl Finder {
    /// Shows it over the window, and says what was found.
    pub fn show(&mut self, ui: &Ui, session: &Session) -> Found {
        if !self.is_shown {
            self.entries = entries(session);
        }
        let (found, is_left) = surface::dialog(ui, "finder", WIDTH, |ui| self.contents_ui(ui));
        self.is_shown = true;
        match found {
            Some(deed) => deed.ask(session).map_or(Found::Left, |ask| Found::Ask(Box::new(ask))),
            None if is_left => Found::Left,
            None => Found::Nothing,
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui) -> Option<Deed> {
        // Taken before the field sees them: it would move its cursor instead.
        let (up, down, enter) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter))
        });
        let width = ui.available_width();
        let line = field::first_line(ui, "Find", &mut self.query, "What do you want to do?", width, !self.is_shown);
        if line.changed() {
            self.chosen = 0;
        }
        let sought = self.query.to_lowercase();
        let fits = |entry: &&Entry| sought.split_whitespace().all(|word| entry.sought.contains(word));
        let fitting: Vec<&Entry> = self.entries.iter().filter(fits).collect();
        let last = fitting.len().saturating_sub(1);
        let before = self.chosen;
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(last);
        ui.add_space(Theme::of(ui).space.tight);
        if fitting.is_empty() {
            text::note(ui, "Nothing has these words. Try others: a dial, a scenario, a key's name");
        }
        let mut found = enter.then(|| fitting.get(self.chosen).map(|entry| entry.deed)).flatten();
        // As high as the list may be even after a query that few lines fitted: a dialog remembers how low it was.
        let height = LIST_HEIGHT.min(ui.ctx().content_rect().height() - AROUND_LIST);
        let rows = ScrollArea::vertical().id_salt("found").max_height(height).min_scrolled_height(height);
        rows.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, entry) in fitting.iter().enumerate() {
                let is_chosen = index == self.chosen;
                let line = entry_ui(ui, entry, is_chosen);
                if is_chosen && self.chosen != before {
                    line.scroll_to_me(None);
                }
                if line.clicked() {
                    found = Some(entry.deed);
                }
            }
        });
        found
    }
}

/// One line of the list.
fn entry_ui(ui: &mut Ui, entry: &Entry, is_chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme.space.row), Sense::click());
    surface::announce(ui, &response, egui::accesskit::Role::ListBoxOption, &entry.words, is_chosen);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if is_chosen || response.hovered() {
        let fill = if is_chosen { theme.color.selection } else { theme.color.hover };
        ui.painter().rect_filled(rect, theme.corner.button, fill);
    }
    let inner = rect.shrink2(vec2(8.0, 0.0));
    let note = ui.painter().layout_no_wrap(entry.note.clone(), theme.small(), theme.color.muted);
    let edge = inner.right() - note.size().x;
    ui.painter().galley(egui::pos2(edge, (rect.center().y - note.size().y / 2.0).round()), note, theme.color.muted);
    let words = Rect::from_min_max(inner.min, egui::pos2(edge - 8.0, inner.bottom()));
    text::plain(&mut surface::row_ui(ui, words), &entry.words);
    surface::focus_ring(ui, &response, theme.corner.button);
    response
}

impl Entry {
    fn new(words: String, note: String, deed: Deed) -> Self {
        let sought = format!("{words} {note}").to_lowercase();
        Self { words, note, sought, deed }
    }
}

impl Deed {
    /// What it asks for; `None` where the dial does not take it, which the list does not offer.
    fn ask(self, session: &Session) -> Option<Ask> {
        Some(match self {
            Self::Act(action) => Ask::Act(action),
            Self::Open(name) => Ask::OpenBuiltin(name),
            Self::Attack(card) => Ask::Attack(card),
            Self::Lab(lab) => Ask::OpenLab(lab),
            Self::ExportAs(format) => Ask::ExportAs(format),
            Self::CopyMermaid => Ask::CopyMermaid,
            Self::Theme(theme) => Ask::Theme(theme),
            Self::Spoil(trouble) => Ask::Do(turned_trouble(session.world(), trouble, None)),
            Self::Turn(dial, to) => {
                let mut setup = session.setup().clone();
                dial.turn(&mut setup, to).ok()?;
                Ask::Turn(Box::new(setup))
            }
        })
    }
}

/// Everything that can be done now: what the keys do, every theme, every lab, every position of every dial, every built-in scenario.
fn entries(session: &Session) -> Vec<Entry> {
    let keys = keys::bindings().filter(|binding| binding.action != Action::Find).map(|binding| {
        let hint = keys::hint(binding.action).unwrap_or_default();
        Entry::new(binding.words.to_owned(), hint, Deed::Act(binding.action))
    });
    let dials = DIALS.iter().flat_map(|dial| {
        let number = dial.number.map_or_else(String::new, |number| format!("D{number} "));
        let note = format!("{number}{}", dial.name);
        let back = (dial.is_turned(session.setup())).then(|| {
            Entry::new(format!("{} · back to its default", dial.label), note.clone(), Deed::Turn(dial, DEFAULT))
        });
        let positions = dial.positions().iter().map(move |position| {
            let words = format!("{} · {}", dial.label, position.label);
            Entry::new(words, note.clone(), Deed::Turn(dial, position.name))
        });
        back.into_iter().chain(positions)
    });
    let scenarios = SUITE.iter().map(|builtin| {
        Entry::new(format!("Open {}", builtin.card().title), builtin.name.to_owned(), Deed::Open(builtin.name))
    });
    let code = Entry::new("Open a run code".to_owned(), "R1-42-…".to_owned(), Deed::Act(Action::Open));
    let attacks = CARDS
        .iter()
        .map(|card| Entry::new(format!("Attack · {}", card.title), card.name.to_owned(), Deed::Attack(card)));
    let labs =
        Lab::ALL.map(|lab| Entry::new(format!("Lab · {}", lab.label()), lab.sentence().to_owned(), Deed::Lab(lab)));
    let formats = Format::ALL.map(|format| {
        let words = format!("Export as {}", format.label());
        Entry::new(words, format.meaning().to_owned(), Deed::ExportAs(format))
    });
    let copy = Entry::new("Copy as Mermaid".to_owned(), "The diagram as text".to_owned(), Deed::CopyMermaid);
    let troubles = Trouble::ALL.map(|trouble| {
        let verb = if armed_trouble(session.world(), trouble).is_some() { "Disarm" } else { "Spoil" };
        Entry::new(format!("{verb} · {}", trouble.sentence()), trouble.word().to_owned(), Deed::Spoil(trouble))
    });
    let themes = FACES.map(|(theme, words)| {
        Entry::new(format!("Theme · {words}"), "How the window looks".to_owned(), Deed::Theme(theme))
    });
    let tools = keys.chain([code]).chain(formats).chain([copy]).chain(themes);
    tools.chain(labs).chain(troubles).chain(dials).chain(attacks).chain(scenarios).collect()
}
