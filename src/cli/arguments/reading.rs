//! The words of `paystage inspect` and `paystage compare`, which only read.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::dials::DialArguments;

/// Decodes any token and explains its claims, without verifying anything
///
/// Pay requests, notices, receipts, certificates, key documents and tokens of other trades; malformed ones as far as they
/// can be read. What is shown is what somebody wrote, not what is true.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage inspect eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2ln
  paystage inspect receipt.jwt --json
  pbpaste | paystage inspect -")]
pub(crate) struct InspectArguments {
    /// The token: its text, a file with it, or `-`
    pub(crate) token: OsString,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Lays two runs beside each other, or two branches of one, and says where they part
///
/// Messages, set-ups, what came of it and who knows what. Ids are named by their order and times count from the start, so
/// runs with other seeds compare as well. With one run file, its branch at hand is laid beside the one that it came from, where
/// something else was done or a dial stood otherwise. Dials are turned for each of two that is a scenario; a recorded run keeps its
/// own. Exit code 1 where anything differs.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage compare paid-but-timed-out paid-in-time
  paystage compare before.paystage.json after.paystage.json --json
  paystage compare lost.paystage.json plain-hosted --dial identity=email
  paystage compare lost.paystage.json                     two branches of one run")]
pub(crate) struct CompareArguments {
    /// A scenario, a run file or a built-in scenario
    #[arg(value_name = "A")]
    pub(crate) a: OsString,
    /// Another one; without it, two branches of A
    #[arg(value_name = "B")]
    pub(crate) b: Option<OsString>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
