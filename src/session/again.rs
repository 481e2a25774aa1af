//! Again: the deeds of a run done once more in another set-up, as far as they apply there.

use std::sync::Arc;

use crate::session::branch::Place;
use crate::session::control;
use crate::session::counterparts::Counterparts;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::World;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// How many steps one wait for rest or for the payment window may take. A run that needs more does not end.
const WALK_MAX: usize = 10_000;

/// A run that is being done again, a little at a time.
///
/// Each deed comes where the run stood when it was done the first time: at rest, at the payment window's question, or after as
/// many arrows. What a deed is done to is found by its place among its kind; a deed to which nothing corresponds is left out.
pub struct Again {
    steps: Vec<Arc<Step>>,
    old: World,
    new: Session,
    counterparts: Counterparts,
    /// The next old step.
    at: usize,
    /// Whether a payment window of the old run was open before the last deed, and the deed did not answer it.
    was_asking: bool,
    /// Old arrows since the last deed.
    arrows: usize,
    /// New arrows since the last deed.
    walked: usize,
    /// How many steps of the new run stand for so many of the old one.
    reached: Vec<usize>,
}

/// Where the old run stood when its next deed came.
enum Goal {
    Rest,
    Question,
    Arrows(usize),
}

/// Turns the dials: does the deeds of the present branch again, all of them, on a branch with this set-up, and stands where the old
/// one stands. The other branch stays, and undo leads back to it.
///
/// A branch that has this set-up and these deeds already is gone to, so that turning a dial there and back makes no third one.
pub fn turn(session: &mut Session, setup: &Setup) {
    let left = session.here();
    if session.setup() == setup {
        return;
    }
    if let Some(place) = counterpart(session, setup) {
        session.go(place);
        return;
    }
    let again = Again::whole(session.setup(), session.steps(), setup.clone());
    let step = again.step_for(left.step);
    let commands = again.new.steps().iter().skip(1).map(|step| step.command.clone());
    session.turn_to(setup, commands, step);
}

/// Where the run would stand on a branch with this set-up whose deeds, done again under the present one, led to the present place.
/// Some deeds have nothing that corresponds to them in another set-up: the branch that they were done on knows them all.
fn counterpart(session: &Session, setup: &Setup) -> Option<Place> {
    let (present, here) = (session.branch(), session.here());
    let commands = |steps: &[Arc<Step>]| steps.iter().map(|step| step.command.clone()).collect::<Vec<_>>();
    let lived = commands(present.steps());
    let candidates = session.branches().iter().filter(|branch| branch.setup() == setup).filter_map(|branch| {
        let again = Again::whole(setup, branch.steps(), present.setup().clone());
        let image = commands(again.new.steps());
        let leads_here = image.len() >= here.step && lived.starts_with(&image);
        leads_here.then(|| (image.len(), Place { branch: branch.id(), step: again.step_before(here.step) }))
    });
    candidates.max_by_key(|(length, _)| *length).map(|(_, place)| place)
}

impl Again {
    /// Begins. `steps` are those of the old run, its start included.
    #[must_use]
    pub fn new(old: &Setup, steps: &[Arc<Step>], setup: Setup) -> Self {
        let mut old = World::new(old.clone());
        old.handle(&Command::Start);
        Self {
            steps: steps.to_vec(),
            old,
            new: Session::new(setup),
            counterparts: Counterparts::default(),
            at: 1,
            was_asking: false,
            arrows: 0,
            walked: 0,
            reached: vec![0, 1],
        }
    }

    /// Does at most so many small pieces of work. True when all is done.
    pub fn go_on(&mut self, budget: usize) -> bool {
        (0..budget).any(|_| !self.piece())
    }

    /// The new run, as far as it is.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.new
    }

    /// The new run.
    #[must_use]
    pub fn into_session(self) -> Session {
        self.new
    }

    /// How many steps of the new run stand for so many of the old one.
    #[must_use]
    pub fn step_for(&self, old: usize) -> usize {
        let tip = self.new.steps().len();
        if old >= self.steps.len() { tip } else { self.reached.get(old).copied().unwrap_or(tip).clamp(1, tip) }
    }

    /// Does all of it at once.
    fn whole(old: &Setup, steps: &[Arc<Step>], setup: Setup) -> Self {
        let mut again = Self::new(old, steps, setup);
        while !again.go_on(WALK_MAX) {}
        again
    }

    /// How many steps of the old run led to where the new one stands after so many of its own.
    fn step_before(&self, new: usize) -> usize {
        let is_there = |reached: &usize| *reached >= new;
        if new >= self.new.steps().len() {
            return self.steps.len();
        }
        self.reached.iter().position(is_there).unwrap_or(self.steps.len())
    }

    /// One piece of work; false when there is none left.
    fn piece(&mut self) -> bool {
        let next = self.steps.get(self.at).map(Arc::clone);
        match next {
            Some(step) if step.command == Command::Step => {
                self.old.handle(&Command::Step);
                self.arrows += 1;
                self.at += 1;
                true
            }
            _ if self.arrows > 0 => {
                if !self.walk() {
                    self.arrive();
                }
                true
            }
            Some(step) => {
                let deed = self.translated(&step.command);
                let is_done = deed.is_some();
                if let Some(deed) = deed {
                    self.new.dispatch(deed);
                }
                self.old.handle(&step.command);
                self.counterparts.note(&step.command, is_done, (&self.old, self.new.world()));
                self.was_asking = self.old.buyer().window().is_some() && !is_answer(&step.command);
                self.at += 1;
                self.reached.push(self.new.here().step);
                true
            }
            None => false,
        }
    }

    /// One arrow towards where the old run stood; false when the new one is there, or nothing moves it on.
    fn walk(&mut self) -> bool {
        let world = self.new.world();
        let is_there = match self.goal() {
            Goal::Rest => false,
            Goal::Question => control::is_asking(world),
            Goal::Arrows(arrows) => self.walked >= arrows,
        };
        if is_there || world.wire().is_empty() || self.walked >= WALK_MAX {
            return false;
        }
        self.new.dispatch(Command::Step);
        self.walked += 1;
        true
    }

    fn goal(&self) -> Goal {
        if self.old.wire().is_empty() {
            Goal::Rest
        } else if control::is_asking(&self.old) && !self.was_asking {
            Goal::Question
        } else {
            Goal::Arrows(self.arrows)
        }
    }

    /// The arrows are walked: notes which of them stand for which.
    fn arrive(&mut self) {
        let end = self.new.here().step;
        let start = end - self.walked;
        self.reached.extend((1..self.arrows).map(|arrow| (start + arrow).min(end)));
        self.reached.push(end);
        (self.arrows, self.walked) = (0, 0);
    }

    /// The same deed in the new run; `None` where nothing there corresponds to what it is done to.
    fn translated(&self, command: &Command) -> Option<Command> {
        let has_lost_window = self.old.buyer().window().is_some() && self.new.world().buyer().window().is_none();
        let is_void = is_answer(command) && has_lost_window;
        if is_void { None } else { self.counterparts.of(command, &self.old, self.new.world()) }
    }
}

/// Whether this answers a payment window.
fn is_answer(command: &Command) -> bool {
    matches!(command, Command::Confirm { .. } | Command::Cancel | Command::CloseWindow)
}
