//! Exploring: every mix of faults that a scenario can meet, how each ends, and where it could still have been saved.
//!
//! Everything here is a pure piece of work on virtual time: whoever has threads gives them out, in any order.

pub mod end;
pub mod tally;
pub mod dealt;
pub mod trial;
pub mod mix;
pub mod shrink;
pub mod rescue;
