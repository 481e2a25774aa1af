//! Edge cases 1 to 36: the pay request, the broker and the payment window.

/// Names and texts, in the order of the menu.
pub(crate) const FILES: &[(&str, &str)] =
    &embedded_cases!["031-five-wrong-pins", "032-buyer-cancels", "032-buyer-closes-the-window",];
