//! The words: tokens, keys, receipts, rules and verdicts as pure values.

pub mod id;
pub mod money;
pub mod time;
