//! The flow: the live sequence diagram. Six lanes, one row per message, the present marked, the future faint.

use egui::accesskit::Role;
use egui::{Event, Pos2, Rect, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::lens::badge::BadgeKind;
use crate::lens::faults::{Offer, offers};
use crate::lens::flow::Row;
use crate::session::attack::card::Card;
use crate::session::attack::cards::CARDS;
use crate::ui::arrows::{self, Arrow, HEADS_HEIGHT, Lanes, Moment, ROW_HEIGHT};
use crate::ui::desk::{Ask, Desk};
use crate::ui::keys::{self, Action};
use crate::ui::pane::Pane;
use crate::ui::party_menu;
use crate::ui::selection::{Lab, Menu};
use crate::ui::theme::Theme;
use crate::ui::widgets::chip::Tone;
use crate::ui::widgets::menu;
use crate::world::command::Command;
use crate::world::party::Party;

const FAULT_MENU_WIDTH: f32 = 320.0;

/// The sequence diagram.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// The row that was last scrolled to, `None` before the first message, and the height it was scrolled in.
    shown: (Option<usize>, f32),
    /// How far the list is scrolled, in points.
    offset: f32,
    /// Where the pointer was in the last pass, and where it rested when a key was pressed or the window came up.
    pointer: (Option<Pos2>, Option<Pos2>),
}

impl Pane for Flow {
    fn name(&self) -> &'static str {
        "Flow"
    }

    fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let room = ui.max_rect();
        let labels = Party::ALL.map(|party| party.lane_label(desk.session.setup().is_hosted()));
        let lanes = Lanes::spread(ui.painter(), room, labels);
        let heads = Rect::from_min_size(room.min, vec2(room.width(), HEADS_HEIGHT));
        let body = Rect::from_min_max(pos2(room.left(), heads.bottom()), room.max);
        lanes.paint_lines(ui.painter(), theme, Rect::from_min_max(pos2(room.left(), heads.center().y), room.max));
        lanes.paint_heads(ui.painter(), theme, heads, labels);
        let places = lanes.heads(ui.painter(), heads, labels);
        for ((party, label), place) in Party::ALL.into_iter().zip(labels).zip(places) {
            party_menu::head_ui(ui, desk, party, (place, label));
        }
        let mut body_ui = ui.new_child(UiBuilder::new().max_rect(body));
        self.rows_ui(&mut body_ui, desk, &lanes);
    }
}

impl Flow {
    /// Whether somebody points with the pointer: it has moved since the last key, so that whoever steps by keys is not
    /// disturbed by tooltips over rows that come to lie under a resting pointer.
    fn is_pointing(&mut self, ui: &Ui) -> bool {
        let is_key = |event: &Event| matches!(event, Event::Key { pressed: true, .. });
        let (now, has_pressed) = ui.input(|input| (input.pointer.hover_pos(), input.events.iter().any(is_key)));
        let (before, resting) = self.pointer;
        let resting = if has_pressed || before.is_none() { now } else { resting };
        self.pointer = (now, resting);
        now != resting
    }

    fn rows_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, lanes: &Lanes) {
        let view = desk.view;
        let is_pointing = self.is_pointing(ui);
        let focus = view.row_of(desk.selection.message);
        let height = ui.available_height();
        let end = end_of(view.row_count(), height);
        let mut area = ScrollArea::vertical().id_salt("flow").auto_shrink(false);
        // Another height is another zoom or another window: the row in focus must not be left behind, nor its menu out of sight.
        if self.shown != (focus, height) || desk.selection.menu == Some(Menu::Fault) {
            self.shown = (focus, height);
            self.offset = self.offset_for(focus, height);
            area = area.vertical_scroll_offset(self.offset.min(end));
        } else if self.offset > end {
            // Past its end the list would spring back.
            area = area.vertical_scroll_offset(end);
        }
        let output = area.show_viewport(ui, |ui, viewport| {
            let origin = ui.max_rect().min;
            let width = ui.max_rect().width();
            ui.set_height(end + height);
            let first = row_at(viewport.top());
            let last = row_at(viewport.bottom()) + 1;
            for (index, row) in view.rows_from(first).take(last.saturating_sub(first)) {
                let rect = arrows::row_rect(origin, width, as_points(index));
                row_ui(ui, desk, lanes, rect, (index, row), is_pointing);
            }
        });
        self.offset = output.state.clamped_offset().y;
    }

    /// Where the list must stand so that the row in focus shows, with the next one or two below it. Stays where that is so already,
    /// and never cuts the row at the top.
    fn offset_for(&self, focus: Option<usize>, height: f32) -> f32 {
        let Some(index) = focus else { return 0.0 };
        let top = as_points(index) * ROW_HEIGHT;
        let highest = top - ROW_HEIGHT;
        let lowest = top + 3.0 * ROW_HEIGHT - height;
        let wanted = if self.offset > highest { highest } else { self.offset.max(lowest) };
        ((wanted / ROW_HEIGHT).ceil() * ROW_HEIGHT).clamp(0.0, top)
    }
}

fn row_ui(ui: &Ui, desk: &mut Desk<'_>, lanes: &Lanes, rect: Rect, (index, row): (usize, &Row), is_pointing: bool) {
    let view = desk.view;
    let moment = view.moment_of(index);
    let is_selected = moment != Moment::Future && view.row_of(desk.selection.message) == Some(index);
    let sense = if moment == Moment::Future { Sense::hover() } else { Sense::CLICK };
    let response = ui.interact(rect, ui.scope_id().with(("row", index)), sense);
    let label = row.label_at(view.taken());
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, spoken(desk, row, &label, moment)));
    let badge = row.badge_at(view.taken());
    let number = row.number.to_string();
    let arrow = Arrow {
        from: row.from as usize,
        to: row.to as usize,
        number: &number,
        label: &label,
        badge: badge.map(|badge| (tone_of(badge.kind), &*badge.text)),
        is_reply: row.is_reply,
        moment,
        is_selected,
        is_hovered: response.hovered() && moment != Moment::Future,
    };
    arrow.paint(ui.painter(), Theme::of(ui), lanes, rect);
    let is_in_focus = view.row_of(desk.selection.message) == Some(index);
    let is_wanted = is_in_focus && desk.selection.menu == Some(Menu::Fault);
    if is_wanted {
        desk.selection.menu = None;
    }
    if moment != Moment::Future {
        menu::context(&response, is_wanted, FAULT_MENU_WIDTH, |ui| faults_ui(ui, desk, row));
    }
    let has_clicked = response.clicked();
    // The caption under the flow tells the row in focus already; a tooltip would only hide its neighbours.
    let is_told = view.row_of(desk.selection.message) == Some(index) && !view.is_untouched();
    if is_pointing && !is_told && response.hovered() {
        response.on_hover_text_at_pointer(view.told(desk.session, index));
    }
    if has_clicked {
        desk.selection.receipt = None;
        desk.selection.message = Some(row.message.id);
    }
}

/// What can be done to the next message like this one.
fn faults_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &Row) {
    attacks_ui(ui, desk, row);
    let offers = offers(desk.session.world(), &row.message);
    if offers.is_empty() {
        menu::title(ui, "This passes over no wire");
        return;
    }
    menu::title(ui, &format!("The next message like {}", row.number));
    for Offer { words, fault } in offers {
        if menu::line(ui, &words, "", false).clicked() {
            desk.ask(Command::Arm { fault });
        }
    }
    let hint = keys::hint(Action::Faults).unwrap_or_default();
    if menu::line(ui, "With your own values…", &hint, false).clicked() {
        desk.selection.message = Some(row.message.id);
        desk.ask(Action::Faults);
    }
}

/// What a cheat could try at this message.
fn attacks_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &Row) {
    let kind = row.message.body.kind();
    let cards: Vec<&'static Card> = CARDS.iter().filter(|card| card.on == kind).collect();
    if cards.is_empty() {
        return;
    }
    menu::title(ui, "What a cheat could try here");
    for card in cards {
        if menu::line(ui, card.title, "", false).on_hover_text(card.deed).clicked() {
            desk.ask(Ask::Attack(card));
            desk.selection.open_lab(Lab::Attacks);
        }
    }
}

/// The row for a screen reader: `Message 5, Marketplace to App server, notice → 200 "OK", wrong body, present`.
fn spoken(desk: &Desk<'_>, row: &Row, label: &str, moment: Moment) -> String {
    let is_hosted = desk.session.setup().is_hosted();
    let (from, to) = (row.from.lane_label(is_hosted), row.to.lane_label(is_hosted));
    let when = match moment {
        Moment::Past => "",
        Moment::Present => ", present",
        Moment::Future => ", to come",
    };
    let mark = row.badge_at(desk.view.taken()).map_or_else(String::new, |badge| format!(", {}", badge.text));
    format!("Message {}, {from} to {to}, {label}{mark}{when}", row.number)
}

fn tone_of(kind: BadgeKind) -> Tone {
    if kind.is_mild() { Tone::Warn } else { Tone::Bad }
}

/// How far so many rows can be scrolled: by whole rows, so that none is cut at the top, and with some air below the last.
fn end_of(row_count: usize, height: f32) -> f32 {
    let below = as_points(row_count) * ROW_HEIGHT + 8.0 - height;
    (below / ROW_HEIGHT).ceil().max(0.0) * ROW_HEIGHT
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^24 rows, where a list is 600 million points high")]
fn as_points(count: usize) -> f32 {
    count as f32
}

/// The row that lies at this height of the list.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a list can hold")]
fn row_at(height_pt: f32) -> usize {
    (height_pt / ROW_HEIGHT).floor().clamp(0.0, 1e7) as usize
}
