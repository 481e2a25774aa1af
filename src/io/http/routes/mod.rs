//! The public routes: one declaration for each endpoint, from which everything about it follows.

pub mod page;
pub mod store;
pub mod verify;
pub mod window;
pub mod history;
