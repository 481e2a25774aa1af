//! Limits: how often a fault fires.

/// Which of the messages that match are spoilt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// The n-th that matches, counted from 1, and no other.
    Nth(u32),
    /// The first n that match.
    First(u32),
    /// All of them, until the fault is disarmed.
    #[default]
    UntilCleared,
}

impl Limit {
    /// Whether the `matched`-th match is hit, counted from 1.
    #[must_use]
    pub fn admits(self, matched: u32) -> bool {
        match self {
            Self::Nth(nth) => matched == nth,
            Self::First(first) => matched <= first,
            Self::UntilCleared => true,
        }
    }

    /// How often it can fire at all; `None` without end.
    #[must_use]
    pub fn most(self) -> Option<u32> {
        match self {
            Self::Nth(_) => Some(1),
            Self::First(first) => Some(first),
            Self::UntilCleared => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_hits_exactly_what_it_says() {
        let hit = |limit: Limit| (1..=5).filter(|matched| limit.admits(*matched)).collect::<Vec<_>>();
        assert_eq!(hit(Limit::Nth(2)), [2]);
        assert_eq!(hit(Limit::First(2)), [1, 2]);
        assert_eq!(hit(Limit::UntilCleared), [1, 2, 3, 4, 5]);
        assert_eq!(Limit::Nth(2).most(), Some(1));
    }
}
