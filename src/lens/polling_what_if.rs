//! What if the app polled otherwise: the same deeds with another interval and other tries, and what each comes to.

use std::sync::Arc;

use crate::protocol::time::Span;
use crate::session::again::Again;
use crate::session::control;
use crate::session::explore::end::{End, Reckoning};
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::World;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::setup::{Polling, Setup};

/// The tries that are looked at: 1 up to this.
pub const TRIES_MAX: u32 = 30;
/// The intervals that are looked at, besides the run's own.
const INTERVALS: [Span; 5] = [
    Span::from_millis(500),
    Span::from_seconds(1),
    Span::from_seconds(2),
    Span::from_seconds(5),
    Span::from_seconds(10),
];
/// How many steps a run may take until it rests.
const STEPS_MAX: usize = 5_000;

/// The ends for every interval and number of tries, found out a little at a time.
pub struct WhatIf {
    base: Setup,
    steps: Vec<Arc<Step>>,
    rows: Vec<Row>,
    trial: Option<Trial>,
}

/// The ends for one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The time between two polls.
    pub interval: Span,
    /// What it comes to with 1, 2, … tries; as many as are known.
    pub ends: Vec<End>,
}

/// One run that is being done again.
struct Trial {
    row: usize,
    again: Option<Again>,
    played: Option<Session>,
    reckoning: Reckoning,
    /// How many steps have been read.
    read: usize,
    /// Whether the app gave up at any time: whether more tries could make a difference.
    has_given_up: bool,
}

impl WhatIf {
    /// About the deeds of the present branch, those ahead included. `None` where a program outside plays a part: what it would do
    /// otherwise is not known.
    #[must_use]
    pub fn of(session: &Session) -> Option<Self> {
        let base = session.setup().clone();
        if base.seats.has_external() {
            return None;
        }
        let mut intervals: Vec<Span> = INTERVALS.into_iter().chain([base.polling.interval]).collect();
        intervals.sort_unstable();
        intervals.dedup();
        let rows = intervals.into_iter().map(|interval| Row { interval, ends: Vec::new() }).collect();
        Some(Self { base, steps: session.steps().to_vec(), rows, trial: None })
    }

    /// Does at most so many pieces of work, of a delivery each. True when everything is known.
    pub fn go_on(&mut self, budget: usize) -> bool {
        for _ in 0..budget {
            if self.trial.is_none() {
                self.trial = self.next_trial();
            }
            let Some(trial) = &mut self.trial else { return true };
            if trial.piece() {
                continue;
            }
            let (row, end, is_final) = (trial.row, trial.end(), !trial.has_given_up);
            self.trial = None;
            if let Some(row) = self.rows.get_mut(row) {
                row.ends.push(end);
                // An app that never gave up would have done the same with more tries.
                if is_final {
                    row.ends.resize(TRIES_MAX as usize, end);
                }
            }
        }
        false
    }

    /// The ends that are known, by interval.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn next_trial(&self) -> Option<Trial> {
        let row = self.rows.iter().position(|row| row.ends.len() < TRIES_MAX as usize)?;
        let Row { interval, ends } = self.rows.get(row)?;
        let tries = u32::try_from(ends.len()).unwrap_or(TRIES_MAX) + 1;
        let polling = Polling { interval: *interval, tries, ..self.base.polling };
        let setup = Setup { polling, ..self.base.clone() };
        Some(Trial {
            row,
            again: Some(Again::new(&self.base, &self.steps, setup)),
            played: None,
            reckoning: Reckoning::default(),
            read: 0,
            has_given_up: false,
        })
    }
}

impl Row {
    /// The fewest tries with which it ends well, if any.
    #[must_use]
    pub fn fine_from(&self) -> Option<usize> {
        self.ends.iter().position(|end| *end == End::Fine).map(|index| index + 1)
    }

    /// What the row says, in a few words.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.ends.len() < TRIES_MAX as usize {
            return format!("{} of {TRIES_MAX} tried", self.ends.len());
        }
        let worst = self.ends.first().copied().unwrap_or(End::Fine);
        match self.fine_from() {
            Some(1) => "fine with any number of tries".to_owned(),
            Some(tries) => format!("{} below {tries} tries, fine from there", worst.label()),
            None => format!("{} with any number of tries", worst.label()),
        }
    }
}

impl Trial {
    /// One piece of work; false when the run is at rest and all is read.
    fn piece(&mut self) -> bool {
        if let Some(again) = &mut self.again {
            let is_done = again.go_on(1);
            let session = again.session();
            let new = session.past().get(self.read..).unwrap_or_default();
            for step in new {
                self.reckoning.read(&step.command, &step.events, session.world());
                self.has_given_up |= step.events.iter().any(gives_up);
            }
            self.read = session.past().len();
            if is_done {
                self.played = self.again.take().map(Again::into_session);
            }
            return true;
        }
        let Some(session) = &mut self.played else { return false };
        let is_over = session.world().wire().is_empty() || control::is_your_turn(session.world());
        if is_over || session.past().len() > STEPS_MAX {
            return false;
        }
        session.dispatch(Command::Step);
        let step = session.last_step();
        self.reckoning.read(&step.command, &step.events, session.world());
        self.has_given_up |= step.events.iter().any(gives_up);
        true
    }

    fn end(&self) -> End {
        self.played.as_ref().map(Session::world).map_or(End::Stuck, |world: &World| self.reckoning.end(world))
    }
}

fn gives_up(event: &Event) -> bool {
    matches!(event, Event::PollingGivenUp { .. })
}
