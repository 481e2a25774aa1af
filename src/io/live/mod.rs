//! Live runs: a run that programs outside act in, at the pace of a clock.

pub mod setup;
pub mod waiting;
pub mod windows;
pub mod releases;
pub mod hearing;
pub mod driver;
pub mod errands;
pub mod stage;
