//! Scenarios: a run written down beforehand, with what it must lead to.

pub mod plan;
pub mod expected;
pub mod fault;
pub mod parse;
mod parse_setup;
mod parse_case;
mod parse_step;
mod parse_expected;
mod value;
pub mod print;
pub mod variant;
mod happening;
mod trace;
mod said;
mod facts;
pub mod record;
pub mod play;
