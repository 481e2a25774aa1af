//! Chance for tests that damage things: a seed that can be given, is printed, and leads to the same damage again.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of chance (`SplitMix64`) that remembers its seed.
pub(crate) struct Chance {
    variable: &'static str,
    seed: u64,
    state: u64,
}

impl Chance {
    /// The seed stands in this environment variable; without it, it is another one each time.
    pub(crate) fn new(variable: &'static str) -> Self {
        let given = std::env::var(variable).ok().map(|text| text.parse().unwrap());
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed: u64 = given.unwrap_or_else(now);
        println!("{variable}={seed}");
        Self { variable, seed, state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and not including, `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A place in something of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}={}", self.variable, self.seed)
    }
}

/// How often something is tried: as often as this environment variable says, else this often.
pub(crate) fn count_of(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
