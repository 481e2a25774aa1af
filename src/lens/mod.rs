//! What a run means: pure readings of a session.

pub mod json_places;
pub mod token_kind;
pub mod claim_words;
pub mod claim_marks;
pub mod claims;
