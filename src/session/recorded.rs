//! Recorded runs: what a driver needs of a run, whichever way it keeps its past.

use std::sync::Arc;

use crate::session::arrivals::Arrivals;
use crate::session::line::Line;
use crate::session::run::Session;
use crate::session::step::{Fingerprint, Step};
use crate::world::World;
use crate::world::command::Command;
use crate::world::kind::Kind;
use crate::world::setup::Setup;

/// A run that can be asked and read. The window's session is one, a server's line another.
pub trait Recorded {
    /// What was fixed before the first command.
    fn setup(&self) -> &Setup;
    /// The world at the present place.
    fn world(&self) -> &World;
    /// How many steps led here.
    fn count(&self) -> usize;
    /// The steps that led here, oldest first: all of them, or the latest ones where the older had to go.
    fn kept(&self) -> Vec<Arc<Step>>;
    /// How many messages of this kind have arrived in the steps that led here, kept or not.
    fn arrived(&self, kind: Kind) -> usize;
    /// The mark of the run up to here; `None` where not all of its steps are kept.
    fn fingerprint(&self) -> Option<Fingerprint>;
    /// Does `command` and gives back the step that holds what followed.
    fn dispatch(&mut self, command: Command) -> Arc<Step>;
    /// Begins again with this set-up: the app has just been opened. What was there before is gone from memory.
    fn restart(&mut self, setup: Setup);
}

impl Recorded for Line {
    fn setup(&self) -> &Setup {
        self.setup()
    }

    fn world(&self) -> &World {
        self.world()
    }

    fn count(&self) -> usize {
        self.count()
    }

    fn kept(&self) -> Vec<Arc<Step>> {
        self.kept().cloned().collect()
    }

    fn arrived(&self, kind: Kind) -> usize {
        self.arrived(kind)
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint()
    }

    fn dispatch(&mut self, command: Command) -> Arc<Step> {
        self.dispatch(command)
    }

    fn restart(&mut self, setup: Setup) {
        *self = Self::new(setup);
    }
}

impl Recorded for Session {
    fn setup(&self) -> &Setup {
        self.setup()
    }

    fn world(&self) -> &World {
        self.world()
    }

    fn count(&self) -> usize {
        self.past().len()
    }

    fn kept(&self) -> Vec<Arc<Step>> {
        self.past().to_vec()
    }

    fn arrived(&self, kind: Kind) -> usize {
        let mut arrivals = Arrivals::NONE;
        for step in self.past() {
            arrivals.count_in(step);
        }
        arrivals.of(kind)
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.fingerprint())
    }

    fn dispatch(&mut self, command: Command) -> Arc<Step> {
        self.dispatch(command);
        Arc::clone(self.last_step())
    }

    fn restart(&mut self, setup: Setup) {
        *self = Self::new(setup);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::id::ProductId;
    use crate::protocol::time::Span;
    use crate::session::line::KEPT_MAX;

    #[test]
    fn what_arrived_is_counted_from_the_beginning_also_where_it_is_forgotten() {
        let (mut line, mut session) = (Line::new(Setup::default()), Session::new(Setup::default()));
        let buy = Command::Buy { product: ProductId::parse("shiny-pony").unwrap() };
        let wait = Command::Wait { span: Span::from_millis(1) };
        let told = std::iter::once(buy).chain(std::iter::repeat_n(Command::Step, 30));
        for command in told.chain(std::iter::repeat_n(wait, KEPT_MAX)) {
            line.dispatch(command.clone());
            session.dispatch(command);
        }
        assert!(line.kept().next().unwrap().index > 30, "the purchase is forgotten");
        for kind in Kind::ALL {
            assert_eq!(line.arrived(*kind), session.arrived(*kind), "{kind}");
        }
        assert_eq!((line.arrived(Kind::BuyAsked), line.arrived(Kind::RefundAsked)), (1, 0));
    }
}
