//! Branches: the lines of a run that have been lived, and the places on them.

use std::fmt;
use std::sync::Arc;

use crate::session::snapshot::Snapshots;
use crate::session::step::Step;
use crate::world::setup::Setup;

/// A branch of one session: 0 is the first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(usize);

/// A moment of a run: so many steps of that branch lie in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which line.
    pub branch: BranchId,
    /// How many of its steps have been taken; at least 1, for every run begins with the start of the app.
    pub step: usize,
}

/// How a branch came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descent {
    /// It is the line that the session began with.
    First,
    /// Something else was done at this place: all steps before it are shared, and so is the set-up.
    Parted(Place),
    /// The dials were turned at this place: it has a set-up of its own, begins with the start of the app, and shares no step.
    Turned(Place),
}

/// One line of steps from the start to its own tip. Branches share the steps before the place where they part; one whose dials
/// were turned shares none.
#[derive(Clone)]
pub struct Branch {
    pub(crate) id: BranchId,
    pub(crate) descent: Descent,
    pub(crate) setup: Arc<Setup>,
    pub(crate) steps: Vec<Arc<Step>>,
    pub(crate) snapshots: Snapshots,
}

impl BranchId {
    /// The line that every session begins with.
    pub const FIRST: Self = Self(0);

    pub(crate) fn new(index: usize) -> Self {
        Self(index)
    }

    /// Its index among the session's branches.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }

    /// `A`, `B`, …, `Z`, `AA`, `AB`, …
    #[must_use]
    pub fn name(self) -> String {
        let mut letters = Vec::new();
        let mut left = self.0 + 1;
        while left > 0 {
            left -= 1;
            letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
            left /= 26;
        }
        letters.iter().rev().collect()
    }
}

impl Descent {
    /// How many steps such a branch shares with another.
    #[must_use]
    pub fn shared_count(self) -> usize {
        match self {
            Self::First | Self::Turned(_) => 0,
            Self::Parted(place) => place.step,
        }
    }
}

impl Branch {
    /// Which one it is.
    #[must_use]
    pub fn id(&self) -> BranchId {
        self.id
    }

    /// Its letter.
    #[must_use]
    pub fn name(&self) -> String {
        self.id.name()
    }

    /// How it came to be.
    #[must_use]
    pub fn descent(&self) -> Descent {
        self.descent
    }

    /// The place on another branch where it parted from it, or where the dials were turned; `None` for the first line.
    #[must_use]
    pub fn parent(&self) -> Option<Place> {
        match self.descent {
            Descent::First => None,
            Descent::Parted(place) | Descent::Turned(place) => Some(place),
        }
    }

    /// What was fixed before its first step.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The whole line, the steps shared with its parent included.
    #[must_use]
    pub fn steps(&self) -> &[Arc<Step>] {
        &self.steps
    }

    /// How many steps at its beginning belong to the branch that it parted from.
    #[must_use]
    pub fn shared_count(&self) -> usize {
        self.descent.shared_count()
    }

    /// The place at its end.
    #[must_use]
    pub fn tip(&self) -> Place {
        Place { branch: self.id, step: self.steps.len() }
    }
}

impl fmt::Display for BranchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.branch, self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::BranchId;

    #[test]
    fn branches_are_named_like_columns_of_a_sheet() {
        let names = [0, 1, 25, 26, 27, 701, 702].map(|index| BranchId(index).name());
        assert_eq!(names, ["A", "B", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
