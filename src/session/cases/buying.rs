//! Edge cases 52 to 74: preparing, status and storage.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases![];
