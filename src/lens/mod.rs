//! What a run means: pure readings of a session.

pub mod json_places;
pub mod token_kind;
pub mod claim_words;
pub mod claim_marks;
pub mod claims;
pub mod failure;
pub mod purchases;
pub mod label;
pub mod badge;
pub mod faults;
pub mod progress;
pub mod flow;
mod sayings;
pub mod caption;
pub mod preview;
pub mod reading;
pub mod lamp;
pub mod explore;
pub mod knowledge;
pub mod coverage;
pub mod said;
pub mod compare;
pub mod dial_effect;
pub mod domain_grid;
pub mod rule_notes;
pub mod library;
pub mod opinion;
