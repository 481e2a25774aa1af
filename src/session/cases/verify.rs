//! Edge cases 91 to 120: the verify service, reissuing and signing.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] = &embedded_cases![];
