//! `paystage export`: a run given away in the format that was asked for, with the count of what is in it.

use std::io::Write;

use anyhow::{anyhow, bail};

use crate::cli::arguments::export::ExportArguments;
use crate::cli::ending::Ending;
use crate::cli::opening::{self, Opened};
use crate::cli::paint::{QUIET, painted};
use crate::cli::window::Window;
use crate::export::format::Format;
use crate::export::sheet::pictures_of;
use crate::io::exporting::{self, Wish};
use crate::io::files::Place;
use crate::io::sheets;
use crate::io::terminal;

/// Writes the export where it shall go, and says what it holds.
pub(crate) fn run(arguments: &ExportArguments, window: &Window) -> anyhow::Result<Ending> {
    let format = format(arguments)?;
    let Opened { mut session, .. } = opening::session(&arguments.file, &arguments.dials)?;
    if let Some(step) = arguments.step {
        session.rewind(step);
    }
    if format == Format::Png {
        // Painting takes its time; whether the place takes so many pictures is known before.
        exporting::places(&arguments.out, pictures_of(sheets::rows(&session))).map_err(|why| anyhow!(why))?;
    }
    let wish = Wish { format, face: arguments.theme, is_unmasked: arguments.unmasked };
    let paper = exporting::export(&session, wish, window.paint).map_err(|why| anyhow!(why))?;
    // Straight to its place: the terminal's writer would take colour codes out of it.
    let said = exporting::save(&paper, &arguments.out).map_err(|why| anyhow!(why))?;
    // The count is no part of the file, so it does not go where the file goes.
    writeln!(terminal::complaints(), "{}", painted(QUIET, said))?;
    Ok(Ending::Fine)
}

fn format(arguments: &ExportArguments) -> anyhow::Result<Format> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    let Place::File(path) = &arguments.out else {
        bail!("say as what: --as html, svg, png, mermaid, har or json; or name a file with --out");
    };
    Format::of_name(&path.to_string_lossy()).ok_or_else(|| {
        let endings: Vec<_> = Format::ALL.iter().map(|format| format.ending()).collect();
        anyhow!("{}: say as what with --as, or end the name in {}", path.display(), endings.join(", "))
    })
}
