//! The follower: how far a reading of a run has come, and whether a line of steps still goes on from there.

use std::sync::Arc;

use crate::session::step::Step;

/// How far a line of steps has been read. Never holds more than the last step that was.
///
/// A step is recorded once and shared by every branch that it lies on, so the last one that was read tells whether the whole
/// past is the same: two lines that meet in one step have met in all before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Follower {
    read: usize,
    last: Option<Arc<Step>>,
}

impl Follower {
    /// How many steps have been read.
    pub(crate) fn read(&self) -> usize {
        self.read
    }

    /// What this line has beyond what was read; `None` where it does not go on from there, and must be read from its beginning:
    /// another branch, or an earlier place of the same one.
    pub(crate) fn beyond<'a>(&self, line: &'a [Arc<Step>]) -> Option<&'a [Arc<Step>]> {
        let Some(last) = &self.last else { return Some(line) };
        let known = line.get(self.read.checked_sub(1)?)?;
        if Arc::ptr_eq(known, last) { line.get(self.read..) } else { None }
    }

    /// The whole of this line has been read.
    pub(crate) fn reach(&mut self, line: &[Arc<Step>]) {
        (self.read, self.last) = (line.len(), line.last().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::Follower;
    use crate::session::control;
    use crate::session::run::Session;
    use crate::world::command::Command;
    use crate::world::setup::Setup;

    /// A run after so many steps, and who has read all of it.
    fn followed(steps: usize) -> (Session, Follower) {
        let mut session = Session::new(Setup::default());
        while session.past().len() < steps {
            session.dispatch(control::next_command(&session).unwrap());
        }
        let mut follower = Follower::default();
        follower.reach(session.past());
        (session, follower)
    }

    fn news(follower: &Follower, session: &Session) -> Option<usize> {
        follower.beyond(session.past()).map(<[_]>::len)
    }

    #[test]
    fn before_anything_was_read_all_of_it_is_new() {
        let (session, _) = followed(6);
        let follower = Follower::default();
        assert_eq!((follower.read(), news(&follower, &session)), (0, Some(6)));
    }

    #[test]
    fn of_a_line_that_has_grown_only_the_rest_is_new() {
        let (mut session, mut follower) = followed(6);
        assert_eq!((follower.read(), news(&follower, &session)), (6, Some(0)));
        session.dispatch(Command::Step);
        session.dispatch(Command::Step);
        let rest = follower.beyond(session.past()).unwrap();
        assert_eq!(rest.iter().map(|step| step.index).collect::<Vec<_>>(), [6, 7]);
        follower.reach(session.past());
        assert_eq!((follower.read(), news(&follower, &session)), (8, Some(0)));
    }

    #[test]
    fn an_earlier_place_is_read_from_the_beginning_and_the_same_place_again_is_not() {
        let (mut session, follower) = followed(8);
        session.rewind(5);
        assert_eq!(news(&follower, &session), None);
        session.to_end();
        assert_eq!(news(&follower, &session), Some(0), "nothing was recorded anew");
    }

    #[test]
    fn another_branch_is_read_from_the_beginning_even_where_it_is_as_long() {
        let (mut session, follower) = followed(8);
        session.rewind(5);
        for _ in 0..3 {
            session.dispatch(Command::CloseWindow);
        }
        assert_eq!(session.past().len(), follower.read());
        assert_eq!(news(&follower, &session), None);
        session.dispatch(Command::CloseWindow);
        assert_eq!(news(&follower, &session), None, "and where it is longer");
    }

    #[test]
    fn a_branch_that_opens_behind_what_was_read_goes_on_from_there() {
        let (mut session, _) = followed(8);
        session.rewind(5);
        let mut follower = Follower::default();
        follower.reach(session.past());
        session.dispatch(Command::CloseWindow);
        assert_eq!(news(&follower, &session), Some(1));
    }

    #[test]
    fn an_equal_run_is_not_the_same_line() {
        let ((_, follower), (twin, _)) = (followed(6), followed(6));
        assert_eq!(news(&follower, &twin), None);
    }
}
