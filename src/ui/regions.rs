//! The regions: where each pane stands, in a window of any size.

use egui::{CentralPanel, Frame, Margin, Panel, Ui, Vec2};

use crate::session::branch::BranchId;
use crate::ui::desk::Desk;
use crate::ui::inspector::Inspector;
use crate::ui::pane::Pane;
use crate::ui::panes::caption::Caption;
use crate::ui::panes::cards::{self, Cards};
use crate::ui::panes::flow::Flow;
use crate::ui::panes::market::Market;
use crate::ui::panes::payment::Payment;
use crate::ui::panes::phases::Phases;
use crate::ui::panes::shop::Shop;
use crate::ui::panes::timeline::Timeline;
use crate::ui::panes::top_bar::TopBar;
use crate::ui::selection::Menu;
use crate::ui::theme::Theme;
use crate::ui::widgets::{choice, surface};
use crate::world::party::Party;

/// The height of the strip at the bottom, in points.
pub const TIMELINE_HEIGHT: f32 = 46.0;
const TOP_HEIGHT: f32 = 44.0;
const PROGRESS_HEIGHT: f32 = 52.0;
const CAPTION_HEIGHT: f32 = 44.0;
/// Below this width the three screens become tabs.
const TABS_BELOW: f32 = 1100.0;
/// Below this height the inspector is one of the tabs, too: a large zoom on a small screen.
const SHORT_BELOW: f32 = 540.0;
/// What the six lane heads need beside each other.
const FLOW_WIDTH_MIN: f32 = 528.0;
/// What the lane heads and two rows need.
const FLOW_HEIGHT_MIN: f32 = 116.0;
/// Narrower than this, the shop's cards would be cut.
const APP_WIDTH_MIN: f32 = 264.0;
/// Narrower than this, the marketplace's tabs would be cut.
const MARKET_WIDTH_MIN: f32 = 300.0;

/// The panes of the window with their places.
#[derive(Default)]
pub struct Regions {
    top_bar: TopBar,
    phases: Phases,
    shop: Shop,
    flow: Flow,
    cards: Cards,
    caption: Caption,
    payment: Payment,
    market: Market,
    inspector: Inspector,
    timeline: Timeline,
    screen: Screen,
}

/// The screens, where they are tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Screen {
    App,
    #[default]
    Flow,
    Marketplace,
    /// In a short window only.
    Inspector,
}

impl Regions {
    /// Somebody wants to see the inspector: brings it to the front where it is a tab.
    pub fn show_inspector(&mut self) {
        self.screen = Screen::Inspector;
    }

    /// The inspector shall lay the present branch beside this one; beside the run that was left for the present one where none is
    /// given.
    pub fn compare_with(&mut self, left: Option<BranchId>) {
        self.screen = Screen::Inspector;
        self.inspector.compare_with(left);
    }

    /// Draws every pane in its place.
    pub fn ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let room = ui.available_rect_before_wrap().size();
        let padded = flat(ui).inner_margin(Margin::symmetric(12, 0));
        Panel::top("top").exact_size(TOP_HEIGHT).frame(padded).show(ui, |ui| self.top_bar.ui(ui, desk));
        Panel::top("progress").exact_size(PROGRESS_HEIGHT).frame(padded).show(ui, |ui| self.phases.ui(ui, desk));
        Panel::bottom("timeline").exact_size(TIMELINE_HEIGHT).frame(flat(ui)).show(ui, |ui| self.timeline.ui(ui, desk));
        if room.y < SHORT_BELOW {
            return self.tabs_ui(ui, desk, true);
        }
        self.screen = if self.screen == Screen::Inspector { Screen::Flow } else { self.screen };
        self.inspector_ui(ui, desk, room);
        if room.x < TABS_BELOW {
            self.tabs_ui(ui, desk, false);
        } else {
            self.beside_ui(ui, desk, room.x);
        }
    }

    fn inspector_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, room: Vec2) {
        let rest = room.y - TOP_HEIGHT - PROGRESS_HEIGHT - TIMELINE_HEIGHT;
        Panel::bottom("inspector")
            .resizable(true)
            .default_size((rest * 0.382).floor())
            .size_range(120.0..=(rest - 220.0).max(140.0))
            .frame(flat(ui))
            .show(ui, |ui| {
                ui.expand_to_include_rect(ui.max_rect());
                self.inspector.ui(ui, desk);
            });
    }

    /// The three screens beside each other.
    fn beside_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, width: f32) {
        let side = flat(ui).inner_margin(margin());
        let room = width - FLOW_WIDTH_MIN;
        let app = |size: f32| size.clamp(APP_WIDTH_MIN, (room * 0.475).max(APP_WIDTH_MIN));
        let market = |size: f32| size.clamp(MARKET_WIDTH_MIN, (room * 0.525).max(MARKET_WIDTH_MIN));
        Panel::left("app")
            .default_size(app((width * 0.2063).floor().max(288.0)))
            .size_range(app(0.0)..=app(width))
            .frame(side)
            .show(ui, |ui| self.shop.ui(ui, desk));
        Panel::right("market")
            .default_size(market((width * 0.2188).floor()))
            .size_range(market(0.0)..=market(width))
            .frame(side)
            .show(ui, |ui| self.market_ui(ui, desk));
        self.flow_ui(ui, desk);
    }

    /// One screen at a time.
    fn tabs_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, is_short: bool) {
        let names = [
            (Screen::App, self.shop.name()),
            (Screen::Flow, self.flow.name()),
            (Screen::Marketplace, self.market.name()),
            (Screen::Inspector, self.inspector.name()),
        ];
        let names = if is_short { names.as_slice() } else { names.split_last().map_or(&[][..], |(_, rest)| rest) };
        let strip = flat(ui).inner_margin(Margin::symmetric(8, 0));
        Panel::top("screens").exact_size(choice::TABS_HEIGHT).frame(strip).show(ui, |ui| {
            choice::tabs(ui, "screens", &mut self.screen, names);
        });
        if desk.selection.menu == Some(Menu::Fault) {
            // It drops from a row of the flow.
            self.screen = Screen::Flow;
        }
        let padded = CentralPanel::default().frame(flat(ui).inner_margin(margin()));
        match self.screen {
            Screen::App => padded.show(ui, |ui| self.shop.ui(ui, desk)).inner,
            Screen::Flow => self.flow_ui(ui, desk),
            Screen::Marketplace => padded.show(ui, |ui| self.market_ui(ui, desk)).inner,
            Screen::Inspector => {
                CentralPanel::default().frame(flat(ui)).show(ui, |ui| self.inspector.ui(ui, desk));
            }
        }
    }

    fn flow_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let flat = flat(ui);
        let is_done = desk.view.is_celebrating();
        let cards_height = cards::height(ui);
        let is_tight = is_done && ui.available_height() - CAPTION_HEIGHT - cards_height < FLOW_HEIGHT_MIN;
        if is_tight {
            // The strip says the same as the last caption, and takes its place.
            Panel::bottom("caption").exact_size(CAPTION_HEIGHT).frame(flat).show(ui, |ui| cards::line_ui(ui, desk));
        } else {
            Panel::bottom("caption").exact_size(CAPTION_HEIGHT).frame(flat).show(ui, |ui| self.caption.ui(ui, desk));
        }
        if is_done && !is_tight {
            Panel::bottom("cards").exact_size(cards_height).frame(flat).show(ui, |ui| self.cards.ui(ui, desk));
        }
        CentralPanel::default().frame(flat).show(ui, |ui| self.flow.ui(ui, desk));
    }

    fn market_ui(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = Theme::of(ui);
        let host = desk.session.world().catalog().market.authority().to_owned();
        surface::region_head(ui, theme.party(Party::Marketplace as usize), self.market.name(), &host);
        surface::hairline(ui);
        self.payment.ui(ui, desk);
        self.market.ui(ui, desk);
    }
}

fn flat(ui: &Ui) -> Frame {
    Frame::new().fill(Theme::of(ui).color.panel)
}

fn margin() -> Margin {
    Margin { left: 12, right: 12, top: 5, bottom: 0 }
}
