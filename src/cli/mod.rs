//! The command line: the same run without a window.

pub mod ending;
pub mod paint;
pub mod seat;
pub mod arguments;
pub mod window;
pub mod reading;
pub mod opening;
pub mod ladder;
pub mod play;
pub mod show;
pub mod shard;
pub mod again;
pub mod report;
pub mod run;
pub mod verify;
pub mod audit;
pub mod corpus;
pub mod forge;
pub mod findings;
pub mod conform;
pub mod attack;
pub mod inspect;
pub mod compare;
pub mod explore;
pub mod coverage;
pub mod export;
pub mod picture;
pub mod serve;
pub mod dials;
pub mod domains;
pub mod manual;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::arguments::{Arguments, Task};
use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, painted, plain_lines};
use crate::cli::window::Window;
use crate::io::terminal;

/// Reads the program's arguments, does what they ask, and says how it ended. `window` is opened where they ask for it.
#[must_use]
pub fn main(window: &Window) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Help and version come this way too, with exit code 0. Nothing is left to tell when even this cannot be printed.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    let mut out = terminal::output();
    let ended = perform(&arguments, window, &mut out).and_then(|ending| {
        out.flush()?;
        Ok(ending)
    });
    match ended {
        Ok(ending) => ending.into(),
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(terminal::is_reader_gone) => ExitCode::SUCCESS,
        Err(error) => {
            // What was printed so far belongs before the complaint.
            let _ = out.flush();
            let _ = writeln!(
                terminal::complaints(),
                "{} {}",
                painted(BAD, "paystage:"),
                plain_lines(&format!("{error:#}"))
            );
            Ending::BadInput.into()
        }
    }
}

fn perform(arguments: &Arguments, window: &Window, out: &mut dyn io::Write) -> anyhow::Result<Ending> {
    match &arguments.task {
        None => show::run(arguments.file.as_deref(), &arguments.dials, window, out),
        Some(Task::Run(arguments)) => run::run(arguments, out),
        Some(Task::Verify(arguments)) => verify::run(arguments, out),
        Some(Task::Audit(arguments)) => audit::run(arguments, out),
        Some(Task::Forge(arguments)) => forge::run(arguments, out),
        Some(Task::Conform(arguments)) => conform::run(arguments, out),
        Some(Task::Attack(arguments)) => attack::run(arguments, out),
        Some(Task::Inspect(arguments)) => inspect::run(arguments, out),
        Some(Task::Compare(arguments)) => compare::run(arguments, out),
        Some(Task::Explore(arguments)) => explore::run(arguments, out),
        Some(Task::Export(arguments)) => export::run(arguments, window),
        Some(Task::Picture(arguments)) => picture::run(arguments, window),
        Some(Task::Serve(arguments)) => serve::run(arguments, out),
        Some(Task::Dials(arguments)) => dials::run(arguments, out),
        Some(Task::Completions(arguments)) => manual::completions(arguments, out),
        Some(Task::Man(arguments)) => manual::page(arguments, out),
    }
}
