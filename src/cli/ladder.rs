//! The ladder in the terminal: one line for each check, and below a failed one why, its historic code and what to do.

use std::io::{self, Write};

use crate::cli::paint::{BAD, OK, QUIET, STRONG, WARN, padded, painted, plain};
use crate::protocol::verdict::check::{Check, Outcome};
use crate::protocol::verdict::ladder::{Rung, Verdict};

/// Prints a verdict: its rungs, its remarks, and the whole in one sentence.
pub(crate) fn print(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let width = Check::ALL.iter().map(|check| check.label().chars().count()).max().unwrap_or(0);
    for rung in verdict.rungs() {
        print_rung(out, rung, width)?;
    }
    for remark in verdict.remarks() {
        writeln!(out, "{} {remark}", painted(WARN, "!"))?;
    }
    writeln!(out)?;
    let word = if verdict.is_accepted() {
        painted(OK, "Accepted")
    } else if verdict.is_waiting_for_store() {
        painted(WARN, "Undecided")
    } else {
        painted(BAD, "Refused")
    };
    let passed_over: Vec<_> = verdict.rungs().iter().filter(|rung| rung.outcome == Outcome::SwitchedOff).collect();
    if verdict.is_accepted() && !passed_over.is_empty() {
        // "Valid for this app" would say more than was looked at.
        let names: Vec<_> = passed_over.iter().map(|rung| rung.check.label()).collect();
        let headline = format!("What was checked holds; passed over: {}", names.join(", "));
        return writeln!(out, "{word}  {}", painted(STRONG, headline));
    }
    write!(out, "{word}  {}", painted(STRONG, verdict.headline()))?;
    if let Some(state) = verdict.state() {
        write!(out, "  {}", painted(QUIET, state))?;
    }
    writeln!(out)
}

fn print_rung(out: &mut dyn Write, rung: &Rung, width: usize) -> io::Result<()> {
    let sign = rung.outcome.sign();
    let sign = match rung.outcome {
        Outcome::Passed => painted(OK, sign),
        Outcome::Failed => painted(BAD, sign),
        Outcome::SwitchedOff => painted(WARN, sign),
        Outcome::NotReached | Outcome::Skipped => painted(QUIET, sign),
    };
    let (label, shown) = (padded(rung.check.label(), width), plain(&rung.shown()));
    let outcome = match rung.outcome {
        Outcome::Passed | Outcome::Failed => "",
        // Some evidence says it in its own words.
        Outcome::Skipped if shown.starts_with(Outcome::Skipped.label()) => "",
        Outcome::NotReached | Outcome::SwitchedOff | Outcome::Skipped => rung.outcome.label(),
    };
    let between = if outcome.is_empty() || shown.is_empty() { "" } else { ", " };
    writeln!(out, "{sign} {label}  {}{between}{shown}", painted(QUIET, outcome))?;
    if let Some(code) = rung.code.filter(|_| rung.outcome != Outcome::Failed) {
        writeln!(out, "  {} {}", padded("", width + 1), painted(QUIET, code))?;
    }
    if rung.outcome == Outcome::Failed {
        let code = rung.code.unwrap_or_default();
        writeln!(out, "    {}  {}", rung.sentence(), painted(QUIET, code))?;
    }
    match rung.fix() {
        Some(fix) if rung.outcome == Outcome::Failed => writeln!(out, "    To do: {fix}"),
        Some(_) | None => Ok(()),
    }
}
