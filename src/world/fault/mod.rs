//! Faults: what is spoilt on purpose, on which messages or at which party, and how often.
//!
//! A fault is matched when a message is sent. One that never fires leaves every other byte of the run as it was.

pub mod pattern;
pub mod rewrite;
pub mod act;
pub mod limit;
pub mod trouble;
pub mod armed;
pub mod written;
pub(crate) mod retold;
pub mod field;
pub(crate) mod spoil;
pub(crate) mod reach;
pub(crate) mod party;
pub mod desk;
