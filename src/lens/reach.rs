//! Reach: which built-in scenario meets what.

use std::collections::BTreeMap;

use crate::lens::coverage::{Coverage, Item};
use crate::session::builtin::SUITE;
use crate::session::scenario::play::play;

/// Which built-in scenario meets what: the first in the menu's order that does. Plays the whole suite: ask once and keep it.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    by_item: BTreeMap<Item, &'static str>,
}

impl Reach {
    /// Of the suite as it is built in.
    #[must_use]
    pub fn of_suite() -> Self {
        let mut by_item = BTreeMap::new();
        for builtin in SUITE {
            let Ok(scenario) = builtin.scenario() else { continue };
            let met = Coverage::of(play(&scenario).session.past());
            for item in met.met() {
                by_item.entry(*item).or_insert(builtin.name);
            }
        }
        Self { by_item }
    }

    /// The name of a scenario that meets this.
    #[must_use]
    pub fn scenario(&self, item: &Item) -> Option<&'static str> {
        self.by_item.get(item).copied()
    }
}
