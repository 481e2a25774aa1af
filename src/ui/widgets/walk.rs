//! Walks: a table or list is one stop of the Tab key. The arrows go about in it, and it keeps its place for the next time.

use egui::accesskit::Role;
use egui::{Event, FocusDirection, Id, Key, Rect, Ui, UiBuilder};

/// By how much the middles of two things in one row may differ in height, in points.
const SAME_ROW: f32 = 6.0;
/// What stands no further apart is in one column.
const SAME_COLUMN: f32 = 1.0;

/// What is remembered of a walk from pass to pass.
#[derive(Clone, Debug, Default)]
struct Walk {
    /// What can have the keyboard, row by row and from left to right.
    places: Vec<Place>,
    /// Where the keyboard was last.
    last: Option<Id>,
    /// How far from the left the arrows go up and down.
    column: f32,
    /// Whether the keyboard was here when the last pass ended.
    is_here: bool,
    /// Whether Tab was pressed in the last pass.
    has_tabbed: bool,
    /// Whether the row that the arrows came to did not show yet what stands in the column.
    is_short: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    id: Id,
    row: usize,
    /// How far from the left it begins.
    left: f32,
    rect: Rect,
}

/// A key that moves the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Up,
    Down,
    Left,
    Right,
    /// Out of the walk, onward.
    On,
    /// Out of the walk, back.
    Back,
}

/// Draws a table or list of this name, in which everything that can be pressed is one stop of the Tab key. The arrows go from row to
/// row and, where a row has more than itself, along it; Enter and Space press as everywhere. What goes up and down stays in its
/// column. Tab leaves, and comes back to where it left.
///
/// It knows nothing of what is drawn but its places: rows may scroll, come and go.
pub fn stop<R>(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.scope_id().with(("walk", name));
    let mut walk: Walk = ui.data_mut(|data| data.remove_temp(id)).unwrap_or_default();
    let moves = moves(ui);
    let is_leaving = walk.steer(ui, &moves);
    let first = ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get_layer(ui.layer_id()).count());
    let builder = UiBuilder::new().accessibility_role(Role::Grid).accessibility_label(name);
    let answer = ui.scope_builder(builder, contents);
    walk.places = places(ui, first, answer.response.rect.left());
    walk.look(ui, &moves, is_leaving);
    ui.data_mut(|data| data.insert_temp(id, walk));
    answer.inner
}

impl Walk {
    /// Before anything is drawn: goes where the keys lead. True where they lead out.
    fn steer(&mut self, ui: &Ui, moves: &[Move]) -> bool {
        let Some(focused) = self.focused(ui) else { return false };
        let mut at = focused;
        if !self.is_here && self.has_tabbed {
            // What goes back by Tab arrives one pass later.
            at = self.remembered().unwrap_or(focused);
        }
        for step in moves {
            at = self.next(at, *step);
        }
        self.last = Some(at.id);
        let is_leaving = matches!(moves.last(), Some(Move::On | Move::Back));
        let edge = match moves.last() {
            // From the last place Tab goes on to whatever comes behind the walk, from the first one back before it.
            Some(Move::On) => self.places.last().copied(),
            Some(Move::Back) => self.places.first().copied(),
            Some(Move::Up | Move::Down | Move::Left | Move::Right) | None => {
                // What is near to the eye, wherever it belongs: that is not where these arrows lead.
                ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
                Some(at)
            }
        };
        if let Some(edge) = edge.filter(|edge| edge.id != focused.id) {
            ui.memory_mut(|memory| memory.request_focus(edge.id));
        }
        is_leaving
    }

    /// After all is drawn: where somebody has just come in, and what the row in focus shows by now.
    fn look(&mut self, ui: &Ui, moves: &[Move], is_leaving: bool) {
        let was_here = std::mem::replace(&mut self.is_here, false);
        let is_tabbing = moves.iter().any(|step| matches!(step, Move::On | Move::Back));
        let has_tabbed = std::mem::replace(&mut self.has_tabbed, is_tabbing) || is_tabbing;
        let Some(focused) = self.focused(ui).filter(|_| !is_leaving) else { return };
        let mut at = focused;
        if !was_here && has_tabbed {
            at = self.remembered().unwrap_or(focused);
        } else if self.is_short
            && let Some(better) = self.nearest(focused.row)
        {
            self.is_short = better.id == focused.id;
            at = better;
        }
        if !was_here {
            self.column = at.left;
        }
        if at.id != focused.id {
            ui.memory_mut(|memory| memory.request_focus(at.id));
            // It was drawn before it got the keyboard, so that it cannot come into sight by itself.
            ui.scroll_to_rect(at.rect, None);
        }
        (self.last, self.is_here) = (Some(at.id), true);
    }

    /// The place that has the keyboard.
    fn focused(&self, ui: &Ui) -> Option<Place> {
        let focused = ui.memory(egui::Memory::focused)?;
        self.places.iter().find(|place| place.id == focused).copied()
    }

    fn remembered(&self) -> Option<Place> {
        self.places.iter().find(|place| Some(place.id) == self.last).copied()
    }

    /// Where a key leads from there. At an edge it stays.
    fn next(&mut self, from: Place, step: Move) -> Place {
        let to = match step {
            Move::On | Move::Back => return from,
            Move::Left => self.places.iter().rev().find(|place| place.row == from.row && place.left < from.left),
            Move::Right => self.places.iter().find(|place| place.row == from.row && place.left > from.left),
            Move::Up | Move::Down => {
                let row = if step == Move::Up { from.row.checked_sub(1) } else { Some(from.row + 1) };
                let to = row.and_then(|row| self.nearest(row)).unwrap_or(from);
                self.is_short = (to.left - self.column).abs() > SAME_COLUMN;
                return to;
            }
        };
        let to = to.copied().unwrap_or(from);
        (self.column, self.is_short) = (to.left, false);
        to
    }

    /// What stands nearest to the column in this row.
    fn nearest(&self, row: usize) -> Option<Place> {
        let off = |place: &Place| (place.left - self.column).abs();
        let of_row = self.places.iter().filter(|place| place.row == row);
        of_row.min_by(|one, other| off(one).total_cmp(&off(other))).copied()
    }
}

/// The keys of this pass that move the keyboard, up to one that presses or lets go. What comes behind it in the same
/// pass leads nowhere: what it pressed may have changed the list.
fn moves(ui: &Ui) -> Vec<Move> {
    let move_of = |event: &Event| {
        // Of egui's many events, only keys going down matter here.
        let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
        if matches!(key, Key::Enter | Key::Space | Key::Escape) {
            return Some(None);
        }
        let plain = |step| modifiers.is_none().then_some(Some(step));
        if *key == Key::Tab {
            return if modifiers.shift_only() { Some(Some(Move::Back)) } else { plain(Move::On) };
        }
        let arrows = [
            (Key::ArrowUp, Move::Up),
            (Key::ArrowDown, Move::Down),
            (Key::ArrowLeft, Move::Left),
            (Key::ArrowRight, Move::Right),
        ];
        arrows.into_iter().find(|(arrow, _)| arrow == key).and_then(|(_, step)| plain(step))
    };
    ui.input(|input| input.events.iter().filter_map(move_of).map_while(|step| step).collect())
}

/// Everything that can have the keyboard and was drawn in this layer since there were `first` things in it. `origin` is where the
/// walk begins at the left.
fn places(ui: &Ui, first: usize, origin: f32) -> Vec<Place> {
    let mut found: Vec<(Id, Rect)> = ui.ctx().viewport(|viewport| {
        let drawn = viewport.this_pass.widgets.get_layer(ui.layer_id()).skip(first);
        let stops = drawn.filter(|one| one.enabled && one.sense.is_focusable() && one.rect.is_finite());
        stops.map(|one| (one.id, one.rect)).collect()
    });
    found.sort_by(|(_, one), (_, other)| one.center().y.total_cmp(&other.center().y));
    let (mut row, mut height) = (0, None);
    let mut places: Vec<Place> = Vec::with_capacity(found.len());
    for (id, rect) in found {
        let middle = rect.center().y;
        if height.is_some_and(|height| middle - height > SAME_ROW) {
            row += 1;
            height = Some(middle);
        }
        height = height.or(Some(middle));
        places.push(Place { id, row, left: rect.left() - origin, rect });
    }
    places.sort_by(|one, other| one.row.cmp(&other.row).then(one.left.total_cmp(&other.left)));
    places
}
