//! `paystage` alone: the window, or where there is none, the plain purchase in the terminal.

use std::ffi::OsStr;
use std::io::Write;

use crate::cli::arguments::dials::DialArguments;
use crate::cli::ending::Ending;
use crate::cli::opening::{self, Opened};
use crate::cli::paint::{QUIET, STRONG, WARN, painted, plain};
use crate::cli::play;
use crate::cli::window::Window;
use crate::io::display;
use crate::io::files::{self, Standing};
use crate::io::terminal;
use crate::session::run::Session;
use crate::world::setup::Setup;

/// Opens the window on the file, or on a purchase that is ready to begin.
pub(crate) fn run(
    file: Option<&OsStr>,
    dials: &DialArguments,
    window: &Window,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    // The file is read first: a bad one is a bad one with and without a display.
    let opened = file.map(|file| opening::session(file, dials)).transpose()?;
    let shown = display::probe().map_err(|missing| missing.to_string()).and_then(|()| {
        let path = file.filter(|file| files::standing(file.as_ref()) == Standing::File);
        let path = path.map(|path| path.to_string_lossy().into_owned());
        (window.open)(opened.as_ref().map_or_else(|| fresh(dials), at_its_beginning), path)
    });
    let Err(why) = shown else { return Ok(Ending::Fine) };
    let mut complaints = terminal::complaints();
    writeln!(complaints, "{} {why}", painted(WARN, "No window:"))?;
    writeln!(complaints, "{}\n", painted(QUIET, "It plays here instead."))?;
    let session = match opened {
        Some(Opened { session, .. }) => session,
        None => opening::plain(dials)?,
    };
    writeln!(out, "{}\n", painted(STRONG, plain(session.title())))?;
    play::print(out, &session)?;
    Ok(Ending::Fine)
}

/// A run in which nobody has clicked Buy.
fn fresh(dials: &DialArguments) -> Session {
    let mut setup = Setup::default();
    dials.apply(&mut setup);
    let mut session = Session::new(setup);
    session.rename("A plain purchase");
    session
}

/// A scenario is shown from its beginning, with all that comes after it drawn; a recorded run where it was saved.
fn at_its_beginning(opened: &Opened) -> Session {
    let mut session = opened.session.clone();
    if !opened.is_recorded {
        session.to_start();
    }
    session
}
