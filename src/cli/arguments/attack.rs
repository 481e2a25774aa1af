//! The words of `attack`.

use clap::Args;

use crate::cli::arguments::dials::DialArguments;
use crate::io::files::Place;
use crate::session::attack::barrier::Barrier;

/// Plays a cheat's tricks on a purchase, and says what stopped each or what it gained
///
/// Each card is played in a run of its own by ordinary commands; what came of it is read from what happened. Where no
/// dial is chosen, a card is played with the dials turned so that somebody could stop it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage attack                                   all cards: what stops each
  paystage attack --list                            what each cheat does, and hopes for
  paystage attack friends-receipt --dial revision=before
  paystage attack --dial profile=fxpay --dial verify-policy=store-only
  paystage attack embedded-jwk --off signature      and without that check?
  paystage attack --grid                            every card without every check

Exit codes: 0 all stopped, 1 some got through, 2 bad usage or input.")]
pub(crate) struct AttackArguments {
    /// The cards; nothing: all of them
    #[arg(value_name = "CARD")]
    pub(crate) cards: Vec<String>,
    /// Lists the cards
    #[arg(long, conflicts_with_all = ["cards", "setup", "turns", "off", "grid"])]
    pub(crate) list: bool,
    /// The dials of the runs: a TOML file with what a scenario has under [setup]
    #[arg(long, value_name = "FILE")]
    pub(crate) setup: Option<Place>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// Switches off a check of the app or a guard of a server; may be given several times
    #[arg(long, value_name = "CHECK", value_parser = barrier)]
    pub(crate) off: Vec<Barrier>,
    /// Plays each card once more for each check that could be switched off
    #[arg(long, conflicts_with = "off")]
    pub(crate) grid: bool,
    /// Prints JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

fn barrier(word: &str) -> Result<Barrier, String> {
    Barrier::parse(word).ok_or_else(|| {
        let known: Vec<&str> = Barrier::all().map(Barrier::name).collect();
        format!("expected one of {}", known.join(", "))
    })
}
