//! The preview: what will come if nobody interferes, played ahead on a copy of the world.

use std::sync::Arc;

use crate::lens::flow::{Flow, Row};
use crate::lens::follower::Follower;
use crate::session::control;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::World;
use crate::world::command::Command;

/// How many arrows are played ahead at the most.
pub const ARROWS_AHEAD_MAX: usize = 40;
/// When fewer are left than this, and more would come, the preview is played anew.
const ARROWS_AHEAD_MIN: usize = 12;
/// A step may deliver nothing (a reminder, a time-out), so the steps have a bound of their own.
const STEPS_AHEAD_MAX: usize = 4 * ARROWS_AHEAD_MAX;

/// The drawn future at the tip of a line. In the past the recorded rest is the future, and this is silent.
///
/// Played on a clone: the session never learns of it. It stays as it is while the run goes the way that it foretold, so
/// stepping along costs nothing; any other command has it played anew.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// What was recorded when this was played.
    base: Follower,
    steps: Vec<Arc<Step>>,
    flow: Flow,
    /// Whether the world came to rest within the bound, or to what nobody can foretell.
    is_complete: bool,
    /// Steps taken when it was last looked at; `None` in the past.
    taken: Option<usize>,
}

impl Preview {
    /// Brings it up to date with the present place. `flow` has read the session's line already.
    pub fn refresh(&mut self, session: &Session, flow: &Flow) {
        if session.can_forward() {
            self.taken = None;
            return;
        }
        let line = session.steps();
        self.taken = Some(line.len());
        if !self.foretold(line) || (!self.is_complete && self.rows().len() < ARROWS_AHEAD_MIN) {
            self.play(session, flow);
        }
    }

    /// The rows that will come, the next one first. Empty in the past, and when the world is at rest.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        let Some(taken) = self.taken else { return &[] };
        self.flow.rows().get(self.flow.row_count_at(taken)..).unwrap_or_default()
    }

    /// How many arrows the run will have; `None` in the past, where the recorded line itself says so.
    #[must_use]
    pub fn arrow_count(&self) -> Option<usize> {
        self.taken.map(|_| self.flow.arrow_count())
    }

    /// Whether the world comes to rest within what is shown, or to what nobody can foretell.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Captions of the rows to come need what their messages tell.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// Whether everything that was recorded since has gone as foretold. Equal commands give equal events, so commands are
    /// all that must be compared.
    fn foretold(&self, line: &[Arc<Step>]) -> bool {
        let Some(since) = self.base.beyond(line) else { return false };
        let is_as_played = |(step, played): (&Arc<Step>, &Arc<Step>)| step.command == played.command;
        since.len() <= self.steps.len() && since.iter().zip(&self.steps).all(is_as_played)
    }

    fn play(&mut self, session: &Session, flow: &Flow) {
        let line = session.steps();
        let mut world = session.world().clone();
        let mut ahead = flow.ahead();
        self.steps.clear();
        self.is_complete = false;
        while ahead.rows().len() < ARROWS_AHEAD_MAX && self.steps.len() < STEPS_AHEAD_MAX {
            let Some(command) = next_command(&world) else {
                self.is_complete = true;
                break;
            };
            let step = Arc::new(Step::record(line.len() + self.steps.len(), command, &mut world));
            ahead.look_at(&step, session.setup());
            self.steps.push(step);
        }
        self.flow = ahead;
        self.base.reach(line);
    }
}

/// What happens next if whoever sits there goes along: the first Buy, a confirmation where the window waits for them, else
/// whatever is due. Nothing, while a program outside is asked: nobody here knows what it answers.
fn next_command(world: &World) -> Option<Command> {
    if world.errands().next().is_some() {
        return None;
    }
    if control::is_your_turn(world) {
        return Some(Command::Confirm { pin: world.catalog().pin.to_owned() });
    }
    if !world.wire().is_empty() {
        return Some(Command::Step);
    }
    control::first_buy(world)
}
