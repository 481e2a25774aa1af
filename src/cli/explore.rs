//! `paystage explore`: every fault that a scenario can meet, alone or in pairs, and how each mix ends.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::cli::arguments::explore::ExploreArguments;
use crate::cli::ending::Ending;
use crate::cli::opening;
use crate::cli::paint::{BAD, OK, QUIET, STRONG, WARN, padded, painted, plain};
use crate::io::explore::{Explored, Phase, Progress as Step, Wish, explore};
use crate::io::folder;
use crate::io::progress::Progress;
use crate::lens::explore::{BadEnd, Count, Grid, choice_words};
use crate::session::explore::end::End;
use crate::session::explore::rescue::Point;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::print::print as toml;

/// How wide a column of the grid is.
const COLUMN: usize = 10;

/// Explores, prints the grid and the bad ends, writes scenarios.
pub(crate) fn run(arguments: &ExploreArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let scenario = opening::plan(&arguments.scenario, &arguments.dials)?;
    let wish = Wish { is_double: arguments.faults == 2, jobs: arguments.jobs, limit: arguments.limit };
    let mut bar = Bar::default();
    let explored = explore(&scenario, wish, |step| {
        bar.tell(step);
        Ok(())
    })?;
    bar.finish();
    let grid = Grid::of(&explored.exploration);
    if let Some(folder) = &arguments.write {
        folder::write_all(folder, &files(&explored.bad))?;
    }
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &Report::of(&scenario, &explored, &grid))?;
        writeln!(out)?;
    } else {
        print(out, &scenario, &explored, &grid)?;
        print_bad(out, &explored.bad, arguments.list)?;
        if let Some(folder) = &arguments.write {
            writeln!(out, "\n{} scenarios in {}", explored.bad.len(), folder.display())?;
        }
    }
    Ok(Ending::of(arguments.fail_on.iter().all(|end| grid.total().of(*end) == 0)))
}

/// One bar for each phase.
#[derive(Default)]
struct Bar(Option<(Phase, Progress)>);

impl Bar {
    fn tell(&mut self, step: Step) {
        if self.0.as_ref().is_none_or(|(phase, _)| *phase != step.phase) {
            self.finish();
            let what = match step.phase {
                Phase::Singles | Phase::Pairs => "runs",
                Phase::BadEnds => "bad ends",
            };
            self.0 = Some((step.phase, Progress::counting(step.of as u64, what)));
        }
        if let Some((_, bar)) = &self.0 {
            bar.tell(step.done as u64, step.done as u64);
        }
    }

    fn finish(&mut self) {
        if let Some((_, bar)) = self.0.take() {
            let _ = bar.finish();
        }
    }
}

/// Each smallest scenario under a name of its own.
fn files(bad: &[BadEnd]) -> BTreeMap<String, String> {
    bad.iter().map(|end| (format!("{}.toml", end.name()), toml(&end.scenario))).collect()
}

fn print(out: &mut dyn Write, scenario: &Scenario, explored: &Explored, grid: &Grid) -> std::io::Result<()> {
    let Explored { exploration, untried, .. } = explored;
    writeln!(out, "{}", painted(STRONG, plain(&scenario.title)))?;
    writeln!(out, "Without a further fault: {}", exploration.plain().end.label())?;
    let (felt, void) = (exploration.findings().len(), exploration.void_count());
    writeln!(out, "{felt} mixes of faults, and {void} more in which a fault strikes nothing")?;
    if untried.count > 0 {
        let pairs = if untried.has_all_pairs { " and all pairs" } else { "" };
        writeln!(out, "{} mixes{pairs} were not tried, as --limit says", painted(WARN, untried.count))?;
    }
    writeln!(out)?;
    for end in End::ALL.into_iter().rev() {
        let count = grid.total().of(end);
        if count > 0 {
            writeln!(
                out,
                "{:>8}  {}  {}",
                count,
                painted(style(end), padded(end.label(), 18)),
                painted(QUIET, end.sentence())
            )?;
        }
    }
    writeln!(
        out,
        "\n{}",
        painted(QUIET, "Bad ends of all mixes with this fault; P paid, no product · N product, not paid · S stuck")
    )?;
    print_grid(out, grid)
}

fn print_grid(out: &mut dyn Write, grid: &Grid) -> std::io::Result<()> {
    let width = grid.kinds().iter().map(|kind| kind.name().len()).max().unwrap_or(0).max(COLUMN) + 1;
    write!(out, "{}", padded("", width))?;
    for word in grid.words() {
        write!(out, "{}", painted(STRONG, padded(word, COLUMN)))?;
    }
    writeln!(out)?;
    for kind in grid.kinds() {
        write!(out, "{}", padded(kind.name(), width))?;
        for word in grid.words() {
            print_cell(out, grid.cell(*kind, word))?;
        }
        writeln!(out)?;
    }
    let troubles = grid.troubles();
    if !troubles.is_empty() {
        writeln!(out)?;
    }
    for (trouble, count) in troubles {
        write!(out, "{}", padded(trouble.word(), width.max(21)))?;
        print_cell(out, count)?;
        writeln!(out, "{}", painted(QUIET, trouble.sentence()))?;
    }
    Ok(())
}

fn print_cell(out: &mut dyn Write, count: Count) -> std::io::Result<()> {
    let Some(worst) = count.worst() else { return write!(out, "{}", padded("", COLUMN)) };
    let words = match sign(worst) {
        Some(sign) => format!("{sign} {}/{}", count.bad(), count.all()),
        None => format!("· 0/{}", count.all()),
    };
    write!(out, "{}", painted(style(worst), padded(&words, COLUMN)))
}

fn sign(end: End) -> Option<char> {
    match end {
        End::PaidNoProduct => Some('P'),
        End::ProductNotPaid => Some('N'),
        End::Stuck => Some('S'),
        End::Refused | End::Fine => None,
    }
}

fn style(end: End) -> clap::builder::styling::Style {
    match end {
        End::PaidNoProduct | End::ProductNotPaid => BAD,
        End::Stuck => WARN,
        End::Refused => QUIET,
        End::Fine => OK,
    }
}

fn print_bad(out: &mut dyn Write, bad: &[BadEnd], most: usize) -> std::io::Result<()> {
    if bad.is_empty() {
        return writeln!(out, "\n{} no bad end", painted(OK, "✓"));
    }
    writeln!(out, "\n{}", painted(STRONG, format!("{} bad ends that cannot be made smaller", bad.len())))?;
    for end in bad.iter().take(most) {
        let times = if end.mixes == 1 { String::new() } else { format!("  in {} mixes", end.mixes) };
        let label = painted(style(end.end), padded(end.end.label(), 18));
        writeln!(out, "{} {label} {}{}", painted(BAD, "✗"), end.words(), painted(QUIET, times))?;
        for sentence in end.advice() {
            writeln!(out, "    {}", painted(QUIET, sentence))?;
        }
    }
    let rest = bad.len().saturating_sub(most);
    if rest > 0 {
        writeln!(out, "and {rest} more; --list {} shows them, --json and --write have them all", bad.len())?;
    }
    Ok(())
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    scenario: String,
    plain: End,
    mixes: usize,
    without_effect: usize,
    not_tried: usize,
    /// Whether all pairs were left out beside these: they are known only once every fault was tried alone.
    all_pairs_not_tried: bool,
    ends: BTreeMap<&'static str, usize>,
    grid: Vec<Cell>,
    bad_ends: Vec<Bad>,
}

/// One cell of the grid, or one trouble.
#[derive(Serialize)]
struct Cell {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    act: &'static str,
    ends: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct Bad {
    name: String,
    end: End,
    faults: Vec<String>,
    mixes: usize,
    point_of_no_return: Option<Point>,
    needs_somebody_after: Option<Point>,
    way_out: Vec<&'static str>,
    advice: Vec<String>,
    scenario: String,
}

impl Report {
    fn of(scenario: &Scenario, explored: &Explored, grid: &Grid) -> Self {
        let Explored { exploration, untried, bad } = explored;
        let cells = grid.kinds().iter().flat_map(|kind| {
            let cell = |word| Cell { message: Some(kind.name()), act: word, ends: ends(grid.cell(*kind, word)) };
            grid.words().into_iter().map(cell).filter(|cell| !cell.ends.is_empty())
        });
        let troubles = grid.troubles().into_iter().map(|(trouble, count)| Cell {
            message: None,
            act: trouble.word(),
            ends: ends(count),
        });
        Self {
            scenario: scenario.title.clone(),
            plain: exploration.plain().end,
            mixes: exploration.findings().len(),
            without_effect: exploration.void_count(),
            not_tried: untried.count,
            all_pairs_not_tried: untried.has_all_pairs,
            ends: ends(grid.total()),
            grid: cells.chain(troubles).collect(),
            bad_ends: bad.iter().map(Bad::of).collect(),
        }
    }
}

impl Bad {
    fn of(bad: &BadEnd) -> Self {
        Self {
            name: bad.name(),
            end: bad.end,
            faults: bad.faults.iter().map(ToString::to_string).collect(),
            mixes: bad.mixes,
            point_of_no_return: bad.fate.lost,
            needs_somebody_after: bad.fate.untended,
            way_out: bad.fate.way_out.iter().map(choice_words).collect(),
            advice: bad.advice(),
            scenario: toml(&bad.scenario),
        }
    }
}

fn ends(count: Count) -> BTreeMap<&'static str, usize> {
    End::ALL.into_iter().map(|end| (end.name(), count.of(end))).filter(|(_, count)| *count > 0).collect()
}
