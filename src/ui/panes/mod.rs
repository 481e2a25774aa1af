//! The panes, in the order in which the window shows them. None knows another.

pub mod top_bar;
pub mod phases;
pub mod shop;
pub mod flow;
pub mod cards;
pub mod caption;
pub mod payment;
pub mod market;
pub mod claims;
pub mod verdict;
pub mod message;
pub mod opinions;
pub mod knowledge;
pub mod compare;
pub mod coverage;
pub mod attacks;
pub mod dials;
pub mod domains;
pub mod explore;
pub mod timeline;
pub mod notices;
pub mod polling;
