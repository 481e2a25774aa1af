//! Selections: which positions of a dial somebody chose, where several can be.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What can be chosen: the positions of a dial, each with a place of its own below 16.
pub trait Choice: Copy + Serialize + DeserializeOwned + 'static {
    /// Every position, in the order of their places.
    const CHOICES: &'static [Self];

    /// The place of this one, from 0.
    fn place(self) -> u16;
}

/// A set of positions, small enough to copy. In files it is a list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Vec<D>", into = "Vec<D>", bound(serialize = "D: Choice", deserialize = "D: Choice"))]
pub struct Selection<D> {
    bits: u16,
    of: PhantomData<D>,
}

impl<D> Default for Selection<D> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<D> Selection<D> {
    /// Nothing is chosen.
    pub const NONE: Self = Self { bits: 0, of: PhantomData };

    /// Whether nothing is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits == 0
    }
}

impl<D: Choice> Selection<D> {
    /// Whether this one is chosen.
    #[must_use]
    pub fn contains(self, choice: D) -> bool {
        self.bits & Self::bit(choice) != 0
    }

    /// The selection with this one in it.
    #[must_use]
    pub fn with(self, choice: D) -> Self {
        Self { bits: self.bits | Self::bit(choice), ..self }
    }

    /// The selection without this one.
    #[must_use]
    pub fn without(self, choice: D) -> Self {
        Self { bits: self.bits & !Self::bit(choice), ..self }
    }

    /// What is chosen, in the order of the dial.
    pub fn iter(self) -> impl Iterator<Item = D> {
        D::CHOICES.iter().copied().filter(move |choice| self.contains(*choice))
    }

    fn bit(choice: D) -> u16 {
        1 << choice.place()
    }
}

impl<D: Choice> FromIterator<D> for Selection<D> {
    fn from_iter<I: IntoIterator<Item = D>>(choices: I) -> Self {
        choices.into_iter().fold(Self::NONE, Self::with)
    }
}

impl<D: Choice> From<Vec<D>> for Selection<D> {
    fn from(choices: Vec<D>) -> Self {
        choices.into_iter().collect()
    }
}

impl<D: Choice> From<Selection<D>> for Vec<D> {
    fn from(selection: Selection<D>) -> Self {
        selection.iter().collect()
    }
}
