//! The words of `paystage completions` and `paystage man`.

use clap::Args;
use clap_complete::Shell;

/// Prints what a shell needs to complete commands, words and their values
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage completions bash > ~/.local/share/bash-completion/completions/paystage
  paystage completions zsh > ~/.zfunc/_paystage
  paystage completions fish > ~/.config/fish/completions/paystage.fish")]
pub(crate) struct CompletionsArguments {
    /// Which shell
    pub(crate) shell: Shell,
}

/// Prints a manual page, as `man` reads it
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  paystage man | man -l -                 the whole program
  paystage man run | man -l -             one command
  paystage man > ~/.local/share/man/man1/paystage.1")]
pub(crate) struct ManArguments {
    /// Of this command; without it, of the program
    pub(crate) command: Option<String>,
}
