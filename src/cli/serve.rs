//! `paystage serve`: a run for somebody's own app, over HTTP, without a window.

use std::io::Write;

use anyhow::Context as _;

use crate::cli::arguments::serve::{ServeArguments, ServeClock};
use crate::cli::ending::Ending;
use crate::cli::paint::{QUIET, WARN, painted};
use crate::cli::seat::Taken;
use crate::io::data_folder::data_folder;
use crate::io::files::{self, Place, SMALL_FILE_MAX};
use crate::io::headless::{self, Kept, Plan, Serving};
use crate::io::inbox::Clock;
use crate::io::live::setup;
use crate::io::outbound::Reach;
use crate::io::store::place::StorePlace;
use crate::protocol::dial::Hosting;
use crate::protocol::id::Origin;
use crate::protocol::time::Span;
use crate::world::names::Secret;
use crate::world::seat::Seat;
use crate::world::setup::Setup;

/// Serves until Ctrl-C.
pub(crate) fn run(arguments: &ServeArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    anyhow::ensure!(
        !(arguments.run.is_some() || arguments.before_fault) || !arguments.chooses(),
        "--run and --before-fault go on with a run as it was set up; leave them out to begin a new one with other dials"
    );
    let plan = Plan {
        port: arguments.port,
        run: usize::from(arguments.run.unwrap_or(1)),
        kept: kept(arguments),
        before_fault: arguments.before_fault,
        setup: arguments.chooses().then(|| wanted(arguments)).transpose()?,
        clock: match arguments.clock {
            ServeClock::Real => Clock::Real { ahead: Span::ZERO },
            ServeClock::Virtual => Clock::Virtual,
        },
        reach: arguments.allow_host.iter().fold(Reach::loopback(), |reach, host| reach.and_host(host)),
    };
    headless::run(plan, |serving| announce(serving, arguments.port.is_some(), out))?;
    Ok(Ending::Fine)
}

/// Where the run is kept: where it was asked for, else in the file of its port. A port that is free at the moment is another
/// one each time, so nothing would be found there again.
fn kept(arguments: &ServeArguments) -> Kept {
    match (&arguments.store, data_folder()) {
        (Some(store), _) => Kept::In(StorePlace::named(store.clone())),
        (None, Some(folder)) if arguments.port != Some(0) => Kept::ByPort(folder),
        (None, _) => Kept::In(StorePlace::Temporary),
    }
}

fn announce(serving: &Serving<'_>, is_port_named: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let Serving { url, token, store, market, goes_on_after, run, warnings } = serving;
    writeln!(out, "{url}")?;
    writeln!(out, "{}", token.display())?;
    match store {
        StorePlace::File(path) => {
            writeln!(out, "{}", painted(QUIET, format_args!("Everything is kept in {}", path.display())))?;
        }
        StorePlace::Temporary => writeln!(out, "{}", painted(QUIET, "Nothing is kept when this ends"))?,
    }
    for warning in warnings {
        writeln!(out, "{} {warning}", painted(WARN, "!"))?;
    }
    if let Some(steps) = goes_on_after {
        let which = if *run == 1 { "the store's last run".to_owned() } else { format!("run {run} of the store") };
        writeln!(out, "{}", painted(QUIET, format_args!("Goes on with {which}, after {steps} steps")))?;
        if market.as_str() != *url {
            writeln!(out, "{} {}", painted(WARN, "!"), elsewhere(market, is_port_named))?;
        }
    }
    out.flush()
}

/// That the run was begun at another address, what comes of it, and what to do.
fn elsewhere(market: &Origin, is_port_named: bool) -> String {
    let what = format!("That run calls its store {market}: its receipts send apps there, not here.");
    match market.loopback_port() {
        None => format!("{what} Serve there what it names, or begin a new run with any dial, such as --seed 1"),
        Some(port) if is_port_named => {
            format!("{what} To go on there, end this and leave --port out, or give --port {port}")
        }
        Some(port) => format!("{what} Another program has port {port}: end that one, then this, and start again"),
    }
}

/// The set-up that the file and the flags ask for; a flag wins.
fn wanted(arguments: &ServeArguments) -> anyhow::Result<Setup> {
    let mut setup = match &arguments.setup {
        None => Setup::default(),
        Some(place) => {
            let text = files::read_text(place, SMALL_FILE_MAX)?;
            setup::read(&text).with_context(|| format!("{place}: this is no set-up"))?
        }
    };
    arguments.dials.apply(&mut setup);
    if let Some(seed) = arguments.seed {
        setup.seed = seed;
    }
    if let Some(buyer) = arguments.buyer {
        setup.buyer = buyer;
    }
    if let Some(signing) = arguments.signing {
        setup.signing = Some(signing);
    }
    if let Some(revision) = arguments.revision {
        setup.revision = revision;
    }
    if let Some(origin) = &arguments.app {
        setup.names.app.origin = origin.clone();
    }
    if let Some(key) = &arguments.key {
        setup.names.app.key.clone_from(key);
    }
    if let Some(place) = &arguments.secret_file {
        setup.names.app.secret = Some(secret(place)?);
    }
    if let Some(provider) = &arguments.aud {
        setup.names.provider.clone_from(provider);
    }
    for taken in &arguments.seat {
        match taken {
            Taken::AppServer(url) => {
                setup.hosting = Hosting::Classic;
                setup.seats.app_server = Seat::External;
                setup.names.app.server_url = Some(url.clone());
            }
            Taken::Marketplace(url) => {
                setup.seats.marketplace = Seat::External;
                setup.names.marketplace_url = Some(url.clone());
            }
        }
    }
    setup.check_seats().map_err(|error| anyhow::anyhow!("{error}; give --key and --secret-file"))?;
    Ok(setup)
}

/// The secret as the file has it, without the line end that editors add.
fn secret(place: &Place) -> anyhow::Result<Secret> {
    let text = files::read_text(place, SMALL_FILE_MAX)?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    anyhow::ensure!(!secret.is_empty(), "{place}: the secret is empty");
    Ok(Secret::new(secret))
}
