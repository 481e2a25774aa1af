//! Arrows: how a sequence diagram is drawn. Lanes with heads, and one row per message.
//!
//! Knows shapes and words only: which message a row stands for is the caller's business.

use std::sync::Arc;

use egui::{Color32, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::ui::fonts;
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::{Chip, Tone};

/// The height of one message's row, in points.
pub const ROW_HEIGHT: f32 = 36.0;
/// The height of the lane heads with the air around them, in points.
pub const HEADS_HEIGHT: f32 = 44.0;

const HEAD_HEIGHT: f32 = 26.0;
/// How far below the middle of its row an arrow lies; its label stands above.
const ARROW_BELOW: f32 = 7.0;
/// How far an arrow stays away from the lanes it joins.
const GAP: f32 = 6.0;
/// How far a party's message to itself reaches out.
const LOOP: f32 = 26.0;
/// Where the lanes stand in a wide pane, as shares of its width; heads of equal gaps would put the busy lanes too close.
const SHARES: [f32; 6] = [0.066, 0.208, 0.365, 0.555, 0.763, 0.937];

/// Where the six lanes stand.
#[derive(Clone, Copy, Debug)]
pub struct Lanes {
    xs: [f32; 6],
    area: Rect,
    /// What a head is wider than its words.
    head_padding: f32,
}

/// How a row relates to the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has happened.
    Past,
    /// It has just happened.
    Present,
    /// It may happen.
    Future,
}

/// One message as it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Arrow<'a> {
    /// The lane it leaves, 0 being the Buyer's.
    pub from: usize,
    /// The lane it reaches; the same lane for what a party does alone.
    pub to: usize,
    /// Its number, as people say it.
    pub number: &'a str,
    /// What stands above the arrow.
    pub label: &'a str,
    /// A chip beside the label.
    pub badge: Option<(Tone, &'a str)>,
    /// Answers are dashed.
    pub is_reply: bool,
    /// Past, present or future.
    pub moment: Moment,
    /// Whether the inspector shows it.
    pub is_selected: bool,
    /// Whether the pointer is over it.
    pub is_hovered: bool,
}

impl Lanes {
    /// Spreads the lanes over `area` so that the heads, `labels`, do not touch while there is room for them.
    #[must_use]
    pub fn spread(painter: &Painter, area: Rect, labels: [&str; 6]) -> Self {
        let words = labels.map(|label| words_width(painter, label));
        let gaps = 2.0 * 4.0 + 5.0 * 6.0;
        let head_padding = ((area.width() - gaps - words.iter().sum::<f32>()) / 6.0).floor().clamp(8.0, 22.0);
        let widths = words.map(|width| width + head_padding);
        let mut xs = SHARES.map(|share| area.left() + area.width() * share);
        let mut at_least = area.left() + 4.0;
        for (x, width) in xs.iter_mut().zip(widths) {
            *x = x.max(at_least + width / 2.0);
            at_least = *x + width / 2.0 + 6.0;
        }
        let mut at_most = area.right() - 4.0;
        for (x, width) in xs.iter_mut().zip(widths).rev() {
            *x = x.min(at_most - width / 2.0);
            at_most = *x - width / 2.0 - 6.0;
        }
        Self { xs: xs.map(f32::round), area, head_padding }
    }

    /// Where a lane stands. Lanes past the sixth stand where the sixth does.
    #[must_use]
    pub fn x(&self, lane: usize) -> f32 {
        let [.., last] = self.xs;
        self.xs.get(lane).copied().unwrap_or(last)
    }

    /// Paints the heads in the middle of `strip`.
    pub fn paint_heads(&self, painter: &Painter, theme: &Theme, strip: Rect, labels: [&str; 6]) {
        for (lane, label) in labels.into_iter().enumerate() {
            let ink = theme.party(lane);
            let galley = painter.layout_no_wrap(label.to_owned(), fonts::strong(12.5), ink);
            let center = pos2(self.x(lane), strip.center().y);
            let rect = self.head_rect(strip, lane, galley.size().x);
            let rim = Stroke::new(1.0, theme.rim(ink));
            painter.rect(rect, theme.corner.button, theme.tint(ink), rim, StrokeKind::Inside);
            painter.galley(round(center - galley.size() / 2.0), galley, ink);
        }
    }

    /// Where the heads stand in `strip`.
    #[must_use]
    pub fn heads(&self, painter: &Painter, strip: Rect, labels: [&str; 6]) -> Vec<Rect> {
        let lanes = labels.into_iter().enumerate();
        lanes.map(|(lane, label)| self.head_rect(strip, lane, words_width(painter, label))).collect()
    }

    fn head_rect(&self, strip: Rect, lane: usize, words_width: f32) -> Rect {
        let center = pos2(self.x(lane), strip.center().y);
        Rect::from_center_size(center, vec2(words_width + self.head_padding, HEAD_HEIGHT))
    }

    /// Paints the lanes themselves over the height of `area`.
    pub fn paint_lines(&self, painter: &Painter, theme: &Theme, area: Rect) {
        for x in self.xs {
            painter.vline(x + 0.5, area.y_range(), theme.hairline());
        }
    }

    /// The part of `row` that belongs to `arrow`: what is filled when it is selected.
    fn span(&self, row: Rect, arrow: &Arrow<'_>, group_width: f32) -> Rect {
        let (left, right) = self.ends(arrow);
        let middle = self.group_left(arrow, group_width) + group_width / 2.0;
        let left = left.min(middle - group_width / 2.0 - 4.0);
        let right = right.max(middle + group_width / 2.0 + 4.0);
        let span = Rect::from_x_y_ranges(left - 12.0..=right + 12.0, row.shrink2(vec2(0.0, 2.0)).y_range());
        span.intersect(self.area.shrink2(vec2(3.0, 0.0)))
    }

    fn ends(&self, arrow: &Arrow<'_>) -> (f32, f32) {
        let (from, to) = (self.x(arrow.from), self.x(arrow.to));
        if arrow.from == arrow.to { (from, from + LOOP) } else { (from.min(to), from.max(to)) }
    }

    /// Where label and badge begin: in the middle of the arrow, beside a loop, and always inside the pane.
    fn group_left(&self, arrow: &Arrow<'_>, width: f32) -> f32 {
        let (left, right) = self.ends(arrow);
        let wanted = if arrow.from == arrow.to {
            let is_right_free = right + 10.0 + width <= self.area.right() - 8.0;
            if is_right_free { right + 10.0 } else { left - 10.0 - width }
        } else {
            f32::midpoint(left, right) - width / 2.0
        };
        wanted.min(self.area.right() - 8.0 - width).max(self.area.left() + 8.0)
    }
}

impl Arrow<'_> {
    /// Paints the arrow into `row`.
    pub fn paint(&self, painter: &Painter, theme: &Theme, lanes: &Lanes, row: Rect) {
        let ink = self.ink(theme);
        let (number, label, width) = self.words(painter, theme, lanes);
        let ground = self.paint_ground(painter, theme, lanes.span(row, self, width));
        let y = (row.center().y + ARROW_BELOW).round() + 0.5;
        let is_loop = self.from == self.to;
        let left = lanes.group_left(self, width).round();
        let text_y = if is_loop { row.center().y + 1.0 } else { y - 10.0 };
        let mask = Rect::from_min_max(pos2(left - 3.0, text_y - 8.0), pos2(left + width + 3.0, text_y + 8.0));
        painter.rect_filled(mask, 2, ground);
        let beside = |x: f32, galley: &Galley| round(pos2(x, text_y - galley.size().y / 2.0));
        let label_at = left + number.size().x + 5.0;
        let badge_at = label_at + label.size().x + 8.0;
        painter.galley(beside(left, &number), number.clone(), ink);
        painter.galley(beside(label_at, &label), label, ink);
        if let Some((tone, text)) = self.badge {
            let chip = Chip::new(tone, text);
            chip.paint_at(painter, theme, pos2(badge_at + badge_width(painter, theme, text) / 2.0, text_y));
        }
        let stroke = Stroke::new(if self.moment == Moment::Present { 2.0 } else { 1.5 }, self.line_color(theme));
        if is_loop {
            return self.paint_loop(painter, lanes.x(self.from), row.center().y + 1.0, stroke);
        }
        self.paint_line(painter, lanes.x(self.from), lanes.x(self.to), y, stroke);
    }

    /// Number, label and the width of both with the badge.
    fn words(&self, painter: &Painter, theme: &Theme, lanes: &Lanes) -> (Arc<Galley>, Arc<Galley>, f32) {
        let ink = self.ink(theme);
        let is_strong = self.is_selected || self.moment == Moment::Present;
        let font = if is_strong { fonts::strong(12.5) } else { fonts::plain(12.5) };
        let faint = if self.moment == Moment::Future { theme.color.faint } else { theme.color.muted };
        let number = painter.layout_no_wrap(self.number.to_owned(), fonts::plain(12.5), faint);
        let mut label = painter.layout_no_wrap(self.label.to_owned(), font.clone(), ink);
        let badge = self.badge.map_or(0.0, |(_, text)| 8.0 + badge_width(painter, theme, text));
        let room = lanes.area.width() - 24.0 - number.size().x - badge;
        if label.size().x > room {
            label = elided(painter, self.label, font, ink, room);
        }
        let width = number.size().x + 5.0 + label.size().x + badge;
        (number, label, width)
    }

    /// Fills the row's span where it is marked, and answers what lies under the label.
    fn paint_ground(&self, painter: &Painter, theme: &Theme, span: Rect) -> Color32 {
        let (fill, edge) = match (self.is_selected, self.is_hovered) {
            (true, _) => (theme.color.selection, Stroke::new(1.0, theme.color.selection_line)),
            (false, true) => (theme.color.hover, Stroke::NONE),
            (false, false) => return theme.color.panel,
        };
        painter.rect(span, theme.corner.button, fill, edge, StrokeKind::Inside);
        fill
    }

    fn ink(&self, theme: &Theme) -> Color32 {
        match self.moment {
            Moment::Past | Moment::Present => theme.color.text,
            Moment::Future => theme.color.faint,
        }
    }

    fn line_color(&self, theme: &Theme) -> Color32 {
        match self.moment {
            Moment::Present => theme.color.accent,
            Moment::Past => theme.color.muted,
            Moment::Future => theme.color.faint,
        }
    }

    fn paint_line(&self, painter: &Painter, from: f32, to: f32, y: f32, stroke: Stroke) {
        let direction = if to > from { 1.0 } else { -1.0 };
        let (start, tip) = (pos2(from + GAP * direction, y), pos2(to - direction, y));
        let end = tip - vec2(8.0 * direction, 0.0);
        if self.is_reply || self.moment == Moment::Future {
            painter.extend(Shape::dashed_line(&[start, end], stroke, 6.0, 4.0));
        } else {
            painter.line_segment([start, end], stroke);
        }
        painter.add(head(tip, direction, stroke.color));
    }

    fn paint_loop(&self, painter: &Painter, x: f32, y: f32, stroke: Stroke) {
        let (top, bottom, right) = (y - 8.0, y + 8.0, x + LOOP);
        let corner = 5.0;
        let tip = pos2(x + 1.0, bottom + 0.5);
        let path = vec![
            pos2(x + 2.0, top + 0.5),
            pos2(right - corner, top + 0.5),
            pos2(right - 1.5, top + 2.0),
            pos2(right, top + corner),
            pos2(right, bottom - corner),
            pos2(right - 1.5, bottom - 1.0),
            pos2(right - corner, bottom + 0.5),
            tip + vec2(7.0, 0.0),
        ];
        if self.moment == Moment::Future {
            painter.extend(Shape::dashed_line(&path, stroke, 6.0, 4.0));
        } else {
            painter.add(Shape::line(path, stroke));
        }
        painter.add(head(tip, -1.0, stroke.color));
    }
}

fn head(tip: Pos2, direction: f32, color: Color32) -> Shape {
    let back = tip - vec2(9.0 * direction, 0.0);
    Shape::convex_polygon(vec![tip, back - vec2(0.0, 4.5), back + vec2(0.0, 4.5)], color, Stroke::NONE)
}

fn words_width(painter: &Painter, label: &str) -> f32 {
    painter.layout_no_wrap(label.to_owned(), fonts::strong(12.5), Color32::PLACEHOLDER).size().x
}

fn badge_width(painter: &Painter, theme: &Theme, text: &str) -> f32 {
    painter.layout_no_wrap(text.to_owned(), theme.small(), Color32::PLACEHOLDER).size().x + 17.0
}

fn elided(painter: &Painter, text: &str, font: egui::FontId, ink: Color32, room: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(24.0));
    painter.layout_job(job)
}

fn round(at: Pos2) -> Pos2 {
    pos2(at.x.round(), at.y.round())
}

/// The rectangle of row `index` in a list that begins at `origin`.
#[must_use]
pub fn row_rect(origin: Pos2, width: f32, index: f32) -> Rect {
    Rect::from_min_size(origin + Vec2::new(0.0, index * ROW_HEIGHT), vec2(width, ROW_HEIGHT))
}
