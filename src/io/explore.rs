//! Exploring on all cores: mixes go out to threads and come back in their order, so that nothing depends on who was faster.

use std::io;

use crate::io::cores;
use crate::lens::explore::{BadEnd, mixes_of};
use crate::session::explore::mix::{Exploration, Finding, Mix, Unexplorable};
use crate::session::scenario::plan::Scenario;

/// What is explored, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whether faults are tried two at a time as well.
    pub is_double: bool,
    /// How many threads; 0 is one for each core.
    pub jobs: usize,
    /// How many mixes are tried at the most.
    pub limit: Option<usize>,
}

/// What an exploration has come to.
#[derive(Clone, Debug)]
pub struct Explored {
    /// Every mix with its end.
    pub exploration: Exploration,
    /// What the limit left out.
    pub untried: Untried,
    /// The bad ends that cannot be made smaller: those that are lost for good first, then worst first.
    pub bad: Vec<BadEnd>,
}

/// What was left out of an exploration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Untried {
    /// How many mixes.
    pub count: usize,
    /// Whether all pairs were left out beside these, uncounted: which pairs there are is known once every fault was tried alone.
    pub has_all_pairs: bool,
}

/// How far an exploration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How many pieces of it are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// What an exploration is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// One fault at a time.
    Singles,
    /// Two faults at a time.
    Pairs,
    /// Making bad ends small and looking for their points of no return.
    BadEnds,
}

/// Why an exploration came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// The scenario.
    #[error(transparent)]
    Scenario(#[from] Unexplorable),
    /// The system, or whoever was told of the progress and wants no more.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Explores a scenario. `tell` hears of the progress on this thread; an error from it ends the work.
///
/// # Errors
/// [`ExploreError`].
pub fn explore(
    scenario: &Scenario,
    wish: Wish,
    mut tell: impl FnMut(Progress) -> io::Result<()>,
) -> Result<Explored, ExploreError> {
    let mut exploration = Exploration::new(scenario)?;
    let limit = wish.limit.unwrap_or(usize::MAX);
    let singles = exploration.singles();
    let mut left = limit;
    let mut count = try_all(&mut exploration, &singles, (Phase::Singles, wish.jobs, &mut left), &mut tell)?;
    let has_all_pairs = wish.is_double && count > 0;
    if wish.is_double && count == 0 {
        let pairs = exploration.pairs();
        count = try_all(&mut exploration, &pairs, (Phase::Pairs, wish.jobs, &mut left), &mut tell)?;
    }
    let untried = Untried { count, has_all_pairs };
    let roots = exploration.roots();
    let mut bad = Vec::with_capacity(roots.len());
    tell(Progress { phase: Phase::BadEnds, done: 0, of: roots.len() })?;
    cores::in_order(
        wish.jobs,
        &roots,
        |root: &Finding| BadEnd::of(&exploration, root),
        |end| {
            bad.push(end);
            tell(Progress { phase: Phase::BadEnds, done: bad.len(), of: roots.len() })
        },
    )?;
    for (end, mixes) in bad.iter_mut().zip(mixes_of(&exploration, &roots)) {
        end.mixes = mixes;
    }
    bad.sort_by_key(|end| (end.fate.lost.is_none(), end.end));
    Ok(Explored { exploration, untried, bad })
}

/// Tries these mixes, as many as are left to be tried. Gives back how many were left out.
fn try_all(
    exploration: &mut Exploration,
    mixes: &[Mix],
    (phase, jobs, left): (Phase, usize, &mut usize),
    tell: &mut impl FnMut(Progress) -> io::Result<()>,
) -> io::Result<usize> {
    let tried = mixes.get(..*left).unwrap_or(mixes);
    *left -= tried.len();
    tell(Progress { phase, done: 0, of: tried.len() })?;
    let stage = exploration.clone();
    let mut done = 0;
    cores::in_order(
        jobs,
        tried,
        |mix| (*mix, stage.try_mix(*mix)),
        |(mix, trial)| {
            exploration.take(mix, trial);
            done += 1;
            tell(Progress { phase, done, of: tried.len() })
        },
    )?;
    Ok(mixes.len() - tried.len())
}
