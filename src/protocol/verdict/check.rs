//! Checks: the nine rungs of the ladder, what became of each, and which ones somebody switched off.

use serde::{Deserialize, Serialize};

/// One rung. The order is the order of climbing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The text is a compact token, or certificates and a token, within bounds.
    Shape,
    /// The token names the algorithm of the key that will verify it.
    Algorithm,
    /// The issuer's keys are in the key ring.
    Issuer,
    /// The signature is the issuer's, straight or through certificates.
    Signature,
    /// The token says that it is a receipt of a kind that this app takes.
    Type,
    /// The receipt was written for this app.
    Product,
    /// The receipt's time has come and is not over.
    Times,
    /// The receipt belongs to whoever presents it, and does not give them away.
    User,
    /// The store stands by the receipt.
    Store,
}

impl Check {
    /// All nine, from the ground up.
    pub const ALL: [Self; 9] = [
        Self::Shape,
        Self::Algorithm,
        Self::Issuer,
        Self::Signature,
        Self::Type,
        Self::Product,
        Self::Times,
        Self::User,
        Self::Store,
    ];

    /// The check as a claim that holds when it passes.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Shape => "Well-formed, one signature",
            Self::Algorithm => "Algorithm matches the key",
            Self::Issuer => "Issuer is in the key ring",
            Self::Signature => "Signature",
            Self::Type => "typ is a receipt",
            Self::Product => "Product is this app",
            Self::Times => "Valid now: nbf ≤ now < exp",
            Self::User => "User presents it",
            Self::Store => "Ask the store",
        }
    }

    /// The name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::Signature => "signature",
            Self::Type => "type",
            Self::Product => "product",
            Self::Times => "times",
            Self::User => "user",
            Self::Store => "store",
        }
    }

    /// Finds a check by its name; exact.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.name() == name)
    }
}

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold, and the climb ended here.
    Failed,
    /// An earlier check failed, or an answer is still awaited.
    NotReached,
    /// Somebody switched it off; its evidence shows what it would have found.
    SwitchedOff,
    /// The rules or the profile do not ask for it.
    Skipped,
}

impl Outcome {
    /// One word for the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
            Self::SwitchedOff => "switched off",
            Self::Skipped => "skipped",
        }
    }

    /// The sign that goes with the colour, since colour is never the only sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Passed => "✓",
            Self::Failed => "✗",
            Self::NotReached => "·",
            Self::SwitchedOff => "○",
            Self::Skipped => "–",
        }
    }
}

/// A set of checks, small enough to copy. In files it is a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Vec<Check>", into = "Vec<Check>")]
pub struct CheckSet(u16);

impl CheckSet {
    /// No check.
    pub const NONE: Self = Self(0);

    /// Whether the check is in the set.
    #[must_use]
    pub fn contains(self, check: Check) -> bool {
        self.0 & Self::bit(check) != 0
    }

    /// The set with this check in it.
    #[must_use]
    pub fn with(self, check: Check) -> Self {
        Self(self.0 | Self::bit(check))
    }

    /// The set without this check.
    #[must_use]
    pub fn without(self, check: Check) -> Self {
        Self(self.0 & !Self::bit(check))
    }

    /// Whether no check is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The checks in the set, from the ground up.
    pub fn iter(self) -> impl Iterator<Item = Check> {
        Check::ALL.into_iter().filter(move |check| self.contains(*check))
    }

    fn bit(check: Check) -> u16 {
        1 << (check as u16)
    }
}

impl FromIterator<Check> for CheckSet {
    fn from_iter<I: IntoIterator<Item = Check>>(checks: I) -> Self {
        checks.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<Check>> for CheckSet {
    fn from(checks: Vec<Check>) -> Self {
        checks.into_iter().collect()
    }
}

impl From<CheckSet> for Vec<Check> {
    fn from(set: CheckSet) -> Self {
        set.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, CheckSet};

    #[test]
    fn a_set_holds_exactly_what_was_put_in() {
        let set: CheckSet = [Check::Store, Check::Shape].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Check::Shape, Check::Store]);
        assert!(!set.contains(Check::Times));
        assert!(set.without(Check::Store).without(Check::Shape).is_empty());
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["shape","store"]"#);
        assert_eq!(serde_json::from_str::<CheckSet>(r#"["store","shape"]"#).unwrap(), set);
    }

    #[test]
    fn every_check_is_found_by_its_name() {
        for check in Check::ALL {
            assert_eq!(Check::parse(check.name()), Some(check));
            assert_eq!(serde_json::to_string(&check).unwrap(), format!("{:?}", check.name()));
        }
        assert_eq!(Check::parse("Shape"), None);
    }
}
