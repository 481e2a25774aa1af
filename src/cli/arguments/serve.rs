//! The words of `paystage serve`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::cli::arguments::dials::DialArguments;
use crate::cli::arguments::words::names;
use crate::cli::seat::{Taken, taken};
use crate::io::files::Place;
use crate::protocol::dial::SigningMode;
use crate::protocol::id::Origin;
use crate::protocol::rules::Revision;
use crate::world::character::BuyerCharacter;

/// Serves a run over HTTP on this machine, for somebody's own app
///
/// The marketplace, its payment server and the provider are played here; your app asks them over HTTP as it would ask real
/// ones. Prints the address and the path of the file with the token for /control, one line each, and serves until Ctrl-C.
/// What was answered is on disk. With --store and without any dial it goes on with that store's last run.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage serve                                            a new run at http://127.0.0.1:7717, kept in a file of that port
  paystage serve --store runs.sqlite                        goes on with the last run of this file
  paystage serve --store :memory:                           nothing is kept
  paystage serve --port 0 --buyer \"you decide\"             a free port; whoever opens the payment window decides
  paystage serve --app http://127.0.0.1:3000 --signing rs256-certified
  paystage serve --dial identity=email --dial domain-check=origin-header
  paystage serve --seat app-server=http://127.0.0.1:9100 --key my-key --secret-file secret.txt")]
pub(crate) struct ServeArguments {
    /// The port on this machine, for both address families; 0 takes one that is free. Without it 7717, and for a run that goes on
    /// the port at which it began: its receipts name that address
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Where runs are kept: a file, whose last run goes on, or `:memory:` for nowhere. Without it a new run begins in the file of
    /// this port, which holds the latest twenty in which anything was done; at a free port (0) nothing is kept
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<OsString>,
    /// Which of the store's runs goes on: 1 is the latest, 2 the one before it, …
    #[arg(long, value_name = "NUMBER", requires = "store", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) run: Option<u16>,
    /// Where that run cannot be lived again as a whole: goes on from the part before the fault, as a run of its own; the other one
    /// stays as it is
    #[arg(long, requires = "store")]
    pub(crate) before_fault: bool,
    /// The dials of a new run: a TOML file with what a scenario has under [setup]
    #[arg(long, value_name = "FILE")]
    pub(crate) setup: Option<Place>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// The seed of a new run
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// How the buyer behaves: pays at once, pays after 12 s, cancels, you decide, …
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) buyer: Option<BuyerCharacter>,
    /// How receipts are signed
    #[arg(long, value_parser = names(SigningMode::ALL, SigningMode::name, SigningMode::meaning))]
    pub(crate) signing: Option<SigningMode>,
    /// Which date's rules hold
    #[arg(long, value_parser = names(Revision::ALL, Revision::name, Revision::meaning))]
    pub(crate) revision: Option<Revision>,
    /// Where your app lives: product.url of its receipts; without it, the demo page at this server
    #[arg(long, value_name = "ORIGIN", value_parser = Origin::parse)]
    pub(crate) app: Option<Origin>,
    /// Your app's key: iss of its own pay requests, aud of its notices
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// A file with your app's secret, as text
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<Place>,
    /// The provider's domain: aud of pay requests, iss of notices
    #[arg(long, value_name = "HOST")]
    pub(crate) aud: Option<String>,
    /// Who moves the clock of the run
    #[arg(long, value_enum, default_value = "real")]
    pub(crate) clock: ServeClock,
    /// A seat that your own server takes: app-server=ORIGIN, marketplace=ORIGIN
    #[arg(long, value_name = "SEAT=ORIGIN", value_parser = taken)]
    pub(crate) seat: Vec<Taken>,
    /// A host beyond this machine that may be sent notices; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
}

/// Who moves the clock of a served run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServeClock {
    /// The machine's clock
    Real,
    /// Nobody but the control interface
    Virtual,
}

impl ServeArguments {
    /// Whether anything was chosen that only a new run can have.
    pub(crate) fn chooses(&self) -> bool {
        let names = [self.key.is_some(), self.secret_file.is_some(), self.aud.is_some(), self.app.is_some()];
        let dials = [self.setup.is_some(), self.seed.is_some(), self.buyer.is_some(), self.signing.is_some()];
        !self.dials.is_empty()
            || names.contains(&true)
            || dials.contains(&true)
            || self.revision.is_some()
            || !self.seat.is_empty()
    }
}
