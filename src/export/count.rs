//! The count: what was seen, what was given away of it, and what was masked. It stands in every export and is said aloud.

use std::fmt;

use serde::Serialize;

/// How much of a run an export holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Messages that the run shows up to its place: those that arrived and those that a fault kept back.
    pub seen: usize,
    /// Messages that the export holds.
    pub exported: usize,
    /// Different values that dots stand for.
    pub masked: usize,
}

/// `38 messages seen, 38 exported, 4 values masked`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seen, exported, masked } = self;
        let messages = if *seen == 1 { "message" } else { "messages" };
        let values = if *masked == 1 { "value" } else { "values" };
        write!(f, "{seen} {messages} seen, {exported} exported, {masked} {values} masked")
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn the_count_is_a_sentence() {
        let many = Count { seen: 38, exported: 38, masked: 4 };
        assert_eq!(many.to_string(), "38 messages seen, 38 exported, 4 values masked");
        let one = Count { seen: 1, exported: 0, masked: 1 };
        assert_eq!(one.to_string(), "1 message seen, 0 exported, 1 value masked");
    }
}
