//! How many runs of the plain purchase an exploration tries in a second on one core: without a fault, with one, and with two.

use paystage::session::builtin::Builtin;
use paystage::session::explore::mix::{Exploration, Mix};

use crate::stopwatch::{fastest_ms, word};

/// Runs a second on one core.
const GOAL: f64 = 8_000.0;
/// Every so manieth pair is tried.
const PAIRS_STEP: usize = 97;

/// Measures and prints.
pub(crate) fn run() {
    let scenario = Builtin::find("plain-hosted").unwrap().scenario().unwrap();
    let mut exploration = Exploration::new(&scenario).unwrap();
    let plain = vec![Mix::NONE; 400];
    print("explore, the plain purchase", &exploration, &plain);
    let singles = exploration.singles();
    print("explore, one fault", &exploration, &singles);
    for mix in singles {
        let trial = exploration.try_mix(mix);
        exploration.take(mix, trial);
    }
    let pairs: Vec<Mix> = exploration.pairs().into_iter().step_by(PAIRS_STEP).collect();
    print("explore, two faults", &exploration, &pairs);
}

#[expect(clippy::cast_precision_loss, reason = "some thousand mixes")]
fn print(what: &str, exploration: &Exploration, mixes: &[Mix]) {
    let try_all = || {
        for mix in mixes {
            std::hint::black_box(exploration.try_mix(*mix));
        }
    };
    let each_us = fastest_ms(8, try_all) * 1e3 / mixes.len() as f64;
    let rate = 1e6 / each_us;
    println!("{what}: {each_us:.1} µs a run, {rate:.0} a second on one core (goal {GOAL:.0}, {})", word(rate >= GOAL));
}
