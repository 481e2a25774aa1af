//! Paystage: choose window or command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    paystage::cli::main()
}
