//! The pilot: what every ask does to the run. Steps, plays, jumps, begins afresh, and finds the way back.

use crate::protocol::id::ProductId;
use crate::session::again;
use crate::session::control;
use crate::session::run::Session;
use crate::ui::desk::{Ask, Speed};
use crate::ui::keys::Action;
use crate::ui::selection::{Menu, Selection, Tab};
use crate::ui::view::View;
use crate::world::command::Command;
use crate::world::fault::act::Act;
use crate::world::fault::armed::Fault;
use crate::world::fault::limit::Limit;
use crate::world::fault::pattern::Pattern;
use crate::world::setup::Setup;

/// Steps that "to the end" takes at the most.
const STEPS_MAX: usize = 10_000;

/// Which run of this window: 0 for the one that it opened with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunNumber(u32);

/// The run with the means to move it.
pub struct Pilot {
    session: Session,
    number: RunNumber,
    next_number: u32,
    /// Runs that were left for this one, the latest last.
    before: Vec<(RunNumber, Session)>,
    /// Runs that undo left.
    after: Vec<(RunNumber, Session)>,
    /// The time of the next step, in the window's own seconds, while playing.
    next_at_s: Option<f64>,
    speed: Speed,
}

/// What an ask wants from the window itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing more.
    Nothing,
    /// The list of keys.
    Help,
    /// The panel of dials.
    Dials,
    /// The palette of everything that can be done.
    Find,
    /// The dialog that opens.
    Open,
    /// The dialog that saves.
    Save,
    /// The dialog that saves what was done as a scenario.
    Record,
    /// The list of faults, with what puts any together.
    Faults,
    /// The dialog that exports.
    Export,
    /// Whatever is open shall close.
    Close,
    /// Everything larger or smaller.
    Zoom(Zoom),
}

/// A change of size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// Larger by a step.
    In,
    /// Smaller by a step.
    Out,
    /// Its own size.
    Reset,
}

impl Zoom {
    /// The next size from this one, between 0.75 and 2.
    #[must_use]
    pub fn from(self, factor: f32) -> f32 {
        let next = match self {
            Self::In => factor * 1.1,
            Self::Out => factor / 1.1,
            Self::Reset => 1.0,
        };
        next.clamp(0.75, 2.0)
    }
}

impl Pilot {
    /// A pilot for this run.
    #[must_use]
    pub fn new(session: Session) -> Self {
        let (number, before, after) = Default::default();
        Self { session, number, next_number: 1, before, after, next_at_s: None, speed: Speed::NORMAL }
    }

    /// The run.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The run, for whoever acts in it from outside.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The run that was left last for this one.
    #[must_use]
    pub fn run_before(&self) -> Option<&Session> {
        self.before.last().map(|(_, session)| session)
    }

    /// Which of this window's runs it is.
    #[must_use]
    pub fn number(&self) -> RunNumber {
        self.number
    }

    /// Whether steps follow by themselves.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.next_at_s.is_some()
    }

    /// How fast.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Stops playing: somebody reads.
    pub fn pause(&mut self) {
        self.next_at_s = None;
    }

    /// Shows another run; the present one can be had back by undo.
    pub fn take(&mut self, session: Session) {
        self.pause();
        let left = std::mem::replace(&mut self.session, session);
        self.leave(left);
    }

    /// The run that stands here has just been put in the place of that one, which can be had back by undo.
    pub fn leave(&mut self, left: Session) {
        self.pause();
        let number = std::mem::replace(&mut self.number, RunNumber(self.next_number));
        self.next_number += 1;
        self.before.push((number, left));
        self.after.clear();
    }

    /// There is no way back to the run that was left last: it was never begun.
    pub fn forget_the_run_before(&mut self) {
        self.before.pop();
    }

    /// Takes the step that is due while playing. Answers in how many seconds the next one is.
    pub fn play(&mut self, now_s: f64) -> Option<f64> {
        let due_s = self.next_at_s?;
        if now_s < due_s {
            return Some(due_s - now_s);
        }
        if !self.step() {
            self.pause();
            return None;
        }
        let pause_s = self.speed.pause_s();
        self.next_at_s = Some((due_s + pause_s).max(now_s));
        Some(pause_s)
    }

    /// Does what was asked, except what is the window's own affair.
    pub fn act(&mut self, ask: Ask, selection: &mut Selection, view: &View, now_s: f64) -> Wanted {
        match ask {
            Ask::Do(command) => self.command(command, selection),
            Ask::Act(action) => return self.key(action, selection, view, now_s),
            Ask::Go(step) => self.travel(selection, |session| session.rewind(step)),
            Ask::GoTo(place) => self.travel(selection, |session| session.go(place)),
            Ask::Advance(span) => self.travel(selection, |session| {
                control::advance(session, span);
                true
            }),
            Ask::Rerun(setup) => self.rerun(*setup, selection),
            Ask::Speed(speed) => self.speed = speed,
            Ask::Turn(setup) => self.turn(*setup, selection),
            Ask::Attack(_)
            | Ask::AttackAlone(..)
            | Ask::OpenBuiltin(_)
            | Ask::Show(_)
            | Ask::Theme(_)
            | Ask::RealTime(_)
            | Ask::Seats(_)
            | Ask::OpenLab(_)
            | Ask::Explore { .. }
            | Ask::StopExploring
            | Ask::ExportAs(_)
            | Ask::CopyMermaid => {}
        }
        Wanted::Nothing
    }

    fn command(&mut self, command: Command, selection: &mut Selection) {
        if let Command::Buy { product } = &command {
            selection.product = Some(product.clone());
        }
        if matches!(command, Command::Buy { .. }) {
            selection.transaction = None;
        }
        follow(selection);
        self.session.dispatch(command);
    }

    fn travel(&mut self, selection: &mut Selection, journey: impl FnOnce(&mut Session) -> bool) {
        self.pause();
        follow(selection);
        journey(&mut self.session);
    }

    fn rerun(&mut self, setup: Setup, selection: &mut Selection) {
        let title = self.session.title().to_owned();
        let mut session = Session::new(setup);
        session.rename(title);
        *selection = selection.let_go();
        self.take(session);
    }

    /// The same deeds under another set-up: a branch of its own, from which undo leads back. A run in which nothing was done yet
    /// has no deeds to keep, and begins afresh.
    fn turn(&mut self, setup: Setup, selection: &mut Selection) {
        if self.session.is_untouched() {
            return self.rerun(setup, selection);
        }
        self.pause();
        *selection = selection.let_go();
        again::turn(&mut self.session, &setup);
    }

    /// The same deeds under the other revision, laid beside what they led to here.
    fn other_revision(&mut self, selection: &mut Selection) {
        let revision = self.session.setup().revision.other();
        self.turn(Setup { revision, ..self.session.setup().clone() }, selection);
        selection.tab = Tab::Compare;
    }

    /// One step: along the record, or into the unknown. False where the run is at rest.
    fn step(&mut self) -> bool {
        let Some(command) = control::next_command(&self.session) else { return false };
        if self.session.can_forward() {
            self.session.forward();
        } else {
            self.session.dispatch(command);
        }
        true
    }

    fn key(&mut self, action: Action, selection: &mut Selection, view: &View, now_s: f64) -> Wanted {
        match action {
            Action::Step => {
                self.pause();
                follow(selection);
                self.step();
            }
            Action::Back => self.travel(selection, Session::back),
            Action::PlayOrPause => {
                self.next_at_s = if self.is_playing() { None } else { Some(now_s) };
                follow(selection);
            }
            Action::NextPhase => self.next_phase(selection),
            Action::PreviousPhase => {
                let step = view.start_of_phase_before();
                self.travel(selection, |session| session.rewind(step));
            }
            Action::Start => self.travel(selection, Session::to_start),
            Action::End => self.end(selection),
            Action::Above => self.point(selection, view, -1),
            Action::Below => self.point(selection, view, 1),
            Action::Inspect => selection.tab = if view.subject().is_token_own() { Tab::Claims } else { Tab::Message },
            Action::ShowTab(index) => {
                if let Some((tab, _)) = Tab::ALL.get(index) {
                    selection.tab = *tab;
                }
            }
            Action::Branches => selection.menu = Some(Menu::Branches),
            Action::Revision => self.other_revision(selection),
            Action::Verify => self.of_product(selection, view, |product| Command::VerifyAgain { product }),
            Action::Reissue => self.of_product(selection, view, |product| Command::Reissue { product }),
            Action::Refund => self.refund(selection),
            Action::Fault => selection.menu = Some(Menu::Fault),
            Action::Hold => self.hold(selection),
            Action::Undo => self.undo(selection),
            Action::Redo => self.redo(selection),
            Action::NewRun => self.rerun(self.session.setup().clone(), selection),
            Action::Open => return Wanted::Open,
            Action::Save => return Wanted::Save,
            Action::Record => return Wanted::Record,
            Action::Faults => return Wanted::Faults,
            Action::Export => return Wanted::Export,
            Action::ZoomIn => return Wanted::Zoom(Zoom::In),
            Action::ZoomOut => return Wanted::Zoom(Zoom::Out),
            Action::ZoomReset => return Wanted::Zoom(Zoom::Reset),
            Action::Help => return Wanted::Help,
            Action::Dials => return Wanted::Dials,
            Action::Find => return Wanted::Find,
            Action::Escape => {
                follow(selection);
                return Wanted::Close;
            }
        }
        Wanted::Nothing
    }

    fn point(&mut self, selection: &mut Selection, view: &View, by: isize) {
        self.pause();
        selection.receipt = None;
        selection.message = view.neighbour(selection.message, by);
    }

    fn next_phase(&mut self, selection: &mut Selection) {
        self.pause();
        follow(selection);
        let mut view = View::of(&self.session);
        let phase = view.phase();
        for _ in 0..STEPS_MAX {
            if !self.step() {
                break;
            }
            view.refresh(&self.session, selection);
            if view.phase() != phase {
                break;
            }
        }
    }

    fn end(&mut self, selection: &mut Selection) {
        self.pause();
        follow(selection);
        if self.session.can_forward() {
            self.session.to_end();
            return;
        }
        for _ in 0..STEPS_MAX {
            if !self.step() {
                break;
            }
        }
    }

    fn of_product(&mut self, selection: &mut Selection, view: &View, command: fn(ProductId) -> Command) {
        if let Some(product) = view.product(&self.session, selection) {
            self.command(command(product), selection);
        }
    }

    fn refund(&mut self, selection: &mut Selection) {
        let transactions = self.session.world().marketplace().transactions();
        let pointed = transactions.iter().find(|one| Some(&one.id) == selection.transaction.as_ref());
        if let Some(id) = pointed.or(transactions.last()).map(|one| one.id.clone()) {
            self.command(Command::Refund { transaction: id }, selection);
        }
    }

    /// Lets the message go that was held first; where none is held, holds what would arrive next.
    fn hold(&mut self, selection: &mut Selection) {
        let world = self.session.world();
        let command = match (world.faults().held().first(), world.wire().in_flight().next()) {
            (Some(held), _) => Command::Release { message: held.message.id },
            (None, Some(next)) => Command::Arm { fault: Fault::on(Pattern::only(next.id), Act::Hold, Limit::Nth(1)) },
            (None, None) => return,
        };
        self.command(command, selection);
    }

    fn undo(&mut self, selection: &mut Selection) {
        self.pause();
        follow(selection);
        if !self.session.undo()
            && let Some(there) = self.before.pop()
        {
            let left = self.change_to(there);
            self.after.push(left);
        }
    }

    fn redo(&mut self, selection: &mut Selection) {
        self.pause();
        follow(selection);
        if !self.session.redo()
            && let Some(there) = self.after.pop()
        {
            let left = self.change_to(there);
            self.before.push(left);
        }
    }

    fn change_to(&mut self, (number, session): (RunNumber, Session)) -> (RunNumber, Session) {
        (std::mem::replace(&mut self.number, number), std::mem::replace(&mut self.session, session))
    }

    /// Whether undo leads anywhere.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.session.can_undo() || !self.before.is_empty()
    }

    /// Whether redo leads anywhere.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.session.can_redo() || !self.after.is_empty()
    }
}

/// Lets go of what was pointed at, so that everything follows the present step again.
fn follow(selection: &mut Selection) {
    selection.message = None;
    selection.receipt = None;
}
