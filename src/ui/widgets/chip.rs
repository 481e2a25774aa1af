//! Chips: a short word about a state, in a pill. Words and icons say it; colour only helps.

use egui::accesskit::Role;
use egui::{Color32, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::icons::Icon;
use crate::ui::theme::Theme;

const HEIGHT: f32 = 20.0;
const ICON: f32 = 12.0;

/// What a chip says about a state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tone {
    /// Passed, owned, completed.
    Ok,
    /// Waiting, retried, worth a look.
    Warn,
    /// Failed, refused, lost.
    Bad,
    /// A note.
    Info,
    /// The present step.
    Accent,
    /// Over, or not reached.
    Neutral,
    /// One of the six parties, by its lane.
    Party(usize),
}

impl Tone {
    /// The colour of this tone.
    #[must_use]
    pub fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Ok => theme.color.ok,
            Self::Warn => theme.color.warn,
            Self::Bad => theme.color.bad,
            Self::Info => theme.color.info,
            Self::Accent => theme.color.accent,
            Self::Neutral => theme.color.muted,
            Self::Party(lane) => theme.party(lane),
        }
    }

    /// The sign that says the same as the colour.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Self::Ok => Icon::Check,
            Self::Warn => Icon::Warning,
            Self::Bad => Icon::Cross,
            Self::Info => Icon::Info,
            Self::Accent | Self::Party(_) => Icon::Dot,
            Self::Neutral => Icon::Dash,
        }
    }
}

/// A chip under construction.
#[must_use = "a chip shows nothing before show"]
pub struct Chip<'a> {
    tone: Tone,
    text: &'a str,
    name: &'a str,
    icon: Option<Icon>,
}

impl<'a> Chip<'a> {
    /// A word in a pill.
    pub fn new(tone: Tone, text: &'a str) -> Self {
        Self { tone, text, name: text, icon: None }
    }

    /// The tone's sign alone. `name` is what it means, for the tooltip and for a screen reader.
    pub fn mark(tone: Tone, name: &'a str) -> Self {
        Self { tone, text: "", name, icon: Some(tone.icon()) }
    }

    /// The tone's sign before the word.
    pub fn signed(mut self) -> Self {
        self.icon = Some(self.tone.icon());
        self
    }

    /// A dot before the word: this is live.
    pub fn dotted(mut self) -> Self {
        self.icon = Some(Icon::Dot);
        self
    }

    /// Shows the chip in the row.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(self.size(ui.painter(), theme), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.name));
        self.paint(ui.painter(), theme, rect);
        if self.text.is_empty() { response.on_hover_text(self.name) } else { response }
    }

    /// Paints the chip around a point of a drawing, and says where it is. It has no accessible name there: give the drawing one.
    #[expect(clippy::must_use_candidate, reason = "painting is the point; most callers need no rectangle")]
    pub fn paint_at(self, painter: &Painter, theme: &Theme, center: Pos2) -> Rect {
        let rect = Rect::from_center_size(center, self.size(painter, theme));
        let rect = Rect::from_min_size(pos2(rect.left().round(), rect.top().round()), rect.size());
        self.paint(painter, theme, rect);
        rect
    }

    fn size(&self, painter: &Painter, theme: &Theme) -> Vec2 {
        if self.text.is_empty() {
            return vec2(26.0, HEIGHT);
        }
        let text = painter.layout_no_wrap(self.text.to_owned(), theme.small(), Color32::PLACEHOLDER).size().x;
        let icon = if self.icon.is_some() { ICON + 3.0 } else { 2.0 };
        vec2((text + icon + 15.0).ceil(), HEIGHT)
    }

    fn paint(&self, painter: &Painter, theme: &Theme, rect: Rect) {
        let ink = self.tone.color(theme);
        let rim = Stroke::new(1.0, theme.rim(ink));
        painter.rect(rect, 10, theme.tint(ink), rim, StrokeKind::Inside);
        let icon_at = |center: Pos2| Rect::from_center_size(center, Vec2::splat(ICON));
        if self.text.is_empty() {
            if let Some(icon) = self.icon {
                icon.paint(painter, icon_at(rect.center()), ink);
            }
            return;
        }
        let galley = painter.layout_no_wrap(self.text.to_owned(), theme.small(), ink);
        let mut left = rect.left() + 8.5;
        if let Some(icon) = self.icon {
            left = rect.left() + 7.0;
            icon.paint(painter, icon_at(pos2(left + ICON / 2.0, rect.center().y)), ink);
            left += ICON + 3.0;
        }
        // Chips are written in small letters, which sit low in their line; half a point brings them to the middle.
        let top = rect.center().y - galley.size().y / 2.0 - 0.5;
        painter.galley(pos2(left, top), galley, ink);
    }
}
