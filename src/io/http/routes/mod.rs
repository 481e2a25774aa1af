//! The public routes: one declaration for each endpoint, from which everything about it follows.
#![expect(
    clippy::unnecessary_wraps,
    reason = "each reads one kind of request for the table, and some requests cannot be wrong"
)]

pub mod page;
pub mod store;
pub mod verify;
pub mod window;
pub mod history;
