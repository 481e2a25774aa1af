//! Rule notes: which rule of the two pages stands behind a difference between two runs.

use crate::protocol::rule_words::{Matter, RuleWords};
use crate::protocol::rules::Rules;
use crate::world::kind::Kind;

/// What two revisions say about the matter that a difference belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleNote {
    /// The matter.
    pub matter: Matter,
    /// What the first revision says.
    pub a: RuleWords,
    /// What the second one says.
    pub b: RuleWords,
}

/// What the two revisions say about everything on which they differ.
#[must_use]
pub fn notes([a, b]: [&Rules; 2]) -> Vec<RuleNote> {
    Matter::ALL.into_iter().filter_map(|matter| note(a, b, matter)).collect()
}

/// The rule behind a message that only one of two runs has, or that both say differently.
#[must_use]
pub fn of_message([a, b]: [&Rules; 2], kind: Kind) -> Option<RuleNote> {
    note(a, b, matter_of_kind(kind)?)
}

/// The rule behind a value that differs: `receipt.claims.user.type`, `verdict.user`, `Marketplace knows email`.
#[must_use]
pub fn of_value([a, b]: [&Rules; 2], name: &str) -> Option<RuleNote> {
    note(a, b, matter_of_value(name)?)
}

fn note(a: &Rules, b: &Rules, matter: Matter) -> Option<RuleNote> {
    let note = RuleNote { matter, a: a.words(matter), b: b.words(matter) };
    (note.a.sentence != note.b.sentence).then_some(note)
}

/// The first of these that a value's name contains says what it is about.
const VALUES: [(&str, Matter); 16] = [
    ("verdict.user", Matter::Presenter),
    ("verdict.store", Matter::Asking),
    ("verdict.type", Matter::Types),
    ("verdict.", Matter::Verifier),
    ("user", Matter::Identity),
    ("identifier", Matter::Identity),
    ("knows email", Matter::Identity),
    ("knows app used", Matter::Asking),
    ("header", Matter::Signing),
    ("jwk", Matter::Chain),
    ("claims.typ", Matter::Types),
    ("nbf", Matter::NotBefore),
    ("assertion", Matter::Presenter),
    ("status", Matter::Answers),
    ("reason", Matter::Answers),
    ("request", Matter::Request),
];

fn matter_of_value(name: &str) -> Option<Matter> {
    VALUES.iter().find(|(part, _)| name.contains(part)).map(|(_, matter)| *matter)
}

fn matter_of_kind(kind: Kind) -> Option<Matter> {
    const KINDS: [(&str, Matter); 5] = [
        ("verify", Matter::Asking),
        ("receipt-judged", Matter::Presenter),
        ("notice", Matter::Notice),
        ("receipt", Matter::Identity),
        ("window-opened", Matter::Request),
    ];
    KINDS.iter().find(|(part, _)| kind.name().contains(part)).map(|(_, matter)| *matter)
}
