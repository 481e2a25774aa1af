//! The words: tokens, keys, receipts, rules and verdicts as pure values.

pub mod id;
pub mod money;
pub mod time;
pub mod json;
pub mod key;
pub mod ring;
pub mod header;
pub mod jwt;
pub mod claims;
pub mod store_answer;
pub mod verdict;
