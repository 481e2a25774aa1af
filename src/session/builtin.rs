//! The built-in suite: the purchases that everybody should have seen, and the most telling ways to fail.

use crate::session::scenario::fault::ScenarioError;
use crate::session::scenario::parse::parse;
use crate::session::scenario::plan::Scenario;

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// How the command line calls it: the file's name without `.toml`.
    pub name: &'static str,
    /// The file's text.
    pub text: &'static str,
}

/// Embeds the named files, in the order of the menu.
macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(Builtin { name: $name, text: include_str!(concat!("../../assets/scenarios/", $name, ".toml")) }),+]
    };
}

/// The suite, in the order of the menu.
pub static SUITE: &[Builtin] = &embedded![
    "plain-hosted",
    "plain-classic",
    "two-products",
    "you-decide",
    "paid-but-timed-out",
    "paid-in-time",
    "poll-fails-once",
    "notice-lost-once",
    "notice-wrong-body",
    "notice-late",
    "notice-in-time",
    "notice-never-answered",
    "declined",
    "pending-then-settled",
    "never-settled",
    "cancelled",
    "closed",
    "wrong-pin-five-times",
    "never-answers",
    "refunded-signature-only",
    "refunded-store-asked",
    "refund-notice-misanswered",
    "signer-down",
    "charged-back-tomorrow",
    "expired-then-reissued",
    "other-apps-receipt",
    "friends-receipt-before",
    "friends-receipt-after",
    "forged",
    "edited",
    "unsigned",
    "test-receipt",
    "expired-receipt",
    "clock-slow",
    "clock-fast",
    "stale-keys",
    "rotated-after-purchase",
    "issuer-unknown",
    "receipt-from-history",
    "as-built-2015",
    "email-identity-before",
];

impl Builtin {
    /// The one with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SUITE.iter().find(|builtin| builtin.name == name)
    }

    /// Reads it.
    ///
    /// # Errors
    /// Never for the suite as it is shipped; a test reads every file of it.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        parse(&format!("{}.toml", self.name), self.text)
    }
}
