//! Explored: what can go wrong with a scenario, as a grid of ends and as a list of bad ones with what could be done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::session::explore::dealt::Dealt;
use crate::session::explore::end::End;
use crate::session::explore::mix::{Exploration, Finding, Mix};
use crate::session::explore::rescue::{Fate, fate};
use crate::session::explore::shrink::smallest;
use crate::session::scenario::plan::Scenario;
use crate::world::command::Command;
use crate::world::fault::act::Act;
use crate::world::fault::trouble::Trouble;
use crate::world::kind::Kind;

/// The ends of many mixes, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Count([usize; End::ALL.len()]);

/// Ends by what was done to which message. A mix counts in the cell of each of its faults.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    total: Count,
    kinds: Vec<Kind>,
    cells: BTreeMap<(Kind, &'static str), Count>,
    troubles: BTreeMap<&'static str, Count>,
}

/// A bad end with the smallest scenario that shows it.
#[derive(Clone, Debug)]
pub struct BadEnd {
    /// What it came to.
    pub end: End,
    /// The faults that it takes.
    pub faults: Vec<Dealt>,
    /// In how many mixes these are enough for this end.
    pub mixes: usize,
    /// A scenario that expects it.
    pub scenario: Scenario,
    /// What could have been done about it.
    pub fate: Fate,
}

/// Which mixes lead to a cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Something done to messages of one kind.
    Message(Kind, &'static str),
    /// A party's trouble.
    Trouble(&'static str),
}

impl Count {
    fn note(&mut self, end: End) {
        if let Some(count) = End::ALL.iter().position(|other| *other == end).and_then(|place| self.0.get_mut(place)) {
            *count += 1;
        }
    }

    /// How many mixes ended so.
    #[must_use]
    pub fn of(&self, end: End) -> usize {
        End::ALL.iter().zip(self.0).find(|(other, _)| **other == end).map_or(0, |(_, count)| count)
    }

    /// How many mixes there were.
    #[must_use]
    pub fn all(&self) -> usize {
        self.0.iter().sum()
    }

    /// How many ended badly.
    #[must_use]
    pub fn bad(&self) -> usize {
        End::ALL.iter().zip(self.0).filter(|(end, _)| end.is_bad()).map(|(_, count)| count).sum()
    }

    /// The worst end that was met; `None` where there was no mix.
    #[must_use]
    pub fn worst(&self) -> Option<End> {
        End::ALL.into_iter().find(|end| self.of(*end) > 0)
    }
}

impl Grid {
    /// What the findings of an exploration come to.
    #[must_use]
    pub fn of(exploration: &Exploration) -> Self {
        let mut grid = Self { kinds: exploration.plain().tally.kinds().collect(), ..Self::default() };
        for finding in exploration.findings() {
            grid.total.note(finding.end);
            let mut cells: Vec<Cell> = exploration.faults(finding.mix).into_iter().map(Cell::of).collect();
            cells.dedup();
            for cell in cells {
                match cell {
                    Cell::Message(kind, word) => {
                        if !grid.kinds.contains(&kind) {
                            grid.kinds.push(kind);
                        }
                        grid.cells.entry((kind, word)).or_default().note(finding.end);
                    }
                    Cell::Trouble(word) => grid.troubles.entry(word).or_default().note(finding.end),
                }
            }
        }
        grid
    }

    /// All mixes together.
    #[must_use]
    pub fn total(&self) -> Count {
        self.total
    }

    /// The rows: every kind of message that was hit, in the order in which a run sends them.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The columns: what can be done to a message, as far as it was done.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        Act::WORDS.into_iter().filter(|word| self.cells.keys().any(|(_, other)| other == word)).collect()
    }

    /// The ends of the mixes that do this to messages of this kind.
    #[must_use]
    pub fn cell(&self, kind: Kind, word: &'static str) -> Count {
        self.cells.get(&(kind, word)).copied().unwrap_or_default()
    }

    /// The troubles that were felt, with the ends of the mixes that have them.
    #[must_use]
    pub fn troubles(&self) -> Vec<(Trouble, Count)> {
        let count = |trouble: Trouble| Some((trouble, *self.troubles.get(trouble.word())?));
        Trouble::ALL.into_iter().filter_map(count).collect()
    }
}

impl Cell {
    /// The cell in which a mix with this fault counts.
    #[must_use]
    pub fn of(dealt: &Dealt) -> Self {
        dealt.kind().map_or(Self::Trouble(dealt.word()), |kind| Self::Message(kind, dealt.word()))
    }
}

impl BadEnd {
    /// Shrinks a bad end that needs all of its faults and looks for its point of no return.
    #[must_use]
    pub fn of(exploration: &Exploration, root: &Finding) -> Self {
        let faults = exploration.faults(root.mix);
        let small = smallest(exploration.ground(), &faults);
        let fate = fate(&small.session);
        Self { end: root.end, faults: faults.into_iter().cloned().collect(), mixes: 1, scenario: small.scenario, fate }
    }

    /// `drop notice-sent 1, hold install-asked 1`.
    #[must_use]
    pub fn words(&self) -> String {
        self.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// A name for its file: `paid-no-product-drop-notice-sent-1`.
    #[must_use]
    pub fn name(&self) -> String {
        let words = format!("{}-{}", self.end.name(), self.words());
        let is_kept = |letter: char| letter.is_ascii_alphanumeric();
        words.split(|letter| !is_kept(letter)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
    }

    /// What could have been done, in sentences: when it was too late, what still helps.
    #[must_use]
    pub fn advice(&self) -> Vec<String> {
        let Fate { untended, lost, way_out, way_back } = &self.fate;
        let mut advice = Vec::new();
        if let Some(lost) = lost {
            let at = event_words(lost.message, lost.says, lost.taken);
            advice.push(format!("Point of no return: {at}; after it no retry and no choice within a day saves it"));
            advice.extend(way_back.map(|way| way.sentence().to_owned()));
            return advice;
        }
        if let Some(untended) = untended {
            let at = event_words(untended.message, untended.says, untended.taken);
            advice.push(format!("After {at}, it does not mend itself any more"));
        }
        advice.push(match way_out.as_slice() {
            [] => "Never too late: it mends itself once the fault is over".to_owned(),
            choices => {
                let choices: Vec<&str> = choices.iter().map(choice_words).collect();
                format!("Never too late: {}", choices.join(", then "))
            }
        });
        advice
    }
}

/// How many mixes each of these roots is enough for, in their order.
#[must_use]
pub fn mixes_of(exploration: &Exploration, roots: &[Finding]) -> Vec<usize> {
    let mut counts: BTreeMap<Mix, usize> = BTreeMap::new();
    for finding in exploration.findings().iter().filter(|finding| finding.end.is_bad()) {
        *counts.entry(exploration.root_of(finding)).or_default() += 1;
    }
    roots.iter().map(|root| counts.get(&root.mix).copied().unwrap_or_default()).collect()
}

fn event_words(message: Option<u32>, says: Option<Kind>, taken: usize) -> String {
    match (message, says) {
        (Some(number), Some(kind)) => format!("message {number}, {kind}"),
        _ => format!("step {taken}"),
    }
}

/// A choice of somebody's, in words.
#[must_use]
pub fn choice_words(choice: &Command) -> &'static str {
    match choice {
        Command::Buy { .. } => "the buyer clicks Buy",
        Command::Confirm { .. } => "the buyer confirms in the payment window",
        Command::Cancel => "the buyer cancels",
        Command::CloseWindow => "the buyer closes the payment window",
        Command::OpenHistory => "the buyer looks at the history",
        Command::GetReceipt { .. } => "the buyer gets the receipt from the history",
        Command::VerifyAgain { .. } => "the app verifies again",
        Command::Reopen => "the buyer closes the app and opens it again",
        Command::Reissue { .. } => "the app asks for a fresh receipt",
        Command::FetchKeys => "the app fetches the store's keys",
        Command::Refund { .. } => "the marketplace gives the money back",
        Command::ChargeBack { .. } => "the bank takes the money back",
        Command::RotateKey => "the marketplace changes its key",
        Command::Start
        | Command::Step
        | Command::Wait { .. }
        | Command::ChangeBuyer { .. }
        | Command::Plant { .. }
        | Command::Skew { .. }
        | Command::Arm { .. }
        | Command::Disarm { .. }
        | Command::ClearFaults
        | Command::Release { .. }
        | Command::Receive { .. } => "the run goes on",
    }
}
