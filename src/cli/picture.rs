//! `paystage picture`: the window at any moment of a run as PNG, without a display.

use anyhow::anyhow;

use crate::cli::arguments::picture::PictureArguments;
use crate::cli::ending::Ending;
use crate::cli::opening::{self, Opened};
use crate::cli::window::{Shot, Window};
use crate::io::files;

/// Draws the picture and writes it where it shall go.
pub(crate) fn run(arguments: &PictureArguments, window: &Window) -> anyhow::Result<Ending> {
    let Opened { mut session, .. } = opening::session(&arguments.file, &arguments.dials)?;
    if let Some(step) = arguments.step {
        session.rewind(step);
    }
    let shot = Shot {
        size_pt: arguments.size,
        zoom: arguments.zoom,
        is_dark: arguments.theme == "dark",
        selected: arguments.select,
        tab: arguments.tab,
    };
    let png = (window.draw)(session, &shot).map_err(|why| anyhow!(why))?;
    // Straight to its place: the terminal's writer would take colour codes out of the pixels.
    files::save(&arguments.output, &png)?;
    Ok(Ending::Fine)
}
