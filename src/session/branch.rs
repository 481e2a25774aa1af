//! Branches: the lines of a run that have been lived, and the places on them.

use std::fmt;
use std::sync::Arc;

use crate::session::snapshot::Snapshots;
use crate::session::step::Step;

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

/// One line of steps from the start to its own tip. Branches share the steps before the place where they part.
#[derive(Clone)]
pub struct Branch {
    pub(crate) id: BranchId,
    pub(crate) parent: Option<Place>,
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

    /// Where it parted from another branch; `None` for the first line.
    #[must_use]
    pub fn parent(&self) -> Option<Place> {
        self.parent
    }

    /// The whole line, the steps shared with its parent included.
    #[must_use]
    pub fn steps(&self) -> &[Arc<Step>] {
        &self.steps
    }

    /// How many steps at its beginning belong to the branch that it parted from.
    #[must_use]
    pub fn shared_count(&self) -> usize {
        self.parent.map_or(0, |parent| parent.step)
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
