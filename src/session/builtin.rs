//! The built-in suite: the purchases that everybody should have seen, the most telling ways to fail, and history's edge cases.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::session::cases::{buying, codes, notices, purchases, receipts, requests, verify};
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

/// Scenarios that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What the menu calls them.
    pub title: &'static str,
    /// Them, in the order of the menu.
    pub members: &'static [Builtin],
}

/// What a list shows of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Why anybody should care.
    pub why: String,
    /// The number of its edge case, where it is one.
    pub case: Option<u32>,
}

/// Makes the groups, and the suite that holds them all, from one table.
macro_rules! groups {
    ($($title:literal = $group:ident),* $(,)?) => {
        const COUNT: usize = 0 $(+ $group::FILES.len())*;
        static ALL: [Builtin; COUNT] = joined(&[$($group::FILES),*]);
        /// The suite by its groups.
        pub static GROUPS: &[Group] = &[$(Group {
            title: $title,
            members: {
                static MEMBERS: [Builtin; $group::FILES.len()] = joined(&[$group::FILES]);
                &MEMBERS
            },
        }),*];
    };
}

groups! {
    "Purchases" = purchases,
    "Cases 1–36: request and broker" = requests,
    "Cases 37–51: notices" = notices,
    "Cases 52–74: prepare, status, storage" = buying,
    "Cases 75–90: receipt, local checks" = receipts,
    "Cases 91–120: verify service" = verify,
    "Further codes" = codes,
}

/// The whole suite, in the order of the menu.
pub static SUITE: &[Builtin] = &ALL;

/// One list of several, made while compiling: `COUNT` is how long they are together.
const fn joined<const COUNT: usize>(lists: &[&[(&'static str, &'static str)]]) -> [Builtin; COUNT] {
    let mut all = [Builtin { name: "", text: "" }; COUNT];
    let (mut list, mut filled) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            let (name, text) = lists[list][index];
            all[filled] = Builtin { name, text };
            (index, filled) = (index + 1, filled + 1);
        }
        list += 1;
    }
    all
}

impl Builtin {
    /// The one with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SUITE.iter().find(|builtin| builtin.name == name)
    }

    /// Those of the edge case with this number.
    pub fn of_case(number: u32) -> impl Iterator<Item = &'static Self> {
        SUITE.iter().filter(move |builtin| builtin.card().case == Some(number))
    }

    /// Reads it.
    ///
    /// # Errors
    /// Never for the suite as it is shipped; a test reads every file of it.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        parse(&format!("{}.toml", self.name), self.text)
    }

    /// What a list shows of it; read once for the whole suite, and without what its tables hold.
    #[must_use]
    pub fn card(&self) -> &'static Card {
        static CARDS: LazyLock<Vec<(&'static str, Card)>> =
            LazyLock::new(|| SUITE.iter().map(|builtin| (builtin.name, Card::of(builtin))).collect());
        static NO_CARD: Card = Card { title: String::new(), why: String::new(), case: None };
        CARDS.iter().find(|(name, _)| *name == self.name).map_or(&NO_CARD, |(_, card)| card)
    }
}

impl Card {
    /// A file begins with these lines; reading all of every file would be felt when a list opens.
    fn of(builtin: &Builtin) -> Self {
        let head = builtin.text.split("\n[").next().unwrap_or_default();
        toml::from_str(head).unwrap_or_else(|error| Self {
            title: builtin.name.to_owned(),
            why: error.to_string(),
            case: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SUITE;

    #[test]
    fn a_card_tells_the_same_as_the_whole_file() {
        for builtin in SUITE {
            let scenario = builtin.scenario().unwrap();
            let number = scenario.case.and_then(|case| case.number);
            let card = builtin.card();
            assert_eq!((&card.title, &card.why, card.case), (&scenario.title, &scenario.why, number));
        }
    }
}
