//! `paystage dials`: every dial with what it decides, and what it can be turned to.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::arguments::dials::DialsArguments;
use crate::cli::domains;
use crate::cli::ending::Ending;
use crate::cli::paint::{OK, QUIET, STRONG, padded, painted};
use crate::protocol::dial::Position;
use crate::session::dials::dial::{Dial, Shape};
use crate::session::dials::list::{DIALS, find};
use crate::world::setup::Setup;

/// Names of positions are this wide, so that their meanings stand below each other.
const NAME_WIDTH: usize = 30;

/// One dial in `--json`.
#[derive(Serialize)]
struct Told {
    number: Option<u8>,
    name: &'static str,
    label: &'static str,
    decides: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    default: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    follows: Option<&'static str>,
    positions: Vec<Place>,
}

/// One position in `--json`.
#[derive(Serialize)]
struct Place {
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    /// Its line under `[setup]` of a scenario.
    scenario: String,
}

/// Lists the dials that the arguments name, or all.
pub(crate) fn run(arguments: &DialsArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if arguments.domain_check {
        return domains::run(arguments.json, out);
    }
    let dials = wanted(&arguments.names)?;
    if arguments.json {
        let told: Vec<Told> = dials.iter().map(|dial| Told::of(dial)).collect();
        serde_json::to_writer_pretty(&mut *out, &told)?;
        writeln!(out)?;
    } else {
        dials.iter().try_for_each(|dial| print(out, dial))?;
        writeln!(
            out,
            "{}",
            painted(QUIET, "--dial NAME=VALUE turns one, and default puts it back; ✓ stands by itself")
        )?;
    }
    Ok(Ending::Fine)
}

fn wanted(words: &[String]) -> anyhow::Result<Vec<&'static Dial>> {
    if words.is_empty() {
        return Ok(DIALS.iter().collect());
    }
    let mut wanted = Vec::new();
    for word in words {
        let found: Vec<&Dial> = DIALS.iter().filter(|dial| dial.name.contains(word.as_str())).collect();
        if found.is_empty() {
            find(word)?;
        }
        wanted.extend(found);
    }
    Ok(wanted)
}

impl Told {
    fn of(dial: &'static Dial) -> Self {
        let (kind, form) = match dial.shape {
            Shape::Choice(_) => ("choice", None),
            Shape::Set(_) => ("set", None),
            Shape::Value { form, .. } => ("value", Some(form)),
        };
        let place = |position: &Position| {
            let Position { name, label, meaning } = *position;
            Place { name, label, meaning, scenario: dial.line(name) }
        };
        let Dial { number, name, label, decides, .. } = *dial;
        let default = dial.in_force(&Setup::default());
        let positions = dial.positions().iter().map(place).collect();
        Self { number, name, label, decides, kind, form, default, follows: dial.follows(&Setup::default()), positions }
    }
}

fn print(out: &mut dyn Write, dial: &Dial) -> io::Result<()> {
    let number = dial.number.map_or_else(String::new, |number| format!("D{number}"));
    writeln!(out, "{}{}  {}", padded(&number, 5), painted(STRONG, dial.name), dial.label)?;
    writeln!(out, "     {}", painted(QUIET, dial.decides))?;
    if let Some(follows) = dial.follows(&Setup::default()) {
        writeln!(out, "     {}", painted(QUIET, format_args!("Follows {follows} until it is turned")))?;
    }
    match dial.shape {
        Shape::Choice(_) => {}
        Shape::Set(_) => writeln!(out, "     {}", painted(QUIET, "Any of these, parted by commas, or none"))?,
        Shape::Value { form, .. } => writeln!(out, "     {}", painted(QUIET, format_args!("Takes {form}")))?,
    }
    let standard = dial.in_force(&Setup::default());
    for Position { name, meaning, .. } in dial.positions() {
        let sign = if *name == standard { painted(OK, "✓") } else { painted(QUIET, " ") };
        writeln!(out, "   {sign} {} {}", padded(name, NAME_WIDTH), painted(QUIET, meaning))?;
    }
    writeln!(out)
}
