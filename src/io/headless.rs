//! Serving without a window: one run at the root of one server, until somebody ends it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use crate::io::clock;
use crate::io::http::control::usual::Usual;
use crate::io::http::guard::Gate;
use crate::io::http::limits::Limits;
use crate::io::http::listen::{ListenError, Listening, USUAL_PORT};
use crate::io::http::serve::{runtime, serve, stopper};
use crate::io::http::site::{self, Root};
use crate::io::http::token::{Token, TokenError, TokenFile};
use crate::io::inbox::Clock;
use crate::io::live::{setup, stage};
use crate::io::outbound::{Outbound, Reach};
use crate::io::store::error::StoreError;
use crate::io::store::handle::Store;
use crate::io::store::keeper::LineKeeper;
use crate::io::store::load::{self, LoadError, LoadFault};
use crate::io::store::place::StorePlace;
use crate::io::store::row::RunId;
use crate::protocol::id::{IdError, Origin};
use crate::session::line::Line;
use crate::world::seat::Seat;
use crate::world::setup::Setup;

/// What shall be served.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The port; 0 takes one that is free. `None` takes the [usual one](USUAL_PORT), and for a run that goes on its own: another
    /// only where a program has it meanwhile.
    pub port: Option<u16>,
    /// Where runs are kept.
    pub kept: Kept,
    /// Which of a named store's runs goes on: 1 is the latest.
    pub run: usize,
    /// Whether a run that cannot be lived again as a whole goes on from the part before the fault, as a run of its own.
    pub before_fault: bool,
    /// The set-up of a new run; `None` goes on with one of a [named store](Kept::In), if it has one.
    pub setup: Option<Setup>,
    /// Who moves the clock.
    pub clock: Clock,
    /// Where requests to servers outside may go.
    pub reach: Reach,
}

/// Where a served run is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In this store, which goes on with its last run.
    In(StorePlace),
    /// In this folder, in a file of the port's own: each start begins a run, which takes its place among the [latest
    /// ones](RUNS_KEPT) as soon as something was done in it.
    ByPort(PathBuf),
}

/// How many runs the file of a port holds, the one that is served included.
pub const RUNS_KEPT: usize = 20;

impl Kept {
    /// The store for a server on `port`.
    fn place(&self, port: u16) -> StorePlace {
        match self {
            Self::In(place) => place.clone(),
            Self::ByPort(folder) => StorePlace::File(folder.join(format!("served-{port}.sqlite"))),
        }
    }
}

/// What is served, once it is.
#[derive(Debug)]
pub struct Serving<'a> {
    /// Where.
    pub url: &'a str,
    /// The file with the token for the control interface.
    pub token: &'a Path,
    /// Where the run is kept.
    pub store: &'a StorePlace,
    /// What the run calls its store: another address than `url`, where it was begun at another port.
    pub market: &'a Origin,
    /// How many steps a run had taken with which this goes on; `None`: it is new.
    pub goes_on_after: Option<usize>,
    /// Which of the store's runs it was, 1 the latest.
    pub run: usize,
    /// What was found missing or wrong in the store, a sentence each.
    pub warnings: Vec<String>,
}

/// Why nothing is served, or no more.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// The port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The latest changes: the disk takes nothing, and now there is nobody left to try again.
    #[error(
        "{place}: what was done last could not be written, and is lost; whoever asked for a change was told so. {}",
        cause_of(cause)
    )]
    Unwritten {
        /// The store.
        place: StorePlace,
        /// Why not.
        cause: StoreError,
    },
    /// The folder where runs are kept by default.
    #[error("{}: runs cannot be kept here: {cause}; name a file with --store, or keep nothing with --store :memory:", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// The system's own words.
        cause: io::Error,
    },
    /// The store's last run.
    #[error("{}{}", .0, way_on(.0))]
    Load(LoadError),
    /// The store holds fewer runs.
    #[error("{}: there is no run {run}, as the store holds {held}; 1 is the latest", place.display())]
    NoSuchRun {
        /// The store.
        place: PathBuf,
        /// Which was asked for.
        run: usize,
        /// How many there are.
        held: usize,
    },
    /// Our own address is no origin: cannot happen with a loopback address and a port.
    #[error(transparent)]
    Address(#[from] IdError),
    /// The system's own words.
    #[error("the server cannot go on: {0}")]
    System(#[from] io::Error),
}

/// Why nothing more is written, and what to do. The store's own sentence promises to try again.
fn cause_of(error: &StoreError) -> String {
    if let StoreError::Full(_) = error { "The disk is full: make room".to_owned() } else { error.to_string() }
}

/// What to do about a run that cannot be lived again, where the store can.
fn way_on(error: &LoadError) -> &'static str {
    match &error.fault {
        LoadFault::Store(_) => "",
        _ if error.is_at_start() => "; give any dial, such as --seed 1, to begin a new run beside it",
        LoadFault::Setup(_)
        | LoadFault::BranchSetup { .. }
        | LoadFault::Command { .. }
        | LoadFault::Missing { .. }
        | LoadFault::Broken(_)
        | LoadFault::Differs(_) => {
            "; give --before-fault to do so, or any dial, such as --seed 1, to begin a new run beside it"
        }
    }
}

/// Serves until Ctrl-C or a polite signal, and `announce`s before the first request is answered. All that was done is on disk when
/// this comes back well.
///
/// # Errors
/// [`HeadlessError`]; [`HeadlessError::Unwritten`] where somebody was told that a change is not on disk, and it never got there.
pub fn run(plan: Plan, announce: impl FnOnce(&Serving<'_>) -> io::Result<()>) -> Result<(), HeadlessError> {
    let (listening, store) = ground(&plan)?;
    let url = listening.url();
    let is_new = plan.setup.is_some() || matches!(plan.kept, Kept::ByPort(_));
    let wanted = is_new.then(|| plan.setup.unwrap_or_default());
    let Begun { keeper, line, goes_on_after, fault } = match wanted.clone() {
        Some(setup) => begun(&store, setup, &Origin::parse(&url)?),
        None => line(&store, plan.run, plan.before_fault, &Origin::parse(&url)?)?,
    };
    let warnings = store.warning().into_iter().chain(fault).collect();
    let usual = wanted.unwrap_or_else(|| setup::chosen(line.setup().clone()));
    let keeper = if let Kept::ByPort(_) = plan.kept { keeper.among_latest(RUNS_KEPT) } else { keeper };
    let token = Token::fresh()?;
    let file = TokenFile::create(&token, listening.port())?;
    let market = own_market(line.setup(), &url);
    let gate = Gate::new(listening.port(), token, Limits::default());
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let archive = keeper.archive();
        let outbound = Outbound::new(plan.reach);
        let letterbox = stage::start(line, plan.clock, outbound.clone(), Some(Box::new(keeper)));
        let front =
            site::front_with(gate, &letterbox, &outbound, Root { archive: Some(archive), usual: Usual::new(usual) });
        let (stopper, stop) = stopper();
        let asked = asked_to_end()?;
        tokio::spawn(async move {
            asked.await;
            stopper.stop();
        });
        announce(&Serving {
            url: &url,
            token: file.path(),
            store: store.place(),
            market: &market,
            goes_on_after,
            run: plan.run,
            warnings,
        })?;
        serve(listening, front, stop).await
    });
    runtime.shutdown_background();
    let written = store.flush().wait();
    outcome?;
    written.map_err(|cause| HeadlessError::Unwritten { place: store.place().clone(), cause })
}

/// Where is served, and where it is kept: each may say the other.
fn ground(plan: &Plan) -> Result<(Listening, Store), HeadlessError> {
    if let (None, Kept::In(place), None) = (plan.port, &plan.kept, &plan.setup) {
        let store = Store::open(place)?;
        let listening = match own_port(&store, plan.run)?.map(Listening::bind) {
            None => Listening::bind(USUAL_PORT)?,
            Some(Err(ListenError::Taken { .. })) => Listening::bind(0)?,
            Some(bound) => bound?,
        };
        return Ok((listening, store));
    }
    let listening = Listening::bind(plan.port.unwrap_or(USUAL_PORT))?;
    let store = open(&plan.kept, listening.port())?;
    Ok((listening, store))
}

/// What the run calls its store, where it is played here.
fn own_market(setup: &Setup, url: &str) -> Origin {
    let is_theirs = setup.seats.marketplace == Seat::External;
    let here = || Origin::parse(url).ok().filter(|_| is_theirs);
    here().unwrap_or_else(|| setup.names.market.clone())
}

/// The port of this machine at which the store's last run was begun: its receipts name it.
fn own_port(store: &Store, run: usize) -> Result<Option<u16>, HeadlessError> {
    let Some(id) = kept(store, run)? else { return Ok(None) };
    let setup = load::setup(store, id).map_err(HeadlessError::Load)?;
    Ok(setup::own_port(&setup))
}

/// The run of this number, 1 the latest. A store without any has no latest one either; any other must be there.
fn kept(store: &Store, run: usize) -> Result<Option<RunId>, HeadlessError> {
    let heads = store.recent(run)?;
    match (heads.get(run.saturating_sub(1)), store.place()) {
        (Some(head), _) => Ok(Some(head.id)),
        (None, StorePlace::File(place)) if run > 1 => {
            Err(HeadlessError::NoSuchRun { place: place.clone(), run, held: heads.len() })
        }
        (None, StorePlace::File(_) | StorePlace::Temporary) => Ok(None),
    }
}

/// The store, in a folder that is there.
fn open(kept: &Kept, port: u16) -> Result<Store, HeadlessError> {
    if let Kept::ByPort(folder) = kept {
        fs::create_dir_all(folder).map_err(|cause| HeadlessError::Folder { folder: folder.clone(), cause })?;
    }
    Ok(Store::open(&kept.place(port))?)
}

/// The run to be served, and what keeps it.
struct Begun {
    keeper: LineKeeper,
    line: Line,
    goes_on_after: Option<usize>,
    fault: Option<String>,
}

/// The run that the store was left with, or a new one where it has none.
fn line(store: &Store, run: usize, before_fault: bool, address: &Origin) -> Result<Begun, HeadlessError> {
    let Some(id) = kept(store, run)? else { return Ok(begun(store, Setup::default(), address)) };
    let resumed = if before_fault {
        LineKeeper::resume_before_fault(store, id)
    } else {
        LineKeeper::resume(store, id, &mut |_| {}).map(|(keeper, line)| (keeper, line, None))
    };
    let (keeper, line, fault) = resumed.map_err(HeadlessError::Load)?;
    let goes_on_after = Some(line.count());
    Ok(Begun { keeper, line, goes_on_after, fault: fault.map(|fault| fault.to_string()) })
}

/// A new run.
fn begun(store: &Store, setup: Setup, address: &Origin) -> Begun {
    let line = Line::new(setup::at_home(setup, address, clock::now()));
    Begun { keeper: LineKeeper::begin(store, "Served"), line, goes_on_after: None, fault: None }
}

/// Ends when the user presses Ctrl-C, or the system asks the program to end. Listens from now on, before it is first awaited: who
/// was told where we are may end us at once.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ends when the user presses Ctrl-C.
#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
