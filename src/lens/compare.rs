//! Compare: two lines of a run, or two runs, laid beside each other, with the first difference found.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::lens::knowledge::{Fact, Knowledge};
use crate::lens::said::{Reader, Said};
use crate::protocol::rules::Rules;
use crate::session::step::Step;
use crate::session::watch::Watch;
use crate::world::World;
use crate::world::event::Event;
use crate::world::party::Party;
use crate::world::setup::Setup;

/// How many pairs of messages are weighed to align what lies behind the first difference; longer runs are laid side by side.
const CELLS_MAX: usize = 4_000_000;

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What was fixed before its first command.
    pub setup: &'a Setup,
    /// Its steps, from the first to wherever the comparison ends.
    pub steps: &'a [Arc<Step>],
    /// The world at its end.
    pub world: &'a World,
}

/// A place in both: an index into the messages of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// Both say the same.
    Same(usize, usize),
    /// Both say it, with other values.
    Changed(usize, usize),
    /// Only the first says it.
    OnlyA(usize),
    /// Only the second does.
    OnlyB(usize),
}

/// One named value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is: `request.claims.exp`, `access`, `marketplace knows email`.
    pub name: String,
    /// In the first; `–` where it has none.
    pub a: String,
    /// In the second.
    pub b: String,
}

/// What there is to say about the two.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Whose rules hold in the first and in the second.
    pub rules: [&'static Rules; 2],
    /// The messages of the first.
    pub a: Vec<Said>,
    /// The messages of the second.
    pub b: Vec<Said>,
    /// Both aligned.
    pub pairs: Vec<Pair>,
    /// What differs in the set-ups.
    pub setup: Vec<Difference>,
    /// What differs at the end: open products, payments, money, the lamp.
    pub end: Vec<Difference>,
    /// Who knows what in one and not in the other.
    pub knowledge: Vec<Difference>,
}

impl Comparison {
    /// Lays the two beside each other.
    #[must_use]
    pub fn of(a: Side<'_>, b: Side<'_>) -> Self {
        let (first, second) = (said(a), said(b));
        let pairs = align(&first, &second);
        Self {
            rules: [a.setup.rules(), b.setup.rules()],
            pairs,
            setup: differences(&flat(a.setup), &flat(b.setup)),
            end: differences(&end(a), &end(b)),
            knowledge: knowledge(a, b),
            a: first,
            b: second,
        }
    }

    /// The first pair that is not the same, as an index into the pairs.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.pairs.iter().position(|pair| !matches!(pair, Pair::Same(..)))
    }

    /// What each side says at the first difference: the next message of either.
    #[must_use]
    pub fn at_first(&self) -> Option<(Option<&Said>, Option<&Said>)> {
        let index = self.first()?;
        let rest = self.pairs.get(index..).unwrap_or_default();
        let a = rest.iter().find_map(|pair| pair.sides().0).and_then(|at| self.a.get(at));
        let b = rest.iter().find_map(|pair| pair.sides().1).and_then(|at| self.b.get(at));
        Some((a, b))
    }

    /// The values that differ in a pair.
    #[must_use]
    pub fn differences(&self, pair: Pair) -> Vec<Difference> {
        match pair.sides() {
            (Some(a), Some(b)) => match (self.a.get(a), self.b.get(b)) {
                (Some(a), Some(b)) => differences(&a.values, &b.values),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// How many messages are the same in both.
    #[must_use]
    pub fn same_count(&self) -> usize {
        self.pairs.iter().filter(|pair| matches!(pair, Pair::Same(..))).count()
    }

    /// Whether nothing at all differs.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.first().is_none() && self.setup.is_empty() && self.end.is_empty() && self.knowledge.is_empty()
    }
}

impl Pair {
    /// The message of the first and of the second, where they have one.
    #[must_use]
    pub fn sides(self) -> (Option<usize>, Option<usize>) {
        match self {
            Self::Same(a, b) | Self::Changed(a, b) => (Some(a), Some(b)),
            Self::OnlyA(a) => (Some(a), None),
            Self::OnlyB(b) => (None, Some(b)),
        }
    }
}

fn said(side: Side<'_>) -> Vec<Said> {
    let mut reader = Reader::new(side.setup.start);
    let mut said = Vec::new();
    for step in side.steps {
        for event in &step.events {
            if let Event::Delivered { message } = event {
                said.push(reader.read(message, step.index));
            }
        }
    }
    said
}

/// The same beginning, then the longest common sequence of arrows.
fn align(a: &[Said], b: &[Said]) -> Vec<Pair> {
    let shared = a.iter().zip(b).take_while(|(a, b)| a.key() == b.key()).count();
    let mut pairs: Vec<Pair> = (0..shared).map(|at| paired(a, b, at, at)).collect();
    let (left, right) = (a.get(shared..).unwrap_or_default(), b.get(shared..).unwrap_or_default());
    if left.len().saturating_mul(right.len()) > CELLS_MAX {
        pairs.extend((shared..a.len()).map(Pair::OnlyA));
        pairs.extend((shared..b.len()).map(Pair::OnlyB));
        return pairs;
    }
    let lengths = common_lengths(left, right);
    let width = right.len() + 1;
    let length = |at: usize, bt: usize| lengths.get(at * width + bt).copied().unwrap_or_default();
    let (mut at, mut bt) = (0, 0);
    while at < left.len() || bt < right.len() {
        let is_same = matches!((left.get(at), right.get(bt)), (Some(a), Some(b)) if a.key() == b.key());
        if is_same {
            pairs.push(paired(a, b, shared + at, shared + bt));
            (at, bt) = (at + 1, bt + 1);
        } else if bt == right.len() || (at < left.len() && length(at + 1, bt) >= length(at, bt + 1)) {
            pairs.push(Pair::OnlyA(shared + at));
            at += 1;
        } else {
            pairs.push(Pair::OnlyB(shared + bt));
            bt += 1;
        }
    }
    pairs
}

/// For each pair of tails, how many arrows they have in common: row by row, the last column and row are nothing.
fn common_lengths(a: &[Said], b: &[Said]) -> Vec<u32> {
    let width = b.len() + 1;
    let mut lengths = vec![0; (a.len() + 1) * width];
    for (at, left) in a.iter().enumerate().rev() {
        for (bt, right) in b.iter().enumerate().rev() {
            let below = |row: usize, column: usize| lengths.get(row * width + column).copied().unwrap_or_default();
            let length = if left.key() == right.key() {
                below(at + 1, bt + 1) + 1
            } else {
                below(at + 1, bt).max(below(at, bt + 1))
            };
            if let Some(cell) = lengths.get_mut(at * width + bt) {
                *cell = length;
            }
        }
    }
    lengths
}

fn paired(a: &[Said], b: &[Said], at: usize, bt: usize) -> Pair {
    let is_same = matches!((a.get(at), b.get(bt)), (Some(a), Some(b)) if a.values == b.values);
    if is_same { Pair::Same(at, bt) } else { Pair::Changed(at, bt) }
}

/// The named values that only one side has, or that differ, in the order of the first.
pub(crate) fn differences(a: &[(String, String)], b: &[(String, String)]) -> Vec<Difference> {
    let value = |of: &[(String, String)], name: &str| {
        of.iter().find(|(own, _)| own == name).map_or_else(|| "–".to_owned(), |(_, value)| value.clone())
    };
    let mut names: Vec<&str> = a.iter().map(|(name, _)| name.as_str()).collect();
    names.extend(b.iter().map(|(name, _)| name.as_str()).filter(|name| !a.iter().any(|(own, _)| own == name)));
    let difference = |name: &str| Difference { name: name.to_owned(), a: value(a, name), b: value(b, name) };
    names.into_iter().map(difference).filter(|difference| difference.a != difference.b).collect()
}

fn flat(setup: &Setup) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    flatten("", &serde_json::to_value(setup).unwrap_or_default(), &mut flat);
    // Where people's programs sit is no rule of the run, and a secret is nobody's business.
    flat.retain(|(name, _)| !name.contains("secret"));
    flat
}

fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&name, value, into);
            }
        }
        Value::String(text) => into.push((name.to_owned(), text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            into.push((name.to_owned(), value.to_string()));
        }
    }
}

/// What came of it.
fn end(side: Side<'_>) -> Vec<(String, String)> {
    let world = side.world;
    let open: Vec<&str> =
        world.app_page().shelves().filter(|shelf| shelf.is_open).map(|shelf| shelf.product.as_str()).collect();
    let payments: Vec<&str> = world.marketplace().transactions().iter().map(|payment| payment.state.label()).collect();
    let watch = Watch::over(side.setup, side.steps);
    let broken: BTreeSet<&str> = watch.red().map(|breach| breach.law.name()).collect();
    let listed = |words: Vec<&str>, none: &str| if words.is_empty() { none.to_owned() } else { words.join(", ") };
    vec![
        ("access".to_owned(), listed(open, "nothing open")),
        ("payments".to_owned(), listed(payments, "none")),
        ("receipts".to_owned(), world.device().receipts().len().to_string()),
        ("lamp".to_owned(), listed(broken.into_iter().collect(), "green")),
    ]
}

/// Who knows what in one and not in the other.
fn knowledge(a: Side<'_>, b: Side<'_>) -> Vec<Difference> {
    let told = |side: Side<'_>| Knowledge::of(side.setup.start, side.steps);
    let (a, b) = (told(a), told(b));
    let mut differences = Vec::new();
    for party in Party::ALL {
        for fact in Fact::ALL {
            let word = |knowledge: &Knowledge| if knowledge.learned(fact, party).is_some() { "yes" } else { "no" };
            if word(&a) != word(&b) {
                let name = format!("{} knows {}", party.label(), fact.name());
                differences.push(Difference { name, a: word(&a).to_owned(), b: word(&b).to_owned() });
            }
        }
    }
    differences
}
