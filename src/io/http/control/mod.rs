//! The control interface: what test code may do with a run that a person at the window may do, and no more.

pub mod deed;
pub mod trouble;
pub mod body;
pub mod state;
pub mod condition;
pub mod wait;
pub mod trace;
pub mod begin;
pub mod usual;
pub mod perform;
pub mod router;
pub mod describe;
pub mod description;
