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

/// Reads a number of steps, or `end`.
pub(crate) fn step(word: &str) -> Result<usize, String> {
    if word == "end" {
        return Ok(usize::MAX);
    }
    word.parse().map_err(|_| "expected a number of steps, or end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn a_step_is_a_number_or_the_end() {
        assert_eq!((step("end"), step("12")), (Ok(usize::MAX), Ok(12)));
        assert!(["-1", "last", "1.5", ""].iter().all(|word| step(word).is_err()));
    }
}
