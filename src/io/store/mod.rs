//! The store: every run in one SQLite file, on disk before anybody is answered.
//!
//! One thread owns the one connection. Steps come to it from anywhere, are written in the order in which they came, many in one
//! transaction, and each hands out a ticket that is good when its transaction is on disk. A run is kept as its set-up and its
//! commands; what followed from them is never kept but replayed, and held against the mark of each step.

pub mod place;
pub mod error;
pub mod row;
pub mod ticket;
mod schema;
mod log;
mod connection;
mod change;
mod writer;
pub mod handle;
pub mod load;
pub mod recorder;
pub mod archive;
pub mod keeper;
pub mod loading;
