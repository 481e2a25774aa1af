//! Reading set-ups: the table after `[setup]`, and one laid over another.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::session::scenario::fault::ScenarioError;
use crate::session::scenario::value::Entry;
use crate::world::setup::Setup;

/// Reads a whole set-up. The set-up's own reader does the work; unknown words are caught first, because their place is known here.
pub(crate) fn setup_of(entry: &Entry<'_>) -> Result<Setup, ScenarioError> {
    let standard = serde_json::to_value(Setup::default()).unwrap_or_default();
    let known: Vec<&str> = standard.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    for field in entry.table("a table of dials")? {
        if !known.contains(&field.key) {
            return Err(field.unknown_key("a dial", &known));
        }
    }
    entry.read("a set-up")
}

/// Reads the dials of `over` in place of those of `base`; the others stay as they are there.
pub(crate) fn setup_over(base: Option<&Entry<'_>>, over: &Entry<'_>) -> Result<Setup, ScenarioError> {
    over.table("a table of dials that are set otherwise")?;
    let mut dials = base.and_then(|base| base.value.get_ref().as_table()).cloned().unwrap_or_else(DeTable::new);
    for (name, value) in over.value.get_ref().as_table().into_iter().flatten() {
        dials.remove(&**name.get_ref());
        dials.insert(name.clone(), value.clone());
    }
    let value = Spanned::new(over.value.span(), DeValue::Table(dials));
    setup_of(&Entry { source: over.source, key: over.key, key_at: over.key_at.clone(), value: &value })
}
