//! The window: its regions, and the road of every ask: pane, desk, window, session.
//!
//! A plain value: the desktop, the tests and the picture maker all draw the same one. It knows no display.

use egui::{Align2, Area, Context, Frame, Id, Label, Margin, Panel, Sense, Ui, vec2};

use crate::session::run::Session;
use crate::ui::desk::{Ask, Desk, Mode};
use crate::ui::files::{Files, Outcome};
use crate::ui::help;
use crate::ui::inspector::Inspector;
use crate::ui::keys;
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
use crate::ui::pilot::{Pilot, Wanted};
use crate::ui::selection::Selection;
use crate::ui::theme::Theme;
use crate::ui::view::View;
use crate::ui::widgets::{choice, surface};
use crate::world::party::Party;

const TOP_HEIGHT: f32 = 44.0;
const PROGRESS_HEIGHT: f32 = 52.0;
const CAPTION_HEIGHT: f32 = 44.0;
const TIMELINE_HEIGHT: f32 = 46.0;
/// Below this width the three screens become tabs.
const TABS_BELOW: f32 = 1100.0;
/// What the six lane heads need beside each other.
const FLOW_WIDTH_MIN: f32 = 528.0;
/// Narrower than this, the shop's cards would be cut.
const APP_WIDTH_MIN: f32 = 264.0;
/// Narrower than this, the marketplace's tabs would be cut.
const MARKET_WIDTH_MIN: f32 = 300.0;

/// Everything that the window shows and remembers.
pub struct Window {
    pilot: Pilot,
    view: View,
    selection: Selection,
    panes: Panes,
    screen: Screen,
    overlay: Option<Overlay>,
    said: Option<String>,
    path: Option<String>,
    pressed: Vec<keys::Action>,
}

#[derive(Default)]
struct Panes {
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
}

/// The three screens, where they are tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Screen {
    App,
    #[default]
    Flow,
    Marketplace,
}

enum Overlay {
    Help,
    Files(Files),
}

/// Making and asking.
impl Window {
    /// A window that shows this run.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            pilot: Pilot::new(session),
            view: View::default(),
            selection: Selection::default(),
            panes: Panes::default(),
            screen: Screen::default(),
            overlay: None,
            said: None,
            path: None,
            pressed: Vec::new(),
        }
    }

    /// The same, opened from or saved to this file: its name is offered when the run is saved.
    #[must_use]
    pub fn at_path(mut self, path: Option<String>) -> Self {
        self.path = path;
        self
    }

    /// The run as it stands.
    #[must_use]
    pub fn session(&self) -> &Session {
        self.pilot.session()
    }

    /// What is pointed at.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Whether steps follow by themselves.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.pilot.is_playing()
    }

    /// What is pointed at, for whoever sets up a picture or a test.
    pub fn selection_mut(&mut self) -> &mut Selection {
        &mut self.selection
    }

    /// Does what this key does, at the next pass.
    pub fn press(&mut self, action: keys::Action) {
        self.pressed.push(action);
    }

    /// Points at the message with this number. False where there is none in the past.
    pub fn point_at(&mut self, number: u32) -> bool {
        self.view.refresh(self.pilot.session(), &self.selection);
        let message = self.view.message_numbered(number);
        self.selection.message = message;
        message.is_some()
    }
}

/// Drawing.
impl Window {
    /// Draws the whole window and does what was asked in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let mut asks: Vec<_> = self.pressed.drain(..).map(Ask::Act).collect();
        if let Some(pause_s) = self.pilot.play(now_s(ui)) {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(pause_s));
        }
        self.view.refresh(self.pilot.session(), &self.selection);
        self.keys(ui.ctx(), &mut asks);
        let before = self.selection.clone();
        self.regions_ui(ui, &mut asks);
        self.overlay_ui(ui);
        self.said_ui(ui);
        if self.selection.is_reading_more_than(&before) {
            self.pilot.pause();
        }
        let has_changed = !asks.is_empty() || self.selection != before;
        for ask in asks {
            self.perform(ui.ctx(), ask);
        }
        if has_changed {
            self.view.refresh(self.pilot.session(), &self.selection);
            ui.ctx().request_repaint();
        }
    }

    fn keys(&self, ctx: &Context, asks: &mut Vec<Ask>) {
        let is_covered = self.overlay.is_some() || egui::Popup::is_any_open(ctx);
        let pressed = keys::pressed(ctx).into_iter();
        asks.extend(pressed.filter(|action| !is_covered || self.is_for_overlay(*action)).map(Ask::Act));
    }

    /// An open overlay closes by its own key and by Escape, and lets no other through.
    fn is_for_overlay(&self, action: keys::Action) -> bool {
        matches!((&self.overlay, action), (Some(Overlay::Help), keys::Action::Help))
    }

    fn regions_ui(&mut self, ui: &mut Ui, asks: &mut Vec<Ask>) {
        let theme = Theme::of(ui);
        let room = ui.available_rect_before_wrap().size();
        let mode = Mode {
            is_playing: self.pilot.is_playing(),
            speed: self.pilot.speed(),
            theme: ui.ctx().options(|options| options.theme_preference),
            can_undo: self.pilot.can_undo(),
            can_redo: self.pilot.can_redo(),
        };
        let Self { pilot, view, selection, panes, screen, .. } = self;
        let desk = &mut Desk::new(pilot.session(), view, selection, mode, asks);
        let flat = Frame::new().fill(theme.color.panel);
        let padded = flat.inner_margin(Margin::symmetric(12, 0));
        Panel::top("top").exact_size(TOP_HEIGHT).frame(padded).show(ui, |ui| panes.top_bar.ui(ui, desk));
        Panel::top("progress").exact_size(PROGRESS_HEIGHT).frame(padded).show(ui, |ui| panes.phases.ui(ui, desk));
        Panel::bottom("timeline").exact_size(TIMELINE_HEIGHT).frame(flat).show(ui, |ui| panes.timeline.ui(ui, desk));
        let rest = room.y - TOP_HEIGHT - PROGRESS_HEIGHT - TIMELINE_HEIGHT;
        Panel::bottom("inspector")
            .resizable(true)
            .default_size((rest * 0.382).floor())
            .size_range(120.0..=(rest - 220.0).max(140.0))
            .frame(flat)
            .show(ui, |ui| {
                ui.expand_to_include_rect(ui.max_rect());
                panes.inspector.ui(ui, desk);
            });
        if room.x < TABS_BELOW {
            narrow_ui(ui, desk, panes, screen);
        } else {
            wide_ui(ui, desk, panes, room.x);
        }
    }

    fn overlay_ui(&mut self, ui: &mut Ui) {
        match &mut self.overlay {
            None => {}
            Some(Overlay::Help) if help::show(ui) => {}
            Some(Overlay::Help) => self.overlay = None,
            Some(Overlay::Files(files)) => match files.show(ui, self.pilot.session()) {
                Outcome::Stays => {}
                Outcome::Closed => self.overlay = None,
                Outcome::Opened(session, path) => {
                    self.open_run(*session);
                    self.said = path.as_ref().map(|path| format!("Opened {path}"));
                    self.path = path.or(self.path.take());
                }
                Outcome::Saved(path) => {
                    self.overlay = None;
                    self.said = Some(format!("Saved to {path}"));
                    self.path = Some(path);
                }
            },
        }
    }

    /// A line at the foot of the flow: what was opened or saved. It stays until it is clicked or something is asked.
    fn said_ui(&mut self, ui: &Ui) {
        let Some(words) = &self.said else { return };
        let area = Area::new(Id::unique("said")).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -TIMELINE_HEIGHT - 8.0));
        let line = area.show(ui.ctx(), |ui| {
            let label = Label::new(words).sense(Sense::CLICK);
            Frame::popup(ui.style()).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| ui.add(label)).inner
        });
        if line.inner.on_hover_text("Click to put away").clicked() {
            self.said = None;
        }
    }
}

/// Doing.
impl Window {
    fn perform(&mut self, ctx: &Context, ask: Ask) {
        self.said = None;
        match ask {
            Ask::Theme(theme) => ctx.set_theme(theme),
            Ask::OpenBuiltin(name) => match Files::builtin(name) {
                Ok(session) => self.open_run(session),
                Err(trouble) => self.said = Some(trouble),
            },
            ask @ (Ask::Do(_)
            | Ask::Act(_)
            | Ask::Go(_)
            | Ask::GoTo(_)
            | Ask::Advance(_)
            | Ask::Rerun(_)
            | Ask::Speed(_)) => {
                let wanted = self.pilot.act(ask, &mut self.selection, &self.view, ctx.input(|input| input.time));
                self.view.refresh(self.pilot.session(), &self.selection);
                self.grant(ctx, wanted);
            }
        }
    }

    fn grant(&mut self, ctx: &Context, wanted: Wanted) {
        match wanted {
            Wanted::Nothing => {}
            Wanted::Help if self.overlay.is_some() => self.overlay = None,
            Wanted::Help => self.overlay = Some(Overlay::Help),
            Wanted::Open => self.overlay = Some(Overlay::Files(Files::to_open(self.path.as_deref()))),
            Wanted::Save => self.overlay = Some(Overlay::Files(Files::to_save(self.path.as_deref()))),
            Wanted::Close => self.overlay = None,
            Wanted::Zoom(zoom) => ctx.set_zoom_factor(zoom.from(ctx.zoom_factor())),
        }
    }

    fn open_run(&mut self, session: Session) {
        self.overlay = None;
        self.selection = Selection { tab: self.selection.tab, ..Selection::default() };
        self.pilot.take(session);
    }
}

fn now_s(ui: &Ui) -> f64 {
    ui.input(|input| input.time)
}

fn region() -> Margin {
    Margin { left: 12, right: 12, top: 5, bottom: 0 }
}

fn wide_ui(ui: &mut Ui, desk: &mut Desk<'_>, panes: &mut Panes, width: f32) {
    let flat = Frame::new().fill(Theme::of(ui).color.panel);
    let side = flat.inner_margin(region());
    let room = width - FLOW_WIDTH_MIN;
    let app = |size: f32| size.clamp(APP_WIDTH_MIN, (room * 0.475).max(APP_WIDTH_MIN));
    let market = |size: f32| size.clamp(MARKET_WIDTH_MIN, (room * 0.525).max(MARKET_WIDTH_MIN));
    Panel::left("app")
        .default_size(app((width * 0.2063).floor().max(288.0)))
        .size_range(app(0.0)..=app(width))
        .frame(side)
        .show(ui, |ui| panes.shop.ui(ui, desk));
    Panel::right("market")
        .default_size(market((width * 0.2188).floor()))
        .size_range(market(0.0)..=market(width))
        .frame(side)
        .show(ui, |ui| market_ui(ui, desk, panes));
    flow_ui(ui, desk, panes);
}

fn narrow_ui(ui: &mut Ui, desk: &mut Desk<'_>, panes: &mut Panes, screen: &mut Screen) {
    let flat = Frame::new().fill(Theme::of(ui).color.panel);
    let names = [
        (Screen::App, panes.shop.name()),
        (Screen::Flow, panes.flow.name()),
        (Screen::Marketplace, panes.market.name()),
    ];
    Panel::top("screens").exact_size(choice::TABS_HEIGHT).frame(flat.inner_margin(Margin::symmetric(8, 0))).show(
        ui,
        |ui| {
            choice::tabs(ui, "screens", screen, &names);
        },
    );
    let padded = flat.inner_margin(region());
    match screen {
        Screen::App => egui::CentralPanel::default().frame(padded).show(ui, |ui| panes.shop.ui(ui, desk)).inner,
        Screen::Flow => flow_ui(ui, desk, panes),
        Screen::Marketplace => {
            egui::CentralPanel::default().frame(padded).show(ui, |ui| market_ui(ui, desk, panes));
        }
    }
}

fn flow_ui(ui: &mut Ui, desk: &mut Desk<'_>, panes: &mut Panes) {
    let flat = Frame::new().fill(Theme::of(ui).color.panel);
    Panel::bottom("caption").exact_size(CAPTION_HEIGHT).frame(flat).show(ui, |ui| panes.caption.ui(ui, desk));
    if desk.view.is_celebrating() {
        Panel::bottom("cards").exact_size(cards::height(ui)).frame(flat).show(ui, |ui| panes.cards.ui(ui, desk));
    }
    egui::CentralPanel::default().frame(flat).show(ui, |ui| panes.flow.ui(ui, desk));
}

fn market_ui(ui: &mut Ui, desk: &mut Desk<'_>, panes: &mut Panes) {
    let theme = Theme::of(ui);
    let host = desk.session.world().catalog().market.host().to_owned();
    surface::region_head(ui, theme.party(Party::Marketplace as usize), panes.market.name(), &host);
    surface::hairline(ui);
    panes.payment.ui(ui, desk);
    panes.market.ui(ui, desk);
}
