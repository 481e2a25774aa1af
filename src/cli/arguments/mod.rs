//! Arguments: every word that may stand on the command line, with its help. One part for each command.

pub(crate) mod words;
pub(crate) mod dials;
pub(crate) mod run;
pub(crate) mod verify;
pub(crate) mod attack;
pub(crate) mod audit;
pub(crate) mod corpus;
pub(crate) mod reading;
pub(crate) mod explore;
pub(crate) mod picture;
pub(crate) mod export;
pub(crate) mod serve;
pub(crate) mod manual;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::cli::arguments::attack::AttackArguments;
use crate::cli::arguments::audit::AuditArguments;
use crate::cli::arguments::corpus::{ConformArguments, ForgeArguments};
use crate::cli::arguments::dials::{DialArguments, DialsArguments};
use crate::cli::arguments::explore::ExploreArguments;
use crate::cli::arguments::export::ExportArguments;
use crate::cli::arguments::manual::{CompletionsArguments, ManArguments};
use crate::cli::arguments::picture::PictureArguments;
use crate::cli::arguments::reading::{CompareArguments, InspectArguments};
use crate::cli::arguments::run::RunArguments;
use crate::cli::arguments::serve::ServeArguments;
use crate::cli::arguments::verify::VerifyArguments;
use crate::cli::paint::HELP;

/// A stage on which a marketplace and an app act out an in-app payment.
///
/// Everything on it is real but the money: tokens, signatures, refusals and their historic codes. Without a command the
/// window opens; press Space to step from the click on Buy to access granted. Without a display the same purchase plays
/// in the terminal.
#[derive(Debug, Parser)]
#[command(name = "paystage", version, styles = HELP, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = "Exit codes: 0 fine, 1 an expectation failed or a receipt was refused, 2 bad usage or input")]
#[command(after_long_help = "Examples:
  paystage                                the window, with a purchase ready to begin
  paystage lost.paystage.json             a saved run, at the moment where it was saved
  paystage run scenarios/                 play every scenario of a folder
  paystage verify receipt.jwt --keys store.jwks --app https://pony.example
  paystage inspect eyJhbGciOi…            what a token says, whoever signed it
  paystage --dial revision=before         the window, under the rules of another day
  paystage serve                          the same parties over HTTP, for your own app

`-` is standard input or output wherever a file is meant.
Exit codes: 0 fine, 1 an expectation failed or a receipt was refused, 2 bad usage or input.")]
pub(crate) struct Arguments {
    /// Opens this run file, scenario file or built-in scenario in the window
    pub(crate) file: Option<OsString>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

/// What to do without a window.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    Run(RunArguments),
    Verify(VerifyArguments),
    Audit(AuditArguments),
    Forge(ForgeArguments),
    Conform(ConformArguments),
    Attack(AttackArguments),
    Inspect(InspectArguments),
    Compare(CompareArguments),
    Explore(ExploreArguments),
    Export(ExportArguments),
    Picture(PictureArguments),
    Serve(ServeArguments),
    Dials(DialsArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::Arguments;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_file_and_a_command_do_not_mix() {
        assert!(Arguments::try_parse_from(["paystage", "a.toml"]).unwrap().file.is_some());
        assert!(Arguments::try_parse_from(["paystage", "inspect", "a.b.c"]).unwrap().task.is_some());
        assert!(Arguments::try_parse_from(["paystage", "a.toml", "inspect", "a.b.c"]).is_err());
    }
}
