//! Again: the deeds of a run done once more in another set-up, as far as they apply there.

use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::session::branch::Place;
use crate::session::control;
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
/// many arrows. A payment is the one of the same number; what nothing corresponds to is left out.
pub struct Again {
    steps: Vec<Arc<Step>>,
    old: World,
    new: Session,
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

/// Does the deeds of the present branch again, all of them, and stands where the old run stands.
#[must_use]
pub fn again(session: &Session, setup: Setup) -> Session {
    let mut again = Again::new(session.setup(), session.steps(), setup);
    while !again.go_on(WALK_MAX) {}
    let place = again.step_for(session.here().step);
    let mut new = again.into_session();
    new.rename(session.title());
    new.go(Place { step: place, ..new.here() });
    new.forget_jumps();
    new
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
                if let Some(deed) = self.translated(&step.command) {
                    self.new.dispatch(deed);
                }
                self.old.handle(&step.command);
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
        let same = |transaction: &TransactionId| {
            let number = |world: &World| {
                world.marketplace().transactions().iter().position(|payment| payment.id == *transaction)
            };
            let payments = self.new.world().marketplace().transactions();
            number(&self.old).and_then(|number| payments.get(number)).map(|payment| payment.id.clone())
        };
        match command {
            Command::Refund { transaction } => Some(Command::Refund { transaction: same(transaction)? }),
            Command::ChargeBack { transaction } => Some(Command::ChargeBack { transaction: same(transaction)? }),
            Command::GetReceipt { transaction } => Some(Command::GetReceipt { transaction: same(transaction)? }),
            Command::Confirm { .. } | Command::Cancel | Command::CloseWindow => {
                let is_lost = self.old.buyer().window().is_some() && self.new.world().buyer().window().is_none();
                (!is_lost).then(|| command.clone())
            }
            Command::Start
            | Command::Step
            | Command::Wait { .. }
            | Command::Buy { .. }
            | Command::ChangeBuyer { .. }
            | Command::OpenHistory
            | Command::VerifyAgain { .. }
            | Command::Reissue { .. }
            | Command::Reopen
            | Command::RotateKey
            | Command::FetchKeys
            | Command::Plant { .. }
            | Command::Skew { .. }
            | Command::Arm { .. }
            | Command::Disarm { .. }
            | Command::ClearFaults
            | Command::Release { .. }
            | Command::Receive { .. } => Some(command.clone()),
        }
    }
}

/// Whether this answers a payment window.
fn is_answer(command: &Command) -> bool {
    matches!(command, Command::Confirm { .. } | Command::Cancel | Command::CloseWindow)
}
