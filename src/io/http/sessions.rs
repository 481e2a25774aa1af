//! Sessions: many runs on one server, each below a base path of its own, so that tests can run in parallel.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::routing::{delete, get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::io::clock;
use crate::io::http::answer;
use crate::io::http::control::begin::{Beginning, Begun, Dials};
use crate::io::http::control::body;
use crate::io::http::control::perform::Controlled;
use crate::io::http::control::router::order;
use crate::io::http::control::state;
use crate::io::http::control::trouble::Trouble;
use crate::io::http::control::usual::Usual;
use crate::io::http::front::Branches;
use crate::io::http::guarded::{Guarded, Paths};
use crate::io::inbox::Clock;
use crate::io::live::stage;
use crate::io::outbound::Outbound;
use crate::protocol::id::Origin;
use crate::session::line::Line;
use crate::world::setup::Setup;

/// How many sessions there may be beside the root.
const SESSIONS_MAX: usize = 64;
/// The longest name, in bytes.
const NAME_MAX: usize = 40;

/// Makes the guarded routes of one run.
pub type Build = Arc<dyn Fn(&Controlled) -> Arc<Guarded> + Send + Sync>;

/// The sessions of one server. They live in memory: what is to last belongs into the root's store.
#[derive(Clone)]
pub struct Sessions(Arc<Shared>);

struct Shared {
    address: Origin,
    outbound: Outbound,
    usual: Usual,
    build: Build,
    sessions: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    by_name: BTreeMap<String, Session>,
    made: u64,
}

struct Session {
    run: Controlled,
    routes: Arc<Guarded>,
}

/// What a session starts from, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    clock: Option<ClockWord>,
    // A beginning's own members, one by one: taken in whole it would let misspelt ones pass.
    #[serde(default)]
    scenario: Option<String>,
    #[serde(default)]
    toml: Option<String>,
    #[serde(default)]
    setup: Option<Dials>,
    #[serde(default)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClockWord {
    Real,
    Virtual,
}

impl Sessions {
    /// No session yet, on a server at `address` whose runs begin with the `usual` set-up.
    #[must_use]
    pub fn new(address: Origin, outbound: Outbound, usual: Usual, build: Build) -> Self {
        Self(Arc::new(Shared { address, outbound, usual, build, sessions: Mutex::default() }))
    }

    /// The endpoints that list, make and end sessions. The control door stands before them.
    #[must_use]
    pub fn routes(&self) -> Paths {
        Paths::default()
            .with("/control/sessions", get(list).post(create).with_state(self.clone()))
            .with("/control/sessions/{name}", delete(end).with_state(self.clone()))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing that is done under the lock can leave the table half changed.
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the run under its name, or a name of its own. What was there of that name is an error.
    fn add(
        &self,
        name: Option<String>,
        begun: impl FnOnce(&str, &Setup) -> Result<(Begun, Clock), Trouble>,
    ) -> Result<(String, Controlled, Begun), Trouble> {
        let mut table = self.table();
        if table.by_name.len() >= SESSIONS_MAX {
            let hint = "End one with DELETE /control/sessions/{name}";
            return Err(Trouble::too_many(
                "TOO_MANY_SESSIONS",
                format!("There are {SESSIONS_MAX} sessions already"),
                hint,
            ));
        }
        table.made += 1;
        let name = name.unwrap_or_else(|| format!("run-{}", table.made));
        check_name(&name)?;
        if table.by_name.contains_key(&name) {
            let hint = "Choose another name, or end that one first";
            return Err(Trouble::conflict("NAME_TAKEN", format!("There is a session called {name} already"), hint));
        }
        let base = format!("/s/{name}");
        // Its own from now on: a dial that is turned in the window later turns nothing here.
        let usual = self.0.usual.setup();
        let (begun, clock) = begun(&base, &usual)?;
        let line = Line::new(begun.setup.clone());
        let letterbox = stage::start(line, clock, self.0.outbound.clone(), None);
        let usual = Usual::new(Setup::clone(&usual));
        let run = Controlled { letterbox, address: self.0.address.clone(), base, archive: None, usual };
        let routes = (self.0.build)(&run);
        table.by_name.insert(name.clone(), Session { run: run.clone(), routes });
        Ok((name, run, begun))
    }
}

impl Branches for Sessions {
    fn routes_of(&self, name: &str) -> Option<Arc<Guarded>> {
        self.table().by_name.get(name).map(|session| Arc::clone(&session.routes))
    }
}

fn check_name(name: &str) -> Result<(), Trouble> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_plain) {
        return Ok(());
    }
    let error = format!("A session cannot be called {name:.60}");
    Err(Trouble::bad("WRONG_NAME", error, "Up to 40 lower-case letters, digits and hyphens"))
}

async fn list(State(sessions): State<Sessions>) -> Response<Body> {
    let names: Vec<String> = sessions.table().by_name.keys().cloned().collect();
    let rows: Vec<Value> = names.iter().map(|name| json!({ "name": name, "base": format!("/s/{name}") })).collect();
    answer::as_json(200, &json!({ "sessions": rows }))
}

async fn create(State(sessions): State<Sessions>, request: Request) -> Response<Body> {
    made(&sessions, request).await.unwrap_or_else(|trouble| trouble.response())
}

async fn made(sessions: &Sessions, request: Request) -> Result<Response<Body>, Trouble> {
    let Wanted { name, clock, scenario, toml, setup, seed } = body::read(&order(request).await?.body)?;
    let beginning = Beginning { scenario, toml, setup, seed };
    let (now, address) = (clock::now(), sessions.0.address.clone());
    let begun = |base: &str, usual: &Setup| {
        let begun = beginning.begin(usual, &address, base, now)?;
        // A scenario's own time stands still; dials alone begin now and go on.
        let follows = clock.unwrap_or(if begun.setup.start == now { ClockWord::Real } else { ClockWord::Virtual });
        let clock = match follows {
            ClockWord::Real => Clock::Real { ahead: begun.setup.start - now },
            ClockWord::Virtual => Clock::Virtual,
        };
        Ok((begun, clock))
    };
    let (name, run, begun) = sessions.add(name, begun)?;
    for command in begun.commands {
        drop(run.letterbox.command(command).await?);
    }
    let stands = run.letterbox.read(state::of).await?;
    Ok(answer::as_json(201, &json!({ "name": name, "base": run.base, "state": stands })))
}

async fn end(State(sessions): State<Sessions>, request: Request) -> Response<Body> {
    let name = match order(request).await {
        Ok(order) => order.param,
        Err(trouble) => return trouble.response(),
    };
    if let Some(session) = sessions.table().by_name.remove(&name) {
        answer::as_json(200, &json!({ "ended": name, "base": session.run.base }))
    } else {
        let error = format!("There is no session called {name:.60}");
        Trouble::missing("NO_SUCH_SESSION", error, "GET /control/sessions lists them").response()
    }
}
