//! Strips: how waiting is drawn. Polls along a line of time with the moment of payment, and rows of ends by number of tries.

use egui::accesskit::Role;
use egui::{Color32, Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::lens::polling::{Finish, Poll, Said, Strip};
use crate::lens::polling_what_if::{Row, TRIES_MAX};
use crate::protocol::time::{Span, Time};
use crate::session::explore::end::End;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::{surface, text};
use crate::world::message::MessageId;
use crate::world::setup::Polling as Habit;

/// The height of one strip, in points.
const HEIGHT: f32 = 58.0;
/// Above the line of time, for words.
const WORDS_HEIGHT: f32 = 16.0;
const MARK: f32 = 12.0;
/// More polls than this are ticks without a name: they would lie on each other.
const NAMED_MAX: usize = 60;
/// One square of a row of ends.
const SQUARE: Vec2 = vec2(13.0, 14.0);
const INTERVAL_WIDTH: f32 = 104.0;

/// The line of time of one purchase.
struct Scale {
    rect: Rect,
    began: Time,
    span_ms: f32,
}

impl Scale {
    fn of(rect: Rect, strip: &Strip, habits: impl Iterator<Item = Habit>) -> Self {
        let patience = habits.map(|habit| habit.patience()).max().unwrap_or(Span::ZERO);
        let paid = strip.paid.map_or(Span::ZERO, |paid| paid - strip.began);
        let seen = strip.last_moment() - strip.began;
        // What was taken up again much later is drawn at the right end; else it would press everything else together.
        let usual = patience.max(paid);
        let span = usual.max(seen.min(usual + usual)).max(Span::from_seconds(1));
        Self { rect, began: strip.began, span_ms: as_points(span.millis()) * 1.06 }
    }

    fn x(&self, time: Time) -> f32 {
        self.x_after(time - self.began)
    }

    fn x_after(&self, span: Span) -> f32 {
        let share = (as_points(span.millis()) / self.span_ms).clamp(0.0, 1.0);
        (self.rect.left() + share * self.rect.width()).round() + 0.5
    }
}

/// Draws a purchase, and below it the same with another habit where one is tried out. Answers with the poll that was clicked.
pub fn show(ui: &mut Ui, strip: &Strip, own: Habit, preview: Option<Habit>) -> Option<MessageId> {
    let theme = Theme::of(ui);
    let height = if preview.is_some() { HEIGHT + 18.0 } else { HEIGHT };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let inner = rect.shrink2(vec2(MARK, 0.0));
    let scale = Scale::of(inner, strip, [Some(own), preview].into_iter().flatten());
    let y = rect.top() + WORDS_HEIGHT + 14.0;
    let painter = ui.painter().clone();
    painter.hline(inner.x_range(), y, Stroke::new(1.0, theme.color.edge));
    word(&painter, theme, pos2(inner.left(), y + 10.0), "mozPay", theme.color.muted);
    moments(&painter, theme, &scale, strip, (rect, y));
    if strip.end.is_none() {
        for number in upcoming(strip, own) {
            let at = scale.x_after(after(own, number));
            painter.circle_stroke(pos2(at, y), 2.5, Stroke::new(1.0, theme.color.faint));
        }
    }
    if let Some(habit) = preview {
        previewed(&painter, theme, &scale, habit, y + 26.0);
    }
    let mut chosen = None;
    for (index, poll) in strip.polls.iter().enumerate() {
        let center = pos2(scale.x(poll.at), y);
        if strip.polls.len() > NAMED_MAX {
            painter.vline(center.x, y - 4.0..=y + 4.0, Stroke::new(1.0, ink_of(theme, poll.said)));
        } else if poll_ui(ui, theme, strip, poll, (index, center)) {
            chosen = Some(poll.message);
        }
    }
    chosen
}

/// The payment and the end of the waiting, each with its words.
fn moments(painter: &Painter, theme: &Theme, scale: &Scale, strip: &Strip, (rect, y): (Rect, f32)) {
    if let Some(paid) = strip.paid {
        let x = scale.x(paid);
        painter.vline(x, rect.top() + WORDS_HEIGHT..=rect.bottom(), Stroke::new(1.5, theme.color.ok));
        let words = format!("paid after {}", paid - strip.began);
        word(painter, theme, pos2(x, rect.top() + 8.0), &words, theme.color.ok);
    }
    let Some((at, finish)) = strip.end else { return };
    let (words, ink) = match finish {
        Finish::Receipt => return,
        Finish::GaveUp => ("gave up".to_owned(), theme.color.bad),
        Finish::Stopped(code) => (code.to_owned(), theme.color.bad),
    };
    let x = scale.x(at);
    painter.vline(x, y - 9.0..=y + 9.0, Stroke::new(2.5, ink));
    word(painter, theme, pos2(x, y + 16.0), &words, ink);
}

/// Words around this place, never past either end of what is seen.
fn word(painter: &Painter, theme: &Theme, at: Pos2, words: &str, ink: Color32) {
    let galley = painter.layout_no_wrap(words.to_owned(), theme.small(), ink);
    let clip = painter.clip_rect();
    let left = (at.x - galley.size().x / 2.0).min(clip.right() - galley.size().x - 12.0).max(clip.left() + 12.0);
    painter.galley(pos2(left.round(), (at.y - galley.size().y / 2.0).round()), galley, ink);
}

/// The polls that a waiting app will still make, by number.
fn upcoming(strip: &Strip, habit: Habit) -> std::ops::RangeInclusive<u32> {
    let next = strip.polls.last().map_or(0, |poll| poll.number) + 1;
    next..=habit.tries.min(next + 200)
}

/// When the poll of this number comes at the earliest, after the waiting began.
fn after(habit: Habit, number: u32) -> Span {
    Habit { tries: number, ..habit }.patience()
}

fn previewed(painter: &Painter, theme: &Theme, scale: &Scale, habit: Habit, y: f32) {
    painter.hline(scale.rect.x_range(), y, Stroke::new(1.0, theme.color.line));
    for number in 1..=habit.tries.min(400) {
        painter.circle_stroke(pos2(scale.x_after(after(habit, number)), y), 3.0, Stroke::new(1.0, theme.color.accent));
    }
    let end = scale.x_after(habit.patience());
    painter.vline(end, y - 7.0..=y + 7.0, Stroke::new(2.0, theme.color.accent));
}

/// One poll with its sign; true when it was clicked.
fn poll_ui(ui: &mut Ui, theme: &Theme, strip: &Strip, poll: &Poll, (index, center): (usize, Pos2)) -> bool {
    let rect = Rect::from_center_size(center, Vec2::splat(MARK + 2.0));
    let response = ui.interact(rect, ui.scope_id().with((strip.transaction.as_str(), index)), Sense::click());
    let name = format!(
        "Poll {} after {}, message {}, {}",
        poll.number,
        poll.at - strip.began,
        poll.message_number,
        poll.said.label()
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    surface::follow_focus(&response);
    let ink = ink_of(theme, poll.said);
    let sign = Rect::from_center_size(center, Vec2::splat(MARK));
    ui.painter().circle(center, MARK / 2.0, theme.color.panel, Stroke::new(1.5, ink));
    match poll.said {
        Said::Completed => Icon::Check.paint(ui.painter(), sign.shrink(2.0), ink),
        Said::Error(_) => Icon::Cross.paint(ui.painter(), sign.shrink(2.0), ink),
        Said::Nothing => Icon::Dash.paint(ui.painter(), sign.shrink(2.0), ink),
        Said::Pending | Said::Waiting => {}
    }
    surface::focus_ring(ui, &response, 8);
    response.on_hover_text(name).clicked()
}

fn ink_of(theme: &Theme, said: Said) -> Color32 {
    match said {
        Said::Waiting => theme.color.accent,
        Said::Pending => theme.color.muted,
        Said::Completed => theme.color.ok,
        Said::Error(_) => theme.color.bad,
        Said::Nothing => theme.color.warn,
    }
}

/// The ends for one interval, a square for each number of tries. Answers with the tries that were chosen: those of the square under
/// the pointer, by key the fewest that end well.
pub fn ends(ui: &mut Ui, row: &Row, current: Habit) -> Option<u32> {
    let theme = Theme::of(ui);
    let interval = row.interval.to_string();
    let sentence = row.sentence();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.space.gap;
        let (label, _) = ui.allocate_exact_size(vec2(INTERVAL_WIDTH, theme.space.row.min(22.0)), Sense::hover());
        text::mono_in(&mut surface::row_ui(ui, label), &format!("every {interval}"), theme.color.muted);
        let width = SQUARE.x * as_points(i64::from(TRIES_MAX));
        let (rect, response) = ui.allocate_exact_size(vec2(width, SQUARE.y), Sense::click());
        let name = format!("Every {interval}: {sentence}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
        surface::follow_focus(&response);
        for (index, end) in (0_i64..).zip(&row.ends) {
            let min = rect.min + vec2(as_points(index) * SQUARE.x, 0.0);
            let square = Rect::from_min_size(min, SQUARE).shrink(1.0);
            square_ui(ui, theme, square, *end);
            if row.interval == current.interval && index + 1 == i64::from(current.tries) {
                ui.painter().rect_stroke(
                    square.expand(1.0),
                    2,
                    Stroke::new(2.0, theme.color.text),
                    StrokeKind::Outside,
                );
            }
        }
        surface::focus_ring(ui, &response, 2);
        text::muted(ui, &sentence);
        let tries_at = |at: Pos2| tries_of((at.x - rect.left()) / SQUARE.x);
        let has_clicked = response.clicked();
        let pointed = response.hover_pos().map(tries_at);
        if let Some(tries) = pointed {
            let end = row.ends.get(tries as usize - 1).map_or("not known yet", |end| end.sentence());
            response.on_hover_text_at_pointer(format!("{tries} tries: {end}"));
        }
        let fewest = row.fine_from().and_then(|tries| u32::try_from(tries).ok());
        if has_clicked { pointed.or(fewest) } else { None }
    })
    .inner
}

/// Colour and shape say the same.
fn square_ui(ui: &Ui, theme: &Theme, square: Rect, end: End) {
    let ink = match end {
        End::Fine => theme.color.ok,
        End::Refused => theme.color.muted,
        End::Stuck => theme.color.warn,
        End::PaidNoProduct | End::ProductNotPaid => theme.color.bad,
    };
    ui.painter().rect(square, 2, theme.tint(ink), Stroke::new(1.0, theme.rim(ink)), StrokeKind::Inside);
    let sign = Rect::from_center_size(square.center(), Vec2::splat(8.0));
    let icon = match end {
        End::Fine => Icon::Check,
        End::Refused => Icon::Dash,
        End::Stuck => Icon::Dot,
        End::PaidNoProduct | End::ProductNotPaid => Icon::Cross,
    };
    icon.paint(ui.painter(), sign, ink);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the squares of a row")]
fn tries_of(square: f32) -> u32 {
    (square.floor() as u32 + 1).clamp(1, TRIES_MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen; milliseconds of years lose less than a pixel")]
fn as_points(count: i64) -> f32 {
    count as f32
}
