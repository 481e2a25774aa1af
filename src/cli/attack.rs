//! `paystage attack`: cards played on purchases, one by one or against every check.

use std::io::{self, Write};

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::arguments::attack::AttackArguments;
use crate::cli::ending::Ending;
use crate::cli::paint::{BAD, OK, QUIET, STRONG, WARN, padded, painted};
use crate::io::files::{self, SMALL_FILE_MAX};
use crate::io::live::setup;
use crate::lens::attack::Reading;
use crate::lens::attack_grid::{Depth, Grid, Row};
use crate::lens::kind_words;
use crate::session::attack::barrier::Barrier;
use crate::session::attack::card::Card;
use crate::session::attack::cards::CARDS;
use crate::session::attack::play::play_alone;
use crate::session::scenario::fault::nearest;
use crate::world::setup::Setup;

/// The width of a card's name in print.
const NAME_WIDTH: usize = 24;

/// Plays the cards. Refused where some got through.
pub(crate) fn run(arguments: &AttackArguments, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if arguments.list {
        list(arguments.json, out)?;
        return Ok(Ending::Fine);
    }
    let plays = plays(arguments)?;
    if arguments.grid {
        return grid(plays, arguments.json, out);
    }
    let mut attempts = Vec::new();
    for (card, setup) in &plays {
        let (session, played) = play_alone(card, setup).with_context(|| card.name)?;
        attempts.push(Attempt { card, reading: Reading::of(&session, played.from) });
    }
    let is_fine = attempts.iter().all(|result| !result.reading.is_through());
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &attempts.iter().map(Attempt::report).collect::<Vec<_>>())?;
        writeln!(out)?;
    } else {
        print(out, &attempts)?;
    }
    Ok(Ending::of(is_fine))
}

/// One card with what became of it.
struct Attempt<'a> {
    card: &'a Card,
    reading: Reading,
}

/// What `--json` says of a card.
#[derive(Serialize)]
struct Report<'a> {
    card: &'static str,
    through: bool,
    words: String,
    #[serde(flatten)]
    reading: &'a Reading,
}

impl Attempt<'_> {
    fn report(&self) -> Report<'_> {
        let Self { card, reading } = self;
        Report { card: card.name, through: reading.is_through(), words: reading.to_string(), reading }
    }
}

/// The cards that were asked for, each with the set-up of its run.
fn plays(arguments: &AttackArguments) -> anyhow::Result<Vec<(&'static Card, Setup)>> {
    let mut own = match &arguments.setup {
        None => (!arguments.dials.is_empty()).then(Setup::default),
        Some(place) => {
            let text = files::read_text(place, SMALL_FILE_MAX)?;
            Some(setup::read(&text).with_context(|| format!("{place}: this is no set-up"))?)
        }
    };
    if let Some(own) = &mut own {
        arguments.dials.apply(own);
    }
    let cards: Vec<&'static Card> = if arguments.cards.is_empty() {
        CARDS.iter().collect()
    } else {
        arguments.cards.iter().map(|name| Card::find(name).ok_or_else(|| unknown(name))).collect::<Result<_, _>>()?
    };
    let setup = |card: &Card| {
        let dials = own.clone().unwrap_or_else(|| card.at_home(&Setup::default()));
        arguments.off.iter().fold(dials, |dials, barrier| barrier.switched_off(&dials))
    };
    Ok(cards.into_iter().map(|card| (card, setup(card))).collect())
}

fn unknown(name: &str) -> anyhow::Error {
    let names: Vec<&str> = CARDS.iter().map(|card| card.name).collect();
    let hint = nearest(name, &names).map_or(String::new(), |near| format!("; did you mean {near}?"));
    anyhow::anyhow!("{name}: no such card; `paystage attack --list` names them{hint}")
}

/// What `--list --json` says of a card.
#[derive(Serialize)]
struct Listed {
    card: &'static str,
    title: &'static str,
    deed: &'static str,
    hope: &'static str,
    on: &'static str,
    needs: &'static str,
}

fn list(is_json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let listed = |card: &Card| Listed {
        card: card.name,
        title: card.title,
        deed: card.deed,
        hope: card.hope,
        on: card.on.name(),
        needs: card.stage.words(),
    };
    if is_json {
        serde_json::to_writer_pretty(&mut *out, &CARDS.iter().map(listed).collect::<Vec<_>>())?;
        writeln!(out)?;
        return Ok(());
    }
    for card in CARDS {
        let place = painted(QUIET, format!("when {}", kind_words::clause(card.on)));
        writeln!(out, "{}  {}  {place}", padded(card.name, NAME_WIDTH), painted(STRONG, card.title))?;
        writeln!(out, "    {}", card.deed)?;
        writeln!(out, "    {} {}", painted(QUIET, "Hopes for"), card.hope)?;
        if !card.stage.words().is_empty() {
            writeln!(out, "    {} {}", painted(QUIET, "Can be stopped under"), card.stage.words())?;
        }
    }
    Ok(())
}

fn print(out: &mut dyn Write, attempts: &[Attempt<'_>]) -> io::Result<()> {
    for Attempt { card, reading } in attempts {
        let sign = if reading.is_through() { painted(BAD, "✗") } else { painted(OK, "✓") };
        writeln!(out, "{sign} {}  {}", padded(card.name, NAME_WIDTH), painted(STRONG, card.title))?;
        let code = reading.stopped.as_ref().map_or("", |stopped| stopped.code);
        writeln!(out, "    {reading}  {}", painted(QUIET, code))?;
        if let Some(stopped) = &reading.stopped {
            writeln!(out, "    {}", painted(QUIET, stopped.place()))?;
        }
    }
    let through = attempts.iter().filter(|attempt| attempt.reading.is_through()).count();
    let (played, colour) = (attempts.len(), if through == 0 { OK } else { BAD });
    writeln!(out, "\n{}", painted(colour, format_args!("{through} of {played} got through")))
}

fn grid(plays: Vec<(&'static Card, Setup)>, is_json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let grid = Grid::of(plays).filled()?;
    let is_fine = grid.rows().iter().all(|row| !row.plain.as_ref().is_some_and(Reading::is_through));
    if is_json {
        serde_json::to_writer_pretty(&mut *out, &lines(&grid))?;
        writeln!(out)?;
    } else {
        print_grid(out, &grid)?;
    }
    Ok(Ending::of(is_fine))
}

/// What `--grid --json` says of a card.
#[derive(Serialize)]
struct Line<'a> {
    card: &'static str,
    plain: Option<&'a Reading>,
    through_without: Vec<Barrier>,
    must_all_be_off: Option<&'a [Barrier]>,
}

fn lines(grid: &Grid) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for row in grid.rows() {
        let (plain, through_without, must_all_be_off) = (row.plain.as_ref(), open_without(grid, row), needed(row));
        lines.push(Line { card: row.card.name, plain, through_without, must_all_be_off });
    }
    lines
}

fn needed(row: &Row) -> Option<&[Barrier]> {
    match &row.depth {
        Some(Depth::Barriers(barriers)) => Some(barriers),
        Some(Depth::Never) | None => None,
    }
}

fn open_without(grid: &Grid, row: &Row) -> Vec<Barrier> {
    let is_open = |cell: &Option<Reading>| cell.as_ref().is_some_and(Reading::is_through);
    row.cells.iter().zip(grid.barriers()).filter(|(cell, _)| is_open(cell)).map(|(_, barrier)| *barrier).collect()
}

fn print_grid(out: &mut dyn Write, grid: &Grid) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        painted(QUIET, "Each column is a check that is switched off: ✗ the card gets through, · it does not")
    )?;
    for (index, barrier) in grid.barriers().iter().enumerate() {
        writeln!(out, "  {:>2}  {}  {}", index + 1, padded(barrier.name(), NAME_WIDTH), barrier.label())?;
    }
    let numbers: Vec<String> = (1..=grid.barriers().len()).map(|number| format!("{number:>3}")).collect();
    let numbers = numbers.concat();
    writeln!(
        out,
        "\n{}  {}{numbers}  {}",
        padded("", NAME_WIDTH),
        painted(STRONG, "as is"),
        painted(STRONG, "must all be off")
    )?;
    for row in grid.rows() {
        let plain = row.plain.as_ref().map_or_else(String::new, cell);
        let cells: Vec<String> = row.cells.iter().flatten().map(|reading| format!("  {}", cell(reading))).collect();
        let cells = cells.concat();
        let needed = match &row.depth {
            Some(depth @ Depth::Barriers(barriers)) if barriers.is_empty() => painted(BAD, depth).to_string(),
            Some(depth @ Depth::Barriers(_)) => depth.to_string(),
            Some(depth @ Depth::Never) => painted(QUIET, depth).to_string(),
            None => String::new(),
        };
        writeln!(out, "{}      {plain}{cells}  {needed}", padded(row.card.name, NAME_WIDTH))?;
    }
    Ok(())
}

fn cell(reading: &Reading) -> String {
    if reading.is_through() { painted(WARN, "✗").to_string() } else { painted(QUIET, "·").to_string() }
}
