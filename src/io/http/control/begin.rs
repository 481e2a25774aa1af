//! Beginnings: what a run starts from, as test code says it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::io::http::control::trouble::Trouble;
use crate::io::live::setup::at_home;
use crate::protocol::id::Origin;
use crate::protocol::time::Time;
use crate::session::builtin::{Builtin, SUITE};
use crate::session::scenario::fault::nearest;
use crate::session::scenario::parse::parse;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::play::play;
use crate::world::command::Command;
use crate::world::setup::Setup;

/// What a run starts from, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// A built-in scenario's name: its set-up, and everything that it does.
    #[serde(default)]
    pub scenario: Option<String>,
    /// A scenario's own text.
    #[serde(default)]
    pub toml: Option<String>,
    /// Dials alone; what is left out is as the server was started, or as the window stands.
    #[serde(default)]
    pub setup: Option<Dials>,
    /// Another seed.
    #[serde(default)]
    pub seed: Option<u64>,
}

/// Some of the dials of a set-up, as they were written.
#[derive(Clone, Debug)]
pub struct Dials(Value);

impl<'de> Deserialize<'de> for Dials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = Value::deserialize(deserializer)?;
        // Held against the whole form here, where an error still has a place.
        Setup::deserialize(&said).map_err(D::Error::custom)?;
        Ok(Self(said))
    }
}

impl Dials {
    /// Whether this dial is among them, by its JSON pointer.
    fn name(&self, dial: &str) -> bool {
        self.0.pointer(dial).is_some()
    }

    /// These dials turned in `usual`.
    fn turned_in(&self, usual: &Setup) -> Result<Setup, Trouble> {
        let mut whole = serde_json::from_str(&usual.private_json()).unwrap_or_default();
        lay_over(&mut whole, &self.0);
        serde_json::from_value(whole).map_err(|error| {
            let hint = "Give each dial as a scenario has it under [setup]";
            Trouble::bad("WRONG_MEMBER", error.to_string(), hint)
        })
    }
}

/// Lays what was said over what is usual, member by member.
fn lay_over(usual: &mut Value, said: &Value) {
    match (usual, said) {
        (Value::Object(usual), Value::Object(said)) => {
            for (name, value) in said {
                lay_over(usual.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (usual, said) => usual.clone_from(said),
    }
}

/// A set-up with what is done at once, after the start.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The set-up.
    pub setup: Setup,
    /// The commands.
    pub commands: Vec<Command>,
}

impl Beginning {
    /// What this comes to for a run at `address` whose base is `base`, at this moment of the machine's clock.
    ///
    /// A scenario keeps its own names and times, so that it plays here as everywhere. Dials alone begin a run for programs
    /// outside: at our address, now, and in everything else with the `usual` set-up: as the server was started, or as the window stands.
    ///
    /// # Errors
    /// [`Trouble`]: no such scenario, a text that is none, more than one thing to start from, or a server of which too little is
    /// known.
    pub fn begin(self, usual: &Setup, address: &Origin, base: &str, now: Time) -> Result<Begun, Trouble> {
        let Self { scenario, toml, setup, seed } = self;
        let wanted = [scenario.is_some(), toml.is_some(), setup.is_some()];
        if wanted.into_iter().filter(|is_wanted| *is_wanted).count() > 1 {
            let hint = "Give one of scenario, toml, setup";
            return Err(Trouble::bad("SEVERAL_BEGINNINGS", "A run starts from one thing only", hint));
        }
        let plan = match (scenario, toml) {
            (Some(name), _) => Some(builtin(&name)?),
            (None, Some(text)) => Some(written(&text)?),
            (None, None) => None,
        };
        let Some(mut plan) = plan else {
            let chosen = setup.as_ref().map_or_else(|| Ok(usual.clone()), |dials| dials.turned_in(usual))?;
            let is_said = |dial| setup.as_ref().is_some_and(|dials| dials.name(dial));
            let mut home = at_home(chosen.clone(), address, now);
            // What was said holds, also where it is what a run has that says nothing.
            if is_said("/start") {
                home.start = chosen.start;
            }
            if is_said("/latency") {
                home.latency = chosen.latency;
            }
            if is_said("/names/market") {
                home.names.market = chosen.names.market;
            }
            if is_said("/names/app/origin") {
                home.names.app.origin = chosen.names.app.origin;
            }
            base.clone_into(&mut home.names.base);
            home.seed = seed.unwrap_or(home.seed);
            check_seats(&home)?;
            return Ok(Begun { setup: home, commands: Vec::new() });
        };
        plan.setup.seed = seed.unwrap_or(plan.setup.seed);
        check_seats(&plan.setup)?;
        let played = play(&plan).session;
        let commands = played.past().iter().skip(1).map(|step| step.command.clone()).collect();
        Ok(Begun { setup: plan.setup, commands })
    }
}

fn check_seats(setup: &Setup) -> Result<(), Trouble> {
    let hint =
        "Give names.app.key and names.app.secret in the set-up, or start the server with --key and --secret-file";
    setup.check_seats().map_err(|error| Trouble::bad("SECRET_UNKNOWN", error.to_string(), hint))
}

fn builtin(name: &str) -> Result<Scenario, Trouble> {
    let Some(builtin) = Builtin::find(name) else {
        let names: Vec<&str> = SUITE.iter().map(|builtin| builtin.name).collect();
        let near = nearest(name, &names).map_or(String::new(), |near| format!("; did you mean {near}?"));
        let hint = "`paystage run --list` names the built-in scenarios";
        return Err(Trouble::missing("NO_SUCH_SCENARIO", format!("No scenario is called {name:.80}{near}"), hint));
    };
    written(builtin.text)
}

fn written(text: &str) -> Result<Scenario, Trouble> {
    parse("toml", text).map_err(|error| {
        let hint = "The text must be a scenario as `paystage run` plays it";
        Trouble::bad("NOT_A_SCENARIO", error.to_string(), hint).at(error.line, error.column)
    })
}
