//! Dials: everything about a run that can be chosen beforehand, as one list that window, command line and scenarios share.

pub mod fault;
pub mod dial;
mod offers;
pub(crate) mod client;
pub mod list;
pub mod turn;
pub mod difference;
