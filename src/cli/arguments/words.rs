//! Words: how the values behind several flags are read.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Accepts the names of a closed list, and explains each in the help.
pub(crate) fn names<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
    meaning: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let described = |value: &T| PossibleValue::new(name(*value)).help(meaning(*value));
    PossibleValuesParser::new(all.iter().map(described).collect::<Vec<_>>()).try_map(move |word| {
        all.iter().copied().find(|value| name(*value) == word).ok_or_else(|| format!("no such name: {word}"))
    })
}
