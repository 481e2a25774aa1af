//! The command line: the same run without a window.

pub mod ending;
pub mod paint;
pub mod arguments;
pub mod reading;
pub mod ladder;
pub mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::arguments::{Arguments, Task};
use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, painted};
use crate::io::terminal;

/// Reads the program's arguments, does what they ask, and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Help and version come this way too, with exit code 0. Nothing is left to tell when even this cannot be printed.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    let mut out = terminal::output();
    let ended = perform(&arguments, &mut out).and_then(|ending| {
        out.flush()?;
        Ok(ending)
    });
    match ended {
        Ok(ending) => ending.into(),
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(terminal::is_reader_gone) => ExitCode::SUCCESS,
        Err(error) => {
            // What was printed so far belongs before the complaint.
            let _ = out.flush();
            let _ = writeln!(terminal::complaints(), "{} {error:#}", painted(BAD, "paystage:"));
            Ending::BadInput.into()
        }
    }
}

fn perform(arguments: &Arguments, out: &mut dyn io::Write) -> anyhow::Result<Ending> {
    match &arguments.task {
        Some(Task::Verify(arguments)) => verify::run(arguments, out),
        Some(Task::Run(_) | Task::Inspect(_) | Task::Picture(_)) | None => anyhow::bail!("not there yet"),
    }
}
