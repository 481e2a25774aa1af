//! The grid of attacks and barriers: each card played with each barrier switched off, one cell at a time.

use std::fmt;

use crate::lens::attack::Reading;
use crate::session::attack::barrier::Barrier;
use crate::session::attack::card::Card;
use crate::session::attack::cards::CARDS;
use crate::session::attack::play::{Unplayable, play_alone};
use crate::world::setup::Setup;

/// How many barriers are taken away from before one card, at the most.
const DEPTH_MAX: usize = 6;

/// Every card against every barrier. Filled by playing; what was not played yet is `None`.
#[derive(Clone, Debug)]
pub struct Grid {
    barriers: Vec<Barrier>,
    rows: Vec<Row>,
}

/// One card's line of the grid.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which card.
    pub card: &'static Card,
    /// The dials of its runs.
    pub setup: Setup,
    /// What becomes of it with every barrier in place.
    pub plain: Option<Reading>,
    /// What becomes of it without one barrier, in the order of [`Grid::barriers`].
    pub cells: Vec<Option<Reading>>,
    /// The barriers that must all be away before it gets through.
    pub depth: Option<Depth>,
}

/// How many barriers stand behind each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Depth {
    /// These must all be switched off; none, where nothing stands in the way.
    Barriers(Vec<Barrier>),
    /// It comes to nothing, whatever is switched off.
    Never,
}

impl Grid {
    /// A grid of all cards in which nothing was played yet. Each card is played with the dials turned so that somebody could stop it.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        Self::of(CARDS.iter().map(|card| (card, card.at_home(setup))))
    }

    /// A grid of these cards with these dials.
    pub fn of(cards: impl IntoIterator<Item = (&'static Card, Setup)>) -> Self {
        let barriers: Vec<Barrier> = Barrier::all().collect();
        let row = |(card, setup)| Row { card, setup, plain: None, cells: vec![None; barriers.len()], depth: None };
        Self { rows: cards.into_iter().map(row).collect(), barriers }
    }

    /// The same, played to its end.
    ///
    /// # Errors
    /// [`Unplayable`], where a card cannot be played under its dials.
    pub fn filled(mut self) -> Result<Self, Unplayable> {
        while self.play_next()? {}
        Ok(self)
    }

    /// The columns.
    #[must_use]
    pub fn barriers(&self) -> &[Barrier] {
        &self.barriers
    }

    /// The lines.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Plays the next cell. False where all are played.
    ///
    /// # Errors
    /// [`Unplayable`], where a card cannot be played under its dials.
    pub fn play_next(&mut self) -> Result<bool, Unplayable> {
        let Self { barriers, rows } = self;
        match rows.iter_mut().find(|row| row.depth.is_none()) {
            None => Ok(false),
            Some(row) => row.play_next(barriers).map(|()| true),
        }
    }
}

impl Row {
    /// The set-up of a cell.
    #[must_use]
    pub fn without(&self, barrier: Barrier) -> Setup {
        barrier.switched_off(&self.setup)
    }

    fn play_next(&mut self, barriers: &[Barrier]) -> Result<(), Unplayable> {
        let without = |barrier: &Barrier| barrier.switched_off(&self.setup);
        let mut open = self.cells.iter_mut().zip(barriers).filter(|(cell, _)| cell.is_none());
        if self.plain.is_none() {
            self.plain = Some(reading(self.card, &self.setup)?);
        } else if let Some((cell, barrier)) = open.next() {
            *cell = Some(reading(self.card, &without(barrier))?);
        } else {
            self.depth = Some(depth(self.card, &self.setup)?);
        }
        Ok(())
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("comes to nothing"),
            Self::Barriers(barriers) if barriers.is_empty() => f.write_str("nothing stands in the way"),
            Self::Barriers(barriers) => {
                f.write_str(&barriers.iter().map(|barrier| barrier.name()).collect::<Vec<_>>().join(" + "))
            }
        }
    }
}

/// Takes away whatever stops the card, again and again, until it gets through; then puts back what was not needed.
///
/// # Errors
/// [`Unplayable`].
pub fn depth(card: &Card, setup: &Setup) -> Result<Depth, Unplayable> {
    let mut away: Vec<Barrier> = Vec::new();
    loop {
        let found = reading(card, &without_all(setup, &away))?;
        if found.is_through() {
            break;
        }
        match found.barrier() {
            Some(barrier) if away.len() < DEPTH_MAX && !away.contains(&barrier) => away.push(barrier),
            Some(_) | None => return Ok(Depth::Never),
        }
    }
    let mut index = 0;
    while let Some(barrier) = away.get(index).copied() {
        let others: Vec<Barrier> = away.iter().copied().filter(|other| *other != barrier).collect();
        if reading(card, &without_all(setup, &others))?.is_through() {
            away = others;
        } else {
            index += 1;
        }
    }
    Ok(Depth::Barriers(away))
}

fn without_all(setup: &Setup, away: &[Barrier]) -> Setup {
    away.iter().fold(setup.clone(), |setup, barrier| barrier.switched_off(&setup))
}

/// What becomes of a card in a run of its own.
///
/// # Errors
/// [`Unplayable`].
pub fn reading(card: &Card, setup: &Setup) -> Result<Reading, Unplayable> {
    let (session, played) = play_alone(card, setup)?;
    Ok(Reading::of(&session, played.from))
}
