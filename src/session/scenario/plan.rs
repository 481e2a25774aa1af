//! Plans: what a scenario says, after reading and before playing.

use std::fmt;

use crate::protocol::id::ProductId;
use crate::protocol::time::Span;
use crate::session::scenario::expected::Expected;
use crate::world::command::{Command, PaymentDeed};
use crate::world::setup::Setup;

/// A run written down beforehand: title, reason, set-up, steps, and what must be true at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is called in lists.
    pub title: String,
    /// Why anybody should care.
    pub why: String,
    /// The dials of the run.
    pub setup: Setup,
    /// What is done, in order. The start of the app comes before the first and is not written down.
    pub steps: Vec<PlannedStep>,
    /// What must be true when all is done.
    pub end: Vec<Expectation>,
    /// What of history it acts out, where it does.
    pub case: Option<Box<Case>>,
}

/// What makes a scenario a piece of history: what history did, what takes it away, and what would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number in the list of edge cases, from 1; `None` for one that only shows how a further code comes about.
    pub number: Option<u32>,
    /// What history did, in a sentence.
    pub historic: String,
    /// The same run without what goes wrong: it must end otherwise.
    pub twin: Twin,
    /// What would have been right, where history was wrong.
    pub should: Option<Should>,
}

/// How the twin of a case differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// All its dials.
    pub setup: Setup,
    /// What is left out; `None`: everything that spoils, which is faults, planted receipts and wrong clocks.
    pub without: Option<Vec<LeftOut>>,
    /// What holds then.
    pub end: Vec<Expectation>,
}

/// The right outcome of a case in which history was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Should {
    /// What is right, in a sentence.
    pub note: String,
    /// All its dials.
    pub setup: Setup,
    /// What is left out.
    pub without: Vec<LeftOut>,
    /// What must be true when all is done.
    pub end: Vec<Expectation>,
}

/// What a twin does without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// All steps that begin with this word; `fault` means those of the set-up as well.
    Word(String),
    /// One step, counted from 1 as they stand in the file.
    Step(usize),
}

/// One entry under `[[steps]]`.
#[derive(Clone, Debug)]
pub struct PlannedStep {
    /// What is done.
    pub act: Act,
    /// Its line in the file; 0 where there is no file.
    pub line: usize,
}

/// One thing that must be true.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What.
    pub expected: Expected,
    /// Its line in the file; 0 where there is no file.
    pub line: usize,
}

/// What one line of a scenario does. Each comes down to commands that a click would give as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A command that names all it needs.
    Do(Command),
    /// A command about a payment, which is named by its product or its number.
    Pay {
        /// What is done with it.
        deed: PaymentDeed,
        /// Which payment.
        payment: PaymentRef,
    },
    /// So many `Step` commands.
    Step(u32),
    /// `Step` commands until the world rests.
    RunUntilIdle,
    /// `Step` commands until the payment window asks the buyer.
    RunUntilAsked,
    /// `Step` and `Wait` commands until so much time has passed.
    Advance(Span),
    /// No command: looks at the run as it is now.
    Expect(Vec<Expectation>),
}

/// How a scenario names a payment: transaction ids are drawn from the seed, so nobody knows them beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentRef {
    /// `shiny-pony`: the latest payment for this product.
    Latest(ProductId),
    /// `#2`: the second payment of the run.
    Number(usize),
    /// `id:…`: the transaction with exactly this id, whether it exists or not.
    Id(String),
}

/// Two plans are equal when they do and expect the same, wherever it stands in a file.
impl PartialEq for PlannedStep {
    fn eq(&self, other: &Self) -> bool {
        self.act == other.act
    }
}

impl Eq for PlannedStep {}

impl PartialEq for Expectation {
    fn eq(&self, other: &Self) -> bool {
        self.expected == other.expected
    }
}

impl Eq for Expectation {}

impl PaymentRef {
    /// Reads `shiny-pony`, `#2` or `id:…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(id) = text.strip_prefix("id:") {
            return Some(Self::Id(id.to_owned()));
        }
        match text.strip_prefix('#') {
            Some(number) => number.parse().ok().filter(|number| *number > 0).map(Self::Number),
            None => ProductId::parse(text).ok().map(Self::Latest),
        }
    }
}

impl fmt::Display for PaymentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest(product) => write!(f, "{product}"),
            Self::Number(number) => write!(f, "#{number}"),
            Self::Id(id) => write!(f, "id:{id}"),
        }
    }
}
