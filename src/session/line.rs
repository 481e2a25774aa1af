//! Lines: a run that only goes forward, for servers. It remembers its latest steps and lets the older ones go.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::session::arrivals::Arrivals;
use crate::session::step::{Fingerprint, Step};
use crate::world::World;
use crate::world::command::Command;
use crate::world::kind::Kind;
use crate::world::setup::Setup;

/// How many steps a line remembers.
pub const KEPT_MAX: usize = 1024;

/// A run without branches and without a way back: a world, how many steps it took, and the latest of them.
///
/// Its memory does not grow with its length. Never draws, never reads a file, never asks a clock.
#[derive(Clone, Debug)]
pub struct Line {
    setup: Setup,
    world: World,
    kept: VecDeque<Arc<Step>>,
    count: usize,
    arrivals: Arrivals,
}

impl Line {
    /// A line that has begun: the app has been opened for the first time, and nothing else.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut line = Self::blank(setup);
        line.dispatch(Command::Start);
        line
    }

    /// A line on which nothing has happened. Whoever replays a record gives it the record's commands, the first of them `Start`.
    #[must_use]
    pub fn blank(setup: Setup) -> Self {
        let world = World::new(setup.clone());
        Self { setup, world, kept: VecDeque::new(), count: 0, arrivals: Arrivals::NONE }
    }

    /// Does `command` and gives back the step that holds what followed.
    pub fn dispatch(&mut self, command: Command) -> Arc<Step> {
        let step = Arc::new(Step::record(self.count, command, &mut self.world));
        self.count += 1;
        self.arrivals.count_in(&step);
        if self.kept.len() == KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(Arc::clone(&step));
        step
    }

    /// What was fixed before the first command.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The world as it is now.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// How many steps were taken.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many messages of this kind have arrived since the line began, also in steps that it no longer remembers.
    #[must_use]
    pub fn arrived(&self, kind: Kind) -> usize {
        self.arrivals.of(kind)
    }

    /// The latest steps, oldest first, [`KEPT_MAX`] at the most.
    #[must_use]
    pub fn kept(&self) -> impl DoubleEndedIterator<Item = &Arc<Step>> + ExactSizeIterator {
        self.kept.iter()
    }

    /// The mark of the whole line, as long as none of its steps had to go. A longer line is marked from its record.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        (self.kept.len() == self.count).then(|| Fingerprint::of(self.kept.iter().map(|step| &**step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::id::ProductId;
    use crate::protocol::time::Span;
    use crate::session::run::Session;

    #[test]
    fn a_line_and_a_session_that_were_asked_the_same_are_equal_byte_for_byte() {
        let (mut line, mut session) = (Line::new(Setup::default()), Session::new(Setup::default()));
        let buy = Command::Buy { product: ProductId::parse("shiny-pony").unwrap() };
        for command in std::iter::once(buy).chain(std::iter::repeat_n(Command::Step, 30)) {
            let step = line.dispatch(command.clone());
            assert_eq!(step.canonical_json(), session.dispatch(command).canonical_json());
        }
        assert_eq!(line.fingerprint(), Some(session.fingerprint()));
    }

    #[test]
    fn a_long_line_keeps_its_latest_steps_and_no_more() {
        let mut line = Line::new(Setup::default());
        for _ in 0..KEPT_MAX {
            line.dispatch(Command::Wait { span: Span::from_millis(1) });
        }
        assert_eq!((line.count(), line.kept().len()), (KEPT_MAX + 1, KEPT_MAX));
        assert_eq!(line.kept().next().unwrap().index, 1);
        assert_eq!(line.fingerprint(), None, "what is gone cannot be marked");
    }
}
