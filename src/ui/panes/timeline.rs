//! The timeline: every event as a tick, the present as a bar, the other branches below. A click goes there.

use egui::accesskit::Role;
use egui::{Align, Color32, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::lens::faults::armed_lines;
use crate::session::branch::{Branch, Descent};
use crate::session::dials::difference;
use crate::session::run::Session;
use crate::ui::desk::{Ask, Desk};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::keys::{self, Action};
use crate::ui::pane::Pane;
use crate::ui::selection::Menu;
use crate::ui::theme::Theme;
use crate::ui::view::is_trouble;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};
use crate::world::command::Command;

/// Ticks are never closer than this, in points; a long run shows fewer of them.
const TICK_GAP: f32 = 3.0;
/// Branches drawn under the ticks; the others stand in the menu.
const BRANCHES_DRAWN: usize = 3;
/// The menu of branches, in points.
const BRANCHES_WIDTH: f32 = 540.0;

/// The strip at the bottom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timeline;

impl Pane for Timeline {
    fn name(&self) -> &'static str {
        "Timeline"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let room = ui.max_rect().shrink2(vec2(12.0, 0.0));
        let mut right = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::right_to_left(Align::Center)));
        right.spacing_mut().item_spacing.x = 8.0;
        tools_ui(&mut right, desk);
        let right_edge = right.min_rect().left() - 12.0;
        let mut left = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center)));
        text::muted(&mut left, self.name());
        let left_edge = left.min_rect().right() + 12.0;
        let track =
            Rect::from_min_max(pos2(left_edge, room.center().y - 15.0), pos2(right_edge, room.center().y + 15.0));
        track_ui(ui, desk, track);
    }
}

fn tools_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    branches_ui(ui, desk);
    if !desk.session.world().faults().armed().is_empty() || !desk.session.world().faults().held().is_empty() {
        faults_ui(ui, desk);
    }
    for (icon, name, action, is_enabled) in
        [(Icon::Redo, "Redo", Action::Redo, desk.mode.can_redo), (Icon::Undo, "Undo", Action::Undo, desk.mode.can_undo)]
    {
        let hint = keys::hint(action).unwrap_or_default();
        if Button::icon(icon, name).shortcut(&hint).enabled(is_enabled).show(ui).clicked() {
            desk.ask(action);
        }
    }
    let theme = Theme::of(ui);
    let words = desk.view.counter();
    text::mono_in(ui, &words, theme.color.muted);
}

fn branches_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let session = desk.session;
    let words = format!("Branch {}", session.branch().name());
    let key = keys::hint(Action::Branches).unwrap_or_default();
    let hint = match turned_words(session, session.branch()) {
        Some(turned) => format!("{turned}. Every future is kept"),
        None => "Acting in the past opens a branch, and so does turning a dial; every future is kept".to_owned(),
    };
    let button = Button::quiet(&words).leading(Icon::Branch).trailing(Icon::ChevronDown).shortcut(&key).hint(&hint);
    let button = button.show(ui);
    let is_asked = desk.selection.menu == Some(Menu::Branches);
    if is_asked {
        desk.selection.menu = None;
        menu::open(&button);
    }
    let is_opening = is_asked || button.clicked();
    menu::drop_down(&button, BRANCHES_WIDTH, |ui| {
        for branch in session.branches() {
            let (name, note) = (format!("Branch {}", branch.name()), branch_note(session, branch));
            let is_present = branch.id() == session.here().branch;
            let line = menu::line(ui, &name, &note, is_present);
            if is_present && is_opening {
                line.scroll_to_me(None);
            }
            if line.on_hover_text(&note).clicked() {
                desk.ask(Ask::GoTo(branch.tip()));
            }
        }
    });
}

/// Where a branch comes from, and what sets it apart.
fn branch_note(session: &Session, branch: &Branch) -> String {
    let count = branch.steps().len();
    match branch.descent() {
        Descent::First => format!("from the start · {count} steps"),
        Descent::Parted(place) => format!("from {} at step {} · {count} steps", place.branch, place.step),
        Descent::Turned(place) => {
            let turned = turned_words(session, branch).unwrap_or_default();
            format!("{turned} · from {} at step {} · {count} steps", place.branch, place.step)
        }
    }
}

/// Which dials of this branch were turned; `None` where none were.
fn turned_words(session: &Session, branch: &Branch) -> Option<String> {
    let Descent::Turned(place) = branch.descent() else { return None };
    let turned = difference::turned(session.branches().get(place.branch.index())?.setup(), branch.setup());
    Some(if turned.is_empty() { "Another set-up".to_owned() } else { format!("Dials turned: {turned}") })
}

/// All that shall go wrong, in one place: a click on a line disarms it or lets go what is held.
fn faults_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let world = desk.session.world();
    let lines = armed_lines(world);
    let held = world.faults().held();
    let words = match held.len() {
        0 => format!("Faults {}", lines.len()),
        count => format!("Faults {} · {count} held", lines.len()),
    };
    let button = Button::quiet(&words).trailing(Icon::ChevronDown).hint("What shall go wrong, and what has").show(ui);
    menu::drop_down(&button, 380.0, |ui| {
        for line in lines {
            if menu::line(ui, &line.words, &line.count, line.is_used_up).clicked() {
                desk.ask(Command::Disarm { fault: line.id });
            }
        }
        for held in held {
            let words = format!("Let message {} go", held.message.number);
            if menu::line(ui, &words, held.message.body.kind().name(), false).clicked() {
                desk.ask(Command::Release { message: held.message.id });
            }
        }
        if menu::line(ui, "Clear all", "", false).clicked() {
            desk.ask(Command::ClearFaults);
        }
        let hint = keys::hint(Action::Faults).unwrap_or_default();
        if menu::line(ui, "All faults…", &hint, false).clicked() {
            desk.ask(Action::Faults);
        }
    });
}

/// How events lie on the track.
#[derive(Clone, Copy)]
struct Scale {
    track: Rect,
    count: usize,
}

impl Scale {
    fn x(self, index: usize) -> f32 {
        let share = (as_points(index) + 0.5) / as_points(self.count.max(1));
        (self.track.left() + 6.0 + share * (self.track.width() - 12.0)).round()
    }

    /// Every how many-th event gets a tick.
    fn stride(self) -> usize {
        let mut stride = 1;
        while as_points(self.count) * TICK_GAP > as_points(stride) * self.track.width() {
            stride += 1;
        }
        stride
    }

    /// The event nearest to `x`.
    fn index_at(self, x: f32) -> usize {
        let share = ((x - self.track.left() - 6.0) / (self.track.width() - 12.0)).clamp(0.0, 0.9999);
        let (mut low, mut high) = (0, self.count);
        while low + 1 < high {
            let middle = usize::midpoint(low, high);
            if as_points(middle) <= share * as_points(self.count) { low = middle } else { high = middle }
        }
        low
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a run has fewer than 2^24 events; beyond, ticks are closer than pixels anyway"
)]
fn as_points(count: usize) -> f32 {
    count as f32
}

fn track_ui(ui: &Ui, desk: &mut Desk<'_>, track: Rect) {
    let theme = Theme::of(ui);
    if track.width() < 40.0 {
        return;
    }
    let scale = Scale { track, count: desk.view.row_count() };
    let response = ui.interact(track, ui.scope_id().with("track"), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, format!("Timeline, {}", desk.view.counter())));
    ui.painter().rect(track, theme.corner.button, theme.color.raised, theme.hairline(), StrokeKind::Inside);
    ticks_ui(ui, desk, scale);
    for (level, branch) in others(desk).take(BRANCHES_DRAWN).enumerate() {
        branch_ui(ui, desk, scale, branch, level);
    }
    if let Some(present) = desk.view.present_row() {
        let x = scale.x(present);
        let bar = Rect::from_center_size(pos2(x, track.center().y), vec2(3.0, track.height() + 6.0));
        ui.painter().rect_filled(bar, 1, theme.color.selection_line);
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
        && let Some(step) = desk.view.step_of_row(scale.index_at(at.x))
    {
        desk.ask(Ask::Go(step));
    }
    if let Some(at) = response.hover_pos()
        && let Some(row) = desk.view.row(scale.index_at(at.x))
    {
        response.on_hover_text_at_pointer(format!("{} {}", row.number, row.label_at(desk.view.taken())));
    }
}

fn ticks_ui(ui: &Ui, desk: &Desk<'_>, scale: Scale) {
    let theme = Theme::of(ui);
    let mut last = f32::NEG_INFINITY;
    let stride = scale.stride();
    for index in (0..scale.count).step_by(stride) {
        let x = scale.x(index);
        if x - last < TICK_GAP {
            continue;
        }
        last = x;
        let (color, half) = tick_of(desk, theme, index);
        ui.painter().vline(
            x + 0.5,
            scale.track.center().y - half..=scale.track.center().y + half,
            Stroke::new(1.5, color),
        );
    }
}

/// Trouble is red and taller, so that colour is not the only sign.
fn tick_of(desk: &Desk<'_>, theme: &Theme, index: usize) -> (Color32, f32) {
    if !desk.view.is_past(index) {
        return (theme.color.faint.gamma_multiply(0.7), 3.5);
    }
    if desk.view.row(index).is_some_and(|row| is_trouble(row, desk.view.taken())) {
        (theme.color.bad, 9.0)
    } else {
        (theme.color.muted, 6.5)
    }
}

fn others<'a>(desk: &Desk<'a>) -> impl Iterator<Item = &'a Branch> {
    let here = desk.session.here().branch;
    desk.session.branches().iter().filter(move |branch| branch.id() != here)
}

fn branch_ui(ui: &Ui, desk: &Desk<'_>, scale: Scale, branch: &Branch, level: usize) {
    let theme = Theme::of(ui);
    let here = desk.session.branch();
    let shared = common_steps(here, branch);
    let left = desk.view.row_at_step(shared).map_or(scale.track.left() + 6.0, |row| scale.x(row));
    let share = as_points(branch.steps().len() - shared) / as_points(here.steps().len().max(1));
    let right = (left + (share * scale.track.width()).max(24.0)).min(scale.track.right() - 18.0).max(left + 8.0);
    let y = scale.track.bottom() - 5.0 - as_points(level) * 5.0;
    ui.painter().hline(left..=right, y, Stroke::new(1.5, theme.color.warn));
    let label = ui.painter().layout_no_wrap(branch.name(), fonts::mono(10.0), theme.color.warn);
    // Side by side, where branches end at the same place.
    let at = pos2(right + 4.0 + as_points(level) * 9.0, y - label.size().y / 2.0);
    ui.painter().galley(at, label, theme.color.warn);
}

/// How many steps two branches share from the start.
fn common_steps(one: &Branch, other: &Branch) -> usize {
    one.steps().iter().zip(other.steps()).take_while(|(one, other)| std::sync::Arc::ptr_eq(one, other)).count()
}
