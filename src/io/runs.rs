//! Runs on disk: a file holds a plan or a recorded run, and either can be opened.

use crate::export::format::Format;
use crate::export::trace::{self, TraceError};
use crate::io::files::{self, FileError, Place, RUN_FILE_MAX, SMALL_FILE_MAX};
use crate::session::run::Session;
use crate::session::run_file::fault::RunFileError;
use crate::session::run_file::load;
use crate::session::scenario::fault::ScenarioError;
use crate::session::scenario::parse;
use crate::session::scenario::plan::Scenario;

/// What people end the name of a run file with.
pub const RUN_ENDING: &str = ".paystage.json";
/// What people end the name of a scenario with.
pub const SCENARIO_ENDING: &str = ".toml";
/// So many bytes tell an export from a run.
const HEAD_BYTES: usize = 1024;

/// What was in a file.
#[derive(Debug)]
pub enum Kept {
    /// A plan, not played yet.
    Scenario(Box<Scenario>),
    /// A recorded run, replayed and equal to its record.
    Run(Box<Session>),
}

/// Why a file gave neither. Each message begins with the file, its line and its column where they are known.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// It should have been a scenario.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// It should have been a run. What could be replayed is in the error.
    #[error("{place}:{line}:{column}: {fault}. {fix}", line = error.line, column = error.column, fault = error.fault, fix = error.fix())]
    Run {
        /// Which file.
        place: Place,
        /// What is wrong with it.
        error: Box<RunFileError>,
    },
    /// It was a run once: an export holds what was said, not what can be played again.
    #[error("{place}: is a run exported as {}, which cannot be played again; open the run file, or a JSON trace of it (paystage export --as json)", format.label())]
    Exported {
        /// Which file.
        place: Place,
        /// As what.
        format: Format,
    },
    /// A JSON trace from which no run can be taken.
    #[error("{place}: {error}")]
    Trace {
        /// Which file.
        place: Place,
        /// Why.
        error: TraceError,
    },
}

/// Reads a plan or a run. Which of them it is, is told by its name, else by its first character: a run is JSON. A JSON trace
/// gives the run that it was exported from.
///
/// # Errors
/// [`RunError`].
pub fn open(place: &Place) -> Result<Kept, RunError> {
    let ends_with = |ending| matches!(place, Place::File(path) if path.to_string_lossy().ends_with(ending));
    let is_plan = ends_with(SCENARIO_ENDING);
    let bytes = files::read_bytes(place, if is_plan { SMALL_FILE_MAX } else { RUN_FILE_MAX })?;
    let bytes = if is_plan { bytes } else { run_within(place, bytes)? };
    if ends_with(RUN_ENDING) || (!is_plan && bytes.trim_ascii_start().starts_with(b"{")) {
        let error = |error| RunError::Run { place: place.clone(), error: Box::new(error) };
        return Ok(Kept::Run(Box::new(load::load(&bytes).map_err(error)?)));
    }
    let text = files::text(place, bytes)?;
    Ok(Kept::Scenario(Box::new(parse::parse(&place.to_string(), &text)?)))
}

/// The bytes themselves, or those of the run that an export holds.
fn run_within(place: &Place, bytes: Vec<u8>) -> Result<Vec<u8>, RunError> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(&bytes));
    let format = if bytes.starts_with(b"\x89PNG") { Some(Format::Png) } else { Format::of_text(&head) };
    match format {
        None => Ok(bytes),
        Some(Format::Json) => {
            let text = files::text(place, bytes)?;
            let run = trace::run_of(&text).map_err(|error| RunError::Trace { place: place.clone(), error })?;
            Ok(run.into_bytes())
        }
        Some(format) => Err(RunError::Exported { place: place.clone(), format }),
    }
}
