//! Verdicts: whether a receipt opens an app, climbed check by check, with the evidence for each.

pub mod check;
pub mod said;
pub mod token_evidence;
pub mod claim_evidence;
pub mod store_evidence;
pub mod evidence;
