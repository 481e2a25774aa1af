//! The words: tokens, keys, receipts, rules and verdicts as pure values.
