//! The run: a world with its history.

pub mod step;
pub mod scribe;
mod snapshot;
mod arrivals;
pub mod branch;
pub mod run;
pub mod line;
pub mod recorded;
pub mod control;
pub mod replay;
mod counterparts;
pub mod again;
pub mod watch;
pub mod attack;
pub mod run_file;
pub mod scenario;
mod cases;
pub mod dials;
pub mod builtin;
pub mod run_code;
pub mod explore;
