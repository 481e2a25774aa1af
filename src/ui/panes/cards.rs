//! What next: three cards when access has been granted. Break it, read the receipt, turn the privacy dial.

use egui::accesskit::Role;
use egui::{Align2, Rect, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::protocol::rules::Revision;
use crate::ui::desk::{Ask, Desk};
use crate::ui::icons::Icon;
use crate::ui::keys::Action;
use crate::ui::pane::Pane;
use crate::ui::selection::Tab;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

/// The strip's padding, and the gaps within it, in points.
const PAD: egui::Vec2 = vec2(12.0, 8.0);
const HEAD_HEIGHT: f32 = 26.0;
const HEAD_GAP: f32 = 6.0;
const CARD_PAD: egui::Vec2 = vec2(11.0, 9.0);
const TITLE_HEIGHT: f32 = 23.0;
/// From this width on, the line has room for its title.
const LINE_TITLE_FROM: f32 = 620.0;

/// The height that the strip needs in the room that `ui` has, in points.
#[must_use]
pub fn height(ui: &Ui) -> f32 {
    let theme = Theme::of(ui);
    let width = card_width(ui.available_width() - 2.0 * PAD.x, theme) - 2.0 * CARD_PAD.x;
    let words =
        CARDS.map(|card| ui.painter().layout(card.words.to_owned(), theme.label(), theme.color.muted, width).size().y);
    let tallest = words.into_iter().fold(0.0, f32::max);
    (2.0 * PAD.y + HEAD_HEIGHT + HEAD_GAP + 2.0 * CARD_PAD.y + TITLE_HEIGHT + tallest).ceil()
}

fn card_width(room: f32, theme: &Theme) -> f32 {
    ((room - 2.0 * theme.space.gap) / 3.0).floor()
}

/// The strip that ends the first minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cards;

#[derive(Clone, Copy)]
struct Card {
    icon: Icon,
    title: &'static str,
    words: &'static str,
    deed: Deed,
}

#[derive(Clone, Copy)]
enum Deed {
    Break,
    Read,
    Turn,
}

const CARDS: [Card; 3] = [
    Card {
        icon: Icon::Warning,
        title: "Break it",
        words: "The buyer pays too late: the money is gone, and nothing opens",
        deed: Deed::Break,
    },
    Card {
        icon: Icon::Search,
        title: "Read the receipt",
        words: "Every claim in plain words, and what it is for",
        deed: Deed::Read,
    },
    Card {
        icon: Icon::Lock,
        title: "Turn the privacy dial",
        words: "The same purchase under the rules before: it names the buyer",
        deed: Deed::Turn,
    },
];

/// The cards as they stand for this run: the dial turns back where it was turned already.
fn cards(desk: &Desk<'_>) -> [Card; 3] {
    let is_before = desk.session.setup().revision == Revision::Before;
    CARDS.map(|card| match card.deed {
        Deed::Turn if is_before => Card { words: "The same purchase under the rules after: nobody is named", ..card },
        Deed::Break | Deed::Read | Deed::Turn => card,
    })
}

impl Pane for Cards {
    fn name(&self) -> &'static str {
        "What next"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let room = ui.max_rect().shrink2(PAD);
        let head = Rect::from_min_size(room.min, vec2(room.width(), HEAD_HEIGHT));
        let mut head_ui =
            ui.new_child(UiBuilder::new().max_rect(head).layout(egui::Layout::left_to_right(egui::Align::Center)));
        Icon::Check.show(&mut head_ui, 18.0, theme.color.ok);
        head_ui.label(egui::RichText::new("Access granted").font(theme.title()).color(theme.color.ok));
        text::muted(&mut head_ui, "Paid, proved and opened. What next?");
        let mut left = room.left();
        let width = card_width(room.width(), theme);
        for card in cards(desk) {
            let rect = Rect::from_min_max(pos2(left, head.bottom() + HEAD_GAP), pos2(left + width, room.bottom()));
            left += width + theme.space.gap;
            if card_ui(ui, theme, rect, card) {
                card.deed.done(desk);
            }
        }
    }
}

/// The same in one line, where there is no room for cards: the words stand in the tooltips.
pub fn line_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = Theme::of(ui);
    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        ui.add_space(PAD.x);
        if ui.available_width() > LINE_TITLE_FROM {
            Icon::Check.show(ui, 18.0, theme.color.ok);
            ui.label(egui::RichText::new("Access granted").font(theme.strong()).color(theme.color.ok));
        }
        for card in cards(desk) {
            if Button::quiet(card.title).leading(card.icon).hint(card.words).show(ui).clicked() {
                card.deed.done(desk);
            }
        }
    });
}

fn card_ui(ui: &mut Ui, theme: &Theme, rect: Rect, card: Card) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(card.title), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, card.title));
    let fill = if response.hovered() { theme.color.hover } else { theme.color.raised };
    let edge = if response.has_focus() { theme.focus_ring() } else { theme.outline() };
    ui.painter().rect(rect, theme.corner.card, fill, edge, StrokeKind::Inside);
    let inner = rect.shrink2(CARD_PAD);
    // Painted, not laid out: the card is one button with one name.
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    card.icon.paint(&painter, Rect::from_min_size(inner.min + vec2(0.0, 1.0), vec2(15.0, 15.0)), theme.color.accent);
    painter.text(inner.min + vec2(21.0, 0.0), Align2::LEFT_TOP, card.title, theme.strong(), theme.color.text);
    let words = painter.layout(card.words.to_owned(), theme.label(), theme.color.muted, inner.width());
    painter.galley(inner.min + vec2(0.0, TITLE_HEIGHT), words, theme.color.muted);
    response.clicked()
}

impl Deed {
    fn done(self, desk: &mut Desk<'_>) {
        match self {
            Self::Break => desk.ask(Ask::OpenBuiltin("paid-but-timed-out")),
            Self::Read => {
                desk.selection.tab = Tab::Claims;
                desk.selection.message = None;
                desk.selection.receipt = desk.session.world().device().receipts().last().cloned();
            }
            Self::Turn => desk.ask(Action::Revision),
        }
    }
}
