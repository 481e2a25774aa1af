//! Attacks: what a cheat tries, as cards that are played on any run by ordinary commands.

pub mod barrier;
pub mod card;
pub mod cards;
pub mod play;
