//! Edge cases 37 to 51: notices.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases!["037-app-answers-ok",];
