//! `paystage dials --domain-check`: who gets past which way of checking where a buy request comes from.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, OK, QUIET, STRONG, padded, painted};
use crate::lens::domain_grid::{Attacker, Cell, Grid, Outcome};
use crate::protocol::dial::DomainCheck;

/// As wide as the longest policy's and the longest attacker's names.
const WIDTH: usize = 30;

/// One cell in `--json`.
#[derive(Serialize)]
struct Told {
    check: &'static str,
    attacker: &'static str,
    let_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<&'static str>,
}

/// Runs every attacker against every policy. Fine, whoever gets in: this is what there is to know, not something to pass.
pub(crate) fn run(is_json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let grid = Grid::whole();
    if is_json {
        let told: Vec<Told> = grid.cells().iter().map(Told::of).collect();
        serde_json::to_writer_pretty(&mut *out, &told)?;
        writeln!(out)?;
    } else {
        print(out, &grid)?;
    }
    Ok(Ending::Fine)
}

impl Told {
    fn of(cell: &Cell) -> Self {
        let (code, sentence) = match cell.outcome {
            Outcome::LetIn => (None, None),
            Outcome::Refused { code, sentence } => (Some(code), Some(sentence)),
        };
        Self { check: cell.check.name(), attacker: cell.attacker.name(), let_in: code.is_none(), code, sentence }
    }
}

fn print(out: &mut dyn Write, grid: &Grid) -> io::Result<()> {
    for check in DomainCheck::ALL {
        writeln!(out, "{}  {}", painted(STRONG, padded(check.label(), WIDTH)), painted(QUIET, check.meaning()))?;
        for attacker in Attacker::ALL {
            let Some(cell) = grid.cell(*check, *attacker) else { continue };
            match &cell.outcome {
                Outcome::LetIn => {
                    writeln!(
                        out,
                        "  {} {}  {}",
                        painted(BAD, "✗"),
                        padded(attacker.label(), WIDTH),
                        painted(BAD, "let in")
                    )?;
                }
                Outcome::Refused { code, sentence } => {
                    let name = padded(attacker.label(), WIDTH);
                    writeln!(out, "  {} {name}  {sentence}  {}", painted(OK, "✓"), painted(QUIET, code))?;
                }
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
