//! Shrinking: the smallest scenario that comes to the same end.

use crate::session::control::{Running, run_until_idle};
use crate::session::explore::dealt::{Dealt, Onset};
use crate::session::explore::end::{End, Reckoning};
use crate::session::explore::trial::{Ground, Late, STEPS_MAX, from};
use crate::session::run::Session;
use crate::session::scenario::expected::Expected;
use crate::session::scenario::plan::{Act, Expectation, PlannedStep, Scenario};
use crate::session::scenario::play::perform;
use crate::session::scenario::record::record;
use crate::world::World;
use crate::world::command::Command;
use crate::world::fault::armed::Fault;

/// The smallest scenario that comes to a bad end, and the run that it makes.
#[derive(Clone, Debug)]
pub struct Smallest {
    /// What `paystage run` plays and finds green: it expects the bad end.
    pub scenario: Scenario,
    /// The run, at its end.
    pub session: Session,
    /// What it came to.
    pub end: End,
}

/// The smallest scenario that ends as this mix does: no line of the plan can be left out of it, and it takes every fault of
/// the mix, which is taken to be as small as it can be for the whole plan.
///
/// Lines are taken away one by one, the last first, as long as the end stays and does not come of fewer faults.
#[must_use]
pub fn smallest(ground: &Ground, mix: &[&Dealt]) -> Smallest {
    let mut mix = mix.to_vec();
    mix.sort_by_key(|dealt| dealt.onset);
    let first = ground.try_with(&mix);
    let mut plan = ground.scenario().clone();
    let is_kept =
        |line: usize, step: &PlannedStep| !first.skipped.contains(&line) && !matches!(step.act, Act::Expect(_));
    plan.steps = numbered(&plan.steps).filter(|(line, step)| is_kept(*line, step)).map(|(_, step)| step).collect();
    for line in (0..plan.steps.len()).rev() {
        let mut shorter = plan.clone();
        shorter.steps.remove(line);
        if shows(&ground.with_plan(&shorter), &mix, first.end) {
            plan = shorter;
        }
    }
    if !matches!(plan.steps.last(), Some(PlannedStep { act: Act::RunUntilIdle, .. })) {
        plan.steps.push(PlannedStep { act: Act::RunUntilIdle, line: 0 });
    }
    plan.setup.faults.extend(from(&mix, Onset::Start));
    written(plan, &mix)
}

/// Whether this plan comes to that end with these faults, with all of them, and with each of its lines.
fn shows(ground: &Ground, mix: &[&Dealt], end: End) -> bool {
    let trial = ground.try_with(mix);
    let takes = |place: usize| {
        let fewer: Vec<&Dealt> =
            mix.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, dealt)| *dealt).collect();
        ground.try_with(&fewer).end != end
    };
    trial.end == end && trial.is_felt && trial.skipped.is_empty() && (0..mix.len()).all(takes)
}

fn numbered(steps: &[PlannedStep]) -> impl Iterator<Item = (usize, PlannedStep)> {
    steps.iter().cloned().enumerate()
}

/// Plays the plan once more, this time with its history, and writes down what it came to.
fn written(mut plan: Scenario, mix: &[&Dealt]) -> Smallest {
    let mut run = Recorded { session: Session::new(plan.setup.clone()), late: Late::of(mix) };
    for step in &plan.steps {
        // Whatever cannot be carried out was left out before.
        let _ = perform(&mut run, &step.act);
    }
    run_until_idle(&mut run, STEPS_MAX);
    let mut session = run.session;
    let end = Reckoning::of(&session).end(session.world());
    let words: Vec<String> = mix.iter().map(ToString::to_string).collect();
    plan.title =
        if words.is_empty() { end.label().to_owned() } else { format!("{}: {}", end.label(), words.join(", ")) };
    end.sentence().clone_into(&mut plan.why);
    session.rename(&*plan.title);
    let recorded = record(&session);
    if mix.iter().any(|dealt| dealt.onset == Onset::Charged) {
        // What begins in the middle of a run has its place among the steps.
        plan.steps = recorded.steps;
    }
    (plan.end, plan.case) = (recorded.end, None);
    plan.end.push(Expectation { expected: Expected::End(end), line: 0 });
    Smallest { scenario: plan, session, end }
}

/// A run that keeps its history, in which late faults begin when their time comes.
struct Recorded {
    session: Session,
    late: Late,
}

impl Running for Recorded {
    fn world(&self) -> &World {
        self.session.world()
    }

    fn taken(&self) -> usize {
        self.session.here().step
    }

    fn ask(&mut self, command: Command) {
        let events = &self.session.dispatch(command).events;
        let due: Vec<Fault> = self.late.due(events);
        for fault in due {
            self.session.dispatch(Command::Arm { fault });
        }
    }
}
