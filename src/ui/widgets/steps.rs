//! Steps: the bar that says how far the purchase is. Done ones carry a tick, the present one is filled, the rest are faint.

use egui::accesskit::Role;
use egui::{Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;

const DISC: f32 = 22.0;

/// How far one step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Where the run is.
    Current,
    /// Not reached.
    Future,
    /// Reached, and stopped there.
    Failed,
}

impl StepState {
    fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Future => "to come",
            Self::Failed => "failed",
        }
    }
}

/// Shows the steps over the available width, joined by lines. Answers with the index of the one that was clicked.
pub fn steps(ui: &mut Ui, steps: &[(&str, StepState)]) -> Option<usize> {
    let theme = Theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let (widths, is_named) = widths(ui, theme, steps, rect.width());
    let mut left = rect.left();
    let mut clicked = None;
    for (index, ((name, state), width)) in steps.iter().zip(widths).enumerate() {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left += width;
        let line_from = step(ui, theme, (place, is_named), index + 1, name, *state, &mut clicked);
        let line_to = place.right() - theme.space.gap;
        if index + 1 < steps.len() && line_from < line_to {
            ui.painter().hline(line_from..=line_to, place.center().y.round() + 0.5, theme.hairline());
        }
    }
    clicked
}

/// The room of each step, and whether there is room for names: equal shares where every name has air, else by the length of
/// the names. A narrow window shows the numbers alone; the words stay in the tooltips and for the screen reader.
fn widths(ui: &Ui, theme: &Theme, steps: &[(&str, StepState)], room: f32) -> (Vec<f32>, bool) {
    let name_width =
        |name: &str| ui.painter().layout_no_wrap(name.to_owned(), theme.strong(), Color32::PLACEHOLDER).size().x;
    let wanted: Vec<_> = steps.iter().map(|(name, _)| DISC + theme.space.gap + name_width(name)).collect();
    let count = steps.iter().map(|_| 1.0).sum::<f32>().max(1.0);
    let share = room / count;
    let left_over = room - wanted.iter().sum::<f32>();
    let is_named = left_over >= count * theme.space.gap;
    if !is_named || wanted.iter().all(|width| width + 2.0 * theme.space.pad <= share) {
        return (vec![share; steps.len()], is_named);
    }
    (wanted.into_iter().map(|width| width + left_over / count).collect(), true)
}

/// Shows one step and answers where the line to the next may begin.
fn step(
    ui: &Ui,
    theme: &Theme,
    (place, is_named): (Rect, bool),
    number: usize,
    name: &str,
    state: StepState,
    clicked: &mut Option<usize>,
) -> f32 {
    let ink = match state {
        StepState::Current | StepState::Failed => theme.color.text,
        StepState::Done | StepState::Future => theme.color.muted,
    };
    let font = if state == StepState::Current { theme.strong() } else { theme.label() };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, ink);
    let wanted = DISC + theme.space.gap + galley.size().x;
    let width = if is_named { wanted } else { DISC };
    let target = Rect::from_min_size(place.left_top(), vec2(width, place.height())).shrink2(vec2(0.0, 6.0));
    let response = ui.interact(target, ui.scope_id().with(("step", number)), Sense::click());
    response.widget_info(|| {
        let words = format!("{name}, step {number}, {}", state.words());
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), words)
    });
    if response.clicked() {
        *clicked = Some(number - 1);
    }
    let center = pos2(place.left() + DISC / 2.0, place.center().y);
    disc(ui, theme, Rect::from_center_size(center, Vec2::splat(DISC)), number, state);
    if is_named {
        let top = place.center().y - galley.size().y / 2.0;
        ui.painter().galley(pos2(place.left() + DISC + theme.space.gap, top.round()), galley, ink);
    }
    ring(ui, theme, &response);
    if !is_named {
        response.on_hover_text(name);
    }
    place.left() + width + theme.space.pad
}

fn disc(ui: &Ui, theme: &Theme, rect: Rect, number: usize, state: StepState) {
    let color = &theme.color;
    let (fill, edge, ink) = match state {
        StepState::Done => (color.ok, color.ok, color.panel),
        StepState::Current => (color.filled, color.filled, color.on_filled),
        StepState::Future => (Color32::TRANSPARENT, color.faint, color.muted),
        StepState::Failed => (color.bad, color.bad, color.panel),
    };
    let painter = ui.painter();
    painter.circle(rect.center(), DISC / 2.0 - 0.75, fill, Stroke::new(1.5, edge));
    let icon = match state {
        StepState::Done => Some(Icon::Check),
        StepState::Failed => Some(Icon::Cross),
        StepState::Current | StepState::Future => None,
    };
    if let Some(icon) = icon {
        return icon.paint(painter, Rect::from_center_size(rect.center(), Vec2::splat(14.0)), ink);
    }
    let font = if state == StepState::Current { fonts::strong(12.0) } else { fonts::plain(12.0) };
    let galley = painter.layout_no_wrap(number.to_string(), font, ink);
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
}

fn ring(ui: &Ui, theme: &Theme, response: &Response) {
    if response.has_focus() {
        let rect = response.rect.expand2(vec2(4.0, 0.0));
        ui.painter().rect_stroke(rect, theme.corner.button, theme.focus_ring(), StrokeKind::Middle);
    }
}
