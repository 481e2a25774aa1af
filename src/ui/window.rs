//! The window: the road of every ask, from pane to desk to window to session.
//!
//! A plain value: the desktop, the tests and the picture maker all draw the same one. It knows no display.

use std::path::Path;

use egui::{Align2, Area, Context, Frame, Id, Label, Margin, Sense, Ui, vec2};

use crate::export::format::Format;
use crate::lens::attack::Reading;
use crate::session::attack::card::Card;
use crate::session::attack::play;
use crate::session::run::Session;
use crate::ui::company::Company;
use crate::ui::desk::{Ask, Desk, Mode};
use crate::ui::expedition::Expedition;
use crate::ui::exports::{self, Exports};
use crate::ui::fault_bench::FaultBench;
use crate::ui::files::{Files, Outcome};
use crate::ui::finder::{Finder, Found};
use crate::ui::guests::{Guests, GuestsError};
use crate::ui::help;
use crate::ui::keeping::{Keeping, News};
use crate::ui::keys;
use crate::ui::pane::Pane as _;
use crate::ui::panes::dials::Dials;
use crate::ui::pilot::{Pilot, Wanted};
use crate::ui::regions::{Regions, TIMELINE_HEIGHT};
use crate::ui::selection::Selection;
use crate::ui::view::View;
use crate::ui::widgets::surface;

/// The panel of dials, in points.
const DIALS_WIDTH: f32 = 880.0;
/// How wide the list of faults is.
const FAULTS_WIDTH: f32 = 860.0;
/// What the window shows above and below them, in points.
const AROUND_PANEL: f32 = 96.0;

/// Everything that the window shows and remembers.
pub struct Window {
    pilot: Pilot,
    view: View,
    selection: Selection,
    regions: Regions,
    overlay: Option<Overlay>,
    said: Option<String>,
    path: Option<String>,
    pressed: Vec<keys::Action>,
    company: Company,
    keeping: Keeping,
    dials: Dials,
    expedition: Expedition,
}

enum Overlay {
    Help,
    Dials,
    Find(Finder),
    Files(Files),
    Exports(Exports),
    Faults(Box<FaultBench>),
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
            regions: Regions::default(),
            overlay: None,
            said: None,
            path: None,
            pressed: Vec::new(),
            company: Company::default(),
            keeping: Keeping::default(),
            dials: Dials::default(),
            expedition: Expedition::default(),
        }
    }

    /// The same, opened from or saved to this file: its name is offered when the run is saved.
    #[must_use]
    pub fn at_path(mut self, path: Option<String>) -> Self {
        self.path = path;
        self
    }

    /// Lets programs outside in from the next frame on, or says why they are not.
    pub fn let_in(&mut self, guests: Result<Guests, GuestsError>) {
        if let Ok(guests) = &guests {
            guests.look_at(self.pilot.session());
        }
        self.said = self.company.let_in(guests).or(self.said.take());
    }

    /// The same, with its runs kept there.
    #[must_use]
    pub fn with_keeping(mut self, keeping: Keeping) -> Self {
        self.keeping = keeping;
        self
    }

    /// The run as it stands.
    #[must_use]
    pub fn session(&self) -> &Session {
        self.pilot.session()
    }

    /// The file with the token for the control interface, where a server runs.
    #[must_use]
    pub fn token_path(&self) -> Option<&Path> {
        self.company.token_path()
    }

    /// Whether everything that was done in this run is given to the store.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.keeping.has(self.pilot.number())
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

    /// Explores the run with one fault at a time, and waits for it.
    pub fn explore(&mut self) {
        self.expedition.begin(self.pilot.session(), false, || ());
        self.expedition.wait();
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
        self.tend(ui.ctx());
        let mut asks: Vec<_> = self.pressed.drain(..).map(Ask::Act).collect();
        if let Some(pause_s) = self.pilot.play(now_s(ui)) {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(pause_s));
        }
        self.view.refresh(self.pilot.session(), &self.selection);
        self.keys(ui.ctx(), &mut asks);
        let before = self.selection.clone();
        self.regions_ui(ui, &mut asks);
        // A menu that nothing on the screen can drop is not wanted any more: it would come up much later, under other hands.
        self.selection.menu = None;
        self.overlay_ui(ui, &mut asks);
        self.said_ui(ui);
        if self.selection.is_reading_more_than(&before) {
            self.pilot.pause();
        }
        let is_opened = self.selection.receipt.is_some() && self.selection.receipt != before.receipt;
        let is_inspecting = |ask: &Ask| matches!(ask, Ask::Act(keys::Action::Inspect | keys::Action::ShowTab(_)));
        if is_opened || asks.iter().any(is_inspecting) {
            self.regions.show_inspector();
        }
        let has_changed = !asks.is_empty() || self.selection != before;
        let had_overlay = self.overlay.is_some();
        for ask in asks {
            self.perform(ui.ctx(), ask);
        }
        if self.overlay.is_some() && !had_overlay {
            // No menu under a dialog: neither one that is open nor one that was to open.
            self.selection.menu = None;
            egui::Popup::close_all(ui.ctx());
        }
        if has_changed {
            self.view.refresh(self.pilot.session(), &self.selection);
            ui.ctx().request_repaint();
        }
    }

    fn keys(&self, ctx: &Context, asks: &mut Vec<Ask>) {
        // What one key opens lies over the window for the next one, also where a slow pass brings both at once.
        let mut is_menu_open = egui::Popup::is_any_open(ctx) || self.selection.menu.is_some();
        let mut opened = None;
        let is_let_through = |action: &keys::Action| {
            let is_let_through = match (&self.overlay, opened, is_menu_open) {
                (Some(_), ..) => self.is_for_overlay(*action),
                (None, Some(opened), _) => opened == *action,
                (None, None, true) => action.opens_a_dialog(),
                (None, None, false) => true,
            };
            if is_let_through && action.opens_a_dialog() {
                opened = if opened.is_some() { None } else { Some(*action) };
            }
            is_menu_open |= is_let_through && action.opens_a_menu();
            is_let_through
        };
        asks.extend(keys::pressed(ctx).into_iter().filter(is_let_through).map(Ask::Act));
    }

    /// An open overlay closes by its own key and by Escape, and lets no other through.
    fn is_for_overlay(&self, action: keys::Action) -> bool {
        matches!(
            (&self.overlay, action),
            (Some(Overlay::Help), keys::Action::Help)
                | (Some(Overlay::Faults(_)), keys::Action::Faults)
                | (Some(Overlay::Dials), keys::Action::Dials | keys::Action::Undo | keys::Action::Redo)
        )
    }

    fn regions_ui(&mut self, ui: &mut Ui, asks: &mut Vec<Ask>) {
        let mode = self.mode(ui);
        let runs = (self.pilot.session(), self.pilot.run_before());
        let desk = &mut Desk::new(runs, &self.view, &mut self.selection, (mode, self.expedition.standing()), asks);
        self.regions.ui(ui, desk);
    }

    fn mode(&self, ui: &Ui) -> Mode {
        Mode {
            is_playing: self.pilot.is_playing(),
            speed: self.pilot.speed(),
            theme: ui.ctx().options(|options| options.theme_preference),
            can_undo: self.pilot.can_undo(),
            can_redo: self.pilot.can_redo(),
            live: self.company.live(),
        }
    }

    fn overlay_ui(&mut self, ui: &mut Ui, asks: &mut Vec<Ask>) {
        let mode = self.mode(ui);
        match &mut self.overlay {
            None => {}
            Some(panel @ (Overlay::Dials | Overlay::Faults(_))) => {
                let runs = (self.pilot.session(), self.pilot.run_before());
                let desk =
                    &mut Desk::new(runs, &self.view, &mut self.selection, (mode, self.expedition.standing()), asks);
                let room = ui.ctx().content_rect().height() - AROUND_PANEL;
                let is_left = if let Overlay::Faults(bench) = panel {
                    panel_ui(ui, ("fault bench", FAULTS_WIDTH, room), |ui| bench.ui(ui, desk))
                } else {
                    panel_ui(ui, ("dials", DIALS_WIDTH, room), |ui| self.dials.ui(ui, desk))
                };
                if is_left {
                    self.overlay = None;
                }
            }
            Some(Overlay::Find(finder)) => match finder.show(ui, self.pilot.session()) {
                Found::Nothing => {}
                Found::Left => self.overlay = None,
                Found::Ask(ask) => {
                    self.overlay = None;
                    asks.push(*ask);
                }
            },
            Some(Overlay::Help) if help::show(ui) => {}
            Some(Overlay::Help) => self.overlay = None,
            Some(Overlay::Exports(dialog)) => match dialog.show(ui, self.pilot.session()) {
                exports::Outcome::Stays => {}
                exports::Outcome::Closed => self.overlay = None,
                exports::Outcome::Done(words) => (self.overlay, self.said) = (None, Some(words)),
            },
            Some(Overlay::Files(files)) => match files.show(ui, self.pilot.session()) {
                Outcome::Stays => {}
                Outcome::Closed => self.overlay = None,
                Outcome::Opened(session, path) => {
                    self.open_run(*session);
                    self.said = path.as_ref().map(|path| format!("Opened {path}"));
                    self.path = path.or(self.path.take());
                }
                Outcome::Kept(run) => {
                    self.overlay = None;
                    let wake = ui.ctx().clone();
                    self.keeping.fetch(run, move || wake.request_repaint());
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

/// Tending: what goes on whether or not the window is drawn.
impl Window {
    /// Takes in what has come from outside, and writes down what is new.
    pub fn tend(&mut self, ctx: &Context) {
        self.expedition.tend();
        if let Some(news) = self.keeping.news() {
            self.take_news(news);
        }
        if self.company.tend(ctx, &mut self.pilot) {
            self.selection = self.selection.let_go();
        }
        if let Some(words) = self.company.go_home(ctx, &self.pilot, &self.keeping) {
            self.said = Some(words);
        }
        self.keeping.keep_up(self.pilot.number(), self.pilot.session());
    }

    fn take_news(&mut self, news: News) {
        match news {
            News::Progress(progress) => {
                self.said = Some(format!("Living a kept run again: {} of {} steps", progress.done, progress.of));
            }
            News::Run(kept, warning) => {
                self.said = warning;
                let (recorder, session) = *kept;
                self.show_instead(session);
                self.keeping.adopt(self.pilot.number(), recorder);
            }
            News::Trouble(words, readable) => {
                if let Some(session) = readable {
                    self.show_instead(*session);
                }
                self.said = Some(words);
            }
        }
    }

    /// Shows a kept run. A run in which nothing was done yet gives way without a trace.
    fn show_instead(&mut self, session: Session) {
        let here = self.pilot.session();
        let is_untouched = here.is_untouched() && self.path.is_none();
        self.open_run(session);
        if is_untouched {
            self.pilot.forget_the_run_before();
        }
    }
}

/// Doing.
impl Window {
    fn perform(&mut self, ctx: &Context, ask: Ask) {
        self.said = None;
        match ask {
            Ask::Theme(theme) => ctx.set_theme(theme),
            Ask::RealTime(is_wanted) => self.company.follow_real_time(self.pilot.session(), is_wanted),
            Ask::Seats(seating) => match self.company.seated(self.pilot.session(), &seating) {
                Ok(Some(session)) => self.open_run(session),
                Ok(None) => {}
                Err(why) => self.said = Some(why.to_string()),
            },
            Ask::Show(session) => self.open_run(*session),
            Ask::OpenLab(lab) => {
                self.selection.open_lab(lab);
                self.regions.show_inspector();
            }
            Ask::Explore { is_double } => {
                let wake = ctx.clone();
                self.expedition.begin(self.pilot.session(), is_double, move || wake.request_repaint());
            }
            Ask::StopExploring => self.expedition.stop(),
            Ask::ExportAs(format) => {
                self.overlay = Some(Overlay::Exports(Exports::new(format, self.path.as_deref())));
            }
            Ask::CopyMermaid => self.said = Some(exports::copy_mermaid(ctx, self.pilot.session())),
            Ask::Attack(card) => self.attack(card),
            Ask::AttackAlone(card, setup) => match play::play_alone(card, &setup) {
                Ok((session, played)) => {
                    let reading = Reading::of(&session, played.from);
                    self.open_run(session);
                    self.point_at_stop(&reading);
                }
                Err(why) => self.said = Some(why.to_string()),
            },
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
            | Ask::Turn(_)
            | Ask::Speed(_)) => {
                let is_beside = matches!(ask, Ask::Act(keys::Action::Revision));
                let left = (self.pilot.number(), self.pilot.session().here().branch);
                let wanted = self.pilot.act(ask, &mut self.selection, &self.view, ctx.input(|input| input.time));
                if is_beside {
                    self.regions.compare_with((left.0 == self.pilot.number()).then_some(left.1));
                }
                self.view.refresh(self.pilot.session(), &self.selection);
                self.grant(ctx, wanted);
            }
        }
    }

    /// Plays a card on the present run, and points at what stopped it.
    fn attack(&mut self, card: &Card) {
        self.pilot.pause();
        match self.pilot.session_mut().at_once(|session| play::play(card, session)) {
            Ok(played) => {
                let reading = Reading::of(self.pilot.session(), played.from);
                self.point_at_stop(&reading);
            }
            Err(why) => self.said = Some(why.to_string()),
        }
    }

    fn point_at_stop(&mut self, reading: &Reading) {
        self.selection.receipt = None;
        self.selection.message = reading.stopped.as_ref().filter(|_| !reading.is_through()).and_then(|stop| stop.id);
    }

    fn grant(&mut self, ctx: &Context, wanted: Wanted) {
        match wanted {
            Wanted::Nothing => {}
            Wanted::Help if self.overlay.is_some() => self.overlay = None,
            Wanted::Help => self.overlay = Some(Overlay::Help),
            Wanted::Dials if matches!(self.overlay, Some(Overlay::Dials)) => self.overlay = None,
            Wanted::Dials => self.overlay = Some(Overlay::Dials),
            Wanted::Find => self.overlay = Some(Overlay::Find(Finder::default())),
            Wanted::Open => {
                self.overlay = Some(Overlay::Files(Files::to_open(self.path.as_deref(), self.keeping.recent())));
            }
            Wanted::Save => {
                self.overlay = Some(Overlay::Files(Files::to_save(self.path.as_deref(), self.pilot.session())));
            }
            Wanted::Export => self.overlay = Some(Overlay::Exports(Exports::new(Format::Html, self.path.as_deref()))),
            Wanted::Record => {
                self.overlay = Some(Overlay::Files(Files::to_record(self.pilot.session())));
            }
            Wanted::Faults if matches!(self.overlay, Some(Overlay::Faults(_))) => self.overlay = None,
            Wanted::Faults => self.overlay = Some(Overlay::Faults(Box::new(self.fault_bench()))),
            Wanted::Close => self.overlay = None,
            Wanted::Zoom(zoom) => ctx.set_zoom_factor(zoom.from(ctx.zoom_factor())),
        }
    }

    /// A bench about the message that is pointed at, else the present one.
    fn fault_bench(&self) -> FaultBench {
        let row = self.view.row_of(self.selection.message).and_then(|index| self.view.row(index));
        FaultBench::about(row.map(|row| &*row.message))
    }

    fn open_run(&mut self, session: Session) {
        self.overlay = None;
        self.selection = self.selection.let_go();
        self.pilot.take(session);
    }
}

/// A dialog that bounds itself to so much room. True when somebody leaves it.
fn panel_ui(ui: &Ui, (name, width_pt, room_pt): (&str, f32, f32), contents: impl FnOnce(&mut Ui)) -> bool {
    let ((), is_left) = surface::dialog(ui, name, width_pt, |ui| {
        ui.set_max_height(room_pt);
        contents(ui);
    });
    is_left
}

fn now_s(ui: &Ui) -> f64 {
    ui.input(|input| input.time)
}
