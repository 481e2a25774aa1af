//! The run: a world with its history.
