//! The words of `paystage explore`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::cli::arguments::dials::DialArguments;
use crate::cli::arguments::words::names;
use crate::session::explore::end::End;

/// Tries everything that can go wrong with a scenario, and says how each ends
///
/// Each message that the scenario really sends is dropped, doubled, delayed past every time-out, held, corrupted or answered
/// otherwise, once and each time; each party falls into each trouble, from the start and once the buyer is charged. With
/// --faults 2, every pair of these as well. All on virtual time, on all cores, with the same result whatever their number. Each
/// bad end comes with the smallest scenario that shows it and its point of no return: the last event after which neither
/// retries nor anything that buyer or app could do within a day would have saved it, had no fault struck any more.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage explore                                        the plain purchase, one fault at a time
  paystage explore plain-classic --faults 2               every pair of faults, too
  paystage explore --dial polling.tries=30                whether more patience would save any of them
  paystage explore shop.toml --write bad-ends             the smallest scenario of each bad end, as files for `paystage run`
  paystage explore --fail-on product-not-paid             exit code 1 if anything ends so, for CI

Ends, worst first: paid-no-product, product-not-paid, stuck, refused, fine. The first three are bad.
Exit codes: 0 explored, 1 an end of --fail-on was met, 2 bad usage or input.")]
pub(crate) struct ExploreArguments {
    /// A scenario file, a run file, the name of a built-in scenario, or `-`
    #[arg(default_value = "plain-hosted")]
    pub(crate) scenario: OsString,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// How many faults are tried together at the most
    #[arg(long, value_name = "1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) faults: u8,
    /// How many threads; without it, one for each core
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub(crate) jobs: usize,
    /// Tries so many mixes at the most, the first ones; how many are left out is said
    #[arg(long, value_name = "NUMBER")]
    pub(crate) limit: Option<usize>,
    /// Lists so many bad ends at the most; the others are counted
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    pub(crate) list: usize,
    /// Ends with exit code 1 if a mix came to this end; may be given several times
    #[arg(long, value_name = "END", value_parser = names(&End::ALL, End::name, End::sentence))]
    pub(crate) fail_on: Vec<End>,
    /// Writes the smallest scenario of each bad end to this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
