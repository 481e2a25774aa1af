//! A stopwatch for ratios: both sides in one run, in turns, the lowest of several stack depths.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many rounds a ratio takes; each is short, so that what it makes fits into memory that is warm already.
const ROUNDS: usize = 240;

/// What is said of a goal.
pub(crate) fn word(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

/// The two sides of a ratio, in nanoseconds for one go.
pub(crate) struct Ratio {
    ours: f64,
    floor: f64,
}

/// Runs both sides in turns, `goes` times a round, and keeps each side's fastest round.
pub(crate) fn ratio(goes: u32, mut ours: impl FnMut(), floor: impl FnMut()) -> Ratio {
    ratio_on(goes, || (), |()| ours(), floor)
}

/// As [`ratio`], for work that uses up what it works on: that is made before the watch runs, and dropped after.
pub(crate) fn ratio_on<T>(
    goes: u32,
    mut fresh: impl FnMut() -> T,
    mut ours: impl FnMut(&mut T),
    mut floor: impl FnMut(),
) -> Ratio {
    let mut best = Ratio { ours: f64::INFINITY, floor: f64::INFINITY };
    for round in 0..ROUNDS {
        let mut stock: Vec<T> = (0..goes).map(|_| fresh()).collect();
        let mut left = stock.iter_mut();
        let ours = at_depth(round, &mut || time(goes, &mut || left.next().into_iter().for_each(&mut ours)));
        let floor = at_depth(round, &mut || time(goes, &mut floor));
        best = Ratio { ours: best.ours.min(ours), floor: best.floor.min(floor) };
    }
    best
}

/// The fastest of several goes, in milliseconds.
pub(crate) fn fastest_ms(goes: u32, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..goes {
        best = best.min(time(1, &mut work) / 1e6);
    }
    best
}

impl Ratio {
    /// Of two times that were measured elsewhere, in nanoseconds for one go.
    pub(crate) fn of(ours: f64, floor: f64) -> Self {
        Self { ours, floor }
    }

    /// Prints both sides, and says whether the goal is met.
    pub(crate) fn print(&self, what: &str, goal: f64) -> bool {
        let Self { ours, floor } = self;
        let is_met = ours / floor <= goal;
        let word = word(is_met);
        println!(
            "{what}: {:.2} µs, floor {:.2} µs, ratio {:.3} (goal {goal:.2}, {word}); {:.0} a second",
            ours / 1e3,
            floor / 1e3,
            ours / floor,
            1e9 / ours
        );
        is_met
    }
}

fn time(goes: u32, work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..goes {
        work();
    }
    let elapsed: Duration = start.elapsed();
    elapsed.as_secs_f64() * 1e9 / f64::from(goes)
}

/// Calls `work` with the stack moved down by a round's share.
fn at_depth(round: usize, work: &mut dyn FnMut() -> f64) -> f64 {
    match round % 6 {
        0 => padded::<0>(work),
        1 => padded::<64>(work),
        2 => padded::<512>(work),
        3 => padded::<1024>(work),
        4 => padded::<2048>(work),
        _ => padded::<3000>(work),
    }
}

#[inline(never)]
fn padded<const BYTES: usize>(work: &mut dyn FnMut() -> f64) -> f64 {
    let pad = [0u8; BYTES];
    black_box(&pad);
    let time = work();
    black_box(&pad);
    time
}
