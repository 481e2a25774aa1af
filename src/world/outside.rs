//! The outside: how recorded input becomes messages on the ordinary road.

use crate::protocol::time::Time;
use crate::world::World;
use crate::world::event::Event;
use crate::world::input::Input;

impl World {
    /// Takes what a program outside said, no earlier than `at`.
    pub(crate) fn receive(&mut self, at: Time, input: &Input, events: &mut Vec<Event>) {
        let _ = (at, input);
        events.push(Event::CommandIgnored { why: "Nobody sits outside in this run" });
    }
}
