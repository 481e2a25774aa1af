//! The pages: what people see in a browser. Small views become HTML; nothing here asks the run or decides anything.

pub mod asset;
pub mod serve;
pub mod window;
pub mod purchases;
pub mod receipt;
pub mod notice;
