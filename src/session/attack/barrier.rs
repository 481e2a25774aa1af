//! Barriers: everything that can stand in a cheat's way and be switched off, rungs of the ladder and guards of the servers alike.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::protocol::verdict::check::Check;
use crate::world::guard::Guard;
use crate::world::setup::Setup;

/// One thing that stands in a cheat's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Barrier {
    /// A rung of the app's ladder.
    Check(Check),
    /// What a server looks at.
    Guard(Guard),
}

impl Barrier {
    /// All of them, in the order in which an attack meets them: the servers' guards, then the ladder.
    pub fn all() -> impl Iterator<Item = Self> {
        Guard::ALL.iter().copied().map(Self::Guard).chain(Check::ALL.into_iter().map(Self::Check))
    }

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Check(check) => check.name(),
            Self::Guard(guard) => guard.name(),
        }
    }

    /// What it makes sure of, in a few words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Check(check) => check.label(),
            Self::Guard(guard) => guard.label(),
        }
    }

    /// Finds a barrier by its name; exact.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|barrier| barrier.name() == name)
    }

    /// The set-up without this barrier.
    #[must_use]
    pub fn switched_off(self, setup: &Setup) -> Setup {
        let mut setup = setup.clone();
        match self {
            Self::Check(check) => setup.checks_off = setup.checks_off.with(check),
            Self::Guard(guard) => setup.guards_off = setup.guards_off.with(guard),
        }
        setup
    }
}

impl fmt::Display for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Barrier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Barrier;
    use crate::world::setup::Setup;

    #[test]
    fn every_barrier_has_a_name_of_its_own_and_can_be_switched_off() {
        for barrier in Barrier::all() {
            assert_eq!(Barrier::parse(barrier.name()), Some(barrier));
            let off = barrier.switched_off(&Setup::default());
            assert_ne!(off, Setup::default(), "{barrier}");
            assert_eq!(barrier.switched_off(&off), off, "{barrier}");
        }
        assert_eq!(Barrier::parse("Signature"), None);
    }
}
