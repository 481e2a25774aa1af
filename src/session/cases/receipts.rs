//! Edge cases 75 to 90: what a client sees in a receipt by itself.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases![];
