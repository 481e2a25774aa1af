//! Reading scenarios: a TOML file, where every complaint names its line, its column and what should stand there.

use toml::de::DeTable;

use crate::session::scenario::fault::{ScenarioError, Source};
use crate::session::scenario::parse_case::{Base, CaseParts, case_of};
use crate::session::scenario::parse_expected::expectations;
use crate::session::scenario::parse_setup::setup_of;
use crate::session::scenario::parse_step::step;
use crate::session::scenario::plan::{PlannedStep, Scenario};
use crate::session::scenario::value::{Entry, entries};
use crate::world::setup::Setup;

/// The largest scenario that is read.
pub const BYTES_MAX: usize = 1024 * 1024;
/// The most steps that a scenario may write down.
pub const STEPS_MAX: usize = 10_000;

/// What may stand at the top of a file.
const TOP: [&str; 10] = ["title", "why", "case", "historic", "setup", "faults", "steps", "expect", "twin", "should"];

/// Reads a scenario. `file` is what complaints call it.
///
/// # Errors
/// [`ScenarioError`] for the first thing that is wrong, in the order of the file for TOML's own rules and for each table.
pub fn parse(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let source = Source { file, text };
    if text.len() > BYTES_MAX {
        let size = format!("at most {BYTES_MAX} bytes, and the file has {}", text.len());
        return Err(source.fault(&(0..0), size));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(text.len()..text.len());
        source.fault(&at, format!("TOML ({})", error.message()))
    })?;
    document(source, table.get_ref())
}

fn document<'a>(source: Source<'a>, table: &'a DeTable<'a>) -> Result<Scenario, ScenarioError> {
    let (mut title, mut why, mut faults) = (None, None, None);
    let (mut setup, mut steps, mut end) = (Setup::default(), Vec::new(), Vec::new());
    let (mut written, mut parts) = (None, CaseParts::default());
    for entry in entries(source, table) {
        match entry.key {
            "title" => title = Some(entry.text("a title in quotes")?.to_owned()),
            "why" => why = Some(entry.text("a reason in quotes")?.to_owned()),
            "setup" => {
                setup = setup_of(&entry)?;
                written = Some(entry);
            }
            "faults" => faults = Some(entry.read("a list of faults, each under [[faults]]")?),
            "steps" => steps = steps_of(source, &entry)?,
            "expect" => end = expectations(&entry)?,
            "case" => parts.number = Some(entry),
            "historic" => parts.historic = Some(entry),
            "twin" => parts.twin = Some(entry),
            "should" => parts.should = Some(entry),
            _ => return Err(entry.unknown_key("a part of a scenario", &TOP)),
        }
    }
    let missing = |what: &str| source.fault(&(0..0), format!("a line with {what}"));
    let title = title.ok_or_else(|| missing("title = \"…\""))?;
    let why = why.ok_or_else(|| missing("why = \"…\""))?;
    if let Some(faults) = faults {
        setup.faults = faults;
    }
    let case = case_of(&parts, &Base { setup: &setup, written: written.as_ref() })?;
    Ok(Scenario { title, why, setup, steps, end, case })
}

fn steps_of<'a>(source: Source<'a>, entry: &Entry<'a>) -> Result<Vec<PlannedStep>, ScenarioError> {
    let written = entry.array("a list of steps, each under [[steps]]")?;
    if let Some(beyond) = written.get(STEPS_MAX) {
        return Err(source.fault(&beyond.span(), format!("at most {STEPS_MAX} steps")));
    }
    written.iter().map(|value| step(source, value)).collect()
}
