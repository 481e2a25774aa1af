//! The words that turn dials, and those of `paystage dials`.

use clap::Args;

use crate::session::dials::turn::Turn;
use crate::world::setup::Setup;

/// Dials turned on the command line, for every command that begins a run.
#[derive(Debug, Default, Args)]
pub(crate) struct DialArguments {
    /// Turns a dial, such as revision=before; `paystage dials` lists them. May be given several times
    #[arg(long = "dial", value_name = "NAME=VALUE", value_parser = Turn::parse)]
    pub(crate) turns: Vec<Turn>,
}

impl DialArguments {
    /// Turns them in this set-up, in the order in which they were given.
    pub(crate) fn apply(&self, setup: &mut Setup) {
        for turn in &self.turns {
            turn.apply(setup);
        }
    }

    /// Whether none was turned.
    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

/// Lists the dials: what each decides, and what it can be turned to
///
/// A dial is turned by --dial NAME=VALUE, or by a line NAME = "VALUE" under [setup] of a scenario. `default` puts it back.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage dials                          all of them
  paystage dials identity signing         two of them
  paystage run plain-hosted --dial revision=before --dial polling.interval=3s
  paystage --dial revision=before         the window, under other rules
  paystage dials --domain-check           who gets past which way of checking where a buy request comes from")]
pub(crate) struct DialsArguments {
    /// Only the dials whose name contains one of these words
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Runs every attacker against every position of the domain check, and shows who gets in
    #[arg(long, conflicts_with = "names")]
    pub(crate) domain_check: bool,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
