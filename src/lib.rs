//! Paystage: a stage on which a marketplace and an app act out an in-app payment.
//!
//! The rooms, in reading order. A room may know those that stand before it in this list, and none after it.
//!
//! 1. [`protocol`]: the words. Tokens, keys, receipts, rules, verdicts as pure values. Knows no party, no run, no clock.
//! 2. [`world`]: the life. Six parties and a wire, moved by commands only. Never does I/O, never fails.
//! 3. [`session`]: the run. A world with its history: trace, branches, scenarios. Never draws, never reads a file.
//! 4. [`lens`]: what a run means. Pure readings; they change nothing.
//!    [`export`]: a run given away, as text and drawings. On the same floor, and neither knows the other: what the lenses read is
//!    handed over as a sheet of words.
//! 5. [`io`]: the doors. The only room with a clock, a disk, a network or a thread.
//! 6. [`ui`] and [`cli`]: the window and the command line. Neither knows the other.

#[macro_use]
pub mod protocol;
pub mod world;
pub mod session;
pub mod lens;
pub mod export;
#[expect(clippy::disallowed_methods, reason = "the only room that may meet the outside")]
pub mod io;
pub mod ui;
pub mod cli;
