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
use crate::world::fault::armed::Fault;

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
        let own = self.scenario.setup.faults.len();
        let early: Vec<Fault> = from(mix, Onset::Start).collect();
        let mut run = Player::new(self.world.with_faults(&early), Late::of(mix), is_sampling);
        run.start();
        let mut skipped = Vec::new();
        for (line, step) in self.scenario.steps.iter().enumerate() {
            if perform(&mut run, &step.act).is_err() {
                skipped.push(line);
            }
        }
        run_until_idle(&mut run, STEPS_MAX);
        let is_felt = (own + 1..=own + mix.len()).all(|number| run.is_felt(number));
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
    fired: Vec<u32>,
    ignored: Vec<u32>,
}

impl Player {
    fn new(world: World, late: Late, is_sampling: bool) -> Self {
        let (reckoning, tally) = Default::default();
        let (taken, fired, ignored) = (0, Vec::new(), Vec::new());
        Self { world, reckoning, taken, tally, is_sampling, late, fired, ignored }
    }

    /// Whether the fault of this number, counted from 1, did something.
    fn is_felt(&self, number: usize) -> bool {
        let is_it = |other: u32| usize::try_from(other) == Ok(number);
        let is_within = self.world.faults().armed().iter().any(|armed| {
            is_it(armed.id.0) && matches!(armed.fault, Fault::OnParty { trouble, .. } if trouble.is_inward())
        });
        self.fired.iter().any(|fired| is_it(*fired))
            || (is_within && !self.ignored.iter().any(|ignored| is_it(*ignored)))
    }

    /// The curtain rises. Where a party takes no notice of a trouble that begins now, none of those that begin now is felt:
    /// who deals faults leaves out what nobody feels, so that it never hides another.
    fn start(&mut self) {
        let events = self.handle(&Command::Start);
        if events.iter().any(|event| matches!(event, Event::CommandIgnored { .. })) {
            self.ignored.extend(self.world.faults().armed().iter().map(|armed| armed.id.0));
        }
    }

    fn handle(&mut self, command: &Command) -> Vec<Event> {
        let events = self.world.handle(command);
        self.taken += 1;
        for event in &events {
            if let Event::Sent { message } = event {
                self.tally.note(message, self.is_sampling);
            } else if let Event::FaultFired { fault, .. } = event {
                self.fired.push(fault.0);
            }
        }
        self.reckoning.read(command, &events, &self.world);
        events
    }

    /// Arms a fault, and notes where its party takes no notice.
    fn arm(&mut self, fault: Fault) {
        let events = self.handle(&Command::Arm { fault });
        let is_ignored = events.iter().any(|event| matches!(event, Event::CommandIgnored { .. }));
        if is_ignored && let Some(armed) = self.world.faults().armed().last() {
            self.ignored.push(armed.id.0);
        }
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
            self.arm(fault);
        }
    }
}
