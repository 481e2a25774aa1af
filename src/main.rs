//! Paystage: hands the window to the command line, which chooses.

use std::process::ExitCode;

use paystage::cli::window::{Shot, Window};
use paystage::session::run::Session;

fn main() -> ExitCode {
    paystage::cli::main(&Window { open, draw })
}

fn open(_session: Session, _path: Option<String>) -> Result<(), String> {
    Err("the window is not built yet".to_owned())
}

fn draw(_session: Session, _shot: &Shot) -> Result<Vec<u8>, String> {
    Err("the window is not built yet".to_owned())
}
