//! The lamp: whether the laws of the money hold at any place of a run, kept up to date while the run grows.

use std::collections::BTreeMap;

use crate::lens::follower::Follower;
use crate::session::branch::{BranchId, Place};
use crate::session::run::Session;
use crate::session::watch::Watch;
use crate::session::watch::breach::Breach;
use crate::session::watch::law::Law;
use crate::world::World;

/// How many steps are read in one go: a run that grew by more is caught up with over several frames.
const STEPS_AT_ONCE: usize = 2_000;

/// The laws, held against every branch that was looked at. Never changes the session.
///
/// A branch is read once from its beginning and then only where it grew; a place in its past needs no reading at all.
#[derive(Clone, Debug, Default)]
pub struct Lamp {
    branches: BTreeMap<BranchId, Line>,
    here: Option<Place>,
}

/// How much of one branch has been read.
#[derive(Clone, Debug, Default)]
struct Line {
    watch: Watch,
    follower: Follower,
}

/// What the lamp shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light<'a> {
    /// All laws hold.
    Green,
    /// At least one is broken; this is the first that was.
    Red(&'a Breach),
}

impl Lamp {
    /// Nothing has been read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what is new on the present branch. True when something is left for the next time.
    pub fn refresh(&mut self, session: &Session) -> bool {
        let (here, steps) = (session.here(), session.steps());
        self.here = Some(here);
        let line = self.branches.entry(here.branch).or_default();
        let new = line.follower.beyond(steps).unwrap_or_else(|| {
            *line = Line::default();
            steps
        });
        let read = line.follower.read();
        let until = read + new.len().min(STEPS_AT_ONCE);
        match new.get(..until - read) {
            None | Some([]) => return false,
            // The run went one step on, and the world that it led to is at hand.
            Some([next]) if here.step == until => line.watch.read(next, session.world()),
            Some(new) => {
                let known = if read == 0 { None } else { session.world_at(Place { step: read, ..here }) };
                let mut world = known.unwrap_or_else(|| World::new(session.setup().clone()));
                for step in new {
                    world.handle(&step.command);
                    line.watch.read(step, &world);
                }
            }
        }
        line.follower.reach(steps.get(..until).unwrap_or(steps));
        until < steps.len()
    }

    /// What the lamp shows at the present place.
    #[must_use]
    pub fn light(&self) -> Light<'_> {
        self.red().next().map_or(Light::Green, Light::Red)
    }

    /// The laws that are broken at the present place, in the order in which they were.
    pub fn red(&self) -> impl Iterator<Item = &Breach> {
        let taken = self.here.map_or(0, |here| here.step);
        self.breaches().filter(move |breach| breach.is_red_at(taken))
    }

    /// The breach of this law at the present place.
    #[must_use]
    pub fn breach(&self, law: Law) -> Option<&Breach> {
        self.red().find(|breach| breach.law == law)
    }

    /// Every breach of the present branch up to the present place, mended ones included.
    pub fn breaches(&self) -> impl Iterator<Item = &Breach> {
        let (branch, taken) = (self.here.map(|here| here.branch), self.here.map_or(0, |here| here.step));
        let line = branch.and_then(|branch| self.branches.get(&branch));
        line.into_iter().flat_map(|line| line.watch.breaches()).filter(move |breach| breach.step < taken)
    }
}
