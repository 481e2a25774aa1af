//! The words: tokens, keys, receipts, rules and verdicts as pure values.

#[macro_use]
pub mod code;
#[macro_use]
pub mod dial;
pub mod id;
pub mod money;
pub mod time;
pub mod numeric_date;
pub mod json;
pub mod key;
pub mod ring;
pub mod header;
pub mod jwt;
pub mod jwk;
pub mod chain;
pub mod chain_rules;
pub mod chain_as_built;
pub mod test_keys;
pub mod pem;
pub mod key_file;
pub mod look;
pub mod identity;
pub mod store_data;
pub mod receipt;
pub mod rules;
pub mod rule_words;
pub mod atob;
pub mod truth;
pub mod request;
pub mod pay_error;
mod draft_request;
pub mod payflow;
pub mod flow_failure;
pub mod mozpay;
pub mod notice;
pub mod notice_receiver;
pub mod device;
pub mod claim;
pub mod claims;
pub mod store_answer;
pub mod verify_service;
pub mod reissue;
pub mod signing_service;
pub mod verdict;
pub mod client_rules;
pub mod client_error;
pub mod corpus;
