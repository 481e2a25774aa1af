//! Completions and manual pages: written from the words of the command line, so that none is forgotten.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::program::Desk;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Every command of the program, from its own help.
fn commands(desk: &Desk) -> Vec<String> {
    let help = desk.run(&["-h"]).ended(0).out.clone();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<String> =
        lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).map(str::to_owned).collect();
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty() && name != "help").collect();
    assert!(names.len() >= 15, "{names:?}");
    names
}

#[test]
fn every_shell_completes_every_command() {
    let desk = Desk::new("completions");
    let commands = commands(&desk);
    for shell in SHELLS {
        let said = desk.run(&["completions", shell]);
        let script = &said.ended(0).out;
        let missing: Vec<_> = commands.iter().filter(|name| !script.contains(name.as_str())).collect();
        assert!(missing.is_empty() && script.contains("junit"), "{shell} lacks {missing:?}");
    }
    desk.run(&["completions", "tcsh"]).ended(2).complains(&["tcsh", "bash", "fish"]);
}

#[test]
fn the_script_for_bash_is_one_that_bash_can_read() {
    let desk = Desk::new("completions-bash");
    let script = desk.run(&["completions", "bash"]).ended(0).out.clone();
    let reads = |script: &str| {
        let mut shell = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        shell.wait().unwrap().success()
    };
    assert!(reads(&script));
    assert!(!reads(&format!("{script}\nif")), "the twin is no script");
}

#[test]
fn every_command_has_a_page_with_its_words_and_examples() {
    let desk = Desk::new("man");
    let whole = desk.run(&["man"]);
    whole.ended(0).says(&[".TH paystage 1", "Exit codes"]);
    for name in commands(&desk) {
        // A hyphen is escaped in manual pages.
        assert!(whole.out.contains(&format!("paystage\\-{name}(1)")), "{name}: {}", whole.out);
        desk.run(&["man", &name]).ended(0).says(&[".SH NAME", "Examples:", &format!("paystage {name}")]);
    }
    desk.run(&["man", "run"]).ended(0).says(&["junit"]);
    desk.run(&["man", "rnu"]).ended(2).complains(&["no such command", "rnu"]);
}
