//! Trials: a scenario played with some faults until nothing happens any more, without keeping its history.

use crate::session::control::{Running, run_until_idle};
use crate::session::explore::dealt::{Dealt, Onset};
use crate::session::explore::end::{End, Reckoning};
use crate::session::explore::tally::Tally;
use crate::session::scenario::plan::Scenario;
use crate::session::scenario::play::perform;
use crate::world::World;
use crate::world::command::Command;
use crate::world::event::Event;
use crate::world::fault::armed::{Fault, FaultId};

/// How many steps a trial may take after its plan before it is called one that never rests.
pub const STEPS_MAX: usize = 2_000;

/// A scenario made ready to be tried with many faults: the stage is built once.
#[derive(Clone, Debug)]
pub struct Ground {
    scenario: Scenario,
    world: World,
}

/// What came of a trial.
#[derive(Clone, Debug)]
pub struct Trial {
    /// How it ended.
    pub end: End,
    /// Whether every fault did something.
    pub is_felt: bool,
    /// The messages that were sent.
    pub tally: Tally,
    /// The lines of the plan, from 0, that could not be carried out and were left out.
    pub skipped: Vec<usize>,
    /// How many steps it took.
    pub steps: usize,
}

impl Ground {
    /// The stage for this scenario.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self { scenario: scenario.clone(), world: World::new(scenario.setup.clone()) }
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The same stage, on which other steps are planned.
    #[must_use]
    pub fn with_plan(&self, scenario: &Scenario) -> Self {
        Self { scenario: scenario.clone(), world: self.world.clone() }
    }

    /// Plays the scenario with these faults on top of its own.
    #[must_use]
    pub fn try_with(&self, mix: &[&Dealt]) -> Trial {
        self.play(mix, false)
    }

    /// As [`try_with`](Self::try_with), and notes what each kind of message can be made to say.
    #[must_use]
    pub fn survey(&self, mix: &[&Dealt]) -> Trial {
        self.play(mix, true)
    }

    fn play(&self, mix: &[&Dealt], is_sampling: bool) -> Trial {
        let early: Vec<Fault> = from(mix, Onset::Start).collect();
        let mut run = Player::new(self.world.with_faults(&early), Late::of(mix), is_sampling);
        run.start(early.len());
        let mut skipped = Vec::new();
        for (line, step) in self.scenario.steps.iter().enumerate() {
            if perform(&mut run, &step.act).is_err() {
                skipped.push(line);
            }
        }
        run_until_idle(&mut run, STEPS_MAX);
        let is_felt = run.strikes.len() == mix.len() && run.strikes.iter().all(|strike| strike.is_felt);
        let end = run.reckoning.end(&run.world);
        Trial { end, is_felt, tally: run.tally, skipped, steps: run.taken }
    }
}

/// The faults of a mix that begin then.
pub(crate) fn from(mix: &[&Dealt], onset: Onset) -> impl Iterator<Item = Fault> {
    mix.iter().filter(move |dealt| dealt.onset == onset).map(|dealt| dealt.fault.clone())
}

/// The faults that wait for the first charge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Late(Vec<Fault>);

impl Late {
    pub(crate) fn of(mix: &[&Dealt]) -> Self {
        Self(from(mix, Onset::Charged).collect())
    }

    /// The faults that begin after a step with these events.
    pub(crate) fn due(&mut self, events: &[Event]) -> Vec<Fault> {
        let is_charge = |event: &Event| matches!(event, Event::Charged { .. });
        if !self.0.is_empty() && events.iter().any(is_charge) { std::mem::take(&mut self.0) } else { Vec::new() }
    }
}

/// A run that keeps no history.
struct Player {
    world: World,
    reckoning: Reckoning,
    taken: usize,
    tally: Tally,
    is_sampling: bool,
    late: Late,
    strikes: Vec<Strike>,
}

/// A fault of the mix that was armed. The scenario arms faults of its own, before them and between them.
#[derive(Clone, Copy)]
struct Strike {
    fault: FaultId,
    /// Whether it did something.
    is_felt: bool,
}

impl Player {
    fn new(world: World, late: Late, is_sampling: bool) -> Self {
        let (reckoning, tally) = Default::default();
        Self { world, reckoning, taken: 0, tally, is_sampling, late, strikes: Vec::new() }
    }

    /// The curtain rises: the last `dealt` of the armed faults are the mix's.
    fn start(&mut self, dealt: usize) {
        self.handle(&Command::Start);
        self.note_last(dealt);
    }

    /// Notes the last faults that were armed. A trouble whose party takes no notice of it is not felt: who deals faults leaves
    /// out what nobody feels, so that it never hides another.
    fn note_last(&mut self, count: usize) {
        let armed = self.world.faults().armed();
        let last = armed.iter().skip(armed.len().saturating_sub(count));
        self.strikes.extend(last.map(|armed| {
            let is_inward = matches!(&armed.fault, Fault::OnParty { trouble, .. } if trouble.is_inward());
            Strike { fault: armed.id, is_felt: armed.used > 0 || (is_inward && armed.has_begun) }
        }));
    }

    fn handle(&mut self, command: &Command) -> Vec<Event> {
        let events = self.world.handle(command);
        self.taken += 1;
        for event in &events {
            if let Event::Sent { message } = event {
                self.tally.note(message, self.is_sampling);
            } else if let Event::FaultFired { fault, .. } = event {
                let struck = self.strikes.iter_mut().filter(|strike| strike.fault == *fault);
                struck.for_each(|strike| strike.is_felt = true);
            }
        }
        self.reckoning.read(command, &events, &self.world);
        events
    }
}

impl Running for Player {
    fn world(&self) -> &World {
        &self.world
    }

    fn taken(&self) -> usize {
        self.taken
    }

    fn ask(&mut self, command: Command) {
        let events = self.handle(&command);
        for fault in self.late.due(&events) {
            self.handle(&Command::Arm { fault });
            self.note_last(1);
        }
    }
}
