//! The words of `paystage picture`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::arguments::dials::DialArguments;
use crate::cli::arguments::words::{names, step};
use crate::cli::window::Tab;
use crate::io::files::Place;

/// Draws the window at any moment of a run as PNG, without a display
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage picture plain-hosted -o window.png
  paystage picture plain-hosted --dial signing=rs256-certified --tab claims -o claims.png
  paystage picture lost.paystage.json --step 12 --theme light --size 1280x800 -o - | display")]
pub(crate) struct PictureArguments {
    /// A run file, a scenario file, the name of a built-in scenario, or `-`
    pub(crate) file: OsString,
    /// After how many steps; `end` for the last one. Without it a run file shows its own place, a scenario its end
    #[arg(long, value_name = "NUMBER|end", value_parser = step)]
    pub(crate) step: Option<usize>,
    #[command(flatten)]
    pub(crate) dials: DialArguments,
    /// Dark or light
    #[arg(long, value_parser = ["dark", "light"], default_value = "dark")]
    pub(crate) theme: String,
    /// Width and height of the window in points
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size, default_value = "1600x1000")]
    pub(crate) size: (u16, u16),
    /// Pixels per point
    #[arg(long, value_name = "FACTOR", value_parser = zoom, default_value = "1")]
    pub(crate) zoom: f32,
    /// Selects the message of this number
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) select: Option<u32>,
    /// What the inspector shows
    #[arg(long, value_parser = names(&Tab::ALL, Tab::name, Tab::meaning))]
    pub(crate) tab: Option<Tab>,
    /// Where the PNG goes
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Place,
}

fn size(word: &str) -> Result<(u16, u16), String> {
    let sides = word.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides
        .filter(|(width, height)| (320..=8000).contains(width) && (240..=8000).contains(height))
        .ok_or_else(|| "expected WIDTHxHEIGHT from 320x240 to 8000x8000, such as 1600x1000".to_owned())
}

fn zoom(word: &str) -> Result<f32, String> {
    let factor = word.parse::<f32>().ok().filter(|factor| (0.5..=4.0).contains(factor));
    factor.ok_or_else(|| "expected a factor from 0.5 to 4, such as 1.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{size, zoom};

    #[test]
    fn sizes_and_zooms_have_limits() {
        assert_eq!(size("1600x1000"), Ok((1600, 1000)));
        assert!(zoom("1.5").is_ok());
        assert!(["", "1600", "1600x", "1x1", "90000x1000", "1600X1000"].iter().all(|word| size(word).is_err()));
        assert!(["0", "9", "NaN", "big"].iter().all(|word| zoom(word).is_err()));
    }
}
