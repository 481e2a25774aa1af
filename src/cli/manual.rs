//! `paystage completions` and `paystage man`: the words of the command line, as shells and `man` read them.

use std::io::Write;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::arguments::Arguments;
use crate::cli::arguments::manual::{CompletionsArguments, ManArguments};
use crate::cli::ending::Ending;

/// Prints the script of one shell.
pub(crate) fn completions(arguments: &CompletionsArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    // The library does not take a failed write for an answer, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "paystage", &mut script);
    out.write_all(&script)?;
    Ok(Ending::Fine)
}

/// Prints the page of the program, or of one command.
pub(crate) fn page(arguments: &ManArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let mut program = Arguments::command();
    program.build();
    let page = match &arguments.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.with_context(|| format!("no such command; `paystage --help` lists them: {name}"))?
        }
    };
    Man::new(page).render(out)?;
    Ok(Ending::Fine)
}
