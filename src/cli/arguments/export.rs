//! The words of `paystage export`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::dials::DialArguments;
use crate::cli::arguments::words::{names, step};
use crate::export::format::Format;
use crate::export::ink::Face;
use crate::io::files::Place;

/// Gives a run away: as a diagram, as HTTP, as data, as one page to read
///
/// Signatures, emails and PINs become dots, and the file says how many. Payment secrets never leave, asked for or not. A
/// diagram of more than 300 arrows becomes several pictures as png: flow-1.png, flow-2.png and so on; svg and html hold all.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage export plain-hosted --out flow.svg
  paystage export lost.paystage.json --as html --out handout.html
  paystage export paid-but-timed-out --as mermaid --step 30
  paystage export lost.paystage.json --as har --out - | jq .log.entries[0]
  paystage export plain-hosted --dial revision=before --out before.html

What was exported as json opens again: paystage run.trace.json")]
pub(crate) struct ExportArguments {
    /// A run file, a scenario file, the name of a built-in scenario, or `-`
    pub(crate) file: OsString,
    /// As what; without it, the ending of the file that it goes to decides
    #[arg(long = "as", value_name = "FORMAT", value_parser = names(&Format::ALL, Format::name, Format::meaning))]
    pub(crate) format: Option<Format>,
    /// Where it goes; `-` is standard output, and so it is without this word
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) out: Place,
    /// Only so many steps; `end` for all. Without it a run file shows its own place, a scenario its end
    #[arg(long, value_name = "NUMBER|end", value_parser = step)]
    pub(crate) step: Option<usize>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// Which face of the theme, as svg or png
    #[arg(long, value_name = "FACE", value_parser = names(&Face::ALL, Face::name, Face::meaning), default_value = "both")]
    pub(crate) theme: Face,
    /// Shows signatures, emails and PINs as they are
    #[arg(long)]
    pub(crate) unmasked: bool,
}
