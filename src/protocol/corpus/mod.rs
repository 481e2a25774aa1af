//! The corpus: forgeries that a right verifier refuses, each beside the good token that differs only in the defect.
//!
//! Made from a seed and a moment, so that the same plan gives the same bytes. Never asks a clock, never meets a verifier.

pub mod members;
pub mod public_forms;
pub mod trust;
pub mod attack;
pub mod bench;
pub mod header;
pub mod pss;
pub mod kid_tricks;
pub mod confusion;
pub mod signature;
pub mod encoding;
pub mod claims;
pub mod times;
pub mod chains;
pub mod price_limits;
pub mod sizes;
pub mod kinds;
pub mod old_signature;
pub mod collect;
pub mod strict;
