//! Snapshots: a few worlds kept along a line, so that going back replays little.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::World;

/// How far apart the snapshots of a young line are, in steps.
const FIRST_DISTANCE: usize = 64;
/// How many are kept. When there are more, every second one is dropped and the distance doubles.
const KEPT_MAX: usize = 160;

/// Worlds by the number of steps that lead to them.
#[derive(Clone)]
pub(crate) struct Snapshots {
    distance: usize,
    worlds: BTreeMap<usize, Arc<World>>,
}

impl Snapshots {
    pub(crate) fn new() -> Self {
        Self { distance: FIRST_DISTANCE, worlds: BTreeMap::new() }
    }

    /// Keeps `world` if `steps` is one of the places to keep.
    pub(crate) fn offer(&mut self, steps: usize, world: &World) {
        if !steps.is_multiple_of(self.distance) || self.worlds.contains_key(&steps) {
            return;
        }
        self.worlds.insert(steps, Arc::new(world.clone()));
        if self.worlds.len() > KEPT_MAX {
            self.distance *= 2;
            let distance = self.distance;
            self.worlds.retain(|steps, _| steps.is_multiple_of(distance));
        }
    }

    /// The latest world at or before `steps`.
    pub(crate) fn nearest(&self, steps: usize) -> Option<(usize, &World)> {
        self.worlds.range(..=steps).next_back().map(|(steps, world)| (*steps, &**world))
    }

    /// The snapshots that a branch leaving after `steps` shares.
    pub(crate) fn up_to(&self, steps: usize) -> Self {
        let worlds = self.worlds.range(..=steps).map(|(steps, world)| (*steps, Arc::clone(world))).collect();
        Self { distance: self.distance, worlds }
    }
}
