//! Checks: the nine rungs of the ladder, what became of each, and which ones somebody switched off.

use serde::{Deserialize, Serialize};

use crate::protocol::dial::Position;
use crate::protocol::selection::{Choice, Selection};

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

    /// The same in words, for lists of any dial.
    pub const POSITIONS: &'static [Position] = &[
        Self::Shape.position(),
        Self::Algorithm.position(),
        Self::Issuer.position(),
        Self::Signature.position(),
        Self::Type.position(),
        Self::Product.position(),
        Self::Times.position(),
        Self::User.position(),
        Self::Store.position(),
    ];

    /// The check as a claim that holds when it passes.
    #[must_use]
    pub const fn label(self) -> &'static str {
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
    pub const fn name(self) -> &'static str {
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

    /// What it looks at, in one sentence without a full stop.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Shape => "The text is a compact token within bounds",
            Self::Algorithm => "The token names the algorithm of the key that verifies it",
            Self::Issuer => "The issuer's keys are known",
            Self::Signature => "The signature is the issuer's",
            Self::Type => "The token says that it is a receipt of a kind that this app takes",
            Self::Product => "The receipt was written for this app",
            Self::Times => "The receipt's time has come and is not over",
            Self::User => "The receipt belongs to whoever presents it",
            Self::Store => "The store stands by the receipt",
        }
    }

    const fn position(self) -> Position {
        Position { name: self.name(), label: self.label(), meaning: self.meaning() }
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

/// A set of checks.
pub type CheckSet = Selection<Check>;

impl Choice for Check {
    const CHOICES: &'static [Self] = &Self::ALL;

    fn place(self) -> u16 {
        self as u16
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
        let offered: Vec<&str> = Check::POSITIONS.iter().map(|position| position.name).collect();
        assert_eq!(offered, Check::ALL.map(Check::name));
        assert_eq!(Check::parse("Shape"), None);
    }
}
