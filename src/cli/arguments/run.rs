//! The words of `paystage run`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::dials::DialArguments;
use crate::cli::shard::Shard;
use crate::io::files::Place;

/// Plays scenarios, replays run files, and says what is not as expected
///
/// A scenario is played and its expectations are checked. A run file is replayed and compared step by step with what was
/// recorded. Folders are searched for both. One bad file does not stop the others.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage run plain-hosted               a built-in scenario
  paystage run --list                     what is built in
  paystage run scenarios/ --json -        all of a folder, the report as JSON
  paystage run scenarios/ --junit report.xml --html report.html
  paystage run plain-hosted --dial buyer=\"pays after 12 s\" --messages
  paystage run scenarios/ --shard 1/3     the first of three machines that share them

A report goes to a file, or as `-` to standard output instead of the text; one of them can.
Exit codes: 0 all as expected, 1 some not, 2 bad usage or something unreadable.")]
pub(crate) struct RunArguments {
    /// Scenario files, run files, folders of them, names of built-in scenarios, or `-`; nothing: all that is built in
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,
    /// Lists the built-in scenarios
    #[arg(long, conflicts_with_all = ["files", "json", "junit", "html", "shard", "jobs", "seed", "messages", "coverage", "turns"])]
    pub(crate) list: bool,
    /// Writes a report as JSON to this file, or to standard output instead of the text
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<Place>,
    /// Writes a report as JUnit XML, which CI servers read
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<Place>,
    /// Writes a report as one HTML page, with the messages of each failure drawn
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<Place>,
    /// Plays one share of several, so that as many machines play each scenario once; shared out by name
    #[arg(long, value_name = "NUMBER/OF", value_parser = Shard::parse)]
    pub(crate) shard: Option<Shard>,
    /// How many threads; without it, one for each core
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub(crate) jobs: usize,
    /// Plays the scenarios with this seed instead of their own; run files keep theirs
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// Shows every message with its caption
    #[arg(long)]
    pub(crate) messages: bool,
    /// Says which messages, refusals, statuses and errors were met, out of all that there are
    #[arg(long)]
    pub(crate) coverage: bool,
}
